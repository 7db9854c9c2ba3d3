//! What a vendor keeps and the town has no word for: columns that were overwritten, rows of tables
//! that are nobody's fact, session tokens. It is reset with the town.

use std::collections::BTreeMap;

/// Text columns by name.
pub type Columns = BTreeMap<String, String>;

/// A skin's own leftovers.
#[derive(Debug, Clone, Default)]
pub struct Cabinet {
    overwritten: BTreeMap<(String, String), Columns>,
    inserted: BTreeMap<String, Vec<Columns>>,
    slips: BTreeMap<String, String>,
}

impl Cabinet {
    /// Puts `value` over what the town's facts would show in this row's column.
    pub fn overwrite(&mut self, table: &str, row: &str, column: &str, value: &str) {
        let columns = self.overwritten.entry((table.to_owned(), row.to_owned())).or_default();
        columns.insert(column.to_owned(), value.to_owned());
    }

    /// Lets the town's fact show again.
    pub fn uncover(&mut self, table: &str, row: &str, column: &str) {
        if let Some(columns) = self.overwritten.get_mut(&(table.to_owned(), row.to_owned())) {
            columns.remove(column);
        }
    }

    /// The overwritten columns of a row.
    pub fn overwritten(&self, table: &str, row: &str) -> Option<&Columns> {
        self.overwritten.get(&(table.to_owned(), row.to_owned()))
    }

    /// Adds a row that is none of the town's facts.
    pub fn insert(&mut self, table: &str, columns: Columns) {
        self.inserted.entry(table.to_owned()).or_default().push(columns);
    }

    /// The rows added to a table, oldest first.
    pub fn inserted(&self, table: &str) -> &[Columns] {
        self.inserted.get(table).map_or(&[], Vec::as_slice)
    }

    /// Keeps one text under a name, for example a session token.
    pub fn keep(&mut self, name: &str, text: &str) {
        self.slips.insert(name.to_owned(), text.to_owned());
    }

    /// The text kept under this name.
    pub fn kept(&self, name: &str) -> Option<&str> {
        self.slips.get(name).map(String::as_str)
    }
}
