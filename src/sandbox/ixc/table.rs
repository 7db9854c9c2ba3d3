//! Tables: their rows with what was written over them, inserts, and the PUT that replaces a row.

use crate::http::{Request, Response};
use crate::town::Town;
use crate::town::cabinet::Columns;
use crate::town::contracts::Contract;
use crate::town::id::Id;
use crate::town::writes::WriteKind;

use super::dialect::{Fields, Refusal, red_page, success_with_id};
use super::not_available;
use super::row::Row;

/// A resource that is listed, and what else may be done with it.
#[derive(Debug)]
pub(super) struct Table {
    /// The resource.
    pub(super) name: &'static str,
    /// What stands before the dot in `qtype`; mostly the resource.
    pub(super) prefix: &'static str,
    pub(super) rows: fn(&Town) -> Vec<Row>,
    pub(super) shape: Shape,
    pub(super) total: Total,
    insert: Insert,
    update: Option<Update>,
}

/// How rows are shown (section 2.5).
#[derive(Debug)]
pub(super) enum Shape {
    /// Objects under `registros`.
    Records(Empty),
    /// Positional cells under `rows`, with the list of totals as JSON.
    Grid {
        /// The cells of a row, in Brazilian formats.
        cells: fn(&Row) -> Vec<String>,
        /// The key column's name, where the vendor shows it in each row.
        key: Option<&'static str>,
        /// The value of `tot`.
        totals: fn(&[Row]) -> String,
    },
}

/// `total` comes as text or as a number; both are recorded (section 2.5).
#[derive(Debug, Clone, Copy)]
pub(super) enum Total {
    Text,
    Number,
}

/// `registros` of no rows: absent or empty (section 2.5).
#[derive(Debug, Clone, Copy)]
pub(super) enum Empty {
    Absent,
    List,
}

/// What a POST without the list header does.
#[derive(Debug)]
enum Insert {
    /// Adds a row that is none of the town's facts, once these fields (with their labels) are there.
    Loose(&'static [(&'static str, &'static str)]),
    /// Changes the town; gives the new id.
    Own(fn(&mut Town, &Fields) -> Result<String, Refusal>),
}

/// What a PUT does.
#[derive(Debug)]
pub(super) struct Update {
    /// How it is counted; none when `apply` counts by itself.
    pub(super) kind: Option<WriteKind>,
    /// Writes one column of a row into the town: true when the column is one of the town's facts.
    pub(super) apply: fn(&mut Town, &str, &str, &str) -> bool,
    /// Whose contract the row is about.
    pub(super) contract: fn(&Town, &str) -> Option<Id<Contract>>,
}

impl Table {
    pub(super) const fn of(name: &'static str, rows: fn(&Town) -> Vec<Row>) -> Self {
        Self {
            name,
            prefix: name,
            rows,
            shape: Shape::Records(Empty::List),
            total: Total::Text,
            insert: Insert::Loose(&[]),
            update: None,
        }
    }

    pub(super) const fn called(mut self, prefix: &'static str) -> Self {
        self.prefix = prefix;
        self
    }

    pub(super) const fn shaped(mut self, shape: Shape, total: Total) -> Self {
        self.shape = shape;
        self.total = total;
        self
    }

    pub(super) const fn requiring(mut self, required: &'static [(&'static str, &'static str)]) -> Self {
        self.insert = Insert::Loose(required);
        self
    }

    pub(super) const fn inserting(mut self, insert: fn(&mut Town, &Fields) -> Result<String, Refusal>) -> Self {
        self.insert = Insert::Own(insert);
        self
    }

    pub(super) const fn updating(mut self, update: Update) -> Self {
        self.update = Some(update);
        self
    }

    /// All rows as they stand: the town's facts, what was written over them, what was added.
    pub(super) fn current(&self, town: &Town) -> Vec<Row> {
        let mut rows = (self.rows)(town);
        let Some(sample) = rows.first().cloned() else { return rows };
        let added = town.cabinet.inserted(self.name).iter().map(|columns| {
            let mut row = Row::blank(sample.columns().iter().map(|(name, _)| *name));
            columns.iter().for_each(|(name, value)| row.set(name, value));
            row
        });
        rows.extend(added);
        for row in &mut rows {
            if let Some(columns) = town.cabinet.overwritten(self.name, row.text("id")).cloned() {
                columns.iter().for_each(|(name, value)| row.set(name, value));
            }
        }
        rows
    }
}

/// POST without the list header.
pub(super) fn insert(town: &mut Town, table: &Table, request: &Request) -> Response {
    let Some(fields) = Fields::read(&request.body) else { return red_page() };
    let inserted = match table.insert {
        Insert::Own(insert) => insert(town, &fields),
        Insert::Loose(required) => require(&fields, required).map(|()| insert_loose(town, table, &fields)),
    };
    match inserted {
        Ok(id) => success_with_id("Registro inserido com sucesso!", &id),
        Err(refusal) => refusal.response(),
    }
}

/// The first empty required field is named (section 4.i).
pub(super) fn require(fields: &Fields, required: &[(&str, &str)]) -> Result<(), Refusal> {
    match required.iter().find(|(name, _)| fields.text(name).trim().is_empty()) {
        Some((_, label)) => Err(Refusal::fill_in(label)),
        None => Ok(()),
    }
}

fn insert_loose(town: &mut Town, table: &Table, fields: &Fields) -> String {
    let rows = table.current(town);
    let last = rows.iter().filter_map(|row| row.text("id").parse::<u32>().ok()).max().unwrap_or(0);
    let id = (last + 1).to_string();
    let mut columns: Columns = rows
        .first()
        .into_iter()
        .flat_map(Row::columns)
        .map(|(name, _)| ((*name).to_owned(), fields.text(name).to_owned()))
        .collect();
    columns.insert("id".to_owned(), id.clone());
    town.cabinet.insert(table.name, columns);
    town.wrote(WriteKind::RowInserted, None);
    id
}

/// PUT: the whole row is replaced, so a column that was not sent is emptied (section 2.7).
pub(super) fn update(town: &mut Town, table: &Table, id: &str, request: &Request) -> Response {
    let Some(update) = &table.update else { return not_available(table.name) };
    let Some(fields) = Fields::read(&request.body) else { return red_page() };
    let fact = (table.rows)(town).into_iter().find(|row| row.text("id") == id);
    let Some(fact) = fact else { return Refusal::generic().response() };
    for (column, shown) in fact.columns().iter().filter(|(column, _)| *column != "id") {
        let value = fields.text(column);
        if (update.apply)(town, id, column, value) || value == shown {
            town.cabinet.uncover(table.name, id, column);
        } else {
            town.cabinet.overwrite(table.name, id, column, value);
        }
    }
    if let Some(kind) = update.kind {
        let contract = (update.contract)(town, id);
        town.wrote(kind, contract);
    }
    success_with_id("Registro atualizado com sucesso!", id)
}
