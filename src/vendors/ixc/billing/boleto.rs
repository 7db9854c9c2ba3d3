//! The slip: the title's own line, else the data of `get_boleto`, and the PDF (dossier 4.c).

use std::borrow::Cow;

use ponte_domain::boleto::{BarCode, DigitableLine};
use ponte_domain::capability::Capability;
use ponte_domain::failure::{Retry, Subject};
use ponte_domain::invoice::{Availability, Boleto, NoBoleto, Pdf};
use ponte_domain::money::Cents;
use ponte_domain::{Failure, FailureKind};
use serde::{Deserialize, Serialize};

use super::{Title, is_out_of_reach, leaves_the_rest};
use crate::call::Call;
use crate::ixc::dialect::{Need, look, print, print_once};
use crate::ixc::settings;
use crate::reading::money;
use crate::reading::text::Text;

const ROUTE: &str = "get_boleto";
/// Invoices can be listed and paid by Pix without it.
const OPTIONAL: Need = Need::Optional(Capability::Billing);

/// The slip, or why there is none, and the amount with fees where the vendor told it on the way.
pub(super) struct Slip {
    pub(super) boleto: Result<Boleto, NoBoleto>,
    pub(super) updated_amount: Option<Cents>,
}

impl Slip {
    const fn none(reason: NoBoleto) -> Self {
        Self { boleto: Err(reason), updated_amount: None }
    }
}

/// The slip of a payable title. The vendor is asked only where the title itself has no line.
pub(super) async fn slip(call: &Call<'_>, title: &Title) -> Result<Slip, Failure> {
    if !title.has_slip() {
        return Ok(Slip::none(NoBoleto::OtherPaymentMethod));
    }
    match &title.line {
        Some(Ok(line)) => Ok(Slip { boleto: Ok(boleto(line.clone())), updated_amount: None }),
        Some(Err(_)) => {
            tracing::warn!(vendor = "ixc", "an invoice's digitable line fails its check digits");
            Ok(Slip::none(NoBoleto::InvalidCode))
        }
        None => asked(call, title).await,
    }
}

async fn asked(call: &Call<'_>, title: &Title) -> Result<Slip, Failure> {
    // Not refreshed: reading must not move the due date in the ERP.
    let body = Print { tipo_boleto: "dados", ..Print::of(title) };
    let data = look(call, OPTIONAL, ROUTE, &body, |answer| match answer.object::<Fields<'_>>()? {
        Ok(fields) => fields.read(),
        Err(_) => Ok(Slip::none(NoBoleto::InvoiceNotRegistered)),
    });
    match data.await {
        Err(failure) if is_out_of_reach(failure.kind()) => Ok(Slip::none(NoBoleto::VendorWithoutBoleto)),
        Err(failure) if leaves_the_rest(failure.kind()) => Ok(Slip::none(NoBoleto::TemporarilyUnavailable)),
        other => other,
    }
}

/// The PDF. That of a late slip is brought up to date in the ERP unless the tenant says otherwise; of one that is not
/// late nothing is changed.
pub(super) async fn pdf(call: &Call<'_>, title: &Title) -> Result<Pdf, Failure> {
    let late = title.invoice.due_date.is_some_and(|due| due < call.today);
    let refresh = if late { settings::boleto_refresh(call.tenant) } else { "N" };
    let body = Print { atualiza_boleto: refresh, ..Print::of(title) };
    let printed = if refresh == "N" {
        print(call, OPTIONAL, ROUTE, Cow::Borrowed(ROUTE), &body).await
    } else {
        print_once(call, OPTIONAL, ROUTE, Cow::Borrowed(ROUTE), &body).await.map_err(without_doubt)
    };
    printed?.ok_or_else(|| Failure::not_found(Subject::Document))
}

/// Whoever wanted a document is told that it did not come. Whether the slip was brought up to date on the way does not
/// matter: the next print finds it so, or does it.
pub(super) fn without_doubt(failure: Failure) -> Failure {
    if failure.kind() != FailureKind::OutcomeUnknown {
        return failure;
    }
    let late = Failure::new(FailureKind::TimedOut, "The ERP did not answer with the boleto.");
    let late = late.with_retry(Retry::Exhausted);
    match failure.upstream() {
        Some(upstream) => late.at(upstream.clone()),
        None => late,
    }
}

fn boleto(line: DigitableLine) -> Boleto {
    Boleto { bar_code: Some(line.bar_code()), line: Some(line), pdf: Availability::Yes }
}

#[derive(Serialize)]
struct Print<'a> {
    boletos: &'a str,
    juro: &'static str,
    multa: &'static str,
    atualiza_boleto: &'static str,
    tipo_boleto: &'static str,
    base64: &'static str,
    layout_impressao: &'static str,
}

impl<'a> Print<'a> {
    fn of(title: &'a Title) -> Self {
        Self {
            boletos: title.invoice.reference.id.as_str(),
            juro: "S",
            multa: "S",
            atualiza_boleto: "N",
            tipo_boleto: "arquivo",
            base64: "S",
            layout_impressao: "",
        }
    }
}

/// Field names of the legacy printing templates, seen in one client (dossier 4.c).
#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct Fields<'a> {
    linha_digitavel: Text<'a>,
    codigo_barras: Text<'a>,
    valor_boleto: Text<'a>,
}

impl Fields<'_> {
    pub(super) fn read(self) -> Result<Slip, Failure> {
        let code = self.linha_digitavel.filled().map(DigitableLine::parse);
        let code =
            code.or_else(|| self.codigo_barras.filled().map(|digits| BarCode::parse(digits).map(|code| code.line())));
        let updated_amount = money::comma(&self.valor_boleto, "valor_boleto")?.filter(|amount| amount.get() > 0);
        Ok(match code {
            Some(Ok(line)) => Slip { boleto: Ok(boleto(line)), updated_amount },
            Some(Err(_)) => Slip::none(NoBoleto::InvalidCode),
            None => Slip::none(NoBoleto::InvoiceNotRegistered),
        })
    }
}
