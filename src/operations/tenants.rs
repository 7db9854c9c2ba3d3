//! Tenants, for operators: each change is checked as a whole before it is kept.

use ponte_domain::failure::{Fault, Subject};
use ponte_domain::tenant::{Credentials, TenantLimits, TenantSettings, TenantSlug};
use ponte_domain::{Failure, FailureKind};
use ponte_store::{AuditTarget, CredentialsChange, NewTenant, TenantChange, TenantRecord};
use ponte_vendors::erp::{Erp, Field};

use crate::operations::Operations;
use crate::visit::AdminVisit;

impl Operations {
    /// Every tenant, by name. Credentials are in there; only their names are for showing.
    ///
    /// # Errors
    /// `Internal` when the store does not answer.
    pub async fn tenants(&self, visit: &AdminVisit) -> Result<Vec<TenantRecord>, Failure> {
        let outcome = self.0.store.tenants().await.map_err(Failure::from);
        self.audit_admin(visit, "tenants", tenant_target("*"), None, &outcome);
        outcome
    }

    /// One tenant's record.
    ///
    /// # Errors
    /// `NotFound(Tenant)`; `Internal`.
    pub async fn tenant_record(&self, visit: &AdminVisit, slug: &str) -> Result<TenantRecord, Failure> {
        let outcome = self.record(slug).await;
        self.audit_admin(visit, "tenant", tenant_target(slug), self.number_of(slug), &outcome);
        outcome
    }

    /// Adds a tenant. Nothing is sent to its ERP; `verify` does that.
    ///
    /// # Errors
    /// `InvalidInput` naming the field by a JSON pointer without its first slash (`credentials/token`);
    /// `Refused(AlreadyExists)`; `Internal`.
    pub async fn add_tenant(&self, visit: &AdminVisit, new: NewTenant) -> Result<TenantRecord, Failure> {
        let slug = new.slug.as_str().to_owned();
        let outcome = self.add(new).await;
        self.audit_admin(visit, "tenant_add", tenant_target(&slug), self.number_of(&slug), &outcome);
        outcome
    }

    /// Changes a tenant. What was cached and remembered about it is forgotten.
    ///
    /// # Errors
    /// As [`Self::add_tenant`]; `NotFound(Tenant)`.
    pub async fn change_tenant(
        &self,
        visit: &AdminVisit,
        slug: &str,
        change: TenantChange,
    ) -> Result<TenantRecord, Failure> {
        let outcome = self.alter(slug, change).await;
        self.audit_admin(visit, "tenant_change", tenant_target(slug), self.number_of(slug), &outcome);
        outcome
    }

    /// Removes a tenant with all that hangs on it: keys' reach, journal, contacts, ratings, evidence.
    ///
    /// # Errors
    /// `NotFound(Tenant)`; `Internal`.
    pub async fn remove_tenant(&self, visit: &AdminVisit, slug: &str) -> Result<(), Failure> {
        let number = self.number_of(slug);
        let outcome = self.remove(slug).await;
        self.audit_admin(visit, "tenant_remove", tenant_target(slug), number, &outcome);
        outcome
    }

    async fn record(&self, slug: &str) -> Result<TenantRecord, Failure> {
        let unknown = || Failure::not_found(Subject::Tenant);
        let slug = TenantSlug::parse(slug).map_err(|_| unknown())?;
        self.0.store.tenant(&slug).await?.ok_or_else(unknown)
    }

    async fn add(&self, mut new: NewTenant) -> Result<TenantRecord, Failure> {
        new.base_url = trimmed(&new.base_url);
        let now = self.0.clock.now();
        self.check(&TenantRecord {
            number: 0,
            slug: new.slug.clone(),
            vendor: new.vendor.clone(),
            base_url: new.base_url.clone(),
            credentials: new.credentials.clone(),
            settings: new.settings.clone(),
            created_at: now,
            updated_at: now,
        })?;
        let record = self.0.store.add_tenant(new, now).await?;
        self.refresh().await?;
        Ok(record)
    }

    async fn alter(&self, slug: &str, mut change: TenantChange) -> Result<TenantRecord, Failure> {
        let before = self.record(slug).await?;
        change.base_url = change.base_url.as_deref().map(trimmed);
        let after = changed(before, &change);
        self.check(&after)?;
        let record = self.0.store.change_tenant(&after.slug, change, self.0.clock.now()).await?;
        self.refresh().await?;
        Ok(record)
    }

    async fn remove(&self, slug: &str) -> Result<(), Failure> {
        let slug = TenantSlug::parse(slug).map_err(|_| Failure::not_found(Subject::Tenant))?;
        self.0.store.remove_tenant(&slug).await?;
        Ok(self.refresh().await?)
    }

    /// Whether a tenant could be served: vendor, address, credentials, settings.
    fn check(&self, record: &TenantRecord) -> Result<(), Failure> {
        let erp = self.0.maker.registry.find(&record.vendor);
        let erp = erp.ok_or_else(|| Failure::invalid("vendor", "This gateway does not speak to such a vendor."))?;
        check_fields(erp, record)?;
        check_settings(&record.settings)?;
        let slot = self.0.maker.make(record).map_err(as_input)?;
        erp.check_form(&slot.tenant).map_err(as_input)
    }
}

fn tenant_target(slug: &str) -> AuditTarget {
    AuditTarget { kind: "tenant", id: slug.to_owned() }
}

fn trimmed(base_url: &str) -> String {
    base_url.trim().trim_end_matches('/').to_owned()
}

/// What the record will be. The store does the same to what it holds, under its own lock.
fn changed(before: TenantRecord, change: &TenantChange) -> TenantRecord {
    let credentials = match &change.credentials {
        CredentialsChange::Keep => before.credentials.clone(),
        CredentialsChange::Replace(new) => new.clone(),
        CredentialsChange::Merge(new) => {
            let both = before.credentials.fields().chain(new.fields());
            Credentials::new(both.map(|(name, secret)| (name.to_owned(), secret.clone())))
        }
    };
    TenantRecord {
        vendor: change.vendor.clone().unwrap_or(before.vendor),
        base_url: change.base_url.clone().unwrap_or(before.base_url),
        settings: change.settings.clone().unwrap_or(before.settings),
        credentials,
        ..before
    }
}

/// While a tenant is being set up, what is wrong with it is the operator's input.
fn as_input(failure: Failure) -> Failure {
    match failure.kind() {
        FailureKind::InvalidInput => failure,
        _ => Failure::invalid(failure.field().unwrap_or("settings"), failure.detail()).with_fault(Fault::Caller),
    }
}

fn check_fields(erp: &dyn Erp, record: &TenantRecord) -> Result<(), Failure> {
    let given: Vec<&str> = record.credentials.names().collect();
    check_names("credentials", erp.credential_fields(), &given)?;
    let given: Vec<&str> = record.settings.vendor.keys().map(String::as_str).collect();
    check_names("settings/vendor", erp.setting_fields(), &given)
}

fn check_names(place: &str, fields: &[Field], given: &[&str]) -> Result<(), Failure> {
    if let Some(unknown) = given.iter().find(|name| !fields.iter().any(|field| field.name == **name)) {
        return Err(Failure::invalid(format!("{place}/{unknown}"), "The vendor has no such field."));
    }
    let missing = fields.iter().find(|field| field.required && field.default.is_none() && !given.contains(&field.name));
    match missing {
        Some(field) => Err(Failure::invalid(
            format!("{place}/{}", field.name),
            format!("The vendor needs this field: {}", field.meaning),
        )),
        None => Ok(()),
    }
}

fn check_settings(settings: &TenantSettings) -> Result<(), Failure> {
    let types = &settings.customer_types;
    if types.when_not_found.as_ref().is_some_and(|chosen| !types.list.contains(chosen)) {
        return Err(Failure::invalid(
            "settings/customer_types/when_not_found",
            "This must be a member of the tenant's own list of customer types.",
        ));
    }
    let texts = [
        ("settings/acceptance_texts", &settings.acceptance_texts, 10, 2000),
        ("settings/customer_types/list", &types.list, 50, 120),
        ("settings/link_hosts", &settings.link_hosts, 20, 253),
    ];
    for (field, list, most, longest) in texts {
        if list.len() > most {
            return Err(Failure::invalid(field, format!("At most {most} entries.")));
        }
        if list.iter().any(|text| text.trim().is_empty() || text.chars().count() > longest) {
            return Err(Failure::invalid(field, format!("Each entry has 1 to {longest} characters.")));
        }
    }
    check_limits(&settings.limits)?;
    let rule = &settings.trust_unlock;
    in_range("settings/trust_unlock/days_granted", rule.days_granted.map(u32::from), 1, 60)?;
    in_range("settings/trust_unlock/interval_days", rule.interval_days.map(u32::from), 1, 365)
}

/// The bounds that `TenantLimits` publishes.
fn check_limits(limits: &TenantLimits) -> Result<(), Failure> {
    in_range("settings/limits/deadline_ms", limits.deadline_ms, 100, 120_000)?;
    in_range("settings/limits/attempt_ms", limits.attempt_ms, 50, 60_000)?;
    in_range("settings/limits/document_ms", limits.document_ms, 50, 120_000)?;
    in_range("settings/limits/concurrency", limits.concurrency.map(u32::from), 1, 256)?;
    in_range("settings/limits/per_second", limits.per_second, 1, 10_000)?;
    in_range("settings/limits/burst", limits.burst, 1, 10_000)
}

fn in_range(field: &'static str, value: Option<u32>, least: u32, most: u32) -> Result<(), Failure> {
    match value {
        Some(value) if !(least..=most).contains(&value) => {
            Err(Failure::invalid(field, format!("This must be between {least} and {most}.")))
        }
        _ => Ok(()),
    }
}
