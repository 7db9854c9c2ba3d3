//! What an answer holds: `status`, `msg`, `errors[]` and one key of its own. Refusals of all kinds come with HTTP 200
//! and `"status": "error"` (dossier 3); good answers say `success`, `suscess`, or in rare places nothing.

use ponte_domain::capability::Capability;
use ponte_domain::failure::{Refusal, Upstream};
use ponte_domain::{Failure, FailureKind};
use ponte_transport::{Looks, Reply};
use serde::Deserialize;

use super::{SAID_BY_APPLICATION, errors};
use crate::reading::prose::{clean, fold, for_log};
use crate::reading::rows::Rows;
use crate::reading::text::Text;

/// An answer whose status lets the application speak.
pub(in crate::hubsoft) struct Answer<'r> {
    reply: &'r Reply,
}

/// The vendor's no.
pub(in crate::hubsoft) struct Denial {
    /// Its message, cleaned, with the list of errors behind it. It may name a customer: never into a log or an answer
    /// as it is.
    message: String,
    upstream: Upstream,
}

impl Denial {
    /// The message folded, to look for words.
    pub(in crate::hubsoft) fn folded(&self) -> String {
        fold(&self.message)
    }

    /// The failure of this refusal; the vendor's words go to the log only, masked.
    pub(in crate::hubsoft) fn refused(&self, refusal: Refusal, detail: &'static str) -> Failure {
        self.failure(FailureKind::Refused(refusal), detail)
    }

    /// A failure of another kind.
    pub(in crate::hubsoft) fn failure(&self, kind: FailureKind, detail: &'static str) -> Failure {
        Failure::new(kind, detail).with("vendor_message", for_log(&self.message)).at(self.upstream.clone())
    }
}

impl std::fmt::Debug for Denial {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Denial").finish_non_exhaustive()
    }
}

impl<'r> Answer<'r> {
    /// The answer, unless its status is an error of the server, the guard or the router.
    pub(in crate::hubsoft) fn of(reply: &'r Reply, capability: Capability) -> Result<Self, Failure> {
        let answer = Self { reply };
        match reply.status {
            200..=299 => Ok(answer),
            401 => Err(expired(&answer)),
            403 => Err(forbidden(&answer)),
            // The same body with another status was met once (dossier 3).
            400 | 422 if answer.is_refusal() => Ok(answer),
            404 if answer.is_refusal() => Ok(answer),
            404 => Err(errors::no_route(reply, capability)),
            _ => Err(errors::of_status(reply)),
        }
    }

    /// The body of a read. A refusal is a failure.
    pub(in crate::hubsoft) fn body<T: Deserialize<'r>>(&self) -> Result<T, Failure> {
        match self.said()? {
            Some(said) => Err(self.unexpected(&said)),
            None => self.reply.json(),
        }
    }

    /// The body of a search, or none where the vendor says that there is nothing of the kind.
    pub(in crate::hubsoft) fn found<T: Deserialize<'r>>(&self) -> Result<Option<T>, Failure> {
        match self.said()? {
            Some(said) if errors::is_nothing_found(&said.folded()) => Ok(None),
            Some(said) => Err(self.unexpected(&said)),
            None => self.reply.json().map(Some),
        }
    }

    /// The body of an act, or the vendor's no.
    pub(in crate::hubsoft) fn outcome<T: Deserialize<'r>>(&self) -> Result<Result<T, Denial>, Failure> {
        match self.said()? {
            Some(said) => match errors::by_message(self.reply, &said.folded()) {
                Some(failure) => Err(failure),
                None => Ok(Err(Denial { message: said.whole(), upstream: self.reply.upstream() })),
            },
            None => self.reply.json().map(Ok),
        }
    }

    /// The same for an act whose good answer holds nothing but the word for its success. An answer without that word,
    /// an empty object say, does not prove that anything was done.
    pub(in crate::hubsoft) fn done<T: Deserialize<'r>>(&self) -> Result<Result<T, Denial>, Failure> {
        let outcome = self.outcome()?;
        if outcome.is_ok() && !self.reply.json::<Said<'r>>()?.is_success() {
            return Err(Failure::broken("The ERP's answer does not say that it was done.").at(self.reply.upstream()));
        }
        Ok(outcome)
    }

    /// A key that a good answer must have.
    pub(in crate::hubsoft) fn promised<T>(&self, value: Option<T>) -> Result<T, Failure> {
        value.ok_or_else(|| {
            Failure::broken("The ERP's answer does not hold what was asked for.").at(self.reply.upstream())
        })
    }

    /// What a refusal says; none where the answer is none. JSON that says neither yes nor no is taken for what it holds
    /// (dossier 3, classifier).
    fn said(&self) -> Result<Option<Said<'r>>, Failure> {
        let said: Said<'r> = self.reply.json()?;
        Ok(Some(said).filter(Said::is_refusal))
    }

    /// Whether the application itself says no in an answer, whatever its status.
    pub(super) fn is_refused(reply: &'r Reply) -> bool {
        Self { reply }.is_refusal()
    }

    fn is_refusal(&self) -> bool {
        self.reply.looks_like() == Looks::Json && matches!(self.said(), Ok(Some(_)))
    }

    fn unexpected(&self, said: &Said<'_>) -> Failure {
        let folded = said.folded();
        errors::by_message(self.reply, &folded)
            .unwrap_or_else(|| errors::unexpected(self.reply, &folded, &said.whole()))
    }
}

fn expired(answer: &Answer<'_>) -> Failure {
    let failure =
        Failure::new(FailureKind::LoginExpired, "The ERP does not take the token (401).").at(answer.reply.upstream());
    let (name, value) = SAID_BY_APPLICATION;
    if answer.is_refusal() { failure.with(name, value) } else { failure }
}

/// A missing permission where the framework or the application says it; a page is a firewall or a blocked address.
fn forbidden(answer: &Answer<'_>) -> Failure {
    match answer.reply.looks_like() {
        Looks::Json => errors::no_permission().at(answer.reply.upstream()),
        _ => errors::of_status(answer.reply),
    }
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Said<'a> {
    status: Text<'a>,
    msg: Text<'a>,
    errors: Rows<Text<'a>>,
}

impl Said<'_> {
    fn is_refusal(&self) -> bool {
        self.status.as_str().eq_ignore_ascii_case("error")
    }

    fn is_success(&self) -> bool {
        ["success", "suscess"].iter().any(|word| self.status.as_str().eq_ignore_ascii_case(word))
    }

    fn whole(&self) -> String {
        let mut whole = clean(self.msg.as_str());
        for error in &self.errors.0 {
            whole.push(' ');
            whole.push_str(&clean(error.as_str()));
        }
        whole
    }

    fn folded(&self) -> String {
        fold(&self.whole())
    }
}
