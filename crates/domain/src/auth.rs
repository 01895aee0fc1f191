//! Who is asking: the only place that turns a credential into a context.
//!
//! Refuses what is over, unknown or used from elsewhere, always with `Unauthenticated`. What its owner may do is not
//! asked here: [`crate::access`] looks the credential up again in each transaction, so that nothing outlives its end.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reeve_base::ids::{AccessKeyId, AccountId};
use reeve_base::limits::{PASSWORD_BYTES_MAX, SESSION_IDLE};
use reeve_base::names::{EmailAddress, Network};
use reeve_base::secret::ExposeSecret;
use reeve_base::{Secret, Timestamp};
use reeve_store::Tx;
use reeve_store::tables::access_keys::{self, AccessKeyRow};
use reeve_store::tables::administrators::{self, AdministratorRow};
use reeve_store::tables::standings::{self, StandingRow};
use reeve_store::tables::{accounts, sessions};
use subtle::ConstantTimeEq;

use crate::administrators::subject;
use crate::attempts;
use crate::audit::{self, Change};
use crate::credentials::Holder;
use crate::ctx::{Actor, Credential, Ctx, Request, stored};
use crate::deployment::Deployment;
use crate::error::Error;
use crate::operations::SIGN_IN;
use crate::passwords::Verdict;
use crate::sealing;

/// How stale the note of a credential's last use may be: one write a minute, not one a request.
const SEEN_EVERY: Duration = Duration::from_secs(60);

/// Stands in for the sealed secret of a key that is not there, so that looking for it costs as much: a format octet,
/// a nonce, 40 characters and a tag.
const DECOY: [u8; 1 + 12 + 40 + 16] = [1; 1 + 12 + 40 + 16];

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
        .read(move |tx| standings::of_token(tx, &sought).map_err(Error::from))
        .await?
        .filter(|row| row.status == "active" && row.session_ends_at > now.millis())
        .filter(|row| row.seen_at > now.minus(SESSION_IDLE).millis())
        .ok_or(Error::Unauthenticated)?;
    if is_stale(row.seen_at, now) {
        deployment.store.write(move |tx| sessions::touch(tx, &hash, now.millis()).map_err(Error::from)).await?;
    }
    let credential = Credential::Session { id: stored(row.credential_id.parse())? };
    let owner = [row.administrator_id, row.account_id, row.username];
    speaks_for(deployment, owner, credential, request)
}

/// A request that carries a username and an API password.
///
/// A password that was right a while ago costs a keyed hash; another one costs what a wrong name costs.
/// Errors: `Unauthenticated`, also for ten wrong ones in a row; `Throttled` for an address that tried too many.
pub async fn api_password(
    deployment: &Arc<Deployment>,
    username: &str,
    password: &Secret,
    request: Request,
) -> Result<Ctx, Error> {
    let username = EmailAddress::parse("username", username).map_err(|_| Error::Unauthenticated)?;
    // Over the local socket nobody needs one, and no address could be held to account.
    if request.source_address.is_none() || password.expose_secret().len() > PASSWORD_BYTES_MAX {
        return Err(Error::Unauthenticated);
    }
    let key = username.key();
    let row = deployment.store.read(move |tx| administrators::by_key(tx, &key).map_err(Error::from)).await?;
    let usable = |row: &AdministratorRow| row.status == "active" && row.api_access && row.api_password_hash.is_some();
    let good = row.clone().filter(usable);
    let now = deployment.clock.now();
    let remembered =
        good.as_ref().and_then(holder).is_some_and(|holder| deployment.credentials.remembers(holder, password, now));
    if !remembered {
        let ctx = anonymous(deployment, request.clone());
        prove_api_password(&ctx, username.key(), (row, good.clone()), password).await?;
    }
    let row = good.ok_or(Error::Unauthenticated)?;
    if is_stale(row.api_password_used_at.unwrap_or_default(), now) {
        let id = row.administrator_id.clone();
        let noted = move |tx: &mut Tx<'_>| administrators::used_api_password(tx, &id, now.millis());
        deployment.store.write(move |tx| noted(tx).map_err(Error::from)).await?;
    }
    let set_at = Timestamp::from_millis(row.api_password_changed_at.unwrap_or_default());
    let owner = [row.administrator_id, row.account_id, row.username];
    speaks_for(deployment, owner, Credential::ApiPassword { set_at }, request)
}

fn holder(row: &AdministratorRow) -> Option<Holder<'_>> {
    let stored_hash = row.api_password_hash.as_deref()?;
    Some(Holder { directory_id: &row.account_id, user_id: &row.administrator_id, method: "api", stored_hash })
}

/// Compares an API password with what is stored, or with nothing for the same price; counts a wrong one.
async fn prove_api_password(
    ctx: &Ctx,
    key: String,
    (known, good): (Option<AdministratorRow>, Option<AdministratorRow>),
    password: &Secret,
) -> Result<(), Error> {
    let deployment = ctx.deployment();
    ctx.read(|tx, ctx| attempts::check_address(tx, ctx.now(), ctx.source_address())).await?;
    let stored_hash = good.as_ref().and_then(|row| row.api_password_hash.clone());
    let verdict = deployment.credentials.verify(stored_hash.clone(), password.clone()).await?;
    let better = match (verdict, stored_hash) {
        (Verdict::Right { rehash: true }, Some(old)) => {
            let new = deployment.credentials.hash(Arc::clone(&deployment.random), password.clone()).await?;
            Some((old, new))
        }
        _ => None,
    };
    let right = matches!(verdict, Verdict::Right { .. });
    let outdated = better.is_some();
    let accepted = ctx
        .write(move |tx, ctx| {
            let counted = attempts::api_key(&key);
            if right && !attempts::is_locked(tx, ctx.now(), &counted)? {
                if let (Some((old, new)), Some(row)) = (&better, &known) {
                    administrators::rehash_api_password(tx, &row.administrator_id, old, new)?;
                }
                attempts::forgive(tx, &counted)?;
                return Ok(true);
            }
            let refused = attempts::count(tx, ctx.now(), &counted, ctx.source_address())?;
            if let Some(row) = &known {
                let outcome = Change::made("outcome", format!("API password {}", refused.sentence()));
                audit::record(tx, ctx, &SIGN_IN, subject(row), &[outcome])?;
            }
            Ok(false)
        })
        .await?;
    match good.as_ref().and_then(holder).filter(|_| accepted) {
        Some(holder) if !outdated => deployment.credentials.remember(holder, password, ctx.now()),
        Some(_) => {}
        None => return Err(Error::Unauthenticated),
    }
    Ok(())
}

/// A request that carries the id and the secret of an access key as they are.
///
/// Errors: `Unauthenticated`.
pub async fn access_key(
    deployment: &Arc<Deployment>,
    id: &AccessKeyId,
    secret: &Secret,
    request: Request,
) -> Result<Ctx, Error> {
    let key = usable_key(deployment, id, request.source_address.as_deref()).await?;
    let expected = key.as_ref().map_or("", |(_, expected)| expected.expose_secret());
    let right: bool = expected.as_bytes().ct_eq(secret.expose_secret().as_bytes()).into();
    match key {
        Some((standing, _)) if right => used_key(deployment, standing, request).await,
        _ => Err(Error::Unauthenticated),
    }
}

/// An access key for a door that is shown a signature instead of the secret.
#[derive(Debug)]
pub struct SigningKey {
    secret: Secret,
    standing: StandingRow,
    request: Request,
}

impl SigningKey {
    /// What the signature must have been made with.
    pub fn secret(&self) -> &Secret {
        &self.secret
    }

    /// The context of the request, whose signature the door has found right.
    pub async fn accepted(self, deployment: &Arc<Deployment>) -> Result<Ctx, Error> {
        used_key(deployment, self.standing, self.request).await
    }
}

/// The key by which a request says that it is signed; nothing is proven by asking for it.
///
/// Errors: `Unauthenticated` when it is unknown, over, or the request comes from elsewhere than it may.
pub async fn signing_key(
    deployment: &Arc<Deployment>,
    id: &AccessKeyId,
    request: Request,
) -> Result<SigningKey, Error> {
    match usable_key(deployment, id, request.source_address.as_deref()).await? {
        Some((standing, secret)) => Ok(SigningKey { secret, standing, request }),
        None => Err(Error::Unauthenticated),
    }
}

/// A key that may be used now and from there, with its secret.
async fn usable_key(
    deployment: &Arc<Deployment>,
    id: &AccessKeyId,
    source: Option<&str>,
) -> Result<Option<(StandingRow, Secret)>, Error> {
    let sought = id.clone();
    let found = deployment
        .store
        .read(move |tx| {
            let row = access_keys::by_id(tx, sought.as_str())?;
            let standing = standings::of_access_key(tx, sought.as_str())?;
            Ok::<_, Error>(row.zip(standing))
        })
        .await?;
    let master_key = &deployment.settings.master_key;
    let Some((row, standing)) = found else {
        // The answer is known; only the time that it takes is wanted.
        let _ = sealing::unseal(master_key, sealing::ACCESS_KEY, id.as_str(), &DECOY);
        return Ok(None);
    };
    let AccessKeyRow { access_key_id, secret, .. } = &row;
    let secret = sealing::unseal(master_key, sealing::ACCESS_KEY, access_key_id, secret)?;
    let secret = stored(std::str::from_utf8(&secret))?;
    let now = deployment.clock.now().millis();
    let usable = standing.status == "active"
        && standing.api_access
        && standing.credential_status == "active"
        && standing.expires_at.is_none_or(|at| at > now)
        && comes_from(&standing.source_networks, source)?;
    Ok(usable.then(|| (standing, Secret::from(secret))))
}

/// Whether a request comes from one of these networks; over the local socket, it comes from none.
fn comes_from(networks: &str, source: Option<&str>) -> Result<bool, Error> {
    let Some(source) = source else { return Ok(false) };
    if networks.is_empty() {
        return Ok(true);
    }
    let Ok(address) = source.parse::<IpAddr>() else { return Ok(false) };
    for network in networks.split(' ') {
        if stored(Network::parse("source_networks", network))?.contains(address) {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn used_key(deployment: &Arc<Deployment>, standing: StandingRow, request: Request) -> Result<Ctx, Error> {
    let now = deployment.clock.now();
    if is_stale(standing.seen_at, now) {
        let (id, address) = (standing.credential_id.clone(), request.source_address.clone().unwrap_or_default());
        let noted = move |tx: &mut Tx<'_>| access_keys::used(tx, &id, now.millis(), &address);
        deployment.store.write(move |tx| noted(tx).map_err(Error::from)).await?;
    }
    let credential = Credential::AccessKey { id: stored(standing.credential_id.parse())? };
    let owner = [standing.administrator_id, standing.account_id, standing.username];
    speaks_for(deployment, owner, credential, request)
}

/// Whether the note of a last use is so old that another is due.
pub(crate) fn is_stale(seen_at: i64, now: Timestamp) -> bool {
    seen_at < now.minus(SEEN_EVERY).millis()
}

/// The context of an administrator for whom a credential speaks.
fn speaks_for(
    deployment: &Arc<Deployment>,
    [id, account, username]: [String; 3],
    credential: Credential,
    request: Request,
) -> Result<Ctx, Error> {
    let actor = Actor::Administrator { id: stored(id.parse())?, username, credential };
    Ok(Ctx::new(Arc::clone(deployment), actor, Some(stored(account.parse())?), request))
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
