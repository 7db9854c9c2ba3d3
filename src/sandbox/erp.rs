//! One running sandbox ERP: its own town, port, journal and faults, and the handles on them.

use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::oneshot;

use crate::faults::{Fault, FaultList, login_form};
use crate::http::{Delivery, Request, Response};
use crate::journal::{Journal, JournalEntry, Outcome};
use crate::roster::{self, Skin};
use crate::town::writes::{WriteKind, Writes};
use crate::town::{Town, TownError};
use crate::{control, wire};

/// Why a sandbox ERP did not start.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// No skin has this name; [`roster`](crate::roster()) lists those that exist.
    #[error("no sandbox for the vendor `{0}`")]
    UnknownVendor(String),
    /// The address could not be listened on, for example because the port is busy.
    #[error("cannot listen on {addr}: {cause}")]
    Listen {
        /// The address asked for.
        addr: SocketAddr,
        /// The system's answer.
        #[source]
        cause: std::io::Error,
    },
    /// The listener's own thread or event loop could not be made.
    #[error("cannot start the sandbox's thread: {0}")]
    Thread(#[source] std::io::Error),
    /// The town's own facts do not hold together: a mistake in this room.
    #[error("the town cannot be built: {0}")]
    Town(#[from] TownError),
}

/// A running stand-in for one vendor's ERP. Several can run in one process, each with a town of
/// its own. It runs on a thread of its own, so it needs no runtime of the caller's and answers also
/// while the caller blocks; it ends with [`stop`](Self::stop) or when dropped.
#[derive(Debug)]
pub struct SandboxErp {
    skin: &'static Skin,
    addr: SocketAddr,
    state: Arc<Mutex<State>>,
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    stop: oneshot::Sender<()>,
    thread: JoinHandle<()>,
}

impl SandboxErp {
    /// Starts the sandbox of `vendor` (for example `ixc`) on `listen`; port 0 takes a free one.
    ///
    /// # Errors
    /// When the vendor has no skin or the address cannot be listened on.
    pub fn start(vendor: &str, listen: SocketAddr) -> Result<Self, SandboxError> {
        let skin = roster::skin(vendor).ok_or_else(|| SandboxError::UnknownVendor(vendor.to_owned()))?;
        let state = Arc::new(Mutex::new(State::new(skin)?));
        let busy = |cause| SandboxError::Listen { addr: listen, cause };
        let listener = TcpListener::bind(listen).map_err(busy)?;
        listener.set_nonblocking(true).map_err(busy)?;
        let addr = listener.local_addr().map_err(busy)?;
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(SandboxError::Thread)?;
        let (stop, stopped) = oneshot::channel();
        let served = Arc::clone(&state);
        let thread = std::thread::Builder::new()
            .name(format!("sandbox-{vendor}"))
            .spawn(move || runtime.block_on(wire::serve(listener, served, stopped)))
            .map_err(SandboxError::Thread)?;
        tracing::debug!(vendor, %addr, "sandbox ERP listens");
        Ok(Self { skin, addr, state, running: Some(Running { stop, thread }) })
    }

    /// The vendor's name.
    pub fn vendor(&self) -> &'static str {
        self.skin.vendor
    }

    /// Where it listens; the real port also when 0 was asked for.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// What a tenant's `base_url` is for this ERP.
    pub fn base_url(&self) -> String {
        format!("http://{}{}", self.addr, self.skin.base_path)
    }

    /// What a tenant's credentials are for this ERP, for IXC `{"token": "..."}`.
    pub fn credentials(&self) -> Value {
        (self.skin.credentials)()
    }

    /// What a tenant's settings need for this ERP: an object of parts of the tenant's settings, for
    /// example `{"vendor": {"portal_url": "http://127.0.0.1:9101"}}`. Empty for most.
    pub fn settings(&self) -> Value {
        (self.skin.settings)(&self.base_url())
    }

    /// The town's instant. It stands still until it is set.
    pub fn now(&self) -> Timestamp {
        self.state().town.now
    }

    /// Sets the town's instant: unlocks run out, invoices fall overdue.
    pub fn set_clock(&self, now: Timestamp) {
        self.state().town.now = now;
    }

    /// Puts all back as just started: the town, its clock, the journal, the write counts, the
    /// faults.
    pub fn reset(&self) {
        self.state().reset();
    }

    /// The calls since the start, the last reset or the last clearing, oldest first.
    pub fn journal(&self) -> Vec<JournalEntry> {
        self.state().journal.entries()
    }

    /// Forgets the calls; the write counts stay.
    pub fn clear_journal(&self) {
        self.state().journal.clear();
    }

    /// What was written since the start or the last reset.
    pub fn writes(&self) -> Writes {
        self.state().town.writes()
    }

    /// Asks for a fault; it comes after those already asked for. A fault for no calls
    /// (`times` 0) is none.
    pub fn inject(&self, fault: Fault) {
        self.state().faults.add(fault);
    }

    /// The faults still to come.
    pub fn faults(&self) -> Vec<Fault> {
        self.state().faults.all().to_vec()
    }

    /// Forgets the faults still to come.
    pub fn clear_faults(&self) {
        self.state().faults.clear();
    }

    /// The town as it is now, a copy.
    pub fn town(&self) -> Town {
        self.state().town.clone()
    }

    /// Closes the port and all connections, and waits until that is done.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        if let Some(Running { stop, thread }) = self.running.take() {
            // An error means that the thread has ended already, which is what is wanted.
            let _ = stop.send(());
            if thread.join().is_err() {
                tracing::error!(vendor = self.skin.vendor, "the sandbox's thread had failed");
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        locked(&self.state)
    }
}

impl Drop for SandboxErp {
    fn drop(&mut self) {
        self.end();
    }
}

/// A poisoned town is still a town: a failed call must not take the later ones with it.
pub(crate) fn locked(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Everything behind the lock.
#[derive(Debug)]
pub(crate) struct State {
    skin: &'static Skin,
    pristine: Town,
    pub(crate) town: Town,
    pub(crate) faults: FaultList,
    pub(crate) journal: Journal,
}

/// What the wire does for one call.
#[derive(Debug)]
pub(crate) struct Plan {
    /// Milliseconds before anything goes out.
    pub(crate) delay_ms: u64,
    pub(crate) delivery: Delivery,
}

impl State {
    fn new(skin: &'static Skin) -> Result<Self, TownError> {
        let town = Town::new()?;
        Ok(Self { skin, pristine: town.clone(), town, faults: FaultList::default(), journal: Journal::default() })
    }

    pub(crate) fn reset(&mut self) {
        self.town = self.pristine.clone();
        self.faults.clear();
        self.journal = Journal::default();
    }

    /// Answers one call. The control API is above faults and journal; all else is the vendor's.
    pub(crate) fn serve(&mut self, request: &Request) -> Plan {
        if request.path.starts_with(control::PREFIX) {
            let delivery = Delivery::Whole(control::answer(self, request));
            return Plan { delay_ms: 0, delivery };
        }
        let (skin, town) = (self.skin, &mut self.town);
        let hit = self.faults.take(request, || rehearsed(skin, town, request));
        let writes_before = town.write_log().len();
        let mut act = || login_form(request).unwrap_or_else(|| (skin.answer)(town, request));
        let delivery = match &hit.other {
            Some(kind) => kind.deliver(skin, request, act),
            None => Delivery::Whole(act()),
        };
        let outcome = Outcome {
            status: status(&delivery),
            fault: hit.words(),
            writes: self.town.write_log().iter().skip(writes_before).map(|w| w.kind).collect(),
        };
        self.journal.record(request, outcome);
        Plan { delay_ms: hit.delay_ms, delivery }
    }
}

/// What a call would write: it is made in a copy of the town.
fn rehearsed(skin: &Skin, town: &Town, request: &Request) -> Vec<WriteKind> {
    let mut town = town.clone();
    let before = town.write_log().len();
    (skin.answer)(&mut town, request);
    town.write_log().iter().skip(before).map(|write| write.kind).collect()
}

fn status(delivery: &Delivery) -> Option<u16> {
    match delivery {
        Delivery::Whole(Response { status, .. })
        | Delivery::HeadOnly(Response { status, .. })
        | Delivery::Truncated { response: Response { status, .. }, .. }
        | Delivery::Drip { response: Response { status, .. }, .. } => Some(*status),
        Delivery::Flood { .. } => Some(200),
        Delivery::Nothing => None,
    }
}
