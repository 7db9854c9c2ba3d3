//! One ISP: which ERP, where it is, how it is to be treated.

use std::collections::BTreeMap;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::contract::Technology;
use crate::dates::Zone;

/// A tenant's name in URLs: 2 to 40 characters of `a-z`, `0-9` and `-`, beginning with a letter.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct TenantSlug(String);

/// The text is not a tenant's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a tenant's name has 2 to 40 characters of a-z, 0-9 and '-', beginning with a letter")]
pub struct TenantSlugError;

impl TenantSlug {
    /// Checks the rule above.
    ///
    /// # Errors
    /// `TenantSlugError` when it is broken.
    pub fn parse(text: &str) -> Result<Self, TenantSlugError> {
        let fits = (2..=40).contains(&text.len())
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        if fits { Ok(Self(text.to_owned())) } else { Err(TenantSlugError) }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What the ERP wants to be shown, by the names that its `Erp::credential_fields` lists.
#[derive(Clone, Default)]
pub struct Credentials(BTreeMap<String, SecretString>);

impl Credentials {
    /// Collects the fields.
    pub fn new(fields: impl IntoIterator<Item = (String, SecretString)>) -> Self {
        Self(fields.into_iter().collect())
    }

    /// One field.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&SecretString> {
        self.0.get(name)
    }

    /// Names of the fields present.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// All fields, for the one place that encrypts them.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &SecretString)> {
        self.0.iter().map(|(name, secret)| (name.as_str(), secret))
    }
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// How the ERP's certificate is judged.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "policy", deny_unknown_fields)]
pub enum TlsPolicy {
    /// By the public certificate authorities.
    #[default]
    Strict,
    /// By this certificate authority alone.
    TrustCa {
        /// The authority's certificate, PEM.
        #[schema(max_length = 32_768)]
        pem: String,
    },
    /// Not at all. For self-signed installations on a private network only.
    AcceptInvalid,
}

/// Limits and time-outs of the calls to one ERP. Absent ones take the gateway's defaults.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TenantLimits {
    /// Whole time for one request of a platform, milliseconds.
    #[schema(minimum = 100, maximum = 120_000)]
    pub deadline_ms: Option<u32>,
    /// Time for one attempt of one vendor call, milliseconds.
    #[schema(minimum = 50, maximum = 60_000)]
    pub attempt_ms: Option<u32>,
    /// Time for one attempt of fetching a PDF, milliseconds.
    #[schema(minimum = 50, maximum = 120_000)]
    pub document_ms: Option<u32>,
    /// Calls at once.
    #[schema(minimum = 1, maximum = 256)]
    pub concurrency: Option<u16>,
    /// Calls per second in the long run.
    #[schema(minimum = 1, maximum = 10_000)]
    pub per_second: Option<u32>,
    /// Calls in one burst.
    #[schema(minimum = 1, maximum = 10_000)]
    pub burst: Option<u32>,
}

/// The ISP's trust-unlock rule, used where the vendor does not say.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TrustUnlockRule {
    /// Days that an unlock grants.
    #[schema(minimum = 1, maximum = 60)]
    pub days_granted: Option<u16>,
    /// Days between two unlocks, counted from the last one; gives `restricted_until` where the vendor only says no.
    #[schema(minimum = 1, maximum = 365)]
    pub interval_days: Option<u16>,
}

/// Types of contacts, and the one that is filled in for people whom neither ERP nor contact base knows.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CustomerTypes {
    /// The ISP's own list.
    #[schema(max_items = 50)]
    pub list: Vec<String>,
    /// The member of the list that is filled in automatically; absent switches it off.
    pub when_not_found: Option<String>,
}

/// Process and classification of a ticket, where the vendor wants them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TicketRoute {
    /// The vendor's process id.
    pub process: Option<String>,
    /// The vendor's classification id.
    pub classification: Option<String>,
    /// The vendor's sector or department id.
    pub sector_id: Option<String>,
    /// The vendor's subject id.
    pub subject_id: Option<String>,
}

/// Ticket settings.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TicketRules {
    /// By sector name.
    pub sectors: BTreeMap<String, TicketRoute>,
    /// By the customer's person group; comes before the sector's.
    pub person_groups: BTreeMap<String, TicketRoute>,
}

/// How one ISP is to be treated.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TenantSettings {
    /// Company name shown to customers.
    #[schema(max_length = 120)]
    pub company_name: Option<String>,
    /// The ISP's time zone (IANA name).
    #[schema(value_type = String, example = "America/Sao_Paulo")]
    pub zone: Zone,
    /// How the ERP's certificate is judged.
    pub tls: TlsPolicy,
    /// Allows a base URL without TLS. For private networks only.
    pub allow_plain_http: bool,
    /// Further hosts on which links of the vendor (PDF, QR) may be fetched.
    #[schema(max_items = 20)]
    pub link_hosts: Vec<String>,
    /// Limits and time-outs.
    pub limits: TenantLimits,
    /// Trust-unlock rule.
    pub trust_unlock: TrustUnlockRule,
    /// Technology that diagnostics compare with; absent: what the plan or the vendor says is right.
    pub expected_technology: Option<Technology>,
    /// Customer types.
    pub customer_types: CustomerTypes,
    /// Ticket settings.
    pub tickets: TicketRules,
    /// Texts that the holder confirms when accepting a contract.
    #[schema(max_items = 10)]
    pub acceptance_texts: Vec<String>,
    /// Settings of the vendor's adapter, by the names that `GET /v1/vendors` lists.
    pub vendor: BTreeMap<String, String>,
}

/// One ISP, as adapters see it.
#[derive(Debug, Clone)]
pub struct Tenant {
    /// Small number, stable for the store's life; part of cache keys.
    pub number: u32,
    /// Name in URLs.
    pub slug: TenantSlug,
    /// The vendor's word (`ixc`, ...), one of the registry's.
    pub vendor: &'static str,
    /// Address of the ERP, without a trailing slash.
    pub base_url: String,
    /// Credentials.
    pub credentials: Credentials,
    /// Settings.
    pub settings: TenantSettings,
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

    use super::{Credentials, TenantSlug};

    #[test]
    fn a_slug_is_short_lower_case_and_begins_with_a_letter() {
        for good in ["acme", "demo-ixc", "a1"] {
            assert!(TenantSlug::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "a", "1a", "Acme", "acme_1", "acme/1", &"a".repeat(41)] {
            assert!(TenantSlug::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn debug_of_credentials_shows_names_only() {
        let credentials = Credentials::new([("token".to_owned(), SecretString::from("s3cret"))]);
        let shown = format!("{credentials:?}");
        assert!(shown.contains("token") && !shown.contains("s3cret"), "{shown}");
    }
}
