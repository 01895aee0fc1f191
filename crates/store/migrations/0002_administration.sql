-- Administration: who may use the console and the APIs. All tables here are global and few.

ALTER TABLE accounts ADD COLUMN second_factor_required BIGINT NOT NULL DEFAULT 0;

ALTER TABLE accounts ADD COLUMN owners_manage_api_secrets BIGINT NOT NULL DEFAULT 1;

-- 0 keeps events for ever.
ALTER TABLE accounts ADD COLUMN event_retention_days BIGINT NOT NULL DEFAULT 0;

-- Goes up with every change of a policy or of who has it, so that compiled policies are never stale.
ALTER TABLE accounts ADD COLUMN policies_version BIGINT NOT NULL DEFAULT 1;

ALTER TABLE accounts ADD COLUMN version BIGINT NOT NULL DEFAULT 1;

ALTER TABLE administrators ADD COLUMN first_key TEXT COLLATE "C" NOT NULL DEFAULT '';

ALTER TABLE administrators ADD COLUMN last_key TEXT COLLATE "C" NOT NULL DEFAULT '';

UPDATE administrators SET first_key = lower(first_name), last_key = lower(last_name);

ALTER TABLE administrators ADD COLUMN last_sign_in_at BIGINT;

ALTER TABLE administrators ADD COLUMN api_access BIGINT NOT NULL DEFAULT 0;

ALTER TABLE administrators ADD COLUMN api_password_hash TEXT;

ALTER TABLE administrators ADD COLUMN api_password_changed_at BIGINT;

ALTER TABLE administrators ADD COLUMN api_password_used_at BIGINT;

-- The policy beyond which the API password never reaches; '' for none.
ALTER TABLE administrators ADD COLUMN api_password_limit TEXT NOT NULL DEFAULT '';

-- How many second factors there are, so that a request need not count them.
ALTER TABLE administrators ADD COLUMN second_factors BIGINT NOT NULL DEFAULT 0;

CREATE INDEX administrators_by_account ON administrators (account_id, username_key);

ALTER TABLE sessions ADD COLUMN authenticated_at BIGINT NOT NULL DEFAULT 0;

ALTER TABLE sessions ADD COLUMN second_factor BIGINT NOT NULL DEFAULT 0;

UPDATE sessions SET authenticated_at = created_at;

CREATE UNIQUE INDEX sessions_by_id ON sessions (session_id);

-- The secret is sealed under the master key; source_networks are CIDR blocks with spaces between, '' for any.
CREATE TABLE access_keys (
    access_key_id TEXT COLLATE "C" NOT NULL,
    account_id TEXT COLLATE "C" NOT NULL REFERENCES accounts (account_id),
    administrator_id TEXT COLLATE "C" NOT NULL REFERENCES administrators (administrator_id),
    name TEXT NOT NULL,
    secret BYTEA NOT NULL,
    status TEXT NOT NULL,
    source_networks TEXT NOT NULL,
    limit_policy TEXT NOT NULL,
    expires_at BIGINT,
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    used_at BIGINT,
    used_address TEXT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (access_key_id)
) /*clustered*/;

CREATE INDEX access_keys_by_administrator ON access_keys (administrator_id, access_key_id);

-- One-time codes by time (RFC 6238): the sealed secret, and the last time step whose code was used.
CREATE TABLE one_time_codes (
    administrator_id TEXT COLLATE "C" NOT NULL REFERENCES administrators (administrator_id),
    secret BYTEA NOT NULL,
    confirmed_at BIGINT NOT NULL,
    last_step BIGINT NOT NULL,
    PRIMARY KEY (administrator_id)
) /*clustered*/;

CREATE TABLE passkeys (
    passkey_id TEXT COLLATE "C" NOT NULL,
    administrator_id TEXT COLLATE "C" NOT NULL REFERENCES administrators (administrator_id),
    credential_id BYTEA NOT NULL,
    name TEXT NOT NULL,
    credential TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (passkey_id),
    UNIQUE (credential_id)
) /*clustered*/;

CREATE INDEX passkeys_by_administrator ON passkeys (administrator_id, passkey_id);

CREATE TABLE recovery_codes (
    administrator_id TEXT COLLATE "C" NOT NULL REFERENCES administrators (administrator_id),
    code_hash BYTEA NOT NULL,
    PRIMARY KEY (administrator_id, code_hash)
) /*clustered*/;

-- Half-done sign-ins and enrolments, found by the hash of the token that continues them; state is sealed.
CREATE TABLE challenges (
    token_hash BYTEA NOT NULL,
    administrator_id TEXT COLLATE "C" NOT NULL REFERENCES administrators (administrator_id),
    kind TEXT NOT NULL,
    session_id TEXT COLLATE "C" NOT NULL,
    state BYTEA NOT NULL,
    attempts BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (token_hash)
) /*clustered*/;

CREATE INDEX challenges_by_administrator ON challenges (administrator_id, created_at);

-- permissions is JSON text, '' for what was written in Cedar; cedar is what is evaluated.
CREATE TABLE policies (
    policy_id TEXT COLLATE "C" NOT NULL,
    account_id TEXT COLLATE "C" NOT NULL REFERENCES accounts (account_id),
    name TEXT NOT NULL,
    name_key TEXT COLLATE "C" NOT NULL,
    description TEXT NOT NULL,
    permissions TEXT NOT NULL,
    cedar TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (policy_id),
    UNIQUE (account_id, name_key)
) /*clustered*/;

-- policy_id names a row of policies or a ready-made policy; organizations are ids with spaces between, '' for no bound.
CREATE TABLE policy_attachments (
    administrator_id TEXT COLLATE "C" NOT NULL REFERENCES administrators (administrator_id),
    policy_id TEXT COLLATE "C" NOT NULL,
    account_id TEXT COLLATE "C" NOT NULL,
    organizations TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (administrator_id, policy_id)
) /*clustered*/;

CREATE INDEX policy_attachments_by_policy ON policy_attachments (account_id, policy_id, administrator_id);

ALTER TABLE events ADD COLUMN credential TEXT NOT NULL DEFAULT '';

-- The policy that allowed it; '' where a role did.
ALTER TABLE events ADD COLUMN policy TEXT NOT NULL DEFAULT '';

-- What the whole deployment agrees on, such as the check value of its master key.
CREATE TABLE deployment (
    name TEXT COLLATE "C" NOT NULL,
    value BYTEA NOT NULL,
    PRIMARY KEY (name)
) /*clustered*/;
