//! Who asks, from where, and with which handles: the first argument of every operation.
//!
//! Made by [`crate::auth`] for requests and by [`Ctx::system`] for the worker; nobody else can make one.

use std::sync::{Arc, Mutex, PoisonError};

use reeve_base::ids::{AccessKeyId, AccountId, AdministratorId, RequestId, SessionId};
use reeve_base::{Random, Timestamp};
use reeve_store::Tx;

use crate::deployment::Deployment;
use crate::error::Error;

/// What an administrator may do in principle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AdministratorRole {
    /// Everything in the account.
    Admin,
    /// What they created, and what policies grant.
    General,
}

impl AdministratorRole {
    /// The word for it on every wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::General => "general",
        }
    }

    pub(crate) fn of(word: &str) -> Self {
        if word == "admin" { Self::Admin } else { Self::General }
    }
}

/// What an administrator showed to prove who they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// A sign-in that lasts.
    Session {
        /// Which.
        id: SessionId,
    },
    /// The API password.
    ApiPassword {
        /// When it was set: with another one, this credential is over.
        set_at: Timestamp,
    },
    /// An access key.
    AccessKey {
        /// Which.
        id: AccessKeyId,
    },
}

impl Credential {
    /// The word for its kind on every wire.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Session { .. } => "session",
            Self::ApiPassword { .. } => "api_password",
            Self::AccessKey { .. } => "access_key",
        }
    }

    /// Its id, where there can be several of a kind.
    pub fn id(&self) -> Option<&str> {
        match self {
            Self::Session { id } => Some(id.as_str()),
            Self::ApiPassword { .. } => None,
            Self::AccessKey { id } => Some(id.as_str()),
        }
    }
}

/// Who asks. What an administrator may do is looked up anew in each transaction, never kept here.
#[derive(Debug, Clone)]
pub enum Actor {
    /// Nobody that we know.
    Anonymous,
    /// An administrator.
    Administrator {
        /// Their id.
        id: AdministratorId,
        /// Their username.
        username: String,
        /// What speaks for them.
        credential: Credential,
    },
    /// Somebody who may open the local socket.
    Operator {
        /// The user id of the operating system.
        uid: u32,
    },
    /// Reeve itself.
    System {
        /// What for.
        reason: &'static str,
    },
}

/// The policy that let an actor do something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Deciding {
    pub(crate) policy_id: String,
    pub(crate) name: String,
}

/// A request as a door saw it.
#[derive(Debug, Clone)]
pub struct Request {
    /// The id under which it is found again.
    pub id: RequestId,
    /// Where it came from; `None` for the local socket.
    pub source_address: Option<String>,
    /// The version that the caller thinks the resource has (HTTP `If-Match`).
    pub expected_version: Option<i64>,
    /// The token under which a retry finds what the first try made.
    pub client_token: Option<ClientToken>,
}

/// A client token with the fingerprint of the request that carries it.
#[derive(Debug, Clone)]
pub struct ClientToken {
    /// The token: 1 to 128 printable ASCII characters, checked by the door.
    pub token: String,
    /// A digest of everything that the request asks for.
    pub fingerprint: String,
}

/// The context of one request.
#[derive(Clone)]
pub struct Ctx {
    deployment: Arc<Deployment>,
    caller: Arc<Caller>,
}

#[derive(Clone)]
struct Caller {
    actor: Actor,
    account: Option<AccountId>,
    request: Request,
    /// What the latest decision rested on, for the event that follows it.
    decided: Arc<Mutex<Option<Deciding>>>,
}

impl Ctx {
    pub(crate) fn new(deployment: Arc<Deployment>, actor: Actor, account: Option<AccountId>, request: Request) -> Self {
        Self { deployment, caller: Arc::new(Caller { actor, account, request, decided: Arc::default() }) }
    }

    /// Notes the policy that the latest decision rested on; `None` where a role was enough.
    pub(crate) fn note_deciding(&self, policy: Option<Deciding>) {
        *self.caller.decided.lock().unwrap_or_else(PoisonError::into_inner) = policy;
    }

    /// The policy that the latest decision rested on.
    pub(crate) fn deciding(&self) -> Option<Deciding> {
        self.caller.decided.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The context in which Reeve acts by itself, for a stated reason.
    pub fn system(deployment: &Arc<Deployment>, reason: &'static str) -> Self {
        let request = Request {
            id: RequestId::generate(deployment.clock.now(), deployment.random.as_ref()),
            source_address: None,
            expected_version: None,
            client_token: None,
        };
        Self::new(Arc::clone(deployment), Actor::System { reason }, None, request)
    }

    /// The same context, for a request whose body showed under which token a retry finds what the first try made.
    #[must_use]
    pub fn with_client_token(mut self, token: ClientToken) -> Self {
        Arc::make_mut(&mut self.caller).request.client_token = Some(token);
        self
    }

    /// Who asks.
    pub fn actor(&self) -> &Actor {
        &self.caller.actor
    }

    /// The account that is asked about, when one is chosen.
    pub fn account(&self) -> Option<&AccountId> {
        self.caller.account.as_ref()
    }

    /// The id of the request.
    pub fn request_id(&self) -> &RequestId {
        &self.caller.request.id
    }

    /// The handles.
    pub fn deployment(&self) -> &Arc<Deployment> {
        &self.deployment
    }

    /// Where the request came from; `None` for the local socket.
    pub fn source_address(&self) -> Option<&str> {
        self.caller.request.source_address.as_deref()
    }

    pub(crate) fn client_token(&self) -> Option<&ClientToken> {
        self.caller.request.client_token.as_ref()
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.deployment.clock.now()
    }

    pub(crate) fn random(&self) -> &dyn Random {
        self.deployment.random.as_ref()
    }

    /// The account, or the sentence that tells an operator to name one.
    pub(crate) fn need_account(&self) -> Result<&AccountId, Error> {
        match (&self.caller.account, &self.caller.actor) {
            (Some(account), _) => Ok(account),
            (None, Actor::Anonymous) => Err(Error::Unauthenticated),
            (None, _) => {
                Err(Error::invalid("account", "must be named, since this deployment does not have exactly one"))
            }
        }
    }

    /// Refuses when the caller said which version they edit and it is another now.
    pub(crate) fn check_version(&self, version: i64) -> Result<(), Error> {
        match self.caller.request.expected_version {
            Some(expected) if expected != version => Err(Error::VersionMismatch { is: version }),
            _ => Ok(()),
        }
    }

    /// Runs a closure over a read transaction.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        f: impl Fn(&mut Tx<'_>, &Ctx) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let ctx = self.clone();
        self.deployment.store.read(move |tx| f(tx, &ctx)).await
    }

    /// Runs a closure over a write transaction; it may run more than once and touches nothing outside `tx`.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        f: impl Fn(&mut Tx<'_>, &Ctx) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let ctx = self.clone();
        self.deployment.store.write(move |tx| f(tx, &ctx)).await
    }
}

/// A row that says what cannot be: the store holds a value that its own checks would have refused.
pub(crate) fn stored<T, E: std::fmt::Display>(parsed: Result<T, E>) -> Result<T, Error> {
    parsed.map_err(|why| Error::internal(format!("a stored value is malformed: {why}")))
}
