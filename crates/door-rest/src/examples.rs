//! Examples of answers, put together from the examples of their fields: one that cannot fall behind the schema.

use serde_json::{Map, Value, json};
use utoipa::openapi::schema::{ArrayItems, KnownFormat, Object, SchemaFormat, SchemaType, Type};
use utoipa::openapi::{Components, RefOr, Schema};

/// How deep schemas may refer to each other: none of ours comes near.
const DEPTH_MAX: usize = 16;

/// An example of what a schema allows.
pub(crate) fn of(schema: &RefOr<Schema>, components: &Components) -> Value {
    example(schema, components, DEPTH_MAX)
}

fn example(schema: &RefOr<Schema>, components: &Components, depth: usize) -> Value {
    let Some(depth) = depth.checked_sub(1) else { return Value::Null };
    let schema = match schema {
        RefOr::T(schema) => schema,
        RefOr::Ref(reference) => {
            let name = reference.ref_location.rsplit('/').next().unwrap_or_default();
            return match components.schemas.get(name) {
                Some(found) => example(found, components, depth),
                None => Value::Null,
            };
        }
    };
    match schema {
        Schema::Object(object) => of_object(object, components, depth),
        Schema::Array(array) => match &array.items {
            _ if array.example.is_some() => array.example.clone().unwrap_or_default(),
            ArrayItems::RefOrSchema(item) => json!([example(item, components, depth)]),
            ArrayItems::False => json!([]),
        },
        // What may be null is shown as it is when it is there.
        Schema::OneOf(one) => {
            let all = one.items.iter().map(|item| example(item, components, depth));
            all.filter(|value| !value.is_null()).take(1).next().unwrap_or_default()
        }
        Schema::AllOf(all) => {
            let parts = all.items.iter().map(|item| example(item, components, depth));
            Value::Object(parts.filter_map(|part| part.as_object().cloned()).flatten().collect())
        }
        _ => Value::Null,
    }
}

fn of_object(object: &Object, components: &Components, depth: usize) -> Value {
    if let Some(example) = object.example.clone().or_else(|| object.examples.first().cloned()) {
        return example;
    }
    if let Some(first) = object.enum_values.as_ref().and_then(|values| values.first()) {
        return first.clone();
    }
    let kinds = match &object.schema_type {
        SchemaType::Type(kind) => std::slice::from_ref(kind),
        SchemaType::Array(kinds) => kinds,
        SchemaType::AnyValue => &[],
    };
    match kinds.iter().find(|kind| **kind != Type::Null) {
        Some(Type::Object) => {
            let members = object.properties.iter();
            let members = members.map(|(name, schema)| (name.clone(), example(schema, components, depth)));
            Value::Object(members.collect::<Map<_, _>>())
        }
        Some(Type::Boolean) => json!(true),
        Some(Type::Integer | Type::Number) => json!(1),
        Some(Type::String) if kinds.len() > 1 && !is_moment(object) => Value::Null,
        Some(Type::String) if is_moment(object) => json!("2026-11-21T19:32:43.12Z"),
        Some(Type::String) => json!("text"),
        _ => Value::Null,
    }
}

fn is_moment(object: &Object) -> bool {
    object.format == Some(SchemaFormat::KnownFormat(KnownFormat::DateTime))
}
