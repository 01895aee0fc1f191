//! AWS KMS as moto plays it: a second opinion on what is sent and read, by an emulator that is not ours. It lets through
//! what a disabled key must not do, so only what works is asked of it.
//!
//! `scripts/install-test-tools.sh` installs it; where it is not there, that is said.

use reeve_base::Secret;
use reeve_base::key_services::{CustomerKey, KeyFailure, KeyServices as _};
use reeve_testkit::Moto;

use crate::keepers::{PLAIN, context, keepers, unwrap};

#[tokio::test]
async fn moto_wraps_and_unwraps_what_we_send() {
    let Some(moto) = Moto::start() else { return };
    let endpoint = moto.url().to_owned();
    let asked = reqwest::Client::new()
        .post(&endpoint)
        .header("X-Amz-Target", "TrentService.CreateKey")
        .header("Content-Type", "application/x-amz-json-1.1")
        .header("Authorization", "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/kms/aws4_request")
        .body("{}");
    let made: serde_json::Value = serde_json::from_str(&asked.send().await.unwrap().text().await.unwrap()).unwrap();
    let key = CustomerKey::AwsKms {
        arn: made["KeyMetadata"]["Arn"].as_str().unwrap().to_owned(),
        endpoint,
        access_key_id: "AKIAIOSFODNN7EXAMPLE".to_owned(),
        secret_access_key: Secret::from("secret"),
    };
    let keepers = keepers();
    let wrapped = keepers.wrap(&key, &context(1), &PLAIN).await.unwrap();
    assert_eq!(unwrap(&keepers, &key, &context(1), &wrapped).await, Ok(PLAIN));
    assert_eq!(unwrap(&keepers, &key, &context(2), &wrapped).await, Err(KeyFailure::Damaged));
}
