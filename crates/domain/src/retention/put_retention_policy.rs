//! Making or changing the retention policy of an organization (PutRetentionPolicy).

use reeve_base::Invalid;
use reeve_base::ids::RetentionPolicyId;
use reeve_base::limits::RETENTION_DAYS_MAX;
use reeve_base::names::{Description, RuleName};
use reeve_store::Tx;
use reeve_store::tables::organization_documents::{self as rows, DocumentRow};
use reeve_store::tables::organizations::OrganizationRow;

use super::{Folder, FolderRule, KEY, KIND, RetentionAction, RetentionPolicy, WHAT, only, write_rule};
use crate::audit::{self, Subject};
use crate::ctx::Ctx;
use crate::documents::{self, Body};
use crate::error::Error;
use crate::operations::PUT_RETENTION_POLICY;
use crate::organizations::{Needs, OrganizationRef, find_in};

/// Which policy is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// One that is made; there must be none.
    New,
    /// The one with this id; there must be one.
    Named(RetentionPolicyId),
    /// The one that there is, and otherwise one that is made.
    Only,
}

/// A retention policy that is to be, as a whole.
#[derive(Debug, Clone)]
pub struct NewRetentionPolicy {
    /// Which one is made or changed.
    pub which: Which,
    /// Its name.
    pub name: RuleName,
    /// What it is for.
    pub description: Option<Description>,
    /// What it says.
    pub folders: Vec<FolderRule>,
}

impl NewRetentionPolicy {
    fn check(&self) -> Result<(), Invalid> {
        let mut named: Vec<Folder> = Vec::new();
        for rule in &self.folders {
            let word = rule.folder.word();
            if named.contains(&rule.folder) {
                return Err(Invalid::new("folders", format!("name {word} twice; name each folder once")));
            }
            named.push(rule.folder);
            match rule.days {
                Some(days) if !(1..=RETENTION_DAYS_MAX).contains(&days) => {
                    return Err(Invalid::new("days", format!("must be between 1 and {RETENTION_DAYS_MAX}")));
                }
                // Nobody means that mail is deleted at once, and nobody should find out that they said so.
                None if rule.action != RetentionAction::None => {
                    return Err(Invalid::new(
                        "days",
                        format!("must say after how many days mail in {word} is deleted"),
                    ));
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn body(&self) -> Body {
        let folders = Folder::ALL.into_iter().filter_map(|folder| {
            let rule = self.folders.iter().find(|rule| rule.folder == folder)?;
            Some((folder.word(), write_rule(rule).into()))
        });
        let description = self.description.as_ref().map(Description::as_str);
        let first = [("name", self.name.as_str().into()), ("description", description.into())];
        Body::new(first.into_iter().chain(folders))
    }
}

/// Makes or changes the retention policy of an organization.
///
/// Errors: `Invalid`, `LimitReached` for a new one where there is one, `NotFound` for an id that no policy has,
/// `VersionMismatch`.
pub async fn put_retention_policy(
    ctx: &Ctx,
    organization: OrganizationRef,
    new: NewRetentionPolicy,
) -> Result<RetentionPolicy, Error> {
    new.check()?;
    let fresh = RetentionPolicyId::generate(ctx.now(), ctx.random());
    ctx.write(move |tx, ctx| {
        let organization = find_in(tx, ctx, &PUT_RETENTION_POLICY, &organization, Needs::Usable)?;
        let there = only(tx, &organization.organization_id)?;
        let row = match (&new.which, there) {
            (Which::New, Some(_)) => {
                return Err(Error::LimitReached { what: "retention policies of an organization", limit: 1 });
            }
            (Which::Named(id), there) => {
                let there = there.filter(|row| row.document_id == id.as_str());
                change(tx, ctx, &organization, (&new, there.ok_or_else(|| Error::not_found(WHAT, id))?))?
            }
            (Which::Only, Some(there)) => change(tx, ctx, &organization, (&new, there))?,
            (Which::New | Which::Only, None) => make(tx, ctx, &organization, (&new, &fresh))?,
        };
        RetentionPolicy::from_row(&row)
    })
    .await
}

fn make(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    organization: &OrganizationRow,
    (new, id): (&NewRetentionPolicy, &RetentionPolicyId),
) -> Result<DocumentRow, Error> {
    ctx.check_version(0)?;
    let body = new.body();
    let row = documents::first((&organization.organization_id, KIND), (id.as_str(), KEY), &body, ctx.now());
    rows::insert(tx, &row)?;
    let subject = Subject::within(organization, id.as_str(), new.name.as_str());
    audit::record(tx, ctx, &PUT_RETENTION_POLICY, subject, &body.changes_from(&Body::default()))?;
    Ok(row)
}

fn change(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    organization: &OrganizationRow,
    (new, there): (&NewRetentionPolicy, DocumentRow),
) -> Result<DocumentRow, Error> {
    ctx.check_version(there.version)?;
    let body = new.body();
    let changes = body.changes_from(&Body::read(&there.body)?);
    if changes.is_empty() {
        return Ok(there);
    }
    let row = documents::next(there, &body, ctx.now());
    rows::update(tx, &row)?;
    let subject = Subject::within(organization, &row.document_id, new.name.as_str());
    audit::record(tx, ctx, &PUT_RETENTION_POLICY, subject, &changes)?;
    Ok(row)
}
