//! Whether a connection holds a session (dossier 4.h).

use ponte_domain::Failure;
use ponte_domain::contract::Online;
use serde::Deserialize;

use super::CAPABILITY;
use crate::call::Call;
use crate::mk_solutions::dialect::{Answer, Need, Rule, look};
use crate::mk_solutions::words;
use crate::reading::rows::{Nested, Rows};
use crate::reading::text::Text;

/// From release 72.
pub(in crate::mk_solutions) const RULE: Rule = Rule::free("WSMKConsultaConexaoAutenticada");

/// Asks for the session of one connection. Nothing found is offline.
pub(super) async fn online(call: &Call<'_>, connection: &str) -> Result<Online, Failure> {
    look(call, Need::Optional(CAPABILITY), RULE, &[("codconexao", connection)], read).await
}

/// One object, or an array that the vendor misnames.
#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
struct Authenticated<'a> {
    #[serde(default)]
    conexao: Option<Nested<Session<'a>>>,
    #[serde(default = "none")]
    agendas: Option<Rows<Session<'a>>>,
}

const fn none<'a>() -> Option<Rows<Session<'a>>> {
    None
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Session<'a> {
    framedip: Text<'a>,
    dt_hr_parada: Text<'a>,
}

impl Session<'_> {
    fn online(&self) -> Online {
        words::online(self.framedip.as_str(), self.dt_hr_parada.as_str())
    }
}

fn read(answer: &Answer<'_>) -> Result<Online, Failure> {
    let Some(said) = answer.found::<Authenticated<'_>>()? else { return Ok(Online::Offline) };
    match (said.conexao, said.agendas) {
        (Some(one), _) => Ok(one.0.online()),
        (None, Some(list)) if list.0.iter().any(|session| session.online() == Online::Online) => Ok(Online::Online),
        (None, Some(_)) => Ok(Online::Offline),
        (None, None) => Err(answer.broken("The ERP's answer is not the session that was asked for.")),
    }
}

#[cfg(test)]
mod tests {
    use ponte_domain::FailureKind;
    use ponte_domain::contract::Online;
    use ponte_transport::Reply;

    use super::{CAPABILITY, RULE, read};
    use crate::mk_solutions::dialect::Answer;

    #[test]
    fn a_session_is_an_object_a_misnamed_list_or_nothing() {
        for (body, expected) in [
            (
                r#"{"conexao":{"username":"m","framedip":"100.64.10.20","dt_hr_parada":null},"status":"OK"}"#,
                Ok(Online::Online),
            ),
            (r#"{"Agendas":[{"framedip":"100.64.10.20","dt_hr_parada":""}],"status":"OK"}"#, Ok(Online::Online)),
            (r#"{"Agendas:":[{"framedip":"100.64.10.20"}],"status":"OK"}"#, Ok(Online::Online)),
            (
                r#"{"conexao":{"framedip":"100.64.10.20","dt_hr_parada":"2026-11-20 08:00"},"status":"OK"}"#,
                Ok(Online::Offline),
            ),
            (r#"{"conexao":{"framedip":""},"status":"OK"}"#, Ok(Online::Offline)),
            (r#"{"Agendas":[],"status":"OK"}"#, Ok(Online::Offline)),
            (r#"{"Mensagem":"Dados não localizados.","Num. ERRO":"003","status":"ERRO"}"#, Ok(Online::Offline)),
            (r#"{"status":"OK"}"#, Err(FailureKind::BrokenAnswer)),
        ] {
            let reply = Reply::new(200, None, body);
            let said = Answer::of(&reply, RULE, CAPABILITY).and_then(|answer| read(&answer));
            assert_eq!(said.map_err(|failure| failure.kind()), expected, "{body}");
        }
    }
}
