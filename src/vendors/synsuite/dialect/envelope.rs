//! The envelope: `success`, words in four shapes, and the answer under one of two names (dossier 2.3, 3).
//!
//! "Not found" and "nothing open" come as words under status 200 with `success` either way, so the words are looked
//! at before an empty answer counts as one.

use std::borrow::Cow;
use std::fmt;

use ponte_domain::failure::{Fault, Refusal, Retry, Upstream};
use ponte_domain::{Failure, FailureKind};
use ponte_transport::{Looks, Reply};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer};
use serde_json::value::RawValue;

use crate::reading::prose::{clean, fold, for_log};
use crate::reading::text::Text;

/// `NOT_FOUND_TEXTS` (dossier 6.0), folded.
const NO_SUCH_ROW: &str = "registro nao encontrado";
/// Words that mean "nobody, nothing of that kind"; the other nouns are assumed.
const NOT_FOUND: [&str; 3] = [NO_SUCH_ROW, "contrato nao encontrado", "cliente nao encontrado"];
/// Words that mean "known, and nothing to pay" (`NOTHING_OPEN_TEXTS`, dossier 6.0).
const NOTHING_OPEN: [&str; 1] = ["cliente nao possui titulos em aberto"];

/// An answer whose status is good, its envelope opened and its content not yet read.
pub(in crate::synsuite) struct Answer<'r> {
    reply: &'r Reply,
    success: Option<bool>,
    words: Vec<Word<'r>>,
    content: Option<&'r RawValue>,
}

/// What an answer says.
#[derive(Debug)]
pub(in crate::synsuite) enum Said<T> {
    /// The content.
    Is(T),
    /// That there is none.
    Nothing(Absence),
    /// No.
    Denied(Denial),
}

/// Why there is no content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::synsuite) enum Absence {
    /// The vendor says that it knows no such thing.
    NotFound,
    /// The vendor says that nothing is open.
    NothingOpen,
    /// The content is null or empty, and no word about it.
    Empty,
}

/// The vendor's no.
pub(in crate::synsuite) struct Denial {
    words: String,
    upstream: Upstream,
}

impl Denial {
    /// The words folded, to look for some.
    pub(in crate::synsuite) fn folded(&self) -> String {
        fold(&self.words)
    }

    /// The failure of this refusal; the vendor's words go to the log only, masked.
    pub(in crate::synsuite) fn refused(self, refusal: Refusal, detail: &'static str) -> Failure {
        self.failure(FailureKind::Refused(refusal), detail)
    }

    /// A failure of another kind.
    pub(in crate::synsuite) fn failure(self, kind: FailureKind, detail: &'static str) -> Failure {
        Failure::new(kind, detail).with("vendor_message", for_log(&self.words)).at(self.upstream)
    }

    /// The failure where no refusal is expected: a query.
    pub(in crate::synsuite) fn unexpected(self) -> Failure {
        self.failure(FailureKind::VendorFault, "The ERP refused a query.")
            .with_fault(Fault::Vendor)
            .with_retry(Retry::Never)
    }
}

impl fmt::Debug for Denial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Denial")
    }
}

/// One page of a list, read.
pub(super) struct Page<T> {
    pub(super) rows: Vec<T>,
    /// Rows of all pages, where it is told.
    pub(super) total: Option<u64>,
    /// Rows that a full page has, where it is told.
    pub(super) size: Option<u64>,
}

impl<'r> Answer<'r> {
    /// Opens the envelope. A bare 404 gets here where one thing was asked for, and says what the words say.
    ///
    /// # Errors
    /// `BrokenAnswer` where it is none.
    pub(in crate::synsuite) fn of(reply: &'r Reply) -> Result<Self, Failure> {
        if reply.status == 404 && reply.looks_like() != Looks::Json {
            return Ok(Self {
                reply,
                success: Some(false),
                words: vec![Word { text: Cow::Borrowed(NO_SUCH_ROW), tone: Tone::Bad }],
                content: None,
            });
        }
        let head: Head<'r> = reply.json()?;
        let Head { success, messages, response, data } = head;
        if success.is_none() && response.is_none() && data.is_none() && messages.0.is_empty() {
            return Err(Failure::broken("The ERP's answer is not in its envelope.").at(reply.upstream()));
        }
        Ok(Self { reply, success, words: messages.0, content: response.or(data) })
    }

    /// The content, or what stands in its place.
    ///
    /// # Errors
    /// `BrokenAnswer` where the content does not have the promised shape.
    pub(in crate::synsuite) fn said<T: Deserialize<'r>>(&self) -> Result<Said<T>, Failure> {
        let content = self.content.filter(|content| !is_empty(content.get()));
        if (self.success == Some(false) || content.is_none())
            && let Some(absence) = self.absence()
        {
            return Ok(Said::Nothing(absence));
        }
        if self.success == Some(false) {
            return Ok(Said::Denied(self.denial()));
        }
        match content {
            Some(content) => self.parse(content).map(Said::Is),
            None => Ok(Said::Nothing(Absence::Empty)),
        }
    }

    /// The content of a query that is not refused. Words that nobody knows in place of an answer are no empty answer
    /// (dossier 3, rule 2).
    ///
    /// # Errors
    /// As [`said`](Self::said); `VendorFault` where the vendor refuses.
    pub(in crate::synsuite) fn found<T: Deserialize<'r>>(&self) -> Result<Result<T, Absence>, Failure> {
        match self.said()? {
            Said::Is(content) => Ok(Ok(content)),
            Said::Nothing(Absence::Empty) if self.complains() => Err(self.denial().unexpected()),
            Said::Nothing(absence) => Ok(Err(absence)),
            Said::Denied(denial) => Err(denial.unexpected()),
        }
    }

    /// A list that is the content itself; nothing there is no rows.
    ///
    /// # Errors
    /// As [`found`](Self::found).
    pub(in crate::synsuite) fn list<T: Deserialize<'r>>(&self) -> Result<Vec<T>, Failure> {
        Ok(self.found::<Vec<T>>()?.unwrap_or_default())
    }

    /// The rows of a page, `data` inside the content (dossier 2.4); nothing there is no rows.
    ///
    /// # Errors
    /// As [`found`](Self::found).
    pub(in crate::synsuite) fn rows<T: Deserialize<'r>>(&self) -> Result<Vec<T>, Failure> {
        match self.found::<Paged<T>>()? {
            Ok(Paged { data: None, total }) if total != Some(0) => {
                Err(self.broken("The ERP sent a page without rows."))
            }
            page => Ok(page.ok().and_then(|page| page.data).unwrap_or_default()),
        }
    }

    /// The rows of a list that is sent at once, under a count of them.
    ///
    /// # Errors
    /// As [`rows`](Self::rows); `BrokenAnswer` where there are fewer than are counted.
    pub(in crate::synsuite) fn all_rows<T: Deserialize<'r>>(&self) -> Result<Vec<T>, Failure> {
        let page = self.page(Self::rows)?;
        if page.total.is_some_and(|total| total > page.rows.len() as u64) {
            return Err(self.broken("The ERP counts rows that it does not send."));
        }
        Ok(page.rows)
    }

    /// The rows of a list that is the content itself or `data` inside it; nothing there is no rows.
    ///
    /// # Errors
    /// As [`found`](Self::found).
    pub(in crate::synsuite) fn listing<T: Deserialize<'r>>(&self) -> Result<Vec<T>, Failure> {
        let bare = self.content.is_some_and(|content| content.get().starts_with('['));
        if bare { self.list() } else { self.rows() }
    }

    /// What came of an act: the vendor took it, or its no. Words of absence are a no here.
    ///
    /// # Errors
    /// `BrokenAnswer` where the answer says neither, or both: a success that is reported as an error.
    pub(in crate::synsuite) fn outcome(&self) -> Result<Result<(), Denial>, Failure> {
        match self.success {
            Some(true) if self.content.is_none_or(|content| is_empty(content.get())) && self.absence().is_some() => {
                Ok(Err(self.denial()))
            }
            Some(true) if self.words.iter().any(|word| word.tone == Tone::Bad) => {
                Err(self.broken("The ERP says of one change that it was taken and that it failed."))
            }
            Some(true) => Ok(Ok(())),
            Some(false) => Ok(Err(self.denial())),
            None => Err(self.broken("The ERP does not say whether it took the change.")),
        }
    }

    pub(super) fn page<T>(&self, read: impl Fn(&Self) -> Result<Vec<T>, Failure>) -> Result<Page<T>, Failure> {
        #[derive(serde::Deserialize)]
        struct Counted {
            #[serde(default, rename = "totalRecords")]
            total: Option<u64>,
            #[serde(default, rename = "pageSize")]
            size: Option<u64>,
        }
        let counted = self.found::<Counted>()?.ok();
        let (total, size) = counted.map_or((None, None), |counted| (counted.total, counted.size));
        Ok(Page { rows: read(self)?, total, size })
    }

    fn parse<T: Deserialize<'r>>(&self, content: &'r RawValue) -> Result<T, Failure> {
        serde_json::from_str(content.get()).map_err(|error| {
            Failure::broken("The ERP's answer does not have the promised shape.")
                .with("column", error.column().to_string())
                .at(self.reply.upstream())
        })
    }

    fn absence(&self) -> Option<Absence> {
        let says = |texts: &[&str]| {
            self.words.iter().any(|word| {
                let folded = fold(&word.text);
                texts.contains(&folded.trim().trim_end_matches(['.', '!']))
            })
        };
        if says(&NOT_FOUND) {
            Some(Absence::NotFound)
        } else if says(&NOTHING_OPEN) {
            Some(Absence::NothingOpen)
        } else {
            None
        }
    }

    /// Whether the words may be the reason why there is no content. A list that is sent empty needs none, unless the
    /// vendor calls it an error.
    fn complains(&self) -> bool {
        let sent = self.content.is_some_and(|content| content.get().trim() != "null");
        self.words.iter().any(|word| match word.tone {
            Tone::Good => false,
            Tone::Bad => true,
            Tone::Unsaid => !sent && !fold(&word.text).contains("sucesso"),
        })
    }

    fn denial(&self) -> Denial {
        let words: Vec<&str> = self.words.iter().map(|word| word.text.as_ref()).collect();
        Denial { words: clean(&words.join(" ")), upstream: self.reply.upstream() }
    }

    fn broken(&self, detail: &'static str) -> Failure {
        Failure::broken(detail).at(self.reply.upstream())
    }
}

fn is_empty(json: &str) -> bool {
    let bare: String = json.chars().filter(|c| !c.is_whitespace()).take(5).collect();
    matches!(bare.as_str(), "null" | "[]" | "{}" | "\"\"")
}

#[derive(serde::Deserialize)]
struct Head<'a> {
    /// One endpoint writes it with a capital.
    #[serde(default, alias = "Success")]
    success: Option<bool>,
    #[serde(default, borrow)]
    messages: Messages<'a>,
    #[serde(default, borrow)]
    response: Option<&'a RawValue>,
    /// In place of `response` on a few endpoints.
    #[serde(default, borrow)]
    data: Option<&'a RawValue>,
}

/// What the vendor calls a message, by its `type`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tone {
    /// `Success`.
    Good,
    /// `Error`.
    Bad,
    /// A warning, or no type.
    Unsaid,
}

impl Tone {
    fn of(kind: &str) -> Self {
        match fold(kind).as_str() {
            "success" => Self::Good,
            "error" => Self::Bad,
            _ => Self::Unsaid,
        }
    }
}

/// One message.
struct Word<'a> {
    text: Cow<'a, str>,
    tone: Tone,
}

/// Null, an empty text, a text, or a list of texts or objects.
#[derive(Default)]
struct Messages<'a>(Vec<Word<'a>>);

impl<'de: 'a, 'a> Deserialize<'de> for Messages<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(MessagesVisitor)
    }
}

struct MessagesVisitor;

impl<'de> Visitor<'de> for MessagesVisitor {
    type Value = Messages<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("messages")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Messages::default())
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Messages(one(Word { text: Cow::Borrowed(text), tone: Tone::Unsaid })))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Messages(one(Word { text: Cow::Owned(text.to_owned()), tone: Tone::Unsaid })))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut words = Vec::new();
        while let Some(Message(word)) = items.next_element()? {
            words.extend(one(word));
        }
        Ok(Messages(words))
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<Self::Value, A::Error> {
        MessageVisitor.visit_map(entries).map(|Message(word)| Messages(one(word)))
    }
}

fn one(word: Word<'_>) -> Vec<Word<'_>> {
    if word.text.trim().is_empty() { Vec::new() } else { vec![word] }
}

/// One message: an object, or its text alone.
struct Message<'a>(Word<'a>);

impl<'de: 'a, 'a> Deserialize<'de> for Message<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(MessageVisitor)
    }
}

struct MessageVisitor;

impl<'de> Visitor<'de> for MessageVisitor {
    type Value = Message<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a message")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Message(Word { text: Cow::Borrowed(""), tone: Tone::Unsaid }))
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Message(Word { text: Cow::Borrowed(text), tone: Tone::Unsaid }))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Message(Word { text: Cow::Owned(text.to_owned()), tone: Tone::Unsaid }))
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<Self::Value, A::Error> {
        #[derive(serde::Deserialize)]
        struct Object<'a> {
            #[serde(default, borrow)]
            message: Text<'a>,
            #[serde(default, borrow, rename = "type")]
            kind: Text<'a>,
        }
        let object = Object::deserialize(MapAccessDeserializer::new(entries))?;
        let tone = Tone::of(object.kind.as_str());
        Ok(Message(Word { text: Cow::Owned(object.message.word()), tone }))
    }
}

#[derive(serde::Deserialize)]
#[serde(bound(deserialize = "T: Deserialize<'de>"))]
struct Paged<T> {
    #[serde(default)]
    data: Option<Vec<T>>,
    #[serde(default, rename = "totalRecords")]
    total: Option<u64>,
}

#[cfg(test)]
mod tests;
