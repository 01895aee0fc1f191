//! One call of every operation on groups, and of those that do not care what kind of entity they are about. Also the
//! words that tests of these are written in.

use reeve_base::names::GroupName;
use reeve_domain::entities::{self, Entity, EntityRef};
use reeve_domain::groups::{self, CreatedGroup, Group, GroupEdit, GroupFilter, GroupRef, Member, NewGroup};
use reeve_domain::{Ctx, Error};

use crate::calls::Target;
use crate::calls_resources::entity_ref;
use crate::harness::{email, first};
use crate::org::Org;

pub(crate) fn group_ref(text: &str) -> GroupRef {
    text.parse().unwrap()
}

/// A group without an address.
pub(crate) fn new_group(name: &str) -> NewGroup {
    NewGroup { name: GroupName::parse("name", name).unwrap(), hidden: false, email: None }
}

/// An edit that does nothing but say whether address books leave a group out.
pub(crate) fn hidden(hidden: bool) -> GroupEdit {
    GroupEdit { hidden: Some(hidden) }
}

impl Org<'_> {
    pub(crate) async fn create_group(&self, new: NewGroup) -> Result<CreatedGroup, Error> {
        groups::create_group(&self.ctx, self.id(), new).await
    }

    /// A group that is not enabled.
    pub(crate) async fn disabled_group(&self, name: &str) -> Group {
        self.create_group(new_group(name)).await.unwrap().group
    }

    /// A group with an address on the test domain.
    pub(crate) async fn group(&self, name: &str) -> Group {
        let new = NewGroup { email: Some(email(&self.at(name))), ..new_group(name) };
        self.create_group(new).await.unwrap().group
    }

    /// Groups that are not enabled, each in the next.
    pub(crate) async fn chain(&self, names: &[String]) {
        for name in names {
            self.disabled_group(name).await;
        }
        for pair in names.windows(2) {
            self.add_member(&pair[1], &pair[0]).await.unwrap();
        }
    }

    pub(crate) async fn find_group(&self, group: &str) -> Result<Group, Error> {
        groups::show_group(&self.ctx, self.id(), group_ref(group)).await
    }

    pub(crate) async fn edit_group(&self, group: &str, edit: GroupEdit) -> Result<Group, Error> {
        groups::edit_group(&self.ctx, self.id(), group_ref(group), edit).await
    }

    pub(crate) async fn enable_group(&self, group: &str, address: &str) -> Result<Group, Error> {
        groups::enable_group(&self.ctx, self.id(), group_ref(group), email(address)).await
    }

    pub(crate) async fn disable_group(&self, group: &str) -> Result<Group, Error> {
        groups::disable_group(&self.ctx, self.id(), group_ref(group)).await
    }

    pub(crate) async fn delete_group(&self, group: &str) -> Result<(), Error> {
        groups::delete_group(&self.ctx, self.id(), group_ref(group)).await
    }

    pub(crate) async fn add_group_alias(&self, group: &str, address: &str) -> Result<(), Error> {
        groups::add_group_alias(&self.ctx, self.id(), group_ref(group), email(address)).await.map(drop)
    }

    pub(crate) async fn remove_group_alias(&self, group: &str, address: &str) -> Result<(), Error> {
        groups::remove_group_alias(&self.ctx, self.id(), group_ref(group), email(address)).await
    }

    pub(crate) async fn set_group_default(&self, group: &str, address: &str) -> Result<Group, Error> {
        groups::set_group_default_address(&self.ctx, self.id(), group_ref(group), email(address)).await
    }

    /// The aliases of a group.
    pub(crate) async fn group_aliases(&self, group: &str) -> Vec<String> {
        let aliases = groups::list_group_aliases(&self.ctx, self.id(), group_ref(group)).await.unwrap();
        aliases.into_iter().map(|alias| alias.address).collect()
    }

    /// Names of the groups that a filter lets through.
    pub(crate) async fn group_names(&self, filter: GroupFilter) -> Vec<String> {
        let page = groups::list_groups(&self.ctx, self.id(), filter, first(1_000)).await.unwrap();
        assert_eq!(page.total, Some(page.items.len() as u64), "the count is of what may be seen");
        page.items.into_iter().map(|group| group.name).collect()
    }

    pub(crate) async fn add_member(&self, group: &str, member: &str) -> Result<Member, Error> {
        groups::add_group_member(&self.ctx, self.id(), group_ref(group), entity_ref(member)).await
    }

    pub(crate) async fn remove_member(&self, group: &str, member: &str) -> Result<(), Error> {
        groups::remove_group_member(&self.ctx, self.id(), group_ref(group), entity_ref(member)).await
    }

    /// Names of the members of a group.
    pub(crate) async fn members(&self, group: &str) -> Vec<String> {
        let page = groups::list_group_members(&self.ctx, self.id(), group_ref(group), first(1_000)).await.unwrap();
        page.items.into_iter().map(|member| member.entity.name).collect()
    }

    /// Names of the groups that an entity is in.
    pub(crate) async fn groups_of(&self, entity: &str) -> Vec<String> {
        let page = entities::list_groups_of_entity(&self.ctx, self.id(), entity_ref(entity), None, first(1_000)).await;
        let page = page.unwrap();
        assert_eq!(page.total, Some(page.items.len() as u64), "the count is of what may be seen");
        page.items.into_iter().map(|group| group.name).collect()
    }

    pub(crate) async fn find_entity(&self, address: &str) -> Result<Entity, Error> {
        entities::find_entity(&self.ctx, self.id(), email(address)).await
    }

    pub(crate) async fn enable_any(&self, entity: EntityRef, address: &str) -> Result<(), Error> {
        entities::enable(&self.ctx, self.id(), entity, email(address)).await
    }

    pub(crate) async fn disable_any(&self, entity: EntityRef) -> Result<(), Error> {
        entities::disable(&self.ctx, self.id(), entity).await
    }
}

/// The groups that calls are about: one that is enabled and has an alias and a member, and one that is not.
pub(crate) async fn groups_in(org: &Org<'_>) {
    org.group("team").await;
    org.add_group_alias("team", &org.at("team-spare")).await.unwrap();
    org.add_member("team", "enabled").await.unwrap();
    org.disabled_group("club").await;
}

/// Everything that can be seen of the groups of an organization.
pub(crate) async fn groups_dump(org: &Org<'_>) -> Vec<String> {
    let listed = groups::list_groups(&org.ctx, org.id(), GroupFilter::default(), first(1_000)).await.unwrap();
    let mut all = Vec::new();
    for group in listed.items {
        let id = group.id.as_str();
        let members = groups::list_group_members(&org.ctx, org.id(), group_ref(id), first(1_000)).await.unwrap();
        let (aliases, grants) = (org.group_aliases(id).await, org.grants(id).await);
        all.push(format!("{group:?} {aliases:?} {grants:?} {:?}", members.items));
    }
    all
}

pub(crate) async fn call_on_group(name: &str, ctx: &Ctx, target: &Target) -> Option<Result<(), Error>> {
    let (org, team, club) = (target.org.clone(), target.team.clone(), target.club.clone());
    let at = |local: &str| email(&format!("{local}@{}", target.proven));
    let spare = || email(&format!("team-spare@{}.mail.test", target.fresh));
    Some(match name {
        "create_group" => groups::create_group(ctx, org, new_group("fresh group")).await.map(drop),
        "list_groups" => groups::list_groups(ctx, org, GroupFilter::default(), first(10)).await.map(drop),
        "show_group" => groups::show_group(ctx, org, team).await.map(drop),
        "edit_group" => groups::edit_group(ctx, org, team, hidden(true)).await.map(drop),
        "enable_group" => groups::enable_group(ctx, org, club, at("club")).await.map(drop),
        "disable_group" => groups::disable_group(ctx, org, team).await.map(drop),
        "delete_group" => groups::delete_group(ctx, org, club).await,
        "list_group_aliases" => groups::list_group_aliases(ctx, org, team).await.map(drop),
        "add_group_alias" => groups::add_group_alias(ctx, org, team, at("more-team")).await.map(drop),
        "remove_group_alias" => groups::remove_group_alias(ctx, org, team, spare()).await,
        "set_group_default_address" => {
            groups::set_group_default_address(ctx, org, team, at("main-team")).await.map(drop)
        }
        "list_group_members" => groups::list_group_members(ctx, org, team, first(10)).await.map(drop),
        "add_group_member" => groups::add_group_member(ctx, org, team, target.disabled.clone()).await.map(drop),
        "remove_group_member" => groups::remove_group_member(ctx, org, team, target.enabled.clone()).await,
        _ => return None,
    })
}

pub(crate) async fn call_on_entity(name: &str, ctx: &Ctx, target: &Target) -> Option<Result<(), Error>> {
    let org = target.org.clone();
    Some(match name {
        "find_entity" => {
            let address = email(&format!("enabled@{}.mail.test", target.fresh));
            entities::find_entity(ctx, org, address).await.map(drop)
        }
        "list_groups_of_entity" => {
            entities::list_groups_of_entity(ctx, org, target.enabled.clone(), None, first(10)).await.map(drop)
        }
        _ => return None,
    })
}
