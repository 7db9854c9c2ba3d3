//! How SGP is spoken: forms with `app` and `token` among their fields, paths with or without a slash at the end, JSON
//! in UTF-8 that does not say so, Django's pages for what is not there.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::{Date, DateTime};
use percent_encoding::percent_decode_str;
use ponte_domain::money::Cents;
use serde_json::{Value, json};

use crate::http::{Request, Response};
use crate::town::Town;
use crate::town::people::Customer;

/// Where the fields of a route are read (section 2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// A form in the body. The fields of a JSON body are silently ignored.
    Form,
    /// A form or a JSON object in the body.
    FormOrJson,
    /// The query string.
    Query,
}

/// Which credentials a route takes (section 2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Login {
    /// `app` and `token`.
    App,
    /// `app` and `token`, or the subscriber's `cpfcnpj` and `senha`.
    AppOrSubscriber,
    /// The subscriber's only; `app` and `token` are refused with 403 (section 3).
    Subscriber,
    /// A public link that is not to be guessed.
    Nobody,
}

/// One path of the API.
#[derive(Debug)]
pub(super) struct Route {
    method: &'static str,
    path: &'static str,
    source: Source,
    login: Login,
    run: fn(&mut Town, &Call<'_>) -> Response,
}

impl Route {
    /// The usual one: a POST of a form, also where it reads. `{}` in the path is one segment.
    pub(super) const fn post(path: &'static str, run: fn(&mut Town, &Call<'_>) -> Response) -> Self {
        Self { method: "POST", path, source: Source::Form, login: Login::App, run }
    }

    /// A GET with its parameters in the query.
    pub(super) const fn get(path: &'static str, run: fn(&mut Town, &Call<'_>) -> Response) -> Self {
        Self { method: "GET", path, source: Source::Query, login: Login::App, run }
    }

    pub(super) const fn from(self, source: Source) -> Self {
        Self { source, ..self }
    }

    pub(super) const fn for_login(self, login: Login) -> Self {
        Self { login, ..self }
    }

    /// The variable segment when this is the path; empty when the path has none.
    fn segment<'p>(&self, path: &'p str) -> Option<&'p str> {
        match self.path.split_once("{}") {
            None => (self.path == path).then_some(""),
            Some((before, after)) => path
                .strip_prefix(before)
                .and_then(|rest| rest.strip_suffix(after))
                .filter(|segment| !segment.is_empty() && !segment.contains('/')),
        }
    }

    /// Instances take both forms of a path in these two families, and only there (section 2.2).
    fn lenient_segment<'p>(&self, path: &'p str) -> Option<&'p str> {
        let lenient = ["/api/ura/", "/api/central/"].iter().any(|family| self.path.starts_with(family));
        if !lenient || self.path.contains("{}") {
            return None;
        }
        (self.path.trim_end_matches('/') == path.trim_end_matches('/')).then_some("")
    }
}

/// What a route is given.
#[derive(Debug)]
pub(super) struct Call<'r> {
    pub(super) fields: Fields,
    /// The variable part of the path.
    pub(super) segment: &'r str,
    /// The host as the caller knows it; links point there.
    host: &'r str,
}

impl Call<'_> {
    /// A public link of this instance.
    pub(super) fn link(&self, path: &str) -> String {
        format!("http://{}{path}", self.host)
    }
}

/// The fields of a request, as texts.
#[derive(Debug, Default)]
pub(super) struct Fields(BTreeMap<String, String>);

impl Fields {
    fn read(source: Source, request: &Request) -> Self {
        match source {
            Source::Query => Self::form(request.target.split_once('?').map_or("", |(_, query)| query)),
            Source::Form | Source::FormOrJson if !says_json(request) => {
                Self::form(&String::from_utf8_lossy(&request.body))
            }
            Source::FormOrJson => Self::json(&request.body),
            Source::Form => Self::default(),
        }
    }

    fn form(text: &str) -> Self {
        let decoded = |part: &str| percent_decode_str(&part.replace('+', " ")).decode_utf8_lossy().into_owned();
        let pair = |pair: &str| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(name), decoded(value))
        };
        Self(text.split('&').filter(|part| !part.is_empty()).map(pair).collect())
    }

    fn json(body: &[u8]) -> Self {
        let Ok(Value::Object(object)) = serde_json::from_slice(body) else { return Self::default() };
        Self(object.into_iter().map(|(name, value)| (name, plain(&value))).collect())
    }

    /// The field without spaces around it; empty when it is not there.
    pub(super) fn text(&self, name: &str) -> &str {
        self.0.get(name).map_or("", |value| value.trim())
    }

    /// The field as a number.
    pub(super) fn number(&self, name: &str) -> Option<usize> {
        self.text(name).parse().ok()
    }

    /// Whether a flag is set (section 2.3).
    pub(super) fn is_set(&self, name: &str) -> bool {
        matches!(self.text(name), "1" | "true" | "True")
    }
}

fn says_json(request: &Request) -> bool {
    request.header("content-type").is_some_and(|value| value.to_ascii_lowercase().contains("json"))
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        Value::Array(values) => values.iter().map(plain).collect::<Vec<_>>().join(","),
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => value.to_string(),
    }
}

/// Finds the route, checks who asks, answers.
pub(super) fn answer(town: &mut Town, request: &Request, routes: &[&[Route]]) -> Response {
    let path = request.path.as_str();
    let all = || routes.iter().copied().flatten();
    let exact: Vec<(&Route, &str)> = all().filter_map(|route| Some(route).zip(route.segment(path))).collect();
    let found = if exact.is_empty() {
        all().filter_map(|route| Some(route).zip(route.lenient_segment(path))).collect()
    } else {
        exact
    };
    if found.is_empty() {
        let with_slash = format!("{path}/");
        let known = all().any(|route| route.segment(&with_slash).is_some());
        return if known { moved(&with_slash) } else { not_found() };
    }
    let Some((route, segment)) = found.iter().find(|(route, _)| route.method == request.method) else {
        return detail(405, &format!("Método \"{}\" não é permitido.", request.method));
    };
    let fields = Fields::read(route.source, request);
    if let Err(refused) = authorize(town, route.login, &fields) {
        return refused;
    }
    let host = request.header("host").unwrap_or("provedor.sgp.net.br");
    (route.run)(town, &Call { fields, segment, host })
}

fn authorize(town: &Town, login: Login, fields: &Fields) -> Result<(), Response> {
    match login {
        Login::Nobody => Ok(()),
        Login::App => check_app(fields),
        Login::AppOrSubscriber if fields.text("app").is_empty() => check_subscriber(town, fields),
        Login::AppOrSubscriber => check_app(fields),
        Login::Subscriber => check_subscriber(town, fields),
    }
}

/// Both always together, the name with its case (section 2.1).
fn check_app(fields: &Fields) -> Result<(), Response> {
    match (fields.text("app"), fields.text("token")) {
        ("", _) | (_, "") => Err(no_credentials()),
        (super::APP, super::TOKEN) => Ok(()),
        _ => Err(detail(401, "Token inválido.")),
    }
}

fn check_subscriber(town: &Town, fields: &Fields) -> Result<(), Response> {
    subscriber(town, fields).map(|_| ()).ok_or_else(no_credentials)
}

/// Who signs with document and password; a wrong password is answered as a missing one (section 3).
pub(super) fn subscriber<'t>(town: &'t Town, fields: &Fields) -> Option<&'t Customer> {
    let document = fields.text("cpfcnpj");
    let customer = town.customers.iter().find(|one| !document.is_empty() && one.document.same_as(document))?;
    customer.portal.as_ref().is_some_and(|portal| portal.password == fields.text("senha")).then_some(customer)
}

/// A JSON value as the vendor sends it: UTF-8, the charset unsaid.
pub(super) fn json_answer(value: &Value) -> Response {
    Response::new(200, "application/json", value.to_string()).with("Server", "nginx")
}

/// A refusal under status 200 (section 3): the reason is in `msg` only.
pub(super) fn refused(message: &str) -> Response {
    json_answer(&json!({ "status": 0, "msg": message }))
}

/// A PDF.
pub(super) fn pdf(document: Vec<u8>) -> Response {
    Response::new(200, "application/pdf", document)
}

/// The error of Django REST framework.
pub(super) fn detail(status: u16, text: &str) -> Response {
    Response::new(status, "application/json", json!({ "detail": text }).to_string()).with("Server", "nginx")
}

/// Section 3: missing credentials, those of the wrong kind, and a subscriber's wrong password.
pub(super) fn no_credentials() -> Response {
    detail(403, "As credenciais de autenticação não foram fornecidas.")
}

/// Section 3: a token that was switched off, or is restricted to other routes, is 403; the text is the framework's (a
/// guess).
pub(super) fn forbidden() -> Response {
    detail(403, "Você não tem permissão para executar essa ação.")
}

/// Section 3: a fault of the server. The vendor has no error of its own under status 200.
pub(super) fn server_error() -> Response {
    Response::new(500, "application/json", json!({ "error": "server error" }).to_string()).with("Server", "nginx")
}

/// Section 3: a route that this version has not.
pub(super) fn not_found() -> Response {
    Response::html(
        404,
        "<!DOCTYPE html>\n<html lang=\"pt-br\">\n<head><title>404 - Página não encontrada</title></head>\n\
         <body><h1>Página não encontrada</h1></body>\n</html>\n",
    )
}

/// Section 2.2: Django sends a path without its slash on; the body of a POST would be lost.
fn moved(path: &str) -> Response {
    Response::html(301, "").with("Location", path.to_owned())
}

/// `offset` and `limit` of a list, never more than the vendor's maximum (section 2.4).
pub(super) fn page(all: Vec<Value>, fields: &Fields, maximum: usize) -> (Value, Vec<Value>) {
    let offset = fields.number("offset").unwrap_or(0);
    let limit = fields.number("limit").filter(|limit| *limit > 0).unwrap_or(maximum).min(maximum);
    let total = all.len();
    let rows: Vec<Value> = all.into_iter().skip(offset).take(limit).collect();
    (json!({ "offset": offset, "limit": limit, "parcial": rows.len(), "total": total }), rows)
}

/// Reais as a JSON number (section 2.3).
pub(super) fn reais(amount: Cents) -> Value {
    amount.to_dot().parse::<f64>().map_or(Value::Null, |amount| json!(amount))
}

/// `20/08/2026 11:31:24`.
pub(super) fn brazilian(at: DateTime) -> String {
    at.strftime("%d/%m/%Y %H:%M:%S").to_string()
}

/// `2026-08-20T11:31:24`, local time without a zone.
pub(super) fn iso(at: DateTime) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

/// The date, or an empty text.
pub(super) fn date_or_empty(date: Option<Date>) -> String {
    date.map_or(String::new(), |date| date.to_string())
}

/// Digits only.
pub(super) fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// The protocol of an occurrence: the moment it was opened at, to the second. The town's clock stands still, so each
/// further one is a second later.
pub(super) fn protocol(town: &mut Town) -> String {
    const DRAWN: &str = "sgp protocols";
    let drawn = town.cabinet.kept(DRAWN).and_then(|count| count.parse::<i64>().ok()).unwrap_or(0);
    town.cabinet.keep(DRAWN, &(drawn + 1).to_string());
    town.clock().saturating_add(drawn.seconds()).strftime("%y%m%d%H%M%S").to_string()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn forms_are_decoded_and_json_only_where_it_is_read() {
        let request = |kind: &str, body: &str| {
            let headers = vec![("Content-Type".to_owned(), kind.to_owned())];
            Request::new("POST".into(), "/x?a=q".into(), headers, body.as_bytes().to_vec())
        };
        let form = request("application/x-www-form-urlencoded", "a=n%C3%A3o+sei&b=&c");
        let fields = Fields::read(Source::Form, &form);
        assert_eq!((fields.text("a"), fields.text("b"), fields.text("z")), ("não sei", "", ""));
        let json = request("application/json", r#"{"a":7,"b":[1,2],"c":null,"d":true}"#);
        assert_eq!(Fields::read(Source::Form, &json).text("a"), "");
        let fields = Fields::read(Source::FormOrJson, &json);
        assert_eq!((fields.text("a"), fields.text("b"), fields.text("c")), ("7", "1,2", ""));
        assert!(fields.is_set("d"));
        assert_eq!(Fields::read(Source::Query, &json).text("a"), "q");
    }

    #[test]
    fn a_path_has_one_variable_segment_and_its_own_slash() {
        fn none(_: &mut Town, _: &Call<'_>) -> Response {
            not_found()
        }
        let route = Route::get("/api/x/{}/", none);
        assert_eq!(route.segment("/api/x/7/"), Some("7"));
        assert_eq!(route.segment("/api/x/7"), None);
        assert_eq!(route.segment("/api/x/7/8/"), None);
        assert_eq!(route.segment("/api/x//"), None);
        let route = Route::post("/api/ura/titulos/", none);
        assert_eq!((route.segment("/api/ura/titulos"), route.lenient_segment("/api/ura/titulos")), (None, Some("")));
        assert_eq!(Route::post("/api/os/list/", none).lenient_segment("/api/os/list"), None);
    }

    #[test]
    fn a_page_is_never_longer_than_the_maximum() {
        let all = || (0..7).map(Value::from).collect::<Vec<_>>();
        let (about, rows) = page(all(), &Fields::form("offset=3&limit=99"), 3);
        assert_eq!(rows, [3, 4, 5]);
        assert_eq!(about, json!({ "offset": 3, "limit": 3, "parcial": 3, "total": 7 }));
        assert_eq!(page(all(), &Fields::form("limit=0"), 9).1.len(), 7);
    }
}
