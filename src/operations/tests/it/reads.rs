//! Every read: presented once, then from the cache; refused before any call where the vendor lacks it.

use bytes::Bytes;
use ponte_domain::capability::Capability;
use ponte_domain::contract::AccessStatus;
use ponte_domain::customer::LookupKey;
use ponte_domain::invoice::{InvoiceFilter, Pdf};
use ponte_domain::reference::VendorId;
use ponte_domain::ticket::TicketFilter;
use ponte_domain::{Failure, FailureKind};
use ponte_operations::billing::PixPicture;
use ponte_operations::{CacheState, Served};

use crate::people::{b1_ref, blocked, bruno, bruno_ref, contract, diagnosis, payment, pending, slow, ticket};
use crate::world::World;

type Outcome = Result<Served, Failure>;

fn pdf() -> Pdf {
    Pdf::new(b"%PDF-1.4".to_vec()).unwrap()
}

fn shown<T>(_: &T) -> Bytes {
    Bytes::from_static(b"shown")
}

fn drawn<T>(_: &T) -> Result<Bytes, Failure> {
    Ok(Bytes::from_static(b"drawn"))
}

async fn answering() -> World {
    let world = World::open().await;
    let erp = world.erp;
    erp.lookup.usually(Ok(vec![bruno()]));
    erp.customer.usually(Ok(bruno()));
    erp.contracts.usually(Ok(vec![contract(AccessStatus::Active)]));
    erp.contract.usually(Ok(contract(AccessStatus::Active)));
    erp.invoices.usually(Ok(vec![payment().invoice]));
    erp.payment.usually(Ok(payment()));
    erp.boleto_pdf.usually(Ok(pdf()));
    erp.fiscal_invoices.usually(Ok(vec![]));
    erp.fiscal_pdf.usually(Ok(pdf()));
    erp.unlock_state.usually(Ok(blocked()));
    erp.speed_state.usually(Ok(slow()));
    erp.pending.usually(Ok(pending(ponte_domain::acceptance::AcceptanceState::Awaiting)));
    erp.document.usually(Ok(pdf()));
    erp.diagnose.usually(Ok(diagnosis()));
    erp.tickets.usually(Ok(vec![ticket("77")]));
    erp.topics.usually(Ok(vec![]));
    world
}

/// Every read once, in the order of the API.
async fn every_read(world: &World) -> Vec<(&'static str, Capability, Outcome)> {
    use Capability::{
        Acceptance, Billing, Contracts, CustomerLookup, Diagnostics, FiscalInvoices, SpeedRelease, TicketList,
        TicketOpening, TrustUnlock,
    };
    let (operations, visit) = (&world.operations, &world.visit());
    let (bruno, b1, bill, note) =
        (&bruno_ref(), &b1_ref(), &bruno_ref().invoice("7"), &bruno_ref().fiscal_invoice("8"));
    let key = LookupKey::VendorId(VendorId::from("202"));
    let (open, all) = (InvoiceFilter::Open, InvoiceFilter::All);
    vec![
        ("lookup", CustomerLookup, operations.lookup(visit, key, shown).await),
        ("customer", CustomerLookup, operations.customer(visit, bruno, shown).await),
        ("contracts", Contracts, operations.contracts(visit, bruno, shown).await),
        ("contract", Contracts, operations.contract(visit, b1, shown).await),
        // Before the other bills: printing one makes them old.
        ("boleto", Billing, operations.boleto_pdf(visit, bill).await),
        ("customer open", Billing, operations.customer_invoices(visit, bruno, open, shown).await),
        ("customer all", Billing, operations.customer_invoices(visit, bruno, all, shown).await),
        ("contract open", Billing, operations.contract_invoices(visit, b1, open, shown).await),
        ("payment", Billing, operations.payment(visit, bill, shown).await),
        ("svg", Billing, operations.pix_picture(visit, bill, PixPicture::Svg, drawn).await),
        ("png", Billing, operations.pix_picture(visit, bill, PixPicture::Png, drawn).await),
        ("fiscal", FiscalInvoices, operations.fiscal_invoices(visit, b1, shown).await),
        ("fiscal pdf", FiscalInvoices, operations.fiscal_invoice_pdf(visit, note).await),
        ("unlock", TrustUnlock, operations.trust_unlock_state(visit, b1, shown).await),
        ("speed", SpeedRelease, operations.speed_release_state(visit, b1, shown).await),
        ("acceptance", Acceptance, operations.acceptance_state(visit, b1, shown).await),
        ("document", Acceptance, operations.acceptance_document(visit, b1).await),
        ("diagnostics", Diagnostics, operations.diagnostics(visit, b1, shown).await),
        ("tickets", TicketList, operations.tickets(visit, bruno, TicketFilter::Open, shown).await),
        ("topics", TicketOpening, operations.ticket_topics(visit, shown).await),
    ]
}

#[tokio::test]
async fn every_read_goes_to_the_erp_once_and_then_comes_from_the_cache() {
    let world = answering().await;
    for expected in [CacheState::Miss, CacheState::Hit] {
        for (name, _, outcome) in every_read(&world).await {
            let served = outcome.unwrap();
            assert_eq!(served.cache.state, expected, "{name}");
            assert!(!served.bytes.is_empty(), "{name}");
        }
    }
    assert_eq!(world.erp.invoices.calls(), 3, "each filter and each owner is a question of its own");
    assert_eq!(world.erp.payment.calls(), 3, "each picture is an answer of its own");
}

#[tokio::test]
async fn every_read_of_what_the_vendor_lacks_is_refused_before_any_call() {
    let world = World::open().await;
    for capability in Capability::ALL {
        world.erp.lacks(capability);
    }
    for (name, capability, outcome) in every_read(&world).await {
        let refused = outcome.unwrap_err();
        assert_eq!(refused.kind(), FailureKind::NotSupported(capability), "{name}");
        assert_eq!(refused.detail(), "The scripted ERP lacks it.", "{name}");
    }
}

#[tokio::test]
async fn diagnostics_say_when_they_were_made_and_what_is_expected() {
    use ponte_domain::contract::Technology;
    use ponte_domain::tenant::TenantSettings;
    let settings = TenantSettings { expected_technology: Some(Technology::Fiber), ..TenantSettings::default() };
    let world = World::with(settings).await;
    world.erp.diagnose.usually(Ok(diagnosis()));
    let served = world
        .operations
        .diagnostics(&world.visit(), &b1_ref(), |answer| {
            Bytes::from(format!("{} {:?}", answer.checked_at, answer.expected_technology))
        })
        .await
        .unwrap();
    let shown = crate::world::text(&served.bytes);
    assert!(shown.starts_with("2026-11-20T15:0") && shown.ends_with("Some(Fiber)"), "{shown}");
}
