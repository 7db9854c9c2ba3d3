//! What a call asks for: its route, its query, its JSON body, and the checks that all routes share.

use std::collections::BTreeMap;

use jiff::civil::Date;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use crate::http::{Request, Response};
use crate::town::Town;

use super::dialect::Refusal;

/// What answers a route.
pub(super) type Run = fn(&mut Town, &Ask) -> Result<Response, Refusal>;

/// A verb and a path; `{}` is the one part of the path that varies.
#[derive(Debug)]
pub(super) struct Route {
    method: &'static str,
    path: &'static str,
    pub(super) run: Run,
}

impl Route {
    pub(super) const fn get(path: &'static str, run: Run) -> Self {
        Self { method: "GET", path, run }
    }

    pub(super) const fn post(path: &'static str, run: Run) -> Self {
        Self { method: "POST", path, run }
    }

    pub(super) const fn put(path: &'static str, run: Run) -> Self {
        Self { method: "PUT", path, run }
    }

    /// What stands at `{}`; empty where the path has none.
    fn matched<'a>(&self, place: &'a str) -> Option<&'a str> {
        let Some((before, after)) = self.path.split_once("{}") else { return (self.path == place).then_some("") };
        let id = place.strip_prefix(before)?.strip_suffix(after)?;
        (!id.is_empty() && !id.contains('/')).then_some(id)
    }
}

/// The route of a call and the varying part of its path.
pub(super) fn find<'a>(
    groups: &'static [&'static [Route]],
    method: &str,
    place: &'a str,
) -> Option<(&'static Route, &'a str)> {
    let mut routes = groups.iter().copied().flatten().filter(|route| route.method == method);
    routes.find_map(|route| Some((route, route.matched(place)?)))
}

/// One call, read.
#[derive(Debug, Default)]
pub(super) struct Ask {
    /// The varying part of the path.
    pub(super) id: String,
    /// Where this installation is, for links: `http://127.0.0.1:8081`.
    pub(super) base: String,
    query: BTreeMap<String, String>,
    body: Map<String, Value>,
}

impl Ask {
    /// A body that is no JSON object has none of the fields that a route needs.
    pub(super) fn read(request: &Request, id: &str) -> Result<Self, Refusal> {
        let query = request.target.split_once('?').map_or("", |(_, query)| query);
        let body = match serde_json::from_slice(&request.body) {
            Ok(Value::Object(body)) => body,
            _ if request.body.iter().all(u8::is_ascii_whitespace) => Map::new(),
            _ => return Err(Refusal::fill_in(vec!["O corpo da requisição não é um JSON válido.".to_owned()])),
        };
        let base = format!("http://{}", request.header("host").unwrap_or("localhost"));
        Ok(Self { id: id.to_owned(), base, query: query.split('&').filter_map(pair).collect(), body })
    }

    /// A query parameter; empty when it is not there.
    pub(super) fn query(&self, name: &str) -> &str {
        self.query.get(name).map_or("", String::as_str)
    }

    /// Whether a flag says `sim`; absent flags are `nao` (section 2.2).
    pub(super) fn says_yes(&self, name: &str) -> bool {
        self.query(name) == "sim"
    }

    /// `busca` and `termo_busca`, both required, the first one of `known` (section 3).
    pub(super) fn search(&self, known: &[&str]) -> Result<(&str, &str), Refusal> {
        self.needs(&["busca", "termo_busca"])?;
        let (key, term) = (self.query("busca"), self.query("termo_busca"));
        if known.contains(&key) {
            return Ok((key, term));
        }
        let values = known.join(",");
        Err(Refusal::invalid(format!(
            "O tipo de busca ({key}) não é válido | Valores aceitos para esse campo: {values}"
        )))
    }

    /// Query parameters that must be there.
    pub(super) fn needs(&self, names: &[&str]) -> Result<(), Refusal> {
        let missing: Vec<String> = names
            .iter()
            .filter(|name| self.query(name).is_empty())
            .map(|name| format!("O campo {name} é obrigatório."))
            .collect();
        if missing.is_empty() { Ok(()) } else { Err(Refusal::fill_in(missing)) }
    }

    /// A flag that is `sim` or `nao` where it is sent at all.
    pub(super) fn flag(&self, name: &str, default: &str) -> Result<bool, Refusal> {
        match self.query(name) {
            "" => Ok(default == "sim"),
            "sim" => Ok(true),
            "nao" => Ok(false),
            _ => Err(Refusal::invalid(format!("O campo {name} deve ser sim ou nao."))),
        }
    }

    /// `limit`, between 1 and `most`; what is beyond it is cut in silence (section 2.4).
    pub(super) fn limit(&self, default: usize, most: usize) -> Result<usize, Refusal> {
        self.number("limit", default, 1, most)
    }

    /// `pagina` from 0 and `itens_por_pagina`, both required (section 2.4).
    pub(super) fn page(&self, least: usize) -> Result<(usize, usize), Refusal> {
        self.needs(&["pagina", "itens_por_pagina"])?;
        Ok((self.number("pagina", 0, 0, usize::MAX)?, self.number("itens_por_pagina", least, least, 500)?))
    }

    fn number(&self, name: &str, default: usize, least: usize, most: usize) -> Result<usize, Refusal> {
        let sent = self.query(name);
        if sent.is_empty() {
            return Ok(default);
        }
        match sent.parse::<usize>() {
            Ok(number) if (least..=most).contains(&number) => Ok(number),
            _ => Err(Refusal::fill_in(vec![format!("O campo {name} deve ser entre {least} e {most}.")])),
        }
    }

    /// A date `YYYY-MM-DD` where it is sent.
    pub(super) fn date(&self, name: &str) -> Result<Option<Date>, Refusal> {
        match self.query(name) {
            "" => Ok(None),
            sent => sent
                .parse()
                .map(Some)
                .map_err(|_| Refusal::fill_in(vec![format!("O campo {name} não é uma data válida.")])),
        }
    }

    /// A field of the body.
    pub(super) fn field(&self, name: &str) -> Option<&Value> {
        self.body.get(name).filter(|value| !value.is_null())
    }

    /// A text of the body; empty when it is not there.
    pub(super) fn text(&self, name: &str) -> &str {
        self.field(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// A number of the body, also as text (section 2.2).
    pub(super) fn id_field(&self, name: &str) -> Option<u32> {
        self.field(name).and_then(id)
    }

    /// Fields of the body that must be there, texts not empty.
    pub(super) fn requires(&self, names: &[&str]) -> Result<(), Refusal> {
        let missing: Vec<String> = names
            .iter()
            .filter(|name| match self.field(name) {
                None => true,
                Some(Value::String(text)) => text.trim().is_empty(),
                Some(Value::Array(list)) => list.is_empty(),
                Some(_) => false,
            })
            .map(|name| format!("O campo {name} é obrigatório."))
            .collect();
        if missing.is_empty() { Ok(()) } else { Err(Refusal::fill_in(missing)) }
    }
}

/// An id as a number or as a numeric text.
pub(super) fn id(value: &Value) -> Option<u32> {
    match value {
        Value::Number(number) => number.as_u64().and_then(|number| u32::try_from(number).ok()),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

fn pair(piece: &str) -> Option<(String, String)> {
    let (name, value) = piece.split_once('=')?;
    let plain = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
    Some((plain(name), plain(value)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    fn ask(target: &str, body: &str) -> Result<Ask, Refusal> {
        Ask::read(&Request::new("GET".into(), target.into(), Vec::new(), body.into()), "")
    }

    #[test]
    fn a_query_is_decoded_and_a_body_is_an_object_or_nothing() {
        let read = ask("/x?termo_busca=Jo%C3%A3o+Lima&limit=7&cancelado=sim", r#"{"id":"12","n":3}"#).unwrap();
        assert_eq!((read.query("termo_busca"), read.query("none")), ("João Lima", ""));
        assert_eq!((read.limit(5, 100).unwrap(), read.says_yes("cancelado")), (7, true));
        assert_eq!((read.id_field("id"), read.id_field("n"), read.id_field("z")), (Some(12), Some(3), None));
        assert_eq!((id(&serde_json::json!("71515")), id(&serde_json::json!(true))), (Some(71_515), None));
        assert!(ask("/x", "id=1").is_err() && ask("/x", " ").is_ok());
        assert!(ask("/x?limit=101", "").unwrap().limit(5, 100).is_err());
    }

    #[test]
    fn a_route_matches_its_path_alone() {
        fn nothing(_: &mut Town, _: &Ask) -> Result<Response, Refusal> {
            Err(Refusal::new("nothing"))
        }
        let route = Route::get("atendimento/{}/avaliacao/avaliar", nothing);
        assert_eq!(route.matched("atendimento/590/avaliacao/avaliar"), Some("590"));
        for other in ["atendimento//avaliacao/avaliar", "atendimento/1/2/avaliacao/avaliar", "atendimento/590"] {
            assert_eq!(route.matched(other), None, "{other}");
        }
    }
}
