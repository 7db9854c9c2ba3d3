//! The Pix charge of a title: the code that it has, or one registered now (dossier 4.c).
//!
//! Registering writes at the vendor, so it happens only when somebody wants to pay, once, and never for the rows of a
//! list; a doubt about it means "no Pix just now". Nobody knows whether a repeat finds the first charge or makes another
//! one, or when the lists begin to show it, so what came of it is kept for the day: looking again writes nothing.

use std::time::Duration;

use ponte_domain::invoice::{NoPix, Pix};
use ponte_domain::pix::PixCode;
use ponte_domain::{Failure, FailureKind};
use ponte_transport::Method;
use serde::Deserialize;

use super::{CAPABILITY, Title, is_out_of_reach, leaves_the_rest};
use crate::call::Call;
use crate::memory::Key;
use crate::reading::text::Text;
use crate::synsuite::dialect::{Need, Route, Said, ask};
use crate::synsuite::settings;

const SHELF: &str = "synsuite.registered_pix";
/// How long a charge stands in for another registration.
const KEEP: Duration = Duration::from_secs(12 * 3600);
/// How long a refusal or a doubt does.
const ASK_AGAIN: Duration = Duration::from_secs(15 * 60);

const REGISTER: Route = Route::of(Method::Post, "billings/registerpix", Need::Optional(CAPABILITY));

/// The charge, or why there is none.
pub(super) async fn charge(call: &Call<'_>, title: &Title) -> Result<Result<Pix, NoPix>, Failure> {
    match &title.pix {
        Some(text) => Ok(read(text)),
        None if settings::pix_on_demand(call.tenant) => registered(call, title).await,
        None => Ok(Err(NoPix::InvoiceNotRegistered)),
    }
}

/// What came of registering, for as long as the title costs the same.
async fn registered(call: &Call<'_>, title: &Title) -> Result<Result<Pix, NoPix>, Failure> {
    let invoice = &title.invoice;
    let cost = invoice.updated_amount.unwrap_or(invoice.amount).get();
    let key = Key::row(SHELF, format!("{}.{cost}.{}", invoice.reference.id.as_str(), call.today));
    let load = async {
        let outcome = register(call, title).await?;
        let keep = match outcome {
            Outcome::Charge(_) => KEEP,
            // The lists show by then what a doubt came to, and the provider may have set Pix up.
            Outcome::Refused(_) | Outcome::Doubt => ASK_AGAIN,
        };
        Ok((outcome, call.now.checked_add(keep).unwrap_or(call.now)))
    };
    match call.memory.load_once_until::<Outcome, _>(key, call.now, load).await {
        Ok(outcome) => Ok(match &*outcome {
            Outcome::Charge(code) => read(code),
            Outcome::Refused(reason) => Err(*reason),
            Outcome::Doubt => Err(NoPix::TemporarilyUnavailable),
        }),
        Err(failure) if is_out_of_reach(failure.kind()) => Ok(Err(NoPix::VendorWithoutPix)),
        Err(failure) if leaves_the_rest(failure.kind()) => Ok(Err(NoPix::TemporarilyUnavailable)),
        Err(failure) => Err(failure),
    }
}

/// What came of registering a charge. No `Debug`: the code names the payee.
enum Outcome {
    /// The code of the charge, as sent.
    Charge(String),
    /// The vendor registered none.
    Refused(NoPix),
    /// It may have registered one.
    Doubt,
}

/// Sends it once. Everything stands in the query, the body is empty.
async fn register(call: &Call<'_>, title: &Title) -> Result<Outcome, Failure> {
    let id = title.invoice.reference.id.as_str();
    let said = ask(
        call,
        REGISTER,
        |route| route.act().query("receivableId", id),
        |answer| {
            Ok(match answer.said::<Charge<'_>>()? {
                Said::Is(charge) => match charge.code.filled() {
                    Some(code) => Outcome::Charge(code.to_owned()),
                    None => Outcome::Refused(NoPix::InvoiceNotRegistered),
                },
                // Without "PIX Voalle" on the company place it is refused, in words that nobody has recorded.
                Said::Denied(_) | Said::Nothing(_) => Outcome::Refused(NoPix::BankWithoutPix),
            })
        },
    );
    match said.await {
        Err(failure) if failure.kind() == FailureKind::OutcomeUnknown => Ok(Outcome::Doubt),
        other => other,
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
