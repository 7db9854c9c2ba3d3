//! Health, metrics, and the way to a stop.

use crate::harness::{ANA, TENANT, TestGateway};

#[tokio::test]
async fn health_needs_no_key_and_tells_of_the_drain() {
    let gateway = TestGateway::start().await;
    for path in ["/health/live", "/health/ready"] {
        let answer = gateway.get(path).bare().send().await.ok();
        assert_eq!(answer["status"], "ok", "{path}");
        assert_eq!(answer["version"], env!("CARGO_PKG_VERSION"));
    }
    gateway.gateway.drain();
    assert_eq!(gateway.get("/health/live").bare().send().await.ok()["status"], "draining");
    gateway.get("/health/ready").bare().send().await.problem(503, "unavailable");
    assert_eq!(gateway.get("/v1/vendors").send().await.status, 200, "requests are still served");
}

#[tokio::test]
async fn a_stop_lets_requests_under_way_end() {
    let gateway = TestGateway::start().await;
    let fault = ponte_sandbox::Fault::at("*", ponte_sandbox::FaultKind::DelayMs { ms: 400 });
    gateway.erp.inject(fault);
    let body = serde_json::json!({ "document": ANA });
    let slow = gateway.post(&format!("/v1/tenants/{TENANT}/customers/lookup"), &body);
    let under_way = tokio::spawn(slow.send());
    while gateway.erp_calls() == 0 {
        tokio::task::yield_now().await;
    }
    let address = gateway.gateway.addr();
    gateway.gateway.stop().await.unwrap();
    assert_eq!(under_way.await.unwrap().status, 200);
    assert!(std::net::TcpStream::connect(address).is_err(), "nobody listens any more");
}

#[tokio::test]
async fn metrics_have_routes_for_paths_and_no_ids() {
    let gateway = TestGateway::start().await;
    let contract = gateway.contract(ANA).await;
    gateway.get(&format!("/v1/tenants/{TENANT}/contracts/{contract}")).send().await.ok();
    gateway.get("/v1/secret-4711").send().await.problem(404, "not-found");
    let answer = gateway.get("/metrics").bare().send().await;
    assert!(answer.header("content-type").starts_with("application/openmetrics-text"));
    let text = answer.text();
    for part in [
        "ponte_http_requests_total{method=\"GET\",route=\"/v1/tenants/{tenant}/contracts/{contract}\",status=\"2xx\"} 1",
        "ponte_http_requests_total{method=\"GET\",route=\"none\",status=\"4xx\"} 1",
        "ponte_problems_total{type=\"not-found\"} 1",
        "ponte_reads_total{operation=\"contract\",cache=\"miss\"} 1",
        "ponte_erp_attempts_total{vendor=\"ixc\"",
        "ponte_http_requests_in_flight 1",
    ] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    for absent in [contract.as_str(), "secret-4711", TENANT, gateway.key.as_str()] {
        assert!(!text.contains(absent), "{absent} is in\n{text}");
    }
}

#[tokio::test]
async fn a_busy_port_is_a_clear_message() {
    let gateway = TestGateway::start().await;
    let address = gateway.gateway.addr();
    let folder = tempfile::tempdir().unwrap();
    let store = ponte_gateway::StoreSettings {
        path: folder.path().join("ponte.db"),
        master_key: ponte_gateway::MasterKey::generate(),
    };
    let settings = ponte_gateway::Settings {
        http: ponte_gateway::HttpSettings { listen: address, ..Default::default() },
        operations: ponte_gateway::OperationsSettings::new(store),
    };
    let refused = ponte_gateway::Gateway::start(settings).await.unwrap_err().to_string();
    assert!(refused.starts_with(&format!("cannot listen on {address}: ")), "{refused}");
    assert!(!folder.path().join("ponte.db").exists(), "the store is not touched");
}
