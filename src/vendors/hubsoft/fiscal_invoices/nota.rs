//! The rows of `cliente/nota_fiscal`: telecom (models 21, 22), goods (55) and services, and NFCom should it come.
//!
//! A document whose amount is not told is left out: an amount is never made up, and the sample of a goods document has
//! none (dossier 4.d).

use ponte_domain::Failure;
use ponte_domain::invoice::{FiscalInvoice, FiscalInvoiceStatus};
use ponte_domain::known::Known;
use ponte_domain::reference::CustomerRef;
use serde::Deserialize;

use crate::hubsoft::moment::Moment;
use crate::hubsoft::words;
use crate::reading::flag::yes_no;
use crate::reading::money;
use crate::reading::rows::{Nested, Rows};
use crate::reading::text::Text;

/// A document and the address of its PDF.
pub(super) struct Nota {
    pub(super) invoice: FiscalInvoice,
    /// Empty for municipal notas without a PDF (dossier 4.d).
    pub(super) link: Option<String>,
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
pub(super) struct Body<'a> {
    #[serde(default)]
    cliente: Nested<Owner<'a>>,
    #[serde(default)]
    notas_fiscais: Option<Rows<Row<'a>>>,
    #[serde(default)]
    nfes: Option<Rows<Row<'a>>>,
    #[serde(default)]
    nfses: Option<Rows<Row<'a>>>,
    #[serde(default)]
    nfcoms: Option<Rows<Row<'a>>>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct Owner<'a> {
    pub(super) codigo_cliente: Text<'a>,
    pub(super) cpf_cnpj: Text<'a>,
}

/// What kind of document a row is: its array decides, since the keys differ by it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Telecom,
    Goods,
    Service,
    Communication,
}

/// The keys of all arrays; each row has those of its own.
#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct Row<'a> {
    id_nota_fiscal: Text<'a>,
    id_nfe: Text<'a>,
    id_nfse: Text<'a>,
    id_nfcom: Text<'a>,
    numero_nota: Text<'a>,
    numero_nf: Text<'a>,
    numero: Text<'a>,
    serie_nota: Text<'a>,
    serie: Text<'a>,
    modelo: Text<'a>,
    status: Text<'a>,
    cancelado: Text<'a>,
    valor: Text<'a>,
    data_emissao_br: Moment<'a>,
    data_cadastro: Moment<'a>,
    data_cadastro_br: Moment<'a>,
    tipo_documento_fiscal: Nested<DocumentType<'a>>,
    link: Text<'a>,
    link_pdf: Text<'a>,
    pub(super) cliente: Nested<Owner<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct DocumentType<'a> {
    codigo: Text<'a>,
}

impl Body<'_> {
    /// Whether it is the answer that was asked for: an empty object is none.
    pub(super) const fn is_list(&self) -> bool {
        self.notas_fiscais.is_some() || self.nfes.is_some() || self.nfses.is_some() || self.nfcoms.is_some()
    }

    /// The documents of this customer.
    ///
    /// # Errors
    /// What a row does not bear; documents of another customer, which say nothing about those of this one.
    pub(super) fn read(self, customer: &CustomerRef) -> Result<Vec<Nota>, Failure> {
        if self.cliente.0.codigo_cliente.key().is_some_and(|code| code != customer.id.as_str()) {
            return Err(Failure::broken("The ERP answered with another customer's fiscal invoices."));
        }
        let arrays = [
            (Kind::Telecom, self.notas_fiscais),
            (Kind::Goods, self.nfes),
            (Kind::Service, self.nfses),
            (Kind::Communication, self.nfcoms),
        ];
        let mut notas = Vec::new();
        for (kind, rows) in arrays {
            for row in rows.map(|rows| rows.0).unwrap_or_default() {
                notas.extend(row.read(kind, customer)?);
            }
        }
        Ok(notas)
    }
}

impl Row<'_> {
    /// The document, or none where its number or amount is not told.
    ///
    /// # Errors
    /// A row without its id, and amounts and dates that are none.
    pub(super) fn read(&self, kind: Kind, customer: &CustomerRef) -> Result<Option<Nota>, Failure> {
        let (word, id) = match kind {
            Kind::Telecom => ("telecom", &self.id_nota_fiscal),
            Kind::Goods => ("nfe", &self.id_nfe),
            Kind::Service => ("nfse", &self.id_nfse),
            Kind::Communication => ("nfcom", &self.id_nfcom),
        };
        let id = id.key().ok_or_else(|| Failure::broken("The ERP sent a fiscal document without an id."))?;
        let number = [&self.numero_nota, &self.numero_nf, &self.numero].into_iter().find_map(|text| text.filled());
        let (Some(number), Some(amount)) = (number, money::dot(&self.valor, "valor")?) else { return Ok(None) };
        let issued = [
            (&self.data_emissao_br, "data_emissao_br"),
            (&self.data_cadastro, "data_cadastro"),
            (&self.data_cadastro_br, "data_cadastro_br"),
        ];
        let issued_on = match issued.into_iter().find(|(moment, _)| moment.is_given()) {
            Some((moment, column)) => moment.date(column)?,
            None => None,
        };
        Ok(Some(Nota {
            invoice: FiscalInvoice {
                // The arrays count for themselves, so the kind belongs to the id.
                reference: customer.fiscal_invoice(format!("{word}-{id}")),
                contract: None,
                number: number.to_owned(),
                series: self.serie_nota.filled().or(self.serie.filled()).map(str::to_owned),
                model: self.model(kind),
                issued_on,
                amount,
                status: self.status(),
            },
            link: self.link.filled().or(self.link_pdf.filled()).map(str::to_owned),
        }))
    }

    /// The flag before the word: a cancelled telecom nota has no word at all.
    fn status(&self) -> Known<FiscalInvoiceStatus> {
        let mut status = words::fiscal_status(self.status.as_str());
        if yes_no(self.cancelado.as_str()) == Some(true) {
            status.value = FiscalInvoiceStatus::Cancelled;
        }
        status
    }

    fn model(&self, kind: Kind) -> Option<String> {
        let said = self.tipo_documento_fiscal.0.codigo.filled().or(self.modelo.filled());
        let model = match kind {
            Kind::Telecom => said?,
            Kind::Goods => said.unwrap_or("55"),
            Kind::Service => said.unwrap_or("NFS-e"),
            Kind::Communication => said.unwrap_or("62"),
        };
        Some(model.to_owned())
    }
}
