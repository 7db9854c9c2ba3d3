//! The query object of lists (section 2.4): what it asks and which rows answer it.

use std::cmp::Ordering;

use serde::Deserialize;
use serde_json::Value;

use super::dialect::Fields;
use super::row::Row;

/// A small page, as the vendor's own default.
const DEFAULT_ROWS: usize = 20;

/// What a list asks for.
#[derive(Debug)]
pub(super) struct Query {
    conditions: Vec<Condition>,
    /// From 1.
    pub(super) page: usize,
    /// Rows a page.
    pub(super) rows: usize,
    sort: Option<(String, Order)>,
}

/// The vendor shows its red page; which of the reasons it was, it never says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BadQuery;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Ascending,
    Descending,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Greater,
    Less,
    GreaterOrEqual,
    LessOrEqual,
    Contains,
    ContainsNot,
    In,
    NotIn,
    Between,
    NotBetween,
}

#[derive(Debug)]
struct Condition {
    column: String,
    operator: Operator,
    value: String,
    second: Option<String>,
}

/// One entry of `grid_param`.
#[derive(Debug, Deserialize)]
struct GridParam {
    #[serde(rename = "TB")]
    column: String,
    #[serde(rename = "OP")]
    operator: String,
    #[serde(rename = "P")]
    value: Value,
    #[serde(rename = "P2")]
    second: Option<Value>,
}

impl Query {
    /// Reads a query over the table that calls itself `prefix` and has the columns of `sample`.
    pub(super) fn read(fields: &Fields, prefix: &str, sample: &Row) -> Result<Self, BadQuery> {
        let column = |name: &str| column_of(name, prefix, sample);
        let mut conditions = Vec::new();
        if !fields.text("qtype").is_empty() {
            conditions.push(Condition {
                column: column(fields.text("qtype"))?,
                operator: Operator::read(fields.first(&["oper"]))?,
                value: fields.text("query").to_owned(),
                second: None,
            });
        }
        for param in grid_params(fields.text("grid_param"))? {
            conditions.push(Condition {
                column: column(&param.column)?,
                operator: Operator::read(&param.operator)?,
                value: plain(&param.value),
                second: param.second.as_ref().map(plain).filter(|text| !text.is_empty()),
            });
        }
        let sort = match fields.text("sortname") {
            "" => None,
            name => Some((column(name)?, Order::read(fields.text("sortorder")))),
        };
        let number = |name: &str| fields.text(name).trim().parse::<usize>().ok().filter(|n| *n > 0);
        Ok(Self { conditions, page: number("page").unwrap_or(1), rows: number("rp").unwrap_or(DEFAULT_ROWS), sort })
    }

    /// The rows that answer, in order, of all pages.
    pub(super) fn select(&self, mut rows: Vec<Row>) -> Vec<Row> {
        rows.retain(|row| self.conditions.iter().all(|condition| condition.holds(row)));
        if let Some((column, order)) = &self.sort {
            rows.sort_by(|left, right| {
                let ordering = compare(left.text(column), right.text(column));
                if *order == Order::Ascending { ordering } else { ordering.reverse() }
            });
        }
        rows
    }
}

/// Only a string that holds a JSON array will do; an array itself will not.
fn grid_params(text: &str) -> Result<Vec<GridParam>, BadQuery> {
    match text.trim() {
        "" => Ok(Vec::new()),
        text => serde_json::from_str(text).map_err(|_| BadQuery),
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

fn column_of(name: &str, prefix: &str, sample: &Row) -> Result<String, BadQuery> {
    let column = name.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('.')).ok_or(BadQuery)?;
    if sample.get(column).is_some() { Ok(column.to_owned()) } else { Err(BadQuery) }
}

impl Order {
    fn read(text: &str) -> Self {
        if text.eq_ignore_ascii_case("desc") { Self::Descending } else { Self::Ascending }
    }
}

impl Operator {
    fn read(text: &str) -> Result<Self, BadQuery> {
        Ok(match text {
            "" | "=" => Self::Equal,
            "!=" => Self::NotEqual,
            ">" => Self::Greater,
            "<" => Self::Less,
            ">=" => Self::GreaterOrEqual,
            "<=" => Self::LessOrEqual,
            "L" => Self::Contains,
            "NL" => Self::ContainsNot,
            "IN" => Self::In,
            "NI" => Self::NotIn,
            "BE" => Self::Between,
            "NBE" => Self::NotBetween,
            _ => return Err(BadQuery),
        })
    }
}

impl Condition {
    fn holds(&self, row: &Row) -> bool {
        let text = row.text(&self.column);
        match self.operator {
            Operator::Equal => self.equal(row),
            // A second value of `!=` means: neither (section 2.4).
            Operator::NotEqual => !self.equal(row) && self.second.as_ref().is_none_or(|other| !same(text, other)),
            Operator::Greater => compare(text, &self.value) == Ordering::Greater,
            Operator::Less => compare(text, &self.value) == Ordering::Less,
            Operator::GreaterOrEqual => compare(text, &self.value) != Ordering::Less,
            Operator::LessOrEqual => compare(text, &self.value) != Ordering::Greater,
            // A second value of `L` means: either.
            Operator::Contains => {
                contains(text, &self.value) || self.second.as_ref().is_some_and(|other| contains(text, other))
            }
            Operator::ContainsNot => !contains(text, &self.value),
            Operator::In => self.listed(text),
            Operator::NotIn => !self.listed(text),
            Operator::Between => self.between(text),
            Operator::NotBetween => !self.between(text),
        }
    }

    fn equal(&self, row: &Row) -> bool {
        row.known_as(&self.column).into_iter().any(|text| same(text, &self.value))
    }

    fn listed(&self, text: &str) -> bool {
        self.value.split(',').any(|one| same(text, one.trim()))
    }

    fn between(&self, text: &str) -> bool {
        // Reported of the vendor: intervals over dates take in the zero dates (section 2.4).
        if text.starts_with("0000-00-00") {
            return true;
        }
        let (from, to) = match &self.second {
            Some(second) => (self.value.as_str(), second.as_str()),
            None => self.value.split_once(',').unwrap_or((&self.value, &self.value)),
        };
        compare(text, from.trim()) != Ordering::Less && compare(text, to.trim()) != Ordering::Greater
    }
}

/// `=` of the vendor's database: blind to case and accents; numbers also by value (`99.9`).
fn same(left: &str, right: &str) -> bool {
    let right = as_iso(left, right);
    folded(left) == folded(&right)
        || (left.contains('.') && decimal(left).is_some() && decimal(left) == decimal(&right))
}

fn contains(text: &str, part: &str) -> bool {
    folded(text).contains(&folded(part))
}

fn compare(left: &str, right: &str) -> Ordering {
    match (decimal(left), decimal(right)) {
        (Some(left), Some(right)) => left.total_cmp(&right),
        _ => folded(left).cmp(&folded(&as_iso(left, right))),
    }
}

fn decimal(text: &str) -> Option<f64> {
    let plain = !text.is_empty() && text.chars().all(|letter| letter.is_ascii_digit() || ".-".contains(letter));
    if plain { text.parse().ok() } else { None }
}

/// Filters on dates may be written `DD/MM/YYYY` or ISO (section 2.6).
fn as_iso(column: &str, value: &str) -> String {
    let is_date = column.len() >= 10 && column.as_bytes().get(4) == Some(&b'-');
    let mut parts = value.get(..10).unwrap_or("").split('/');
    match (is_date, parts.next(), parts.next(), parts.next()) {
        (true, Some(day), Some(month), Some(year)) => {
            format!("{year}-{month}-{day}{}", value.get(10..).unwrap_or(""))
        }
        _ => value.to_owned(),
    }
}

fn folded(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).map(without_accent).collect()
}

fn without_accent(letter: char) -> char {
    match letter {
        'á' | 'à' | 'â' | 'ã' | 'ä' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ó' | 'ò' | 'ô' | 'õ' | 'ö' => 'o',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        'ç' => 'c',
        'ñ' => 'n',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    fn rows() -> Vec<Row> {
        let row = |id: u32, name: &str, due: &str, amount: &str, status: &str| {
            Row::new(id).put("nome", name).put("venc", due).put("valor", amount).put("status", status)
        };
        vec![
            row(1, "José Silva", "2026-12-10", "99.90", "A"),
            row(2, "Maria", "2026-11-05", "129.90", "R"),
            row(10, "josefa", "0000-00-00", "9.00", "C"),
        ]
    }

    fn select(body: &str) -> Result<Vec<String>, BadQuery> {
        let rows = rows();
        let query = Query::read(&Fields::read(body.as_bytes()).unwrap(), "t", &rows[0])?;
        Ok(query.select(rows).iter().map(|row| row.text("id").to_owned()).collect())
    }

    fn one(column: &str, oper: &str, value: &str) -> Vec<String> {
        select(&format!(r#"{{"qtype":"t.{column}","oper":"{oper}","query":"{value}"}}"#)).unwrap()
    }

    #[test]
    fn every_operator_selects_what_it_says() {
        let cases: &[(&str, &str, &str, &[&str])] = &[
            ("nome", "=", "jose silva", &["1"]),
            ("nome", "=", "jose", &[]),
            ("nome", "!=", "maria", &["1", "10"]),
            ("nome", "L", "JOSÉ", &["1", "10"]),
            ("nome", "NL", "jose", &["2"]),
            ("id", ">", "2", &["10"]),
            ("id", ">=", "2", &["2", "10"]),
            ("id", "<", "2", &["1"]),
            ("id", "<=", "2", &["1", "2"]),
            ("id", "IN", "1, 10", &["1", "10"]),
            ("id", "NI", "1,10", &["2"]),
            ("valor", "=", "99.9", &["1"]),
            ("venc", "=", "05/11/2026", &["2"]),
            ("venc", ">=", "2026-11-06", &["1"]),
            ("venc", "BE", "2026-12-01,2026-12-31", &["1", "10"]),
            ("valor", "NBE", "90,130", &["10"]),
        ];
        for (column, oper, value, expected) in cases {
            assert_eq!(one(column, oper, value), *expected, "{column} {oper} {value}");
        }
    }

    #[test]
    fn grid_param_is_a_string_of_conditions_that_all_hold() {
        let body = r#"{"grid_param":"[{\"TB\":\"t.status\",\"OP\":\"!=\",\"P\":\"R\",\"P2\":\"C\"}]"}"#;
        assert_eq!(select(body).unwrap(), ["1"]);
        let body = r#"{"qtype":"t.nome","oper":"L","query":"jos",
            "grid_param":"[{\"TB\":\"t.status\",\"OP\":\"L\",\"P\":\"R\",\"P2\":\"C\"},{\"TB\":\"t.id\",\"OP\":\">\",\"P\":1}]"}"#;
        assert_eq!(select(body).unwrap(), ["10"]);
    }

    #[test]
    fn sorting_is_by_number_where_both_are_numbers() {
        let body = r#"{"sortname":"t.id","sortorder":"desc"}"#;
        assert_eq!(select(body).unwrap(), ["10", "2", "1"]);
    }

    #[test]
    fn what_the_vendor_cannot_read_is_a_bad_query() {
        for body in [
            r#"{"qtype":"nome","oper":"=","query":"x"}"#,
            r#"{"qtype":"t.nada","oper":"=","query":"x"}"#,
            r#"{"qtype":"tt.nome","oper":"=","query":"x"}"#,
            r#"{"qtype":"t.nome","oper":"LIKE","query":"x"}"#,
            r#"{"sortname":"id"}"#,
            r#"{"grid_param":"t.nome = x"}"#,
            r#"{"grid_param":"[{\"TB\":\"nome\",\"OP\":\"=\",\"P\":\"x\"}]"}"#,
        ] {
            assert_eq!(select(body), Err(BadQuery), "{body}");
        }
    }
}
