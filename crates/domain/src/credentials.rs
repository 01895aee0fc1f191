//! Hashing and checking passwords without letting anybody exhaust the machine.
//!
//! As many hashes run at once as there are cores, on the blocking pool; a bounded number wait. A password that was
//! right is remembered for a while as a keyed hash that also covers the stored hash, so that a change of password
//! or of its form forgets it at once; the key lives only in memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use aws_lc_rs::hmac;
use quick_cache::sync::Cache;
use reeve_base::secret::ExposeSecret;
use reeve_base::{Random, Secret, Timestamp, random};
use tokio::sync::Semaphore;

use crate::error::Error;
use crate::passwords::{Hasher, Verdict};

/// Callers that may wait for a hash: at 20 ms each on two cores, the last waits for about five seconds.
const WAITING_MAX: usize = 512;

/// Verified credentials remembered: one per mail client of a large organization, 100 octets each.
const REMEMBERED_MAX: usize = 65_536;

/// How long a verified credential is remembered: mail clients that reconnect do so within minutes.
const REMEMBERED_FOR: Duration = Duration::from_secs(3600);

/// The hashing queue and the memory of verified credentials.
pub struct Credentials {
    hasher: Hasher,
    permits: Arc<Semaphore>,
    waiting: AtomicUsize,
    runs: AtomicU64,
    key: hmac::Key,
    remembered: Cache<[u8; 32], Timestamp>,
}

/// Whose password, and for what: what a remembered credential is good for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Holder<'a> {
    pub(crate) directory_id: &'a str,
    pub(crate) user_id: &'a str,
    pub(crate) method: &'a str,
    pub(crate) stored_hash: &'a str,
}

impl Credentials {
    pub(crate) fn new(hasher: Hasher, parallelism: usize, random: &dyn Random) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &random::bytes::<32>(random));
        Self {
            hasher,
            permits: Arc::new(Semaphore::new(parallelism.max(1))),
            waiting: AtomicUsize::new(0),
            runs: AtomicU64::new(0),
            key,
            remembered: Cache::new(REMEMBERED_MAX),
        }
    }

    /// Runs slow work on the blocking pool when its turn comes; `Unavailable` when too many wait.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(Hasher) -> T + Send + 'static,
    ) -> Result<T, Error> {
        let _place = Place::take(self)?;
        let permit = Arc::clone(&self.permits)
            .acquire_owned()
            .await
            .map_err(|_| Error::internal("the hashing queue is never closed"))?;
        self.runs.fetch_add(1, Ordering::Relaxed);
        let hasher = self.hasher.clone();
        tokio::task::spawn_blocking(move || {
            let _permit = permit;
            work(hasher)
        })
        .await
        .map_err(|why| Error::internal(format!("hashing did not finish: {why}")))
    }

    /// How often slow work was run so far.
    pub(crate) fn runs(&self) -> u64 {
        self.runs.load(Ordering::Relaxed)
    }

    /// Hashes a password.
    pub(crate) async fn hash(&self, random: Arc<dyn Random>, password: Secret) -> Result<String, Error> {
        self.run(move |hasher| hasher.hash(&password, random.as_ref()))
            .await?
            .map_err(|why| Error::internal(why.to_string()))
    }

    /// Compares a password with a stored hash; without one, costs as much and says `Wrong`.
    pub(crate) async fn verify(&self, stored: Option<String>, password: Secret) -> Result<Verdict, Error> {
        self.run(move |hasher| match stored {
            Some(stored) => hasher.verify(&stored, &password),
            None => {
                hasher.decoy(&password);
                Verdict::Wrong
            }
        })
        .await
    }

    /// Whether this password was right for this holder a short while ago.
    pub(crate) fn remembers(&self, holder: Holder<'_>, password: &Secret, now: Timestamp) -> bool {
        self.remembered.get(&self.tag(holder, password)).is_some_and(|until| now < until)
    }

    /// Remembers that this password is right for this holder.
    pub(crate) fn remember(&self, holder: Holder<'_>, password: &Secret, now: Timestamp) {
        self.remembered.insert(self.tag(holder, password), now.plus(REMEMBERED_FOR));
    }

    fn tag(&self, holder: Holder<'_>, password: &Secret) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.key);
        let parts = [holder.directory_id, holder.user_id, holder.method, holder.stored_hash, password.expose_secret()];
        for part in parts {
            // Lengths keep two different lists of parts from running together.
            context.update(&(part.len() as u64).to_le_bytes());
            context.update(part.as_bytes());
        }
        let mut tag = [0; 32];
        tag.copy_from_slice(context.sign().as_ref());
        tag
    }
}

/// A place in the queue; given back when dropped, also by a caller who gives up. The last one turns off the light.
struct Place<'a>(&'a Credentials);

impl<'a> Place<'a> {
    fn take(credentials: &'a Credentials) -> Result<Self, Error> {
        let place = Self(credentials);
        // Refused or not, the place counts until it is dropped.
        if credentials.waiting.fetch_add(1, Ordering::Relaxed) >= WAITING_MAX {
            return Err(Error::Unavailable);
        }
        Ok(place)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        if self.0.waiting.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.0.hasher.rest();
        }
    }
}
