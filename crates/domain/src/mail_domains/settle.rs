//! What follows from a look at the DNS of a domain: proven, not proven in time, lapsed, given back, or lost to another.
//!
//! An answer that did not come says nothing and changes nothing. A proof counts only for the token that was looked for,
//! and that token belongs to one organization and one attempt; whoever begins again gets another.

use reeve_base::Timestamp;
use reeve_base::limits::{
    DOMAIN_CHECK_PERIOD, DOMAIN_CHECK_PERIOD_MIN, DOMAIN_LAPSE_GRACE, DOMAIN_PROOF_TIME, DOMAIN_RECHECK_PERIOD,
};
use reeve_base::random;
use reeve_store::Tx;
use reeve_store::tables::dkim_keys;
use reeve_store::tables::domains::{self, DomainRow, OwnerRow};
use reeve_store::tables::organizations::{self, OrganizationRow};

use super::findings::{self, RecordState, WatchedRecord};
use super::judge::{Proof, judge, proof};
use super::look::Answers;
use super::records::{Purpose, wanted};
use super::{FAILED, PENDING, VERIFIED, dkim};
use crate::audit::{self, Change, Subject};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::health::{self, Finding, Kind};
use crate::operations::MAINTAIN_DOMAIN;

/// What a domain waits for while another organization has it.
const TAKEN: &str =
    "the record is there, but another organization has proven the domain; it must give the domain up first";

/// Writes down what the DNS said about a domain, and what follows; says what changed.
pub(super) fn settle(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    organization: &mut OrganizationRow,
    row: &mut DomainRow,
    answers: &Answers,
) -> Result<Vec<Change>, Error> {
    let now = ctx.now();
    let records = wanted(tx, ctx, organization, row)?;
    let before = findings::read(records.clone(), &row.findings)?;
    let mut watched: Vec<_> = records
        .into_iter()
        .map(|record| WatchedRecord { finding: judge(&row.domain, &record, answers), record })
        .collect();
    let proof = proof(&row.domain, &row.ownership_token, answers);
    let mut changes = follow(tx, ctx, (organization, row), proof)?;
    if row.ownership == PENDING
        && proof == Proof::Present
        && let Some(finding) = watched.first_mut().and_then(|first| first.finding.as_mut())
    {
        TAKEN.clone_into(&mut finding.advice);
    }
    changes.extend(moved(&before, &watched));
    note_keys_seen(tx, row, (&watched, now))?;
    row.findings = findings::write(&watched);
    row.checked_at = Some(now.millis());
    row.next_check_at = next_check(ctx, row, proof);
    domains::update(tx, row)?;
    Ok(changes)
}

/// Which records stand otherwise than at the last look.
fn moved(before: &[WatchedRecord], after: &[WatchedRecord]) -> Vec<Change> {
    let state = |watched: &WatchedRecord| watched.finding.as_ref().map(|finding| finding.state);
    let change = |(was, is): (&WatchedRecord, &WatchedRecord)| {
        let name = format!("{} {}", is.record.kind.word(), is.record.host);
        match (state(was), state(is)) {
            (Some(was), Some(is)) if was != is => Some(Change::moved(&name, was.word(), is.word())),
            (None, Some(is)) => Some(Change::made(&name, is.word())),
            _ => None,
        }
    };
    before.iter().zip(after).filter_map(change).collect()
}

/// Notes which keys were seen in the DNS for the first time.
fn note_keys_seen(
    tx: &mut Tx<'_>,
    row: &DomainRow,
    (watched, now): (&[WatchedRecord], Timestamp),
) -> Result<(), Error> {
    let seen = |host: &str| {
        watched.iter().any(|watched| {
            watched.record.purpose == Purpose::Dkim
                && watched.record.host == host
                && watched.finding.as_ref().is_some_and(|finding| finding.state == RecordState::Found)
        })
    };
    for mut key in dkim::of_domain(tx, row)? {
        if key.verified_at.is_none() && seen(&dkim::host(&key)) {
            key.verified_at = Some(now.millis());
            dkim_keys::update(tx, &key)?;
        }
    }
    Ok(())
}

/// Moves the ownership of a domain to where the proof puts it.
fn follow(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    (organization, row): (&mut OrganizationRow, &mut DomainRow),
    proof: Proof,
) -> Result<Vec<Change>, Error> {
    let now = ctx.now().millis();
    match (row.ownership.as_str(), proof) {
        (PENDING, Proof::Present) if claim(tx, ctx, organization, row)? => {
            row.lapsed_at = None;
            heal(tx, ctx, organization, &row.domain)?;
            Ok(vec![turn(row, VERIFIED)])
        }
        // Silence fails nobody: the time is over with the first answer after it.
        (PENDING, Proof::Present | Proof::Absent) if now >= row.ownership_deadline => Ok(vec![turn(row, FAILED)]),
        (VERIFIED, Proof::Present) => {
            let Some(since) = row.lapsed_at.take() else { return Ok(Vec::new()) };
            heal(tx, ctx, organization, &row.domain)?;
            Ok(vec![Change::gone("lapsed_at", Timestamp::from_millis(since).to_rfc3339())])
        }
        (VERIFIED, Proof::Absent) => lapse(tx, ctx, organization, row),
        _ => Ok(Vec::new()),
    }
}

fn turn(row: &mut DomainRow, ownership: &str) -> Change {
    let change = Change::moved("ownership", &row.ownership, ownership);
    ownership.clone_into(&mut row.ownership);
    change
}

/// Makes the organization the one that has the domain; false when another has it and has not lost it.
fn claim(tx: &mut Tx<'_>, ctx: &Ctx, organization: &OrganizationRow, row: &DomainRow) -> Result<bool, Error> {
    let owner = OwnerRow {
        organization_id: organization.organization_id.clone(),
        directory_id: organization.directory_id.clone(),
    };
    if domains::set_owner(tx, &row.domain, &owner)? {
        return Ok(true);
    }
    let Some(holder) = domains::owner(tx, &row.domain)? else { return Ok(false) };
    if holder.organization_id == owner.organization_id {
        return Ok(true);
    }
    if !super::is_lost(tx, &holder, &row.domain)? {
        return Ok(false);
    }
    take_from(tx, ctx, &holder, &row.domain)?;
    Ok(domains::set_owner(tx, &row.domain, &owner)?)
}

/// Takes a domain from an organization whose proof was missing for too long, now that another has proven it.
fn take_from(tx: &mut Tx<'_>, ctx: &Ctx, holder: &OwnerRow, domain: &str) -> Result<(), Error> {
    domains::delete_owner(tx, domain, &holder.organization_id)?;
    let Some(mut former) = organizations::by_id(tx, &holder.organization_id)? else { return Ok(()) };
    // Whoever proved it is nothing to the one who lost it.
    let system = Ctx::system(ctx.deployment(), "domains");
    let lost = Finding::amiss(
        format!("the domain {domain} was proven by another organization and is gone; its mail no longer comes here"),
        "change or remove the addresses on it, make another domain the default if it is, and remove the domain",
    );
    health::report(tx, &system, &mut former, (Kind::Domain, domain), &lost)?;
    let changes = [Change::gone("owner", &former.organization_id)];
    audit::record(tx, &system, &MAINTAIN_DOMAIN, Subject::within(&former, domain, domain), &changes)
}

/// The proof of a verified domain is not there.
fn lapse(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    organization: &mut OrganizationRow,
    row: &mut DomainRow,
) -> Result<Vec<Change>, Error> {
    let now = ctx.now();
    let domain = &row.domain;
    let system = Ctx::system(ctx.deployment(), "domains");
    let (finding, change) = match row.lapsed_at.map(Timestamp::from_millis) {
        Some(since) if now.since(since) >= DOMAIN_LAPSE_GRACE => {
            let finding = Finding::amiss(
                format!("the proof of the domain {domain} has been missing since {since}, which is too long"),
                format!(
                    "add the domain {domain} again and put the new TXT record into its DNS; until another organization \
                     proves the domain, its mail still comes here"
                ),
            );
            (finding, turn(row, FAILED))
        }
        Some(_) => return Ok(Vec::new()),
        None => {
            row.lapsed_at = Some(now.millis());
            let finding = Finding::amiss(
                format!("the proof of the domain {domain} is no longer in its DNS"),
                format!(
                    "put the TXT record back before {} and check the domain; until then no new address can use it",
                    now.plus(DOMAIN_LAPSE_GRACE)
                ),
            );
            (finding, Change::made("lapsed_at", now.to_rfc3339()))
        }
    };
    health::report(tx, &system, organization, (Kind::Domain, &row.domain), &finding)?;
    Ok(vec![change])
}

/// Nothing is amiss with the domain any more.
pub(super) fn heal(tx: &mut Tx<'_>, ctx: &Ctx, organization: &mut OrganizationRow, domain: &str) -> Result<(), Error> {
    let system = Ctx::system(ctx.deployment(), "domains");
    health::report(tx, &system, organization, (Kind::Domain, domain), &Finding::Well)
}

/// When to look again; never by itself at a domain that has failed.
fn next_check(ctx: &Ctx, row: &DomainRow, proof: Proof) -> Option<i64> {
    let now = ctx.now();
    let period = match row.ownership.as_str() {
        FAILED => return None,
        PENDING => {
            // A quarter of the time that it has waited already: soon at first, then less and less often.
            let begun = Timestamp::from_millis(row.ownership_deadline).minus(DOMAIN_PROOF_TIME);
            (now.since(begun) / 4).clamp(DOMAIN_CHECK_PERIOD_MIN, DOMAIN_RECHECK_PERIOD)
        }
        _ if row.lapsed_at.is_some() || proof != Proof::Present => DOMAIN_RECHECK_PERIOD,
        _ => DOMAIN_CHECK_PERIOD,
    };
    // Up to a tenth earlier, so that domains that came together do not stay together.
    let [early] = random::bytes::<1>(ctx.random());
    Some(now.plus(period - period / 10 * u32::from(early) / 255).millis())
}
