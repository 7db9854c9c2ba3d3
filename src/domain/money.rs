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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_dot_format_is_read() {
        for (text, cents) in [
            ("99.90", 9990),
            ("99.9", 9990),
            ("1250.5", 125_050),
            ("139.900000000", 13_990),
            ("99", 9900),
            (" 0.05 ", 5),
            ("0", 0),
            ("-5.00", -500),
            ("-0.01", -1),
            ("-0.00", 0),
            ("007.00", 700),
            ("92233720368547758.07", i64::MAX),
            ("-92233720368547758.08", i64::MIN),
        ] {
            assert_eq!(Cents::parse_dot(text), Ok(Cents::new(cents)), "{text}");
        }
    }

    #[test]
    fn the_comma_format_is_read() {
        for (text, cents) in [
            ("99,90", 9990),
            ("99,9", 9990),
            ("1.234,56", 123_456),
            ("1234,56", 123_456),
            ("1.234.567,8", 123_456_780),
            ("1.250", 125_000),
            ("R$ 99,90", 9990),
            ("R$99,90", 9990),
            ("R$\u{a0}1.234,56", 123_456),
            ("-R$ 5,00", -500),
            ("R$ -5,00", -500),
            ("-1.234,56", -123_456),
            ("139,900000", 13_990),
            ("0,00", 0),
        ] {
            assert_eq!(Cents::parse_comma(text), Ok(Cents::new(cents)), "{text}");
        }
    }

    #[test]
    fn what_is_not_the_dot_format_is_an_error_and_never_zero() {
        for (text, error) in [
            ("", MoneyError::Empty),
            ("  ", MoneyError::Empty),
            ("99,90", DOT),
            ("1.234,56", DOT),
            ("1.234.56", DOT),
            ("R$ 99.90", DOT),
            ("99.", DOT),
            (".90", DOT),
            ("-", DOT),
            ("--5", DOT),
            ("+5", DOT),
            ("- 5", DOT),
            ("1e3", DOT),
            ("NaN", DOT),
            ("null", DOT),
            ("٩٩.٩٠", DOT),
            ("99.905", MoneyError::FractionOfCent),
            ("0.001", MoneyError::FractionOfCent),
            ("92233720368547758.08", MoneyError::OutOfRange),
            ("999999999999999999999999999999999999999999", MoneyError::OutOfRange),
        ] {
            assert_eq!(Cents::parse_dot(text), Err(error), "{text:?}");
        }
    }

    #[test]
    fn what_is_not_the_comma_format_is_an_error_and_never_zero() {
        for (text, error) in [
            ("", MoneyError::Empty),
            ("R$", COMMA),
            ("R$ ", COMMA),
            ("99.90", COMMA),
            ("1,234.56", COMMA),
            ("1.23,45", COMMA),
            ("1234.567,00", COMMA),
            (".234,00", COMMA),
            ("1..234,00", COMMA),
            ("1.234,", COMMA),
            (",90", COMMA),
            ("-R$ -5,00", COMMA),
            ("US$ 5,00", COMMA),
            ("1,234,00", COMMA),
            ("1.2é4,00", COMMA),
            ("99,905", MoneyError::FractionOfCent),
            ("92.233.720.368.547.758,08", MoneyError::OutOfRange),
        ] {
            assert_eq!(Cents::parse_comma(text), Err(error), "{text:?}");
        }
    }

    #[test]
    fn amounts_are_written_in_both_formats() {
        for (cents, dot, comma, shown) in [
            (0, "0.00", "0,00", "R$ 0,00"),
            (5, "0.05", "0,05", "R$ 0,05"),
            (9990, "99.90", "99,90", "R$ 99,90"),
            (123_456, "1234.56", "1.234,56", "R$ 1.234,56"),
            (100_000_000, "1000000.00", "1.000.000,00", "R$ 1.000.000,00"),
            (-50, "-0.50", "-0,50", "-R$ 0,50"),
            (-123_456, "-1234.56", "-1.234,56", "-R$ 1.234,56"),
        ] {
            let amount = Cents::new(cents);
            assert_eq!(amount.to_dot(), dot);
            assert_eq!(amount.to_comma(), comma);
            assert_eq!(amount.to_string(), shown);
        }
    }

    #[test]
    fn sums_that_do_not_fit_are_none() {
        let (one, most) = (Cents::new(1), Cents::new(i64::MAX));
        assert_eq!(one.checked_add(Cents::new(2)), Some(Cents::new(3)));
        assert_eq!(one.checked_sub(Cents::new(2)), Some(Cents::new(-1)));
        assert_eq!(most.checked_add(one), None);
        assert_eq!(Cents::new(i64::MIN).checked_sub(one), None);
    }

    #[test]
    fn in_json_an_amount_is_a_bare_number() {
        assert_eq!(serde_json::to_string(&Cents::new(9990)).unwrap(), "9990");
        assert_eq!(serde_json::from_str::<Cents>("9990").unwrap(), Cents::new(9990));
        assert!(serde_json::from_str::<Cents>("99.9").is_err());
    }

    proptest! {
        #[test]
        fn every_amount_survives_every_format(cents: i64) {
            let amount = Cents::new(cents);
            prop_assert_eq!(Cents::parse_dot(&amount.to_dot()), Ok(amount));
            prop_assert_eq!(Cents::parse_comma(&amount.to_comma()), Ok(amount));
            prop_assert_eq!(Cents::parse_comma(&amount.to_string()), Ok(amount));
        }

        #[test]
        fn with_decimals_no_text_is_read_by_both_formats(text in "-?[0-9]{1,3}(\\.[0-9]{3}){0,2}[.,][0-9]{1,2}") {
            prop_assert!(Cents::parse_dot(&text).is_err() || Cents::parse_comma(&text).is_err());
        }

        #[test]
        fn any_text_is_read_without_panic(text: String, near in "-?(R\\$)? ?-?[0-9.,]{0,30}") {
            for text in [text, near] {
                if let Ok(amount) = Cents::parse_dot(&text) {
                    prop_assert_eq!(Cents::parse_dot(&amount.to_dot()), Ok(amount));
                }
                if let Ok(amount) = Cents::parse_comma(&text) {
                    prop_assert_eq!(Cents::parse_comma(&amount.to_comma()), Ok(amount));
                }
            }
        }
    }
}
