//! What an answer holds: an object, a list under one of several keys, or the vendor's no.

use std::borrow::Cow;
use std::fmt;

use ponte_domain::Failure;
use ponte_domain::capability::Capability;
use ponte_transport::Reply;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::errors::{self, Denial};
use super::{Rule, charset};
use crate::reading::rows::Rows;
use crate::reading::text::Text;

/// An answer whose status is good or whose no was understood. Its texts are mended and its keys plain.
pub(in crate::mk_solutions) struct Answer<'r> {
    reply: &'r Reply,
    text: String,
    denial: Option<Denial>,
}

impl<'r> Answer<'r> {
    /// The answer, unless its status, its content or its code is an error of more than the question.
    pub(in crate::mk_solutions) fn of(reply: &'r Reply, rule: Rule, capability: Capability) -> Result<Self, Failure> {
        if let Some(failure) = errors::by_status(reply, rule, capability) {
            return Err(failure);
        }
        let answer = Self::read(reply)?;
        match answer.denial.as_ref().and_then(errors::by_session) {
            Some(failure) => Err(failure),
            None => Ok(answer),
        }
    }

    /// The same without a look at the session: a login has none yet.
    pub(super) fn read(reply: &'r Reply) -> Result<Self, Failure> {
        if let Some(failure) = errors::by_content(reply) {
            return Err(failure);
        }
        let mut answer = Self { reply, text: charset::mended(&reply.body), denial: None };
        if !answer.is_array() {
            let said: Said<'_> = answer.parse()?;
            let denial = said.denial(reply);
            answer.denial = denial;
        }
        Ok(answer)
    }

    /// The vendor's no.
    pub(in crate::mk_solutions) fn denial(&self) -> Option<&Denial> {
        self.denial.as_ref()
    }

    /// The rows of a list: a bare array, or the array under one of these keys (plain, see `charset`). "Nothing found" is
    /// no rows. An object without a list is no answer, so that nothing else can pass for "nobody there".
    pub(in crate::mk_solutions) fn rows<'a, R: Deserialize<'a>>(&'a self, keys: &[&str]) -> Result<Vec<R>, Failure> {
        self.list(|fields| fields.named(keys))
    }

    /// The same of a list that is one person's, where the answer says whose it is.
    pub(in crate::mk_solutions) fn rows_of<'a, R: Deserialize<'a>>(
        &'a self,
        keys: &[&str],
        person: &str,
    ) -> Result<Vec<R>, Failure> {
        if self.denial.is_none() && !self.is_array() {
            let whose: Whose<'_> = self.parse()?;
            if whose.codigopessoa.key().is_some_and(|told| told != person) {
                return Err(self.broken("The ERP sent the list of another customer."));
            }
        }
        self.rows(keys)
    }

    /// The rows of the first array there is, where nobody has seen under which key it comes (dossier 4.g).
    pub(in crate::mk_solutions) fn first_rows<'a, R: Deserialize<'a>>(&'a self) -> Result<Vec<R>, Failure> {
        self.list(Fields::first_array)
    }

    fn list<'a, R: Deserialize<'a>>(
        &'a self,
        pick: impl FnOnce(&Fields<'a>) -> Option<&'a RawValue>,
    ) -> Result<Vec<R>, Failure> {
        match &self.denial {
            Some(denial) if denial.nothing_there() => return Ok(Vec::new()),
            Some(denial) => return Err(denial.unexpected()),
            None => {}
        }
        if self.is_array() {
            return self.parse();
        }
        let fields: Fields<'a> = self.parse()?;
        let found = pick(&fields).ok_or_else(|| self.broken("The ERP's answer is not the list that was asked for."))?;
        let rows: Rows<R> = self.reply.json_of(found.get())?;
        Ok(rows.0)
    }

    /// The object, or none where nothing was found.
    pub(in crate::mk_solutions) fn found<'a, T: Deserialize<'a>>(&'a self) -> Result<Option<T>, Failure> {
        match &self.denial {
            Some(denial) if denial.nothing_there() => Ok(None),
            Some(denial) => Err(denial.unexpected()),
            None => self.object().map(Some),
        }
    }

    /// The object, whatever it says of itself.
    pub(in crate::mk_solutions) fn object<'a, T: Deserialize<'a>>(&'a self) -> Result<T, Failure> {
        // The fields of a struct would be read by position out of an array.
        if self.is_array() {
            return Err(self.broken("The ERP's answer is a list where an object was promised."));
        }
        self.parse()
    }

    /// A failure of the answer's shape.
    pub(in crate::mk_solutions) fn broken(&self, detail: &'static str) -> Failure {
        Failure::broken(detail).at(self.reply.upstream())
    }

    fn is_array(&self) -> bool {
        self.text.trim_start().starts_with('[')
    }

    fn parse<'a, T: Deserialize<'a>>(&'a self) -> Result<T, Failure> {
        self.reply.json_of(&self.text)
    }
}

/// Whose list it is.
#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Whose<'a> {
    codigopessoa: Text<'a>,
}

/// What an answer says of itself, in the spellings of dossier 3.1 and 3.2.
#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Said<'a> {
    status: Text<'a>,
    #[serde(rename = "num. erro")]
    number: Text<'a>,
    codigo_erro: Text<'a>,
    mensagem: Text<'a>,
    message: Text<'a>,
    msg: Text<'a>,
}

impl Said<'_> {
    fn denial(&self, reply: &Reply) -> Option<Denial> {
        let code = self.number.filled().or(self.codigo_erro.filled());
        let message = [&self.mensagem, &self.message, &self.msg].into_iter().find_map(Text::filled);
        let good = self.status.as_str().eq_ignore_ascii_case("OK");
        let refused = self.status.as_str().eq_ignore_ascii_case("ERRO")
            || self.number.filled().is_some()
            || (!good && self.codigo_erro.filled().is_some());
        (refused || reply.status >= 400).then(|| Denial::new(reply, code, message.unwrap_or_default()))
    }
}

/// The fields of an object, unread.
struct Fields<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Fields<'a> {
    fn named(&self, keys: &[&str]) -> Option<&'a RawValue> {
        self.0.iter().find(|(name, _)| keys.contains(&name.as_ref())).map(|(_, value)| *value)
    }

    fn first_array(&self) -> Option<&'a RawValue> {
        self.0.iter().map(|(_, value)| *value).find(|value| value.get().starts_with('['))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(FieldsVisitor).map(Fields)
    }
}

struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Vec<(Cow<'de, str>, &'de RawValue)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut fields = Vec::with_capacity(entries.size_hint().unwrap_or(8));
        while let Some(key) = entries.next_key::<KeyText<'de>>()? {
            fields.push((key.0, entries.next_value::<&'de RawValue>()?));
        }
        Ok(fields)
    }
}

/// A key, borrowed where it has no escapes.
#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
struct KeyText<'a>(#[serde(borrow)] Cow<'a, str>);

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use ponte_domain::FailureKind;
    use ponte_domain::capability::Capability;
    use ponte_transport::Reply;
    use serde::Deserialize;

    use super::{Answer, Text};
    use crate::mk_solutions::dialect::Rule;

    #[derive(Deserialize)]
    struct Row<'a> {
        #[serde(default, borrow)]
        id: Text<'a>,
    }

    fn ids(body: &'static str) -> Result<Vec<String>, FailureKind> {
        let reply = Reply::new(200, None, body);
        let answer = Answer::of(&reply, Rule::free("X"), Capability::Contracts).map_err(|failure| failure.kind())?;
        let rows: Vec<Row<'_>> = answer.rows(&["contratos", "agendas"]).map_err(|failure| failure.kind())?;
        Ok(rows.iter().map(|row| row.id.word()).collect())
    }

    #[test]
    fn a_list_is_bare_or_under_its_key_and_nothing_found_is_none() {
        use FailureKind::{BrokenAnswer, LoginExpired, VendorFault};
        for (body, expected) in [
            (r#"[{"id":1},{"id":"2"}]"#, Ok(vec!["1", "2"])),
            (r#"{"Contratos":[{"id":1}],"status":"OK"}"#, Ok(vec!["1"])),
            (r#"{"Agendas:":[{"ID":1}],"status":"OK"}"#, Ok(vec!["1"])),
            (r#"{"Contratos":null,"status":"OK"}"#, Ok(vec![])),
            (r#"{"Contratos":"","status":"OK"}"#, Ok(vec![])),
            ("[]", Ok(vec![])),
            (r#"{"Mensagem":"Dados não localizados.","Num. ERRO":"003","status":"ERRO"}"#, Ok(vec![])),
            (r#"{"CODIGO_ERRO":"003","Mensagem":"Dados não localizados.","status":"ERRO"}"#, Ok(vec![])),
            (r#"{"mensagem":"Dados não localizados.","status":"ERRO"}"#, Ok(vec![])),
            (r#"{"codigo_erro":"004","mensagem":"Não permite.","Contratos":[]}"#, Err(VendorFault)),
            (r#"{"Mensagem":"Documento inválido.","Num. ERRO":"002","status":"ERRO"}"#, Err(VendorFault)),
            (
                r#"{"CodToken":585185,"Mensagem":"Token expirado.","Num. ERRO":"999","status":"ERRO"}"#,
                Err(LoginExpired),
            ),
            (r#"{"Mensagem":"Token inválido.","Num. ERRO":"001","status":"ERRO"}"#, Err(LoginExpired)),
            (r#"{"status":"OK"}"#, Err(BrokenAnswer)),
            (r#"{"Contratos":"x","status":"OK"}"#, Err(BrokenAnswer)),
            (r#"{"Contratos":[{"id""#, Err(BrokenAnswer)),
            ("12", Err(BrokenAnswer)),
            ("<html></html>", Err(BrokenAnswer)),
        ] {
            let expected: Result<Vec<String>, _> = expected.map(|ids| ids.iter().map(|id| (*id).to_owned()).collect());
            assert_eq!(ids(body), expected, "{body}");
        }
    }

    #[test]
    fn a_list_of_somebody_else_is_no_answer() {
        for (body, expected) in [
            (r#"{"CodigoPessoa":17645,"Contratos":[{"id":1}],"status":"OK"}"#, Ok(1)),
            (r#"{"CodigoPessoa":"17645","Contratos":[{"id":1}]}"#, Ok(1)),
            (r#"{"Contratos":[{"id":1}],"status":"OK"}"#, Ok(1)),
            (r#"[{"id":1}]"#, Ok(1)),
            (r#"{"Mensagem":"Dados não localizados.","Num. ERRO":"003","status":"ERRO"}"#, Ok(0)),
            (r#"{"CodigoPessoa":20311,"Contratos":[{"id":1}],"status":"OK"}"#, Err(FailureKind::BrokenAnswer)),
        ] {
            let reply = Reply::new(200, None, body);
            let answer = Answer::of(&reply, Rule::free("X"), Capability::Contracts).unwrap();
            let rows = answer.rows_of::<Row<'_>>(&["contratos"], "17645");
            assert_eq!(rows.map(|rows| rows.len()).map_err(|failure| failure.kind()), expected, "{body}");
        }
    }

    #[test]
    fn an_error_of_the_core_api_is_a_denial() {
        let reply = Reply::new(404, None, r#"{"message":"Pessoa não encontrada"}"#);
        let answer = Answer::of(&reply, Rule::core("core-api/pessoas/id"), Capability::Contracts).unwrap();
        assert!(answer.denial().unwrap().nothing_there());
        let reply = Reply::new(400, None, r#"{"message":"Atendimento encerrado"}"#);
        let answer = Answer::of(&reply, Rule::core("core-api/x"), Capability::Contracts).unwrap();
        assert!(!answer.denial().unwrap().nothing_there());
    }

    #[test]
    fn the_first_array_is_the_list_where_no_key_is_known() {
        let reply = Reply::new(200, None, r#"{"status":"OK","Qualquer":[{"id":7}]}"#);
        let answer = Answer::of(&reply, Rule::special("X"), Capability::Acceptance).unwrap();
        assert_eq!(answer.first_rows::<Row<'_>>().unwrap().first().unwrap().id.as_str(), "7");
    }

    #[test]
    fn an_array_is_no_object() {
        let reply = Reply::new(200, None, r#"["1"]"#);
        let answer = Answer::of(&reply, Rule::free("X"), Capability::Contracts).unwrap();
        assert_eq!(answer.found::<Row<'_>>().err().unwrap().kind(), FailureKind::BrokenAnswer);
    }
}
