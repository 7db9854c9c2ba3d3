//! Sign-in of a subscriber with the portal's login and password: never cached, limited against guessing.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use ponte_domain::capability::Capability;
use ponte_domain::document::Document;
use ponte_domain::failure::{Refusal, Retry};
use ponte_domain::wifi::SignInForm;
use ponte_domain::{Failure, FailureKind};
use ponte_vendors::erp::SignedIn;
use tokio::time::Instant;

use crate::audit::Target;
use crate::operations::Operations;
use crate::settings::SignInSettings;
use crate::visit::Visit;

/// Guessers that are remembered at once. Beyond it the oldest windows are dropped first.
const MOST_REMEMBERED: usize = 100_000;

impl Operations {
    /// Compares portal credentials. `source` tells where the attempt comes from (a contact, a session, an address);
    /// it is counted and not kept.
    ///
    /// # Errors
    /// `Refused(SignInFailed)`, whatever was wrong; `Refused(SignInLocked)` with the time to wait; `NotSupported`;
    /// what the ERP says.
    pub async fn sign_in(
        &self,
        visit: &Visit,
        form: SignInForm,
        source: String,
        present: impl FnOnce(&SignedIn) -> Bytes,
    ) -> Result<Bytes, Failure> {
        let outcome = self.try_sign_in(visit, &form, &source).await;
        let target = match &outcome {
            Ok(signed_in) => Target::customer(&signed_in.customer.reference.id),
            Err(_) => Target::none("portal_login"),
        };
        self.audit_outcome(visit, "sign_in", target, &outcome);
        Ok(present(&outcome?))
    }

    async fn try_sign_in(&self, visit: &Visit, form: &SignInForm, source: &str) -> Result<SignedIn, Failure> {
        let portal = visit.offered(Capability::SignIn, visit.erp().sign_in(), &self.0.clock)?;
        let login = spelled_once(&form.login);
        let attempt = self.0.attempts.begin(visit.tenant.number(), &login, source)?;
        let outcome = portal.sign_in(&self.call(visit), form).await;
        match &outcome {
            Ok(_) => attempt.right(),
            Err(failure) if failure.kind() == FailureKind::Refused(Refusal::SignInFailed) => attempt.wrong(),
            Err(_) => attempt.not_told(),
        }
        outcome
    }
}

/// One spelling for all of a login's: a document counts as the same with and without its punctuation.
fn spelled_once(login: &str) -> String {
    Document::parse(login).map_or_else(|_| login.trim().to_lowercase(), |document| document.as_str().to_owned())
}

/// Wrong attempts by login and by source.
pub(crate) struct Attempts {
    settings: SignInSettings,
    hasher: RandomState,
    windows: Mutex<HashMap<u64, Window>>,
}

#[derive(Clone, Copy)]
struct Window {
    began: Instant,
    attempts: u32,
}

/// One attempt under way. It counts from its beginning, so that many at once do not slip through; one that ends
/// without a verdict is taken back.
struct Attempt<'a> {
    attempts: &'a Attempts,
    login: u64,
    source: u64,
    verdict: bool,
}

impl Attempts {
    pub(crate) fn new(settings: SignInSettings) -> Self {
        Self { settings, hasher: RandomState::new(), windows: Mutex::new(HashMap::new()) }
    }

    pub(crate) fn forget_all(&self) {
        self.lock().clear();
    }

    /// Only hashes are remembered: a login is personal data.
    fn begin(&self, tenant: u32, login: &str, source: &str) -> Result<Attempt<'_>, Failure> {
        let login = self.hasher.hash_one((tenant, "login", login));
        let source = self.hasher.hash_one((tenant, "source", source));
        let now = Instant::now();
        let mut windows = self.lock();
        self.make_room(&mut windows, now);
        let wait = [(login, self.settings.attempts_per_login), (source, self.settings.attempts_per_source)]
            .into_iter()
            .filter_map(|(key, most)| self.wait(&windows, key, most, now))
            .max();
        if let Some(wait) = wait {
            return Err(Failure::refused(Refusal::SignInLocked, "Too many wrong attempts to sign in.")
                .with_retry(Retry::After(wait)));
        }
        for key in [login, source] {
            let window = windows.entry(key).or_insert(Window { began: now, attempts: 0 });
            if now.duration_since(window.began) >= self.settings.window {
                *window = Window { began: now, attempts: 0 };
            }
            window.attempts += 1;
        }
        Ok(Attempt { attempts: self, login, source, verdict: false })
    }

    /// How long until the key may try again; none when it may now.
    fn wait(&self, windows: &HashMap<u64, Window>, key: u64, most: u32, now: Instant) -> Option<Duration> {
        let window = windows.get(&key)?;
        let left = self.settings.window.checked_sub(now.duration_since(window.began))?;
        (window.attempts >= most && !left.is_zero()).then_some(left)
    }

    fn make_room(&self, windows: &mut HashMap<u64, Window>, now: Instant) {
        if windows.len() < MOST_REMEMBERED {
            return;
        }
        windows.retain(|_, window| now.duration_since(window.began) < self.settings.window);
        if windows.len() >= MOST_REMEMBERED {
            let mut begins: Vec<Instant> = windows.values().map(|window| window.began).collect();
            let middle = begins.len() / 2;
            let (_, border, _) = begins.select_nth_unstable(middle);
            let border = *border;
            windows.retain(|_, window| window.began > border);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u64, Window>> {
        self.windows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Attempt<'_> {
    /// Right credentials clear the login's count; the source's keeps what others' logins added.
    fn right(mut self) {
        self.verdict = true;
        let mut windows = self.attempts.lock();
        windows.remove(&self.login);
        take_back(&mut windows, self.source);
    }

    fn wrong(mut self) {
        self.verdict = true;
    }

    /// The ERP did not say whether the credentials are right.
    fn not_told(self) {
        drop(self);
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        if !self.verdict {
            let mut windows = self.attempts.lock();
            take_back(&mut windows, self.login);
            take_back(&mut windows, self.source);
        }
    }
}

fn take_back(windows: &mut HashMap<u64, Window>, key: u64) {
    if let Some(window) = windows.get_mut(&key) {
        window.attempts = window.attempts.saturating_sub(1);
    }
}
