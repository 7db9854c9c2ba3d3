//! The log of connections, the second source of whether a login is online (dossier 4.h). The order of its rows is not
//! documented, so the one that began last is looked for.

use jiff::Timestamp;
use jiff::ToSpan as _;
use ponte_domain::Failure;
use ponte_domain::contract::Online;
use ponte_domain::known::Known;
use serde::Deserialize;

use super::CAPABILITY;
use crate::call::Call;
use crate::hubsoft::contracts::Facts;
use crate::hubsoft::dialect::{Need, look, send};
use crate::hubsoft::moment::Moment;
use crate::hubsoft::words;
use crate::reading::rows::{Nested, Rows};
use crate::reading::text::Text;

const ROUTE: &str = "cliente/extrato_conexao";
/// The route's own window, written out.
const WINDOW_DAYS: i32 = 30;
const MOST_ROWS: usize = 50;

/// Whether the newest session of a login is open. A log that is as long as its limit tells of an open session only: the
/// newest one may be beyond it.
pub(super) async fn newest(call: &Call<'_>, facts: &Facts, login: &str) -> Result<Known<Online>, Failure> {
    let begin = call.today.saturating_sub(WINDOW_DAYS.days());
    let zone = &call.tenant.settings.zone;
    send(
        call,
        Need::Optional(CAPABILITY),
        ROUTE,
        || {
            // The search word is `login` here and `login_radius` with customers (dossier 4.a).
            look(ROUTE)
                .query("busca", "login")
                .query("termo_busca", login)
                .query("limit", MOST_ROWS.to_string())
                .query("data_inicio", begin.to_string())
                .query("data_fim", call.today.to_string())
        },
        |answer| {
            let Some(body) = answer.found::<Body<'_>>()? else { return Ok(words::online(None)) };
            let rows = answer.promised(body.registros)?.0;
            let cut = rows.len() >= MOST_ROWS;
            let mut newest: Option<(Timestamp, bool)> = None;
            for row in rows.iter().filter(|row| row.is_of(facts, login)) {
                let Some(began) = row.acctstarttime.instant("acctstarttime", zone)? else { continue };
                let open = row.acctstoptime.instant("acctstoptime", zone)?.is_none();
                if newest.is_none_or(|(known, _)| began > known) {
                    newest = Some((began, open));
                }
            }
            Ok(match newest {
                Some((_, false)) if cut => words::online(None),
                Some((_, open)) => words::online(Some(open)),
                None => words::online(None),
            })
        },
    )
    .await
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
struct Body<'a> {
    #[serde(default)]
    registros: Option<Rows<Row<'a>>>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Row<'a> {
    acctstarttime: Moment<'a>,
    acctstoptime: Moment<'a>,
    username: Text<'a>,
    cliente: Nested<Owner<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Owner<'a> {
    codigo_cliente: Text<'a>,
}

impl Row<'_> {
    /// A login may have changed hands; rows that name no owner are told by the login alone.
    fn is_of(&self, facts: &Facts, login: &str) -> bool {
        let owner = facts.reference.customer.id.as_str();
        self.username.as_str() == login && self.cliente.0.codigo_cliente.key().is_none_or(|code| code == owner)
    }
}
