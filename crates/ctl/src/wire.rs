//! What the server says, as far as tables show it; programs get the text itself.
//!
//! Members that a server of another version leaves out read as empty, and those that it adds are passed over.

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
    /// A mail domain.
    Domain {
        domain: String, ownership: String, default: bool, test_domain: bool, created_at: Option<String>,
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
        locked_until: Option<String>, enabled_at: Option<String>, disabled_at: Option<String>,
        mailbox: Option<Mailbox>, created_at: Option<String>, updated_at: Option<String>, version: u64,
    }
    /// Where a user's mail lives.
    Mailbox { state: String, provisioned_at: Option<String>, purge_at: Option<String>, quota_mb: u64 }
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
        status: String, locked_until: Option<String>, second_factors: FactorCounts, api_access: bool,
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
    /// An audit record.
    Event {
        event_id: String, at: Option<String>, actor: Actor, credential: Option<CredentialUsed>,
        policy: Option<PolicyName>, operation: String, resource: Resource, changes: Vec<Change>,
    }
    /// The policy that let it happen.
    PolicyName { policy_id: String, name: String }
    /// Who did it.
    Actor { kind: String, name: String }
    /// What it was done to.
    Resource { kind: String, id: String, name: String }
    /// What was changed.
    Change { field: String, before: serde_json::Value, after: serde_json::Value }
}

impl Session {
    /// When it ends in any case.
    pub(crate) fn ends(&self) -> Option<&String> {
        self.expires_at.as_ref().or_else(|| self.session.as_ref()?.expires_at.as_ref())
    }
}
