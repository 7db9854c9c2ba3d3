//! One row of `cliente_contrato` (dossier 4.b), as far as any capability uses it.

use jiff::civil::Date;
use ponte_domain::Failure;
use ponte_domain::contract::{AccessStatus, ContractStatus, Speed};
use ponte_domain::known::Known;
use ponte_domain::reference::{ContractRef, CustomerRef};
use serde::Deserialize;

use super::Place;
use crate::ixc::words;
use crate::reading::date;
use crate::reading::flag::yes_no;
use crate::reading::prose::cleaned;
use crate::reading::text::Text;

/// The row in domain words. No `Debug`: it has the address.
#[derive(Clone, PartialEq, Eq)]
pub(in crate::ixc) struct Facts {
    /// Contract and holder.
    pub(in crate::ixc) reference: ContractRef,
    /// State of the contract.
    pub(in crate::ixc) status: Known<ContractStatus>,
    /// State of the access.
    pub(in crate::ixc) access: Known<AccessStatus>,
    /// Whether slowed down.
    pub(in crate::ixc) speed: Known<Speed>,
    /// The contract's own text for its plan.
    pub(in crate::ixc) plan_name: Option<String>,
    /// Key of the plan as sold.
    pub(in crate::ixc) plan: Option<String>,
    /// Key of the kind of contract.
    pub(in crate::ixc) kind: Option<String>,
    /// Key of the branch.
    pub(in crate::ixc) branch: Option<String>,
    /// First day in force.
    pub(in crate::ixc) activated_on: Option<Date>,
    /// Day of cancelling.
    pub(in crate::ixc) cancelled_on: Option<Date>,
    /// Day of signing.
    pub(in crate::ixc) signed_on: Option<Date>,
    /// Whether the holder's address counts; none where the row does not say.
    pub(in crate::ixc) address_of_customer: Option<bool>,
    /// The contract's own address.
    pub(in crate::ixc) place: Place,
    /// Columns of the trust unlock.
    pub(in crate::ixc) trust: Flags,
    /// Columns of the reduced-speed release.
    pub(in crate::ixc) release: Flags,
    /// When the present trust unlock ends, in the newest versions.
    pub(in crate::ixc) unlocked_until: Option<Date>,
    /// Whether a signature is demanded; none where the company's default holds.
    pub(in crate::ixc) signature_demanded: Option<bool>,
    /// Page of the signature provider.
    pub(in crate::ixc) signature_link: Option<String>,
}

/// The columns that a self-service release has, the same for both kinds.
#[derive(Clone, Default, PartialEq, Eq)]
pub(in crate::ixc) struct Flags {
    /// Whether the contract may have it; none where the company's default holds.
    pub(in crate::ixc) allowed: Option<bool>,
    /// Whether one is in use.
    pub(in crate::ixc) in_use: Option<bool>,
    /// Whether it is restricted.
    pub(in crate::ixc) restricted: Option<bool>,
    /// Why, free text.
    pub(in crate::ixc) restriction: String,
    /// When it was last used.
    pub(in crate::ixc) last_used: Option<Date>,
}

impl Facts {
    /// The vendor's id.
    pub(in crate::ixc) fn id(&self) -> &str {
        self.reference.id.as_str()
    }

    /// The code of the access, as sent. The access of an ended contract is `disabled`, its code may say more.
    pub(in crate::ixc) fn access_code(&self) -> &str {
        self.access.vendor_word.as_deref().unwrap_or_default()
    }
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct Row<'a> {
    id: Text<'a>,
    id_cliente: Text<'a>,
    id_filial: Text<'a>,
    status: Text<'a>,
    status_internet: Text<'a>,
    status_velocidade: Text<'a>,
    contrato: Text<'a>,
    descricao_aux_plano_venda: Text<'a>,
    id_vd_contrato: Text<'a>,
    id_tipo_contrato: Text<'a>,
    data_ativacao: Text<'a>,
    data_assinatura: Text<'a>,
    data_cancelamento: Text<'a>,
    desbloqueio_confianca: Text<'a>,
    desbloqueio_confianca_ativo: Text<'a>,
    restricao_auto_desbloqueio: Text<'a>,
    motivo_restricao_auto_desbloq: Text<'a>,
    dt_ult_des_bloq_conf: Text<'a>,
    dt_retorno_desb_conf: Text<'a>,
    liberacao_suspensao_parcial: Text<'a>,
    utilizando_auto_libera_susp_parc: Text<'a>,
    restricao_auto_libera_susp_parcial: Text<'a>,
    motivo_restri_auto_libera_parc: Text<'a>,
    dt_ult_liberacao_susp_parc: Text<'a>,
    contrato_suspenso: Text<'a>,
    assinatura_digital: Text<'a>,
    url_assinatura_digital: Text<'a>,
    endereco_padrao_cliente: Text<'a>,
    endereco: Text<'a>,
    numero: Text<'a>,
    complemento: Text<'a>,
    bloco: Text<'a>,
    apartamento: Text<'a>,
    bairro: Text<'a>,
    cidade: Text<'a>,
    cep: Text<'a>,
    latitude: Text<'a>,
    longitude: Text<'a>,
}

impl Row<'_> {
    /// The row in domain words.
    ///
    /// # Errors
    /// A row without its ids, and a date that is none.
    pub(super) fn read(self) -> Result<Facts, Failure> {
        let missing = || Failure::broken("The ERP sent a contract without its ids.");
        let owner = CustomerRef::new(self.id_cliente.key().ok_or_else(missing)?);
        let reference = owner.contract(self.id.key().ok_or_else(missing)?);
        let cancelled_on = date::iso(&self.data_cancelamento, "data_cancelamento")?;
        let suspended = yes_no(self.contrato_suspenso.as_str()) == Some(true);
        let status = words::contract_status(self.status.as_str(), cancelled_on.is_some(), suspended);
        Ok(Facts {
            access: self.access(&status),
            status,
            speed: words::speed(self.status_velocidade.as_str()),
            plan_name: cleaned(self.contrato.as_str()).or_else(|| cleaned(self.descricao_aux_plano_venda.as_str())),
            plan: self.id_vd_contrato.key().map(str::to_owned),
            kind: self.id_tipo_contrato.key().map(str::to_owned),
            branch: self.id_filial.key().map(str::to_owned),
            activated_on: date::iso(&self.data_ativacao, "data_ativacao")?,
            cancelled_on,
            signed_on: date::iso(&self.data_assinatura, "data_assinatura")?,
            address_of_customer: yes_no(self.endereco_padrao_cliente.as_str()),
            place: self.place(),
            trust: self.trust()?,
            release: self.release()?,
            unlocked_until: date::iso(&self.dt_retorno_desb_conf, "dt_retorno_desb_conf")?,
            signature_demanded: yes_no(self.assinatura_digital.as_str()),
            signature_link: self
                .url_assinatura_digital
                .filled()
                .filter(|url| url.starts_with("https://"))
                .map(str::to_owned),
            reference,
        })
    }

    /// The access of a contract that has ended is disabled, whatever its column was left at (product.md, answers).
    fn access(&self, status: &Known<ContractStatus>) -> Known<AccessStatus> {
        let mut access = words::access_status(self.status_internet.as_str());
        let ended = matches!(
            status.value,
            ContractStatus::Inactive
                | ContractStatus::NegativeListed
                | ContractStatus::Withdrawn
                | ContractStatus::Cancelled
        );
        if ended {
            access.value = AccessStatus::Disabled;
        }
        access
    }

    fn place(&self) -> Place {
        Place {
            street: self.endereco.word(),
            number: self.numero.word(),
            complement: Place::complement(&self.complemento, &self.bloco, &self.apartamento),
            district: self.bairro.word(),
            city: self.cidade.key().map(str::to_owned),
            state: None,
            zip: self.cep.word(),
            point: Place::point(&self.latitude, &self.longitude),
        }
    }

    fn trust(&self) -> Result<Flags, Failure> {
        Ok(Flags {
            allowed: yes_no(self.desbloqueio_confianca.as_str()),
            in_use: yes_no(self.desbloqueio_confianca_ativo.as_str()),
            restricted: yes_no(self.restricao_auto_desbloqueio.as_str()),
            restriction: self.motivo_restricao_auto_desbloq.word(),
            last_used: date::iso(&self.dt_ult_des_bloq_conf, "dt_ult_des_bloq_conf")?,
        })
    }

    /// `H` enabled, `D` disabled, `P` the company's default (dossier 4.b).
    fn release(&self) -> Result<Flags, Failure> {
        let allowed = match self.liberacao_suspensao_parcial.as_str() {
            "H" | "S" => Some(true),
            "D" | "N" => Some(false),
            _ => None,
        };
        Ok(Flags {
            allowed,
            in_use: yes_no(self.utilizando_auto_libera_susp_parc.as_str()),
            restricted: yes_no(self.restricao_auto_libera_susp_parcial.as_str()),
            restriction: self.motivo_restri_auto_libera_parc.word(),
            last_used: date::iso(&self.dt_ult_liberacao_susp_parc, "dt_ult_liberacao_susp_parc")?,
        })
    }
}

/// A row of this JSON.
#[cfg(test)]
pub(in crate::ixc) fn read(json: &str) -> Result<Facts, Failure> {
    serde_json::from_str::<Row<'_>>(json).map_err(|error| Failure::internal(error.to_string()))?.read()
}
