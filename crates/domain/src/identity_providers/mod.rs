//! By whom else users prove who they are: applications of Identity Center, which belong to an account, and how an
//! organization uses one. With it come personal access tokens, which mail clients use in the place of a password.
//!
//! The names are Amazon's, kept as they were given or made in Amazon's form; nobody at Amazon is asked. What holds here
//! and now is what the mode says about passwords of the directory, and what is said about tokens.

mod applications;
mod remove_identity_provider;
mod set_identity_provider;
mod show_identity_provider;

use std::str::FromStr;

use reeve_base::Invalid;
use reeve_store::Tx;
use reeve_store::tables::organization_documents as rows;

use crate::ctx::stored;
use crate::documents::Body;
use crate::error::Error;

pub(crate) use applications::delete_application_of;
pub use applications::{
    CreatedIdentityCenterApplication, IdentityCenterApplication, NewIdentityCenterApplication,
    create_identity_center_application, delete_identity_center_application, list_identity_center_applications,
};
pub use remove_identity_provider::remove_identity_provider;
pub use set_identity_provider::set_identity_provider;
pub use show_identity_provider::show_identity_provider;

/// The kind of document, of which there is one or none.
const KIND: &str = "identity_provider";

/// What refusals call it.
const WHAT: &str = "identity provider configuration";

/// Which ways to prove who one is are open to users.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthenticationMode {
    /// The identity provider alone: passwords of the directory open nothing.
    ProviderOnly,
    /// The identity provider, and passwords of the directory.
    ProviderAndDirectory,
}

impl AuthenticationMode {
    /// The word for it on every wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::ProviderOnly => "provider_only",
            Self::ProviderAndDirectory => "provider_and_directory",
        }
    }
}

impl FromStr for AuthenticationMode {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        [Self::ProviderOnly, Self::ProviderAndDirectory]
            .into_iter()
            .find(|mode| mode.word() == text)
            .ok_or_else(|| Invalid::new("mode", "must be provider_only or provider_and_directory"))
    }
}

/// Whether personal access tokens open anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenStatus {
    /// They do, and more can be made.
    Active,
    /// They open nothing until they are active again.
    Inactive,
}

impl TokenStatus {
    /// The word for it on every wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Inactive => "inactive",
        }
    }
}

impl FromStr for TokenStatus {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text {
            "active" => Ok(Self::Active),
            "inactive" => Ok(Self::Inactive),
            _ => Err(Invalid::new("status", "must be active or inactive")),
        }
    }
}

/// What holds for the personal access tokens of an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenSettings {
    /// Whether they open anything.
    pub status: TokenStatus,
    /// How long a token that is made lives at most; for ever when unsaid.
    pub lifetime_days: Option<u32>,
}

/// By whom else the users of an organization prove who they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityProvider {
    /// Which ways are open.
    pub mode: AuthenticationMode,
    /// The instance of Identity Center.
    pub instance_arn: String,
    /// The application in it.
    pub application_arn: String,
    /// What holds for personal access tokens.
    pub tokens: TokenSettings,
}

impl IdentityProvider {
    fn body(&self) -> Body {
        Body::new([
            ("mode", self.mode.word().into()),
            ("instance_arn", self.instance_arn.as_str().into()),
            ("application_arn", self.application_arn.as_str().into()),
            ("token_status", self.tokens.status.word().into()),
            ("token_lifetime_days", self.tokens.lifetime_days.into()),
        ])
    }

    fn read(body: &Body) -> Result<Self, Error> {
        let days = body.get("token_lifetime_days").and_then(serde_json::Value::as_u64);
        Ok(Self {
            mode: stored(body.text("mode")?.parse())?,
            instance_arn: body.text("instance_arn")?.to_owned(),
            application_arn: body.text("application_arn")?.to_owned(),
            tokens: TokenSettings {
                status: stored(body.text("token_status")?.parse())?,
                lifetime_days: days.map(|days| stored(u32::try_from(days))).transpose()?,
            },
        })
    }
}

/// The identity provider of an organization, where it has one.
pub(crate) fn of(tx: &mut Tx<'_>, organization_id: &str) -> Result<Option<IdentityProvider>, Error> {
    match rows::get(tx, (organization_id, KIND), KIND)? {
        Some(row) => IdentityProvider::read(&Body::read(&row.body)?).map(Some),
        None => Ok(None),
    }
}
