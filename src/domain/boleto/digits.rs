//! The digits of boleto codes and their check digits. Every function here is given ASCII digits only.

use super::BoletoError;

/// How a collection slip is checked, named by its third digit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CollectionRule {
    Mod10,
    Mod11,
}

impl CollectionRule {
    /// 6 and 7 mean mod 10, 8 and 9 mean mod 11; no other digit is in use.
    pub(super) fn of(third_digit: &str) -> Option<Self> {
        match third_digit {
            "6" | "7" => Some(Self::Mod10),
            "8" | "9" => Some(Self::Mod11),
            _ => None,
        }
    }

    /// The check digit of a block or of the whole slip.
    pub(super) fn check_digit(self, digits: &str) -> u32 {
        match self {
            Self::Mod10 => mod_10(digits),
            // FEBRABAN, arrecadação: a remainder of 0 or 1 gives 0.
            Self::Mod11 => match 11 - mod_11_remainder(digits) {
                10 | 11 => 0,
                digit => digit,
            },
        }
    }
}

/// The digits of a text, without dots, hyphens and blanks.
pub(super) fn only(text: &str) -> Result<String, BoletoError> {
    /// No boleto code is longer.
    const MOST: usize = 48;
    let mut digits = String::with_capacity(MOST);
    let mut found = 0;
    for (at, character) in text.chars().enumerate() {
        if character.is_ascii_digit() {
            found += 1;
            if found <= MOST {
                digits.push(character);
            }
        } else if !(matches!(character, '.' | '-') || character.is_whitespace()) {
            return Err(BoletoError::Character { at });
        }
    }
    match found {
        0 => Err(BoletoError::Empty),
        1..=MOST => Ok(digits),
        _ => Err(BoletoError::Length { found }),
    }
}

/// Whether a text is exactly so many digits.
pub(super) fn are_digits(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The check digit in the fifth position of a bank's bar code, over its other 43 digits.
pub(super) fn general_of_bank(digits: &str) -> u32 {
    match 11 - mod_11_remainder(digits) {
        10 | 11 => 1,
        digit => digit,
    }
}

/// Weights 2 and 1 from the right, the digits of each product added up, the distance to the next ten.
pub(super) fn mod_10(digits: &str) -> u32 {
    let sum: u32 =
        values(digits).zip([2, 1].into_iter().cycle()).map(|(digit, weight)| digit * weight).map(cross_sum).sum();
    (10 - sum % 10) % 10
}

/// Weights 2 to 9 from the right, the remainder of the sum by 11.
fn mod_11_remainder(digits: &str) -> u32 {
    values(digits).zip((2..=9).cycle()).map(|(digit, weight)| digit * weight).sum::<u32>() % 11
}

fn values(digits: &str) -> impl Iterator<Item = u32> {
    digits.bytes().rev().map(|byte| u32::from(byte.saturating_sub(b'0')))
}

fn cross_sum(product: u32) -> u32 {
    product / 10 + product % 10
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_collection_layout_hold() {
        // FEBRABAN, "Layout Padrão de Arrecadação/Recebimento com Utilização do Código de Barras", check digit annex.
        assert_eq!(CollectionRule::Mod10.check_digit("01230067896"), 3);
        assert_eq!(CollectionRule::Mod11.check_digit("01230067896"), 0);
    }

    #[test]
    fn a_remainder_of_0_or_1_gives_1_to_a_bank_but_0_to_a_collection_slip() {
        // "00": sum 0, remainder 0. "06": sum 12, remainder 1. "05": sum 10, remainder 10.
        for (digits, bank, collection) in [("00", 1, 0), ("06", 1, 0), ("05", 1, 1), ("01", 9, 9)] {
            assert_eq!(general_of_bank(digits), bank, "{digits}");
            assert_eq!(CollectionRule::Mod11.check_digit(digits), collection, "{digits}");
        }
    }

    #[test]
    fn every_third_digit_but_6_to_9_names_no_rule() {
        for (digit, rule) in [
            ("6", Some(CollectionRule::Mod10)),
            ("7", Some(CollectionRule::Mod10)),
            ("8", Some(CollectionRule::Mod11)),
            ("9", Some(CollectionRule::Mod11)),
        ] {
            assert_eq!(CollectionRule::of(digit), rule);
        }
        for digit in ["0", "1", "2", "3", "4", "5", ""] {
            assert_eq!(CollectionRule::of(digit), None, "{digit:?}");
        }
    }
}
