//! API keys, for operators. A key's secret is shown once, when the key is made.

use ponte_domain::Failure;
use ponte_store::{AuditTarget, KeyChange, KeyRecord, NewKey, StoreError, TenantsAllowed};
use secrecy::SecretString;

use crate::operations::Operations;
use crate::visit::AdminVisit;

impl Operations {
    /// Every key, revoked and expired ones included, the oldest first.
    ///
    /// # Errors
    /// `Internal` when the store does not answer.
    pub async fn keys(&self, visit: &AdminVisit) -> Result<Vec<KeyRecord>, Failure> {
        let outcome = self.0.store.keys().await.map_err(Failure::from);
        self.audit_admin(visit, "keys", key_target("*"), None, &outcome);
        outcome
    }

    /// Makes a key. The secret is seen here and nowhere else.
    ///
    /// # Errors
    /// `InvalidInput` for a blank name, no scopes, an end in the past or a tenant that is not there; `Internal`.
    pub async fn create_key(&self, visit: &AdminVisit, new: NewKey) -> Result<(KeyRecord, SecretString), Failure> {
        let outcome = self.create(new).await;
        let id = outcome.as_ref().map_or("", |(record, _)| &record.id).to_owned();
        self.audit_admin(visit, "key_create", key_target(&id), None, &outcome);
        outcome
    }

    /// Changes a key's name, scopes, tenants or end.
    ///
    /// # Errors
    /// `NotFound(Key)`; else as [`Self::create_key`].
    pub async fn change_key(&self, visit: &AdminVisit, id: &str, change: KeyChange) -> Result<KeyRecord, Failure> {
        let outcome = self.alter_key(id, change).await;
        self.audit_admin(visit, "key_change", key_target(id), None, &outcome);
        outcome
    }

    /// Revokes a key for good; from then on it is unknown.
    ///
    /// # Errors
    /// `NotFound(Key)`; `Internal`.
    pub async fn revoke_key(&self, visit: &AdminVisit, id: &str) -> Result<KeyRecord, Failure> {
        let outcome = self.revoke(id).await;
        self.audit_admin(visit, "key_revoke", key_target(id), None, &outcome);
        outcome
    }

    /// Makes sure that there is a key with this well-known secret: the example key of test mode.
    ///
    /// # Errors
    /// `InvalidInput` outside test mode, or for what is no key's secret; `Internal`.
    pub async fn ensure_test_key(&self, new: NewKey, secret: &SecretString) -> Result<(), Failure> {
        if !self.test_mode() {
            return Err(Failure::invalid("key", "A key with a known secret is for test mode only."));
        }
        match self.0.store.add_key(new, secret, self.0.clock.now()).await {
            Ok(_) | Err(StoreError::AlreadyExists(_)) => Ok(self.refresh().await?),
            Err(StoreError::KeySecretFormat) => {
                Err(Failure::invalid("key", "The secret of a key is `ponte_` and 43 characters of base64url."))
            }
            Err(trouble) => Err(trouble.into()),
        }
    }

    async fn create(&self, new: NewKey) -> Result<(KeyRecord, SecretString), Failure> {
        let now = self.0.clock.now();
        check_name(&new.name)?;
        if new.scopes.is_empty() {
            return Err(Failure::invalid("scopes", "A key has at least one scope."));
        }
        if new.expires_at.is_some_and(|end| end <= now) {
            return Err(Failure::invalid("expires_at", "This is in the past."));
        }
        self.check_tenants(&new.tenants)?;
        let made = self.0.store.create_key(new, now).await?;
        self.refresh().await?;
        Ok(made)
    }

    async fn alter_key(&self, id: &str, change: KeyChange) -> Result<KeyRecord, Failure> {
        if let Some(name) = &change.name {
            check_name(name)?;
        }
        if change.scopes.as_ref().is_some_and(Vec::is_empty) {
            return Err(Failure::invalid("scopes", "A key has at least one scope."));
        }
        if let Some(tenants) = &change.tenants {
            self.check_tenants(tenants)?;
        }
        let changed = self.0.store.change_key(id, change).await?;
        self.refresh().await?;
        Ok(changed)
    }

    async fn revoke(&self, id: &str) -> Result<KeyRecord, Failure> {
        let revoked = self.0.store.revoke_key(id, self.0.clock.now()).await?;
        self.refresh().await?;
        Ok(revoked)
    }

    fn check_tenants(&self, tenants: &TenantsAllowed) -> Result<(), Failure> {
        let TenantsAllowed::Only(slugs) = tenants else { return Ok(()) };
        match slugs.iter().find(|slug| self.number_of(slug.as_str()).is_none()) {
            Some(unknown) => Err(Failure::invalid("tenants", format!("There is no tenant {}.", unknown.as_str()))),
            None => Ok(()),
        }
    }
}

fn check_name(name: &str) -> Result<(), Failure> {
    match name.trim().chars().count() {
        1..=80 => Ok(()),
        _ => Err(Failure::invalid("name", "A key's name has 1 to 80 characters.")),
    }
}

fn key_target(id: &str) -> AuditTarget {
    AuditTarget { kind: "key", id: id.to_owned() }
}
