//! Sealing of what is secret or personal, and keyed marks by which sealed rows are found.
//!
//! A sealed cell is AES-256-SIV (RFC 5297) over the value, with table and column, the row's own identity and a random
//! nonce as associated data: a cell copied to another row or column does not open there, equal values look different,
//! and a repeated nonce would reveal no more than that two cells are equal.
//!
//! A mark is HMAC-SHA256 over a kind and length-prefixed parts. Documents and phones come from small sets, so that a
//! plain hash of one is reversed in minutes; without the key a mark says nothing.

use aes_siv::KeyInit as _;
use aes_siv::siv::Aes256Siv;
use hmac::{Hmac, Mac as _};
use rand::Rng;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::error::StoreError;
use crate::master_key::MasterKey;

/// First byte of every sealed cell: the way it was sealed.
const SEALED_V1: u8 = 1;
const NONCE: usize = 16;

/// HMAC-SHA256 of something that the row does not hold in the clear.
pub(crate) type Mark = [u8; 32];

/// The store's own two keys.
pub(crate) struct Vault {
    cells: Zeroizing<[u8; 64]>,
    marks: Zeroizing<[u8; 64]>,
}

impl Vault {
    pub(crate) fn new(master: &MasterKey) -> Self {
        Self {
            cells: Zeroizing::new(master.expand("store", "cells")),
            marks: Zeroizing::new(master.expand("store", "marks")),
        }
    }

    /// Seals a value for one cell: `place` is its table and column, `row` what names the row.
    pub(crate) fn seal(&self, place: &'static str, row: &[u8], value: &[u8]) -> Result<Vec<u8>, StoreError> {
        let mut nonce = [0; NONCE];
        rand::rng().fill_bytes(&mut nonce);
        let sealed = Aes256Siv::new((&*self.cells).into())
            .encrypt([place.as_bytes(), row, &nonce], value)
            .map_err(|_| StoreError::Unreadable { place })?;
        Ok([&[SEALED_V1], nonce.as_slice(), &sealed].concat())
    }

    /// Opens what [`Self::seal`] made for the same cell.
    pub(crate) fn open(&self, place: &'static str, row: &[u8], cell: &[u8]) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        let unreadable = StoreError::Unreadable { place };
        let (&[SEALED_V1], rest) = cell.split_first_chunk::<1>().ok_or(unreadable.clone())? else {
            return Err(unreadable);
        };
        let (nonce, sealed) = rest.split_first_chunk::<NONCE>().ok_or(unreadable.clone())?;
        Aes256Siv::new((&*self.cells).into())
            .decrypt([place.as_bytes(), row, nonce], sealed)
            .map(Zeroizing::new)
            .map_err(|_| unreadable)
    }

    /// Seals a value as JSON.
    pub(crate) fn seal_json(
        &self,
        place: &'static str,
        row: &[u8],
        value: &impl Serialize,
    ) -> Result<Vec<u8>, StoreError> {
        let json = Zeroizing::new(serde_json::to_vec(value).map_err(|_| StoreError::Unreadable { place })?);
        self.seal(place, row, &json)
    }

    /// Opens what [`Self::seal_json`] made for the same cell.
    pub(crate) fn open_json<T: DeserializeOwned>(
        &self,
        place: &'static str,
        row: &[u8],
        cell: &[u8],
    ) -> Result<T, StoreError> {
        let json = self.open(place, row, cell)?;
        serde_json::from_slice(&json).map_err(|_| StoreError::Unreadable { place })
    }

    /// The mark of a value within a tenant.
    pub(crate) fn mark(&self, kind: &'static str, tenant: u32, parts: &[&[u8]]) -> Mark {
        let mut mac = Hmac::<Sha256>::new((&*self.marks).into());
        let tenant = tenant.to_be_bytes();
        for part in [kind.as_bytes(), &tenant].iter().chain(parts) {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use super::Vault;
    use crate::{MasterKey, StoreError};

    #[test]
    fn a_cell_opens_in_its_own_place_only() {
        let vault = Vault::new(&MasterKey::generate());
        let cell = vault.seal("a.b", b"1", b"Ana Souza").unwrap();
        assert_eq!(*vault.open("a.b", b"1", &cell).unwrap(), b"Ana Souza");
        let unreadable = |opened: Result<_, StoreError>| matches!(opened, Err(StoreError::Unreadable { .. }));
        assert!(unreadable(vault.open("a.c", b"1", &cell)));
        assert!(unreadable(vault.open("a.b", b"2", &cell)));
        assert!(unreadable(Vault::new(&MasterKey::generate()).open("a.b", b"1", &cell)));
    }

    #[test]
    fn a_changed_or_cut_cell_does_not_open() {
        let vault = Vault::new(&MasterKey::generate());
        let cell = vault.seal("a.b", b"1", b"Ana Souza").unwrap();
        for at in 0..cell.len() {
            let mut changed = cell.clone();
            changed[at] ^= 1;
            assert!(vault.open("a.b", b"1", &changed).is_err(), "byte {at}");
            assert!(vault.open("a.b", b"1", &cell[..at]).is_err(), "cut at {at}");
        }
    }

    #[test]
    fn equal_values_look_different() {
        let vault = Vault::new(&MasterKey::generate());
        assert_ne!(vault.seal("a.b", b"1", b"").unwrap(), vault.seal("a.b", b"1", b"").unwrap());
    }

    #[test]
    fn marks_depend_on_key_kind_tenant_and_the_seams_between_parts() {
        let vault = Vault::new(&MasterKey::generate());
        let mark = vault.mark("phone", 1, &[b"ab", b"c"]);
        assert_eq!(mark, vault.mark("phone", 1, &[b"ab", b"c"]));
        assert_ne!(mark, vault.mark("phone", 1, &[b"a", b"bc"]));
        assert_ne!(mark, vault.mark("phone", 2, &[b"ab", b"c"]));
        assert_ne!(mark, vault.mark("email", 1, &[b"ab", b"c"]));
        assert_ne!(mark, Vault::new(&MasterKey::generate()).mark("phone", 1, &[b"ab", b"c"]));
    }
}
