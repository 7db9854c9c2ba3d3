//! One row of `servicos[]`, as far as any capability uses it. Its passwords have no column here.

use jiff::civil::Date;
use ponte_domain::Failure;
use ponte_domain::contract::{Contract, Login, Online, Plan, Technology};
use ponte_domain::dates::Zone;
use ponte_domain::known::Known;
use ponte_domain::money::Cents;
use ponte_domain::reference::{ContractRef, CustomerRef, VendorId};
use serde::Deserialize;

use super::address::Address;
use crate::hubsoft::moment::Moment;
use crate::hubsoft::words::{self, Prefix};
use crate::reading::flag::yes_no;
use crate::reading::money;
use crate::reading::prose::cleaned;
use crate::reading::rows::{Nested, Rows};
use crate::reading::text::Text;

/// The row in domain words. No `Debug`: it has the address.
pub(in crate::hubsoft) struct Facts {
    /// Contract and holder.
    pub(in crate::hubsoft) reference: ContractRef,
    /// What the service is.
    pub(in crate::hubsoft) prefix: Prefix,
    prefix_word: String,
    label: String,
    plan: Plan,
    price: Option<Cents>,
    address: Option<String>,
    /// Name of the login; none for a service without access.
    pub(in crate::hubsoft) login: Option<String>,
    /// Whether it is connected, by the concentrator's books.
    pub(in crate::hubsoft) online: Known<Online>,
    /// Access technology.
    pub(in crate::hubsoft) technology: Known<Technology>,
    enabled_on: Option<Date>,
    cancelled_on: Option<Date>,
    /// Serial number of the device, or a MAC on wireless.
    pub(in crate::hubsoft) device: Option<String>,
    /// Legal documents; none where the ERP did not list them.
    pub(in crate::hubsoft) documents: Option<Vec<LegalDocument>>,
    /// Trust unlocks, past and present; none where this version does not list them.
    pub(in crate::hubsoft) unlocks: Option<Vec<UnlockEntry>>,
}

/// A legal document of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::hubsoft) struct LegalDocument {
    /// The vendor's id of this document at this service.
    pub(in crate::hubsoft) id: String,
    /// Whether it was accepted.
    pub(in crate::hubsoft) accepted: bool,
}

/// A trust unlock, past or in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::hubsoft) struct UnlockEntry {
    /// Day on which it was made.
    pub(in crate::hubsoft) made_on: Option<Date>,
    /// Last day.
    pub(in crate::hubsoft) ends_on: Option<Date>,
}

impl Facts {
    /// The vendor's id.
    pub(in crate::hubsoft) fn id(&self) -> &str {
        self.reference.id.as_str()
    }

    /// The prefix as the vendor wrote it.
    pub(in crate::hubsoft) fn prefix_word(&self) -> &str {
        &self.prefix_word
    }

    /// The contract. The label is the vendor's word for its status, which tenants edit; the prefix that for its access.
    pub(in crate::hubsoft) fn contract(&self, due_day: Option<u8>) -> Contract {
        let label = if self.label.is_empty() { &self.prefix_word } else { &self.label };
        Contract {
            reference: self.reference.clone(),
            number: self.id().to_owned(),
            plan: self.plan.clone(),
            status: Known::new(self.prefix.contract(), label.as_str()),
            access: Known::new(self.prefix.access(), self.prefix_word.as_str()),
            speed: self.prefix.speed(),
            due_day,
            monthly_amount: self.price,
            address: self.address.clone(),
            logins: self.login().into_iter().collect(),
            branch: None,
            activated_on: self.enabled_on,
            cancelled_on: self.cancelled_on,
        }
    }

    /// The one login of a service, known by the service's id.
    pub(in crate::hubsoft) fn login(&self) -> Option<Login> {
        let name = self.login.clone()?;
        Some(Login {
            id: VendorId::from(self.id()),
            name,
            status: Known::new(self.prefix.login(), self.prefix_word.as_str()),
            online: self.online.clone(),
            technology: self.technology.clone(),
            quota_reached: self.prefix.quota_reached(),
        })
    }
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(in crate::hubsoft) struct Row<'a> {
    id_cliente_servico: Text<'a>,
    nome: Text<'a>,
    valor: Text<'a>,
    status: Text<'a>,
    status_prefixo: Text<'a>,
    tecnologia: Text<'a>,
    velocidade_download: Text<'a>,
    velocidade_upload: Text<'a>,
    login: Text<'a>,
    phy_addr: Text<'a>,
    data_habilitacao: Moment<'a>,
    data_cancelamento: Moment<'a>,
    ultima_conexao: Nested<LastConnection<'a>>,
    interface: Nested<Interface<'a>>,
    endereco_instalacao: Nested<Address<'a>>,
    endereco_cadastral: Nested<Address<'a>>,
    contratos: Option<Rows<DocumentRow<'a>>>,
    desbloqueios: Option<Rows<UnlockRow<'a>>>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct LastConnection<'a> {
    conectado: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Interface<'a> {
    tipo: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct DocumentRow<'a> {
    id_cliente_servico_contrato: Text<'a>,
    aceito: Text<'a>,
    data_aceito: Moment<'a>,
    data_aceito_br: Text<'a>,
}

/// The key of the end is not confirmed; these are the candidates (dossier 4.e). The only place that knows them.
#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct UnlockRow<'a> {
    data_cadastro: Moment<'a>,
    data_termino: Moment<'a>,
    data_fim: Moment<'a>,
    data_desbloqueio: Moment<'a>,
}

impl Row<'_> {
    /// The row in domain words.
    ///
    /// # Errors
    /// A row without its id, and amounts and dates that are none.
    pub(in crate::hubsoft) fn read(self, owner: &CustomerRef, zone: &Zone) -> Result<Facts, Failure> {
        let id =
            self.id_cliente_servico.key().ok_or_else(|| Failure::broken("The ERP sent a service without an id."))?;
        let prefix = words::prefix(self.status_prefixo.as_str());
        let address = self.endereco_instalacao.0.line().or_else(|| self.endereco_cadastral.0.line());
        Ok(Facts {
            reference: owner.contract(id),
            prefix,
            prefix_word: self.status_prefixo.word(),
            label: self.status.word(),
            plan: Plan {
                name: cleaned(self.nome.as_str()).unwrap_or_default(),
                download_mbps: words::mbps(self.velocidade_download.as_str()),
                upload_mbps: words::mbps(self.velocidade_upload.as_str()),
            },
            price: money::dot(&self.valor, "valor")?,
            address,
            login: self.login.filled().map(str::to_owned),
            online: words::online(yes_no(self.ultima_conexao.0.conectado.as_str())),
            technology: words::technology(self.tecnologia.as_str(), self.interface.0.tipo.as_str()),
            enabled_on: self.data_habilitacao.date("data_habilitacao")?,
            cancelled_on: self.data_cancelamento.date("data_cancelamento")?,
            device: self.phy_addr.filled().map(str::to_owned),
            documents: self.contratos.map(|rows| rows.0.into_iter().filter_map(DocumentRow::read).collect()),
            unlocks: match self.desbloqueios {
                Some(rows) => Some(rows.0.into_iter().map(|row| row.read(zone)).collect::<Result<_, _>>()?),
                None => None,
            },
        })
    }
}

impl DocumentRow<'_> {
    /// Awaiting is: not accepted, and no date of acceptance (dossier 4.g).
    fn read(self) -> Option<LegalDocument> {
        let dated = self.data_aceito.is_given() || self.data_aceito_br.filled().is_some();
        Some(LegalDocument {
            id: self.id_cliente_servico_contrato.key()?.to_owned(),
            accepted: yes_no(self.aceito.as_str()) == Some(true) || dated,
        })
    }
}

impl UnlockRow<'_> {
    fn read(self, zone: &Zone) -> Result<UnlockEntry, Failure> {
        let ends = [
            (&self.data_termino, "data_termino"),
            (&self.data_fim, "data_fim"),
            (&self.data_desbloqueio, "data_desbloqueio"),
        ];
        let end = ends.into_iter().find(|(moment, _)| moment.is_given());
        let made = self.data_cadastro.instant("data_cadastro", zone)?;
        Ok(UnlockEntry {
            made_on: made.map(|made| zone.today(made)),
            ends_on: match end {
                Some((moment, column)) => moment.date(column)?,
                None => None,
            },
        })
    }
}

/// A service of customer 421 with these columns.
#[cfg(test)]
pub(in crate::hubsoft) fn read(json: &str) -> Result<Facts, Failure> {
    let row: Row<'_> = serde_json::from_str(json).map_err(|error| Failure::internal(error.to_string()))?;
    row.read(&CustomerRef::new("421"), &Zone::default())
}
