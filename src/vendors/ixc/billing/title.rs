//! One row of `fn_areceber` (dossier 4.c).

use jiff::civil::Date;
use ponte_domain::Failure;
use ponte_domain::boleto::{BoletoError, DigitableLine};
use ponte_domain::invoice::{Availability, Invoice, InvoiceStatus};
use ponte_domain::money::Cents;
use ponte_domain::reference::{CustomerRef, VendorId};
use serde::Deserialize;

use crate::ixc::words;
use crate::reading::flag::yes_no;
use crate::reading::prose::{cleaned, fold};
use crate::reading::text::Text;
use crate::reading::{date, money};

/// A title with what a payment needs. No `Debug`: the line names the payer to whoever can ask a bank.
pub(super) struct Title {
    /// The title as published.
    pub(super) invoice: Invoice,
    /// The digitable line, or why it is none; `None` where the row has no line yet.
    pub(super) line: Option<Result<DigitableLine, BoletoError>>,
    /// How it is to be paid.
    means: Means,
    /// Hosted payment page.
    pub(super) link: Option<String>,
    /// Key of the bank wallet.
    pub(super) wallet: Option<String>,
    /// Key of the fiscal document that it was billed with.
    pub(super) document: Option<String>,
    released: bool,
    replaced: bool,
}

/// `tipo_recebimento`, as far as it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Means {
    /// A slip of a bank, or of a public body; also where the row does not say.
    Slip,
    /// A payment provider's page.
    Gateway,
    /// Cash, card, deposit and the like.
    Other,
}

impl Title {
    /// Whether a subscriber may see it: released, and not replaced by a renegotiation.
    pub(super) const fn is_shown(&self) -> bool {
        self.released && !self.replaced
    }

    /// Whether something is to be paid now. While a payment is being confirmed nobody is asked to pay again.
    pub(super) const fn is_payable(&self) -> bool {
        matches!(self.invoice.status.value, InvoiceStatus::Open | InvoiceStatus::Overdue | InvoiceStatus::PartiallyPaid)
    }

    /// Whether it is paid by a slip.
    pub(super) const fn has_slip(&self) -> bool {
        matches!(self.means, Means::Slip)
    }
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct Row<'a> {
    id: Text<'a>,
    id_cliente: Text<'a>,
    status: Text<'a>,
    liberado: Text<'a>,
    documento: Text<'a>,
    obs: Text<'a>,
    id_saida: Text<'a>,
    id_contrato: Text<'a>,
    id_contrato_avulso: Text<'a>,
    id_contrato_principal: Text<'a>,
    data_emissao: Text<'a>,
    data_vencimento: Text<'a>,
    valor: Text<'a>,
    valor_aberto: Text<'a>,
    valor_recebido: Text<'a>,
    valor_total_com_juros: Text<'a>,
    pagamento_data: Text<'a>,
    pagamento_valor: Text<'a>,
    baixa_data: Text<'a>,
    tipo_recebimento: Text<'a>,
    id_carteira_cobranca: Text<'a>,
    linha_digitavel: Text<'a>,
    gateway_link: Text<'a>,
    pix_txid: Text<'a>,
    aguardando_confirmacao_pagamento: Text<'a>,
    titulo_renegociado: Text<'a>,
    id_renegociacao: Text<'a>,
}

impl Row<'_> {
    /// The row in domain words, on the tenant's civil date.
    ///
    /// # Errors
    /// A row without its ids or its amount, and amounts and dates that are none.
    pub(super) fn read(self, today: Date) -> Result<Title, Failure> {
        let missing = || Failure::broken("The ERP sent an invoice without its ids.");
        let owner = CustomerRef::new(self.id_cliente.key().ok_or_else(missing)?);
        let reference = owner.invoice(self.id.key().ok_or_else(missing)?);
        let due_date = date::iso(&self.data_vencimento, "data_vencimento")?;
        let being_confirmed = yes_no(self.aguardando_confirmacao_pagamento.as_str()) == Some(true);
        // Due today is not late; the date is the tenant's own (dossier 4.c).
        let status =
            words::invoice_status(self.status.as_str(), being_confirmed, due_date.is_some_and(|due| due < today));
        let means = self.means();
        let line = self.linha_digitavel.filled().map(DigitableLine::parse);
        let replaced = self.replaced(status.value);
        let invoice = Invoice {
            contract: self.contract(),
            number: self.documento.key().map(str::to_owned),
            description: cleaned(self.obs.as_str()),
            amount: self.amount(status.value)?,
            updated_amount: money::dot(&self.valor_total_com_juros, "valor_total_com_juros")?
                .filter(|amount| amount.get() > 0),
            due_date,
            issue_date: date::iso(&self.data_emissao, "data_emissao")?,
            paid_on: self.paid_on(status.value)?,
            paid_amount: self.paid_amount(status.value)?,
            boleto: boleto(status.value, means, line.as_ref()),
            pix: self.pix(status.value),
            status,
            reference,
        };
        Ok(Title {
            invoice,
            line,
            means,
            link: self.gateway_link.filled().filter(|url| url.starts_with("https://")).map(str::to_owned),
            wallet: self.id_carteira_cobranca.key().map(str::to_owned),
            document: self.id_saida.key().map(str::to_owned),
            released: yes_no(self.liberado.as_str()) != Some(false),
            replaced,
        })
    }

    /// One-off charges have the contract in a second column, joint ones in a third (dossier 4.c).
    fn contract(&self) -> Option<VendorId> {
        let id = self.id_contrato.key().or(self.id_contrato_avulso.key()).or(self.id_contrato_principal.key());
        id.map(VendorId::from)
    }

    /// What is still open of a title that is not paid; else its nominal amount.
    fn amount(&self, status: InvoiceStatus) -> Result<Cents, Failure> {
        let nominal = money::dot(&self.valor, "valor")?
            .ok_or_else(|| Failure::broken("The ERP sent an invoice without an amount."))?;
        if matches!(status, InvoiceStatus::Paid | InvoiceStatus::Cancelled) {
            return Ok(nominal);
        }
        let open = money::dot(&self.valor_aberto, "valor_aberto")?.filter(|open| open.get() > 0);
        match open {
            Some(open) => Ok(open),
            None if status == InvoiceStatus::PartiallyPaid => self.rest(nominal),
            None => Ok(nominal),
        }
    }

    /// What is left of a partly paid title that does not say it itself. Never the whole again.
    fn rest(&self, nominal: Cents) -> Result<Cents, Failure> {
        let received = money::dot(&self.valor_recebido, "valor_recebido")?.filter(|received| received.get() > 0);
        received
            .and_then(|received| nominal.checked_sub(received))
            .filter(|rest| rest.get() > 0)
            .ok_or_else(|| Failure::broken("The ERP sent a partly paid invoice without its open amount."))
    }

    fn paid_on(&self, status: InvoiceStatus) -> Result<Option<Date>, Failure> {
        if status != InvoiceStatus::Paid {
            return Ok(None);
        }
        let paid = date::iso(&self.pagamento_data, "pagamento_data")?;
        paid.map_or_else(|| date::iso(&self.baixa_data, "baixa_data"), |paid| Ok(Some(paid)))
    }

    /// Of a partly paid title too, what came in so far.
    fn paid_amount(&self, status: InvoiceStatus) -> Result<Option<Cents>, Failure> {
        let paid = match status {
            InvoiceStatus::Paid => money::dot(&self.pagamento_valor, "pagamento_valor")?,
            InvoiceStatus::PartiallyPaid => None,
            _ => return Ok(None),
        };
        let paid = paid.map_or_else(|| money::dot(&self.valor_recebido, "valor_recebido"), |paid| Ok(Some(paid)))?;
        Ok(paid.filter(|paid| paid.get() > 0))
    }

    fn means(&self) -> Means {
        match fold(self.tipo_recebimento.as_str()).as_str() {
            "" | "boleto" | "arrecadacaorecebimento" => Means::Slip,
            "gateway" => Means::Gateway,
            _ => Means::Other,
        }
    }

    /// Closed by a renegotiation, whose own titles take its place; nobody paid it (dossier 4.c).
    fn replaced(&self, status: InvoiceStatus) -> bool {
        let renegotiated = yes_no(self.titulo_renegociado.as_str()) == Some(true);
        match status {
            InvoiceStatus::Open
            | InvoiceStatus::Overdue
            | InvoiceStatus::PartiallyPaid
            | InvoiceStatus::BeingConfirmed => false,
            InvoiceStatus::Unknown => renegotiated || self.id_renegociacao.key().is_some(),
            InvoiceStatus::Paid | InvoiceStatus::Cancelled => renegotiated,
        }
    }

    /// A charge that exists is known by its id; whether one can be made only the charge's own call tells.
    fn pix(&self, status: InvoiceStatus) -> Availability {
        match status {
            InvoiceStatus::Paid | InvoiceStatus::Cancelled | InvoiceStatus::BeingConfirmed => Availability::No,
            _ if self.pix_txid.key().is_some() => Availability::Yes,
            _ => Availability::Unknown,
        }
    }
}

fn boleto(status: InvoiceStatus, means: Means, line: Option<&Result<DigitableLine, BoletoError>>) -> Availability {
    match (status, means, line) {
        (InvoiceStatus::Paid | InvoiceStatus::Cancelled | InvoiceStatus::BeingConfirmed, ..) => Availability::No,
        (_, Means::Gateway | Means::Other, _) => Availability::No,
        (_, Means::Slip, Some(Ok(_))) => Availability::Yes,
        (_, Means::Slip, _) => Availability::Unknown,
    }
}
