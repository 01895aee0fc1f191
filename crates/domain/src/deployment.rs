//! What every operation of one process shares: the store, the clock, randomness, settings, the hashing queue.

use std::sync::Arc;
use std::time::Duration;

use reeve_base::dns::NoResolver;
use reeve_base::ids::RequestId;
use reeve_base::key_services::NoKeyServices;
use reeve_base::outbound::NoOutbound;
use reeve_base::zone_hosts::NoZoneHosts;
use reeve_base::{Clock, KeyServices, Outbound, Random, Resolver, Timestamp, ZoneHosts};
use reeve_store::Store;
use tokio::sync::Notify;

use crate::credentials::Credentials;
use crate::health::Health;
use crate::keys::UnwrappedKeys;
use crate::passwords::Hasher;
use crate::policies::CompiledPolicies;
use crate::sealing::MasterKey;

/// What an administrator of the deployment chose.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The region that is served and that new organizations belong to, as it appears in ARNs.
    pub region: String,
    /// What follows the alias in the name of a test domain.
    pub test_domain_suffix: String,
    /// How passwords are hashed.
    pub hasher: Hasher,
    /// How many passwords are hashed at once; the number of cores.
    pub hashing_parallelism: usize,
    /// The key under which secrets are sealed: the root key, which the master key opens.
    pub master_key: MasterKey,
    /// Where passkeys can be used; `None` where the address of the console allows none.
    pub passkeys: Option<PasskeySettings>,
    /// The name under which the world finds this deployment for mail; `None` where it has none yet.
    pub mail_host: Option<String>,
}

impl Settings {
    /// What is chosen where nothing else is said.
    pub fn new(region: &str, test_domain_suffix: &str, master_key: MasterKey) -> Self {
        Self {
            region: region.to_owned(),
            test_domain_suffix: test_domain_suffix.to_owned(),
            hasher: Hasher::default(),
            hashing_parallelism: 1,
            master_key,
            passkeys: None,
            mail_host: None,
        }
    }
}

/// For whom passkeys are made, and where browsers may use them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasskeySettings {
    /// The host of the console (WebAuthn relying party id). Passkeys are bound to it: with another, none works.
    pub rp_id: String,
    /// The pages from which passkeys are used, such as `https://reeve.example.com`.
    pub origins: Vec<String>,
}

/// The other systems that operations ask.
#[derive(Clone)]
pub struct Outside {
    /// Asks over HTTP.
    pub outbound: Arc<dyn Outbound>,
    /// Asks the domain name system.
    pub resolver: Arc<dyn Resolver>,
    /// Reads and changes hosted zones.
    pub zone_hosts: Arc<dyn ZoneHosts>,
    /// Wraps keys under those of customers.
    pub key_services: Arc<dyn KeyServices>,
}

impl Default for Outside {
    /// Nobody is there: for processes that have no business outside.
    fn default() -> Self {
        Self {
            outbound: Arc::new(NoOutbound),
            resolver: Arc::new(NoResolver),
            zone_hosts: Arc::new(NoZoneHosts),
            key_services: Arc::new(NoKeyServices),
        }
    }
}

/// The handles of one running deployment. Cheap to clone by `Arc`.
pub struct Deployment {
    pub(crate) store: Store,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) outside: Outside,
    pub(crate) settings: Settings,
    pub(crate) credentials: Credentials,
    pub(crate) policies: CompiledPolicies,
    pub(crate) jobs_wake: Notify,
    pub(crate) health: Health,
    pub(crate) keys: UnwrappedKeys,
}

impl Deployment {
    /// Brings the handles together.
    pub fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        outside: Outside,
        settings: Settings,
    ) -> Arc<Self> {
        let credentials = Credentials::new(settings.hasher.clone(), settings.hashing_parallelism, random.as_ref());
        Arc::new(Self {
            store,
            clock,
            random,
            outside,
            settings,
            credentials,
            policies: CompiledPolicies::new(),
            jobs_wake: Notify::new(),
            health: Health::default(),
            keys: UnwrappedKeys::new(),
        })
    }

    /// What was chosen.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The store, for those who report on it; operations alone read and write it.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// How long it is until a moment; nothing when it is past.
    pub fn until(&self, at: Timestamp) -> Duration {
        at.since(self.clock.now())
    }

    /// How often passwords were hashed or compared so far, the comparisons with nothing among them.
    pub fn hashing_runs(&self) -> u64 {
        self.credentials.runs()
    }

    /// A new id for a request that a door received.
    pub fn new_request_id(&self) -> RequestId {
        RequestId::generate(self.clock.now(), self.random.as_ref())
    }

    /// Returns when a job was just added.
    pub async fn job_added(&self) {
        self.jobs_wake.notified().await;
    }
}
