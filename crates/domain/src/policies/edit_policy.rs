//! Changing a policy: whoever has it is held to the new one from the next decision on.

use reeve_base::names::{ProfileText, Title};
use reeve_base::text;
use reeve_store::tables::{accounts, policies};

use super::create_policy::{free_name, subject, taken};
use super::{Policy, PolicyRef, Rights, find, need_brevity, rights};
use crate::access::{self, Target};
use crate::audit::{self, Change};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::EDIT_POLICY;

/// What is to change of a policy; what is unsaid stays.
#[derive(Debug, Clone, Default)]
pub struct PolicyEdit {
    /// Another name.
    pub name: Option<Title>,
    /// Another description.
    pub description: Option<ProfileText>,
    /// Other rights, in either form.
    pub rights: Option<Rights>,
}

/// Changes a policy.
///
/// Errors: `Reserved` for ready-made ones, `NameTaken`, `Invalid`, `PolicyRefused`, `VersionMismatch`; `LimitReached`
/// when it would make the policies of somebody who has it too long together.
pub async fn edit_policy(ctx: &Ctx, policy: PolicyRef, edit: PolicyEdit) -> Result<Policy, Error> {
    ctx.write(move |tx, ctx| {
        let account = ctx.need_account()?.as_str();
        access::decide(tx, ctx, &EDIT_POLICY, Target::Account(account))?;
        let before = find(tx, account, &policy)?.editable()?;
        ctx.check_version(before.version)?;
        let mut row = before.clone();
        let mut changes = Vec::new();
        if let Some(name) = &edit.name {
            free_name(name)?;
            row.name = name.to_string();
            row.name_key = text::fold(name.as_str());
            let bearer = policies::by_key(tx, account, &row.name_key)?;
            if bearer.is_some_and(|bearer| bearer.policy_id != row.policy_id) {
                return Err(taken(&row.name));
            }
            changes.push(Change::moved("name", &before.name, &row.name));
        }
        if let Some(description) = &edit.description {
            row.description = description.to_string();
            changes.push(Change::moved("description", &before.description, &row.description));
        }
        if let Some(wanted) = &edit.rights {
            let texts = rights::prepare(tx, ctx, wanted)?;
            (row.permissions, row.cedar) = (texts.permissions, texts.cedar);
            changes.push(Change::moved("cedar", &before.cedar, &row.cedar));
        }
        changes.retain(|change| change.before != change.after);
        if changes.is_empty() {
            return Policy::from_row(tx, row);
        }
        row.updated_at = ctx.now().millis();
        row.version += 1;
        policies::update(tx, &row)?;
        if row.cedar.len() > before.cedar.len() {
            for holder in policies::holders(tx, account, &row.policy_id, "", i64::MAX)? {
                need_brevity(tx, &holder.administrator_id)?;
            }
        }
        accounts::policies_changed(tx, account)?;
        audit::record(tx, ctx, &EDIT_POLICY, subject(&row), &changes)?;
        Policy::from_row(tx, row)
    })
    .await
}
