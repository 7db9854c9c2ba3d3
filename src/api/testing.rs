//! Test mode: the gateway's clock. These operations answer only where test mode is on.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::words::Instant;

/// The gateway's clock.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Clock {
    /// What it shows.
    pub now: Instant,
}
