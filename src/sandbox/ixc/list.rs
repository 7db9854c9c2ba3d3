//! Lists: the query object answered over a table (sections 2.4 and 2.5).

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::http::{Request, Response};
use crate::town::Town;

use super::dialect::{Fields, json_text, red_page};
use super::query::Query;
use super::row::Row;
use super::table::{Empty, Shape, Table, Total};

pub(super) fn answer(town: &Town, table: &Table, request: &Request) -> Response {
    let Some(fields) = Fields::read(&request.body) else { return red_page() };
    let rows = table.current(town);
    let sample = rows.first().cloned().unwrap_or_else(|| Row::new(0));
    let Ok(query) = Query::read(&fields, table.prefix, &sample) else { return red_page() };
    let found = query.select(rows);
    let from = query.rows.saturating_mul(query.page - 1).min(found.len());
    let to = from.saturating_add(query.rows).min(found.len());
    let page = found.get(from..to).unwrap_or(&[]);
    let total = match table.total {
        Total::Text => json!(found.len().to_string()),
        Total::Number => json!(found.len()),
    };
    let head = format!("{{\"page\":\"{}\",\"total\":{total}", query.page);
    json_text(&match &table.shape {
        // What a miss of `cliente` looks like: a text zero and no rows at all (section 4.a).
        Shape::Records(Empty::Absent) if found.is_empty() => {
            format!("{{\"page\":\"{}\",\"total\":\"0\"}}", query.page)
        }
        Shape::Records(_) => format!("{head},\"registros\":[{}]}}", records(page)),
        Shape::Grid { cells, key, totals } => {
            let rows: Vec<String> = page.iter().map(|row| grid_row(row, cells(row), *key)).collect();
            format!("{head},\"rows\":[{}],\"tot\":{}}}", rows.join(","), totals(page))
        }
    })
}

/// Objects with their columns in the vendor's order, which a map of JSON values would lose.
fn records(rows: &[Row]) -> String {
    let mut out = String::new();
    for row in rows {
        out.push_str(if out.is_empty() { "{" } else { ",{" });
        for (at, (name, value)) in row.columns().iter().enumerate() {
            let comma = if at == 0 { "" } else { "," };
            // Writing to a String does not fail.
            let _ = write!(out, "{comma}\"{name}\":{}", Value::from(value.as_str()));
        }
        out.push('}');
    }
    out
}

fn grid_row(row: &Row, cells: Vec<String>, key: Option<&str>) -> String {
    let id = row.text("id");
    match key {
        Some(key) => json!({ "id": id, "autoincrement": { "campo": key, "valor": id }, "cell": cells }),
        None => json!({ "id": id, "cell": cells }),
    }
    .to_string()
}
