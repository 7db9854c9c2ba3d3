//! The ERP's small tables, kept for a while: cities, states, branches, speed groups, kinds of contract, payment
//! terms, plans, departments, subjects, processes.
//!
//! A table that cannot be read leaves its field unknown and never fails the answer it belongs to; a tenant's token
//! often has no permission for some of them (dossier 4.b).

use std::sync::Arc;

use ponte_domain::Failure;
use ponte_domain::capability::Capability;
use ponte_domain::contract::Technology;
use ponte_domain::known::Known;
use ponte_domain::money::Cents;
use serde::Deserialize;

use super::dialect::{Answer, Need, Oper, Page, Query, all_rows, rows};
use super::words;
use crate::call::Call;
use crate::memory::Key;
use crate::reading::flag::yes_no;
use crate::reading::money;
use crate::reading::prose::{clean, cleaned};
use crate::reading::speed::mbps;
use crate::reading::text::Text;

/// A city.
#[derive(Debug, PartialEq)]
pub(super) struct City {
    /// Its name.
    pub(super) name: String,
    /// Key of its state.
    pub(super) state: Option<String>,
}

/// A speed group of RADIUS.
#[derive(Debug, PartialEq)]
pub(super) struct SpeedGroup {
    /// Mbit/s.
    pub(super) download: Option<f64>,
    /// Mbit/s.
    pub(super) upload: Option<f64>,
    /// Technology by the regulator's form.
    pub(super) technology: Known<Technology>,
}

/// A plan as sold.
#[derive(Debug, PartialEq)]
pub(super) struct SalesPlan {
    /// Its name.
    pub(super) name: Option<String>,
    /// Its list price.
    pub(super) price: Option<Cents>,
}

/// A department of the service desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Department {
    pub(super) id: String,
    pub(super) name: String,
    /// Whether it may be offered to a customer.
    pub(super) offered: bool,
    /// Place in the list.
    pub(super) rank: u32,
}

/// A subject of tickets and work orders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Subject {
    pub(super) id: String,
    pub(super) name: String,
    /// Whether it may be offered for a ticket.
    pub(super) offered: bool,
    pub(super) contract_required: bool,
    pub(super) login_required: bool,
    /// Its process.
    pub(super) process: Option<String>,
    /// Whether a ticket must have the process.
    pub(super) process_required: bool,
    /// What a customer in a maintenance region is told.
    pub(super) outage_message: Option<String>,
}

#[cfg(test)]
impl Subject {
    /// A subject that demands nothing and is not offered.
    pub(super) fn plain(id: &str) -> Self {
        SubjectRow { id: id.into(), ativo: "N".into(), ..SubjectRow::default() }.read()
    }
}

/// A process of the service desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Process {
    pub(super) id: String,
    pub(super) department: Option<String>,
}

/// City of a key.
pub(super) async fn city(call: &Call<'_>, need: Capability, id: &str) -> Option<Arc<Option<City>>> {
    one(call, need, "cidade", id, |answer| answer.page::<CityRow<'_>>()?.read(|row| Ok(row.read()))).await
}

/// Two letters of the state of a key.
pub(super) async fn state(call: &Call<'_>, need: Capability, id: &str) -> Option<String> {
    let found =
        one(call, need, "uf", id, |answer| answer.page::<StateRow<'_>>()?.read(|row| Ok(row.sigla.word()))).await?;
    (*found).clone().filter(|letters| !letters.is_empty())
}

/// Name of a branch; its id where it has none or the table cannot be read.
pub(super) async fn branch(call: &Call<'_>, need: Capability, id: &str) -> String {
    let found =
        one(call, need, "filial", id, |answer| answer.page::<BranchRow<'_>>()?.read(|row| Ok(row.name()))).await;
    found.and_then(|name| (*name).clone().flatten()).unwrap_or_else(|| id.to_owned())
}

/// Speed group of a key.
pub(super) async fn speed_group(call: &Call<'_>, need: Capability, id: &str) -> Option<Arc<Option<SpeedGroup>>> {
    one(call, need, "radgrupos", id, |answer| answer.page::<GroupRow<'_>>()?.read(|row| Ok(row.read()))).await
}

/// Day of the month of a kind of contract, through its payment terms.
pub(super) async fn due_day(call: &Call<'_>, need: Capability, kind: &str) -> Option<u8> {
    let terms = one(call, need, "cliente_contrato_tipo", kind, |answer| {
        answer.page::<KindRow<'_>>()?.read(|row| Ok(row.id_condicoes_pagamento.key().map(str::to_owned)))
    });
    let terms = (*terms.await?).clone().flatten()?;
    let day = one(call, need, "condicoes_pagamento", &terms, |answer| {
        answer.page::<TermsRow<'_>>()?.read(|row| Ok(row.dia_fixo.as_str().parse().ok()))
    });
    (*day.await?).flatten().filter(|day: &u8| (1..=31).contains(day))
}

/// Plan of a key.
pub(super) async fn sales_plan(call: &Call<'_>, need: Capability, id: &str) -> Option<Arc<Option<SalesPlan>>> {
    one(call, need, "vd_contratos", id, |answer| answer.page::<PlanRow<'_>>()?.read(PlanRow::read)).await
}

/// Whether the bank wallet of a key makes Pix charges; none where the table does not tell.
pub(super) async fn wallet_has_pix(call: &Call<'_>, need: Capability, id: &str) -> Option<bool> {
    let found = one(call, need, "fn_carteira_cobranca", id, |answer| {
        answer.page::<WalletRow<'_>>()?.read(|row| Ok(row.has_pix()))
    })
    .await?;
    (*found).flatten()
}

/// Name of a diagnosis (what was found).
pub(super) async fn diagnosis(call: &Call<'_>, need: Capability, id: &str) -> Option<String> {
    let found = one(call, need, "su_diagnostico", id, |answer| {
        answer.page::<DiagnosisRow<'_>>()?.read(|row| Ok(cleaned(row.descricao.as_str())))
    });
    (*found.await?).clone().flatten()
}

/// What a customer in a maintenance region is told, by the subject of the region's order.
pub(super) async fn outage_message(call: &Call<'_>, need: Capability, subject: &str) -> Option<String> {
    let found = one(call, need, "su_oss_assunto", subject, |answer| {
        answer.page::<SubjectRow<'_>>()?.read(|row| Ok(row.read().outage_message))
    });
    (*found.await?).clone().flatten()
}

/// All departments, by their place in the list.
pub(super) async fn departments(call: &Call<'_>, need: Need) -> Result<Arc<Vec<Department>>, Failure> {
    let load = async {
        let query = Query::of("su_ticket_setor", "id", Oper::Above, "0");
        let read = |answer: &Answer<'_>| answer.page::<DepartmentRow<'_>>()?.read(|row| Ok(row.read()));
        let mut all = all_rows(call, need, query, |row: &Department| &row.id, read).await?;
        all.sort_by_key(|department| department.rank);
        Ok(all)
    };
    call.memory.load_once(Key::whole("su_ticket_setor"), call.memory.catalogue_for(), call.now, load).await
}

/// All subjects, inactive ones too: old tickets name them.
pub(super) async fn subjects(call: &Call<'_>, need: Need) -> Result<Arc<Vec<Subject>>, Failure> {
    let load = async {
        let query = Query::of("su_oss_assunto", "id", Oper::Above, "0");
        let read = |answer: &Answer<'_>| answer.page::<SubjectRow<'_>>()?.read(|row| Ok(row.read()));
        all_rows(call, need, query, |row: &Subject| &row.id, read).await
    };
    call.memory.load_once(Key::whole("su_oss_assunto"), call.memory.catalogue_for(), call.now, load).await
}

/// All active processes; none where the table cannot be read.
pub(super) async fn processes(call: &Call<'_>, need: Capability) -> Arc<Vec<Process>> {
    let load = async {
        let query = Query::of("wfl_processo", "id", Oper::Above, "0");
        let read = |answer: &Answer<'_>| {
            answer.page::<ProcessRow<'_>>()?.read(|row| Ok((yes_no(row.ativo.as_str()) != Some(false), row.read())))
        };
        let all = all_rows(call, Need::Optional(need), query, |row: &(bool, Process)| &row.1.id, read).await?;
        Ok(all.into_iter().filter(|(active, _)| *active).map(|(_, process)| process).collect())
    };
    let key = Key::whole("wfl_processo");
    let all = call.memory.load_once(key, call.memory.catalogue_for(), call.now, load).await;
    noted("wfl_processo", all).unwrap_or_default()
}

/// One row of a table by its id, kept also where the table has no such row.
async fn one<T: Send + Sync + 'static>(
    call: &Call<'_>,
    need: Capability,
    table: &'static str,
    id: &str,
    read: impl Fn(&Answer<'_>) -> Result<Page<T>, Failure> + Send + Sync,
) -> Option<Arc<Option<T>>> {
    let load = async {
        let query = Query::equals(table, "id", id).at_most(1);
        Ok(rows(call, Need::Optional(need), query, read).await?.into_iter().next())
    };
    let key = Key::row(table, id.to_owned());
    // On the heap: a contract waits for several of these at once.
    noted(table, call.memory.load_once(key, call.memory.catalogue_for(), call.now, Box::pin(load)).await)
}

/// A table that cannot be read is noted and leaves its field unknown.
fn noted<T>(table: &'static str, result: Result<T, Failure>) -> Option<T> {
    result
        .inspect_err(|failure| {
            tracing::debug!(vendor = "ixc", table, reason = failure.kind().word(), "a table could not be read")
        })
        .ok()
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct CityRow<'a> {
    nome: Text<'a>,
    uf: Text<'a>,
}

impl CityRow<'_> {
    fn read(self) -> City {
        City { name: clean(self.nome.as_str()), state: self.uf.key().map(str::to_owned) }
    }
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct StateRow<'a> {
    sigla: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct BranchRow<'a> {
    fantasia: Text<'a>,
    razao: Text<'a>,
}

impl BranchRow<'_> {
    fn name(&self) -> Option<String> {
        cleaned(self.fantasia.as_str()).or_else(|| cleaned(self.razao.as_str()))
    }
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct GroupRow<'a> {
    download: Text<'a>,
    upload: Text<'a>,
    sici_tecnologia: Text<'a>,
}

impl GroupRow<'_> {
    fn read(self) -> SpeedGroup {
        SpeedGroup {
            download: mbps(self.download.as_str()),
            upload: mbps(self.upload.as_str()),
            technology: words::group_technology(self.sici_tecnologia.as_str()),
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct KindRow<'a> {
    id_condicoes_pagamento: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct TermsRow<'a> {
    dia_fixo: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct PlanRow<'a> {
    nome: Text<'a>,
    descricao: Text<'a>,
    valor_contrato: Text<'a>,
}

impl PlanRow<'_> {
    fn read(self) -> Result<SalesPlan, Failure> {
        let name = cleaned(self.nome.as_str()).or_else(|| cleaned(self.descricao.as_str()));
        let price = money::dot(&self.valor_contrato, "valor_contrato")?.filter(|price| price.get() > 0);
        Ok(SalesPlan { name, price })
    }
}

/// The columns' names are documented, their values are not: a gateway, a key or the flag is taken for Pix (dossier 4.c).
#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct WalletRow<'a> {
    pix_gateway: Text<'a>,
    pix_chave: Text<'a>,
    gera_pix_gateway: Text<'a>,
}

impl WalletRow<'_> {
    fn has_pix(&self) -> Option<bool> {
        let flag = yes_no(self.gera_pix_gateway.as_str());
        let named =
            [&self.pix_gateway, &self.pix_chave].into_iter().any(|text| text.key().is_some_and(|text| text != "N"));
        match (flag, named) {
            (Some(true), _) | (_, true) => Some(true),
            (Some(false), false) => Some(false),
            (None, false) => None,
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct DiagnosisRow<'a> {
    descricao: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct DepartmentRow<'a> {
    id: Text<'a>,
    setor: Text<'a>,
    ativo: Text<'a>,
    presta_atendimento: Text<'a>,
    ordem: Text<'a>,
}

impl DepartmentRow<'_> {
    fn read(self) -> Department {
        Department {
            id: self.id.word(),
            name: clean(self.setor.as_str()),
            offered: yes_no(self.ativo.as_str()) != Some(false)
                && yes_no(self.presta_atendimento.as_str()) != Some(false),
            rank: self.ordem.as_str().parse().unwrap_or(u32::MAX),
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct SubjectRow<'a> {
    id: Text<'a>,
    assunto: Text<'a>,
    ativo: Text<'a>,
    finalidade: Text<'a>,
    contrato_obrigatorio: Text<'a>,
    login_obrigatorio: Text<'a>,
    id_processo: Text<'a>,
    obrigar_processo_atendimento: Text<'a>,
    msg_regiao_manutencao: Text<'a>,
}

impl SubjectRow<'_> {
    fn read(self) -> Subject {
        // `AT` tickets, `AM` both, `OS` work orders; older versions have no such column (dossier 4.i).
        let for_tickets = matches!(self.finalidade.as_str(), "AT" | "AM" | "");
        Subject {
            id: self.id.word(),
            name: clean(self.assunto.as_str()),
            offered: for_tickets && yes_no(self.ativo.as_str()) != Some(false),
            contract_required: yes_no(self.contrato_obrigatorio.as_str()) == Some(true),
            login_required: yes_no(self.login_obrigatorio.as_str()) == Some(true),
            process: self.id_processo.key().map(str::to_owned),
            process_required: yes_no(self.obrigar_processo_atendimento.as_str()) == Some(true),
            outage_message: cleaned(self.msg_regiao_manutencao.as_str()),
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct ProcessRow<'a> {
    id: Text<'a>,
    id_depto: Text<'a>,
    ativo: Text<'a>,
}

impl ProcessRow<'_> {
    fn read(self) -> Process {
        Process { id: self.id.word(), department: self.id_depto.key().map(str::to_owned) }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use ponte_domain::money::Cents;

    use super::{BranchRow, DepartmentRow, GroupRow, PlanRow, ProcessRow, SubjectRow, WalletRow};

    #[test]
    fn a_branch_goes_by_its_trade_name() {
        let name = |json| serde_json::from_str::<BranchRow<'_>>(json).unwrap().name();
        assert_eq!(name(r#"{"fantasia":"Centro","razao":"Exemplo LTDA"}"#).as_deref(), Some("Centro"));
        assert_eq!(name(r#"{"fantasia":"","razao":"Exemplo LTDA"}"#).as_deref(), Some("Exemplo LTDA"));
        assert_eq!(name("{}"), None);
    }

    #[test]
    fn a_speed_group_has_rates_in_megabits() {
        let group = serde_json::from_str::<GroupRow<'_>>(r#"{"download":"102400k","upload":"150M"}"#).unwrap().read();
        assert_eq!((group.download, group.upload), (Some(100.0), Some(150.0)));
    }

    #[test]
    fn a_plan_without_a_price_has_none_and_a_broken_one_is_an_error() {
        let read = |json| serde_json::from_str::<PlanRow<'_>>(json).unwrap().read();
        assert_eq!(
            read(r#"{"nome":"Fibra","valor_contrato":"139.900000000"}"#).unwrap().price,
            Some(Cents::new(13990))
        );
        assert_eq!(read(r#"{"valor_contrato":"0.00"}"#).unwrap().price, None);
        assert_eq!(read(r#"{"valor_contrato":""}"#).unwrap().price, None);
        assert!(read(r#"{"valor_contrato":"139,90"}"#).is_err());
    }

    #[test]
    fn inactive_and_foreign_topics_are_not_offered() {
        let subject = |json| serde_json::from_str::<SubjectRow<'_>>(json).unwrap().read().offered;
        assert!(subject(r#"{"id":"1","ativo":"S","finalidade":"AT"}"#));
        assert!(subject(r#"{"id":"1","ativo":"S","finalidade":"AM"}"#));
        assert!(subject(r#"{"id":"1","ativo":"S"}"#));
        assert!(!subject(r#"{"id":"1","ativo":"S","finalidade":"OS"}"#));
        assert!(!subject(r#"{"id":"1","ativo":"N","finalidade":"AT"}"#));
        let department = |json| serde_json::from_str::<DepartmentRow<'_>>(json).unwrap().read().offered;
        assert!(department(r#"{"id":"2","setor":"Financeiro","ativo":"S"}"#));
        assert!(!department(r#"{"id":"2","ativo":"S","presta_atendimento":"N"}"#));
        assert!(!department(r#"{"id":"2","ativo":"N"}"#));
    }

    #[test]
    fn a_wallet_tells_whether_it_makes_pix_charges() {
        let pix = |json| serde_json::from_str::<WalletRow<'_>>(json).unwrap().has_pix();
        assert_eq!(pix(r#"{"pix_gateway":"2","pix_chave":"k","gera_pix_gateway":"S"}"#), Some(true));
        assert_eq!(pix(r#"{"pix_gateway":"","pix_chave":"k","gera_pix_gateway":""}"#), Some(true));
        assert_eq!(pix(r#"{"pix_gateway":"","pix_chave":"","gera_pix_gateway":"N"}"#), Some(false));
        assert_eq!(pix(r#"{"id":"5"}"#), None);
    }

    #[test]
    fn a_process_names_its_department() {
        let process =
            serde_json::from_str::<ProcessRow<'_>>(r#"{"id":"4","id_depto":"2","ativo":"S"}"#).unwrap().read();
        assert_eq!((process.id.as_str(), process.department.as_deref()), ("4", Some("2")));
    }
}
