//! The keys by which mail of a domain is signed (RFC 6376).
//!
//! A domain has a current key and the next one at all times, and the records of both are wanted: when keys change, the
//! record of the one that comes is already everywhere. The one that goes stays in the DNS for a week, for mail that is
//! still under way, and is then removed. Private halves are stored sealed and never shown.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reeve_base::Timestamp;
use reeve_base::limits::{DKIM_KEY_RETIREMENT, DKIM_ROTATION_PERIOD};
use reeve_store::Tx;
use reeve_store::tables::dkim_keys::{self, DkimKeyRow};
use reeve_store::tables::domains::DomainRow;
use zeroize::Zeroizing;

use crate::audit::Change;
use crate::ctx::Ctx;
use crate::error::Error;
use crate::{hosted_zones, sealing};

/// The key that signs.
pub(super) const CURRENT: &str = "current";

/// The key that will sign after it.
pub(super) const NEXT: &str = "next";

/// A key that signed before.
pub(super) const FORMER: &str = "former";

/// Letters that tell keys of one day apart: nobody changes keys more often in a day.
const LETTERS: &str = "abcdefghijklmnopqrstuvwxyz";

/// A key that was drawn and belongs to no domain yet.
#[derive(Clone)]
pub(super) struct NewKey {
    public: String,
    private: Zeroizing<Vec<u8>>,
}

/// Draws keys of 2,048 bits (RFC 8301 §3.2) where slow work is done. Their randomness is the library's own.
pub(super) async fn draw(count: usize) -> Result<Vec<NewKey>, Error> {
    let drawn = tokio::task::spawn_blocking(move || (0..count).map(|_| draw_one()).collect::<Result<_, _>>()).await;
    drawn.map_err(|why| Error::internal(format!("drawing a key was broken off: {why}")))?
}

fn draw_one() -> Result<NewKey, Error> {
    let failed = |_| Error::internal("a key of 2,048 bits can always be drawn");
    let pair = KeyPair::generate(KeySize::Rsa2048).map_err(failed)?;
    let private: Pkcs8V1Der<'_> = pair.as_der().map_err(failed)?;
    let public: PublicKeyX509Der<'_> = pair.public_key().as_der().map_err(failed)?;
    Ok(NewKey { public: STANDARD.encode(public.as_ref()), private: Zeroizing::new(private.as_ref().to_vec()) })
}

/// Where the record of a key stands.
pub(super) fn host(key: &DkimKeyRow) -> String {
    format!("{}._domainkey.{}", key.selector, key.domain)
}

/// What the record of a key says.
pub(super) fn record_value(key: &DkimKeyRow) -> String {
    format!("v=DKIM1; k=rsa; p={}", key.public_key)
}

/// The keys of a domain, the oldest first.
pub(super) fn of_domain(tx: &mut Tx<'_>, row: &DomainRow) -> Result<Vec<DkimKeyRow>, Error> {
    Ok(dkim_keys::between(tx, &row.organization_id, &row.domain, &row.domain)?)
}

/// The key of a domain in this state.
pub(super) fn in_state<'k>(keys: &'k [DkimKeyRow], state: &str) -> Option<&'k DkimKeyRow> {
    keys.iter().find(|key| key.state == state)
}

/// How many keys a domain lacks.
pub(super) fn lacking(keys: &[DkimKeyRow]) -> usize {
    [CURRENT, NEXT].iter().filter(|state| in_state(keys, state).is_none()).count()
}

/// Gives a domain the keys that it lacks; says what changed.
pub(super) fn fill_up(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    row: &DomainRow,
    drawn: &mut Vec<NewKey>,
) -> Result<Vec<Change>, Error> {
    let mut keys = of_domain(tx, row)?;
    let mut changes = Vec::new();
    for state in [CURRENT, NEXT] {
        if in_state(&keys, state).is_none()
            && let Some(new) = drawn.pop()
        {
            let key = add(tx, ctx, (row, &keys), (state, &new))?;
            changes.push(Change::made(&format!("dkim_{state}"), &key.selector));
            keys.push(key);
        }
    }
    Ok(changes)
}

fn add(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    (row, others): (&DomainRow, &[DkimKeyRow]),
    (state, new): (&str, &NewKey),
) -> Result<DkimKeyRow, Error> {
    let selector = free_selector(ctx.now(), others)?;
    let id = sealed_id(&row.organization_id, &row.domain, &selector);
    let master = &ctx.deployment().settings().master_key;
    let key = DkimKeyRow {
        organization_id: row.organization_id.clone(),
        domain: row.domain.clone(),
        selector,
        state: state.to_owned(),
        public_key: new.public.clone(),
        private_key: sealing::seal(master, sealing::DKIM_KEY, &id, &new.private, ctx.random())?,
        created_at: ctx.now().millis(),
        verified_at: None,
        retire_at: None,
    };
    dkim_keys::insert(tx, &key)?;
    hosted_zones::wake(tx, ctx, &row.organization_id, &row.domain)?;
    Ok(key)
}

/// What the private half of a key is bound to, so that no domain can take another's.
fn sealed_id(organization_id: &str, domain: &str, selector: &str) -> String {
    format!("{organization_id} {domain} {selector}")
}

/// A selector that no key of the domain has: the day, and a letter.
fn free_selector(now: Timestamp, others: &[DkimKeyRow]) -> Result<String, Error> {
    let day: String = now.to_rfc3339().chars().take(10).filter(char::is_ascii_digit).collect();
    let taken = |selector: &String| others.iter().any(|key| key.selector == *selector);
    LETTERS
        .chars()
        .map(|letter| format!("reeve-{day}{letter}"))
        .find(|selector| !taken(selector))
        .ok_or(Error::LimitReached { what: "keys of a domain in a day", limit: LETTERS.len() })
}

/// Makes the next key the current one and `new` the next; says what changed.
pub(super) fn rotate(tx: &mut Tx<'_>, ctx: &Ctx, row: &DomainRow, new: &NewKey) -> Result<Vec<Change>, Error> {
    let keys = of_domain(tx, row)?;
    let (Some(current), Some(next)) = (in_state(&keys, CURRENT), in_state(&keys, NEXT)) else {
        return Err(Error::internal("a domain whose keys change has two"));
    };
    let retire_at = Some(ctx.now().plus(DKIM_KEY_RETIREMENT).millis());
    dkim_keys::update(tx, &DkimKeyRow { state: FORMER.to_owned(), retire_at, ..current.clone() })?;
    dkim_keys::update(tx, &DkimKeyRow { state: CURRENT.to_owned(), ..next.clone() })?;
    let added = add(tx, ctx, (row, &keys), (NEXT, new))?;
    Ok(vec![
        Change::moved("dkim_current", &current.selector, &next.selector),
        Change::moved("dkim_next", &next.selector, &added.selector),
    ])
}

/// Removes former keys whose time is over; says which.
pub(super) fn retire(tx: &mut Tx<'_>, ctx: &Ctx, row: &DomainRow) -> Result<Vec<Change>, Error> {
    let now = ctx.now().millis();
    let mut changes = Vec::new();
    for key in of_domain(tx, row)? {
        if key.state == FORMER && key.retire_at.is_some_and(|at| at <= now) {
            dkim_keys::delete(tx, &key)?;
            hosted_zones::wake(tx, ctx, &row.organization_id, &row.domain)?;
            changes.push(Change::gone("dkim_former", &key.selector));
        }
    }
    Ok(changes)
}

/// Whether it is time to change keys: the next one was drawn when they last changed, and its record is known to be there.
pub(super) fn rotation_is_due(keys: &[DkimKeyRow], now: Timestamp) -> bool {
    in_state(keys, NEXT).is_some_and(|next| {
        next.verified_at.is_some() && now.since(Timestamp::from_millis(next.created_at)) >= DKIM_ROTATION_PERIOD
    })
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, UnparsedPublicKey};

    use super::*;

    #[test]
    fn the_record_verifies_what_the_private_half_signs() {
        let new = draw_one().unwrap();
        let pair = KeyPair::from_pkcs8(&new.private).unwrap();
        let mut signature = vec![0; pair.public_modulus_len()];
        pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), b"mail", &mut signature).unwrap();
        let public = STANDARD.decode(&new.public).unwrap();
        let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, public);
        assert!(public.verify(b"mail", &signature).is_ok());
        assert!(public.verify(b"other mail", &signature).is_err());
        assert_eq!(signature.len() * 8, 2_048);
    }

    #[test]
    fn each_key_of_a_day_has_its_selector() {
        let now = Timestamp::from_millis(1_767_225_600_000);
        let mut keys: Vec<DkimKeyRow> = Vec::new();
        while let Ok(selector) = free_selector(now, &keys) {
            assert!(selector.starts_with("reeve-20260101") && keys.iter().all(|key| key.selector != selector));
            keys.push(DkimKeyRow {
                organization_id: String::new(),
                domain: String::new(),
                selector,
                state: FORMER.to_owned(),
                public_key: String::new(),
                private_key: Vec::new(),
                created_at: 0,
                verified_at: None,
                retire_at: None,
            });
        }
        assert_eq!(keys.len(), 26);
    }
}
