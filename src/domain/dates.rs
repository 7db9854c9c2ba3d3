//! Civil dates in an ISP's own zone, and strict readers of the date formats that vendors send.
//!
//! The readers answer `None` for what vendors write when there is no date: an empty text or all zeros.

use std::fmt;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{self, TimeZone};
use jiff::{Timestamp, Zoned};
use serde::{Deserialize, Serialize};

/// Where most of Brazil's clocks are, and the zone of a tenant that names none.
const DEFAULT_ZONE: &str = "America/Sao_Paulo";

/// A time zone known by its IANA name, such as `America/Manaus`.
///
/// The system's zone files are used where there are any, else the ones built in: should Brazil bring daylight saving
/// back, an update of the system is enough.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Zone {
    name: String,
    rules: TimeZone,
}

/// Why a text is not a date, a time or a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum DateError {
    /// Not written in this format.
    #[error("the date is not written as {expected}")]
    Format {
        /// The format that was expected.
        expected: &'static str,
    },
    /// Written well, but the calendar has no such day.
    #[error("the calendar has no such day")]
    NoSuchDay,
    /// Written well, but the clock has no such time.
    #[error("the clock has no such time")]
    NoSuchTime,
    /// Not the IANA name of a time zone.
    #[error("the time zone is not a known IANA name")]
    UnknownZone,
}

impl Zone {
    /// A zone by its IANA name; case does not matter.
    ///
    /// # Errors
    /// [`DateError::UnknownZone`] for any other text.
    pub fn parse(name: &str) -> Result<Self, DateError> {
        let rules = TimeZone::get(name).map_err(|_| DateError::UnknownZone)?;
        if rules.is_unknown() {
            return Err(DateError::UnknownZone);
        }
        let name = rules.iana_name().ok_or(DateError::UnknownZone)?.to_owned();
        Ok(Self { name, rules })
    }

    /// The IANA name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The civil date here at an instant. Whether a bill is overdue is decided on this date, never on UTC's.
    pub fn today(&self, at: Timestamp) -> Date {
        self.zoned(at).date()
    }

    /// The instant with this zone's offset, for answers in RFC 3339.
    pub fn zoned(&self, at: Timestamp) -> Zoned {
        at.to_zoned(self.rules.clone())
    }

    /// The instant of a civil date and time here. A time that a clock change repeats is its first occurrence, one that
    /// it skips is moved behind the gap; none beyond the range of instants (years -9999 to 9999).
    pub fn at(&self, civil: DateTime) -> Option<Timestamp> {
        self.rules.to_timestamp(civil).ok()
    }
}

/// `America/Sao_Paulo`.
impl Default for Zone {
    fn default() -> Self {
        // The zone is built in, so the look-up holds; three hours behind UTC is what it has meant since 2019.
        Self::parse(DEFAULT_ZONE)
            .unwrap_or_else(|_| Self { name: DEFAULT_ZONE.to_owned(), rules: TimeZone::fixed(tz::offset(-3)) })
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Zone({})", self.name)
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl TryFrom<String> for Zone {
    type Error = DateError;

    fn try_from(name: String) -> Result<Self, DateError> {
        Self::parse(&name)
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> Self {
        zone.name
    }
}

/// Days that `today` lies behind `due`; 0 on the due date and before.
pub fn days_overdue(due: Date, today: Date) -> u32 {
    u32::try_from(today.duration_since(due).as_hours() / 24).unwrap_or(0)
}

/// Reads `2026-12-10`, also with a time behind a `T` or a blank, which must be well formed and is dropped.
///
/// # Errors
/// Any other text. A time with an offset is an instant, whose civil date is a question of zone: [`Timestamp`] reads it,
/// [`Zone::today`] dates it.
pub fn parse_iso_date(text: &str) -> Result<Option<Date>, DateError> {
    Ok(parse_iso_datetime(text)?.map(DateTime::date))
}

/// Reads `10/12/2026`, also with a time behind a blank, which must be well formed and is dropped.
///
/// # Errors
/// Any other text.
pub fn parse_br_date(text: &str) -> Result<Option<Date>, DateError> {
    Ok(parse_br_datetime(text)?.map(DateTime::date))
}

/// Reads `2026-12-10T10:00:00`, `2026-12-10 10:00`, `2026-12-10 10:00:00.123`; a date alone is its midnight.
///
/// # Errors
/// Any other text.
pub fn parse_iso_datetime(text: &str) -> Result<Option<DateTime>, DateError> {
    const FORMAT: DateError = DateError::Format { expected: "YYYY-MM-DD[THH:MM:SS]" };
    let (date, time) = date_beside_time(text.trim());
    if date.is_empty() && time.is_none() {
        return Ok(None);
    }
    let [year, month, day] = three(date, '-').ok_or(FORMAT)?;
    assemble([year, month, day], time, FORMAT)
}

/// Reads `10/12/2026 10:00:00`, `10/12/2026 10:00`; a date alone is its midnight.
///
/// # Errors
/// Any other text.
pub fn parse_br_datetime(text: &str) -> Result<Option<DateTime>, DateError> {
    const FORMAT: DateError = DateError::Format { expected: "DD/MM/YYYY[ HH:MM:SS]" };
    let (date, time) = date_beside_time(text.trim());
    if date.is_empty() && time.is_none() {
        return Ok(None);
    }
    let [day, month, year] = three(date, '/').ok_or(FORMAT)?;
    assemble([year, month, day], time, FORMAT)
}

/// `10/12/2026`: what [`parse_br_date`] reads.
pub fn format_br_date(date: Date) -> String {
    format!("{:02}/{:02}/{:04}", date.day(), date.month(), date.year())
}

fn date_beside_time(text: &str) -> (&str, Option<&str>) {
    match text.split_once(['T', ' ']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    }
}

fn three(text: &str, mark: char) -> Option<[&str; 3]> {
    let mut parts = text.split(mark);
    let three = [parts.next()?, parts.next()?, parts.next()?];
    parts.next().is_none().then_some(three)
}

/// A date out of year, month and day as written, and the time beside it; none when the date is all zeros.
fn assemble(date: [&str; 3], time: Option<&str>, format: DateError) -> Result<Option<DateTime>, DateError> {
    let [year, month, day] = date;
    let year: i16 = number(year, 4).ok_or(format)?;
    let month: i8 = number(month, 2).ok_or(format)?;
    let day: i8 = number(day, 2).ok_or(format)?;
    let time = time.map_or(Ok(Time::midnight()), |time| clock(time, format))?;
    if (year, month, day) == (0, 0, 0) {
        return Ok(None);
    }
    let date = Date::new(year, month, day).map_err(|_| DateError::NoSuchDay)?;
    Ok(Some(date.to_datetime(time)))
}

/// `10:00`, `10:00:00`, `10:00:00.123456`.
fn clock(text: &str, format: DateError) -> Result<Time, DateError> {
    let (text, fraction) = match text.split_once('.') {
        Some((text, fraction)) => (text, nanoseconds(fraction).ok_or(format)?),
        None => (text, 0),
    };
    let mut parts = text.split(':');
    let hour = parts.next().and_then(|part| number(part, 2)).ok_or(format)?;
    let minute = parts.next().and_then(|part| number(part, 2)).ok_or(format)?;
    let second = match parts.next() {
        Some(part) => number(part, 2).ok_or(format)?,
        None if fraction == 0 => 0,
        None => return Err(format),
    };
    if parts.next().is_some() {
        return Err(format);
    }
    Time::new(hour, minute, second, fraction).map_err(|_| DateError::NoSuchTime)
}

fn nanoseconds(fraction: &str) -> Option<i32> {
    let digits = u32::try_from(fraction.len()).ok().filter(|digits| (1..=9).contains(digits))?;
    let value: i32 = number(fraction, fraction.len())?;
    value.checked_mul(10_i32.checked_pow(9 - digits)?)
}

/// Exactly so many ASCII digits.
fn number<N: std::str::FromStr>(text: &str, digits: usize) -> Option<N> {
    let well_formed = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    well_formed.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use jiff::ToSpan;
    use jiff::civil::{date, datetime};
    use proptest::prelude::*;

    use super::*;

    const ISO: DateError = DateError::Format { expected: "YYYY-MM-DD[THH:MM:SS]" };
    const BR: DateError = DateError::Format { expected: "DD/MM/YYYY[ HH:MM:SS]" };

    #[test]
    fn iso_dates_are_read_with_or_without_time() {
        for text in [
            "2026-12-10",
            "2026-12-10T00:00:00",
            "2026-12-10 10:00:00",
            "2026-12-10 10:00",
            "2026-12-10 23:59:59.999999",
            " 2026-12-10 ",
        ] {
            assert_eq!(parse_iso_date(text), Ok(Some(date(2026, 12, 10))), "{text}");
        }
    }

    #[test]
    fn brazilian_dates_are_read_with_or_without_time() {
        for text in ["10/12/2026", "10/12/2026 10:00:00", "10/12/2026 10:00", "\t10/12/2026\n"] {
            assert_eq!(parse_br_date(text), Ok(Some(date(2026, 12, 10))), "{text}");
        }
    }

    #[test]
    fn empty_and_all_zeros_are_no_date() {
        for text in ["", "  ", "0000-00-00", "0000-00-00 00:00:00", "0000-00-00T00:00:00"] {
            assert_eq!(parse_iso_date(text), Ok(None), "{text:?}");
            assert_eq!(parse_iso_datetime(text), Ok(None), "{text:?}");
        }
        for text in ["", "  ", "00/00/0000", "00/00/0000 00:00:00"] {
            assert_eq!(parse_br_date(text), Ok(None), "{text:?}");
            assert_eq!(parse_br_datetime(text), Ok(None), "{text:?}");
        }
    }

    #[test]
    fn times_are_kept_where_they_are_asked_for() {
        for (text, civil) in [
            ("2026-12-10", datetime(2026, 12, 10, 0, 0, 0, 0)),
            ("2026-12-10T10:20:30", datetime(2026, 12, 10, 10, 20, 30, 0)),
            ("2026-12-10 10:20", datetime(2026, 12, 10, 10, 20, 0, 0)),
            ("2026-12-10 10:20:30.5", datetime(2026, 12, 10, 10, 20, 30, 500_000_000)),
            ("2026-12-10 10:20:30.000000001", datetime(2026, 12, 10, 10, 20, 30, 1)),
        ] {
            assert_eq!(parse_iso_datetime(text), Ok(Some(civil)), "{text}");
        }
        for (text, civil) in [
            ("10/12/2026", datetime(2026, 12, 10, 0, 0, 0, 0)),
            ("10/12/2026 10:20:30", datetime(2026, 12, 10, 10, 20, 30, 0)),
        ] {
            assert_eq!(parse_br_datetime(text), Ok(Some(civil)), "{text}");
        }
    }

    #[test]
    fn what_is_not_an_iso_date_is_an_error() {
        for (text, error) in [
            ("10/12/2026", ISO),
            ("2026-12-1", ISO),
            ("26-12-10", ISO),
            ("2026-12-10-01", ISO),
            ("20261210", ISO),
            ("2026-12", ISO),
            ("+2026-12-10", ISO),
            ("-026-12-10", ISO),
            ("2026-12-10T", ISO),
            ("2026-12-10 10", ISO),
            ("2026-12-10 10:00:00:00", ISO),
            ("2026-12-10 10:00.5", ISO),
            ("2026-12-10 10:00:00.", ISO),
            ("2026-12-10 10:00:00.0000000001", ISO),
            ("2026-12-10T10:00:00Z", ISO),
            ("2026-12-10T10:00:00-03:00", ISO),
            ("T10:00:00", ISO),
            ("0000-00-00 nada", ISO),
            ("２026-12-10", ISO),
            ("2026-13-10", DateError::NoSuchDay),
            ("2026-02-29", DateError::NoSuchDay),
            ("2026-00-00", DateError::NoSuchDay),
            ("2026-12-00", DateError::NoSuchDay),
            ("2026-12-10 24:00:00", DateError::NoSuchTime),
            ("2026-12-10 10:60:00", DateError::NoSuchTime),
        ] {
            assert_eq!(parse_iso_date(text), Err(error), "{text:?}");
            assert_eq!(parse_iso_datetime(text), Err(error), "{text:?}");
        }
    }

    #[test]
    fn what_is_not_a_brazilian_date_is_an_error() {
        for (text, error) in [
            ("2026-12-10", BR),
            ("1/2/2026", BR),
            ("10/12/26", BR),
            ("10/12/2026 x", BR),
            ("10-12-2026", BR),
            ("12/31/2026", DateError::NoSuchDay),
            ("29/02/2026", DateError::NoSuchDay),
            ("10/12/2026 25:00:00", DateError::NoSuchTime),
        ] {
            assert_eq!(parse_br_date(text), Err(error), "{text:?}");
        }
    }

    #[test]
    fn today_is_the_zones_own_date() {
        // Two in the morning of the 11th in UTC.
        let at: Timestamp = "2026-12-11T02:30:00Z".parse().unwrap();
        for (zone, today) in [
            ("America/Sao_Paulo", date(2026, 12, 10)),
            ("America/Manaus", date(2026, 12, 10)),
            ("America/Rio_Branco", date(2026, 12, 10)),
            ("America/Noronha", date(2026, 12, 11)),
            ("UTC", date(2026, 12, 11)),
        ] {
            assert_eq!(Zone::parse(zone).unwrap().today(at), today, "{zone}");
        }
    }

    #[test]
    fn a_bill_of_today_is_overdue_only_when_the_zones_day_is_over() {
        let due = date(2026, 12, 10);
        let manaus = Zone::parse("America/Manaus").unwrap();
        for (at, days) in [("2026-12-11T03:30:00Z", 0), ("2026-12-11T04:00:00Z", 1)] {
            assert_eq!(days_overdue(due, manaus.today(at.parse().unwrap())), days, "{at}");
        }
    }

    #[test]
    fn days_overdue_are_counted_from_the_due_date() {
        for (today, days) in [
            (date(2026, 11, 4), 0),
            (date(2026, 11, 5), 0),
            (date(2026, 11, 6), 1),
            (date(2026, 11, 20), 15),
            (date(2027, 11, 5), 365),
        ] {
            assert_eq!(days_overdue(date(2026, 11, 5), today), days, "{today}");
        }
        assert_eq!(days_overdue(Date::MIN, Date::MAX), 7_304_483);
        assert_eq!(days_overdue(Date::MAX, Date::MIN), 0);
    }

    #[test]
    fn a_civil_time_becomes_the_zones_instant() {
        let zone = Zone::default();
        assert_eq!(zone.name(), "America/Sao_Paulo");
        let noon = zone.at(datetime(2026, 11, 20, 12, 0, 0, 0)).unwrap();
        assert_eq!(noon.to_string(), "2026-11-20T15:00:00Z");
        assert_eq!(zone.zoned(noon).strftime("%FT%T%:z").to_string(), "2026-11-20T12:00:00-03:00");
        // The last summer time began by skipping the first hour of 2018-11-04 and ended by repeating one on 2019-02-16.
        let skipped = zone.at(datetime(2018, 11, 4, 0, 30, 0, 0)).unwrap();
        assert_eq!(skipped.to_string(), "2018-11-04T03:30:00Z");
        let repeated = zone.at(datetime(2019, 2, 16, 23, 30, 0, 0)).unwrap();
        assert_eq!(repeated.to_string(), "2019-02-17T01:30:00Z");
        assert_eq!(zone.at(DateTime::MAX), None);
    }

    #[test]
    fn only_iana_names_are_zones() {
        assert_eq!(Zone::parse("america/sao_paulo").unwrap(), Zone::default());
        for name in ["", " ", "-03:00", "BRT", "Brasilia", "America/Gotham", "../../etc/hostname", "Etc/Unknown"] {
            assert_eq!(Zone::parse(name), Err(DateError::UnknownZone), "{name:?}");
        }
    }

    #[test]
    fn a_zone_is_written_as_its_name() {
        let zone = Zone::parse("America/Manaus").unwrap();
        assert_eq!(zone.to_string(), "America/Manaus");
        assert_eq!(format!("{zone:?}"), "Zone(America/Manaus)");
        assert_eq!(serde_json::to_string(&zone).unwrap(), "\"America/Manaus\"");
        assert_eq!(serde_json::from_str::<Zone>("\"America/Manaus\"").unwrap(), zone);
        assert!(serde_json::from_str::<Zone>("\"Mars/Olympus\"").is_err());
    }

    fn any_date() -> impl Strategy<Value = Date> {
        (0..3_650_000_i64).prop_map(|days| date(1, 1, 1).checked_add(days.days()).unwrap())
    }

    fn any_datetime() -> impl Strategy<Value = DateTime> {
        (any_date(), 0..24_i8, 0..60_i8, 0..60_i8)
            .prop_map(|(date, hour, minute, second)| date.at(hour, minute, second, 0))
    }

    proptest! {
        #[test]
        fn every_date_survives_both_formats(day in any_date()) {
            prop_assert_eq!(parse_iso_date(&day.to_string()), Ok(Some(day)));
            prop_assert_eq!(parse_br_date(&format_br_date(day)), Ok(Some(day)));
        }

        #[test]
        fn every_time_survives_both_formats(civil in any_datetime()) {
            prop_assert_eq!(parse_iso_datetime(&civil.to_string()), Ok(Some(civil)));
            prop_assert_eq!(parse_iso_datetime(&civil.to_string().replace('T', " ")), Ok(Some(civil)));
            let written = format!("{} {}", format_br_date(civil.date()), civil.time());
            prop_assert_eq!(parse_br_datetime(&written), Ok(Some(civil)));
        }

        #[test]
        fn noon_of_any_day_is_on_that_day(day in any_date()) {
            let zone = Zone::default();
            prop_assert_eq!(zone.today(zone.at(day.at(12, 0, 0, 0)).unwrap()), day);
        }

        #[test]
        fn days_overdue_undo_adding_days(due in any_date(), days in 0..2000_u32) {
            let today = due.checked_add(i64::from(days).days()).unwrap();
            prop_assert_eq!(days_overdue(due, today), days);
            prop_assert_eq!(days_overdue(today, due), 0);
        }

        #[test]
        fn any_text_is_read_without_panic(text: String, near in "[0-9/\\-T: .é]{0,24}") {
            for text in [text, near] {
                prop_assert_eq!(parse_iso_date(&text), parse_iso_datetime(&text).map(|read| read.map(DateTime::date)));
                prop_assert_eq!(parse_br_date(&text), parse_br_datetime(&text).map(|read| read.map(DateTime::date)));
                let _ = Zone::parse(&text);
            }
        }
    }
}
