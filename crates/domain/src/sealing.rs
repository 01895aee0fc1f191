//! Secrets that must be read again, such as those of access keys, are stored sealed under the deployment's root key.
//!
//! The root key is random and never changes; the database keeps it sealed under the master key, which comes from outside
//! and can be changed. A deployment from before there were root keys has its first master key as its root key.
//!
//! A sealed value is a format byte, a random nonce, the ciphertext and its tag (AES-256-GCM); it opens only with the
//! purpose and the id under which it was sealed, so that no row can take another's. The master key itself is never stored
//! in the database: only a value by which a wrong one is told.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::{hkdf, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use reeve_base::limits::PAGE_TOKEN_TTL;
use reeve_base::secret::ExposeSecret;
use reeve_base::{Random, Secret, random};
use reeve_store::Store;
use reeve_store::tables::deployment as rows;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::ctx::Ctx;
use crate::error::Error;

/// Octets of a master key.
pub const MASTER_KEY_BYTES: usize = 32;

/// What access keys are sealed for; the id is the key's.
pub(crate) const ACCESS_KEY: &str = "access key";

/// What passwords of availability configurations are sealed for; the id is the organization's and the domain.
pub(crate) const AVAILABILITY_PASSWORD: &str = "availability password";

/// What the secrets of one-time codes are sealed for; the id is the administrator's.
pub(crate) const ONE_TIME_CODES: &str = "one-time codes";

/// What the secrets of encryption keys are sealed for; the id is the key's.
pub(crate) const ENCRYPTION_KEY: &str = "encryption key";

/// What managed keys of organizations are sealed for; the id is the organization's and the generation.
pub(crate) const ORGANIZATION_KEY: &str = "organization key";

/// What the private halves of keys that sign mail are sealed for; the id is the organization's, the domain and the
/// selector.
pub(crate) const DKIM_KEY: &str = "dkim key";

/// What a secret by which a system that hosts zones is asked is sealed for.
pub(crate) const DNS_PROVIDER: &str = "dns provider";

/// What the tokens of pages are sealed for; the id is the account and the list.
const PAGE_TOKEN: &str = "page token";

/// What the root key is sealed for, under the master key; there is one.
const ROOT_KEY: &str = "root key";

/// The first octet of every sealed value: AES-256-GCM under a key derived for the purpose.
const FORMAT: u8 = 1;

/// Under this name the deployment keeps the value by which a wrong master key is told.
const CHECK_NAME: &str = "master-key";

/// Under this name the deployment keeps its root key.
const ROOT_NAME: &str = "root-key";

/// What the check value is made of.
const CHECK_TEXT: &[u8] = b"the master key of this deployment";

/// A key under which a deployment seals: the master key, or the root key that it opens. Wiped when the last clone is
/// dropped; never shown.
#[derive(Clone)]
pub struct MasterKey(Arc<Zeroizing<[u8; MASTER_KEY_BYTES]>>);

impl MasterKey {
    /// A key from its octets.
    pub fn from_bytes(bytes: [u8; MASTER_KEY_BYTES]) -> Self {
        Self(Arc::new(Zeroizing::new(bytes)))
    }

    /// A new random key.
    pub fn generate(random: &dyn Random) -> Self {
        Self::from_bytes(random::bytes(random))
    }

    /// Reads the text form: base64 of 32 octets (RFC 4648 §4), with nothing but white space around it.
    pub fn parse(text: &Secret) -> Option<Self> {
        let bytes = Zeroizing::new(STANDARD.decode(text.expose_secret().trim()).ok()?);
        let bytes = Zeroizing::new(<[u8; MASTER_KEY_BYTES]>::try_from(bytes.as_slice()).ok()?);
        Some(Self(Arc::new(bytes)))
    }

    /// The text form, for keeping it in a file.
    pub fn to_text(&self) -> Secret {
        Secret::from(STANDARD.encode(self.0.as_slice()))
    }

    /// Whether another is the same key.
    pub fn is_same(&self, other: &Self) -> bool {
        self.0.as_slice().ct_eq(other.0.as_slice()).into()
    }

    /// A key for one purpose (RFC 5869 §3.3: a uniformly random key needs no extraction, only expansion).
    fn derived(&self, purpose: &str) -> Result<Zeroizing<[u8; 32]>, Error> {
        let mut key = Zeroizing::new([0; 32]);
        let info = [b"reeve ".as_slice(), purpose.as_bytes()];
        hkdf::Prk::new_less_safe(hkdf::HKDF_SHA256, self.0.as_slice())
            .expand(&info, hkdf::HKDF_SHA256)
            .and_then(|made| made.fill(key.as_mut_slice()))
            .map_err(|_| Error::internal("32 octets can always be derived"))?;
        Ok(key)
    }

    fn sealing(&self, purpose: &str) -> Result<LessSafeKey, Error> {
        let key = self.derived(&format!("sealing: {purpose}"))?;
        let key = UnboundKey::new(&AES_256_GCM, key.as_slice())
            .map_err(|_| Error::internal("a key of 32 octets fits AES-256-GCM"))?;
        Ok(LessSafeKey::new(key))
    }

    fn check_value(&self) -> Result<Vec<u8>, Error> {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.derived("check")?.as_slice());
        Ok(hmac::sign(&key, CHECK_TEXT).as_ref().to_vec())
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey([redacted])")
    }
}

/// Seals a secret so that it opens only for this purpose and this id.
pub(crate) fn seal(
    key: &MasterKey,
    purpose: &str,
    id: &str,
    plain: &[u8],
    random: &dyn Random,
) -> Result<Vec<u8>, Error> {
    // 96 random bits: 2^32 values could be sealed for one purpose before two nonces might meet (NIST SP 800-38D §8.3).
    let nonce = random::bytes::<NONCE_LEN>(random);
    let mut text = Zeroizing::new(plain.to_vec());
    let tag = key
        .sealing(purpose)?
        .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), bound_to(purpose, id), text.as_mut_slice())
        .map_err(|_| Error::internal("what is sealed is far shorter than AES-GCM allows"))?;
    Ok([&[FORMAT], nonce.as_slice(), text.as_slice(), tag.as_ref()].concat())
}

/// Opens what was sealed for this purpose and this id.
///
/// Errors: `Internal` for everything else: it is damaged, was moved, or was sealed under another master key.
pub(crate) fn unseal(key: &MasterKey, purpose: &str, id: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
    let failed = || Error::internal(format!("a sealed secret ({purpose}) does not open under the master key"));
    let (format, rest) = sealed.split_first().ok_or_else(failed)?;
    let (nonce, text) = rest.split_first_chunk::<NONCE_LEN>().ok_or_else(failed)?;
    if *format != FORMAT {
        return Err(failed());
    }
    let mut text = Zeroizing::new(text.to_vec());
    let opened = key
        .sealing(purpose)?
        .open_in_place(Nonce::assume_unique_for_key(*nonce), bound_to(purpose, id), text.as_mut_slice())
        .map_err(|_| failed())?
        .len();
    text.truncate(opened);
    Ok(text)
}

fn bound_to(purpose: &str, id: &str) -> Aad<Vec<u8>> {
    // No purpose holds a NUL, so two different pairs never run together.
    Aad::from([purpose.as_bytes(), &[0], id.as_bytes()].concat())
}

/// A token by which the caller's account, and nobody else, goes on in a list for some time; `list` names it with its
/// filters, and `cursor` is where its next page begins.
pub fn seal_page_token(ctx: &Ctx, list: &str, cursor: &str) -> Result<String, Error> {
    // A cursor is written in letters already; writing letters in letters would make it a third longer.
    let cursor = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| Error::internal("a cursor is written in base64"))?;
    let ends_at = ctx.now().plus(PAGE_TOKEN_TTL).millis().to_be_bytes();
    let plain = [ends_at.as_slice(), &cursor].concat();
    let key = &ctx.deployment().settings().master_key;
    let sealed = seal(key, PAGE_TOKEN, &page_token_id(ctx, list)?, &plain, ctx.random())?;
    Ok(URL_SAFE_NO_PAD.encode(sealed))
}

/// Where the next page begins.
///
/// Errors: `Invalid` for a token of another list or account, one that was tampered with, and one that is too old.
pub fn open_page_token(ctx: &Ctx, list: &str, token: &str) -> Result<String, Error> {
    let wrong = || Error::invalid("next_token", "must come from a page of this same list, of the last 24 hours");
    let id = page_token_id(ctx, list)?;
    let sealed = URL_SAFE_NO_PAD.decode(token).map_err(|_| wrong())?;
    let plain = unseal(&ctx.deployment().settings().master_key, PAGE_TOKEN, &id, &sealed).map_err(|_| wrong())?;
    let (ends_at, cursor) = plain.split_first_chunk().ok_or_else(wrong)?;
    if i64::from_be_bytes(*ends_at) <= ctx.now().millis() {
        return Err(wrong());
    }
    Ok(URL_SAFE_NO_PAD.encode(cursor))
}

fn page_token_id(ctx: &Ctx, list: &str) -> Result<String, Error> {
    Ok(format!("{}|{list}", ctx.need_account()?))
}

/// Whether the database holds secrets of a master key already, so that a new one must not take its place.
pub async fn has_master_key(store: &Store) -> Result<bool, Error> {
    store.read(|tx| Ok(rows::get(tx, CHECK_NAME)?.is_some())).await
}

/// Whether this is the key of the database; `None` when the database has none yet.
pub async fn is_master_key(store: &Store, key: &MasterKey) -> Result<Option<bool>, Error> {
    let expected = key.check_value()?;
    let stored = store.read(|tx| rows::get(tx, CHECK_NAME).map_err(Error::from)).await?;
    Ok(stored.map(|stored| stored.ct_eq(&expected).into()))
}

/// Opens the root key, under which everything else is sealed; the first start makes one and settles the master key.
///
/// Errors: `Conflict` for another master key, with what to do.
pub async fn open_root_key(store: &Store, master: &MasterKey, random: &dyn Random) -> Result<MasterKey, Error> {
    let check = master.check_value()?;
    let new = seal_root(master, &MasterKey::generate(random), random)?;
    // What is sealed already was sealed under the master key itself.
    let from_before = seal_root(master, master, random)?;
    let sealed = store
        .write(move |tx| {
            let known = rows::get(tx, CHECK_NAME)?;
            let root = if known.is_none() { &new } else { &from_before };
            rows::insert(tx, CHECK_NAME, &check)?;
            if !is_same(rows::get(tx, CHECK_NAME)?, &check) {
                return Err(another_master_key());
            }
            rows::insert(tx, ROOT_NAME, root)?;
            rows::get(tx, ROOT_NAME)?.ok_or_else(|| Error::internal("the root key was stored a moment ago"))
        })
        .await?;
    unseal_root(master, &sealed)
}

/// Changes the master key: seals the root key under another one. Nothing else is sealed anew, since nothing else is under
/// it. The database has the former key until this returns, and the other one from then on.
///
/// Errors: `Conflict` when `from` is not, or no longer, the master key.
pub async fn change_master_key(
    store: &Store,
    from: &MasterKey,
    to: &MasterKey,
    random: &dyn Random,
) -> Result<(), Error> {
    let root = open_root_key(store, from, random).await?;
    let sealed = seal_root(to, &root, random)?;
    let (former, check) = (from.check_value()?, to.check_value()?);
    store
        .write(move |tx| {
            if !is_same(rows::get(tx, CHECK_NAME)?, &former) {
                return Err(another_master_key());
            }
            rows::set(tx, CHECK_NAME, &check)?;
            rows::set(tx, ROOT_NAME, &sealed).map_err(Error::from)
        })
        .await
}

fn seal_root(master: &MasterKey, root: &MasterKey, random: &dyn Random) -> Result<Vec<u8>, Error> {
    seal(master, ROOT_KEY, "", root.0.as_slice(), random)
}

fn unseal_root(master: &MasterKey, sealed: &[u8]) -> Result<MasterKey, Error> {
    let bytes = unseal(master, ROOT_KEY, "", sealed)?;
    let bytes = <[u8; MASTER_KEY_BYTES]>::try_from(bytes.as_slice());
    bytes.map(MasterKey::from_bytes).map_err(|_| Error::internal("the root key of the database has another length"))
}

fn is_same(stored: Option<Vec<u8>>, expected: &[u8]) -> bool {
    stored.is_some_and(|stored| stored.ct_eq(expected).into())
}

fn another_master_key() -> Error {
    Error::Conflict {
        why: "the master key is not the one under which this database keeps its secrets; put back the key file that \
              belongs to this database, from where you keep its copy"
            .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use reeve_base::random::OsRandom;

    use super::*;

    fn key(octet: u8) -> MasterKey {
        MasterKey::from_bytes([octet; MASTER_KEY_BYTES])
    }

    #[test]
    fn what_is_sealed_opens_with_its_key_purpose_and_id_alone() {
        for plain in [&b""[..], b"x", &[7; 10_000]] {
            let sealed = seal(&key(1), ACCESS_KEY, "AKA", plain, &OsRandom).unwrap();
            assert_eq!(unseal(&key(1), ACCESS_KEY, "AKA", &sealed).unwrap().as_slice(), plain);
            for (other, purpose, id) in
                [(2, ACCESS_KEY, "AKA"), (1, ONE_TIME_CODES, "AKA"), (1, ACCESS_KEY, "AKB"), (1, ACCESS_KEY, "")]
            {
                assert!(unseal(&key(other), purpose, id, &sealed).is_err(), "{other} {purpose} {id}");
            }
        }
    }

    #[test]
    fn a_purpose_and_an_id_never_run_together() {
        let sealed = seal(&key(1), "ab", "c", b"secret", &OsRandom).unwrap();
        assert!(unseal(&key(1), "a", "bc", &sealed).is_err());
    }

    #[test]
    fn a_damaged_value_does_not_open_wherever_the_damage_is() {
        let sealed = seal(&key(1), ACCESS_KEY, "AKA", b"secret", &OsRandom).unwrap();
        for place in 0..sealed.len() {
            let mut damaged = sealed.clone();
            damaged[place] ^= 1;
            assert!(unseal(&key(1), ACCESS_KEY, "AKA", &damaged).is_err(), "octet {place}");
            assert!(unseal(&key(1), ACCESS_KEY, "AKA", &sealed[..place]).is_err(), "{place} octets");
        }
    }

    #[test]
    fn the_same_secret_is_never_sealed_to_the_same_value() {
        let sealed = |_| seal(&key(1), ACCESS_KEY, "AKA", b"secret", &OsRandom).unwrap();
        assert_eq!((0..100).map(sealed).collect::<HashSet<_>>().len(), 100);
    }

    #[test]
    fn a_sealed_value_holds_nothing_of_the_secret() {
        let sealed = seal(&key(1), ACCESS_KEY, "AKA", b"secret", &OsRandom).unwrap();
        assert!(!sealed.windows(3).any(|part| b"secret".windows(3).any(|piece| piece == part)));
        assert_eq!(sealed.len(), 1 + 12 + b"secret".len() + 16);
    }

    #[test]
    fn a_master_key_is_never_shown() {
        let shown = format!("{:?}", key(0xab));
        assert_eq!(shown, "MasterKey([redacted])");
    }

    #[test]
    fn the_text_form_is_read_again_and_every_key_is_another() {
        let made = MasterKey::generate(&OsRandom).to_text();
        let read = MasterKey::parse(&Secret::from(format!(" {}\n", made.expose_secret()))).unwrap();
        assert_eq!(read.to_text().expose_secret(), made.expose_secret());
        assert_ne!(MasterKey::generate(&OsRandom).to_text().expose_secret(), made.expose_secret());
        for text in ["", "AAAA", "!", &made.expose_secret()[1..], &format!("{0}{0}", made.expose_secret())] {
            assert!(MasterKey::parse(&Secret::from(text)).is_none(), "{text}");
        }
    }

    #[tokio::test]
    async fn a_deployment_from_before_root_keys_keeps_its_master_key_as_root() {
        for store in reeve_testkit::engines() {
            let check = key(1).check_value().unwrap();
            let as_it_was = move |tx: &mut reeve_store::Tx<'_>| rows::insert(tx, CHECK_NAME, &check);
            store.write::<_, reeve_store::StoreError, _>(as_it_was).await.unwrap();
            let sealed = seal(&key(1), ACCESS_KEY, "AKA", b"secret", &OsRandom).unwrap();
            for master in [1, 2] {
                let root = open_root_key(&store, &key(master), &OsRandom).await.unwrap();
                assert_eq!(unseal(&root, ACCESS_KEY, "AKA", &sealed).unwrap().as_slice(), b"secret");
                change_master_key(&store, &key(master), &key(master + 1), &OsRandom).await.unwrap();
            }
        }
    }
}
