//! Dates and times, strictly. Empty and all zeros are "none"; what does not parse is a broken answer.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use ponte_domain::Failure;
use ponte_domain::dates::{DateError, Zone, parse_br_datetime, parse_iso_date, parse_iso_datetime};

use super::text::Text;

/// `2026-12-10`, `0000-00-00`, empty; a time behind the date is dropped.
pub(crate) fn iso(text: &Text<'_>, field: &'static str) -> Result<Option<Date>, Failure> {
    parse_iso_date(text.as_str()).map_err(|error| broken(error, field))
}

/// `2026-12-10 10:00:00` on the clocks of a zone, `0000-00-00 00:00:00`, empty.
pub(crate) fn iso_instant(text: &Text<'_>, field: &'static str, zone: &Zone) -> Result<Option<Timestamp>, Failure> {
    let civil = parse_iso_datetime(text.as_str()).map_err(|error| broken(error, field))?;
    Ok(civil.and_then(|civil| zone.at(civil)))
}

/// `10/12/2026 10:00:00`, for the places where a vendor's inner shape is another company's: what is no date there is
/// none, since nothing but display hangs on it.
pub(crate) fn br_datetime(text: &Text<'_>) -> Option<DateTime> {
    parse_br_datetime(text.as_str()).ok().flatten()
}

fn broken(error: DateError, field: &'static str) -> Failure {
    Failure::broken("The ERP sent a date that cannot be read.").with("column", field).because(error)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use jiff::civil::date;
    use ponte_domain::FailureKind;
    use ponte_domain::dates::Zone;

    use super::{br_datetime, iso, iso_instant};

    #[test]
    fn zeros_and_nothing_are_no_date() {
        for text in ["", "0000-00-00", "0000-00-00 00:00:00"] {
            assert_eq!(iso(&text.into(), "data").unwrap(), None, "{text}");
            assert_eq!(iso_instant(&text.into(), "data", &Zone::default()).unwrap(), None, "{text}");
        }
        assert_eq!(iso(&"2026-12-10".into(), "data").unwrap(), Some(date(2026, 12, 10)));
        assert_eq!(iso(&"10/12/2026".into(), "data").unwrap_err().kind(), FailureKind::BrokenAnswer);
    }

    #[test]
    fn a_time_is_on_the_clocks_of_the_zone() {
        let read = |zone: &str| {
            iso_instant(&"2026-03-20 09:02:11".into(), "data", &Zone::parse(zone).unwrap()).unwrap().unwrap()
        };
        assert_eq!(read("America/Sao_Paulo").to_string(), "2026-03-20T12:02:11Z");
        assert_eq!(read("America/Manaus").to_string(), "2026-03-20T13:02:11Z");
    }

    #[test]
    fn a_brazilian_date_of_another_company_is_generous() {
        assert_eq!(br_datetime(&"31/12/1969 21:00:00".into()).unwrap().year(), 1969);
        assert_eq!(br_datetime(&"soon".into()), None);
    }
}
