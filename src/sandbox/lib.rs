//! The sandbox: stateful stand-ins for the vendors' ERPs, on local ports.
//!
//! What comes in: a vendor's own wire calls over HTTP, and the control API under `/_sandbox/`.
//! What goes out: that vendor's own answers about one small town, the same for every vendor, which
//! every write changes; and, on request, faults down to cut connections.
//! Never here: anything of `vendors` or `transport`. The sandbox is a witness for the code under
//! test, written from the vendors' documents, and shares nothing with what it judges. It keeps
//! invented people only and must not be reachable from outside the machine: its control API has no
//! key.
//!
//! Read first: [`town`] (who lives there and what is true), then `ixc.rs` for a skin, then
//! `wire.rs` for how bytes are cut.
//!
//! ```
//! use ponte_sandbox::{SandboxErp, WriteKind};
//!
//! let erp = SandboxErp::start("ixc", ([127, 0, 0, 1], 0).into())?;
//! assert!(erp.base_url().starts_with("http://127.0.0.1:"));
//! assert_eq!(erp.writes().count(WriteKind::TrustUnlock), 0);
//! erp.stop();
//! # Ok::<(), ponte_sandbox::SandboxError>(())
//! ```

mod control;
mod erp;
mod faults;
mod http;
mod hubsoft;
mod ixc;
mod journal;
mod mk_solutions;
mod paper;
mod roster;
mod sgp;
mod synsuite;
pub mod town;
mod wire;

pub use erp::{SandboxErp, SandboxError};
pub use faults::{Fault, FaultKind};
pub use ixc::TOKEN as IXC_TOKEN;
pub use journal::JournalEntry;
pub use roster::{Skin, roster};
pub use town::writes::{WriteKind, Writes};
