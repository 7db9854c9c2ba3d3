//! Tickets and what they are about.

use jiff::civil::date;

use super::people::{ANA, DAVI};
use super::services::{A1, D1, LOGIN_D1};
use crate::town::contracts::ContractNote;
use crate::town::id::Id;
use crate::town::tickets::{Department, Diagnosis, Subject, Ticket, TicketMessage, TicketStatus, Visit};

pub(super) const LAST_PROTOCOL: u32 = 592;

const COMMERCIAL: Id<Department> = Id::new(1);
const FINANCIAL: Id<Department> = Id::new(2);
const TECHNICAL: Id<Department> = Id::new(3);

const SECOND_COPY: Id<Subject> = Id::new(13);
const NO_CONNECTION: Id<Subject> = Id::new(15);
const SLOW: Id<Subject> = Id::new(16);

const BROKEN_CONNECTOR: Id<Diagnosis> = Id::new(21);
const WEAK_WIFI: Id<Diagnosis> = Id::new(22);

const CLOSED: Id<Ticket> = Id::new(590);
const WITH_DEFECT: Id<Ticket> = Id::new(591);
const WITHOUT_DEFECT: Id<Ticket> = Id::new(592);

pub(super) fn departments() -> Vec<Department> {
    vec![
        Department { id: COMMERCIAL, name: "Comercial" },
        Department { id: FINANCIAL, name: "Financeiro" },
        Department { id: TECHNICAL, name: "Técnico" },
    ]
}

pub(super) fn subjects() -> Vec<Subject> {
    vec![
        Subject { id: Id::new(11), name: "Mudança de plano", department: COMMERCIAL },
        Subject { id: Id::new(12), name: "Mudança de endereço", department: COMMERCIAL },
        Subject { id: SECOND_COPY, name: "Segunda via de boleto", department: FINANCIAL },
        Subject { id: Id::new(14), name: "Contestação de cobrança", department: FINANCIAL },
        Subject { id: NO_CONNECTION, name: "Sem conexão", department: TECHNICAL },
        Subject { id: SLOW, name: "Lentidão", department: TECHNICAL },
    ]
}

pub(super) fn diagnoses() -> Vec<Diagnosis> {
    vec![
        Diagnosis { id: BROKEN_CONNECTOR, name: "Conector danificado na caixa de atendimento" },
        Diagnosis { id: WEAK_WIFI, name: "Sinal fraco do Wi-Fi no cômodo" },
    ]
}

pub(super) fn tickets() -> Vec<Ticket> {
    let ticket = |id: Id<Ticket>, protocol: &str, department, subject, title: &str, complaint: &str| Ticket {
        id,
        protocol: protocol.to_owned(),
        customer: DAVI,
        contract: Some(D1),
        login: Some(LOGIN_D1),
        department: Some(department),
        subject: Some(subject),
        title: title.to_owned(),
        complaint: complaint.to_owned(),
        defect: None,
        status: TicketStatus::New,
        opened_at: date(2026, 11, 19).at(16, 30, 0, 0),
        changed_at: date(2026, 11, 19).at(16, 30, 0, 0),
        closed_at: None,
    };
    vec![
        Ticket {
            status: TicketStatus::Solved,
            defect: Some(WEAK_WIFI),
            opened_at: date(2026, 10, 5).at(14, 20, 0, 0),
            changed_at: date(2026, 10, 6).at(11, 5, 0, 0),
            closed_at: Some(date(2026, 10, 6).at(11, 5, 0, 0)),
            ..ticket(CLOSED, "202610000590", TECHNICAL, SLOW, "Lentidão", "Internet lenta no quarto à noite")
        },
        Ticket {
            status: TicketStatus::InProgress,
            defect: Some(BROKEN_CONNECTOR),
            opened_at: date(2026, 11, 18).at(9, 15, 0, 0),
            changed_at: date(2026, 11, 19).at(10, 40, 0, 0),
            ..ticket(
                WITH_DEFECT,
                "202611000591",
                TECHNICAL,
                NO_CONNECTION,
                "Sem conexão",
                "Conexão cai várias vezes ao dia desde segunda-feira",
            )
        },
        ticket(
            WITHOUT_DEFECT,
            "202611000592",
            FINANCIAL,
            SECOND_COPY,
            "Segunda via de boleto",
            "Não recebi o boleto deste mês por e-mail",
        ),
    ]
}

pub(super) fn messages() -> Vec<TicketMessage> {
    vec![TicketMessage {
        id: Id::new(901),
        ticket: WITH_DEFECT,
        text: "Visita técnica agendada para 21/11/2026 à tarde.".to_owned(),
        public: true,
        at: date(2026, 11, 19).at(10, 40, 0, 0),
    }]
}

pub(super) fn visits() -> Vec<Visit> {
    vec![
        Visit {
            id: Id::new(12_870),
            ticket: CLOSED,
            planned: (date(2026, 10, 6).at(9, 0, 0, 0), date(2026, 10, 6).at(12, 0, 0, 0)),
            done_at: Some(date(2026, 10, 6).at(11, 5, 0, 0)),
            report: "Roteador reposicionado na sala.",
        },
        Visit {
            id: Id::new(12_990),
            ticket: WITH_DEFECT,
            planned: (date(2026, 11, 21).at(14, 0, 0, 0), date(2026, 11, 21).at(18, 0, 0, 0)),
            done_at: None,
            report: "",
        },
    ]
}

pub(super) fn notes() -> Vec<ContractNote> {
    vec![ContractNote {
        id: Id::new(2001),
        customer: ANA,
        contract: A1,
        written_on: date(2023, 8, 16),
        text: "Contrato ativado.".to_owned(),
    }]
}
