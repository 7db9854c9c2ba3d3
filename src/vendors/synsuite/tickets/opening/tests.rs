//! The choice of a type, and the request.

#![allow(clippy::unwrap_used)]

use ponte_domain::FailureKind;
use ponte_domain::reference::CustomerRef;
use ponte_domain::tenant::TicketRoute;
use ponte_domain::ticket::{NewTicket, TicketNotices};

use super::{Insert, Opened, Taxonomy, Type};

fn ticket(sector: &str, subject: Option<&str>) -> NewTicket {
    NewTicket {
        customer: CustomerRef::new("880123.52998224725"),
        contract: None,
        login: None,
        sector: sector.to_owned(),
        subject: subject.map(str::to_owned),
        text: "Sem conexão desde ontem".to_owned(),
        notices: TicketNotices::None,
        mark: "AB12CD34EF".to_owned(),
    }
}

fn types() -> Vec<Type> {
    [("1011", "Técnico - Sem conexão"), ("1012", "Técnico - Lentidão"), ("1013", "Financeiro - Segunda via")]
        .map(|(id, title)| Type { id: id.to_owned(), title: title.to_owned() })
        .to_vec()
}

fn taxonomy<'t>(sector: &'t str, route: &'t TicketRoute) -> Taxonomy<'t> {
    Taxonomy { sector, route, service_level: 11, service: 1, place: Some(1) }
}

#[test]
fn a_type_is_chosen_by_id_by_name_by_the_route_or_as_the_only_one() {
    let (none, route) =
        (TicketRoute::default(), TicketRoute { subject_id: Some("1012".to_owned()), ..TicketRoute::default() });
    for (sector, route, subject, expected) in [
        ("Técnico", &none, Some("1011"), Some("1011")),
        ("Técnico", &none, Some("sem conexao"), Some("1011")),
        ("Técnico", &none, Some("Técnico - Lentidão"), Some("1012")),
        ("Técnico", &route, Some("Sem conexão"), Some("1011")),
        ("Técnico", &route, None, Some("1012")),
        ("Financeiro", &none, None, Some("1013")),
        ("Técnico", &none, None, None),
        ("Técnico", &none, Some("1013"), None),
        ("Técnico", &none, Some("Outro"), None),
    ] {
        let all = types();
        let taxonomy = taxonomy(sector, route);
        let found = taxonomy.kind(&all, &ticket(sector, subject));
        assert_eq!(found.as_ref().ok().map(|one| one.id.as_str()), expected, "{sector} {subject:?}");
        if let Err(failure) = found {
            assert_eq!((failure.kind(), failure.field()), (FailureKind::InvalidInput, Some("subject")));
        }
    }
    let wrong = TicketRoute { subject_id: Some("9".to_owned()), ..TicketRoute::default() };
    let failure = taxonomy("Técnico", &wrong).kind(&types(), &ticket("Técnico", None)).unwrap_err();
    assert_eq!(failure.kind(), FailureKind::TenantMisconfigured);
}

#[test]
fn the_request_is_the_documented_one() {
    let route = TicketRoute { sector_id: Some("SUP".to_owned()), ..TicketRoute::default() };
    let taxonomy = taxonomy("Técnico", &route);
    let (wanted, kind) = (ticket("Técnico", None), &types()[0]);
    let insert = Insert::of(&taxonomy, &wanted, kind, 5001, "texto", "Sem conexão").unwrap();
    assert_eq!(
        serde_json::to_value(&insert).unwrap(),
        serde_json::json!({
            "incidentStatusId": 1, "personId": 880_123, "clientId": 880_123, "incidentTypeId": 1011,
            "contractServiceTagId": 5001, "catalogServiceId": 1, "serviceLevelAgreementId": 11,
            "catalogServiceItemId": 0, "catalogServiceItemClassId": 0, "matrixType": 2, "teamCode": "SUP",
            "assignment": {
                "title": "Sem conexão", "description": "texto", "priority": 0, "beginningDate": "", "finalDate": "",
                "report": {"beginningDate": "", "finalDate": "", "description": "texto"}, "companyPlaceId": 1,
            },
            "contractServiceTagCategory": "", "solicitationServiceCategory1": "", "solicitationServiceCategory2": "",
            "solicitationServiceCategory3": "", "solicitationServiceCategory4": "", "solicitationServiceCategory5": "",
        })
    );
}

#[test]
fn a_success_without_a_protocol_is_none() {
    let read = |json: &str| serde_json::from_str::<Opened<'_>>(json).unwrap().read();
    assert_eq!(
        read(r#"{"assignmentId":310002,"protocol":202603010002}"#).unwrap(),
        ("310002".to_owned(), "202603010002".to_owned())
    );
    for json in [r#"{"assignmentId":310002}"#, r#"{"protocol":202603010002}"#, "{}"] {
        assert_eq!(read(json).unwrap_err().kind(), FailureKind::BrokenAnswer, "{json}");
    }
}
