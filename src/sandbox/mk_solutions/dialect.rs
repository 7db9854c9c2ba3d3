//! How MK Solutions is spoken: parameters in the query or a form, and how it says no.

use std::collections::BTreeMap;

use jiff::civil::Date;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use crate::http::{Request, Response};
use crate::town::Town;
use crate::town::id::Id;
use crate::town::people::Customer;

use super::charset::defective;

/// What the vendor calls its JSON (section 2.4).
const TEXT: &str = "text/plain;charset=iso-8859-1";

/// What a rule answers: its JSON, or a refusal as it goes out.
pub(super) type Outcome = Result<Value, Response>;

/// A classic rule, `/mk/<name>.rule`.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) name: &'static str,
    pub(super) run: fn(&mut Town, &Params) -> Outcome,
}

/// The parameters of a call, and its body.
#[derive(Debug, Default)]
pub(super) struct Params {
    fields: BTreeMap<String, String>,
    pub(super) content_type: String,
    pub(super) body: Vec<u8>,
}

/// In which letters a percent-encoded text is read.
#[derive(Debug, Clone, Copy)]
enum Letters {
    Utf8,
    Latin1,
}

impl Params {
    /// Reads the query, and a form where the body is one. Tomcat reads a form as Latin-1 unless its content type names
    /// the charset (section 2.4, measured).
    pub(super) fn read(request: &Request) -> Self {
        let query = request.target.split_once('?').map_or("", |(_, query)| query);
        let mut fields: BTreeMap<String, String> = pairs(query, Letters::Utf8).collect();
        let content_type = request.header("content-type").unwrap_or_default().to_ascii_lowercase();
        if content_type.starts_with("application/x-www-form-urlencoded") {
            let letters = if content_type.contains("utf-8") { Letters::Utf8 } else { Letters::Latin1 };
            fields.extend(pairs(&String::from_utf8_lossy(&request.body), letters));
        }
        Self { fields, content_type, body: request.body.clone() }
    }

    /// The parameter; empty when it is not there. Quotes around it are taken off, as the vendor's own samples write
    /// texts with blanks (section 2.4).
    pub(super) fn text(&self, name: &str) -> &str {
        let value = self.fields.get(name).map_or("", |value| value.trim());
        value.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')).unwrap_or(value)
    }

    /// The parameter as a number that names something.
    pub(super) fn id<T>(&self, name: &str) -> Option<Id<T>> {
        Id::read(self.text(name))
    }

    /// The customer whom a parameter names.
    pub(super) fn customer<'t>(&self, town: &'t Town, name: &str) -> Result<&'t Customer, Response> {
        let id = self.id(name).ok_or_else(bad_parameter)?;
        town.customer(id).ok_or_else(nothing_found)
    }
}

fn pairs(encoded: &str, letters: Letters) -> impl Iterator<Item = (String, String)> + '_ {
    encoded.split('&').filter(|pair| !pair.is_empty()).map(move |pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decoded(name, letters), decoded(value, letters))
    })
}

fn decoded(text: &str, letters: Letters) -> String {
    let spaced = text.replace('+', " ");
    let bytes = percent_decode_str(&spaced);
    match letters {
        Letters::Utf8 => bytes.decode_utf8_lossy().into_owned(),
        Letters::Latin1 => bytes.map(char::from).collect(),
    }
}

/// An outcome as it goes out. The cookie comes with every answer and nobody needs it (section 2.4).
pub(super) fn told(outcome: Outcome) -> Response {
    match outcome {
        Ok(value) => text_answer(&value),
        Err(refusal) => refusal,
    }
}

fn text_answer(value: &Value) -> Response {
    Response::new(200, TEXT, defective(&value.to_string()))
        .with("Set-Cookie", "JSESSIONID=9C1E5A7D3B20F846; Path=/mk; HttpOnly")
        .with("Server", "Apache-Coyote/1.1")
}

/// The classic envelope of section 3.1.
fn numbered(code: &str, message: &str) -> Response {
    text_answer(&json!({ "Mensagem": message, "Num. ERRO": code, "status": "ERRO" }))
}

pub(super) fn unknown_token() -> Response {
    numbered("001", "Token inválido.")
}

pub(super) fn bad_parameter() -> Response {
    numbered("002", "Documento inválido.")
}

pub(super) fn document_not_found() -> Response {
    numbered("003", "Documento não localizado.")
}

pub(super) fn nothing_found() -> Response {
    numbered("003", "Dados não localizados.")
}

/// The same in the other spelling of the key (section 3.2).
pub(super) fn nothing_found_otherwise() -> Response {
    text_answer(&json!({ "CODIGO_ERRO": "003", "Mensagem": "Dados não localizados.", "status": "ERRO" }))
}

/// The payment profile has no Pix (section 4.c).
pub(super) fn no_pix() -> Response {
    let message = "A configuração do perfil não permite esta operação.";
    text_answer(&json!({ "codigo_erro": "004", "mensagem": message, "status": "ERRO" }))
}

/// No such user token, or a wrong profile password (section 3.1).
pub(super) fn wrong_login() -> Response {
    let body = json!({ "CodToken": 0, "Mensagem": "Token not found.", "Num. ERRO": "999", "status": "ERRO" });
    text_answer(&body)
}

/// Section 3.1: the session is over.
pub(super) fn session_over() -> Response {
    let body = json!({ "CodToken": 585_185, "Mensagem": "Token expirado.", "Num. ERRO": "999", "status": "ERRO" });
    text_answer(&body)
}

/// A refusal in words only (sections 3.2 and 4.e).
pub(super) fn refused(message: &str) -> Response {
    text_answer(&json!({ "status": "ERRO", "mensagem": message }))
}

/// Section 3.3: an undocumented parameter is missing, several invoices at once, an overlong comment.
pub(super) fn servlet_page() -> Response {
    Response::new(
        500,
        "text/html;charset=utf-8",
        "<html><head><title>Apache Tomcat/7.0.52 - Error report</title></head><body><h1>HTTP Status 500 - </h1>\
         <p><b>exception</b></p><pre>javax.servlet.ServletException: O objeto (Tabela) deve ter um valor definido!\n\
         \twfr.web.ExternalRulesServlet.process(SourceFile:321)</pre></body></html>",
    )
}

/// Section 3.3: a rule that this release does not have.
pub(super) fn no_such_page() -> Response {
    Response::new(
        404,
        "text/html;charset=utf-8",
        "<html><head><title>Apache Tomcat/7.0.52 - Error report</title></head><body><h1>HTTP Status 404 - </h1>\
         <p><b>description</b> <u>The requested resource is not available.</u></p></body></html>",
    )
}

/// `10/12/2026`.
pub(super) fn br(date: Date) -> String {
    date.strftime("%d/%m/%Y").to_string()
}

/// `2026-12-10`.
pub(super) fn iso(date: Date) -> String {
    date.to_string()
}
