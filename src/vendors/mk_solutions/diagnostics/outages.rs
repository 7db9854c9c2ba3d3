//! Outages in progress and whom they hit, of the core API (dossier 4.h).
//!
//! Nobody can be asked whether one connection is hit: all open outages are read, and the list of each. Those lists hold
//! names and phones of other people, which have no field here; only the ids of connections are kept, for a minute.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use ponte_domain::Failure;
use ponte_domain::FailureKind;
use ponte_domain::dates::Zone;
use ponte_domain::diagnostics::{Outage, Reading};
use ponte_domain::known::Known;
use serde::Deserialize;

use super::{CAPABILITY, Connection, NO_CONNECTION, unreadable};
use crate::call::Call;
use crate::memory::Key;
use crate::mk_solutions::dialect::{Answer, Need, Rule, look, together};
use crate::mk_solutions::values;
use crate::reading::prose::cleaned;
use crate::reading::text::Text;

pub(in crate::mk_solutions) const OPEN: Rule = Rule::core("core-api/notificacoes/status");
const AFFECTED: Rule = Rule::core("core-api/notificacoes/conexoes-afetadas");
const OPTIONAL: Need = Need::Optional(CAPABILITY);

/// The lists are the same for all customers of a provider.
const KEPT: Duration = Duration::from_secs(60);
/// Outages at once after which a provider's list is taken for one that nobody tidies up.
const MOST_OUTAGES: usize = 30;

/// An outage in progress with the connections that it hits.
struct Open {
    code: String,
    outage: Outage,
    connections: HashSet<String>,
}

/// Whether one of the connections is hit, and by what.
pub(super) async fn reading(call: &Call<'_>, mine: &[Connection]) -> (Reading<bool>, Option<Outage>) {
    if mine.is_empty() {
        return (Reading::Unreadable(NO_CONNECTION), None);
    }
    let load = call.memory.load_once(Key::whole("outages"), KEPT, call.now, Box::pin(read_all(call)));
    match load.await {
        Ok(all) => {
            let hit = hitting(&all, mine);
            (Reading::Is(Known::without_word(hit.is_some())), hit)
        }
        Err(failure) if matches!(failure.kind(), FailureKind::NotSupported(_)) => {
            (Reading::NotSupported("Outages are told by the core API, which this installation does not have."), None)
        }
        Err(failure) => (unreadable(&failure), None),
    }
}

fn hitting(all: &Arc<Vec<Open>>, mine: &[Connection]) -> Option<Outage> {
    let hit = |open: &&Open| mine.iter().any(|connection| open.connections.contains(&connection.id));
    all.iter().find(hit).map(|open| open.outage.clone())
}

async fn read_all(call: &Call<'_>) -> Result<Vec<Open>, Failure> {
    let (now, zone) = (call.now, &call.tenant.settings.zone);
    let mut open = look(call, OPTIONAL, OPEN, &[("status", "A")], |answer| read_open(answer, now, zone)).await?;
    if open.len() > MOST_OUTAGES {
        return Err(Failure::broken("The ERP lists more outages in progress than there can be."));
    }
    let lists = together(open.iter().map(|outage| affected(call, &outage.code))).await;
    for (outage, connections) in open.iter_mut().zip(lists) {
        // Without one of the lists nobody can be told that nothing hits them.
        outage.connections = connections?;
    }
    Ok(open)
}

async fn affected(call: &Call<'_>, code: &str) -> Result<HashSet<String>, Failure> {
    look(call, OPTIONAL, AFFECTED, &[("codigo_parada", code)], |answer| {
        let rows: Vec<AffectedRow<'_>> = answer.rows(&["conexoes", "afetadas"])?;
        let of_it = |row: &AffectedRow<'_>| row.cd_parada.key().is_none_or(|outage| outage == code);
        let of_it = rows.into_iter().filter(of_it);
        Ok(of_it.filter_map(|row| row.codconexao.key().map(str::to_owned)).collect())
    })
    .await
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct AffectedRow<'a> {
    cd_parada: Text<'a>,
    codconexao: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct OpenRow<'a> {
    cod: Text<'a>,
    descricao: Text<'a>,
    motivo: Text<'a>,
    data_prevista_normalizar: Text<'a>,
}

fn read_open(answer: &Answer<'_>, now: Timestamp, zone: &Zone) -> Result<Vec<Open>, Failure> {
    let rows: Vec<OpenRow<'_>> = answer.rows(&["notificacoes", "paradas"])?;
    let read = |row: OpenRow<'_>| {
        let code = row.cod.key().ok_or_else(|| answer.broken("The ERP sent an outage without a code."))?;
        Ok(Open {
            code: code.to_owned(),
            outage: Outage {
                message: cleaned(row.descricao.as_str()).or_else(|| cleaned(row.motivo.as_str())),
                expected_end: expected_end(&row.data_prevista_normalizar, now, zone)?,
            },
            connections: HashSet::new(),
        })
    };
    rows.into_iter().map(read).collect()
}

/// The forecast. Its letter Z may be wrong: on some builds the time is the server's own. An outage that goes on while its
/// forecast is past in UTC and not yet past by the tenant's clocks is taken for one of those (dossier 4.h, provisional).
fn expected_end(text: &Text<'_>, now: Timestamp, zone: &Zone) -> Result<Option<Timestamp>, Failure> {
    let Some(civil) = values::civil(text, "data_prevista_normalizar")? else { return Ok(None) };
    let local = zone.at(civil);
    if !text.as_str().ends_with('Z') {
        return Ok(local);
    }
    let utc = Zone::parse("UTC").ok().and_then(|utc| utc.at(civil));
    Ok(match (utc, local) {
        (Some(utc), Some(local)) if utc <= now && local > now => Some(local),
        (utc, _) => utc,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::HashSet;
    use std::sync::Arc;

    use jiff::Timestamp;
    use ponte_domain::dates::Zone;
    use ponte_domain::diagnostics::Outage;
    use ponte_transport::Reply;

    use super::{CAPABILITY, Connection, OPEN, Open, expected_end, hitting, read_open};
    use crate::mk_solutions::dialect::Answer;

    #[test]
    fn a_forecast_is_utc_unless_that_has_passed() {
        let now: Timestamp = "2026-09-10T16:00:00Z".parse().unwrap();
        for (text, expected) in [
            ("2026-09-10T18:00:00.000Z", Some("2026-09-10T18:00:00Z")),
            ("2026-09-10T15:00:00.000Z", Some("2026-09-10T18:00:00Z")),
            ("2026-09-10T10:00:00.000Z", Some("2026-09-10T10:00:00Z")),
            ("2026-09-10T15:00:00", Some("2026-09-10T18:00:00Z")),
            ("", None),
        ] {
            let end = expected_end(&text.into(), now, &Zone::default()).unwrap();
            assert_eq!(end, expected.map(|end| end.parse().unwrap()), "{text}");
        }
        assert!(expected_end(&"logo".into(), now, &Zone::default()).is_err());
    }

    #[test]
    fn an_outage_is_told_without_its_internal_notes() {
        let body = r#"[{"cod":412,"descricao":"ROMPIMENTO DE FIBRA","obs":"Equipe do Jorge","motivo":"Rompimento","operador_registrou":"noc"},{"cod":"413","descricao":""}]"#;
        let reply = Reply::new(200, None, body);
        let answer = Answer::of(&reply, OPEN, CAPABILITY).unwrap();
        let open = read_open(&answer, Timestamp::UNIX_EPOCH, &Zone::default()).unwrap();
        let told: Vec<_> = open.iter().map(|open| (open.code.as_str(), open.outage.message.as_deref())).collect();
        assert_eq!(told, [("412", Some("ROMPIMENTO DE FIBRA")), ("413", None)]);
    }

    #[test]
    fn only_an_outage_that_hits_this_connection_counts() {
        let mine = [Connection::of(r#"{"codconexao":23818}"#)];
        let open = |ids: &[&str]| {
            Arc::new(vec![Open {
                code: "412".into(),
                outage: Outage::default(),
                connections: ids.iter().map(|id| (*id).to_owned()).collect::<HashSet<_>>(),
            }])
        };
        assert!(hitting(&open(&["1", "23818"]), &mine).is_some());
        assert!(hitting(&open(&["1"]), &mine).is_none());
        assert!(hitting(&Arc::default(), &mine).is_none());
    }
}
