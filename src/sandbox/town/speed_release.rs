//! Reduced speed and its release.

use super::Town;
use super::contracts::{Contract, Speed};
use super::id::Id;
use super::writes::WriteKind;

/// Why a release did nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpeedRefusal {
    /// No such contract.
    NoSuchContract,
    /// Its speed is the plan's.
    NotReduced,
}

impl Town {
    /// Gives a slowed contract its full speed back.
    pub(crate) fn release_speed(&mut self, id: Id<Contract>) -> Result<(), SpeedRefusal> {
        let today = self.today();
        let contract = self.contract_mut(id).ok_or(SpeedRefusal::NoSuchContract)?;
        if contract.speed != Speed::Reduced {
            return Err(SpeedRefusal::NotReduced);
        }
        contract.speed = Speed::Normal;
        contract.speed_released_on = Some(today);
        self.wrote(WriteKind::SpeedRelease, Some(id));
        Ok(())
    }
}
