//! What is past its time goes.

use ponte_store::{StoreError, Swept};

use crate::operations::Operations;

impl Operations {
    /// Removes what is past its time. Runs by itself every so often (`RetentionSettings::sweep_every`).
    ///
    /// # Errors
    /// The store's; what was removed until then stays removed.
    pub async fn sweep(&self) -> Result<Swept, StoreError> {
        let kept = ponte_store::RetentionSettings {
            journal: self.0.idempotency.keep_for,
            doubts: self.0.retention.doubts,
            audit: self.0.retention.audit,
            shown_documents: self.0.retention.shown_documents,
            evidence: self.0.retention.evidence,
        };
        let swept = self.0.store.sweep(self.0.clock.now(), &kept).await?;
        if swept.total() > 0 {
            tracing::info!(
                journal = swept.journal,
                doubts = swept.doubts,
                contacts = swept.contacts,
                audit = swept.audit,
                "what was past its time was removed"
            );
        }
        Ok(swept)
    }
}
