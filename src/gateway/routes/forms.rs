//! Texts of request bodies to domain values; a fault names the field by JSON pointer and never repeats the text.

use jiff::Timestamp;
use ponte_api::words::Instant;
use ponte_domain::document::{Document, DocumentError};
use ponte_domain::phone::{Phone, PhoneError};
use ponte_domain::reference::VendorId;
use ponte_domain::{Failure, FailureKind};

use crate::handles::{HandleError, HandleMaker, Handled};
use crate::problem::Problem;

/// A CPF or CNPJ.
pub(crate) fn document(text: &str, field: &str) -> Result<Document, Failure> {
    Document::parse(text).map_err(|error: DocumentError| Failure::invalid(field, sentence(&error)))
}

/// A Brazilian phone.
pub(crate) fn phone(text: &str, field: &str) -> Result<Phone, Failure> {
    Phone::parse(text).map_err(|error: PhoneError| Failure::invalid(field, sentence(&error)))
}

/// An e-mail address in lower case: one `@` with something before it and a dotted name behind it. More than that only
/// a mail server can tell.
pub(crate) fn email(text: &str, field: &str) -> Result<String, Failure> {
    let text = text.trim();
    let well_formed = text.len() <= 254
        && !text.chars().any(|c| c.is_whitespace() || c.is_control())
        && text.split_once('@').is_some_and(|(local, domain)| {
            let dotted =
                domain.rsplit_once('.').is_some_and(|(name, end)| !name.is_empty() && end.chars().count() >= 2);
            (1..=64).contains(&local.chars().count()) && !domain.contains('@') && dotted
        });
    if well_formed { Ok(text.to_lowercase()) } else { Err(Failure::invalid(field, "This is not an e-mail address.")) }
}

/// A vendor's own id: 1 to 64 characters of `A-Z a-z 0-9 . _ : -`.
pub(crate) fn vendor_id(text: &str, field: &str) -> Result<VendorId, Failure> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | ':' | '-');
    if (1..=64).contains(&text.len()) && text.chars().all(plain) {
        return Ok(VendorId::from(text));
    }
    Err(Failure::invalid(field, "A vendor id has 1 to 64 characters of A-Z, a-z, 0-9, '.', '_', ':' and '-'."))
}

/// A text that says something, of so many characters at most, trimmed.
pub(crate) fn text(text: &str, least: usize, most: usize, field: &str) -> Result<String, Failure> {
    let text = text.trim();
    let allowed = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
    if (least..=most).contains(&text.chars().count()) && text.chars().all(allowed) {
        return Ok(text.to_owned());
    }
    Err(Failure::invalid(
        field,
        format!("This text must have {least} to {most} characters, blanks around it not counted."),
    ))
}

/// A handle in a body.
pub(crate) fn handle<R: Handled>(handles: &HandleMaker<'_>, text: &str, field: &str) -> Result<R, Failure> {
    handles.open(text).map_err(|error| match error {
        HandleError::Malformed(prefix) => Failure::invalid(
            field,
            format!("This is not an id of the form {prefix}_ and at least 22 base64url characters."),
        ),
        HandleError::Foreign(subject) => Failure::not_found(subject).in_field(field),
    })
}

/// An instant.
pub(crate) fn instant(text: &Instant, field: &str) -> Result<Timestamp, Failure> {
    text.timestamp().ok_or_else(|| Failure::invalid(field, "This is not an RFC 3339 instant."))
}

/// A failure below, about a field of the body: its name becomes a JSON pointer.
pub(crate) fn in_body(failure: Failure) -> Problem {
    if !matches!(failure.kind(), FailureKind::InvalidInput | FailureKind::UnsupportedDocument) {
        return failure.into();
    }
    let pointer = failure
        .field()
        .filter(|field| !field.is_empty() && !field.starts_with('/'))
        .map(|field| format!("/{}", field.replace('.', "/")));
    match pointer {
        Some(pointer) => failure.in_field(pointer).into(),
        None => failure.into(),
    }
}

/// An error's own words as a sentence: they name the rule, never the value.
pub(crate) fn sentence(error: &dyn std::error::Error) -> String {
    let words = error.to_string();
    let mut rest = words.chars();
    rest.next().map(|first| format!("{}{}.", first.to_uppercase(), rest.as_str())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{document, email, phone, text, vendor_id};

    #[test]
    fn a_fault_names_the_field_and_not_the_value() {
        for failure in [
            document("529.982.247-26", "/document").unwrap_err(),
            document("529.982.24A-25", "/document").unwrap_err(),
            phone("98765-4321", "/phone").unwrap_err(),
            email("ana.example.com", "/email").unwrap_err(),
            vendor_id("1; drop", "/vendor_id").unwrap_err(),
        ] {
            assert!(failure.field().unwrap().starts_with('/'));
            for value in ["529", "98765", "ana.example", "drop"] {
                assert!(!failure.detail().contains(value), "{}", failure.detail());
            }
        }
    }

    #[test]
    fn an_email_is_lower_case_and_has_a_dotted_domain() {
        assert_eq!(email(" Ana@Example.COM ", "").unwrap(), "ana@example.com");
        for bad in ["", "@", "a@b", "a@.com", "a@b.c", "a@b@c.de", "a b@c.de", "a@c.d e"] {
            assert!(email(bad, "").is_err(), "{bad}");
        }
    }

    #[test]
    fn a_text_is_counted_without_the_blanks_around_it() {
        assert_eq!(text("  oi \n", 2, 5, "").unwrap(), "oi");
        assert!(text("   ", 1, 5, "").is_err());
        assert!(text("a\u{0}b", 1, 5, "").is_err());
    }
}
