//! Giving an organization a key: its first, another one, or a new generation of the same.
//!
//! The new key is wrapped before the transaction that puts it in place, which checks that nothing changed meanwhile.
//! What the former one wrapped is wrapped anew afterwards, by [`super::rewrap`]; until then both are there.

use reeve_base::key_services::CustomerKey;
use reeve_base::limits::KEY_GENERATIONS_MAX;
use reeve_store::Tx;
use reeve_store::tables::encryption_keys::{self, EncryptionKeyRow};
use reeve_store::tables::organization_keys::{self as rows, OrganizationKeyRow};
use reeve_store::tables::organizations::OrganizationRow;

use super::cipher::PlainKey;
use super::organization_key::{draft, seal};
use super::show_organization_key::shown;
use super::{KeyChoice, KeyState, ORGANIZATION_KEY, OrganizationKey, context, failure, wrap_and_prove};
use crate::access::{self, Target};
use crate::audit::{self, Change, Subject};
use crate::ctx::{Ctx, stored};
use crate::encryption_keys::{EncryptionKeyRef, WHAT, customer_key, seek};
use crate::error::Error;
use crate::operations::{EDIT_ENCRYPTION_KEY, Operation, ROTATE_ORGANIZATION_KEY, SET_ORGANIZATION_KEY};
use crate::organizations::{Needs, OrganizationRef, find_in};

/// Has the key of an organization wrapped under another key; the mailboxes follow by themselves.
///
/// Errors: `Invalid` for a key that cannot be used, `NotFound`, `Denied` for who may not administer the key,
/// `WrongState` for one that is switched off, `Conflict` while former generations wait or when it just changed.
pub async fn set_organization_key(
    ctx: &Ctx,
    organization: OrganizationRef,
    choice: KeyChoice,
) -> Result<OrganizationKey, Error> {
    change(ctx, &SET_ORGANIZATION_KEY, organization, Some(choice)).await
}

/// Makes a new generation of the key of an organization under what it is under; the mailboxes follow by themselves.
///
/// Errors: as [`set_organization_key`].
pub async fn rotate_organization_key(ctx: &Ctx, organization: OrganizationRef) -> Result<OrganizationKey, Error> {
    change(ctx, &ROTATE_ORGANIZATION_KEY, organization, None).await
}

/// What a new generation is made from.
#[derive(Clone)]
struct Plan {
    organization: OrganizationRow,
    present: Option<OrganizationKeyRow>,
    /// What it is to be wrapped under; the master key where there is none.
    under: Option<(EncryptionKeyRow, CustomerKey)>,
}

impl Plan {
    fn key_id(&self) -> &str {
        self.under.as_ref().map_or("", |(row, _)| &row.key_id)
    }

    fn generation(&self) -> i64 {
        self.present.as_ref().map_or(0, |row| row.generation) + 1
    }

    /// Whether what is wanted is so already.
    fn is_so(&self, operation: &Operation) -> bool {
        let active = KeyState::Active.word();
        let under_it = self.present.as_ref().is_some_and(|row| row.state == active && row.key_id == self.key_id());
        under_it && operation.name == SET_ORGANIZATION_KEY.name
    }
}

async fn change(
    ctx: &Ctx,
    operation: &'static Operation,
    reference: OrganizationRef,
    choice: Option<KeyChoice>,
) -> Result<OrganizationKey, Error> {
    let (sought, wanted) = (reference.clone(), choice.clone());
    let plan = ctx.read(move |tx, ctx| plan(tx, ctx, operation, (&sought, wanted.as_ref()))).await?;
    if plan.is_so(operation) {
        return ctx.read(move |tx, ctx| shown(tx, ctx, &plan.organization)).await;
    }
    let wrapped = wrap(ctx, &plan).await?;
    let forgotten = plan.organization.organization_id.clone();
    let shown = ctx
        .write(move |tx, ctx| {
            let now = self::plan(tx, ctx, operation, (&reference, choice.as_ref()))?;
            let same = |plan: &Plan| {
                let present = plan.present.as_ref().map(|row| (row.generation, row.state.clone()));
                let under = plan.under.as_ref().map(|(row, _)| (row.key_id.clone(), row.version));
                (plan.organization.organization_id.clone(), present, under)
            };
            if same(&now) != same(&plan) {
                let why = "the key was changed at the same time; look at it again".to_owned();
                return Err(Error::Conflict { why });
            }
            put(tx, ctx, operation, (now, wrapped.clone()))
        })
        .await?;
    // What is held of the former key is wiped; what of it is still needed is unwrapped anew.
    ctx.deployment().keys.forget(&forgotten);
    Ok(shown)
}

/// Decides, and looks at what is there.
fn plan(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    operation: &Operation,
    (reference, choice): (&OrganizationRef, Option<&KeyChoice>),
) -> Result<Plan, Error> {
    let organization = find_in(tx, ctx, operation, reference, Needs::Usable)?;
    let generations = rows::of_organization(tx, &organization.organization_id)?;
    let present = generations.first().cloned();
    let state = present.as_ref().map(|row| stored(row.state.parse())).transpose()?;
    match (state, choice) {
        (Some(KeyState::Disabled), _) => return Err(wrong_state(KeyState::Disabled, "active; switch it on first")),
        (Some(KeyState::Destroyed), None) => {
            return Err(wrong_state(KeyState::Destroyed, "active; set a key, which is a new one"));
        }
        _ => {}
    }
    if generations.len() >= KEY_GENERATIONS_MAX {
        let why = "mailboxes are still being wrapped anew under the former keys; wait until that is done".to_owned();
        return Err(Error::Conflict { why });
    }
    let under = match choice {
        Some(KeyChoice::Managed) => None,
        Some(KeyChoice::Customer(key)) => Some(chosen(tx, ctx, key)?),
        None => match present.as_ref().filter(|row| !row.key_id.is_empty()) {
            None => None,
            Some(row) => {
                let key = encryption_keys::by_id(tx, &organization.account_id, &row.key_id)?;
                let key = key.ok_or_else(|| Error::not_found(WHAT, &row.key_id))?;
                let customer = customer_key(ctx, &key)?;
                Some((key, customer))
            }
        },
    };
    Ok(Plan { organization, present, under })
}

fn wrong_state(is: KeyState, needs: &str) -> Error {
    Error::WrongState { is: is.word().to_owned(), needs: needs.to_owned() }
}

/// A key of the account that only somebody who may administer it can choose (row B6).
fn chosen(tx: &mut Tx<'_>, ctx: &Ctx, key: &EncryptionKeyRef) -> Result<(EncryptionKeyRow, CustomerKey), Error> {
    let account = ctx.need_account()?.as_str();
    access::also(tx, ctx, &EDIT_ENCRYPTION_KEY, Target::Account(account))?;
    let row = seek(tx, ctx, key)?;
    let customer = customer_key(ctx, &row)?;
    Ok((row, customer))
}

/// Makes a key and wraps it as planned.
async fn wrap(ctx: &Ctx, plan: &Plan) -> Result<Vec<u8>, Error> {
    let key = PlainKey::generate(ctx.random());
    match &plan.under {
        None => seal(ctx, (&plan.organization.organization_id, plan.generation()), &key),
        Some((_, customer)) => {
            let context = context(&plan.organization, ORGANIZATION_KEY);
            wrap_and_prove(ctx, customer, &context, key.bytes()).await.map_err(failure::unfit)
        }
    }
}

/// Puts the new generation in place.
fn put(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    operation: &Operation,
    (plan, wrapped): (Plan, Vec<u8>),
) -> Result<OrganizationKey, Error> {
    let generation = plan.generation();
    let key_name = plan.under.as_ref().map_or("managed", |(row, _)| &row.reference).to_owned();
    let key_id = plan.key_id().to_owned();
    let organization = plan.organization;
    let mut changes = Vec::new();
    match plan.present {
        None => changes.push(Change::made("generation", generation.to_string())),
        Some(mut former) => {
            changes.push(Change::moved("generation", former.generation.to_string(), generation.to_string()));
            if former.key_id != key_id {
                changes.push(Change::moved("encryption_key", key_in_words(tx, &organization, &former)?, &key_name));
            }
            if former.state == KeyState::Destroyed.word() {
                rows::delete(tx, &former.organization_id, former.generation)?;
            } else {
                KeyState::Former.word().clone_into(&mut former.state);
                former.next_check_at = Some(ctx.now().millis());
                rows::update(tx, &former)?;
            }
        }
    }
    let mut row = draft(ctx, (&organization.organization_id, generation), (&key_id, wrapped));
    // What was amiss with the former one is over: the next look at the key says so.
    row.next_check_at = Some(ctx.now().millis());
    rows::insert(tx, &row)?;
    let subject = Subject::within(&organization, &organization.organization_id, &organization.alias);
    audit::record(tx, ctx, operation, subject, &changes)?;
    shown(tx, ctx, &organization)
}

/// What a generation is wrapped under, for people to read.
fn key_in_words(tx: &mut Tx<'_>, organization: &OrganizationRow, row: &OrganizationKeyRow) -> Result<String, Error> {
    if row.key_id.is_empty() {
        return Ok("managed".to_owned());
    }
    let key = encryption_keys::by_id(tx, &organization.account_id, &row.key_id)?;
    Ok(key.map_or_else(|| row.key_id.clone(), |key| key.reference))
}

/// The first key of an organization that is about to be made, wrapped under a customer's key.
#[derive(Debug, Clone)]
pub(crate) struct FirstKey {
    reference: EncryptionKeyRef,
    key_id: String,
    version: i64,
    wrapped: Vec<u8>,
}

/// Wraps the first key of an organization, before the transaction that makes the organization.
///
/// Errors: `Invalid` in the field `encryption_key` for a key that is not there or cannot be used, `Denied`.
pub(crate) async fn first_key(
    ctx: &Ctx,
    operation: &'static Operation,
    organization: &OrganizationRow,
    reference: EncryptionKeyRef,
) -> Result<FirstKey, Error> {
    let sought = reference.clone();
    let (row, customer) = ctx
        .read(move |tx, ctx| {
            access::decide(tx, ctx, operation, Target::Account(ctx.need_account()?.as_str()))?;
            chosen(tx, ctx, &sought)
        })
        .await
        .map_err(unknown)?;
    let key = PlainKey::generate(ctx.random());
    let context = context(organization, ORGANIZATION_KEY);
    let wrapped = wrap_and_prove(ctx, &customer, &context, key.bytes()).await.map_err(failure::unfit)?;
    Ok(FirstKey { reference, key_id: row.key_id, version: row.version, wrapped })
}

/// Writes the first key of an organization in the transaction that makes it; decides about the key once more.
pub(crate) fn keep_first(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    organization: &OrganizationRow,
    first: &FirstKey,
) -> Result<Change, Error> {
    let (row, _) = chosen(tx, ctx, &first.reference).map_err(unknown)?;
    if (&row.key_id, row.version) != (&first.key_id, first.version) {
        let why = "the encryption key was changed at the same time; try again".to_owned();
        return Err(Error::Conflict { why });
    }
    let of = (organization.organization_id.as_str(), 1);
    rows::insert(tx, &draft(ctx, of, (&first.key_id, first.wrapped.clone())))?;
    Ok(Change::made("encryption_key", row.reference))
}

/// What is not found is wrong in a field of the request that names it.
fn unknown(error: Error) -> Error {
    match error {
        Error::NotFound { what, name } if what == WHAT => {
            Error::invalid("encryption_key", format!("names none of this account: \"{name}\"; create it first"))
        }
        other => other,
    }
}
