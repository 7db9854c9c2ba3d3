//! What an answer holds: a page of a list, the outcome of an action, a document, or one of the error shapes.

use ponte_domain::capability::Capability;
use ponte_domain::failure::{Refusal, Upstream};
use ponte_domain::invoice::Pdf;
use ponte_domain::{Failure, FailureKind};
use ponte_transport::{Looks, Reply};
use serde::Deserialize;

use super::errors;
use crate::reading::pdf::pdf;
use crate::reading::prose::{clean, fold, for_log};
use crate::reading::rows::Rows;
use crate::reading::text::Text;

/// An answer whose status is good.
pub(in crate::ixc) struct Answer<'r> {
    reply: &'r Reply,
    capability: Capability,
}

/// One page of a list, read.
pub(in crate::ixc) struct Page<R> {
    /// The rows, in the vendor's order.
    pub(in crate::ixc) rows: Vec<R>,
    /// How many there are on all pages, where the vendor says.
    pub(in crate::ixc) total: Option<u64>,
}

impl<R> Page<R> {
    /// Reads each row.
    pub(in crate::ixc) fn read<T>(self, read: impl FnMut(R) -> Result<T, Failure>) -> Result<Page<T>, Failure> {
        let rows = self.rows.into_iter().map(read).collect::<Result<_, _>>()?;
        Ok(Page { rows, total: self.total })
    }
}

/// What came of an action. Neither says that the effect is there: a success may be hollow (dossier 2.7).
#[derive(Debug)]
pub(in crate::ixc) enum Outcome {
    /// The vendor took it; the id of the new row after an insert.
    Done {
        /// The new row's id.
        id: Option<String>,
    },
    /// The vendor said no, and did nothing.
    Denied(Denial),
}

/// The vendor's no.
pub(in crate::ixc) struct Denial {
    /// Its code, where the family of answers has one.
    pub(in crate::ixc) code: Option<String>,
    /// Its message, cleaned. It may name a customer: never into a log or an answer as it is.
    pub(in crate::ixc) message: String,
    upstream: Upstream,
}

impl Denial {
    /// The message folded, to look for words.
    pub(in crate::ixc) fn folded(&self) -> String {
        fold(&self.message)
    }

    /// The failure of this refusal; the vendor's words go to the log only, masked.
    pub(in crate::ixc) fn refused(self, refusal: Refusal, detail: &'static str) -> Failure {
        self.failure(FailureKind::Refused(refusal), detail)
    }

    /// A failure of another kind.
    pub(in crate::ixc) fn failure(self, kind: FailureKind, detail: &'static str) -> Failure {
        Failure::new(kind, detail).with("vendor_message", for_log(&self.message)).at(self.upstream)
    }
}

impl std::fmt::Debug for Denial {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Denial").field("code", &self.code).finish_non_exhaustive()
    }
}

impl<'r> Answer<'r> {
    /// The answer, unless its status is an error.
    pub(in crate::ixc) fn of(reply: &'r Reply, capability: Capability) -> Result<Self, Failure> {
        match errors::by_status(reply) {
            Some(failure) => Err(failure),
            None => Ok(Self { reply, capability }),
        }
    }

    /// A list: `registros` as array or object, or `rows` of a grid; absent means empty. An answer that has none of
    /// a list's marks is none, so that an insert's success can never pass for "nobody there".
    pub(in crate::ixc) fn page<R: Deserialize<'r>>(&self) -> Result<Page<R>, Failure> {
        self.grid().map(|(page, _)| page)
    }

    /// A list with the totals line that grids have (`tot`).
    pub(in crate::ixc) fn grid<R: Deserialize<'r>>(&self) -> Result<(Page<R>, Vec<Text<'r>>), Failure> {
        self.no_page()?;
        // Its fields would be read by position out of an array, and an empty list come of it.
        if self.is_array() {
            let failure = self.said()?.and_then(|said| self.error(&said));
            return Err(failure.unwrap_or_else(|| self.no_list()));
        }
        let wire: List<'r, R> = self.reply.json()?;
        let List { total, registros, rows, tot, r#type, tipo, message, mensagem, codigo, id } = wire;
        let said = Said { r#type, tipo, message, mensagem, codigo, id, base64: Text::default() };
        if let Some(failure) = self.error(&said) {
            return Err(failure);
        }
        if total.is_none() && registros.is_none() && rows.is_none() {
            return Err(self.no_list());
        }
        let records = registros.map(|rows| rows.0).filter(|rows| !rows.is_empty());
        let rows = records.or_else(|| rows.map(|rows| rows.0)).unwrap_or_default();
        let total = total.as_ref().and_then(|total| total.as_str().parse().ok());
        Ok((Page { rows, total }, tot.0))
    }

    /// JSON of a shape of its own, alone or as the first of a list, that may also be an error.
    pub(in crate::ixc) fn object<T: Deserialize<'r> + Default>(&self) -> Result<Result<T, Denial>, Failure> {
        self.no_page()?;
        match self.said()? {
            Some(said) if said.is_error() => self.denial(&said).map(Err),
            _ => self.first().map(|object| Ok(object.unwrap_or_default())),
        }
    }

    /// The outcome of an action. JSON of an unknown shape that is no error counts as taken: the state is read back
    /// in any case (dossier 5).
    pub(in crate::ixc) fn outcome(&self) -> Result<Outcome, Failure> {
        self.no_page()?;
        match self.said()? {
            Some(said) if said.is_error() => self.denial(&said).map(Outcome::Denied),
            Some(said) => Ok(Outcome::Done { id: said.id.key().map(str::to_owned) }),
            None => Ok(Outcome::Done { id: None }),
        }
    }

    /// A document, or none where the answer is empty or an error of the business. Anything else that is no PDF is a
    /// fault of the vendor (dossier 3.1, 6).
    pub(in crate::ixc) fn document(&self) -> Result<Option<Pdf>, Failure> {
        if let Some(document) = pdf(&self.reply.body) {
            return Ok(Some(document));
        }
        match self.reply.looks_like() {
            Looks::Empty => Ok(None),
            Looks::Json => self.wrapped_document(),
            Looks::Html => self.no_page().map(|()| None),
            Looks::Pdf | Looks::Base64Pdf | Looks::Other => {
                Err(Failure::new(FailureKind::VendorFault, "The ERP's answer is not the document that was asked for.")
                    .at(self.reply.upstream()))
            }
        }
    }

    /// The first run of at least so many digits, in an answer that is a bare text, a quoted one or an object.
    pub(in crate::ixc) fn digits(&self, at_least: usize) -> Result<Option<String>, Failure> {
        self.no_page()?;
        if self.reply.looks_like() == Looks::Json && self.said()?.is_some_and(|said| said.is_error()) {
            return Ok(None);
        }
        let run = |text: &&str| text.len() >= at_least;
        Ok(self.reply.text().split(|c: char| !c.is_ascii_digit()).find(run).map(str::to_owned))
    }

    fn wrapped_document(&self) -> Result<Option<Pdf>, Failure> {
        let said = self.said()?.unwrap_or_default();
        if said.is_error() {
            return self.denial(&said).map(|_| None);
        }
        match pdf(said.base64.as_str().as_bytes()) {
            Some(document) => Ok(Some(document)),
            None => {
                Err(Failure::new(FailureKind::VendorFault, "The ERP's answer is not the document that was asked for.")
                    .at(self.reply.upstream()))
            }
        }
    }

    fn is_array(&self) -> bool {
        self.reply.text().trim_start().starts_with('[')
    }

    fn no_list(&self) -> Failure {
        Failure::broken("The ERP's answer is not the list that was asked for.").at(self.reply.upstream())
    }

    fn no_page(&self) -> Result<(), Failure> {
        errors::by_content(self.reply).map_or(Ok(()), Err)
    }

    /// What the answer says of itself; the first entry where an older version wraps it in a list (dossier 4.e).
    fn said(&self) -> Result<Option<Said<'r>>, Failure> {
        self.first()
    }

    fn first<T: Deserialize<'r>>(&self) -> Result<Option<T>, Failure> {
        if self.is_array() {
            let list: Vec<T> = self.reply.json()?;
            return Ok(list.into_iter().next());
        }
        self.reply.json().map(Some)
    }

    /// The failure behind an error that no list or read should give.
    fn error(&self, said: &Said<'_>) -> Option<Failure> {
        if !said.is_error() {
            return None;
        }
        let message = said.message();
        let known = errors::by_message(self.reply, &message, said.id.key(), self.capability);
        Some(known.unwrap_or_else(|| errors::unexpected(self.reply, &message, said.codigo.filled())))
    }

    fn denial(&self, said: &Said<'_>) -> Result<Denial, Failure> {
        let message = said.message();
        if let Some(failure) = errors::by_message(self.reply, &message, said.id.key(), self.capability) {
            return Err(failure);
        }
        let code = said.codigo.filled().map(str::to_owned);
        let upstream = code.as_deref().map_or_else(|| self.reply.upstream(), |code| self.reply.upstream_code(code));
        Ok(Denial { code, message, upstream })
    }
}

/// Both families of answers: `type`/`message` of the tables and buttons, `tipo`/`mensagem`/`codigo` of the trust
/// unlock (dossier 3.2).
#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Said<'a> {
    r#type: Text<'a>,
    tipo: Text<'a>,
    message: Text<'a>,
    mensagem: Text<'a>,
    codigo: Text<'a>,
    id: Text<'a>,
    base64: Text<'a>,
}

impl Said<'_> {
    fn is_error(&self) -> bool {
        self.r#type.as_str() == "error" || self.tipo.as_str() == "erro"
    }

    fn message(&self) -> String {
        clean(self.message.filled().or(self.mensagem.filled()).unwrap_or_default())
    }
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'a, R: Deserialize<'de>"))]
struct List<'a, R> {
    #[serde(default)]
    total: Option<Text<'a>>,
    #[serde(default = "none")]
    registros: Option<Rows<R>>,
    #[serde(default = "none")]
    rows: Option<Rows<R>>,
    #[serde(default)]
    tot: Rows<Text<'a>>,
    #[serde(default)]
    r#type: Text<'a>,
    #[serde(default)]
    tipo: Text<'a>,
    #[serde(default)]
    message: Text<'a>,
    #[serde(default)]
    mensagem: Text<'a>,
    #[serde(default)]
    codigo: Text<'a>,
    #[serde(default)]
    id: Text<'a>,
}

const fn none<R>() -> Option<Rows<R>> {
    None
}
