//! A store folder, a tenant, a key, a scripted ERP and the room over them.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use ponte_domain::Failure;
use ponte_domain::reference::ContractRef;
use ponte_domain::scope::Scope;
use ponte_domain::tenant::{Credentials, TenantSettings, TenantSlug};
use ponte_operations::callers::Caller;
use ponte_operations::trust_unlock::TrustUnlockDone;
use ponte_operations::{
    Acted, AdminVisit, Freshness, Intent, MasterKey, NewKey, NewTenant, Operations, Registry, Rendered, Settings,
    StoreSettings, TenantsAllowed, Visit,
};
use secrecy::SecretString;
use tempfile::TempDir;

use crate::scripted_erp::ScriptedErp;

pub const START: &str = "2026-11-20T15:00:00Z";
pub const SETTLE_AFTER: Duration = Duration::from_secs(60);

pub struct World {
    pub operations: Operations,
    pub erp: &'static ScriptedErp,
    pub folder: Arc<TempDir>,
    master_key: MasterKey,
    caller: Arc<Caller>,
}

impl World {
    /// The tenant `acme` with a key that may do everything but see personal data.
    pub async fn open() -> Self {
        Self::with(TenantSettings::default()).await
    }

    pub async fn with(settings: TenantSettings) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let (master_key, erp) = (MasterKey::generate(), ScriptedErp::leaked());
        let operations = Operations::open(self::settings(&folder, &master_key, erp)).await.unwrap();
        operations.add_tenant(&admin(), new_tenant("acme", settings)).await.unwrap();
        let caller = caller(&operations, &[Scope::Read, Scope::Billing, Scope::Act, Scope::Tickets]).await;
        Self { operations, erp, folder, master_key, caller }
    }

    /// The process is killed and started again: a second room over the same file. The first one's tasks may hang on
    /// as a request does that an ERP still works on.
    pub async fn after_a_crash(&self) -> Self {
        let settings = settings(&self.folder, &self.master_key, self.erp);
        let operations = Operations::open(settings).await.unwrap();
        let caller = self.caller.clone();
        Self { operations, erp: self.erp, folder: self.folder.clone(), master_key: self.master_key.clone(), caller }
    }

    pub fn visit(&self) -> Visit {
        self.visit_as(self.caller.clone(), Freshness::Cached)
    }

    pub fn fresh(&self) -> Visit {
        self.visit_as(self.caller.clone(), Freshness::Fresh)
    }

    pub async fn full(&self) -> Visit {
        let caller = caller(&self.operations, &[Scope::Read, Scope::PersonalData]).await;
        self.visit_as(caller, Freshness::Cached)
    }

    pub fn visit_as(&self, caller: Arc<Caller>, freshness: Freshness) -> Visit {
        let tenant = self.operations.tenant(&caller, "acme").unwrap();
        self.operations.visit(caller, tenant, "req-00000001".into(), freshness)
    }

    /// The whole audit trail as `operation outcome status`, the oldest first.
    pub async fn trail(&self) -> Vec<String> {
        let mut lines: Vec<_> = self
            .operations
            .audit_entries(Default::default(), 1000)
            .await
            .unwrap()
            .into_iter()
            .map(|line| format!("{} {} {}", line.entry.operation, line.entry.outcome, line.entry.status))
            .collect();
        lines.reverse();
        lines
    }

    /// The clock goes on by so much.
    pub fn later(&self, time: Duration) {
        let now = self.operations.clock().now();
        self.operations.set_clock(now.checked_add(time).unwrap()).unwrap();
    }

    pub async fn unlock(&self, intent: &Intent) -> Result<Acted, Failure> {
        self.unlock_at(&crate::people::b1_ref(), intent).await
    }

    pub async fn unlock_at(&self, contract: &ContractRef, intent: &Intent) -> Result<Acted, Failure> {
        self.operations.trust_unlock(&self.visit(), contract, intent, show_unlock).await
    }
}

pub fn settings(folder: &TempDir, master_key: &MasterKey, erp: &'static ScriptedErp) -> Settings {
    let store = StoreSettings { path: folder.path().join("ponte.db"), master_key: master_key.clone() };
    let mut settings = Settings::new(store);
    settings.test_mode = true;
    settings.clock = Some(START.parse().unwrap());
    settings.idempotency.settle_after = SETTLE_AFTER;
    settings.registry = Registry::of([erp as _]);
    settings.status_of = |_| 503;
    settings
}

pub fn admin() -> AdminVisit {
    AdminVisit::local("req-admin")
}

pub fn new_tenant(slug: &str, settings: TenantSettings) -> NewTenant {
    NewTenant {
        slug: TenantSlug::parse(slug).unwrap(),
        vendor: "scripted".to_owned(),
        base_url: "https://erp.example/".to_owned(),
        credentials: Credentials::new([("token".to_owned(), SecretString::from("s3cret"))]),
        settings,
    }
}

pub async fn caller(operations: &Operations, scopes: &[Scope]) -> Arc<Caller> {
    let new =
        NewKey { name: "platform".to_owned(), scopes: scopes.to_vec(), tenants: TenantsAllowed::All, expires_at: None };
    let (_, secret) = operations.create_key(&admin(), new).await.unwrap();
    operations.authenticate(&secret).unwrap()
}

pub fn intent(key: &str) -> Intent {
    Intent { key: key.to_owned(), fingerprint: [7; 32] }
}

/// Shows an act's outcome in a word or two.
pub fn rendered<T>(outcome: Result<&T, &Failure>, shown: impl Fn(&T) -> String) -> Rendered {
    match outcome {
        Ok(done) => Rendered { status: 200, body: Bytes::from(shown(done)) },
        Err(failure) => Rendered { status: 409, body: Bytes::from(format!("{:?}", failure.kind())) },
    }
}

pub fn show_unlock(outcome: Result<&TrustUnlockDone, &Failure>) -> Rendered {
    rendered(outcome, |done| format!("{:?} {:?}", done.result, done.state.contract.access.value))
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Time goes on for the cache, not for the store's threads.
pub async fn wait(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}
