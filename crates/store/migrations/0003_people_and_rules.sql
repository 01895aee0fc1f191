-- Groups and resources, permissions on mailboxes, and the rules and settings of organizations.

-- Folded, so that a list can be narrowed by how display names begin; written for those who are there by the program,
-- which alone can fold.
ALTER TABLE users ADD COLUMN display_key TEXT COLLATE "C" NOT NULL DEFAULT '';

-- What the owner of a domain shows in its DNS to prove that it is theirs; drawn anew each time the domain is added.
ALTER TABLE domains ADD COLUMN ownership_token TEXT NOT NULL DEFAULT '';

CREATE TABLE groups (
    directory_id TEXT COLLATE "C" NOT NULL,
    group_id TEXT COLLATE "C" NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT COLLATE "C" NOT NULL,
    hidden BIGINT NOT NULL,
    state TEXT NOT NULL,
    email TEXT,
    enabled_at BIGINT,
    disabled_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (directory_id, group_id)
) /*clustered*/;

CREATE INDEX groups_by_name ON groups (directory_id, name_key, state);

-- member_kind: user or group; member_key: the folded name, which never changes of either.
CREATE TABLE group_members (
    directory_id TEXT COLLATE "C" NOT NULL,
    group_id TEXT COLLATE "C" NOT NULL,
    member_id TEXT COLLATE "C" NOT NULL,
    member_kind TEXT NOT NULL,
    member_key TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (directory_id, group_id, member_id)
) /*clustered*/;

CREATE INDEX group_members_by_name ON group_members (directory_id, group_id, member_key);

CREATE INDEX group_members_by_member ON group_members (directory_id, member_id, group_id);

-- kind: room or equipment.
CREATE TABLE resources (
    directory_id TEXT COLLATE "C" NOT NULL,
    resource_id TEXT COLLATE "C" NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT COLLATE "C" NOT NULL,
    kind TEXT NOT NULL,
    description TEXT NOT NULL,
    hidden BIGINT NOT NULL,
    auto_accept BIGINT NOT NULL,
    auto_decline_recurring BIGINT NOT NULL,
    auto_decline_conflicting BIGINT NOT NULL,
    state TEXT NOT NULL,
    email TEXT,
    enabled_at BIGINT,
    disabled_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (directory_id, resource_id)
) /*clustered*/;

CREATE INDEX resources_by_name ON resources (directory_id, name_key, state);

-- delegate_kind: user or group.
CREATE TABLE resource_delegates (
    directory_id TEXT COLLATE "C" NOT NULL,
    resource_id TEXT COLLATE "C" NOT NULL,
    delegate_id TEXT COLLATE "C" NOT NULL,
    delegate_kind TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (directory_id, resource_id, delegate_id)
) /*clustered*/;

CREATE INDEX resource_delegates_by_delegate ON resource_delegates (directory_id, delegate_id, resource_id);

-- What somebody may do with the mailbox or the address of an entity; permissions are words with spaces between.
CREATE TABLE mailbox_permissions (
    directory_id TEXT COLLATE "C" NOT NULL,
    owner_id TEXT COLLATE "C" NOT NULL,
    grantee_id TEXT COLLATE "C" NOT NULL,
    grantee_kind TEXT NOT NULL,
    permissions TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (directory_id, owner_id, grantee_id)
) /*clustered*/;

CREATE INDEX mailbox_permissions_by_grantee ON mailbox_permissions (directory_id, grantee_id, owner_id);

CREATE TABLE organization_tags (
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organizations (organization_id),
    tag_key TEXT COLLATE "C" NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (organization_id, tag_key)
) /*clustered*/;

-- Rules and settings of an organization: few, small, read as a whole. body is JSON text; name_key is what must be
-- unique of a kind.
CREATE TABLE organization_documents (
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organizations (organization_id),
    kind TEXT COLLATE "C" NOT NULL,
    document_id TEXT COLLATE "C" NOT NULL,
    name_key TEXT COLLATE "C" NOT NULL,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (organization_id, kind, document_id),
    UNIQUE (organization_id, kind, name_key)
) /*clustered*/;

-- Every organization begins with a rule of each kind that lets everybody in; these are the ones that were there before.
INSERT INTO organization_documents
    (organization_id, kind, document_id, name_key, body, created_at, updated_at, version)
    SELECT organization_id, 'access_control_rule', 'default', 'default',
        '{"effect":"allow","description":"Default WorkMail Rule"}', 0, 0, 1
    FROM organizations WHERE state IN ('Validating', 'Active', 'Impaired', 'Inactive');

INSERT INTO organization_documents
    (organization_id, kind, document_id, name_key, body, created_at, updated_at, version)
    SELECT organization_id, 'mobile_device_rule', 'default', 'default',
        '{"name":"default","effect":"allow","description":"Default WorkMail Rule"}', created_at, created_at, 1
    FROM organizations WHERE state IN ('Validating', 'Active', 'Impaired', 'Inactive');

-- What a device may do whatever the rules say; device_key is the folded device id.
CREATE TABLE mobile_device_overrides (
    directory_id TEXT COLLATE "C" NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    device_key TEXT COLLATE "C" NOT NULL,
    device_id TEXT NOT NULL,
    effect TEXT NOT NULL,
    description TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (directory_id, user_id, device_key)
) /*clustered*/;

-- Passwords for one mail client each; scopes are words with spaces between.
CREATE TABLE personal_access_tokens (
    directory_id TEXT COLLATE "C" NOT NULL,
    token_id TEXT COLLATE "C" NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    secret_hash BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    used_at BIGINT,
    expires_at BIGINT,
    PRIMARY KEY (directory_id, token_id)
) /*clustered*/;

CREATE INDEX personal_access_tokens_by_user ON personal_access_tokens (directory_id, user_id, token_id);

CREATE TABLE identity_center_applications (
    application_arn TEXT COLLATE "C" NOT NULL,
    account_id TEXT COLLATE "C" NOT NULL REFERENCES accounts (account_id),
    name TEXT NOT NULL,
    instance_arn TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (application_arn)
) /*clustered*/;

CREATE INDEX identity_center_applications_by_account ON identity_center_applications (account_id, application_arn);
