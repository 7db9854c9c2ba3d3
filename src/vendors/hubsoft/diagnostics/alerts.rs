//! The catalogue of alerts, the only place with the end of one (dossier 4.h). The addresses in its paginator may point
//! anywhere, so pages are counted here.

use jiff::Timestamp;
use ponte_domain::Failure;
use serde::Deserialize;

use super::CAPABILITY;
use crate::call::Call;
use crate::hubsoft::dialect::{Need, look, send};
use crate::hubsoft::moment::Moment;
use crate::reading::prose::{clean, fold};
use crate::reading::rows::{Nested, Rows};
use crate::reading::text::Text;

pub(in crate::hubsoft) const ROUTE: &str = "configuracao/alerta/paginado";
const PAGE_ROWS: &str = "100";
/// Alerts that are in force at once fill no more pages than these.
const MOST_PAGES: u64 = 5;

/// The latest end among the alerts with these texts; none where the catalogue cannot be read or tells no end.
pub(super) async fn end_of(call: &Call<'_>, messages: &[String]) -> Option<Timestamp> {
    let wanted: Vec<String> = messages.iter().map(|message| fold(message)).collect();
    let mut latest = None;
    for number in 1..=MOST_PAGES {
        let page = match page(call, number, &wanted).await {
            Ok(page) => page,
            Err(failure) => {
                tracing::info!(vendor = "hubsoft", request_id = %call.trip.request_id, reason = failure.kind().word(), "the catalogue of alerts could not be read");
                return latest;
            }
        };
        latest = latest.into_iter().chain(page.end).max();
        if page.last <= number {
            break;
        }
    }
    latest
}

struct Page {
    end: Option<Timestamp>,
    last: u64,
}

async fn page(call: &Call<'_>, number: u64, wanted: &[String]) -> Result<Page, Failure> {
    let (now, zone) = (call.now, &call.tenant.settings.zone);
    send(
        call,
        Need::Optional(CAPABILITY),
        ROUTE,
        || look(ROUTE).segment(PAGE_ROWS).query("page", number.to_string()).query("ativo", "sim"),
        |answer| {
            let body: Body<'_> = answer.body()?;
            let page = body.alertas.0;
            let mut end = None;
            for alert in &page.data.0 {
                if wanted.contains(&fold(&clean(alert.texto_alerta.as_str()))) {
                    let ends = alert.data_fim.instant("data_fim", zone)?.filter(|end| *end >= now);
                    end = end.into_iter().chain(ends).max();
                }
            }
            Ok(Page { end, last: page.last_page.as_str().parse().unwrap_or(1) })
        },
    )
    .await
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
struct Body<'a> {
    #[serde(default)]
    alertas: Nested<Paginator<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Paginator<'a> {
    data: Rows<Row<'a>>,
    last_page: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Row<'a> {
    texto_alerta: Text<'a>,
    data_fim: Moment<'a>,
}
