//! AWS KMS: what binds a wrapped key, what each refusal means, and whom it is not sent to.

use reeve_base::key_services::{CustomerKey, KeyFailure, KeyServices as _};
use reeve_kms::KeyKeepers;

use crate::keepers::{PLAIN, context, keepers, unwrap, works};
use crate::strict_kms::{ACCESS_KEY, ARN, Mood, StrictKms};

#[tokio::test]
async fn a_key_of_aws_kms_wraps_for_one_organization_and_purpose() {
    let kms = StrictKms::start().await;
    works(&keepers(), &kms.key()).await;
}

#[tokio::test]
async fn each_refusal_of_aws_kms_has_its_meaning() {
    let (kms, keepers) = (StrictKms::start().await, keepers());
    let wrapped = keepers.wrap(&kms.key(), &context(1), &PLAIN).await.unwrap();
    for (mood, expected) in [
        (Mood::Disabled, KeyFailure::Disabled),
        (Mood::PendingDeletion, KeyFailure::Gone),
        (Mood::Gone, KeyFailure::Gone),
        (Mood::Denying, KeyFailure::Denied),
        (Mood::Throttling, KeyFailure::Throttled),
        (Mood::Broken, KeyFailure::Unreachable),
        (Mood::Babbling, KeyFailure::Unintelligible),
        (Mood::ForSigning, KeyFailure::Unsuitable),
    ] {
        kms.is(mood);
        kms.asked();
        assert_eq!(unwrap(&keepers, &kms.key(), &context(1), &wrapped).await, Err(expected), "{mood:?}");
        assert_eq!(kms.asked(), 1, "{mood:?}: whoever asks waits, so nothing is tried again here");
        assert_eq!(keepers.wrap(&kms.key(), &context(1), &PLAIN).await, Err(expected), "{mood:?}");
    }
    kms.is(Mood::Well);
    assert_eq!(unwrap(&keepers, &kms.key(), &context(1), &wrapped).await, Ok(PLAIN), "what comes back works at once");
}

#[tokio::test]
async fn another_access_key_or_another_key_opens_nothing() {
    let (kms, keepers) = (StrictKms::start().await, keepers());
    let wrapped = keepers.wrap(&kms.key(), &context(1), &PLAIN).await.unwrap();
    let stranger = kms.key_of(ARN, "AKIASTRANGEREXAMPLE1");
    assert_eq!(unwrap(&keepers, &stranger, &context(1), &wrapped).await, Err(KeyFailure::Denied));
    let other = kms.key_of(&ARN.replace("1234abcd", "deadbeef"), ACCESS_KEY);
    assert_eq!(unwrap(&keepers, &other, &context(1), &wrapped).await, Err(KeyFailure::Gone));
}

#[tokio::test]
async fn a_service_that_does_not_answer_is_given_up() {
    let (kms, keepers) = (StrictKms::start().await, keepers());
    kms.is(Mood::Silent);
    assert_eq!(keepers.wrap(&kms.key(), &context(1), &PLAIN).await, Err(KeyFailure::TimedOut));
}

#[tokio::test]
async fn places_within_are_asked_where_the_operator_allows_it_only() {
    let kms = StrictKms::start().await;
    let strict = KeyKeepers::new(Vec::new(), Vec::new()).unwrap();
    assert_eq!(strict.wrap(&kms.key(), &context(1), &PLAIN).await, Err(KeyFailure::Forbidden));
    let CustomerKey::AwsKms { arn, access_key_id, secret_access_key, .. } = kms.key() else { unreachable!() };
    let endpoint = format!("http://localhost:{}", kms.address.port());
    let by_name = CustomerKey::AwsKms { arn, endpoint, access_key_id, secret_access_key };
    assert_eq!(strict.wrap(&by_name, &context(1), &PLAIN).await, Err(KeyFailure::Forbidden));
    assert_eq!(kms.asked(), 0, "nothing was sent");
    assert!(keepers().wrap(&by_name, &context(1), &PLAIN).await.is_ok(), "the name works where it may be asked");
}

#[tokio::test]
async fn a_service_that_is_not_there_is_unreachable() {
    let kms = StrictKms::start().await;
    let CustomerKey::AwsKms { arn, access_key_id, secret_access_key, .. } = kms.key() else { unreachable!() };
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", closed.local_addr().unwrap());
    drop(closed);
    let key = CustomerKey::AwsKms { arn, endpoint, access_key_id, secret_access_key };
    assert_eq!(keepers().wrap(&key, &context(1), &PLAIN).await, Err(KeyFailure::Unreachable));
}
