//! Changing what a directory demands of passwords.

use reeve_store::tables::directories;

use super::{Directory, find_in, write_policy};
use crate::audit::{self, Change, Subject};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::SET_PASSWORD_POLICY;
use crate::organizations::{Needs, OrganizationRef};
use crate::passwords::PasswordPolicy;

/// A change of a password policy; `None` leaves a rule as it is.
#[derive(Debug, Clone, Copy, Default)]
#[expect(missing_docs, reason = "each names the rule of PasswordPolicy that it sets")]
pub struct PasswordPolicyEdit {
    pub length_min: Option<u32>,
    pub length_max: Option<u32>,
    pub classes_min: Option<u32>,
    pub history: Option<u32>,
    pub age_max_days: Option<u32>,
    pub lockout_failures: Option<u32>,
    pub lockout_minutes: Option<u32>,
    pub strength_min: Option<u8>,
}

impl PasswordPolicyEdit {
    fn apply(&self, policy: &mut PasswordPolicy) -> Vec<Change> {
        let mut changes = Vec::new();
        let mut set = |field: &str, rule: &mut u32, to: Option<u32>| {
            if let Some(to) = to.filter(|to| to != rule) {
                changes.push(Change::moved(field, rule.to_string(), to.to_string()));
                *rule = to;
            }
        };
        set("length_min", &mut policy.length_min, self.length_min);
        set("length_max", &mut policy.length_max, self.length_max);
        set("classes_min", &mut policy.classes_min, self.classes_min);
        set("history", &mut policy.history, self.history);
        set("age_max_days", &mut policy.age_max_days, self.age_max_days);
        set("lockout_failures", &mut policy.lockout_failures, self.lockout_failures);
        set("lockout_minutes", &mut policy.lockout_minutes, self.lockout_minutes);
        if let Some(to) = self.strength_min.filter(|to| *to != policy.strength_min) {
            changes.push(Change::moved("strength_min", policy.strength_min.to_string(), to.to_string()));
            policy.strength_min = to;
        }
        changes
    }
}

/// Changes the password policy of an organization's directory; it holds from the next password on.
///
/// Errors: `Invalid` naming the rule that is out of bounds, `VersionMismatch`.
pub async fn set_password_policy(
    ctx: &Ctx,
    organization: OrganizationRef,
    edit: PasswordPolicyEdit,
) -> Result<Directory, Error> {
    ctx.write(move |tx, ctx| {
        let (organization, row) = find_in(tx, ctx, &SET_PASSWORD_POLICY, &organization, Needs::Usable)?;
        let id = &organization.directory_id;
        ctx.check_version(row.version)?;
        let mut directory = Directory::from_row(row)?;
        let changes = edit.apply(&mut directory.password_policy);
        directory.password_policy.validate()?;
        if !changes.is_empty() {
            directories::set_policy(tx, id, &write_policy(&directory.password_policy))?;
            directory.version += 1;
            let subject = Subject::within(&organization, id, &organization.alias);
            audit::record(tx, ctx, &SET_PASSWORD_POLICY, subject, &changes)?;
        }
        Ok(directory)
    })
    .await
}
