//! Where events about mail are reported to (PutEmailMonitoringConfiguration and its counterparts).
//!
//! The names are Amazon's, kept as they were given: whether they exist is not asked, and nothing is sent to Amazon.

use reeve_store::Tx;
use reeve_store::tables::organization_documents as rows;

use crate::arns;
use crate::audit::{self, Subject};
use crate::ctx::Ctx;
use crate::documents::{self, Body};
use crate::error::Error;
use crate::operations::{REMOVE_EMAIL_MONITORING, SET_EMAIL_MONITORING, SHOW_EMAIL_MONITORING};
use crate::organizations::{Needs, OrganizationRef, find_in};

/// The kind of document, of which there is one or none.
const KIND: &str = "email_monitoring";

/// Where events about mail are reported to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmailMonitoring {
    /// The group of logs that receives them.
    pub log_group_arn: String,
    /// The role in whose name they are written.
    pub role_arn: Option<String>,
}

/// Shows where events about mail are reported to.
///
/// Errors: `NotFound` where they are not.
pub async fn show_email_monitoring(ctx: &Ctx, organization: OrganizationRef) -> Result<EmailMonitoring, Error> {
    ctx.read(move |tx, ctx| {
        let row = find_in(tx, ctx, &SHOW_EMAIL_MONITORING, &organization, Needs::Present)?;
        let there = there(tx, &row.organization_id)?;
        there.ok_or_else(|| Error::not_found("email monitoring configuration", &row.alias))
    })
    .await
}

/// Says where events about mail are reported to.
///
/// Errors: `Invalid` for names that do not have Amazon's form.
pub async fn set_email_monitoring(
    ctx: &Ctx,
    organization: OrganizationRef,
    monitoring: EmailMonitoring,
) -> Result<EmailMonitoring, Error> {
    arns::log_group("log_group_arn", &monitoring.log_group_arn)?;
    if let Some(role) = &monitoring.role_arn {
        arns::role("role_arn", role)?;
    }
    ctx.write(move |tx, ctx| {
        let organization = find_in(tx, ctx, &SET_EMAIL_MONITORING, &organization, Needs::Usable)?;
        let of = (organization.organization_id.as_str(), KIND);
        let body = Body::new([
            ("log_group_arn", monitoring.log_group_arn.as_str().into()),
            ("role_arn", monitoring.role_arn.as_deref().into()),
        ]);
        let there = rows::get(tx, of, KIND)?;
        let before = there.as_ref().map(|row| Body::read(&row.body)).transpose()?.unwrap_or_default();
        let changes = body.changes_from(&before);
        if changes.is_empty() {
            return Ok(monitoring.clone());
        }
        match there {
            Some(row) => rows::update(tx, &documents::next(row, &body, ctx.now()))?,
            None => {
                rows::insert(tx, &documents::first(of, (KIND, KIND), &body, ctx.now()))?;
            }
        }
        let subject = Subject::within(&organization, &organization.organization_id, &organization.alias);
        audit::record(tx, ctx, &SET_EMAIL_MONITORING, subject, &changes)?;
        Ok(monitoring.clone())
    })
    .await
}

/// Reports events about mail nowhere any more; where they were not, nothing changes.
pub async fn remove_email_monitoring(ctx: &Ctx, organization: OrganizationRef) -> Result<(), Error> {
    ctx.write(move |tx, ctx| {
        let organization = find_in(tx, ctx, &REMOVE_EMAIL_MONITORING, &organization, Needs::Usable)?;
        let of = (organization.organization_id.as_str(), KIND);
        let Some(row) = rows::get(tx, of, KIND)? else { return Ok(()) };
        rows::delete(tx, of, KIND)?;
        let changes = Body::default().changes_from(&Body::read(&row.body)?);
        let subject = Subject::within(&organization, &organization.organization_id, &organization.alias);
        audit::record(tx, ctx, &REMOVE_EMAIL_MONITORING, subject, &changes)
    })
    .await
}

fn there(tx: &mut Tx<'_>, organization_id: &str) -> Result<Option<EmailMonitoring>, Error> {
    let Some(row) = rows::get(tx, (organization_id, KIND), KIND)? else { return Ok(None) };
    let body = Body::read(&row.body)?;
    Ok(Some(EmailMonitoring {
        log_group_arn: body.text("log_group_arn")?.to_owned(),
        role_arn: body.optional_text("role_arn"),
    }))
}
