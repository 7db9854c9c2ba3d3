//! Boletos as temporary files (section 4.c): there once a second copy was asked for, and for a quarter of an hour.

use jiff::ToSpan;

use crate::http::Response;
use crate::paper;
use crate::town::Town;
use crate::town::billing::Invoice;
use crate::town::id::Id;

use super::dialect::no_such_page;

/// Where the vendor's links point to: the provider's own server by its inner address, which nobody outside reaches.
const INNER_ORIGIN: &str = "http://192.168.0.5:8080";
const MINUTES: i64 = 15;

/// Lays the file out; gives its link.
pub(super) fn lay_out(town: &mut Town, invoice: Id<Invoice>) -> String {
    let file = format!("boleto_{invoice}.pdf");
    let until = town.now.saturating_add(MINUTES.minutes()).map_or(i64::MAX, jiff::Timestamp::as_second);
    town.cabinet.keep(&slip(&file), &until.to_string());
    format!("{INNER_ORIGIN}/mk/tmp/{file}")
}

/// The file, to whoever knows its name.
pub(super) fn answer(town: &Town, file: &str, method: &str) -> Response {
    let there = town.cabinet.kept(&slip(file)).and_then(|until| until.parse::<i64>().ok());
    let fresh = there.is_some_and(|until| town.now.as_second() <= until);
    let id = file.strip_prefix("boleto_").and_then(|rest| rest.strip_suffix(".pdf")).and_then(Id::read);
    match id.and_then(|id| town.invoice(id)) {
        Some(invoice) if fresh && matches!(method, "GET" | "HEAD") => {
            Response::new(200, "application/pdf", paper::boletos(town, &[invoice]))
        }
        _ => no_such_page(),
    }
}

fn slip(file: &str) -> String {
    format!("mk-solutions file {file}")
}
