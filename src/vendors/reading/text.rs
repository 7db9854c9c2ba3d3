//! A field that is a text, a number in its place, or nothing.

use std::borrow::Cow;
use std::fmt;

use secrecy::SecretString;
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// A field read as text whatever its JSON type; borrowed from the answer where it has no escapes.
///
/// There is no `Debug`: most texts of an ERP are personal data.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Text<'a>(Cow<'a, str>);

impl<'a> Text<'a> {
    /// The text without blanks around it.
    pub(crate) fn as_str(&self) -> &str {
        self.0.trim()
    }

    /// The text, unless there is none.
    pub(crate) fn filled(&self) -> Option<&str> {
        Some(self.as_str()).filter(|text| !text.is_empty())
    }

    /// A foreign key: neither empty nor `0`, which both mean "none".
    pub(crate) fn key(&self) -> Option<&str> {
        self.filled().filter(|text| *text != "0")
    }

    /// The text as the vendor's own word, for `Known`.
    pub(crate) fn word(&self) -> String {
        self.as_str().to_owned()
    }
}

impl<'a> From<&'a str> for Text<'a> {
    fn from(text: &'a str) -> Self {
        Self(Cow::Borrowed(text))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(TextVisitor).map(Text)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text or a number")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text.to_owned()))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Cow::Owned(number.to_string()))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Cow::Owned(number.to_string()))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
        Ok(Cow::Owned(number.to_string()))
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(if flag { "true" } else { "false" }))
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(""))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Cow::Borrowed(""))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Cow::Borrowed(""))
    }
}

/// A secret column, wrapped where it is parsed so that no later line can print it.
#[derive(Clone, Default)]
pub(crate) struct SecretText(pub(crate) SecretString);

impl<'de> Deserialize<'de> for SecretText {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        // Not trimmed: a blank may belong to a password.
        from.deserialize_any(TextVisitor).map(|text| Self(SecretString::from(text.into_owned())))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::borrow::Cow;

    use secrecy::ExposeSecret as _;

    use super::{SecretText, Text};

    #[test]
    fn whatever_stands_in_a_text_field_is_read_as_text() {
        for (json, expected) in [
            (r#""A""#, "A"),
            (r#"" A ""#, "A"),
            (r#""n\u00e3o""#, "não"),
            ("12", "12"),
            ("-3", "-3"),
            ("99.9", "99.9"),
            ("true", "true"),
            ("false", "false"),
            ("null", ""),
            ("[]", ""),
            (r#"[{"a":[1]}]"#, ""),
            (r#"{"a":{"b":1}}"#, ""),
        ] {
            assert_eq!(serde_json::from_str::<Text<'_>>(json).unwrap().as_str(), expected, "{json}");
        }
    }

    #[test]
    fn a_text_without_escapes_is_borrowed_from_the_answer() {
        let text: Text<'_> = serde_json::from_str(r#""plain""#).unwrap();
        assert!(matches!(text.0, Cow::Borrowed("plain")));
    }

    #[test]
    fn no_foreign_key_is_empty_or_zero() {
        for (text, expected) in [("", None), ("0", None), (" ", None), ("17", Some("17"))] {
            assert_eq!(Text::from(text).key(), expected, "{text:?}");
        }
    }

    #[test]
    fn a_secret_keeps_its_blanks() {
        let secret: SecretText = serde_json::from_str(r#"" a b ""#).unwrap();
        assert_eq!(secret.0.expose_secret(), " a b ");
    }
}
