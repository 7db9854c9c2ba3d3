//! The Pix of one title: the code that some row has already, else `pagamento/pix`, which makes the charge (dossier
//! 4.c).
//!
//! Making a charge changes something at the bank, so it is done when somebody wants to pay and no code is there yet,
//! and once: doubt about it means "no Pix just now".

use ponte_domain::Failure;
use ponte_domain::invoice::{NoPix, Pix};
use ponte_domain::pix::PixCode;
use serde::Deserialize;

use super::detail::Detail;
use super::second_copy::Reissue;
use super::title::Title;
use super::{CAPABILITY, is_out_of_reach, leaves_the_rest};
use crate::call::Call;
use crate::reading::text::Text;
use crate::sgp::dialect::{Need, Request, act};
use crate::sgp::values::given;

/// The charge, or why there is none.
pub(super) async fn of(
    call: &Call<'_>,
    title: &Title,
    detail: Option<&Detail>,
    copy: Option<&Reissue>,
) -> Result<Result<Pix, NoPix>, Failure> {
    let texts = [Some(&title.pix), detail.map(|detail| &detail.pix), copy.map(|copy| &copy.pix)];
    let known: Vec<&str> = texts.into_iter().flatten().filter_map(|text| text.as_deref()).collect();
    if !known.is_empty() {
        return Ok(checked(&known));
    }
    let has_pix = detail.and_then(|detail| detail.has_pix);
    if has_pix == Some(false) {
        return Ok(Err(NoPix::BankWithoutPix));
    }
    match made(call, title).await {
        Ok(Some(texts)) => Ok(checked(&texts)),
        Ok(None) => Ok(Err(why_nothing(has_pix, title))),
        Err(failure) if is_out_of_reach(failure.kind()) => Ok(Err(NoPix::VendorWithoutPix)),
        Err(failure) if leaves_the_rest(&failure) => Ok(Err(NoPix::TemporarilyUnavailable)),
        Err(failure) => Err(failure),
    }
}

async fn made(call: &Call<'_>, title: &Title) -> Result<Option<Vec<String>>, Failure> {
    let Some(contract) = &title.invoice.contract else { return Ok(None) };
    let request = Request::form("pagamento.pix", "/api/ura/pagamento/pix")
        .at(title.invoice.reference.id.as_str())
        .with("contrato", contract.as_str());
    act(call, Need::Optional(CAPABILITY), request, |answer| answer.json(|wire: Wire<'_>| Ok(wire.read()))).await
}

/// The first text that can be paid. One of the columns may hold another code or a picture.
fn checked(texts: &[impl AsRef<str>]) -> Result<Pix, NoPix> {
    for text in texts {
        match PixCode::parse(text.as_ref()) {
            Ok(code) => return Ok(Pix { code, expires_at: None }),
            Err(error) => tracing::warn!(vendor = "sgp", %error, "a Pix text is not payable and was not passed on"),
        }
    }
    Err(NoPix::InvalidCode)
}

/// Why a charge was asked for and none came; the answer does not say. A title that may have one will have one when it
/// is registered; where nobody says, a registered one (it has its line) without Pix is at a bank without it.
fn why_nothing(has_pix: Option<bool>, title: &Title) -> NoPix {
    match has_pix {
        Some(true) => NoPix::InvoiceNotRegistered,
        _ if title.code.is_payable() => NoPix::BankWithoutPix,
        _ => NoPix::InvoiceNotRegistered,
    }
}

/// The code is called differently by version (dossier 4.c).
#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct Wire<'a> {
    status: Text<'a>,
    msg: Text<'a>,
    pix: Text<'a>,
    #[serde(rename = "codigoPix")]
    codigo_pix: Text<'a>,
    codigopix: Text<'a>,
    codigo: Text<'a>,
    qrcode: Text<'a>,
    emv: Text<'a>,
}

impl Wire<'_> {
    /// What may be the code, or none where it says so; an answer that says neither is no answer.
    pub(super) fn read(&self) -> Option<Option<Vec<String>>> {
        let names = [&self.pix, &self.codigo_pix, &self.codigopix, &self.codigo, &self.qrcode, &self.emv];
        let texts: Vec<String> = names.into_iter().filter_map(|name| given(name)).map(str::to_owned).collect();
        if texts.is_empty() {
            return given(&self.status).or_else(|| given(&self.msg)).map(|_| None);
        }
        Some(Some(texts))
    }
}
