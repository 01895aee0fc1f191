//! Vault transit: what binds a wrapped key, what each refusal means, and whom a token is not sent to.

use reeve_base::key_services::{KeyFailure, KeyServices as _};
use reeve_kms::KeyKeepers;

use crate::keepers::{PLAIN, context, keepers, unwrap, works};
use crate::strict_vault::{Mood, StrictVault};

#[tokio::test]
async fn a_key_of_vault_wraps_for_one_organization_and_purpose() {
    let vault = StrictVault::start().await;
    works(&keepers(), &vault.key()).await;
}

#[tokio::test]
async fn each_refusal_of_vault_has_its_meaning() {
    let (vault, keepers) = (StrictVault::start().await, keepers());
    let wrapped = keepers.wrap(&vault.key(), &context(1), &PLAIN).await.unwrap();
    for (mood, expected) in [
        (Mood::Sealed, KeyFailure::Unreachable),
        (Mood::Throttling, KeyFailure::Throttled),
        (Mood::Silent, KeyFailure::TimedOut),
        (Mood::Redirecting, KeyFailure::Unintelligible),
        (Mood::Endless, KeyFailure::Unintelligible),
        (Mood::TooOld, KeyFailure::Disabled),
        (Mood::NoData, KeyFailure::Unintelligible),
    ] {
        vault.is(mood);
        assert_eq!(unwrap(&keepers, &vault.key(), &context(1), &wrapped).await, Err(expected), "{mood:?}");
    }
    vault.is(Mood::Well);
    assert_eq!(unwrap(&keepers, &vault.key(), &context(1), &wrapped).await, Ok(PLAIN), "what comes back works at once");
    vault.delete_keys();
    assert_eq!(unwrap(&keepers, &vault.key(), &context(1), &wrapped).await, Err(KeyFailure::Gone));
}

#[tokio::test]
async fn another_token_mount_or_name_opens_nothing() {
    let (vault, keepers) = (StrictVault::start().await, keepers());
    let wrapped = keepers.wrap(&vault.key(), &context(1), &PLAIN).await.unwrap();
    for (place, token, expected) in [
        (("team/transit", "mail"), "hvs.other", KeyFailure::Denied),
        (("team/transit", "other"), "hvs.CAESIexample", KeyFailure::Gone),
        (("transit", "mail"), "hvs.CAESIexample", KeyFailure::Gone),
        (("team/transit", "mail"), "hvs.\n", KeyFailure::Malformed),
    ] {
        let key = vault.key_of(place, token);
        assert_eq!(unwrap(&keepers, &key, &context(1), &wrapped).await, Err(expected), "{place:?} {token:?}");
    }
}

#[tokio::test]
async fn a_token_is_not_sent_within_unless_the_operator_allows_it() {
    let vault = StrictVault::start().await;
    let strict = KeyKeepers::new(Vec::new(), Vec::new()).unwrap();
    assert_eq!(strict.wrap(&vault.key(), &context(1), &PLAIN).await, Err(KeyFailure::Forbidden));
}
