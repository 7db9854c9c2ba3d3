//! The slip of one bill: its line from one rule, its PDF and updated amount from another (dossier 4.c).

use std::time::Duration;

use ponte_domain::boleto::DigitableLine;
use ponte_domain::failure::Subject;
use ponte_domain::invoice::{Availability, Boleto, Invoice, NoBoleto, Pdf};
use ponte_domain::money::Cents;
use ponte_domain::reference::InvoiceRef;
use ponte_domain::{Failure, FailureKind};
use ponte_transport::{Ask, Reply};
use serde::Deserialize;

use super::{CAPABILITY, history, leaves_the_rest};
use crate::call::Call;
use crate::memory::Key;
use crate::mk_solutions::contracts::is_out_of_reach;
use crate::mk_solutions::dialect::{Answer, Need, Rule, act, look};
use crate::mk_solutions::settings::{self, LineSource};
use crate::mk_solutions::values;
use crate::reading::pdf::pdf as read_pdf;
use crate::reading::text::Text;

/// One invoice a call; several codes are answered with a page of status 500.
pub(in crate::mk_solutions) const COPY: Rule = Rule::free("WSMKSegundaViaCobranca");
const LINE: Rule = Rule::free("WSMKLDViaSMS");
const OPTIONAL: Need = Need::Optional(CAPABILITY);
/// How long a line is kept that may have cost the customer an SMS: a conversation, with a pause in it.
const KEPT: Duration = Duration::from_secs(3600);
/// How long it is kept that there is none: the slip may be registered at any time.
const NONE_KEPT: Duration = Duration::from_secs(60);

/// The slip, or why there is none, and the amount with fine and interest.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Slip {
    pub(super) boleto: Result<Boleto, NoBoleto>,
    pub(super) updated_amount: Option<Cents>,
}

/// What one of the two rules came to.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part<T> {
    There(T),
    /// The ERP has none for this invoice.
    None,
    /// The rule cannot be had here.
    OutOfReach,
    /// The ERP could not be asked just now.
    Trouble,
}

/// The slip of a payable invoice. Each half may fail alone.
pub(super) async fn slip(call: &Call<'_>, invoice: &Invoice) -> Result<Slip, Failure> {
    let (line, copy) = tokio::join!(line(call, invoice), copy(call, &invoice.reference));
    let (line, copy) = (part(line)?, part(copy)?);
    Ok(assembled(line, copy))
}

fn part<T>(asked: Result<Option<T>, Failure>) -> Result<Part<T>, Failure> {
    match asked {
        Ok(Some(there)) => Ok(Part::There(there)),
        Ok(None) => Ok(Part::None),
        Err(failure) if is_out_of_reach(failure.kind()) => Ok(Part::OutOfReach),
        Err(failure) if leaves_the_rest(failure.kind()) => Ok(Part::Trouble),
        Err(failure) => Err(failure),
    }
}

fn assembled(line: Part<Result<DigitableLine, ()>>, copy: Part<Copy>) -> Slip {
    let updated_amount = if let Part::There(copy) = &copy { copy.amount } else { None };
    let pdf = match &copy {
        Part::There(_) => Availability::Yes,
        Part::None | Part::OutOfReach => Availability::No,
        Part::Trouble => Availability::Unknown,
    };
    let boleto = match (line, &copy) {
        (Part::There(Ok(line)), _) => Ok(Boleto { bar_code: Some(line.bar_code()), line: Some(line), pdf }),
        (Part::There(Err(())), _) => {
            tracing::warn!(vendor = "mk-solutions", "an invoice's digitable line fails its check digits");
            Err(NoBoleto::InvalidCode)
        }
        (_, Part::There(_)) => Ok(Boleto { line: None, bar_code: None, pdf }),
        (Part::Trouble, _) | (_, Part::Trouble) => Err(NoBoleto::TemporarilyUnavailable),
        (Part::None, _) | (_, Part::None) => Err(NoBoleto::InvoiceNotRegistered),
        (Part::OutOfReach, Part::OutOfReach) => Err(NoBoleto::VendorWithoutBoleto),
    };
    Slip { boleto, updated_amount }
}

/// A line; none where the slip is not registered yet, an error where its check digits fail.
type Line = Option<Result<DigitableLine, ()>>;

/// The line, by the rule that the tenant has chosen.
async fn line(call: &Call<'_>, invoice: &Invoice) -> Result<Line, Failure> {
    match settings::line_source(call.tenant) {
        LineSource::InvoiceList => history::line(call, &invoice.reference).await,
        LineSource::SmsRule => line_by_sms_rule(call, invoice).await,
    }
}

/// Nobody says whether this rule also sends the customer an SMS (dossier 4.c). So it is asked when somebody wants to pay,
/// as an act, and the line is kept for the invoice as it stands: text, picture and a second look are one message.
async fn line_by_sms_rule(call: &Call<'_>, invoice: &Invoice) -> Result<Line, Failure> {
    let (reference, due) = (&invoice.reference, invoice.due_date.map(|due| due.to_string()).unwrap_or_default());
    let (customer, id) = (reference.customer.id.as_str(), reference.id.as_str());
    let key = Key::row("digitable_line", format!("{customer}/{id}/{due}/{}", invoice.amount.get()));
    let load = async {
        let params = [("cd_fatura", id)];
        let line = act(call, OPTIONAL, LINE, &params, |answer| read_line(answer, reference)).await?;
        let kept = if matches!(line, Some(Ok(_))) { KEPT } else { NONE_KEPT };
        Ok((line, call.now.checked_add(kept).unwrap_or(call.now)))
    };
    Ok((*call.memory.load_once_until(key, call.now, Box::pin(load)).await?).clone())
}

fn read_line(answer: &Answer<'_>, invoice: &InvoiceRef) -> Result<Line, Failure> {
    let rows: Vec<LineRow<'_>> = answer.rows(&["dadosfatura"])?;
    let owner = |row: &LineRow<'_>| row.codigopessoa.key().is_none_or(|id| id == invoice.customer.id.as_str());
    let mine = rows.into_iter().find(|row| row.codfatura.as_str() == invoice.id.as_str() && owner(row));
    Ok(mine.and_then(|row| Some(DigitableLine::parse(row.ld.filled()?).map_err(|_| ()))))
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct LineRow<'a> {
    codfatura: Text<'a>,
    codigopessoa: Text<'a>,
    ld: Text<'a>,
}

/// What the second copy tells.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Copy {
    /// Where the temporary file is.
    link: String,
    amount: Option<Cents>,
}

impl std::fmt::Debug for Copy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Copy").field("amount", &self.amount).finish_non_exhaustive()
    }
}

async fn copy(call: &Call<'_>, invoice: &InvoiceRef) -> Result<Option<Copy>, Failure> {
    look(call, OPTIONAL, COPY, &[("cd_fatura", invoice.id.as_str())], |answer| read_copy(answer, invoice)).await
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct CopyRow<'a> {
    codigopessoa: Text<'a>,
    fatura: Text<'a>,
    pathdownload: Text<'a>,
    valor: Text<'a>,
}

fn read_copy(answer: &Answer<'_>, invoice: &InvoiceRef) -> Result<Option<Copy>, Failure> {
    let Some(row) = answer.found::<CopyRow<'_>>()? else { return Ok(None) };
    let other = |text: &Text<'_>, id: &str| text.key().is_some_and(|given| given != id);
    if other(&row.fatura, invoice.id.as_str()) || other(&row.codigopessoa, invoice.customer.id.as_str()) {
        return Err(answer.broken("The ERP sent the slip of another invoice."));
    }
    if row.fatura.filled().or(row.pathdownload.filled()).is_none() {
        return Err(answer.broken("The ERP's answer is not the slip that was asked for."));
    }
    let amount = values::amount(&row.valor, "Valor")?.filter(|amount| amount.get() > 0);
    Ok(row.pathdownload.filled().map(|link| Copy { link: link.to_owned(), amount }))
}

/// The PDF, fetched at once: the file is temporary.
pub(super) async fn pdf(call: &Call<'_>, invoice: &InvoiceRef) -> Result<Pdf, Failure> {
    let none = || Failure::not_found(Subject::Document);
    let copy = copy(call, invoice).await?.ok_or_else(none)?;
    let ask = Ask::link("boleto.pdf", reachable(&copy.link, &call.tenant.base_url)).document();
    call.send(ask, read_document).await
}

fn read_document(reply: &Reply) -> Result<Pdf, Failure> {
    if reply.status == 404 {
        return Err(Failure::not_found(Subject::Document).at(reply.upstream()));
    }
    if let Some(failure) = reply.common_failure() {
        return Err(failure);
    }
    read_pdf(&reply.body).ok_or_else(|| {
        Failure::new(FailureKind::VendorFault, "The ERP's answer is not the document that was asked for.")
            .at(reply.upstream())
    })
}

/// The link as it can be reached from here. The server writes its own idea of its address, which may be one of the
/// provider's internal network or without TLS: then only the path is kept, and the tenant's address goes before it
/// (dossier 4.c, provisional).
fn reachable(link: &str, base: &str) -> String {
    let Some((host, path)) = host_and_path(link) else { return link.to_owned() };
    let own = host_and_path(base).is_some_and(|(base, _)| base.eq_ignore_ascii_case(host));
    if own || is_private(host) { format!("/{}", path.trim_start_matches('/')) } else { link.to_owned() }
}

/// Host without port, and what is behind it.
fn host_and_path(address: &str) -> Option<(&str, &str)> {
    let (_, rest) = address.trim().split_once("://")?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(end)?;
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    Some((host, path))
}

fn is_private(host: &str) -> bool {
    if host.eq_ignore_ascii_case("localhost") {
        return true;
    }
    match host.parse::<std::net::Ipv4Addr>() {
        Ok(address) => address.is_private() || address.is_loopback() || address.is_link_local(),
        Err(_) => !host.contains('.') && !host.contains(':'),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use ponte_domain::boleto::DigitableLine;
    use ponte_domain::capability::Capability;
    use ponte_domain::invoice::{Availability, NoBoleto};
    use ponte_domain::money::Cents;
    use ponte_domain::reference::{CustomerRef, InvoiceRef};
    use ponte_domain::{Failure, FailureKind};
    use ponte_transport::Reply;

    use super::{Copy, Part, assembled, reachable, read_copy, read_document, read_line};
    use crate::mk_solutions::dialect::{Answer, Rule};

    const LINE: &str = "34190.90646 10100.001238 45678.901237 1 16560000009990";

    fn invoice() -> InvoiceRef {
        CustomerRef::new("17645").invoice("391901")
    }

    fn with<T>(body: &str, read: impl Fn(&Answer<'_>) -> Result<T, Failure>) -> Result<T, Failure> {
        let reply = Reply::new(200, None, body.to_owned());
        Answer::of(&reply, Rule::free("X"), Capability::Billing).and_then(|answer| read(&answer))
    }

    #[test]
    fn a_line_is_this_invoices_own() {
        let read = |row: &str| {
            with(&format!(r#"{{"DadosFatura":[{row}],"status":"OK"}}"#), |answer| read_line(answer, &invoice()))
                .unwrap()
        };
        let row = |code: &str, person: &str, line: &str| {
            format!(r#"{{"codfatura":{code},"codigopessoa":{person},"ld":"{line}"}}"#)
        };
        assert!(read(&row("391901", "17645", LINE)).unwrap().is_ok());
        assert!(read(&row("\"391901\"", "\"17645\"", LINE)).unwrap().is_ok());
        assert_eq!(read(&row("391902", "17645", LINE)), None);
        assert_eq!(read(&row("391901", "99999", LINE)), None);
        assert_eq!(read(&row("391901", "17645", "")), None);
        assert_eq!(
            read(&row("391901", "17645", "34190.90646 10100.001238 45678.901237 1 16560000009991")),
            Some(Err(()))
        );
    }

    #[test]
    fn a_second_copy_tells_the_updated_amount_of_this_invoice() {
        let read = |body: &str| with(body, |answer| read_copy(answer, &invoice()));
        let copy = read(
            r#"{"CodigoPessoa":17645,"Fatura":"391901","PathDownload":"https://mk.example/mk/tmp/b.pdf","Valor":"R$ 1.234,56","Vcto":"10/09/2026","status":"OK"}"#,
        );
        assert_eq!(copy.unwrap().unwrap().amount, Some(Cents::new(123_456)));
        assert_eq!(read(r#"{"Mensagem":"Dados não localizados.","Num. ERRO":"003","status":"ERRO"}"#).unwrap(), None);
        assert_eq!(read(r#"{"Fatura":"391901","PathDownload":"","Valor":"R$ 1,00","status":"OK"}"#).unwrap(), None);
        for body in [
            r#"{"CodigoPessoa":1,"Fatura":"391901","PathDownload":"https://mk.example/b.pdf","status":"OK"}"#,
            r#"{"CodigoPessoa":17645,"Fatura":"7","PathDownload":"https://mk.example/b.pdf","status":"OK"}"#,
            r#"{"Fatura":"391901","PathDownload":"https://mk.example/b.pdf","Valor":"grátis","status":"OK"}"#,
            r#"{"status":"OK"}"#,
        ] {
            assert_eq!(read(body).unwrap_err().kind(), FailureKind::BrokenAnswer, "{body}");
        }
    }

    #[test]
    fn each_half_may_fail_alone() {
        let line = || Part::There(Ok(DigitableLine::parse(LINE).unwrap()));
        let copy = || Part::There(Copy { link: "/b.pdf".into(), amount: Some(Cents::new(10_190)) });
        let full = assembled(line(), copy());
        assert_eq!(
            full.boleto.as_ref().map(|boleto| (boleto.line.is_some(), boleto.pdf)),
            Ok((true, Availability::Yes))
        );
        assert_eq!(full.updated_amount, Some(Cents::new(10_190)));
        for (line, copy, expected) in [
            (line(), Part::None, Ok((true, Availability::No))),
            (line(), Part::Trouble, Ok((true, Availability::Unknown))),
            (Part::None, copy(), Ok((false, Availability::Yes))),
            (Part::Trouble, copy(), Ok((false, Availability::Yes))),
            (Part::OutOfReach, copy(), Ok((false, Availability::Yes))),
            (Part::There(Err(())), copy(), Err(NoBoleto::InvalidCode)),
            (Part::None, Part::None, Err(NoBoleto::InvoiceNotRegistered)),
            (Part::None, Part::Trouble, Err(NoBoleto::TemporarilyUnavailable)),
            (Part::OutOfReach, Part::OutOfReach, Err(NoBoleto::VendorWithoutBoleto)),
            (Part::OutOfReach, Part::None, Err(NoBoleto::InvoiceNotRegistered)),
        ] {
            let boleto = assembled(line, copy).boleto.map(|boleto| (boleto.line.is_some(), boleto.pdf));
            assert_eq!(boleto, expected);
        }
    }

    #[test]
    fn a_link_to_the_inside_is_taken_to_the_tenants_address() {
        const BASE: &str = "https://mk.provedor.example";
        for (link, expected) in [
            ("http://192.168.0.5:8080/mk/tmp/b.pdf?x=1", "/mk/tmp/b.pdf?x=1"),
            ("http://10.0.0.2/mk/tmp/b.pdf", "/mk/tmp/b.pdf"),
            ("http://localhost:8080//mk/tmp/b.pdf", "/mk/tmp/b.pdf"),
            ("http://servidor:8080/mk/tmp/b.pdf", "/mk/tmp/b.pdf"),
            ("http://mk.provedor.example:8080/mk/tmp/b.pdf", "/mk/tmp/b.pdf"),
            ("https://mk.provedor.example/mk/tmp/b.pdf", "/mk/tmp/b.pdf"),
            ("https://boletos.example/b.pdf", "https://boletos.example/b.pdf"),
            ("/mk/tmp/b.pdf", "/mk/tmp/b.pdf"),
        ] {
            assert_eq!(reachable(link, BASE), expected, "{link}");
        }
    }

    #[test]
    fn a_document_is_a_pdf_or_an_error() {
        let kind = |status, body: &'static str| {
            read_document(&Reply::new(status, None, body)).map(|_| ()).map_err(|failure| failure.kind())
        };
        assert_eq!(kind(200, "%PDF-1.4 x"), Ok(()));
        assert!(matches!(kind(404, "<html>"), Err(FailureKind::NotFound(_))));
        assert_eq!(kind(200, "<html>"), Err(FailureKind::VendorFault));
        assert_eq!(kind(503, ""), Err(FailureKind::Overloaded));
    }
}
