//! Which vendors have a skin: one line a vendor.

use serde_json::Value;

use crate::http::{Request, Response};
use crate::hubsoft;
use crate::ixc;
use crate::mk_solutions;
use crate::sgp;
use crate::synsuite;
use crate::town::Town;

/// One vendor's wire format over the town.
///
/// A skin is a handful of pure functions: it owns no state, no socket and no clock. What it must
/// remember beyond the town's facts it leaves in the town's cabinet.
#[derive(Debug)]
pub struct Skin {
    /// The vendor's name as tenants write it, for example `ixc`.
    pub vendor: &'static str,
    /// The product's name, for people.
    pub product: &'static str,
    /// What follows the address and port in a tenant's `base_url`; empty for most.
    pub base_path: &'static str,
    pub(crate) credentials: fn() -> Value,
    /// What a tenant's settings need for this ERP, given its `base_url`: a JSON object of parts of the
    /// tenant's settings, laid over the others. Empty for most.
    pub(crate) settings: fn(&str) -> Value,
    pub(crate) answer: fn(&mut Town, &Request) -> Response,
    /// The vendor's own way to say "something went wrong here" with status 200.
    pub(crate) vendor_error: fn() -> Response,
    /// The vendor's own way to say that the login is no longer good.
    pub(crate) expired_login: fn() -> Response,
    /// The vendor's own way to say that the login is good but may not make this call.
    pub(crate) no_permission: fn(&Request) -> Response,
    /// The vendor's own way to say that this installation has not bought, opened or installed what is called.
    pub(crate) missing_module: fn(&Request) -> Response,
}

/// The settings of a vendor that needs none.
pub(crate) fn no_settings(_base_url: &str) -> Value {
    Value::Object(serde_json::Map::new())
}

const ROSTER: &[Skin] = &[ixc::SKIN, mk_solutions::SKIN, sgp::SKIN, synsuite::SKIN, hubsoft::SKIN];

/// All vendors that have a skin, in the order of the published matrix.
pub fn roster() -> &'static [Skin] {
    ROSTER
}

pub(crate) fn skin(vendor: &str) -> Option<&'static Skin> {
    ROSTER.iter().find(|skin| skin.vendor == vendor)
}
