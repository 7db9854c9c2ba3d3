//! The login and its life (section 2.2).

use jiff::{Timestamp, ToSpan};
use serde_json::json;

use crate::http::Response;
use crate::town::Town;

use super::dialect::{Outcome, Params, bad_parameter, session_over, unknown_token, wrong_login};
use super::{PROFILE_PASSWORD, USER_TOKEN};

/// Of the webservice profile ("Tempo de Expiração").
const MINUTES: i64 = 30;
const LOGINS: &str = "mk-solutions logins";

/// The user's token comes in as `token`, the session's goes out as `Token`.
pub(super) fn log_in(town: &mut Town, params: &Params) -> Outcome {
    if params.text("token") != USER_TOKEN || params.text("password") != PROFILE_PASSWORD {
        return Err(wrong_login());
    }
    let Ok(service) = params.text("cd_servico").parse::<u32>() else { return Err(bad_parameter()) };
    let count = town.cabinet.kept(LOGINS).and_then(|text| text.parse::<u32>().ok()).unwrap_or(0) + 1;
    town.cabinet.keep(LOGINS, &count.to_string());
    let token = token(count);
    let end = town.now.saturating_add(MINUTES.minutes()).unwrap_or(Timestamp::MAX);
    town.cabinet.keep(&slip(&token), &end.as_second().to_string());
    Ok(json!({
        "Expire": town.zone.zoned(end).strftime("%d/%m/%Y %H:%M:%S").to_string(),
        "LimiteUso": 0,
        "ServicosAutorizados": [service],
        "Token": token,
        "status": "OK",
    }))
}

/// Whether a session token is good now.
pub(super) fn check(town: &Town, token: &str) -> Result<(), Response> {
    match end_of(town, token) {
        None => Err(unknown_token()),
        Some(end) if town.now.as_second() > end => Err(session_over()),
        Some(_) => Ok(()),
    }
}

/// When the session ends, in seconds since 1970; none when it was never begun.
pub(super) fn end_of(town: &Town, token: &str) -> Option<i64> {
    town.cabinet.kept(&slip(token))?.parse().ok()
}

fn slip(token: &str) -> String {
    format!("mk-solutions session {token}")
}

/// 32 hexadecimal digits, a dot, six digits. Any do, as long as they differ from login to login.
fn token(count: u32) -> String {
    let digits = u128::from(count).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835);
    format!("{digits:032x}.{:06}", 585_185 + count % 400_000)
}
