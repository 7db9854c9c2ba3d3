//! The only door to an ERP.
//!
//! Comes in: an [`Ask`] (a read, an act, or a link of the vendor's), the [`Trip`] it belongs to and a reader, a pure
//! function from [`Reply`] to a value. Goes out: that value, or a [`Failure`](ponte_domain::Failure) that says what
//! happened, whose it is and what may be done about it. Never here: a vendor's name, a business rule, the wall clock,
//! and outside of this room never a type of the HTTP client.
//!
//! A call passes the layers from the outside in: deadline, retry, breaker, limits, attempt time-out, wire, reader.
//! The reader runs inside, so that a 200 with an error in it is retried, counted and classified as what it is.
//!
//! Invariants:
//! - Only reads are retried, and never past the deadline.
//! - A failed act that is not `OutcomeUnknown` did not happen: either nothing was sent, or the vendor said no.
//! - No redirect is followed, and secrets go to the tenant's own origin only.
//! - A secret is exposed on one line (`ask.rs`, `reveal`). No log line, error, `Debug` or metric holds a secret, a
//!   query, a body or a header.
//! - No failure leaves with `Retry::Soon`: the line has tried, so what remains is `After`, `Exhausted` or `Never`.
//!
//! Read `line.rs` first, then `layers.rs`.

mod address;
mod ask;
mod breaker;
mod deadline;
mod depth;
mod layers;
mod limits;
mod line;
mod observer;
mod reply;
mod retry;
mod settings;
mod tls;
mod trouble;
mod wire;

pub use ask::{Ask, Method, Nature};
pub use deadline::{Deadline, Trip};
pub use line::Line;
pub use observer::{Attempt, BreakerState, Observer, Unobserved};
pub use reply::{Looks, Reply};
pub use settings::{BreakerSettings, LineSettings, RetrySettings, WireSettings};
pub use wire::Wire;
