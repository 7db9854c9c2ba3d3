//! Query strings, read strictly: unknown and repeated parameters are refused, naming them.

use std::collections::BTreeSet;

use percent_encoding::percent_decode_str;
use serde::de::value::{Error as ValueError, MapDeserializer, StringDeserializer};
use serde::de::{DeserializeOwned, Deserializer, IntoDeserializer, Visitor};

use crate::problem::{Problem, ProblemKind};

/// No parameters at all.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoQuery {}

/// Name and value of each parameter, decoded.
fn pairs(text: &str) -> Result<Vec<(String, String)>, Problem> {
    let decoded = |part: &str| {
        percent_decode_str(&part.replace('+', " "))
            .decode_utf8()
            .map(std::borrow::Cow::into_owned)
            .map_err(|_| Problem::new(ProblemKind::InvalidParameter, "The query string is not UTF-8."))
    };
    let mut seen = BTreeSet::new();
    let mut pairs = Vec::new();
    for part in text.split('&').filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let (name, value) = (decoded(name)?, decoded(value)?);
        if !seen.insert(name.clone()) {
            return Err(Problem::new(ProblemKind::InvalidParameter, "A query parameter stands more than once.")
                .in_field(shown(&name)));
        }
        pairs.push((name, value));
    }
    Ok(pairs)
}

/// A parameter's name as it may be repeated to the caller: short and plain.
fn shown(name: &str) -> String {
    name.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')).take(40).collect()
}

/// Reads `T`, a flat struct with `deny_unknown_fields`, out of a query string.
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> Result<T, Problem> {
    let pairs = pairs(text)?.into_iter().map(|(name, value)| (name, Text(value)));
    let reader: MapDeserializer<'_, _, ValueError> = MapDeserializer::new(pairs);
    serde_path_to_error::deserialize(reader).map_err(|error| {
        let text = error.inner().to_string();
        let detail = if text.starts_with("unknown field") {
            "A query parameter is not known here.".to_owned()
        } else if text.starts_with("missing field") {
            format!("A query parameter is missing: {}.", shown(text.trim_start_matches("missing field")))
        } else {
            let expected = text.split_once("expected ").map(|(_, expected)| expected);
            format!("A query parameter is not of the expected form: {}.", expected.unwrap_or("see the documentation"))
        };
        Problem::new(ProblemKind::InvalidParameter, detail).in_field(shown(&error.path().to_string()))
    })
}

/// The value of a parameter: a text, or what its type makes of it.
struct Text(String);

impl Text {
    fn number<E: serde::de::Error, N: std::str::FromStr>(&self) -> Result<N, E> {
        let digits = self.0.bytes().all(|b| b.is_ascii_digit());
        let number = if digits { self.0.parse().ok() } else { None };
        number.ok_or_else(|| E::custom("expected a whole number"))
    }
}

impl<'de> IntoDeserializer<'de, ValueError> for Text {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Text {
    type Error = ValueError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        visitor.visit_string(self.0)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, ValueError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ValueError> {
        let text: StringDeserializer<ValueError> = self.0.into_deserializer();
        text.deserialize_enum(name, variants, visitor)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        visitor.visit_u32(self.number()?)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        visitor.visit_i64(self.number()?)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i128 u8 u16 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use ponte_domain::invoice::InvoiceFilter;
    use serde::Deserialize;

    use super::read;
    use crate::problem::ProblemKind;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Form {
        status: Option<InvoiceFilter>,
        limit: Option<u32>,
    }

    #[test]
    fn known_parameters_are_read() {
        assert_eq!(read::<Form>("status=open").unwrap().status, Some(InvoiceFilter::Open));
        assert_eq!(read::<Form>("").unwrap().status, None);
        assert_eq!(read::<Form>("limit=10&status=paid").unwrap().limit, Some(10));
    }

    #[test]
    fn unknown_repeated_and_odd_parameters_are_named() {
        for (text, field) in [
            ("stat=open", "stat"),
            ("status=open&status=open", "status"),
            ("limit=1&status=late", "status"),
            ("status=open&limit=-1", "limit"),
        ] {
            let problem = read::<Form>(text).unwrap_err();
            assert_eq!(problem.kind(), ProblemKind::InvalidParameter, "{text}");
            assert_eq!(problem.words("", "r").field.as_deref(), Some(field), "{text}");
        }
    }
}
