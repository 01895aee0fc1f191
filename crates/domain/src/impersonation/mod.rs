//! Impersonation roles: by which programs act as users, as which of them, and how far (CreateImpersonationRole and
//! others).
//!
//! A role may act as those users whom a rule of it allows and none denies; without rules, as nobody. What hands out the
//! tokens by which programs use a role is not here.

mod create_impersonation_role;
mod delete_impersonation_role;
mod edit_impersonation_role;
mod list_impersonation_roles;
mod test_impersonation_role;

use std::str::FromStr;

use reeve_base::ids::{ImpersonationRoleId, ImpersonationRuleId, UserId};
use reeve_base::limits::{IMPERSONATION_RULES_MAX, VALUES_PER_CONDITION_MAX};
use reeve_base::names::{Description, Label};
use reeve_base::{Invalid, Timestamp};
use reeve_store::Tx;
use reeve_store::tables::organization_documents::{self as rows, DocumentRow};
use reeve_store::tables::organizations::OrganizationRow;
use reeve_store::tables::users::UserRow;
use serde_json::Value;

use crate::ctx::stored;
use crate::documents::{Body, texts};
use crate::effect::{Condition, Effect};
use crate::entities::{self, Registrable};
use crate::error::Error;
use crate::users::UserRef;

pub use create_impersonation_role::{CreatedImpersonationRole, create_impersonation_role};
pub use delete_impersonation_role::delete_impersonation_role;
pub use edit_impersonation_role::edit_impersonation_role;
pub use list_impersonation_roles::{list_impersonation_roles, show_impersonation_role};
pub use test_impersonation_role::{RoleAnswer, test_impersonation_role};

/// The kind of document that a role is; its key is its folded name.
const KIND: &str = "impersonation_role";

/// What a role is called where none is found.
const ROLE: &str = "impersonation role";

const TARGETS: [&str; 2] = ["target_users", "not_target_users"];

/// How far a role reaches into a mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImpersonationKind {
    /// As far as the user themselves.
    FullAccess,
    /// It reads, and changes nothing.
    ReadOnly,
}

impl ImpersonationKind {
    /// The word for it on every wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::FullAccess => "full_access",
            Self::ReadOnly => "read_only",
        }
    }
}

impl FromStr for ImpersonationKind {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text {
            "full_access" => Ok(Self::FullAccess),
            "read_only" => Ok(Self::ReadOnly),
            _ => Err(Invalid::new("kind", "must be full_access or read_only")),
        }
    }
}

/// A rule of a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImpersonationRule {
    /// Its id, unique in the role; chosen by whoever wrote it.
    pub id: ImpersonationRuleId,
    /// Its name.
    pub name: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// What it says.
    pub effect: Effect,
    /// Of whom.
    pub targets: Condition<UserId>,
}

/// A role by which programs act as users.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImpersonationRole {
    /// Its id.
    pub id: ImpersonationRoleId,
    /// Its name, unique in the organization, case aside.
    pub name: String,
    /// How far it reaches.
    pub kind: ImpersonationKind,
    /// What it is for.
    pub description: Option<String>,
    /// As whom.
    pub rules: Vec<ImpersonationRule>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Goes up with every change.
    pub version: i64,
}

/// A rule of a role that is to be.
#[derive(Debug, Clone)]
pub struct NewImpersonationRule {
    /// Its id, unique in the role.
    pub id: ImpersonationRuleId,
    /// Its name.
    pub name: Option<Label>,
    /// What it is for.
    pub description: Option<Description>,
    /// What it says.
    pub effect: Effect,
    /// Of whom.
    pub targets: Condition<UserRef>,
}

/// What a role is to be, as a whole.
#[derive(Debug, Clone)]
pub struct NewImpersonationRole {
    /// Its name, unique in the organization, case aside.
    pub name: Label,
    /// How far it reaches.
    pub kind: ImpersonationKind,
    /// What it is for.
    pub description: Option<Description>,
    /// As whom.
    pub rules: Vec<NewImpersonationRule>,
}

impl NewImpersonationRole {
    /// Refuses what needs no look-up.
    fn check(&self) -> Result<(), Invalid> {
        let count = self.rules.len();
        if count > IMPERSONATION_RULES_MAX {
            let why = format!("must hold at most {IMPERSONATION_RULES_MAX} rules, holds {count}");
            return Err(Invalid::new("rules", why));
        }
        for (index, rule) in self.rules.iter().enumerate() {
            if self.rules.iter().take(index).any(|earlier| earlier.id == rule.id) {
                let why = format!("must have ids of their own; two rules have the id \"{}\"", rule.id);
                return Err(Invalid::new("rules", why));
            }
            rule.targets.need_few(TARGETS, VALUES_PER_CONDITION_MAX)?;
        }
        Ok(())
    }

    /// The body of the role, with the users whom its rules name found.
    fn body(&self, tx: &mut Tx<'_>, organization: &OrganizationRow) -> Result<Body, Error> {
        let rules: Vec<Value> =
            self.rules.iter().map(|rule| Ok(rule.body(tx, organization)?.value())).collect::<Result<_, Error>>()?;
        Ok(Body::new([
            ("name", self.name.as_str().into()),
            ("kind", self.kind.word().into()),
            ("description", self.description.as_ref().map(Description::as_str).into()),
            ("rules", rules.into()),
        ]))
    }
}

impl NewImpersonationRule {
    fn body(&self, tx: &mut Tx<'_>, organization: &OrganizationRow) -> Result<Body, Error> {
        let targets: Condition<UserId> = self.targets.try_map(|user| target(tx, organization, user))?;
        Ok(Body::new([
            ("id", self.id.as_str().into()),
            ("name", self.name.as_ref().map(Label::as_str).into()),
            ("description", self.description.as_ref().map(Description::as_str).into()),
            ("effect", self.effect.word().into()),
            (TARGETS[0], texts(&targets.any_of)),
            (TARGETS[1], texts(&targets.none_of)),
        ]))
    }
}

/// The id of a user who has a mailbox that can be acted in.
fn target(tx: &mut Tx<'_>, organization: &OrganizationRow, user: &UserRef) -> Result<UserId, Error> {
    let row: UserRow = entities::find(tx, organization, user)?;
    if !row.holder().is_enabled() {
        return Err(entities::need_enabled(&row));
    }
    stored(row.user_id.parse())
}

impl ImpersonationRole {
    fn from_row(row: &DocumentRow) -> Result<Self, Error> {
        let body = Body::read(&row.body)?;
        Ok(Self {
            id: stored(row.document_id.parse())?,
            name: body.text("name")?.to_owned(),
            kind: stored(body.text("kind")?.parse())?,
            description: body.optional_text("description"),
            rules: body.items("rules").iter().map(ImpersonationRule::read).collect::<Result<_, _>>()?,
            created_at: Timestamp::from_millis(row.created_at),
            updated_at: Timestamp::from_millis(row.updated_at),
            version: row.version,
        })
    }
}

impl ImpersonationRule {
    fn read(value: &Value) -> Result<Self, Error> {
        let body = Body::of(value)?;
        Ok(Self {
            id: stored(body.text("id")?.parse())?,
            name: body.optional_text("name"),
            description: body.optional_text("description"),
            effect: stored(body.text("effect")?.parse())?,
            targets: body.condition(TARGETS, str::parse)?,
        })
    }
}

/// The role with this id. Errors: `NotFound`.
pub(crate) fn need(tx: &mut Tx<'_>, organization_id: &str, role: &ImpersonationRoleId) -> Result<DocumentRow, Error> {
    rows::get(tx, (organization_id, KIND), role.as_str())?.ok_or_else(|| Error::not_found(ROLE, role))
}

// CreateImpersonationRole and UpdateImpersonationRole know no error for a name that is taken, so it is a wrong value.
fn taken(name: &Label) -> Error {
    Error::invalid("name", format!("is taken: an impersonation role has the name \"{name}\"; choose another"))
}
