//! How an MK Solutions server is spoken to: rules by GET with everything in the query, also where they write, and the
//! core API beside them, all with one session token (dossier 1, 2).
//!
//! A session that turns out to be over is opened anew once. What acts is sent again only where the vendor refused the
//! session with words that come before any work (dossier 3.1). A rule that the installation does not have is
//! remembered for the tenant and not asked for again for a while.

mod answer;
mod charset;
mod errors;
mod session;

use futures_util::{StreamExt as _, stream};
use ponte_domain::capability::Capability;
use ponte_domain::{Failure, FailureKind};
use ponte_transport::{Ask, Method, Nature};
use secrecy::SecretString;

use crate::call::Call;
use crate::mk_solutions::settings;

pub(super) use answer::Answer;
pub(super) use errors::Denial;

/// Calls of one request that are under way at once: a provider's server is small (dossier 2.4).
const AT_ONCE: usize = 4;

/// Where a rule comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    /// Comes with the ERP ("APIs gerais").
    Free,
    /// Part of the paid module ("APIs especiais").
    Special,
    /// The Node service beside the ERP, which not every server has.
    Core,
}

/// One rule, or one path of the core API.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rule {
    /// Its name, which is also the operation's in logs; `core-api/...` for the core API.
    pub(super) name: &'static str,
    pub(super) family: Family,
}

impl Rule {
    /// A rule that comes with the ERP.
    pub(super) const fn free(name: &'static str) -> Self {
        Self { name, family: Family::Free }
    }

    /// A rule of the paid module.
    pub(super) const fn special(name: &'static str) -> Self {
        Self { name, family: Family::Special }
    }

    /// A path of the core API.
    pub(super) const fn core(name: &'static str) -> Self {
        Self { name, family: Family::Core }
    }

    fn path(self) -> String {
        match self.family {
            Family::Free | Family::Special => format!("/mk/{}.rule", self.name),
            Family::Core => format!("/{}", self.name),
        }
    }

    /// Why it cannot be asked; published.
    const fn absent(self) -> &'static str {
        match self.family {
            Family::Free => "This release of the installation does not have the rule of the API that is needed.",
            Family::Special => {
                "This installation does not have what is needed: the paid module of special APIs (APIs especiais) is not licensed, or its release is too old."
            }
            Family::Core => "This installation does not have the core API, or not this part of it.",
        }
    }
}

/// What hangs on a rule: whether the capability is gone without it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Need {
    /// Without the rule the installation does not have the capability.
    Required(Capability),
    /// Without the rule a part of the answer is not known.
    Optional(Capability),
}

impl Need {
    /// The capability that the rule serves.
    pub(super) const fn capability(self) -> Capability {
        match self {
            Self::Required(capability) | Self::Optional(capability) => capability,
        }
    }
}

/// What is sent with a rule.
pub(super) type Params<'p> = &'p [(&'static str, &'p str)];

/// Runs futures together, a few at once, and answers in their order.
pub(super) async fn together<F: Future>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    // Collected first: a stream that makes its futures as it goes is not `Send` for every lifetime.
    let futures: Vec<F> = futures.into_iter().collect();
    stream::iter(futures).buffered(AT_ONCE).collect().await
}

/// Whether the tenant's credentials open a session. The session itself is opened again when it is needed.
pub(super) async fn log_in(call: &Call<'_>) -> Result<(), Failure> {
    session::login(call).await.map(|_| ())
}

/// Asks a rule that changes nothing.
pub(super) async fn look<T>(
    call: &Call<'_>,
    need: Need,
    rule: Rule,
    params: Params<'_>,
    read: impl Fn(&Answer<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let build = || with_query(Ask::read(rule.name, Method::Get, rule.path()), params);
    send(call, need, rule, &build, read).await
}

/// Asks a rule that changes something. It is a GET like the others, and sent once.
pub(super) async fn act<T>(
    call: &Call<'_>,
    need: Need,
    rule: Rule,
    params: Params<'_>,
    read: impl Fn(&Answer<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let build = || with_query(Ask::act(rule.name, Method::Get, rule.path()), params);
    send(call, need, rule, &build, read).await
}

/// The same with the fields in a form, for texts of customers: they are long, and have no business in the server's
/// access log. The form says that it is UTF-8, or accents are stored broken (dossier 2.4).
pub(super) async fn act_by_form<T>(
    call: &Call<'_>,
    need: Need,
    rule: Rule,
    fields: Params<'_>,
    read: impl Fn(&Answer<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let build = || Ask::act(rule.name, Method::Post, rule.path()).form(fields).form_says_utf8();
    send(call, need, rule, &build, read).await
}

/// A question with a password in it, in a form so that it stays out of the access log (dossier 4.j).
pub(super) async fn look_with_secret<T>(
    call: &Call<'_>,
    need: Need,
    rule: Rule,
    fields: Params<'_>,
    secret: (&'static str, &SecretString),
    read: impl Fn(&Answer<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let build = || {
        let ask = Ask::read(rule.name, Method::Post, rule.path()).form(fields).form_says_utf8();
        ask.secret_form(secret.0, secret.1.clone())
    };
    send(call, need, rule, &build, read).await
}

fn with_query(ask: Ask, params: Params<'_>) -> Ask {
    params.iter().fold(ask, |ask, (name, value)| ask.query(*name, *value))
}

async fn send<T>(
    call: &Call<'_>,
    need: Need,
    rule: Rule,
    build: &(dyn Fn() -> Ask + Send + Sync),
    read: impl Fn(&Answer<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    if let Some(failure) = known_absent(call, need, rule) {
        return Err(failure);
    }
    let mut renewed = false;
    loop {
        let session = session::open(call).await?;
        let ask = build();
        let nature = ask.nature();
        let ask = if rule.family == Family::Core { ask } else { ask.query("sys", "MK0") };
        let ask = session.sign(ask);
        // On the heap: one request holds many of these at once, and each is as large as the HTTP client's own future.
        let answered = Box::pin(call.send(ask, |reply| read(&Answer::of(reply, rule, need.capability())?))).await;
        let failure = match answered {
            Ok(value) => {
                note_alive(call, rule).await;
                return Ok(value);
            }
            Err(failure) => failure,
        };
        if failure.kind() != FailureKind::LoginExpired {
            return Err(noted(call, need, rule, nature, failure).await);
        }
        session::close(call, &session).await;
        if renewed {
            return Err(errors::refused_twice(rule, &failure));
        }
        if nature == Nature::Act && !errors::was_before_work(&failure) {
            return Err(failure);
        }
        renewed = true;
    }
}

async fn note_alive(call: &Call<'_>, rule: Rule) {
    if rule.family == Family::Free {
        session::note_alive(call).await;
    }
}

/// The failure of a rule that was found absent before, or that the tenant says is not there.
fn known_absent(call: &Call<'_>, need: Need, rule: Rule) -> Option<Failure> {
    let capability = need.capability();
    let had = match rule.family {
        Family::Free => true,
        Family::Special => settings::special_module(call.tenant),
        Family::Core => settings::core_api(call.tenant),
    };
    if !had {
        if let Need::Required(capability) = need {
            call.memory.remember_missing(capability, rule.absent(), call.now);
        }
        return Some(Failure::new(FailureKind::NotSupported(capability), rule.absent()));
    }
    let reason = call.memory.missing_route(rule.name, call.now)?;
    let failure = Failure::new(FailureKind::NotSupported(capability), &*reason);
    // Found absent by another capability, it is absent to this one too, and its list of capabilities must say so.
    if let Need::Required(capability) = need
        && call.memory.missing(capability, call.now).is_none()
    {
        call.memory.remember_missing(capability, reason, call.now);
    }
    Some(failure)
}

/// Remembers a rule that is absent. A page means that only while the server is well: a moment after a free rule has
/// answered; else it is the server's fault (dossier 3.3). The page of any crash does not mean it of an act.
async fn noted(call: &Call<'_>, need: Need, rule: Rule, nature: Nature, failure: Failure) -> Failure {
    if matches!(failure.kind(), FailureKind::NotFound(_) | FailureKind::Refused(_)) {
        note_alive(call, rule).await;
    }
    if !matches!(failure.kind(), FailureKind::NotSupported(_)) {
        return failure;
    }
    let crashed = nature == Nature::Act && errors::is_crash(&failure);
    if crashed || (errors::page(&failure).is_some() && !session::is_alive(call).await) {
        return errors::of_page(&failure, nature);
    }
    call.memory.remember_missing_route(rule.name, failure.detail(), call.now);
    if let Need::Required(capability) = need {
        call.memory.remember_missing(capability, failure.detail(), call.now);
    }
    failure
}
