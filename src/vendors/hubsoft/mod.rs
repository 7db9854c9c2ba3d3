//! Hubsoft (HubSoft Brasil): a Laravel application with a documented REST API, one host per provider.
//!
//! Evidence: `erp-dossiers/hubsoft.md`, `erp-specs/hubsoft.yaml`. Worth knowing before reading on:
//! - One OAuth token serves a tenant. Administrators and updates void it at any time, so any 401 renews it, once.
//! - Refusals of all kinds come with HTTP 200 and `"status": "error"`, without a code; good answers say `success` or, in
//!   the vendor's spelling, `suscess`.
//! - Every list has a silent limit and defaults that hide rows: all parameters are written out, always.
//! - The gateway's contract is the vendor's `servicos[]`; its `contratos[]` beside them are legal documents.
//! - A customer is known by `codigo_cliente`, the number that people see; only the fiscal route wants `id_cliente`.
//! - Services carry passwords in the clear. Structs do not have those columns.
//! - Two GETs act.

mod acceptance;
mod billing;
mod contracts;
mod customers;
mod diagnostics;
mod dialect;
mod fiscal_invoices;
mod moment;
mod paging;
mod settings;
mod sign_in;
mod speed_release;
mod tickets;
mod trust_unlock;
mod verify;
mod wifi;
mod words;

use async_trait::async_trait;
use ponte_domain::Failure;
use ponte_domain::capability::{Capability, Evidence};
use ponte_domain::tenant::Tenant;

use crate::call::Call;
use crate::erp::{
    Acceptance, Billing, Check, Contracts, Customers, Diagnostics, Erp, Field, FiscalInvoices, Offer, SignIn,
    SpeedRelease, TicketList, TicketOpening, TicketRatings, TrustUnlock, Wifi,
};

/// The vendor.
pub(crate) struct Hubsoft;

#[async_trait]
impl Erp for Hubsoft {
    fn word(&self) -> &'static str {
        "hubsoft"
    }

    fn product(&self) -> &'static str {
        "HubSoft"
    }

    fn credential_fields(&self) -> &'static [Field] {
        settings::CREDENTIALS
    }

    fn setting_fields(&self) -> &'static [Field] {
        settings::SETTINGS
    }

    fn check_form(&self, tenant: &Tenant) -> Result<(), Failure> {
        settings::check(tenant)
    }

    async fn verify(&self, call: &Call<'_>) -> Vec<Check> {
        verify::verify(call).await
    }

    /// The weakest fact behind each capability (dossier 5).
    fn evidence(&self, capability: Capability) -> Evidence {
        match capability {
            // The forms of "nobody there", the list of a service and its owner were seen in clients.
            Capability::CustomerLookup | Capability::Contracts | Capability::Billing => Evidence::Seen,
            // Ten of eleven are documented; the columns of the unlocks were seen in one client, and an end that is not told
            // is not taken for none.
            Capability::Diagnostics => Evidence::Seen,
            // Documented by the vendor, answers included.
            Capability::FiscalInvoices | Capability::TicketOpening | Capability::TicketList => Evidence::Official,
            // The texts of refusals, the key of an unlock's end and the unlock of a partial suspension; the columns of a
            // legal document; the scale of a rating; the failure of a sign-in; the failures of a router.
            Capability::TrustUnlock
            | Capability::SpeedRelease
            | Capability::Acceptance
            | Capability::TicketRating
            | Capability::SignIn
            | Capability::Wifi => Evidence::Provisional,
        }
    }

    fn customers(&self) -> Offer<'_, dyn Customers> {
        Offer::Yes(self)
    }

    fn contracts(&self) -> Offer<'_, dyn Contracts> {
        Offer::Yes(self)
    }

    fn billing(&self) -> Offer<'_, dyn Billing> {
        Offer::Yes(self)
    }

    fn fiscal_invoices(&self) -> Offer<'_, dyn FiscalInvoices> {
        Offer::Yes(self)
    }

    fn trust_unlock(&self) -> Offer<'_, dyn TrustUnlock> {
        Offer::Yes(self)
    }

    fn speed_release(&self) -> Offer<'_, dyn SpeedRelease> {
        Offer::Yes(self)
    }

    fn acceptance(&self) -> Offer<'_, dyn Acceptance> {
        Offer::Yes(self)
    }

    fn diagnostics(&self) -> Offer<'_, dyn Diagnostics> {
        Offer::Yes(self)
    }

    fn ticket_opening(&self) -> Offer<'_, dyn TicketOpening> {
        Offer::Yes(self)
    }

    fn ticket_list(&self) -> Offer<'_, dyn TicketList> {
        Offer::Yes(self)
    }

    fn ticket_rating(&self) -> Offer<'_, dyn TicketRatings> {
        Offer::Yes(self)
    }

    fn sign_in(&self) -> Offer<'_, dyn SignIn> {
        Offer::Yes(self)
    }

    fn wifi(&self) -> Offer<'_, dyn Wifi> {
        Offer::Yes(self)
    }
}

#[cfg(test)]
mod flows;
#[cfg(test)]
mod testing;
