//! Personal access tokens: passwords of a user for one mail client each, which work in the place of the user's own.
//!
//! A token is good while the identity provider of the organization says that tokens are, while its user is enabled, and
//! over the protocols that are its scopes. It is made up here, shown once and kept as a hash; with 256 random bits it
//! needs no slow one. Nobody guesses a token, so a lock for wrong passwords does not keep it out.

mod accept;
mod create_personal_access_token;
mod delete_personal_access_token;
mod list_personal_access_tokens;

use aws_lc_rs::digest;
use reeve_base::ids::{PersonalAccessTokenId, UserId};
use reeve_base::secret::ExposeSecret;
use reeve_base::{Secret, Timestamp};
use reeve_store::tables::personal_access_tokens::TokenRow;

use crate::ctx::stored;
use crate::error::Error;

pub(crate) use accept::{Shown, accept, note_use, shown};
pub use create_personal_access_token::{CreatedPersonalAccessToken, NewToken, create_personal_access_token};
pub use delete_personal_access_token::delete_personal_access_token;
pub use list_personal_access_tokens::{list_personal_access_tokens, show_personal_access_token};

/// What every token begins with, so that people and programs that look for leaked secrets know one when they see it.
const PREFIX: &str = "rpat_";

/// Octets of randomness in a token.
const SECRET_BYTES: usize = 32;

/// Letters of base64 that these become.
const SECRET_CHARS: usize = 43;

/// What refusals call one.
const WHAT: &str = "personal access token";

/// A password of a user for one mail client, but for the password itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonalAccessToken {
    /// Its id.
    pub id: PersonalAccessTokenId,
    /// Whose it is.
    pub user_id: UserId,
    /// What it is for.
    pub name: String,
    /// The protocols over which it is good.
    pub scopes: Vec<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last used, to the minute or so.
    pub used_at: Option<Timestamp>,
    /// When it ends, if it does.
    pub expires_at: Option<Timestamp>,
}

impl PersonalAccessToken {
    fn from_row(row: TokenRow) -> Result<Self, Error> {
        Ok(Self {
            id: stored(row.token_id.parse())?,
            user_id: stored(row.user_id.parse())?,
            name: row.name,
            scopes: row.scopes.split_whitespace().map(str::to_owned).collect(),
            created_at: Timestamp::from_millis(row.created_at),
            used_at: row.used_at.map(Timestamp::from_millis),
            expires_at: row.expires_at.map(Timestamp::from_millis),
        })
    }
}

/// What is kept of a secret.
fn hash(secret: &Secret) -> Vec<u8> {
    digest::digest(&digest::SHA256, secret.expose_secret().as_bytes()).as_ref().to_vec()
}
