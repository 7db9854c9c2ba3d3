//! The table: kinds of failure to problem types, and the sentence for the customer. No wildcard: a new kind stops
//! the build here.

use jiff::civil::Date;
use ponte_domain::failure::{Failure, FailureKind, Refusal, Subject};
use ponte_domain::unlock::{RestrictionCondition, SpeedReleaseReason, TrustUnlockReason};

use super::ProblemKind;

/// The problem type of a kind of failure.
pub(crate) const fn kind_of(kind: FailureKind) -> ProblemKind {
    match kind {
        FailureKind::NotFound(_) => ProblemKind::NotFound,
        FailureKind::NotSupported(_) => ProblemKind::CapabilityNotSupported,
        FailureKind::Refused(refusal) => kind_of_refusal(refusal),
        FailureKind::InvalidInput => ProblemKind::InvalidRequest,
        FailureKind::UnsupportedDocument => ProblemKind::UnsupportedDocument,
        FailureKind::CredentialsRefused | FailureKind::LoginExpired => ProblemKind::UpstreamCredentials,
        FailureKind::AccessBlocked => ProblemKind::UpstreamAccessBlocked,
        FailureKind::RateLimited => ProblemKind::UpstreamRateLimited,
        FailureKind::Overloaded => ProblemKind::UpstreamOverloaded,
        FailureKind::Unreachable => ProblemKind::UpstreamUnreachable,
        FailureKind::TimedOut => ProblemKind::UpstreamTimeout,
        FailureKind::BrokenAnswer => ProblemKind::UpstreamBrokenAnswer,
        FailureKind::VendorFault => ProblemKind::UpstreamFault,
        FailureKind::OutcomeUnknown => ProblemKind::OutcomeUnknown,
        FailureKind::TenantMisconfigured => ProblemKind::TenantMisconfigured,
        FailureKind::Internal => ProblemKind::Internal,
    }
}

const fn kind_of_refusal(refusal: Refusal) -> ProblemKind {
    match refusal {
        Refusal::TrustUnlockRestricted { .. } => ProblemKind::TrustUnlockRestricted,
        Refusal::TrustUnlockNotEligible(_) => ProblemKind::TrustUnlockNotEligible,
        Refusal::SpeedReleaseNotEligible(_) => ProblemKind::SpeedReleaseNotEligible,
        Refusal::AcceptanceNotAwaiting => ProblemKind::AcceptanceNotAwaiting,
        Refusal::AcceptanceByVendorLink => ProblemKind::AcceptanceByVendorLink,
        Refusal::PhoneMismatch => ProblemKind::PhoneMismatch,
        Refusal::SignInFailed => ProblemKind::SignInFailed,
        Refusal::SignInLocked => ProblemKind::RateLimited,
        Refusal::TicketRefused => ProblemKind::TicketRefused,
        Refusal::AlreadyRated => ProblemKind::AlreadyRated,
        Refusal::VendorRule => ProblemKind::RefusedByVendorRule,
        Refusal::AlreadyExists => ProblemKind::AlreadyExists,
        Refusal::IntentInProgress => ProblemKind::IdempotencyInProgress,
        Refusal::IntentKeyReused => ProblemKind::IdempotencyKeyReused,
    }
}

/// What happened, for developers. Of what the gateway itself keeps it is not the ERP that has no such record.
pub(super) fn detail(failure: &Failure) -> &str {
    match failure.kind() {
        FailureKind::NotFound(Subject::Tenant) => "There is no such tenant, or the key does not reach it.",
        FailureKind::NotFound(Subject::Key) => "There is no such key, or it was revoked.",
        FailureKind::NotFound(Subject::Contact) => "The tenant's contact base has no such contact.",
        _ => failure.detail(),
    }
}

/// The published word of a refusal's reason.
pub(super) fn reason_word(refusal: Refusal) -> Option<String> {
    let word = match refusal {
        Refusal::TrustUnlockRestricted { reason, .. } | Refusal::TrustUnlockNotEligible(reason) => {
            serde_json::to_value(reason)
        }
        Refusal::SpeedReleaseNotEligible(reason) => serde_json::to_value(reason),
        _ => return None,
    };
    word.ok().and_then(|word| word.as_str().map(str::to_owned))
}

/// A sentence that may be shown to the customer, Portuguese.
pub(super) fn user_message(kind: ProblemKind, cause: Option<FailureKind>) -> String {
    let refusal = match cause {
        Some(FailureKind::Refused(refusal)) => Some(refusal),
        Some(FailureKind::NotFound(subject)) => return not_found(subject).to_owned(),
        _ => None,
    };
    match refusal {
        Some(Refusal::TrustUnlockRestricted { until: Some(until), condition, .. }) => restricted(until, condition),
        Some(Refusal::TrustUnlockNotEligible(reason)) => not_unlocked(reason).to_owned(),
        Some(Refusal::SpeedReleaseNotEligible(reason)) => not_released(reason).to_owned(),
        Some(Refusal::SignInLocked) => {
            "Foram feitas muitas tentativas de acesso. Aguarde alguns minutos e tente de novo.".to_owned()
        }
        _ => sentence(kind).to_owned(),
    }
}

/// A date alone is a promise; a date behind which a bill must be paid is none, and the sentence says so.
fn restricted(until: Date, condition: Option<RestrictionCondition>) -> String {
    let day = format!("{:02}/{:02}/{:04}", until.day(), until.month(), until.year());
    match condition {
        Some(RestrictionCondition::PaymentOfInvoiceDueAfter) => format!(
            "O desbloqueio de confiança não está disponível para este contrato agora. Ele volta a ficar disponível depois do pagamento da fatura que vence após {day}."
        ),
        Some(RestrictionCondition::Date) | None => format!(
            "O desbloqueio de confiança não está disponível para este contrato agora. Uma nova solicitação será possível a partir de {day}, conforme as regras do provedor."
        ),
    }
}

const fn not_found(subject: Subject) -> &'static str {
    match subject {
        Subject::Customer => "Não encontramos esse cadastro.",
        Subject::Contract => "Não encontramos esse contrato.",
        Subject::Invoice => "Não encontramos essa fatura.",
        Subject::FiscalInvoice => "Não encontramos essa nota fiscal.",
        Subject::Ticket => "Não encontramos esse atendimento.",
        Subject::Document => "Esse documento não está disponível.",
        Subject::Device => "Não encontramos neste contrato um roteador que possa ser configurado por aqui.",
        Subject::Contact | Subject::Tenant | Subject::Key => sentence(ProblemKind::NotFound),
    }
}

const fn not_unlocked(reason: TrustUnlockReason) -> &'static str {
    match reason {
        TrustUnlockReason::NotBlocked => "Seu contrato não está bloqueado, então o desbloqueio não é necessário.",
        TrustUnlockReason::AlreadyInUse => "O desbloqueio de confiança já está em uso neste contrato.",
        TrustUnlockReason::UsedThisPeriod => "O desbloqueio de confiança já foi usado neste período.",
        TrustUnlockReason::OverdueLimit => {
            "Há faturas em atraso demais para o desbloqueio de confiança. Regularize o pagamento para voltar a navegar."
        }
        TrustUnlockReason::ContractCancelled => "Este contrato não está mais ativo, então não pode ser desbloqueado.",
        TrustUnlockReason::VendorRule => "O desbloqueio de confiança não está disponível para este contrato.",
    }
}

const fn not_released(reason: SpeedReleaseReason) -> &'static str {
    match reason {
        SpeedReleaseReason::NotReduced => "A velocidade do seu contrato não está reduzida.",
        SpeedReleaseReason::QuotaReached => {
            "A velocidade foi reduzida porque a franquia de dados acabou. Ela volta ao normal no próximo ciclo."
        }
        SpeedReleaseReason::AlreadyInUse => "A liberação de velocidade já está em uso neste contrato.",
        SpeedReleaseReason::UsedThisPeriod => "A liberação de velocidade já foi usada neste período.",
        SpeedReleaseReason::Disabled | SpeedReleaseReason::VendorRule => {
            "A liberação de velocidade não está disponível para este contrato."
        }
    }
}

const fn sentence(kind: ProblemKind) -> &'static str {
    match kind {
        ProblemKind::InvalidRequest | ProblemKind::InvalidParameter => {
            "Algum dado informado não é válido. Confira e envie de novo."
        }
        ProblemKind::InvalidId
        | ProblemKind::InvalidJson
        | ProblemKind::IdempotencyKeyMissing
        | ProblemKind::Unauthorized
        | ProblemKind::InsufficientScope
        | ProblemKind::MethodNotAllowed
        | ProblemKind::NotAcceptable
        | ProblemKind::PayloadTooLarge
        | ProblemKind::UnsupportedMediaType
        | ProblemKind::IdempotencyKeyReused
        | ProblemKind::HeadersTooLarge
        | ProblemKind::Internal => "Não conseguimos concluir seu pedido agora. Por favor, fale com um atendente.",
        ProblemKind::UnsupportedDocument => {
            "O sistema do provedor ainda não aceita este tipo de documento. Por favor, fale com um atendente."
        }
        ProblemKind::PhoneMismatch => {
            "Para aceitar o contrato, use o número de telefone cadastrado pelo titular junto ao provedor."
        }
        ProblemKind::SignInFailed => "Usuário ou senha não conferem.",
        ProblemKind::NotFound => "Não encontramos esse registro.",
        ProblemKind::IdempotencyInProgress => "Seu pedido já está sendo processado. Aguarde um momento.",
        ProblemKind::TrustUnlockRestricted | ProblemKind::TrustUnlockNotEligible => {
            "O desbloqueio de confiança não está disponível para este contrato agora."
        }
        ProblemKind::SpeedReleaseNotEligible => "A liberação de velocidade não está disponível para este contrato.",
        ProblemKind::AcceptanceNotAwaiting => "Este contrato não tem aceite pendente.",
        ProblemKind::AcceptanceByVendorLink => "O aceite deste contrato é feito pelo link de assinatura do provedor.",
        ProblemKind::TicketRefused => {
            "O provedor não aceitou a abertura do chamado com esses dados. Por favor, fale com um atendente."
        }
        ProblemKind::AlreadyRated => "Este atendimento já foi avaliado. Obrigado!",
        ProblemKind::AlreadyExists => "Esse cadastro já existe.",
        ProblemKind::RefusedByVendorRule => "O provedor não permite esta operação para este contrato agora.",
        ProblemKind::RateLimited | ProblemKind::UpstreamRateLimited => {
            "Estamos com muitos pedidos neste momento. Tente de novo em instantes."
        }
        ProblemKind::CapabilityNotSupported => {
            "Esta opção não está disponível para o seu provedor por aqui. Por favor, fale com um atendente."
        }
        ProblemKind::OutcomeUnknown => {
            "Seu pedido foi enviado, mas ainda não temos a confirmação do provedor. Aguarde um momento antes de pedir de novo."
        }
        ProblemKind::UpstreamBrokenAnswer
        | ProblemKind::UpstreamFault
        | ProblemKind::UpstreamCredentials
        | ProblemKind::UpstreamAccessBlocked
        | ProblemKind::TenantMisconfigured
        | ProblemKind::UpstreamUnreachable
        | ProblemKind::UpstreamOverloaded
        | ProblemKind::UpstreamTimeout
        | ProblemKind::Unavailable => "O sistema do provedor não respondeu agora. Tente de novo em alguns minutos.",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use ponte_domain::Failure;
    use ponte_domain::failure::{Refusal, Subject};
    use ponte_domain::unlock::{RestrictionCondition, RestrictionSource, TrustUnlockReason};

    use crate::problem::{Problem, ProblemKind};

    #[test]
    fn a_restriction_tells_its_date_to_developer_and_customer() {
        let failure = Failure::refused(
            Refusal::TrustUnlockRestricted {
                until: Some(jiff::civil::date(2026, 12, 2)),
                source: RestrictionSource::Vendor,
                condition: Some(RestrictionCondition::PaymentOfInvoiceDueAfter),
                reason: TrustUnlockReason::UsedThisPeriod,
            },
            "Used already.",
        );
        let words = Problem::from(failure).words("", "r1");
        assert_eq!((words.status, words.problem_type.as_str()), (409, "/problems/trust-unlock-restricted"));
        assert_eq!(words.restricted_until, Some(jiff::civil::date(2026, 12, 2)));
        assert_eq!(words.reason.as_deref(), Some("used_this_period"));
        assert!(words.user_message.contains("02/12/2026"), "{}", words.user_message);
    }

    #[test]
    fn a_missing_record_is_404_and_never_retryable() {
        let words = Problem::from(Failure::not_found(Subject::Contract)).words("https://p.example", "r1");
        assert_eq!((words.status, words.retryable), (404, false));
        assert_eq!(words.problem_type, "https://p.example/problems/not-found");
    }

    #[test]
    fn every_kind_has_a_sentence_for_the_customer() {
        for kind in ProblemKind::ALL {
            assert!(Problem::new(kind, "d").words("", "r").user_message.ends_with(['.', '!']), "{kind:?}");
        }
    }
}
