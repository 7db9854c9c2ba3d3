//! Every code of every table.
use ponte_domain::contract::{AccessStatus, ContractStatus, LoginStatus, Speed, Technology};
use ponte_domain::invoice::FiscalInvoiceStatus;
use ponte_domain::ticket::TicketStatus;
use ponte_domain::unlock::TrustUnlockReason;

use super::{Progress, UnlockDenial, fiscal_status, mbps, prefix, technology, ticket_status, unlock_denial};

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
    for (word, expected) in [
        ("efetivada", Issued),
        ("autorizado", Issued),
        ("", Issued),
        ("N", Issued),
        ("cancelada", Cancelled),
        ("cancelado", Cancelled),
        ("pendente", Pending),
        ("em_transmissao", Pending),
        ("em_cancelamento", Pending),
        ("transmitida", Pending),
        ("transmitido", Pending),
        ("retransmissao", Pending),
        ("rejeitada", Failed),
        ("rejeitado", Failed),
        ("timeout", Failed),
        ("denegada", Denied),
        ("outra", Unknown),
    ] {
        assert_eq!(fiscal_status(word).value, expected, "{word}");
    }
}

#[test]
fn a_ticket_is_closed_by_its_date_whatever_the_label_says() {
    use TicketStatus::{Cancelled, Closed, InProgress, Open, Pending, Scheduled};
    for (label, progress, expected) in [
        ("Resolvido", Progress::Closed, Closed),
        ("Aguardando Análise", Progress::Closed, Closed),
        ("Cancelado", Progress::Closed, Cancelled),
        ("Aguardando Análise", Progress::Open, Open),
        ("Aguardando Análise", Progress::VisitPlanned, Scheduled),
        ("Pendente", Progress::Open, Open),
        ("Aguardando cliente", Progress::Open, Pending),
        ("Em atendimento", Progress::VisitPlanned, InProgress),
        ("Agendado", Progress::Open, Scheduled),
        ("Resolvido", Progress::Open, Open),
        ("", Progress::Open, Open),
    ] {
        let status = ticket_status(label, progress);
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
        ("o cliente ja utilizou o limite de desbloqueios nos ultimos 30 dias", UnlockDenial::Restricted),
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
