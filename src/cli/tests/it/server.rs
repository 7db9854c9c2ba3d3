//! `ponte serve`: its start, its log, its end.

use serde_json::Value;

use crate::world::{ANA, Site, ended, ponte};

#[tokio::test]
async fn it_logs_json_answers_health_and_ends_well_on_a_signal() {
    let site = Site::new(&[]);
    let (mut running, platform) = site.serve().await;
    let port = platform.base.rsplit(':').next().unwrap().to_owned();
    let health = || {
        let mut health = site.ponte();
        health.arg("health").env("PONTE_SERVER_LISTEN", format!("0.0.0.0:{port}"));
        ended(health, "")
    };
    assert!(health().good().out.contains("\"ok\""));
    assert_eq!(platform.get("/v1/tenants/acme/capabilities").await.status, 200);

    running.signal("TERM");
    assert!(running.ended().await.success());
    let log = running.out.text();
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.iter().all(|line| line["level"].is_string() && line["message"].is_string()), "{log}");
    assert!(lines.iter().any(|line| line["signal"] == "SIGTERM"), "{log}");
    assert_eq!(lines.last().unwrap()["message"], "stopped", "the log is written to its end: {log}");
    assert_eq!(running.err.text(), "");
    let gone = health().bad();
    assert!(gone.err.contains("nobody listens"), "{}", gone.err);
}

#[tokio::test]
async fn a_request_under_way_is_finished_before_the_end() {
    let site = Site::new(&[]);
    let (mut running, platform) = site.serve().await;
    site.erp.inject(ponte_sandbox::Fault::at("*", ponte_sandbox::FaultKind::DelayMs { ms: 1500 }));
    let asking = platform.clone();
    let asked = tokio::spawn(async move { asking.customer(ANA).await });
    while site.erp.journal().is_empty() {
        crate::world::pause().await;
    }
    running.signal("TERM");
    assert!(asked.await.unwrap().starts_with("cus_"));
    assert!(running.ended().await.success());
}

#[tokio::test]
async fn test_mode_is_said_loudly() {
    let site = Site::new(&[("PONTE_TEST_MODE", "true"), ("PONTE_LOG_FILTER", "warn,ponte_gateway=info")]);
    let (running, _) = site.serve().await;
    assert!(running.err.text().contains("TEST MODE"), "{}", running.err.text());
    assert!(running.out.text().contains("\"level\":\"WARN\""), "{}", running.out.text());
    let plain = Site::new(&[]);
    let (running, platform) = plain.serve().await;
    assert!(!running.err.text().contains("TEST MODE"));
    assert_eq!(platform.get("/v1/test/clock").await.status, 404);
}

#[test]
fn a_wrong_setting_stops_the_start_with_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ponte.toml");
    for (text, named) in [
        ("[server]\nlisten = \"here\"", "server.listen"),
        ("[cache]\ncustomers_s = 3", "cache.customers_s"),
        ("[log]\nfilter = \"loud=maybe=x\"", "log filter"),
        ("[server", "not TOML"),
    ] {
        std::fs::write(&file, text).unwrap();
        let mut serve = ponte();
        serve.arg("--config").arg(&file).arg("serve").current_dir(folder.path());
        let end = ended(serve, "").bad();
        assert!(end.err.contains(named), "{text}: {}", end.err);
    }
    let mut serve = ponte();
    serve.args(["--config", "nowhere.toml", "serve"]).current_dir(folder.path());
    assert!(ended(serve, "").bad().err.contains("nowhere.toml"));
}

#[tokio::test]
async fn a_busy_port_is_named_with_its_setting() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let site = Site::new(&[]);
    let mut serve = site.ponte();
    serve.arg("serve").env("PONTE_SERVER_LISTEN", &address);
    let end = ended(serve, "").bad();
    assert!(end.err.contains(&taken.local_addr().unwrap().port().to_string()) && end.err.contains("server.listen"));
}
