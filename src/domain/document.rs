//! CPF and CNPJ, the CNPJ with letters included: read once, shown masked.
//!
//! The check digits are verified by the `cpf_cnpj` crate, which gets every vector of our rules right; what is read,
//! which error is told and how a document is shown are ours.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Characters of a CPF.
const CPF_LENGTH: usize = 11;
/// Characters of a CNPJ.
const CNPJ_LENGTH: usize = 14;
/// A CNPJ's last two characters, its check digits, stay numeric (IN RFB 2.229/2024).
const CNPJ_BASE_LENGTH: usize = 12;

/// Which of the two Brazilian taxpayer numbers a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// A person's number, 11 digits.
    Cpf,
    /// A company's number, 14 characters; since July 2026 the first twelve may be letters.
    Cnpj,
}

/// A taxpayer number whose check digits hold.
///
/// It is personal data: `Debug` prints the masked form, and there is no `Display` and no `Serialize`, so that it
/// cannot slip into a log line, a URL or an answer.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Document {
    kind: DocumentKind,
    /// Digits and upper-case letters only, 11 or 14 of them.
    bare: String,
}

/// Why a text is not a CPF or CNPJ. Positions count characters of the given text from 0; no variant carries the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum DocumentError {
    /// Nothing but blanks and punctuation.
    #[error("the document is empty")]
    Empty,
    /// Neither 11 nor 14 characters without punctuation.
    #[error("a document has 11 (CPF) or 14 (CNPJ) characters, found {found}")]
    Length {
        /// Letters and digits found.
        found: usize,
    },
    /// A character that no document holds, or a letter where a CNPJ has its check digits.
    #[error("the character at position {at} does not belong into a document")]
    Character {
        /// Its position in the given text.
        at: usize,
    },
    /// Eleven characters, so a CPF, with letters among them.
    #[error("a CPF has digits only")]
    LettersInCpf,
    /// One digit repeated: the check digits hold, yet no such number is ever issued.
    #[error("a document is never one digit repeated")]
    AllEqual,
    /// The check digits do not belong to the rest.
    #[error("the check digits do not match")]
    CheckDigits,
}

impl Document {
    /// Reads a CPF or CNPJ with or without punctuation and blanks; lower case is folded.
    ///
    /// # Errors
    /// Says what is wrong first: a foreign character, then the length, then the check digits.
    pub fn parse(text: &str) -> Result<Self, DocumentError> {
        let mut bare = String::with_capacity(CNPJ_LENGTH);
        let mut found = 0;
        let mut late_letter = None;
        for (at, character) in text.chars().enumerate() {
            if is_separator(character) {
                continue;
            }
            if !character.is_ascii_alphanumeric() {
                return Err(DocumentError::Character { at });
            }
            if found >= CNPJ_BASE_LENGTH && character.is_ascii_alphabetic() && late_letter.is_none() {
                late_letter = Some(at);
            }
            found += 1;
            if found <= CNPJ_LENGTH {
                bare.push(character.to_ascii_uppercase());
            }
        }
        let kind = match found {
            0 => return Err(DocumentError::Empty),
            CPF_LENGTH => DocumentKind::Cpf,
            CNPJ_LENGTH => DocumentKind::Cnpj,
            _ => return Err(DocumentError::Length { found }),
        };
        let document = Self { kind, bare };
        if kind == DocumentKind::Cpf && document.has_letters() {
            return Err(DocumentError::LettersInCpf);
        }
        if let Some(at) = late_letter {
            return Err(DocumentError::Character { at });
        }
        document.checked()
    }

    /// CPF or CNPJ.
    pub fn kind(&self) -> DocumentKind {
        self.kind
    }

    /// The bare characters: `52998224725`, `12ABC34501DE35`.
    pub fn as_str(&self) -> &str {
        &self.bare
    }

    /// With its usual punctuation: `529.982.247-25`, `12.ABC.345/01DE-35`.
    pub fn formatted(&self) -> String {
        self.punctuated(self.bare.chars())
    }

    /// Safe to show: `***.982.247-**`, `**.ABC.345/01DE-**`.
    pub fn masked(&self) -> String {
        let first_group = match self.kind {
            DocumentKind::Cpf => 3,
            DocumentKind::Cnpj => 2,
        };
        let check_digits = self.bare.len() - 2;
        self.punctuated(
            self.bare.chars().enumerate().map(
                |(at, character)| {
                    if at < first_group || at >= check_digits { '*' } else { character }
                },
            ),
        )
    }

    /// Whether it is a CNPJ that holds letters, which a vendor's numeric field cannot take.
    pub fn has_letters(&self) -> bool {
        self.bare.bytes().any(|byte| byte.is_ascii_alphabetic())
    }

    /// Whether a vendor's raw field names this document, punctuation and case aside.
    pub fn same_as(&self, raw: &str) -> bool {
        raw.chars()
            .filter(|character| !is_separator(*character))
            .map(|character| character.to_ascii_uppercase())
            .eq(self.bare.chars())
    }

    fn checked(self) -> Result<Self, DocumentError> {
        let first = self.bare.chars().next();
        if self.bare.chars().all(|character| Some(character) == first) {
            return Err(DocumentError::AllEqual);
        }
        let holds = match self.kind {
            DocumentKind::Cpf => cpf_cnpj::cpf::validate(&self.bare),
            DocumentKind::Cnpj => cpf_cnpj::cnpj::validate(&self.bare),
        };
        if holds { Ok(self) } else { Err(DocumentError::CheckDigits) }
    }

    fn punctuated(&self, characters: impl Iterator<Item = char>) -> String {
        let mut text = String::with_capacity(CNPJ_LENGTH + 4);
        for (at, character) in characters.enumerate() {
            match (self.kind, at) {
                (DocumentKind::Cpf, 3 | 6) | (DocumentKind::Cnpj, 2 | 5) => text.push('.'),
                (DocumentKind::Cnpj, 8) => text.push('/'),
                (DocumentKind::Cpf, 9) | (DocumentKind::Cnpj, 12) => text.push('-'),
                _ => {}
            }
            text.push(character);
        }
        text
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Document({})", self.masked())
    }
}

/// Punctuation and blanks that people and vendors put into a document.
fn is_separator(character: char) -> bool {
    matches!(character, '.' | '-' | '/') || character.is_whitespace()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    /// brazil-rules.md, with the punctuation that each is printed with.
    const VALID: [&str; 14] = [
        "529.982.247-25",
        "111.444.777-35",
        "390.533.447-05",
        "123.456.789-09",
        "987.654.321-00",
        "168.995.350-09",
        "453.178.287-91",
        "714.602.380-01",
        "295.379.955-93",
        "862.883.667-57",
        "153.509.460-56",
        "11.222.333/0001-81",
        "12.ABC.345/01DE-35",
        "A1.B2C.3D4/0001-93",
    ];

    fn bare(text: &str) -> String {
        text.chars().filter(char::is_ascii_alphanumeric).collect()
    }

    #[test]
    fn every_valid_vector_is_read_bare_and_printed_with_punctuation() {
        for text in VALID {
            let kind = if text.contains('/') { DocumentKind::Cnpj } else { DocumentKind::Cpf };
            let document = Document::parse(text).unwrap();
            assert_eq!(document.kind(), kind, "{text}");
            assert_eq!(document.as_str(), bare(text));
            assert_eq!(document.formatted(), text);
            assert_eq!(Document::parse(&bare(text)), Ok(document), "{text}");
        }
    }

    #[test]
    fn only_a_cnpj_with_letters_has_letters() {
        for text in VALID {
            let expected = text.bytes().any(|byte| byte.is_ascii_uppercase());
            assert_eq!(Document::parse(text).unwrap().has_letters(), expected, "{text}");
        }
    }

    #[test]
    fn blanks_and_lower_case_are_read_too() {
        for (text, bare) in [
            (" 529 982 247 25\n", "52998224725"),
            ("529-982-247.25", "52998224725"),
            ("12.abc.345/01de-35", "12ABC34501DE35"),
            ("12aBc34501dE35", "12ABC34501DE35"),
            ("11.222.333\u{a0}/\u{a0}0001-81", "11222333000181"),
        ] {
            assert_eq!(Document::parse(text).unwrap().as_str(), bare, "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_precisely() {
        for (text, error) in [
            ("", DocumentError::Empty),
            (" .-/ ", DocumentError::Empty),
            ("5299822472", DocumentError::Length { found: 10 }),
            ("529982247250", DocumentError::Length { found: 12 }),
            ("112223330001810", DocumentError::Length { found: 15 }),
            ("529.982.247-2X", DocumentError::LettersInCpf),
            ("ABC.DEF.GHI-JK", DocumentError::LettersInCpf),
            ("529.982.247_25", DocumentError::Character { at: 11 }),
            ("***.982.247-**", DocumentError::Character { at: 0 }),
            ("５29.982.247-25", DocumentError::Character { at: 0 }),
            ("12.ÁBC.345/01DE-35", DocumentError::Character { at: 3 }),
            ("12.ABC.345/01DE-3A", DocumentError::Character { at: 17 }),
            ("12.ABC.345/01DE-A5", DocumentError::Character { at: 16 }),
            ("529.982.247-26", DocumentError::CheckDigits),
            ("12.ABC.345/01DE-36", DocumentError::CheckDigits),
            ("11.222.333/0001-82", DocumentError::CheckDigits),
        ] {
            assert_eq!(Document::parse(text), Err(error), "{text:?}");
        }
    }

    #[test]
    fn one_digit_repeated_is_no_document() {
        for digit in "0123456789".chars() {
            for length in [CPF_LENGTH, CNPJ_LENGTH] {
                let text = String::from(digit).repeat(length);
                assert_eq!(Document::parse(&text), Err(DocumentError::AllEqual), "{text}");
            }
        }
    }

    #[test]
    fn the_mask_hides_the_first_group_and_the_check_digits_in_debug_too() {
        for (text, masked) in [
            ("529.982.247-25", "***.982.247-**"),
            ("12.ABC.345/01DE-35", "**.ABC.345/01DE-**"),
            ("11.222.333/0001-81", "**.222.333/0001-**"),
        ] {
            let document = Document::parse(text).unwrap();
            assert_eq!(document.masked(), masked);
            assert_eq!(format!("{document:?}"), format!("Document({masked})"));
        }
    }

    #[test]
    fn a_vendors_raw_field_is_compared_without_punctuation_and_case() {
        let company = Document::parse("12.ABC.345/01DE-35").unwrap();
        for (raw, same) in [
            ("12abc34501de35", true),
            (" 12.ABC.345/01DE-35 ", true),
            ("12.ABC.345/01DE-36", false),
            ("2ABC34501DE35", false),
            ("12ABC34501DE350", false),
            ("#12ABC34501DE35", false),
            ("", false),
        ] {
            assert_eq!(company.same_as(raw), same, "{raw:?}");
        }
    }

    #[test]
    fn the_published_words_of_the_kinds_are_snake_case() {
        for (kind, word) in [(DocumentKind::Cpf, "\"cpf\""), (DocumentKind::Cnpj, "\"cnpj\"")] {
            assert_eq!(serde_json::to_string(&kind).unwrap(), word);
            assert_eq!(serde_json::from_str::<DocumentKind>(word).unwrap(), kind);
        }
    }

    /// The tax office's rule written down once more, as the witness of the crate that checks: remainder 0 or 1 gives 0,
    /// else 11 minus the remainder. `weights` counts up from the right, from 2 to at most `most`.
    fn check_digit(characters: &str, most: u32) -> u32 {
        let values = characters.bytes().rev().map(|byte| u32::from(byte) - 48);
        let sum: u32 = values.zip((2..=most).cycle()).map(|(value, weight)| value * weight).sum();
        match sum % 11 {
            0 | 1 => 0,
            remainder => 11 - remainder,
        }
    }

    fn closed(base: &str, most: u32) -> String {
        let first = format!("{base}{}", check_digit(base, most));
        format!("{first}{}", check_digit(&first, most))
    }

    fn any_cpf() -> impl Strategy<Value = String> {
        "[0-9]{9}".prop_map(|base| closed(&base, 11)).prop_filter("one digit repeated", |text| !repeats(text))
    }

    fn any_cnpj() -> impl Strategy<Value = String> {
        "[0-9A-Z]{12}".prop_map(|base| closed(&base, 9)).prop_filter("one digit repeated", |text| !repeats(text))
    }

    fn any_document() -> impl Strategy<Value = String> {
        prop_oneof![any_cpf(), any_cnpj()]
    }

    fn repeats(text: &str) -> bool {
        text.bytes().all(|byte| text.bytes().next() == Some(byte))
    }

    fn with(text: &str, at: usize, character: char) -> String {
        text.chars().enumerate().map(|(index, old)| if index == at { character } else { old }).collect()
    }

    proptest! {
        #[test]
        fn formatting_and_reading_undo_each_other(text in any_document()) {
            let document = Document::parse(&text).unwrap();
            prop_assert_eq!(document.as_str(), text.as_str());
            prop_assert_eq!(&Document::parse(&document.formatted()).unwrap(), &document);
            prop_assert_eq!(&Document::parse(&text.to_lowercase()).unwrap(), &document);
            prop_assert!(document.same_as(&document.formatted()));
            prop_assert_eq!(Document::parse(&document.masked()), Err(DocumentError::Character { at: 0 }));
        }

        #[test]
        fn a_number_is_a_cpf_exactly_when_its_check_digits_follow_from_the_rest(text in "[0-9]{9}[0-9]{2}") {
            let expected = closed(&text[..9], 11) == text && !repeats(&text);
            prop_assert_eq!(Document::parse(&text).is_ok(), expected);
        }

        #[test]
        fn a_text_is_a_cnpj_exactly_when_its_check_digits_follow_from_the_rest(text in "[0-9A-Z]{12}[0-9]{2}") {
            let expected = closed(&text[..12], 9) == text && !repeats(&text);
            prop_assert_eq!(Document::parse(&text).is_ok(), expected);
        }

        // The rule maps two remainders to the digit 0, so a change of the base is only sure to be seen when the first
        // check digit is another; and of letters it is blind to a change by a multiple of 11, such as 6 for A.
        #[test]
        fn one_changed_character_is_seen(
            text in any_document(),
            at: prop::sample::Index,
            new in prop::sample::select("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ".chars().collect::<Vec<_>>()),
        ) {
            let at = at.index(text.len());
            let base = text.len() - 2;
            let old = text.as_bytes()[at];
            let step = u32::from(new).abs_diff(u32::from(old));
            let sure = at >= base || (!step.is_multiple_of(11) && text.as_bytes()[base] != b'0');
            prop_assert!(step == 0 || !sure || Document::parse(&with(&text, at, new)).is_err());
        }

        #[test]
        fn any_text_is_read_without_panic(text: String, near in "[0-9A-Za-z./\\- é*]{0,24}", other in any_document()) {
            let document = Document::parse(&other).unwrap();
            for text in [text, near] {
                if let Ok(read) = Document::parse(&text) {
                    prop_assert!(read.same_as(&text));
                }
                prop_assert_eq!(document.same_as(&text), Document::parse(&text).as_ref() == Ok(&document));
            }
        }
    }
}
