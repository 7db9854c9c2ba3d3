//! Contracts and connections: every word of every code, and whose they are.
#![allow(clippy::unwrap_used)]
use jiff::civil::date;
use ponte_domain::FailureKind;
use ponte_domain::capability::Capability;
use ponte_domain::contract::{AccessStatus, ContractStatus, LoginStatus, Speed, Technology};
use ponte_domain::failure::Subject;
use ponte_domain::reference::CustomerRef;
use ponte_transport::Reply;
use wiremock::ResponseTemplate;

use super::connection::owners;
use super::{ALL, Connection, access, facts_of_active, facts_of_all, speed};
use crate::erp::Contracts as _;
use crate::mk_solutions::MkSolutions;
use crate::mk_solutions::dialect::Answer;
use crate::mk_solutions::testing::{Bench, NOTHING};

fn connections(columns: &[&str]) -> Vec<Connection> {
    let of = |(place, columns): (usize, &&str)| Connection::of(&format!(r#"{{"codconexao":{},{columns}}}"#, place + 1));
    columns.iter().enumerate().map(of).collect()
}

#[test]
fn contracts_of_every_state_are_read_bare_or_under_a_key() {
    for body in [
        r#"[{"codcontrato":8139,"status_contrato":"Ativo","plano_acesso":"FIBRA 600","adesao":"2023-12-08"},{"codcontrato":"5120","status_contrato":"Cancelado"}]"#,
        r#"{"Contratos":[{"codcontrato":8139,"status_contrato":"Ativo","plano_acesso":"FIBRA 600","adesao":"2023-12-08"},{"codcontrato":"5120","status_contrato":"Cancelado"}],"status":"OK"}"#,
    ] {
        let reply = Reply::new(200, None, body);
        let answer = Answer::of(&reply, ALL, Capability::Contracts).unwrap();
        let facts = facts_of_all(&answer, "17645").unwrap();
        let told: Vec<_> = facts.iter().map(|facts| (facts.id.as_str(), facts.status.value)).collect();
        assert_eq!(told, [("8139", ContractStatus::Active), ("5120", ContractStatus::Cancelled)]);
        assert_eq!(facts[0].joined_on, Some(date(2023, 12, 8)));
        assert_eq!(facts[1].joined_on, None);
    }
}

#[test]
fn the_older_list_has_active_contracts_and_their_company() {
    let body = r#"{"CodigoPessoa":17645,"ContratosAtivos":[{"adesao":"2023-12-08","cd_empresa":5,"codcontrato":8139,"nome_empresa":"PROVEDOR EXEMPLO","plano_acesso":"FIBRA 600","previsao_vencimento":"2026-12-08"},
        {"cd_empresa":null,"codcontrato":8140,"nome_empresa":"Todas"}],"status":"OK"}"#;
    let reply = Reply::new(200, None, body);
    let answer = Answer::of(&reply, ALL, Capability::Contracts).unwrap();
    let facts = facts_of_active(&answer, "17645").unwrap();
    let told: Vec<_> = facts.iter().map(|facts| (facts.status.value, facts.company.as_deref())).collect();
    assert_eq!(told, [(ContractStatus::Active, Some("PROVEDOR EXEMPLO")), (ContractStatus::Active, None)]);
}

#[test]
fn the_access_is_that_of_a_blocked_connection_if_there_is_one() {
    const FREE: &str = r#""bloqueada":"Não","esta_reduzida":"Não""#;
    const BLOCKED: &str = r#""bloqueada":"Sim","motivo_bloqueio":"Falta de pagamento","esta_reduzida":"Não""#;
    const TERM: &str = r#""bloqueada":"Sim","motivo_bloqueio":"Contrato não aceito""#;
    const SLOW: &str = r#""bloqueada":"Não","esta_reduzida":"Sim""#;
    for (status, columns, expected, rate) in [
        (ContractStatus::Active, vec![FREE], AccessStatus::Active, Speed::Normal),
        (ContractStatus::Active, vec![FREE, BLOCKED], AccessStatus::Blocked, Speed::Normal),
        (ContractStatus::Active, vec![SLOW], AccessStatus::Active, Speed::Reduced),
        (ContractStatus::Active, vec![TERM], AccessStatus::AwaitingSignature, Speed::Unknown),
        (ContractStatus::Active, vec![], AccessStatus::Unknown, Speed::Unknown),
        (ContractStatus::Suspended, vec![BLOCKED], AccessStatus::Blocked, Speed::Normal),
        (ContractStatus::PreContract, vec![], AccessStatus::Unknown, Speed::Unknown),
        (ContractStatus::PreContract, vec![TERM], AccessStatus::AwaitingSignature, Speed::Unknown),
        (ContractStatus::Cancelled, vec![BLOCKED], AccessStatus::Disabled, Speed::Normal),
    ] {
        let connections = connections(&columns);
        assert_eq!(access(status, &connections).value, expected, "{status:?} {columns:?}");
        assert_eq!(speed(&connections), rate, "{status:?} {columns:?}");
    }
}

#[test]
fn a_connection_without_contract_finds_its_own() {
    let at = |contract: &str, address: &str| format!(r#""contrato":{contract},"endereco":"{address}""#);
    let of = |columns: &[String], contracts: &[(&str, bool)]| {
        let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
        owners(&connections(&columns), contracts)
    };
    let named = |id: &str| Some(id.to_owned());
    let two = [("8139", false), ("8140", false)];
    assert_eq!(of(&[at("8139", "A"), at("\"\"", "a")], &two), [named("8139"), named("8139")]);
    assert_eq!(of(&[at("8139", "A"), at("null", "B")], &two), [named("8139"), None]);
    assert_eq!(of(&[at("null", "B")], &[("8139", false), ("5120", true)]), [named("8139")]);
    assert_eq!(of(&[at("8139", "A"), at("8140", "A"), at("null", "A")], &two)[2], None);
    assert_eq!(of(&[at("8139", "A"), at("null", "B")], &[("8139", false)]), [named("8139"), None]);
    assert_eq!(of(&[at("null", "")], &[]), [None]);
}

const CONTRACTS: &str = r#"[{"codcontrato":5120,"status_contrato":"Cancelado","plano_acesso":"FIBRA 200"},{"codcontrato":8139,"status_contrato":"Ativo","plano_acesso":"FIBRA 600","adesao":"2023-12-08"}]"#;

#[tokio::test]
async fn a_contract_is_put_together_from_four_rules() {
    let bench = Bench::start().await;
    bench.answers("WSMKContratosPorClienteV2", CONTRACTS).await;
    bench
        .answers(
            "WSMKContratosPorCliente",
            r#"{"ContratosAtivos":[{"codcontrato":8139,"cd_empresa":5,"nome_empresa":"PROVEDOR"}],"status":"OK"}"#,
        )
        .await;
    bench
        .answers(
            "WSMKConexoesPorCliente",
            r#"{"Conexoes":[{"codconexao":23818,"contrato":8139,"bloqueada":"Não","esta_reduzida":"Não","endereco":"RUA DAS FLORES, 123","tecnologia":"Ftth","username":"maria"}],"status":"OK"}"#,
        )
        .await;
    bench
        .answers(
            "WSMKFaturasPendentes",
            r#"{"FaturasPendentes":[{"codfatura":1,"contratos":"8139","data_vencimento":"05/11/2026","valor_total":99.9},{"codfatura":2,"contratos":"8139","data_vencimento":"10/12/2026","valor_total":99.9},{"codfatura":3,"contratos":"8139","data_vencimento":"15/01/2027","valor_total":99.9}],"status":"OK"}"#,
        )
        .await;
    let contracts = MkSolutions.of_customer(&bench.call(), &CustomerRef::new("17645")).await.unwrap();
    let told: Vec<_> = contracts.iter().map(|one| (one.number.as_str(), one.status.value)).collect();
    assert_eq!(told, [("8139", ContractStatus::Active), ("5120", ContractStatus::Cancelled)]);
    let first = &contracts[0];
    assert_eq!((first.due_day, first.branch.as_deref()), (Some(10), Some("PROVEDOR")));
    assert_eq!((first.address.as_deref(), first.activated_on), (Some("RUA DAS FLORES, 123"), Some(date(2023, 12, 8))));
    assert_eq!((first.logins[0].name.as_str(), first.logins[0].status.value), ("maria", LoginStatus::Active));
    assert_eq!(first.logins[0].technology.value, Technology::Fiber);
    let other = CustomerRef::new("17645").contract("1");
    let failure = MkSolutions.contract(&bench.call(), &other).await.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::NotFound(Subject::Contract));
}

#[tokio::test]
async fn nobody_there_and_an_old_release_are_no_errors() {
    let bench = Bench::start().await;
    bench.answers("WSMKContratosPorCliente", NOTHING).await;
    bench.answers("WSMKConexoesPorCliente", r#"{"Conexoes":[],"status":"OK"}"#).await;
    let call = bench.call();
    assert!(MkSolutions.of_customer(&call, &CustomerRef::new("17645")).await.unwrap().is_empty());
    assert!(bench.memory.all_missing(call.now).is_empty());
    assert!(bench.memory.missing_route("WSMKContratosPorClienteV2", call.now).is_some());
}

#[tokio::test]
async fn an_erp_in_trouble_is_no_contract_without_connections() {
    let bench = Bench::start().await;
    bench.answers("WSMKContratosPorClienteV2", CONTRACTS).await;
    bench.replies("WSMKConexoesPorCliente", ResponseTemplate::new(503)).await;
    let failure = MkSolutions.of_customer(&bench.call(), &CustomerRef::new("17645")).await.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::Overloaded);
}
