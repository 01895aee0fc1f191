//! What an operation says when it does not do what it was asked: few kinds, chosen by what the caller can do.
//!
//! `Display` is a sentence for people and holds no secret and no source; each door owns the mapping to its wire.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reeve_base::{Invalid, Timestamp};
use reeve_store::StoreError;

use crate::passwords::Rule;

/// A refusal or a failure of an operation.
#[derive(Debug, Clone)]
pub enum Error {
    /// Nobody is signed in.
    Unauthenticated,
    /// The name or the password is wrong, or the account is locked or inactive; never which.
    SignInRefused,
    /// The session is good, but its owner must prove anew who they are for this (RFC 9470 §3).
    ReauthenticationRequired,
    /// The account demands a second factor, and this administrator has none yet.
    SecondFactorEnrolmentRequired,
    /// The text of a policy cannot be read, or breaks a rule.
    PolicyRefused {
        /// The line, from 1; for Cedar text.
        line: Option<usize>,
        /// The column, from 1.
        column: Option<usize>,
        /// What is wrong, and what would be right.
        why: String,
    },
    /// The actor may see the thing but not do this to it.
    Denied {
        /// What would be needed.
        why: &'static str,
    },
    /// There is no such thing, as far as the actor may know.
    NotFound {
        /// The kind of thing.
        what: &'static str,
        /// The name or id by which it was sought.
        name: String,
    },
    /// A name or an alias belongs to somebody.
    NameTaken {
        /// The field that holds the name.
        field: &'static str,
        /// Why it is not free.
        why: String,
    },
    /// An address belongs to somebody, or is held back.
    AddressTaken {
        /// The address.
        address: String,
        /// Whose it is, as far as may be said.
        why: String,
    },
    /// A domain is in use where it stands in the way.
    DomainTaken {
        /// The domain.
        domain: String,
        /// By what.
        why: String,
    },
    /// A value breaks a rule about its own shape.
    Invalid(Invalid),
    /// A password breaks the policy of its directory.
    PasswordRefused(Rule),
    /// The thing is in a state that does not allow this.
    WrongState {
        /// Its state.
        is: String,
        /// What it must be instead, and how it gets there.
        needs: String,
    },
    /// The organization is in a state that does not allow this.
    OrganizationState {
        /// Its state.
        is: String,
        /// What it must be instead.
        needs: &'static str,
    },
    /// Another organization uses the directory.
    DirectoryInUse,
    /// The directory is deleted, of another region, or cannot be reached.
    DirectoryUnavailable {
        /// Which of these.
        why: String,
    },
    /// The organization does not have this mail domain.
    DomainNotFound {
        /// The domain.
        domain: String,
    },
    /// The organization has not proven that it owns this mail domain, or its proof is gone.
    DomainUnverified {
        /// The domain.
        domain: String,
        /// How it stands, and what helps.
        why: &'static str,
    },
    /// The directory is managed elsewhere.
    ReadOnlyDirectory {
        /// Where to go instead.
        pointer: &'static str,
    },
    /// A name that the system keeps for itself.
    Reserved {
        /// The name.
        name: String,
    },
    /// A quota is reached.
    LimitReached {
        /// What is counted.
        what: &'static str,
        /// How many there may be.
        limit: usize,
    },
    /// Nobody does this to themselves.
    SelfForbidden,
    /// The account would be left without an active administrator.
    LastAdmin,
    /// Two requests contradict each other.
    Conflict {
        /// How.
        why: String,
    },
    /// The thing was edited since the caller read it.
    VersionMismatch {
        /// Its present version.
        is: i64,
    },
    /// Too many attempts.
    Throttled {
        /// When to come back.
        retry_after: Duration,
    },
    /// The key under which mail lies cannot be used now.
    KeyUnavailable {
        /// Why, and what helps.
        why: String,
    },
    /// The service cannot do it now; trying again is right.
    Unavailable,
    /// A fault of ours; the chain is logged, not shown.
    Internal(Arc<str>),
}

impl Error {
    /// The stable short code for machines.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unauthenticated => "unauthenticated",
            Self::SignInRefused => "sign_in_refused",
            Self::ReauthenticationRequired => "reauthentication_required",
            Self::SecondFactorEnrolmentRequired => "second_factor_enrolment_required",
            Self::PolicyRefused { .. } => "policy_refused",
            Self::Denied { .. } => "denied",
            Self::NotFound { .. } => "not_found",
            Self::NameTaken { .. } => "name_taken",
            Self::AddressTaken { .. } => "address_taken",
            Self::DomainTaken { .. } => "domain_taken",
            Self::Invalid(_) => "invalid",
            Self::PasswordRefused(_) => "password_refused",
            Self::WrongState { .. } => "wrong_state",
            Self::OrganizationState { .. } => "organization_state",
            Self::DirectoryInUse => "directory_in_use",
            Self::DirectoryUnavailable { .. } => "directory_unavailable",
            Self::DomainNotFound { .. } => "domain_not_found",
            Self::DomainUnverified { .. } => "domain_unverified",
            Self::ReadOnlyDirectory { .. } => "read_only_directory",
            Self::Reserved { .. } => "reserved",
            Self::LimitReached { .. } => "limit_reached",
            Self::SelfForbidden => "self_forbidden",
            Self::LastAdmin => "last_admin",
            Self::Conflict { .. } => "conflict",
            Self::VersionMismatch { .. } => "version_mismatch",
            Self::Throttled { .. } => "throttled",
            Self::KeyUnavailable { .. } => "key_unavailable",
            Self::Unavailable => "unavailable",
            Self::Internal(_) => "internal",
        }
    }

    /// The field at fault, where one is.
    pub fn field(&self) -> Option<&'static str> {
        match self {
            Self::Invalid(invalid) => Some(invalid.field),
            Self::NameTaken { field, .. } => Some(field),
            Self::PasswordRefused(_) => Some("password"),
            _ => None,
        }
    }

    /// A fault of ours: says why what happened was thought impossible.
    pub(crate) fn internal(why: impl Into<String>) -> Self {
        Self::Internal(Arc::from(why.into()))
    }

    pub(crate) fn not_found(what: &'static str, name: impl fmt::Display) -> Self {
        Self::NotFound { what, name: name.to_string() }
    }

    pub(crate) fn invalid(field: &'static str, why: impl Into<String>) -> Self {
        Self::Invalid(Invalid::new(field, why))
    }

    pub(crate) fn held_until(address: &str, until: Timestamp) -> Self {
        Self::AddressTaken {
            address: address.to_owned(),
            why: format!("is held back for its former owner until {until}"),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unauthenticated => f.write_str("nobody is signed in; sign in first"),
            Self::SignInRefused => {
                f.write_str("the username or the password is wrong, or the account is locked or inactive")
            }
            Self::ReauthenticationRequired => {
                f.write_str("this needs a sign-in within the last 5 minutes; prove again who you are")
            }
            Self::SecondFactorEnrolmentRequired => {
                f.write_str("this account demands a second factor; add one to your own sign-in first")
            }
            Self::PolicyRefused { line: Some(line), column: Some(column), why } => {
                write!(f, "line {line}, column {column}: {why}")
            }
            Self::PolicyRefused { why, .. } => f.write_str(why),
            Self::Denied { why } => f.write_str(why),
            Self::NotFound { what, name } => write!(f, "there is no {what} \"{name}\""),
            Self::NameTaken { why, .. } => f.write_str(why),
            Self::AddressTaken { address, why } => write!(f, "the address {address} {why}"),
            Self::DomainTaken { domain, why } => write!(f, "the domain {domain} {why}"),
            Self::Invalid(invalid) => invalid.fmt(f),
            Self::PasswordRefused(rule) => rule.fmt(f),
            Self::WrongState { is, needs } => write!(f, "it is {is}; it must be {needs}"),
            Self::OrganizationState { is, needs } => write!(f, "the organization is {is}; it must be {needs}"),
            Self::DirectoryInUse => f.write_str("another organization uses this directory; choose another directory"),
            Self::DirectoryUnavailable { why } => write!(f, "the directory cannot be used: {why}"),
            Self::DomainNotFound { domain } => {
                write!(f, "the organization has no mail domain {domain}; add the domain first")
            }
            Self::DomainUnverified { domain, why } => {
                write!(f, "the mail domain {domain} {why}; no address can use it until it is verified")
            }
            Self::ReadOnlyDirectory { pointer } => f.write_str(pointer),
            Self::Reserved { name } => {
                write!(f, "\"{name}\" is kept by the system; it can be neither made nor changed")
            }
            Self::LimitReached { what, limit } => write!(f, "there may be at most {limit} {what}"),
            Self::SelfForbidden => f.write_str("nobody may do this to themselves; ask another administrator"),
            Self::LastAdmin => f.write_str("at least one active administrator must remain"),
            Self::Conflict { why } => f.write_str(why),
            Self::VersionMismatch { is } => {
                write!(f, "it was changed since you read it (it is version {is} now); read it again")
            }
            Self::Throttled { retry_after } => {
                write!(f, "too many attempts; try again in {} seconds", retry_after.as_secs().max(1))
            }
            Self::KeyUnavailable { why } => write!(f, "the encryption key cannot be used: {why}"),
            Self::Unavailable => f.write_str("the service is busy; try again in a moment"),
            Self::Internal(_) => f.write_str("something went wrong on our side; the log has the details"),
        }
    }
}

impl std::error::Error for Error {}

impl From<Invalid> for Error {
    fn from(invalid: Invalid) -> Self {
        Self::Invalid(invalid)
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy => Self::Unavailable,
            other => Self::internal(reeve_base::text::chain(&other)),
        }
    }
}
