//! Change of the Wi-Fi password of a subscriber's router.

use ponte_domain::wifi::WifiResult;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::words::{ContractId, LoginId};

/// The new Wi-Fi password.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WifiRequest {
    /// 8 to 63 printable ASCII characters, checked before any call.
    #[schema(format = Password, min_length = 8, max_length = 63, pattern = "^[ -~]{8,63}$", write_only, examples("casa nova 2026"))]
    pub password: String,
    /// The connection whose router is meant, where the contract has several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub login_id: Option<LoginId>,
}

/// What came of the change.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WifiDone {
    /// The contract.
    pub contract_id: ContractId,
    /// What came of it.
    pub result: WifiResult,
}
