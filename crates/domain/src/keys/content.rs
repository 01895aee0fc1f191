//! Sealing and opening what lies in a mailbox, and the key of the mailbox that is made for its first content.
//!
//! No operation: who may read or write a mailbox was decided before. Of two first uses at once, one makes the key and
//! the other finds it.

use reeve_base::key_services::KeyFailure;
use reeve_store::Tx;
use reeve_store::tables::mailbox_keys::{self as rows, MailboxKeyRow};
use reeve_store::tables::{mailboxes, organization_keys, organizations};

use super::cache::Known;
use super::cipher::{self, Binding, Place, PlainKey};
use super::organization_key::{Wrapped, ensure_managed};
use super::{KeyState, failure};
use crate::ctx::Ctx;
use crate::error::Error;

/// How often a key is looked for anew when somebody else made or changed one at the same moment.
const TRIES: usize = 8;

/// What a piece of mail is, for sealing: in which mailbox, and under which id it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// The directory of the mailbox.
    pub directory_id: String,
    /// The mailbox: the id of its owner.
    pub mailbox_id: String,
    /// What it is kept under; never used again in this mailbox.
    pub content_id: String,
}

impl Content {
    fn place(&self) -> Place<'_> {
        Place { mailbox_id: &self.mailbox_id, content_id: &self.content_id }
    }
}

/// Seals a content so that it opens in its mailbox and under its id alone; adds [`super::SEALED_BYTES_MORE`] octets.
///
/// Errors: `KeyUnavailable`, `NotFound` for a mailbox that is not there.
pub async fn seal_content(ctx: &Ctx, content: &Content, plain: &[u8]) -> Result<Vec<u8>, Error> {
    let key = mailbox_key(ctx, content, Missing::IsMade).await?;
    cipher::seal_content(&key, content.place(), plain, ctx.random())
}

/// Opens what was sealed for this place.
///
/// Errors: `KeyUnavailable`, `NotFound` for a mailbox that is not there, `Internal` for what is damaged or was moved.
pub async fn open_content(ctx: &Ctx, content: &Content, sealed: &[u8]) -> Result<Vec<u8>, Error> {
    let key = mailbox_key(ctx, content, Missing::IsUnreadable).await?;
    cipher::open_content(&key, content.place(), sealed)?
        .ok_or_else(|| Error::internal("a sealed content does not open under the key of its mailbox"))
}

/// How many keys this process holds in the open, for metrics.
pub fn keys_held(deployment: &crate::Deployment) -> usize {
    deployment.keys.len()
}

/// What it means that a mailbox has no key yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Missing {
    IsMade,
    IsUnreadable,
}

/// What the database says of the key of a mailbox.
enum Found {
    /// The organization has no key yet.
    NoneYet(String),
    /// The key of the mailbox, and the generation that it is wrapped under.
    Kept(Box<(MailboxKeyRow, Wrapped)>),
    /// The mailbox has no key yet; this is the generation that a new one comes under.
    Missing(Box<Wrapped>),
}

async fn mailbox_key(ctx: &Ctx, content: &Content, missing: Missing) -> Result<PlainKey, Error> {
    for _ in 0..TRIES {
        let sought = content.clone();
        match ctx.read(move |tx, ctx| find(tx, ctx, &sought)).await? {
            Found::NoneYet(organization_id) => {
                ctx.write(move |tx, ctx| ensure_managed(tx, ctx, &organization_id)).await?;
            }
            Found::Kept(kept) => return open(ctx, &kept.0, &kept.1).await,
            Found::Missing(_) if missing == Missing::IsUnreadable => {
                let why = "the mailbox has no key: what was in it cannot be read any more".to_owned();
                return Err(Error::KeyUnavailable { why });
            }
            Found::Missing(present) => {
                if let Some(key) = make(ctx, content, *present).await? {
                    return Ok(key);
                }
            }
        }
    }
    Err(Error::Unavailable)
}

fn find(tx: &mut Tx<'_>, ctx: &Ctx, content: &Content) -> Result<Found, Error> {
    let Content { directory_id, mailbox_id, .. } = content;
    let unknown = || Error::not_found("mailbox", mailbox_id);
    let mailbox = mailboxes::get(tx, directory_id, mailbox_id)?;
    let mailbox = mailbox.filter(|row| row.purge_at.is_none_or(|at| at > ctx.now().millis())).ok_or_else(unknown)?;
    let organization = organizations::by_id(tx, &mailbox.organization_id)?.ok_or_else(unknown)?;
    let generations = organization_keys::of_organization(tx, &organization.organization_id)?;
    let Some(present) = generations.first().cloned() else {
        return Ok(Found::NoneYet(organization.organization_id));
    };
    let present = Wrapped::of(tx, ctx, &organization, present)?;
    need_active(&present)?;
    match rows::get(tx, directory_id, mailbox_id)? {
        None => Ok(Found::Missing(Box::new(present))),
        Some(row) if row.generation == present.row.generation => Ok(Found::Kept(Box::new((row, present)))),
        Some(row) => {
            let former = generations.into_iter().find(|one| one.generation == row.generation);
            let former = former.ok_or_else(|| Error::internal("a mailbox key is wrapped under what is not there"))?;
            let former = Wrapped::of(tx, ctx, &organization, former)?;
            Ok(Found::Kept(Box::new((row, former))))
        }
    }
}

/// Refuses a key that was switched off or destroyed.
fn need_active(present: &Wrapped) -> Result<(), Error> {
    let why = match present.state()? {
        KeyState::Active | KeyState::Former => return Ok(()),
        KeyState::Disabled => "an administrator switched off the key of the organization; switch it on again",
        KeyState::Destroyed => "the key of the organization was destroyed: what was under it stays unreadable",
    };
    Err(Error::KeyUnavailable { why: why.to_owned() })
}

/// The key of a mailbox in the open: the one that is held, or unwrapped now.
async fn open(ctx: &Ctx, row: &MailboxKeyRow, under: &Wrapped) -> Result<PlainKey, Error> {
    let held = &ctx.deployment().keys;
    let known = known(row);
    if !under.was_refused()
        && let Some(key) = held.get(&known, ctx.now())
    {
        return Ok(key);
    }
    let organization_key = under.open(ctx).await?.map_err(failure::unavailable)?;
    let key = cipher::unwrap(&organization_key, binding(row), &row.wrapped)
        .ok_or_else(|| failure::unavailable(KeyFailure::Damaged))?;
    held.keep(&row.organization_id, known, &key, ctx.now());
    Ok(key)
}

/// Makes the key of a mailbox; nothing when somebody else made one, or the key of the organization changed meanwhile.
async fn make(ctx: &Ctx, content: &Content, present: Wrapped) -> Result<Option<PlainKey>, Error> {
    let organization_key = present.open(ctx).await?.map_err(failure::unavailable)?;
    let key = PlainKey::generate(ctx.random());
    let mut row = MailboxKeyRow {
        directory_id: content.directory_id.clone(),
        mailbox_id: content.mailbox_id.clone(),
        organization_id: present.row.organization_id.clone(),
        generation: present.row.generation,
        wrapped: Vec::new(),
        created_at: ctx.now().millis(),
    };
    row.wrapped = cipher::wrap(&organization_key, binding(&row), &key, ctx.random())?;
    let made = row.clone();
    let sought = content.clone();
    let added = ctx
        .write(move |tx, ctx| {
            // The mailbox and the key of the organization must be what they were when the key was wrapped.
            match find(tx, ctx, &sought)? {
                Found::Missing(now) if now.row.wrapped == present.row.wrapped => Ok(rows::insert(tx, &row)?),
                _ => Ok(false),
            }
        })
        .await?;
    if !added {
        return Ok(None);
    }
    ctx.deployment().keys.keep(&made.organization_id, known(&made), &key, ctx.now());
    Ok(Some(key))
}

pub(super) fn binding(row: &MailboxKeyRow) -> Binding<'_> {
    Binding { organization_id: &row.organization_id, mailbox_id: &row.mailbox_id, generation: row.generation }
}

fn known(row: &MailboxKeyRow) -> Known {
    let MailboxKeyRow { directory_id, mailbox_id, organization_id, generation, wrapped, .. } = row;
    (format!("mailbox key|{directory_id}|{mailbox_id}|{organization_id}|{generation}"), wrapped.clone())
}
