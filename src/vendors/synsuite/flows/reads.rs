//! Reads that need several answers.

use ponte_domain::capability::Capability;
use ponte_domain::contract::{AccessStatus, Contract};
use ponte_domain::customer::LookupKey;
use ponte_domain::diagnostics::Reading;
use ponte_domain::document::Document;
use ponte_domain::failure::Subject;
use ponte_domain::invoice::{InvoiceFilter, NoPix};
use ponte_domain::reference::{ContractRef, CustomerRef};
use ponte_domain::ticket::TicketFilter;
use ponte_domain::{Failure, FailureKind};
use wiremock::ResponseTemplate;

use crate::erp::{Billing, Contracts, Customers as _, Diagnostics as _, TicketList, TicketOpening as _};
use crate::synsuite::Synsuite;
use crate::synsuite::testing::{Bench, envelope, ok, page, third_party, words};

const CONNECTIONS: &str = "/external/map/connection/by/userdata";
const PIX: &str = "00020101021226830014br.gov.bcb.pix2561pix.example.com.br/qr/v2/7f3c9a52-2f7e-4a8b-9d0e-1c2b3a4d5e6f520400005303986540599.905802BR5921PROVEDOR EXEMPLO LTDA6012PORTO ALEGRE62070503***6304D03F";

fn ana() -> CustomerRef {
    CustomerRef::new("880123.52998224725")
}

fn contract(id: &str) -> ContractRef {
    ana().contract(id)
}

async fn contracts(bench: &Bench) -> Result<Vec<Contract>, Failure> {
    Contracts::of_customer(&Synsuite, &bench.call(), &ana()).await
}

fn row(id: u32, status: u8) -> String {
    format!(
        r#"{{"id":{id},"contractNumber":"00{id}","contractStatus":{status},"clientInformation":{{"clientTxId":"529.982.247-25"}}}}"#
    )
}

fn connection(id: u32, contract: u32, status: u8, client: u32) -> String {
    format!(
        r#"{{"id":{id},"user":"u{id}","status":{status},"client":{{"id":{client}}},"contract":{{"id":{contract},"status":1,"stage":3}}}}"#
    )
}

fn title(id: u32, due: &str, rest: &str) -> String {
    format!(
        r#"{{"id":{id},"billet":{{"expirationDate":"{due}","amount":{{"value":99.90,"finalValue":99.90}}{rest}}},"client":{{"txId":"52998224725"}}}}"#
    )
}

/// Two contracts, the second blocked, and a connection of somebody else's in the answer.
async fn bench() -> Bench {
    let bench = Bench::start().await;
    bench
        .answers("POST", &third_party("contract/getpaged"), &page(&format!("{},{}", row(45001, 1), row(45002, 6))))
        .await;
    let groups = format!(
        "[[{}],[{},{}]]",
        connection(1, 45001, 1, 880_123),
        connection(2, 45002, 2, 880_123),
        connection(3, 45002, 1, 880_999)
    );
    bench.answers("POST", CONNECTIONS, &envelope(&groups)).await;
    bench
}

#[tokio::test]
async fn contracts_and_their_connections_are_merged_by_contract() {
    let bench = bench().await;
    let found = contracts(&bench).await.unwrap();
    let seen: Vec<_> = found.iter().map(|one| (one.number.as_str(), one.access.value, one.logins.len())).collect();
    assert_eq!(seen, [("0045001", AccessStatus::Active, 1), ("0045002", AccessStatus::Blocked, 1)]);
    let asked = bench.requests(CONNECTIONS).await;
    let body: serde_json::Value = asked[0].body_json().unwrap();
    assert_eq!(body, serde_json::json!({"contractIds": [45001, 45002], "users": [], "serviceTags": []}));
    let missing = Synsuite.contract(&bench.call(), &contract("45009")).await.unwrap_err();
    assert_eq!(missing.kind(), FailureKind::NotFound(Subject::Contract));
}

#[tokio::test]
async fn contracts_are_listed_where_connections_may_not_be_seen() {
    let bench = Bench::start().await;
    bench.answers("POST", &third_party("contract/getpaged"), &page(&row(45001, 1))).await;
    bench.replies("POST", CONNECTIONS, ResponseTemplate::new(403)).await;
    let found = contracts(&bench).await.unwrap();
    assert_eq!(found[0].access.value, AccessStatus::Unknown);
    let down = Bench::start().await;
    down.answers("POST", &third_party("contract/getpaged"), &page(&row(45001, 1))).await;
    down.replies("POST", CONNECTIONS, ResponseTemplate::new(500)).await;
    let failure = contracts(&down).await.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::VendorFault, "trouble does not pass for no connections");
}

#[tokio::test]
async fn an_empty_404_is_nobody_only_where_the_api_is_there() {
    let key = LookupKey::Document(Document::parse("16899535009").unwrap());
    let people = third_party("people/txid/16899535009");
    let here = Bench::start().await;
    here.replies("GET", &people, ResponseTemplate::new(404)).await;
    here.answers("POST", &third_party("contract/getpaged"), &page("")).await;
    assert!(Synsuite.lookup(&here.call(), &key).await.unwrap().is_empty());
    let elsewhere = Bench::start().await;
    let failure = Synsuite.lookup(&elsewhere.call(), &key).await.unwrap_err();
    assert_eq!((failure.kind(), failure.field()), (FailureKind::TenantMisconfigured, Some("base_url")));
}

#[tokio::test]
async fn a_document_with_letters_is_not_asked_for() {
    let bench = Bench::start().await;
    let key = LookupKey::Document(Document::parse("12.ABC.345/01DE-35").unwrap());
    let failure = Synsuite.lookup(&bench.call(), &key).await.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::UnsupportedDocument);
    assert!(bench.server.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn open_titles_get_their_contract_from_its_billets() {
    let bench = bench().await;
    let titles = format!("[{},{}]", title(7, "2026-12-10", ""), title(8, "2026-11-10", ""));
    bench.answers("GET", &third_party("getopentitlesbytxid/52998224725"), &envelope(&titles)).await;
    let billet = r#"[{"id":7,"title":"FAT7","expirationDate":"2026-12-10T00:00:00","link":"x"}]"#;
    bench.answers("GET", &third_party("getcontractbillets/45001"), &envelope(billet)).await;
    bench.answers("GET", &third_party("getcontractbillets/45002"), &words(true, "Registro não encontrado.")).await;
    let call = bench.call();
    let all = Billing::of_customer(&Synsuite, &call, &ana(), InvoiceFilter::Open).await.unwrap();
    let tied: Vec<_> = all
        .iter()
        .map(|one| (one.reference.id.as_str(), one.contract.as_ref().map(|contract| contract.as_str())))
        .collect();
    assert_eq!(tied, [("8", None), ("7", Some("45001"))], "by due date");
    let one = Synsuite.of_contract(&call, &contract("45001"), InvoiceFilter::Open).await.unwrap();
    assert_eq!(one.len(), 1);
    let failure = Synsuite.of_contract(&call, &contract("45009"), InvoiceFilter::Open).await.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::NotFound(Subject::Contract));
}

#[tokio::test]
async fn paid_titles_of_one_of_several_contracts_cannot_be_told() {
    let bench = bench().await;
    let titles = format!("[{}]", title(7, "2026-11-10", r#","status":"Paga""#));
    bench.answers("GET", &third_party("gettitlesbytxid/52998224725"), &envelope(&titles)).await;
    for id in ["45001", "45002"] {
        bench.answers("GET", &third_party(&format!("getcontractbillets/{id}")), &envelope("[]")).await;
    }
    let failure = Synsuite.of_contract(&bench.call(), &contract("45001"), InvoiceFilter::Paid).await.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::NotSupported(Capability::Billing));
}

#[tokio::test]
async fn a_pix_is_registered_once_and_only_when_somebody_wants_to_pay() {
    let register = third_party("billings/registerpix");
    let charge = format!(r#"{{"registerId":1,"qrCode":"{PIX}","totalAmount":99.90,"hybridBillet":false}}"#);
    for (answer, expected) in [
        (envelope(&charge), None),
        (words(false, "PIX não configurado."), Some(NoPix::BankWithoutPix)),
        ("{".to_owned(), Some(NoPix::TemporarilyUnavailable)),
    ] {
        let bench = Bench::start().await;
        let titles = format!("[{}]", title(7, "2026-12-10", r#","pixQRCode":"","typefulLine":"""#));
        bench.answers("GET", &third_party("getopentitlesbytxid/52998224725"), &envelope(&titles)).await;
        bench.answers("POST", &register, &answer).await;
        let link = r#"{"link":"https://portal.example/check_bank/x?validationCode=1"}"#;
        bench.answers("GET", &third_party("GetBilletLink/7"), &envelope(link)).await;
        for _ in 0..2 {
            let payment = Synsuite.payment(&bench.call(), &ana().invoice("7")).await.unwrap();
            assert_eq!(payment.pix.err(), expected, "{answer}");
        }
        let payment = Synsuite.payment(&bench.call(), &ana().invoice("7")).await.unwrap();
        assert_eq!(payment.payment_link.as_deref(), Some("https://portal.example/check_bank/x?validationCode=1"));
        let sent = bench.requests(&register).await;
        assert_eq!(sent.len(), 1, "looking again registers nothing: {answer}");
        assert_eq!((sent[0].url.query(), sent[0].body.is_empty()), (Some("receivableId=7"), true));
    }
}

#[tokio::test]
async fn somebody_elses_title_is_not_there() {
    let bench = Bench::start().await;
    let other = r#"[{"id":9,"billet":{"expirationDate":"2026-12-10","amount":{"finalValue":1}},"client":{"txId":"11144477735"}}]"#;
    for list in ["getopentitlesbytxid", "gettitlesbytxid"] {
        bench.answers("GET", &third_party(&format!("{list}/52998224725")), &envelope(other)).await;
    }
    let failure = Synsuite.payment(&bench.call(), &ana().invoice("9")).await.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::NotFound(Subject::Invoice));
}

#[tokio::test]
async fn a_diagnosis_stands_on_what_can_be_read() {
    let bench = bench().await;
    bench.replies("GET", &third_party("people/txid/52998224725"), ResponseTemplate::new(500)).await;
    bench
        .answers(
            "GET",
            &third_party("getaccesspointstatusbycontract/45001"),
            &envelope(r#"{"title":"OLT","inMaintenance":true,"maintenance":null,"active":true}"#),
        )
        .await;
    let found = Synsuite.diagnose(&bench.call(), &contract("45001")).await.unwrap();
    assert!(matches!(found.customer_status, Reading::Unreadable(_)));
    assert!(matches!(found.in_maintenance_area, Reading::Is(ref known) if known.value));
    assert!(matches!(found.online, Reading::NotSupported(_)));
    assert!(matches!(found.trust_unlock_restricted, Reading::NotSupported(_)));
    assert!(found.outage.is_some());
    let failure = Synsuite.diagnose(&bench.call(), &contract("45009")).await.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::NotFound(Subject::Contract));
}

#[tokio::test]
async fn a_ticket_of_somebody_else_is_refused_before_its_history_is_read() {
    let bench = Bench::start().await;
    let list = third_party("solicitationlist/880123");
    let rows = r#"{"assignmentId":31,"protocol":1,"title":"x","status":"Encerramento","beginningData":"2026-11-01T09:00:00","finalData":"2026-11-30T09:00:00"}"#;
    bench.answers("GET", &list, &page(rows)).await;
    let history = third_party("getsolicitationhistory");
    let told = r#"[{"id":1,"description":"Sem conexão","beginningDate":"2026-11-01T09:00:00"},{"id":2,"description":"ok","beginningDate":"2026-11-02T10:00:00"}]"#;
    bench.answers("GET", &history, told).await;
    let failure = Synsuite.ticket(&bench.call(), &ana().ticket("32")).await.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::NotFound(Subject::Ticket));
    assert!(bench.requests(&history).await.is_empty());
    let own = Synsuite.ticket(&bench.call(), &ana().ticket("31")).await.unwrap();
    assert_eq!(own.closed_at.unwrap().to_string(), "2026-11-02T13:00:00Z", "the last entry, not the deadline");
    assert_eq!(own.complaint.as_deref(), Some("Sem conexão"));
    let open = TicketList::of_customer(&Synsuite, &bench.call(), &ana(), TicketFilter::Open).await.unwrap();
    assert!(open.is_empty(), "closed ones are dropped whatever the vendor lists");
}

#[tokio::test]
async fn tickets_are_listed_where_their_histories_cannot_be_had() {
    let bench = Bench::start().await;
    let row =
        r#"{"assignmentId":31,"protocol":1,"title":"x","status":"Andamento","beginningData":"2026-11-01T09:00:00"}"#;
    bench.answers("GET", &third_party("solicitationlist/880123"), &page(row)).await;
    bench.replies("GET", &third_party("getsolicitationhistory"), ResponseTemplate::new(403)).await;
    let found = TicketList::of_customer(&Synsuite, &bench.call(), &ana(), TicketFilter::Open).await.unwrap();
    assert_eq!((found.len(), found[0].complaint.as_deref()), (1, None));
    let failure = Synsuite.find_by_mark(&bench.call(), &ana(), "AB12CD34EF").await.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::AccessBlocked, "not to see a mark is not to know of none");
}

#[tokio::test]
async fn a_part_of_the_contracts_is_not_all_of_them() {
    let bench = Bench::start().await;
    let same = format!(r#"{{"data":[{}],"totalRecords":120,"page":1,"pageSize":50}}"#, row(45001, 1));
    bench.answers("POST", &third_party("contract/getpaged"), &envelope(&same)).await;
    assert_eq!(contracts(&bench).await.unwrap_err().kind(), FailureKind::BrokenAnswer, "the paging is ignored");
    let capped = Bench::start().await;
    let page_of = |id: u32| envelope(&format!(r#"{{"data":[{}],"pageSize":1}}"#, row(id, 1)));
    capped.replies_once("POST", &third_party("contract/getpaged"), ok(&page_of(45001))).await;
    capped.replies_once("POST", &third_party("contract/getpaged"), ok(&page_of(45002))).await;
    capped.answers("POST", &third_party("contract/getpaged"), &page("")).await;
    capped.answers("POST", CONNECTIONS, &envelope("[]")).await;
    assert_eq!(contracts(&capped).await.unwrap().len(), 2, "a page may be smaller than was asked for");
}

#[tokio::test]
async fn bills_do_not_vanish_where_their_contract_cannot_be_told() {
    let titles = format!("[{}]", title(7, "2026-12-10", r#","status":"Protestada""#));
    for (rows, expected) in
        [(row(45001, 1), None), (format!("{},{}", row(45001, 1), row(45002, 1)), Some(FailureKind::AccessBlocked))]
    {
        let bench = Bench::start().await;
        bench.answers("POST", &third_party("contract/getpaged"), &page(&rows)).await;
        bench.answers("GET", &third_party("getopentitlesbytxid/52998224725"), &envelope(&titles)).await;
        for id in ["45001", "45002"] {
            let billets = third_party(&format!("getcontractbillets/{id}"));
            bench.replies("GET", &billets, ResponseTemplate::new(403)).await;
        }
        let of_customer = Billing::of_customer(&Synsuite, &bench.call(), &ana(), InvoiceFilter::Open).await.unwrap();
        assert_eq!(of_customer.len(), 1, "an open title under an unknown word is listed");
        match Synsuite.of_contract(&bench.call(), &contract("45001"), InvoiceFilter::Open).await {
            Ok(found) => assert_eq!((found.len(), expected), (1, None)),
            Err(failure) => assert_eq!(Some(failure.kind()), expected),
        }
    }
}

#[tokio::test]
async fn connections_that_cannot_be_read_are_not_told_as_none() {
    for status in [403, 500] {
        let bench = Bench::start().await;
        bench.answers("POST", &third_party("contract/getpaged"), &page(&row(45001, 1))).await;
        bench.replies("POST", CONNECTIONS, ResponseTemplate::new(status)).await;
        let found = Synsuite.diagnose(&bench.call(), &contract("45001")).await.unwrap();
        assert!(matches!(found.contract_status, Reading::Is(_)), "{status}");
        assert!(matches!(found.access_status, Reading::Unreadable(_)), "{status}");
        assert!(matches!(found.login_status, Reading::Unreadable(_)), "{status}");
        assert!(matches!(found.technology, Reading::Unreadable(_)), "{status}");
    }
}
