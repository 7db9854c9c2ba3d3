//! What went wrong, in the order of the dossier (3.1): status, then content, then the vendor's own words.

use ponte_domain::capability::Capability;
use ponte_domain::failure::{Fault, Retry};
use ponte_domain::{Failure, FailureKind};
use ponte_transport::{Looks, Reply};

use crate::reading::prose::{fold, for_log};

/// The reason in the context of a failure for want of a permission.
pub(super) const PERMISSION: &str = "permission";
const NO_PERMISSION: &str = "The token's user group has no permission for this part of the ERP.";

/// The failure of a route that was found missing before, for the reason that was remembered: a permission that lacks
/// stays one, so that the second answer says the same as the first.
pub(super) fn remembered(reason: &str, capability: Capability) -> Failure {
    if reason == NO_PERMISSION { no_permission() } else { Failure::new(FailureKind::NotSupported(capability), reason) }
}

fn no_permission() -> Failure {
    Failure::new(FailureKind::AccessBlocked, NO_PERMISSION).with("reason", PERMISSION)
}

/// The failure that the status alone tells.
pub(super) fn by_status(reply: &Reply) -> Option<Failure> {
    let failure = match reply.status {
        200..=299 => return None,
        400 => Failure::new(
            FailureKind::CredentialsRefused,
            "The ERP does not take the request as one of its API (400): the token is not of this installation, or a proxy or certificate is in the way.",
        ),
        401 => Failure::new(
            FailureKind::CredentialsRefused,
            "The ERP refuses the token (401): it was changed, its user is inactive, or the address is not the API's.",
        ),
        403 => Failure::new(
            FailureKind::CredentialsRefused,
            "The ERP refuses the token (403): it may be of the server before a migration.",
        ),
        404 => Failure::new(
            FailureKind::TenantMisconfigured,
            "The ERP's address answers that its API is not there (404): check the base URL.",
        )
        .in_field("base_url"),
        _ => match reply.common_failure() {
            Some(failure) => failure,
            None => {
                Failure::new(FailureKind::VendorFault, "The ERP answered with a status that its API does not have.")
            }
        },
    };
    Some(failure.at(reply.upstream()))
}

/// The failure that the content alone tells, where JSON is expected. A page is the vendor's generic error of a bad
/// column, a malformed body or an internal fault, never "not found".
pub(super) fn by_content(reply: &Reply) -> Option<Failure> {
    match reply.looks_like() {
        Looks::Html => Some(
            Failure::new(FailureKind::VendorFault, "The ERP answered with its error page.")
                .with("page", for_log(&reply.text().chars().take(2000).collect::<String>()))
                .at(reply.upstream()),
        ),
        _ => None,
    }
}

/// What the vendor's message means, whatever was asked. None where it is a matter of the business.
///
/// `message` is cleaned; `log_id` is the number of an entry in the vendor's own log, worth telling its support.
pub(super) fn by_message(
    reply: &Reply,
    message: &str,
    log_id: Option<&str>,
    capability: Capability,
) -> Option<Failure> {
    let folded = fold(message);
    let has = |words: &[&str]| words.iter().all(|word| folded.contains(word));
    let failure = if has(&["seu ip", "liberado"]) {
        Failure::new(
            FailureKind::AccessBlocked,
            "The ERP does not allow the gateway's address: add it to the allowed networks (Redes Permitidas) of the API user's group.",
        )
        .with("reason", "ip_not_allowed")
    } else if folded.starts_with("recurso ") && has(&["nao esta disponivel"]) {
        // "Recurso <route> não está disponível!"; the trust unlock's sentence of code 113 has the same words inside.
        Failure::new(
            FailureKind::NotSupported(capability),
            "This installation does not offer what is needed: the module is not there, or the ERP's support has not opened the route for the API.",
        )
    } else if has(&["versao", "webservice"]) {
        Failure::new(FailureKind::TenantMisconfigured, "The installation does not have version 1 of the API.")
            .in_field("base_url")
    } else if has(&["token", "invalido"]) {
        Failure::new(FailureKind::CredentialsRefused, "The ERP refuses the token.")
    } else if has(&["permiss"]) {
        no_permission()
    } else if has(&["ocorreu um erro ao processar"]) {
        Failure::new(FailureKind::VendorFault, "The ERP could not process the request.")
    } else {
        return None;
    };
    let failure = match log_id {
        Some(id) => failure.with("vendor_log_id", id.chars().filter(char::is_ascii_digit).take(20).collect::<String>()),
        None => failure,
    };
    Some(failure.at(reply.upstream()))
}

/// An error of the business where none is expected: a list or a read.
pub(super) fn unexpected(reply: &Reply, message: &str, code: Option<&str>) -> Failure {
    Failure::new(FailureKind::VendorFault, "The ERP refused a query.")
        .with_fault(Fault::Vendor)
        .with_retry(Retry::Never)
        .with("vendor_message", for_log(message))
        .at(code.map_or_else(|| reply.upstream(), |code| reply.upstream_code(code)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use ponte_domain::FailureKind;
    use ponte_domain::capability::Capability;
    use ponte_transport::Reply;

    use super::{by_content, by_message, by_status};

    #[test]
    fn each_status_has_its_class() {
        for (status, expected) in [
            (200, None),
            (400, Some(FailureKind::CredentialsRefused)),
            (401, Some(FailureKind::CredentialsRefused)),
            (403, Some(FailureKind::CredentialsRefused)),
            (404, Some(FailureKind::TenantMisconfigured)),
            (405, Some(FailureKind::VendorFault)),
            (429, Some(FailureKind::RateLimited)),
            (500, Some(FailureKind::VendorFault)),
            (502, Some(FailureKind::Overloaded)),
            (503, Some(FailureKind::Overloaded)),
            (504, Some(FailureKind::Overloaded)),
        ] {
            let reply = Reply::new(status, Some("text/html"), "<html>Authorization Required</html>");
            assert_eq!(by_status(&reply).map(|failure| failure.kind()), expected, "{status}");
        }
    }

    #[test]
    fn the_red_page_is_a_fault_of_the_vendor() {
        let page = r#"<div style="margin:40px; padding:30px; background:#FF0000; color:#FFF;">Ocorreu um erro ao processar. Contate o suporte IXC Soft.</div>"#;
        assert_eq!(by_content(&Reply::new(200, None, page)).unwrap().kind(), FailureKind::VendorFault);
        assert!(by_content(&Reply::new(200, Some("text/html"), "{}")).is_none());
    }

    #[test]
    fn each_message_has_its_class() {
        let reply = Reply::new(200, None, "");
        for (message, expected) in [
            ("Recurso rad não está disponível!", Some(FailureKind::NotSupported(Capability::Wifi))),
            ("RECURSO RAD NAO ESTA DISPONIVEL", Some(FailureKind::NotSupported(Capability::Wifi))),
            ("Seu IP não está liberado para efetuar login!", Some(FailureKind::AccessBlocked)),
            ("Versão v1xxx do webservice não está disponível!", Some(FailureKind::TenantMisconfigured)),
            ("Usuário sem permissão para o formulário", Some(FailureKind::AccessBlocked)),
            ("Token inválido", Some(FailureKind::CredentialsRefused)),
            ("Ocorreu um erro ao processar. Contate o suporte IXC Soft.", Some(FailureKind::VendorFault)),
            ("Saida já está finalizada!", None),
            ("O desbloqueio não está disponível para o contrato 2309, este recurso foi usado no dia 1", None),
            ("Preencha ID chamado", None),
        ] {
            let failure = by_message(&reply, message, None, Capability::Wifi);
            assert_eq!(failure.map(|failure| failure.kind()), expected, "{message}");
        }
        let logged = by_message(&reply, "Ocorreu um erro ao processar.", Some("263521"), Capability::Wifi).unwrap();
        assert_eq!(logged.context(), [("vendor_log_id", "263521".to_owned())]);
        assert!(!logged.detail().contains("263521"));
    }
}
