//! Whether an access lies in an area under maintenance: by its login, else by its place (dossier 4.h).

use std::fmt;

use jiff::Timestamp;
use ponte_domain::dates::Zone;
use ponte_domain::diagnostics::{Outage, Reading};
use ponte_domain::known::Known;
use ponte_domain::{Failure, FailureKind};
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::CAPABILITY;
use crate::call::Call;
use crate::ixc::catalogue;
use crate::ixc::contracts::LoginFacts;
use crate::ixc::dialect::{Need, Query, look, rows};
use crate::ixc::words;
use crate::reading::date;
use crate::reading::prose::cleaned;
use crate::reading::text::Text;

const OPTIONAL: Need = Need::Optional(CAPABILITY);
const AFFECTED: &str = "su_oss_chamado_regiao_manutencao_radusuarios";

type Answer = (Reading<bool>, Option<Outage>);

/// By the logins, where their list of affected ones can be read; else by the point. Where neither can, it is not
/// known: never "no outage".
pub(super) async fn reading(
    call: &Call<'_>,
    logins: Option<&[LoginFacts]>,
    point: &Option<(String, String)>,
) -> Answer {
    let by_login = match logins {
        Some(logins) if !logins.is_empty() => Some(by_logins(call, logins).await),
        _ => None,
    };
    if let Some(Ok(outage)) = by_login {
        return told(outage);
    }
    let by_point = match point {
        Some((latitude, longitude)) => Some(by_point(call, latitude, longitude).await),
        None => None,
    };
    if let Some(Ok(outage)) = by_point {
        return told(outage);
    }
    let absent = |result: &Option<Result<Option<Outage>, Failure>>| {
        result.as_ref().is_none_or(|result| {
            result.as_ref().is_err_and(|failure| matches!(failure.kind(), FailureKind::NotSupported(_)))
        })
    };
    let asked = by_login.is_some() || by_point.is_some();
    let reading = if asked && absent(&by_login) && absent(&by_point) {
        Reading::NotSupported("This installation does not have the maintenance areas (InMap) in its API.")
    } else if asked {
        Reading::Unreadable("The ERP's maintenance areas could not be read.")
    } else {
        Reading::Unreadable("The contract has neither a login nor coordinates to look for.")
    };
    (reading, None)
}

fn told(outage: Option<Outage>) -> Answer {
    (Reading::Is(Known::without_word(outage.is_some())), outage)
}

/// An order of the structure that is not finished and whose region holds one of the logins. The region's order is
/// `id_su_oss_chamado_regiao_manutencao`, not `id_su_oss_chamado`, which is another one (dossier 4.h).
async fn by_logins(call: &Call<'_>, logins: &[LoginFacts]) -> Result<Option<Outage>, Failure> {
    let ids = logins.iter().map(|login| login.login.id.as_str());
    let query = Query::any_of(AFFECTED, "id_radusuarios", ids).newest_first();
    let found = rows(call, OPTIONAL, query, |answer| {
        answer.page::<Affected<'_>>()?.read(|row| {
            let mine = logins.iter().any(|login| login.login.id.as_str() == row.id_radusuarios.as_str());
            Ok(row.id_su_oss_chamado_regiao_manutencao.key().filter(|_| mine).map(str::to_owned))
        })
    });
    let mut orders: Vec<String> = found.await?.into_iter().flatten().collect();
    orders.sort_unstable();
    orders.dedup();
    if orders.is_empty() {
        return Ok(None);
    }
    let zone = &call.tenant.settings.zone;
    let query = Query::any_of("su_oss_chamado", "id", orders.iter().map(String::as_str)).newest_first();
    let found = rows(call, OPTIONAL, query, |answer| {
        answer.page::<Order<'_>>()?.read(|row| {
            let asked_for = orders.iter().any(|order| order == row.id.as_str());
            Ok(row.read(zone)?.filter(|_| asked_for))
        })
    })
    .await?;
    match found.into_iter().flatten().next() {
        None => Ok(None),
        Some(region) => {
            let message = match &region.subject {
                Some(subject) => catalogue::outage_message(call, CAPABILITY, subject).await,
                None => None,
            };
            Ok(Some(Outage { message, expected_end: region.expected_end }))
        }
    }
}

/// The answer is not documented; by likeness with its sibling, numbered entries and a flag, or an error if there are
/// none (dossier 4.h). Only an entry that names a region counts, and an answer of any other shape tells nothing: it is
/// no "no outage".
async fn by_point(call: &Call<'_>, latitude: &str, longitude: &str) -> Result<Option<Outage>, Failure> {
    #[derive(Serialize)]
    struct Point<'a> {
        latitude: &'a str,
        longitude: &'a str,
    }
    look(call, OPTIONAL, "consultar_regiao_manutencao", &Point { latitude, longitude }, |answer| {
        match answer.object::<Regions>()? {
            Ok(regions) if regions.recognized => Ok(regions.first),
            Ok(_) => {
                Err(Failure::broken("The ERP's answer about the maintenance areas has a shape that is not known."))
            }
            Err(_) => Ok(None),
        }
    })
    .await
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Affected<'a> {
    id_radusuarios: Text<'a>,
    id_su_oss_chamado_regiao_manutencao: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Order<'a> {
    id: Text<'a>,
    tipo: Text<'a>,
    status: Text<'a>,
    id_assunto: Text<'a>,
    data_prazo_limite: Text<'a>,
}

/// An open maintenance.
#[derive(Debug, PartialEq, Eq)]
struct Region {
    subject: Option<String>,
    expected_end: Option<Timestamp>,
}

impl Order<'_> {
    /// An order of the structure (`E`) that is not finished; orders of customers (`C`) are no outage.
    fn read(self, zone: &Zone) -> Result<Option<Region>, Failure> {
        if self.tipo.as_str() != "E" || !words::order_is_open(self.status.as_str()) {
            return Ok(None);
        }
        Ok(Some(Region {
            subject: self.id_assunto.key().map(str::to_owned),
            expected_end: date::iso_instant(&self.data_prazo_limite, "data_prazo_limite", zone)?,
        }))
    }
}

/// Entries by number, beside a flag.
struct Regions {
    first: Option<Outage>,
    /// Whether the answer has a mark of this shape: an entry or the flag.
    recognized: bool,
}

/// An empty list stands for an object without entries.
impl Default for Regions {
    fn default() -> Self {
        Self { first: None, recognized: true }
    }
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Entry<'a> {
    id: Text<'a>,
    descricao: Text<'a>,
    mensagem: Text<'a>,
}

impl<'de> Deserialize<'de> for Regions {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(RegionsVisitor)
    }
}

struct RegionsVisitor;

impl<'de> Visitor<'de> for RegionsVisitor {
    type Value = Regions;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("regions by number")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Regions, A::Error> {
        let mut regions = Regions { first: None, recognized: false };
        while let Some(key) = entries.next_key::<Text<'de>>()? {
            let entry = key.filled().is_some_and(|key| key.bytes().all(|byte| byte.is_ascii_digit()));
            regions.recognized |= entry || key.as_str() == "success";
            if entry {
                let entry = entries.next_value::<crate::reading::rows::Nested<Entry<'de>>>()?.0;
                if regions.first.is_none() && (entry.id.key().is_some() || entry.descricao.filled().is_some()) {
                    // The description is the provider's own; the message, where there is one, is for customers.
                    let message = cleaned(entry.mensagem.as_str()).or_else(|| cleaned(entry.descricao.as_str()));
                    regions.first = Some(Outage { message, expected_end: None });
                }
            } else {
                entries.next_value::<IgnoredAny>()?;
            }
        }
        Ok(regions)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use ponte_domain::dates::Zone;

    use super::{Order, Regions};

    #[test]
    fn only_an_unfinished_order_of_the_structure_is_an_outage() {
        let read = |json| serde_json::from_str::<Order<'_>>(json).unwrap().read(&Zone::default()).unwrap();
        let open = read(
            r#"{"id":"13044","tipo":"E","status":"A","id_assunto":"31","data_prazo_limite":"2026-03-20 14:00:00"}"#,
        )
        .unwrap();
        assert_eq!(open.subject.as_deref(), Some("31"));
        assert_eq!(open.expected_end.unwrap().to_string(), "2026-03-20T17:00:00Z");
        assert!(read(r#"{"tipo":"E","status":"EX"}"#).is_some());
        assert!(read(r#"{"tipo":"E","status":"F"}"#).is_none());
        assert!(read(r#"{"tipo":"C","status":"A"}"#).is_none());
    }

    #[test]
    fn an_answer_of_another_shape_tells_nothing() {
        for (json, expected) in [
            (r#"{"success":false}"#, true),
            (r#"{"0":{"id":"9"}}"#, true),
            (r#"{"total":"1","registros":[{"id":"9","descricao":"Centro"}]}"#, false),
            (r#"{"id":"9","descricao":"Centro"}"#, false),
            (r#"{"":{"id":"9"}}"#, false),
            ("{}", false),
        ] {
            assert_eq!(serde_json::from_str::<Regions>(json).unwrap().recognized, expected, "{json}");
        }
        assert!(Regions::default().recognized);
    }

    #[test]
    fn a_point_is_affected_by_an_entry_that_names_a_region() {
        let read = |json| serde_json::from_str::<Regions>(json).unwrap().first.map(|outage| outage.message);
        assert_eq!(
            read(r#"{"0":{"id":"9","descricao":"Rompimento<br>no Centro"},"success":true}"#),
            Some(Some("Rompimento no Centro".to_owned()))
        );
        assert_eq!(
            read(r#"{"0":{"id":9,"descricao":"x","mensagem":"Em manutenção"},"success":true}"#),
            Some(Some("Em manutenção".to_owned()))
        );
        assert_eq!(read(r#"{"0":{"id":"9"},"success":true}"#), Some(None));
        assert_eq!(read(r#"{"0":[],"success":true}"#), None);
        assert_eq!(read(r#"{"success":false}"#), None);
        assert_eq!(read("{}"), None);
    }
}
