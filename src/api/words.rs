//! Words that many answers share: handles, the currency, instants; and the lengths that texts are cut to.

use jiff::Timestamp;
use ponte_domain::dates::Zone;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Longest short text of an answer (a vendor's word, a number, a name of a sector), in characters.
pub const SHORT: usize = 120;
/// Longest line of an answer (a name, an address, a plan), in characters.
pub const LINE: usize = 300;
/// Longest text of an answer (a complaint, an outage message), in characters.
pub const TEXT: usize = 8_000;
/// Longest list of an answer.
pub const LIST: usize = 10_000;

/// Opaque id of a customer at one tenant.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(
    min_length = 26,
    max_length = 404,
    pattern = "^cus_[A-Za-z0-9_-]{22,400}$",
    examples("cus_n1uD1zDqOzZ0mQxw0mUuHbmS")
)]
pub struct CustomerId(pub String);

/// Opaque id of a contract at one tenant.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(
    min_length = 26,
    max_length = 404,
    pattern = "^ctr_[A-Za-z0-9_-]{22,400}$",
    examples("ctr_8sWkQ0o2eRkS5bX1m3tYp7vCq2N4zA")
)]
pub struct ContractId(pub String);

/// Opaque id of an invoice at one tenant.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(
    min_length = 26,
    max_length = 404,
    pattern = "^inv_[A-Za-z0-9_-]{22,400}$",
    examples("inv_Zk3r9fVh1cT6uJ0yLq8xWb5oEd2GsA")
)]
pub struct InvoiceId(pub String);

/// Opaque id of a fiscal invoice at one tenant.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(
    min_length = 26,
    max_length = 404,
    pattern = "^fis_[A-Za-z0-9_-]{22,400}$",
    examples("fis_b7Yt2KpX9aQw4Nn0rMzE6hLd3UvJcg")
)]
pub struct FiscalInvoiceId(pub String);

/// Opaque id of a ticket at one tenant.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(
    min_length = 26,
    max_length = 404,
    pattern = "^tck_[A-Za-z0-9_-]{22,400}$",
    examples("tck_Vd5sGq1Lx8Tz3BwJm0CkHn7RfYp2eA")
)]
pub struct TicketId(pub String);

/// Opaque id of an access login (a connection) of one contract.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(
    min_length = 26,
    max_length = 404,
    pattern = "^lgn_[A-Za-z0-9_-]{22,400}$",
    examples("lgn_x0Wc6Jr2Qm9Fv4Sg8Tb1Nz5YkLh3Pd")
)]
pub struct LoginId(pub String);

/// Id of a contact of the contact base: `con_` and 8 to 64 characters, not only digits (it could be a phone).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(
    min_length = 12,
    max_length = 68,
    pattern = "^con_[A-Za-z0-9_-]{0,63}[A-Za-z_-][A-Za-z0-9_-]{0,63}$",
    examples("con_01935f2e7b7c7d0aa1b2c3d4e5f60718")
)]
pub struct ContactId(pub String);

/// A tenant's name in URLs: 2 to 40 characters of `a-z`, `0-9` and `-`, beginning with a letter.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(min_length = 2, max_length = 40, pattern = "^[a-z][a-z0-9-]{1,39}$", examples("acme"))]
pub struct TenantName(pub String);

/// A vendor's word, one of those that `GET /v1/vendors` lists.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(min_length = 2, max_length = 40, pattern = "^[a-z][a-z0-9-]{1,39}$")]
pub struct VendorWord(pub String);

/// Currency of every amount. Amounts are integer cents.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum Currency {
    /// Brazilian real.
    #[serde(rename = "BRL")]
    Brl,
}

/// An instant, RFC 3339 with the offset of the tenant's time zone, in whole seconds.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(format = DateTime, min_length = 20, max_length = 35, examples("2026-11-20T12:00:00-03:00"))]
pub struct Instant(pub String);

impl Instant {
    /// The instant as the clocks of a zone show it.
    #[must_use]
    pub fn new(at: Timestamp, zone: &Zone) -> Self {
        let whole = Timestamp::from_second(at.as_second()).unwrap_or(at);
        Self(whole.display_with_offset(zone.zoned(whole).offset()).to_string())
    }

    /// The instant as UTC shows it, for what belongs to no tenant.
    #[must_use]
    pub fn utc(at: Timestamp) -> Self {
        Self(Timestamp::from_second(at.as_second()).unwrap_or(at).to_string())
    }

    /// Reads it back; none when the text is no RFC 3339 instant.
    #[must_use]
    pub fn timestamp(&self) -> Option<Timestamp> {
        self.0.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use jiff::Timestamp;
    use ponte_domain::dates::Zone;

    use super::Instant;

    #[test]
    fn an_instant_is_shown_in_the_zone_and_read_back() {
        let at: Timestamp = "2026-11-20T15:00:00.987654321Z".parse().unwrap();
        for (zone, text) in [
            ("America/Sao_Paulo", "2026-11-20T12:00:00-03:00"),
            ("America/Manaus", "2026-11-20T11:00:00-04:00"),
            ("America/Rio_Branco", "2026-11-20T10:00:00-05:00"),
        ] {
            let instant = Instant::new(at, &Zone::parse(zone).unwrap());
            assert_eq!(instant.0, text);
            assert_eq!(instant.timestamp().unwrap().as_second(), at.as_second());
        }
        assert_eq!(Instant::utc(at).0, "2026-11-20T15:00:00Z");
        assert!(Instant("yesterday".to_owned()).timestamp().is_none());
    }
}
