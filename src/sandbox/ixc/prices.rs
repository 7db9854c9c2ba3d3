//! Plans, prices and due days: where a contract's row only points to (section 4.b).

use std::collections::BTreeSet;

use ponte_domain::money::Cents;
use serde_json::json;

use crate::town::Town;
use crate::town::contracts::Plan;

use super::row::Row;
use super::table::{Shape, Table, Total};

/// What of each plan is sold as a value-added service, in cents; the rest is communication.
const VALUE_ADDED: i64 = 890;

pub(super) const TABLES: &[Table] = &[
    Table::of("vd_contratos", plans),
    Table::of("vd_contratos_produtos", products),
    Table::of("view_vd_contratos_produtos_gen", product_totals)
        .shaped(Shape::Grid { cells: total_cells, key: None, totals }, Total::Text),
    Table::of("cliente_contrato_tipo", contract_types),
    Table::of("condicoes_pagamento", payment_terms),
    Table::of("radgrupos", groups),
];

fn plans(town: &Town) -> Vec<Row> {
    let row = |plan: &Plan| {
        Row::new(plan.id)
            .put("nome", plan.name)
            .put("descricao", plan.name)
            .put("valor_contrato", plan.price.to_dot())
            .put("Ativo", "S")
    };
    town.plans.iter().map(row).collect()
}

/// The parts of a plan: what it is called and costs.
fn parts(plan: &Plan) -> [(u32, String, Cents); 2] {
    let added = Cents::new(VALUE_ADDED);
    let rest = plan.price.checked_sub(added).unwrap_or(plan.price);
    let number = plan.id.number() * 10;
    [(number + 1, format!("{} (SCM)", plan.name), rest), (number + 2, format!("{} (SVA)", plan.name), added)]
}

/// Products belong to the plan here, so `id_contrato` is "0"; prices have nine decimals.
fn products(town: &Town) -> Vec<Row> {
    let mut rows = Vec::new();
    for plan in &town.plans {
        for (number, name, price) in parts(plan) {
            let row = Row::new(number)
                .put("id_contrato", "0")
                .id("id_vd_contrato", plan.id)
                .id("id_produto", number)
                .put("descricao", name)
                .put("qtde", "1.000000000")
                .put("valor_unit", format!("{}0000000", price.to_dot()));
            rows.push(row);
        }
    }
    rows
}

fn product_totals(town: &Town) -> Vec<Row> {
    let mut rows = Vec::new();
    for contract in &town.contracts {
        let Some(plan) = town.plan(contract.plan) else { continue };
        for (number, name, price) in parts(plan) {
            let row = Row::new(contract.id.number() * 10 + number % 10)
                .put("descricao", name)
                .put("grupo", group_name(plan))
                .put("quantidade", "1")
                .put("valor", price.to_comma())
                .id("cliente_contrato_id", contract.id);
            rows.push(row);
        }
    }
    rows
}

/// The positions of the sample in section 4.b.
fn total_cells(row: &Row) -> Vec<String> {
    let cell = |column: &str| row.text(column).to_owned();
    let price = cell("valor");
    let empty = String::new;
    vec![
        cell("id"),
        cell("descricao"),
        cell("grupo"),
        empty(),
        cell("quantidade"),
        price.clone(),
        price.clone(),
        empty(),
        empty(),
        price.clone(),
        price,
        "Plano".to_owned(),
        cell("cliente_contrato_id"),
        empty(),
        "0".to_owned(),
    ]
}

fn totals(rows: &[Row]) -> String {
    let sum: i64 = rows.iter().filter_map(|row| Cents::parse_comma(row.text("valor")).ok()).map(Cents::get).sum();
    let sum = Cents::new(sum).to_comma();
    json!([sum, false, false, sum]).to_string()
}

/// One contract type per due day, since the due day hangs on the type.
fn contract_types(town: &Town) -> Vec<Row> {
    let row = |day: u8| {
        Row::new(100 + u32::from(day))
            .put("tipo_contrato", format!("Vencimento dia {day}"))
            .id("id_condicoes_pagamento", 200 + u32::from(day))
            .put("tipo_pagamento", "pos")
            .put("avisar_dias", "3")
            .put("bloquear_dias", "10")
    };
    due_days(town).into_iter().map(row).collect()
}

fn payment_terms(town: &Town) -> Vec<Row> {
    let row = |day: u8| {
        Row::new(200 + u32::from(day)).put("descricao", format!("Dia {day} fixo")).id("dia_fixo", day).put("ativo", "S")
    };
    due_days(town).into_iter().map(row).collect()
}

fn due_days(town: &Town) -> BTreeSet<u8> {
    town.contracts.iter().map(|contract| contract.due_day).collect()
}

/// The speed groups of logins, one a plan; the unit is part of the text (section 4.b).
fn groups(town: &Town) -> Vec<Row> {
    let row = |plan: &Plan| {
        Row::new(group_id(plan))
            .put("grupo", group_name(plan))
            .put("download", speed(plan.download))
            .put("upload", speed(plan.upload))
            .put("reduzir_dias_atraso", "10")
            .put("franquia_mensal", "0")
            .put("tipo_franquia", "S")
            .put("sici_tecnologia", "")
    };
    town.plans.iter().map(row).collect()
}

fn group_name(plan: &Plan) -> String {
    plan.name.to_uppercase().replace(' ', "_")
}

/// Slow plans in `k`, the others in `M`; both occur.
fn speed(megabits: u32) -> String {
    if megabits <= 50 { format!("{}k", megabits * 1024) } else { format!("{megabits}M") }
}

/// The group of a plan's logins.
pub(super) fn group_id(plan: &Plan) -> u32 {
    plan.id.number() - 166
}
