//! Odd values as this vendor writes them (dossier 2.6). Money and dates are strict, like those of `reading`.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use ponte_domain::Failure;
use ponte_domain::dates::{Zone, parse_br_date, parse_br_datetime, parse_iso_datetime};
use ponte_domain::money::Cents;

use crate::reading::money;
use crate::reading::prose::fold;
use crate::reading::text::Text;

/// `Sim`, `Não`, `S`, `N`, true, false, whatever their accents and case; none where it says neither.
pub(super) fn yes_no(text: &Text<'_>) -> Option<bool> {
    match fold(text.as_str()).as_str() {
        "sim" | "s" | "true" | "1" => Some(true),
        "nao" | "n" | "false" | "0" => Some(false),
        _ => None,
    }
}

/// `R$ 1.234,56`, `1.234,56`, `99,90` and `99.90`: a comma tells which mark is which.
pub(super) fn amount(text: &Text<'_>, field: &'static str) -> Result<Option<Cents>, Failure> {
    let text = text.as_str();
    let bare = text.strip_prefix("R$").unwrap_or(text).trim();
    if bare.contains(',') { money::comma(&bare.into(), field) } else { money::dot(&bare.into(), field) }
}

/// `10/12/2026`.
pub(super) fn br_date(text: &Text<'_>, field: &'static str) -> Result<Option<Date>, Failure> {
    parse_br_date(text.as_str()).map_err(|error| broken(field).because(error))
}

/// `2026-12-10`, `10/12/2026`, or milliseconds since 1970 whose day is that of the tenant's clocks.
pub(super) fn any_date(text: &Text<'_>, field: &'static str, zone: &Zone) -> Result<Option<Date>, Failure> {
    let text = text.as_str();
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.len() > 8 && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let milliseconds: i64 = text.parse().map_err(|error| broken(field).because(error))?;
        let instant = Timestamp::from_millisecond(milliseconds).map_err(|error| broken(field).because(error))?;
        // Midnight in UTC is a date that was written so; midnight of the server's clocks is one on the tenant's.
        let zone = if milliseconds % 86_400_000 == 0 { &Zone::parse("UTC").unwrap_or_default() } else { zone };
        return Ok(Some(zone.today(instant)));
    }
    let read =
        if text.contains('/') { parse_br_datetime(text) } else { parse_iso_datetime(text.trim_end_matches('Z')) };
    read.map(|read| read.map(DateTime::date)).map_err(|error| broken(field).because(error))
}

/// `2026-09-08T14:20:11.000Z` or without the `Z`, as the clock's face says. What the letter means is for the caller:
/// some builds write local time with it (dossier 4.h).
pub(super) fn civil(text: &Text<'_>, field: &'static str) -> Result<Option<DateTime>, Failure> {
    parse_iso_datetime(text.as_str().trim_end_matches('Z')).map_err(|error| broken(field).because(error))
}

/// All runs of digits in a text for people.
pub(super) fn integers(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty())
}

/// An id as this vendor has them. What else comes out of a handle is nobody's.
pub(super) fn is_id(text: &str) -> bool {
    (1..=18).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn broken(field: &'static str) -> Failure {
    Failure::broken("The ERP sent a date that cannot be read.").with("column", field)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use jiff::civil::date;
    use ponte_domain::FailureKind;
    use ponte_domain::dates::Zone;
    use ponte_domain::money::Cents;

    use super::{amount, any_date, br_date, civil, integers, is_id, yes_no};

    #[test]
    fn yes_and_no_come_in_words_letters_and_flags() {
        for (text, expected) in [
            ("Sim", Some(true)),
            ("SIM", Some(true)),
            ("S", Some(true)),
            ("true", Some(true)),
            ("Não", Some(false)),
            ("nao", Some(false)),
            ("N", Some(false)),
            ("false", Some(false)),
            ("", None),
            ("Talvez", None),
        ] {
            assert_eq!(yes_no(&text.into()), expected, "{text}");
        }
    }

    #[test]
    fn an_amount_is_read_in_each_of_its_forms() {
        for (text, expected) in [
            ("R$ 1.234,56", Some(123_456)),
            ("R$1.234,56", Some(123_456)),
            ("1.234,56", Some(123_456)),
            ("99,90", Some(9990)),
            ("99.90", Some(9990)),
            ("99.9", Some(9990)),
            ("100", Some(10_000)),
            ("0.00", Some(0)),
            ("", None),
            ("R$ ", None),
        ] {
            assert_eq!(amount(&text.into(), "Valor").unwrap(), expected.map(Cents::new), "{text}");
        }
        for text in ["1.234", "1,234.56", "grátis", "US$ 1,00"] {
            assert_eq!(amount(&text.into(), "Valor").unwrap_err().kind(), FailureKind::BrokenAnswer, "{text}");
        }
    }

    #[test]
    fn a_date_is_iso_brazilian_or_milliseconds() {
        let zone = Zone::default();
        for (text, expected) in [
            ("2026-09-10", Some(date(2026, 9, 10))),
            ("2026-09-10T00:00:00.000Z", Some(date(2026, 9, 10))),
            ("10/09/2026", Some(date(2026, 9, 10))),
            ("1786320000000", Some(date(2026, 8, 10))),
            ("1702004400000", Some(date(2023, 12, 8))),
            ("", None),
        ] {
            assert_eq!(any_date(&text.into(), "data", &zone).unwrap(), expected, "{text}");
        }
        for text in ["10.09.2026", "2026-13-01", "99999999999999999999", "ontem"] {
            assert_eq!(any_date(&text.into(), "data", &zone).unwrap_err().kind(), FailureKind::BrokenAnswer, "{text}");
        }
        assert_eq!(br_date(&"31/12/2026".into(), "data").unwrap(), Some(date(2026, 12, 31)));
        assert!(br_date(&"2026-12-31".into(), "data").is_err());
        assert_eq!(
            civil(&"2026-09-08T14:20:11.000Z".into(), "x").unwrap().unwrap(),
            date(2026, 9, 8).at(14, 20, 11, 0)
        );
    }

    #[test]
    fn numbers_are_found_in_texts() {
        assert_eq!(integers("8139, 5120 e contrato 7").collect::<Vec<_>>(), ["8139", "5120", "7"]);
        assert_eq!(integers("todos").count(), 0);
        assert!(is_id("17645") && !is_id("") && !is_id("17a") && !is_id("-1"));
    }
}
