//! What changes something at the vendor: sent once, and every answer understood.

use ponte_domain::FailureKind;
use ponte_domain::acceptance::{AcceptanceEvidence, AcceptanceMethod};
use ponte_domain::failure::{Refusal, Retry, Subject};
use ponte_domain::phone::Phone;
use ponte_domain::reference::{ContractRef, CustomerRef};
use ponte_domain::tenant::TicketRoute;
use ponte_domain::ticket::{NewTicket, TicketNotices};
use ponte_domain::unlock::TrustUnlockReason;
use wiremock::matchers::{method, path, query_param};
use wiremock::{Mock, ResponseTemplate};

use crate::erp::{Acceptance as _, TicketOpening as _, TrustUnlock as _};
use crate::synsuite::Synsuite;
use crate::synsuite::testing::{Bench, envelope, ok, page, third_party, words};

const CONNECTIONS: &str = "/external/map/connection/by/userdata";

fn bruno() -> CustomerRef {
    CustomerRef::new("880123.52998224725")
}

fn contract() -> ContractRef {
    bruno().contract("45001")
}

fn row(columns: &str) -> String {
    format!(
        r#"{{"id":45001,"contractNumber":"0045001","clientInformation":{{"clientTxId":"529.982.247-25"}},{columns}}}"#
    )
}

async fn bench(columns: &str) -> Bench {
    let bench = Bench::start().await;
    bench.answers("POST", &third_party("contract/getpaged"), &page(&row(columns))).await;
    bench.answers("POST", CONNECTIONS, &envelope("[[]]")).await;
    bench
}

fn unlock() -> String {
    third_party("contracts/unlock/0045001")
}

#[tokio::test]
async fn an_unlock_takes_the_number_and_says_what_the_tenants_rule_grants() {
    let mut bench = bench(r#""contractStatus":6"#).await;
    bench.tenant.settings.trust_unlock.days_granted = Some(3);
    let done = r#"{"success":true,"messages":[{"message":"Contrato desbloqueado com sucesso.","code":null,"type":"Success"}],"response":null}"#;
    bench.answers("POST", &unlock(), done).await;
    let call = bench.call();
    let before = Synsuite.state(&call, &contract()).await.unwrap();
    let grant = Synsuite.unlock(&call, &contract(), &before).await.unwrap();
    assert_eq!((grant.days_granted, grant.unlocked_until.unwrap().to_string().as_str()), (Some(3), "2026-11-23"));
    assert_eq!(bench.requests(&unlock()).await.len(), 1);
}

#[tokio::test]
async fn every_no_to_an_unlock_has_its_class_and_is_final() {
    for (text, expected) in [
        ("Quantidade máxima de desbloqueios em confiança atingida.", None),
        ("Contrato não está bloqueado.", Some(TrustUnlockReason::NotBlocked)),
        ("Contrato com bloqueio administrativo.", Some(TrustUnlockReason::VendorRule)),
        ("Algo que ninguém viu.", Some(TrustUnlockReason::VendorRule)),
    ] {
        let bench = bench(r#""contractStatus":6"#).await;
        bench.answers("POST", &unlock(), &words(false, text)).await;
        let call = bench.call();
        let before = Synsuite.state(&call, &contract()).await.unwrap();
        let failure = Synsuite.unlock(&call, &contract(), &before).await.unwrap_err();
        match (expected, failure.kind()) {
            (Some(reason), FailureKind::Refused(Refusal::TrustUnlockNotEligible(found))) => assert_eq!(found, reason),
            (None, FailureKind::Refused(Refusal::TrustUnlockRestricted { until: None, .. })) => {}
            (_, other) => unreachable!("{text}: {other:?}"),
        }
        assert_eq!(bench.requests(&unlock()).await.len(), 1);
    }
    let gone = bench(r#""contractStatus":6"#).await;
    gone.answers("POST", &unlock(), &words(false, "Registro não encontrado.")).await;
    let before = Synsuite.state(&gone.call(), &contract()).await.unwrap();
    let failure = Synsuite.unlock(&gone.call(), &contract(), &before).await.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::NotFound(Subject::Contract));
}

#[tokio::test]
async fn an_unlock_in_doubt_is_not_repeated_and_one_that_cannot_be_is_not_sent() {
    for response in [ResponseTemplate::new(503), ok("<html>"), ResponseTemplate::new(500)] {
        let bench = bench(r#""contractStatus":6"#).await;
        bench.replies("POST", &unlock(), response).await;
        let before = Synsuite.state(&bench.call(), &contract()).await.unwrap();
        let failure = Synsuite.unlock(&bench.call(), &contract(), &before).await.unwrap_err();
        assert_eq!((failure.kind(), failure.retry()), (FailureKind::OutcomeUnknown, Retry::OutcomeUnknown));
        assert_eq!(bench.requests(&unlock()).await.len(), 1);
    }
    for status in ["1", "7", "9"] {
        let other = bench(&format!(r#""contractStatus":{status}"#)).await;
        let before = Synsuite.state(&other.call(), &contract()).await.unwrap();
        assert!(Synsuite.unlock(&other.call(), &contract(), &before).await.is_err());
        assert!(other.requests(&unlock()).await.is_empty(), "{status}");
    }
}

fn ticket(sector: &str) -> NewTicket {
    NewTicket {
        customer: bruno(),
        contract: None,
        login: None,
        sector: sector.to_owned(),
        subject: None,
        text: "Sem conexão".to_owned(),
        notices: TicketNotices::None,
        mark: "AB12CD34EF".to_owned(),
    }
}

async fn ticket_bench(answer: &str) -> Bench {
    let mut bench = Bench::start().await;
    let route = TicketRoute { process: Some("11".to_owned()), ..TicketRoute::default() };
    bench.tenant.settings.tickets.sectors.insert("Técnico".to_owned(), route);
    let types = r#"{"id":1011,"title":"Técnico - Sem conexão","active":true}"#;
    bench.answers("GET", &third_party("incidenttypespaged"), &page(types)).await;
    bench.answers("POST", &third_party("opendetailedsolicitation"), answer).await;
    bench
}

#[tokio::test]
async fn a_ticket_is_opened_with_its_mark_and_found_again_by_it() {
    let bench = ticket_bench(&envelope(r#"{"assignmentId":310002,"protocol":202603010002}"#)).await;
    let opened = Synsuite.open(&bench.call(), &ticket("tecnico")).await.unwrap();
    assert_eq!(opened.reference.id.as_str(), "310002");
    assert_eq!((opened.protocol.as_deref(), opened.sector.as_deref()), (Some("202603010002"), Some("Técnico")));
    let sent = bench.requests(&third_party("opendetailedsolicitation")).await;
    let body: serde_json::Value = sent[0].body_json().unwrap();
    assert_eq!(body["assignment"]["description"], "Sem conexão\r\n\r\n[Ponte AB12CD34EF]");

    let rows = r#"{"assignmentId":310002,"protocol":202603010002,"title":"x","status":"Abertura","beginningData":"2026-11-20T12:00:00"}"#;
    bench.answers("GET", &third_party("solicitationlist/880123"), &page(rows)).await;
    let told = r#"{"data":[{"id":1,"description":"Sem conexão\r\n\r\n[Ponte AB12CD34EF]","beginningDate":"2026-11-20T12:00:00","private":false}]}"#;
    bench.answers("GET", &third_party("getsolicitationhistory"), told).await;
    let call = bench.call();
    let found = Synsuite.find_by_mark(&call, &bruno(), "AB12CD34EF").await.unwrap().unwrap();
    assert_eq!(found.reference, opened.reference);
    assert_eq!(found.complaint.as_deref(), Some("Sem conexão"));
    assert!(Synsuite.find_by_mark(&call, &bruno(), "ZZZZZZZZZZ").await.unwrap().is_none());
}

#[tokio::test]
async fn a_mark_is_looked_for_in_the_whole_list_or_not_found_out() {
    let list = third_party("solicitationlist/880123");
    let history = third_party("getsolicitationhistory");
    let told =
        r#"{"data":[{"id":1,"description":"x\r\n\r\n[Ponte AB12CD34EF]","beginningDate":"2026-11-20T09:00:00"}]}"#;
    let row = |id: u32, begins: &str| {
        format!(r#"{{"assignmentId":{id},"protocol":{id},"title":"x","status":"Abertura","beginningData":"{begins}"}}"#)
    };
    // The marked one is behind twenty newer ones, or has no date.
    for own in [row(1, "2026-11-20T08:00:00"), row(1, "")] {
        let bench = Bench::start().await;
        let newer = (2..=25).map(|id| row(id, "2026-11-20T10:00:00")).collect::<Vec<_>>().join(",");
        bench.answers("GET", &list, &page(&format!("{newer},{own}"))).await;
        Mock::given(method("GET"))
            .and(path(&history))
            .and(query_param("assignmentId", "1"))
            .respond_with(ok(told))
            .mount(&bench.server)
            .await;
        bench.answers("GET", &history, "[]").await;
        let found = Synsuite.find_by_mark(&bench.call(), &bruno(), "AB12CD34EF").await.unwrap();
        assert_eq!(found.unwrap().reference.id.as_str(), "1", "{own}");
    }
    for part in [r#"{"totalRecords":3}"#, r#"{"data":[],"totalRecords":3}"#] {
        let bench = Bench::start().await;
        bench.answers("GET", &list, &envelope(part)).await;
        let failure = Synsuite.find_by_mark(&bench.call(), &bruno(), "AB12CD34EF").await.unwrap_err();
        assert_eq!(failure.kind(), FailureKind::BrokenAnswer, "{part}");
    }
}

#[tokio::test]
async fn a_ticket_without_taxonomy_or_protocol_is_none() {
    let bare = Bench::start().await;
    let failure = Synsuite.open(&bare.call(), &ticket("Técnico")).await.unwrap_err();
    assert_eq!((failure.kind(), failure.field()), (FailureKind::TenantMisconfigured, Some("settings.tickets.sectors")));
    assert!(bare.server.received_requests().await.unwrap().is_empty(), "nothing is asked");
    let bench = ticket_bench(&envelope(r#"{"assignmentId":310002}"#)).await;
    let failure = Synsuite.open(&bench.call(), &ticket("Técnico")).await.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::OutcomeUnknown);
    let refused = ticket_bench(&words(false, "SLA não encontrado.")).await;
    let failure = Synsuite.open(&refused.call(), &ticket("Técnico")).await.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::Refused(Refusal::TicketRefused));
    let failure = Synsuite.open(&refused.call(), &ticket("Jurídico")).await.unwrap_err();
    assert_eq!((failure.kind(), failure.field()), (FailureKind::InvalidInput, Some("sector")));
}

const PERSON: &str = r#"{"id":880123,"name":"Bruno","txId":"52998224725","status":1,"cellPhone":"(54) 98123-4567"}"#;

fn signatures() -> String {
    third_party("suite/electronicsignatures/getdocumentlinktosignbycontract/45001")
}

#[tokio::test]
async fn a_signature_is_given_elsewhere_and_an_approval_only_where_the_tenant_says_so() {
    let bench = bench(r#""contractStatus":1,"stage":2"#).await;
    bench.answers("GET", &third_party("people/txid/52998224725"), &envelope(PERSON)).await;
    bench.answers("GET", &signatures(), &envelope("[]")).await;
    let evidence = AcceptanceEvidence {
        evidence_id: "evd_1".to_owned(),
        document_sha256: "0".repeat(64),
        accepted_at: "2026-11-20T15:00:00Z".parse().unwrap(),
        phone: Phone::parse("54981234567").unwrap(),
    };
    let approve = third_party("contracts/approve/45001");
    let pending = Synsuite.pending(&bench.call(), &contract()).await.unwrap();
    assert_eq!((pending.method, pending.vendor_link), (AcceptanceMethod::VendorLink, None));
    let failure = Synsuite.accept(&bench.call(), &contract(), &evidence).await.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::Refused(Refusal::AcceptanceByVendorLink));
    assert!(bench.requests(&approve).await.is_empty());

    let bench = bench.with("acceptance_approve", "yes");
    bench
        .answers(
            "PUT",
            &approve,
            r#"{"success":true,"data":{"personUsers":[],"proportionalities":[]},"elapsedTime":12.0}"#,
        )
        .await;
    let pending = Synsuite.pending(&bench.call(), &contract()).await.unwrap();
    assert_eq!((pending.method, pending.registered_phones.len()), (AcceptanceMethod::Gateway, 1));
    Synsuite.accept(&bench.call(), &contract(), &evidence).await.unwrap();
    assert_eq!(bench.requests(&approve).await.len(), 1);
    let sent: serde_json::Value = bench.requests(&approve).await[0].body_json().unwrap();
    assert_eq!(
        sent,
        serde_json::json!({
            "proportionalityType": 0, "changeBeginningDateOnApproval": false, "changeLoyaltyDateOnApproval": false,
            "approvalDate": "2026-11-20T15:00:00.000Z",
        })
    );
}

#[tokio::test]
async fn a_contract_that_may_yet_be_signed_is_not_approved() {
    let evidence = AcceptanceEvidence {
        evidence_id: "evd_1".to_owned(),
        document_sha256: "0".repeat(64),
        accepted_at: "2026-11-20T15:00:00Z".parse().unwrap(),
        phone: Phone::parse("54981234567").unwrap(),
    };
    for (stage, word) in [(2, "Em Revisão"), (2, "Em Construção"), (1, "Concluído")] {
        let bench = bench(&format!(r#""contractStatus":1,"stage":{stage}"#)).await.with("acceptance_approve", "yes");
        bench.answers("GET", &third_party("people/txid/52998224725"), &envelope(PERSON)).await;
        let paper = format!(r#"[{{"contractId":45001,"personId":880123,"status":"{word}"}}]"#);
        bench.answers("GET", &signatures(), &envelope(&paper)).await;
        let pending = Synsuite.pending(&bench.call(), &contract()).await.unwrap();
        assert_eq!(pending.method, AcceptanceMethod::VendorLink, "{word}");
        if stage == 1 {
            let failure = Synsuite.accept(&bench.call(), &contract(), &evidence).await.unwrap_err();
            assert_eq!(
                failure.kind(),
                FailureKind::Refused(Refusal::AcceptanceByVendorLink),
                "nothing is told as done"
            );
        }
    }
}

#[tokio::test]
async fn the_contracts_pdf_is_fetched_by_the_link_of_its_newest_file() {
    let bench = bench(r#""contractStatus":1,"stage":3"#).await;
    bench
        .answers(
            "GET",
            &third_party("getdocumentationtypes"),
            &envelope(r#"[{"id":2,"title":"Termo"},{"id":1,"title":"Contrato"}]"#),
        )
        .await;
    let file = third_party("contract/contractuploads/getfile");
    let url = |id: u8| format!("{}{file}?id={id}&contractId=45001", bench.server.uri());
    let files = format!(
        r#"[{{"title":"Antigo","validity":{{"begin":"2024-01-01"}},"file":"{}"}},{{"title":"Novo","validity":{{"begin":"2026-01-01"}},"file":"{}"}}]"#,
        url(1),
        url(2)
    );
    bench.answers("GET", &third_party("getfilesbycontract/0045001/documentationtype/1"), &envelope(&files)).await;
    bench.replies("GET", &file, ResponseTemplate::new(200).set_body_raw("%PDF-1.4", "application/pdf")).await;
    let pdf = Synsuite.document(&bench.call(), &contract()).await.unwrap();
    assert!(pdf.bytes().starts_with(b"%PDF"));
    let sent = bench.requests(&file).await;
    assert_eq!(sent[0].url.query(), Some("id=2&contractId=45001"));
    assert_eq!(sent[0].headers["authorization"], "Bearer t0ken", "on the tenant's own server");
}
