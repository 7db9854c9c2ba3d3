//! What went wrong, in the order of the dossier (3): status, content, the vendor's code, its words.

use ponte_domain::capability::Capability;
use ponte_domain::failure::{Refusal, Retry};
use ponte_domain::{Failure, FailureKind};
use ponte_transport::{Looks, Nature, Reply};

use super::{Family, Rule};
use crate::reading::prose::{fold, for_log};

/// In the context of a session that was refused with words that come before any work: what was asked may be asked
/// again with a new one, even if it acts (dossier 3.1).
const BEFORE_WORK: (&str, &str) = ("refused", "before_work");
/// In the context of a rule that a page says to be absent: which page.
const PAGE: &str = "page";
const CRASH: &str = "crash";

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
        let folded = fold(message);
        let says = |words: &str| folded.contains(words);
        // Of a session or a user it is no answer to the question.
        let of_access = ["token", "sess", "usuario", "operador"].into_iter().any(says);
        let nothing = code == Some("003")
            || (code.is_none() && !of_access && ["nao localizad", "nao encontrad", "nenhum"].into_iter().any(says));
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

    /// Whether it says, without a code or with that of sessions, that something went wrong inside: no answer to the
    /// question.
    pub(in crate::mk_solutions) fn is_fault(&self) -> bool {
        let folded = self.folded();
        matches!(self.code.as_deref(), None | Some("999"))
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
    let said_in_json = rule.family == Family::Core && reply.looks_like() == Looks::Json && !is_unknown_path(reply);
    let failure = match reply.status {
        200..=299 => return None,
        // Some builds and the core API refuse an ended session so (dossier 3.3).
        401 | 403 => Failure::new(FailureKind::LoginExpired, "The ERP refuses the session."),
        400..=499 if said_in_json && reply.status != 429 => return None,
        404 if rule.family == Family::Core => Failure::new(FailureKind::NotSupported(capability), rule.absent()),
        // A server that is starting answers so for every rule.
        404 => Failure::new(FailureKind::NotSupported(capability), rule.absent()).with(PAGE, "not_found"),
        500 if rule.family == Family::Special => match servlet_page(reply) {
            Some(page) => Failure::new(FailureKind::NotSupported(capability), rule.absent()).with(PAGE, page),
            None => common(reply),
        },
        _ => common(reply),
    };
    Some(failure.at(reply.upstream()))
}

fn common(reply: &Reply) -> Failure {
    reply.common_failure().unwrap_or_else(|| {
        Failure::new(FailureKind::VendorFault, "The ERP answered with a status that its API does not have.")
    })
}

/// A path that the core API does not have, in the words of its framework: no answer to the question.
fn is_unknown_path(reply: &Reply) -> bool {
    reply.status == 404 && reply.text().contains("Cannot GET ")
}

/// Tomcat's page of a rule whose tables the installation does not have (dossier 3.3), or of any other crash within the
/// rules' servlet, which a question cannot tell from it. Another page of status 500 is any fault of the server.
fn servlet_page(reply: &Reply) -> Option<&'static str> {
    let text = reply.text();
    let has = |words: &str| text.contains(words);
    match reply.looks_like() {
        Looks::Html if has("deve ter um valor definido") => Some("module"),
        Looks::Html if has("ExternalRulesServlet") || has("ServletException") => Some(CRASH),
        _ => None,
    }
}

/// The failure of a page that is no proof that the rule is absent. A crash may come after the work of an act.
pub(super) fn of_page(failure: &Failure, nature: Nature) -> Failure {
    let told = match nature {
        Nature::Act if is_crash(failure) => Failure::new(
            FailureKind::OutcomeUnknown,
            "The ERP's server broke down over an act, which may have taken place.",
        ),
        _ => Failure::new(FailureKind::VendorFault, "The ERP answered with an error page of its server."),
    };
    match failure.upstream() {
        Some(upstream) => told.at(upstream.clone()),
        None => told,
    }
}

/// Which page it was, if it was one.
pub(super) fn page(failure: &Failure) -> Option<&str> {
    failure.context().iter().find(|(name, _)| *name == PAGE).map(|(_, page)| page.as_str())
}

/// Whether the page is that of a crash, whatever its cause.
pub(super) fn is_crash(failure: &Failure) -> bool {
    page(failure) == Some(CRASH)
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
        // Without a code it may come from anywhere: only the texts that have one elsewhere, and what acts is not sent
        // again for them.
        None if ["token invalid", "token expirad", "token nao ", "token not found"]
            .iter()
            .any(|text| folded.contains(text)) =>
        {
            Some(expired())
        }
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
            (404, r#"{"statusCode":404,"message":"Cannot GET /core-api/c"}"#, core, Some(NotSupported(CAPABILITY))),
            (500, "<html>javax.servlet.ServletException: null</html>", special, Some(NotSupported(CAPABILITY))),
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
            (None, "Nenhuma OS encontrada.", false, false, true),
            (None, "Token expirado.", true, false, false),
            (None, "A consulta do token 7c0e falhou.", false, false, false),
            (None, "Token não localizado.", true, false, false),
            (None, "Sessão não encontrada.", false, false, false),
            (None, "Usuário não localizado.", false, false, false),
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
            (Some("999"), "Erro interno", true),
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
