//! Who a customer is at this vendor: a person's id and the document.
//!
//! The API finds people, contracts and titles by CPF or CNPJ and nobody by id (dossier 4.a), while tickets, access
//! points and the portal want the id. So a customer's reference holds both, `<person>.<document>`; it travels sealed
//! in handles and is compared, never shown.

use ponte_domain::Failure;
use ponte_domain::failure::Subject;
use ponte_domain::reference::CustomerRef;

/// The two names of a customer. No `Debug`: the document is personal.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Owner<'r> {
    /// The vendor's id of the person.
    pub(super) person: &'r str,
    /// CPF or CNPJ, bare.
    pub(super) document: &'r str,
}

impl<'r> Owner<'r> {
    /// The names in a reference.
    ///
    /// # Errors
    /// `NotFound` where it is none of this vendor's.
    pub(super) fn of(customer: &'r CustomerRef) -> Result<Self, Failure> {
        let (person, document) =
            customer.id.as_str().split_once('.').ok_or_else(|| Failure::not_found(Subject::Customer))?;
        if is_id(person) && !document.is_empty() {
            Ok(Self { person, document })
        } else {
            Err(Failure::not_found(Subject::Customer))
        }
    }

    /// The reference of these names.
    pub(super) fn reference(person: &str, document: &str) -> CustomerRef {
        CustomerRef::new(format!("{person}.{document}"))
    }

    /// Whether a row's document is this customer's; a row that names none does not say.
    pub(super) fn has(self, document: &str) -> bool {
        let bare = bare(document);
        bare.is_empty() || bare == self.document
    }
}

/// A document without its punctuation; letters as capitals.
pub(super) fn bare(document: &str) -> String {
    document.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_uppercase()).collect()
}

/// Whether a text is one of the vendor's numeric ids.
pub(super) fn is_id(text: &str) -> bool {
    (1..=18).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()) && text != "0"
}

/// A numeric id as the vendor's JSON wants it.
///
/// # Errors
/// `NotFound` of the subject where the text is no id: a sealed reference of another form is nobody's.
pub(super) fn number(id: &str, subject: Subject) -> Result<u64, Failure> {
    if !is_id(id) {
        return Err(Failure::not_found(subject));
    }
    id.parse().map_err(|_| Failure::not_found(subject))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use ponte_domain::reference::CustomerRef;

    use super::{Owner, bare};

    #[test]
    fn a_reference_holds_the_person_and_the_document() {
        let reference = Owner::reference("880123", "52998224725");
        let owner = Owner::of(&reference).unwrap();
        assert_eq!((owner.person, owner.document), ("880123", "52998224725"));
        assert!(owner.has("529.982.247-25") && owner.has("") && !owner.has("111.444.777-35"));
        for wrong in ["880123", "", "0.52998224725", "x.52998224725", "880123."] {
            assert!(Owner::of(&CustomerRef::new(wrong)).is_err(), "{wrong}");
        }
        assert_eq!(bare("12.abc.345/01de-35"), "12ABC34501DE35");
    }
}
