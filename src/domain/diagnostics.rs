//! The eleven connection diagnostics, under the names that existing flows use.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::contract::{AccessStatus, ContractStatus, LoginStatus, Online, Speed, Technology};
use crate::customer::CustomerStatus;
use crate::known::Known;

/// Good, bad, or cannot be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// As it should be.
    Green,
    /// Something is wrong.
    Red,
    /// Cannot be told.
    Unknown,
}

/// One variable of the diagnosis. The published names keep the spelling of existing flows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub enum DiagnosticVariable {
    /// Customer status.
    #[serde(rename = "diagnosticoClienteStatus")]
    CustomerStatus,
    /// Contract status.
    #[serde(rename = "diagnosticoContratoStatus")]
    ContractStatus,
    /// Access status.
    #[serde(rename = "diagnosticoContratoStatusAcesso")]
    AccessStatus,
    /// Trust unlock in use.
    #[serde(rename = "diagnosticoContratoUsandoDesbloqueioConfianca")]
    TrustUnlockInUse,
    /// Trust unlock restricted.
    #[serde(rename = "diagnosticoContratoRestricaoDesbloquioConfianca")]
    TrustUnlockRestricted,
    /// Reduced speed.
    #[serde(rename = "diagnosticoContratoVelocidadeReduzida")]
    ReducedSpeed,
    /// In a maintenance area.
    #[serde(rename = "diagnosticoClienteEmAreaManutencao")]
    MaintenanceArea,
    /// Login status.
    #[serde(rename = "diagnosticoAcessoStatus")]
    LoginStatus,
    /// Quota reached.
    #[serde(rename = "diagnosticoAcessoFranquiatindgida")]
    QuotaReached,
    /// Login online.
    #[serde(rename = "diagnosticoAcessoOnline")]
    LoginOnline,
    /// Access technology.
    #[serde(rename = "diagnosticoAcessoTecnologia")]
    Technology,
}

impl DiagnosticVariable {
    /// All eleven, in the published order.
    pub const ALL: [Self; 11] = [
        Self::CustomerStatus,
        Self::ContractStatus,
        Self::AccessStatus,
        Self::TrustUnlockInUse,
        Self::TrustUnlockRestricted,
        Self::ReducedSpeed,
        Self::MaintenanceArea,
        Self::LoginStatus,
        Self::QuotaReached,
        Self::LoginOnline,
        Self::Technology,
    ];
}

/// One reading of a vendor, or why there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading<T> {
    /// What the vendor says.
    Is(Known<T>),
    /// The vendor has it, but this part of its answer could not be had now; English reason.
    Unreadable(&'static str),
    /// The vendor or the tenant does not have it; English reason.
    NotSupported(&'static str),
}

/// An outage or maintenance that covers the access.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outage {
    /// Message for the customer, Portuguese.
    pub message: Option<String>,
    /// Forecast of return.
    pub expected_end: Option<Timestamp>,
}

/// What a vendor says about a contract's connection, variable by variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnosis {
    /// Customer status.
    pub customer_status: Reading<CustomerStatus>,
    /// Contract status.
    pub contract_status: Reading<ContractStatus>,
    /// Access status.
    pub access_status: Reading<AccessStatus>,
    /// Whether a trust unlock is in use.
    pub trust_unlock_in_use: Reading<bool>,
    /// Whether the trust unlock is restricted.
    pub trust_unlock_restricted: Reading<bool>,
    /// Speed.
    pub speed: Reading<Speed>,
    /// Whether the access lies in an area under maintenance.
    pub in_maintenance_area: Reading<bool>,
    /// Login status.
    pub login_status: Reading<LoginStatus>,
    /// Whether the quota is reached.
    pub quota_reached: Reading<bool>,
    /// Whether online.
    pub online: Reading<Online>,
    /// Access technology.
    pub technology: Reading<Technology>,
    /// The outage, if there is one.
    pub outage: Option<Outage>,
}
