//! The gateway as a running thing: opened, listening, drained.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpServer, web};
use ponte_domain::Failure;
use ponte_domain::reference::{ContractRef, CustomerRef, FiscalInvoiceRef, InvoiceRef, TicketRef, VendorId};
use ponte_operations::Operations;
use tokio::task::JoinHandle;

use crate::entry::handles_of;
use crate::house::House;
use crate::http::{Outer, no_such_path};
use crate::metrics::Metrics;
use crate::problem::kind_of;
use crate::rate_limit::Policies;
use crate::settings::Settings;
use crate::{pages, routes};

/// Why the gateway does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The store, or what calls the ERPs, does not open.
    #[error(transparent)]
    Operations(#[from] ponte_operations::StartError),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {cause}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        cause: std::io::Error,
    },
}

/// A running gateway.
pub struct Gateway {
    house: Arc<House>,
    address: SocketAddr,
    handle: ServerHandle,
    running: Option<JoinHandle<std::io::Result<()>>>,
}

/// A reference whose handle is wanted; see [`Gateway::handle_for`].
#[derive(Debug, Clone)]
pub enum Reference {
    /// `cus_…`
    Customer(CustomerRef),
    /// `ctr_…`
    Contract(ContractRef),
    /// `inv_…`
    Invoice(InvoiceRef),
    /// `fis_…`
    FiscalInvoice(FiscalInvoiceRef),
    /// `tck_…`
    Ticket(TicketRef),
    /// `lgn_…`
    Login(ContractRef, VendorId),
}

impl Gateway {
    /// Opens the store, listens, and serves. Must be called on a tokio runtime; acts on ERPs run there.
    ///
    /// # Errors
    /// `StartError` says what is wrong.
    pub async fn start(settings: Settings) -> Result<Self, StartError> {
        let Settings { http, mut operations } = settings;
        let metrics = Arc::new(Metrics::new());
        let policies = Policies::new(&operations.inbound);
        operations.observer = metrics.clone();
        operations.status_of = |failure: &Failure| kind_of(failure.kind()).status();
        // Before the store is opened: a second process on the same address shall not touch it.
        let unbound = |cause| StartError::Listen { address: http.listen, cause };
        let listener = listen(http.listen, http.backlog).map_err(unbound)?;
        let address = listener.local_addr().map_err(unbound)?;
        let house = Arc::new(House::new(Operations::open(operations).await?, http.clone(), metrics, policies));
        let server = serve(&house, listener).map_err(unbound)?;
        let handle = server.handle();
        tracing::info!(%address, "listening");
        Ok(Self { house, address, handle, running: Some(tokio::spawn(server)) })
    }

    /// The address it listens on.
    #[must_use]
    pub const fn addr(&self) -> SocketAddr {
        self.address
    }

    /// What happens around vendor calls, for the machine's own operator.
    #[must_use]
    pub fn operations(&self) -> &Operations {
        &self.house.operations
    }

    /// From now on `/health/ready` says no, so that a balancer sends requests elsewhere; all are still served.
    pub fn drain(&self) {
        self.house.start_draining();
    }

    /// Takes no more connections, lets requests and acts under way end (`HttpSettings::drain`), closes the store.
    ///
    /// # Errors
    /// `Internal` when the store does not close well.
    pub async fn stop(mut self) -> Result<(), Failure> {
        self.drain();
        self.handle.stop(true).await;
        self.ended().await;
        self.house.operations.close(self.house.settings.drain).await
    }

    /// Ends when the server does: never, unless something is wrong.
    pub async fn ended(&mut self) {
        let Some(running) = self.running.take() else { return };
        match running.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(%error, "the server failed"),
            Err(error) => tracing::error!(%error, "the server did not stop well"),
        }
    }

    /// The handle of a vendor's reference at a tenant: a door for tests and for contract cases, which know the ids of
    /// their vendor's data beforehand. In test mode only; no route leads here.
    ///
    /// # Errors
    /// `InvalidInput` outside test mode; `NotFound(Tenant)`.
    pub fn handle_for(&self, tenant: &str, reference: &Reference) -> Result<String, Failure> {
        if !self.house.operations.test_mode() {
            return Err(Failure::invalid("tenant", "Handles are made for answers only, except in test mode."));
        }
        let slot = self.house.operations.own_tenant(tenant)?;
        let handles = handles_of(&slot);
        Ok(match reference {
            Reference::Customer(customer) => handles.customer(customer),
            Reference::Contract(contract) => handles.contract(contract),
            Reference::Invoice(invoice) => handles.invoice(invoice),
            Reference::FiscalInvoice(invoice) => handles.fiscal_invoice(invoice),
            Reference::Ticket(ticket) => handles.ticket(ticket),
            Reference::Login(contract, login) => handles.login(contract, login),
        })
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        // The order to stop goes out at once; nobody waits here for it to be carried out.
        drop(self.handle.stop(false));
    }
}

impl std::fmt::Debug for Gateway {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gateway").field("address", &self.address).finish_non_exhaustive()
    }
}

/// Without `SO_REUSEPORT`, so that a busy port is an error and not a share of its requests.
fn listen(address: SocketAddr, backlog: u32) -> std::io::Result<TcpListener> {
    let socket = if address.is_ipv4() { tokio::net::TcpSocket::new_v4() } else { tokio::net::TcpSocket::new_v6() }?;
    // Ports of connections just closed may be taken again at once; a listener's may not.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(backlog)?.into_std()
}

fn serve(house: &Arc<House>, listener: TcpListener) -> std::io::Result<actix_web::dev::Server> {
    let settings = house.settings.clone();
    let house = house.clone();
    let application = move || {
        App::new()
            .app_data(house.clone())
            .configure(routes::all)
            .configure(pages::routes)
            .default_service(web::to(no_such_path))
            .wrap(Outer(house.clone()))
    };
    let mut server = HttpServer::new(application)
        .disable_signals()
        .keep_alive(settings.keep_alive)
        .client_request_timeout(settings.client_timeout)
        .max_connections(settings.max_connections)
        .shutdown_timeout(settings.drain.as_secs().max(1))
        .tcp_nodelay(true);
    if settings.workers > 0 {
        server = server.workers(settings.workers);
    }
    Ok(server.listen(listener)?.run())
}
