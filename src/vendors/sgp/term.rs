//! The acceptance term of a contract: whether it is accepted, its PDF, and accepting it (dossier 4.g).

use ponte_domain::capability::Capability;
use ponte_domain::reference::VendorId;
use ponte_domain::{Failure, FailureKind};
use serde::Deserialize;

use super::dialect::{Need, Request, look};
use super::values::{flag, given};
use crate::call::Call;
use crate::reading::text::Text;

/// A term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Term {
    /// Whether somebody has accepted it.
    pub(super) accepted: bool,
}

/// The term of a contract.
///
/// # Errors
/// What the vendor says; an answer that does not say whether the term is accepted is broken.
pub(super) async fn of(call: &Call<'_>, need: Need, contract: &VendorId) -> Result<Term, Failure> {
    let request = Request::query("termoaceite", "/api/contrato/termoaceite").at(contract.as_str()).slash();
    look(call, need, request, |answer| answer.json(|row: Row<'_>| Ok(row.read(contract)))).await
}

/// The same where the answer can do without.
///
/// # Errors
/// Trouble that is no absence.
pub(super) async fn if_there(
    call: &Call<'_>,
    capability: Capability,
    contract: &VendorId,
) -> Result<Option<Term>, Failure> {
    match of(call, Need::Optional(capability), contract).await {
        Ok(term) => Ok(Some(term)),
        Err(failure) if matches!(failure.kind(), FailureKind::NotSupported(_) | FailureKind::NotFound(_)) => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// The text of the term (`html`), the holder's name and document and the address that accepted it are not read.
#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Row<'a> {
    contrato: Text<'a>,
    aceite_status: Text<'a>,
}

impl Row<'_> {
    /// None where it does not say, or speaks of another contract.
    fn read(&self, contract: &VendorId) -> Option<Term> {
        let mine = given(&self.contrato).is_none_or(|id| id == contract.as_str());
        flag(&self.aceite_status).filter(|_| mine).map(|accepted| Term { accepted })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use ponte_domain::reference::VendorId;

    use super::{Row, Term};

    #[test]
    fn a_term_says_whether_it_is_accepted() {
        let read = |json: &str| serde_json::from_str::<Row<'_>>(json).unwrap().read(&VendorId::from("17402"));
        for (json, expected) in [
            (r#"{"contrato":17402,"aceite_status":false,"html":"<p>…</p>"}"#, Some(Term { accepted: false })),
            (r#"{"contrato":"17402","aceite_status":true}"#, Some(Term { accepted: true })),
            (r#"{"aceite_status":"True"}"#, Some(Term { accepted: true })),
            (r#"{"contrato":1,"aceite_status":true}"#, None),
            (r#"{"contrato":17402}"#, None),
            (r#"{"detail":"x"}"#, None),
        ] {
            assert_eq!(read(json), expected, "{json}");
        }
    }
}
