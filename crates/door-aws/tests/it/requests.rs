//! Heads of requests: the target, the media type, the coding, the spelling of headers.

use axum::http::{Method, StatusCode};
use serde_json::json;
use tower::ServiceExt;

use crate::world::{Sending, World};

#[tokio::test]
async fn a_target_names_an_operation_that_is_served() {
    let world = World::new().await;
    for target in [
        "",
        "WorkMailService",
        "WorkMailService.",
        "WorkMailService.listorganizations",
        "WorkMailService.Nothing",
        "WorkMailService.ListOrganizations ListOrganizations",
        "WorkMailService_20171001.ListOrganizations",
        "DynamoDB_20120810.ListTables",
        "ListOrganizations",
        // They come with mail.
        "WorkMailService.StartMailboxExportJob",
        "WorkMailService.AssumeImpersonationRole",
    ] {
        let sending = Sending::new("", "{}").with("x-amz-target", target);
        let reply = world.send_signed(&world.admin, sending).await;
        reply.fault("UnknownOperationException");
        assert_eq!(reply.status, StatusCode::BAD_REQUEST);
    }
    let sending = Sending::new("", "{}").without("x-amz-target");
    world.send_signed(&world.admin, sending).await.fault("UnknownOperationException");
}

#[tokio::test]
async fn names_of_headers_have_no_case() {
    let world = World::new().await;
    let mut sending = Sending::new("ListOrganizations", "{}");
    for name in ["Host", "CONTENT-TYPE", "X-AMZ-Target"] {
        let value = sending.headers.remove(name).unwrap();
        sending.set(name, value.to_str().unwrap());
    }
    world.send_signed(&world.admin, sending).await.ok();
}

#[tokio::test]
async fn the_body_is_json_of_version_1_1_and_not_compressed() {
    let world = World::new().await;
    let send = async |name: &str, value: &str| {
        world.send_signed(&world.admin, Sending::new("ListOrganizations", "{}").with(name, value)).await
    };
    for kind in ["application/x-amz-json-1.1; charset=utf-8", "Application/JSON", "application/json; charset=utf-8"] {
        send("content-type", kind).await.ok();
    }
    for kind in
        ["application/x-amz-json-1.0", "text/plain", "application/x-www-form-urlencoded", "", "application/cbor"]
    {
        let reply = send("content-type", kind).await;
        reply.fault("UnsupportedMediaTypeException");
        assert_eq!(reply.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    let sending = Sending::new("ListOrganizations", "{}").without("content-type");
    world.send_signed(&world.admin, sending).await.fault("UnsupportedMediaTypeException");
    send("content-encoding", "identity").await.ok();
    for coding in ["gzip", "deflate", "br", "aws-chunked", "gzip, identity"] {
        send("content-encoding", coding).await.fault("UnsupportedMediaTypeException");
    }
}

#[tokio::test]
async fn a_compressed_bomb_is_not_unpacked() {
    // Octets that say of themselves that they are a gzip of a thousand times their length.
    let world = World::new().await;
    let bomb = [&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3][..], &[0; 10_000]].concat();
    let sending = Sending::new("ListOrganizations", bomb.clone()).with("content-encoding", "gzip");
    world.send_signed(&world.admin, sending).await.fault("UnsupportedMediaTypeException");
    world.send_signed(&world.admin, Sending::new("ListOrganizations", bomb)).await.fault("SerializationException");
}

#[tokio::test]
async fn no_body_is_an_input_without_members() {
    let world = World::new().await;
    let reply = world.send_signed(&world.admin, Sending::new("ListOrganizations", "")).await;
    assert_eq!(reply.ok(), json!({"OrganizationSummaries": []}));
    let said = world.send_signed(&world.admin, Sending::new("DescribeOrganization", "")).await;
    assert!(said.fault("InvalidParameterException").contains("Value null at 'organizationId'"));
}

#[tokio::test]
async fn the_door_has_one_path_and_one_method() {
    let world = World::new().await;
    for (method, path) in [(Method::GET, "/"), (Method::PUT, "/"), (Method::POST, "/x"), (Method::POST, "//")] {
        let request = axum::http::Request::builder().method(method).uri(path).body(axum::body::Body::empty()).unwrap();
        let status = world.door.clone().oneshot(request).await.unwrap().status();
        assert!([StatusCode::METHOD_NOT_ALLOWED, StatusCode::NOT_FOUND].contains(&status), "{path}: {status}");
    }
}
