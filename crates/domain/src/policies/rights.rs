//! What a policy is made of: from what was asked for to what is stored.

use reeve_base::Invalid;
use reeve_store::Tx;
use reeve_store::tables::organizations;
use serde_json::{Value, json};

use super::{Permission, Rights};
use crate::cedar::{self, Flaw};
use crate::ctx::{Ctx, stored};
use crate::error::Error;
use crate::organizations::OrganizationRef;

/// What is stored of rights: permissions as JSON (empty for Cedar), and Cedar.
pub(super) struct Texts {
    pub(super) permissions: String,
    pub(super) cedar: String,
}

/// Checks rights and writes them down. Aliases of organizations become ids.
///
/// Errors: `Invalid` for permissions, `PolicyRefused` with line and column for Cedar, `NotFound` for an organization.
pub(super) fn prepare(tx: &mut Tx<'_>, ctx: &Ctx, rights: &Rights) -> Result<Texts, Error> {
    match rights {
        Rights::Permissions(permissions) => {
            let resolved = permissions.iter().map(|one| resolve(tx, ctx, one)).collect::<Result<Vec<_>, _>>()?;
            Ok(Texts { cedar: cedar::compile(&resolved)?, permissions: write(&resolved) })
        }
        Rights::Cedar(text) => match cedar::check(text).into_iter().next() {
            Some(flaw) => Err(refusal(flaw)),
            None => Ok(Texts { permissions: String::new(), cedar: text.clone() }),
        },
    }
}

fn refusal(flaw: Flaw) -> Error {
    let why = match flaw.help {
        Some(help) => format!("{}; {help}", flaw.message),
        None => flaw.message,
    };
    Error::PolicyRefused { line: flaw.line, column: flaw.column, why }
}

/// The same permission with ids in the place of aliases; an organization must be one of the account.
pub(super) fn resolve(tx: &mut Tx<'_>, ctx: &Ctx, permission: &Permission) -> Result<Permission, Error> {
    let mut resolved = permission.clone();
    resolved.organizations =
        permission.organizations.iter().map(|named| organization_id(tx, ctx, named)).collect::<Result<_, _>>()?;
    if permission.resource_type == "organization" {
        let ids = permission.resources.iter().map(|named| match named.as_str() {
            "*" => Ok(named.clone()),
            named => organization_id(tx, ctx, named),
        });
        resolved.resources = ids.collect::<Result<_, _>>()?;
    }
    for id in &resolved.resources {
        let plain = !id.is_empty() && id.len() <= 256 && id.bytes().all(|byte| byte.is_ascii_graphic());
        if !plain {
            return Err(Error::Invalid(Invalid::new("resources", "must be ids, or * alone")));
        }
    }
    Ok(resolved)
}

/// The id of an organization of the account.
pub(super) fn organization_id(tx: &mut Tx<'_>, ctx: &Ctx, named: &str) -> Result<String, Error> {
    let account = ctx.need_account()?;
    let reference: OrganizationRef = named.parse()?;
    let row = match &reference {
        OrganizationRef::Id(id) => {
            organizations::by_id(tx, id.as_str())?.filter(|row| row.account_id == account.as_str())
        }
        OrganizationRef::Alias(alias) if alias.contains(char::is_control) => None,
        OrganizationRef::Alias(alias) => organizations::by_alias(tx, account.as_str(), alias)?,
    };
    row.map(|row| row.organization_id).ok_or_else(|| Error::not_found("organization", named))
}

fn write(permissions: &[Permission]) -> String {
    let list = permissions.iter().map(|one| {
        json!({
            "resource_type": one.resource_type, "actions": one.actions, "resources": one.resources,
            "organizations": one.organizations,
        })
    });
    Value::Array(list.collect()).to_string()
}

/// Reads stored permissions; `None` where the policy was written in Cedar.
pub(super) fn read(text: &str) -> Result<Option<Vec<Permission>>, Error> {
    if text.is_empty() {
        return Ok(None);
    }
    let list: Vec<Value> = stored(serde_json::from_str(text))?;
    let texts = |value: &Value, name: &str| {
        let items = value.get(name).and_then(Value::as_array).into_iter().flatten();
        items.filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>()
    };
    let permissions = list.iter().map(|one| Permission {
        resource_type: one.get("resource_type").and_then(Value::as_str).unwrap_or_default().to_owned(),
        actions: texts(one, "actions"),
        resources: texts(one, "resources"),
        organizations: texts(one, "organizations"),
    });
    Ok(Some(permissions.collect()))
}
