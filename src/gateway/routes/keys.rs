//! API keys, for operators. A key's secret is shown once, when the key is made.

use actix_web::web::{Path, ServiceConfig};
use ponte_api::keys::{
    EveryTenant, Key, KeyChangeRequest, KeyId, KeyList, KeyTenants, NamedTenants, NewKey, NewKeyRequest,
};
use ponte_api::words::{Instant, TenantName};
use ponte_domain::Failure;
use ponte_domain::failure::Subject;
use ponte_domain::scope::Scope;
use ponte_domain::tenant::TenantSlug;
use ponte_operations::{KeyChange, KeyRecord, TenantsAllowed};
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use utoipa::IntoParams;

use super::forms;
use crate::answer;
use crate::entry::{Answer, Body, Desk};
use crate::http::Place;
use crate::openapi::problems;

/// The routes.
pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .service(Place::at("/v1/keys").get(list_keys).post(create_key))
        .service(Place::at("/v1/keys/{key}").get(key).patch(change_key).delete(revoke_key));
}

/// Which key.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct KeyPath {
    /// Id of the key; not its secret.
    key: KeyId,
}

/// List the keys
///
/// Lists every key, revoked ones included, without their secrets. Needs a key that reaches every tenant, as do all
/// operations on keys.
#[utoipa::path(
    get,
    path = "/v1/keys",
    operation_id = "listKeys",
    tag = "Keys",
    responses((status = 200, description = "The keys.", body = KeyList), problems::Own)
)]
pub(crate) async fn list_keys(desk: Desk) -> Answer {
    desk.must_reach_all()?;
    let records = desk.house.operations.keys(&desk.visit).await?;
    Ok(answer::ok(&KeyList { keys: records.iter().rev().map(words).collect() }))
}

/// Make a key
///
/// Makes a key with the given scopes for the given tenants. The answer shows its secret, this once.
#[utoipa::path(
    post,
    path = "/v1/keys",
    operation_id = "createKey",
    tag = "Keys",
    request_body(content = NewKeyRequest, description = "What the key may do."),
    responses((status = 201, description = "Made.", body = NewKey), problems::OwnWrite)
)]
pub(crate) async fn create_key(desk: Desk, body: Body<NewKeyRequest>) -> Answer {
    desk.must_reach_all()?;
    let new = new_key(body.0)?;
    let (record, secret) = desk.house.operations.create_key(&desk.visit, new).await.map_err(forms::in_body)?;
    let made = NewKey { key: words(&record), secret: secret.expose_secret().to_owned() };
    Ok(answer::created(&format!("/v1/keys/{}", record.id), &made))
}

/// Read a key
///
/// Reads one key, without its secret. A revoked key is seen in the list only.
#[utoipa::path(
    get,
    path = "/v1/keys/{key}",
    operation_id = "getKey",
    tag = "Keys",
    params(KeyPath),
    responses((status = 200, description = "The key.", body = Key), problems::Own)
)]
pub(crate) async fn key(desk: Desk, path: Path<KeyPath>) -> Answer {
    desk.must_reach_all()?;
    let records = desk.house.operations.keys(&desk.visit).await?;
    let record = records.iter().find(|record| record.id == path.key.0 && record.revoked_at.is_none());
    Ok(answer::ok(&words(record.ok_or_else(|| Failure::not_found(Subject::Key).in_field("key"))?)))
}

/// Change a key
///
/// Replaces the given parts: name, all scopes, all tenants, or the end. The secret stays.
#[utoipa::path(
    patch,
    path = "/v1/keys/{key}",
    operation_id = "changeKey",
    tag = "Keys",
    params(KeyPath),
    request_body(content = KeyChangeRequest, description = "What to change."),
    responses((status = 200, description = "The key as it is now.", body = Key), problems::OwnWrite)
)]
pub(crate) async fn change_key(desk: Desk, path: Path<KeyPath>, body: Body<KeyChangeRequest>) -> Answer {
    desk.must_reach_all()?;
    let change = change(body.0)?;
    let record = desk.house.operations.change_key(&desk.visit, &path.key.0, change).await.map_err(forms::in_body)?;
    Ok(answer::ok(&words(&record)))
}

/// Revoke a key
///
/// From now on nobody is let in with it. It stays in the list, with the instant at which it was revoked.
#[utoipa::path(
    delete,
    path = "/v1/keys/{key}",
    operation_id = "revokeKey",
    tag = "Keys",
    params(KeyPath),
    responses((status = 200, description = "The key, revoked.", body = Key), problems::Own)
)]
pub(crate) async fn revoke_key(desk: Desk, path: Path<KeyPath>) -> Answer {
    desk.must_reach_all()?;
    Ok(answer::ok(&words(&desk.house.operations.revoke_key(&desk.visit, &path.key.0).await?)))
}

fn words(record: &KeyRecord) -> Key {
    Key {
        id: KeyId(record.id.clone()),
        name: record.name.clone(),
        scopes: record.scopes.clone(),
        tenants: match &record.tenants {
            TenantsAllowed::All => KeyTenants::All(EveryTenant::All),
            TenantsAllowed::Only(slugs) => {
                KeyTenants::Only(NamedTenants(slugs.iter().map(|slug| TenantName(slug.as_str().to_owned())).collect()))
            }
        },
        created_at: Instant::utc(record.created_at),
        expires_at: record.expires_at.map(Instant::utc),
        revoked_at: record.revoked_at.map(Instant::utc),
        last_used_at: record.last_used.map(Instant::utc),
    }
}

fn new_key(request: NewKeyRequest) -> Result<ponte_operations::NewKey, Failure> {
    Ok(ponte_operations::NewKey {
        name: forms::text(&request.name, 1, 80, "/name")?,
        scopes: scopes(request.scopes)?,
        tenants: tenants(request.tenants)?,
        expires_at: request.expires_at.map(|end| forms::instant(&end, "/expires_at")).transpose()?,
    })
}

fn change(request: KeyChangeRequest) -> Result<KeyChange, Failure> {
    let KeyChangeRequest { name, scopes: wanted, tenants: reach, expires_at } = request;
    if name.is_none() && wanted.is_none() && reach.is_none() && expires_at.is_none() {
        return Err(Failure::invalid("", "At least one of name, scopes, tenants and expires_at must be given."));
    }
    Ok(KeyChange {
        name: name.map(|name| forms::text(&name, 1, 80, "/name")).transpose()?,
        scopes: wanted.map(scopes).transpose()?,
        tenants: reach.map(tenants).transpose()?,
        expires_at: expires_at.map(|end| forms::instant(&end, "/expires_at")).transpose()?.map(Some),
    })
}

/// Each scope once, in the order given.
fn scopes(wanted: Vec<Scope>) -> Result<Vec<Scope>, Failure> {
    if !(1..=Scope::ALL.len()).contains(&wanted.len()) {
        return Err(Failure::invalid("/scopes", format!("A key has 1 to {} scopes.", Scope::ALL.len())));
    }
    let mut scopes = Vec::with_capacity(wanted.len());
    for scope in wanted {
        if !scopes.contains(&scope) {
            scopes.push(scope);
        }
    }
    Ok(scopes)
}

fn tenants(wanted: KeyTenants) -> Result<TenantsAllowed, Failure> {
    let KeyTenants::Only(NamedTenants(names)) = wanted else { return Ok(TenantsAllowed::All) };
    if names.is_empty() || names.len() > 1_000 {
        return Err(Failure::invalid("/tenants", "A key reaches all tenants, or 1 to 1000 by name."));
    }
    let parse = |(at, name): (usize, &TenantName)| {
        TenantSlug::parse(&name.0).map_err(|error| Failure::invalid(format!("/tenants/{at}"), forms::sentence(&error)))
    };
    names.iter().enumerate().map(parse).collect::<Result<_, _>>().map(TenantsAllowed::Only)
}
