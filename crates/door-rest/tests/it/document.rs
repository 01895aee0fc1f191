//! The OpenAPI document: complete, and true of every answer that any test here gets.

use std::collections::BTreeSet;

use reeve_domain::operations::{self, Reach};
use serde_json::{Value, json};

use crate::caller::Reply;
use crate::world::document;

/// Every operation of the document with its path and method.
pub(crate) fn operations_of(document: &Value) -> Vec<(String, String, &Value)> {
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if ["get", "post", "put", "patch", "delete"].contains(&method.as_str()) {
                all.push((path.clone(), method.to_uppercase(), operation));
            }
        }
    }
    all
}

/// The operation that a request is for.
fn operation_for<'d>(document: &'d Value, method: &str, path: &str) -> Option<&'d Value> {
    let path = path.split('?').next().unwrap();
    let sent: Vec<&str> = path.split('/').collect();
    // Words of the path win over parameters, also where they do not know the method.
    let is_word = document["paths"].get(path).is_some();
    let mut fitting: Vec<_> = operations_of(document)
        .into_iter()
        .filter(|(template, known, _)| {
            let parts: Vec<&str> = template.split('/').collect();
            let fits = |(part, sent): (&&str, &&str)| part == sent || (part.starts_with('{') && !sent.is_empty());
            known == method
                && (!is_word || template == path)
                && parts.len() == sent.len()
                && parts.iter().zip(&sent).all(fits)
        })
        .collect();
    fitting.sort_by_key(|(template, _, _)| template.matches('{').count());
    fitting.into_iter().next().map(|(_, _, operation)| operation)
}

/// Holds an answer against what the document says of its operation.
pub(crate) fn check_documented(document: &Value, (method, path): (&str, &str), reply: &Reply) {
    let method = if method == "HEAD" { "GET" } else { method };
    let Some(operation) = operation_for(document, method, path) else {
        assert!([400, 404, 405].contains(&reply.status.as_u16()), "{method} {path}: {}", reply.status);
        return;
    };
    let name = &operation["operationId"];
    let response = &operation["responses"][reply.status.as_str()];
    assert!(response.is_object(), "{name} answers {} and does not say so: {}", reply.status, reply.text());
    let kind = reply.header("content-type");
    match response["content"].as_object() {
        None => assert!(reply.body.is_empty() && kind.is_empty(), "{name} {}: {kind}", reply.status),
        Some(kinds) => {
            assert!(kinds.keys().any(|known| kind.split(';').next() == Some(known)), "{name} {}: {kind}", reply.status)
        }
    }
    for (header, _) in response["headers"].as_object().into_iter().flatten() {
        let optional = ["Idempotent-Replayed", "Set-Cookie", "Retry-After"].contains(&header.as_str());
        assert!(optional || !reply.header(header).is_empty(), "{name} {}: {header}", reply.status);
    }
    if reply.status.as_u16() >= 400 {
        let problem = reply.json();
        let codes = operation["x-problem-codes"].as_array().unwrap();
        assert!(codes.contains(&problem["code"]), "{name} does not list {problem}");
        let examples = &response["content"]["application/problem+json"]["examples"];
        assert!(examples[problem["code"].as_str().unwrap()].is_object(), "{name}: {problem}");
    } else if kind == "application/json" && !reply.body.is_empty() {
        let schema = &response["content"]["application/json"]["schema"];
        check_schema(document, schema, &reply.json(), &name.to_string());
    }
}

/// Holds a value against a schema, as far as our schemas go.
pub(crate) fn check_schema(document: &Value, schema: &Value, value: &Value, place: &str) {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap();
        return check_schema(document, &document["components"]["schemas"][name], value, place);
    }
    if let Some(one_of) = schema["oneOf"].as_array() {
        let is_null = |schema: &&Value| schema["type"] == "null";
        if !(value.is_null() && one_of.iter().any(|schema| is_null(&schema))) {
            let others = one_of.iter().filter(|schema| !is_null(schema));
            let fitting = others.clone().find(|schema| has_required(document, schema, value));
            check_schema(document, fitting.or(others.clone().next()).unwrap(), value, place);
        }
        return;
    }
    if schema["allOf"].is_array() {
        return check_schema(document, &merged(document, schema), value, place);
    }
    if let Some(words) = schema["enum"].as_array() {
        assert!(words.contains(value), "{place}: {value}");
        return;
    }
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    match &schema["type"] {
        Value::String(known) => assert_eq!(known, kind, "{place}: {value}"),
        Value::Array(known) => assert!(known.contains(&Value::from(kind)), "{place}: {value}"),
        _ => {}
    }
    for item in value.as_array().into_iter().flatten() {
        check_schema(document, &schema["items"], item, place);
    }
    let (Some(members), Some(known)) = (value.as_object(), schema["properties"].as_object()) else { return };
    for required in schema["required"].as_array().into_iter().flatten() {
        assert!(members.contains_key(required.as_str().unwrap()), "{place}: {required} is missing");
    }
    for (name, value) in members {
        let schema = known.get(name).unwrap_or_else(|| panic!("{place}: {name} is not documented"));
        check_schema(document, schema, value, &format!("{place}.{name}"));
    }
}

/// A schema with the members of all that it is put together from.
fn merged(document: &Value, schema: &Value) -> Value {
    let mut whole = json!({"type": "object", "properties": {}, "required": []});
    let referred = schema["$ref"].as_str().and_then(|place| document.pointer(place.trim_start_matches('#')));
    let schema = referred.unwrap_or(schema);
    let parts = schema["allOf"].as_array().into_iter().flatten().map(|part| merged(document, part));
    for part in parts.chain([schema.clone()]) {
        let members = part["properties"].as_object().cloned().unwrap_or_default();
        whole["properties"].as_object_mut().unwrap().extend(members);
        let required = part["required"].as_array().cloned().unwrap_or_default();
        whole["required"].as_array_mut().unwrap().extend(required);
    }
    whole
}

/// Whether a value has every member that a schema demands.
fn has_required(document: &Value, schema: &Value, value: &Value) -> bool {
    let schema = merged(document, schema);
    let mut required = schema["required"].as_array().unwrap().iter();
    required.all(|member| value.get(member.as_str().unwrap()).is_some())
}

#[test]
fn every_operation_of_the_register_has_one_route_and_every_route_one_operation() {
    let served: Vec<_> = operations_of(document())
        .into_iter()
        .map(|(_, _, operation)| operation["operationId"].as_str().unwrap())
        .collect();
    let unique: BTreeSet<_> = served.iter().copied().collect();
    assert_eq!(unique.len(), served.len());
    // What only the worker does has no door; what only this door does is no operation.
    let registered = operations::ALL.iter().filter(|operation| operation.reach != Reach::System);
    let expected: BTreeSet<_> = registered.map(|operation| operation.name).chain(["openapi"]).collect();
    assert_eq!(unique, expected);
}

#[test]
fn every_operation_is_described_with_examples_and_errors() {
    for (path, method, operation) in operations_of(document()) {
        let place = format!("{method} {path}");
        for text in ["summary", "description"] {
            assert!(operation[text].as_str().is_some_and(|text| !text.is_empty()), "{place}: {text}");
        }
        assert_eq!(operation["tags"].as_array().map(Vec::len), Some(1), "{place}");
        let named: BTreeSet<_> = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect();
        let parameters: Vec<_> = operation["parameters"].as_array().into_iter().flatten().collect();
        for parameter in &parameters {
            assert!(!parameter["description"].as_str().unwrap().is_empty(), "{place}: {parameter}");
        }
        let in_path = parameters.iter().filter(|p| p["in"] == "path").map(|p| p["name"].as_str().unwrap());
        assert_eq!(in_path.collect::<BTreeSet<_>>(), named, "{place}");
        for content in operation["requestBody"]["content"].as_object().into_iter().flatten() {
            assert!(!content.1["example"].is_null(), "{place}: its body has no example");
        }
        let mut refusals = 0;
        for (status, response) in operation["responses"].as_object().unwrap() {
            assert!(!response["description"].as_str().unwrap().is_empty(), "{place} {status}");
            for (kind, content) in response["content"].as_object().into_iter().flatten() {
                let is_document = operation["operationId"] == "openapi";
                let has_one = !content["example"].is_null() || content["examples"].is_object();
                assert!(has_one || is_document, "{place} {status} {kind} has no example");
            }
            refusals += usize::from(status.starts_with(['4', '5']));
        }
        assert!(refusals >= 5 || operation["operationId"] == "openapi", "{place}");
    }
}

#[test]
fn every_example_fits_its_schema() {
    let document = document();
    for (path, method, operation) in operations_of(document) {
        let bodies = operation["responses"].as_object().unwrap().values().chain([&operation["requestBody"]]);
        for body in bodies {
            let content = &body["content"]["application/json"];
            if !content["example"].is_null() {
                check_schema(document, &content["schema"], &content["example"], &format!("{method} {path}"));
            }
        }
    }
}

#[test]
fn the_document_is_the_same_each_time_and_every_reference_in_it_leads_somewhere() {
    let text = reeve_door_rest::openapi();
    assert_eq!(text, reeve_door_rest::openapi());
    let document = document();
    assert_eq!(document["openapi"], "3.1.0");
    for reference in text.split("\"$ref\": \"#").skip(1) {
        let pointer = reference.split('"').next().unwrap();
        assert!(document.pointer(pointer).is_some(), "{pointer}");
    }
}

#[test]
fn the_committed_document_is_the_generated_one() {
    let committed = include_str!("../../../../docs/openapi.json");
    assert!(committed == reeve_door_rest::openapi(), "run `reeve openapi > docs/openapi.json` and commit it");
}

#[test]
fn no_answer_of_the_document_can_hold_a_secret_but_where_one_is_made() {
    let document = document();
    let may = [
        "AdministratorWithPassword.password",
        "CreatedAccessKey.secret_access_key",
        "CreatedAccount.password",
        "CreatedPersonalAccessToken.secret",
        "CreatedUser.password",
        "MadeUpPassword.password",
        "ResetPassword.password",
        "Session.token",
        "TotpSecret.otpauth_url",
        "TotpSecret.secret",
    ];
    let codes = ["AddedPasskey", "FirstRecoveryCodes", "RecoveryCodes"].map(|name| format!("{name}.recovery_codes"));
    let challenges = ["PasskeyOptions", "SecondFactorChallenge", "TotpSecret"].map(|name| format!("{name}.challenge"));
    let asked: BTreeSet<String> = operations_of(document)
        .into_iter()
        .flat_map(|(_, _, operation)| operation["requestBody"]["content"].as_object().cloned().unwrap_or_default())
        .filter_map(|(_, content)| Some(content["schema"]["$ref"].as_str()?.rsplit('/').next()?.to_owned()))
        .chain(["NewAdministrator", "NewEwsProvider"].map(str::to_owned))
        .collect();
    let words =
        ["password", "token", "hash", "secret", "secret_access_key", "otpauth_url", "recovery_codes", "challenge"];
    let harmless = ["has_password", "client_token", "api_password"];
    let mut found = BTreeSet::new();
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        let parts = schema["allOf"].as_array().into_iter().flatten().chain([schema]);
        for (member, _) in parts.filter_map(|part| part["properties"].as_object()).flatten() {
            let is_secret = words.iter().any(|word| member.ends_with(word)) && !harmless.contains(&member.as_str());
            if is_secret && !asked.contains(name) {
                found.insert(format!("{name}.{member}"));
            }
        }
    }
    let may = may.map(str::to_owned).into_iter().chain(codes).chain(challenges);
    assert_eq!(found, may.collect());
}

#[test]
fn what_shows_a_secret_says_that_it_is_shown_once() {
    for (path, method, operation) in operations_of(document()) {
        for response in operation["responses"].as_object().unwrap().values() {
            let example = response["content"]["application/json"]["example"].to_string();
            let shows = ["\"token\":", "\"password\":", "\"secret\":", "\"secret_access_key\":", "\"recovery_codes\":"];
            let told =
                [&response["description"], &operation["description"]].map(|text| text.as_str().unwrap_or_default());
            if shows.iter().any(|member| example.contains(member)) && !path.contains("/organizations/") {
                assert!(told.concat().contains("once"), "{method} {path}: {}", told[0]);
            }
        }
    }
}
