//! Directories: where people live, and the one table of what each kind allows (row D6).

mod list_directories;
mod set_password_policy;

use reeve_base::Timestamp;
use reeve_base::ids::{AccountId, DirectoryId, OrganizationId};
use reeve_store::Tx;
use reeve_store::tables::directories::{self, DirectoryRow};
use reeve_store::tables::organizations::OrganizationRow;
use serde_json::{Value, json};

use crate::access::{self, Target};
use crate::ctx::{Ctx, stored};
use crate::error::Error;
use crate::operations::{Operation, SHOW_ORGANIZATION};
use crate::organizations::{self, Needs, OrganizationRef};
use crate::passwords::PasswordPolicy;

pub use list_directories::{list_directories, show_directory};
pub use set_password_policy::{PasswordPolicyEdit, set_password_policy};

/// What kind of directory it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DirectoryKind {
    /// Ours: people are made and changed here.
    Managed,
}

impl DirectoryKind {
    /// The word for it on every wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Managed => "managed",
        }
    }
}

/// A directory of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directory {
    /// Its id.
    pub id: DirectoryId,
    /// The account that owns it.
    pub account_id: AccountId,
    /// The region it belongs to.
    pub region: String,
    /// What kind it is.
    pub kind: DirectoryKind,
    /// The organization that it serves, if any.
    pub organization_id: Option<OrganizationId>,
    /// What it demands of passwords.
    pub password_policy: PasswordPolicy,
    /// When it was made.
    pub created_at: Timestamp,
    /// Goes up with every change.
    pub version: i64,
}

impl Directory {
    fn from_row(row: DirectoryRow) -> Result<Self, Error> {
        Ok(Self {
            id: stored(row.directory_id.parse())?,
            account_id: stored(row.account_id.parse())?,
            region: row.region,
            kind: DirectoryKind::Managed,
            organization_id: row.organization_id.map(|id| stored(id.parse())).transpose()?,
            password_policy: read_policy(&row.password_policy)?,
            created_at: Timestamp::from_millis(row.created_at),
            version: row.version,
        })
    }
}

/// Finds the directory of an organization and decides whether the actor may do this to it.
fn find_in(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    operation: &Operation,
    reference: &OrganizationRef,
    needs: Needs,
) -> Result<(OrganizationRow, DirectoryRow), Error> {
    let organization = organizations::seek(tx, ctx, reference)?;
    let id = &organization.directory_id;
    let Some(row) = directories::by_id(tx, id)? else {
        // Not made yet, or gone already: the state says which.
        let organization = organizations::find_in(tx, ctx, &SHOW_ORGANIZATION, reference, needs)?;
        return Err(Error::not_found("directory", organization.directory_id));
    };
    access::decide(tx, ctx, operation, Target::Directory(&organization, &row))
        .map_err(|error| access::named(error, &[("organization", reference), ("directory", id)]))?;
    organizations::need(&organization, needs)?;
    Ok((organization, row))
}

/// The fields of a policy, in the order in which they are written.
fn write_policy(policy: &PasswordPolicy) -> String {
    json!({
        "length_min": policy.length_min, "length_max": policy.length_max, "classes_min": policy.classes_min,
        "history": policy.history, "age_max_days": policy.age_max_days,
        "lockout_failures": policy.lockout_failures, "lockout_minutes": policy.lockout_minutes,
        "strength_min": policy.strength_min,
    })
    .to_string()
}

/// Reads a stored policy; a field that an older version did not know has its default.
pub(crate) fn read_policy(text: &str) -> Result<PasswordPolicy, Error> {
    let value: Value = stored(serde_json::from_str(text))?;
    let number = |name: &str, default: u32| {
        value.get(name).and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok()).unwrap_or(default)
    };
    let default = PasswordPolicy::default();
    Ok(PasswordPolicy {
        length_min: number("length_min", default.length_min),
        length_max: number("length_max", default.length_max),
        classes_min: number("classes_min", default.classes_min),
        history: number("history", default.history),
        age_max_days: number("age_max_days", default.age_max_days),
        lockout_failures: number("lockout_failures", default.lockout_failures),
        lockout_minutes: number("lockout_minutes", default.lockout_minutes),
        strength_min: u8::try_from(number("strength_min", default.strength_min.into())).unwrap_or(default.strength_min),
    })
}

/// The password policy of the directory that an organization uses.
pub(crate) fn policy_of(tx: &mut Tx<'_>, organization: &OrganizationRow) -> Result<PasswordPolicy, Error> {
    let row = directories::by_id(tx, &organization.directory_id)?
        .ok_or_else(|| Error::internal("an organization names a directory that never was"))?;
    read_policy(&row.password_policy)
}

/// Takes an existing directory for an organization that is being created (row B12).
pub(crate) fn attach(tx: &mut Tx<'_>, organization: &OrganizationRow) -> Result<(), Error> {
    let row = directories::by_id(tx, &organization.directory_id)?
        .filter(|row| row.account_id == organization.account_id)
        .ok_or_else(|| Error::not_found("directory", &organization.directory_id))?;
    let unusable = |why: String| Err(Error::DirectoryUnavailable { why });
    if row.deleted_at.is_some() {
        return unusable("it was deleted".to_owned());
    }
    if row.region != organization.region {
        return unusable(format!(
            "it belongs to the region {}, the organization to {}",
            row.region, organization.region
        ));
    }
    if row.organization_id.is_some() {
        return Err(Error::DirectoryInUse);
    }
    let serves = Some(organization.organization_id.as_str());
    Ok(directories::set_organization(tx, &row.directory_id, serves, &organization.alias)?)
}

/// Makes the directory of an organization, unless it has one that still serves it.
pub(crate) fn make_or_keep(tx: &mut Tx<'_>, ctx: &Ctx, organization: &OrganizationRow) -> Result<(), Error> {
    let Some(row) = directories::by_id(tx, &organization.directory_id)? else {
        let row = DirectoryRow {
            directory_id: organization.directory_id.clone(),
            account_id: organization.account_id.clone(),
            region: organization.region.clone(),
            kind: DirectoryKind::Managed.word().to_owned(),
            alias: organization.alias.clone(),
            organization_id: Some(organization.organization_id.clone()),
            password_policy: write_policy(&PasswordPolicy::default()),
            created_at: ctx.now().millis(),
            deleted_at: None,
            version: 1,
        };
        return Ok(directories::insert(tx, &row)?);
    };
    let why = if row.deleted_at.is_some() {
        "it was deleted"
    } else if row.organization_id.as_deref() != Some(organization.organization_id.as_str()) {
        "it serves another organization"
    } else {
        return Ok(());
    };
    Err(Error::DirectoryUnavailable { why: why.to_owned() })
}
