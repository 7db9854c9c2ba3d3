//! What an answer holds. There is no envelope: each route has a shape of its own, and what is required of it proves
//! that it is the answer that was asked for (dossier 3).

use std::fmt;
use std::marker::PhantomData;

use ponte_domain::capability::Capability;
use ponte_domain::failure::Upstream;
use ponte_domain::invoice::Pdf;
use ponte_domain::{Failure, FailureKind};
use ponte_transport::{Looks, Reply};
use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::errors;
use crate::reading::pdf::pdf;
use crate::reading::prose::for_log;
use crate::reading::text::Text;
use crate::sgp::values::given;

/// An answer whose status is good.
pub(in crate::sgp) struct Answer<'r> {
    reply: &'r Reply,
}

/// One page of a list, read.
pub(in crate::sgp) struct Page<R> {
    /// The rows, in the vendor's order.
    pub(in crate::sgp) rows: Vec<R>,
    /// How many there are on all pages, where the vendor says.
    pub(in crate::sgp) total: Option<u64>,
}

impl<'r> Answer<'r> {
    /// The answer, unless its status is an error.
    pub(in crate::sgp) fn of(reply: &'r Reply, capability: Capability) -> Result<Self, Failure> {
        match errors::by_status(reply, capability) {
            Some(failure) => Err(failure),
            None => Ok(Self { reply }),
        }
    }

    /// JSON of the route's own shape. What `read` does not find is no answer to what was asked.
    ///
    /// # Errors
    /// A page, an error object, JSON of another shape, and what `read` says.
    pub(in crate::sgp) fn json<T: Deserialize<'r>, U>(
        &self,
        read: impl FnOnce(T) -> Result<Option<U>, Failure>,
    ) -> Result<U, Failure> {
        if let Some(failure) = errors::by_content(self.reply) {
            return Err(failure);
        }
        let wire = match self.reply.json::<T>() {
            Ok(wire) => wire,
            Err(failure) => return Err(self.complaint().unwrap_or(failure)),
        };
        match read(wire) {
            Ok(Some(value)) => Ok(value),
            Ok(None) => Err(self.other_shape()),
            Err(failure) => Err(failure.at(self.reply.upstream())),
        }
    }

    /// A list, bare or under whatever key this version wraps it in.
    ///
    /// # Errors
    /// As `json`: an object that holds no list is no list.
    pub(in crate::sgp) fn list<R: Deserialize<'r>, T>(
        &self,
        read: impl FnMut(R) -> Result<T, Failure>,
    ) -> Result<Vec<T>, Failure> {
        self.json(|Listed(rows): Listed<R>| {
            rows.map(|rows| rows.into_iter().map(read).collect::<Result<Vec<T>, _>>()).transpose()
        })
    }

    /// A document, or none where the answer is empty. A page or a JSON text in its place is the vendor's fault.
    pub(in crate::sgp) fn document(&self) -> Result<Option<Pdf>, Failure> {
        if let Some(document) = pdf(&self.reply.body) {
            return Ok(Some(document));
        }
        match self.reply.looks_like() {
            Looks::Empty => Ok(None),
            _ => Err(errors::by_content(self.reply).or_else(|| self.complaint()).unwrap_or_else(|| {
                Failure::new(FailureKind::VendorFault, "The ERP's answer is not the document that was asked for.")
                    .at(self.reply.upstream())
            })),
        }
    }

    /// Where it came from, for a refusal.
    pub(in crate::sgp) fn upstream(&self) -> Upstream {
        self.reply.upstream()
    }

    /// The same with the vendor's own code.
    pub(in crate::sgp) fn upstream_code(&self, code: &str) -> Upstream {
        self.reply.upstream_code(code)
    }

    fn other_shape(&self) -> Failure {
        self.complaint()
            .unwrap_or_else(|| Failure::broken("The ERP's answer is not what was asked for.").at(self.reply.upstream()))
    }

    /// The error objects of the framework and of the server (dossier 3), with status 200.
    fn complaint(&self) -> Option<Failure> {
        #[derive(Deserialize, Default)]
        #[serde(default, bound(deserialize = "'de: 'a"))]
        struct Complaint<'a> {
            detail: Text<'a>,
            error: Text<'a>,
        }
        let said: Complaint<'_> = self.reply.json().ok()?;
        let words = given(&said.detail).or_else(|| given(&said.error))?;
        Some(
            Failure::new(FailureKind::VendorFault, "The ERP answered with an error of its own.")
                .with("vendor_message", for_log(words))
                .at(self.reply.upstream()),
        )
    }
}

/// Rows of an array, or of the first array among an object's values; none where there is no array.
struct Listed<R>(Option<Vec<R>>);

impl<'de, R: Deserialize<'de>> Deserialize<'de> for Listed<R> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(ListedVisitor { depth: Depth::Outer, rows: PhantomData }).map(Listed)
    }
}

/// Where a list is looked for: in the whole answer, or in one of its values.
#[derive(Clone, Copy)]
enum Depth {
    Outer,
    Value,
}

struct ListedVisitor<R> {
    depth: Depth,
    rows: PhantomData<R>,
}

impl<'de, R: Deserialize<'de>> Visitor<'de> for ListedVisitor<R> {
    type Value = Option<Vec<R>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list, bare or wrapped")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut rows = Vec::with_capacity(items.size_hint().unwrap_or(4));
        while let Some(row) = items.next_element()? {
            rows.push(row);
        }
        Ok(Some(rows))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        while entries.next_key::<IgnoredAny>()?.is_some() {
            match (self.depth, &found) {
                (Depth::Outer, None) => found = entries.next_value::<Value<R>>()?.0,
                _ => {
                    entries.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(found)
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Self::Value, E> {
        Ok(None)
    }
}

struct Value<R>(Option<Vec<R>>);

impl<'de, R: Deserialize<'de>> Deserialize<'de> for Value<R> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(ListedVisitor { depth: Depth::Value, rows: PhantomData }).map(Value)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use ponte_domain::FailureKind;
    use ponte_domain::capability::Capability;
    use ponte_transport::Reply;
    use serde::Deserialize;

    use super::Answer;
    use crate::reading::text::Text;
    use crate::sgp::values::key;

    #[derive(Deserialize)]
    struct Row<'a> {
        #[serde(borrow)]
        id: Text<'a>,
    }

    fn ids(body: &str) -> Result<Vec<String>, FailureKind> {
        let reply = Reply::new(200, None, body.to_owned());
        let answer = Answer::of(&reply, Capability::Diagnostics).unwrap();
        let read = |row: Row<'_>| Ok(key(&row.id).unwrap_or_default().to_owned());
        answer.list(read).map_err(|failure| failure.kind())
    }

    #[test]
    fn a_list_is_bare_or_wrapped_and_anything_else_is_none() {
        for (body, expected) in [
            (r#"[{"id":1},{"id":"2"}]"#, Ok(vec!["1".to_owned(), "2".to_owned()])),
            ("[]", Ok(vec![])),
            (r#"{"manutencoes":[{"id":1}]}"#, Ok(vec!["1".to_owned()])),
            (r#"{"status":1,"msg":"","data":[{"id":1}],"tags":[]}"#, Ok(vec!["1".to_owned()])),
            (r#"{"paginacao":{"total":0},"rows":[]}"#, Ok(vec![])),
            (r#"{"detail":"Não encontrado."}"#, Err(FailureKind::VendorFault)),
            (r#"{"error":"server error"}"#, Err(FailureKind::VendorFault)),
            (r#"{"msg":"x"}"#, Err(FailureKind::BrokenAnswer)),
            ("null", Err(FailureKind::BrokenAnswer)),
            ("", Err(FailureKind::BrokenAnswer)),
            (r#"[{"id":1}"#, Err(FailureKind::BrokenAnswer)),
            ("<html>login</html>", Err(FailureKind::VendorFault)),
        ] {
            assert_eq!(ids(body), expected, "{body}");
        }
    }

    #[test]
    fn a_document_is_told_by_its_magic() {
        let read = |body: &'static str| {
            let reply = Reply::new(200, Some("application/pdf"), body);
            Answer::of(&reply, Capability::Billing).unwrap().document().map_err(|failure| failure.kind())
        };
        assert!(read("%PDF-1.4").unwrap().is_some());
        assert!(read("").unwrap().is_none());
        assert_eq!(read("<html>Entrar</html>").unwrap_err(), FailureKind::VendorFault);
        assert_eq!(read(r#"{"detail":"x"}"#).unwrap_err(), FailureKind::VendorFault);
    }
}
