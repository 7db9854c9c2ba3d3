//! A gateway that is killed in the middle of an act, or whose ERP never answers: the same key leads to one act and to
//! a good answer.

use ponte_sandbox::{Fault, FaultKind, WriteKind};
use serde_json::{Value, json};

use crate::world::{Answer, BRUNO, DAVI, NOON, PATIENCE, Platform, Site, TEXTS, pause};

const SETTINGS: [(&str, &str); 2] = [("PONTE_TEST_MODE", "true"), ("PONTE_IDEMPOTENCY_SETTLE_AFTER_S", "2")];

/// Longer than any test waits for an answer.
const FOR_GOOD: FaultKind = FaultKind::DelayMs { ms: 600_000 };

/// An act that is asked for twice with one key.
struct Deed {
    path: String,
    body: Option<Value>,
    /// What the ERP counts, and how often it may have happened in the end.
    written: Vec<(WriteKind, u32)>,
    /// The call that does it. An ERP may refuse the second of two, so the calls are counted too.
    route: &'static str,
    /// Where and what a good answer says.
    says: (&'static str, &'static str),
}

impl Deed {
    async fn unlock(platform: &Platform) -> Self {
        let contract = platform.contract(BRUNO, "Fibra 500 Mega").await;
        Self {
            path: format!("/v1/tenants/acme/contracts/{contract}/trust-unlock"),
            body: None,
            written: vec![(WriteKind::TrustUnlock, 1)],
            route: "/desbloqueio_confianca",
            says: ("/result", "unlocked"),
        }
    }

    async fn ticket(platform: &Platform) -> Self {
        let customer = platform.customer(BRUNO).await;
        let topics = platform.get("/v1/tenants/acme/ticket-topics").await.json();
        let sectors = topics["sectors"].as_array().unwrap();
        let sector = sectors.iter().find(|sector| sector["name"] == "Financeiro").unwrap();
        let body = json!({
            "sector": sector["name"],
            "subject": sector["subjects"][0]["name"],
            "text": "Paguei ontem e continuo bloqueado.",
        });
        Self {
            path: format!("/v1/tenants/acme/customers/{customer}/tickets"),
            body: Some(body),
            written: vec![(WriteKind::TicketOpened, 1)],
            // Tickets are listed over the route that opens them; the list is read, nothing is written.
            route: "/gerar_protocolo_atendimento",
            says: ("/status", "open"),
        }
    }

    async fn acceptance(platform: &Platform) -> Self {
        let contract = platform.contract(DAVI, "Fibra 1 Giga").await;
        let path = format!("/v1/tenants/acme/contracts/{contract}/acceptance");
        let document = platform.get(&format!("{path}/document.pdf")).await;
        assert!(document.status == 200 && document.body.starts_with(b"%PDF-"), "{}", document.text());
        Self {
            path,
            body: Some(json!({"phone": "+5541991230001", "texts_confirmed": TEXTS})),
            // Two terms of contract D2 wait for a signature.
            written: vec![(WriteKind::Activation, 1), (WriteKind::TermSigned, 2)],
            route: "/cliente_contrato_ativar_cliente",
            says: ("/result", "accepted"),
        }
    }

    async fn ask(&self, platform: &Platform) -> Answer {
        platform.act(&self.path, "the-one-key", self.body.clone()).await
    }

    /// Asks until the answer is one; in between the gateway says when to come again.
    async fn insist(&self, platform: &Platform) -> Answer {
        let started = std::time::Instant::now();
        loop {
            let answer = self.ask(platform).await;
            if answer.status < 400 {
                return answer;
            }
            let problem = answer.problem();
            let open = ["outcome-unknown", "idempotency-in-progress"].contains(&problem.as_str());
            assert!(open && answer.header("retry-after").is_some(), "{} {}", answer.status, answer.text());
            assert!(started.elapsed() < PATIENCE, "never settled: {}", answer.text());
            pause().await;
        }
    }

    /// It was done as often as it should, and the same key tells the same again.
    async fn proven(&self, site: &Site, platform: &Platform, answer: &Answer) {
        let (pointer, expected) = self.says;
        assert_eq!(answer.json().pointer(pointer).unwrap(), expected, "{}", answer.text());
        self.counted(site);
        let again = self.ask(platform).await;
        assert_eq!((again.status, again.header("idempotent-replayed")), (answer.status, Some("true")));
        assert_eq!(again.text(), answer.text());
        self.counted(site);
    }

    fn counted(&self, site: &Site) {
        for (kind, times) in &self.written {
            assert_eq!(site.erp.writes().count(*kind), *times, "{kind:?}: {:#?}", site.erp.writes());
        }
    }
}

/// Sends the act into this fault, kills the gateway as soon as `reached` says so, starts it again on the same store
/// and asks with the same key until there is an answer.
async fn killed(fault: Fault, deed: impl AsyncFn(&Platform) -> Deed, reached: impl Fn(&Site) -> bool) -> usize {
    let site = Site::new(&SETTINGS);
    let (running, platform) = site.serve().await;
    platform.set_clock(NOON).await;
    let deed = deed(&platform).await;
    site.erp.clear_journal();
    site.erp.inject(fault);
    let (path, body, asking) = (deed.path.clone(), deed.body.clone(), platform.clone());
    let cut = tokio::spawn(async move {
        let key = [("Idempotency-Key", "the-one-key")];
        asking.try_to_send(reqwest::Method::POST, &path, &key, body).await
    });
    let started = std::time::Instant::now();
    while !reached(&site) {
        assert!(started.elapsed() < PATIENCE && !cut.is_finished(), "{:#?}", site.erp.journal());
        pause().await;
    }
    running.kill();
    assert!(cut.await.unwrap().is_err(), "the gateway was killed before it answered");
    site.erp.clear_faults();
    let (_running, platform) = site.serve().await;
    platform.set_clock(NOON).await;
    let answer = deed.insist(&platform).await;
    deed.proven(&site, &platform, &answer).await;
    calls(&site, deed.route)
}

/// How often the ERP was asked for this since its journal was cleared.
fn calls(site: &Site, route: &str) -> usize {
    site.erp.journal().iter().filter(|call| call.path.ends_with(route)).count()
}

fn has_written(kind: WriteKind, times: u32) -> impl Fn(&Site) -> bool {
    move |site| site.erp.writes().count(kind) == times
}

fn was_asked(path: &'static str) -> impl Fn(&Site) -> bool {
    move |site| calls(site, path) > 0
}

#[tokio::test]
async fn killed_before_the_erps_answer_an_unlock_happens_once() {
    let fault = Fault::at("*/desbloqueio_confianca", FOR_GOOD);
    assert_eq!(killed(fault, Deed::unlock, has_written(WriteKind::TrustUnlock, 1)).await, 1);
}

#[tokio::test]
async fn killed_between_the_journal_entry_and_the_erps_action_an_unlock_happens_once() {
    let fault = Fault::at("*/cliente_contrato", FOR_GOOD);
    assert_eq!(killed(fault, Deed::unlock, was_asked("/cliente_contrato")).await, 1);
}

#[tokio::test]
async fn killed_before_the_erps_answer_a_ticket_is_opened_once() {
    let fault = Fault::at("*/su_ticket", FOR_GOOD);
    assert_eq!(killed(fault, Deed::ticket, has_written(WriteKind::TicketOpened, 1)).await, 1);
}

#[tokio::test]
async fn killed_just_before_the_erp_is_asked_a_ticket_is_opened_once() {
    let fault = Fault::at("*/gerar_protocolo_atendimento", FOR_GOOD);
    assert_eq!(killed(fault, Deed::ticket, was_asked("/gerar_protocolo_atendimento")).await, 2);
}

#[tokio::test]
async fn killed_before_the_erps_answer_a_contract_is_accepted_once() {
    let fault = Fault::at("*/cliente_contrato_ativar_cliente", FOR_GOOD);
    assert_eq!(killed(fault, Deed::acceptance, has_written(WriteKind::Activation, 1)).await, 1);
}

#[tokio::test]
async fn killed_between_two_signatures_a_contract_is_accepted_once() {
    let fault = Fault::at("*/cliente_contrato_assinatura_termo/*", FOR_GOOD).method("PUT");
    assert_eq!(killed(fault, Deed::acceptance, has_written(WriteKind::TermSigned, 1)).await, 1);
}

/// The ERP acts and the connection is cut: the gateway finds out by reading, or says that it does not know yet.
async fn cut(path: &str, deed: impl AsyncFn(&Platform) -> Deed) {
    let site = Site::new(&SETTINGS);
    let (_running, platform) = site.serve().await;
    platform.set_clock(NOON).await;
    let deed = deed(&platform).await;
    site.erp.clear_journal();
    site.erp.inject(Fault::at(path, FaultKind::ActThenCut));
    let answer = deed.insist(&platform).await;
    assert!(site.erp.faults().is_empty(), "the fault was not met");
    assert_eq!(calls(&site, deed.route), 1, "{:#?}", site.erp.journal());
    deed.proven(&site, &platform, &answer).await;
}

#[tokio::test]
async fn an_unlock_whose_answer_is_cut_off_happens_once() {
    cut("*/desbloqueio_confianca", Deed::unlock).await;
}

#[tokio::test]
async fn a_ticket_whose_answer_is_cut_off_is_opened_once() {
    cut("*/su_ticket", Deed::ticket).await;
}

#[tokio::test]
async fn an_acceptance_whose_answer_is_cut_off_happens_once() {
    cut("*/cliente_contrato_ativar_cliente", Deed::acceptance).await;
}

#[tokio::test]
async fn an_erp_that_does_not_do_it_and_goes_silent_is_asked_again_only_after_a_while() {
    let site = Site::new(&SETTINGS);
    let (_running, platform) = site.serve().await;
    platform.set_clock(NOON).await;
    let deed = Deed::unlock(&platform).await;
    site.erp.inject(Fault::at("*/desbloqueio_confianca", FaultKind::CutBeforeHeaders));
    let first = deed.ask(&platform).await;
    assert_eq!(first.problem(), "outcome-unknown", "{}", first.text());
    assert_eq!(site.erp.writes().count(WriteKind::TrustUnlock), 0);
    let answer = deed.insist(&platform).await;
    deed.proven(&site, &platform, &answer).await;
}
