//! Whether what somebody shows at a sign-in is a good token of the user whose address they give.

use reeve_base::secret::ExposeSecret;
use reeve_base::{Secret, Timestamp};
use reeve_store::Tx;
use reeve_store::tables::personal_access_tokens::{self as rows, TokenRow};
use reeve_store::tables::users::UserRow;

use super::{PREFIX, SECRET_CHARS, hash};
use crate::access_control::Arrival;
use crate::auth::is_stale;
use crate::deployment::Deployment;
use crate::error::Error;
use crate::identity_providers::{TokenSettings, TokenStatus};

/// What was shown where a password is expected, and looks like a token.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    hash: Vec<u8>,
}

/// Reads what was shown; `None` for what is certainly no token.
pub(crate) fn shown(text: &Secret) -> Option<Shown> {
    let drawn = text.expose_secret().strip_prefix(PREFIX)?;
    let letters = drawn.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    (letters && drawn.len() == SECRET_CHARS).then(|| Shown { hash: hash(text) })
}

/// The token of a user that was shown, if it is good: tokens are active, it has not ended, and it may be used over the
/// protocol over which the user comes.
pub(crate) fn accept(
    tx: &mut Tx<'_>,
    user: &UserRow,
    settings: TokenSettings,
    shown: &Shown,
    (arrival, now): (Option<Arrival>, Timestamp),
) -> Result<Option<TokenRow>, Error> {
    if settings.status != TokenStatus::Active {
        return Ok(None);
    }
    let row = rows::of_user_by_secret(tx, (&user.directory_id, &user.user_id), &shown.hash)?;
    let row = row.filter(|row| row.expires_at.is_none_or(|end| end > now.millis()));
    Ok(row.filter(|row| {
        arrival.is_none_or(|arrival| row.scopes.split_whitespace().any(|scope| scope == arrival.protocol.word()))
    }))
}

/// Notes that a token was used, unless that was noted a short while ago.
pub(crate) async fn note_use(deployment: &Deployment, row: TokenRow) -> Result<(), Error> {
    let now = deployment.clock.now();
    if !is_stale(row.used_at.unwrap_or_default(), now) {
        return Ok(());
    }
    let noted = move |tx: &mut Tx<'_>| rows::used(tx, &row.directory_id, &row.token_id, now.millis());
    deployment.store.write(move |tx| noted(tx).map_err(Error::from)).await
}
