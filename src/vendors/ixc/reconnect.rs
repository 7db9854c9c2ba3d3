//! Drops a contract's sessions, so that its logins come back with what was just released (dossier 4.e).

use std::borrow::Cow;

use ponte_domain::capability::Capability;
use ponte_domain::contract::Contract;
use serde::Serialize;

use super::dialect::{Need, Outcome, act};
use crate::call::Call;

#[derive(Serialize)]
struct Drop<'a> {
    id: &'a str,
}

/// Each login once, as well as it goes: the release stands without it, the router only stays in the block pool until
/// its session ends by itself.
pub(super) async fn logins(call: &Call<'_>, capability: Capability, contract: &Contract) {
    const ROUTE: &str = "desconectar_clientes";
    for login in &contract.logins {
        let body = Drop { id: login.id.as_str() };
        let outcome = act(call, Need::Optional(capability), ROUTE, Cow::Borrowed(ROUTE), &body).await;
        let trouble = match &outcome {
            Ok(Outcome::Done { .. }) => continue,
            Ok(Outcome::Denied(_)) => "denied",
            Err(failure) => failure.kind().word(),
        };
        tracing::info!(vendor = "ixc", request_id = %call.trip.request_id, reason = trouble, "a login could not be reconnected");
    }
}
