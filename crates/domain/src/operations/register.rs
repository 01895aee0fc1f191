//! Every operation there is, one line each.

use super::{Action, Entity, Operation, Reach, Resource};

const ON_ACCOUNT: Reach = Reach::Policies(&[Entity::Account]);
const ON_ORGANIZATION: Reach = Reach::Policies(&[Entity::Organization]);
const ON_EITHER: Reach = Reach::Policies(&[Entity::Organization, Entity::Account]);
const ON_DOMAIN: Reach = Reach::Policies(&[Entity::Domain]);
const ON_DIRECTORY: Reach = Reach::Policies(&[Entity::Directory]);
const ON_USER: Reach = Reach::Policies(&[Entity::User]);
const ON_GROUP: Reach = Reach::Policies(&[Entity::Group]);
const ON_RESOURCE: Reach = Reach::Policies(&[Entity::Resource]);
const ON_ENTITY: Reach = Reach::Policies(&[Entity::User, Entity::Group, Entity::Resource]);

macro_rules! operations {
    ($($(#[$doc:meta])* $name:ident: $text:literal, $resource:ident, $action:ident, $reach:expr $(, $fresh:ident)?;)*) => {
        $($(#[$doc])* pub const $name: Operation = Operation {
            name: $text,
            resource: Resource::$resource,
            action: Action::$action,
            reach: $reach,
            fresh: operations!(@fresh $($fresh)?),
        };)*

        /// Every operation.
        pub const ALL: &[&Operation] = &[$(&$name),*];
    };
    (@fresh fresh) => { true };
    (@fresh) => { false };
}

operations! {
    /// [`crate::accounts::create_account`]
    CREATE_ACCOUNT: "create_account", Deployment, Create, Reach::Operator;
    /// [`crate::accounts::list_accounts`]
    LIST_ACCOUNTS: "list_accounts", Deployment, Read, Reach::Operator;
    /// [`crate::accounts::show_account`]
    SHOW_ACCOUNT: "show_account", Account, Read, Reach::Everybody;
    /// [`crate::accounts::edit_account`]
    EDIT_ACCOUNT: "edit_account", Account, Update, Reach::Admins, fresh;
    /// [`crate::administrators::sign_in`]
    SIGN_IN: "sign_in", Session, Create, Reach::Anyone;
    /// [`crate::administrators::complete_sign_in`]
    COMPLETE_SIGN_IN: "complete_sign_in", Session, Create, Reach::Anyone;
    /// [`crate::administrators::show_session`]
    SHOW_SESSION: "show_session", Session, Read, Reach::Own;
    /// [`crate::administrators::list_sessions`]
    LIST_SESSIONS: "list_sessions", Session, Read, Reach::Own;
    /// [`crate::administrators::reauthenticate`]
    REAUTHENTICATE: "reauthenticate", Session, Update, Reach::Own;
    /// [`crate::administrators::change_password`]
    CHANGE_PASSWORD: "change_password", Session, Secret, Reach::Own;
    /// [`crate::administrators::end_session`]
    END_SESSION: "end_session", Session, Delete, Reach::Own;
    /// [`crate::administrators::end_other_sessions`]
    END_OTHER_SESSIONS: "end_other_sessions", Session, Delete, Reach::Own;
    /// [`crate::administrators::sign_out`]
    SIGN_OUT: "sign_out", Session, Delete, Reach::Own;
    /// [`crate::second_factors::list_second_factors`]
    LIST_SECOND_FACTORS: "list_second_factors", Session, Read, Reach::Own;
    /// [`crate::second_factors::begin_totp`]
    BEGIN_TOTP: "begin_totp", Session, Secret, Reach::Own, fresh;
    /// [`crate::second_factors::confirm_totp`]
    CONFIRM_TOTP: "confirm_totp", Session, Secret, Reach::Own, fresh;
    /// [`crate::second_factors::remove_totp`]
    REMOVE_TOTP: "remove_totp", Session, Secret, Reach::Own, fresh;
    /// [`crate::second_factors::begin_passkey`]
    BEGIN_PASSKEY: "begin_passkey", Session, Secret, Reach::Own, fresh;
    /// [`crate::second_factors::confirm_passkey`]
    CONFIRM_PASSKEY: "confirm_passkey", Session, Secret, Reach::Own, fresh;
    /// [`crate::second_factors::remove_passkey`]
    REMOVE_PASSKEY: "remove_passkey", Session, Secret, Reach::Own, fresh;
    /// [`crate::second_factors::make_recovery_codes`]
    MAKE_RECOVERY_CODES: "make_recovery_codes", Session, Secret, Reach::Own, fresh;
    /// [`crate::administrators::add_administrator`]
    ADD_ADMINISTRATOR: "add_administrator", Administrator, Create, Reach::Admins, fresh;
    /// [`crate::administrators::list_administrators`]
    LIST_ADMINISTRATORS: "list_administrators", Administrator, Read, Reach::Admins;
    /// [`crate::administrators::show_administrator`]
    SHOW_ADMINISTRATOR: "show_administrator", Administrator, Read, Reach::Owner;
    /// [`crate::administrators::edit_administrator`]
    EDIT_ADMINISTRATOR: "edit_administrator", Administrator, Update, Reach::Admins, fresh;
    /// [`crate::administrators::activate_administrator`]
    ACTIVATE_ADMINISTRATOR: "activate_administrator", Administrator, Update, Reach::Admins, fresh;
    /// [`crate::administrators::deactivate_administrator`]
    DEACTIVATE_ADMINISTRATOR: "deactivate_administrator", Administrator, Update, Reach::Admins, fresh;
    /// [`crate::administrators::reset_administrator_password`]
    RESET_ADMINISTRATOR_PASSWORD: "reset_administrator_password", Administrator, Secret, Reach::Admins, fresh;
    /// [`crate::administrators::unlock_administrator`]
    UNLOCK_ADMINISTRATOR: "unlock_administrator", Administrator, Secret, Reach::Admins;
    /// [`crate::administrators::reset_second_factors`]
    RESET_SECOND_FACTORS: "reset_second_factors", Administrator, Secret, Reach::Admins, fresh;
    /// [`crate::administrators::end_sessions`]
    END_SESSIONS: "end_sessions", Administrator, Update, Reach::Admins;
    /// [`crate::administrators::set_api_access`]
    SET_API_ACCESS: "set_api_access", Administrator, Update, Reach::Admins, fresh;
    /// [`crate::administrators::set_api_password`]
    SET_API_PASSWORD: "set_api_password", Administrator, Secret, Reach::Owner, fresh;
    /// [`crate::administrators::remove_api_password`]
    REMOVE_API_PASSWORD: "remove_api_password", Administrator, Secret, Reach::Owner, fresh;
    /// [`crate::administrators::create_access_key`]
    CREATE_ACCESS_KEY: "create_access_key", AccessKey, Create, Reach::Owner, fresh;
    /// [`crate::administrators::list_access_keys`]
    LIST_ACCESS_KEYS: "list_access_keys", AccessKey, Read, Reach::Owner;
    /// [`crate::administrators::edit_access_key`]
    EDIT_ACCESS_KEY: "edit_access_key", AccessKey, Update, Reach::Owner, fresh;
    /// [`crate::administrators::delete_access_key`]
    DELETE_ACCESS_KEY: "delete_access_key", AccessKey, Delete, Reach::Owner, fresh;
    /// [`crate::policies::create_policy`]
    CREATE_POLICY: "create_policy", Policy, Create, Reach::Admins, fresh;
    /// [`crate::policies::list_policies`]
    LIST_POLICIES: "list_policies", Policy, Read, Reach::Admins;
    /// [`crate::policies::show_policy`]
    SHOW_POLICY: "show_policy", Policy, Read, Reach::Admins;
    /// [`crate::policies::edit_policy`]
    EDIT_POLICY: "edit_policy", Policy, Update, Reach::Admins, fresh;
    /// [`crate::policies::delete_policy`]
    DELETE_POLICY: "delete_policy", Policy, Delete, Reach::Admins, fresh;
    /// [`crate::policies::list_policy_holders`]
    LIST_POLICY_HOLDERS: "list_policy_holders", Policy, Read, Reach::Admins;
    /// [`crate::policies::attach_policy`]
    ATTACH_POLICY: "attach_policy", Policy, Update, Reach::Admins, fresh;
    /// [`crate::policies::detach_policy`]
    DETACH_POLICY: "detach_policy", Policy, Update, Reach::Admins, fresh;
    /// [`crate::policies::validate_policy`]
    VALIDATE_POLICY: "validate_policy", Policy, Read, Reach::Admins;
    /// [`crate::policies::test_policy`]
    TEST_POLICY: "test_policy", Policy, Read, Reach::Admins;
    /// [`crate::policies::list_policy_actions`]
    LIST_POLICY_ACTIONS: "list_policy_actions", Policy, Read, Reach::Admins;
    /// [`crate::organizations::list_regions`]
    LIST_REGIONS: "list_regions", Account, Read, Reach::Everybody;
    /// [`crate::organizations::create_organization`]
    CREATE_ORGANIZATION: "create_organization", Organization, Create, ON_ACCOUNT;
    /// [`crate::organizations::list_organizations`]
    LIST_ORGANIZATIONS: "list_organizations", Organization, Read, Reach::Lists("show_organization");
    /// [`crate::organizations::show_organization`]
    SHOW_ORGANIZATION: "show_organization", Organization, Read, ON_ORGANIZATION;
    /// [`crate::organizations::list_organization_states`]
    LIST_ORGANIZATION_STATES: "list_organization_states", Organization, Read, ON_ORGANIZATION;
    /// [`crate::health::list_organization_conditions`]
    LIST_ORGANIZATION_CONDITIONS: "list_organization_conditions", Organization, Read, ON_ORGANIZATION;
    /// [`crate::health::reconcile`], and every other check of what organizations rely on
    REPORT_CONDITION: "report_condition", Organization, Update, Reach::System;
    /// [`crate::organizations::delete_organization`]
    DELETE_ORGANIZATION: "delete_organization", Organization, Delete, ON_ORGANIZATION, fresh;
    /// A step of the job that creates or deletes an organization.
    ADVANCE_ORGANIZATION: "advance_organization", Organization, Update, Reach::System;
    /// [`crate::mail_domains::add_domain`]
    ADD_DOMAIN: "add_domain", Domain, Create, ON_ORGANIZATION;
    /// [`crate::mail_domains::list_domains`]
    LIST_DOMAINS: "list_domains", Domain, Read, Reach::Lists("show_domain");
    /// [`crate::mail_domains::show_domain`]
    SHOW_DOMAIN: "show_domain", Domain, Read, ON_DOMAIN;
    /// [`crate::mail_domains::remove_domain`]
    REMOVE_DOMAIN: "remove_domain", Domain, Delete, ON_DOMAIN;
    /// [`crate::mail_domains::set_default_domain`]
    SET_DEFAULT_DOMAIN: "set_default_domain", Domain, Update, ON_DOMAIN;
    /// [`crate::mail_domains::check_domain`]
    CHECK_DOMAIN: "check_domain", Domain, Update, ON_DOMAIN;
    /// [`crate::mail_domains::show_zone_file`]
    SHOW_ZONE_FILE: "show_zone_file", Domain, Read, ON_DOMAIN;
    /// [`crate::mail_domains::rotate_dkim_key`]
    ROTATE_DKIM_KEY: "rotate_dkim_key", Domain, Update, ON_DOMAIN;
    /// [`crate::mail_domains::reconcile`]
    MAINTAIN_DOMAIN: "maintain_domain", Domain, Update, Reach::System;
    /// [`crate::directories::list_directories`]
    LIST_DIRECTORIES: "list_directories", Directory, Read, Reach::Lists("show_directory");
    /// [`crate::directories::show_directory`]
    SHOW_DIRECTORY: "show_directory", Directory, Read, ON_DIRECTORY;
    /// [`crate::directories::set_password_policy`]
    SET_PASSWORD_POLICY: "set_password_policy", Directory, Update, ON_DIRECTORY;
    /// [`crate::users::create_user`]
    CREATE_USER: "create_user", User, Create, ON_ORGANIZATION;
    /// [`crate::users::list_users`]
    LIST_USERS: "list_users", User, Read, Reach::Lists("show_user");
    /// [`crate::users::show_user`]
    SHOW_USER: "show_user", User, Read, ON_USER;
    /// [`crate::users::edit_user`]
    EDIT_USER: "edit_user", User, Update, ON_USER;
    /// [`crate::users::enable_user`]
    ENABLE_USER: "enable_user", User, Update, ON_USER;
    /// [`crate::users::enable_users`]
    ENABLE_USERS: "enable_users", User, Update, ON_ORGANIZATION;
    /// [`crate::users::disable_user`]
    DISABLE_USER: "disable_user", User, Update, ON_USER;
    /// [`crate::users::delete_user`]
    DELETE_USER: "delete_user", User, Delete, ON_USER;
    /// [`crate::users::reset_password`]
    RESET_PASSWORD: "reset_password", User, Secret, ON_USER;
    /// [`crate::users::unlock_user`]
    UNLOCK_USER: "unlock_user", User, Secret, ON_USER;
    /// [`crate::users::check_sign_in`]
    CHECK_SIGN_IN: "check_sign_in", User, Secret, ON_USER;
    /// [`crate::users::list_aliases`]
    LIST_ALIASES: "list_aliases", User, Read, ON_USER;
    /// [`crate::users::add_alias`]
    ADD_ALIAS: "add_alias", User, Update, ON_USER;
    /// [`crate::users::remove_alias`]
    REMOVE_ALIAS: "remove_alias", User, Update, ON_USER;
    /// [`crate::users::set_default_address`]
    SET_DEFAULT_ADDRESS: "set_default_address", User, Update, ON_USER;
    /// [`crate::users::import_users`]
    IMPORT_USERS: "import_users", User, Create, ON_ORGANIZATION;
    /// [`crate::users::export_users`]
    EXPORT_USERS: "export_users", User, Read, ON_ORGANIZATION;
    /// [`crate::groups::create_group`]
    CREATE_GROUP: "create_group", Group, Create, ON_ORGANIZATION;
    /// [`crate::groups::list_groups`]
    LIST_GROUPS: "list_groups", Group, Read, Reach::Lists("show_group");
    /// [`crate::groups::show_group`]
    SHOW_GROUP: "show_group", Group, Read, ON_GROUP;
    /// [`crate::groups::edit_group`]
    EDIT_GROUP: "edit_group", Group, Update, ON_GROUP;
    /// [`crate::groups::enable_group`]
    ENABLE_GROUP: "enable_group", Group, Update, ON_GROUP;
    /// [`crate::groups::disable_group`]
    DISABLE_GROUP: "disable_group", Group, Update, ON_GROUP;
    /// [`crate::groups::delete_group`]
    DELETE_GROUP: "delete_group", Group, Delete, ON_GROUP;
    /// [`crate::groups::list_group_aliases`]
    LIST_GROUP_ALIASES: "list_group_aliases", Group, Read, ON_GROUP;
    /// [`crate::groups::add_group_alias`]
    ADD_GROUP_ALIAS: "add_group_alias", Group, Update, ON_GROUP;
    /// [`crate::groups::remove_group_alias`]
    REMOVE_GROUP_ALIAS: "remove_group_alias", Group, Update, ON_GROUP;
    /// [`crate::groups::set_group_default_address`]
    SET_GROUP_DEFAULT_ADDRESS: "set_group_default_address", Group, Update, ON_GROUP;
    /// [`crate::groups::list_group_members`]
    LIST_GROUP_MEMBERS: "list_group_members", Group, Read, ON_GROUP;
    /// [`crate::groups::add_group_member`]
    ADD_GROUP_MEMBER: "add_group_member", Group, Update, ON_GROUP;
    /// [`crate::groups::remove_group_member`]
    REMOVE_GROUP_MEMBER: "remove_group_member", Group, Update, ON_GROUP;
    /// [`crate::resources::create_resource`]
    CREATE_RESOURCE: "create_resource", Resource, Create, ON_ORGANIZATION;
    /// [`crate::resources::list_resources`]
    LIST_RESOURCES: "list_resources", Resource, Read, Reach::Lists("show_resource");
    /// [`crate::resources::show_resource`]
    SHOW_RESOURCE: "show_resource", Resource, Read, ON_RESOURCE;
    /// [`crate::resources::edit_resource`]
    EDIT_RESOURCE: "edit_resource", Resource, Update, ON_RESOURCE;
    /// [`crate::resources::enable_resource`]
    ENABLE_RESOURCE: "enable_resource", Resource, Update, ON_RESOURCE;
    /// [`crate::resources::disable_resource`]
    DISABLE_RESOURCE: "disable_resource", Resource, Update, ON_RESOURCE;
    /// [`crate::resources::delete_resource`]
    DELETE_RESOURCE: "delete_resource", Resource, Delete, ON_RESOURCE;
    /// [`crate::resources::list_resource_aliases`]
    LIST_RESOURCE_ALIASES: "list_resource_aliases", Resource, Read, ON_RESOURCE;
    /// [`crate::resources::add_resource_alias`]
    ADD_RESOURCE_ALIAS: "add_resource_alias", Resource, Update, ON_RESOURCE;
    /// [`crate::resources::remove_resource_alias`]
    REMOVE_RESOURCE_ALIAS: "remove_resource_alias", Resource, Update, ON_RESOURCE;
    /// [`crate::resources::set_resource_default_address`]
    SET_RESOURCE_DEFAULT_ADDRESS: "set_resource_default_address", Resource, Update, ON_RESOURCE;
    /// [`crate::resources::list_resource_delegates`]
    LIST_RESOURCE_DELEGATES: "list_resource_delegates", Resource, Read, ON_RESOURCE;
    /// [`crate::resources::add_resource_delegate`]
    ADD_RESOURCE_DELEGATE: "add_resource_delegate", Resource, Update, ON_RESOURCE;
    /// [`crate::resources::remove_resource_delegate`]
    REMOVE_RESOURCE_DELEGATE: "remove_resource_delegate", Resource, Update, ON_RESOURCE;
    /// [`crate::entities::find_entity`]
    FIND_ENTITY: "find_entity", Entity, Read, ON_ENTITY;
    /// [`crate::entities::list_groups_of_entity`]
    LIST_GROUPS_OF_ENTITY: "list_groups_of_entity", Entity, Read, ON_ENTITY;
    /// [`crate::mailboxes::show_mailbox`]
    SHOW_MAILBOX: "show_mailbox", Mailbox, Read, ON_USER;
    /// [`crate::mailboxes::set_mailbox_quota`]
    SET_MAILBOX_QUOTA: "set_mailbox_quota", Mailbox, Update, ON_USER;
    /// [`crate::mailboxes::list_mailbox_permissions`]
    LIST_MAILBOX_PERMISSIONS: "list_mailbox_permissions", Mailbox, Read, ON_ENTITY;
    /// [`crate::mailboxes::put_mailbox_permissions`]
    PUT_MAILBOX_PERMISSIONS: "put_mailbox_permissions", Mailbox, Update, ON_ENTITY;
    /// [`crate::mailboxes::delete_mailbox_permissions`]
    DELETE_MAILBOX_PERMISSIONS: "delete_mailbox_permissions", Mailbox, Update, ON_ENTITY;
    /// [`crate::organizations::list_organization_tags`]
    LIST_ORGANIZATION_TAGS: "list_organization_tags", Organization, Read, ON_ORGANIZATION;
    /// [`crate::organizations::tag_organization`]
    TAG_ORGANIZATION: "tag_organization", Organization, Update, ON_ORGANIZATION;
    /// [`crate::organizations::untag_organization`]
    UNTAG_ORGANIZATION: "untag_organization", Organization, Update, ON_ORGANIZATION;
    /// [`crate::access_control::list_access_control_rules`]
    LIST_ACCESS_CONTROL_RULES: "list_access_control_rules", AccessControlRule, Read, ON_ORGANIZATION;
    /// [`crate::access_control::put_access_control_rule`]
    PUT_ACCESS_CONTROL_RULE: "put_access_control_rule", AccessControlRule, Update, ON_ORGANIZATION;
    /// [`crate::access_control::delete_access_control_rule`]
    DELETE_ACCESS_CONTROL_RULE: "delete_access_control_rule", AccessControlRule, Delete, ON_ORGANIZATION;
    /// [`crate::access_control::test_access_control`]
    TEST_ACCESS_CONTROL: "test_access_control", AccessControlRule, Read, ON_ORGANIZATION;
    /// [`crate::mobile_devices::list_mobile_device_rules`]
    LIST_MOBILE_DEVICE_RULES: "list_mobile_device_rules", MobileDeviceRule, Read, ON_ORGANIZATION;
    /// [`crate::mobile_devices::create_mobile_device_rule`]
    CREATE_MOBILE_DEVICE_RULE: "create_mobile_device_rule", MobileDeviceRule, Create, ON_ORGANIZATION;
    /// [`crate::mobile_devices::edit_mobile_device_rule`]
    EDIT_MOBILE_DEVICE_RULE: "edit_mobile_device_rule", MobileDeviceRule, Update, ON_ORGANIZATION;
    /// [`crate::mobile_devices::delete_mobile_device_rule`]
    DELETE_MOBILE_DEVICE_RULE: "delete_mobile_device_rule", MobileDeviceRule, Delete, ON_ORGANIZATION;
    /// [`crate::mobile_devices::test_mobile_device_access`]
    TEST_MOBILE_DEVICE_ACCESS: "test_mobile_device_access", MobileDeviceRule, Read, ON_ORGANIZATION;
    /// [`crate::mobile_devices::list_mobile_device_overrides`]
    LIST_MOBILE_DEVICE_OVERRIDES: "list_mobile_device_overrides", MobileDeviceRule, Read, ON_ORGANIZATION;
    /// [`crate::mobile_devices::show_mobile_device_override`]
    SHOW_MOBILE_DEVICE_OVERRIDE: "show_mobile_device_override", MobileDeviceRule, Read, ON_ORGANIZATION;
    /// [`crate::mobile_devices::put_mobile_device_override`]
    PUT_MOBILE_DEVICE_OVERRIDE: "put_mobile_device_override", MobileDeviceRule, Update, ON_ORGANIZATION;
    /// [`crate::mobile_devices::delete_mobile_device_override`]
    DELETE_MOBILE_DEVICE_OVERRIDE: "delete_mobile_device_override", MobileDeviceRule, Delete, ON_ORGANIZATION;
    /// [`crate::impersonation::list_impersonation_roles`]
    LIST_IMPERSONATION_ROLES: "list_impersonation_roles", ImpersonationRole, Read, ON_ORGANIZATION;
    /// [`crate::impersonation::show_impersonation_role`]
    SHOW_IMPERSONATION_ROLE: "show_impersonation_role", ImpersonationRole, Read, ON_ORGANIZATION;
    /// [`crate::impersonation::create_impersonation_role`]
    CREATE_IMPERSONATION_ROLE: "create_impersonation_role", ImpersonationRole, Create, ON_ORGANIZATION;
    /// [`crate::impersonation::edit_impersonation_role`]
    EDIT_IMPERSONATION_ROLE: "edit_impersonation_role", ImpersonationRole, Update, ON_ORGANIZATION;
    /// [`crate::impersonation::delete_impersonation_role`]
    DELETE_IMPERSONATION_ROLE: "delete_impersonation_role", ImpersonationRole, Delete, ON_ORGANIZATION;
    /// [`crate::impersonation::test_impersonation_role`]
    TEST_IMPERSONATION_ROLE: "test_impersonation_role", ImpersonationRole, Read, ON_ORGANIZATION;
    /// [`crate::retention::show_retention_policy`]
    SHOW_RETENTION_POLICY: "show_retention_policy", RetentionPolicy, Read, ON_ORGANIZATION;
    /// [`crate::retention::put_retention_policy`]
    PUT_RETENTION_POLICY: "put_retention_policy", RetentionPolicy, Update, ON_ORGANIZATION;
    /// [`crate::retention::delete_retention_policy`]
    DELETE_RETENTION_POLICY: "delete_retention_policy", RetentionPolicy, Delete, ON_ORGANIZATION;
    /// [`crate::holds::list_holds`]
    LIST_HOLDS: "list_holds", Hold, Read, ON_ORGANIZATION;
    /// [`crate::holds::release_hold`]
    RELEASE_HOLD: "release_hold", Hold, Delete, ON_ORGANIZATION;
    /// [`crate::holds::show_hold_settings`]
    SHOW_HOLD_SETTINGS: "show_hold_settings", Hold, Read, ON_ORGANIZATION;
    /// [`crate::holds::set_hold_settings`]
    SET_HOLD_SETTINGS: "set_hold_settings", Hold, Update, ON_ORGANIZATION;
    /// A retained mailbox whose time has come.
    PURGE_MAILBOX: "purge_mailbox", Mailbox, Delete, Reach::System;
    /// A sign-in that showed that a password is known from breaches.
    NOTE_BREACHED_PASSWORD: "note_breached_password", User, Secret, Reach::System;
    /// [`crate::mail_settings::show_inbound_dmarc`]
    SHOW_INBOUND_DMARC: "show_inbound_dmarc", MailSetting, Read, ON_ORGANIZATION;
    /// [`crate::mail_settings::set_inbound_dmarc`]
    SET_INBOUND_DMARC: "set_inbound_dmarc", MailSetting, Update, ON_ORGANIZATION;
    /// [`crate::mail_settings::show_email_monitoring`]
    SHOW_EMAIL_MONITORING: "show_email_monitoring", MailSetting, Read, ON_ORGANIZATION;
    /// [`crate::mail_settings::set_email_monitoring`]
    SET_EMAIL_MONITORING: "set_email_monitoring", MailSetting, Update, ON_ORGANIZATION;
    /// [`crate::mail_settings::remove_email_monitoring`]
    REMOVE_EMAIL_MONITORING: "remove_email_monitoring", MailSetting, Delete, ON_ORGANIZATION;
    /// [`crate::availability::list_availability_configurations`]
    LIST_AVAILABILITY_CONFIGURATIONS: "list_availability_configurations", Availability, Read, ON_ORGANIZATION;
    /// [`crate::availability::create_availability_configuration`]
    CREATE_AVAILABILITY_CONFIGURATION: "create_availability_configuration", Availability, Create, ON_ORGANIZATION;
    /// [`crate::availability::edit_availability_configuration`]
    EDIT_AVAILABILITY_CONFIGURATION: "edit_availability_configuration", Availability, Update, ON_ORGANIZATION;
    /// [`crate::availability::delete_availability_configuration`]
    DELETE_AVAILABILITY_CONFIGURATION: "delete_availability_configuration", Availability, Delete, ON_ORGANIZATION;
    /// [`crate::availability::test_availability_configuration`]
    TEST_AVAILABILITY_CONFIGURATION: "test_availability_configuration", Availability, Secret, ON_ORGANIZATION;
    /// [`crate::identity_providers::show_identity_provider`]
    SHOW_IDENTITY_PROVIDER: "show_identity_provider", IdentityProvider, Read, ON_ORGANIZATION;
    /// [`crate::identity_providers::set_identity_provider`]
    SET_IDENTITY_PROVIDER: "set_identity_provider", IdentityProvider, Update, ON_ORGANIZATION;
    /// [`crate::identity_providers::remove_identity_provider`]
    REMOVE_IDENTITY_PROVIDER: "remove_identity_provider", IdentityProvider, Delete, ON_ORGANIZATION;
    /// [`crate::identity_providers::list_identity_center_applications`]
    LIST_IDENTITY_CENTER_APPLICATIONS: "list_identity_center_applications", IdentityProvider, Read, ON_ACCOUNT;
    /// [`crate::identity_providers::create_identity_center_application`]
    CREATE_IDENTITY_CENTER_APPLICATION: "create_identity_center_application", IdentityProvider, Create, ON_ACCOUNT;
    /// [`crate::identity_providers::delete_identity_center_application`]
    DELETE_IDENTITY_CENTER_APPLICATION: "delete_identity_center_application", IdentityProvider, Delete, ON_ACCOUNT;
    /// [`crate::personal_access_tokens::list_personal_access_tokens`]
    LIST_PERSONAL_ACCESS_TOKENS: "list_personal_access_tokens", PersonalAccessToken, Read, ON_ORGANIZATION;
    /// [`crate::personal_access_tokens::show_personal_access_token`]
    SHOW_PERSONAL_ACCESS_TOKEN: "show_personal_access_token", PersonalAccessToken, Read, ON_ORGANIZATION;
    /// [`crate::personal_access_tokens::create_personal_access_token`]
    CREATE_PERSONAL_ACCESS_TOKEN: "create_personal_access_token", PersonalAccessToken, Secret, ON_USER;
    /// [`crate::personal_access_tokens::delete_personal_access_token`]
    DELETE_PERSONAL_ACCESS_TOKEN: "delete_personal_access_token", PersonalAccessToken, Delete, ON_ORGANIZATION;
    /// [`crate::encryption_keys::create_encryption_key`]
    CREATE_ENCRYPTION_KEY: "create_encryption_key", EncryptionKey, Create, ON_ACCOUNT, fresh;
    /// [`crate::encryption_keys::list_encryption_keys`]
    LIST_ENCRYPTION_KEYS: "list_encryption_keys", EncryptionKey, Read, ON_ACCOUNT;
    /// [`crate::encryption_keys::show_encryption_key`]
    SHOW_ENCRYPTION_KEY: "show_encryption_key", EncryptionKey, Read, ON_ACCOUNT;
    /// [`crate::encryption_keys::edit_encryption_key`]
    EDIT_ENCRYPTION_KEY: "edit_encryption_key", EncryptionKey, Update, ON_ACCOUNT, fresh;
    /// [`crate::encryption_keys::delete_encryption_key`]
    DELETE_ENCRYPTION_KEY: "delete_encryption_key", EncryptionKey, Delete, ON_ACCOUNT, fresh;
    /// [`crate::encryption_keys::test_encryption_key`]
    TEST_ENCRYPTION_KEY: "test_encryption_key", EncryptionKey, Secret, ON_ACCOUNT;
    /// [`crate::keys::show_organization_key`]
    SHOW_ORGANIZATION_KEY: "show_organization_key", OrganizationKey, Read, ON_ORGANIZATION;
    /// [`crate::keys::set_organization_key`]
    SET_ORGANIZATION_KEY: "set_organization_key", OrganizationKey, Update, ON_ORGANIZATION, fresh;
    /// [`crate::keys::rotate_organization_key`]
    ROTATE_ORGANIZATION_KEY: "rotate_organization_key", OrganizationKey, Update, ON_ORGANIZATION;
    /// [`crate::keys::disable_organization_key`]
    DISABLE_ORGANIZATION_KEY: "disable_organization_key", OrganizationKey, Update, ON_ORGANIZATION, fresh;
    /// [`crate::keys::enable_organization_key`]
    ENABLE_ORGANIZATION_KEY: "enable_organization_key", OrganizationKey, Update, ON_ORGANIZATION;
    /// [`crate::keys::destroy_organization_key`]
    DESTROY_ORGANIZATION_KEY: "destroy_organization_key", OrganizationKey, Delete, ON_ORGANIZATION, fresh;
    /// The last step of [`crate::keys::rotate_organization_key`]: nothing is under the former generation any more.
    FINISH_KEY_ROTATION: "finish_key_rotation", OrganizationKey, Update, Reach::System;
    /// [`crate::dns_providers::create_dns_provider`]
    CREATE_DNS_PROVIDER: "create_dns_provider", DnsProvider, Create, ON_ACCOUNT, fresh;
    /// [`crate::dns_providers::list_dns_providers`]
    LIST_DNS_PROVIDERS: "list_dns_providers", DnsProvider, Read, ON_ACCOUNT;
    /// [`crate::dns_providers::show_dns_provider`]
    SHOW_DNS_PROVIDER: "show_dns_provider", DnsProvider, Read, ON_ACCOUNT;
    /// [`crate::dns_providers::edit_dns_provider`]
    EDIT_DNS_PROVIDER: "edit_dns_provider", DnsProvider, Update, ON_ACCOUNT, fresh;
    /// [`crate::dns_providers::delete_dns_provider`]
    DELETE_DNS_PROVIDER: "delete_dns_provider", DnsProvider, Delete, ON_ACCOUNT, fresh;
    /// [`crate::dns_providers::test_dns_provider`]
    TEST_DNS_PROVIDER: "test_dns_provider", DnsProvider, Secret, ON_ACCOUNT;
    /// [`crate::hosted_zones::set_hosted_zone`]
    SET_HOSTED_ZONE: "set_hosted_zone", HostedZone, Update, ON_DOMAIN;
    /// [`crate::hosted_zones::show_hosted_zone`]
    SHOW_HOSTED_ZONE: "show_hosted_zone", HostedZone, Read, ON_DOMAIN;
    /// [`crate::hosted_zones::plan_zone_records`]
    PLAN_ZONE_RECORDS: "plan_zone_records", HostedZone, Read, ON_DOMAIN;
    /// [`crate::hosted_zones::write_zone_records`]
    WRITE_ZONE_RECORDS: "write_zone_records", HostedZone, Update, ON_DOMAIN;
    /// [`crate::hosted_zones::remove_hosted_zone`]
    REMOVE_HOSTED_ZONE: "remove_hosted_zone", HostedZone, Delete, ON_DOMAIN;
    /// [`crate::hosted_zones::reconcile`]
    KEEP_ZONE_RECORDS: "keep_zone_records", HostedZone, Update, Reach::System;
    /// [`crate::jobs::list_jobs`]
    LIST_JOBS: "list_jobs", Job, Read, Reach::Lists("show_job");
    /// [`crate::jobs::show_job`]
    SHOW_JOB: "show_job", Job, Read, ON_EITHER;
    /// [`crate::audit::list_events`]
    LIST_EVENTS: "list_events", Event, Read, ON_EITHER;
    /// [`crate::audit::export_events`]
    EXPORT_EVENTS: "export_events", Event, Read, ON_EITHER;
}
