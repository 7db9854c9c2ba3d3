//! Maintenance and outages: one list for the whole provider, matched by point of presence, then by OLT; the city only
//! where the contract names no point (dossier 4.h).

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use ponte_domain::Failure;
use ponte_domain::dates::Zone;
use ponte_domain::diagnostics::{Outage, Reading};
use ponte_domain::known::Known;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::{CAPABILITY, unreadable};
use crate::call::Call;
use crate::memory::Key;
use crate::reading::prose::{cleaned, fold};
use crate::reading::rows::Rows;
use crate::reading::text::Text;
use crate::sgp::dialect::{Need, Request, look};
use crate::sgp::found::Found;
use crate::sgp::holder::Service;
use crate::sgp::values::{first, flag, given, instant, key};

/// How long the list is kept: it is the same for everybody, and an outage makes everybody ask.
const KEPT_FOR: Duration = Duration::from_secs(5 * 60);

const NOT_COMPARABLE: &str =
    "Maintenance is under way at a part of the network that the ERP does not show of the contract.";

/// Whether an entry of the list covers the contract, and what it says.
pub(super) async fn reading(call: &Call<'_>, found: &Found, services: &[Service]) -> (Reading<bool>, Option<Outage>) {
    let entries = match list(call).await {
        Ok(entries) => entries,
        Err(failure) => return (unreadable(&failure), None),
    };
    let olts: Vec<&str> =
        services.iter().filter_map(|service| service.onu.as_ref()).filter_map(|onu| onu.olt.as_deref()).collect();
    let place = Spot { pop: found.pop.as_deref(), olts: &olts, city: found.city.as_deref() };
    let on: Vec<&Entry> = entries.iter().filter(|entry| entry.is_on(call.now)).collect();
    let entry = on.iter().find(|entry| entry.covers(&place));
    if entry.is_none() && on.iter().any(|entry| entry.may_cover(&place)) {
        return (Reading::Unreadable(NOT_COMPARABLE), None);
    }
    let outage = entry.map(|entry| Outage { message: entry.message.clone(), expected_end: entry.ends });
    (Reading::Is(Known::without_word(outage.is_some())), outage)
}

async fn list(call: &Call<'_>) -> Result<Arc<Vec<Entry>>, Failure> {
    let zone = &call.tenant.settings.zone;
    let request = Request::query("manutencao.list", "/api/ura/manutencao/list/");
    let load = look(call, Need::Optional(CAPABILITY), request, |answer| answer.list(|row: Row<'_>| row.read(zone)));
    call.memory.load_once(Key::whole("sgp.maintenance"), KEPT_FOR, call.now, load).await
}

/// Where an access is.
struct Spot<'a> {
    pop: Option<&'a str>,
    olts: &'a [&'a str],
    city: Option<&'a str>,
}

/// An entry of the list.
#[derive(Debug, PartialEq, Eq)]
struct Entry {
    active: bool,
    begins: Option<Timestamp>,
    ends: Option<Timestamp>,
    message: Option<String>,
    pops: Vec<String>,
    olts: Vec<String>,
    cities: Vec<String>,
    /// Whether parts are all that it names by which a contract's row cannot be compared: boxes, ports, antennas, NAS.
    by_parts_only: bool,
}

impl Entry {
    /// Switched on, not solved, and within its window.
    fn is_on(&self, now: Timestamp) -> bool {
        self.active && self.begins.is_none_or(|begins| begins <= now) && self.ends.is_none_or(|ends| now <= ends)
    }

    /// An entry that names no place covers nobody: it is not known whom.
    fn covers(&self, spot: &Spot<'_>) -> bool {
        let by_pop = spot.pop.is_some_and(|pop| self.pops.iter().any(|known| known == pop));
        let by_olt = self.olts.iter().any(|known| spot.olts.contains(&known.as_str()));
        let by_city = spot.pop.is_none() && spot.city.is_some_and(|city| self.cities.contains(&fold(city)));
        by_pop || by_olt || by_city
    }

    /// Whether "not covered" would be a guess: it names nothing that is known of contracts, or nothing is known of this
    /// one.
    fn may_cover(&self, spot: &Spot<'_>) -> bool {
        let names_a_place = !self.pops.is_empty() || !self.olts.is_empty();
        let nowhere = spot.pop.is_none() && spot.olts.is_empty() && spot.city.is_none();
        self.by_parts_only || (nowhere && names_a_place)
    }
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Row<'a> {
    descricao: Text<'a>,
    data_inicial: Text<'a>,
    data_final: Text<'a>,
    mensagem_central: Text<'a>,
    mensagem_ura: Text<'a>,
    ativa: Text<'a>,
    status: Text<'a>,
    pops: Rows<Place<'a>>,
    olts: Rows<Place<'a>>,
    nas: Rows<IgnoredAny>,
    aps: Rows<IgnoredAny>,
    oltpons: Rows<IgnoredAny>,
    ctos: Rows<IgnoredAny>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Place<'a> {
    id: Text<'a>,
    cidade: Text<'a>,
}

impl Row<'_> {
    fn read(self, zone: &Zone) -> Result<Entry, Failure> {
        let ids =
            |places: &Rows<Place<'_>>| places.0.iter().filter_map(|place| key(&place.id)).map(str::to_owned).collect();
        let parts = [&self.nas, &self.aps, &self.oltpons, &self.ctos];
        let by_parts_only =
            self.pops.0.is_empty() && self.olts.0.is_empty() && parts.iter().any(|parts| !parts.0.is_empty());
        let solved = is_solved(given(&self.status).unwrap_or_default());
        Ok(Entry {
            active: flag(&self.ativa) != Some(false) && !solved,
            begins: instant(&self.data_inicial, "data_inicial", zone)?,
            ends: instant(&self.data_final, "data_final", zone)?,
            // The subscriber's text has more to say than the spoken one.
            message: first(&[&self.mensagem_central, &self.mensagem_ura, &self.descricao]).and_then(cleaned),
            pops: ids(&self.pops),
            olts: ids(&self.olts),
            cities: self.pops.0.iter().filter_map(|place| given(&place.cidade)).map(fold).collect(),
            by_parts_only,
        })
    }
}

/// 4, or its label.
fn is_solved(status: &str) -> bool {
    let folded = fold(status);
    folded == "4" || ["resolvid", "solucionad", "finalizad", "encerrad"].iter().any(|word| folded.starts_with(word))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use jiff::Timestamp;
    use ponte_domain::dates::Zone;

    use super::{Entry, Row, Spot};

    fn entry(columns: &str) -> Entry {
        let json = format!(
            r#"{{"id":12,"descricao":"Rompimento","data_inicial":"2026-11-20 08:00:00","data_final":"2026-11-20 18:00:00",
            "mensagem_central":"Equipe em campo","mensagem_ura":"Há uma manutenção",{columns}}}"#
        );
        serde_json::from_str::<Row<'_>>(&json).unwrap().read(&Zone::default()).unwrap()
    }

    #[test]
    fn an_entry_counts_while_it_is_on() {
        let noon: Timestamp = "2026-11-20T15:00:00Z".parse().unwrap();
        let night: Timestamp = "2026-11-20T22:00:00Z".parse().unwrap();
        for (columns, at, expected) in [
            (r#""ativa":1,"status":"Identificado""#, noon, true),
            (r#""ativa":true"#, noon, true),
            (r#""ativa":false"#, noon, false),
            (r#""ativa":0"#, noon, false),
            (r#""ativa":1,"status":"Resolvido""#, noon, false),
            (r#""ativa":1,"status":4"#, noon, false),
            (r#""ativa":1"#, night, false),
            (r#""ativa":1,"data_final":"""#, night, true),
        ] {
            // A later column of the same name would be an error, so the window is replaced in the text.
            let entry = if columns.contains("data_final") {
                let json = format!(r#"{{"data_inicial":"2026-11-20 08:00",{columns}}}"#);
                serde_json::from_str::<Row<'_>>(&json).unwrap().read(&Zone::default()).unwrap()
            } else {
                entry(columns)
            };
            assert_eq!(entry.is_on(at), expected, "{columns}");
        }
    }

    #[test]
    fn a_place_is_matched_by_pop_then_olt_and_by_city_at_last() {
        let both = entry(r#""pops":[{"id":1,"cidade":"São Paulo"}],"olts":[{"id":2}]"#);
        for (pop, olts, city, expected) in [
            (Some("1"), [].as_slice(), None, true),
            (Some("9"), [].as_slice(), Some("São Paulo"), false),
            (Some("9"), ["2"].as_slice(), None, true),
            (None, ["3"].as_slice(), None, false),
            (None, [].as_slice(), Some("SAO PAULO"), true),
            (None, [].as_slice(), None, false),
        ] {
            assert_eq!(both.covers(&Spot { pop, olts, city }), expected, "{pop:?} {olts:?} {city:?}");
        }
        let nowhere = entry(r#""pops":[],"olts":null"#);
        assert!(!nowhere.covers(&Spot { pop: Some("1"), olts: &["2"], city: Some("São Paulo") }));
        let somewhere = Spot { pop: Some("9"), olts: &["3"], city: Some("São Paulo") };
        let unknown = Spot { pop: None, olts: &[], city: None };
        let box_only = entry(r#""pops":[],"olts":[],"ctos":[{"id":77,"nome":"CTO-77"}]"#);
        assert!(box_only.may_cover(&somewhere), "nobody knows on which box a contract is");
        assert!(!both.may_cover(&somewhere) && both.may_cover(&unknown) && !nowhere.may_cover(&unknown));
        assert_eq!(both.message.as_deref(), Some("Equipe em campo"));
        assert_eq!(both.ends.unwrap().to_string(), "2026-11-20T21:00:00Z");
    }
}
