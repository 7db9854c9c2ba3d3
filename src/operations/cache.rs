//! The answers kept, as final bytes, and when they stop being true.
//!
//! A key is compact: the tenant's serial, the kind of read, the view, the generation of what it is about, and 128
//! bits of a salted hash of the reference, so that no document stands in a cache key. A write about a customer raises
//! the generation; answers under the old one are unreachable at once, also those of a read that was already under way
//! when the write happened, because it took its key before it asked.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use bytes::Bytes;
use moka::future::Cache;
use ponte_domain::{Failure, FailureKind};
use sha2::{Digest, Sha256};
use tokio::time::Instant;

use crate::settings::CacheSettings;
use crate::visit::View;

/// One kind of cached read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub(crate) enum ReadKind {
    Lookup,
    Customer,
    Contracts,
    Contract,
    CustomerInvoices,
    ContractInvoices,
    Payment,
    PixSvg,
    PixPng,
    BoletoPdf,
    FiscalInvoices,
    FiscalInvoicePdf,
    TrustUnlockState,
    SpeedReleaseState,
    AcceptanceState,
    AcceptanceDocument,
    Diagnostics,
    Tickets,
    TicketTopics,
}

impl ReadKind {
    /// The word in logs, metrics and the audit trail.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Lookup => "customer_lookup",
            Self::Customer => "customer",
            Self::Contracts => "contracts",
            Self::Contract => "contract",
            Self::CustomerInvoices => "customer_invoices",
            Self::ContractInvoices => "contract_invoices",
            Self::Payment => "payment",
            Self::PixSvg => "pix_svg",
            Self::PixPng => "pix_png",
            Self::BoletoPdf => "boleto_pdf",
            Self::FiscalInvoices => "fiscal_invoices",
            Self::FiscalInvoicePdf => "fiscal_invoice_pdf",
            Self::TrustUnlockState => "trust_unlock_state",
            Self::SpeedReleaseState => "speed_release_state",
            Self::AcceptanceState => "acceptance_state",
            Self::AcceptanceDocument => "acceptance_document",
            Self::Diagnostics => "diagnostics",
            Self::Tickets => "tickets",
            Self::TicketTopics => "ticket_topics",
        }
    }

    fn fresh_for(self, settings: &CacheSettings) -> Duration {
        match self {
            Self::Lookup | Self::Customer => settings.customer,
            Self::Contracts | Self::Contract => settings.contracts,
            Self::CustomerInvoices | Self::ContractInvoices => settings.invoices,
            Self::Payment | Self::PixSvg | Self::PixPng => settings.payment,
            Self::BoletoPdf | Self::FiscalInvoicePdf | Self::AcceptanceDocument => settings.documents,
            Self::FiscalInvoices => settings.fiscal_invoices,
            Self::TrustUnlockState | Self::SpeedReleaseState | Self::AcceptanceState => settings.act_state,
            Self::Diagnostics => settings.diagnostics,
            Self::Tickets => settings.tickets,
            Self::TicketTopics => settings.topics,
        }
    }

    /// Old answers help while an ERP is down, except where acting on them does harm: a paid invoice's Pix would be
    /// paid twice, an unlock or an acceptance would be offered that is no longer possible, a document would be signed
    /// that has changed, and a line would be called online that is down.
    fn stale_for(self, settings: &CacheSettings) -> Duration {
        match self {
            Self::Payment
            | Self::PixSvg
            | Self::PixPng
            | Self::TrustUnlockState
            | Self::SpeedReleaseState
            | Self::AcceptanceState
            | Self::AcceptanceDocument
            | Self::Diagnostics => Duration::ZERO,
            Self::Lookup
            | Self::Customer
            | Self::Contracts
            | Self::Contract
            | Self::CustomerInvoices
            | Self::ContractInvoices
            | Self::BoletoPdf
            | Self::FiscalInvoices
            | Self::FiscalInvoicePdf
            | Self::Tickets
            | Self::TicketTopics => settings.stale_if_error,
        }
    }
}

/// What a cached answer is about: a write about the same subject makes it unreachable.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Subject<'a> {
    /// A customer and everything of theirs, by the vendor's id.
    Customer(&'a str),
    /// A customer's invoices and how they are paid: what a write about the customer touches, and the printing of a
    /// boleto besides.
    Bills(&'a str),
    /// A person as looked up: a document, phone or e-mail in canonical form.
    Person(&'a str),
    /// The tenant as a whole.
    Tenant,
}

/// The name of one answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    serial: u32,
    kind: ReadKind,
    full: bool,
    generation: u64,
    reference: u128,
}

/// One answer.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) bytes: Bytes,
    /// Serial of the caller who saw it last, for the audit trail.
    pub(crate) seen_by: Arc<AtomicU32>,
    stored: Instant,
    fresh_for: Duration,
    stale_for: Duration,
}

impl Answer {
    /// An answer that is given to those who wait for it, and not kept.
    pub(crate) fn passing(bytes: Bytes) -> Self {
        Self {
            bytes,
            seen_by: Arc::default(),
            stored: Instant::now(),
            fresh_for: Duration::ZERO,
            stale_for: Duration::ZERO,
        }
    }

    pub(crate) fn age(&self) -> Duration {
        self.stored.elapsed()
    }

    /// Time left as a fresh answer.
    pub(crate) fn ttl(&self) -> Duration {
        self.fresh_for.saturating_sub(self.age())
    }

    pub(crate) fn is_fresh(&self) -> bool {
        self.age() < self.fresh_for
    }

    fn may_cover_a_failure(&self) -> bool {
        self.age() < self.fresh_for + self.stale_for
    }
}

/// Customers share this many generation counters. Two that share one cost each other a fresh read after a write,
/// nothing else; in exchange the table never grows (32 KiB).
const STRIPES: usize = 8192;

/// The answers kept.
pub(crate) struct Answers {
    kept: Cache<Key, Answer>,
    largest: usize,
    salt: [u8; 32],
    hasher: RandomState,
    generations: Box<[AtomicU32]>,
    epoch: AtomicU32,
    settings: CacheSettings,
}

impl Answers {
    pub(crate) fn new(settings: CacheSettings) -> Self {
        // The per-entry expiry is judged by `Answer`; moka's only frees what nobody asks for again.
        let longest = settings.stale_if_error + settings.documents.max(settings.topics).max(settings.fiscal_invoices);
        let kept = Cache::builder()
            .max_capacity(settings.max_bytes)
            .weigher(|_: &Key, answer: &Answer| u32::try_from(answer.bytes.len() + 200).unwrap_or(u32::MAX))
            .time_to_live(longest)
            .build();
        Self {
            kept,
            largest: usize::try_from(settings.max_bytes / 8).unwrap_or(usize::MAX),
            salt: rand::random(),
            hasher: RandomState::new(),
            generations: (0..STRIPES).map(|_| AtomicU32::new(0)).collect(),
            epoch: AtomicU32::new(0),
            settings,
        }
    }

    /// The key of an answer, as of now.
    pub(crate) fn key(&self, serial: u32, kind: ReadKind, view: View, subject: Subject<'_>, reference: &[&str]) -> Key {
        let mut hash = Sha256::new_with_prefix(self.salt);
        for part in reference {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        }
        let mut half = [0_u8; 16];
        for (to, from) in half.iter_mut().zip(hash.finalize()) {
            *to = from;
        }
        Key {
            serial,
            kind,
            full: view == View::Full,
            generation: self.generation(serial, subject),
            reference: u128::from_le_bytes(half),
        }
    }

    /// A write about the subject happened, or may have happened.
    pub(crate) fn forget(&self, serial: u32, subject: Subject<'_>) {
        if let Some(stripe) = self.stripe(serial, subject) {
            stripe.fetch_add(1, Ordering::AcqRel);
        }
    }

    /// Everything is forgotten, also what is being read now.
    pub(crate) fn forget_all(&self) {
        self.epoch.fetch_add(1, Ordering::AcqRel);
        self.kept.invalidate_all();
    }

    pub(crate) async fn fresh(&self, key: &Key) -> Option<Answer> {
        self.kept.get(key).await.filter(Answer::is_fresh)
    }

    /// An answer that is no longer fresh but may stand in for one, because the ERP failed in this way.
    pub(crate) async fn instead_of(&self, failure: &Failure, key: &Key) -> Option<Answer> {
        match failure.kind() {
            FailureKind::Unreachable
            | FailureKind::TimedOut
            | FailureKind::Overloaded
            | FailureKind::RateLimited
            | FailureKind::BrokenAnswer
            | FailureKind::VendorFault
            | FailureKind::LoginExpired => self.kept.get(key).await.filter(Answer::may_cover_a_failure),
            // What is gone must not come back when the ERP fails later.
            FailureKind::NotFound(_) => {
                self.drop_if_gone(failure, key).await;
                None
            }
            // The operator must see these at once, and the rest is no failure of the ERP.
            FailureKind::CredentialsRefused
            | FailureKind::AccessBlocked
            | FailureKind::TenantMisconfigured
            | FailureKind::NotSupported(_)
            | FailureKind::Refused(_)
            | FailureKind::InvalidInput
            | FailureKind::UnsupportedDocument
            | FailureKind::OutcomeUnknown
            | FailureKind::Internal => None,
        }
    }

    /// Drops the answer about something that the ERP no longer has.
    pub(crate) async fn drop_if_gone(&self, failure: &Failure, key: &Key) {
        if matches!(failure.kind(), FailureKind::NotFound(_)) {
            self.kept.invalidate(key).await;
        }
    }

    /// Keeps an answer, unless it is so large that it would push out an eighth of the others.
    pub(crate) async fn keep(&self, key: Key, bytes: Bytes, caller: u32) -> Answer {
        self.keep_for(key, bytes, caller, key.kind.stale_for(&self.settings)).await
    }

    /// Keeps an answer that never stands in for a fresh one.
    pub(crate) async fn keep_fresh_only(&self, key: Key, bytes: Bytes, caller: u32) -> Answer {
        self.keep_for(key, bytes, caller, Duration::ZERO).await
    }

    async fn keep_for(&self, key: Key, bytes: Bytes, caller: u32, stale_for: Duration) -> Answer {
        let answer = Answer {
            bytes,
            seen_by: Arc::new(AtomicU32::new(caller)),
            stored: Instant::now(),
            fresh_for: key.kind.fresh_for(&self.settings),
            stale_for,
        };
        if answer.bytes.len() <= self.largest && !answer.fresh_for.is_zero() {
            self.kept.insert(key, answer.clone()).await;
        }
        answer
    }

    fn generation(&self, serial: u32, subject: Subject<'_>) -> u64 {
        let epoch = u64::from(self.epoch.load(Ordering::Acquire)) << 32;
        let own = self.count(serial, subject);
        // Both counts only rise, so that the sum is a new one whenever either is.
        let count = match subject {
            Subject::Bills(id) => own.wrapping_add(self.count(serial, Subject::Customer(id))),
            Subject::Customer(_) | Subject::Person(_) | Subject::Tenant => own,
        };
        epoch | u64::from(count)
    }

    fn count(&self, serial: u32, subject: Subject<'_>) -> u32 {
        self.stripe(serial, subject).map_or(0, |stripe| stripe.load(Ordering::Acquire))
    }

    fn stripe(&self, serial: u32, subject: Subject<'_>) -> Option<&AtomicU32> {
        let hash = match subject {
            Subject::Customer(id) => self.hasher.hash_one((serial, 'c', id)),
            Subject::Bills(id) => self.hasher.hash_one((serial, 'b', id)),
            Subject::Person(text) => self.hasher.hash_one((serial, 'p', text)),
            Subject::Tenant => self.hasher.hash_one((serial, 't')),
        };
        self.generations.get(usize::try_from(hash % STRIPES as u64).unwrap_or(0))
    }
}

/// Shared ownership of an answer or of the failure that stands in its place.
pub(crate) type Landed = Result<Arc<Answer>, Failure>;
