//! Reading a zone, writing what the plan says, and reading again: outside of transactions, by one at a time.

use reeve_base::Timestamp;
use reeve_base::dns::RecordKind;
use reeve_base::limits::{ZONE_CHECK_PERIOD, ZONE_CLAIM, ZONE_LEAVING_TIME, ZONE_RETRY_PERIOD_MIN};
use reeve_base::zone_hosts::{RecordSet, ZoneFailure, ZoneHost};
use reeve_store::Tx;
use reeve_store::tables::dns_providers as provider_rows;
use reeve_store::tables::domains::{self, DomainRow};
use reeve_store::tables::hosted_zones::{self as rows, HostedZoneRow};
use reeve_store::tables::organizations::{self, OrganizationRow};
use reeve_store::tables::written_records::{self, WrittenRecordRow};

use super::plan::{Plan, Written, plan, to_read};
use super::{KEPT, LEAVING, zone_of};
use crate::access::{self, Target};
use crate::audit::{self, Change, Subject};
use crate::ctx::{Ctx, stored};
use crate::dns_providers::{self, is_certain, told};
use crate::error::Error;
use crate::mail_domains::DnsRecord;
use crate::mail_domains::records::wanted;
use crate::operations::{KEEP_ZONE_RECORDS, Operation};

/// The zone of a domain, with all that a plan is made from but for what stands there.
#[derive(Debug, Clone)]
pub(super) struct Sought {
    pub(super) row: HostedZoneRow,
    pub(super) host: ZoneHost,
    wanted: Vec<DnsRecord>,
    written: Vec<Written>,
}

/// A zone as it was found.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) plan: Plan,
    pub(super) id: String,
}

/// Brings together what a plan needs. Whoever asks decides first. A domain that is gone wants nothing.
pub(super) fn sought(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    row: HostedZoneRow,
    of: Option<(&OrganizationRow, &DomainRow)>,
) -> Result<Sought, Error> {
    let provider = provider_rows::by_id(tx, &row.account_id, &row.provider_id)?;
    let provider = provider.ok_or_else(|| Error::internal("the provider of a hosted zone cannot be deleted"))?;
    let host = dns_providers::zone_host(ctx, &provider)?;
    let wanted = match of {
        Some((organization, domain)) if row.state != LEAVING => wanted(tx, ctx, organization, domain)?,
        _ => Vec::new(),
    };
    let written = written_records::of_domain(tx, &row.organization_id, &row.domain)?;
    let record = |written: &WrittenRecordRow| {
        let kind = stored(RecordKind::of(&written.kind).ok_or("no such type of a written record"))?;
        Ok((written.name.clone(), kind, written.value.clone()))
    };
    let written = written.iter().map(record).collect::<Result<_, Error>>()?;
    Ok(Sought { row, host, wanted, written })
}

impl Sought {
    /// Reads the zone and plans.
    pub(super) async fn look(&self, ctx: &Ctx) -> Result<Found, ZoneFailure> {
        let places = to_read(&self.wanted, &self.written);
        let zone = zone_of(&self.row);
        let sets: Vec<RecordSet> = if places.is_empty() {
            Vec::new()
        } else {
            ctx.deployment().outside.zone_hosts.read(&self.host, &zone, &places).await?
        };
        let plan = plan(&self.wanted, &self.written, &sets);
        let place = format!("{}/{}/{}", self.row.provider_id, self.row.zone_id, self.row.state);
        Ok(Found { id: plan.id(&place, &sets), plan })
    }

    /// Writes what was planned and reads whether it stayed. What is to be written was noted before.
    async fn write(&self, ctx: &Ctx, found: &Found) -> Result<(), ZoneFailure> {
        if found.plan.changes.is_empty() {
            return Ok(());
        }
        let zone = zone_of(&self.row);
        ctx.deployment().outside.zone_hosts.change(&self.host, &zone, &found.plan.changes).await?;
        let mut after = self.clone();
        after.written.extend(found.plan.claims.iter().cloned());
        let left = after.look(ctx).await?;
        if left.plan.changes.is_empty() { Ok(()) } else { Err(ZoneFailure::PartlyDone) }
    }

    /// Writes what was planned: notes it first, as the event says, and keeps afterwards what came of it.
    pub(super) async fn apply(self, ctx: &Ctx, operation: &'static Operation, found: Found) -> Result<(), Failed> {
        let (before, planned) = (self.clone(), found.clone());
        let claimed = ctx.write(move |tx, ctx| claim(tx, ctx, operation, (&before, &planned))).await;
        claimed.map_err(Failed::Ours)?;
        let outcome = self.write(ctx, &found).await;
        let failure = outcome.as_ref().err().cloned();
        let kept = ctx.write(move |tx, ctx| keep(tx, ctx, &self, (&found, outcome.as_ref().err()))).await;
        kept.map_err(Failed::Ours)?;
        failure.map_or(Ok(()), |why| Err(Failed::Theirs(why)))
    }

    /// Notes that the zone could not even be read.
    pub(super) async fn unread(self, ctx: &Ctx, why: ZoneFailure) -> Result<(), Error> {
        ctx.write(move |tx, ctx| {
            keep(tx, ctx, &self, (&Found { plan: Plan::default(), id: String::new() }, Some(&why)))
        })
        .await
    }
}

/// Why a zone was not written.
#[derive(Debug)]
pub(super) enum Failed {
    /// The system that hosts it did not do it; that is kept.
    Theirs(ZoneFailure),
    /// Something else.
    Ours(Error),
}

/// Takes the zone for as long as it is written, and notes what will have been written.
fn claim(tx: &mut Tx<'_>, ctx: &Ctx, operation: &Operation, (sought, found): (&Sought, &Found)) -> Result<(), Error> {
    let now = ctx.now();
    let changed = || Error::Conflict { why: "the hosted zone changed meanwhile; plan again".to_owned() };
    let mut row = present(tx, sought)?.ok_or_else(changed)?;
    let organization = organizations::by_id(tx, &row.organization_id)?;
    if let Some((organization, domain)) = organization.zip(domains::get(tx, &row.organization_id, &row.domain)?) {
        access::decide(tx, ctx, operation, Target::Domain(&organization, &domain))?;
        // What should stand there is what was planned: no key was changed meanwhile, no proof begun anew.
        if row.state != LEAVING && wanted(tx, ctx, &organization, &domain)? != sought.wanted {
            return Err(changed());
        }
    } else if row.state != LEAVING {
        return Err(changed());
    }
    if row.busy_until > now.millis() {
        return Err(Error::Conflict { why: "the zone is being written right now; try again in a moment".to_owned() });
    }
    row.busy_until = now.plus(ZONE_CLAIM).millis();
    row.next_at = Some(row.busy_until);
    let begins = row.state != KEPT && row.state != LEAVING;
    if begins {
        row.state = KEPT.to_owned();
        row.updated_at = now.millis();
    }
    rows::update(tx, &row)?;
    for record in &found.plan.claims {
        written_records::insert(tx, &written_row(&row, record, now))?;
    }
    let changes = changes(&found.plan);
    if changes.is_empty() && !begins {
        return Ok(());
    }
    let state = begins.then(|| Change::moved("state", super::ATTACHED, KEPT));
    note(tx, ctx, operation, (&row, state.into_iter().chain(changes).collect()))
}

/// Keeps what came of it, and says when the zone is looked after next.
fn keep(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    sought: &Sought,
    (found, failure): (&Found, Option<&ZoneFailure>),
) -> Result<(), Error> {
    let now = ctx.now();
    let Some(mut row) = rows::get(tx, &sought.row.organization_id, &sought.row.domain)? else { return Ok(()) };
    row.busy_until = 0;
    let Some(failure) = failure else {
        for record in &found.plan.drops {
            written_records::delete(tx, &written_row(&row, record, now))?;
        }
        // It was given up while it was written: the next round removes what was.
        if row.state == LEAVING && sought.row.state == LEAVING {
            return end(tx, ctx, &row, "everything that Reeve wrote was removed");
        }
        let told = conflicts(&found.plan);
        (row.failures, row.checked_at) = (0, Some(now.millis()));
        let next = if row.state == sought.row.state || row.state == KEPT { now.plus(ZONE_CHECK_PERIOD) } else { now };
        row.next_at = Some(next.millis());
        if !found.plan.changes.is_empty() {
            // The proof may be among what was written.
            domains::check_at(tx, &row.organization_id, &row.domain, now.millis())?;
        }
        return tell(tx, ctx, row, told);
    };
    if is_certain(failure) {
        // Nothing of it was written: none of it is ours, whatever others put there.
        for record in found.plan.claims.iter().filter(|record| !sought.written.contains(record)) {
            written_records::delete(tx, &written_row(&row, record, now))?;
        }
    }
    if row.state == LEAVING && now.since(Timestamp::from_millis(row.updated_at)) >= ZONE_LEAVING_TIME {
        return end(
            tx,
            ctx,
            &row,
            &format!("what Reeve wrote stays, since it could not be removed: {}", told(failure)),
        );
    }
    row.failures += 1;
    let doubled = u32::try_from(row.failures - 1).unwrap_or(0).min(16);
    let pause = ZONE_RETRY_PERIOD_MIN.saturating_mul(1 << doubled).min(ZONE_CHECK_PERIOD);
    row.next_at = (row.state != super::ATTACHED).then(|| now.plus(pause).millis());
    tell(tx, ctx, row, told(failure))
}

/// The row, if it is what was looked at: of the same zone, in the same state, with the same records.
fn present(tx: &mut Tx<'_>, sought: &Sought) -> Result<Option<HostedZoneRow>, Error> {
    let of = &sought.row;
    let row = rows::get(tx, &of.organization_id, &of.domain)?;
    let same =
        |row: &HostedZoneRow| (&row.provider_id, &row.zone_id, &row.state) == (&of.provider_id, &of.zone_id, &of.state);
    let Some(row) = row.filter(same) else { return Ok(None) };
    let written = written_records::of_domain(tx, &of.organization_id, &of.domain)?;
    let unchanged = written.len() == sought.written.len()
        && written
            .iter()
            .zip(&sought.written)
            .all(|(row, (name, kind, value))| row.name == *name && row.kind == kind.word() && row.value == *value);
    Ok(Some(row).filter(|_| unchanged))
}

/// Forgets the zone.
pub(super) fn end(tx: &mut Tx<'_>, ctx: &Ctx, row: &HostedZoneRow, why: &str) -> Result<(), Error> {
    written_records::delete_of_domain(tx, &row.organization_id, &row.domain)?;
    rows::delete(tx, &row.organization_id, &row.domain)?;
    let changes = vec![Change::gone("zone", &row.zone_name), Change::made("outcome", why)];
    note(tx, ctx, &KEEP_ZONE_RECORDS, (row, changes))
}

/// Writes the row, and an event when something else is told than before.
fn tell(tx: &mut Tx<'_>, ctx: &Ctx, mut row: HostedZoneRow, told: String) -> Result<(), Error> {
    let change = match (row.last_error.as_str(), told.as_str()) {
        (before, after) if before == after => None,
        ("", after) => Some(Change::made("last_error", after)),
        (before, "") => Some(Change::gone("last_error", before)),
        (before, after) => Some(Change::moved("last_error", before, after)),
    };
    row.last_error = told;
    rows::update(tx, &row)?;
    change.map_or(Ok(()), |change| note(tx, ctx, &KEEP_ZONE_RECORDS, (&row, vec![change])))
}

fn note(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    operation: &Operation,
    (row, changes): (&HostedZoneRow, Vec<Change>),
) -> Result<(), Error> {
    let organization = organizations::by_id(tx, &row.organization_id)?;
    let organization = organization.ok_or_else(|| Error::internal("a tombstone of each organization remains"))?;
    audit::record(tx, ctx, operation, Subject::within(&organization, &row.domain, &row.domain), &changes)
}

fn written_row(row: &HostedZoneRow, (name, kind, value): &Written, now: Timestamp) -> WrittenRecordRow {
    WrittenRecordRow {
        organization_id: row.organization_id.clone(),
        domain: row.domain.clone(),
        name: name.clone(),
        kind: kind.word().to_owned(),
        value: value.clone(),
        written_at: now.millis(),
    }
}

/// What is written, as the event tells it.
fn changes(plan: &Plan) -> Vec<Change> {
    let place = |(name, kind, _): &Written| format!("{name} {}", kind.word());
    let added = plan.claims.iter().map(|record| Change::made(&place(record), &record.2));
    let removed = plan.drops.iter().map(|record| Change::gone(&place(record), &record.2));
    removed.chain(added).collect()
}

/// What should stand there and cannot, in one line.
fn conflicts(plan: &Plan) -> String {
    let told: Vec<_> =
        plan.conflicts().map(|step| format!("{} {}: {}", step.name, step.kind.word(), step.why)).collect();
    told.join("; ")
}
