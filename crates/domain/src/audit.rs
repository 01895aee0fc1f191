//! The audit trail: every change writes an event in the transaction that makes the change.
//!
//! An event holds who, from where, what, before and after, and when; never a secret.

use std::str::FromStr;

use reeve_base::Timestamp;
use reeve_base::ids::{AccountId, EventId, OrganizationId};
use reeve_base::names::EmailAddress;
use reeve_store::Tx;
use reeve_store::tables::administrators;
use reeve_store::tables::events::{self, Direction, EventRow};
use reeve_store::tables::organizations::OrganizationRow;
use serde_json::{Value, json};
use tokio::sync::mpsc::Sender;

use crate::access;
use crate::ctx::{Actor, Ctx, stored};
use crate::error::Error;
use crate::operations::{EXPORT_EVENTS, Entity, LIST_EVENTS, Operation, Resource};
use crate::organizations::{self, OrganizationRef};
use crate::page::{Page, PageRequest, check_search};

/// One field that a change touched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The field.
    pub field: String,
    /// What it was; `None` when it was not there.
    pub before: Option<String>,
    /// What it is; `None` when it is gone.
    pub after: Option<String>,
}

impl Change {
    /// A field that was not there before.
    pub(crate) fn made(field: &str, after: impl Into<String>) -> Self {
        Self { field: field.to_owned(), before: None, after: Some(after.into()) }
    }

    /// A field that is gone.
    pub(crate) fn gone(field: &str, before: impl Into<String>) -> Self {
        Self { field: field.to_owned(), before: Some(before.into()), after: None }
    }

    /// A field that was one thing and is another.
    pub(crate) fn moved(field: &str, before: impl Into<String>, after: impl Into<String>) -> Self {
        Self { field: field.to_owned(), before: Some(before.into()), after: Some(after.into()) }
    }
}

/// Who did it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventActor {
    /// `administrator`, `operator`, `system` or `anonymous`.
    pub kind: String,
    /// The administrator's id, or the operator's user id.
    pub id: Option<String>,
    /// A name to read.
    pub name: String,
}

/// One audit record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its id; sorts by time.
    pub id: EventId,
    /// When.
    pub at: Timestamp,
    /// In which account.
    pub account_id: AccountId,
    /// In which organization, if in one.
    pub organization_id: Option<OrganizationId>,
    /// Who.
    pub actor: EventActor,
    /// By which kind of credential, and which one where there can be several.
    pub credential: Option<(String, Option<String>)>,
    /// The id and the name of the policy that allowed it; `None` where a role did.
    pub policy: Option<(String, String)>,
    /// From where; `None` for the local socket and the system.
    pub source_address: Option<String>,
    /// By which request.
    pub request_id: String,
    /// What was done: a name of the register.
    pub operation: String,
    /// The kind of thing that it was done to.
    pub resource_kind: String,
    /// Its id.
    pub resource_id: String,
    /// Its name at the time.
    pub resource_name: String,
    /// Before and after.
    pub changes: Vec<Change>,
}

/// What an event is about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Subject<'a> {
    pub(crate) account_id: &'a str,
    /// The organization and its directory, for what belongs to one.
    pub(crate) organization: Option<&'a OrganizationRow>,
    pub(crate) id: &'a str,
    pub(crate) name: &'a str,
    /// What it is, where the operation works on something else: what is made does not exist when it is decided.
    pub(crate) made: Option<Resource>,
}

impl<'a> Subject<'a> {
    /// Something in an organization.
    pub(crate) fn within(organization: &'a OrganizationRow, id: &'a str, name: &'a str) -> Self {
        Self { account_id: &organization.account_id, organization: Some(organization), id, name, made: None }
    }
}

/// Writes the event of a change.
pub(crate) fn record(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    operation: &Operation,
    subject: Subject<'_>,
    changes: &[Change],
) -> Result<(), Error> {
    write(tx, ctx, operation, (subject, changes), describe(ctx.actor()))
}

/// Writes the event of what an administrator did to themselves by proving who they are, when nobody was known yet.
pub(crate) fn record_by_themselves(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    operation: &Operation,
    subject: Subject<'_>,
    changes: &[Change],
) -> Result<(), Error> {
    let actor = ("administrator", Some(subject.id.to_owned()), subject.name.to_owned());
    write(tx, ctx, operation, (subject, changes), actor)
}

fn write(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    operation: &Operation,
    (subject, changes): (Subject<'_>, &[Change]),
    (actor_kind, actor_id, actor_name): (&str, Option<String>, String),
) -> Result<(), Error> {
    let now = ctx.now();
    let row = EventRow {
        scope_id: subject.organization.map_or(subject.account_id, |o| &o.directory_id).to_owned(),
        event_id: EventId::generate(now, ctx.random()).to_string(),
        account_id: subject.account_id.to_owned(),
        organization_id: subject.organization.map(|o| o.organization_id.clone()),
        at: now.millis(),
        actor_kind: actor_kind.to_owned(),
        actor_id,
        actor_name,
        source_address: ctx.source_address().map(str::to_owned),
        request_id: ctx.request_id().to_string(),
        operation: operation.name.to_owned(),
        resource_kind: subject.made.unwrap_or(operation.resource).word().to_owned(),
        resource_id: subject.id.to_owned(),
        resource_name: subject.name.to_owned(),
        changes: write_changes(changes),
        credential: credential(ctx.actor()),
        policy: ctx.deciding().map(|by| format!("{} {}", by.policy_id, by.name)).unwrap_or_default(),
    };
    Ok(events::insert(tx, &row)?)
}

fn describe(actor: &Actor) -> (&'static str, Option<String>, String) {
    match actor {
        Actor::Anonymous => ("anonymous", None, String::new()),
        Actor::Administrator { id, username, .. } => ("administrator", Some(id.to_string()), username.clone()),
        Actor::Operator { uid } => ("operator", Some(uid.to_string()), format!("local operator (uid {uid})")),
        Actor::System { reason } => ("system", None, (*reason).to_owned()),
    }
}

/// The credential that was used: its kind, and its id where there can be several.
fn credential(actor: &Actor) -> String {
    match actor {
        Actor::Administrator { credential, .. } => match credential.id() {
            Some(id) => format!("{} {id}", credential.word()),
            None => credential.word().to_owned(),
        },
        _ => String::new(),
    }
}

/// Two words that were written as one text: an id, and what follows it.
fn parted(text: &str) -> Option<(String, String)> {
    let (first, rest) = text.split_once(' ').unwrap_or((text, ""));
    Some((first.to_owned(), rest.to_owned())).filter(|(first, _)| !first.is_empty())
}

fn write_changes(changes: &[Change]) -> String {
    let list = changes.iter().map(|c| json!([c.field, c.before, c.after])).collect();
    Value::Array(list).to_string()
}

fn read_changes(text: &str) -> Result<Vec<Change>, Error> {
    let list: Vec<(String, Option<String>, Option<String>)> = stored(serde_json::from_str(text))?;
    Ok(list.into_iter().map(|(field, before, after)| Change { field, before, after }).collect())
}

/// Which events are asked for; `None` means any.
#[derive(Debug, Clone, Default)]
pub struct EventFilter {
    /// Only those of an organization.
    pub organization: Option<OrganizationRef>,
    /// Only those of an operation.
    pub operation: Option<String>,
    /// Only those about a thing.
    pub resource_id: Option<String>,
    /// Only what this administrator did, by id or username.
    pub actor: Option<String>,
    /// Only from this moment on.
    pub since: Option<Timestamp>,
    /// Only before this moment.
    pub until: Option<Timestamp>,
}

/// Greater than every event id: where a list that goes backwards in time begins.
const AFTER_EVERY_ID: &str = "g";

/// Events that one read transaction of an export looks at: a short one, so that it never holds up a checkpoint.
const EVENTS_AT_ONCE: i64 = 500;

/// Lists events, newest first. They are not counted.
pub async fn list_events(ctx: &Ctx, filter: EventFilter, page: PageRequest) -> Result<Page<Event>, Error> {
    filter.check()?;
    let scope = format!("events|{filter:?}");
    let place = page.place(&scope)?;
    let page = ctx
        .read(move |tx, ctx| {
            let wanted = wanted(tx, ctx, &LIST_EVENTS, &filter)?;
            let before = if place.after[0].is_empty() { AFTER_EVERY_ID } else { &place.after[0] };
            let rows = events::page(tx, &wanted, Direction::Backwards, before, place.read_limit())?;
            Ok(place.page(&scope, rows, None, |row| [&row.event_id, ""]))
        })
        .await?;
    let Page { items, next_cursor, total } = page;
    let items = items.into_iter().map(event).collect::<Result<_, _>>()?;
    Ok(Page { items, next_cursor, total })
}

/// Hands over events, oldest first, some at a time; stops when nobody listens any more.
pub async fn export_events(ctx: &Ctx, filter: EventFilter, pieces: Sender<Vec<Event>>) -> Result<(), Error> {
    filter.check()?;
    let mut after = String::new();
    loop {
        let (filter, from) = (filter.clone(), after);
        let rows = ctx
            .read(move |tx, ctx| {
                let wanted = wanted(tx, ctx, &EXPORT_EVENTS, &filter)?;
                Ok(events::page(tx, &wanted, Direction::Forwards, &from, EVENTS_AT_ONCE)?)
            })
            .await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.event_id.clone();
        let piece = rows.into_iter().map(event).collect::<Result<_, _>>()?;
        if pieces.send(piece).await.is_err() {
            return Ok(());
        }
    }
}

impl EventFilter {
    fn check(&self) -> Result<(), Error> {
        check_search("operation", self.operation.as_deref().unwrap_or_default())?;
        check_search("resource_id", self.resource_id.as_deref().unwrap_or_default())?;
        Ok(check_search("actor", self.actor.as_deref().unwrap_or_default())?)
    }
}

/// The filter of a query, after the decision what may be seen.
fn wanted(tx: &mut Tx<'_>, ctx: &Ctx, operation: &Operation, filter: &EventFilter) -> Result<events::Filter, Error> {
    let within = filter.organization.as_ref().map(|sought| organizations::seek(tx, ctx, sought)).transpose()?;
    let sought = filter.organization.as_ref().map(ToString::to_string).unwrap_or_default();
    let seen = access::visible(tx, ctx, operation, Entity::Organization, within.as_ref())
        .map_err(|error| access::named(error, &[("organization", &sought)]))?;
    Ok(events::Filter {
        account_id: ctx.need_account()?.to_string(),
        organization: within.map(|row| (row.directory_id, row.organization_id)),
        within: Some(seen.organizations()).filter(|_| !seen.is_everything()),
        created_by: seen.created_by(),
        operation: filter.operation.clone().unwrap_or_default(),
        resource_id: filter.resource_id.clone().unwrap_or_default(),
        actor_id: actor_id(tx, ctx, filter.actor.as_deref().unwrap_or_default())?,
        since: filter.since.map_or(0, Timestamp::millis),
        until: filter.until.map_or(i64::MAX, Timestamp::millis),
    })
}

/// The id of an administrator who is named by username; what is none is looked for as it is.
fn actor_id(tx: &mut Tx<'_>, ctx: &Ctx, named: &str) -> Result<String, Error> {
    let Ok(username) = EmailAddress::parse("actor", named) else { return Ok(named.to_owned()) };
    let row = administrators::by_key(tx, &username.key())?;
    let ours = row.filter(|row| ctx.account().is_some_and(|account| account.as_str() == row.account_id));
    Ok(ours.map_or_else(|| named.to_owned(), |row| row.administrator_id))
}

fn event(row: EventRow) -> Result<Event, Error> {
    Ok(Event {
        id: stored(EventId::from_str(&row.event_id))?,
        at: Timestamp::from_millis(row.at),
        account_id: stored(row.account_id.parse())?,
        organization_id: row.organization_id.map(|id| stored(id.parse())).transpose()?,
        actor: EventActor { kind: row.actor_kind, id: row.actor_id, name: row.actor_name },
        credential: parted(&row.credential).map(|(kind, id)| (kind, Some(id).filter(|id| !id.is_empty()))),
        policy: parted(&row.policy),
        source_address: row.source_address,
        request_id: row.request_id,
        operation: row.operation,
        resource_kind: row.resource_kind,
        resource_id: row.resource_id,
        resource_name: row.resource_name,
        changes: read_changes(&row.changes)?,
    })
}
