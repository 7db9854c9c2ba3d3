//! The query object of a list (dossier 2.4).

use serde::Serialize;

use super::PAGE_ROWS;

/// How a column is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ixc) enum Oper {
    /// `=`; case does not count, by the database's collation.
    Is,
    /// `!=`.
    IsNot,
    /// `>`.
    Above,
    /// `L`: contains.
    Contains,
    /// `IN`: a comma list of numbers.
    AnyOf,
}

impl Oper {
    const fn word(self) -> &'static str {
        match self {
            Self::Is => "=",
            Self::IsNot => "!=",
            Self::Above => ">",
            Self::Contains => "L",
            Self::AnyOf => "IN",
        }
    }
}

/// Sort order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ixc) enum Order {
    /// Smallest first.
    Ascending,
    /// Largest first.
    Descending,
}

/// A list to ask for. Sorted by id unless said otherwise, since pages of an unsorted list may overlap.
#[derive(Clone)]
pub(in crate::ixc) struct Query {
    resource: &'static str,
    table: &'static str,
    column: &'static str,
    value: String,
    oper: Oper,
    filters: Vec<(&'static str, Oper, String)>,
    sort: Option<(&'static str, Order)>,
    rows: u16,
}

impl Query {
    /// Rows of a table whose column compares so with a value.
    pub(in crate::ixc) fn of(table: &'static str, column: &'static str, oper: Oper, value: impl Into<String>) -> Self {
        Self {
            resource: table,
            table,
            column,
            value: value.into(),
            oper,
            filters: Vec::new(),
            sort: Some(("id", Order::Ascending)),
            rows: PAGE_ROWS,
        }
    }

    /// Rows of a table with this value in a column.
    pub(in crate::ixc) fn equals(table: &'static str, column: &'static str, value: impl Into<String>) -> Self {
        Self::of(table, column, Oper::Is, value)
    }

    /// Rows of a table with one of these numbers in a column.
    pub(in crate::ixc) fn any_of<'i>(
        table: &'static str,
        column: &'static str,
        ids: impl IntoIterator<Item = &'i str>,
    ) -> Self {
        let ids: Vec<&str> = ids.into_iter().collect();
        match ids.as_slice() {
            [one] => Self::equals(table, column, *one),
            several => Self::of(table, column, Oper::AnyOf, several.join(",")),
        }
    }

    /// The table is listed through a resource of another name.
    pub(in crate::ixc) const fn through(mut self, resource: &'static str) -> Self {
        self.resource = resource;
        self
    }

    /// A further condition; all of them must hold, there is no "or".
    pub(in crate::ixc) fn and(mut self, column: &'static str, oper: Oper, value: impl Into<String>) -> Self {
        self.filters.push((column, oper, value.into()));
        self
    }

    /// Sorted by a column.
    pub(in crate::ixc) const fn sorted(mut self, column: &'static str, order: Order) -> Self {
        self.sort = Some((column, order));
        self
    }

    /// Not sorted: for views whose columns are not known, since an unknown one is answered by the red page.
    pub(in crate::ixc) const fn unsorted(mut self) -> Self {
        self.sort = None;
        self
    }

    /// The newest row first.
    pub(in crate::ixc) const fn newest_first(self) -> Self {
        self.sorted("id", Order::Descending)
    }

    /// Rows of a page.
    pub(in crate::ixc) const fn at_most(mut self, rows: u16) -> Self {
        self.rows = rows;
        self
    }

    /// The resource that is asked.
    pub(in crate::ixc) const fn resource(&self) -> &'static str {
        self.resource
    }

    /// The body that asks for a page, counted from 1.
    pub(super) fn page(&self, number: u32) -> impl Serialize + use<> {
        Body {
            qtype: self.name(self.column),
            query: self.value.clone(),
            oper: self.oper.word(),
            page: number.to_string(),
            rp: self.rows.to_string(),
            sortname: self.sort.map(|(column, _)| self.name(column)),
            sortorder: self.sort.map(|(_, order)| match order {
                Order::Ascending => "asc",
                Order::Descending => "desc",
            }),
            grid_param: self.grid(),
        }
    }

    /// The table must stand before the column: without it the vendor answers its red page.
    fn name(&self, column: &str) -> String {
        format!("{}.{column}", self.table)
    }

    /// A text that holds a JSON array (dossier 2.4).
    fn grid(&self) -> Option<String> {
        let filters: Vec<Filter<'_>> = self
            .filters
            .iter()
            .map(|(column, oper, value)| Filter { table: self.name(column), oper: oper.word(), value })
            .collect();
        if filters.is_empty() { None } else { serde_json::to_string(&filters).ok() }
    }
}

#[derive(Serialize)]
struct Body {
    qtype: String,
    query: String,
    oper: &'static str,
    page: String,
    rp: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    sortname: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sortorder: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    grid_param: Option<String>,
}

#[derive(Serialize)]
struct Filter<'a> {
    #[serde(rename = "TB")]
    table: String,
    #[serde(rename = "OP")]
    oper: &'static str,
    #[serde(rename = "P")]
    value: &'a str,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{Oper, Order, Query};

    fn body(query: &Query, page: u32) -> String {
        serde_json::to_string(&query.page(page)).unwrap()
    }

    #[test]
    fn everything_is_a_text_and_columns_carry_their_table() {
        assert_eq!(
            body(&Query::equals("cliente", "cnpj_cpf", "529.982.247-25").at_most(20), 1),
            r#"{"qtype":"cliente.cnpj_cpf","query":"529.982.247-25","oper":"=","page":"1","rp":"20","sortname":"cliente.id","sortorder":"asc"}"#
        );
    }

    #[test]
    fn further_conditions_are_an_array_inside_a_text() {
        let query = Query::equals("fn_areceber", "id_cliente", "2")
            .and("status", Oper::IsNot, "C")
            .and("liberado", Oper::Is, "S")
            .sorted("data_vencimento", Order::Descending);
        let json: serde_json::Value = serde_json::from_str(&body(&query, 2)).unwrap();
        assert_eq!(
            json["grid_param"],
            r#"[{"TB":"fn_areceber.status","OP":"!=","P":"C"},{"TB":"fn_areceber.liberado","OP":"=","P":"S"}]"#
        );
        assert_eq!(
            (json["page"].as_str(), json["sortname"].as_str()),
            (Some("2"), Some("fn_areceber.data_vencimento"))
        );
    }

    #[test]
    fn several_ids_are_a_comma_list_and_one_is_compared() {
        assert!(body(&Query::any_of("su_oss_chamado", "id", ["1"]), 1).contains(r#""query":"1","oper":"=""#));
        assert!(body(&Query::any_of("su_oss_chamado", "id", ["1", "2"]), 1).contains(r#""query":"1,2","oper":"IN""#));
    }

    #[test]
    fn a_grid_is_asked_by_its_table() {
        let query = Query::equals("acs_device", "id_login", "9").through("acs_device_grid");
        assert_eq!(query.resource(), "acs_device_grid");
        assert!(body(&query, 1).contains(r#""qtype":"acs_device.id_login""#));
    }
}
