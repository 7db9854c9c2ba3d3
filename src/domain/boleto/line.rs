//! The digitable line: the bar code rearranged into fields that each carry a check digit of their own.

use std::fmt;
use std::ops::Range;

use super::digits::{self, CollectionRule};
use super::{BAR_CODE_LENGTH, BarCode, BoletoError, BoletoKind};

/// Digits of a bank's line: 44 and three check digits.
const BANK_LENGTH: usize = 47;
/// Digits of a collection slip's line: four blocks of eleven and a check digit.
const COLLECTION_LENGTH: usize = 48;
/// Digits of one block of a collection slip, its check digit included.
const BLOCK: usize = 12;

/// A digitable line (linha digitável) whose check digits hold: those of its fields and the one of its bar code.
///
/// `Debug` shows no more than the bar code's.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct DigitableLine {
    /// 47 or 48 ASCII digits.
    digits: String,
    bar_code: BarCode,
}

impl DigitableLine {
    /// Reads 47 digits, or 48 beginning with 8; dots, hyphens and blanks are skipped.
    ///
    /// # Errors
    /// Also when a check digit does not match; a field's digit is looked at before the general one.
    pub fn parse(text: &str) -> Result<Self, BoletoError> {
        let digits = digits::only(text)?;
        let collection = digits.starts_with('8');
        let bar_code = match digits.len() {
            BANK_LENGTH if !collection => bank_bar_code(&digits)?,
            COLLECTION_LENGTH if collection => collection_bar_code(&digits)?,
            found => return Err(BoletoError::Length { found }),
        };
        Ok(Self { digits, bar_code: BarCode::parse(&bar_code)? })
    }

    /// The line of a bar code.
    pub(super) fn of(bar_code: &BarCode) -> Self {
        let digits = match bar_code.kind() {
            BoletoKind::Bank => bank_line(bar_code),
            BoletoKind::Collection => collection_line(bar_code),
        };
        Self { digits, bar_code: bar_code.clone() }
    }

    /// The bare digits, 47 or 48.
    pub fn as_str(&self) -> &str {
        &self.digits
    }

    /// The bar code that says the same.
    pub fn bar_code(&self) -> BarCode {
        self.bar_code.clone()
    }

    /// A bank's slip or a collection slip.
    pub fn kind(&self) -> BoletoKind {
        self.bar_code.kind()
    }

    /// As it is printed: `34190.90646 10100.001238 45678.901237 1 16560000009990`, on a collection slip
    /// `84670000001-7 43590024020-9 02405000243-5 84221010811-9`.
    pub fn formatted(&self) -> String {
        let part = |range| part(&self.digits, range);
        match self.kind() {
            BoletoKind::Bank => format!(
                "{}.{} {}.{} {}.{} {} {}",
                part(0..5),
                part(5..10),
                part(10..15),
                part(15..21),
                part(21..26),
                part(26..32),
                part(32..33),
                part(33..47),
            ),
            BoletoKind::Collection => {
                let blocks = blocks(&self.digits).map(|(block, check)| format!("{block}-{check}"));
                blocks.collect::<Vec<_>>().join(" ")
            }
        }
    }
}

impl fmt::Debug for DigitableLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DigitableLine({:?}, bank {:?})", self.kind(), self.bar_code.bank())
    }
}

fn bank_line(bar_code: &BarCode) -> String {
    let code = bar_code.as_str();
    let first = format!("{}{}", part(code, 0..4), part(code, 19..24));
    let (second, third) = (part(code, 24..34), part(code, 34..44));
    let mut line = String::with_capacity(BANK_LENGTH);
    for field in [first.as_str(), second, third] {
        line.push_str(field);
        line.push_str(&digits::mod_10(field).to_string());
    }
    line.push_str(part(code, 4..5));
    line.push_str(part(code, 5..19));
    line
}

fn bank_bar_code(line: &str) -> Result<String, BoletoError> {
    let fields = [(1, 0..9, 9..10), (2, 10..20, 20..21), (3, 21..31, 31..32)];
    for (field, data, check) in fields {
        if digits::mod_10(part(line, data)).to_string() != part(line, check) {
            return Err(BoletoError::FieldCheckDigit { field });
        }
    }
    let mut code = String::with_capacity(BAR_CODE_LENGTH);
    for range in [0..4, 32..33, 33..47, 4..9, 10..20, 21..31] {
        code.push_str(part(line, range));
    }
    Ok(code)
}

fn collection_line(bar_code: &BarCode) -> String {
    let code = bar_code.as_str();
    // A parsed bar code always names its rule; without one the line could not be checked by anybody.
    let rule = CollectionRule::of(part(code, 2..3)).unwrap_or(CollectionRule::Mod10);
    let mut line = String::with_capacity(COLLECTION_LENGTH);
    for start in (0..BAR_CODE_LENGTH).step_by(BLOCK - 1) {
        let block = part(code, start..start + BLOCK - 1);
        line.push_str(block);
        line.push_str(&rule.check_digit(block).to_string());
    }
    line
}

fn collection_bar_code(line: &str) -> Result<String, BoletoError> {
    let rule = CollectionRule::of(part(line, 2..3)).ok_or(BoletoError::CheckRule)?;
    let mut code = String::with_capacity(BAR_CODE_LENGTH);
    for ((block, check), field) in blocks(line).zip(1..) {
        if rule.check_digit(block).to_string() != check {
            return Err(BoletoError::FieldCheckDigit { field });
        }
        code.push_str(block);
    }
    Ok(code)
}

/// The blocks of a collection slip's line, each with its check digit.
fn blocks(line: &str) -> impl Iterator<Item = (&str, &str)> {
    (0..COLLECTION_LENGTH)
        .step_by(BLOCK)
        .map(|start| (part(line, start..start + BLOCK - 1), part(line, start + BLOCK - 1..start + BLOCK)))
}

fn part(digits: &str, range: Range<usize>) -> &str {
    digits.get(range).unwrap_or_default()
}
