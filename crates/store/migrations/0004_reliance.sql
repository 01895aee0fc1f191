-- What an organization relies on: what is amiss with it, its domains in the DNS, the systems that host its zones, the
-- keys of its mailboxes, and how long what is gone is held back.

-- What is amiss with an organization; one that has any such row is Impaired. kind: key, domain, blob_store, database
-- or clock; subject says which one, and is empty where there is only one.
CREATE TABLE organization_conditions (
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organizations (organization_id),
    kind TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    reason TEXT NOT NULL,
    remedy TEXT NOT NULL,
    since BIGINT NOT NULL,
    PRIMARY KEY (organization_id, kind, subject)
) /*clustered*/;

-- ownership_deadline: until when a pending domain must be proven; checked_at: when its DNS was looked at; next_check_at:
-- when it will be, never where it is null; lapsed_at: since when the proof of a domain that was verified has been missing.
ALTER TABLE domains ADD COLUMN ownership_deadline BIGINT NOT NULL DEFAULT 0;
ALTER TABLE domains ADD COLUMN checked_at BIGINT;
ALTER TABLE domains ADD COLUMN next_check_at BIGINT;
ALTER TABLE domains ADD COLUMN lapsed_at BIGINT;
-- What the last look at its DNS found, as JSON.
ALTER TABLE domains ADD COLUMN findings TEXT NOT NULL DEFAULT '';

UPDATE domains SET next_check_at = 0 WHERE is_test = 0;

CREATE INDEX domains_by_next_check ON domains (next_check_at, organization_id, domain);

-- Keys by which mail of a domain is signed. state: current, next or former; the public half as the DNS has it, the
-- private half sealed. verified_at: when its record was first seen in the DNS; retire_at: until when a former one stays.
CREATE TABLE dkim_keys (
    organization_id TEXT COLLATE "C" NOT NULL,
    domain TEXT COLLATE "C" NOT NULL,
    selector TEXT COLLATE "C" NOT NULL,
    state TEXT NOT NULL,
    public_key TEXT NOT NULL,
    private_key BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    verified_at BIGINT,
    retire_at BIGINT,
    PRIMARY KEY (organization_id, domain, selector)
) /*clustered*/;

-- Systems that host zones of an account; settings is JSON without secrets, secret is sealed.
CREATE TABLE dns_providers (
    account_id TEXT COLLATE "C" NOT NULL REFERENCES accounts (account_id),
    provider_id TEXT COLLATE "C" NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT COLLATE "C" NOT NULL,
    kind TEXT NOT NULL,
    settings TEXT NOT NULL,
    secret BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (account_id, provider_id),
    UNIQUE (account_id, name_key)
) /*clustered*/;

-- The zone in which the records of a domain are kept. state: attached, as long as nothing was written; kept; leaving,
-- when the zone was given up or the domain is gone, and what was written is to be removed. next_at: when it is looked
-- after next, never where it is null; busy_until: until when somebody writes to it.
CREATE TABLE hosted_zones (
    organization_id TEXT COLLATE "C" NOT NULL,
    domain TEXT COLLATE "C" NOT NULL,
    account_id TEXT COLLATE "C" NOT NULL,
    provider_id TEXT COLLATE "C" NOT NULL,
    zone_id TEXT NOT NULL,
    zone_name TEXT NOT NULL,
    state TEXT NOT NULL,
    last_error TEXT NOT NULL,
    checked_at BIGINT,
    next_at BIGINT,
    busy_until BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (organization_id, domain)
) /*clustered*/;

CREATE INDEX hosted_zones_by_next ON hosted_zones (next_at, organization_id, domain);

CREATE INDEX hosted_zones_by_provider ON hosted_zones (account_id, provider_id);

-- Each record that was written into a zone: nothing else there is ours. Noted before it is written.
CREATE TABLE written_records (
    organization_id TEXT COLLATE "C" NOT NULL,
    domain TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    value TEXT COLLATE "C" NOT NULL,
    written_at BIGINT NOT NULL,
    PRIMARY KEY (organization_id, domain, name, kind, value)
) /*clustered*/;

-- Keys of customers that an account may use; settings is JSON without secrets, secret is sealed.
CREATE TABLE encryption_keys (
    account_id TEXT COLLATE "C" NOT NULL REFERENCES accounts (account_id),
    key_id TEXT COLLATE "C" NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT COLLATE "C" NOT NULL,
    kind TEXT NOT NULL,
    reference TEXT NOT NULL,
    settings TEXT NOT NULL,
    secret BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (account_id, key_id),
    UNIQUE (account_id, name_key)
) /*clustered*/;

CREATE INDEX encryption_keys_by_reference ON encryption_keys (account_id, reference);

-- The key that wraps the keys of an organization's mailboxes, itself wrapped. generation goes up by each rotation; the
-- highest is the present one, lower ones stay until nothing is wrapped under them. key_id is empty for the managed key.
-- state: active, disabled, destroyed or former. next_check_at: when it is looked after next, never where it is null;
-- failure: the word for what came of the last look, empty where all was well, and how often that happened in a row.
CREATE TABLE organization_keys (
    organization_id TEXT COLLATE "C" NOT NULL,
    generation BIGINT NOT NULL,
    key_id TEXT COLLATE "C" NOT NULL,
    wrapped BYTEA NOT NULL,
    state TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    checked_at BIGINT,
    next_check_at BIGINT,
    failures BIGINT NOT NULL,
    failure TEXT NOT NULL,
    PRIMARY KEY (organization_id, generation)
) /*clustered*/;

CREATE INDEX organization_keys_by_key ON organization_keys (key_id);

CREATE INDEX organization_keys_by_next_check ON organization_keys (next_check_at, organization_id, generation);

-- The key of a mailbox, wrapped under a generation of its organization's key.
CREATE TABLE mailbox_keys (
    directory_id TEXT COLLATE "C" NOT NULL,
    mailbox_id TEXT COLLATE "C" NOT NULL,
    organization_id TEXT COLLATE "C" NOT NULL,
    generation BIGINT NOT NULL,
    wrapped BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (directory_id, mailbox_id)
) /*clustered*/;

CREATE INDEX mailbox_keys_by_generation ON mailbox_keys (directory_id, organization_id, generation, mailbox_id);
