//! What the server says, as far as tables show it; programs get the text itself.
//!
//! Members that a server of another version leaves out read as empty, and those that it adds are passed over.

use std::fmt;

use serde::{Deserialize, Deserializer};

macro_rules! wire {
    ($($(#[$doc:meta])* $name:ident { $($field:ident: $kind:ty),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Default, Deserialize)]
        #[serde(default)]
        pub(crate) struct $name {
            $(#[serde(deserialize_with = "null_is_empty")] pub(crate) $field: $kind,)*
        }
    )*};
}

fn null_is_empty<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(from: D) -> Result<T, D::Error> {
    Option::<T>::deserialize(from).map(Option::unwrap_or_default)
}

/// A rule that decided: some kinds have names only, others an id and perhaps a name.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum Matched {
    Name(String),
    Rule { rule_id: String, name: Option<String> },
}

impl fmt::Display for Matched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) | Self::Rule { rule_id: name, name: None } => f.write_str(name),
            Self::Rule { rule_id, name: Some(name) } => write!(f, "{name} ({rule_id})"),
        }
    }
}

wire! {
    /// A mail tenant.
    Organization {
        organization_id: String, arn: String, account_id: String, region: String, alias: String, state: String,
        state_reason: Option<String>, state_since: Option<String>, directory_id: Option<String>,
        default_domain: Option<String>, test_domain: Option<String>, created_at: Option<String>,
        completed_at: Option<String>, deleted_at: Option<String>, user_counts: Option<UserCounts>, version: u64,
    }
    /// How many users an organization has.
    UserCounts { enabled: u64, disabled: u64, system: u64 }
    /// One step in an organization's life.
    State { state: String, reason: Option<String>, at: Option<String> }
    /// The life of an organization, oldest step first.
    States { items: Vec<State> }
    /// One thing that is amiss with an organization.
    Condition { kind: String, subject: String, reason: String, remedy: String, since: Option<String> }
    /// A key that is kept in a system of its own.
    EncryptionKey {
        encryption_key_id: String, arn: String, name: String, kind: String, reference: String,
        address: Option<String>, access_key_id: Option<String>, created_at: Option<String>,
        updated_at: Option<String>, version: u64,
    }
    /// A system that hosts zones.
    DnsProvider {
        dns_provider_id: String, name: String, kind: String, url: Option<String>, access_key_id: Option<String>,
        server_id: Option<String>, server: Option<String>, key_name: Option<String>, algorithm: Option<String>,
        zones: Vec<String>, domains: i64, created_at: Option<String>, updated_at: Option<String>, version: u64,
    }
    /// A zone of such a system.
    Zone { id: String, name: String }
    /// How a test of such a system went.
    DnsProviderTest { passed: bool, zones: Vec<Zone>, reason: Option<String>, remedy: Option<String> }
    /// The zone in which the records of a domain are kept.
    HostedZone {
        dns_provider_name: String, zone_id: String, zone_name: String, state: String, written: u64,
        last_error: Option<String>, checked_at: Option<String>, next_at: Option<String>,
    }
    /// What is done with a record of a zone.
    ZoneStep {
        action: String, name: String, r#type: String, before: Option<String>, after: Option<String>, why: String,
    }
    /// What would be written into a zone.
    ZonePlan { plan: String, hosted_zone: HostedZone, steps: Vec<ZoneStep> }
    /// How a test of an encryption key went.
    EncryptionKeyTest { passed: bool, reason: Option<String>, remedy: Option<String> }
    /// One generation of the key of an organization.
    KeyGeneration {
        generation: i64, state: String, kind: String, encryption_key_name: Option<String>, mailboxes: i64,
        checked_at: Option<String>, reason: Option<String>,
    }
    /// A mail domain.
    Domain {
        domain: String, ownership: String, default: bool, test_domain: bool, lapsed_since: Option<String>,
        prove_by: Option<String>, dkim: String, records: Vec<DnsRecord>, checked_at: Option<String>,
        next_check_at: Option<String>, created_at: Option<String>,
    }
    /// One record for the DNS of a mail domain, and how it stands there.
    DnsRecord { r#type: String, host: String, value: String, state: Option<String>, found: Vec<String>, advice: String }
    /// A note on an organization.
    Tag { key: String, value: String }
    /// How long mail is kept.
    RetentionPolicy {
        retention_policy_id: String, name: String, description: Option<String>, folders: Vec<FolderRule>,
        created_at: Option<String>, updated_at: Option<String>, version: u64,
    }
    /// How long mail is kept in one folder.
    FolderRule { folder: String, action: String, days: u64 }
    /// What becomes of mail that fails DMARC.
    InboundDmarc { enforced: bool }
    /// Something that is held back of who is gone.
    Hold { kind: String, value: String, held_for: String, held_until: Option<String> }
    /// For how many days what is held back.
    HoldSettings { addresses_days: u64, names_days: u64, alias_days: u64 }
    /// Where events about mail are reported to.
    EmailMonitoring { log_group_arn: String, role_arn: Option<String> }
    /// Where free and busy times are asked for.
    Availability {
        domain: String, ews: Option<EwsProvider>, lambda: Option<LambdaProvider>, created_at: Option<String>,
        updated_at: Option<String>, version: u64,
    }
    /// A server that is asked.
    EwsProvider { endpoint: String, username: String }
    /// A function that is asked.
    LambdaProvider { function_arn: String }
    /// How a test went.
    Probe { passed: bool, failure: Option<String> }
    /// By whom else users prove who they are.
    IdentityProvider { mode: String, instance_arn: String, application_arn: String, tokens: TokenSettings }
    /// What holds for tokens.
    TokenSettings { status: String, lifetime_days: u64 }
    /// An application of Identity Center.
    Application { application_arn: String, name: String, instance_arn: String, created_at: Option<String> }
    /// A password for one mail client, and what opens when it was just made.
    Token {
        token_id: String, user_id: String, name: String, scopes: Vec<String>, created_at: Option<String>,
        last_used_at: Option<String>, expires_at: Option<String>, secret: Option<String>,
    }
    /// Where users live.
    Directory {
        directory_id: String, kind: String, organization_id: Option<String>, region: Option<String>,
        password_policy: Option<PasswordPolicy>, created_at: Option<String>, version: u64,
    }
    /// What a password must be like.
    PasswordPolicy {
        length_min: u64, length_max: u64, classes_min: u64, history: u64, age_max_days: u64, lockout_failures: u64,
        lockout_minutes: u64, strength_min: u64,
    }
    /// A person.
    User {
        user_id: String, organization_id: String, directory_id: String, username: String, display_name: String,
        first_name: String, last_name: String, initials: String, email: Option<String>, state: String, role: String,
        hidden_from_global_address_list: bool, telephone: String, street: String, job_title: String, city: String,
        company: String, zip_code: String, department: String, country: String, office: String,
        identity_provider_user_id: String, has_password: bool, password_changed_at: Option<String>,
        password_breached_at: Option<String>, locked_until: Option<String>, enabled_at: Option<String>, disabled_at: Option<String>,
        mailbox: Option<Mailbox>, created_at: Option<String>, updated_at: Option<String>, version: u64,
    }
    /// Where a user's mail lives.
    Mailbox { state: String, provisioned_at: Option<String>, purge_at: Option<String>, quota_mb: u64 }
    /// A mailbox with what is in it.
    MailboxDetails {
        state: String, quota_mb: u64, size_bytes: u64, provisioned_at: Option<String>, purge_at: Option<String>,
    }
    /// Several users under one address.
    Group {
        group_id: String, organization_id: String, directory_id: String, name: String, email: Option<String>,
        state: String, hidden_from_global_address_list: bool, enabled_at: Option<String>, disabled_at: Option<String>,
        created_at: Option<String>, updated_at: Option<String>, version: u64,
    }
    /// A group, by its id and its name.
    NamedGroup { group_id: String, name: String }
    /// A room or a piece of equipment.
    Resource {
        resource_id: String, organization_id: String, directory_id: String, name: String, kind: String,
        description: String, booking: Booking, email: Option<String>, state: String,
        hidden_from_global_address_list: bool, enabled_at: Option<String>, disabled_at: Option<String>,
        created_at: Option<String>, updated_at: Option<String>, version: u64,
    }
    /// How a resource answers those who book it.
    Booking { auto_accept: bool, auto_decline_recurring: bool, auto_decline_conflicting: bool }
    /// A user, group or resource.
    Entity { entity_id: String, kind: String, name: String, email: Option<String>, state: String }
    /// Who belongs to a group.
    Member {
        entity_id: String, kind: String, name: String, email: Option<String>, state: String, added_at: Option<String>,
    }
    /// Who answers for a resource.
    Delegate {
        entity_id: String, kind: String, name: String, email: Option<String>, state: String, added_at: Option<String>,
    }
    /// Who may act for another, and how far.
    Grant {
        entity_id: String, kind: String, name: String, email: Option<String>, state: String, permissions: Vec<String>,
        granted_at: Option<String>, updated_at: Option<String>,
    }
    /// A user that was just made, and its password when the server made one.
    NewUser { user: User, password: Option<String> }
    /// A password that the server made.
    Generated { password: Option<String> }
    /// How a sign-in would end.
    SignIn { outcome: String }
    /// A further address.
    Alias { address: String, created_at: Option<String> }
    /// What became of one user of a bulk call.
    Enabled { user: String, outcome: String, email: Option<String>, problem: Option<RowProblem> }
    /// Why one row was refused.
    RowProblem { code: String, field: Option<String>, detail: String }
    /// A customer of the deployment.
    Account {
        account_id: String, name: String, second_factor_required: bool, owners_manage_api_secrets: bool,
        event_retention_days: u64, created_at: Option<String>, version: u64, password: Option<String>,
    }
    /// Who is signed in.
    Session {
        actor: String, administrator: Option<Administrator>, account_id: Option<String>, account_name: Option<String>,
        region: String, session_id: Option<String>, session: Option<SessionTimes>, idle_expires_at: Option<String>,
        expires_at: Option<String>, token: Option<String>, credential: Option<CredentialUsed>,
        authenticated_at: Option<String>, fresh: Option<bool>, second_factor: Option<bool>, enrolment_required: bool,
    }
    /// How long a session lasts.
    SessionTimes { session_id: String, idle_expires_at: Option<String>, expires_at: Option<String> }
    /// By what somebody was let in.
    CredentialUsed { kind: String, id: Option<String> }
    /// What is wanted besides a password; without a challenge, nothing.
    Challenge { challenge: Option<String>, methods: Vec<String> }
    /// One of the caller's sessions.
    OwnSession {
        session_id: String, current: bool, source_address: Option<String>, user_agent: Option<String>,
        created_at: Option<String>, last_seen_at: Option<String>, idle_expires_at: Option<String>,
        expires_at: Option<String>, second_factor: bool,
    }
    /// How many sessions were ended.
    Ended { ended: u64 }
    /// The second factors of the caller.
    SecondFactors { totp: Option<Totp>, passkeys: Vec<Passkey>, recovery_codes_left: u64, required: bool }
    /// A code generator.
    Totp { confirmed_at: Option<String> }
    /// A passkey.
    Passkey { passkey_id: String, name: String, created_at: Option<String>, last_used_at: Option<String> }
    /// A code generator that is being set up.
    TotpSecret { challenge: String, secret: String, otpauth_url: String, expires_at: Option<String> }
    /// Codes for the day when the second factor is lost.
    RecoveryCodes { recovery_codes: Vec<String> }
    /// Somebody who signs in.
    Administrator {
        administrator_id: String, username: String, first_name: String, last_name: String, role: String,
        status: String, password_breached_at: Option<String>, locked_until: Option<String>, second_factors: FactorCounts, api_access: bool,
        api_password: Option<ApiPassword>, policies: Vec<Attachment>, created_at: Option<String>,
        updated_at: Option<String>, last_sign_in_at: Option<String>, version: u64, password: Option<String>,
    }
    /// Which second factors an administrator has.
    FactorCounts { totp: bool, passkeys: u64 }
    /// The API password of an administrator, as far as it is known.
    ApiPassword { changed_at: Option<String>, last_used_at: Option<String>, limit_policy: Option<String> }
    /// A policy that an administrator holds, and where.
    Attachment { policy_id: String, name: String, organizations: Vec<String> }
    /// An administrator who holds a policy, and where.
    Holder { administrator_id: String, username: String, organizations: Vec<String> }
    /// A key for programs.
    AccessKey {
        access_key_id: String, secret_access_key: Option<String>, administrator_id: String, name: String,
        status: String, created_at: Option<String>, created_by: String, last_used_at: Option<String>,
        last_used_address: Option<String>, expires_at: Option<String>, source_networks: Vec<String>,
        limit_policy: Option<String>, version: u64,
    }
    /// Who may do what.
    Policy {
        policy_id: String, name: String, description: String, kind: String, permissions: Vec<Permission>,
        cedar: String, attached: u64, created_at: Option<String>, updated_at: Option<String>, version: u64,
    }
    /// One permission of a policy.
    Permission {
        resource_type: String, actions: Vec<String>, resources: Vec<String>, organizations: Vec<String>,
    }
    /// Something that a policy can allow.
    PolicyAction { action: String, resource_type: String, description: String, groups: Vec<String> }
    /// Whether a policy could be kept.
    Validation { valid: bool, cedar: String, problems: Vec<PolicyProblem> }
    /// What is wrong with a policy, and where.
    PolicyProblem { line: u64, column: u64, message: String, help: Option<String> }
    /// Whether somebody may do something, and why.
    Decision { decision: String, because: String, policies: Vec<Deciding> }
    /// A policy that decided.
    Deciding { policy_id: String, name: String, effect: String }
    /// A piece of background work.
    Job {
        job_id: String, kind: String, organization_id: Option<String>, state: String, attempts: u64,
        run_at: Option<String>, last_error: Option<String>, created_at: Option<String>, updated_at: Option<String>,
    }
    /// Who may reach mailboxes over which protocol and from where.
    AccessRule {
        name: String, effect: String, description: Option<String>, ip_ranges: Vec<String>, not_ip_ranges: Vec<String>,
        protocols: Vec<String>, not_protocols: Vec<String>, users: Vec<String>, not_users: Vec<String>,
        impersonation_roles: Vec<String>, not_impersonation_roles: Vec<String>, created_at: Option<String>,
        updated_at: Option<String>, version: u64,
    }
    /// Which mobile devices may synchronize.
    DeviceRule {
        rule_id: String, name: String, effect: String, description: Option<String>, device_types: Vec<String>,
        not_device_types: Vec<String>, device_models: Vec<String>, not_device_models: Vec<String>,
        device_operating_systems: Vec<String>, not_device_operating_systems: Vec<String>,
        device_user_agents: Vec<String>, not_device_user_agents: Vec<String>, created_at: Option<String>,
        updated_at: Option<String>, version: u64,
    }
    /// What one mobile device of one user may do, whatever the rules say.
    DeviceOverride {
        user_id: String, device_id: String, effect: String, description: Option<String>, created_at: Option<String>,
        updated_at: Option<String>,
    }
    /// By which programs act as users.
    ImpersonationRole {
        impersonation_role_id: String, name: String, kind: String, description: Option<String>,
        rules: Vec<ImpersonationRule>, created_at: Option<String>, updated_at: Option<String>, version: u64,
    }
    /// As whom a role may act.
    ImpersonationRule {
        rule_id: String, name: Option<String>, effect: String, target_users: Vec<String>,
        not_target_users: Vec<String>,
    }
    /// What rules say, and which of them.
    RuleDecision { effect: String, kind: String, rules: Vec<Matched> }
    /// An audit record.
    Event {
        event_id: String, at: Option<String>, actor: Actor, credential: Option<CredentialUsed>,
        policy: Option<PolicyName>, operation: String, resource: Subject, changes: Vec<Change>,
    }
    /// The policy that let it happen.
    PolicyName { policy_id: String, name: String }
    /// Who did it.
    Actor { kind: String, name: String }
    /// What it was done to.
    Subject { kind: String, id: String, name: String }
    /// What was changed.
    Change { field: String, before: serde_json::Value, after: serde_json::Value }
}

impl Session {
    /// When it ends in any case.
    pub(crate) fn ends(&self) -> Option<&String> {
        self.expires_at.as_ref().or_else(|| self.session.as_ref()?.expires_at.as_ref())
    }
}
