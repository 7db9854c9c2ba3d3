//! Parameters that many operations share.

use ponte_domain::invoice::InvoiceFilter;
use ponte_domain::ticket::TicketFilter;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Ref, Schema, Type};
use utoipa::openapi::{RefOr, Required};
use utoipa::{IntoParams, PartialSchema};

use crate::problem::ProblemKind;

/// Name of the header of acting calls.
pub(super) const IDEMPOTENCY_KEY: &str = "Idempotency-Key";

fn in_path(name: &str, about: &str, schema: &str) -> Vec<Parameter> {
    vec![
        ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Path)
            .required(Required::True)
            .description(Some(about))
            .schema(Some(RefOr::<Schema>::Ref(Ref::from_schema_name(schema))))
            .build(),
    ]
}

/// `{tenant}`
pub(crate) struct Tenant;

impl IntoParams for Tenant {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        in_path("tenant", "The tenant's name.", "TenantName")
    }
}

/// `{customer}`
pub(crate) struct Customer;

impl IntoParams for Customer {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        in_path("customer", "Id of the customer, as a look-up gives it.", "CustomerId")
    }
}

/// `{contract}`
pub(crate) struct Contract;

impl IntoParams for Contract {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        in_path("contract", "Id of the contract, as the list of a customer's contracts gives it.", "ContractId")
    }
}

/// `{invoice}`
pub(crate) struct Invoice;

impl IntoParams for Invoice {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        in_path("invoice", "Id of the invoice, as a list of invoices gives it.", "InvoiceId")
    }
}

/// `{fiscal_invoice}`
pub(crate) struct FiscalInvoice;

impl IntoParams for FiscalInvoice {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        in_path("fiscal_invoice", "Id of the fiscal invoice, as their list gives it.", "FiscalInvoiceId")
    }
}

/// `{ticket}`
pub(crate) struct Ticket;

impl IntoParams for Ticket {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        in_path("ticket", "Id of the ticket, as a list of tickets gives it.", "TicketId")
    }
}

/// `{type}` of a problem's page.
pub(crate) struct ProblemType;

impl IntoParams for ProblemType {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let schema =
            ObjectBuilder::new().schema_type(Type::String).enum_values(Some(ProblemKind::ALL.map(ProblemKind::name)));
        vec![
            ParameterBuilder::new()
                .name("type")
                .parameter_in(ParameterIn::Path)
                .required(Required::True)
                .description(Some("Name of the type: the last part of a problem's `type`."))
                .schema(Some(schema))
                .build(),
        ]
    }
}

/// The header `Idempotency-Key` of acting calls.
pub(crate) struct IdempotencyKey;

impl IntoParams for IdempotencyKey {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let schema = ObjectBuilder::new()
            .schema_type(Type::String)
            .min_length(Some(8))
            .max_length(Some(128))
            .pattern(Some(r"^[!#-\[\]-~]{8,128}$"));
        vec![
            ParameterBuilder::new()
                .name(IDEMPOTENCY_KEY)
                .parameter_in(ParameterIn::Header)
                .required(Required::True)
                .description(Some(
                    "Unique to the intent, for example a UUID. The same key with the same request gives the same \
                     answer and acts once.",
                ))
                .schema(Some(schema))
                .build(),
        ]
    }
}

/// `status` of a list of invoices.
pub(crate) struct InvoiceStatus;

impl IntoParams for InvoiceStatus {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let about = "Which invoices: everything still to be paid (`open`), only what is past its due date, only what is \
                     paid, or everything but cancelled ones.";
        status(about, InvoiceFilter::schema())
    }
}

/// `status` of a list of tickets.
pub(crate) struct TicketStatus;

impl IntoParams for TicketStatus {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        status("Which tickets: those not closed and not cancelled (`open`), or all.", TicketFilter::schema())
    }
}

/// A filter whose default is `open`.
fn status(about: &str, mut schema: RefOr<Schema>) -> Vec<Parameter> {
    if let RefOr::T(Schema::Object(schema)) = &mut schema {
        schema.default = Some("open".into());
    }
    vec![
        ParameterBuilder::new()
            .name("status")
            .parameter_in(ParameterIn::Query)
            .required(Required::False)
            .description(Some(about))
            .schema(Some(schema))
            .build(),
    ]
}
