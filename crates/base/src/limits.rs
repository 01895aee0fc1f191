//! Every limit that more than one crate must agree on, each with the reason for its number.

use std::time::Duration;

/// Aliases of one user, group or resource; the quota that WorkMail publishes for users.
pub const ALIASES_PER_ENTITY_MAX: usize = 100;

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

/// How long addresses of somebody who is disabled or deleted are held back where nothing else is set: as long as the mailbox that received there is kept.
pub const ADDRESS_HOLD: Duration = MAILBOX_RETENTION;

/// How long the name of a deleted user is held back from others: as long as their addresses.
pub const NAME_HOLD: Duration = ADDRESS_HOLD;

/// Days for which anything may be held back at most: ten years.
pub const HOLD_DAYS_MAX: u32 = 3_650;

/// How long the alias of a deleted organization, and so its test domain, is held back where nothing else is set: mail
/// and links that still name it must not reach a stranger for a year.
pub const ALIAS_HOLD: Duration = Duration::from_secs(365 * 24 * 3600);

/// How long a client token or `Idempotency-Key` is remembered; clients retry for minutes, operators for a day.
pub const CLIENT_TOKEN_TTL: Duration = Duration::from_secs(7 * 24 * 3600);

/// How long the token of a page is good for: a script that stops over night can go on, a token in an old log cannot.
pub const PAGE_TOKEN_TTL: Duration = Duration::from_secs(24 * 3600);

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

/// Administrators of one account, inactive ones among them, since none is ever deleted: more than any customer has
/// people who administer mail, few enough that a list of all is read in seconds.
pub const ADMINISTRATORS_PER_ACCOUNT_MAX: usize = 10_000;

/// Access keys of one administrator: one for each program that acts for them, with room to replace each.
pub const ACCESS_KEYS_PER_ADMINISTRATOR_MAX: usize = 10;

/// Blocks of addresses from which one access key may be used: each request is compared with all of them.
pub const NETWORKS_PER_KEY_MAX: usize = 20;

/// Days for which events are kept at least, where not for ever: nobody wipes out what they did last week.
pub const EVENT_RETENTION_DAYS_MIN: u32 = 30;

/// Days for which events are kept at most, where not for ever: a hundred years.
pub const EVENT_RETENTION_DAYS_MAX: u32 = 36_500;

/// Refused sign-ins from one address (of IPv6, one /64: RFC 6177 §2) within [`ADMINISTRATOR_LOCKOUT`] after which it may
/// try no more for as long: an office behind one address mistypes less, a list of stolen passwords is longer.
pub const ADDRESS_LOCKOUT_FAILURES: u32 = 100;

/// How long a sign-in counts as fresh, so that dangerous acts need no new one (issue 3: five minutes).
pub const REAUTHENTICATION_WINDOW: Duration = Duration::from_secs(5 * 60);

/// How long a half-done sign-in or enrolment waits for its second step: long enough to find a telephone.
pub const CHALLENGE_TTL: Duration = Duration::from_secs(5 * 60);

/// Wrong answers after which a half-done sign-in or enrolment is void: more than anybody mistypes six digits.
pub const CHALLENGE_ATTEMPTS_MAX: u32 = 5;

/// Half-done sign-ins and enrolments of one administrator; the oldest ends when one more begins.
pub const CHALLENGES_PER_ADMINISTRATOR_MAX: usize = 10;

/// Passkeys of one administrator: a few devices and their spares; each is named in every challenge.
pub const PASSKEYS_PER_ADMINISTRATOR_MAX: usize = 20;

/// Recovery codes that are made at once: what fits on a card, and enough for years of lost telephones.
pub const RECOVERY_CODES: usize = 10;

/// Policies of one account, those that come with Reeve aside: more would be rights of single people, not roles.
pub const POLICIES_PER_ACCOUNT_MAX: usize = 1_000;

/// Policies of one administrator; with so many a decision still takes less than 50 microseconds.
pub const POLICIES_PER_ADMINISTRATOR_MAX: usize = 100;

/// Octets of Cedar of all policies of one administrator together: read in some 60 ms on one core when one of them was
/// changed, inside a transaction that others wait for.
pub const POLICY_BYTES_PER_ADMINISTRATOR_MAX: usize = 64 * 1024;

/// Octets of a folded group name: 256 letters with accents fit, and a page token that holds one stays short.
pub const GROUP_KEY_BYTES_MAX: usize = 512;

/// Members of one group, as they are listed; groups of groups hold more.
pub const GROUP_MEMBERS_MAX: usize = 10_000;

/// Groups within groups within groups: deeper than any organization chart, and a walk through them stays short.
pub const GROUP_DEPTH_MAX: usize = 20;

/// Characters of what is said of a resource (WorkMail `ResourceDescription`).
pub const RESOURCE_DESCRIPTION_CHARS_MAX: usize = 64;

/// Delegates of one resource: each gets a copy of every request to book it.
pub const RESOURCE_DELEGATES_MAX: usize = 100;

/// Those who may act for one mailbox: as many as a page shows; a group stands for any number of people.
pub const GRANTEES_PER_MAILBOX_MAX: usize = 1_000;

/// What a mailbox may hold at most, in MB (WorkMail: 50 GB).
pub const MAILBOX_QUOTA_MB_MAX: i64 = 51_200;

/// Tags of one organization (AWS).
pub const TAGS_PER_ORGANIZATION_MAX: usize = 50;

/// Access control rules of one organization (shape `AccessControlRulesList`).
pub const ACCESS_CONTROL_RULES_MAX: usize = 10;

/// Address ranges of one condition of an access control rule (shape `IpRangeList`).
pub const IP_RANGES_PER_RULE_MAX: usize = 1_024;

/// Users, roles, actions, device properties or targets of one condition of a rule (their list shapes).
pub const VALUES_PER_CONDITION_MAX: usize = 10;

/// Rules about mobile devices of one organization (shape `MobileDeviceAccessRulesList`).
pub const MOBILE_DEVICE_RULES_MAX: usize = 10;

/// Overrides for the devices of one user: more devices than anybody carries in the life of a mailbox.
pub const MOBILE_DEVICE_OVERRIDES_PER_USER_MAX: usize = 100;

/// Impersonation roles of one organization (WorkMail).
pub const IMPERSONATION_ROLES_MAX: usize = 20;

/// Rules of one impersonation role (shape `ImpersonationRuleList`).
pub const IMPERSONATION_RULES_MAX: usize = 10;

/// Free octets below which the disk of the database counts as nearly full: some minutes of a busy server.
pub const DISK_FREE_BYTES_MIN: u64 = 256 << 20;

/// Availability configurations of one organization: one for each domain there may be.
pub const AVAILABILITY_CONFIGURATIONS_MAX: usize = DOMAINS_PER_ORGANIZATION_MAX;

/// How long the test of an availability configuration waits for the other side (WorkMail: 25 seconds for a function).
pub const AVAILABILITY_TEST_TIMEOUT: Duration = Duration::from_secs(10);

/// Days that a retention policy may keep a folder's mail (shape `RetentionPeriod`).
pub const RETENTION_DAYS_MAX: u32 = 730;

/// Days that a personal access token may live (shape `PersonalAccessTokenLifetimeInDays`).
pub const TOKEN_LIFETIME_DAYS_MAX: u32 = 3_653;

/// Personal access tokens of one user: each costs a comparison at every sign-in with none of them remembered.
pub const TOKENS_PER_USER_MAX: usize = 20;

/// Identity Center applications of one account: one for each organization, and some to spare.
pub const IDENTITY_CENTER_APPLICATIONS_MAX: usize = 100;

/// Octets of one blob: the largest message that mail systems pass on, with its attachments, sealed, and room to spare.
pub const BLOB_BYTES_MAX: usize = 160 << 20;

/// Octets of the name of a blob: far below what file systems (255 for a part) and S3 (1,024) take.
pub const BLOB_NAME_BYTES_MAX: usize = 200;

/// How long one request to a store of blobs may take, and how long a request is tried again.
pub const BLOB_REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// How long a blob stays after nothing refers to it: a backup copies the database first and blobs after it, and none of
/// those that its database names may go meanwhile. A backup that took longer says so and is not kept.
pub const BLOB_DELETE_GRACE: Duration = Duration::from_secs(7 * 24 * 3600);

/// How long an unwrapped key is used without asking anew whether it may be: an owner who takes a key away is obeyed
/// by then, and one whose key service is down for less is not disturbed.
pub const KEY_CACHE_TTL: Duration = Duration::from_secs(10 * 60);

/// Unwrapped keys held at once, of organizations and mailboxes together: some hundred octets each.
pub const KEYS_CACHED_MAX: usize = 16_384;

/// How long a system that keeps keys may take to answer; hardware modules and AWS KMS take a tenth of a second.
pub const KEY_SERVICE_TIMEOUT: Duration = Duration::from_secs(5);

/// Octets of what a system that keeps keys answers: a wrapped key has some hundred (AWS KMS: 6,144 at most).
pub const KEY_SERVICE_ANSWER_BYTES_MAX: usize = 64 * 1024;

/// Questions that may wait for one hardware module: it answers thousands in a second.
pub const KEY_SERVICE_WAITING_MAX: usize = 1_024;

/// How long a key that could not be unwrapped is not asked for again, so that readers do not queue for a dead system.
pub const KEY_FAILURE_PAUSE: Duration = Duration::from_secs(5);

/// How often the key of an organization is looked at.
pub const KEY_CHECK_PERIOD: Duration = Duration::from_secs(60);

/// The longest pause between looks at a key that fails: what comes back is noticed by then.
pub const KEY_CHECK_PERIOD_MAX: Duration = Duration::from_secs(5 * 60);

/// Keys of organizations that one round looks at, and those that it asks for at the same time.
pub const KEY_CHECKS_AT_ONCE: usize = 100;

/// Systems that keep keys that are asked at the same time: a dead one holds a place until its time is over.
pub const KEY_CHECKS_ABREAST: usize = 8;

/// Mailbox keys that one step of a rotation wraps anew: a transaction of some milliseconds.
pub const MAILBOX_KEYS_REWRAPPED_AT_ONCE: i64 = 200;

/// Generations of an organization's key that may be there at once: the present one and those whose mailboxes are
/// still to be wrapped anew.
pub const KEY_GENERATIONS_MAX: usize = 8;

/// Encryption keys of one account: one for each organization.
pub const ENCRYPTION_KEYS_MAX: usize = ORGANIZATIONS_PER_ACCOUNT_MAX;

/// Characters of a reference to an encryption key (WorkMail shape `KmsKeyArn`).
pub const KEY_REFERENCE_CHARS_MAX: usize = 2_048;

/// Characters of a secret, an access key id or an address of an encryption key: tokens of Vault have up to some
/// hundred.
pub const KEY_TEXT_CHARS_MAX: usize = 1_024;

/// How long a domain waits for its proof: WorkMail's 72 hours.
pub const DOMAIN_PROOF_TIME: Duration = Duration::from_secs(72 * 3600);

/// How long the proof of a verified domain may be missing before the domain counts as lost: a mistake in a zone that is
/// made on a Friday is mended on the Monday after.
pub const DOMAIN_LAPSE_GRACE: Duration = Duration::from_secs(72 * 3600);

/// How often the proof of a verified domain is looked for.
pub const DOMAIN_CHECK_PERIOD: Duration = Duration::from_secs(24 * 3600);

/// How often a domain is looked at whose proof is missing, or whose last look came to nothing.
pub const DOMAIN_RECHECK_PERIOD: Duration = Duration::from_secs(3600);

/// How soon a domain that was just added is looked at again: about as fast as anybody enters records.
pub const DOMAIN_CHECK_PERIOD_MIN: Duration = Duration::from_secs(60);

/// For how long whoever looks at a domain has it for itself: far longer than a look takes.
pub const DOMAIN_CHECK_CLAIM: Duration = Duration::from_secs(5 * 60);

/// Domains that one round takes upon itself: what is left comes with the next round, seconds later.
pub const DOMAIN_CHECKS_AT_ONCE: i64 = 50;

/// Domains that are looked at at the same time, some twenty questions each.
pub const DOMAIN_CHECKS_ABREAST: usize = 8;

/// How long a key that no longer signs stays in the DNS: mail is delivered or sent back within five days (RFC 5321
/// §4.5.4.1), and some is looked at again later.
pub const DKIM_KEY_RETIREMENT: Duration = Duration::from_secs(7 * 24 * 3600);

/// How often keys that sign mail are changed: twice a year, as the industry's guides ask (M3AAWG).
pub const DKIM_ROTATION_PERIOD: Duration = Duration::from_secs(180 * 24 * 3600);

/// Values of one name and type that are shown of what was found in the DNS; a zone's apex has some ten texts.
pub const DNS_VALUES_SHOWN_MAX: usize = 16;

/// Characters of each that are shown: a key of 4,096 bits has 750.
pub const DNS_VALUE_CHARS_SHOWN_MAX: usize = 1_024;

/// Values of one name and type that are taken from the DNS at all.
pub const DNS_VALUES_MAX: usize = 256;

/// Octets of all of them together: an answer over TCP has up to 65,535.
pub const DNS_ANSWER_BYTES_MAX: usize = 64 * 1024;

/// Questions to the DNS that wait for answers at the same time: a dead resolver holds each for some seconds.
pub const DNS_QUESTIONS_MAX: usize = 256;

/// How long the DNS may take to answer one question, where nothing else is said.
pub const DNS_TIMEOUT: Duration = Duration::from_secs(5);

/// Systems that host zones, of one account: a provider for each customer of a large host of many.
pub const DNS_PROVIDERS_MAX: usize = 1_000;

/// Characters of an address, a name or a secret of such a system.
pub const DNS_PROVIDER_TEXT_CHARS_MAX: usize = 1_024;

/// Zones that a provider names which cannot list them itself.
pub const DNS_PROVIDER_ZONES_MAX: usize = 100;

/// Zones of a provider that are shown when it is tested; what it hosts beyond that can be used all the same.
pub const ZONES_SHOWN_MAX: usize = 1_000;

/// How often a zone is compared with what should stand in it.
pub const ZONE_CHECK_PERIOD: Duration = Duration::from_secs(3600);

/// How soon a zone is looked at again after a failure; it doubles with each up to [`ZONE_CHECK_PERIOD`].
pub const ZONE_RETRY_PERIOD_MIN: Duration = Duration::from_secs(60);

/// For how long whoever writes to a zone has it for itself: reading, writing and reading again end before.
pub const ZONE_CLAIM: Duration = Duration::from_secs(5 * 60);

/// Zones that are looked after at the same time: a system that does not answer holds up only some of the others.
pub const ZONES_ABREAST: usize = 4;

/// Zones that one round takes upon itself, each some requests; what is left comes with the next round, seconds later.
pub const ZONES_AT_ONCE: i64 = 16;

/// How long it is tried to remove what was written into a zone before that is given up: a provider that has been away
/// for a month does not come back.
pub const ZONE_LEAVING_TIME: Duration = Duration::from_secs(30 * 24 * 3600);
