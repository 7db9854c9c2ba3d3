//! Boletos: the bar code of 44 digits and the digitable line of 47 (bank) or 48 (collection slip), each out of the
//! other.
//!
//! Sources: FEBRABAN's layouts of the "boleto de pagamento" and of the "arrecadação" bar code. Own code, since
//! `boleto-utils` 0.1.2 reads due factors around a fixed pivot (2034-08-23 comes back as 2010-01-01), where the restart
//! of 2025 asks for the date nearest to the invoice's own.

mod banks;
mod digits;
mod due_factor;
mod line;

use std::fmt;
use std::ops::Range;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use banks::bank_name;
pub use line::DigitableLine;

use crate::money::Cents;

/// Digits of a bar code.
const BAR_CODE_LENGTH: usize = 44;
/// The real, in the fourth position of a bank's bar code.
const CURRENCY: &str = "9";
/// The largest amount that ten digits of cents hold.
const MOST_CENTS: i64 = 9_999_999_999;

/// Who is paid with a boleto, and so which layout its codes have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BoletoKind {
    /// A bank's slip: 44 digits, a line of 47.
    Bank,
    /// A collection slip (arrecadação) of a utility or a public body: 44 digits beginning with 8, a line of 48.
    Collection,
}

/// A boleto's bar code whose check digit holds.
///
/// `Debug` shows only the kind and the bank, since who has the code can look the payer up.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct BarCode {
    /// 44 ASCII digits.
    digits: String,
}

/// Why a text is not a bar code or line, or why a bar code cannot be composed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum BoletoError {
    /// Nothing but blanks and punctuation.
    #[error("the boleto code is empty")]
    Empty,
    /// Too few or too many digits for its kind.
    #[error("a boleto bar code has 44 digits, a line 47, a collection line 48; found {found}")]
    Length {
        /// Digits found.
        found: usize,
    },
    /// Not a digit.
    #[error("the character at position {at} does not belong into a boleto code")]
    Character {
        /// Its position in the given text, counted in characters from 0.
        at: usize,
    },
    /// The fourth digit is not 9, the real.
    #[error("the boleto is not in reais")]
    Currency,
    /// The third digit of a collection slip, which names its check rule, is not 6 to 9.
    #[error("the collection slip names no check rule")]
    CheckRule,
    /// One field of the line does not match its own check digit.
    #[error("the check digit of field {field} does not match")]
    FieldCheckDigit {
        /// The field, counted from 1.
        field: u8,
    },
    /// The check digit over the whole code does not match.
    #[error("the general check digit does not match")]
    GeneralCheckDigit,
    /// Composing: not three digits, or beginning with the 8 of collection slips.
    #[error("a bank has three digits, the first of them not 8")]
    Bank,
    /// Composing: a date before 2000-07-03, the first one that has a factor.
    #[error("the due date has no due factor")]
    DueDate,
    /// Composing: below zero, or more than ten digits of cents.
    #[error("the amount does not fit into a boleto")]
    Amount,
    /// Composing: not 25 digits.
    #[error("the free field has 25 digits")]
    FreeField,
}

impl BarCode {
    /// Reads 44 digits; dots, hyphens and blanks are skipped.
    ///
    /// # Errors
    /// Also when the check digit does not match the rest.
    pub fn parse(text: &str) -> Result<Self, BoletoError> {
        let digits = digits::only(text)?;
        if digits.len() != BAR_CODE_LENGTH {
            return Err(BoletoError::Length { found: digits.len() });
        }
        Self { digits }.checked()
    }

    /// Composes a bank's bar code.
    ///
    /// - `bank`: three digits;
    /// - `due`: from 2000-07-03 on, or none for a slip without due date;
    /// - `amount`: 0 for a slip whose payer chooses it;
    /// - `free_field`: the 25 digits that are the bank's own.
    ///
    /// # Errors
    /// Names the first part that does not fit.
    pub fn compose(bank: &str, due: Option<Date>, amount: Cents, free_field: &str) -> Result<Self, BoletoError> {
        if !digits::are_digits(bank, 3) || bank.starts_with('8') {
            return Err(BoletoError::Bank);
        }
        let factor = due.map_or(Some(0), due_factor::of).ok_or(BoletoError::DueDate)?;
        if !(0..=MOST_CENTS).contains(&amount.get()) {
            return Err(BoletoError::Amount);
        }
        if !digits::are_digits(free_field, 25) {
            return Err(BoletoError::FreeField);
        }
        let front = format!("{bank}{CURRENCY}");
        let back = format!("{factor:04}{:010}{free_field}", amount.get());
        let check = digits::general_of_bank(&format!("{front}{back}"));
        Self { digits: format!("{front}{check}{back}") }.checked()
    }

    /// The 44 digits.
    pub fn as_str(&self) -> &str {
        &self.digits
    }

    /// The line that a person types in place of scanning.
    pub fn line(&self) -> DigitableLine {
        DigitableLine::of(self)
    }

    /// A bank's slip or a collection slip.
    pub fn kind(&self) -> BoletoKind {
        if self.digits.starts_with('8') { BoletoKind::Collection } else { BoletoKind::Bank }
    }

    /// The three digits of the bank; none for a collection slip.
    pub fn bank(&self) -> Option<&str> {
        self.of_bank(0..3)
    }

    /// The amount in the code; none where it is zero or, on a collection slip, a reference quantity.
    pub fn amount(&self) -> Option<Cents> {
        let cents = match self.kind() {
            BoletoKind::Bank => self.part(9..19),
            // Third digit 6 or 8: the amount in reais; 7 or 9: a quantity of some index.
            BoletoKind::Collection => match self.part(2..3) {
                "6" | "8" => self.part(4..15),
                _ => return None,
            },
        };
        cents.parse().ok().filter(|cents| *cents > 0).map(Cents::new)
    }

    /// The due date in the code, read as the one nearest to `near` (the invoice's own due date), since factors repeat
    /// every 9000 days. None where the code has none; collection slips never have one.
    pub fn due_date(&self, near: Date) -> Option<Date> {
        let factor = self.of_bank(5..9)?.parse().ok()?;
        due_factor::nearest(factor, near)
    }

    /// The 25 digits that are the bank's own; none for a collection slip.
    pub fn free_field(&self) -> Option<&str> {
        self.of_bank(19..44)
    }

    fn of_bank(&self, range: Range<usize>) -> Option<&str> {
        (self.kind() == BoletoKind::Bank).then(|| self.part(range))
    }

    fn part(&self, range: Range<usize>) -> &str {
        self.digits.get(range).unwrap_or_default()
    }

    fn checked(self) -> Result<Self, BoletoError> {
        let (expected, found) = match self.kind() {
            BoletoKind::Bank if self.part(3..4) != CURRENCY => return Err(BoletoError::Currency),
            BoletoKind::Bank => {
                let rest = format!("{}{}", self.part(0..4), self.part(5..44));
                (digits::general_of_bank(&rest), self.part(4..5))
            }
            BoletoKind::Collection => {
                let rule = digits::CollectionRule::of(self.part(2..3)).ok_or(BoletoError::CheckRule)?;
                let rest = format!("{}{}", self.part(0..3), self.part(4..44));
                (rule.check_digit(&rest), self.part(3..4))
            }
        };
        if found == expected.to_string() { Ok(self) } else { Err(BoletoError::GeneralCheckDigit) }
    }
}

impl fmt::Debug for BarCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BarCode({:?}, bank {:?})", self.kind(), self.bank())
    }
}

#[cfg(test)]
mod tests;
