-- Everything that grows with people starts its keys with directory_id, the shard key. The other tables are
-- global, few and small. Times are UTC milliseconds; flags are 0 or 1; *_key columns hold folded text.

CREATE TABLE accounts (
    account_id TEXT COLLATE "C" NOT NULL,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account_id)
) /*clustered*/;

CREATE TABLE administrators (
    administrator_id TEXT COLLATE "C" NOT NULL,
    account_id TEXT COLLATE "C" NOT NULL REFERENCES accounts (account_id),
    username TEXT NOT NULL,
    username_key TEXT COLLATE "C" NOT NULL,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    role TEXT NOT NULL,
    status TEXT NOT NULL,
    password_hash TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (administrator_id),
    UNIQUE (username_key)
) /*clustered*/;

CREATE TABLE sessions (
    token_hash BYTEA NOT NULL,
    session_id TEXT COLLATE "C" NOT NULL,
    administrator_id TEXT COLLATE "C" NOT NULL REFERENCES administrators (administrator_id),
    source_address TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (token_hash)
) /*clustered*/;

CREATE INDEX sessions_by_administrator ON sessions (administrator_id, created_at);

-- Wrong passwords by the name that was tried, whether or not anybody bears it.
CREATE TABLE sign_in_failures (
    username_key TEXT COLLATE "C" NOT NULL,
    failures BIGINT NOT NULL,
    locked_until BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (username_key)
) /*clustered*/;

CREATE TABLE organizations (
    organization_id TEXT COLLATE "C" NOT NULL,
    account_id TEXT COLLATE "C" NOT NULL REFERENCES accounts (account_id),
    region TEXT NOT NULL,
    alias TEXT NOT NULL,
    alias_key TEXT COLLATE "C" NOT NULL,
    directory_id TEXT COLLATE "C" NOT NULL,
    state TEXT NOT NULL,
    state_reason TEXT NOT NULL,
    state_at BIGINT NOT NULL,
    default_domain TEXT NOT NULL,
    test_domain TEXT NOT NULL,
    created_by TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    completed_at BIGINT,
    deleted_at BIGINT,
    version BIGINT NOT NULL,
    PRIMARY KEY (organization_id)
) /*clustered*/;

CREATE INDEX organizations_by_alias ON organizations (account_id, alias_key, organization_id);

CREATE TABLE organization_states (
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organizations (organization_id),
    ordinal BIGINT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (organization_id, ordinal)
) /*clustered*/;

-- Who holds an alias of the deployment; a deleted organization holds it until held_until.
CREATE TABLE organization_aliases (
    alias_key TEXT COLLATE "C" NOT NULL,
    organization_id TEXT COLLATE "C" NOT NULL,
    directory_id TEXT COLLATE "C" NOT NULL,
    held_until BIGINT,
    PRIMARY KEY (alias_key)
) /*clustered*/;

CREATE TABLE directories (
    directory_id TEXT COLLATE "C" NOT NULL,
    account_id TEXT COLLATE "C" NOT NULL REFERENCES accounts (account_id),
    region TEXT NOT NULL,
    kind TEXT NOT NULL,
    alias TEXT NOT NULL,
    organization_id TEXT COLLATE "C",
    password_policy TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    deleted_at BIGINT,
    version BIGINT NOT NULL,
    PRIMARY KEY (directory_id)
) /*clustered*/;

CREATE INDEX directories_by_account ON directories (account_id, directory_id);

-- The domains of each organization; several may claim one, one may have proven it.
CREATE TABLE domains (
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organizations (organization_id),
    domain TEXT COLLATE "C" NOT NULL,
    ownership TEXT NOT NULL,
    is_test BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (organization_id, domain)
) /*clustered*/;

-- The way from an address to its shard: which organization has proven a domain.
CREATE TABLE verified_domains (
    domain TEXT COLLATE "C" NOT NULL,
    organization_id TEXT COLLATE "C" NOT NULL,
    directory_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (domain)
) /*clustered*/;

-- One name space for users, groups and resources of a directory.
CREATE TABLE names (
    directory_id TEXT COLLATE "C" NOT NULL,
    name_key TEXT COLLATE "C" NOT NULL,
    entity_id TEXT COLLATE "C" NOT NULL,
    kind TEXT NOT NULL,
    PRIMARY KEY (directory_id, name_key)
) /*clustered*/;

CREATE TABLE users (
    directory_id TEXT COLLATE "C" NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT COLLATE "C" NOT NULL,
    display_name TEXT NOT NULL,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    initials TEXT NOT NULL,
    telephone TEXT NOT NULL,
    street TEXT NOT NULL,
    job_title TEXT NOT NULL,
    city TEXT NOT NULL,
    company TEXT NOT NULL,
    zip_code TEXT NOT NULL,
    department TEXT NOT NULL,
    country TEXT NOT NULL,
    office TEXT NOT NULL,
    identity_provider_user_id TEXT NOT NULL,
    hidden BIGINT NOT NULL,
    role TEXT NOT NULL,
    state TEXT NOT NULL,
    email TEXT,
    password_hash TEXT,
    password_changed_at BIGINT,
    failures BIGINT NOT NULL,
    locked_until BIGINT NOT NULL,
    enabled_at BIGINT,
    disabled_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (directory_id, user_id)
) /*clustered*/;

-- State and role ride along so that a filtered page is read from the index alone.
CREATE INDEX users_by_name ON users (directory_id, name_key, state, role);

-- Folded texts by whose beginnings a user is found.
CREATE TABLE user_search (
    directory_id TEXT COLLATE "C" NOT NULL,
    token TEXT COLLATE "C" NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (directory_id, token, user_id)
) /*clustered*/;

CREATE TABLE password_history (
    directory_id TEXT COLLATE "C" NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    changed_at BIGINT NOT NULL,
    password_hash TEXT NOT NULL,
    PRIMARY KEY (directory_id, user_id, changed_at)
) /*clustered*/;

-- kind: primary, alias, or held (kept for entity_id until held_until; was says what it was).
CREATE TABLE addresses (
    directory_id TEXT COLLATE "C" NOT NULL,
    address_key TEXT COLLATE "C" NOT NULL,
    entity_id TEXT COLLATE "C" NOT NULL,
    address TEXT NOT NULL,
    kind TEXT NOT NULL,
    was TEXT NOT NULL,
    held_until BIGINT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (directory_id, address_key)
) /*clustered*/;

CREATE INDEX addresses_by_entity ON addresses (directory_id, entity_id, address_key);

-- A mailbox belongs to a user by id, never to an address; it outlives its user until purge_at.
CREATE TABLE mailboxes (
    directory_id TEXT COLLATE "C" NOT NULL,
    mailbox_id TEXT COLLATE "C" NOT NULL,
    organization_id TEXT COLLATE "C" NOT NULL,
    state TEXT NOT NULL,
    quota_mb BIGINT NOT NULL,
    provisioned_at BIGINT NOT NULL,
    purge_at BIGINT,
    PRIMARY KEY (directory_id, mailbox_id)
) /*clustered*/;

-- scope_id is the directory, or the account for what belongs to none.
CREATE TABLE events (
    scope_id TEXT COLLATE "C" NOT NULL,
    event_id TEXT COLLATE "C" NOT NULL,
    account_id TEXT COLLATE "C" NOT NULL,
    organization_id TEXT COLLATE "C",
    at BIGINT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id TEXT,
    actor_name TEXT NOT NULL,
    source_address TEXT,
    request_id TEXT COLLATE "C" NOT NULL,
    operation TEXT NOT NULL,
    resource_kind TEXT NOT NULL,
    resource_id TEXT NOT NULL,
    resource_name TEXT NOT NULL,
    changes TEXT NOT NULL,
    PRIMARY KEY (scope_id, event_id)
) /*clustered*/;

CREATE INDEX events_by_account ON events (account_id, event_id);

CREATE TABLE jobs (
    job_id TEXT COLLATE "C" NOT NULL,
    account_id TEXT COLLATE "C" NOT NULL,
    organization_id TEXT COLLATE "C",
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    run_at BIGINT NOT NULL,
    lease_until BIGINT NOT NULL,
    last_error TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (job_id)
) /*clustered*/;

CREATE INDEX jobs_by_due ON jobs (state, run_at);

CREATE INDEX jobs_by_account ON jobs (account_id, job_id);

-- What a client token or Idempotency-Key already made.
CREATE TABLE client_tokens (
    account_id TEXT COLLATE "C" NOT NULL,
    operation TEXT COLLATE "C" NOT NULL,
    token TEXT COLLATE "C" NOT NULL,
    fingerprint TEXT NOT NULL,
    result_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, operation, token)
) /*clustered*/;

CREATE INDEX client_tokens_by_age ON client_tokens (created_at);
