//! The grammar of stored passwords: which schemes are understood, and what each string asks of this machine.
//!
//! Only reads strings; `hash` does the sums. A `Stored` value is known to cost no more than the limits below, so
//! that nobody can be imported whose every sign-in stops the server.

use std::str::FromStr;

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::scheme::{Refused, Scheme};

/// Octets of a stored password; the longest string within the other limits has about 250.
const STORED_BYTES_MAX: usize = 512;

/// Octets of a salt: what any known software writes has 8 to 32.
const SALT_BYTES_MAX: usize = 64;

/// Octets of a derived key: below 16 strangers' passwords begin to match, above 64 PBKDF2 costs grow without use.
const KEY_BYTES: std::ops::RangeInclusive<usize> = 16..=64;

/// Memory of one Argon2 or scrypt run, 256 MiB: with a sign-in on each core a small server still stands.
pub(super) const MEMORY_KIB_MAX: u32 = 256 * 1024;

/// Memory times passes of one Argon2 run, 1 GiB: about a second of one core.
pub(super) const ARGON2_WORK_KIB_MAX: u32 = 1024 * 1024;

/// Passes of Argon2; more are only ever used with little memory, where they add little.
pub(super) const ARGON2_PASSES_MAX: u32 = 10;

/// Lanes of Argon2; ours run one after the other, so they cost nothing but are never more than this in practice.
pub(super) const ARGON2_LANES_MAX: u32 = 16;

/// bcrypt's cost: 14 is about a second of one core, and each step doubles it.
const BCRYPT_COST_MAX: u32 = 14;

/// Rounds of SHA-crypt: a fifth of a second of one core, and a second or two with the longest passwords.
const SHA_CRYPT_ROUNDS_MAX: u32 = 1_000_000;

/// Rounds of SHA-crypt when the string names none, and the least that its specification allows.
const SHA_CRYPT_ROUNDS_MIN: u32 = 1_000;

/// Octets of a SHA-crypt salt by its specification.
const SHA_CRYPT_SALT_MAX: usize = 16;

/// Iterations of PBKDF2: about a second of one core; OWASP recommends 600,000 for SHA-256.
const PBKDF2_ITERATIONS_MAX: u32 = 2_000_000;

/// RFC 8018 §4.2: at least a thousand iterations; fewer protect nothing.
const PBKDF2_ITERATIONS_MIN: u32 = 1_000;

/// scrypt's cost as a power of two; with blocks of 8 this is 256 MiB.
const SCRYPT_LOG_N_MAX: u32 = 18;

/// Memory times lanes of one scrypt run, 512 MiB: a second or two of one core.
const SCRYPT_WORK_KIB_MAX: u32 = 512 * 1024;

/// scrypt's block size: 8 everywhere, 16 in a few guides.
const SCRYPT_BLOCK_MAX: u32 = 16;

/// scrypt's parallelization, which multiplies the time.
const SCRYPT_LANES_MAX: u32 = 4;

/// Which scheme `stored` follows, or why it cannot be taken over.
pub fn recognize(stored: &str) -> Result<Scheme, Refused> {
    Stored::parse(stored).map(|stored| stored.scheme)
}

/// A stored password that was read and found affordable.
pub(super) struct Stored<'a> {
    pub(super) scheme: Scheme,
    pub(super) details: Details<'a>,
}

/// What a scheme needs to repeat its sum.
pub(super) enum Details<'a> {
    Argon2 { version: u32, m_kib: u32, t: u32, p: u32, salt: Vec<u8>, key: Vec<u8> },
    Text(&'a str),
    Pbkdf2 { iterations: u32, salt: Vec<u8>, key: Vec<u8> },
    Scrypt { log_n: u32, r: u32, p: u32, salt: Vec<u8>, key: Vec<u8> },
}

impl<'a> Stored<'a> {
    pub(super) fn parse(text: &'a str) -> Result<Self, Refused> {
        let text = text.trim();
        if text.len() > STORED_BYTES_MAX || !text.is_ascii() {
            return Err(Refused::Unknown);
        }
        match text.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
            Some((prefix, rest)) => Self::parse_prefixed(&prefix.to_ascii_uppercase(), rest),
            None => Self::parse_plain(text),
        }
    }

    /// LDAP servers (RFC 2307 §5.3) and Dovecot put the scheme in braces; what follows must agree with it.
    fn parse_prefixed(prefix: &str, rest: &'a str) -> Result<Self, Refused> {
        use Scheme as S;
        let expected: &[Scheme] = match prefix {
            "CRYPT" => &[S::Sha512Crypt, S::Sha256Crypt, S::Bcrypt],
            "ARGON2" => &[S::Argon2id, S::Argon2i, S::Argon2d],
            "ARGON2ID" => &[S::Argon2id],
            "ARGON2I" => &[S::Argon2i],
            "BCRYPT" | "BLF-CRYPT" => &[S::Bcrypt],
            "SHA512-CRYPT" => &[S::Sha512Crypt],
            "SHA256-CRYPT" => &[S::Sha256Crypt],
            "PBKDF2-SHA256" => return pbkdf2_fields(S::Pbkdf2Sha256, rest),
            "PBKDF2-SHA512" => return pbkdf2_fields(S::Pbkdf2Sha512, rest),
            "SHA" | "SHA1" | "SSHA" => return Err(Refused::Weak { scheme: "SHA-1" }),
            "MD5" | "SMD5" | "MD5-CRYPT" | "PLAIN-MD5" | "LDAP-MD5" | "CRAM-MD5" => {
                return Err(Refused::Weak { scheme: "MD5" });
            }
            "SHA256" | "SSHA256" | "SHA512" | "SSHA512" => {
                return Err(Refused::Weak { scheme: "a single SHA-2 round" });
            }
            "PBKDF2" | "PBKDF2-SHA1" => {
                return Err(Refused::Weak { scheme: "PBKDF2 with SHA-1" });
            }
            "DES-CRYPT" => {
                return Err(Refused::Weak { scheme: "DES crypt" });
            }
            _ => return Err(Refused::Unknown),
        };
        let stored = Self::parse_plain(rest)?;
        if expected.contains(&stored.scheme) { Ok(stored) } else { Err(Refused::Unknown) }
    }

    fn parse_plain(text: &'a str) -> Result<Self, Refused> {
        if let Some(rest) = text.strip_prefix("pbkdf2_sha256$") {
            return pbkdf2_django(Scheme::Pbkdf2Sha256, rest);
        }
        if let Some(rest) = text.strip_prefix("pbkdf2_sha512$") {
            return pbkdf2_django(Scheme::Pbkdf2Sha512, rest);
        }
        let Some((id, rest)) = text.strip_prefix('$').and_then(|text| text.split_once('$')) else {
            return Err(refuse_bare(text));
        };
        match id {
            "argon2id" => argon2(Scheme::Argon2id, rest),
            "argon2i" => argon2(Scheme::Argon2i, rest),
            "argon2d" => argon2(Scheme::Argon2d, rest),
            "2a" | "2b" | "2y" => bcrypt_text(text, rest),
            "6" => sha_crypt(Scheme::Sha512Crypt, text, rest),
            "5" => sha_crypt(Scheme::Sha256Crypt, text, rest),
            "pbkdf2-sha256" => pbkdf2_fields(Scheme::Pbkdf2Sha256, rest),
            "pbkdf2-sha512" => pbkdf2_fields(Scheme::Pbkdf2Sha512, rest),
            "scrypt" => scrypt(rest),
            "1" | "apr1" => Err(Refused::Weak { scheme: "MD5-crypt" }),
            "pbkdf2" => Err(Refused::Weak { scheme: "PBKDF2 with SHA-1" }),
            "sha1" => Err(Refused::Weak { scheme: "SHA-1" }),
            "2x" => Err(Refused::Weak { scheme: "the faulty bcrypt version 2x" }),
            "3" => Err(Refused::Weak { scheme: "the NT hash" }),
            _ => Err(Refused::Unknown),
        }
    }
}

/// Names the old schemes that carry no mark, by their length and characters.
fn refuse_bare(text: &str) -> Refused {
    let hexadecimal = text.bytes().all(|b| b.is_ascii_hexdigit());
    let scheme = match text.len() {
        _ if text.starts_with("pbkdf2_sha1$") => "PBKDF2 with SHA-1",
        32 if hexadecimal => "MD5",
        40 if hexadecimal => "SHA-1",
        64 | 128 if hexadecimal => "a single SHA-2 round",
        13 if text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'/') => "DES crypt",
        20 if text.starts_with('_') => "DES crypt",
        _ => return Refused::Unknown,
    };
    Refused::Weak { scheme }
}

/// `[v=19$]m=19456,t=2,p=1$salt$key`; without `v` it is version 16.
fn argon2<'a>(scheme: Scheme, rest: &str) -> Result<Stored<'a>, Refused> {
    let malformed = Refused::Malformed { scheme };
    let (version, rest) = match rest.strip_prefix("v=").and_then(|rest| rest.split_once('$')) {
        Some(("19", rest)) => (19, rest),
        Some(("16", rest)) => (16, rest),
        Some(_) => return Err(malformed),
        None => (16, rest),
    };
    let [parameters, salt, key] = fields(rest).ok_or(malformed.clone())?;
    let [m_kib, t, p] = numbers(parameters, ["m", "t", "p"]).ok_or(malformed.clone())?;
    bounded(scheme, "number of lanes (p)", p, 1, ARGON2_LANES_MAX)?;
    bounded(scheme, "memory (m)", m_kib, 8 * p, MEMORY_KIB_MAX)?;
    let passes_max = ARGON2_PASSES_MAX.min(ARGON2_WORK_KIB_MAX / m_kib);
    bounded(scheme, "number of passes (t)", t, 1, passes_max)?;
    let salt = salt_bytes(salt).filter(|salt| salt.len() >= 8).ok_or(malformed.clone())?;
    let key = key_bytes(key).ok_or(malformed)?;
    Ok(Stored { scheme, details: Details::Argon2 { version, m_kib, t, p, salt, key } })
}

/// `$2b$12$` and 53 characters of bcrypt's own base64.
fn bcrypt_text<'a>(text: &'a str, rest: &str) -> Result<Stored<'a>, Refused> {
    let scheme = Scheme::Bcrypt;
    let malformed = Refused::Malformed { scheme };
    let [cost, salt_and_key] = fields(rest).ok_or(malformed.clone())?;
    if cost.len() != 2 || salt_and_key.len() != 53 || !crypt_alphabet(salt_and_key) {
        return Err(malformed);
    }
    let cost = number(cost).ok_or(malformed)?;
    bounded(scheme, "cost", cost, 4, BCRYPT_COST_MAX)?;
    bcrypt::HashParts::from_str(text).map_err(|_| Refused::Malformed { scheme })?;
    Ok(Stored { scheme, details: Details::Text(text) })
}

/// `[rounds=5000$]salt$key`.
fn sha_crypt<'a>(scheme: Scheme, text: &'a str, rest: &str) -> Result<Stored<'a>, Refused> {
    let malformed = Refused::Malformed { scheme };
    let rest = match rest.strip_prefix("rounds=") {
        None => rest,
        Some(rest) => {
            let (rounds, rest) = rest.split_once('$').ok_or(malformed.clone())?;
            let rounds = number(rounds).ok_or(malformed.clone())?;
            bounded(scheme, "number of rounds", rounds, SHA_CRYPT_ROUNDS_MIN, SHA_CRYPT_ROUNDS_MAX)?;
            rest
        }
    };
    let [salt, key] = fields(rest).ok_or(malformed.clone())?;
    // The last character holds the two or four bits that are left over.
    let (key_chars, last) = match scheme {
        Scheme::Sha512Crypt => (86, "./01"),
        _ => (43, "./0123456789ABCD"),
    };
    let key_fits = key.len() == key_chars && crypt_alphabet(key) && key.ends_with(|c| last.contains(c));
    let salt_fits = (1..=SHA_CRYPT_SALT_MAX).contains(&salt.len()) && crypt_alphabet(salt);
    if !salt_fits || !key_fits {
        return Err(malformed);
    }
    Ok(Stored { scheme, details: Details::Text(text) })
}

/// `i=600000,l=32$salt$key`, or `29000$salt$key` as passlib and OpenLDAP write it.
fn pbkdf2_fields<'a>(scheme: Scheme, rest: &str) -> Result<Stored<'a>, Refused> {
    let malformed = Refused::Malformed { scheme };
    let [parameters, salt, key] = fields(rest).ok_or(malformed.clone())?;
    let key = key_bytes(key).ok_or(malformed.clone())?;
    let iterations = if let Some([iterations, length]) = numbers(parameters, ["i", "l"]) {
        if length as usize != key.len() {
            return Err(malformed);
        }
        iterations
    } else if let Some([iterations]) = numbers(parameters, ["i"]) {
        iterations
    } else {
        number(parameters).ok_or(malformed.clone())?
    };
    let salt = salt_bytes(salt).ok_or(malformed)?;
    pbkdf2(scheme, iterations, salt, key)
}

/// `iterations$salt$key` as Django writes it: the salt is text, not base64.
fn pbkdf2_django<'a>(scheme: Scheme, rest: &str) -> Result<Stored<'a>, Refused> {
    let malformed = Refused::Malformed { scheme };
    let [iterations, salt, key] = fields(rest).ok_or(malformed.clone())?;
    let iterations = number(iterations).ok_or(malformed.clone())?;
    let key = key_bytes(key).ok_or(malformed.clone())?;
    if salt.is_empty() || salt.len() > SALT_BYTES_MAX {
        return Err(malformed);
    }
    pbkdf2(scheme, iterations, salt.as_bytes().to_vec(), key)
}

fn pbkdf2<'a>(scheme: Scheme, iterations: u32, salt: Vec<u8>, key: Vec<u8>) -> Result<Stored<'a>, Refused> {
    bounded(scheme, "number of iterations", iterations, PBKDF2_ITERATIONS_MIN, PBKDF2_ITERATIONS_MAX)?;
    Ok(Stored { scheme, details: Details::Pbkdf2 { iterations, salt, key } })
}

/// `ln=17,r=8,p=1$salt$key`.
fn scrypt<'a>(rest: &str) -> Result<Stored<'a>, Refused> {
    let scheme = Scheme::Scrypt;
    let malformed = Refused::Malformed { scheme };
    let [parameters, salt, key] = fields(rest).ok_or(malformed.clone())?;
    let [log_n, r, p] = numbers(parameters, ["ln", "r", "p"]).ok_or(malformed.clone())?;
    bounded(scheme, "block size (r)", r, 1, SCRYPT_BLOCK_MAX)?;
    bounded(scheme, "parallelization (p)", p, 1, SCRYPT_LANES_MAX)?;
    // RFC 7914 §2: a run holds 128 * r * N octets, and goes through them once for each lane.
    let n_max = (MEMORY_KIB_MAX * 8 / r).min(SCRYPT_WORK_KIB_MAX * 8 / (r * p));
    let log_n_max = n_max.ilog2().min(SCRYPT_LOG_N_MAX);
    bounded(scheme, "cost (ln)", log_n, 1, log_n_max)?;
    let salt = salt_bytes(salt).ok_or(malformed.clone())?;
    let key = key_bytes(key).ok_or(malformed)?;
    Ok(Stored { scheme, details: Details::Scrypt { log_n, r, p, salt, key } })
}

fn bounded(scheme: Scheme, what: &'static str, value: u32, min: u32, max: u32) -> Result<(), Refused> {
    if (min..=max).contains(&value) { Ok(()) } else { Err(Refused::Parameters { scheme, what, min, max }) }
}

/// Exactly `N` fields between dollar signs.
fn fields<const N: usize>(text: &str) -> Option<[&str; N]> {
    text.split('$').collect::<Vec<_>>().try_into().ok()
}

/// The numbers of `m=64,t=2,p=1`, each name once and none left over, in the order of `names`.
fn numbers<const N: usize>(text: &str, names: [&str; N]) -> Option<[u32; N]> {
    let given: Vec<(&str, &str)> = text.split(',').map(|pair| pair.split_once('=')).collect::<Option<_>>()?;
    if given.len() != N {
        return None;
    }
    let find = |name: &str| given.iter().find(|(key, _)| *key == name).and_then(|(_, value)| number(value));
    let found: Vec<u32> = names.into_iter().map(find).collect::<Option<_>>()?;
    found.try_into().ok()
}

/// Digits only: `u32::from_str` would also take a plus sign.
fn number(text: &str) -> Option<u32> {
    if text.bytes().all(|b| b.is_ascii_digit()) { text.parse().ok() } else { None }
}

fn crypt_alphabet(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'/')
}

fn salt_bytes(text: &str) -> Option<Vec<u8>> {
    decode(text).filter(|salt| (1..=SALT_BYTES_MAX).contains(&salt.len()))
}

fn key_bytes(text: &str) -> Option<Vec<u8>> {
    decode(text).filter(|key| KEY_BYTES.contains(&key.len()))
}

/// Base64 with or without padding; passlib and OpenLDAP write `.` for `+`.
fn decode(text: &str) -> Option<Vec<u8>> {
    const ENGINE: GeneralPurpose = GeneralPurpose::new(
        &alphabet::STANDARD,
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
    );
    ENGINE.decode(text.replace('.', "+")).ok()
}

#[cfg(test)]
mod tests;
