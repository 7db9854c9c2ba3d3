//! The slip of a title: its line, the PDF, and the signed link that a browser opens (dossier 4.c).

use ponte_domain::failure::{Fault, Subject};
use ponte_domain::invoice::{Availability, Boleto, NoBoleto, Pdf};
use ponte_domain::reference::InvoiceRef;
use ponte_domain::{Failure, FailureKind};
use ponte_transport::{Looks, Method, Reply};
use serde::Deserialize;

use super::{CAPABILITY, Title};
use crate::call::Call;
use crate::reading::pdf::pdf as read_pdf;
use crate::reading::text::Text;
use crate::synsuite::dialect::{Answer, Need, Route, Said, ask, send};

const PDF: Route = Route::of(Method::Get, "GetBillet", Need::Item(CAPABILITY));
const LINK: Route = Route::of(Method::Get, "GetBilletLink", Need::Item(CAPABILITY));

/// The boleto of a payable title, or why there is none.
pub(super) fn boleto(title: &Title) -> Result<Boleto, NoBoleto> {
    match &title.line {
        Some(Ok(line)) => Ok(Boleto { line: Some(line.clone()), bar_code: None, pdf: Availability::Yes }),
        Some(Err(error)) => {
            tracing::warn!(vendor = "synsuite", %error, "a title's line or barcode fails its check digits");
            Err(NoBoleto::InvalidCode)
        }
        None => Err(NoBoleto::InvoiceNotRegistered),
    }
}

/// The signed link to the slip. It is not to be kept, so it is asked for when somebody wants to pay; it is one of
/// several ways, so trouble with it is none.
pub(super) async fn link(call: &Call<'_>, invoice: &InvoiceRef) -> Option<String> {
    #[derive(Deserialize, Default)]
    #[serde(default, bound(deserialize = "'de: 'a"))]
    struct Link<'a> {
        link: Text<'a>,
    }
    let found = ask(
        call,
        LINK,
        |route| route.read().segment(invoice.id.as_str()),
        |answer| Ok(answer.found::<Link<'_>>()?.ok().and_then(|found| found.link.filled().map(str::to_owned))),
    );
    found.await.ok().flatten().filter(|url| url.starts_with("https://"))
}

/// The PDF.
pub(super) async fn pdf(call: &Call<'_>, invoice: &InvoiceRef) -> Result<Pdf, Failure> {
    send(call, PDF, |route| route.read().segment(invoice.id.as_str()).document(), document).await
}

/// The document in an answer. Words in an envelope under the same status mean that there is none (dossier 4.c).
pub(in crate::synsuite) fn document(reply: &Reply) -> Result<Pdf, Failure> {
    if let Some(document) = read_pdf(&reply.body) {
        return Ok(document);
    }
    let none = || Failure::not_found(Subject::Document).at(reply.upstream());
    match reply.looks_like() {
        _ if reply.status == 404 => Err(none()),
        Looks::Empty => Err(none()),
        Looks::Json => match Answer::of(reply)?.said::<serde::de::IgnoredAny>()? {
            Said::Denied(denial) => {
                Err(denial.failure(FailureKind::NotFound(Subject::Document), "The ERP gives no document here."))
            }
            Said::Nothing(_) => Err(none()),
            Said::Is(_) => Err(no_document(reply)),
        },
        Looks::Html | Looks::Pdf | Looks::Base64Pdf | Looks::Other => Err(no_document(reply)),
    }
}

fn no_document(reply: &Reply) -> Failure {
    Failure::new(FailureKind::VendorFault, "The ERP's answer is not the document that was asked for.")
        .with_fault(Fault::Vendor)
        .at(reply.upstream())
}
