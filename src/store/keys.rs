//! API keys: kept as hashes, shown once.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use ponte_domain::failure::Subject;
use ponte_domain::scope::Scope;
use ponte_domain::tenant::TenantSlug;
use rand::Rng;
use rusqlite::Row;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use crate::cells::{At, random_id};
use crate::error::StoreError;
use crate::store::Store;
use crate::tenants::number_of;
use crate::threads::Desk;

/// What every secret begins with, so that scanners of leaked secrets can know one.
const PREFIX: &str = "ponte_";
/// Characters of 256 bits in base64url.
const RANDOM_CHARACTERS: usize = 43;

const SELECT: &str = "SELECT id, hash, name, scopes, all_tenants, created_at, expires_at, revoked_at, last_used,
        (SELECT group_concat(slug, ' ' ORDER BY slug) FROM api_key_tenants JOIN tenants ON number = tenant
         WHERE key_id = id) AS slugs
     FROM api_keys";

/// SHA-256 of a key's secret. 256 random bits need no slow hash: there is nothing to guess.
pub type KeyHash = [u8; 32];

/// The hash by which a presented secret is looked up.
#[must_use]
pub fn key_hash(secret: &SecretString) -> KeyHash {
    Sha256::digest(secret.expose_secret().as_bytes()).into()
}

/// The tenants that a key reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TenantsAllowed {
    /// Every one, also those added later.
    All,
    /// These. A tenant that is removed leaves the list; an empty list reaches none.
    Only(Vec<TenantSlug>),
}

/// One key as kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRecord {
    /// `key_…`; not secret.
    pub id: String,
    /// The admin's name for it.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// Where.
    pub tenants: TenantsAllowed,
    /// When made.
    pub created_at: Timestamp,
    /// From when on it is no longer accepted.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// When it was last used, as far as noted.
    pub last_used: Option<Timestamp>,
}

impl KeyRecord {
    /// Whether it is accepted at that instant.
    #[must_use]
    pub fn is_valid(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }
}

/// A key to be made.
#[derive(Debug, Clone)]
pub struct NewKey {
    /// The admin's name for it.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// Where.
    pub tenants: TenantsAllowed,
    /// From when on it is no longer accepted.
    pub expires_at: Option<Timestamp>,
}

/// A change of a key; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct KeyChange {
    /// The admin's name for it.
    pub name: Option<String>,
    /// What it may do.
    pub scopes: Option<Vec<Scope>>,
    /// Where.
    pub tenants: Option<TenantsAllowed>,
    /// From when on it is no longer accepted; `Some(None)` takes the end away.
    pub expires_at: Option<Option<Timestamp>>,
}

impl Store {
    /// Makes a key. The secret is in no file: this answer is the only time it is seen.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for a tenant that is not there.
    pub async fn create_key(&self, key: NewKey, now: Timestamp) -> Result<(KeyRecord, SecretString), StoreError> {
        let mut random = [0; 32];
        rand::rng().fill_bytes(&mut random);
        let secret = SecretString::from(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(random)));
        let record = self.add_key(key, &secret, now).await?;
        Ok((record, secret))
    }

    /// Makes a key with a secret that is known already: the example key of test mode.
    ///
    /// # Errors
    /// [`StoreError::KeySecretFormat`]; [`StoreError::AlreadyExists`] when the secret is in use;
    /// [`StoreError::NotFound`] for a tenant that is not there.
    pub async fn add_key(&self, key: NewKey, secret: &SecretString, now: Timestamp) -> Result<KeyRecord, StoreError> {
        let hash = checked_hash(secret)?;
        self.write(move |desk| {
            let id = random_id("key_");
            let added = desk.db.execute(
                "INSERT INTO api_keys (id, hash, name, scopes, all_tenants, created_at, expires_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (hash) DO NOTHING",
                (
                    &id,
                    hash,
                    &key.name,
                    scope_words(&key.scopes),
                    key.tenants == TenantsAllowed::All,
                    At(now),
                    key.expires_at.map(At),
                ),
            )?;
            if added == 0 {
                return Err(StoreError::AlreadyExists(Subject::Key));
            }
            allow_tenants(desk, &id, &key.tenants)?;
            find(desk, &id)
        })
        .await
    }

    /// Every key, revoked and expired ones included, the oldest first.
    ///
    /// # Errors
    /// The database's; [`StoreError::Unreadable`] for a damaged row.
    pub async fn keys(&self) -> Result<Vec<KeyRecord>, StoreError> {
        Ok(self.all_key_hashes().await?.into_iter().map(|(_, record)| record).collect())
    }

    /// Every key with its hash, for the table in memory by which callers are recognized.
    ///
    /// # Errors
    /// As [`Self::keys`].
    pub async fn all_key_hashes(&self) -> Result<Vec<(KeyHash, KeyRecord)>, StoreError> {
        self.read(|desk| {
            let mut rows = desk.db.prepare_cached(&format!("{SELECT} ORDER BY created_at, id"))?;
            rows.query_and_then([], |row| Ok((row.get("hash")?, record(row)?)))?.collect()
        })
        .await
    }

    /// Changes a key and answers what it is now.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such key, or for a tenant that is not there.
    pub async fn change_key(&self, id: &str, change: KeyChange) -> Result<KeyRecord, StoreError> {
        let id = id.to_owned();
        self.write(move |desk| {
            let old = find(desk, &id)?;
            let tenants = change.tenants.unwrap_or(old.tenants);
            desk.db.execute(
                "UPDATE api_keys SET name = ?2, scopes = ?3, all_tenants = ?4, expires_at = ?5 WHERE id = ?1",
                (
                    &id,
                    change.name.unwrap_or(old.name),
                    scope_words(&change.scopes.unwrap_or(old.scopes)),
                    tenants == TenantsAllowed::All,
                    change.expires_at.unwrap_or(old.expires_at).map(At),
                ),
            )?;
            allow_tenants(desk, &id, &tenants)?;
            find(desk, &id)
        })
        .await
    }

    /// Revokes a key for good; the record stays. Revoking twice keeps the first instant.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such key.
    pub async fn revoke_key(&self, id: &str, now: Timestamp) -> Result<KeyRecord, StoreError> {
        let id = id.to_owned();
        self.write(move |desk| {
            desk.db
                .execute("UPDATE api_keys SET revoked_at = ?2 WHERE id = ?1 AND revoked_at IS NULL", (&id, At(now)))?;
            find(desk, &id)
        })
        .await
    }

    /// Notes when keys (by id) were last used. Collected by the caller and handed over now and then.
    ///
    /// # Errors
    /// The database's.
    pub async fn note_key_use(&self, uses: Vec<(String, Timestamp)>) -> Result<(), StoreError> {
        self.write(move |desk| {
            let mut note = desk
                .db
                .prepare_cached("UPDATE api_keys SET last_used = max(ifnull(last_used, ?2), ?2) WHERE id = ?1")?;
            for (id, at) in uses {
                note.execute((id, At(at)))?;
            }
            Ok(())
        })
        .await
    }
}

fn checked_hash(secret: &SecretString) -> Result<KeyHash, StoreError> {
    let random = secret.expose_secret().strip_prefix(PREFIX).unwrap_or_default();
    let fits = random.len() == RANDOM_CHARACTERS
        && random.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if fits { Ok(key_hash(secret)) } else { Err(StoreError::KeySecretFormat) }
}

fn allow_tenants(desk: &Desk<'_>, id: &str, tenants: &TenantsAllowed) -> Result<(), StoreError> {
    desk.db.execute("DELETE FROM api_key_tenants WHERE key_id = ?1", [id])?;
    let TenantsAllowed::Only(slugs) = tenants else { return Ok(()) };
    for slug in slugs {
        let tenant = number_of(desk, slug)?;
        desk.db.execute("INSERT OR IGNORE INTO api_key_tenants (key_id, tenant) VALUES (?1, ?2)", (id, tenant))?;
    }
    Ok(())
}

fn find(desk: &Desk<'_>, id: &str) -> Result<KeyRecord, StoreError> {
    let mut rows = desk.db.prepare_cached(&format!("{SELECT} WHERE id = ?1"))?;
    let mut found = rows.query_and_then([id], record)?;
    found.next().unwrap_or(Err(StoreError::NotFound(Subject::Key)))
}

fn record(row: &Row<'_>) -> Result<KeyRecord, StoreError> {
    let scopes: String = row.get("scopes")?;
    let slugs: Option<String> = row.get("slugs")?;
    let tenants = if row.get("all_tenants")? {
        TenantsAllowed::All
    } else {
        let slugs = slugs.unwrap_or_default();
        let parsed: Result<_, _> = slugs.split_whitespace().map(TenantSlug::parse).collect();
        TenantsAllowed::Only(parsed.map_err(|_| StoreError::Unreadable { place: "tenants.slug" })?)
    };
    Ok(KeyRecord {
        id: row.get("id")?,
        name: row.get("name")?,
        scopes: parsed_scopes(&scopes)?,
        tenants,
        created_at: row.get::<_, At>("created_at")?.0,
        expires_at: row.get::<_, Option<At>>("expires_at")?.map(|at| at.0),
        revoked_at: row.get::<_, Option<At>>("revoked_at")?.map(|at| at.0),
        last_used: row.get::<_, Option<At>>("last_used")?.map(|at| at.0),
    })
}

fn scope_words(scopes: &[Scope]) -> String {
    let mut words: Vec<_> = scopes.to_vec();
    words.sort_unstable();
    words.dedup();
    words.into_iter().map(Scope::word).collect::<Vec<_>>().join(" ")
}

fn parsed_scopes(words: &str) -> Result<Vec<Scope>, StoreError> {
    words
        .split_whitespace()
        .map(|word| Scope::parse(word).ok_or(StoreError::Unreadable { place: "api_keys.scopes" }))
        .collect()
}
