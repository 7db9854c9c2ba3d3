//! Wi-Fi settings, in the ERP and in the router.

use jiff::civil::DateTime;

use super::Town;
use super::id::Id;
use super::network::Login;
use super::writes::WriteKind;

/// Names and passwords of both bands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wifi {
    /// 2.4 GHz network name.
    pub ssid: String,
    /// 2.4 GHz password.
    pub password: String,
    /// 5 GHz network name.
    pub ssid_5ghz: String,
    /// 5 GHz password.
    pub password_5ghz: String,
}

/// A router that the provider manages (TR-069).
#[derive(Debug, Clone)]
pub struct AcsDevice {
    /// Its number.
    pub id: Id<AcsDevice>,
    /// Whose connection.
    pub login: Id<Login>,
    /// Serial number.
    pub serial: &'static str,
    /// Who made it.
    pub manufacturer: &'static str,
    /// Which one.
    pub model: &'static str,
    /// Whether it is reachable now.
    pub online: bool,
    /// What it really uses.
    pub wifi: Wifi,
    /// What waits until it is reachable again.
    pub pending: Option<Wifi>,
    /// When it last reported.
    pub last_inform: DateTime,
}

/// What became of a push.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Push {
    /// The router has the settings.
    Applied,
    /// The router is not reachable; they wait for it.
    Pending,
}

impl Town {
    /// Sends the ERP's settings to the router; none when there is no such router.
    pub(crate) fn push_wifi(&mut self, id: Id<AcsDevice>) -> Option<Push> {
        let login = self.devices.iter().find(|one| one.id == id)?.login;
        let login = self.login(login)?;
        let (wifi, contract) = (login.wifi.clone(), login.contract);
        let now = self.clock();
        let device = self.devices.iter_mut().find(|one| one.id == id)?;
        let push = if device.online {
            device.wifi = wifi;
            device.last_inform = now;
            Push::Applied
        } else {
            device.pending = Some(wifi);
            Push::Pending
        };
        self.wrote(WriteKind::WifiPushed, Some(contract));
        Some(push)
    }
}
