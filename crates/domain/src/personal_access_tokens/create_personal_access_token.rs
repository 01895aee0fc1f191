//! Making a personal access token for a user; its secret is shown this once.
//!
//! In WorkMail users do this in their web mail; here it is for those who look after them, until they have one.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reeve_base::ids::PersonalAccessTokenId;
use reeve_base::limits::TOKENS_PER_USER_MAX;
use reeve_base::names::Label;
use reeve_base::{Secret, Timestamp, random};
use reeve_store::Tx;
use reeve_store::tables::organizations::OrganizationRow;
use reeve_store::tables::personal_access_tokens::{self as rows, TokenRow};
use reeve_store::tables::users::UserRow;

use super::{PREFIX, PersonalAccessToken, SECRET_BYTES, hash};
use crate::access_control::Protocol;
use crate::audit::{self, Change, Subject};
use crate::ctx::Ctx;
use crate::entities::{self, EntityState};
use crate::error::Error;
use crate::identity_providers::{self, TokenSettings, TokenStatus};
use crate::operations::CREATE_PERSONAL_ACCESS_TOKEN;
use crate::organizations::{Needs, OrganizationRef};
use crate::users::{self, UserRef, refuse_system_user};

const DAY: Duration = Duration::from_secs(24 * 3600);

/// A token that is to be.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// What it is for.
    pub name: Label,
    /// The protocols over which it is to be good; all of them when none is named.
    pub scopes: Vec<Protocol>,
    /// When it is to end; when unsaid, as late as the organization allows.
    pub expires_at: Option<Timestamp>,
}

/// A token that was made.
#[derive(Debug, Clone)]
pub struct CreatedPersonalAccessToken {
    /// The token.
    pub token: PersonalAccessToken,
    /// What opens; shown this once.
    pub secret: Secret,
}

/// Makes a token for a user.
///
/// Errors: `WrongState` where the organization has no tokens and for a user who is not enabled, `Reserved` for system
/// users, `Invalid` for an end that has come or is too far off, `LimitReached`.
pub async fn create_personal_access_token(
    ctx: &Ctx,
    organization: OrganizationRef,
    user: UserRef,
    new: NewToken,
) -> Result<CreatedPersonalAccessToken, Error> {
    let id = PersonalAccessTokenId::generate(ctx.now(), ctx.random());
    let drawn = URL_SAFE_NO_PAD.encode(random::bytes::<SECRET_BYTES>(ctx.random()));
    let secret = Secret::from(format!("{PREFIX}{drawn}"));
    let secret_hash = hash(&secret);
    let token = ctx
        .write(move |tx, ctx| {
            let named = (&organization, &user);
            let (organization, user) = users::find_in(tx, ctx, &CREATE_PERSONAL_ACCESS_TOKEN, named, Needs::Usable)?;
            refuse_system_user(&user)?;
            if user.state != EntityState::Enabled.word() {
                return Err(entities::need_enabled(&user));
            }
            let expires_at = end(ctx, &new, settings(tx, &organization)?)?;
            need_room(tx, ctx, &user)?;
            let row = TokenRow {
                directory_id: user.directory_id.clone(),
                token_id: id.to_string(),
                user_id: user.user_id.clone(),
                name: new.name.to_string(),
                scopes: scopes(&new.scopes),
                secret_hash: secret_hash.clone(),
                created_at: ctx.now().millis(),
                used_at: None,
                expires_at: expires_at.map(Timestamp::millis),
            };
            rows::insert(tx, &row)?;
            let end = expires_at.map(|end| Change::made("expires_at", end.to_string()));
            let made = [("user", &user.name), ("name", &row.name), ("scopes", &row.scopes)];
            let changes: Vec<Change> =
                made.into_iter().map(|(field, value)| Change::made(field, value)).chain(end).collect();
            let subject = Subject::within(&organization, &row.token_id, &row.name);
            audit::record(tx, ctx, &CREATE_PERSONAL_ACCESS_TOKEN, subject, &changes)?;
            PersonalAccessToken::from_row(row)
        })
        .await?;
    Ok(CreatedPersonalAccessToken { token, secret })
}

/// What holds for tokens here; refuses where they open nothing.
fn settings(tx: &mut Tx<'_>, organization: &OrganizationRow) -> Result<TokenSettings, Error> {
    let provider = identity_providers::of(tx, &organization.organization_id)?;
    let settings = provider.map(|provider| provider.tokens);
    settings.filter(|settings| settings.status == TokenStatus::Active).ok_or_else(|| Error::WrongState {
        is: "without personal access tokens".to_owned(),
        needs: "with an identity provider whose personal access tokens are active; set one first".to_owned(),
    })
}

/// When the token ends.
fn end(ctx: &Ctx, new: &NewToken, settings: TokenSettings) -> Result<Option<Timestamp>, Error> {
    let latest = settings.lifetime_days.map(|days| (days, ctx.now().plus(DAY.saturating_mul(days))));
    match (new.expires_at, latest) {
        (Some(end), _) if end <= ctx.now() => Err(Error::invalid("expires_at", "must lie in the future")),
        (Some(end), Some((days, latest))) if end > latest => {
            Err(Error::invalid("expires_at", format!("must lie within {days} days, as the organization demands")))
        }
        (Some(end), _) => Ok(Some(end)),
        (None, latest) => Ok(latest.map(|(_, latest)| latest)),
    }
}

fn need_room(tx: &mut Tx<'_>, ctx: &Ctx, user: &UserRow) -> Result<(), Error> {
    let live = rows::count_live_of_user(tx, &user.directory_id, &user.user_id, ctx.now().millis())?;
    if usize::try_from(live).is_ok_and(|live| live >= TOKENS_PER_USER_MAX) {
        return Err(Error::LimitReached { what: "personal access tokens of a user", limit: TOKENS_PER_USER_MAX });
    }
    Ok(())
}

/// Scopes as they are kept: each once, in the order of the protocols.
fn scopes(named: &[Protocol]) -> String {
    let kept = Protocol::ALL.into_iter().filter(|protocol| named.is_empty() || named.contains(protocol));
    kept.map(Protocol::word).collect::<Vec<_>>().join(" ")
}
