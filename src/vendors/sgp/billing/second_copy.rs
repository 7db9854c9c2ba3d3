//! The second copy: `fatura2via`, which reissues open titles to today (dossier 4.c).
//!
//! It opens a work order unless it is told not to, and asks back where a document has several contracts; so it is
//! always asked by the contract and with `nao_gerar_os`.

use jiff::civil::Date;
use ponte_domain::Failure;
use ponte_domain::money::Cents;
use serde::Deserialize;

use super::CAPABILITY;
use super::title::{Alike, Code, Title};
use crate::call::Call;
use crate::reading::rows::Rows;
use crate::reading::text::Text;
use crate::sgp::dialect::{Need, Request, look};
use crate::sgp::values::{cents, day, first, given, key};

/// What links lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Links {
    /// Whatever this installation shows.
    AsTheyAre,
    /// The PDF.
    ToPdf,
}

/// A reissued title.
pub(super) struct Reissue {
    /// Its boleto code.
    pub(super) code: Code,
    /// Its Pix text, unchecked.
    pub(super) pix: Option<String>,
    /// Amount with fees, as reissued.
    pub(super) amount: Option<Cents>,
    /// Where the slip is.
    pub(super) link: Option<String>,
    id: Option<String>,
    number: Option<String>,
    due: Option<Date>,
    nominal: Option<Cents>,
}

/// The copy of a title; none where there is nothing to pay, or none of the copies is certainly this title's.
pub(super) async fn of(call: &Call<'_>, title: &Title, links: Links) -> Result<Option<Reissue>, Failure> {
    let Some(contract) = &title.invoice.contract else { return Ok(None) };
    let request = Request::form("fatura2via", "/api/ura/fatura2via/")
        .with("contrato", contract.as_str())
        .flag("nao_gerar_os")
        .flag("faturas_abertas_todas");
    let request = match links {
        Links::AsTheyAre => request,
        Links::ToPdf => request.flag("link_pdf"),
    };
    let rows = look(call, Need::Optional(CAPABILITY), request, |answer| answer.json(Wire::read)).await?;
    Ok(title.among(rows, Reissue::alike))
}

impl Reissue {
    pub(super) fn alike(&self) -> Alike<'_> {
        Alike { due: self.due, nominal: self.nominal, names: [self.id.as_deref(), self.number.as_deref()] }
    }
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
pub(super) struct Wire<'a> {
    #[serde(default)]
    status: Text<'a>,
    #[serde(default)]
    links: Option<Rows<Row<'a>>>,
}

impl Wire<'_> {
    /// The copies. A status without links is a refusal or nothing to pay; neither is no answer.
    pub(super) fn read(self) -> Result<Option<Vec<Reissue>>, Failure> {
        match self.links {
            Some(rows) => rows.0.into_iter().map(Row::read).collect::<Result<Vec<_>, _>>().map(Some),
            None => Ok(given(&self.status).map(|_| Vec::new())),
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Row<'a> {
    id: Text<'a>,
    fatura: Text<'a>,
    vencimento: Text<'a>,
    vencimento_original: Text<'a>,
    valor: Text<'a>,
    valor_original: Text<'a>,
    linhadigitavel: Text<'a>,
    codigopix: Text<'a>,
    link: Text<'a>,
}

impl Row<'_> {
    /// The row. Its `vencimento` and `valor` are the reissue's; `fatura` is the number or the id, by version.
    fn read(self) -> Result<Reissue, Failure> {
        let due = match first(&[&self.vencimento_original]) {
            Some(_) => day(&self.vencimento_original, "vencimento_original")?,
            None => day(&self.vencimento, "vencimento")?,
        };
        Ok(Reissue {
            code: Code::read(&self.linhadigitavel, &Text::default()),
            pix: given(&self.codigopix).map(str::to_owned),
            amount: cents(&self.valor, "valor")?.filter(|amount| amount.get() > 0),
            link: given(&self.link).map(str::to_owned),
            id: key(&self.id).map(str::to_owned),
            number: given(&self.fatura).map(str::to_owned),
            due,
            nominal: cents(&self.valor_original, "valor_original")?,
        })
    }
}
