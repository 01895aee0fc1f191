//! The words that fields with a fixed choice may hold, each tied to the domain's own value.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

macro_rules! words {
    ($($(#[$meta:meta])* $name:ident = $domain:ident { $($(#[$doc:meta])* $variant:ident),* $(,)? })*) => {$(
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
        $(#[$meta])*
        pub(crate) enum $name { $($(#[$doc])* $variant),* }

        impl From<domain::$domain> for $name {
            fn from(value: domain::$domain) -> Self {
                match value { $(domain::$domain::$variant => Self::$variant),* }
            }
        }

        impl From<$name> for domain::$domain {
            fn from(value: $name) -> Self {
                match value { $($name::$variant => Self::$variant),* }
            }
        }
    )*};
}

/// The domain's values under one roof.
mod domain {
    pub(super) use reeve_domain::administrators::{AdministratorStatus, KeyStatus};
    pub(super) use reeve_domain::ctx::AdministratorRole;
    pub(super) use reeve_domain::directories::DirectoryKind;
    pub(super) use reeve_domain::mail_domains::Ownership;
    pub(super) use reeve_domain::organizations::State;
    pub(super) use reeve_domain::policies::{Effect, PolicyKind};
    pub(super) use reeve_domain::roster::Format;
    pub(super) use reeve_domain::second_factors::Method;
    pub(super) use reeve_domain::users::{MailboxState, SignInOutcome, UserRole, UserState};
}

words! {
    /// Where an organization is in its life.
    OrganizationState = State {
        Requested, Creating, Validating, Active, Failed, Impaired, Inactive, Deleting, Deleted,
    }
    /// The kind of a directory.
    #[serde(rename_all = "snake_case")]
    DirectoryKind = DirectoryKind { Managed }
    /// Whether the organization has proven that the domain is its own.
    #[serde(rename_all = "snake_case")]
    Ownership = Ownership { Verified, Pending, Failed }
    /// Whether a user is registered for mail.
    #[serde(rename_all = "snake_case")]
    UserState = UserState { Enabled, Disabled }
    /// What a user is; `system_user` and `resource` are given by the directory only.
    #[serde(rename_all = "snake_case")]
    UserRole = UserRole { User, RemoteUser, SystemUser, Resource }
    /// Whether a mailbox is in use, or kept for a user who was disabled.
    #[serde(rename_all = "snake_case")]
    MailboxState = MailboxState { Active, Retained }
    /// What a sign-in would come to.
    #[serde(rename_all = "snake_case")]
    SignInOutcome = SignInOutcome { Accepted, WrongPassword, Locked, Disabled, NoPassword, Expired }
    /// What an administrator may do in principle.
    #[serde(rename_all = "snake_case")]
    AdministratorRole = AdministratorRole { Admin, General }
    /// Whether an administrator may sign in.
    #[serde(rename_all = "snake_case")]
    AdministratorStatus = AdministratorStatus { Active, Inactive }
    /// Whether an access key opens anything.
    #[serde(rename_all = "snake_case")]
    KeyStatus = KeyStatus { Active, Inactive }
    /// By what a second factor is proven.
    #[serde(rename_all = "snake_case")]
    Method = Method { Totp, Passkey, RecoveryCode }
    /// Who wrote a policy, and how: it came with Reeve, it was put together from permissions, or it is a text in Cedar.
    #[serde(rename_all = "snake_case")]
    PolicyKind = PolicyKind { ReadyMade, Simple, Advanced }
    /// What a policy says of a request.
    #[serde(rename_all = "snake_case")]
    Effect = Effect { Permit, Forbid }
    /// How a list of people is laid out: Reeve's own columns, or those of a bulk-user file.
    #[serde(rename_all = "snake_case")]
    Format = Format {
        #[serde(rename = "reeve")]
        Native,
        Google,
        #[serde(rename = "microsoft365")]
        Microsoft,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(word: impl Serialize, expected: &str) {
        assert_eq!(serde_json::to_value(word).unwrap(), expected);
    }

    #[test]
    fn words_are_the_domains_own() {
        for state in [domain::State::Requested, domain::State::Impaired, domain::State::Deleted] {
            check(OrganizationState::from(state), state.word());
        }
        for role in [domain::UserRole::RemoteUser, domain::UserRole::SystemUser] {
            check(UserRole::from(role), role.word());
        }
        for outcome in [domain::SignInOutcome::WrongPassword, domain::SignInOutcome::NoPassword] {
            check(SignInOutcome::from(outcome), outcome.word());
        }
        check(Ownership::Verified, domain::Ownership::Verified.word());
        check(MailboxState::Retained, domain::MailboxState::Retained.word());
        check(UserState::Enabled, domain::UserState::Enabled.word());
        check(DirectoryKind::Managed, domain::DirectoryKind::Managed.word());
        check(AdministratorRole::General, domain::AdministratorRole::General.word());
        check(AdministratorStatus::Inactive, domain::AdministratorStatus::Inactive.word());
        check(Method::RecoveryCode, domain::Method::RecoveryCode.word());
        check(PolicyKind::ReadyMade, "ready_made");
        check(Format::Microsoft, "microsoft365");
    }
}
