//! A store in a folder of its own, and the invented people that live in it.

use std::path::PathBuf;

use jiff::Timestamp;
use ponte_domain::document::Document;
use ponte_domain::phone::Phone;
use ponte_domain::reference::VendorId;
use ponte_domain::tenant::{Credentials, TenantSettings, TenantSlug};
use ponte_store::{Account, ContactOrigin, ContactRecord, Intent, MasterKey, NewTenant, Store};
use secrecy::SecretString;
use tempfile::TempDir;

pub(crate) struct TestStore {
    pub(crate) store: Store,
    pub(crate) master: MasterKey,
    folder: TempDir,
}

impl TestStore {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let master = MasterKey::generate();
        let store = Store::open(folder.path().join("ponte.db"), master.clone()).unwrap();
        Self { store, master, folder }
    }

    /// With one tenant, whose number is the answer.
    pub(crate) async fn with_tenant() -> (Self, u32) {
        let test = Self::new();
        let tenant = test.store.add_tenant(new_tenant("acme"), at(0)).await.unwrap();
        (test, tenant.number)
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("ponte.db")
    }

    /// A second opening of the same file, as after a restart or by another process.
    pub(crate) fn open_again(&self) -> Store {
        Store::open(self.path(), self.master.clone()).unwrap()
    }

    /// A look at the raw rows.
    pub(crate) fn raw(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.path()).unwrap()
    }

    pub(crate) fn count(&self, table: &str) -> i64 {
        self.raw().query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
    }

    /// Every byte of the database file and its companions.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for file in std::fs::read_dir(self.folder.path()).unwrap() {
            bytes.extend(std::fs::read(file.unwrap().path()).unwrap());
        }
        bytes
    }
}

pub(crate) fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// So many seconds after the beginning of the tests' world.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_797_000_000 + seconds).unwrap()
}

pub(crate) fn slug(text: &str) -> TenantSlug {
    TenantSlug::parse(text).unwrap()
}

pub(crate) fn credentials(fields: &[(&str, &str)]) -> Credentials {
    Credentials::new(fields.iter().map(|(name, secret)| ((*name).to_owned(), SecretString::from(*secret))))
}

pub(crate) fn new_tenant(name: &str) -> NewTenant {
    NewTenant {
        slug: slug(name),
        vendor: "some-erp".to_owned(),
        base_url: "https://erp.example.com".to_owned(),
        credentials: credentials(&[("token", "token-of-the-erp")]),
        settings: TenantSettings::default(),
    }
}

pub(crate) fn intent(tenant: u32, key: &str) -> Intent {
    Intent {
        tenant,
        caller: "key_caller".to_owned(),
        key: key.to_owned(),
        operation: "trust_unlock".to_owned(),
        fingerprint: [7; 32],
        target: "contract 5002".to_owned(),
        context: b"what settling needs".to_vec(),
    }
}

pub(crate) fn ana_document() -> Document {
    Document::parse("529.982.247-25").unwrap()
}

pub(crate) fn ana_phone() -> Phone {
    Phone::parse("5554981234567").unwrap()
}

pub(crate) fn account(customer: &str) -> Account {
    Account { customer: VendorId::from(customer), label: "Casa".to_owned(), active: true }
}

/// Ana, a contact linked to customer 1001.
pub(crate) fn ana(tenant: u32) -> ContactRecord {
    ContactRecord {
        id: ContactRecord::new_id(),
        tenant,
        document: Some(ana_document()),
        phones: vec![ana_phone()],
        name: Some("Ana Paula Souza".to_owned()),
        email: Some("Ana.Souza@example.com".to_owned()),
        customer_type: Some("Cliente".to_owned()),
        origin: ContactOrigin::Linked,
        accounts: vec![account("1001")],
        tags: vec!["vip".to_owned()],
        created_at: at(0),
        updated_at: at(0),
        expires_at: None,
    }
}

/// Somebody whom nobody knows.
pub(crate) fn lead(tenant: u32) -> ContactRecord {
    ContactRecord {
        document: Some(Document::parse("390.533.447-05").unwrap()),
        phones: Vec::new(),
        name: None,
        email: None,
        customer_type: Some("Não cliente".to_owned()),
        origin: ContactOrigin::Lead,
        accounts: Vec::new(),
        tags: Vec::new(),
        ..ana(tenant)
    }
}
