//! The Pix charge of a title: the code that it has, or one registered now (dossier 4.c).
//!
//! Registering writes at the vendor, so it happens only when somebody wants to pay, once, and never for the rows of a
//! list; a doubt about it means "no Pix just now".

use ponte_domain::Failure;
use ponte_domain::invoice::{NoPix, Pix};
use ponte_domain::pix::PixCode;
use ponte_transport::Method;
use serde::Deserialize;

use super::{CAPABILITY, Title, is_out_of_reach, leaves_the_rest};
use crate::call::Call;
use crate::reading::text::Text;
use crate::synsuite::dialect::{Need, Route, Said, ask};
use crate::synsuite::settings;

const REGISTER: Route = Route::of(Method::Post, "billings/registerpix", Need::Optional(CAPABILITY));

/// The charge, or why there is none.
pub(super) async fn charge(call: &Call<'_>, title: &Title) -> Result<Result<Pix, NoPix>, Failure> {
    match &title.pix {
        Some(text) => Ok(read(text)),
        None if settings::pix_on_demand(call.tenant) => registered(call, title).await,
        None => Ok(Err(NoPix::InvoiceNotRegistered)),
    }
}

/// Everything stands in the query, the body is empty.
async fn registered(call: &Call<'_>, title: &Title) -> Result<Result<Pix, NoPix>, Failure> {
    let id = title.invoice.reference.id.as_str();
    let said = ask(
        call,
        REGISTER,
        |route| route.act().query("receivableId", id),
        |answer| {
            Ok(match answer.said::<Charge<'_>>()? {
                Said::Is(charge) => charge.code.filled().map_or(Err(NoPix::InvoiceNotRegistered), read),
                // Without "PIX Voalle" on the company place it is refused, in words that nobody has recorded.
                Said::Denied(_) | Said::Nothing(_) => Err(NoPix::BankWithoutPix),
            })
        },
    );
    match said.await {
        Ok(charge) => Ok(charge),
        Err(failure) if is_out_of_reach(failure.kind()) => Ok(Err(NoPix::VendorWithoutPix)),
        Err(failure) if leaves_the_rest(failure.kind()) => Ok(Err(NoPix::TemporarilyUnavailable)),
        Err(failure) => Err(failure),
    }
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Charge<'a> {
    #[serde(rename = "qrCode")]
    code: Text<'a>,
}

/// A code whose checksum fails is never passed on.
pub(super) fn read(text: &str) -> Result<Pix, NoPix> {
    match PixCode::parse(text) {
        Ok(code) => Ok(Pix { code, expires_at: None }),
        Err(error) => {
            tracing::warn!(vendor = "synsuite", %error, "a Pix text is not payable and was not passed on");
            Err(NoPix::InvalidCode)
        }
    }
}
