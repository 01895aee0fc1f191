//! Typed ids in the forms that outside programs rely on (WorkMail API 2017-10-01 shapes).
//!
//! One list declares all kinds. An id that exists is well formed; whether anything bears it is the store's to say.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

use crate::random::{self, Random};
use crate::{Invalid, Timestamp};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $field:literal, $form:literal, $check:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The id as it is written everywhere.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = Invalid;

            fn from_str(text: &str) -> Result<Self, Invalid> {
                let check: fn(&str) -> bool = $check;
                if check(text) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(Invalid::new($field, concat!("must have the form ", $form)))
                }
            }
        }
    };
}

fn is_lower_hex(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

fn is_prefixed_hex(text: &str, prefix: &str, digits: usize) -> bool {
    text.strip_prefix(prefix).is_some_and(|rest| rest.len() == digits && is_lower_hex(rest))
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36 && text.bytes().all(|b| !b.is_ascii_uppercase()) && Uuid::try_parse(text).is_ok()
}

/// Shape `WorkMailIdentifier`: 12 to 256 characters; ours are UUIDs, imported ones may look like `S-1-5-21-…`.
fn is_entity_id(text: &str) -> bool {
    let sid = text.len() >= 12
        && text.len() <= 256
        && text.starts_with("S-1-")
        && text.bytes().skip(2).all(|b| b.is_ascii_digit() || b == b'-');
    sid || is_uuid(text)
}

/// Shapes `ImpersonationRoleId`, `MobileDeviceAccessRuleId`, `ShortString` and others: 1 to 64 of `[a-zA-Z0-9_-]`.
fn is_short(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

id!(
    /// The customer of a deployment: 12 digits, as they appear in ARNs.
    AccountId, "account_id", "of 12 digits", |t| t.len() == 12 && t.bytes().all(|b| b.is_ascii_digit())
);
id!(
    /// Somebody who signs in to the console and the APIs.
    AdministratorId, "administrator_id", "of a lower-case UUID", is_uuid
);
id!(
    /// A mail tenant: `m-` and 32 hexadecimal digits.
    OrganizationId, "organization_id", "m- and 32 lower-case hexadecimal digits", |t| is_prefixed_hex(t, "m-", 32)
);
id!(
    /// A directory of users and groups: `d-` and 10 hexadecimal digits; the shard key of all that lives in it.
    DirectoryId, "directory_id", "d- and 10 lower-case hexadecimal digits", |t| is_prefixed_hex(t, "d-", 10)
);
id!(
    /// A user of a directory.
    UserId, "user_id", "of a lower-case UUID or a security identifier S-1-…", is_entity_id
);
id!(
    /// A group of a directory.
    GroupId, "group_id", "of a lower-case UUID or a security identifier S-1-…", is_entity_id
);
id!(
    /// A room or a piece of equipment: `r-` and 32 hexadecimal digits.
    ResourceId, "resource_id", "r- and 32 lower-case hexadecimal digits", |t| is_prefixed_hex(t, "r-", 32)
);
id!(
    /// A rule about mobile devices; `default` is the one that every organization begins with.
    MobileDeviceRuleId, "rule_id", "of 1 to 64 letters, digits, _ and -", is_short
);
id!(
    /// A role by which programs act as users.
    ImpersonationRoleId, "role_id", "of 1 to 64 letters, digits, _ and -", is_short
);
id!(
    /// A rule of an impersonation role; chosen by whoever writes the role.
    ImpersonationRuleId, "rule_id", "of 1 to 64 letters, digits, _ and -", is_short
);
id!(
    /// The retention policy of an organization.
    RetentionPolicyId, "policy_id", "of 1 to 64 letters, digits, _ and -", is_short
);
id!(
    /// A password for one mail client; names it in lists, opens nothing.
    PersonalAccessTokenId, "token_id", "of 1 to 64 letters, digits, _ and -", is_short
);
id!(
    /// An audit record; sorts by time.
    EventId, "event_id", "of a lower-case UUID", is_uuid
);
id!(
    /// A piece of background work; sorts by time.
    JobId, "job_id", "of a lower-case UUID", is_uuid
);
id!(
    /// One request, for finding it again in logs and events.
    RequestId, "request_id", "of a lower-case UUID", is_uuid
);
id!(
    /// A sign-in of an administrator; names it in lists, opens nothing.
    SessionId, "session_id", "of a lower-case UUID", is_uuid
);
id!(
    /// A set of permissions: a UUID, or the name of a ready-made one.
    PolicyId, "policy_id", "of a lower-case UUID or the name of a ready-made policy", |t| {
        is_uuid(t) || (!t.is_empty() && t.len() <= 32 && t.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'))
    }
);
id!(
    /// A key of a customer that an account may use: `key-` and 32 hexadecimal digits.
    EncryptionKeyId, "encryption_key_id", "key- and 32 lower-case hexadecimal digits", |t| {
        is_prefixed_hex(t, "key-", 32)
    }
);
id!(
    /// A system that hosts zones for an account: `dnsp-` and 32 hexadecimal digits.
    DnsProviderId, "dns_provider_id", "dnsp- and 32 lower-case hexadecimal digits", |t| {
        is_prefixed_hex(t, "dnsp-", 32)
    }
);
id!(
    /// A passkey of an administrator; names it in lists, opens nothing.
    PasskeyId, "passkey_id", "of a lower-case UUID", is_uuid
);
id!(
    /// Names an access key: 20 characters, `AK` and 18 of A–Z and 2–7, as AWS clients expect.
    AccessKeyId, "access_key_id", "AK and 18 characters of A-Z and 2-7", |t| {
        t.len() == 20 && t.starts_with("AK") && t.bytes().all(|b| b.is_ascii_uppercase() || (b'2'..=b'7').contains(&b))
    }
);

/// A UUID of version 7 (RFC 9562 §5.7) made from the passed clock and randomness.
fn uuid_v7(now: Timestamp, random: &dyn Random) -> String {
    let millis = u64::try_from(now.millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &random::bytes(random)).into_uuid().to_string()
}

macro_rules! uuid_id {
    ($($name:ident),*) => {$(
        impl $name {
            /// A new id: a UUID of version 7, so that rows made together lie together.
            pub fn generate(now: Timestamp, random: &dyn Random) -> Self {
                Self(uuid_v7(now, random))
            }
        }
    )*};
}

uuid_id!(
    AdministratorId,
    UserId,
    GroupId,
    EventId,
    JobId,
    RequestId,
    SessionId,
    PolicyId,
    PasskeyId,
    MobileDeviceRuleId,
    ImpersonationRoleId,
    RetentionPolicyId,
    PersonalAccessTokenId
);

impl OrganizationId {
    /// A new random id.
    pub fn generate(random: &dyn Random) -> Self {
        Self(format!("m-{}", random::hex::<16>(random)))
    }
}

impl EncryptionKeyId {
    /// A new random id.
    pub fn generate(random: &dyn Random) -> Self {
        Self(format!("key-{}", random::hex::<16>(random)))
    }
}

impl DnsProviderId {
    /// A new random id.
    pub fn generate(random: &dyn Random) -> Self {
        Self(format!("dnsp-{}", random::hex::<16>(random)))
    }
}

impl ResourceId {
    /// A new random id.
    pub fn generate(random: &dyn Random) -> Self {
        Self(format!("r-{}", random::hex::<16>(random)))
    }
}

impl DirectoryId {
    /// A new random id.
    pub fn generate(random: &dyn Random) -> Self {
        Self(format!("d-{}", random::hex::<5>(random)))
    }
}

impl AccessKeyId {
    /// A new random id.
    pub fn generate(random: &dyn Random) -> Self {
        const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let drawn = random::bytes::<18>(random);
        let letter = |byte: &u8| char::from(LETTERS.get(usize::from(byte % 32)).copied().unwrap_or(b'A'));
        Self(format!("AK{}", drawn.iter().map(letter).collect::<String>()))
    }
}

impl AccountId {
    /// A new random id; never starts with 0, so that spreadsheets keep it whole.
    pub fn generate(random: &dyn Random) -> Self {
        let number = u64::from_le_bytes(random::bytes(random));
        Self(format!("{}", 100_000_000_000 + number % 900_000_000_000))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::OsRandom;

    #[test]
    fn generated_ids_have_their_own_form() {
        let now = Timestamp::from_millis(1_795_289_563_120);
        assert!(OrganizationId::generate(&OsRandom).as_str().parse::<OrganizationId>().is_ok());
        assert!(DirectoryId::generate(&OsRandom).as_str().parse::<DirectoryId>().is_ok());
        assert!(AccountId::generate(&OsRandom).as_str().parse::<AccountId>().is_ok());
        assert!(UserId::generate(now, &OsRandom).as_str().parse::<UserId>().is_ok());
    }

    #[test]
    fn ids_made_later_sort_later() {
        let early = EventId::generate(Timestamp::from_millis(1_000), &OsRandom);
        let late = EventId::generate(Timestamp::from_millis(1_001), &OsRandom);
        assert!(early < late);
    }

    #[test]
    fn malformed_ids_are_refused() {
        for text in ["", "m-", "M-00000000000000000000000000000000", "m-0000000000000000000000000000000g", "' OR 1=1"] {
            assert!(text.parse::<OrganizationId>().is_err(), "{text}");
        }
        for text in ["", "123", "1234567890123", "12345678901a"] {
            assert!(text.parse::<AccountId>().is_err(), "{text}");
        }
        assert!("S-1-5-21-1111111111-2222222222-3333333333-1105".parse::<UserId>().is_ok());
        assert!("S-1-".parse::<UserId>().is_err());
        assert!("550E8400-E29B-41D4-A716-446655440000".parse::<UserId>().is_err());
    }
}
