//! What nobody serves, and what the server below refuses: all of it leaves as a problem.

use actix_web::http::StatusCode;

use crate::problem::{Problem, ProblemKind};

/// The last handler: no such path.
pub(crate) async fn no_such_path() -> Result<&'static str, Problem> {
    Err(Problem::new(ProblemKind::NotFound, "This gateway has no such path."))
}

/// The problem of an answer that actix made by itself. Its text is not passed on: it may repeat what was sent.
pub(crate) fn from_actix(status: StatusCode) -> Problem {
    let (kind, detail) = match status.as_u16() {
        404 => (ProblemKind::NotFound, "This gateway has no such path."),
        405 => (ProblemKind::MethodNotAllowed, "This path does not have this method."),
        406 => (ProblemKind::NotAcceptable, "Nothing that is accepted can be given."),
        413 => (ProblemKind::PayloadTooLarge, "The body is too large."),
        415 => (ProblemKind::UnsupportedMediaType, "The body is of a type that is not read here."),
        431 => (ProblemKind::HeadersTooLarge, "The head of the request is too large."),
        503 => (ProblemKind::Unavailable, "The gateway does not take requests at the moment."),
        400..500 => (ProblemKind::InvalidRequest, "The request cannot be read."),
        _ => (ProblemKind::Internal, "The gateway failed."),
    };
    Problem::new(kind, detail)
}
