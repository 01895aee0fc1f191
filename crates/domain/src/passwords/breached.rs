//! Passwords that are known from breaches, whom a guesser tries before all others.
//!
//! `breached.filter` is a binary fuse filter: it knows each of its passwords, holds none of them, and takes one other
//! text in 65,536 for one of them. `scripts/breached-passwords.sh` makes it; docs/adr/0017-breached-passwords.md says
//! of which list. Nobody is asked over the network.

use std::sync::LazyLock;

use aws_lc_rs::digest::{SHA256, digest};
use reeve_base::secret::{ExposeSecret, Secret};
use reeve_base::text::fold;
use xorf::{BinaryFuse16, Descriptor, DmaSerializable, Filter};

use super::policy::LENGTH_FLOOR;
use crate::audit::Change;

/// The filter as [`build`] wrote it.
const WRITTEN: &[u8] = include_bytes!("breached.filter");

/// Read once: what is looked up lies in memory from then on.
static FILTER: LazyLock<BinaryFuse16> = LazyLock::new(|| read(WRITTEN));

/// Whether a password is known from breaches, upper and lower case and accents aside.
pub fn is_breached(password: &Secret) -> bool {
    let text = password.expose_secret();
    long_enough(text) && FILTER.contains(&key(text))
}

/// What an event tells when a sign-in shows that a password is known from breaches, or no more.
pub(crate) fn change(found: bool) -> Change {
    let (fine, breached) = ("fine", "breached");
    let (before, after) = if found { (fine, breached) } else { (breached, fine) };
    Change::moved("password_state", before, after)
}

/// A filter of these passwords, and how many it knows: those that are one when folded count once, and those that no
/// policy allows for their length are left out. The same passwords in any order make the same octets.
///
/// Errors: what stands in the way, such as an empty list.
pub fn build<'a>(passwords: impl Iterator<Item = &'a str>) -> Result<(Vec<u8>, usize), &'static str> {
    let mut keys: Vec<u64> = passwords.filter(|text| long_enough(text)).map(key).collect();
    keys.sort_unstable();
    keys.dedup();
    if keys.is_empty() {
        return Err("the list holds no password that is long enough");
    }
    let filter = BinaryFuse16::try_from(&keys)?;
    let mut written = vec![0; BinaryFuse16::DESCRIPTOR_LEN];
    filter.dma_copy_descriptor_to(&mut written);
    written.extend(filter.fingerprints.iter().flat_map(|fingerprint| fingerprint.to_le_bytes()));
    Ok((written, keys.len()))
}

/// Shorter ones are refused by every policy as it is.
fn long_enough(text: &str) -> bool {
    text.chars().take(LENGTH_FLOOR as usize).count() == LENGTH_FLOOR as usize
}

/// What the filter knows of a password. Two passwords of the list share one by a chance of one in thirty million.
fn key(text: &str) -> u64 {
    let digest = digest(&SHA256, fold(text).as_bytes());
    digest.as_ref().iter().take(8).fold(0, |key, octet| key << 8 | u64::from(*octet))
}

/// Reads what [`build`] wrote.
fn read(written: &[u8]) -> BinaryFuse16 {
    let (head, fingerprints) = written.split_at_checked(BinaryFuse16::DESCRIPTOR_LEN).unwrap_or_default();
    let mut numbers = head.chunks(4).map(|octets| octets.iter().rev().fold(0, |n, octet| n << 8 | u32::from(*octet)));
    let mut next = || numbers.next().unwrap_or_default();
    let (low, high) = (next(), next());
    let descriptor = Descriptor {
        seed: u64::from(high) << 32 | u64::from(low),
        segment_length: next(),
        segment_length_mask: next(),
        segment_count_length: next(),
    };
    let fingerprints = fingerprints.as_chunks().0.iter().map(|octets| u16::from_le_bytes(*octets)).collect();
    BinaryFuse16 { descriptor, fingerprints }
}

#[cfg(test)]
mod tests;
