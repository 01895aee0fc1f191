//! Looking at the DNS of a domain: at once when somebody asks, and by itself for ever.

use std::sync::Arc;

use reeve_base::limits::{DOMAIN_CHECK_CLAIM, DOMAIN_CHECKS_ABREAST, DOMAIN_CHECKS_AT_ONCE, DOMAIN_PROOF_TIME};
use reeve_base::names::DomainName;
use reeve_store::Tx;
use reeve_store::tables::domains::{self, DomainRow};
use reeve_store::tables::organizations::{self, OrganizationRow};

use super::dkim::{self, NewKey};
use super::judge::{Proof, proof};
use super::look::{Answers, Question, ask, questions};
use super::records::wanted;
use super::settle::settle;
use super::{Domain, VERIFIED, domain, find_in};
use crate::abreast::abreast;
use crate::audit::{self, Subject};
use crate::ctx::Ctx;
use crate::deployment::Deployment;
use crate::error::Error;
use crate::operations::{CHECK_DOMAIN, MAINTAIN_DOMAIN};
use crate::organizations::{Needs, OrganizationRef};

/// A domain as it was when its DNS was asked.
#[derive(Debug, Clone)]
struct Sought {
    row: DomainRow,
    questions: Vec<Question>,
    /// Keys that it is to get.
    keys: usize,
}

/// Looks at the DNS of a domain now, and writes down what is found of each record and what follows.
///
/// The test domain has no records: nothing is looked at. Errors: `DomainNotFound`.
pub async fn check_domain(ctx: &Ctx, organization: OrganizationRef, name: DomainName) -> Result<Domain, Error> {
    let named = (organization.clone(), name.clone());
    let sought = ctx
        .read(move |tx, ctx| {
            let named = (&named.0, &named.1);
            let (organization, row) = find_in(tx, ctx, &CHECK_DOMAIN, named, Needs::Usable)?;
            seek(tx, ctx, &organization, row)
        })
        .await?;
    let answers = look(ctx, &sought).await;
    ctx.write(move |tx, ctx| {
        let (mut organization, mut row) = find_in(tx, ctx, &CHECK_DOMAIN, (&organization, &name), Needs::Usable)?;
        // Begun anew meanwhile: what was looked for is not what is wanted now.
        if row.ownership_token == sought.row.ownership_token && !row.is_test {
            let changes = settle(tx, ctx, &mut organization, &mut row, &answers)?;
            let subject = Subject::within(&organization, name.as_str(), name.as_str());
            audit::record(tx, ctx, &CHECK_DOMAIN, subject, &changes)?;
        }
        domain(tx, ctx, &organization, &row)
    })
    .await
}

fn seek(tx: &mut Tx<'_>, ctx: &Ctx, organization: &OrganizationRow, row: DomainRow) -> Result<Sought, Error> {
    let records = wanted(tx, ctx, organization, &row)?;
    let keys = dkim::of_domain(tx, &row)?;
    let lacking = dkim::lacking(&keys);
    let rotated = usize::from(dkim::rotation_is_due(&keys, ctx.now()));
    Ok(Sought { questions: questions(&row.domain, &records), keys: lacking + rotated, row })
}

/// Asks the DNS. That a proof is gone is believed when it was said twice: a server of a zone that is out of step with the
/// others says it once in a while.
async fn look(ctx: &Ctx, sought: &Sought) -> Answers {
    let Sought { row, questions, .. } = sought;
    let answers = ask(ctx, questions.clone()).await;
    if row.ownership == VERIFIED && proof(&row.domain, &row.ownership_token, &answers) == Proof::Absent {
        return ask(ctx, questions.clone()).await;
    }
    answers
}

/// Looks at the domains whose time has come, and keeps their keys. Safe to run at any moment, by several servers.
pub async fn reconcile(deployment: &Arc<Deployment>) -> Result<(), Error> {
    let ctx = Ctx::system(deployment, "domains");
    let claimed = ctx.write(take).await?;
    abreast(claimed, DOMAIN_CHECKS_ABREAST, |sought| {
        let ctx = ctx.clone();
        async move { maintain(&ctx, sought).await }
    })
    .await
}

/// Takes domains upon itself for as long as a look may take.
fn take(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<Vec<Sought>, Error> {
    let now = ctx.now();
    let mut taken = Vec::new();
    for mut row in domains::due(tx, now.millis(), DOMAIN_CHECKS_AT_ONCE)? {
        row.next_check_at = Some(now.plus(DOMAIN_CHECK_CLAIM).millis());
        if row.ownership_deadline == 0 {
            // Added before there were checks: its time begins now.
            row.ownership_deadline = now.plus(DOMAIN_PROOF_TIME).millis();
        }
        domains::update(tx, &row)?;
        if let Some(organization) = organizations::by_id(tx, &row.organization_id)? {
            taken.push(seek(tx, ctx, &organization, row)?);
        }
    }
    Ok(taken)
}

async fn maintain(ctx: &Ctx, sought: Sought) -> Result<(), Error> {
    let drawn = dkim::draw(sought.keys).await?;
    let answers = look(ctx, &sought).await;
    ctx.write(move |tx, ctx| maintain_in(tx, ctx, &sought, (&drawn, &answers))).await
}

fn maintain_in(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    sought: &Sought,
    (drawn, answers): (&[NewKey], &Answers),
) -> Result<(), Error> {
    let (id, name) = (&sought.row.organization_id, &sought.row.domain);
    let (Some(mut organization), Some(mut row)) = (organizations::by_id(tx, id)?, domains::get(tx, id, name)?) else {
        return Ok(());
    };
    if row.ownership_token != sought.row.ownership_token {
        return Ok(());
    }
    let mut drawn = drawn.to_vec();
    let mut changes = dkim::fill_up(tx, ctx, &row, &mut drawn)?;
    let filled = !changes.is_empty();
    changes.extend(dkim::retire(tx, ctx, &row)?);
    changes.extend(settle(tx, ctx, &mut organization, &mut row, answers)?);
    let keys = dkim::of_domain(tx, &row)?;
    // Only to a key whose record was seen just now.
    if let Some(new) = drawn.pop()
        && dkim::rotation_is_due(&keys, ctx.now())
        && super::next_key_is_published(tx, ctx, &organization, &row)?
    {
        changes.extend(dkim::rotate(tx, ctx, &row, &new)?);
    }
    if filled {
        // The records of new keys were not among those that were asked about.
        domains::check_at(tx, id, name, ctx.now().millis())?;
    }
    if changes.is_empty() {
        return Ok(());
    }
    audit::record(tx, ctx, &MAINTAIN_DOMAIN, Subject::within(&organization, name, name), &changes)
}
