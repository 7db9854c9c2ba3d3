//! Fiscal invoices: outgoing documents (`vd_saida`) that are notas, and their print (dossier 4.d).

use std::borrow::Cow;
use std::cmp::Reverse;

use async_trait::async_trait;
use ponte_domain::capability::Capability;
use ponte_domain::failure::Subject;
use ponte_domain::invoice::{FiscalInvoice, FiscalInvoiceStatus, Pdf};
use ponte_domain::reference::{ContractRef, CustomerRef, FiscalInvoiceRef, VendorId};
use ponte_domain::{Failure, FailureKind};
use serde::{Deserialize, Serialize};

use super::dialect::{Answer, Need, Query, all_rows, print, rows};
use super::words;
use super::{Ixc, billing};
use crate::call::Call;
use crate::erp::FiscalInvoices;
use crate::reading::prose::fold;
use crate::reading::text::Text;
use crate::reading::{date, money};

const CAPABILITY: Capability = Capability::FiscalInvoices;
const REQUIRED: Need = Need::Required(CAPABILITY);
const TABLE: &str = "vd_saida";

/// Models of fiscal documents: communication, telecom, goods, services, and the newer one of communication.
const MODELS: [&str; 5] = ["21", "22", "55", "13", "62"];

#[async_trait]
impl FiscalInvoices for Ixc {
    async fn of_contract(&self, call: &Call<'_>, contract: &ContractRef) -> Result<Vec<FiscalInvoice>, Failure> {
        let mut documents = of_customer(call, &contract.customer).await?;
        attribute(call, &contract.customer, &mut documents).await?;
        documents.retain(|document| document.contract.as_ref() == Some(&contract.id));
        Ok(documents)
    }

    async fn pdf(&self, call: &Call<'_>, invoice: &FiscalInvoiceRef) -> Result<Pdf, Failure> {
        #[derive(Serialize)]
        struct Body<'a> {
            id: &'a str,
            base64: &'static str,
        }
        const ROUTE: &str = "imprimir_nota";
        let query = Query::equals(TABLE, "id", invoice.id.as_str()).at_most(1);
        let found = rows(call, REQUIRED, query, |answer| answer.page::<Row<'_>>()?.read(Row::read)).await?;
        let document = found.into_iter().flatten().find(|document| document.reference == *invoice);
        let document = document.ok_or_else(|| Failure::not_found(Subject::FiscalInvoice))?;
        if document.status.value != FiscalInvoiceStatus::Issued {
            return Err(Failure::not_found(Subject::Document));
        }
        let body = Body { id: invoice.id.as_str(), base64: "S" };
        // A municipal nota may have no PDF here: an error or nothing (dossier 4.d).
        print(call, Need::Optional(CAPABILITY), ROUTE, Cow::Borrowed(ROUTE), &body)
            .await?
            .ok_or_else(|| Failure::not_found(Subject::Document))
    }
}

/// All notas of a customer, newest first.
async fn of_customer(call: &Call<'_>, customer: &CustomerRef) -> Result<Vec<FiscalInvoice>, Failure> {
    // Rows that are no notas keep their place in the count of a page, under their own id.
    let read = |answer: &Answer<'_>| {
        answer.page::<Row<'_>>()?.read(|row| {
            let id = row.id.word();
            Ok((id, row.read()?))
        })
    };
    let query = Query::equals(TABLE, "id_cliente", customer.id.as_str()).newest_first();
    let found = all_rows(call, REQUIRED, query, |row: &(String, Option<FiscalInvoice>)| &row.0, read).await?;
    let mut documents: Vec<FiscalInvoice> = found.into_iter().filter_map(|(_, document)| document).collect();
    documents.retain(|document| document.reference.customer == *customer);
    documents.sort_by_key(|document| Reverse(document.issued_on));
    Ok(documents)
}

/// Documents that name no contract get the one of the titles that they were billed with. Where the token may not see
/// those they stay with none; any other trouble is trouble, or a part of the list would pass for the whole.
async fn attribute(call: &Call<'_>, customer: &CustomerRef, documents: &mut [FiscalInvoice]) -> Result<(), Failure> {
    let orphans: Vec<String> = documents
        .iter()
        .filter(|document| document.contract.is_none())
        .map(|document| document.reference.id.as_str().to_owned())
        .collect();
    if orphans.is_empty() {
        return Ok(());
    }
    let ids: Vec<&str> = orphans.iter().map(String::as_str).collect();
    let known = match billing::contracts_of_documents(call, Need::Optional(CAPABILITY), customer, &ids).await {
        Ok(known) => known,
        Err(failure) if matches!(failure.kind(), FailureKind::NotSupported(_) | FailureKind::AccessBlocked) => {
            return Ok(());
        }
        Err(failure) => return Err(failure),
    };
    for document in documents.iter_mut().filter(|document| document.contract.is_none()) {
        let found = known.iter().find(|(id, _)| id == document.reference.id.as_str());
        document.contract = found.map(|(_, contract)| contract.clone());
    }
    Ok(())
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Row<'a> {
    id: Text<'a>,
    id_cliente: Text<'a>,
    status: Text<'a>,
    numero_nf: Text<'a>,
    serie: Text<'a>,
    modelo_nf: Text<'a>,
    data_emissao: Text<'a>,
    data_saida: Text<'a>,
    valor_total: Text<'a>,
    id_contrato: Text<'a>,
    id_contrato_avulso: Text<'a>,
    id_contrato_principal: Text<'a>,
}

impl Row<'_> {
    /// The document, or none where it is no nota: without a number or of no fiscal model. One that is not issued yet may
    /// have no amount yet either, and is none so far.
    ///
    /// # Errors
    /// A nota without its ids, an issued one without its amount, and amounts and dates that are none.
    fn read(self) -> Result<Option<FiscalInvoice>, Failure> {
        let missing = || Failure::broken("The ERP sent a fiscal document without its ids.");
        let number = self.numero_nf.filled().filter(|number| number.chars().any(|digit| digit != '0'));
        let (Some(number), true) = (number, is_fiscal(self.modelo_nf.as_str())) else { return Ok(None) };
        let owner = CustomerRef::new(self.id_cliente.key().ok_or_else(missing)?);
        let status = words::fiscal_status(self.status.as_str());
        let amount = match money::dot(&self.valor_total, "valor_total")? {
            Some(amount) => amount,
            None if status.value == FiscalInvoiceStatus::Issued => {
                return Err(Failure::broken("The ERP sent a fiscal document without an amount."));
            }
            None => return Ok(None),
        };
        let issued = date::iso(&self.data_emissao, "data_emissao")?;
        let contract = self.id_contrato.key().or(self.id_contrato_avulso.key()).or(self.id_contrato_principal.key());
        Ok(Some(FiscalInvoice {
            reference: owner.fiscal_invoice(self.id.key().ok_or_else(missing)?),
            contract: contract.map(VendorId::from),
            number: number.to_owned(),
            series: self.serie.filled().map(str::to_owned),
            model: self.modelo_nf.filled().map(str::to_owned),
            issued_on: issued.map_or_else(|| date::iso(&self.data_saida, "data_saida"), |issued| Ok(Some(issued)))?,
            amount,
            status,
        }))
    }
}

fn is_fiscal(model: &str) -> bool {
    MODELS.contains(&model) || fold(model).contains("nfs")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use ponte_domain::FailureKind;
    use ponte_domain::invoice::FiscalInvoiceStatus;

    use super::Row;

    fn read(columns: &str) -> Option<ponte_domain::invoice::FiscalInvoice> {
        let json =
            format!(r#"{{"id":"72006","id_cliente":"2","valor_total":"99.90","data_emissao":"2026-02-20",{columns}}}"#);
        serde_json::from_str::<Row<'_>>(&json).unwrap().read().unwrap()
    }

    #[test]
    fn only_numbered_documents_of_a_fiscal_model_are_notas() {
        for (columns, expected) in [
            (r#""status":"F","numero_nf":"000012345","modelo_nf":"21""#, true),
            (r#""status":"F","numero_nf":"1","modelo_nf":"62""#, true),
            (r#""status":"F","numero_nf":"1","modelo_nf":"NFS-e""#, true),
            (r#""status":"F","numero_nf":"","modelo_nf":"21""#, false),
            (r#""status":"F","numero_nf":"000000","modelo_nf":"21""#, false),
            (r#""status":"F","numero_nf":"1","modelo_nf":"""#, false),
            (r#""status":"F","numero_nf":"1","modelo_nf":"99""#, false),
            (r#""status":"F","modelo_nf":"21""#, false),
        ] {
            assert_eq!(read(columns).is_some(), expected, "{columns}");
        }
    }

    #[test]
    fn an_amount_is_never_made_up() {
        let read = |columns: &str| {
            let json = format!(r#"{{"id":"1","id_cliente":"2","numero_nf":"1","modelo_nf":"21",{columns}}}"#);
            serde_json::from_str::<Row<'_>>(&json).unwrap().read()
        };
        for broken in [r#""status":"F""#, r#""status":"F","valor_total":"""#, r#""status":"A","valor_total":"1,00""#] {
            assert_eq!(read(broken).err().unwrap().kind(), FailureKind::BrokenAnswer, "{broken}");
        }
        assert!(read(r#""status":"A","valor_total":"""#).unwrap().is_none());
        assert_eq!(read(r#""status":"F","valor_total":"0.00""#).unwrap().unwrap().amount.get(), 0, "as it says");
    }

    #[test]
    fn a_nota_has_its_contract_from_one_of_three_columns() {
        let nota = read(r#""status":"F","numero_nf":"000012345","modelo_nf":"21","serie":"1","id_contrato":"","id_contrato_avulso":"2309""#).unwrap();
        assert_eq!(nota.contract.unwrap().as_str(), "2309");
        assert_eq!((nota.number.as_str(), nota.series.as_deref(), nota.amount.get()), ("000012345", Some("1"), 9990));
        assert_eq!(nota.status.value, FiscalInvoiceStatus::Issued);
        assert_eq!(nota.issued_on.unwrap().to_string(), "2026-02-20");
    }
}
