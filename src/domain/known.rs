//! A member of a closed set with the vendor's own word beside it.

/// A closed set's member (`unknown` included) and the word that the vendor used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known<T> {
    /// The normalized member.
    pub value: T,
    /// The vendor's own word or code, as it was sent; `None` where the vendor has no word for it.
    pub vendor_word: Option<String>,
}

impl<T> Known<T> {
    /// A member read from the vendor's word.
    pub fn new(value: T, vendor_word: impl Into<String>) -> Self {
        Self { value, vendor_word: Some(vendor_word.into()) }
    }

    /// A member that the vendor has no word for.
    pub const fn without_word(value: T) -> Self {
        Self { value, vendor_word: None }
    }
}
