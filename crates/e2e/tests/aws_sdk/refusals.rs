//! What the SDK makes of refusals: codes, messages, request ids, and whether to try again.

use aws_sdk_workmail::error::ProvideErrorMetadata;
use aws_sdk_workmail::operation::RequestId;

use crate::service::Service;

#[tokio::test]
async fn refusals_have_a_code_a_message_and_a_request_id() {
    let service = Service::start(&[]);
    let unknown = "m-00000000000000000000000000000000";
    let (id, secret) = (&service.key.0, &service.key.1);
    let strangers_secret = "0".repeat(40);
    for (client, code) in [
        (service.client(), "OrganizationNotFoundException"),
        (service.client_with(id, &strangers_secret), "InvalidSignatureException"),
        (service.client_with("AKAAAAAAAAAAAAAAAAAA", secret), "UnrecognizedClientException"),
    ] {
        let refused = client.describe_organization().organization_id(unknown).send().await.unwrap_err();
        assert!(refused.request_id().is_some_and(|id| !id.is_empty()), "{refused:?}");
        let refused = refused.into_service_error();
        assert_eq!(refused.code(), Some(code));
        assert!(refused.message().is_some_and(|message| !message.is_empty()), "{refused:?}");
    }
}

// Brakes are answered so that the SDK waits and tries again by itself.
#[tokio::test]
async fn the_sdk_waits_where_the_server_brakes() {
    let service = Service::start(&[("REEVE_HTTP_REQUESTS_PER_SECOND", "2")]);
    let client = service.client();
    for _ in 0..12 {
        client.list_organizations().send().await.unwrap();
    }
}
