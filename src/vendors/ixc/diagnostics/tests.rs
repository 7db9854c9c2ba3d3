//! The parts of a diagnosis, and that a part which fails leaves the others.
#![allow(clippy::unwrap_used)]

use ponte_domain::FailureKind;
use ponte_domain::contract::{LoginStatus, Online, Technology};
use ponte_domain::diagnostics::{Diagnosis, Reading};
use ponte_domain::known::Known;
use ponte_domain::reference::CustomerRef;

use super::summary;
use crate::erp::Diagnostics as _;
use crate::ixc::Ixc;
use crate::ixc::testing::{ABSENT, Bench, page};

const CONTRACT: &str = r#"{"id":"2309","id_cliente":"2","status":"A","status_internet":"A","status_velocidade":"N","desbloqueio_confianca_ativo":"N","restricao_auto_desbloqueio":"S"}"#;
const PERSON: &str = r#"{"id":"2","ativo":"S","latitude":"-27.1","longitude":"-52.6"}"#;
const AFFECTED: &str = "su_oss_chamado_regiao_manutencao_radusuarios";
const RED: &str = "<div style=\"background:#FF0000\">Ocorreu um erro</div>";

fn login(columns: &str) -> String {
    format!(r#"{{"id":"4709","id_cliente":"2","id_contrato":"2309","login":"ana","senha":"s3cret",{columns}}}"#)
}

async fn bench(logins: &str) -> Bench {
    let bench = Bench::start().await;
    bench.lists("cliente_contrato", &page(CONTRACT)).await;
    bench.lists("cliente", &page(PERSON)).await;
    bench.lists("radusuarios", logins).await;
    bench
}

async fn diagnose(bench: &Bench) -> Diagnosis {
    Ixc.diagnose(&bench.call(), &CustomerRef::new("2").contract("2309")).await.unwrap()
}

fn value<T: Clone>(reading: &Reading<T>) -> Option<T> {
    match reading {
        Reading::Is(known) => Some(known.value.clone()),
        Reading::Unreadable(_) | Reading::NotSupported(_) => None,
    }
}

#[test]
fn a_contract_is_online_when_one_login_is_and_offline_when_all_say_so() {
    use Online::{Offline, Online as Connected, Unknown};
    for (logins, expected) in [
        (vec![Offline, Connected], Some(Connected)),
        (vec![Offline, Offline], Some(Offline)),
        (vec![Offline, Unknown], Some(Unknown)),
        (vec![], None),
    ] {
        let known: Vec<_> = logins.iter().map(|online| Known::without_word(*online)).collect();
        assert_eq!(value(&summary(&known)), expected, "{logins:?}");
    }
}

#[tokio::test]
async fn all_parts_are_read_from_their_columns() {
    let bench =
        bench(&page(&login(r#""ativo":"S","online":"N","tipo_conexao_mapa":"A","franquia_atingida":"S""#))).await;
    bench.lists(AFFECTED, r#"{"page":"1","total":"0"}"#).await;
    let found = diagnose(&bench).await;
    assert_eq!(value(&found.trust_unlock_in_use), Some(false));
    assert_eq!(found.trust_unlock_restricted, Reading::Is(Known::new(true, "S")));
    assert_eq!((value(&found.login_status), value(&found.online)), (Some(LoginStatus::Active), Some(Online::Offline)));
    assert_eq!((value(&found.technology), value(&found.quota_reached)), (Some(Technology::Adsl), Some(true)));
    assert_eq!((value(&found.in_maintenance_area), found.outage), (Some(false), None));
    assert!(bench.requests("consultar_regiao_manutencao").await.is_empty(), "the login's own list is the better way");
}

#[tokio::test]
async fn logins_that_fail_are_unknown_and_the_rest_stands() {
    let bench = bench(RED).await;
    bench.answers("consultar_regiao_manutencao", r#"{"success":false}"#).await;
    let found = diagnose(&bench).await;
    assert_eq!((value(&found.online), value(&found.login_status), value(&found.technology)), (None, None, None));
    assert!(value(&found.customer_status).is_some() && value(&found.access_status).is_some());
    assert_eq!(value(&found.in_maintenance_area), Some(false));
}

#[tokio::test]
async fn without_the_contract_there_is_no_diagnosis() {
    let bench = Bench::start().await;
    bench.lists("cliente_contrato", r#"{"page":"1","total":"0"}"#).await;
    bench.lists("cliente", &page(PERSON)).await;
    bench.lists("radusuarios", &page("")).await;
    let failure = Ixc.diagnose(&bench.call(), &CustomerRef::new("2").contract("2309")).await.unwrap_err();
    assert!(matches!(failure.kind(), FailureKind::NotFound(_)));
}

#[tokio::test]
async fn the_regions_order_tells_the_outage_and_its_subject_the_message() {
    let bench = bench(&page(&login(r#""ativo":"S""#))).await;
    bench.lists(AFFECTED, &page(r#"{"id":"88","id_radusuarios":"4709","id_su_oss_chamado":"13001","id_su_oss_chamado_regiao_manutencao":"13044"}"#)).await;
    let order = r#"{"id":"13044","tipo":"E","status":"A","id_assunto":"31","data_prazo_limite":"2026-11-20 18:00:00"}"#;
    bench.lists_by("su_oss_chamado", "su_oss_chamado.id", "13044", &page(order)).await;
    bench
        .lists(
            "su_oss_assunto",
            &page(r#"{"id":"31","msg_regiao_manutencao":"Estamos em manuten&ccedil;&atilde;o.<br />Obrigado"}"#),
        )
        .await;
    let found = diagnose(&bench).await;
    assert_eq!(value(&found.in_maintenance_area), Some(true));
    let outage = found.outage.unwrap();
    assert_eq!(outage.message.as_deref(), Some("Estamos em manutenção. Obrigado"));
    assert_eq!(outage.expected_end.unwrap().to_string(), "2026-11-20T21:00:00Z");
}

#[tokio::test]
async fn where_the_logins_list_is_not_there_the_place_is_asked() {
    let bench = bench(&page(&login(r#""ativo":"S","latitude":"-23.5","longitude":"-46.6""#))).await;
    bench.lists(AFFECTED, ABSENT).await;
    bench.answers("consultar_regiao_manutencao", r#"{"0":{"id":"9","descricao":"Rompimento"},"success":true}"#).await;
    let found = diagnose(&bench).await;
    assert_eq!(
        (value(&found.in_maintenance_area), found.outage.unwrap().message.as_deref()),
        (Some(true), Some("Rompimento"))
    );
    assert_eq!(
        bench.bodies("consultar_regiao_manutencao").await,
        [serde_json::json!({"latitude": "-23.5", "longitude": "-46.6"})]
    );
}

#[tokio::test]
async fn where_neither_can_be_asked_it_is_not_known() {
    const OTHER_SHAPE: &str = r#"{"page":"1","total":"1","registros":[{"id":"9","descricao":"Centro"}]}"#;
    for (by_login, by_point, supported) in
        [(ABSENT, ABSENT, false), (RED, ABSENT, true), (ABSENT, RED, true), (ABSENT, OTHER_SHAPE, true)]
    {
        let bench = bench(&page(&login(r#""ativo":"S""#))).await;
        bench.lists(AFFECTED, by_login).await;
        bench.answers("consultar_regiao_manutencao", by_point).await;
        let found = diagnose(&bench).await;
        assert!(
            matches!(
                (&found.in_maintenance_area, supported),
                (Reading::NotSupported(_), false) | (Reading::Unreadable(_), true)
            ),
            "{by_login} {by_point}: {:?}",
            found.in_maintenance_area
        );
        assert_eq!(found.outage, None);
    }
}

#[tokio::test]
async fn sessions_are_asked_only_where_the_tenant_says_so_and_the_login_does_not() {
    let session = r#"{"page":"1","total":1,"rows":[{"id":"1","cell":["1","ana","","","","","19/11/2026 08:11:02",""]}],"tot":[]}"#;
    let plain = bench(&page(&login(r#""ativo":"S","online":"""#))).await;
    plain.lists(AFFECTED, &page("")).await;
    plain.lists("radacct", session).await;
    assert_eq!(value(&diagnose(&plain).await.online), Some(Online::Unknown));
    assert!(plain.requests("radacct").await.is_empty());
    let checking = plain.with("session_check", "yes");
    assert_eq!(value(&diagnose(&checking).await.online), Some(Online::Online));
}
