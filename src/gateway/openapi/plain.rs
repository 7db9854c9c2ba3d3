//! Schemas written plainly, so that the most tools read them.
//!
//! - What may be `null` is a type list (`["string", "null"]`), not a choice between a schema and null.
//! - A text, number, closed set or list of such stands where it is used, under its name as title.
//! - So do small objects that are the whole answer of simple operations ([`IN_PLACE`]): such an operation reads alone.
//!   What is left among the components is what is large or has parts of its own.
//! - A schema composed of several objects becomes one object.

use std::collections::BTreeMap;

use utoipa::openapi::schema::{AdditionalProperties, ArrayItems, Object, SchemaType};
use utoipa::openapi::{OpenApi, Ref, RefOr, Schema, Type};

/// Objects that stand where they are used.
const IN_PLACE: [&str; 3] = ["CapabilitySupport", "Customer", "Key"];

type Schemas = BTreeMap<String, RefOr<Schema>>;

/// Rewrites every schema of the document.
pub(super) fn write(document: &mut OpenApi) {
    let Some(components) = &mut document.components else { return };
    let originals = components.schemas.clone();
    for schema in components.schemas.values_mut() {
        plain(schema, &originals);
    }
    for operation in super::operations(document) {
        for parameter in operation.parameters.iter_mut().flatten() {
            if let RefOr::T(parameter) = parameter
                && let Some(schema) = &mut parameter.schema
            {
                plain(schema, &originals);
            }
        }
        if let Some(RefOr::T(body)) = &mut operation.request_body {
            // A body that may be left out is said by `required`; as JSON it is never null.
            body.content.values_mut().for_each(|content| in_content(content, &originals, without_null));
        }
        for response in operation.responses.responses.values_mut() {
            if let RefOr::T(response) = response {
                response.content.values_mut().for_each(|content| in_content(content, &originals, |schema| schema));
            }
        }
    }
    drop_unused(document);
}

/// Drops the components that nothing refers to any more.
fn drop_unused(document: &mut OpenApi) {
    loop {
        // The document has string keys only, so writing it cannot fail.
        let text = serde_json::to_string(document).unwrap_or_default();
        let Some(components) = &mut document.components else { return };
        let before = components.schemas.len();
        components.schemas.retain(|name, _| text.contains(&format!("\"#/components/schemas/{name}\"")));
        if components.schemas.len() == before {
            return;
        }
    }
}

fn in_content(
    content: &mut RefOr<utoipa::openapi::Content>,
    originals: &Schemas,
    first: impl Fn(RefOr<Schema>) -> RefOr<Schema>,
) {
    if let RefOr::T(content) = content
        && let Some(schema) = content.schema.take()
    {
        let mut schema = first(schema);
        plain(&mut schema, originals);
        content.schema = Some(schema);
    }
}

fn plain(schema: &mut RefOr<Schema>, originals: &Schemas) {
    if let RefOr::Ref(reference) = schema {
        let Some(here) = in_place(reference, originals) else { return };
        *schema = RefOr::T(here);
    }
    if let Some(nullable) = nullable_of(schema, originals) {
        *schema = RefOr::T(nullable);
    }
    if let Some(merged) = merged_of(schema, originals) {
        *schema = RefOr::T(Schema::Object(merged));
    }
    let RefOr::T(inner) = schema else { return };
    match inner {
        Schema::Object(object) => {
            object.properties.values_mut().for_each(|property| plain(property, originals));
            if let Some(AdditionalProperties::RefOr(value)) = object.additional_properties.as_deref_mut() {
                plain(value, originals);
            }
        }
        Schema::Array(array) => {
            if let ArrayItems::RefOrSchema(items) = &mut array.items {
                plain(items, originals);
            }
        }
        Schema::OneOf(choice) => choice.items.iter_mut().for_each(|item| plain(item, originals)),
        Schema::AllOf(all) => all.items.iter_mut().for_each(|item| plain(item, originals)),
        Schema::AnyOf(any) => any.items.iter_mut().for_each(|item| plain(item, originals)),
        _ => {}
    }
}

fn name_of(reference: &Ref) -> &str {
    reference.ref_location.rsplit('/').next().unwrap_or_default()
}

fn target<'a>(reference: &Ref, originals: &'a Schemas) -> Option<&'a Schema> {
    match originals.get(name_of(reference)) {
        Some(RefOr::T(schema)) => Some(schema),
        _ => None,
    }
}

/// Whether it is no object, no list of objects and no choice.
fn is_scalar(schema: &Schema, originals: &Schemas) -> bool {
    match schema {
        Schema::Array(list) => match &list.items {
            ArrayItems::RefOrSchema(items) => match items.as_ref() {
                RefOr::T(items) => is_scalar(items, originals),
                RefOr::Ref(reference) => target(reference, originals).is_some_and(|items| is_scalar(items, originals)),
            },
            ArrayItems::False => true,
        },
        Schema::Object(object) => {
            let types = match &object.schema_type {
                SchemaType::Type(one) => std::slice::from_ref(one),
                SchemaType::Array(many) => many.as_slice(),
                SchemaType::AnyValue => return false,
            };
            types.iter().all(|of| *of != Type::Object)
        }
        _ => false,
    }
}

/// What a reference stands for, if it is to stand here, with the reference's own description and its name as title.
fn in_place(reference: &Ref, originals: &Schemas) -> Option<Schema> {
    let schema = target(reference, originals)?;
    let here = is_scalar(schema, originals) || IN_PLACE.contains(&name_of(reference));
    here.then(|| described(schema.clone(), name_of(reference), &reference.description))
}

fn described(mut schema: Schema, name: &str, about: &str) -> Schema {
    let (title, description) = match &mut schema {
        Schema::Object(object) => (&mut object.title, &mut object.description),
        Schema::Array(list) => (&mut list.title, &mut list.description),
        _ => return schema,
    };
    title.get_or_insert_with(|| name.to_owned());
    if !about.is_empty() {
        *description = Some(about.to_owned());
    }
    schema
}

fn is_null(schema: &RefOr<Schema>) -> bool {
    matches!(schema, RefOr::T(Schema::Object(object)) if matches!(object.schema_type, SchemaType::Type(Type::Null)))
}

/// The other one of a choice between a schema and null.
fn or_null(schema: &RefOr<Schema>) -> Option<&RefOr<Schema>> {
    let RefOr::T(Schema::OneOf(choice)) = schema else { return None };
    match choice.items.as_slice() {
        [one, null] if is_null(null) => Some(one),
        [null, one] if is_null(null) => Some(one),
        _ => None,
    }
}

fn without_null(schema: RefOr<Schema>) -> RefOr<Schema> {
    or_null(&schema).cloned().unwrap_or(schema)
}

/// A choice between a schema and null as one schema whose types include null.
fn nullable_of(schema: &RefOr<Schema>, originals: &Schemas) -> Option<Schema> {
    let mut schema = match or_null(schema)? {
        RefOr::Ref(reference) => {
            described(target(reference, originals)?.clone(), name_of(reference), &reference.description)
        }
        RefOr::T(schema) => schema.clone(),
    };
    match &mut schema {
        Schema::Object(object) => {
            object.schema_type = with_null(&object.schema_type)?;
            if let Some(values) = &mut object.enum_values {
                values.push(serde_json::Value::Null);
            }
        }
        Schema::Array(array) => array.schema_type = with_null(&array.schema_type)?,
        _ => return None,
    }
    Some(schema)
}

fn with_null(types: &SchemaType) -> Option<SchemaType> {
    let mut types = match types {
        SchemaType::Type(one) => vec![one.clone()],
        SchemaType::Array(many) => many.clone(),
        SchemaType::AnyValue => return None,
    };
    types.push(Type::Null);
    Some(SchemaType::Array(types))
}

/// The parts of a composed object as one object.
fn merged_of(schema: &RefOr<Schema>, originals: &Schemas) -> Option<Object> {
    let RefOr::T(Schema::AllOf(all)) = schema else { return None };
    let mut merged = Object::new();
    merged.description.clone_from(&all.description);
    // The fields of its own first, then those of the parts that it takes in.
    let (own, parts): (Vec<_>, Vec<_>) = all.items.iter().partition(|item| matches!(item, RefOr::T(_)));
    for item in own.into_iter().chain(parts) {
        let part = match item {
            RefOr::Ref(reference) => target(reference, originals)?,
            RefOr::T(schema) => schema,
        };
        let Schema::Object(part) = part else { return None };
        merged.properties.extend(part.properties.clone());
        merged.required.extend(part.required.clone());
    }
    Some(merged)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::Value;

    use crate::openapi::document;

    fn schemas() -> Value {
        serde_json::to_value(document()).unwrap()["components"]["schemas"].clone()
    }

    #[test]
    fn what_may_be_null_is_a_type_list_and_a_closed_set_has_null_among_its_members() {
        let reason = schemas()["TrustUnlock"]["properties"]["reason"].clone();
        assert_eq!(reason["type"], serde_json::json!(["string", "null"]));
        assert_eq!(reason["title"], "TrustUnlockReason");
        assert!(reason["enum"].as_array().unwrap().contains(&Value::Null));
        assert_eq!(reason["description"], "Why not, or what is in the way.");
    }

    #[test]
    fn a_composed_object_becomes_one_with_all_fields() {
        let done = schemas()["TrustUnlockDone"].clone();
        assert!(done.get("allOf").is_none());
        for field in ["result", "contract", "eligible", "restricted_until"] {
            assert!(done["properties"].get(field).is_some(), "{field}");
            assert!(done["required"].as_array().unwrap().contains(&field.into()), "{field}");
        }
    }

    #[test]
    fn components_are_objects() {
        for (name, schema) in schemas().as_object().unwrap() {
            let choice = schema.get("oneOf").is_some();
            assert!(choice || schema["type"] == "object", "{name}");
        }
    }
}
