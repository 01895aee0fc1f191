//! What every test here starts from: keepers that may ask this machine, contexts, and what must hold for each system.

use reeve_base::key_services::{CustomerKey, KeyContext, KeyFailure, KeyServices, WRAPPED_KEY_BYTES};
use reeve_base::names::Network;
use reeve_kms::KeyKeepers;

/// Keepers that may ask this machine, and load no library.
pub(crate) fn keepers() -> KeyKeepers {
    let here = Network::parse("allowed", "127.0.0.0/8").unwrap();
    KeyKeepers::new(vec![here], Vec::new()).unwrap()
}

/// The context of an organization by number.
pub(crate) fn context(number: u8) -> KeyContext {
    let organization = format!("arn:aws:workmail:us-east-1:111122223333:organization/m-{number:032}");
    KeyContext { organization, purpose: "organization key" }
}

pub(crate) const PLAIN: [u8; WRAPPED_KEY_BYTES] = [7; WRAPPED_KEY_BYTES];

/// What unwrapping gives, for comparing.
pub(crate) async fn unwrap(
    keepers: &KeyKeepers,
    key: &CustomerKey,
    context: &KeyContext,
    wrapped: &[u8],
) -> Result<[u8; WRAPPED_KEY_BYTES], KeyFailure> {
    keepers.unwrap(key, context, wrapped).await.map(|plain| *plain)
}

/// What holds for a key that works, wherever it is kept.
pub(crate) async fn works(keepers: &KeyKeepers, key: &CustomerKey) -> Vec<u8> {
    let wrapped = keepers.wrap(key, &context(1), &PLAIN).await.unwrap();
    let again = keepers.wrap(key, &context(1), &PLAIN).await.unwrap();
    assert_ne!(wrapped, again, "the same key is never wrapped to the same octets");
    for one in [&wrapped, &again] {
        assert!(!one.windows(8).any(|part| part == &PLAIN[..8]), "the key is in the open");
        assert_eq!(unwrap(keepers, key, &context(1), one).await, Ok(PLAIN));
    }
    assert_eq!(unwrap(keepers, key, &context(2), &wrapped).await, Err(KeyFailure::Damaged), "another organization");
    let other = KeyContext { purpose: "trial", ..context(1) };
    assert_eq!(unwrap(keepers, key, &other, &wrapped).await, Err(KeyFailure::Damaged), "another purpose");
    let mut damaged = wrapped.clone();
    let last = damaged.len() - 2;
    damaged[last] = if damaged[last] == b'A' { b'B' } else { b'A' };
    assert_eq!(unwrap(keepers, key, &context(1), &damaged).await, Err(KeyFailure::Damaged), "damage");
    for text in [&b""[..], b"x", &[1; 12], &[1; 61]] {
        assert_eq!(unwrap(keepers, key, &context(1), text).await, Err(KeyFailure::Damaged), "{text:?}");
    }
    wrapped
}
