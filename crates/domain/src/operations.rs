//! The register of every operation: what it is called, what it works on, whether it changes anything.
//!
//! Closed tests walk it: each operation is refused to an anonymous caller, to another account's administrator and
//! to a general user without a policy; each change writes an event; each door serves what it says it serves.

/// The kind of thing an operation works on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resource {
    /// The deployment as a whole: only the local operator reaches it.
    Deployment,
    /// An account.
    Account,
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
    /// A background job.
    Job,
    /// An audit record.
    Event,
}

impl Resource {
    /// The word for it in events and messages.
    pub fn word(self) -> &'static str {
        match self {
            Self::Deployment => "deployment",
            Self::Account => "account",
            Self::Session => "session",
            Self::Organization => "organization",
            Self::Domain => "domain",
            Self::Directory => "directory",
            Self::User => "user",
            Self::Job => "job",
            Self::Event => "event",
        }
    }
}

/// What an operation does to its resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

/// One entry of the register.
#[derive(Debug, PartialEq, Eq)]
pub struct Operation {
    /// The name: the function's, the event's, and the `operationId` of the REST door.
    pub name: &'static str,
    /// What it works on.
    pub resource: Resource,
    /// What it does to it.
    pub action: Action,
}

impl Operation {
    /// Whether a success writes an event.
    pub fn writes_event(&self) -> bool {
        self.action != Action::Read
    }
}

macro_rules! operations {
    ($($(#[$doc:meta])* $name:ident: $text:literal, $resource:ident, $action:ident;)*) => {
        $($(#[$doc])* pub const $name: Operation =
            Operation { name: $text, resource: Resource::$resource, action: Action::$action };)*

        /// Every operation.
        pub const ALL: &[&Operation] = &[$(&$name),*];
    };
}

operations! {
    /// [`crate::accounts::create_account`]
    CREATE_ACCOUNT: "create_account", Deployment, Create;
    /// [`crate::accounts::list_accounts`]
    LIST_ACCOUNTS: "list_accounts", Deployment, Read;
    /// [`crate::administrators::sign_in`]
    SIGN_IN: "sign_in", Session, Create;
    /// [`crate::administrators::show_session`]
    SHOW_SESSION: "show_session", Session, Read;
    /// [`crate::administrators::sign_out`]
    SIGN_OUT: "sign_out", Session, Delete;
    /// [`crate::organizations::list_regions`]
    LIST_REGIONS: "list_regions", Account, Read;
    /// [`crate::organizations::create_organization`]
    CREATE_ORGANIZATION: "create_organization", Account, Create;
    /// [`crate::organizations::list_organizations`]
    LIST_ORGANIZATIONS: "list_organizations", Account, Read;
    /// [`crate::organizations::show_organization`]
    SHOW_ORGANIZATION: "show_organization", Organization, Read;
    /// [`crate::organizations::list_organization_states`]
    LIST_ORGANIZATION_STATES: "list_organization_states", Organization, Read;
    /// [`crate::organizations::delete_organization`]
    DELETE_ORGANIZATION: "delete_organization", Organization, Delete;
    /// A step of the job that creates or deletes an organization.
    ADVANCE_ORGANIZATION: "advance_organization", Organization, Update;
    /// [`crate::mail_domains::add_domain`]
    ADD_DOMAIN: "add_domain", Domain, Create;
    /// [`crate::mail_domains::list_domains`]
    LIST_DOMAINS: "list_domains", Domain, Read;
    /// [`crate::mail_domains::show_domain`]
    SHOW_DOMAIN: "show_domain", Domain, Read;
    /// [`crate::mail_domains::remove_domain`]
    REMOVE_DOMAIN: "remove_domain", Domain, Delete;
    /// [`crate::mail_domains::set_default_domain`]
    SET_DEFAULT_DOMAIN: "set_default_domain", Domain, Update;
    /// [`crate::directories::list_directories`]
    LIST_DIRECTORIES: "list_directories", Account, Read;
    /// [`crate::directories::show_directory`]
    SHOW_DIRECTORY: "show_directory", Directory, Read;
    /// [`crate::directories::set_password_policy`]
    SET_PASSWORD_POLICY: "set_password_policy", Directory, Update;
    /// [`crate::users::create_user`]
    CREATE_USER: "create_user", User, Create;
    /// [`crate::users::list_users`]
    LIST_USERS: "list_users", User, Read;
    /// [`crate::users::show_user`]
    SHOW_USER: "show_user", User, Read;
    /// [`crate::users::edit_user`]
    EDIT_USER: "edit_user", User, Update;
    /// [`crate::users::enable_user`]
    ENABLE_USER: "enable_user", User, Update;
    /// [`crate::users::enable_users`]
    ENABLE_USERS: "enable_users", User, Update;
    /// [`crate::users::disable_user`]
    DISABLE_USER: "disable_user", User, Update;
    /// [`crate::users::delete_user`]
    DELETE_USER: "delete_user", User, Delete;
    /// [`crate::users::reset_password`]
    RESET_PASSWORD: "reset_password", User, Secret;
    /// [`crate::users::unlock_user`]
    UNLOCK_USER: "unlock_user", User, Secret;
    /// [`crate::users::check_sign_in`]
    CHECK_SIGN_IN: "check_sign_in", User, Secret;
    /// [`crate::users::list_aliases`]
    LIST_ALIASES: "list_aliases", User, Read;
    /// [`crate::users::add_alias`]
    ADD_ALIAS: "add_alias", User, Update;
    /// [`crate::users::remove_alias`]
    REMOVE_ALIAS: "remove_alias", User, Update;
    /// [`crate::users::set_default_address`]
    SET_DEFAULT_ADDRESS: "set_default_address", User, Update;
    /// [`crate::users::import_users`]
    IMPORT_USERS: "import_users", User, Create;
    /// [`crate::users::export_users`]
    EXPORT_USERS: "export_users", User, Read;
    /// [`crate::jobs::list_jobs`]
    LIST_JOBS: "list_jobs", Job, Read;
    /// [`crate::jobs::show_job`]
    SHOW_JOB: "show_job", Job, Read;
    /// [`crate::audit::list_events`]
    LIST_EVENTS: "list_events", Event, Read;
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
