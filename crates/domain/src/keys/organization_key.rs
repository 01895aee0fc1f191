//! The key of an organization, from its row to the open: what is needed is read in a transaction, what unwraps it is
//! asked outside of one.

use reeve_base::key_services::{CustomerKey, KeyContext, KeyFailure, WRAPPED_KEY_BYTES};
use reeve_store::Tx;
use reeve_store::tables::encryption_keys;
use reeve_store::tables::organization_keys::{self as rows, OrganizationKeyRow};
use reeve_store::tables::organizations::OrganizationRow;
use zeroize::Zeroizing;

use super::cache::Known;
use super::cipher::PlainKey;
use super::{KeyState, ORGANIZATION_KEY, context, failure};
use crate::ctx::{Ctx, stored};
use crate::encryption_keys::customer_key;
use crate::error::Error;
use crate::sealing;

/// One generation of a key, with what is needed to unwrap it.
#[derive(Debug, Clone)]
pub(super) struct Wrapped {
    pub(super) row: OrganizationKeyRow,
    pub(super) customer: Option<CustomerKey>,
    pub(super) context: KeyContext,
}

impl Wrapped {
    /// Reads what is needed to unwrap a generation.
    pub(super) fn of(
        tx: &mut Tx<'_>,
        ctx: &Ctx,
        organization: &OrganizationRow,
        row: OrganizationKeyRow,
    ) -> Result<Self, Error> {
        let customer = if row.key_id.is_empty() {
            None
        } else {
            let key = encryption_keys::by_id(tx, &organization.account_id, &row.key_id)?;
            let key =
                key.ok_or_else(|| Error::internal("an encryption key went while something is wrapped under it"))?;
            Some(customer_key(ctx, &key)?)
        };
        Ok(Self { row, customer, context: context(organization, ORGANIZATION_KEY) })
    }

    pub(super) fn state(&self) -> Result<KeyState, Error> {
        stored(self.row.state.parse())
    }

    fn known(&self) -> Known {
        let OrganizationKeyRow { organization_id, generation, wrapped, .. } = &self.row;
        (format!("organization key|{organization_id}|{generation}"), wrapped.clone())
    }

    /// The key in the open: the one that is held, or unwrapped now.
    pub(super) async fn open(&self, ctx: &Ctx) -> Result<Result<PlainKey, KeyFailure>, Error> {
        let held = &ctx.deployment().keys;
        let known = self.known();
        if !self.was_refused()
            && let Some(key) = held.get(&known, ctx.now())
        {
            return Ok(Ok(key));
        }
        if let Some(failure) = held.failure(&known, ctx.now()) {
            return Ok(Err(failure));
        }
        let opened = self.unwrap(ctx).await?;
        match &opened {
            Ok(key) => held.keep(&self.row.organization_id, known, key, ctx.now()),
            Err(failure) => {
                held.note_failure(known, *failure, ctx.now());
                if failure::is_refusal(*failure) {
                    held.forget(&self.row.organization_id);
                }
            }
        }
        Ok(opened)
    }

    /// Unwraps it, whatever is held.
    pub(super) async fn unwrap(&self, ctx: &Ctx) -> Result<Result<PlainKey, KeyFailure>, Error> {
        match &self.customer {
            Some(key) => {
                let services = &ctx.deployment().outside.key_services;
                Ok(services.unwrap(key, &self.context, &self.row.wrapped).await.map(PlainKey::new))
            }
            None => self.unseal(ctx).map(Ok),
        }
    }

    /// Whether its owner said no when it was last looked at: then what is held is not used.
    pub(super) fn was_refused(&self) -> bool {
        failure::of_word(&self.row.failure).is_some_and(failure::is_refusal)
    }

    fn unseal(&self, ctx: &Ctx) -> Result<PlainKey, Error> {
        let OrganizationKeyRow { organization_id, generation, wrapped, .. } = &self.row;
        let master = &ctx.deployment().settings().master_key;
        let id = sealed_id(organization_id, *generation);
        let opened = sealing::unseal(master, sealing::ORGANIZATION_KEY, &id, wrapped)?;
        let mut bytes = Zeroizing::new([0; WRAPPED_KEY_BYTES]);
        if opened.len() != WRAPPED_KEY_BYTES {
            return Err(Error::internal("a managed key has another length than it was sealed with"));
        }
        bytes.copy_from_slice(&opened);
        Ok(PlainKey::new(bytes))
    }
}

fn sealed_id(organization_id: &str, generation: i64) -> String {
    format!("{organization_id}|{generation}")
}

/// Wraps a key under the master key.
pub(super) fn seal(ctx: &Ctx, (organization_id, generation): (&str, i64), key: &PlainKey) -> Result<Vec<u8>, Error> {
    let master = &ctx.deployment().settings().master_key;
    let id = sealed_id(organization_id, generation);
    sealing::seal(master, sealing::ORGANIZATION_KEY, &id, key.bytes(), ctx.random())
}

/// A generation that is to be: in use from now on, and looked at soon where somebody else keeps what it is under.
pub(super) fn draft(
    ctx: &Ctx,
    (organization_id, generation): (&str, i64),
    (key_id, wrapped): (&str, Vec<u8>),
) -> OrganizationKeyRow {
    let now = ctx.now().millis();
    OrganizationKeyRow {
        organization_id: organization_id.to_owned(),
        generation,
        key_id: key_id.to_owned(),
        wrapped,
        state: KeyState::Active.word().to_owned(),
        created_at: now,
        checked_at: None,
        next_check_at: Some(now).filter(|_| !key_id.is_empty()),
        failures: 0,
        failure: String::new(),
    }
}

/// Gives an organization a managed key, unless it has a key.
pub(crate) fn ensure_managed(tx: &mut Tx<'_>, ctx: &Ctx, organization_id: &str) -> Result<(), Error> {
    if !rows::of_organization(tx, organization_id)?.is_empty() {
        return Ok(());
    }
    let of = (organization_id, 1);
    let wrapped = seal(ctx, of, &PlainKey::generate(ctx.random()))?;
    rows::insert(tx, &draft(ctx, of, ("", wrapped)))?;
    Ok(())
}
