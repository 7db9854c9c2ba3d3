//! A row as IXC shows it: text columns only.

use jiff::civil::{Date, DateTime};

/// The vendor's empty date.
const NO_DATE: &str = "0000-00-00";
const NO_MOMENT: &str = "0000-00-00 00:00:00";

/// One row. The columns are in the order in which they were put; `id` is the first.
#[derive(Debug, Clone)]
pub(super) struct Row {
    columns: Vec<(&'static str, String)>,
    also: Vec<(&'static str, String)>,
}

impl Row {
    pub(super) fn new(id: impl ToString) -> Self {
        Self { columns: vec![("id", id.to_string())], also: Vec::new() }
    }

    /// A row of these columns, all empty.
    pub(super) fn blank(columns: impl Iterator<Item = &'static str>) -> Self {
        Self { columns: columns.map(|name| (name, String::new())).collect(), also: Vec::new() }
    }

    pub(super) fn put(mut self, column: &'static str, value: impl Into<String>) -> Self {
        self.columns.push((column, value.into()));
        self
    }

    /// The same value in several columns.
    pub(super) fn fill(mut self, value: &str, columns: &[&'static str]) -> Self {
        self.columns.extend(columns.iter().map(|column| (*column, value.to_owned())));
        self
    }

    /// A number, most often another row's id.
    pub(super) fn id(self, column: &'static str, id: impl ToString) -> Self {
        let text = id.to_string();
        self.put(column, text)
    }

    /// The vendor's `S` or `N`.
    pub(super) fn flag(self, column: &'static str, yes: bool) -> Self {
        self.put(column, flag(yes))
    }

    /// `YYYY-MM-DD`, or zeros.
    pub(super) fn date(self, column: &'static str, date: Option<Date>) -> Self {
        self.put(column, date.map_or(NO_DATE.to_owned(), |date| date.to_string()))
    }

    /// `YYYY-MM-DD HH:MM:SS`, or zeros.
    pub(super) fn moment(self, column: &'static str, at: Option<DateTime>) -> Self {
        self.put(column, at.map_or(NO_MOMENT.to_owned(), moment))
    }

    /// Another text by which `=` finds this row.
    pub(super) fn also(mut self, column: &'static str, value: String) -> Self {
        self.also.push((column, value));
        self
    }

    /// Changes a column that is there.
    pub(super) fn set(&mut self, column: &str, value: &str) {
        if let Some((_, old)) = self.columns.iter_mut().find(|(name, _)| *name == column) {
            value.clone_into(old);
            self.also.retain(|(name, _)| *name != column);
        }
    }

    /// The column's text; none when the table has no such column.
    pub(super) fn get(&self, column: &str) -> Option<&str> {
        self.columns.iter().find(|(name, _)| *name == column).map(|(_, value)| value.as_str())
    }

    /// The column's text, empty when there is none.
    pub(super) fn text(&self, column: &str) -> &str {
        self.get(column).unwrap_or("")
    }

    /// The column's text and the others by which `=` finds the row.
    pub(super) fn known_as<'r>(&'r self, column: &str) -> Vec<&'r str> {
        self.columns
            .iter()
            .chain(&self.also)
            .filter(|(name, _)| *name == column)
            .map(|(_, value)| value.as_str())
            .collect()
    }

    pub(super) fn columns(&self) -> &[(&'static str, String)] {
        &self.columns
    }
}

pub(super) fn flag(yes: bool) -> &'static str {
    if yes { "S" } else { "N" }
}

/// `YYYY-MM-DD HH:MM:SS`.
pub(super) fn moment(at: DateTime) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// `DD/MM/YYYY HH:MM:SS`, as grids show it.
pub(super) fn br_moment(at: DateTime) -> String {
    at.strftime("%d/%m/%Y %H:%M:%S").to_string()
}

/// `DD/MM/YYYY`.
pub(super) fn br_date(date: Date) -> String {
    date.strftime("%d/%m/%Y").to_string()
}
