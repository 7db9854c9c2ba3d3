//! IXC Provedor (IXCSoft): the vendor with the richest API, a thin layer over the ERP's own screens and tables.
//!
//! Evidence: `erp-dossiers/ixc.md`, `erp-specs/ixc.yaml`. Worth knowing before reading on:
//! - A list and an insert are the same POST to the same path; the header `ixcsoft: listar` alone tells them apart.
//! - Errors of all kinds come with status 200: as JSON in two families, or as a red HTML page. "Not found" has no
//!   error at all: it is an empty list.
//! - Filters are loose (collation, `L`), so every row's owner and key are compared again here.
//! - Rows of `cliente` and `radusuarios` carry passwords. Structs do not have those columns, but for the two flows
//!   that need them (sign-in compares, the Wi-Fi update hands the row back unread).
//! - An update replaces the row: all columns go back, those that nobody here knows included.
//! - A success may be hollow. The state is read back, by the operations room.
//! - Routes, permissions and columns differ between installations; what is missing is remembered for the tenant.

mod acceptance;
mod billing;
mod catalogue;
mod contracts;
mod customers;
mod diagnostics;
mod dialect;
mod fiscal_invoices;
mod reconnect;
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
pub(crate) struct Ixc;

#[async_trait]
impl Erp for Ixc {
    fn word(&self) -> &'static str {
        "ixc"
    }

    fn product(&self) -> &'static str {
        "IXC Provedor"
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
            // Nothing of the vendor's is needed.
            Capability::TicketRating => Evidence::Official,
            // The order of the phone columns, the ways from a contract to its price, speed and due day, the base64 of a boleto, the codes of the unlock, the rule of the
            // maintenance order, the protocol's shapes and the compare of portal passwords were seen in clients.
            Capability::CustomerLookup
            | Capability::Contracts
            | Capability::Billing
            | Capability::TrustUnlock
            | Capability::Diagnostics
            | Capability::TicketOpening
            | Capability::SignIn => Evidence::Seen,
            // Answers that no source shows: the print of a nota, the release, the activation, the push; the table of
            // diagnoses.
            Capability::FiscalInvoices
            | Capability::SpeedRelease
            | Capability::Acceptance
            | Capability::TicketList
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
        Offer::No("IXC's API has no route for ratings: its own satisfaction survey cannot be answered through it.")
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
