//! Bodies that cannot be read, and values that break their shapes.

use serde_json::{Value, json};

use crate::world::{Reply, Sending, World};

async fn send(world: &World, body: impl Into<axum::body::Bytes>) -> Reply {
    world.send_signed(&world.admin, Sending::new("DescribeOrganization", body)).await
}

#[tokio::test]
async fn what_is_no_json_object_cannot_be_read() {
    let world = World::new().await;
    for body in [
        "null",
        "[]",
        "\"x\"",
        "1",
        "{",
        "}",
        "{\"OrganizationId\"}",
        "{'OrganizationId':1}",
        "{\"OrganizationId\":\"\\ud800\"}",
        "{} {}",
        "\u{feff}{}",
        "OrganizationId=1",
    ] {
        send(&world, body).await.fault("SerializationException");
    }
    send(&world, &b"{\"OrganizationId\":\"\xff\"}"[..]).await.fault("SerializationException");
    send(&world, &b"\0"[..]).await.fault("SerializationException");
}

#[tokio::test]
async fn a_member_is_given_once() {
    let world = World::new().await;
    let body = r#"{"OrganizationId":"m-00000000000000000000000000000000","OrganizationId":"m-11111111111111111111111111111111"}"#;
    let said = send(&world, body).await.fault("SerializationException");
    assert!(said.contains("given twice"), "{said}");
    send(&world, r#"{"Unknown":[{"a":1,"a":1}]}"#).await.fault("SerializationException");
}

#[tokio::test]
async fn deep_json_is_refused_and_harms_nobody() {
    let world = World::new().await;
    for body in [
        format!("{{\"a\":{}", "[".repeat(100_000)),
        format!("{}1{}", "{\"a\":".repeat(20), "}".repeat(20)),
        "[".repeat(200_000),
    ] {
        send(&world, body).await.fault("SerializationException");
    }
    world.call("ListOrganizations", &json!({})).await.ok();
}

#[tokio::test]
async fn unknown_members_are_not_looked_at_and_null_is_absent() {
    let world = World::new().await;
    let input = json!({"MaxResults": null, "NextToken": null, "Unknown": {"deep": [1, "x", null]}, "maxresults": "x"});
    world.call("ListOrganizations", &input).await.ok();
}

#[tokio::test]
async fn every_bound_pattern_and_enumeration_is_checked_here() {
    let world = World::new().await;
    let organization = world.organization("acme").await;
    let check = async |operation: &str, mut input: Value, (member, value): (&str, Value), says: &str| {
        input[member] = value;
        let said = world.call(operation, &input).await.fault("InvalidParameterException");
        assert!(said.starts_with("1 validation error detected: Value "), "{said}");
        assert!(said.contains(says), "{operation} {member}: {said}");
    };
    let id = || json!({ "OrganizationId": organization });
    let less = "Member must have length less than or equal to";
    let more = "Member must have length greater than or equal to";
    let pattern = "Member must satisfy regular expression pattern";
    for (value, says) in [
        (json!(format!("{organization}0")), less),
        (json!("m-1"), more),
        (json!(organization.to_uppercase()), pattern),
        (Value::Null, "Value null at 'organizationId' failed to satisfy constraint: Member must not be null"),
    ] {
        check("DescribeOrganization", json!({}), ("OrganizationId", value), says).await;
    }
    for (value, says) in [(json!(0), "greater than or equal to 1"), (json!(101), "less than or equal to 100")] {
        check("ListOrganizations", json!({}), ("MaxResults", value), says).await;
    }
    check("ListOrganizations", json!({}), ("NextToken", json!("")), more).await;
    check("DescribeUser", id(), ("UserId", json!("a b")), pattern).await;
    check("DescribeUser", id(), ("UserId", json!("x".repeat(257))), less).await;
    check("ListUsers", id(), ("Filters", json!({"State": "enabled"})), "at 'filters.state'").await;
    let user = || json!({"OrganizationId": organization, "Name": "ada", "DisplayName": "Ada"});
    check("CreateUser", user(), ("Role", json!("ADMIN")), "[USER, RESOURCE, SYSTEM_USER, REMOTE_USER]").await;
    check("CreateUser", user(), ("Name", json!("x".repeat(65))), less).await;
    check("CreateUser", user(), ("DisplayName", json!("x".repeat(257))), "Value at 'displayName' failed").await;
    check("CreateUser", user(), ("Password", json!("\u{3b1}hunter2")), "Value at 'password' failed").await;
    check("CreateOrganization", json!({"Alias": "b"}), ("ClientToken", json!("ä")), pattern).await;
    let domains = json!([{"DomainName": "a.example"}, {"DomainName": "x_y"}]);
    check("CreateOrganization", json!({"Alias": "b"}), ("Domains", domains), "at 'domains.2.member.domainName'").await;
    let domains = json!(vec![json!({"DomainName": "a.example"}); 6]);
    check("CreateOrganization", json!({"Alias": "b"}), ("Domains", domains), "Value at 'domains'").await;
}

#[tokio::test]
async fn a_value_is_repeated_in_part_and_without_control_characters() {
    let world = World::new().await;
    let long = format!("a\r\nb{}", "c".repeat(100_000));
    let said = world.call("DescribeOrganization", &json!({ "OrganizationId": long })).await;
    let said = said.fault("InvalidParameterException");
    assert!(said.len() < 300 && !said.contains(['\r', '\n']), "{said}");
}
