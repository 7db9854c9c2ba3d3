//! Which answers make which of the eleven.
#![allow(clippy::unwrap_used)]
use ponte_domain::contract::{LoginStatus, Online, Speed, Technology};
use ponte_domain::diagnostics::{Diagnosis, Reading};
use ponte_domain::known::Known;
use ponte_domain::reference::CustomerRef;
use ponte_domain::tenant::TrustUnlockRule;

use crate::erp::Diagnostics as _;
use crate::hubsoft::Hubsoft;
use crate::hubsoft::testing::{Bench, customer, service};

async fn diagnose(bench: &Bench) -> Diagnosis {
    Hubsoft.diagnose(&bench.call(), &CustomerRef::new("421").contract("22703")).await.unwrap()
}

fn value<T: Clone>(reading: &Reading<T>) -> Option<T> {
    match reading {
        Reading::Is(Known { value, .. }) => Some(value.clone()),
        Reading::Unreadable(_) | Reading::NotSupported(_) => None,
    }
}

#[tokio::test]
async fn one_query_tells_all_eleven() {
    let mut bench = Bench::start().await;
    bench.tenant.settings.trust_unlock = TrustUnlockRule { days_granted: Some(3), interval_days: Some(30) };
    let columns = r#""status_prefixo":"servico_habilitado","tecnologia":"FIBRA","ultima_conexao":{"conectado":true},"desbloqueios":[]"#;
    bench.answers("cliente", &customer(&service(columns))).await;
    let diagnosis = diagnose(&bench).await;
    assert_eq!(value(&diagnosis.online), Some(Online::Online));
    assert_eq!(value(&diagnosis.login_status), Some(LoginStatus::Active));
    assert_eq!(value(&diagnosis.technology), Some(Technology::Fiber));
    assert_eq!(value(&diagnosis.speed), Some(Speed::Normal));
    assert_eq!((value(&diagnosis.quota_reached), value(&diagnosis.in_maintenance_area)), (Some(false), Some(false)));
    assert_eq!(
        (value(&diagnosis.trust_unlock_in_use), value(&diagnosis.trust_unlock_restricted)),
        (Some(false), Some(false))
    );
    assert!(diagnosis.outage.is_none());
    assert_eq!(bench.server.received_requests().await.unwrap().len(), 2, "the token and the query");
}

#[tokio::test]
async fn what_is_not_told_has_its_true_reason() {
    let ruled = TrustUnlockRule { days_granted: None, interval_days: Some(30) };
    for (history, rule, expected) in [
        (r#""x":1"#, ruled.clone(), "This version of the ERP does not list trust unlocks."),
        (r#""desbloqueios":[{}]"#, ruled, "The ERP does not say."),
        (
            r#""desbloqueios":[]"#,
            TrustUnlockRule::default(),
            "Hubsoft's API does not say whether the trust unlock is restricted, and the tenant has no rule for it.",
        ),
    ] {
        let mut bench = Bench::start().await;
        bench.tenant.settings.trust_unlock = rule;
        let columns =
            format!(r#""status_prefixo":"servico_habilitado","ultima_conexao":{{"conectado":true}},{history}"#);
        bench.answers("cliente", &customer(&service(&columns))).await;
        let restricted = diagnose(&bench).await.trust_unlock_restricted;
        let (Reading::NotSupported(reason) | Reading::Unreadable(reason)) = restricted else {
            unreachable!("{history}")
        };
        assert_eq!(reason, expected);
    }
}

#[tokio::test]
async fn an_old_version_leaves_holes_with_reasons() {
    let bench = Bench::start().await;
    let row = customer(&service(r#""status_prefixo":"dedicado_suspenso","ultima_conexao":[]"#));
    let row = row.replace(r#""alerta":false,"alerta_mensagens":[],"#, "");
    bench.answers("cliente", &row).await;
    let diagnosis = diagnose(&bench).await;
    assert!(matches!(diagnosis.trust_unlock_in_use, Reading::NotSupported(_)));
    assert!(matches!(diagnosis.trust_unlock_restricted, Reading::NotSupported(_)));
    assert!(matches!(diagnosis.in_maintenance_area, Reading::Unreadable(_)));
    assert!(matches!(diagnosis.speed, Reading::Unreadable(_)));
    assert!(matches!(diagnosis.quota_reached, Reading::Unreadable(_)));
    assert!(matches!(diagnosis.online, Reading::Unreadable(_)), "the log is not there either");
}

const SILENT: &str = r#""status_prefixo":"servico_habilitado","ultima_conexao":[]"#;

async fn online(sessions: &str) -> Option<Online> {
    let bench = Bench::start().await;
    bench.answers("cliente", &customer(&service(SILENT))).await;
    bench.answers("cliente/extrato_conexao", &format!(r#"{{"status":"success","registros":[{sessions}]}}"#)).await;
    let diagnosis = diagnose(&bench).await;
    assert_eq!(bench.parameters("cliente/extrato_conexao", "busca").await, ["login"]);
    value(&diagnosis.online)
}

fn session(start: &str, stop: &str, rest: &str) -> String {
    format!(r#"{{"acctstarttime":"{start}","acctstoptime":{stop},"username":"ana.souza"{rest}}}"#)
}

#[tokio::test]
async fn where_the_service_is_silent_the_session_that_began_last_tells() {
    let old = session("2026-11-18 18:22:24-03", r#""2026-11-19 01:00:00-03""#, "");
    let open = session("2026-11-19 18:22:24-03", "null", r#","cliente":{"codigo_cliente":421}"#);
    let others = session("2026-11-20 08:00:00-03", "null", r#","cliente":{"codigo_cliente":422}"#);
    assert_eq!(online(&[old.clone(), open.clone()].join(",")).await, Some(Online::Online));
    assert_eq!(online(&[open, old.clone()].join(",")).await, Some(Online::Online));
    assert_eq!(online(&[old.clone(), others].join(",")).await, Some(Online::Offline));
    assert_eq!(online("").await, None);
    assert_eq!(online(&vec![old; 50].join(",")).await, None, "cut at its limit");
}

async fn alerted(alert: &str, catalogue: &str) -> Diagnosis {
    let bench = Bench::start().await;
    let row = customer(&service(r#""status_prefixo":"franquia_excedida","ultima_conexao":{"conectado":false}"#));
    bench.answers("cliente", &row.replace(r#""alerta":false,"alerta_mensagens":[]"#, alert)).await;
    bench.answers("configuracao/alerta/paginado/100", catalogue).await;
    diagnose(&bench).await
}

#[tokio::test]
async fn an_alert_is_an_outage_with_all_its_texts_and_the_latest_end() {
    let catalogue = r#"{"alertas":{"current_page":1,"last_page":1,"per_page":"100","next_page_url":"http://localhost:8000/x","data":[
        {"id_alerta":1,"texto_alerta":"Rompimento no Centro","data_inicio":"2026-11-20 08:00:00","data_fim":"2026-11-20 18:00:00"},
        {"id_alerta":2,"texto_alerta":"Rompimento no Centro","data_fim":"2026-11-01 18:00:00"},
        {"id_alerta":3,"texto_alerta":"Outra","data_fim":"2026-12-20 18:00:00"}]}}"#;
    let two =
        alerted(r#""alerta":true,"alerta_mensagens":["Rompimento no Centro","Equipe a caminho"]"#, catalogue).await;
    let outage = two.outage.unwrap();
    assert_eq!(outage.message.as_deref(), Some("Rompimento no Centro\nEquipe a caminho"));
    assert_eq!(outage.expected_end.unwrap().to_string(), "2026-11-20T21:00:00Z");
    assert_eq!((value(&two.in_maintenance_area), value(&two.quota_reached)), (Some(true), Some(true)));
    let textless = alerted(r#""alerta":true,"alerta_mensagens":[]"#, catalogue).await;
    assert_eq!(textless.outage, Some(ponte_domain::diagnostics::Outage::default()));
    let unread =
        alerted(r#""alerta":true,"alerta_mensagens":["X"]"#, r#"{"status":"error","msg":"Sem permissão"}"#).await;
    assert_eq!(unread.outage.unwrap().expected_end, None);
    let none = alerted(r#""alerta":false,"alerta_mensagens":[]"#, catalogue).await;
    assert_eq!((none.outage, value(&none.in_maintenance_area)), (None, Some(false)));
}
