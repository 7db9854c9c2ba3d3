//! What an act brings: its four steps, and what comes out of them.

use bytes::Bytes;
use ponte_domain::Failure;
use ponte_domain::reference::VendorId;
use ponte_vendors::call::Call;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// What the caller wants done once: the `Idempotency-Key` and a hash of the whole request.
#[derive(Clone, PartialEq, Eq)]
pub struct Intent {
    /// The `Idempotency-Key`, 1 to 255 characters as the gateway checked it.
    pub key: String,
    /// SHA-256 over method, path and body of the request.
    pub fingerprint: [u8; 32],
}

impl std::fmt::Debug for Intent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Intent")
    }
}

/// An act's answer as the gateway writes it; it is stored and replayed as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// HTTP status.
    pub status: u16,
    /// The body.
    pub body: Bytes,
}

/// An act's answer as it goes out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acted {
    /// HTTP status.
    pub status: u16,
    /// The body: the answer, or the problem when a rule of the business said no.
    pub body: Bytes,
    /// Whether it was given before for the same key.
    pub replayed: bool,
}

/// What a read-back says about an act whose outcome is not known.
#[derive(Debug)]
pub(crate) enum Settled<D> {
    /// It happened.
    Done(D),
    /// It is not to be seen; it may still be under way at the vendor.
    NotSeen,
    /// It is certain that it did not happen, since nothing was sent to anybody.
    NeverSent,
    /// Nothing there tells.
    CannotTell,
}

/// The context of a deed that needs none.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Nothing {}

/// One act on a customer or contract.
///
/// `prepare` reads and decides; a failure there means that nothing was sent. `act` makes the one call that changes
/// something. `finish` reads back and says what came of it. `settle` finds that out afterwards, after a crash or a
/// cut, in the same process or a later one. What the last two must know from before stands in `Context`, which the
/// journal keeps (encrypted) from before the act on.
pub(crate) trait Deed: Send + Sync + 'static {
    /// What the caller is told.
    type Done: Send + Sync + 'static;
    /// What `act` needs from `prepare`.
    type Before: Send;
    /// What `finish` needs from `act`.
    type Receipt: Send;
    /// What must survive a crash.
    type Context: Serialize + DeserializeOwned + Send + Sync;

    /// The word in logs, metrics, the journal and the audit trail.
    const OPERATION: &'static str;
    /// Whether `act` makes one call that changes something, so that one that was not sent means that nothing changed.
    /// What is changed after it in passing does not make `act` fail.
    const ONE_CHANGE: bool = false;

    /// What it is done to: the kind and the vendor's id.
    fn target(&self) -> (&'static str, &VendorId);
    /// Whose cached answers it touches.
    fn customer(&self) -> &VendorId;
    /// A new context: ids and instants that stay the same when the act is taken up again.
    fn context(&self, call: &Call<'_>) -> Self::Context;

    /// Reads and decides.
    fn prepare(
        &self,
        call: &Call<'_>,
        context: &mut Self::Context,
    ) -> impl Future<Output = Result<Self::Before, Failure>> + Send;
    /// Acts, once.
    fn act(
        &self,
        call: &Call<'_>,
        before: Self::Before,
        context: &Self::Context,
    ) -> impl Future<Output = Result<Self::Receipt, Failure>> + Send;
    /// Reads back. It fails only where the answer cannot be made; the act has happened.
    fn finish(
        &self,
        call: &Call<'_>,
        receipt: Self::Receipt,
        context: &Self::Context,
    ) -> impl Future<Output = Result<Self::Done, Failure>> + Send;
    /// Finds out what came of it.
    fn settle(
        &self,
        call: &Call<'_>,
        context: &Self::Context,
    ) -> impl Future<Output = Result<Settled<Self::Done>, Failure>> + Send;
}
