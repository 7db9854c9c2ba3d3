//! The master key: where it comes from, and the keys that are derived from it.

use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::Path;

use hkdf::Hkdf;
use rand::Rng;
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::error::StoreError;

/// Bytes of a master key.
const LENGTH: usize = 32;

/// What to do when the file of the master key is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IfMissing {
    /// Report it.
    Fail,
    /// Generate a key and write it there, readable by its owner alone.
    Create,
}

/// 256 bits from which every other key comes. Whoever has it and the store's file can read everything in it; without it
/// nothing sealed can be read again. `Debug` shows nothing of it.
#[derive(Clone)]
pub struct MasterKey(Zeroizing<[u8; LENGTH]>);

impl MasterKey {
    /// A new key from the system's random source.
    #[must_use]
    pub fn generate() -> Self {
        let mut key = Zeroizing::new([0; LENGTH]);
        rand::rng().fill_bytes(key.as_mut_slice());
        Self(key)
    }

    /// Reads 64 hexadecimal digits; blanks and line ends around them are ignored.
    ///
    /// # Errors
    /// [`StoreError::MasterKeyFormat`] for any other text.
    pub fn from_hex(text: &SecretString) -> Result<Self, StoreError> {
        let digits = text.expose_secret().trim();
        let wrong = || StoreError::MasterKeyFormat { found: digits.chars().count() };
        if digits.len() != 2 * LENGTH {
            return Err(wrong());
        }
        let mut key = Zeroizing::new([0; LENGTH]);
        for (byte, pair) in key.iter_mut().zip(digits.as_bytes().chunks_exact(2)) {
            *byte = pair.iter().try_fold(0, |high, digit| Some(high * 16 + nibble(*digit)?)).ok_or_else(wrong)?;
        }
        Ok(Self(key))
    }

    /// Reads the key from a file that holds 64 hexadecimal digits.
    ///
    /// # Errors
    /// The file cannot be read or written, or holds something else.
    pub fn from_file(path: impl AsRef<Path>, if_missing: IfMissing) -> Result<Self, StoreError> {
        let path = path.as_ref();
        match fs::read_to_string(path) {
            Ok(text) => {
                warn_if_others_may_read(path);
                Self::from_hex(&SecretString::from(text))
            }
            Err(error) if error.kind() == ErrorKind::NotFound && if_missing == IfMissing::Create => {
                Self::generate().write_new(path)?;
                // Not the key just made: another process may have been faster, and its key is the one that stays.
                Self::from_file(path, IfMissing::Fail)
            }
            Err(error) => Err(StoreError::file(path, error)),
        }
    }

    /// The key as 64 lower-case hexadecimal digits, for a file or an environment variable.
    #[must_use]
    pub fn to_hex(&self) -> SecretString {
        SecretString::from(crate::cells::hex(self.0.as_slice()))
    }

    /// A key of 512 bits for one purpose (HKDF-SHA256, RFC 5869). The same label gives the same key for as long as the
    /// master key lives; different labels give keys that say nothing about each other.
    #[must_use]
    pub fn derive(&self, label: &str) -> [u8; 64] {
        self.expand("shared", label)
    }

    /// Like [`Self::derive`], for the store's own keys: no label of another room can name them.
    pub(crate) fn expand(&self, room: &str, label: &str) -> [u8; 64] {
        let mut key = [0; 64];
        let expanded = Hkdf::<Sha256>::new(None, self.0.as_slice())
            .expand_multi_info(&[b"ponte/1/", room.as_bytes(), b"/", label.as_bytes()], &mut key);
        // Only more than 255 blocks are refused, and 64 bytes are two.
        debug_assert!(expanded.is_ok());
        key
    }

    /// Writes the key to a file that must not be there yet; a file already there stays as it is. A hard link makes the
    /// whole file appear at once, so that nobody reads half a key.
    fn write_new(&self, path: &Path) -> Result<(), StoreError> {
        let failed = |error| StoreError::file(path, error);
        let mut draft = path.as_os_str().to_owned();
        draft.push(format!(".{:016x}", rand::rng().next_u64()));
        let mut file = new_private_file(Path::new(&draft)).map_err(failed)?;
        let written = file
            .write_all(self.to_hex().expose_secret().as_bytes())
            .and_then(|()| file.write_all(b"\n"))
            .and_then(|()| file.sync_all())
            .and_then(|()| match fs::hard_link(&draft, path) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
                linked => linked,
            });
        let removed = fs::remove_file(&draft);
        written.and(removed).map_err(failed)
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey")
    }
}

/// Creates a file that only its owner may read and write.
pub(crate) fn new_private_file(path: &Path) -> std::io::Result<fs::File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Secret mounts of container platforms are often readable by all inside the container, so that this is no error.
fn warn_if_others_may_read(path: &Path) {
    #[cfg(unix)]
    if let Ok(found) = fs::metadata(path)
        && std::os::unix::fs::PermissionsExt::mode(&found.permissions()) & 0o077 != 0
    {
        tracing::warn!(path = %path.display(), "the master key's file can be read by other users; mode 0600 is safer");
    }
}

fn nibble(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use secrecy::{ExposeSecret, SecretString};

    use super::{IfMissing, MasterKey};
    use crate::StoreError;

    fn key(text: &str) -> Result<MasterKey, StoreError> {
        MasterKey::from_hex(&SecretString::from(text))
    }

    #[test]
    fn hex_reads_back_and_blanks_around_it_do_not_matter() {
        let made = MasterKey::generate();
        let read = key(&format!(" {}\n", made.to_hex().expose_secret().to_uppercase())).unwrap();
        assert_eq!(read.derive("x"), made.derive("x"));
    }

    #[test]
    fn anything_else_is_refused_without_repeating_it() {
        for bad in ["", "ab", &"g".repeat(64), &"a".repeat(63), &"a".repeat(66), &"é".repeat(32)] {
            let error = key(bad).unwrap_err();
            assert!(matches!(error, StoreError::MasterKeyFormat { .. }), "{error}");
            assert!(bad.len() < 3 || !error.to_string().contains(bad));
        }
    }

    #[test]
    fn labels_give_keys_of_their_own_that_never_change() {
        let master = key(&"0b".repeat(32)).unwrap();
        assert_ne!(master.derive("handles:1"), master.derive("handles:2"));
        assert_ne!(master.derive("cells"), master.expand("store", "cells"));
        // Computed apart with HKDF-SHA256, no salt: every handle and every sealed cell hangs on it.
        assert_eq!(crate::cells::hex(&master.derive("handles:1")), HANDLES_1);
    }

    const HANDLES_1: &str = "2ddb06cd928b1985e3e232a8b5f8ae4191bd3a3e9354f97b17b033461c3cf5a5f5d01f9a25057eddaed6fbaf4d1fa691fa6e06ea9bb7d091e0ac42df20e45c66";

    #[test]
    fn a_missing_file_is_created_once_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        assert!(matches!(MasterKey::from_file(&path, IfMissing::Fail), Err(StoreError::File { .. })));
        let made = MasterKey::from_file(&path, IfMissing::Create).unwrap();
        let again = MasterKey::from_file(&path, IfMissing::Create).unwrap();
        assert_eq!(made.derive("x"), again.derive("x"));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no draft is left");
        #[cfg(unix)]
        {
            let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&path).unwrap().permissions());
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", MasterKey::generate()), "MasterKey");
    }
}
