//! NFCom (model 62), which the law wants of every provider since 2025 and the customer's own route does not list. Its
//! list is the issuer's and cannot be searched by customer (dossier 4.d): it is read only where the tenant names the
//! issuer, one month of it, and the rows of others end with the parse.

use jiff::ToSpan as _;
use ponte_domain::Failure;
use serde::Deserialize;

use super::nota::{Kind, Nota, Row};
use crate::call::Call;
use crate::hubsoft::customers::Person;
use crate::hubsoft::dialect::{Need, look, send};
use crate::hubsoft::settings;
use crate::reading::rows::{Nested, Rows};
use crate::reading::text::Text;

use super::CAPABILITY;

const ROUTE: &str = "nota_fiscal/nfcom";
const MONTH_DAYS: i32 = 30;
const PAGE_ROWS: usize = 500;
/// Pages after which a month is too long to be looked through for one customer.
const MOST_PAGES: usize = 20;

/// The NFCom of a customer in the last thirty days; none where the tenant names no issuer or this version has no NFCom.
pub(super) async fn of(call: &Call<'_>, person: &Person) -> Result<Vec<Nota>, Failure> {
    let Some(issuer) = settings::nfcom_issuer(call.tenant) else { return Ok(Vec::new()) };
    let mut all = Vec::new();
    for number in 0..MOST_PAGES {
        let page = match page(call, person, issuer.as_str(), number).await {
            Err(failure) if matches!(failure.kind(), ponte_domain::FailureKind::NotSupported(_)) => return Ok(all),
            other => other?,
        };
        all.extend(page.notas);
        if page.is_last {
            return Ok(all);
        }
    }
    Err(Failure::broken("The issuer's month of NFCom is too long to be looked through."))
}

struct Page {
    notas: Vec<Nota>,
    is_last: bool,
}

async fn page(call: &Call<'_>, person: &Person, issuer: &str, number: usize) -> Result<Page, Failure> {
    let begin = call.today.saturating_sub(MONTH_DAYS.days());
    send(
        call,
        Need::Optional(CAPABILITY),
        ROUTE,
        || {
            look(ROUTE)
                .query("documento", issuer)
                .query("data_inicio", begin.to_string())
                .query("data_fim", call.today.to_string())
                .query("status", "todos")
                .query("relacoes", "link")
                .query("pagina", number.to_string())
                .query("itens_por_pagina", PAGE_ROWS.to_string())
        },
        |answer| {
            let body: Body<'_> = answer.body()?;
            let rows = answer.promised(body.nfcoms)?.0;
            let is_last = match body.paginacao.0.ultima_pagina.as_str().parse::<usize>() {
                Ok(last) => number >= last,
                Err(_) => rows.len() < PAGE_ROWS,
            };
            let mine = rows.iter().filter(|row| is_of(row, person));
            let notas = mine.map(|row| row.read(Kind::Communication, &person.customer.reference));
            let notas: Vec<Option<Nota>> = notas.collect::<Result<_, _>>()?;
            Ok(Page { notas: notas.into_iter().flatten().collect(), is_last })
        },
    )
    .await
}

/// Whether a row's taker is this customer: by the code, else by the document. One that says neither is nobody's.
fn is_of(row: &Row<'_>, person: &Person) -> bool {
    let taker = &row.cliente.0;
    match (taker.codigo_cliente.key(), taker.cpf_cnpj.filled()) {
        (Some(code), _) => code == person.code(),
        (None, Some(document)) => person.customer.document.as_ref().is_some_and(|own| own.same_as(document)),
        (None, None) => false,
    }
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
struct Body<'a> {
    #[serde(default)]
    nfcoms: Option<Rows<Row<'a>>>,
    #[serde(default)]
    paginacao: Nested<Pages<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Pages<'a> {
    ultima_pagina: Text<'a>,
}
