//! A whole row that goes back to the vendor unread, for ERPs whose update replaces the row.

use std::fmt;

use ponte_domain::Failure;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap as _, Serializer};
use serde_json::value::RawValue;

/// The columns of a row as they were sent, in their order. Columns that nobody here knows go back unchanged.
///
/// It holds passwords, so there is no `Debug` and no way to read a column but `holds`.
#[derive(Clone)]
pub(crate) struct OpaqueRow(Vec<(String, Box<RawValue>)>);

impl OpaqueRow {
    /// Leaves a column out.
    pub(crate) fn without(mut self, column: &str) -> Self {
        self.0.retain(|(name, _)| name != column);
        self
    }

    /// Sets a column that the row has; a column that it does not have is not invented.
    pub(crate) fn set(mut self, column: &str, value: &str) -> Result<Self, Failure> {
        let raw = serde_json::value::to_raw_value(value)
            .map_err(|error| Failure::internal("A text could not be written as JSON.").because(error))?;
        for (name, old) in &mut self.0 {
            if name == column {
                old.clone_from(&raw);
            }
        }
        Ok(self)
    }

    /// Whether the row has a column.
    pub(crate) fn has(&self, column: &str) -> bool {
        self.0.iter().any(|(name, _)| name == column)
    }
}

impl<'de> Deserialize<'de> for OpaqueRow {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(RowVisitor).map(Self)
    }
}

struct RowVisitor;

impl<'de> Visitor<'de> for RowVisitor {
    type Value = Vec<(String, Box<RawValue>)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a row")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut columns = Vec::with_capacity(entries.size_hint().unwrap_or(64));
        while let Some(entry) = entries.next_entry()? {
            columns.push(entry);
        }
        Ok(columns)
    }
}

impl Serialize for OpaqueRow {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::OpaqueRow;

    #[test]
    fn a_row_goes_back_as_it_came_but_for_what_is_set() {
        let row: OpaqueRow =
            serde_json::from_str(r#"{"id":"1","senha":"x\u00e3","n":9.10,"future":[{"a":null}],"wifi":"old"}"#)
                .unwrap();
        assert!(row.has("wifi") && !row.has("wifi5"));
        let changed = row.without("id").set("wifi", "n\"ew").unwrap().set("wifi5", "no").unwrap();
        assert_eq!(
            serde_json::to_string(&changed).unwrap(),
            r#"{"senha":"x\u00e3","n":9.10,"future":[{"a":null}],"wifi":"n\"ew"}"#
        );
    }
}
