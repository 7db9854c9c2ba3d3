use ponte_domain::contract::{AccessStatus, ContractStatus, LoginStatus, Speed, Technology};
use ponte_domain::invoice::FiscalInvoiceStatus;
use ponte_domain::ticket::TicketStatus;
use ponte_domain::unlock::TrustUnlockReason;

use super::{UnlockDenial, fiscal_status, mbps, prefix, technology, ticket_status, unlock_denial};

#[test]
fn each_prefix_has_its_contract_access_speed_and_login() {
    use AccessStatus as A;
    use ContractStatus as C;
    use LoginStatus as L;
    for (word, contract, access, speed, login) in [
        ("servico_habilitado", C::Active, A::Active, Speed::Normal, L::Active),
        ("suspenso_debito", C::Active, A::Blocked, Speed::Normal, L::Active),
        ("suspenso_parcialmente", C::Active, A::Active, Speed::Reduced, L::Active),
        ("suspenso_pedido_cliente", C::Suspended, A::Blocked, Speed::Normal, L::Inactive),
        ("franquia_excedida", C::Active, A::Active, Speed::Normal, L::Active),
        ("aguardando_assinatura_contrato", C::PreContract, A::AwaitingSignature, Speed::Normal, L::Inactive),
        ("aguardando_instalacao", C::PreContract, A::Disabled, Speed::Normal, L::Inactive),
        ("agendado_para_instalacao", C::PreContract, A::Disabled, Speed::Normal, L::Inactive),
        ("aguardando_configuracao", C::PreContract, A::Disabled, Speed::Normal, L::Inactive),
        ("aguardando_liberacao_ti", C::PreContract, A::Disabled, Speed::Normal, L::Inactive),
        ("aguardando_migracao", C::Active, A::Unknown, Speed::Unknown, L::NoStatus),
        ("inativo", C::Inactive, A::Disabled, Speed::Normal, L::Inactive),
        ("cancelado", C::Cancelled, A::Disabled, Speed::Normal, L::Inactive),
        ("dedicado_suspenso", C::Unknown, A::Unknown, Speed::Unknown, L::NoStatus),
    ] {
        let prefix = prefix(word);
        assert_eq!(
            (prefix.contract(), prefix.access(), prefix.speed(), prefix.login()),
            (contract, access, speed, login),
            "{word}"
        );
    }
    assert_eq!(prefix("franquia_excedida").quota_reached(), Some(true));
    assert_eq!(prefix("servico_habilitado").quota_reached(), Some(false));
    assert_eq!(prefix("dedicado_suspenso").quota_reached(), None);
}

#[test]
fn technology_is_fiber_if_either_column_says_so() {
    for (text, interface, expected) in [
        ("FIBRA", "", Technology::Fiber),
        ("", "gpon", Technology::Fiber),
        ("Plano Residencial", "epon", Technology::Fiber),
        ("WIRELESS", "ethernet", Technology::Radio),
        ("Rádio 5.8", "", Technology::Radio),
        ("", "wireless", Technology::Radio),
        ("ADSL", "vlan", Technology::Adsl),
        ("Cabo UTP", "", Technology::Cable),
        ("LTE", "", Technology::Lte),
        ("Link dedicado", "", Technology::Dedicated),
        ("Satélite", "", Technology::Satellite),
        ("", "ethernet", Technology::Unknown),
        ("", "", Technology::Unknown),
        ("Outra", "", Technology::Unknown),
    ] {
        assert_eq!(technology(text, interface).value, expected, "{text} {interface}");
    }
    assert_eq!(technology("Outra", "").vendor_word.as_deref(), Some("Outra"));
}

#[test]
fn a_rate_has_its_unit_as_a_word() {
    for (text, expected) in [
        ("500 Mbits", Some(500.0)),
        ("30 Mbits", Some(30.0)),
        ("1 Gbit", Some(1000.0)),
        ("30720 Kbits", Some(30.0)),
        ("2.5 Mbps", Some(2.5)),
        ("500", None),
        ("", None),
        ("ilimitado", None),
    ] {
        assert_eq!(mbps(text), expected, "{text:?}");
    }
}

#[test]
fn each_status_of_a_nota_has_its_meaning() {
    use FiscalInvoiceStatus::{Cancelled, Denied, Failed, Issued, Pending, Unknown};
    for (word, cancelled, expected) in [
        ("efetivada", false, Issued),
        ("autorizado", false, Issued),
        ("", false, Issued),
        ("N", false, Issued),
        ("", true, Cancelled),
        ("efetivada", true, Cancelled),
        ("cancelada", false, Cancelled),
        ("cancelado", false, Cancelled),
        ("pendente", false, Pending),
        ("em_transmissao", false, Pending),
        ("em_cancelamento", false, Pending),
        ("transmitida", false, Pending),
        ("transmitido", false, Pending),
        ("retransmissao", false, Pending),
        ("rejeitada", false, Failed),
        ("rejeitado", false, Failed),
        ("timeout", false, Failed),
        ("denegada", false, Denied),
        ("outra", false, Unknown),
    ] {
        assert_eq!(fiscal_status(word, cancelled).value, expected, "{word}");
    }
}

#[test]
fn a_ticket_is_closed_by_its_date_whatever_the_label_says() {
    use TicketStatus::{Cancelled, Closed, InProgress, Open, Pending, Scheduled};
    for (label, closed, visit, expected) in [
        ("Resolvido", true, false, Closed),
        ("Aguardando Análise", true, false, Closed),
        ("Cancelado", true, false, Cancelled),
        ("Aguardando Análise", false, false, Open),
        ("Aguardando Análise", false, true, Scheduled),
        ("Pendente", false, false, Open),
        ("Aguardando cliente", false, false, Pending),
        ("Em atendimento", false, true, InProgress),
        ("Agendado", false, false, Scheduled),
        ("Resolvido", false, false, Open),
        ("", false, false, Open),
    ] {
        let status = ticket_status(label, closed, visit);
        assert_eq!(status.value, expected, "{label}");
        assert_eq!(status.vendor_word.unwrap_or_default(), label);
    }
}

#[test]
fn a_refused_unlock_is_sorted_by_its_words() {
    use TrustUnlockReason::{ContractCancelled, NotBlocked};
    for (folded, expected) in [
        ("a quantidade de dias informada (10) ultrapassa o maximo permitido (3)", UnlockDenial::TooManyDays),
        ("o cliente ja utilizou o desbloqueio em confianca neste periodo", UnlockDenial::Restricted),
        ("o servico nao esta suspenso", UnlockDenial::Not(NotBlocked)),
        ("desbloqueio em confianca nao esta habilitado", UnlockDenial::SwitchedOff),
        ("servico de id 999 nao encontrado", UnlockDenial::NoContract),
        ("servico cancelado", UnlockDenial::Not(ContractCancelled)),
        ("nao foi possivel processar a solicitacao", UnlockDenial::Other),
        ("", UnlockDenial::Other),
    ] {
        assert_eq!(unlock_denial(folded), expected, "{folded}");
    }
}
