//! Applications of Identity Center (CreateIdentityCenterApplication, DeleteIdentityCenterApplication): names that an
//! account has made, for organizations to use. Making or deleting one changes nobody's sign-in.

use reeve_base::limits::IDENTITY_CENTER_APPLICATIONS_MAX;
use reeve_base::{Invalid, Timestamp, random};
use reeve_store::Tx;
use reeve_store::tables::identity_center_applications::{self as rows, ApplicationRow};
use reeve_store::tables::organizations::OrganizationRow;

use super::of;
use crate::access::{self, Target};
use crate::arns;
use crate::audit::{self, Change, Subject};
use crate::client_tokens;
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::{
    CREATE_IDENTITY_CENTER_APPLICATION, DELETE_IDENTITY_CENTER_APPLICATION, LIST_IDENTITY_CENTER_APPLICATIONS,
};
use crate::page::{Page, PageRequest};

/// What refusals call one.
pub(super) const WHAT: &str = "identity center application";

/// Characters of a name (shape `IdentityCenterApplicationName`).
const NAME_CHARS_MAX: usize = 255;

/// An application of Identity Center.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityCenterApplication {
    /// Its Amazon resource name.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// The instance that it belongs to.
    pub instance_arn: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// An application that is to be.
#[derive(Debug, Clone)]
pub struct NewIdentityCenterApplication {
    /// Its name.
    pub name: String,
    /// The instance that it is to belong to.
    pub instance_arn: String,
}

/// An application that was made.
#[derive(Debug, Clone)]
pub struct CreatedIdentityCenterApplication {
    /// The application.
    pub application: IdentityCenterApplication,
    /// Whether an earlier try with the same client token made it.
    pub replayed: bool,
}

impl From<ApplicationRow> for IdentityCenterApplication {
    fn from(row: ApplicationRow) -> Self {
        Self {
            arn: row.application_arn,
            name: row.name,
            instance_arn: row.instance_arn,
            created_at: Timestamp::from_millis(row.created_at),
        }
    }
}

/// Makes an application in an instance of Identity Center; several may have one name.
///
/// Errors: `Invalid`, `LimitReached`, `Conflict` when a client token comes with another request.
pub async fn create_identity_center_application(
    ctx: &Ctx,
    new: NewIdentityCenterApplication,
) -> Result<CreatedIdentityCenterApplication, Error> {
    check_name(&new.name)?;
    arns::identity_center_instance("instance_arn", &new.instance_arn)?;
    let id = random::hex::<8>(ctx.random());
    ctx.write(move |tx, ctx| {
        let account = ctx.need_account()?.as_str();
        access::decide(tx, ctx, &CREATE_IDENTITY_CENTER_APPLICATION, Target::Account(account))?;
        if let Some(made) = client_tokens::made_before(tx, ctx, &CREATE_IDENTITY_CENTER_APPLICATION)? {
            let row = seek(tx, ctx, &made)?.ok_or_else(|| Error::not_found(WHAT, made))?;
            return Ok(CreatedIdentityCenterApplication { application: row.into(), replayed: true });
        }
        if usize::try_from(rows::count(tx, account)?).is_ok_and(|count| count >= IDENTITY_CENTER_APPLICATIONS_MAX) {
            let what = "identity center applications in an account";
            return Err(Error::LimitReached { what, limit: IDENTITY_CENTER_APPLICATIONS_MAX });
        }
        let row = ApplicationRow {
            application_arn: arns::application_of(&new.instance_arn, account, &id),
            account_id: account.to_owned(),
            name: new.name.clone(),
            instance_arn: new.instance_arn.clone(),
            created_at: ctx.now().millis(),
        };
        rows::insert(tx, &row)?;
        client_tokens::note(tx, ctx, &CREATE_IDENTITY_CENTER_APPLICATION, &row.application_arn)?;
        let changes = [Change::made("name", &row.name), Change::made("instance_arn", &row.instance_arn)];
        audit::record(tx, ctx, &CREATE_IDENTITY_CENTER_APPLICATION, subject(&row), &changes)?;
        Ok(CreatedIdentityCenterApplication { application: row.into(), replayed: false })
    })
    .await
}

/// Lists the applications of the account by their Amazon resource names.
pub async fn list_identity_center_applications(
    ctx: &Ctx,
    page: PageRequest,
) -> Result<Page<IdentityCenterApplication>, Error> {
    ctx.read(move |tx, ctx| {
        let account = ctx.need_account()?.as_str();
        access::decide(tx, ctx, &LIST_IDENTITY_CENTER_APPLICATIONS, Target::Account(account))?;
        let scope = format!("identity_center_applications|{account}");
        let place = page.place(&scope)?;
        let found = rows::page(tx, account, &place.after[0], place.read_limit())?;
        let total = place.total(tx, |tx| rows::count(tx, account))?;
        let page = place.page(&scope, found, total, |row| [&row.application_arn, ""]);
        Ok(page.map(IdentityCenterApplication::from))
    })
    .await
}

/// Deletes an application; one that is not there is gone already. Organizations that use it go on as before.
///
/// Errors: `Invalid` for what is no Amazon resource name of an application.
pub async fn delete_identity_center_application(ctx: &Ctx, arn: String) -> Result<(), Error> {
    arns::identity_center_application("application_arn", &arn)?;
    ctx.write(move |tx, ctx| {
        let account = ctx.need_account()?.as_str();
        access::decide(tx, ctx, &DELETE_IDENTITY_CENTER_APPLICATION, Target::Account(account))?;
        let Some(row) = seek(tx, ctx, &arn)? else { return Ok(()) };
        delete(tx, ctx, &row)
    })
    .await
}

/// Deletes the application that an organization uses, for whoever deletes the organization and may delete both.
pub(crate) fn delete_application_of(tx: &mut Tx<'_>, ctx: &Ctx, organization: &OrganizationRow) -> Result<(), Error> {
    let Some(provider) = of(tx, &organization.organization_id)? else { return Ok(()) };
    let Some(row) = seek(tx, ctx, &provider.application_arn)? else { return Ok(()) };
    access::also(tx, ctx, &DELETE_IDENTITY_CENTER_APPLICATION, Target::Account(&row.account_id))?;
    delete(tx, ctx, &row)
}

fn delete(tx: &mut Tx<'_>, ctx: &Ctx, row: &ApplicationRow) -> Result<(), Error> {
    rows::delete(tx, &row.application_arn)?;
    let changes = [Change::gone("name", &row.name), Change::gone("instance_arn", &row.instance_arn)];
    audit::record(tx, ctx, &DELETE_IDENTITY_CENTER_APPLICATION, subject(row), &changes)
}

/// An application of the account; one of another account is not there.
pub(super) fn seek(tx: &mut Tx<'_>, ctx: &Ctx, arn: &str) -> Result<Option<ApplicationRow>, Error> {
    let account = ctx.need_account()?.as_str();
    Ok(rows::by_arn(tx, arn)?.filter(|row| row.account_id == account))
}

fn subject(row: &ApplicationRow) -> Subject<'_> {
    Subject { account_id: &row.account_id, organization: None, id: &row.application_arn, name: &row.name, made: None }
}

/// Source: WorkMail shape `IdentityCenterApplicationName`, `^[\w+=,.@-]+$`.
fn check_name(name: &str) -> Result<(), Invalid> {
    if !(1..=NAME_CHARS_MAX).contains(&name.len()) {
        return Err(Invalid::new("name", format!("must have 1 to {NAME_CHARS_MAX} characters")));
    }
    if !name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_+=,.@-".contains(&b)) {
        return Err(Invalid::new("name", "may hold letters a-z, digits and _ + = , . @ -"));
    }
    Ok(())
}
