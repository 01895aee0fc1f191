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
    pub(super) use reeve_domain::access_control::Protocol;
    pub(super) use reeve_domain::administrators::{AdministratorStatus, KeyStatus};
    pub(super) use reeve_domain::ctx::AdministratorRole;
    pub(super) use reeve_domain::directories::DirectoryKind;
    pub(super) use reeve_domain::dns_providers::ProviderKind;
    pub(super) use reeve_domain::effect::Effect as RuleEffect;
    pub(super) use reeve_domain::encryption_keys::KeyKind;
    pub(super) use reeve_domain::entities::EntityKind;
    pub(super) use reeve_domain::health::Kind as ConditionKind;
    pub(super) use reeve_domain::holds::HoldKind;
    pub(super) use reeve_domain::hosted_zones::{Act as ZoneAct, ZoneState};
    pub(super) use reeve_domain::identity_providers::{AuthenticationMode, TokenStatus};
    pub(super) use reeve_domain::impersonation::ImpersonationKind;
    pub(super) use reeve_domain::keys::KeyState;
    pub(super) use reeve_domain::mail_domains::{Necessity, Ownership, Purpose, RecordState};
    pub(super) use reeve_domain::mailboxes::Permission;
    pub(super) use reeve_domain::organizations::State;
    pub(super) use reeve_domain::policies::{Effect, PolicyKind};
    pub(super) use reeve_domain::resources::ResourceKind;
    pub(super) use reeve_domain::retention::{Folder, RetentionAction};
    pub(super) use reeve_domain::roster::Format;
    pub(super) use reeve_domain::second_factors::Method;
    pub(super) use reeve_domain::users::{EntityState, MailboxState, SignInOutcome, UserRole};
}

words! {
    /// Where an organization is in its life.
    OrganizationState = State {
        Requested, Creating, Validating, Active, Failed, Impaired, Inactive, Deleting, Deleted,
    }
    /// What does not work.
    #[serde(rename_all = "snake_case")]
    ConditionKind = ConditionKind { Key, Domain, BlobStore, Database, Clock }
    /// How a system that hosts zones is spoken to.
    #[serde(rename_all = "lowercase")]
    ProviderKind = ProviderKind {
        /// Amazon Route 53, or what speaks like it.
        Route53,
        /// By signed updates (RFC 2136).
        Rfc2136,
        /// By the HTTP API of PowerDNS.
        PowerDns,
    }
    /// What happens in the zone of a domain.
    #[serde(rename_all = "lowercase")]
    ZoneState = ZoneState { Attached, Kept, Leaving }
    /// What is done with a record of a zone.
    #[serde(rename_all = "lowercase")]
    ZoneAct = ZoneAct { Add, Change, Remove, Keep, Conflict }
    /// In what kind of system a key is kept.
    #[serde(rename_all = "snake_case")]
    KeyKind = KeyKind {
        /// AWS KMS, or what speaks like it.
        AwsKms,
        /// A hardware security module.
        Pkcs11,
        /// The transit engine of Vault or OpenBao.
        VaultTransit,
    }
    /// Whether the key of an organization may be used.
    #[serde(rename_all = "snake_case")]
    KeyState = KeyState { Active, Disabled, Destroyed, Former }
    /// The kind of a directory.
    #[serde(rename_all = "snake_case")]
    DirectoryKind = DirectoryKind { Managed }
    /// Whether the organization has proven that the domain is its own.
    #[serde(rename_all = "snake_case")]
    Ownership = Ownership { Verified, Pending, Failed }
    /// What a record is for.
    #[serde(rename_all = "snake_case")]
    RecordPurpose = Purpose { Ownership, Mx, Autodiscover, Dkim, Spf, Dmarc, MtaSts, TlsRpt, Srv }
    /// Whether a domain does without a record.
    #[serde(rename_all = "snake_case")]
    RecordNecessity = Necessity { Required, Recommended }
    /// How a record stands in the DNS.
    #[serde(rename_all = "snake_case")]
    RecordState = RecordState { Found, Missing, Different, Unknown }
    /// Whether a user, group or resource is registered for mail.
    #[serde(rename_all = "snake_case")]
    EntityState = EntityState { Enabled, Disabled }
    /// What has a name and addresses in a directory.
    #[serde(rename_all = "snake_case")]
    EntityKind = EntityKind { User, Group, Resource }
    /// What can be booked.
    #[serde(rename_all = "snake_case")]
    ResourceKind = ResourceKind { Room, Equipment }
    /// What one may do for another: open the whole mailbox, send so that the owner alone is seen, or send in the owner's
    /// name and be seen to.
    #[serde(rename_all = "snake_case")]
    MailboxPermission = Permission { FullAccess, SendAs, SendOnBehalf }
    /// What a user is; `system_user` and `resource` are given by the directory only.
    #[serde(rename_all = "snake_case")]
    UserRole = UserRole { User, RemoteUser, SystemUser, Resource }
    /// Whether a mailbox is in use, or kept for a user who was disabled.
    #[serde(rename_all = "snake_case")]
    MailboxState = MailboxState { Active, Retained }
    /// What a sign-in would come to.
    #[serde(rename_all = "snake_case")]
    SignInOutcome = SignInOutcome {
        Accepted, WrongPassword, Locked, Disabled, NoPassword, Expired, RefusedByRule, PasswordSignInOff,
    }
    /// A protocol by which mailboxes are reached, in WorkMail's words.
    Protocol = Protocol {
        ActiveSync,
        AutoDiscover,
        #[serde(rename = "EWS")]
        Ews,
        #[serde(rename = "IMAP")]
        Imap,
        #[serde(rename = "SMTP")]
        Smtp,
        WindowsOutlook,
        WebMail,
    }
    /// What a rule says; one that denies is stronger than all that allow.
    #[serde(rename_all = "snake_case")]
    RuleEffect = RuleEffect { Allow, Deny }
    /// How far an impersonation role reaches: as far as the user themselves, or to reading only.
    #[serde(rename_all = "snake_case")]
    ImpersonationKind = ImpersonationKind { FullAccess, ReadOnly }
    /// What kind of thing is held back: an address, the name of a deleted user, or the alias of a deleted organization.
    #[serde(rename_all = "snake_case")]
    HoldKind = HoldKind { Address, Name, Alias }
    /// A folder that every mailbox has.
    #[serde(rename_all = "snake_case")]
    Folder = Folder { Inbox, DeletedItems, SentItems, Drafts, JunkEmail }
    /// What becomes of mail whose time in a folder is over: nothing, deleted so that its owner can take it back, or gone.
    #[serde(rename_all = "snake_case")]
    RetentionAction = RetentionAction { None, Delete, PermanentlyDelete }
    /// Which ways to prove who one is are open to users: the identity provider alone, or passwords of the directory too.
    #[serde(rename_all = "snake_case")]
    AuthenticationMode = AuthenticationMode { ProviderOnly, ProviderAndDirectory }
    /// Whether personal access tokens open anything.
    #[serde(rename_all = "snake_case")]
    TokenStatus = TokenStatus { Active, Inactive }
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
        for kind in domain::ConditionKind::ALL {
            check(ConditionKind::from(kind), kind.word());
        }
        for kind in domain::ProviderKind::ALL {
            check(ProviderKind::from(kind), kind.word());
        }
        for state in domain::ZoneState::ALL {
            check(ZoneState::from(state), state.word());
        }
        for act in domain::ZoneAct::ALL {
            check(ZoneAct::from(act), act.word());
        }
        for protocol in domain::Protocol::ALL {
            check(Protocol::from(protocol), protocol.word());
        }
        for folder in domain::Folder::ALL {
            check(Folder::from(folder), folder.word());
        }
        for action in domain::RetentionAction::ALL {
            check(RetentionAction::from(action), action.word());
        }
        for mode in [domain::AuthenticationMode::ProviderOnly, domain::AuthenticationMode::ProviderAndDirectory] {
            check(AuthenticationMode::from(mode), mode.word());
        }
        check(TokenStatus::Inactive, domain::TokenStatus::Inactive.word());
        check(RuleEffect::Deny, domain::RuleEffect::Deny.word());
        check(ImpersonationKind::ReadOnly, domain::ImpersonationKind::ReadOnly.word());
        check(SignInOutcome::RefusedByRule, domain::SignInOutcome::RefusedByRule.word());
        check(Ownership::Verified, domain::Ownership::Verified.word());
        for purpose in domain::Purpose::ALL {
            check(RecordPurpose::from(purpose), purpose.word());
            check(RecordNecessity::from(purpose.necessity()), purpose.necessity().word());
        }
        for state in domain::RecordState::ALL {
            check(RecordState::from(state), state.word());
        }
        check(MailboxState::Retained, domain::MailboxState::Retained.word());
        check(EntityState::Enabled, domain::EntityState::Enabled.word());
        for kind in [domain::EntityKind::User, domain::EntityKind::Group, domain::EntityKind::Resource] {
            check(EntityKind::from(kind), kind.word());
        }
        check(ResourceKind::Equipment, domain::ResourceKind::Equipment.word());
        for permission in [domain::Permission::FullAccess, domain::Permission::SendAs, domain::Permission::SendOnBehalf]
        {
            check(MailboxPermission::from(permission), permission.word());
        }
        check(DirectoryKind::Managed, domain::DirectoryKind::Managed.word());
        check(AdministratorRole::General, domain::AdministratorRole::General.word());
        check(AdministratorStatus::Inactive, domain::AdministratorStatus::Inactive.word());
        check(Method::RecoveryCode, domain::Method::RecoveryCode.word());
        check(PolicyKind::ReadyMade, "ready_made");
        check(Format::Microsoft, "microsoft365");
    }
}
