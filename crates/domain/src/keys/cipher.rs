//! What is done with keys of 32 octets, and nothing else: wrapping the key of a mailbox, sealing its contents.
//!
//! Everything is AES-256-GCM (NIST SP 800-38D) with nonces of 96 random bits and tags of 128; `docs/encryption.md` says
//! what each text is bound to. Knows no rows, and asks nobody.

use std::sync::Arc;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hkdf;
use reeve_base::key_services::WRAPPED_KEY_BYTES;
use reeve_base::{Random, random};
use zeroize::Zeroizing;

use crate::error::Error;

/// The first octet of a wrapped key, and of a sealed content.
const FORMAT: u8 = 1;

/// Octets of the salt from which, with the key of the mailbox, the key of one content follows.
const SALT_BYTES: usize = 32;

/// Octets that sealing adds to a content: the format, the salt, the nonce and the tag.
pub const SEALED_BYTES_MORE: usize = 1 + SALT_BYTES + NONCE_LEN + 16;

/// A key in the open; wiped when its last clone is dropped, and never shown.
#[derive(Clone)]
pub(super) struct PlainKey(Arc<Zeroizing<[u8; WRAPPED_KEY_BYTES]>>);

impl PlainKey {
    pub(super) fn new(bytes: Zeroizing<[u8; WRAPPED_KEY_BYTES]>) -> Self {
        Self(Arc::new(bytes))
    }

    pub(super) fn generate(random: &dyn Random) -> Self {
        let mut bytes = Zeroizing::new([0; WRAPPED_KEY_BYTES]);
        random.fill(bytes.as_mut_slice());
        Self::new(bytes)
    }

    pub(super) fn bytes(&self) -> &[u8; WRAPPED_KEY_BYTES] {
        &self.0
    }
}

/// What a wrapped mailbox key is bound to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Binding<'a> {
    pub(super) organization_id: &'a str,
    pub(super) mailbox_id: &'a str,
    pub(super) generation: i64,
}

impl Binding<'_> {
    /// No id holds a NUL, so two different bindings never run together.
    fn text(self) -> Vec<u8> {
        let generation = self.generation.to_string();
        joined(&["mailbox key", self.organization_id, self.mailbox_id, &generation])
    }
}

/// What a sealed content is bound to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) mailbox_id: &'a str,
    pub(super) content_id: &'a str,
}

impl Place<'_> {
    fn text(self) -> Vec<u8> {
        joined(&["content", self.mailbox_id, self.content_id])
    }
}

/// Wraps the key of a mailbox under that of its organization: format, nonce, 32 octets, tag.
pub(super) fn wrap(
    under: &PlainKey,
    binding: Binding<'_>,
    key: &PlainKey,
    random: &dyn Random,
) -> Result<Vec<u8>, Error> {
    let mut text = Zeroizing::new(key.bytes().to_vec());
    let (nonce, tag) = seal(under.bytes(), binding.text(), &mut text, random)?;
    Ok([&[FORMAT], nonce.as_slice(), text.as_slice(), tag.as_ref()].concat())
}

/// Unwraps what was wrapped so; nothing when it is damaged, was moved, or the key is another.
pub(super) fn unwrap(under: &PlainKey, binding: Binding<'_>, wrapped: &[u8]) -> Option<PlainKey> {
    let opened = open(under.bytes(), binding.text(), wrapped.strip_prefix(&[FORMAT])?)?;
    let mut bytes = Zeroizing::new([0; WRAPPED_KEY_BYTES]);
    (opened.len() == WRAPPED_KEY_BYTES).then(|| bytes.copy_from_slice(&opened))?;
    Some(PlainKey::new(bytes))
}

/// Seals a content: format, salt, nonce, text, tag.
pub(super) fn seal_content(
    key: &PlainKey,
    place: Place<'_>,
    plain: &[u8],
    random: &dyn Random,
) -> Result<Vec<u8>, Error> {
    let salt = random::bytes::<SALT_BYTES>(random);
    let content_key = derived(key, &salt, place)?;
    let mut text = Zeroizing::new(plain.to_vec());
    let (nonce, tag) = seal(&content_key, place.text(), &mut text, random)?;
    Ok([&[FORMAT], salt.as_slice(), nonce.as_slice(), text.as_slice(), tag.as_ref()].concat())
}

/// Opens what was sealed so; nothing when it is damaged, was moved, or the key is another.
pub(super) fn open_content(key: &PlainKey, place: Place<'_>, sealed: &[u8]) -> Result<Option<Vec<u8>>, Error> {
    let Some((salt, rest)) = sealed.strip_prefix(&[FORMAT]).and_then(|rest| rest.split_first_chunk::<SALT_BYTES>())
    else {
        return Ok(None);
    };
    let content_key = derived(key, salt, place)?;
    Ok(open(&content_key, place.text(), rest).map(|mut plain| std::mem::take(&mut *plain)))
}

/// The key of one content (RFC 5869 §3.1): a new one each time, so that no number of contents wears out that of the
/// mailbox.
fn derived(key: &PlainKey, salt: &[u8], place: Place<'_>) -> Result<Zeroizing<[u8; 32]>, Error> {
    let mut derived = Zeroizing::new([0; 32]);
    let place = place.text();
    let info = [b"reeve ".as_slice(), place.as_slice()];
    hkdf::Salt::new(hkdf::HKDF_SHA256, salt)
        .extract(key.bytes())
        .expand(&info, hkdf::HKDF_SHA256)
        .and_then(|made| made.fill(derived.as_mut_slice()))
        .map_err(|_| Error::internal("32 octets can always be derived"))?;
    Ok(derived)
}

type Tag = aws_lc_rs::aead::Tag;

fn seal(
    key: &[u8; 32],
    bound_to: Vec<u8>,
    text: &mut [u8],
    random: &dyn Random,
) -> Result<([u8; NONCE_LEN], Tag), Error> {
    // 96 random bits: 2^32 texts could be sealed under one key before two nonces might meet (NIST SP 800-38D §8.3).
    let nonce = random::bytes::<NONCE_LEN>(random);
    let tag = cipher(key)
        .ok_or_else(|| Error::internal("a key of 32 octets fits AES-256-GCM"))?
        .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(bound_to), text)
        .map_err(|_| Error::internal("what is sealed is shorter than AES-GCM allows"))?;
    Ok((nonce, tag))
}

fn open(key: &[u8; 32], bound_to: Vec<u8>, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, text) = sealed.split_first_chunk::<NONCE_LEN>()?;
    let mut text = Zeroizing::new(text.to_vec());
    let opened = cipher(key)?
        .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(bound_to), text.as_mut_slice())
        .ok()?
        .len();
    text.truncate(opened);
    Some(text)
}

fn cipher(key: &[u8; 32]) -> Option<LessSafeKey> {
    UnboundKey::new(&AES_256_GCM, key).ok().map(LessSafeKey::new)
}

fn joined(parts: &[&str]) -> Vec<u8> {
    [&[FORMAT], parts.join("\0").as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use reeve_base::random::OsRandom;

    use super::*;

    fn key(octet: u8) -> PlainKey {
        PlainKey::new(Zeroizing::new([octet; WRAPPED_KEY_BYTES]))
    }

    const BINDING: Binding<'_> = Binding { organization_id: "m-1", mailbox_id: "u-1", generation: 1 };
    const PLACE: Place<'_> = Place { mailbox_id: "u-1", content_id: "c-1" };

    #[test]
    fn a_wrapped_key_is_unwrapped_by_its_key_and_binding_alone() {
        let wrapped = wrap(&key(1), BINDING, &key(9), &OsRandom).unwrap();
        assert_eq!(unwrap(&key(1), BINDING, &wrapped).unwrap().bytes(), &[9; 32]);
        assert!(unwrap(&key(2), BINDING, &wrapped).is_none(), "another key");
        for other in [
            Binding { organization_id: "m-2", ..BINDING },
            Binding { mailbox_id: "u-2", ..BINDING },
            Binding { generation: 2, ..BINDING },
            Binding { organization_id: "m-1\0u-1", mailbox_id: "", ..BINDING },
        ] {
            assert!(unwrap(&key(1), other, &wrapped).is_none(), "{other:?}");
        }
    }

    #[test]
    fn a_content_opens_with_its_key_and_place_alone() {
        for plain in [&b""[..], b"x", &[7; 100_000]] {
            let sealed = seal_content(&key(1), PLACE, plain, &OsRandom).unwrap();
            assert_eq!(sealed.len(), plain.len() + SEALED_BYTES_MORE);
            assert_eq!(open_content(&key(1), PLACE, &sealed).unwrap().unwrap(), plain);
            assert!(open_content(&key(2), PLACE, &sealed).unwrap().is_none(), "another key");
            for other in [Place { mailbox_id: "u-2", ..PLACE }, Place { content_id: "c-2", ..PLACE }] {
                assert!(open_content(&key(1), other, &sealed).unwrap().is_none(), "{other:?}");
            }
        }
    }

    #[test]
    fn damage_is_found_wherever_it_is() {
        let sealed = seal_content(&key(1), PLACE, b"secret", &OsRandom).unwrap();
        let wrapped = wrap(&key(1), BINDING, &key(9), &OsRandom).unwrap();
        for place in 0..sealed.len() {
            let mut damaged = sealed.clone();
            damaged[place] ^= 1;
            assert!(open_content(&key(1), PLACE, &damaged).unwrap().is_none(), "octet {place}");
            assert!(open_content(&key(1), PLACE, &sealed[..place]).unwrap().is_none(), "{place} octets");
        }
        for place in 0..wrapped.len() {
            let mut damaged = wrapped.clone();
            damaged[place] ^= 1;
            assert!(unwrap(&key(1), BINDING, &damaged).is_none(), "octet {place}");
            assert!(unwrap(&key(1), BINDING, &wrapped[..place]).is_none(), "{place} octets");
        }
    }

    #[test]
    fn the_same_content_is_never_sealed_to_the_same_octets() {
        let sealed = |_| seal_content(&key(1), PLACE, b"secret", &OsRandom).unwrap();
        assert_eq!((0..100).map(sealed).collect::<HashSet<_>>().len(), 100);
        let wrapped = |_| wrap(&key(1), BINDING, &key(9), &OsRandom).unwrap();
        assert_eq!((0..100).map(wrapped).collect::<HashSet<_>>().len(), 100);
    }

    #[test]
    fn a_sealed_content_is_no_wrapped_key() {
        let sealed = seal_content(&key(1), PLACE, &[9; 32], &OsRandom).unwrap();
        assert!(unwrap(&key(1), BINDING, &sealed).is_none());
        let wrapped = wrap(&key(1), BINDING, &key(9), &OsRandom).unwrap();
        assert!(open_content(&key(1), PLACE, &wrapped).unwrap().is_none());
    }
}
