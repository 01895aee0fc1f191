//! Every limit that more than one crate must agree on, each with the reason for its number.

use std::time::Duration;

/// Aliases of one user; the quota that WorkMail publishes.
pub const ALIASES_PER_USER_MAX: usize = 100;

/// Domains named when an organization is created; the maximum of CreateOrganization.
pub const DOMAINS_AT_CREATION_MAX: usize = 5;

/// Domains of one organization; the larger of the two numbers that WorkMail publishes.
pub const DOMAINS_PER_ORGANIZATION_MAX: usize = 1_000;

/// Organizations of one account that are not deleted; WorkMail's default is 100, and a host of many tenants needs more.
pub const ORGANIZATIONS_PER_ACCOUNT_MAX: usize = 10_000;

/// Users of one bulk call: what the console sends at once, and short enough for one transaction.
pub const BULK_MAX: usize = 100;

/// Rows of a page when the caller names no number.
pub const PAGE_DEFAULT: usize = 50;

/// Rows of a page at most: bounds the memory and the time of one answer.
pub const PAGE_MAX: usize = 1_000;

/// Characters of one profile field (WorkMail `UserAttribute`).
pub const PROFILE_TEXT_CHARS_MAX: usize = 256;

/// Characters of a search text; longer than any name that can match.
pub const SEARCH_CHARS_MAX: usize = 256;

/// Octets of a password as it arrives, before any policy: hashing must not be fed a book.
pub const PASSWORD_BYTES_MAX: usize = 1_024;

/// How long the mailbox and the addresses of a disabled user are kept (WorkMail: 30 days).
pub const MAILBOX_RETENTION: Duration = Duration::from_secs(30 * 24 * 3600);

/// How long the addresses of a deleted person are held back: as long as the mailbox that received there is kept.
pub const ADDRESS_HOLD: Duration = MAILBOX_RETENTION;

/// How long the alias of a deleted organization, and so its test domain, is held back: mail and links that
/// still name it must not reach a stranger for a year.
pub const ALIAS_HOLD: Duration = Duration::from_secs(365 * 24 * 3600);

/// How long a client token or `Idempotency-Key` is remembered; clients retry for minutes, operators for a day.
pub const CLIENT_TOKEN_TTL: Duration = Duration::from_secs(7 * 24 * 3600);

/// Octets of a client token (WorkMail `IdempotencyClientToken`).
pub const CLIENT_TOKEN_BYTES_MAX: usize = 128;

/// A session ends after this long without a request.
pub const SESSION_IDLE: Duration = Duration::from_secs(8 * 3600);

/// A session ends this long after sign-in, used or not.
pub const SESSION_ABSOLUTE: Duration = Duration::from_secs(24 * 3600);

/// Sessions of one administrator; the oldest ends when one more begins.
pub const SESSIONS_PER_ADMINISTRATOR_MAX: usize = 20;

/// Wrong passwords in a row after which an administrator's name is locked.
pub const ADMINISTRATOR_LOCKOUT_FAILURES: u32 = 10;

/// How long that lock lasts: long enough to make guessing hopeless, short enough to wait for.
pub const ADMINISTRATOR_LOCKOUT: Duration = Duration::from_secs(15 * 60);

/// Rows of one import (issue contract: 100,000).
pub const IMPORT_ROWS_MAX: usize = 100_000;

/// Rows of an import that share one transaction: enough to share its cost, few enough that others get their turn.
pub const IMPORT_BATCH_ROWS: usize = 250;

/// Mailbox quota of a new user in MB (WorkMail: 50 GB).
pub const MAILBOX_QUOTA_MB_DEFAULT: i64 = 51_200;
