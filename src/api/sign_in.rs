//! Sign-in of a subscriber with the portal's login and password.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::customers::Customer;

/// What the subscriber typed.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignInRequest {
    /// Portal login: an e-mail address, a user name or a document.
    #[schema(
        min_length = 1,
        max_length = 254,
        pattern = "^[^\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f]*[^\\s\\x00-\\x1f\\x7f-\\x9f][^\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f]*$",
        examples("ana.souza")
    )]
    pub login: String,
    /// Portal password.
    #[schema(format = Password, min_length = 1, max_length = 256, write_only, examples("Senha#2026"))]
    pub password: String,
}

/// Who signed in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SignedIn {
    /// The customer.
    pub customer: Customer,
    /// Whether the vendor wants the password changed.
    pub must_change_password: bool,
}
