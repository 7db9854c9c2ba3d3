//! What travels with every vendor call.

use jiff::Timestamp;
use jiff::civil::Date;
use ponte_domain::Failure;
use ponte_domain::tenant::Tenant;
use ponte_transport::{Ask, Line, Reply, Trip};

use crate::memory::Memory;

/// The tenant, its line and memory, and the moment. Nothing below operations asks what time it is.
pub struct Call<'a> {
    /// Who.
    pub tenant: &'a Tenant,
    /// The way to the tenant's ERP.
    pub line: &'a Line,
    /// What is remembered for the tenant between calls.
    pub memory: &'a Memory,
    /// Deadline and request id.
    pub trip: Trip,
    /// The instant of the request.
    pub now: Timestamp,
    /// The civil date of that instant in the tenant's zone.
    pub today: Date,
}

impl Call<'_> {
    /// Sends one ask over the tenant's line and reads the reply.
    ///
    /// # Errors
    /// What the line or the reader says.
    pub async fn send<T>(&self, ask: Ask, reader: impl Fn(&Reply) -> Result<T, Failure>) -> Result<T, Failure> {
        self.line.call(&ask, &self.trip, reader).await
    }
}
