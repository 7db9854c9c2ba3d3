//! `ponte demo` as a newcomer meets it: what it prints is pasted, and works.

use std::net::TcpListener;

use reqwest::Method;
use serde_json::Value;

use crate::world::{Answer, Platform, Running, ended, is_empty, ponte};

/// A running demo with its page.
struct Demo {
    running: Running,
    page: String,
    folder: tempfile::TempDir,
}

impl Demo {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut command = ponte();
        command.args(["demo", "--port", "0", "--sandbox-port", "0"]).env("TMPDIR", folder.path());
        let mut running = Running::start(command);
        let page = running.says(|text| text.contains("Idempotency-Key: ").then(|| text.to_owned())).await;
        Self { running, page, folder }
    }

    /// The word behind a title, as scripts find it.
    fn word(&self, title: &str) -> &str {
        let line = self.page.lines().find(|line| line.trim_start().starts_with(title)).unwrap();
        line.split_whitespace().nth(1).unwrap()
    }

    /// The calls to paste.
    fn calls(&self) -> Vec<Pasted> {
        let joined = self.page.replace("\\\n", " ");
        joined.lines().filter(|line| line.trim_start().starts_with("curl ")).map(Pasted::read).collect()
    }
}

/// A curl command, as far as the page uses curl.
struct Pasted {
    method: Method,
    url: String,
    headers: Vec<(String, String)>,
    body: Option<Value>,
}

impl Pasted {
    fn read(line: &str) -> Self {
        let mut words = words(line).into_iter().skip(1);
        let mut pasted = Self { method: Method::GET, url: String::new(), headers: Vec::new(), body: None };
        while let Some(word) = words.next() {
            match word.as_str() {
                "-s" => {}
                "-X" => pasted.method = words.next().unwrap().parse().unwrap(),
                "-H" => {
                    let header = words.next().unwrap();
                    let (name, value) = header.split_once(": ").unwrap();
                    pasted.headers.push((name.to_owned(), value.to_owned()));
                }
                "-d" => {
                    pasted.method = Method::POST;
                    pasted.body = Some(serde_json::from_str(&words.next().unwrap()).unwrap());
                }
                url => pasted.url = url.to_owned(),
            }
        }
        pasted
    }

    async fn sent(&self) -> Answer {
        let key = self.headers.iter().find(|(name, _)| name == "Authorization").unwrap();
        let platform = Platform { base: String::new(), key: key.1.strip_prefix("Bearer ").unwrap().to_owned() };
        let rest = self.headers.iter().filter(|(name, _)| name == "Idempotency-Key");
        let rest: Vec<_> = rest.map(|(name, value)| (name.as_str(), value.as_str())).collect();
        platform.send(self.method.clone(), &self.url, &rest, self.body.clone()).await
    }
}

/// Splits as a shell does: blanks between words, single quotes around some.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for letter in line.trim().chars() {
        match letter {
            '\'' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            other => words.last_mut().unwrap().push(other),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[tokio::test]
async fn the_printed_calls_show_anas_bill_and_ana_and_unlock_bruno() {
    let demo = Demo::start().await;
    let calls = demo.calls();
    let [bill, lookup, unlock] = calls.as_slice() else { panic!("{}", demo.page) };

    let bill = bill.sent().await;
    assert_eq!(bill.status, 200, "{}", bill.text());
    assert!(bill.header("cache-status").unwrap().contains("fwd=uri-miss"), "the demo starts with empty caches");
    let bill = bill.json();
    assert_eq!((&bill["invoice"]["amount_cents"], &bill["invoice"]["due_date"]), (&9990.into(), &"2026-12-10".into()));
    let line = bill["boleto"]["digitable_line"].as_str().unwrap();
    assert!(line.len() == 47 && line.ends_with("16560000009990"), "{line}");
    let pix = bill["pix"]["copy_paste"].as_str().unwrap();
    assert!(pix.starts_with("000201") && pix.contains("540599.90"), "{pix}");

    let found = lookup.sent().await.json();
    assert_eq!((&found["match"], &found["customers"][0]["name"]), (&"erp".into(), &"Ana Souza".into()));

    let unlocked = unlock.sent().await;
    assert_eq!((unlocked.status, unlocked.header("idempotent-replayed")), (200, None), "{}", unlocked.text());
    let json = unlocked.json();
    assert_eq!((&json["result"], &json["contract"]["access_status"]), (&"unlocked".into(), &"active".into()));
    assert_eq!(json["unlocked_until"], "2026-11-23");
    let again = unlock.sent().await;
    assert_eq!((again.header("idempotent-replayed"), again.text()), (Some("true"), unlocked.text()));
}

#[tokio::test]
async fn handles_are_the_same_in_every_demo_and_the_pages_addresses_answer() {
    let (one, mut other) = (Demo::start().await, Demo::start().await);
    let handles = |demo: &Demo| {
        let paths = demo.calls().into_iter().map(|call| call.url.split("/v1/").nth(1).unwrap().to_owned());
        paths.collect::<Vec<_>>()
    };
    assert_eq!(handles(&one), handles(&other));
    assert_eq!(one.word("Key"), other.word("Key"));

    let platform = Platform { base: other.word("Gateway").to_owned(), key: other.word("Key").to_owned() };
    assert_eq!(platform.get("/docs").await.status, 200);
    assert_eq!(platform.get("/v1/test/clock").await.json()["now"].as_str().unwrap().get(..13), Some("2026-11-20T15"));
    let control = other.page.lines().find_map(|line| line.split_once("control ")).unwrap().1;
    let sandbox = Platform { base: control.trim_end_matches('/').to_owned(), key: String::new() };
    assert_eq!(sandbox.get("/journal").await.json()["calls"], Value::Array(Vec::new()), "the journal starts empty");
    assert_eq!(sandbox.get("/clock").await.json()["now"], "2026-11-20T12:00:00-03:00");

    other.running.signal("INT");
    assert!(other.running.ended().await.success());
    assert!(is_empty(other.folder.path()), "the temporary folder is gone");
    assert_eq!(other.running.err.text(), "", "nothing to say at the default level");
}

#[test]
fn a_busy_port_is_named_with_the_option_that_sets_it() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    for (verb, option, other) in
        [("demo", "--port", "--sandbox-port"), ("demo", "--sandbox-port", "--port"), ("sandbox", "--port", "")]
    {
        let mut command = ponte();
        command.args([verb, option, &port]);
        if !other.is_empty() {
            command.args([other, "0"]);
        }
        let end = ended(command, "").bad();
        let named = format!("port {port} on 127.0.0.1 is in use: take another one with {option} ");
        assert!(end.err.contains(&named) && end.out.is_empty(), "{}", end.err);
    }
}

#[test]
fn the_demo_takes_no_settings_of_others() {
    let mut command = ponte();
    command.args(["demo", "--config", "/etc/ponte.toml"]);
    assert!(ended(command, "").bad().err.contains("--config"));
}

#[tokio::test]
async fn the_sandbox_alone_tells_what_a_tenant_needs() {
    let mut command = ponte();
    command.args(["sandbox", "--vendor", "ixc", "--port", "0"]);
    let mut running = Running::start(command);
    let page = running.says(|text| text.contains("control").then(|| text.to_owned())).await;
    let word = |title: &str| {
        let line = page.lines().find(|line| line.trim_start().starts_with(title)).unwrap();
        line.split_whitespace().nth(1).unwrap().to_owned()
    };
    assert!(word("address").starts_with("http://127.0.0.1:") && word("credentials").contains("token"), "{page}");
    let control = Platform { base: word("control"), key: String::new() };
    assert_eq!(control.get("writes").await.status, 200);
    running.signal("TERM");
    assert!(running.ended().await.success());

    let mut command = ponte();
    command.args(["sandbox", "--vendor", "nobody"]);
    assert!(ended(command, "").bad().err.contains("there are: ixc"));
}
