//! What can go wrong with what is kept.

use std::path::PathBuf;
use std::sync::Arc;

use ponte_domain::Failure;
use ponte_domain::failure::{Refusal, Subject};

/// Why the store did not do what was asked. Cheap to clone; no variant carries personal data or a secret.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// The file system refuses a file of the store or the master key's file.
    #[error("{} cannot be read or written", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the file system says.
        #[source]
        source: Arc<std::io::Error>,
    },
    /// The file is there, but it is something else.
    #[error("{} is not a store of Ponte", .path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// A newer Ponte has been here; going back would lose what it keeps.
    #[error("the store has schema {found}, this version of Ponte knows schemas up to {known}: start the newer version")]
    Newer {
        /// Schema number in the file.
        found: u32,
        /// Newest schema number of this build.
        known: u32,
    },
    /// The store was made with another master key.
    #[error("the master key is not the one that this store was made with")]
    WrongMasterKey,
    /// The text is no master key. It is not repeated here.
    #[error("a master key is 64 hexadecimal digits, found {found} characters that do not fit")]
    MasterKeyFormat {
        /// Characters found, blanks around them aside.
        found: usize,
    },
    /// The text is no secret of an API key.
    #[error("the secret of an API key is `ponte_` and 43 characters of A-Z, a-z, 0-9, '-' and '_'")]
    KeySecretFormat,
    /// A row holds what this version cannot have written, or it was changed from outside.
    #[error("{place} holds a value that cannot be read: the file was damaged or changed from outside")]
    Unreadable {
        /// Table and column.
        place: &'static str,
    },
    /// There is no such record.
    #[error("there is no such record ({0:?})")]
    NotFound(Subject),
    /// There is such a record already.
    #[error("there is such a record already ({0:?})")]
    AlreadyExists(Subject),
    /// Somebody else settles this journal entry now, or it was abandoned.
    #[error("the journal entry has another owner")]
    TakenOver,
    /// The journal entry has its answer already; it is never changed.
    #[error("the journal entry is settled")]
    AlreadySettled,
    /// The database reports an error.
    #[error("the database reports an error")]
    Database(#[source] DatabaseFault),
    /// A piece of work panicked; nothing of it was kept.
    #[error("a piece of work for the store panicked")]
    Panicked,
    /// The store's threads have ended.
    #[error("the store is closed")]
    Closed,
}

/// An error of the database engine.
#[derive(Debug, Clone, thiserror::Error)]
#[error(transparent)]
pub struct DatabaseFault(Arc<rusqlite::Error>);

impl StoreError {
    pub(crate) fn file(path: impl Into<PathBuf>, source: std::io::Error) -> Self {
        Self::File { path: path.into(), source: Arc::new(source) }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(DatabaseFault(Arc::new(error)))
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound(subject) => Self::not_found(subject),
            StoreError::AlreadyExists(_) => Self::refused(Refusal::AlreadyExists, "There is such a record already."),
            other => Self::internal("The gateway's own store did not answer.").because(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use ponte_domain::failure::{Fault, Refusal, Subject};
    use ponte_domain::{Failure, FailureKind};

    use super::StoreError;

    #[test]
    fn what_is_missing_is_the_callers_fault_and_what_is_broken_is_ours() {
        let missing = Failure::from(StoreError::NotFound(Subject::Contact));
        assert_eq!((missing.kind(), missing.fault()), (FailureKind::NotFound(Subject::Contact), Fault::Caller));
        let there = Failure::from(StoreError::AlreadyExists(Subject::Tenant));
        assert_eq!(there.kind(), FailureKind::Refused(Refusal::AlreadyExists));
        let broken = Failure::from(StoreError::Unreadable { place: "tenants.credentials" });
        assert_eq!((broken.kind(), broken.fault()), (FailureKind::Internal, Fault::Us));
        assert!(std::error::Error::source(&broken).is_some());
    }
}
