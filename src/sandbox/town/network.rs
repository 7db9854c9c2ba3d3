//! Connections and what is wrong in the network.

use jiff::civil::DateTime;

use super::Town;
use super::contracts::{Access, Contract};
use super::id::Id;
use super::people::Customer;
use super::wifi::Wifi;
use super::writes::WriteKind;

/// How the last mile is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Technology {
    /// Fiber to the home.
    Fiber,
    /// Radio, 5.8 GHz.
    Radio,
    /// ADSL.
    Adsl,
}

/// The state of a login's last session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Session {
    /// Connected since.
    Online {
        /// When it began.
        since: DateTime,
    },
    /// Not connected.
    Offline {
        /// When the last session began.
        began: DateTime,
        /// When it ended.
        ended: DateTime,
        /// Why, in RADIUS words (`Lost-Carrier`).
        cause: &'static str,
    },
    /// Has never been connected.
    Never,
}

/// A monthly allowance of data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// Bytes a month; zero: no quota.
    pub limit: u64,
    /// Bytes down this month.
    pub downloaded: u64,
    /// Bytes up this month.
    pub uploaded: u64,
}

impl Quota {
    /// Whether all is used.
    pub fn reached(&self) -> bool {
        self.limit > 0 && self.downloaded + self.uploaded >= self.limit
    }
}

/// A connection.
#[derive(Debug, Clone)]
pub struct Login {
    /// Its number.
    pub id: Id<Login>,
    /// Whose.
    pub customer: Id<Customer>,
    /// For which contract.
    pub contract: Id<Contract>,
    /// PPPoE user name.
    pub username: String,
    /// PPPoE password.
    pub password: String,
    /// Whether it may connect.
    pub enabled: bool,
    /// Its last session.
    pub session: Session,
    /// How often it was dropped.
    pub drops: u32,
    /// The last mile.
    pub technology: Technology,
    /// Its address.
    pub ip: &'static str,
    /// The router's.
    pub mac: String,
    /// Serial number of the optical terminal; only with fiber.
    pub serial: Option<&'static str>,
    /// Data allowance.
    pub quota: Quota,
    /// Wi-Fi settings as the ERP has them, which the router may not have yet.
    pub wifi: Wifi,
}

/// Open maintenance and whom it touches.
#[derive(Debug, Clone)]
pub struct MaintenanceArea {
    /// Its number.
    pub id: Id<MaintenanceArea>,
    /// What operators call it.
    pub title: &'static str,
    /// What subscribers are told.
    pub message: &'static str,
    /// Since when.
    pub opened_at: DateTime,
    /// Forecast of return.
    pub expected_return: DateTime,
    /// The logins in it.
    pub logins: Vec<Id<Login>>,
}

impl Town {
    /// The open maintenance that a login is in.
    pub fn area_of(&self, login: Id<Login>) -> Option<&MaintenanceArea> {
        self.areas.iter().find(|area| area.logins.contains(&login))
    }

    /// A connection whose block has been lifted dials in again: modems retry within a minute, and
    /// the town does not make anyone wait for it. One that never connected has no modem yet.
    pub(super) fn dial_in(&mut self, contract: Id<Contract>) {
        let now = self.clock();
        for login in self.logins.iter_mut().filter(|login| login.contract == contract) {
            if login.enabled && matches!(login.session, Session::Offline { .. }) {
                login.session = Session::Online { since: now };
            }
        }
    }

    /// Drops a session; an unblocked connection comes back at once. False when there is no such
    /// login.
    pub(crate) fn drop_session(&mut self, id: Id<Login>) -> bool {
        let now = self.clock();
        let Some(contract) = self.login(id).map(|login| login.contract) else { return false };
        let open = self
            .contract(contract)
            .is_some_and(|one| matches!(one.access_at(now), Access::Active | Access::LateNotice));
        if let Some(login) = self.login_mut(id)
            && let Session::Online { since } = login.session
        {
            login.drops += 1;
            login.session = if open && login.enabled {
                Session::Online { since: now }
            } else {
                Session::Offline { began: since, ended: now, cause: "Admin-Reset" }
            };
        }
        self.wrote(WriteKind::SessionDropped, Some(contract));
        true
    }
}
