//! Who is asking: the only place that turns a credential into a context.

use std::sync::Arc;

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reeve_base::ids::AccountId;
use reeve_base::limits::SESSION_IDLE;
use reeve_base::secret::ExposeSecret;
use reeve_base::{Secret, Timestamp};
use reeve_store::tables::{accounts, sessions};
use std::time::Duration;

use crate::ctx::{Actor, AdministratorRole, Ctx, Request, stored};
use crate::deployment::Deployment;
use crate::error::Error;

/// How stale the note of a session's last use may be: one write a minute, not one a request.
const SEEN_EVERY: Duration = Duration::from_secs(60);

/// A request without a credential.
pub fn anonymous(deployment: &Arc<Deployment>, request: Request) -> Ctx {
    Ctx::new(Arc::clone(deployment), Actor::Anonymous, None, request)
}

/// A request that carries a session token.
///
/// Errors: `Unauthenticated` when the session is unknown, over, idle too long, or its administrator inactive.
pub async fn session(deployment: &Arc<Deployment>, token: &Secret, request: Request) -> Result<Ctx, Error> {
    let hash = token_hash(token);
    let now = deployment.clock.now();
    let sought = hash.clone();
    let row = deployment
        .store
        .read(move |tx| sessions::by_hash(tx, &sought).map_err(Error::from))
        .await?
        .filter(|row| row.status == "active" && row.expires_at > now.millis())
        .filter(|row| row.seen_at > now.minus(SESSION_IDLE).millis())
        .ok_or(Error::Unauthenticated)?;
    if row.seen_at < now.minus(SEEN_EVERY).millis() {
        deployment.store.write(move |tx| sessions::touch(tx, &hash, now.millis()).map_err(Error::from)).await?;
    }
    let actor = Actor::Administrator {
        id: stored(row.administrator_id.parse())?,
        username: row.username,
        role: AdministratorRole::of(&row.role),
        session: stored(row.session_id.parse())?,
    };
    let account = stored(row.account_id.parse())?;
    Ok(Ctx::new(Arc::clone(deployment), actor, Some(account), request))
}

/// A request over the local socket, by whoever may open it.
///
/// The account is the one that is named, or the only one there is.
pub async fn operator(
    deployment: &Arc<Deployment>,
    uid: u32,
    account: Option<AccountId>,
    request: Request,
) -> Result<Ctx, Error> {
    let account = deployment
        .store
        .read(move |tx| match &account {
            Some(named) => match accounts::by_id(tx, named.as_str())? {
                Some(_) => Ok(Some(named.clone())),
                None => Err(Error::not_found("account", named)),
            },
            None => match &accounts::all(tx, 2)?[..] {
                [only] => Ok(Some(stored(only.account_id.parse())?)),
                _ => Ok(None),
            },
        })
        .await?;
    Ok(Ctx::new(Arc::clone(deployment), Actor::Operator { uid }, account, request))
}

/// A new session token: 256 random bits, as text for a header.
pub(crate) fn new_token(deployment: &Deployment) -> Secret {
    let bytes = reeve_base::random::bytes::<32>(deployment.random.as_ref());
    Secret::from(URL_SAFE_NO_PAD.encode(bytes))
}

/// What is stored of a token. A fast hash is enough for 256 random bits.
pub(crate) fn token_hash(token: &Secret) -> Vec<u8> {
    digest::digest(&digest::SHA256, token.expose_secret().as_bytes()).as_ref().to_vec()
}

/// When a session that is used now would go idle.
pub(crate) fn idle_end(seen_at: Timestamp) -> Timestamp {
    seen_at.plus(SESSION_IDLE)
}
