//! Every member of every input, given another type than its own, or a text that nobody should send.

use std::collections::BTreeSet;

use reeve_door_aws::AwsOptions;
use reeve_testkit::engines;
use serde_json::{Value, json};

use crate::examples::examples;
use crate::world::World;

/// Where nothing is, so that what is asked changes nothing.
const NOWHERE: &str = "m-00000000000000000000000000000000";

/// Values of every type but that of `value`.
fn other_types(value: &Value) -> Vec<Value> {
    let all = [json!("x"), json!(7), json!(1.5), json!(true), json!(["x"]), json!({"x": "y"})];
    let same = |other: &Value| match value {
        Value::Number(_) => other == &json!(7),
        value => std::mem::discriminant(value) == std::mem::discriminant(other),
    };
    all.into_iter().filter(|other| !same(other)).collect()
}

/// The JSON pointers of all that stands in a value.
fn pointers(value: &Value, at: &str) -> Vec<String> {
    let inner: Vec<(String, &Value)> = match value {
        Value::Object(members) => members.iter().map(|(name, value)| (name.clone(), value)).collect(),
        Value::Array(values) => values.iter().enumerate().map(|(n, value)| (n.to_string(), value)).collect(),
        _ => Vec::new(),
    };
    let mut found = Vec::new();
    for (name, value) in inner {
        let at = format!("{at}/{name}");
        found.extend(pointers(value, &at));
        found.push(at);
    }
    found
}

#[test]
fn there_is_an_example_of_every_operation() {
    let served: BTreeSet<_> = reeve_door_aws::operations().collect();
    let shown: BTreeSet<_> = examples("").into_iter().map(|(operation, _)| operation).collect();
    assert_eq!(served, shown);
}

#[tokio::test]
async fn another_type_cannot_be_read_wherever_it_stands() {
    let world = World::new().await;
    let mut tried = 0;
    for (operation, input) in examples(NOWHERE) {
        let kind = world.call(operation, &input).await.json()["__type"].clone();
        assert_ne!(kind, "SerializationException", "{operation} as it is");
        for pointer in pointers(&input, "") {
            for wrong in other_types(input.pointer(&pointer).unwrap()) {
                let mut input = input.clone();
                *input.pointer_mut(&pointer).unwrap() = wrong.clone();
                let reply = world.call(operation, &input).await;
                assert_eq!(reply.json()["__type"], "SerializationException", "{operation} {pointer} {wrong}");
                tried += 1;
            }
        }
    }
    assert!(tried > 1_000, "{tried}");
}

#[tokio::test]
async fn null_is_absent_wherever_it_stands() {
    let world = World::new().await;
    for (operation, input) in examples(NOWHERE) {
        for name in input.as_object().unwrap().keys() {
            let (mut null, mut absent) = (input.clone(), input.clone());
            null[name] = Value::Null;
            absent.as_object_mut().unwrap().remove(name);
            let (null, absent) = (world.call(operation, &null).await, world.call(operation, &absent).await);
            assert_eq!(null.json()["__type"], absent.json()["__type"], "{operation} {name}");
        }
    }
}

#[tokio::test]
async fn no_text_makes_the_door_fail() {
    for store in engines() {
        let world = World::on(store, AwsOptions::default()).await;
        try_texts(&world).await;
    }
}

async fn try_texts(world: &World) {
    let organization = world.organization("acme").await;
    let texts = [
        String::new(),
        " ".to_owned(),
        "\0".to_owned(),
        "a\0b".to_owned(),
        "' OR ''='".to_owned(),
        "%00%\\_".to_owned(),
        "\u{202e}evil".to_owned(),
        "\u{1f}\u{7f}\u{9f}".to_owned(),
        "\u{1f600}\u{10ffff}".to_owned(),
        "e\u{301}".repeat(80),
        "x".repeat(1_025),
        "m-".to_owned() + &"f".repeat(32),
    ];
    for (operation, input) in examples(&organization) {
        if operation == "DeleteOrganization" {
            continue;
        }
        for pointer in pointers(&input, "") {
            if pointer == "/OrganizationId" || !input.pointer(&pointer).unwrap().is_string() {
                continue;
            }
            for text in &texts {
                let mut input = input.clone();
                *input.pointer_mut(&pointer).unwrap() = json!(text);
                // Without these, what is behind the text is reached as well.
                for name in ["NextToken", "ClientToken", "KmsKeyArn"] {
                    if pointer != format!("/{name}") {
                        input.as_object_mut().unwrap().remove(name);
                    }
                }
                let reply = world.call(operation, &input).await;
                assert!(reply.status.as_u16() < 500, "{operation} {pointer} {text:?}: {}", reply.json());
            }
        }
    }
}
