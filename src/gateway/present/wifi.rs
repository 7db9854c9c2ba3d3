//! Change of the Wi-Fi password.

use ponte_api::wifi as words;
use ponte_api::words::ContractId;
use ponte_domain::Failure;
use ponte_domain::reference::ContractRef;
use ponte_domain::wifi::WifiResult;
use ponte_operations::Rendered;

use super::Scene;

/// What came of the change.
pub(crate) fn done(scene: &Scene, contract: &ContractRef, outcome: Result<&WifiResult, &Failure>) -> Rendered {
    scene.acted(outcome, 200, |result| words::WifiDone {
        contract_id: ContractId(scene.handles().contract(contract)),
        result: *result,
    })
}
