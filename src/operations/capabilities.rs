//! What vendors and tenants support, computed from the offers and from what installations were seen to lack.

use std::borrow::Cow;

use ponte_domain::capability::{Capability, Evidence, Support};
use ponte_vendors::erp::{Field, support};

use crate::operations::Operations;
use crate::visit::Visit;

/// One vendor, for operators.
#[derive(Debug, Clone)]
pub struct Vendor {
    /// The vendor's word in the API.
    pub word: &'static str,
    /// The product's name.
    pub product: &'static str,
    /// Credentials that a tenant gives.
    pub credential_fields: &'static [Field],
    /// Settings that a tenant may give under `settings.vendor`.
    pub setting_fields: &'static [Field],
    /// Every capability, in the order of the matrix.
    pub support: Vec<Support>,
}

/// Support of one capability at one tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantSupport {
    /// The capability.
    pub capability: Capability,
    /// Whether it can be called.
    pub supported: bool,
    /// Why not, or what limits it; English.
    pub reason: Option<Cow<'static, str>>,
    /// How well the vendor facts behind it are known.
    pub evidence: Evidence,
}

impl Operations {
    /// Every vendor that this gateway speaks to.
    #[must_use]
    pub fn vendors(&self) -> Vec<Vendor> {
        let vendor = |erp: &&'static dyn ponte_vendors::erp::Erp| Vendor {
            word: erp.word(),
            product: erp.product(),
            credential_fields: erp.credential_fields(),
            setting_fields: erp.setting_fields(),
            support: support(*erp),
        };
        self.0.maker.registry.all().iter().map(vendor).collect()
    }

    /// What the visit's tenant supports: the vendor's list, less what this installation was seen to lack.
    #[must_use]
    pub fn capabilities(&self, visit: &Visit) -> Vec<TenantSupport> {
        let now = self.0.clock.now();
        let of = |vendor: Support| {
            let lacking = vendor.supported.then(|| visit.tenant.missing(vendor.capability, now)).flatten();
            TenantSupport {
                capability: vendor.capability,
                supported: vendor.supported && lacking.is_none(),
                reason: match lacking {
                    Some(reason) => Some(Cow::Owned((*reason).to_owned())),
                    None => vendor.reason.map(Cow::Borrowed),
                },
                evidence: vendor.evidence,
            }
        };
        support(visit.erp()).into_iter().map(of).collect()
    }
}
