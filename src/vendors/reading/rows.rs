//! A list that may come as an array, as an object keyed by index, or not at all.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Rows in the order in which they came. Null, an empty text and `false` are no rows.
pub(crate) struct Rows<R>(pub(crate) Vec<R>);

impl<R> Default for Rows<R> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, R: Deserialize<'de>> Deserialize<'de> for Rows<R> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(RowsVisitor(PhantomData)).map(Rows)
    }
}

struct RowsVisitor<R>(PhantomData<R>);

impl<'de, R: Deserialize<'de>> Visitor<'de> for RowsVisitor<R> {
    type Value = Vec<R>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of rows, or rows by index")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut rows = Vec::with_capacity(items.size_hint().unwrap_or(4));
        while let Some(row) = items.next_element()? {
            rows.push(row);
        }
        Ok(rows)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut rows = Vec::with_capacity(entries.size_hint().unwrap_or(4));
        while let Some((_, row)) = entries.next_entry::<IgnoredAny, R>()? {
            rows.push(row);
        }
        Ok(rows)
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<Self::Value, E> {
        if flag { Err(E::custom("true is no list")) } else { Ok(Vec::new()) }
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        if text.trim().is_empty() { Ok(Vec::new()) } else { Err(E::custom("a text is no list")) }
    }
}

/// An object, or whatever stands in the place of an empty one (`[]`, `""`, null): then it is the default.
#[derive(Default)]
pub(crate) struct Nested<T>(pub(crate) T);

impl<'de, T: Deserialize<'de> + Default> Deserialize<'de> for Nested<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(NestedVisitor(PhantomData)).map(Nested)
    }
}

struct NestedVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de> + Default> Visitor<'de> for NestedVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(entries))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<T, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(T::default())
    }

    fn visit_unit<E: Error>(self) -> Result<T, E> {
        Ok(T::default())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<T, E> {
        Ok(T::default())
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<T, E> {
        Ok(T::default())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde::Deserialize;

    use super::{Nested, Rows};

    #[derive(Deserialize, Default)]
    struct Inner<'a> {
        #[serde(default)]
        code: &'a str,
    }

    #[test]
    fn an_empty_object_comes_in_many_forms() {
        for (json, expected) in
            [(r#"{"code":"x"}"#, "x"), ("{}", ""), ("[]", ""), ("null", ""), (r#""""#, ""), ("false", "")]
        {
            assert_eq!(serde_json::from_str::<Nested<Inner<'_>>>(json).unwrap().0.code, expected, "{json}");
        }
    }

    #[test]
    fn a_list_an_object_by_index_and_nothing_are_rows() {
        for (json, expected) in [
            ("[1,2]", vec![1, 2]),
            (r#"{"0":1,"1":2}"#, vec![1, 2]),
            ("[]", vec![]),
            ("{}", vec![]),
            ("null", vec![]),
            (r#""""#, vec![]),
            ("false", vec![]),
        ] {
            assert_eq!(serde_json::from_str::<Rows<i32>>(json).unwrap().0, expected, "{json}");
        }
        assert!(serde_json::from_str::<Rows<i32>>(r#""x""#).is_err());
        assert!(serde_json::from_str::<Rows<i32>>("true").is_err());
    }
}
