//! Tenants, keys and the small verbs, from the operator's side.

use std::process::Command;
use std::time::Instant;

use serde_json::json;

use crate::world::{ANA, Ended, PATIENCE, Site, ended, pause, ponte};

fn run(mut command: Command, arguments: &[&str]) -> Ended {
    command.args(arguments);
    ended(command, "")
}

fn token(site: &Site) -> String {
    site.erp.credentials()["token"].as_str().unwrap().to_owned()
}

#[test]
fn every_verb_explains_itself_with_an_example() {
    let verbs: [&[&str]; 13] = [
        &["serve"],
        &["demo"],
        &["tenant", "add"],
        &["tenant", "verify"],
        &["tenant", "remove"],
        &["key", "create"],
        &["key", "list"],
        &["key", "revoke"],
        &["sandbox"],
        &["contract", "run"],
        &["openapi"],
        &["health"],
        &[],
    ];
    for verb in verbs {
        let help = run(ponte(), &[verb, &["--help"]].concat()).good().out;
        let usage = format!("Usage: {}", [&["ponte"], verb].concat().join(" "));
        assert!(help.contains(&usage) && help.contains("  ponte "), "{help}");
        let same = run(ponte(), &[&["help"], verb].concat()).good().out;
        assert_eq!(help, same, "`help {verb:?}` says the same");
    }
    assert_eq!(run(ponte(), &["frobnicate"]).status.code(), Some(2));
}

#[test]
fn a_tenant_is_added_listed_verified_and_removed() {
    let site = Site::new(&[]);
    let list = run(site.ponte(), &["tenant", "list"]).good().out;
    let line = list.lines().find(|line| line.starts_with("acme ")).unwrap();
    assert!(line.contains("ixc") && line.contains(&site.erp.base_url()) && line.contains("token"), "{list}");
    assert!(!list.contains(&token(&site)), "the token is not shown");

    let verified = run(site.ponte(), &["tenant", "verify", "acme"]).good().out;
    assert!(verified.lines().count() > 1 && verified.lines().all(|line| line.starts_with("ok  ")), "{verified}");
    assert!(!site.erp.journal().is_empty(), "the ERP was asked");

    let unsure = run(site.ponte(), &["tenant", "remove", "acme"]).bad();
    assert!(unsure.err.contains("--yes"), "{}", unsure.err);
    run(site.ponte(), &["tenant", "remove", "acme", "--yes"]).good();
    assert!(run(site.ponte(), &["tenant", "verify", "acme"]).bad().out.is_empty());
    assert_eq!(run(site.ponte(), &["tenant", "list"]).good().out.lines().count(), 1, "only the titles");
}

#[test]
fn what_is_wrong_with_a_tenant_is_said_with_what_would_be_right() {
    let site = Site::new(&[]);
    let url = site.erp.base_url();
    let add = |more: &[&str]| run(site.ponte(), &[&["tenant", "add"], more].concat()).bad().err;
    std::fs::write(site.path("token"), token(&site)).unwrap();
    let good = format!("token=@{}", site.path("token").display());
    let settings = site.path("acme.json").display().to_string();

    assert!(
        add(&["acme", "--vendor", "ixc", "--base-url", &url, "--credential", &good, "--settings", &settings])
            .contains("a tenant of that name already")
    );
    let unknown = add(&["two", "--vendor", "sap", "--base-url", &url, "--credential", &good, "--settings", &settings]);
    assert!(unknown.contains("ixc  IXC Provedor"), "{unknown}");
    let missing = add(&["two", "--vendor", "ixc", "--base-url", &url, "--settings", &settings]);
    assert!(missing.contains("credentials/token") && missing.contains("There are:\n  token  "), "{missing}");
    let plain = add(&["two", "--vendor", "ixc", "--base-url", &url, "--credential", &good]);
    assert!(plain.contains("base_url"), "{plain}");
    std::fs::write(site.path("bad.json"), json!({"limits": {"deadline_ms": "soon"}}).to_string()).unwrap();
    let bad = site.path("bad.json").display().to_string();
    let typed = add(&["two", "--vendor", "ixc", "--base-url", &url, "--credential", &good, "--settings", &bad]);
    assert!(typed.contains("limits.deadline_ms"), "{typed}");

    let mut bare = site.ponte();
    bare.args(["tenant", "add", "two", "--vendor", "ixc", "--base-url", &url, "--credential"]);
    bare.arg(format!("token={}", token(&site)));
    let refused = ended(bare, "");
    assert_eq!(refused.status.code(), Some(2));
    assert!(refused.err.contains("@FILE"), "{}", refused.err);
}

#[test]
fn a_credential_comes_from_a_file_or_the_environment_and_a_wrong_one_is_found_out() {
    let site = Site::new(&[]);
    let settings = site.path("acme.json").display().to_string();
    let url = site.erp.base_url();
    let from = |name: &str, source: &str, value: &str| {
        let mut add = site.ponte();
        add.args(["tenant", "add", name, "--vendor", "ixc", "--base-url", &url, "--settings", &settings]);
        add.args(["--credential", source]).env("ERP_TOKEN", value);
        ended(add, "").good();
        run(site.ponte(), &["tenant", "verify", name])
    };
    std::fs::write(site.path("token"), token(&site) + "\n").unwrap();
    from("by-file", &format!("token=@{}", site.path("token").display()), "").good();
    from("by-environment", "token=env:ERP_TOKEN", &token(&site)).good();
    let wrong = format!("11:{}", "0".repeat(64));
    let found = from("wrong", "token=env:ERP_TOKEN", &wrong).bad().out;
    assert!(found.lines().any(|line| line.starts_with("no  ")) && !found.contains(&wrong), "{found}");
}

#[tokio::test]
async fn a_running_gateway_takes_a_new_key_and_refuses_a_revoked_one_within_seconds() {
    let site = Site::new(&[]);
    let (_running, mut platform) = site.serve().await;
    let created = run(site.ponte(), &["key", "create", "--name", "chat", "--scope", "read", "--tenant", "acme"]).good();
    platform.key = created.out.trim().to_owned();
    assert!(platform.key.starts_with("ponte_") && created.out.lines().count() == 1, "{}", created.out);
    assert!(!created.err.contains(&platform.key) && created.err.contains("read"), "{}", created.err);

    let look_up = async || {
        let answer = platform.post("/v1/tenants/acme/customers/lookup", json!({ "document": ANA })).await;
        answer.status
    };
    let becomes = async |expected: u16| {
        let started = Instant::now();
        while look_up().await != expected {
            assert!(started.elapsed() < PATIENCE, "never {expected}");
            pause().await;
        }
    };
    becomes(200).await;
    let list = run(site.ponte(), &["key", "list"]).good().out;
    let line = list.lines().find(|line| line.contains("chat")).unwrap();
    assert!(line.contains("read") && line.contains("acme") && line.contains("good"), "{list}");
    assert!(!list.contains(&platform.key), "the secret is not shown");
    let id = line.split_whitespace().next().unwrap();
    run(site.ponte(), &["key", "revoke", id]).good();
    becomes(401).await;
    assert!(!run(site.ponte(), &["key", "list"]).good().out.contains("chat"));
    assert!(run(site.ponte(), &["key", "list", "--all"]).good().out.contains("revoked"));
    run(site.ponte(), &["key", "revoke", "key_nobody"]).bad();
}

#[test]
fn a_key_needs_a_scope_that_exists_and_a_tenant_that_is_there() {
    let site = Site::new(&[]);
    let create = |more: &[&str]| run(site.ponte(), &[&["key", "create", "--name", "x"], more].concat());
    assert_eq!(create(&[]).status.code(), Some(2));
    let unknown = create(&["--scope", "root"]);
    assert!(unknown.status.code() == Some(2) && unknown.err.contains("personal_data"), "{}", unknown.err);
    assert!(create(&["--scope", "read", "--tenant", "nobody"]).bad().err.contains("nobody"));
    assert!(create(&["--scope", "read", "--expires", "2020-01-01T00:00:00Z"]).bad().err.contains("expires_at"));
    create(&["--scope", "read", "--expires", "2999-01-01T00:00:00-03:00"]).good();
    assert!(run(site.ponte(), &["key", "list"]).good().out.contains("until 2999-01-01T03:00:00Z"));
}

#[test]
fn the_document_is_printed_and_a_reader_that_goes_away_is_no_fault() {
    let document: serde_json::Value = serde_json::from_str(&run(ponte(), &["openapi"]).good().out).unwrap();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    assert!(document["paths"].as_object().unwrap().contains_key("/v1/tenants/{tenant}/invoices/{invoice}/payment"));

    let mut openapi = ponte();
    let mut child = openapi.arg("openapi").stdout(std::process::Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert!(child.wait().unwrap().success());
}

#[test]
fn contract_cases_are_listed_and_run() {
    let here = |arguments: &[&str]| {
        let mut command = ponte();
        command.current_dir(env!("CARGO_MANIFEST_DIR"));
        run(command, arguments)
    };
    let listed = here(&["contract", "run", "--capability", "trust_unlock", "--list"]).good().out;
    let first = listed.lines().next().unwrap().split_whitespace().next().unwrap();
    assert!(first.contains("/trust_unlock/"), "{listed}");
    let one = here(&["contract", "run", "--case", first]);
    assert!(one.out.contains("1 passed, 0 failed") && one.status.success(), "{}{}", one.out, one.err);
    assert!(here(&["contract", "run", "--case", "no-such-case"]).bad().err.contains("--list"));
    let mut elsewhere = ponte();
    elsewhere.current_dir("/");
    assert!(run(elsewhere, &["contract", "run"]).bad().err.contains("--checkout"));
}

#[tokio::test]
async fn the_capabilities_tell_how_many_cases_prove_them() {
    let proven = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/contract-tests/proven.json")).unwrap();
    let proven: serde_json::Value = serde_json::from_str(&proven).unwrap();
    let site = Site::new(&[]);
    let (_running, platform) = site.serve().await;
    let told = platform.get("/v1/tenants/acme/capabilities").await.json();
    for capability in told["capabilities"].as_array().unwrap() {
        let word = capability["capability"].as_str().unwrap();
        assert_eq!(capability["cases"], proven["ixc"][word], "{word}");
    }
}
