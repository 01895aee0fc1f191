//! The register of every operation: what it is called, what it works on, whether it changes anything.
//!
//! Closed tests walk it: each operation is refused to an anonymous caller, to another account's administrator and
//! to a general user without a policy; each change writes an event; each door serves what it says it serves.

mod register;

pub use register::*;

/// The kind of thing an operation works on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Resource {
    /// The deployment as a whole: only the local operator reaches it.
    Deployment,
    /// An account.
    Account,
    /// An administrator.
    Administrator,
    /// An access key of an administrator.
    AccessKey,
    /// A policy.
    Policy,
    /// The caller's own session.
    Session,
    /// An organization.
    Organization,
    /// A mail domain of an organization.
    Domain,
    /// A directory.
    Directory,
    /// A user of an organization.
    User,
    /// A group of an organization.
    Group,
    /// A room or a piece of equipment of an organization.
    Resource,
    /// Any of these three.
    Entity,
    /// The mailbox of a user: what it may hold, and who may act for it.
    Mailbox,
    /// A rule about who may reach mailboxes from where and how.
    AccessControlRule,
    /// A rule about mobile devices.
    MobileDeviceRule,
    /// A role by which programs act as users.
    ImpersonationRole,
    /// How long mail is kept.
    RetentionPolicy,
    /// A setting of how an organization handles mail.
    MailSetting,
    /// Where the free and busy times of another system are asked for.
    Availability,
    /// By whom else users prove who they are.
    IdentityProvider,
    /// A password for one mail client.
    PersonalAccessToken,
    /// What is held back of who is gone.
    Hold,
    /// A key of a customer, kept in a system of its own.
    EncryptionKey,
    /// The key of an organization, under which those of its mailboxes are wrapped.
    OrganizationKey,
    /// A system that hosts zones.
    DnsProvider,
    /// The zone in which the records of a domain are kept.
    HostedZone,
    /// A background job.
    Job,
    /// An audit record.
    Event,
}

impl Resource {
    /// The word for it in events, policies and messages.
    pub fn word(self) -> &'static str {
        match self {
            Self::Deployment => "deployment",
            Self::Account => "account",
            Self::Administrator => "administrator",
            Self::AccessKey => "access_key",
            Self::Policy => "policy",
            Self::Session => "session",
            Self::Organization => "organization",
            Self::Domain => "domain",
            Self::Directory => "directory",
            Self::User => "user",
            Self::Group => "group",
            Self::Resource => "resource",
            Self::Entity => "entity",
            Self::Mailbox => "mailbox",
            Self::AccessControlRule => "access_control_rule",
            Self::MobileDeviceRule => "mobile_device_rule",
            Self::ImpersonationRole => "impersonation_role",
            Self::RetentionPolicy => "retention_policy",
            Self::MailSetting => "mail_setting",
            Self::Availability => "availability",
            Self::IdentityProvider => "identity_provider",
            Self::PersonalAccessToken => "personal_access_token",
            Self::Hold => "hold",
            Self::EncryptionKey => "encryption_key",
            Self::OrganizationKey => "organization_key",
            Self::DnsProvider => "dns_provider",
            Self::HostedZone => "hosted_zone",
            Self::Job => "job",
            Self::Event => "event",
        }
    }
}

/// What an operation does to its resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Looks, and changes nothing.
    Read,
    /// Makes something that was not there.
    Create,
    /// Changes what is there.
    Update,
    /// Removes.
    Delete,
    /// Sets or checks a secret.
    Secret,
}

impl Action {
    /// The word for it in policies.
    pub fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Secret => "secret",
        }
    }
}

/// The thing that a policy speaks of when an operation is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Entity {
    /// The account, for what belongs to no organization.
    Account,
    /// An organization, also for what is to be made in it.
    Organization,
    /// A mail domain.
    Domain,
    /// A directory.
    Directory,
    /// A user.
    User,
    /// A group.
    Group,
    /// A room or a piece of equipment.
    Resource,
}

impl Entity {
    /// Every kind.
    pub const ALL: [Self; 7] =
        [Self::Account, Self::Organization, Self::Domain, Self::Directory, Self::User, Self::Group, Self::Resource];

    /// Its name in Cedar.
    pub fn name(self) -> &'static str {
        match self {
            Self::Account => "Account",
            Self::Organization => "Organization",
            Self::Domain => "Domain",
            Self::Directory => "Directory",
            Self::User => "User",
            Self::Group => "Group",
            Self::Resource => "Resource",
        }
    }
}

/// Who can reach an operation at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Anybody, signed in or not.
    Anyone,
    /// Every administrator, for themselves, by a session.
    Own,
    /// Account admins, and everybody for themselves.
    Owner,
    /// Account admins alone (row A1).
    Admins,
    /// Account admins, and whom a policy lets do it to one of these.
    Policies(&'static [Entity]),
    /// Everybody; what is listed is what the operation of this name may be done to.
    Lists(&'static str),
    /// Every administrator of the account.
    Everybody,
    /// The operator of the deployment alone.
    Operator,
    /// Reeve itself alone.
    System,
}

/// One entry of the register.
#[derive(Debug, PartialEq, Eq)]
pub struct Operation {
    /// The name: the function's, the event's, the policies', and the `operationId` of the REST door.
    pub name: &'static str,
    /// What it works on.
    pub resource: Resource,
    /// What it does to it.
    pub action: Action,
    /// Who can reach it.
    pub reach: Reach,
    /// Whether a session must have proved within the last minutes who its owner is (issue 3: dangerous acts).
    pub fresh: bool,
}

impl Operation {
    /// Whether a success writes an event.
    pub fn writes_event(&self) -> bool {
        self.action != Action::Read
    }

    /// What a policy can name it on; nothing when no policy can.
    pub fn entities(&self) -> &'static [Entity] {
        match self.reach {
            Reach::Policies(entities) => entities,
            _ => &[],
        }
    }

    /// The operation of this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        ALL.iter().copied().find(|operation| operation.name == name)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_two_operations_share_a_name() {
        let names: HashSet<_> = ALL.iter().map(|operation| operation.name).collect();
        assert_eq!(names.len(), ALL.len());
    }
}
