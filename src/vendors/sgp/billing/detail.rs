//! One row of `central/titulos`: the same title with its codes, and whether it can have a Pix at all (dossier 4.c).

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
use crate::sgp::values::{cents, day, first, flag, given, key};

/// What the row adds to a title.
pub(super) struct Detail {
    /// Its boleto code.
    pub(super) code: Code,
    /// Its Pix text, unchecked.
    pub(super) pix: Option<String>,
    /// Whether it can have a Pix; none where the version does not say.
    pub(super) has_pix: Option<bool>,
    id: Option<String>,
    number: Option<String>,
    due: Option<Date>,
    nominal: Option<Cents>,
}

/// The row of a title, asked by its contract.
pub(super) async fn of(call: &Call<'_>, title: &Title) -> Result<Option<Detail>, Failure> {
    let Some(contract) = &title.invoice.contract else { return Ok(None) };
    // It is said to open no work order; the word costs nothing (dossier 3).
    let request = Request::form("central.titulos", "/api/central/titulos/")
        .with("contrato", contract.as_str())
        .with("status", "1")
        .flag("nao_gerar_os");
    let rows = look(call, Need::Optional(CAPABILITY), request, |answer| {
        answer.json(|wire: Wire<'_>| {
            let rows = wire.faturas.map(|rows| rows.0.into_iter().map(Row::read).collect::<Result<Vec<_>, Failure>>());
            rows.transpose()
        })
    })
    .await?;
    Ok(title.among(rows, Detail::alike))
}

impl Detail {
    fn alike(&self) -> Alike<'_> {
        Alike { due: self.due, nominal: self.nominal, names: [self.id.as_deref(), self.number.as_deref()] }
    }
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
struct Wire<'a> {
    #[serde(default)]
    faturas: Option<Rows<Row<'a>>>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct Row<'a> {
    id: Text<'a>,
    numero_documento: Text<'a>,
    valor: Text<'a>,
    vencimento: Text<'a>,
    linhadigitavel: Text<'a>,
    #[serde(rename = "linhaDigitavel")]
    linha_digitavel: Text<'a>,
    codigopix: Text<'a>,
    #[serde(rename = "codigoPix")]
    codigo_pix: Text<'a>,
    gerapix: Text<'a>,
}

impl Row<'_> {
    /// The row; `vencimento` is the original due date here.
    pub(super) fn read(self) -> Result<Detail, Failure> {
        let line = if given(&self.linhadigitavel).is_some() { &self.linhadigitavel } else { &self.linha_digitavel };
        Ok(Detail {
            code: Code::read(line, &Text::default()),
            pix: first(&[&self.codigopix, &self.codigo_pix]).map(str::to_owned),
            has_pix: flag(&self.gerapix),
            id: key(&self.id).map(str::to_owned),
            number: given(&self.numero_documento).map(str::to_owned),
            due: day(&self.vencimento, "vencimento")?,
            nominal: cents(&self.valor, "valor")?,
        })
    }
}
