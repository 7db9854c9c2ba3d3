//! Contracts of a customer, and one contract.

use bytes::Bytes;
use ponte_domain::Failure;
use ponte_domain::capability::Capability;
use ponte_domain::contract::Contract;
use ponte_domain::reference::{ContractRef, CustomerRef};
use ponte_vendors::erp::Contracts;

use crate::audit::Target;
use crate::cache::{ReadKind, Subject};
use crate::operations::Operations;
use crate::pipeline::read::{Question, Served};
use crate::visit::Visit;

/// The question about one contract: cached under its customer, so that an act on any contract of theirs drops it.
pub(crate) fn about_contract<'a>(kind: ReadKind, contract: &'a ContractRef, reference: &'a [&'a str]) -> Question<'a> {
    Question {
        kind,
        subject: Subject::Customer(contract.customer.id.as_str()),
        reference,
        target: Target::of("contract", &contract.id, &contract.customer.id),
    }
}

/// The reference of a contract in a cache key.
pub(crate) fn parts(contract: &ContractRef) -> [&str; 2] {
    [contract.customer.id.as_str(), contract.id.as_str()]
}

impl Operations {
    /// All contracts of a customer, active ones first.
    ///
    /// # Errors
    /// `NotSupported`; what the ERP says.
    pub async fn contracts(
        &self,
        visit: &Visit,
        customer: &CustomerRef,
        present: impl FnOnce(&Vec<Contract>) -> Bytes,
    ) -> Result<Served, Failure> {
        let id = customer.id.as_str();
        let question = Question {
            kind: ReadKind::Contracts,
            subject: Subject::Customer(id),
            reference: &[id],
            target: Target::customer(&customer.id),
        };
        let fetch = async {
            let contracts = self.contracts_of(visit)?;
            Ok(present(&contracts.of_customer(&self.call(visit), customer).await?))
        };
        self.read(visit, question, fetch).await
    }

    /// One contract.
    ///
    /// # Errors
    /// `NotFound(Contract)`; `NotSupported`; what the ERP says.
    pub async fn contract(
        &self,
        visit: &Visit,
        contract: &ContractRef,
        present: impl FnOnce(&Contract) -> Bytes,
    ) -> Result<Served, Failure> {
        let reference = parts(contract);
        let question = about_contract(ReadKind::Contract, contract, &reference);
        let fetch = async {
            let contracts = self.contracts_of(visit)?;
            Ok(present(&contracts.contract(&self.call(visit), contract).await?))
        };
        self.read(visit, question, fetch).await
    }

    pub(crate) fn contracts_of(&self, visit: &Visit) -> Result<&'static dyn Contracts, Failure> {
        visit.offered(Capability::Contracts, visit.erp().contracts(), &self.0.clock)
    }
}
