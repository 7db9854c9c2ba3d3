//! Erasure of one contact (LGPD, article 18, VI).
//!
//! The contact goes, with every mark it could be found by. The customers that it spoke for, and that no other contact
//! speaks for, lose their trace as well: audit rows keep what was done, when and by whom, but no longer about whom;
//! ratings keep their stars alone, wishes for notices go. Evidence of acceptance stays: it proves a contract (article 16, I and article 7, VI)
//! and has a retention time of its own. Answers in the journal stay sealed and end with it, within days.

use ponte_domain::failure::Subject;
use ponte_domain::reference::VendorId;

use crate::audit::{AuditTarget, subject_mark, target_mark};
use crate::contacts::{customer_mark, find};
use crate::error::StoreError;
use crate::store::Store;
use crate::threads::Desk;

/// What an erasure touched.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Erased {
    /// Customers whose trace was erased.
    pub customers: usize,
    /// Ratings that lost ticket, customer and comment.
    pub ratings: usize,
    /// Audit rows that lost target and subject.
    pub audit_rows: usize,
}

impl Store {
    /// Erases one contact as described above. When this answers, not even its sealed row is left in the file, nor in the
    /// write-ahead log unless another process was reading: then the log goes with the next erasure or sweep.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such contact.
    pub async fn remove_contact(&self, tenant: u32, id: &str) -> Result<Erased, StoreError> {
        let id = id.to_owned();
        let erased = self.write(move |desk| erase(desk, tenant, &id)).await?;
        self.empty_log().await?;
        Ok(erased)
    }
}

fn erase(desk: &Desk<'_>, tenant: u32, id: &str) -> Result<Erased, StoreError> {
    let contact = find(desk, tenant, id)?.ok_or(StoreError::NotFound(Subject::Contact))?;
    desk.db.execute("DELETE FROM contacts WHERE tenant = ?1 AND id = ?2", (tenant, id))?;
    let itself = target_mark(desk.vault, tenant, &AuditTarget::contact(id));
    let mut erased = Erased {
        audit_rows: desk.db.execute("UPDATE audit SET target = NULL, subject = NULL WHERE target = ?1", [itself])?,
        ..Erased::default()
    };
    for account in &contact.accounts {
        let mark = customer_mark(desk.vault, tenant, &account.customer);
        if !desk.db.prepare_cached("SELECT 1 FROM contact_marks WHERE mark = ?1")?.exists([mark])? {
            erase_customer(desk, tenant, &account.customer, &mut erased)?;
        }
    }
    Ok(erased)
}

fn erase_customer(desk: &Desk<'_>, tenant: u32, customer: &VendorId, erased: &mut Erased) -> Result<(), StoreError> {
    erased.customers += 1;
    erased.ratings += desk.db.execute(
        "UPDATE ratings SET ticket = NULL, customer = NULL, comment = NULL, mark = NULL, owner = NULL
         WHERE tenant = ?1 AND (mark = ?2 OR customer = ?3)",
        (tenant, customer_mark(desk.vault, tenant, customer), customer.as_str()),
    )?;
    let mark = customer_mark(desk.vault, tenant, customer);
    desk.db.execute("DELETE FROM ticket_notices WHERE tenant = ?1 AND mark = ?2", (tenant, mark))?;
    erased.audit_rows += desk.db.execute(
        "UPDATE audit SET target = NULL, subject = NULL WHERE subject = ?1",
        [subject_mark(desk.vault, tenant, customer)],
    )?;
    Ok(())
}
