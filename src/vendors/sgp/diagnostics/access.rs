//! Whether a contract is online: the access check, else the ONU, else, where the tenant wants it, the RADIUS sessions
//! (dossier 4.h).

use std::time::Duration;

use ponte_domain::Failure;
use ponte_domain::contract::Online;
use ponte_domain::diagnostics::Reading;
use ponte_domain::known::Known;
use serde::Deserialize;

use super::{CAPABILITY, unreadable};
use crate::call::Call;
use crate::reading::prose::fold;
use crate::reading::rows::Rows;
use crate::reading::text::Text;
use crate::sgp::dialect::{Need, Request, look, look_once};
use crate::sgp::found::Found;
use crate::sgp::holder::Service;
use crate::sgp::settings;
use crate::sgp::values::{flag, given};

const OPTIONAL: Need = Need::Optional(CAPABILITY);
/// The list of sessions takes up to 25 seconds (dossier 2.2).
const SESSIONS_WITHIN: Duration = Duration::from_secs(30);

/// Whether the contract holds a session.
pub(super) async fn online(call: &Call<'_>, found: &Found, services: &[Service]) -> Reading<Online> {
    let checked = check(call, found).await;
    if let Ok(known) = &checked
        && known.value != Online::Unknown
    {
        return Reading::Is(known.clone());
    }
    if let Some(known) = services.iter().map(Service::online).find(|known| known.value != Online::Unknown) {
        return Reading::Is(known);
    }
    let login = services.first().map(|service| service.login.as_str()).or(found.login.as_deref());
    if settings::session_check(call.tenant)
        && let Some(login) = login
        && let Ok(Some(known)) = sessions(call, login).await
    {
        return Reading::Is(known);
    }
    checked.map_or_else(|failure| unreadable(&failure), Reading::Is)
}

/// The access check. Without `status_all` a suspended contract has no service; `protocolo_ura` would open a ticket and
/// is never sent. Under maintenance some versions open one all the same, so it is asked once and not again.
async fn check(call: &Call<'_>, found: &Found) -> Result<Known<Online>, Failure> {
    let request = Request::form("verificaacesso", "/api/ura/verificaacesso/")
        .with("contrato", found.reference.id.as_str())
        .flag("status_all");
    look_once(call, OPTIONAL, request, |answer| answer.json(|wire: Wire<'_>| Ok(wire.read()))).await
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Wire<'a> {
    status: Text<'a>,
    msg: Text<'a>,
}

impl Wire<'_> {
    /// 1 is online; else the text says "offline", or something that is neither (maintenance, no service). The words of
    /// the message carry nobody's data, but only the two known ones are kept.
    fn read(&self) -> Option<Known<Online>> {
        let status = given(&self.status)?;
        let message = fold(given(&self.msg).unwrap_or_default());
        Some(match status {
            "1" => Known::new(Online::Online, "Serviço Online"),
            "2" => Known::new(Online::Offline, "Serviço Offline"),
            _ if message.contains("offline") => Known::new(Online::Offline, "Serviço Offline"),
            other => Known::new(Online::Unknown, other),
        })
    }
}

/// The newest session of a login; none where the list does not have it.
async fn sessions(call: &Call<'_>, login: &str) -> Result<Option<Known<Online>>, Failure> {
    let request =
        Request::form("radacct.list", "/ws/radius/radacct/list/all/").with("username", login).within(SESSIONS_WITHIN);
    let found = look(call, OPTIONAL, request, |answer| {
        answer.json(|wire: Sessions<'_>| Ok(wire.result.map(|rows| rows.0.iter().find_map(|row| row.online(login)))))
    });
    found.await
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
struct Sessions<'a> {
    #[serde(default)]
    result: Option<Rows<Sessioned<'a>>>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Sessioned<'a> {
    pppoe_login: Text<'a>,
    online: Text<'a>,
    radacct: Rows<Session<'a>>,
}

/// The sessions carry the login's password; it is not read.
#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Session<'a> {
    acctstarttime: Text<'a>,
    acctstoptime: Text<'a>,
}

impl Sessioned<'_> {
    /// What the row says itself, else its newest session. No session at all: never connected.
    fn online(&self, login: &str) -> Option<Known<Online>> {
        if given(&self.pppoe_login) != Some(login) {
            return None;
        }
        let newest = self.radacct.0.iter().max_by_key(|session| session.acctstarttime.as_str());
        let is_online = match newest {
            None => false,
            Some(session) => flag(&self.online).unwrap_or_else(|| given(&session.acctstoptime).is_none()),
        };
        Some(Known::without_word(if is_online { Online::Online } else { Online::Offline }))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use ponte_domain::contract::Online;

    use super::{Sessions, Wire};

    #[test]
    fn the_check_says_online_offline_or_neither() {
        for (json, expected) in [
            (r#"{"status":1,"msg":"Serviço Online"}"#, Some(Online::Online)),
            (r#"{"status":2,"msg":"Serviço Offline"}"#, Some(Online::Offline)),
            (r#"{"status":"1"}"#, Some(Online::Online)),
            (r#"{"status":0,"staus":1,"msg":"Serviço Offline"}"#, Some(Online::Offline)),
            (r#"{"status":3,"msg":"Serviço em manutenção"}"#, Some(Online::Unknown)),
            (r#"{"status":0,"msg":"Nenhum serviço localizado"}"#, Some(Online::Unknown)),
            (r#"{"msg":"x"}"#, None),
        ] {
            let read = serde_json::from_str::<Wire<'_>>(json).unwrap().read();
            assert_eq!(read.map(|known| known.value), expected, "{json}");
        }
    }

    #[test]
    fn a_session_without_an_end_is_open_and_no_session_was_never() {
        let read = |json: &str| {
            let wire: Sessions<'_> = serde_json::from_str(json).unwrap();
            wire.result.unwrap().0.iter().find_map(|row| row.online("ana")).map(|known| known.value)
        };
        for (json, expected) in [
            (
                r#"{"paggination":{"total":1},"result":[{"pppoe_login":"ana","online":true,"radacct":[{"acctstoptime":null}]}]}"#,
                Some(Online::Online),
            ),
            (r#"{"result":[{"pppoe_login":"ana","radacct":[{"acctstoptime":null}]}]}"#, Some(Online::Online)),
            (
                r#"{"result":[{"pppoe_login":"ana","radacct":[
                    {"acctstarttime":"2026-11-01T08:00:00","acctstoptime":null},
                    {"acctstarttime":"2026-11-19T08:00:00","acctstoptime":"2026-11-20T08:00:00"}]}]}"#,
                Some(Online::Offline),
            ),
            (r#"{"result":[{"pppoe_login":"ana","radacct":[]}]}"#, Some(Online::Offline)),
            (r#"{"result":[{"pppoe_login":"ana2","radacct":[]}]}"#, None),
            (r#"{"result":[]}"#, None),
        ] {
            assert_eq!(read(json), expected, "{json}");
        }
    }
}
