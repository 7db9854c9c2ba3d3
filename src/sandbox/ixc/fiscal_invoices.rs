//! `vd_saida` and the copy of a nota (section 4.d).

use crate::http::Response;
use crate::paper;
use crate::town::Town;
use crate::town::billing::FiscalInvoice;
use crate::town::id::Id;

use super::dialect::{Action, Fields, Refusal, base64_text};
use super::row::Row;
use super::table::Table;

pub(super) const TABLES: &[Table] = &[Table::of("vd_saida", rows)];

pub(super) const ACTIONS: &[Action] = &[Action { name: "imprimir_nota", run: print }];

/// The notas, and behind them a sale without a number: not every row of this table is a nota.
fn rows(town: &Town) -> Vec<Row> {
    let mut rows: Vec<Row> = town.fiscal_invoices.iter().map(|nota| row(town, nota)).collect();
    if let Some(router) = rows.first().cloned() {
        let mut sale = router;
        let plain =
            [("id", "72000"), ("numero_nf", ""), ("modelo_nf", ""), ("ids_areceber", ""), ("documento", "72000")];
        plain.iter().for_each(|(column, value)| sale.set(column, value));
        rows.insert(0, sale);
    }
    rows
}

fn row(town: &Town, nota: &FiscalInvoice) -> Row {
    let branch = town.contract(nota.contract).map_or(String::new(), |one| one.branch.to_string());
    Row::new(nota.id)
        .id("id_cliente", nota.customer)
        .put("filial_id", branch)
        .put("status", "F")
        .put("numero_nf", format!("{:09}", nota.number))
        .put("serie", nota.series)
        .put("modelo_nf", nota.model)
        .id("documento", nota.id)
        .date("data_emissao", Some(nota.issued_on))
        .date("data_saida", Some(nota.issued_on))
        .put("valor_total", nota.amount.to_dot())
        .id("id_contrato", nota.contract)
        .put("id_contrato_avulso", "")
        .put("ids_areceber", nota.invoice.map_or(String::new(), |id| id.to_string()))
        .fill("", &["nfse_status", "nfse_prot"])
}

/// The answer is not documented; raw base64 as the other prints give it (section 4.d).
fn print(town: &mut Town, fields: &Fields) -> Response {
    let id = Id::<FiscalInvoice>::read(fields.text("id"));
    match town.fiscal_invoices.iter().find(|nota| Some(nota.id) == id) {
        None => Refusal::generic().response(),
        Some(nota) => {
            let pdf = paper::fiscal_invoice(town, nota);
            if fields.text("base64") == "S" { base64_text(&pdf) } else { Response::new(200, "application/pdf", pdf) }
        }
    }
}
