//! The eleven diagnostics of a contract's connection.

use bytes::Bytes;
use jiff::Timestamp;
use ponte_domain::Failure;
use ponte_domain::capability::Capability;
use ponte_domain::contract::Technology;
use ponte_domain::diagnostics::Diagnosis;
use ponte_domain::reference::ContractRef;

use crate::cache::ReadKind;
use crate::contracts::{about_contract, parts};
use crate::operations::Operations;
use crate::pipeline::read::Served;
use crate::visit::Visit;

/// What the ERP says about a connection, and what it is compared with.
#[derive(Debug, Clone)]
pub struct DiagnosticsAnswer {
    /// When the ERP was asked.
    pub checked_at: Timestamp,
    /// What it says.
    pub diagnosis: Diagnosis,
    /// The technology that the tenant expects everywhere; `None`: what the ERP says is right.
    pub expected_technology: Option<Technology>,
}

impl Operations {
    /// Reads all variables of a contract's connection.
    ///
    /// # Errors
    /// `NotFound(Contract)`; `NotSupported`; what the ERP says when the contract itself cannot be read.
    pub async fn diagnostics(
        &self,
        visit: &Visit,
        contract: &ContractRef,
        present: impl FnOnce(&DiagnosticsAnswer) -> Bytes,
    ) -> Result<Served, Failure> {
        let reference = parts(contract);
        let question = about_contract(ReadKind::Diagnostics, contract, &reference);
        let fetch = async {
            let diagnostics = visit.offered(Capability::Diagnostics, visit.erp().diagnostics(), &self.0.clock)?;
            let call = self.call(visit);
            let diagnosis = diagnostics.diagnose(&call, contract).await?;
            Ok(present(&DiagnosticsAnswer {
                checked_at: call.now,
                diagnosis,
                expected_technology: visit.tenant.tenant.settings.expected_technology,
            }))
        };
        self.read(visit, question, fetch).await
    }
}
