//! The vendors there are: one line each.

use std::sync::Arc;

use crate::erp::Erp;

/// Every vendor whose adapter is built in, in the order in which they are listed.
static VENDORS: &[&dyn Erp] = &[
    &crate::ixc::Ixc,
    &crate::mk_solutions::MkSolutions,
    &crate::sgp::Sgp,
    &crate::synsuite::Synsuite,
    &crate::hubsoft::Hubsoft,
];

/// A set of vendors, by default all that are built in.
#[derive(Clone)]
pub struct Registry(Arc<[&'static dyn Erp]>);

impl Registry {
    /// These vendors only, for tests and for installations that want fewer.
    pub fn of(vendors: impl IntoIterator<Item = &'static dyn Erp>) -> Self {
        Self(vendors.into_iter().collect())
    }

    /// All of them.
    pub fn all(&self) -> &[&'static dyn Erp] {
        &self.0
    }

    /// The vendor of this word (`ixc`, ...).
    pub fn find(&self, word: &str) -> Option<&'static dyn Erp> {
        self.0.iter().copied().find(|erp| erp.word() == word)
    }
}

impl Default for Registry {
    fn default() -> Self {
        Self::of(VENDORS.iter().copied())
    }
}

impl std::fmt::Debug for Registry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.iter().map(|erp| erp.word())).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::Registry;

    #[test]
    fn every_vendor_is_found_by_a_word_of_its_own() {
        let registry = Registry::default();
        let words: HashSet<_> = registry.all().iter().map(|erp| erp.word()).collect();
        assert_eq!(words.len(), registry.all().len());
        for word in words {
            assert!(word.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{word}");
            assert_eq!(registry.find(word).map(|erp| erp.word()), Some(word));
        }
        assert!(registry.find("nobody").is_none());
    }
}
