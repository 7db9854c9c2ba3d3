//! What went wrong, in the order of the dossier (3): status, content, the vendor's code, its words.

use ponte_domain::capability::Capability;
use ponte_domain::failure::{Refusal, Retry};
use ponte_domain::{Failure, FailureKind};
use ponte_transport::{Looks, Reply};

use super::{Family, Rule};
use crate::reading::prose::{fold, for_log};

/// In the context of a session that was refused with words that come before any work: what was asked may be asked
/// again with a new one, even if it acts (dossier 3.1).
const BEFORE_WORK: (&str, &str) = ("refused", "before_work");

/// The vendor's no to a question that it understood.
#[derive(Clone)]
pub(in crate::mk_solutions) struct Denial {
    /// `Num. ERRO`, `codigo_erro` or `CODIGO_ERRO`.
    pub(in crate::mk_solutions) code: Option<String>,
    message: String,
    nothing_there: bool,
    upstream: ponte_domain::failure::Upstream,
}

impl std::fmt::Debug for Denial {
    /// The message may name a customer.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Denial").field("code", &self.code).finish_non_exhaustive()
    }
}

impl Denial {
    pub(super) fn new(reply: &Reply, code: Option<&str>, message: &str) -> Self {
        let nothing = code == Some("003")
            || reply.status == 404
            || (code.is_none() && ["nao localizad", "nao encontrad"].iter().any(|words| fold(message).contains(words)));
        Self {
            code: code.map(str::to_owned),
            message: message.to_owned(),
            nothing_there: nothing,
            upstream: code.map_or_else(|| reply.upstream(), |code| reply.upstream_code(code)),
        }
    }

    /// Whether it only says that there is nothing of that kind.
    pub(in crate::mk_solutions) fn nothing_there(&self) -> bool {
        self.nothing_there
    }

    /// Whether it says, without a code, that something went wrong inside: no answer to the question.
    pub(in crate::mk_solutions) fn is_fault(&self) -> bool {
        let folded = self.folded();
        self.code.is_none()
            && ["erro ao ", "erro interno", "falha ", "exception", "tente novamente"]
                .iter()
                .any(|words| folded.contains(words))
    }

    /// The message without accents and case, to look for words.
    pub(in crate::mk_solutions) fn folded(&self) -> String {
        fold(&self.message)
    }

    /// The failure that it stands for; the vendor's words go to the log only, masked.
    pub(in crate::mk_solutions) fn failure(&self, kind: FailureKind, detail: impl Into<String>) -> Failure {
        Failure::new(kind, detail).with("vendor_message", for_log(&self.message)).at(self.upstream.clone())
    }

    /// A no to an act: the vendor's rule, unless it says that something went wrong inside.
    pub(in crate::mk_solutions) fn refusal(&self, refusal: Refusal, detail: &'static str) -> Failure {
        if self.is_fault() {
            return self.failure(FailureKind::VendorFault, "The ERP could not process the request.");
        }
        self.failure(FailureKind::Refused(refusal), detail)
    }

    /// A no where none is expected.
    pub(in crate::mk_solutions) fn unexpected(&self) -> Failure {
        self.failure(FailureKind::VendorFault, "The ERP refused a query.").with_retry(Retry::Never)
    }
}

/// The failure that the status alone tells. A core API answers business errors with a status and a message, which is
/// the body's affair.
pub(super) fn by_status(reply: &Reply, rule: Rule, capability: Capability) -> Option<Failure> {
    let said_in_json = rule.family == Family::Core && reply.looks_like() == Looks::Json;
    let failure = match reply.status {
        200..=299 => return None,
        // Some builds and the core API refuse an ended session so (dossier 3.3).
        401 | 403 => Failure::new(FailureKind::LoginExpired, "The ERP refuses the session."),
        400..=499 if said_in_json && reply.status != 429 => return None,
        404 => Failure::new(FailureKind::NotSupported(capability), rule.absent()),
        500 if rule.family == Family::Special && is_servlet_page(reply) => {
            Failure::new(FailureKind::NotSupported(capability), rule.absent()).with("page", "servlet")
        }
        _ => reply.common_failure().unwrap_or_else(|| {
            Failure::new(FailureKind::VendorFault, "The ERP answered with a status that its API does not have.")
        }),
    };
    Some(failure.at(reply.upstream()))
}

/// Tomcat's page of a rule whose tables the installation does not have (dossier 3.3). Another page of status 500 is any
/// fault of the server.
fn is_servlet_page(reply: &Reply) -> bool {
    let text = reply.text();
    reply.looks_like() == Looks::Html
        && ["ExternalRulesServlet", "ServletException", "deve ter um valor definido"]
            .iter()
            .any(|words| text.contains(words))
}

/// The failure that the content alone tells: a page is a proxy's or a login form's, whatever its status says.
pub(super) fn by_content(reply: &Reply) -> Option<Failure> {
    let detail = match reply.looks_like() {
        Looks::Html => "The ERP answered with an HTML page where JSON was promised.",
        Looks::Empty => "The ERP's answer is empty where JSON was promised.",
        _ => return None,
    };
    Some(Failure::broken(detail).at(reply.upstream()))
}

/// The failure behind the codes that are about the session: 001, and 999 in both of its senses (dossier 3.1).
pub(super) fn by_session(denial: &Denial) -> Option<Failure> {
    let expired = || denial.failure(FailureKind::LoginExpired, "The ERP refuses the session.");
    let folded = denial.folded();
    match denial.code.as_deref() {
        Some("001") if folded.contains("token") => Some(expired().with(BEFORE_WORK.0, BEFORE_WORK.1)),
        Some("001") => Some(expired()),
        Some("999") if folded.contains("expirad") => Some(expired().with(BEFORE_WORK.0, BEFORE_WORK.1)),
        Some("999") if folded.contains("token") => Some(expired()),
        _ => None,
    }
}

/// Whether a refused session was refused before anything was done.
pub(super) fn was_before_work(failure: &Failure) -> bool {
    failure.context().iter().any(|(name, value)| (*name, value.as_str()) == BEFORE_WORK)
}

/// Two fresh sessions in a row were refused by a rule. Code 001 is a rule that is not ticked in the webservice profile
/// (dossier 3.3, provisional).
pub(super) fn refused_twice(rule: Rule, failure: &Failure) -> Failure {
    let code = failure.upstream().and_then(|upstream| upstream.code.as_deref());
    let refused = if code == Some("001") {
        Failure::new(
            FailureKind::AccessBlocked,
            format!(
                "The ERP does not let the webservice profile use {}: tick it among the profile's authorised webservices.",
                rule.name
            ),
        )
        .with("reason", "rule_not_authorised")
    } else {
        Failure::new(FailureKind::CredentialsRefused, "The ERP refuses sessions that it has just opened.")
    };
    match failure.upstream() {
        Some(upstream) => refused.at(upstream.clone()),
        None => refused,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use ponte_domain::FailureKind;
    use ponte_domain::capability::Capability;
    use ponte_domain::failure::Refusal;
    use ponte_transport::Reply;

    use super::{Denial, by_content, by_session, by_status, was_before_work};
    use crate::mk_solutions::dialect::Rule;

    const SERVLET: &str = "<html><h1>HTTP Status 500</h1><pre>javax.servlet.ServletException: O objeto (Tabela) deve ter um valor definido! wfr.web.ExternalRulesServlet.process(SourceFile:321)</pre></html>";
    const CAPABILITY: Capability = Capability::TrustUnlock;

    #[test]
    fn each_status_has_its_class_by_family() {
        use FailureKind::{LoginExpired, NotSupported, Overloaded, RateLimited, VendorFault};
        let (free, special, core) = (Rule::free("A"), Rule::special("B"), Rule::core("core-api/c"));
        for (status, body, rule, expected) in [
            (200, "{}", free, None),
            (401, "", free, Some(LoginExpired)),
            (403, "<html>", core, Some(LoginExpired)),
            (404, "<html>", free, Some(NotSupported(CAPABILITY))),
            (404, "<html>", core, Some(NotSupported(CAPABILITY))),
            (404, r#"{"message":"Pessoa não encontrada"}"#, core, None),
            (400, r#"{"message":"x"}"#, core, None),
            (400, r#"{"message":"x"}"#, free, Some(VendorFault)),
            (429, "{}", core, Some(RateLimited)),
            (500, SERVLET, special, Some(NotSupported(CAPABILITY))),
            (500, SERVLET, free, Some(VendorFault)),
            (500, "<html>out of memory</html>", special, Some(VendorFault)),
            (502, "<html>", core, Some(Overloaded)),
        ] {
            let reply = Reply::new(status, Some("text/html"), body);
            assert_eq!(by_status(&reply, rule, CAPABILITY).map(|failure| failure.kind()), expected, "{status} {body}");
        }
    }

    #[test]
    fn a_page_of_status_200_is_no_answer() {
        assert_eq!(by_content(&Reply::new(200, None, "<html>login</html>")).unwrap().kind(), FailureKind::BrokenAnswer);
        assert_eq!(by_content(&Reply::new(200, None, " ")).unwrap().kind(), FailureKind::BrokenAnswer);
        assert!(by_content(&Reply::new(200, Some("text/html"), "{}")).is_none());
    }

    #[test]
    fn codes_and_words_say_whether_the_session_or_the_question_was_refused() {
        for (code, message, session, replayed, nothing) in [
            (Some("001"), "Token inválido.", true, true, false),
            (Some("001"), "Serviço não autorizado.", true, false, false),
            (Some("999"), "Token expirado.", true, true, false),
            (Some("999"), "Token not found.", true, false, false),
            (Some("999"), "Erro interno", false, false, false),
            (Some("002"), "Documento inválido.", false, false, false),
            (Some("003"), "Dados não localizados.", false, false, true),
            (Some("004"), "A configuração do perfil não permite esta operação.", false, false, false),
            (None, "Documento não localizado.", false, false, true),
            (None, "Operação indisponível para esta conexão.", false, false, false),
        ] {
            let denial = Denial::new(&Reply::new(200, None, ""), code, message);
            let failure = by_session(&denial);
            assert_eq!(failure.is_some(), session, "{code:?} {message}");
            assert_eq!(failure.is_some_and(|failure| was_before_work(&failure)), replayed, "{code:?} {message}");
            assert_eq!(denial.nothing_there(), nothing, "{code:?} {message}");
        }
    }

    #[test]
    fn something_that_went_wrong_inside_is_no_refusal() {
        for (code, message, fault) in [
            (None, "Erro ao processar a solicitação.", true),
            (None, "Falha na comunicação", true),
            (None, "Operação indisponível para esta conexão.", false),
            (None, "Cliente inativo.", false),
            (Some("004"), "Erro ao processar a solicitação.", false),
        ] {
            let denial = Denial::new(&Reply::new(200, None, ""), code, message);
            assert_eq!(denial.is_fault(), fault, "{message}");
            let kind = denial.refusal(Refusal::TicketRefused, "x").kind();
            assert_eq!(kind == FailureKind::VendorFault, fault, "{message}");
        }
    }

    #[test]
    fn a_denial_shows_no_message() {
        let denial = Denial::new(&Reply::new(200, None, ""), Some("009"), "MARIA DA SILVA deve 99");
        let shown = format!("{denial:?} {:?}", denial.unexpected());
        assert!(!shown.contains("MARIA") && !shown.contains("99"), "{shown}");
    }
}
