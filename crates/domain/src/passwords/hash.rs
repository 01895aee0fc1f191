//! Hashing of passwords and comparison with stored ones.
//!
//! New hashes are Argon2id with its parameters in the string; `verify` also repeats the schemes that imports bring
//! along. Every comparison of keys takes constant time. These functions block for tens of milliseconds: call them
//! on the blocking pool, never inside a transaction.

use std::fmt;
use std::hint::black_box;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use aws_lc_rs::pbkdf2;
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use reeve_base::Invalid;
use reeve_base::limits::PASSWORD_BYTES_MAX;
use reeve_base::random::{Random, bytes};
use reeve_base::secret::{ExposeSecret, Secret};
use sha_crypt::{PasswordHashRef, PasswordVerifier, ShaCrypt};
use subtle::ConstantTimeEq;

use super::scheme::Scheme;
use super::stored::{ARGON2_LANES_MAX, ARGON2_PASSES_MAX, ARGON2_WORK_KIB_MAX, Details, MEMORY_KIB_MAX, Stored};

/// Octets of our salts; RFC 9106 §3.1 recommends 16.
const SALT_BYTES: usize = 16;

/// Octets of our keys: 256 bits, as OWASP and RFC 9106 §4 suggest.
const KEY_BYTES: usize = 32;

/// Octets of a password that crypt(3) takes (`CRYPT_MAX_PASSPHRASE_SIZE` of libxcrypt).
const CRYPT_PASSWORD_BYTES_MAX: usize = 512;

/// The salt of hashes that are thrown away.
const DECOY_SALT: [u8; SALT_BYTES] = *b"nobody is called";

/// Makes and checks password hashes, with the Argon2id parameters for new ones.
///
/// Clones share the memory that hashes are made in: while many wait, it is handed on instead of being asked of the
/// system for each, which costs a quarter of the time again.
#[derive(Debug, Clone)]
pub struct Hasher {
    m_kib: u32,
    t: u32,
    p: u32,
    scratch: Scratch,
}

impl Default for Hasher {
    /// OWASP's first recommendation: 19 MiB, two passes, one lane; about 20 ms of one core.
    fn default() -> Self {
        Self { m_kib: 19_456, t: 2, p: 1, scratch: Scratch::default() }
    }
}

/// What a comparison of a password with a stored one says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is another password.
    Wrong,
    /// It is the password.
    Right {
        /// The stored hash is weaker or older than `hash` makes them now: store a new one.
        rehash: bool,
    },
    /// The stored text is no hash that is understood; nobody can sign in with it.
    Unsupported,
}

impl Hasher {
    /// Sets Argon2id's memory in KiB, passes and lanes.
    pub fn new(m_kib: u32, t: u32, p: u32) -> Result<Self, Invalid> {
        let bounded = |field, value: u32, min: u32, max: u32| {
            if (min..=max).contains(&value) {
                return Ok(());
            }
            Err(Invalid::new(field, format!("{field} must be between {min} and {max}")))
        };
        bounded("argon2_lanes", p, 1, ARGON2_LANES_MAX)?;
        bounded("argon2_memory_kib", m_kib, 8 * p, MEMORY_KIB_MAX)?;
        bounded("argon2_passes", t, 1, ARGON2_PASSES_MAX.min(ARGON2_WORK_KIB_MAX / m_kib))?;
        Ok(Self { m_kib, t, p, scratch: Scratch::default() })
    }

    /// Hashes a password with a new salt, as a PHC string.
    pub fn hash(&self, password: &Secret, random: &dyn Random) -> Result<String, HashFailed> {
        let password = password.expose_secret().as_bytes();
        if password.len() > PASSWORD_BYTES_MAX {
            return Err(HashFailed);
        }
        let salt: [u8; SALT_BYTES] = bytes(random);
        let key = self.key(password, &salt).ok_or(HashFailed)?;
        let Self { m_kib, t, p, .. } = self;
        let (salt, key) = (STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(key));
        Ok(format!("$argon2id$v=19$m={m_kib},t={t},p={p}${salt}${key}"))
    }

    /// Compares a password with a stored one of any scheme that is understood.
    pub fn verify(&self, stored: &str, password: &Secret) -> Verdict {
        let text = password.expose_secret().as_bytes();
        if text.len() > PASSWORD_BYTES_MAX {
            return Verdict::Wrong;
        }
        let Ok(stored) = Stored::parse(stored) else {
            self.decoy(password);
            return Verdict::Unsupported;
        };
        match self.matches(&stored, text) {
            Some(true) => Verdict::Right { rehash: !self.makes(&stored) },
            Some(false) => Verdict::Wrong,
            None => Verdict::Unsupported,
        }
    }

    /// Takes as long as `verify` does for a hash of our own: call it when there is nobody to compare with.
    pub fn decoy(&self, password: &Secret) {
        let text = password.expose_secret().as_bytes();
        if text.len() <= PASSWORD_BYTES_MAX {
            black_box(self.key(black_box(text), &DECOY_SALT));
        }
    }

    fn key(&self, password: &[u8], salt: &[u8]) -> Option<[u8; KEY_BYTES]> {
        let mut key = [0; KEY_BYTES];
        let params = Params::new(self.m_kib, self.t, self.p, Some(KEY_BYTES)).ok()?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        self.scratch.hash(&argon2, (password, salt), &mut key)?;
        Some(key)
    }

    /// Gives the memory back to the system: right when nobody waits for a hash.
    pub(crate) fn rest(&self) {
        self.scratch.lock().clear();
    }

    /// Whether the password has this key; `None` when the sum could not be done.
    fn matches(&self, stored: &Stored<'_>, password: &[u8]) -> Option<bool> {
        match &stored.details {
            Details::Argon2 { version, m_kib, t, p, salt, key } => {
                let version = if *version == 19 { Version::V0x13 } else { Version::V0x10 };
                let mut found = vec![0; key.len()];
                let params = Params::new(*m_kib, *t, *p, Some(key.len())).ok()?;
                let argon2 = Argon2::new(argon2_algorithm(stored.scheme)?, version, params);
                // Memory of another size is not worth keeping: such a hash is made anew at this sign-in.
                if *m_kib == self.m_kib {
                    self.scratch.hash(&argon2, (password, salt), &mut found)?;
                } else {
                    argon2.hash_password_into(password, salt, &mut found).ok()?;
                }
                Some(found.ct_eq(key).into())
            }
            // Both libraries compare in constant time. bcrypt looks at 72 octets, as every implementation does.
            Details::Text(text) if stored.scheme == Scheme::Bcrypt => bcrypt::verify(password, text).ok(),
            // The sum takes longer with every octet of the password, and crypt(3) never made one of more.
            Details::Text(_) if password.len() > CRYPT_PASSWORD_BYTES_MAX => Some(false),
            Details::Text(text) => {
                let stored = PasswordHashRef::new(text).ok()?;
                Some(ShaCrypt::default().verify_password(password, stored).is_ok())
            }
            Details::Pbkdf2 { iterations, salt, key } => {
                let algorithm = if stored.scheme == Scheme::Pbkdf2Sha512 {
                    pbkdf2::PBKDF2_HMAC_SHA512
                } else {
                    pbkdf2::PBKDF2_HMAC_SHA256
                };
                Some(pbkdf2::verify(algorithm, NonZeroU32::new(*iterations)?, salt, password, key).is_ok())
            }
            Details::Scrypt { log_n, r, p, salt, key } => {
                let params = scrypt::Params::new(u8::try_from(*log_n).ok()?, *r, *p).ok()?;
                let mut found = vec![0; key.len()];
                scrypt::scrypt(password, salt, &params, &mut found).ok()?;
                Some(found.ct_eq(key).into())
            }
        }
    }

    /// Whether `hash` would make such a string today.
    fn makes(&self, stored: &Stored<'_>) -> bool {
        let Details::Argon2 { version: 19, m_kib, t, p, salt, key } = &stored.details else {
            return false;
        };
        stored.scheme == Scheme::Argon2id
            && (*m_kib, *t, *p) == (self.m_kib, self.t, self.p)
            && salt.len() >= SALT_BYTES
            && key.len() == KEY_BYTES
    }
}

/// A hash could not be made: the password is too long or there is no memory for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HashFailed;

impl fmt::Display for HashFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("could not hash the password: it is too long, or there is not enough memory; try again")
    }
}

impl std::error::Error for HashFailed {}

fn argon2_algorithm(scheme: Scheme) -> Option<Algorithm> {
    match scheme {
        Scheme::Argon2id => Some(Algorithm::Argon2id),
        Scheme::Argon2i => Some(Algorithm::Argon2i),
        Scheme::Argon2d => Some(Algorithm::Argon2d),
        _ => None,
    }
}

/// Memory in which hashes were made and the next ones will be.
#[derive(Clone, Default)]
struct Scratch(Arc<Mutex<Vec<Vec<Block>>>>);

impl Scratch {
    fn lock(&self) -> MutexGuard<'_, Vec<Vec<Block>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes one hash; `None` when the sum cannot be done.
    fn hash(&self, argon2: &Argon2<'_>, (password, salt): (&[u8], &[u8]), key: &mut [u8]) -> Option<()> {
        let mut memory = self.lock().pop().unwrap_or_default();
        let blocks = argon2.params().block_count();
        if memory.len() != blocks {
            memory.clear();
            memory.resize(blocks, Block::default());
        }
        let done = argon2.hash_password_into_with_memory(password, salt, key, &mut memory);
        self.lock().push(memory);
        done.ok()
    }
}

impl fmt::Debug for Scratch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Scratch")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::passwords::generate::tests::Counting;
    use crate::passwords::recognize;

    const PASSWORD: &str = "Grün-Tee 41";

    /// The fastest that Argon2 can be, for tests that only look at strings.
    fn fast() -> Hasher {
        Hasher::new(8, 1, 1).unwrap()
    }

    fn verify(stored: &str, password: &str) -> Verdict {
        fast().verify(stored, &Secret::from(password))
    }

    /// The password of every vector is `Grün-Tee 41` in UTF-8.
    const VECTORS: &[&str] = &[
        // argon2-cffi (the C reference): low_level.hash_secret(pw, b"saltsaltsaltsalt", time_cost=2,
        // memory_cost=64, parallelism=2, hash_len=32, type=ID|I|D), then ID with version=16.
        "$argon2id$v=19$m=64,t=2,p=2$c2FsdHNhbHRzYWx0c2FsdA$ioVBA2PQYXoZ/Q2zZPTzF53PgbT68qy94sF7BmgH1gM",
        "$argon2i$v=19$m=64,t=2,p=2$c2FsdHNhbHRzYWx0c2FsdA$mf3eRiHLk5Xoa1Y23kk8fClhAWc5OBSya74yP9xDy48",
        "$argon2d$v=19$m=64,t=2,p=2$c2FsdHNhbHRzYWx0c2FsdA$OIkAsDdf3E3KNbJSPQ+olJNFTtfKDriLucDEbW1X+HM",
        "$argon2id$v=16$m=64,t=2,p=2$c2FsdHNhbHRzYWx0c2FsdA$sFrXxtljkHYfylonX9wpTpDhMnLN+hVOyXcXWADftUs",
        "$argon2id$m=64,t=2,p=2$c2FsdHNhbHRzYWx0c2FsdA$sFrXxtljkHYfylonX9wpTpDhMnLN+hVOyXcXWADftUs",
        // crypt(3) of libxcrypt through Python's crypt.crypt(pw, "$2b$04$abcdefghijklmnopqrstuu") and so on.
        "$2a$04$abcdefghijklmnopqrstuu56yLm40zKTrZnHX.tp6a5WeTet7ENwm",
        "$2b$04$abcdefghijklmnopqrstuu56yLm40zKTrZnHX.tp6a5WeTet7ENwm",
        "{BCRYPT}$2y$04$abcdefghijklmnopqrstuu56yLm40zKTrZnHX.tp6a5WeTet7ENwm",
        "$6$rounds=1000$saltstring$ycAjtg2gVmiG9sIvpAVNdt6LSogdF6oA5k6EU/HZUWcFAdwBQe3FR0q/OqYyrz.8kEEtsFmgM/87Nbd\
         wDmOkm/",
        "{CRYPT}$6$saltstringlonger$4sv1BZIj0zjJgPxnTixvIP6jDflOJJPe.DtQ79fqDeD0VMHbubflO82xb840nhhtrxgQen41ySKzWo\
         V5Pi06W0",
        "$5$rounds=1000$saltstring$bI6rmoOpJt2fYnWfmC2hK9nRtMuKuXABirnpT1x67W5",
        "$5$saltstringlonger$Fj3RwtdlhvxaFyhETtx027cB4WVN0FQcyoJr51m5EH4",
        // Python's hashlib.pbkdf2_hmac("sha256"|"sha512", pw, b"saltsaltsaltsalt", 1000), in PHC form.
        "$pbkdf2-sha256$i=1000,l=32$c2FsdHNhbHRzYWx0c2FsdA$/8Zk9B1pwFYbnK4uKkgapUJixzma5amglI58HimMbxs",
        "$pbkdf2-sha512$i=1000,l=64$c2FsdHNhbHRzYWx0c2FsdA$3CRZsXA7D5b8HIbz2X8fkOHCk4+3++m5VDkXpQfwN8QJ1dKmKxXAXGC\
         +sFOhUj7nis8HcLl3BT87yUGx7BYMQw",
        // The same function with salt b"seasalt", in Django's form.
        "pbkdf2_sha256$1000$seasalt$/XQYRG8z2a1q7vv9l3xEgR5hNDdA83RN0mfw7kLVUZ0=",
        // passlib: pbkdf2_sha256 and ldap_pbkdf2_sha512, .using(rounds=1000, salt=b"\xff\xfe\xfd\xfb"*4).hash(pw).
        "$pbkdf2-sha256$1000$//79.//./fv//v37//79.w$ramxpMHpirrN.Irj4Jn28BV1J2aVSh2vVKhwwS9xYK4",
        "{PBKDF2-SHA512}1000$//79.//./fv//v37//79.w$hFmTid0QkS7olKVUd8iAkxKJhOTusBHZ8iaH/ukZQa2vgSoJg2NfspfsaYGiZ\
         78L4yh0fYdo4FMf.tIsAh/zoA",
        // Python's hashlib.scrypt(pw, salt=b"saltsaltsaltsalt", n=1024, r=8, p=2, dklen=32), in PHC form.
        "$scrypt$ln=10,r=8,p=2$c2FsdHNhbHRzYWx0c2FsdA$TFgVj87HLTYgzyw66KTK7QkJ1ZyzhHWlQZrX3XaIFAs",
    ];

    #[test]
    fn hashes_of_other_software_are_understood() {
        for stored in VECTORS {
            assert!(recognize(stored).is_ok(), "{stored}");
            assert_eq!(verify(stored, PASSWORD), Verdict::Right { rehash: true }, "{stored}");
            assert_eq!(verify(stored, "Grün-Tee 42"), Verdict::Wrong, "{stored}");
            assert_eq!(verify(stored, ""), Verdict::Wrong, "{stored}");
        }
    }

    #[test]
    fn the_default_makes_what_the_c_reference_makes() {
        // argon2-cffi as above with time_cost=2, memory_cost=19456, parallelism=1.
        let stored =
            "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$FOq3HP9R2FfD88SXvgIElPiISo31wgauhhvRDmh2m24";
        let verdict = Hasher::default().verify(stored, &Secret::from(PASSWORD));
        assert_eq!(verdict, Verdict::Right { rehash: false });
        assert_eq!(verify(stored, PASSWORD), Verdict::Right { rehash: true });
    }

    #[test]
    fn bcrypt_looks_at_72_octets_like_everybody_else() {
        // Python's bcrypt.hashpw(b"x" * 72, b"$2b$04$abcdefghijklmnopqrstuu").
        let stored = "$2b$04$abcdefghijklmnopqrstuubzadhGtS2zEF.gu0yd0opP6cVzb.e0i";
        assert_eq!(verify(stored, &"x".repeat(72)), Verdict::Right { rehash: true });
        assert_eq!(verify(stored, &"x".repeat(73)), Verdict::Right { rehash: true });
        assert_eq!(verify(stored, &"x".repeat(71)), Verdict::Wrong);
    }

    #[test]
    fn our_own_hash_holds_its_parameters_and_needs_no_rehash() {
        let (hasher, random) = (fast(), Counting::new(5));
        let password = Secret::from(PASSWORD);
        let stored = hasher.hash(&password, &random).unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{stored}");
        assert_eq!(recognize(&stored), Ok(Scheme::Argon2id));
        assert_eq!(hasher.verify(&stored, &password), Verdict::Right { rehash: false });
        assert_eq!(hasher.verify(&stored, &Secret::from("another")), Verdict::Wrong);
        assert_ne!(hasher.hash(&password, &random).unwrap(), stored, "each hash has its own salt");
        for other in [Hasher::new(16, 1, 1), Hasher::new(8, 2, 1), Hasher::new(16, 1, 2)] {
            assert_eq!(other.unwrap().verify(&stored, &password), Verdict::Right { rehash: true });
        }
    }

    #[test]
    fn nobody_signs_in_with_what_is_not_understood() {
        for stored in ["", PASSWORD, "$1$saltsalt$qjXMvbEw8oaL.CzflDtaK/", "$2b$31$short", "$argon2id$v=19$m=8"] {
            assert_eq!(verify(stored, PASSWORD), Verdict::Unsupported, "{stored}");
        }
    }

    #[test]
    fn a_book_is_no_password() {
        let book = Secret::from("x".repeat(PASSWORD_BYTES_MAX + 1));
        assert_eq!(fast().hash(&book, &Counting::new(1)), Err(HashFailed));
        assert_eq!(fast().verify(VECTORS[0], &book), Verdict::Wrong);
    }

    #[test]
    fn parameters_out_of_bounds_are_refused_by_name() {
        let refused = |m, t, p| Hasher::new(m, t, p).unwrap_err().to_string();
        assert_eq!(refused(7, 1, 1), "argon2_memory_kib: argon2_memory_kib must be between 8 and 262144");
        assert_eq!(refused(262_145, 1, 1), "argon2_memory_kib: argon2_memory_kib must be between 8 and 262144");
        assert_eq!(refused(19_456, 0, 1), "argon2_passes: argon2_passes must be between 1 and 10");
        assert_eq!(refused(262_144, 5, 1), "argon2_passes: argon2_passes must be between 1 and 4");
        assert_eq!(refused(19_456, 1, 0), "argon2_lanes: argon2_lanes must be between 1 and 16");
    }

    #[test]
    fn the_decoy_does_the_sum_of_a_real_comparison() {
        let hasher = fast();
        assert!(hasher.key(PASSWORD.as_bytes(), &DECOY_SALT).is_some());
        hasher.decoy(&Secret::from(PASSWORD));
    }
}
