//! One tenant's way to its ERP.

use std::fmt;
use std::sync::Arc;

use ponte_domain::Failure;

use crate::address::Address;
use crate::ask::{Ask, Size};
use crate::deadline::Trip;
use crate::layers::{Layers, Shape};
use crate::reply::Reply;
use crate::settings::LineSettings;
use crate::trouble::Trouble;
use crate::wire::{self, Wire};

/// One tenant's way to its ERP: address, limits, breaker and retry budget. A clone is the same line.
#[derive(Clone)]
pub struct Line(Arc<Inner>);

struct Inner {
    settings: LineSettings,
    address: Address,
    layers: Layers,
    client: reqwest::Client,
}

impl Line {
    /// Opens a line with these settings. Sends nothing.
    ///
    /// # Errors
    /// `TenantMisconfigured`, naming the field (`base_url`, `link_hosts`, `tls.pem`, `concurrency`, `per_second`,
    /// `burst`).
    pub fn open(wire: &Wire, settings: LineSettings) -> Result<Self, Failure> {
        let address = Address::of(&settings)?;
        let layers = Layers::new(&settings, wire.observer())?;
        let client = wire.client(&settings.tls)?;
        Ok(Self(Arc::new(Inner { settings, address, layers, client })))
    }

    /// Sends an ask and reads the reply. `reader` may run once per attempt and must be pure; it decides what an
    /// answer of any status but a redirect means.
    ///
    /// # Errors
    /// What the reader says, or what kept the answer from it, always with its `Upstream`. For reads all tries are
    /// used up. For acts, `OutcomeUnknown` where the change may have taken place; with any other failure it has not.
    pub async fn call<T>(
        &self,
        ask: &Ask,
        trip: &Trip,
        reader: impl Fn(&Reply) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let Inner { settings, layers, .. } = &*self.0;
        let usual = match ask.size {
            Size::Answer => settings.attempt_timeout,
            Size::Document => settings.document_timeout,
        };
        let shape = Shape {
            vendor: settings.vendor,
            operation: ask.operation,
            nature: ask.nature,
            errors: ask.errors,
            attempt_timeout: ask.attempt_timeout.unwrap_or(usual),
        };
        layers.call(&shape, trip, || self.exchange(ask), reader).await
    }

    async fn exchange(&self, ask: &Ask) -> Result<Reply, Trouble> {
        let Inner { settings, address, client, .. } = &*self.0;
        let request = address
            .place(ask)
            .and_then(|(url, origin)| wire::request(ask, url, origin))
            .map_err(|failure| Trouble::held("unfit", failure))?;
        let cap = match ask.size {
            Size::Answer => settings.max_body,
            Size::Document => settings.max_document,
        };
        wire::exchange(client, request, cap).await
    }
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Line")
            .field("vendor", &self.0.settings.vendor)
            .field("host", &self.0.address.host())
            .finish_non_exhaustive()
    }
}
