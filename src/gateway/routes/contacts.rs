//! The contact base: whom the platform has talked to, customers and leads.

use actix_web::web::{Path, ServiceConfig};
use ponte_api::contacts::{
    AccountChoice, AccountList, AccountRequest, Contact, ContactErasure, ContactLink, ContactLinkRequest,
    ContactRequest, ContactTag, PhoneText,
};
use ponte_api::words::ContactId;
use ponte_domain::Failure;
use ponte_domain::phone::Phone;
use ponte_domain::reference::CustomerRef;
use ponte_operations::contacts::{AccountForm, Activity, ContactForm, LinkForm, Put};
use serde::Deserialize;
use utoipa::IntoParams;

use super::forms;
use crate::answer;
use crate::entry::{Answer, Body, Entry, PersonalData};
use crate::http::Place;
use crate::openapi::files::CsvFile;
use crate::openapi::{params, problems};
use crate::present::Scene;
use crate::present::contacts as present;
use crate::problem::{Problem, ProblemKind};

/// The routes.
pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .service(Place::at("/v1/tenants/{tenant}/contacts/export.csv").giving("text/csv").get(export_contacts))
        .service(Place::at("/v1/tenants/{tenant}/contacts/link").post(link_contact))
        .service(
            Place::at("/v1/tenants/{tenant}/contacts/{contact}").get(contact).put(put_contact).delete(remove_contact),
        )
        .service(Place::at("/v1/tenants/{tenant}/contacts/{contact}/accounts").get(list_accounts).post(add_account))
        .service(Place::at("/v1/tenants/{tenant}/contacts/{contact}/accounts/active").put(switch_account))
        .service(Place::at("/v1/tenants/{tenant}/contacts/{contact}/accounts/{customer}").delete(remove_account));
}

/// Which contact.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct ContactPath {
    /// Id of the contact. The platform may choose it; it must not be a document or a phone.
    contact: ContactId,
}

impl ContactPath {
    fn id(&self) -> Result<&str, Problem> {
        let id = self.contact.0.as_str();
        let rest = id.strip_prefix("con_").unwrap_or_default();
        let plain = rest.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
        if plain && (8..=64).contains(&rest.len()) {
            return Ok(id);
        }
        let detail = "The id is not of the form con_ followed by 8 to 64 base64url characters.";
        Err(Problem::new(ProblemKind::InvalidId, detail).in_field("contact"))
    }
}

/// Read a contact
///
/// Reads one contact of the contact base with its accounts.
#[utoipa::path(
    get,
    path = "/v1/tenants/{tenant}/contacts/{contact}",
    operation_id = "getContact",
    tag = "Contacts",
    params(params::Tenant, ContactPath),
    responses((status = 200, description = "The contact.", body = Contact), problems::Own)
)]
pub(crate) async fn contact(entry: Entry<PersonalData>, path: Path<ContactPath>) -> Answer {
    let contact = entry.house.operations.contact(&entry.visit, path.id()?).await?;
    Ok(answer::ok(&present::contact(&Scene::of(&entry), &contact)))
}

/// Put a contact
///
/// Adds a contact under an id of the platform's choice, or replaces the one that is there, but for its accounts.
#[utoipa::path(
    put,
    path = "/v1/tenants/{tenant}/contacts/{contact}",
    operation_id = "putContact",
    tag = "Contacts",
    params(params::Tenant, ContactPath),
    request_body(content = ContactRequest, description = "The contact."),
    responses(
        (status = 200, description = "Replaced.", body = Contact),
        (status = 201, description = "Added.", body = Contact),
        problems::OwnWrite
    )
)]
pub(crate) async fn put_contact(
    entry: Entry<PersonalData>,
    path: Path<ContactPath>,
    body: Body<ContactRequest>,
) -> Answer {
    let (id, form) = (path.id()?, contact_form(body.0)?);
    let outcome = entry.house.operations.put_contact(&entry.visit, id, form).await;
    let (contact, put) = outcome.map_err(in_put)?;
    let words = present::contact(&Scene::of(&entry), &contact);
    let place = format!("/v1/tenants/{}/contacts/{id}", entry.visit.tenant.tenant.slug.as_str());
    Ok(if put == Put::Added { answer::created(&place, &words) } else { answer::ok(&words) })
}

/// Erase a contact
///
/// Erases a contact with the ratings of, and the traces to, the customers that only it spoke for. Evidence of an
/// acceptance stays: it proves a contract.
#[utoipa::path(
    delete,
    path = "/v1/tenants/{tenant}/contacts/{contact}",
    operation_id = "eraseContact",
    tag = "Contacts",
    params(params::Tenant, ContactPath),
    responses((status = 200, description = "Erased, and this is what went with it.", body = ContactErasure), problems::Own)
)]
pub(crate) async fn remove_contact(entry: Entry<PersonalData>, path: Path<ContactPath>) -> Answer {
    let id = path.id()?;
    let erased = entry.house.operations.remove_contact(&entry.visit, id).await?;
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    Ok(answer::ok(&ContactErasure {
        contact_id: ContactId(id.to_owned()),
        customers: count(erased.customers),
        ratings: count(erased.ratings),
        audit_entries: count(erased.audit_rows),
    }))
}

/// Link a contact to its customers
///
/// Finds the customers of a document, or without one those of the phone, and links the contact of the phone to them;
/// the contact is made if there is none yet. Repeating it changes nothing more.
#[utoipa::path(
    post,
    path = "/v1/tenants/{tenant}/contacts/link",
    operation_id = "linkContact",
    tag = "Contacts",
    params(params::Tenant),
    request_body(content = ContactLinkRequest, description = "Whom to link."),
    responses(
        (status = 200, description = "The ERP was asked; the contact, if there is one.", body = ContactLink),
        problems::Ask,
        problems::UnsupportedDocument,
    )
)]
pub(crate) async fn link_contact(entry: Entry<PersonalData>, body: Body<ContactLinkRequest>) -> Answer {
    let ContactLinkRequest { phone, document } = body.0;
    let form = LinkForm {
        phone: forms::phone(&phone, "/phone")?,
        document: document.map(|document| forms::document(&document, "/document")).transpose()?,
    };
    let link = entry.house.operations.link_contact(&entry.visit, form).await.map_err(forms::in_body)?;
    let scene = Scene::of(&entry);
    let contact = link.contact.map(|contact| present::contact(&scene, &contact));
    Ok(answer::ok(&ContactLink { linked: !link.customers.is_empty(), contact }))
}

/// List a contact's accounts
///
/// Lists the customers that the contact may speak for, and which of them is spoken for now.
#[utoipa::path(
    get,
    path = "/v1/tenants/{tenant}/contacts/{contact}/accounts",
    operation_id = "listAccounts",
    tag = "Contacts",
    params(params::Tenant, ContactPath),
    responses((status = 200, description = "The accounts.", body = AccountList), problems::Own)
)]
pub(crate) async fn list_accounts(entry: Entry<PersonalData>, path: Path<ContactPath>) -> Answer {
    let contact = entry.house.operations.contact(&entry.visit, path.id()?).await?;
    Ok(answer::ok(&present::accounts(&Scene::of(&entry), &contact)))
}

/// Add an account to a contact
///
/// Adds a customer that the contact may speak for, or renames the one that is there. The customer must be in the ERP.
#[utoipa::path(
    post,
    path = "/v1/tenants/{tenant}/contacts/{contact}/accounts",
    operation_id = "addAccount",
    tag = "Contacts",
    params(params::Tenant, ContactPath),
    request_body(content = AccountRequest, description = "The account."),
    responses((status = 200, description = "The accounts now.", body = AccountList), problems::Ask)
)]
pub(crate) async fn add_account(
    entry: Entry<PersonalData>,
    path: Path<ContactPath>,
    body: Body<AccountRequest>,
) -> Answer {
    let (id, form) = (path.id()?, account_form(&entry, body.0)?);
    let contact = entry.house.operations.put_account(&entry.visit, id, form).await.map_err(forms::in_body)?;
    Ok(answer::ok(&present::accounts(&Scene::of(&entry), &contact)))
}

/// Switch to another account
///
/// Makes one of the contact's accounts the one that is spoken for now.
#[utoipa::path(
    put,
    path = "/v1/tenants/{tenant}/contacts/{contact}/accounts/active",
    operation_id = "switchAccount",
    tag = "Contacts",
    params(params::Tenant, ContactPath),
    request_body(content = AccountChoice, description = "Which account."),
    responses((status = 200, description = "The accounts now.", body = AccountList), problems::OwnWrite)
)]
pub(crate) async fn switch_account(
    entry: Entry<PersonalData>,
    path: Path<ContactPath>,
    body: Body<AccountChoice>,
) -> Answer {
    let customer: CustomerRef = forms::handle(&entry.handles(), &body.0.customer_id.0, "/customer_id")?;
    let contact = entry.house.operations.switch_account(&entry.visit, path.id()?, &customer).await?;
    Ok(answer::ok(&present::accounts(&Scene::of(&entry), &contact)))
}

/// Take an account from a contact
///
/// From now on the contact does not speak for that customer. If it was the active account, another becomes it.
#[utoipa::path(
    delete,
    path = "/v1/tenants/{tenant}/contacts/{contact}/accounts/{customer}",
    operation_id = "removeAccount",
    tag = "Contacts",
    params(params::Tenant, ContactPath, params::Customer),
    responses((status = 200, description = "The accounts now.", body = AccountList), problems::Own)
)]
pub(crate) async fn remove_account(entry: Entry<PersonalData, CustomerRef>, path: Path<ContactPath>) -> Answer {
    let contact = entry.house.operations.remove_account(&entry.visit, path.id()?, &entry.target).await?;
    Ok(answer::ok(&present::accounts(&Scene::of(&entry), &contact)))
}

/// Export the contact base
///
/// Gives all contacts of the tenant as a table for spreadsheets, leads included.
#[utoipa::path(
    get,
    path = "/v1/tenants/{tenant}/contacts/export.csv",
    operation_id = "exportContacts",
    tag = "Contacts",
    params(params::Tenant),
    responses((status = 200, description = "The table.", body = CsvFile, content_type = "text/csv"), problems::Own)
)]
pub(crate) async fn export_contacts(entry: Entry<PersonalData>) -> Answer {
    let table = entry.house.operations.contacts_csv(&entry.visit).await?;
    Ok(answer::table(table, "contacts.csv"))
}

fn contact_form(request: ContactRequest) -> Result<ContactForm, Failure> {
    if request.phones.len() > 10 {
        return Err(Failure::invalid("/phones", "A contact has at most 10 phones."));
    }
    if request.tags.len() > 50 {
        return Err(Failure::invalid("/tags", "A contact has at most 50 tags."));
    }
    let phone = |(at, PhoneText(text)): (usize, &PhoneText)| forms::phone(text, &format!("/phones/{at}"));
    let tag = |(at, ContactTag(text)): (usize, &ContactTag)| forms::text(text, 1, 40, &format!("/tags/{at}"));
    let phones = request.phones.iter().enumerate().map(phone).collect::<Result<Vec<Phone>, _>>()?;
    Ok(ContactForm {
        document: request.document.map(|document| forms::document(&document, "/document")).transpose()?,
        phones,
        name: request.name.map(|name| forms::text(&name, 1, 300, "/name")).transpose()?,
        email: request.email.map(|email| forms::email(&email, "/email")).transpose()?,
        customer_type: request.customer_type.map(|word| forms::text(&word, 1, 120, "/customer_type")).transpose()?,
        tags: request.tags.iter().enumerate().map(tag).collect::<Result<_, _>>()?,
    })
}

fn account_form(entry: &Entry<PersonalData>, request: AccountRequest) -> Result<AccountForm, Failure> {
    Ok(AccountForm {
        customer: forms::handle(&entry.handles(), &request.customer_id.0, "/customer_id")?,
        label: request.label.map(|label| forms::text(&label, 1, 120, "/label")).transpose()?,
        activity: if request.active { Activity::Active } else { Activity::Unchanged },
    })
}

/// A contact's id stands in the path, all else in the body.
fn in_put(failure: Failure) -> Problem {
    match failure.field() {
        Some("id") => Problem::new(ProblemKind::InvalidId, failure.detail()).in_field("contact"),
        _ => forms::in_body(failure),
    }
}
