//! The rows of the three kinds, and what the rules that they share need of each.

use reeve_base::Timestamp;
use reeve_store::Tx;
use reeve_store::tables::groups::{self, GroupRow};
use reeve_store::tables::organizations::OrganizationRow;
use reeve_store::tables::resources::{self, ResourceRow};
use reeve_store::tables::users::{self, UserRow};

use super::{Entity, EntityKind, EntityState};
use crate::access::Target;
use crate::ctx::{Ctx, stored};
use crate::error::Error;
use crate::operations::{self, LIST_GROUPS, LIST_RESOURCES, LIST_USERS, Operation};
use crate::users::{UserRole, refuse_system_user, search};

/// A row of any kind.
#[derive(Debug, Clone)]
pub(crate) enum EntityRow {
    User(Box<UserRow>),
    Group(Box<GroupRow>),
    Resource(Box<ResourceRow>),
}

/// Does the same to a row whatever its kind is.
macro_rules! each_kind {
    ($row:expr, $one:ident => $work:expr) => {
        match $row {
            $crate::entities::EntityRow::User($one) => $work,
            $crate::entities::EntityRow::Group($one) => $work,
            $crate::entities::EntityRow::Resource($one) => $work,
        }
    };
}

pub(super) use each_kind;

/// What every row of an entity says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Holder<'a> {
    pub(crate) kind: EntityKind,
    pub(crate) directory_id: &'a str,
    pub(crate) id: &'a str,
    pub(crate) name: &'a str,
    pub(crate) name_key: &'a str,
    pub(crate) state: &'a str,
    pub(crate) email: Option<&'a str>,
    pub(crate) enabled_at: Option<i64>,
    pub(crate) disabled_at: Option<i64>,
    pub(crate) version: i64,
}

impl Holder<'_> {
    /// Whether it is registered for mail.
    pub(crate) fn is_enabled(&self) -> bool {
        self.state == EntityState::Enabled.word()
    }

    /// The entity as callers see it.
    pub(crate) fn entity(&self) -> Result<Entity, Error> {
        Ok(Entity {
            id: self.id.to_owned(),
            name: self.name.to_owned(),
            kind: self.kind,
            email: self.email.map(str::to_owned),
            state: stored(self.state.parse())?,
        })
    }
}

/// What enabling and disabling change of a row.
pub(crate) struct Registration<'a> {
    pub(crate) state: &'a mut String,
    pub(crate) email: &'a mut Option<String>,
    pub(crate) enabled_at: &'a mut Option<i64>,
    pub(crate) disabled_at: &'a mut Option<i64>,
    updated_at: &'a mut i64,
    version: &'a mut i64,
}

impl Registration<'_> {
    /// Notes that the row was changed.
    pub(crate) fn touch(&mut self, now: Timestamp) {
        *self.updated_at = now.millis();
        *self.version += 1;
    }
}

/// A row of what can be registered for mail.
pub(crate) trait Registrable: Clone {
    /// What it is.
    const KIND: EntityKind;
    /// What it is to policies.
    const ENTITY: operations::Entity;
    /// The operation that lists its kind.
    const LIST: &'static Operation;

    /// The row, if it is of this kind.
    fn of(row: EntityRow) -> Option<Self>;

    fn holder(&self) -> Holder<'_>;

    fn registration(&mut self) -> Registration<'_>;

    /// What a decision is about.
    fn target<'a>(&'a self, organization: &'a OrganizationRow) -> Target<'a>;

    /// Whether it has a mailbox while it is enabled.
    fn has_mailbox(&self) -> bool {
        true
    }

    /// Refuses what nobody may change.
    fn need_changeable(&self) -> Result<(), Error> {
        Ok(())
    }

    /// Writes the row, which was `before`.
    fn save(&self, tx: &mut Tx<'_>, before: &Self) -> Result<(), Error>;
}

macro_rules! columns_of {
    ($id:ident) => {
        fn holder(&self) -> Holder<'_> {
            Holder {
                kind: Self::KIND,
                directory_id: &self.directory_id,
                id: &self.$id,
                name: &self.name,
                name_key: &self.name_key,
                state: &self.state,
                email: self.email.as_deref(),
                enabled_at: self.enabled_at,
                disabled_at: self.disabled_at,
                version: self.version,
            }
        }

        fn registration(&mut self) -> Registration<'_> {
            Registration {
                state: &mut self.state,
                email: &mut self.email,
                enabled_at: &mut self.enabled_at,
                disabled_at: &mut self.disabled_at,
                updated_at: &mut self.updated_at,
                version: &mut self.version,
            }
        }
    };
}

impl Registrable for UserRow {
    const KIND: EntityKind = EntityKind::User;
    const ENTITY: operations::Entity = operations::Entity::User;
    const LIST: &'static Operation = &LIST_USERS;

    columns_of!(user_id);

    fn of(row: EntityRow) -> Option<Self> {
        if let EntityRow::User(row) = row { Some(*row) } else { None }
    }

    fn target<'a>(&'a self, organization: &'a OrganizationRow) -> Target<'a> {
        Target::User(organization, self)
    }

    fn has_mailbox(&self) -> bool {
        self.role != UserRole::RemoteUser.word()
    }

    fn need_changeable(&self) -> Result<(), Error> {
        refuse_system_user(self)
    }

    fn save(&self, tx: &mut Tx<'_>, before: &Self) -> Result<(), Error> {
        users::update(tx, self)?;
        search::replace(tx, &search::tokens(before), self)
    }
}

impl Registrable for GroupRow {
    const KIND: EntityKind = EntityKind::Group;
    const ENTITY: operations::Entity = operations::Entity::Group;
    const LIST: &'static Operation = &LIST_GROUPS;

    columns_of!(group_id);

    fn of(row: EntityRow) -> Option<Self> {
        if let EntityRow::Group(row) = row { Some(*row) } else { None }
    }

    fn target<'a>(&'a self, organization: &'a OrganizationRow) -> Target<'a> {
        Target::Group(organization, self)
    }

    fn has_mailbox(&self) -> bool {
        false
    }

    fn save(&self, tx: &mut Tx<'_>, _: &Self) -> Result<(), Error> {
        Ok(groups::update(tx, self)?)
    }
}

impl Registrable for ResourceRow {
    const KIND: EntityKind = EntityKind::Resource;
    const ENTITY: operations::Entity = operations::Entity::Resource;
    const LIST: &'static Operation = &LIST_RESOURCES;

    columns_of!(resource_id);

    fn of(row: EntityRow) -> Option<Self> {
        if let EntityRow::Resource(row) = row { Some(*row) } else { None }
    }

    fn target<'a>(&'a self, organization: &'a OrganizationRow) -> Target<'a> {
        Target::Resource(organization, self)
    }

    fn save(&self, tx: &mut Tx<'_>, _: &Self) -> Result<(), Error> {
        Ok(resources::update(tx, self)?)
    }
}

impl EntityRow {
    /// What the row says whatever it is.
    pub(crate) fn holder(&self) -> Holder<'_> {
        each_kind!(self, row => row.holder())
    }

    /// What a decision is about.
    pub(crate) fn target<'a>(&'a self, organization: &'a OrganizationRow) -> Target<'a> {
        each_kind!(self, row => row.target(organization))
    }

    /// Refuses what nobody may change.
    pub(crate) fn need_changeable(&self) -> Result<(), Error> {
        each_kind!(self, row => row.need_changeable())
    }
}

/// Notes in a row that it was changed, and writes it.
pub(crate) fn save_touched<R: Registrable>(tx: &mut Tx<'_>, ctx: &Ctx, row: &mut R, before: &R) -> Result<(), Error> {
    row.registration().touch(ctx.now());
    row.save(tx, before)
}
