//! `POST …/verify` at every vendor's sandbox: it holds with good credentials, and with a bad host, bad credentials, a
//! missing permission or a missing module it fails and names what is wrong.
//!
//! Nobody lists a vendor's calls: a good run shows which there are, a run with bad credentials which of them are about
//! the login; the others are refused one after the other, in the vendor's own way.

use std::collections::BTreeSet;

use anyhow::{Result, anyhow, ensure};
use ponte_sandbox::{Fault, FaultKind, SandboxErp};
use serde_json::Value;

use crate::conformance::Suite;
use crate::stage::{Setting, Stage};

/// Longer than any verification.
const ALWAYS: u32 = 1_000_000;

/// What is wrong with a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// Nothing.
    Nothing,
    /// Nobody listens at its address.
    Host,
    /// Something else than the ERP answers there.
    Site,
    /// One of its credentials, each in turn.
    Credentials,
    /// The login may not make a call, each in turn.
    Permission,
    /// The installation lacks what is called, each call in turn.
    Module,
}

impl Wrong {
    /// All.
    pub const ALL: [Self; 6] =
        [Self::Nothing, Self::Host, Self::Site, Self::Credentials, Self::Permission, Self::Module];

    /// The word in a line's name.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Nothing => "nothing-wrong",
            Self::Host => "wrong-host",
            Self::Site => "another-site",
            Self::Credentials => "wrong-credentials",
            Self::Permission => "no-permission",
            Self::Module => "missing-module",
        }
    }
}

/// What is wrong with a vendor's verification of such a tenant; nothing when it is as it must be.
///
/// # Errors
/// A sandbox or gateway that does not start.
pub async fn ask(suite: &Suite, vendor: &str, wrong: Wrong) -> Result<Vec<String>> {
    let stage = Stage::empty(suite.clock()).await?;
    let trial = Trial { suite, vendor, stage: &stage };
    let faults = match wrong {
        Wrong::Nothing => trial.good().await,
        Wrong::Host => trial.wrong_host().await,
        Wrong::Site => trial.another_site().await,
        Wrong::Credentials => trial.wrong_credentials().await,
        Wrong::Permission => trial.refused_calls(FaultKind::NoPermission).await,
        Wrong::Module => trial.refused_calls(FaultKind::MissingModule).await,
    };
    stage.close().await;
    faults
}

struct Trial<'a> {
    suite: &'a Suite,
    vendor: &'a str,
    stage: &'a Stage,
}

/// One failed check.
struct Failed {
    check: String,
    capability: Option<String>,
    problem: String,
}

impl Trial<'_> {
    async fn good(&self) -> Result<Vec<String>> {
        let erp = self.erp()?;
        let (verification, capabilities) = self.verified(self.setting(&erp, "good")).await?;
        let mut faults = Vec::new();
        if verification["ok"] != true {
            faults.push(format!("a good tenant is not well: {verification}"));
        }
        if !erp.writes().counts.is_empty() {
            faults.push(format!("verifying wrote {:?}", erp.writes().counts));
        }
        let lacking = missing(&capabilities, &verification);
        faults.extend(lacking.into_iter().map(|word| format!("{word} is said to be missing")));
        Ok(faults)
    }

    async fn wrong_host(&self) -> Result<Vec<String>> {
        let erp = self.erp()?;
        let setting = self.setting(&erp, "host");
        erp.stop();
        let (verification, _) = self.verified(setting).await?;
        Ok(expect(&verification, &["upstream-unreachable"], "nobody listens"))
    }

    async fn another_site(&self) -> Result<Vec<String>> {
        let site = wiremock::MockServer::start().await;
        let page = "<!DOCTYPE html><html><body><h1>Bem-vindo</h1></body></html>";
        let answer = wiremock::ResponseTemplate::new(200).set_body_raw(page, "text/html");
        wiremock::Mock::given(wiremock::matchers::any()).respond_with(answer).mount(&site).await;
        let erp = self.erp()?;
        let mut setting = self.setting(&erp, "site");
        let settings = setting.settings.to_string().replace(&setting.base_url, &site.uri());
        setting.settings = serde_json::from_str(&settings)?;
        setting.base_url = site.uri();
        let (verification, _) = self.verified(setting).await?;
        // A vendor that knows its own pages may tell at once that the address is wrong.
        let kinds = ["upstream-broken-answer", "upstream-fault", "tenant-misconfigured"];
        Ok(expect(&verification, &kinds, "another site answers"))
    }

    async fn wrong_credentials(&self) -> Result<Vec<String>> {
        let erp = self.erp()?;
        let mut faults = Vec::new();
        for (at, name) in fields(&erp).into_iter().enumerate() {
            let tenant = format!("credentials-{at}");
            let mut setting = self.setting(&erp, &tenant);
            spoil(&mut setting.credentials, &name);
            let (verification, _) = self.verified(setting).await?;
            let place = format!("the credential {name} is wrong");
            faults.extend(expect(&verification, &["upstream-credentials", "upstream-access-blocked"], &place));
        }
        Ok(faults)
    }

    async fn refused_calls(&self, fault: FaultKind) -> Result<Vec<String>> {
        let (mut faults, mut known) = (Vec::new(), BTreeSet::new());
        let paths = self.paths_beside_the_login().await?;
        for (at, path) in paths.iter().enumerate() {
            let erp = self.erp()?;
            erp.inject(Fault::at(path, fault.clone()).times(ALWAYS));
            let tenant = format!("refused-{at}");
            let (verification, capabilities) = self.verified(self.setting(&erp, &tenant)).await?;
            let failed = failures(&verification);
            if failed.is_empty() {
                faults.push(format!("{path} answers {}, and verify says that all is well", fault.word()));
            }
            let lacking = missing(&capabilities, &verification);
            for Failed { check, capability, problem } in &failed {
                let named =
                    ["upstream-access-blocked", "capability-not-supported", "upstream-credentials", "upstream-fault"];
                if !named.contains(&problem.as_str()) {
                    faults.push(format!("{path} answers {}, and {check} says {problem}", fault.word()));
                }
                known.insert(problem.clone());
                let told = capability.as_ref().is_none_or(|word| lacking.contains(word));
                if problem == "capability-not-supported" && !told {
                    faults.push(format!(
                        "{path}: {capability:?} is missing and the tenant's capabilities do not show it"
                    ));
                }
            }
            erp.stop();
        }
        ensure!(!paths.is_empty(), "verify makes no call beside those of the login");
        let telling = match fault {
            FaultKind::MissingModule => ["capability-not-supported"].as_slice(),
            _ => ["upstream-access-blocked", "capability-not-supported", "upstream-credentials"].as_slice(),
        };
        if !telling.iter().any(|kind| known.contains(*kind)) {
            faults.push(format!("no call tells of {}: {known:?}", fault.word()));
        }
        Ok(faults)
    }

    /// Paths that a good verification asks and one with bad credentials does not.
    async fn paths_beside_the_login(&self) -> Result<BTreeSet<String>> {
        let erp = self.erp()?;
        self.verified(self.setting(&erp, "plain")).await?;
        let all = paths(&erp);
        erp.clear_journal();
        let mut setting = self.setting(&erp, "spoilt");
        for name in fields(&erp) {
            spoil(&mut setting.credentials, &name);
        }
        self.verified(setting).await?;
        let login = paths(&erp);
        erp.stop();
        Ok(all.difference(&login).cloned().collect())
    }

    async fn verified(&self, setting: Setting<'_>) -> Result<(Value, Value)> {
        let tenant = setting.tenant.to_owned();
        self.stage.add_tenant(setting).await?;
        self.stage.verified(&tenant).await
    }

    fn setting<'a>(&'a self, erp: &SandboxErp, tenant: &'a str) -> Setting<'a> {
        let mut setting = self.suite.setting(erp, self.vendor);
        setting.tenant = tenant;
        setting
    }

    fn erp(&self) -> Result<SandboxErp> {
        let erp = SandboxErp::start(self.vendor, ([127, 0, 0, 1], 0).into()).map_err(|error| anyhow!("{error}"))?;
        erp.set_clock(self.suite.clock());
        Ok(erp)
    }
}

fn fields(erp: &SandboxErp) -> Vec<String> {
    erp.credentials().as_object().map(|fields| fields.keys().cloned().collect()).unwrap_or_default()
}

/// Another text of the same form: its last letter or digit is another one.
fn spoil(credentials: &mut Value, name: &str) {
    if let Some(Value::String(text)) = credentials.get_mut(name) {
        let last = text.pop();
        text.push(if last == Some('1') { '2' } else { '1' });
    }
}

fn paths(erp: &SandboxErp) -> BTreeSet<String> {
    let path = |entry: ponte_sandbox::JournalEntry| entry.path.split('?').next().unwrap_or_default().to_owned();
    erp.journal().into_iter().map(path).collect()
}

fn failures(verification: &Value) -> Vec<Failed> {
    let checks = verification["checks"].as_array().map(Vec::as_slice).unwrap_or_default();
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let failed = checks.iter().filter(|check| check["ok"] != true);
    failed
        .map(|check| Failed {
            check: text(&check["name"]).unwrap_or_default(),
            capability: text(&check["capability"]),
            problem: check["problem"]["type"]
                .as_str()
                .and_then(|kind| kind.rsplit('/').next())
                .unwrap_or_default()
                .to_owned(),
        })
        .collect()
}

/// The verification fails, and every check that fails says one of these.
fn expect(verification: &Value, kinds: &[&str], place: &str) -> Vec<String> {
    let failed = failures(verification);
    if verification["ok"] == true || failed.is_empty() {
        return vec![format!("{place}, and verify says that all is well")];
    }
    let other = failed.iter().filter(|failed| !kinds.contains(&failed.problem.as_str()));
    other.map(|failed| format!("{place}, and the check {} says {}", failed.check, failed.problem)).collect()
}

/// Capabilities that a check looked at and the tenant is said to lack.
fn missing(capabilities: &Value, verification: &Value) -> BTreeSet<String> {
    let checks = verification["checks"].as_array().map(Vec::as_slice).unwrap_or_default();
    let looked_at: BTreeSet<&str> = checks.iter().filter_map(|check| check["capability"].as_str()).collect();
    let list = capabilities["capabilities"].as_array().map(Vec::as_slice).unwrap_or_default();
    let lacking =
        list.iter().filter(|entry| entry["supported"] == false).filter_map(|entry| entry["capability"].as_str());
    lacking.filter(|word| looked_at.contains(word)).map(str::to_owned).collect()
}
