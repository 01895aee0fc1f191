//! One call of every operation on resources and mailboxes. Also the words that tests of these are written in.

use reeve_base::names::{ResourceDescription, ResourceName};
use reeve_domain::entities::EntityRef;
use reeve_domain::mailboxes::{self, Grant, Permission};
use reeve_domain::resources::{
    self, CreatedResource, Delegate, NewResource, Resource, ResourceEdit, ResourceFilter, ResourceKind, ResourceRef,
};
use reeve_domain::{Ctx, Error};

use crate::calls::Target;
use crate::harness::{email, first};
use crate::org::Org;

pub(crate) fn resource_name(name: &str) -> ResourceName {
    ResourceName::parse("name", name).unwrap()
}

pub(crate) fn described(text: &str) -> ResourceDescription {
    ResourceDescription::parse("description", text).unwrap()
}

pub(crate) fn resource_ref(text: &str) -> ResourceRef {
    text.parse().unwrap()
}

pub(crate) fn entity_ref(text: &str) -> EntityRef {
    text.parse().unwrap()
}

/// A room of which nothing is said.
pub(crate) fn new_room(name: &str) -> NewResource {
    NewResource {
        name: resource_name(name),
        kind: ResourceKind::Room,
        description: None,
        booking: None,
        hidden: false,
        email: None,
    }
}

/// An edit that does nothing but say whether a resource answers by itself.
pub(crate) fn auto_accept(on: bool) -> ResourceEdit {
    let mut edit = ResourceEdit::default();
    edit.booking.auto_accept = Some(on);
    edit
}

impl Org<'_> {
    pub(crate) async fn create_resource(&self, new: NewResource) -> Result<CreatedResource, Error> {
        resources::create_resource(&self.ctx, self.id(), new).await
    }

    /// A room that is not enabled.
    pub(crate) async fn disabled_room(&self, name: &str) -> Resource {
        self.create_resource(new_room(name)).await.unwrap().resource
    }

    /// A room with an address on the test domain.
    pub(crate) async fn room(&self, name: &str) -> Resource {
        let new = NewResource { email: Some(email(&self.at(name))), ..new_room(name) };
        self.create_resource(new).await.unwrap().resource
    }

    /// A room that answers through these delegates alone.
    pub(crate) async fn delegated_room(&self, name: &str, delegates: &[&str]) -> Resource {
        self.room(name).await;
        for delegate in delegates {
            self.delegate(name, delegate).await.unwrap();
        }
        self.edit_resource(name, auto_accept(false)).await.unwrap()
    }

    pub(crate) async fn find_resource(&self, resource: &str) -> Result<Resource, Error> {
        resources::show_resource(&self.ctx, self.id(), resource_ref(resource)).await
    }

    pub(crate) async fn edit_resource(&self, resource: &str, edit: ResourceEdit) -> Result<Resource, Error> {
        resources::edit_resource(&self.ctx, self.id(), resource_ref(resource), edit).await
    }

    pub(crate) async fn disable_resource(&self, resource: &str) -> Result<Resource, Error> {
        resources::disable_resource(&self.ctx, self.id(), resource_ref(resource)).await
    }

    pub(crate) async fn delete_resource(&self, resource: &str) -> Result<(), Error> {
        resources::delete_resource(&self.ctx, self.id(), resource_ref(resource)).await
    }

    /// Names of the resources that a filter lets through.
    pub(crate) async fn resource_names(&self, filter: ResourceFilter) -> Vec<String> {
        let page = resources::list_resources(&self.ctx, self.id(), filter, first(1_000)).await.unwrap();
        assert_eq!(page.total, Some(page.items.len() as u64), "the count is of what may be seen");
        page.items.into_iter().map(|resource| resource.name).collect()
    }

    pub(crate) async fn delegate(&self, resource: &str, delegate: &str) -> Result<Delegate, Error> {
        resources::add_resource_delegate(&self.ctx, self.id(), resource_ref(resource), entity_ref(delegate)).await
    }

    pub(crate) async fn undelegate(&self, resource: &str, delegate: &str) -> Result<(), Error> {
        resources::remove_resource_delegate(&self.ctx, self.id(), resource_ref(resource), entity_ref(delegate)).await
    }

    /// Names of the delegates of a resource.
    pub(crate) async fn delegates(&self, resource: &str) -> Vec<String> {
        let listed =
            resources::list_resource_delegates(&self.ctx, self.id(), resource_ref(resource), first(1_000)).await;
        listed.unwrap().items.into_iter().map(|delegate| delegate.entity.name).collect()
    }

    pub(crate) async fn grant(
        &self,
        owner: &str,
        grantee: &str,
        permissions: &[Permission],
    ) -> Result<Option<Grant>, Error> {
        let (owner, grantee) = (entity_ref(owner), entity_ref(grantee));
        mailboxes::put_mailbox_permissions(&self.ctx, self.id(), owner, grantee, permissions.to_vec()).await
    }

    pub(crate) async fn ungrant(&self, owner: &str, grantee: &str) -> Result<(), Error> {
        mailboxes::delete_mailbox_permissions(&self.ctx, self.id(), entity_ref(owner), entity_ref(grantee)).await
    }

    /// Who may do what for an owner: names and words.
    pub(crate) async fn grants(&self, owner: &str) -> Vec<String> {
        let listed =
            mailboxes::list_mailbox_permissions(&self.ctx, self.id(), entity_ref(owner), first(1_000)).await.unwrap();
        assert_eq!(listed.total, Some(listed.items.len() as u64));
        let said = |grant: Grant| {
            let words: Vec<_> = grant.permissions.iter().map(|permission| permission.word()).collect();
            format!("{}: {}", grant.grantee.name, words.join(" "))
        };
        listed.items.into_iter().map(said).collect()
    }
}

/// The resources that calls are about: a room that is enabled, has an alias and a delegate, and one that is not.
pub(crate) async fn resources_of(org: &Org<'_>) {
    org.room("room").await;
    let spare = email(&org.at("room-spare"));
    resources::add_resource_alias(&org.ctx, org.id(), resource_ref("room"), spare).await.unwrap();
    org.delegate("room", "enabled").await.unwrap();
    org.disabled_room("closet").await;
    org.grant("room", "enabled", &[Permission::FullAccess]).await.unwrap();
}

pub(crate) async fn call_on_resource(name: &str, ctx: &Ctx, target: &Target) -> Option<Result<(), Error>> {
    let (org, room, closet) = (target.org.clone(), target.room.clone(), target.closet.clone());
    let at = |local: &str| email(&format!("{local}@{}", target.proven));
    let spare = || email(&format!("room-spare@{}.mail.test", target.fresh));
    Some(match name {
        "create_resource" => resources::create_resource(ctx, org, new_room("fresh-room")).await.map(drop),
        "list_resources" => resources::list_resources(ctx, org, ResourceFilter::default(), first(10)).await.map(drop),
        "show_resource" => resources::show_resource(ctx, org, room).await.map(drop),
        "edit_resource" => {
            let edit = ResourceEdit { description: Some(described("twelve seats")), ..ResourceEdit::default() };
            resources::edit_resource(ctx, org, room, edit).await.map(drop)
        }
        "enable_resource" => resources::enable_resource(ctx, org, closet, at("closet")).await.map(drop),
        "disable_resource" => resources::disable_resource(ctx, org, room).await.map(drop),
        "delete_resource" => resources::delete_resource(ctx, org, closet).await,
        "list_resource_aliases" => resources::list_resource_aliases(ctx, org, room).await.map(drop),
        "add_resource_alias" => resources::add_resource_alias(ctx, org, room, at("more-room")).await.map(drop),
        "remove_resource_alias" => resources::remove_resource_alias(ctx, org, room, spare()).await,
        "set_resource_default_address" => {
            resources::set_resource_default_address(ctx, org, room, at("main-room")).await.map(drop)
        }
        "list_resource_delegates" => resources::list_resource_delegates(ctx, org, room, first(10)).await.map(drop),
        "add_resource_delegate" => {
            resources::add_resource_delegate(ctx, org, room, target.disabled.clone()).await.map(drop)
        }
        "remove_resource_delegate" => resources::remove_resource_delegate(ctx, org, room, target.enabled.clone()).await,
        _ => return None,
    })
}

pub(crate) async fn call_on_mailbox(name: &str, ctx: &Ctx, target: &Target) -> Option<Result<(), Error>> {
    let (org, enabled, room) = (target.org.clone(), target.enabled.clone(), target.room.clone());
    Some(match name {
        "show_mailbox" => mailboxes::show_mailbox(ctx, org, enabled).await.map(drop),
        "set_mailbox_quota" => mailboxes::set_mailbox_quota(ctx, org, enabled, 1_000).await.map(drop),
        "list_mailbox_permissions" => mailboxes::list_mailbox_permissions(ctx, org, enabled, first(10)).await.map(drop),
        "put_mailbox_permissions" => {
            let permissions = vec![Permission::SendAs];
            mailboxes::put_mailbox_permissions(ctx, org, enabled, target.disabled.clone(), permissions).await.map(drop)
        }
        "delete_mailbox_permissions" => mailboxes::delete_mailbox_permissions(ctx, org, room, enabled).await,
        _ => return None,
    })
}
