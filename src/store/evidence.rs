//! Evidence of electronic acceptance: what was shown, and what the holder then accepted.

use jiff::Timestamp;
use ponte_domain::phone::Phone;
use ponte_domain::reference::VendorId;
use rusqlite::Row;
use serde::{Deserialize, Serialize};

use crate::cells::{At, random_id};
use crate::error::StoreError;
use crate::store::Store;
use crate::tenants::refuse_unknown;
use crate::threads::Desk;

const RECORD: &str = "evidence.record";
const SELECT: &str = "SELECT id, tenant, contract, record, accepted_at FROM evidence";

/// A document that was served to be read before acceptance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownDocument {
    /// SHA-256 of the PDF, lower-case hex.
    pub sha256: String,
    /// When it was last served.
    pub shown_at: Timestamp,
}

/// Evidence of one acceptance. Kept as it is: neither changed nor erased before its time.
#[derive(Clone, PartialEq, Eq)]
pub struct EvidenceRecord {
    /// `evd_…`; see [`EvidenceRecord::new_id`].
    pub id: String,
    /// The tenant's number.
    pub tenant: u32,
    /// The vendor's id of the contract.
    pub contract: VendorId,
    /// SHA-256 of the PDF that was shown, lower-case hex.
    pub document_sha256: String,
    /// The holder's phone; sealed, and not in `Debug`.
    pub phone: Phone,
    /// The texts that the holder confirmed.
    pub texts: Vec<String>,
    /// When the PDF was shown.
    pub shown_at: Option<Timestamp>,
    /// When the holder accepted.
    pub accepted_at: Timestamp,
    /// Ids of the requests that led to it.
    pub request_ids: Vec<String>,
}

impl EvidenceRecord {
    /// A free id.
    #[must_use]
    pub fn new_id() -> String {
        random_id("evd_")
    }
}

impl std::fmt::Debug for EvidenceRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EvidenceRecord")
            .field("id", &self.id)
            .field("contract", &self.contract)
            .field("accepted_at", &self.accepted_at)
            .finish_non_exhaustive()
    }
}

impl Store {
    /// Notes that a contract's PDF (SHA-256, lower-case hex) was served.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the tenant is gone.
    pub async fn record_shown(
        &self,
        tenant: u32,
        contract: &VendorId,
        sha256: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let (contract, sha256) = (contract.clone(), sha256.to_owned());
        self.write(move |desk| {
            refuse_unknown(desk, tenant)?;
            desk.db.execute(
                "INSERT INTO shown_documents (tenant, contract, sha256, shown_at) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT DO UPDATE SET shown_at = max(shown_at, excluded.shown_at)",
                (tenant, contract.as_str(), sha256, At(now)),
            )?;
            Ok(())
        })
        .await
    }

    /// The PDF of a contract that was served last.
    ///
    /// # Errors
    /// The database's.
    pub async fn shown_document(&self, tenant: u32, contract: &VendorId) -> Result<Option<ShownDocument>, StoreError> {
        Ok(self.shown_documents(tenant, contract).await?.into_iter().next())
    }

    /// Every different PDF of a contract that was served, the latest first. Some vendors write the date into the PDF,
    /// so that each day's differs.
    ///
    /// # Errors
    /// The database's.
    pub async fn shown_documents(&self, tenant: u32, contract: &VendorId) -> Result<Vec<ShownDocument>, StoreError> {
        let contract = contract.clone();
        self.read(move |desk| {
            let mut rows = desk.db.prepare_cached(
                "SELECT sha256, shown_at FROM shown_documents WHERE tenant = ?1 AND contract = ?2
                 ORDER BY shown_at DESC, sha256",
            )?;
            let shown = rows.query_map((tenant, contract.as_str()), |row| {
                Ok(ShownDocument { sha256: row.get(0)?, shown_at: row.get::<_, At>(1)?.0 })
            })?;
            Ok(shown.collect::<Result<_, _>>()?)
        })
        .await
    }

    /// Keeps evidence. An id that is there already stays as it was first kept, so that settling an act twice is
    /// harmless.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the tenant is gone.
    pub async fn keep_evidence(&self, record: EvidenceRecord) -> Result<(), StoreError> {
        self.write(move |desk| {
            refuse_unknown(desk, record.tenant)?;
            let cell = desk.vault.seal_json(RECORD, record.id.as_bytes(), &Sealed::from(&record))?;
            desk.db.execute(
                "INSERT INTO evidence (id, tenant, contract, record, accepted_at) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (id) DO NOTHING",
                (&record.id, record.tenant, record.contract.as_str(), cell, At(record.accepted_at)),
            )?;
            Ok(())
        })
        .await
    }

    /// Evidence by its id.
    ///
    /// # Errors
    /// The database's; [`StoreError::Unreadable`] for a damaged row.
    pub async fn evidence(&self, tenant: u32, id: &str) -> Result<Option<EvidenceRecord>, StoreError> {
        let id = id.to_owned();
        self.read(move |desk| {
            let mut rows = desk.db.prepare_cached(&format!("{SELECT} WHERE tenant = ?1 AND id = ?2"))?;
            rows.query_and_then((tenant, id), |row| record(desk, row))?.next().transpose()
        })
        .await
    }

    /// All evidence about a contract, the latest first.
    ///
    /// # Errors
    /// As [`Self::evidence`].
    pub async fn evidence_of_contract(
        &self,
        tenant: u32,
        contract: &VendorId,
    ) -> Result<Vec<EvidenceRecord>, StoreError> {
        let contract = contract.clone();
        self.read(move |desk| {
            let mut rows = desk.db.prepare_cached(&format!(
                "{SELECT} WHERE tenant = ?1 AND contract = ?2 ORDER BY accepted_at DESC, id"
            ))?;
            rows.query_and_then((tenant, contract.as_str()), |row| record(desk, row))?.collect()
        })
        .await
    }
}

/// What is sealed. Fields may be added with a default; none may change its meaning.
#[derive(Serialize, Deserialize)]
struct Sealed {
    document_sha256: String,
    phone: String,
    texts: Vec<String>,
    shown_at: Option<Timestamp>,
    request_ids: Vec<String>,
}

impl From<&EvidenceRecord> for Sealed {
    fn from(record: &EvidenceRecord) -> Self {
        Self {
            document_sha256: record.document_sha256.clone(),
            phone: record.phone.e164(),
            texts: record.texts.clone(),
            shown_at: record.shown_at,
            request_ids: record.request_ids.clone(),
        }
    }
}

fn record(desk: &Desk<'_>, row: &Row<'_>) -> Result<EvidenceRecord, StoreError> {
    let id: String = row.get("id")?;
    let cell: Vec<u8> = row.get("record")?;
    let sealed: Sealed = desk.vault.open_json(RECORD, id.as_bytes(), &cell)?;
    Ok(EvidenceRecord {
        id,
        tenant: row.get("tenant")?,
        contract: VendorId::from(row.get::<_, String>("contract")?),
        document_sha256: sealed.document_sha256,
        phone: Phone::parse(&sealed.phone).map_err(|_| StoreError::Unreadable { place: RECORD })?,
        texts: sealed.texts,
        shown_at: sealed.shown_at,
        accepted_at: row.get::<_, At>("accepted_at")?.0,
        request_ids: sealed.request_ids,
    })
}
