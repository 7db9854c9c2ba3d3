//! Change of the Wi-Fi password of a subscriber's router.

use ponte_domain::Failure;
use ponte_domain::capability::Capability;
use ponte_domain::reference::{ContractRef, VendorId};
use ponte_domain::wifi::{WifiPassword, WifiResult};
use ponte_vendors::call::Call;
use ponte_vendors::erp::Wifi;

use crate::operations::Operations;
use crate::pipeline::deed::{Acted, Deed, Intent, Nothing, Rendered, Settled};
use crate::visit::Visit;

impl Operations {
    /// Sets the Wi-Fi password on the contract's router, once per key. `login` chooses the connection whose router is
    /// meant, where the contract has several.
    ///
    /// # Errors
    /// What must not be replayed: nothing was sent, or the outcome is not known. Refusals are answers.
    pub async fn change_wifi(
        &self,
        visit: &Visit,
        contract: &ContractRef,
        login: Option<VendorId>,
        password: WifiPassword,
        intent: &Intent,
        present: impl Fn(Result<&WifiResult, &Failure>) -> Rendered + Send + Sync + 'static,
    ) -> Result<Acted, Failure> {
        let wifi = visit.offered(Capability::Wifi, visit.erp().wifi(), &self.0.clock)?;
        let deed = Change { wifi, contract: contract.clone(), login, password };
        self.act(visit, deed, intent, present).await
    }
}

struct Change {
    wifi: &'static dyn Wifi,
    contract: ContractRef,
    login: Option<VendorId>,
    password: WifiPassword,
}

impl Deed for Change {
    type Done = WifiResult;
    type Before = ();
    type Receipt = WifiResult;
    type Context = Nothing;

    const OPERATION: &'static str = "wifi";

    fn target(&self) -> (&'static str, &VendorId) {
        ("contract", &self.contract.id)
    }

    fn customer(&self) -> &VendorId {
        &self.contract.customer.id
    }

    fn context(&self, _: &Call<'_>) -> Nothing {
        Nothing {}
    }

    /// The vendor finds the router; setting the same password twice changes nothing, so there is nothing to decide.
    async fn prepare(&self, _: &Call<'_>, _: &mut Nothing) -> Result<(), Failure> {
        Ok(())
    }

    async fn act(&self, call: &Call<'_>, (): (), _: &Nothing) -> Result<WifiResult, Failure> {
        self.wifi.change(call, &self.contract, self.login.as_ref(), &self.password).await
    }

    async fn finish(&self, _: &Call<'_>, result: WifiResult, _: &Nothing) -> Result<WifiResult, Failure> {
        Ok(result)
    }

    async fn settle(&self, call: &Call<'_>, _: &Nothing) -> Result<Settled<WifiResult>, Failure> {
        let holds = self.wifi.holds(call, &self.contract, self.login.as_ref(), &self.password).await?;
        Ok(if holds { Settled::Done(WifiResult::Accepted) } else { Settled::NotSeen })
    }
}
