//! How Hubsoft is spoken: a token by password grant, JSON with escaped slashes, refusals with status
//! 200 (sections 2 and 3).

use jiff::{Timestamp, ToSpan};
use serde_json::{Value, json};

use crate::http::{Request, Response};
use crate::town::Town;

pub(super) const CLIENT_ID: &str = "7";
pub(super) const CLIENT_SECRET: &str = "sandbox-hubsoft-client-secret";
pub(super) const USERNAME: &str = "integracao@provedor.example";
pub(super) const PASSWORD: &str = "sandbox-hubsoft-password";

/// Thirty days, as in every sample (section 2.1).
const TOKEN_SECONDS: i64 = 2_592_000;
const TOKENS: &str = "hubsoft-tokens";

/// `POST /oauth/token`. A new token leaves the others good.
pub(super) fn issue_token(town: &mut Town, request: &Request) -> Response {
    if request.method != "POST" {
        return no_such_route();
    }
    let Ok(Value::Object(body)) = serde_json::from_slice::<Value>(&request.body) else {
        return invalid_credentials();
    };
    let known = [
        ("grant_type", "password"),
        ("client_id", CLIENT_ID),
        ("client_secret", CLIENT_SECRET),
        ("username", USERNAME),
        ("password", PASSWORD),
    ];
    // A client id is a number or a numeric text (section 2.1).
    let sent = |name: &str| match body.get(name) {
        Some(Value::String(text)) => Some(text.clone()),
        Some(Value::Number(number)) => Some(number.to_string()),
        _ => None,
    };
    if known.iter().any(|(name, value)| sent(name).as_deref() != Some(*value)) {
        return invalid_credentials();
    }
    let ends = town.now.checked_add(TOKEN_SECONDS.seconds()).unwrap_or(town.now);
    let before = town.cabinet.kept(TOKENS).unwrap_or_default().to_owned();
    let number = before.lines().count() + 1;
    let token = format!("eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.sandbox-{number}.c2lnbmF0dXJl");
    town.cabinet.keep(TOKENS, &format!("{before}{token} {ends}\n"));
    json_answer(
        200,
        &json!({
            "token_type": "Bearer",
            "expires_in": TOKEN_SECONDS,
            "access_token": token,
            "refresh_token": format!("def50200sandbox{number}"),
        }),
    )
}

fn invalid_credentials() -> Response {
    let text = "The user credentials were incorrect.";
    json_answer(401, &json!({ "error": "invalid_credentials", "error_description": text, "message": text }))
}

/// A good token, and `Accept: application/json`: without that header the framework sends a browser
/// to the login page (section 2.1).
pub(super) fn authorize(town: &Town, request: &Request) -> Result<(), Response> {
    let sent = request.header("authorization").unwrap_or_default();
    let good = sent.strip_prefix("Bearer ").is_some_and(|token| is_good(town, token.trim()));
    let wants_json = request.header("accept").is_some_and(|accept| accept.contains("application/json"));
    match (good, wants_json) {
        (true, _) => Ok(()),
        (false, true) => Err(unauthenticated()),
        (false, false) => {
            Err(Response::html(302, "<html><body>Redirecting to /login</body></html>").with("Location", "/login"))
        }
    }
}

fn is_good(town: &Town, token: &str) -> bool {
    town.cabinet.kept(TOKENS).unwrap_or_default().lines().any(|line| {
        line.split_once(' ')
            .is_some_and(|(known, ends)| known == token && ends.parse::<Timestamp>().is_ok_and(|ends| town.now < ends))
    })
}

/// The framework's own 401 (section 3).
pub(super) fn unauthenticated() -> Response {
    json_answer(401, &json!({ "message": "Unauthenticated." }))
}

/// A route that this version does not have, or not with this verb (section 3).
pub(super) fn no_such_route() -> Response {
    json_answer(404, &json!({ "message": "" }))
}

/// A refusal: status 200, no code, only texts (section 3).
#[derive(Debug)]
pub(super) struct Refusal {
    msg: String,
    errors: Vec<String>,
}

impl Refusal {
    /// A business refusal.
    pub(super) fn new(msg: impl Into<String>) -> Self {
        Self { msg: msg.into(), errors: Vec::new() }
    }

    /// Fields that are missing or of the wrong kind.
    pub(super) fn fill_in(errors: Vec<String>) -> Self {
        let msg = "Favor preencher os campos obrigatórios de acordo com as especificações".to_owned();
        Self { msg, errors }
    }

    /// A value that is not one of those known here.
    pub(super) fn invalid(error: String) -> Self {
        Self { msg: "Os dados fornecidos são inválidos".to_owned(), errors: vec![error] }
    }

    /// A write on something that is not there.
    pub(super) fn not_found(what: &str, id: &str) -> Self {
        Self::new(format!("{what} de ID {id} não encontrado"))
    }

    pub(super) fn response(&self) -> Response {
        json_answer(200, &json!({ "status": "error", "msg": self.msg, "errors": self.errors }))
    }
}

/// Consulted well: the envelope and beside it one more key.
pub(super) fn found(key: &str, value: Value) -> Response {
    listed("success", [(key, value)])
}

/// The same in the spelling of `cliente/financeiro`, `cliente/atendimento` and
/// `cliente/ordem_servico` (section 2.3).
pub(super) fn found_misspelt(key: &str, value: Value) -> Response {
    listed("suscess", [(key, value)])
}

/// Consulted well, with several keys beside the envelope.
pub(super) fn found_with<const N: usize>(keys: [(&str, Value); N]) -> Response {
    listed("success", keys)
}

fn listed<const N: usize>(status: &str, keys: [(&str, Value); N]) -> Response {
    envelope(status, "Dados consultados com sucesso", keys)
}

/// Done, told by its text.
pub(super) fn done(msg: &str) -> Response {
    envelope("success", msg, [])
}

/// Done, with more beside the text.
pub(super) fn done_with<const N: usize>(msg: &str, keys: [(&str, Value); N]) -> Response {
    envelope("success", msg, keys)
}

fn envelope<const N: usize>(status: &str, msg: &str, keys: [(&str, Value); N]) -> Response {
    let mut body = serde_json::Map::new();
    body.insert("status".to_owned(), json!(status));
    body.insert("msg".to_owned(), json!(msg));
    body.extend(keys.map(|(key, value)| (key.to_owned(), value)));
    json_answer(200, &Value::Object(body))
}

/// JSON as PHP writes it: slashes escaped (section 2.2).
pub(super) fn json_answer(status: u16, value: &Value) -> Response {
    Response::new(status, "application/json", value.to_string().replace('/', "\\/"))
}

/// The paginator of section 2.4: pages from 0, the last one too.
pub(super) fn pagination(page: usize, size: usize, total: usize) -> Value {
    json!({
        "primeira_pagina": 0,
        "ultima_pagina": total.saturating_sub(1) / size.max(1),
        "pagina_atual": page,
        "total_registros": total,
    })
}
