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
