//! Dates and times, which come in four forms inside one document (dossier 2.3): ISO, Brazilian, Postgres with the hours
//! of an offset only, and PHP's date object. Strict: what is none of them is a broken answer.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;
use ponte_domain::Failure;
use ponte_domain::dates::{DateError, Zone, parse_br_datetime, parse_iso_datetime};
use serde::Deserialize;

use crate::reading::text::Text;

/// A date or a time in any of the forms; empty, null and absent are none.
#[derive(Deserialize)]
#[serde(untagged, bound(deserialize = "'de: 'a"))]
pub(super) enum Moment<'a> {
    /// `{"date":"2026-08-20 10:00:00.000000","timezone":"America/Sao_Paulo"}`.
    Carbon {
        /// Date and time on the clocks of the zone.
        date: Text<'a>,
        /// Name of the zone.
        #[serde(default)]
        timezone: Text<'a>,
    },
    /// Every other form.
    Plain(Text<'a>),
}

impl Default for Moment<'_> {
    fn default() -> Self {
        Self::Plain(Text::default())
    }
}

impl Moment<'_> {
    /// Whether there is anything.
    pub(super) fn is_given(&self) -> bool {
        match self {
            Self::Carbon { date, .. } => date.filled().is_some(),
            Self::Plain(text) => text.filled().is_some(),
        }
    }

    /// The civil date as written, whatever zone it is of.
    pub(super) fn date(&self, column: &'static str) -> Result<Option<Date>, Failure> {
        let (Self::Plain(text) | Self::Carbon { date: text, .. }) = self;
        Ok(civil(split_offset(text.as_str()).0, column)?.map(DateTime::date))
    }

    /// The instant; what names no zone of its own is on the tenant's clocks.
    pub(super) fn instant(&self, column: &'static str, zone: &Zone) -> Result<Option<Timestamp>, Failure> {
        match self {
            Self::Carbon { date, timezone } => {
                let Some(civil) = civil(date.as_str(), column)? else { return Ok(None) };
                let name = timezone.as_str();
                // PHP names a zone, or the offset alone, depending on how its object was made.
                Ok(match (offset_of(name), Zone::parse(name)) {
                    (Some(offset), _) => offset.to_timestamp(civil).ok(),
                    (None, Ok(own)) => own.at(civil),
                    (None, Err(_)) => zone.at(civil),
                })
            }
            Self::Plain(text) => {
                let (text, offset) = split_offset(text.as_str());
                let Some(civil) = civil(text, column)? else { return Ok(None) };
                Ok(match offset {
                    Some(offset) => offset.to_timestamp(civil).ok(),
                    None => zone.at(civil),
                })
            }
        }
    }
}

/// `2026-08-19 18:22:24-03` in front of its offset, and the offset. The time has no sign of its own, so the sign is
/// looked for behind the blank.
fn split_offset(text: &str) -> (&str, Option<Offset>) {
    let Some(time) = text.find([' ', 'T']) else { return (text, None) };
    let Some(sign) = text.get(time..).and_then(|rest| rest.find(['+', '-'])).map(|at| time + at) else {
        return (text.trim_end_matches('Z'), text.ends_with('Z').then_some(Offset::UTC));
    };
    let (front, offset) = text.split_at_checked(sign).unwrap_or((text, ""));
    match offset_of(offset) {
        Some(offset) => (front, Some(offset)),
        None => (text, None),
    }
}

/// `-03`, `-0330`, `-03:30`.
fn offset_of(text: &str) -> Option<Offset> {
    let (sign, digits) = match text.as_bytes().first()? {
        b'-' => (-1, text.get(1..)?),
        b'+' => (1, text.get(1..)?),
        _ => return None,
    };
    let (hours, minutes) = match digits.len() {
        2 => (digits, "0"),
        4 => digits.split_at_checked(2)?,
        5 => digits.split_once(':')?,
        _ => return None,
    };
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()
}

fn civil(text: &str, column: &'static str) -> Result<Option<DateTime>, Failure> {
    let parsed = if text.contains('/') { parse_br_datetime(text) } else { parse_iso_datetime(text) };
    parsed.map_err(|error| broken(error, column))
}

fn broken(error: DateError, column: &'static str) -> Failure {
    Failure::broken("The ERP sent a date that cannot be read.").with("column", column).because(error)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use ponte_domain::FailureKind;
    use ponte_domain::dates::Zone;

    use super::Moment;

    fn moment(json: &str) -> Moment<'_> {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn every_form_is_the_same_instant() {
        for json in [
            r#""2026-08-20 10:00:00""#,
            r#""20/08/2026 10:00:00""#,
            r#""20\/08\/2026 10:00""#,
            r#""2026-08-20 10:00:00-03""#,
            r#""2026-08-20 13:00:00+00""#,
            r#""2026-08-20T10:00:00-03:00""#,
            r#""2026-08-20T13:00:00Z""#,
            r#"{"date":"2026-08-20 10:00:00.000000","timezone_type":3,"timezone":"America/Sao_Paulo"}"#,
            r#"{"date":"2026-08-20 10:00:00.000000"}"#,
            r#"{"date":"2026-08-20 13:00:00.000000","timezone_type":1,"timezone":"+00:00"}"#,
            r#"{"date":"2026-08-20 10:00:00.000000","timezone_type":2,"timezone":"-03"}"#,
            r#"{"date":"2026-08-20 13:00:00.000000","timezone_type":3,"timezone":"UTC"}"#,
        ] {
            let read = moment(json).instant("x", &Zone::default()).unwrap().unwrap();
            assert_eq!(read.to_string(), "2026-08-20T13:00:00Z", "{json}");
        }
    }

    #[test]
    fn a_date_is_as_written() {
        for json in [r#""2026-08-20""#, r#""20/08/2026""#, r#""2026-08-20 23:30:00-03""#, r#""2026-08-20 00:00:00""#] {
            assert_eq!(moment(json).date("x").unwrap().unwrap().to_string(), "2026-08-20", "{json}");
        }
    }

    #[test]
    fn nothing_is_no_date_and_anything_else_is_broken() {
        for json in [r#""""#, "null", "[]"] {
            assert!(!moment(json).is_given(), "{json}");
            assert_eq!(moment(json).date("x").unwrap(), None, "{json}");
        }
        for json in [r#""amanhã""#, r#""2026-13-40""#, r#""31/02/2026""#, "12"] {
            assert_eq!(moment(json).date("x").unwrap_err().kind(), FailureKind::BrokenAnswer, "{json}");
        }
    }
}
