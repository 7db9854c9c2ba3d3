//! The session: who opens it, how long it lives, and how often it may be used (dossier 2.1, 2.2).

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use ponte_domain::dates::{Zone, parse_br_datetime};
use ponte_domain::tenant::Tenant;
use ponte_domain::{Failure, FailureKind};
use ponte_transport::{Ask, Method, Reply};
use secrecy::SecretString;
use serde::Deserialize;

use super::answer::Answer;
use crate::call::Call;
use crate::memory::Key;
use crate::mk_solutions::settings;
use crate::reading::text::{SecretText, Text};

const SESSION: Key = Key::whole("session");
const ALIVE: Key = Key::whole("free_rule_answered");
/// A session is renewed so long before its end, for clocks that differ and calls that take their time.
const MARGIN: Duration = Duration::from_secs(60);
/// Life of a session whose end cannot be read or has passed already by our clock.
const SHORT_LIFE: Duration = Duration::from_secs(600);
/// How long the answer of a free rule proves that the server is well (dossier 3.3).
const PROOF: i64 = 120;

/// A session token with the uses that it still has.
pub(super) struct Session {
    token: SecretString,
    /// None: as often as one likes.
    uses: Option<AtomicU32>,
}

impl Session {
    /// The ask with this session's token.
    pub(super) fn sign(&self, ask: Ask) -> Ask {
        ask.secret_query("token", self.token.clone())
    }

    /// Takes one use; false when none is left.
    fn take(&self) -> bool {
        let Some(uses) = &self.uses else { return true };
        uses.fetch_update(Ordering::AcqRel, Ordering::Acquire, |left| left.checked_sub(1)).is_ok()
    }
}

/// The tenant's session, opened by one flight for all who wait. A profile whose tokens die at their first use wants a
/// login before every call.
pub(super) async fn open(call: &Call<'_>) -> Result<Arc<Session>, Failure> {
    if settings::one_shot(call.tenant) {
        return Ok(Arc::new(login(call).await?.0));
    }
    loop {
        let session = call.memory.load_once_until(SESSION, call.now, Box::pin(login(call))).await?;
        if session.take() {
            return Ok(session);
        }
        call.memory.forget(&SESSION, &session).await;
    }
}

/// Drops a session that the vendor refused, unless another call has replaced it.
pub(super) async fn close(call: &Call<'_>, session: &Arc<Session>) {
    call.memory.forget(&SESSION, session).await;
}

/// Notes that a free rule has just answered: the server is well.
pub(super) async fn note_alive(call: &Call<'_>) {
    if let Ok(last) = alive(call).await {
        last.store(call.now.as_second(), Ordering::Release);
    }
}

/// Whether a free rule has answered a moment ago, so that the page of a special rule means that it is not licensed.
pub(super) async fn is_alive(call: &Call<'_>) -> bool {
    let Ok(last) = alive(call).await else { return false };
    call.now.as_second().saturating_sub(last.load(Ordering::Acquire)).abs() <= PROOF
}

async fn alive(call: &Call<'_>) -> Result<Arc<AtomicI64>, Failure> {
    let never = async { Ok(AtomicI64::new(i64::MIN)) };
    call.memory.load_once(ALIVE, Duration::from_secs(86_400), call.now, never).await
}

/// Opens a session.
pub(super) async fn login(call: &Call<'_>) -> Result<(Session, Timestamp), Failure> {
    let (token, password) = credentials(call.tenant)?;
    let ask = Ask::read("WSAutenticacao", Method::Get, "/mk/WSAutenticacao.rule")
        .query("sys", "MK0")
        .query("cd_servico", "9999")
        .secret_query("token", token)
        .secret_query("password", password);
    let (zone, now) = (&call.tenant.settings.zone, call.now);
    let opened = call.send(ask, |reply| read(reply, zone, now)).await?;
    note_alive(call).await;
    Ok(opened)
}

/// The user's permanent token and the profile's password.
///
/// # Errors
/// `TenantMisconfigured` naming the field that is absent.
fn credentials(tenant: &Tenant) -> Result<(SecretString, SecretString), Failure> {
    let field = |name: &'static str| {
        tenant.credentials.field(name).cloned().ok_or_else(|| {
            Failure::new(FailureKind::TenantMisconfigured, "A credential of the ERP's webservice profile is missing.")
                .in_field(format!("credentials.{name}"))
        })
    };
    Ok((field("token")?, field("password")?))
}

/// The keys are `Token` for the session's token and `token` for the user's, which only goes in.
#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Opened<'a> {
    token: SecretText,
    expire: Text<'a>,
    limiteuso: Text<'a>,
}

fn read(reply: &Reply, zone: &Zone, now: Timestamp) -> Result<(Session, Timestamp), Failure> {
    use secrecy::ExposeSecret as _;
    if let Some(failure) = refused_by_status(reply) {
        return Err(failure.at(reply.upstream()));
    }
    let answer = Answer::read(reply)?;
    if let Some(denial) = answer.denial() {
        if denial.is_fault() {
            return Err(denial.unexpected());
        }
        let detail = match denial.code.as_deref() {
            Some("999" | "001") => {
                "The ERP refuses the user token or the password (contra-senha) of the webservice profile."
            }
            _ => {
                "The ERP refuses the login: check the user token, the profile's password and its list of allowed addresses."
            }
        };
        return Err(denial.failure(FailureKind::CredentialsRefused, detail));
    }
    let opened: Opened<'_> = answer.object()?;
    if opened.token.0.expose_secret().is_empty() {
        return Err(answer.broken("The ERP's answer to the login holds no session."));
    }
    let uses = opened.limiteuso.as_str().parse().ok().filter(|uses: &u32| *uses > 0);
    let session = Session { token: opened.token.0, uses: uses.map(AtomicU32::new) };
    Ok((session, until(opened.expire.as_str(), zone, now)))
}

fn refused_by_status(reply: &Reply) -> Option<Failure> {
    match reply.status {
        200..=299 => None,
        401 | 403 => Some(Failure::new(
            FailureKind::CredentialsRefused,
            "The ERP refuses the login: check the user token, the profile's password and its list of allowed addresses.",
        )),
        404 => Some(
            Failure::new(
                FailureKind::TenantMisconfigured,
                "The address answers that MK Solutions' webservices are not there (404): check the base URL. MK-AUTH is another product.",
            )
            .in_field("base_url"),
        ),
        _ => Some(reply.common_failure().unwrap_or_else(|| {
            Failure::new(FailureKind::VendorFault, "The ERP answered the login with a status that its API does not have.")
        })),
    }
}

/// Until when the session is used. The vendor writes its own local time without zone, taken as the tenant's.
fn until(expire: &str, zone: &Zone, now: Timestamp) -> Timestamp {
    let told = parse_br_datetime(expire).ok().flatten().and_then(|end| zone.at(end));
    let told = told.and_then(|end| end.checked_sub(MARGIN).ok()).filter(|end| *end > now);
    told.or_else(|| now.checked_add(SHORT_LIFE).ok()).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use jiff::Timestamp;
    use ponte_domain::FailureKind;
    use ponte_domain::dates::Zone;
    use ponte_transport::Reply;
    use secrecy::ExposeSecret as _;

    use super::{read, until};

    fn now() -> Timestamp {
        "2026-09-10T20:20:56Z".parse().unwrap()
    }

    #[test]
    fn a_session_ends_a_minute_early_and_shortly_where_its_end_makes_no_sense() {
        for (expire, seconds) in [
            ("10/09/2026 17:50:56", 29 * 60),
            ("10/09/2026 17:21:56", 600),
            ("10/09/2026 10:00:00", 600),
            ("amanhã", 600),
            ("", 600),
            ("12/09/2026 17:20:56", 2 * 86_400 - 60),
        ] {
            let until = until(expire, &Zone::default(), now());
            assert_eq!(until.as_second() - now().as_second(), seconds, "{expire}");
        }
    }

    #[test]
    fn a_login_is_a_session_or_says_what_is_wrong() {
        let kind = |status, body: &'static str| {
            read(&Reply::new(status, None, body), &Zone::default(), now()).map(|_| ()).map_err(|failure| failure.kind())
        };
        use FailureKind::{BrokenAnswer, CredentialsRefused, TenantMisconfigured, VendorFault};
        for (status, body, expected) in [
            (200, r#"{"Expire":"10/09/2026 17:50:56","LimiteUso":0,"Token":"e250.89","status":"OK"}"#, Ok(())),
            (
                200,
                r#"{"CodToken":0,"Mensagem":"Token not found.","Num. ERRO":"999","status":"ERRO"}"#,
                Err(CredentialsRefused),
            ),
            (200, r#"{"Mensagem":"IP não permitido","status":"ERRO"}"#, Err(CredentialsRefused)),
            (200, r#"{"Mensagem":"Erro ao processar a solicitação.","status":"ERRO"}"#, Err(VendorFault)),
            (200, r#"{"status":"OK"}"#, Err(BrokenAnswer)),
            (200, "<html>entrar</html>", Err(BrokenAnswer)),
            (403, "", Err(CredentialsRefused)),
            (404, "<html>", Err(TenantMisconfigured)),
            (500, "<html>", Err(VendorFault)),
        ] {
            assert_eq!(kind(status, body), expected, "{status} {body}");
        }
    }

    #[test]
    fn uses_are_counted_where_the_profile_limits_them() {
        let open = |limit: &str| {
            let body = format!(r#"{{"Expire":"","LimiteUso":{limit},"Token":"t","status":"OK"}}"#);
            read(&Reply::new(200, None, body), &Zone::default(), now()).unwrap().0
        };
        let session = open("2");
        assert_eq!((session.take(), session.take(), session.take()), (true, true, false));
        assert_eq!(session.token.expose_secret(), "t");
        let unlimited = open("0");
        assert!((0..10).all(|_| unlimited.take()));
    }
}
