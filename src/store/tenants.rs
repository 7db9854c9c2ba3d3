//! Tenants; their credentials are sealed.

use std::collections::BTreeMap;

use jiff::Timestamp;
use ponte_domain::failure::Subject;
use ponte_domain::tenant::{Credentials, TenantSettings, TenantSlug};
use rusqlite::{OptionalExtension, Row};
use secrecy::{ExposeSecret, SecretString};

use crate::cells::At;
use crate::error::StoreError;
use crate::store::Store;
use crate::threads::Desk;

const CREDENTIALS: &str = "tenants.credentials";
const SETTINGS: &str = "tenants.settings";
const SELECT: &str =
    "SELECT number, slug, vendor, base_url, credentials, settings, created_at, updated_at FROM tenants";

/// One tenant as kept.
#[derive(Debug, Clone)]
pub struct TenantRecord {
    /// Small number, never used twice in a store's life.
    pub number: u32,
    /// Name in URLs.
    pub slug: TenantSlug,
    /// The vendor's word.
    pub vendor: String,
    /// Address of the ERP.
    pub base_url: String,
    /// Credentials; `Debug` shows their names only.
    pub credentials: Credentials,
    /// Settings.
    pub settings: TenantSettings,
    /// When added.
    pub created_at: Timestamp,
    /// When last changed.
    pub updated_at: Timestamp,
}

/// A tenant to be added.
#[derive(Debug, Clone)]
pub struct NewTenant {
    /// Name in URLs; must be free.
    pub slug: TenantSlug,
    /// The vendor's word.
    pub vendor: String,
    /// Address of the ERP.
    pub base_url: String,
    /// Credentials.
    pub credentials: Credentials,
    /// Settings.
    pub settings: TenantSettings,
}

/// A change of a tenant; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct TenantChange {
    /// The vendor's word.
    pub vendor: Option<String>,
    /// Address of the ERP.
    pub base_url: Option<String>,
    /// Credentials.
    pub credentials: CredentialsChange,
    /// Settings, all of them.
    pub settings: Option<TenantSettings>,
}

/// A change of credentials. Nobody can read them back, so that single fields can be replaced.
#[derive(Debug, Clone, Default)]
pub enum CredentialsChange {
    /// All stay.
    #[default]
    Keep,
    /// These fields are set, the others stay.
    Merge(Credentials),
    /// These are all.
    Replace(Credentials),
}

impl Store {
    /// Every tenant, by name.
    ///
    /// # Errors
    /// The database's; [`StoreError::Unreadable`] for a damaged row.
    pub async fn tenants(&self) -> Result<Vec<TenantRecord>, StoreError> {
        self.read(|desk| {
            let mut rows = desk.db.prepare_cached(&format!("{SELECT} ORDER BY slug"))?;
            rows.query_and_then([], |row| record(desk, row))?.collect()
        })
        .await
    }

    /// One tenant, or none of that name.
    ///
    /// # Errors
    /// As [`Self::tenants`].
    pub async fn tenant(&self, slug: &TenantSlug) -> Result<Option<TenantRecord>, StoreError> {
        let slug = slug.clone();
        self.read(move |desk| find(desk, &slug)).await
    }

    /// Adds a tenant and gives it its number.
    ///
    /// # Errors
    /// [`StoreError::AlreadyExists`] when the name is taken.
    pub async fn add_tenant(&self, tenant: NewTenant, now: Timestamp) -> Result<TenantRecord, StoreError> {
        self.write(move |desk| {
            let settings = settings_text(&tenant.settings)?;
            // The number is part of what seals the credentials, and is known only when the row is there.
            let added = desk.db.execute(
                "INSERT INTO tenants (slug, vendor, base_url, credentials, settings, created_at, updated_at)
                 VALUES (?1, ?2, ?3, x'', ?4, ?5, ?5) ON CONFLICT (slug) DO NOTHING",
                (tenant.slug.as_str(), &tenant.vendor, &tenant.base_url, settings, At(now)),
            )?;
            if added == 0 {
                return Err(StoreError::AlreadyExists(Subject::Tenant));
            }
            let number = desk.db.last_insert_rowid();
            let cell = seal(desk, number, &tenant.credentials)?;
            desk.db.execute("UPDATE tenants SET credentials = ?2 WHERE number = ?1", (number, cell))?;
            find(desk, &tenant.slug)?.ok_or(StoreError::NotFound(Subject::Tenant))
        })
        .await
    }

    /// Changes a tenant and answers what it is now.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is none of that name.
    pub async fn change_tenant(
        &self,
        slug: &TenantSlug,
        change: TenantChange,
        now: Timestamp,
    ) -> Result<TenantRecord, StoreError> {
        let slug = slug.clone();
        self.write(move |desk| {
            let old = find(desk, &slug)?.ok_or(StoreError::NotFound(Subject::Tenant))?;
            let vendor = change.vendor.unwrap_or(old.vendor);
            let base_url = change.base_url.unwrap_or(old.base_url);
            let settings = settings_text(&change.settings.unwrap_or(old.settings))?;
            let credentials = match change.credentials {
                CredentialsChange::Keep => old.credentials,
                CredentialsChange::Merge(new) => merged(&old.credentials, &new),
                CredentialsChange::Replace(new) => new,
            };
            let cell = seal(desk, i64::from(old.number), &credentials)?;
            desk.db.execute(
                "UPDATE tenants SET vendor = ?2, base_url = ?3, credentials = ?4, settings = ?5, updated_at = ?6
                 WHERE number = ?1",
                (old.number, vendor, base_url, cell, settings, At(now)),
            )?;
            find(desk, &slug)?.ok_or(StoreError::NotFound(Subject::Tenant))
        })
        .await
    }

    /// Removes a tenant with all that hangs on it: journal, contacts, ratings, evidence, its place in keys. The audit
    /// trail stays for its own time.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is none of that name.
    pub async fn remove_tenant(&self, slug: &TenantSlug) -> Result<(), StoreError> {
        let slug = slug.clone();
        self.write(move |desk| match desk.db.execute("DELETE FROM tenants WHERE slug = ?1", [slug.as_str()])? {
            0 => Err(StoreError::NotFound(Subject::Tenant)),
            _ => Ok(()),
        })
        .await?;
        self.empty_log().await
    }
}

fn find(desk: &Desk<'_>, slug: &TenantSlug) -> Result<Option<TenantRecord>, StoreError> {
    let mut rows = desk.db.prepare_cached(&format!("{SELECT} WHERE slug = ?1"))?;
    let mut found = rows.query_and_then([slug.as_str()], |row| record(desk, row))?;
    found.next().transpose()
}

fn record(desk: &Desk<'_>, row: &Row<'_>) -> Result<TenantRecord, StoreError> {
    let number: u32 = row.get("number")?;
    let slug: String = row.get("slug")?;
    let cell: Vec<u8> = row.get("credentials")?;
    let settings: String = row.get("settings")?;
    let fields: BTreeMap<String, String> = desk.vault.open_json(CREDENTIALS, &row_name(i64::from(number)), &cell)?;
    Ok(TenantRecord {
        number,
        slug: TenantSlug::parse(&slug).map_err(|_| StoreError::Unreadable { place: "tenants.slug" })?,
        vendor: row.get("vendor")?,
        base_url: row.get("base_url")?,
        credentials: Credentials::new(fields.into_iter().map(|(name, secret)| (name, SecretString::from(secret)))),
        settings: serde_json::from_str(&settings).map_err(|_| StoreError::Unreadable { place: SETTINGS })?,
        created_at: row.get::<_, At>("created_at")?.0,
        updated_at: row.get::<_, At>("updated_at")?.0,
    })
}

fn seal(desk: &Desk<'_>, number: i64, credentials: &Credentials) -> Result<Vec<u8>, StoreError> {
    let fields: BTreeMap<&str, &str> =
        credentials.fields().map(|(name, secret)| (name, secret.expose_secret())).collect();
    desk.vault.seal_json(CREDENTIALS, &row_name(number), &fields)
}

fn row_name(number: i64) -> [u8; 8] {
    number.to_be_bytes()
}

fn merged(old: &Credentials, new: &Credentials) -> Credentials {
    let both = old.fields().chain(new.fields());
    Credentials::new(both.map(|(name, secret)| (name.to_owned(), secret.clone())))
}

fn settings_text(settings: &TenantSettings) -> Result<String, StoreError> {
    serde_json::to_string(settings).map_err(|_| StoreError::Unreadable { place: SETTINGS })
}

/// The number of a tenant that is there.
pub(crate) fn number_of(desk: &Desk<'_>, slug: &TenantSlug) -> Result<u32, StoreError> {
    desk.db
        .prepare_cached("SELECT number FROM tenants WHERE slug = ?1")?
        .query_row([slug.as_str()], |row| row.get(0))
        .optional()?
        .ok_or(StoreError::NotFound(Subject::Tenant))
}

/// Rows of a tenant that is gone would never be removed again.
pub(crate) fn refuse_unknown(desk: &Desk<'_>, number: u32) -> Result<(), StoreError> {
    let there = desk.db.prepare_cached("SELECT 1 FROM tenants WHERE number = ?1")?.exists([number])?;
    if there { Ok(()) } else { Err(StoreError::NotFound(Subject::Tenant)) }
}
