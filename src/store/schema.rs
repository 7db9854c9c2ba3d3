//! The database file: how it is opened, whether it is ours, and its schema step by step.

use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};

use crate::error::StoreError;
use crate::master_key::new_private_file;
use crate::vault::Vault;

/// Every step from an empty file to the present schema. A step that was released is never changed.
const STEPS: [&str; 2] = [include_str!("schema/0001_start.sql"), include_str!("schema/0002_ticket_notices.sql")];

/// "Pont": marks the file as ours (`PRAGMA application_id`).
const APPLICATION: i32 = 0x506f_6e74;

/// How long to wait for another process that writes, such as the command line beside a running server.
const PATIENCE: Duration = Duration::from_secs(5);

const KEY_CHECK: &str = "meta.value";
const KEY_CHECK_NAME: &str = "key_check";
const KEY_CHECK_TEXT: &[u8] = b"ponte";

/// Opens the file for writing, creates it when missing, and brings its schema up to date.
pub(crate) fn open_writer(path: &Path, vault: &Vault) -> Result<Connection, StoreError> {
    match new_private_file(path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(StoreError::file(path, error)),
        _ => {}
    }
    let mut db = connect(path)?;
    refuse_foreign(&db, path)?;
    let mode: String = db.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    if mode != "wal" {
        tracing::warn!(mode, "the store's file system does not allow a write-ahead log; reads wait for writes");
    }
    // FULL: a commit is on disk before it is reported. The journal's whole worth hangs on it.
    db.execute_batch("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;")?;
    migrate(&mut db, &STEPS, vault)?;
    Ok(db)
}

/// Opens the file for reading only.
pub(crate) fn open_reader(path: &Path) -> Result<Connection, StoreError> {
    let db = connect(path)?;
    db.execute_batch("PRAGMA query_only = ON;")?;
    Ok(db)
}

/// Moves what the write-ahead log holds into the file and empties the log, so that erased rows do not linger there.
/// Gives up when another process reads meanwhile: the next one does it.
pub(crate) fn empty_log(db: &Connection) -> Result<(), StoreError> {
    db.busy_timeout(Duration::from_millis(250))?;
    let emptied = db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
    db.busy_timeout(PATIENCE)?;
    Ok(emptied?)
}

fn connect(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags)?;
    db.busy_timeout(PATIENCE)?;
    db.set_prepared_statement_cache_capacity(64);
    db.execute_batch("PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY;")?;
    Ok(db)
}

/// Looks before anything is written: somebody else's database must stay as it is.
fn refuse_foreign(db: &Connection, path: &Path) -> Result<(), StoreError> {
    let foreign = || StoreError::Foreign { path: path.to_owned() };
    // Both in one transaction: another process may be making the store at this moment.
    let transaction = db.unchecked_transaction()?;
    let application =
        number(&transaction, "PRAGMA application_id").map_err(|error| match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => foreign(),
            _ => error.into(),
        })?;
    let tables = number(&transaction, "SELECT count(*) FROM sqlite_schema")?;
    if application == APPLICATION || (application == 0 && tables == 0) { Ok(()) } else { Err(foreign()) }
}

/// Takes the steps that the file lacks, all of them or none, and checks the master key before the first.
fn migrate(db: &mut Connection, steps: &[&str], vault: &Vault) -> Result<(), StoreError> {
    let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found = usize::try_from(number(&transaction, "PRAGMA user_version")?).unwrap_or(usize::MAX);
    if found > steps.len() {
        return Err(StoreError::Newer { found: counted(found), known: counted(steps.len()) });
    }
    if found > 0 {
        check_key(&transaction, vault)?;
    }
    for step in steps.iter().skip(found) {
        transaction.execute_batch(step)?;
    }
    if found == 0 {
        transaction.pragma_update(None, "application_id", APPLICATION)?;
        write_key_check(&transaction, vault)?;
    }
    transaction.pragma_update(None, "user_version", counted(steps.len()))?;
    transaction.commit()?;
    if found < steps.len() {
        tracing::info!(from = found, to = steps.len(), "the store's schema was brought up to date");
    }
    Ok(())
}

fn write_key_check(db: &Connection, vault: &Vault) -> Result<(), StoreError> {
    let cell = vault.seal(KEY_CHECK, KEY_CHECK_NAME.as_bytes(), KEY_CHECK_TEXT)?;
    db.execute("INSERT INTO meta (name, value) VALUES (?1, ?2)", (KEY_CHECK_NAME, cell))?;
    Ok(())
}

fn check_key(db: &Connection, vault: &Vault) -> Result<(), StoreError> {
    let cell: Vec<u8> = db.query_row("SELECT value FROM meta WHERE name = ?1", [KEY_CHECK_NAME], |row| row.get(0))?;
    match vault.open(KEY_CHECK, KEY_CHECK_NAME.as_bytes(), &cell) {
        Ok(text) if *text == KEY_CHECK_TEXT => Ok(()),
        _ => Err(StoreError::WrongMasterKey),
    }
}

fn number(db: &Connection, question: &str) -> rusqlite::Result<i32> {
    db.query_row(question, [], |row| row.get(0))
}

fn counted(steps: usize) -> u32 {
    u32::try_from(steps).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::path::Path;

    use rusqlite::Connection;

    use super::{STEPS, migrate, number, open_writer};
    use crate::vault::Vault;
    use crate::{MasterKey, StoreError};

    const FIRST: &str = "CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL);";

    fn tables(db: &Connection) -> i32 {
        number(db, "SELECT count(*) FROM sqlite_schema WHERE type = 'table'").unwrap()
    }

    #[test]
    fn only_the_missing_steps_are_taken() {
        let vault = Vault::new(&MasterKey::generate());
        let mut db = Connection::open_in_memory().unwrap();
        migrate(&mut db, &[FIRST], &vault).unwrap();
        migrate(&mut db, &[FIRST, "CREATE TABLE second (a);"], &vault).unwrap();
        migrate(&mut db, &[FIRST, "CREATE TABLE second (a);"], &vault).unwrap();
        assert_eq!((tables(&db), number(&db, "PRAGMA user_version").unwrap()), (2, 2));
    }

    #[test]
    fn a_failing_step_leaves_the_file_as_it_was() {
        let vault = Vault::new(&MasterKey::generate());
        let mut db = Connection::open_in_memory().unwrap();
        migrate(&mut db, &[FIRST], &vault).unwrap();
        let steps = [FIRST, "CREATE TABLE second (a);", "CREATE TABLE third (a); NONSENSE;"];
        assert!(migrate(&mut db, &steps, &vault).is_err());
        assert_eq!((tables(&db), number(&db, "PRAGMA user_version").unwrap()), (1, 1));
    }

    #[test]
    fn a_newer_schema_is_refused() {
        let vault = Vault::new(&MasterKey::generate());
        let mut db = Connection::open_in_memory().unwrap();
        migrate(&mut db, &[FIRST, "CREATE TABLE second (a);"], &vault).unwrap();
        let error = migrate(&mut db, &[FIRST], &vault).unwrap_err();
        assert!(matches!(error, StoreError::Newer { found: 2, known: 1 }), "{error}");
    }

    #[test]
    fn the_master_key_is_checked_before_a_step_is_taken() {
        let mut db = Connection::open_in_memory().unwrap();
        migrate(&mut db, &[FIRST], &Vault::new(&MasterKey::generate())).unwrap();
        let other = Vault::new(&MasterKey::generate());
        let error = migrate(&mut db, &[FIRST, "CREATE TABLE second (a);"], &other).unwrap_err();
        assert!(matches!(error, StoreError::WrongMasterKey), "{error}");
        assert_eq!(tables(&db), 1);
    }

    #[test]
    fn the_file_is_durable_consistent_and_private() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ponte.db");
        let db = open_writer(&path, &Vault::new(&MasterKey::generate())).unwrap();
        assert_eq!(number(&db, "PRAGMA synchronous").unwrap(), 2);
        assert_eq!(number(&db, "PRAGMA foreign_keys").unwrap(), 1);
        assert_eq!(number(&db, "PRAGMA user_version").unwrap(), i32::try_from(STEPS.len()).unwrap());
        let mode: String = db.query_row("PRAGMA journal_mode", [], |row| row.get(0)).unwrap();
        assert_eq!(mode, "wal");
        #[cfg(unix)]
        for file in ["ponte.db", "ponte.db-wal"] {
            let found = std::fs::metadata(folder.path().join(file)).unwrap().permissions();
            assert_eq!(std::os::unix::fs::PermissionsExt::mode(&found) & 0o777, 0o600, "{file}");
        }
    }

    #[test]
    fn somebody_elses_file_is_refused_and_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::new(&MasterKey::generate());
        let refused = |path: &Path| matches!(open_writer(path, &vault), Err(StoreError::Foreign { .. }));

        let text = folder.path().join("notes.txt");
        std::fs::write(&text, "a text file that is long enough to have a header of a database file in front").unwrap();
        assert!(refused(&text));

        let database = folder.path().join("other.db");
        Connection::open(&database).unwrap().execute_batch("CREATE TABLE theirs (a);").unwrap();
        let before = std::fs::read(&database).unwrap();
        assert!(refused(&database));
        assert_eq!(std::fs::read(&database).unwrap(), before);
    }

    #[test]
    fn a_missing_folder_is_a_clear_error() {
        let folder = tempfile::tempdir().unwrap();
        let error = open_writer(&folder.path().join("none/ponte.db"), &Vault::new(&MasterKey::generate())).unwrap_err();
        assert!(matches!(error, StoreError::File { .. }), "{error}");
        assert!(error.to_string().contains("none/ponte.db"), "{error}");
    }
}
