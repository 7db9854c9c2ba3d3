//! One row of `contract/getpaged` (dossier 4.b).

use jiff::civil::Date;
use ponte_domain::Failure;
use ponte_domain::contract::ContractStatus;
use ponte_domain::known::Known;
use ponte_domain::money::Cents;
use ponte_domain::reference::{ContractRef, CustomerRef};
use serde::Deserialize;

use super::speed;
use crate::reading::prose::{clean, cleaned};
use crate::reading::rows::{Nested, Rows};
use crate::reading::text::Text;
use crate::synsuite::reference::Owner;
use crate::synsuite::values::{day, reais};
use crate::synsuite::words::{self, Stage, Standing};

/// The row in domain words.
#[derive(Clone)]
pub(in crate::synsuite) struct Facts {
    /// Contract and holder.
    pub(in crate::synsuite) reference: ContractRef,
    /// The number that people see, zeros in front included; the unlock takes it.
    pub(in crate::synsuite) number: String,
    pub(super) status: Known<ContractStatus>,
    pub(super) standing: Standing,
    /// None where the row does not say.
    pub(super) stage: Option<Stage>,
    pub(super) due_day: Option<u8>,
    pub(super) monthly_amount: Option<Cents>,
    pub(super) begins: Option<Date>,
    pub(super) ends: Option<Date>,
    services: Vec<String>,
}

impl Facts {
    /// The vendor's id.
    pub(in crate::synsuite) fn id(&self) -> &str {
        self.reference.id.as_str()
    }

    /// The service that has a speed in its title, else the first.
    pub(super) fn plan(&self) -> (String, Option<f64>) {
        let with_speed = self.services.iter().find_map(|title| Some((title.clone(), speed::mbps(title)?)));
        match with_speed {
            Some((title, speed)) => (title, Some(speed)),
            None => (self.services.first().cloned().unwrap_or_default(), None),
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"), rename_all = "camelCase")]
pub(super) struct Row<'a> {
    id: Text<'a>,
    contract_number: Text<'a>,
    contract_status: Text<'a>,
    collection_day: Text<'a>,
    client_information: Nested<Client<'a>>,
    services_information: Rows<Service<'a>>,
    stage: Text<'a>,
    beginning_date: Text<'a>,
    final_date: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"), rename_all = "camelCase")]
struct Client<'a> {
    client_tx_id: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Service<'a> {
    description: Text<'a>,
    amount: Text<'a>,
}

impl Row<'_> {
    /// The row, and whether it is this customer's: it is dropped after it was counted.
    ///
    /// # Errors
    /// A row without its ids, and amounts and dates that are none.
    pub(super) fn read(self, customer: &CustomerRef, owner: Owner<'_>) -> Result<(Facts, bool), Failure> {
        let missing = || Failure::broken("The ERP sent a contract without its ids.");
        let (status, standing) = words::contract_status(self.contract_status.as_str());
        let mine = owner.has(self.client_information.0.client_tx_id.as_str());
        let facts = Facts {
            reference: customer.contract(self.id.key().ok_or_else(missing)?),
            number: self.contract_number.filled().ok_or_else(missing)?.to_owned(),
            status,
            standing,
            stage: self.stage.filled().map(words::stage),
            due_day: self.collection_day.as_str().parse().ok().filter(|day| (1..=31).contains(day)),
            monthly_amount: self.price()?,
            begins: day(&self.beginning_date, "beginningDate")?,
            ends: day(&self.final_date, "finalDate")?,
            services: self
                .services_information
                .0
                .iter()
                .filter_map(|service| cleaned(service.description.as_str()))
                .map(|title| clean(&title))
                .collect(),
        };
        Ok((facts, mine))
    }

    /// What the services cost together; none where none says.
    fn price(&self) -> Result<Option<Cents>, Failure> {
        let mut sum = None;
        for service in &self.services_information.0 {
            if let Some(amount) = reais(&service.amount, "amount")? {
                sum = sum.unwrap_or(Cents::new(0)).checked_add(amount).or(sum);
            }
        }
        Ok(sum)
    }
}
