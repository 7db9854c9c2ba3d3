//! Values as SGP writes them: absent is an empty text, null or the word `None`; dates are ISO in one column and
//! Brazilian in the next; amounts are numbers or texts (dossier 2.3).

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use ponte_domain::Failure;
use ponte_domain::dates::{Zone, parse_br_datetime, parse_iso_datetime};
use ponte_domain::money::{Cents, MoneyError};

use crate::reading::text::Text;

/// What the column holds; the word `None` is nothing.
pub(super) fn given<'t>(text: &'t Text<'_>) -> Option<&'t str> {
    text.filled().filter(|text| *text != "None")
}

/// The first of several names of one column that holds something: versions differ (dossier 4.0).
pub(super) fn first<'t>(columns: &[&'t Text<'_>]) -> Option<&'t str> {
    columns.iter().find_map(|text| given(text))
}

/// A number that names a row; `0` names none.
pub(super) fn key<'t>(text: &'t Text<'_>) -> Option<&'t str> {
    given(text).filter(|key| *key != "0" && is_id(key))
}

/// Whether a text can be an id of this vendor: ids are numbers, and nothing else may become part of a path.
pub(super) fn is_id(text: &str) -> bool {
    (1..=18).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A count, written as a number or as its text.
pub(super) fn count(text: &Text<'_>) -> Option<u32> {
    given(text)?.parse().ok()
}

/// Yes or no: `true`, `1`, `"true"` and `"True"` all occur.
pub(super) fn flag(text: &Text<'_>) -> Option<bool> {
    match given(text)? {
        "true" | "True" | "1" => Some(true),
        "false" | "False" | "0" => Some(false),
        _ => None,
    }
}

/// `89.9`, `"100.00"`. A number that was summed up in binary (`92.10000000000001`) is the cents that it stands for.
///
/// # Errors
/// `BrokenAnswer` for anything else; never zero.
pub(super) fn cents(text: &Text<'_>, column: &'static str) -> Result<Option<Cents>, Failure> {
    let Some(amount) = given(text) else { return Ok(None) };
    match Cents::parse_dot(amount) {
        Ok(cents) => Ok(Some(cents)),
        Err(MoneyError::FractionOfCent) if is_binary_noise(amount) => {
            let rounded = amount.parse::<f64>().map(|value| format!("{value:.2}")).unwrap_or_default();
            Cents::parse_dot(&rounded).map(Some).map_err(|error| broken_amount(column).because(error))
        }
        Err(error) => Err(broken_amount(column).because(error)),
    }
}

/// More decimals than anybody writes, and less than a millionth away from a cent.
fn is_binary_noise(amount: &str) -> bool {
    let decimals = amount.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    let near = amount.parse::<f64>().is_ok_and(|value| (value * 100.0 - (value * 100.0).round()).abs() < 1e-6);
    decimals >= 8 && near
}

fn broken_amount(column: &'static str) -> Failure {
    Failure::broken("The ERP sent an amount that cannot be read.").with("column", column)
}

/// The date of a column, whichever of the two formats it is in; a time behind it is dropped.
///
/// # Errors
/// `BrokenAnswer` for a text that is neither.
pub(super) fn day(text: &Text<'_>, column: &'static str) -> Result<Option<Date>, Failure> {
    Ok(civil(text, column)?.map(DateTime::date))
}

/// The instant of a column on the provider's clocks: SGP writes no zone.
///
/// # Errors
/// `BrokenAnswer` for a text that is no date in either format.
pub(super) fn instant(text: &Text<'_>, column: &'static str, zone: &Zone) -> Result<Option<Timestamp>, Failure> {
    Ok(civil(text, column)?.and_then(|civil| zone.at(civil)))
}

fn civil(text: &Text<'_>, column: &'static str) -> Result<Option<DateTime>, Failure> {
    let Some(text) = given(text) else { return Ok(None) };
    // The formats have no text in common, so trying both guesses nothing.
    let read = if text.contains('/') { parse_br_datetime(text) } else { parse_iso_datetime(text) };
    read.map_err(|error| {
        Failure::broken("The ERP sent a date that cannot be read.").with("column", column).because(error)
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use ponte_domain::FailureKind;
    use ponte_domain::dates::Zone;

    use super::{cents, count, day, first, flag, given, instant, is_id, key};
    use crate::reading::text::Text;

    fn json(text: &str) -> Text<'_> {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn nothing_is_written_in_three_ways() {
        for nothing in [r#""""#, "null", r#""None""#, r#"" ""#] {
            assert_eq!(given(&json(nothing)), None, "{nothing}");
        }
        assert_eq!(given(&json(r#"" Ativo ""#)), Some("Ativo"));
        let (empty, filled) = (json(r#""None""#), json(r#""x""#));
        assert_eq!(first(&[&empty, &filled]), Some("x"));
    }

    #[test]
    fn ids_are_numbers_and_zero_is_none() {
        assert_eq!(key(&json("17402")), Some("17402"));
        assert_eq!(key(&json(r#""31346""#)), Some("31346"));
        for none in ["0", r#""""#, r#""None""#, r#""../1""#, r#""-1""#] {
            assert_eq!(key(&json(none)), None, "{none}");
        }
        assert!(!is_id("1234567890123456789"));
        assert_eq!(count(&json(r#""3""#)), Some(3));
        assert_eq!(count(&json(r#""many""#)), None);
    }

    #[test]
    fn flags_come_as_words_and_numbers() {
        for (text, expected) in [
            ("true", Some(true)),
            ("1", Some(true)),
            (r#""True""#, Some(true)),
            (r#""true""#, Some(true)),
            ("false", Some(false)),
            ("0", Some(false)),
            (r#""False""#, Some(false)),
            (r#""""#, None),
            ("2", None),
        ] {
            assert_eq!(flag(&json(text)), expected, "{text}");
        }
    }

    #[test]
    fn amounts_are_numbers_or_texts_and_never_guessed() {
        for (text, expected) in [
            ("89.9", Some(8990)),
            (r#""100.00""#, Some(10000)),
            ("0", Some(0)),
            ("92.10000000000001", Some(9210)),
            ("92.11999999999999", Some(9212)),
            (r#""""#, None),
            (r#""None""#, None),
        ] {
            assert_eq!(cents(&json(text), "valor").unwrap().map(ponte_domain::money::Cents::get), expected, "{text}");
        }
        for broken in [r#""1.234,56""#, r#""R$ 1""#, "92.105", "92.1051234567", r#""abc""#] {
            assert_eq!(cents(&json(broken), "valor").unwrap_err().kind(), FailureKind::BrokenAnswer, "{broken}");
        }
    }

    #[test]
    fn both_formats_of_dates_are_read_and_nothing_else() {
        for text in [r#""2026-08-20""#, r#""2026-08-20T11:31:24""#, r#""20/08/2026 11:31:24""#, r#""20/08/2026""#] {
            assert_eq!(day(&json(text), "x").unwrap().unwrap().to_string(), "2026-08-20", "{text}");
        }
        assert_eq!(day(&json(r#""None""#), "x").unwrap(), None);
        for broken in [r#""08/20/2026""#, r#""amanhã""#, r#""2026-13-01""#] {
            assert_eq!(day(&json(broken), "x").unwrap_err().kind(), FailureKind::BrokenAnswer, "{broken}");
        }
        let at = instant(&json(r#""20/08/2026 11:31:24""#), "x", &Zone::default()).unwrap().unwrap();
        assert_eq!(at.to_string(), "2026-08-20T14:31:24Z");
    }
}
