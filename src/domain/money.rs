//! Amounts in integer cents, read strictly by the format that a vendor is known to send.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An amount of Brazilian reais in integer cents.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = i64, example = 9990)]
pub struct Cents(i64);

/// Why a text is not an amount in the expected format. It is an error of the vendor's answer, never zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum MoneyError {
    /// Nothing but blanks.
    #[error("the amount is empty")]
    Empty,
    /// Not this format: a foreign character, the other decimal mark, misplaced thousands.
    #[error("the amount is not written as {expected}")]
    Format {
        /// The format that was expected, as an example.
        expected: &'static str,
    },
    /// More than two decimals, and not only zeros.
    #[error("the amount has fractions of a cent")]
    FractionOfCent,
    /// Beyond what 64 bits hold.
    #[error("the amount is out of range")]
    OutOfRange,
}

const DOT: MoneyError = MoneyError::Format { expected: "1234.56" };
const COMMA: MoneyError = MoneyError::Format { expected: "1.234,56" };

impl Cents {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// An amount of so many cents.
    pub const fn new(cents: i64) -> Self {
        Self(cents)
    }

    /// The cents.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The sum; none when it does not fit.
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match self.0.checked_add(other.0) {
            Some(cents) => Some(Self(cents)),
            None => None,
        }
    }

    /// The difference; none when it does not fit.
    pub const fn checked_sub(self, other: Self) -> Option<Self> {
        match self.0.checked_sub(other.0) {
            Some(cents) => Some(Self(cents)),
            None => None,
        }
    }

    /// Reads `99.90`, `1250.5`, `99`, `139.900000000`, `-5.00`: a dot before the decimals, no thousands mark.
    ///
    /// # Errors
    /// Anything else, and decimals beyond the second that are not zeros.
    pub fn parse_dot(text: &str) -> Result<Self, MoneyError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(MoneyError::Empty);
        }
        let (negative, text) = sign(text);
        let (whole, decimals) = decimals(text, '.', DOT)?;
        total(negative, reais(whole, DOT)?, decimals)
    }

    /// Reads `99,90`, `1.234,56`, `1234,5`, `R$ 1.234,56`, `-R$ 5,00`: a comma before the decimals, dots between
    /// thousands or none at all.
    ///
    /// # Errors
    /// Anything else, and decimals beyond the second that are not zeros.
    pub fn parse_comma(text: &str) -> Result<Self, MoneyError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(MoneyError::Empty);
        }
        let (outer, text) = sign(text);
        let (inner, text) = match text.strip_prefix("R$") {
            Some(amount) => sign(amount.trim_start()),
            None => (false, text),
        };
        if outer && inner {
            return Err(COMMA);
        }
        let (whole, decimals) = decimals(text, ',', COMMA)?;
        total(outer || inner, reais(&without_thousands(whole)?, COMMA)?, decimals)
    }

    /// `1234.56`: what [`Cents::parse_dot`] reads.
    pub fn to_dot(self) -> String {
        let magnitude = self.0.unsigned_abs();
        format!("{}{}.{:02}", self.minus(), magnitude / 100, magnitude % 100)
    }

    /// `1.234,56`: what [`Cents::parse_comma`] reads.
    pub fn to_comma(self) -> String {
        format!("{}{}", self.minus(), self.grouped())
    }

    fn minus(self) -> &'static str {
        if self.0 < 0 { "-" } else { "" }
    }

    fn grouped(self) -> String {
        let magnitude = self.0.unsigned_abs();
        let whole = (magnitude / 100).to_string();
        let mut text = String::with_capacity(whole.len() * 4 / 3 + 3);
        for (at, digit) in whole.chars().enumerate() {
            if at > 0 && (whole.len() - at).is_multiple_of(3) {
                text.push('.');
            }
            text.push(digit);
        }
        format!("{text},{:02}", magnitude % 100)
    }
}

/// `R$ 1.234,56`, and `-R$ 1.234,56` below zero.
impl fmt::Display for Cents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}R$ {}", self.minus(), self.grouped())
    }
}

fn sign(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(amount) => (true, amount),
        None => (false, text),
    }
}

/// The text before the decimal mark, and the cents behind it.
fn decimals(text: &str, mark: char, format: MoneyError) -> Result<(&str, u8), MoneyError> {
    let Some((whole, decimals)) = text.split_once(mark) else {
        return Ok((text, 0));
    };
    if decimals.is_empty() || !decimals.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(format);
    }
    let mut digits = decimals.bytes().map(|byte| byte - b'0');
    let cents = digits.next().unwrap_or(0) * 10 + digits.next().unwrap_or(0);
    if digits.any(|digit| digit != 0) { Err(MoneyError::FractionOfCent) } else { Ok((whole, cents)) }
}

fn reais(whole: &str, format: MoneyError) -> Result<i128, MoneyError> {
    if whole.is_empty() || !whole.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(format);
    }
    whole.parse().map_err(|_| MoneyError::OutOfRange)
}

/// Dots out, where they stand between thousands.
fn without_thousands(whole: &str) -> Result<String, MoneyError> {
    let mut groups = whole.split('.');
    let first = groups.next().unwrap_or_default();
    let mut digits = first.to_owned();
    for group in groups {
        if group.len() != 3 || !(1..=3).contains(&first.len()) {
            return Err(COMMA);
        }
        digits.push_str(group);
    }
    Ok(digits)
}

fn total(negative: bool, reais: i128, cents: u8) -> Result<Cents, MoneyError> {
    let magnitude = reais.checked_mul(100).and_then(|whole| whole.checked_add(i128::from(cents)));
    let signed = magnitude.map(|magnitude| if negative { -magnitude } else { magnitude });
    signed.and_then(|cents| i64::try_from(cents).ok()).map(Cents).ok_or(MoneyError::OutOfRange)
}
