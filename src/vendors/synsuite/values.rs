//! Amounts and dates as this vendor writes them (dossier 2.3): JSON numbers in reais, dates in several orders and with
//! or without a time. Strict: what does not parse is a broken answer.

use jiff::Timestamp;
use jiff::civil::Date;
use ponte_domain::Failure;
use ponte_domain::dates::{Zone, parse_br_date, parse_iso_date, parse_iso_datetime};
use ponte_domain::money::{Cents, MoneyError};
use serde::{Deserialize, Deserializer};

use crate::reading::text::Text;

/// A date of the portal: a text, or PHP's own object dumped raw (`{"date":"...","timezone":...}`, dossier 1).
#[derive(Default)]
pub(super) struct PortalDate<'a>(pub(super) Text<'a>);

impl<'de: 'a, 'a> Deserialize<'de> for PortalDate<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, bound(deserialize = "'de: 'a"))]
        enum Form<'a> {
            Dumped { date: Text<'a> },
            Plain(Text<'a>),
        }
        match Form::deserialize(from)? {
            Form::Dumped { date } | Form::Plain(date) => Ok(Self(date)),
        }
    }
}

/// An amount of reais, rounded by its decimals: interest makes more than two.
pub(super) fn reais(text: &Text<'_>, field: &'static str) -> Result<Option<Cents>, Failure> {
    let broken = |error: MoneyError| {
        Failure::broken("The ERP sent an amount that cannot be read.").with("column", field).because(error)
    };
    let written = text.as_str();
    let longer = written
        .split_once('.')
        .filter(|(_, decimals)| decimals.len() > 2 && decimals.bytes().all(|digit| digit.is_ascii_digit()));
    let (short, up) = match longer {
        Some((whole, decimals)) => {
            let (kept, rest) = decimals.split_at(2);
            (format!("{whole}.{kept}"), rest.as_bytes().first().is_some_and(|digit| *digit >= b'5'))
        }
        None => (written.to_owned(), false),
    };
    let cents = match Cents::parse_dot(&short) {
        Ok(cents) => cents,
        Err(MoneyError::Empty) => return Ok(None),
        Err(error) => return Err(broken(error)),
    };
    let step = if !up {
        0
    } else if written.starts_with('-') {
        -1
    } else {
        1
    };
    Ok(cents.checked_add(Cents::new(step)))
}

/// The day in the first ten characters, in either order; none for nothing and for the framework's year 1.
pub(super) fn day(text: &Text<'_>, field: &'static str) -> Result<Option<Date>, Failure> {
    let written: String = text.as_str().chars().take(10).collect();
    let read = if written.contains('/') { parse_br_date(&written) } else { parse_iso_date(&written) };
    let date = read.map_err(|error| {
        Failure::broken("The ERP sent a date that cannot be read.").with("column", field).because(error)
    })?;
    Ok(date.filter(|date| date.year() > 1))
}

/// An instant: with an offset or `Z` as it says, else on the clocks of the provider's zone.
pub(super) fn instant(text: &Text<'_>, field: &'static str, zone: &Zone) -> Result<Option<Timestamp>, Failure> {
    let written = text.as_str();
    if written.len() > 19
        && let Ok(at) = written.parse::<Timestamp>()
    {
        return Ok(Some(at));
    }
    if written.contains('/') {
        return Ok(day(text, field)?.and_then(|date| zone.at(date.at(0, 0, 0, 0))));
    }
    let civil = parse_iso_datetime(written).map_err(|error| {
        Failure::broken("The ERP sent a time that cannot be read.").with("column", field).because(error)
    })?;
    Ok(civil.filter(|civil| civil.year() > 1).and_then(|civil| zone.at(civil)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use jiff::civil::date;
    use ponte_domain::FailureKind;
    use ponte_domain::dates::Zone;
    use ponte_domain::money::Cents;

    use super::{PortalDate, day, instant, reais};
    use crate::reading::text::Text;

    #[test]
    fn amounts_are_numbers_of_reais_rounded_by_their_decimals() {
        for (json, expected) in [
            ("99.90", Some(9990)),
            ("99.9", Some(9990)),
            ("1250", Some(125_000)),
            ("0", Some(0)),
            ("101.8998", Some(10_190)),
            ("101.894", Some(10_189)),
            ("0.995", Some(100)),
            ("-1.005", Some(-101)),
            ("null", None),
        ] {
            let text: Text<'_> = serde_json::from_str(json).unwrap();
            assert_eq!(reais(&text, "value").unwrap(), expected.map(Cents::new), "{json}");
        }
        for wrong in ["99,90", "R$ 1", "abc", "1.2.3"] {
            assert_eq!(reais(&wrong.into(), "value").unwrap_err().kind(), FailureKind::BrokenAnswer, "{wrong}");
        }
    }

    #[test]
    fn a_day_stands_in_the_first_ten_characters_in_either_order() {
        let expected = Some(date(2026, 3, 10));
        for text in
            ["2026-03-10", "2026-03-10T00:00:00", "10/03/2026", "2026-03-10 10:11:12", "2026-03-10T00:00:00.000Z"]
        {
            assert_eq!(day(&text.into(), "expirationDate").unwrap(), expected, "{text}");
        }
        for text in ["", "0001-01-01T00:00:00"] {
            assert_eq!(day(&text.into(), "expirationDate").unwrap(), None, "{text}");
        }
        for wrong in ["amanhã", "2026-13-01", "20260310"] {
            assert_eq!(day(&wrong.into(), "x").unwrap_err().kind(), FailureKind::BrokenAnswer, "{wrong}");
        }
    }

    #[test]
    fn a_date_of_the_portal_is_a_text_or_an_object() {
        for json in [
            r#""2026-10-21""#,
            r#""2026-10-21 00:00:00""#,
            r#"{"date":"2026-10-21 00:00:00.000000","timezone_type":3,"timezone":"America/Sao_Paulo"}"#,
        ] {
            let read: PortalDate<'_> = serde_json::from_str(json).unwrap();
            assert_eq!(day(&read.0, "movementDate").unwrap(), Some(date(2026, 10, 21)), "{json}");
        }
        let none: PortalDate<'_> = serde_json::from_str("null").unwrap();
        assert_eq!(day(&none.0, "movementDate").unwrap(), None);
    }

    #[test]
    fn a_time_is_the_providers_unless_it_says_otherwise() {
        let zone = Zone::default();
        let read = |text: &str| instant(&text.into(), "created", &zone).unwrap().map(|at| at.to_string());
        assert_eq!(read("2026-03-01T09:12:00").as_deref(), Some("2026-03-01T12:12:00Z"));
        assert_eq!(read("2026-03-01 09:12:00").as_deref(), Some("2026-03-01T12:12:00Z"));
        assert_eq!(read("2026-03-01T09:12:00.000Z").as_deref(), Some("2026-03-01T09:12:00Z"));
        assert_eq!(read("2026-03-01T09:12:00-04:00").as_deref(), Some("2026-03-01T13:12:00Z"));
        assert_eq!(read("01/03/2026").as_deref(), Some("2026-03-01T03:00:00Z"));
        assert_eq!(read("0001-01-01T00:00:00"), None);
        assert_eq!(read(""), None);
        assert!(instant(&"logo".into(), "created", &zone).is_err());
    }
}
