//! The Pix charge of one title: `get_pix` (dossier 4.c).
//!
//! The call probably makes the charge at the payment provider where there is none, so it is made when somebody wants
//! to pay and never for the rows of a list. Nobody knows whether a repeat finds the charge of the first call or makes
//! another one, so one request sends it once: it is an act, whose doubt means "no Pix just now".

use jiff::Timestamp;
use ponte_domain::Failure;
use ponte_domain::capability::Capability;
use ponte_domain::dates::Zone;
use ponte_domain::invoice::{NoPix, Pix};
use ponte_domain::pix::PixCode;
use serde::{Deserialize, Serialize};

use super::{Title, is_out_of_reach, leaves_the_rest};
use crate::call::Call;
use crate::ixc::catalogue;
use crate::ixc::dialect::{Need, act_for};
use crate::reading::date;
use crate::reading::rows::Nested;
use crate::reading::text::Text;

#[derive(Serialize)]
struct Ask<'a> {
    id_areceber: &'a str,
}

/// What an answer says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// A charge that can be paid.
    Charge(Pix),
    /// Why there is none.
    None(NoPix),
    /// No charge and no reason.
    Nothing,
}

/// The charge, or why there is none.
pub(super) async fn charge(call: &Call<'_>, title: &Title) -> Result<Result<Pix, NoPix>, Failure> {
    let body = Ask { id_areceber: title.invoice.reference.id.as_str() };
    let (now, zone) = (call.now, &call.tenant.settings.zone);
    let said = act_for(call, Need::Optional(Capability::Billing), "get_pix", &body, |answer| {
        Ok(match answer.object::<Charge<'_>>()? {
            Ok(charge) => charge.read(now, zone),
            Err(denial) => refusal(&denial.folded()),
        })
    });
    match said.await {
        Ok(Said::Charge(pix)) => Ok(Ok(pix)),
        Ok(Said::None(reason)) => Ok(Err(reason)),
        Ok(Said::Nothing) => Ok(Err(why_nothing(call, title).await)),
        Err(failure) if is_out_of_reach(failure.kind()) => Ok(Err(NoPix::VendorWithoutPix)),
        Err(failure) if leaves_the_rest(failure.kind()) => Ok(Err(NoPix::TemporarilyUnavailable)),
        Err(failure) => Err(failure),
    }
}

/// An error that names the wallet or its gateway is one of the bank's set-up (dossier 4.c: "wallet without Pix").
pub(super) fn refusal(folded: &str) -> Said {
    let of_the_bank = ["carteira", "gateway", "configura", "habilita"].iter().any(|word| folded.contains(word));
    if of_the_bank { Said::None(NoPix::BankWithoutPix) } else { Said::Nothing }
}

/// Why an answer holds no charge; the answer itself does not say. The wallet's row tells whether its bank makes Pix
/// charges at all. Where that cannot be read, the slip tells: a title that the bank has registered (it has its line)
/// and that still gets no charge is at a bank without Pix; the charge of a title without a line may come with it.
async fn why_nothing(call: &Call<'_>, title: &Title) -> NoPix {
    let wallet = match &title.wallet {
        Some(id) => catalogue::wallet_has_pix(call, Capability::Billing, id).await,
        None => None,
    };
    match wallet {
        Some(true) => NoPix::InvoiceNotRegistered,
        Some(false) => NoPix::BankWithoutPix,
        None if title.line.is_some() => NoPix::BankWithoutPix,
        None => NoPix::InvoiceNotRegistered,
    }
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct Charge<'a> {
    pix: Nested<Inner<'a>>,
}

/// The inner shape is the payment provider's: every key may be absent, or an empty list in place of an object.
#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Inner<'a> {
    #[serde(rename = "dadosPix")]
    data: Nested<Details<'a>>,
    #[serde(rename = "qrCode")]
    picture: Nested<Picture<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Details<'a> {
    #[serde(rename = "pixCopiaECola")]
    text: Text<'a>,
    #[serde(rename = "expiracaoPix")]
    expiry: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Picture<'a> {
    qrcode: Text<'a>,
}

impl Charge<'_> {
    /// The charge, or why it is none. A success may be hollow: an empty text and an expiry in 1969 (dossier 4.c).
    pub(super) fn read(&self, now: Timestamp, zone: &Zone) -> Said {
        let data = &self.pix.0.data.0;
        let Some(text) = self.pix.0.picture.0.qrcode.filled().or(data.text.filled()) else {
            return Said::Nothing;
        };
        let expiry = date::br_datetime(&data.expiry);
        if expiry.is_some_and(|expiry| expiry.year() <= 1970) {
            return Said::Nothing;
        }
        let code = match PixCode::parse(text) {
            Ok(code) => code,
            Err(error) => {
                tracing::warn!(vendor = "ixc", %error, "a Pix text is not payable and was not passed on");
                return Said::None(NoPix::InvalidCode);
            }
        };
        let expires_at = expiry.and_then(|expiry| zone.at(expiry));
        if expires_at.is_some_and(|expires_at| expires_at <= now) {
            return Said::None(NoPix::Expired);
        }
        Said::Charge(Pix { code, expires_at })
    }
}
