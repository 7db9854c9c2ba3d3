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
/// Any other text, a time with an offset included: its civil date is a question of zone.
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
