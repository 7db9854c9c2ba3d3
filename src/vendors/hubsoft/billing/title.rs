//! One row of `faturas[]`.

use jiff::civil::Date;
use ponte_domain::Failure;
use ponte_domain::boleto::{BarCode, DigitableLine};
use ponte_domain::invoice::{Availability, Boleto, Invoice, InvoiceStatus, NoBoleto, NoPix, Pix};
use ponte_domain::known::Known;
use ponte_domain::pix::PixCode;
use ponte_domain::reference::{CustomerRef, VendorId};
use serde::{Deserialize, Deserializer};

use crate::hubsoft::moment::Moment;
use crate::reading::flag::yes_no;
use crate::reading::money;
use crate::reading::prose::{clean, fold};
use crate::reading::rows::{Nested, Rows};
use crate::reading::text::Text;

/// An invoice with the ways of paying it, which its row has all.
pub(super) struct Title {
    pub(super) invoice: Invoice,
    /// The slip; what is here is only right while the invoice is to be paid.
    pub(super) boleto: Result<Boleto, NoBoleto>,
    pub(super) pix: Result<Pix, NoPix>,
    /// Address of the public PDF.
    pub(super) link: Option<String>,
}

impl Title {
    /// Whether it is still to be paid.
    pub(super) const fn is_payable(&self) -> bool {
        is_payable(self.invoice.status.value)
    }
}

const fn is_payable(status: InvoiceStatus) -> bool {
    matches!(status, InvoiceStatus::Open | InvoiceStatus::Overdue | InvoiceStatus::PartiallyPaid)
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
pub(super) struct Body<'a> {
    #[serde(default)]
    pub(super) faturas: Option<Rows<Row<'a>>>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct Row<'a> {
    id_fatura: Text<'a>,
    quitado: Text<'a>,
    status: Text<'a>,
    nosso_numero: Text<'a>,
    numero_documento: Text<'a>,
    linha_digitavel: Text<'a>,
    codigo_barras: Text<'a>,
    link: Text<'a>,
    tipo_cobranca: Text<'a>,
    valor: Text<'a>,
    valor_pago: Text<'a>,
    data_vencimento: Moment<'a>,
    data_pagamento: Moment<'a>,
    data_cadastro: Moment<'a>,
    pix_copia_cola: Given<'a>,
    /// The other route's spelling (dossier 2.3), should a version send it here.
    pix_copia_e_cola: Given<'a>,
    detalhamento: Rows<Detail<'a>>,
    cliente: Nested<Payer<'a>>,
}

/// A text whose key was there, be it null: old versions do not have the key at all.
#[derive(Default)]
struct Given<'a>(Option<Text<'a>>);

impl<'de: 'a, 'a> Deserialize<'de> for Given<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Text::deserialize(from).map(|text| Self(Some(text)))
    }
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Detail<'a> {
    descricao: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Payer<'a> {
    codigo_cliente: Text<'a>,
    servico: Nested<Service<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Service<'a> {
    id_cliente_servico: Text<'a>,
    nome: Text<'a>,
}

impl Row<'_> {
    /// The invoice, or none where it names another customer.
    ///
    /// # Errors
    /// A row without its id or its amount, and amounts and dates that are none.
    pub(super) fn read(self, customer: &CustomerRef, today: Date) -> Result<Option<Title>, Failure> {
        let payer = &self.cliente.0;
        if payer.codigo_cliente.key().is_some_and(|code| code != customer.id.as_str()) {
            return Ok(None);
        }
        let id = self.id_fatura.key().ok_or_else(|| Failure::broken("The ERP sent an invoice without an id."))?;
        let amount = money::dot(&self.valor, "valor")?
            .ok_or_else(|| Failure::broken("The ERP sent an invoice without an amount."))?;
        let due_date = self.data_vencimento.date("data_vencimento")?;
        let paid_on = self.data_pagamento.date("data_pagamento")?;
        let status = self.status(due_date, paid_on, today);
        let (boleto, pix) = (self.boleto(), self.pix());
        let payable = is_payable(status.value);
        let offered = |there: bool| if payable && there { Availability::Yes } else { Availability::No };
        Ok(Some(Title {
            invoice: Invoice {
                reference: customer.invoice(id),
                contract: payer.servico.0.id_cliente_servico.key().map(VendorId::from),
                number: self.numero_documento.key().or(self.nosso_numero.key()).map(str::to_owned),
                description: self.description(),
                amount,
                // The face value is all that any route tells before the payment (dossier 4.c).
                updated_amount: None,
                due_date,
                issue_date: self.data_cadastro.date("data_cadastro")?,
                paid_amount: money::dot(&self.valor_pago, "valor_pago")?
                    .filter(|_| status.value == InvoiceStatus::Paid),
                paid_on,
                boleto: offered(boleto.is_ok()),
                pix: offered(pix.is_ok()),
                status,
            },
            boleto,
            pix,
            link: self.link.filled().map(str::to_owned),
        }))
    }

    /// Paid by the flag of newer versions or the date of payment, late by the calendar. The word of newer versions has
    /// values that nobody listed: none is branched on, but for a cancelled one, which must not be paid (dossier 4.c).
    fn status(&self, due: Option<Date>, paid_on: Option<Date>, today: Date) -> Known<InvoiceStatus> {
        let value = if yes_no(self.quitado.as_str()) == Some(true) || paid_on.is_some() {
            InvoiceStatus::Paid
        } else if fold(self.status.as_str()).contains("cancelad") {
            InvoiceStatus::Cancelled
        } else if due.is_some_and(|due| due < today) {
            InvoiceStatus::Overdue
        } else {
            InvoiceStatus::Open
        };
        match self.status.filled() {
            Some(word) => Known::new(value, word),
            None => Known::without_word(value),
        }
    }

    fn description(&self) -> Option<String> {
        let lines: Vec<String> = self
            .detalhamento
            .0
            .iter()
            .map(|line| clean(line.descricao.as_str()))
            .filter(|line| !line.is_empty())
            .collect();
        match (lines.is_empty(), self.cliente.0.servico.0.nome.filled()) {
            (false, _) => Some(lines.join("; ")),
            (true, name) => name.map(clean),
        }
    }

    /// The slip by its line, else by its bars. On direct debit both are null (dossier 4.c).
    fn boleto(&self) -> Result<Boleto, NoBoleto> {
        let pdf = if self.link.filled().is_some() { Availability::Yes } else { Availability::No };
        let line = self.linha_digitavel.filled().map(DigitableLine::parse);
        let bars = || self.codigo_barras.filled().map(|bars| BarCode::parse(bars).map(|bars| bars.line()));
        match (line.or_else(bars), pdf) {
            (Some(Ok(line)), pdf) => Ok(Boleto { bar_code: Some(line.bar_code()), line: Some(line), pdf }),
            (Some(Err(_)), _) => {
                tracing::warn!(vendor = "hubsoft", "an invoice's digitable line fails its check digits");
                Err(NoBoleto::InvalidCode)
            }
            (None, _) if !self.is_slip() => Err(NoBoleto::OtherPaymentMethod),
            (None, Availability::Yes) => Ok(Boleto { bar_code: None, line: None, pdf }),
            (None, _) => Err(NoBoleto::InvoiceNotRegistered),
        }
    }

    fn is_slip(&self) -> bool {
        matches!(self.tipo_cobranca.as_str(), "boleto_bancario" | "")
    }

    /// The Pix text. Null with a line beside it: the bank has registered the slip and puts no Pix on it; null without
    /// one: not registered yet (dossier 4.c).
    fn pix(&self) -> Result<Pix, NoPix> {
        let Some(text) = self.pix_copia_cola.0.as_ref().or(self.pix_copia_e_cola.0.as_ref()) else {
            return Err(NoPix::VendorWithoutPix);
        };
        let Some(text) = text.filled() else {
            let registered = self.linha_digitavel.filled().or(self.codigo_barras.filled()).is_some();
            let waits = self.is_slip() && !registered;
            return Err(if waits { NoPix::InvoiceNotRegistered } else { NoPix::BankWithoutPix });
        };
        match PixCode::parse(text) {
            Ok(code) => Ok(Pix { code, expires_at: None }),
            Err(error) => {
                tracing::warn!(vendor = "hubsoft", %error, "a Pix text is not payable and was not passed on");
                Err(NoPix::InvalidCode)
            }
        }
    }
}
