//! HTTP around the handlers: the one middleware, request ids, places (a path and its methods), what nobody serves.

mod outer;
mod passage;
mod place;
mod strange;

pub(crate) use self::outer::Outer;
pub(crate) use self::passage::{Passage, RequestId};
pub(crate) use self::place::{Place, Route, acceptable, accepts};
pub(crate) use self::strange::{from_actix, no_such_path};
