//! Rows of `clientes`: a customer with contracts, services and ONUs (dossier 4.a). The only way from a customer's id to
//! the document and the contracts.

use ponte_domain::capability::Capability;
use ponte_domain::contract::{Login, LoginStatus, Online, Technology};
use ponte_domain::document::Document;
use ponte_domain::failure::Subject;
use ponte_domain::known::Known;
use ponte_domain::reference::{CustomerRef, VendorId};
use ponte_domain::{Failure, FailureKind};
use serde::Deserialize;

use super::dialect::{Need, Request, look};
use super::values::{first, given, is_id, key};
use super::words::{Standing, standing, technology};
use crate::call::Call;
use crate::reading::prose::{clean, fold};
use crate::reading::rows::{Nested, Rows};
use crate::reading::text::Text;

/// What stands before the id of a connection that is known by its login only.
const BY_NAME: &str = "login:";

/// Rows that are asked for by an id, of which one is enough; a second shows that the id was ignored.
const MOST_ROWS: usize = 2;

/// A customer. No `Debug`: it is personal data.
pub(super) struct Holder {
    /// The customer.
    pub(super) reference: CustomerRef,
    /// Name.
    pub(super) name: String,
    /// Document, where it is a valid one.
    pub(super) document: Option<Document>,
    /// Contracts.
    pub(super) contracts: Vec<Held>,
}

/// A contract of a customer.
pub(super) struct Held {
    /// Its id.
    pub(super) id: VendorId,
    /// Its status, by the label.
    pub(super) standing: Standing,
    /// Its services with a login.
    pub(super) services: Vec<Service>,
}

/// A connection.
#[derive(Clone)]
pub(super) struct Service {
    /// The service's id; where it is known by name only, its login behind a mark.
    pub(super) id: VendorId,
    /// Login.
    pub(super) login: String,
    /// Name of the plan.
    plan: Option<String>,
    /// The ONU, where there is one.
    pub(super) onu: Option<Onu>,
}

/// An ONU.
#[derive(Clone)]
pub(super) struct Onu {
    /// OLT that it hangs on.
    pub(super) olt: Option<String>,
    /// Its connection, in the vendor's word.
    connection: Option<String>,
}

impl Holder {
    /// Services of one of the contracts.
    pub(super) fn services(&self, contract: &VendorId) -> Vec<Service> {
        let held = self.contracts.iter().find(|held| held.id == *contract);
        held.map(|held| held.services.clone()).unwrap_or_default()
    }

    /// Whether a row that names its holder by document and contract only is this customer's.
    pub(super) fn owns(&self, document: Option<&str>, contract: Option<&VendorId>) -> bool {
        match (&self.document, document) {
            (Some(own), Some(raw)) => own.same_as(raw),
            _ => contract.is_some_and(|contract| self.contracts.iter().any(|held| held.id == *contract)),
        }
    }
}

impl Service {
    /// A connection of which only the login is known.
    pub(super) fn named(login: &str) -> Self {
        Self { id: VendorId::from(format!("{BY_NAME}{login}")), login: login.to_owned(), plan: None, onu: None }
    }

    /// The login as published. SGP has no status of a login apart from its contract's.
    pub(super) fn published(&self, plan: &str) -> Login {
        Login {
            id: self.id.clone(),
            name: self.login.clone(),
            status: Known::without_word(LoginStatus::NoStatus),
            online: self.online(),
            technology: self.technology(plan),
            quota_reached: None,
        }
    }

    /// What the ONU's connection says.
    pub(super) fn online(&self) -> Known<Online> {
        let word = self.onu.as_ref().and_then(|onu| onu.connection.as_deref());
        let value = match word.map(fold).as_deref() {
            Some("online") => Online::Online,
            Some("offline") => Online::Offline,
            _ => Online::Unknown,
        };
        word.map_or(Known::without_word(value), |word| Known::new(value, word))
    }

    /// Fibre where there is an ONU, else what the plan's name hints at.
    pub(super) fn technology(&self, plan: &str) -> Known<Technology> {
        if self.onu.is_some() {
            return Known::new(Technology::Fiber, "ONU");
        }
        technology(self.plan.as_deref().unwrap_or(plan))
    }
}

/// The number of a service, as other routes want it; none where only the login is known.
pub(super) fn service_number(id: &VendorId) -> Option<&str> {
    Some(id.as_str()).filter(|id| is_id(id))
}

/// A customer by id.
///
/// # Errors
/// `NotFound(Customer)` where the vendor has none of this id; `BrokenAnswer` where it shows others and counts more than
/// it shows: then the id was not what it searched by.
pub(super) async fn of(call: &Call<'_>, need: Need, customer: &CustomerRef) -> Result<Holder, Failure> {
    let missing = || Failure::not_found(Subject::Customer);
    if !is_id(customer.id.as_str()) {
        return Err(missing());
    }
    let request = Request::form("clientes", "/api/ura/clientes/")
        .with("cliente_id", customer.id.as_str())
        .with("limit", MOST_ROWS.to_string())
        .flag("omitir_titulos")
        .flag("omitir_contatos")
        .flag("exibir_conexao")
        .flag("servicos_dados");
    let found = look(call, need, request, |answer| {
        answer.json(|wire: Wire<'_>| {
            let total = given(&wire.paginacao.0.total).and_then(|total| total.parse::<usize>().ok());
            let rows = wire.clientes.map(|rows| rows.0.into_iter().map(Row::read).collect::<Result<Vec<_>, _>>());
            let one = |rows: Vec<Holder>| {
                let there_is_more = total.map_or(rows.len() >= MOST_ROWS, |total| total > rows.len());
                match rows.into_iter().find(|holder| holder.reference == *customer) {
                    None if there_is_more => {
                        Err(Failure::broken("The ERP shows customers other than the one asked for."))
                    }
                    found => Ok(found),
                }
            };
            rows.transpose()?.map(one).transpose()
        })
    })
    .await?;
    found.ok_or_else(missing)
}

/// The same where the answer can do without: what the token may not see is none. Any other trouble is trouble, or an
/// outage would show a contract that seems to have no connection.
pub(super) async fn if_there(
    call: &Call<'_>,
    capability: Capability,
    customer: &CustomerRef,
) -> Result<Option<Holder>, Failure> {
    match of(call, Need::Optional(capability), customer).await {
        Ok(holder) => Ok(Some(holder)),
        Err(failure) if matches!(failure.kind(), FailureKind::NotSupported(_) | FailureKind::NotFound(_)) => Ok(None),
        Err(failure) => Err(failure),
    }
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
struct Wire<'a> {
    #[serde(default)]
    clientes: Option<Rows<Row<'a>>>,
    #[serde(default)]
    paginacao: Nested<Paging<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Paging<'a> {
    total: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct Row<'a> {
    id: Text<'a>,
    nome: Text<'a>,
    cpfcnpj: Text<'a>,
    contratos: Rows<ContractRow<'a>>,
}

/// The id is `id` in live answers and `contrato` in the documentation.
#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct ContractRow<'a> {
    id: Text<'a>,
    contrato: Text<'a>,
    status: Text<'a>,
    servicos: Rows<ServiceRow<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct ServiceRow<'a> {
    id: Text<'a>,
    login: Text<'a>,
    plano: Nested<PlanRow<'a>>,
    onu: Nested<OnuRow<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct PlanRow<'a> {
    descricao: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct OnuRow<'a> {
    id: Text<'a>,
    serial: Text<'a>,
    olt_id: Text<'a>,
    conexao: Nested<ConnectionRow<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct ConnectionRow<'a> {
    status: Text<'a>,
}

impl Row<'_> {
    /// The row in domain words.
    ///
    /// # Errors
    /// A row without an id is of no use.
    pub(super) fn read(self) -> Result<Holder, Failure> {
        let id = key(&self.id).ok_or_else(|| Failure::broken("The ERP sent a customer without an id."))?;
        Ok(Holder {
            reference: CustomerRef::new(id),
            name: given(&self.nome).map(clean).unwrap_or_default(),
            document: given(&self.cpfcnpj).and_then(|text| Document::parse(text).ok()),
            contracts: self.contratos.0.into_iter().filter_map(ContractRow::read).collect(),
        })
    }
}

impl ContractRow<'_> {
    fn read(self) -> Option<Held> {
        let id = first(&[&self.id, &self.contrato]).filter(|id| is_id(id))?;
        // Some versions write the number in place of the label.
        let label = given(&self.status).unwrap_or_default();
        Some(Held {
            id: VendorId::from(id),
            standing: standing(Some(label).filter(|label| is_id(label)), label),
            services: self.servicos.0.into_iter().filter_map(ServiceRow::read).collect(),
        })
    }
}

impl ServiceRow<'_> {
    /// A service without a login is no connection.
    fn read(self) -> Option<Service> {
        let login = given(&self.login)?.to_owned();
        let onu = &self.onu.0;
        let is_there = first(&[&onu.serial]).is_some() || key(&onu.id).is_some();
        Some(Service {
            id: key(&self.id).map_or_else(|| Service::named(&login).id, VendorId::from),
            login,
            plan: given(&self.plano.0.descricao).map(clean),
            onu: is_there.then(|| Onu {
                olt: key(&onu.olt_id).map(str::to_owned),
                connection: given(&onu.conexao.0.status).map(str::to_owned),
            }),
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use ponte_domain::contract::{Online, Technology};
    use ponte_domain::reference::VendorId;

    use super::{Holder, Row, Service, service_number};
    use crate::sgp::words::Standing;

    fn read(json: &str) -> Holder {
        serde_json::from_str::<Row<'_>>(json).unwrap().read().ok().unwrap()
    }

    #[test]
    fn a_customer_has_contracts_and_they_have_connections() {
        let holder = read(
            r#"{"id":16957,"nome":"ANA SOUZA","cpfcnpj":"529.982.247-25","contratos":[
                {"id":17402,"status":" Ativo ","contratoCentralSenha":"x","servicos":[
                    {"id":13169,"tipo":"Internet","plano":{"id":7,"descricao":"FIBRA 600"},"login":"ana.souza",
                     "onu":{"id":901,"serial":"TEST1","olt_id":2,"conexao":{"status":"online"}}},
                    {"id":13170,"tipo":"TV","plano":null,"login":"","onu":null}]},
                {"contrato":17403,"status":"Cancelado","servicos":[
                    {"login":"ana.antiga","plano":"","onu":{}}]}]}"#,
        );
        assert_eq!(holder.contracts.len(), 2);
        let service = &holder.contracts[0].services[0];
        assert_eq!((service.id.as_str(), service.login.as_str()), ("13169", "ana.souza"));
        assert_eq!(service.online().value, Online::Online);
        assert_eq!(service.technology("").value, Technology::Fiber);
        assert_eq!(service.onu.as_ref().unwrap().olt.as_deref(), Some("2"));
        assert_eq!(holder.contracts[0].services.len(), 1, "a service without a login is no connection");
        let old = &holder.contracts[1];
        assert_eq!((old.id.as_str(), old.standing), ("17403", Standing::Cancelled));
        assert_eq!(old.services[0].id.as_str(), "login:ana.antiga");
        assert_eq!(service_number(&old.services[0].id), None);
        assert_eq!(service_number(&service.id), Some("13169"));
        assert_eq!(old.services[0].online().value, Online::Unknown);
        assert_eq!(old.services[0].technology("Rádio 20").value, Technology::Radio);
    }

    #[test]
    fn a_row_without_an_owner_id_is_matched_by_document_then_by_contract() {
        let holder = read(r#"{"id":1,"nome":"A","cpfcnpj":"529.982.247-25","contratos":[{"id":9,"status":"Ativo"}]}"#);
        let contract = VendorId::from("9");
        assert!(holder.owns(Some("52998224725"), None));
        assert!(!holder.owns(Some("111.444.777-35"), Some(&contract)), "the document speaks before the contract");
        assert!(holder.owns(None, Some(&contract)));
        assert!(!holder.owns(None, Some(&VendorId::from("10"))));
        assert!(!holder.owns(None, None));
        assert_eq!(Service::named("x").published("Fibra").technology.value, Technology::Fiber);
    }
}
