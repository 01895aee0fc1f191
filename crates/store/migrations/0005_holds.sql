-- What is held back of people who are gone, and whose password is known from breaches.

-- Names of deleted users, kept from others. person_key is the folded display name, by which the same person is known.
CREATE TABLE held_names (
    directory_id TEXT COLLATE "C" NOT NULL,
    name_key TEXT COLLATE "C" NOT NULL,
    name TEXT NOT NULL,
    entity_id TEXT COLLATE "C" NOT NULL,
    person_key TEXT COLLATE "C" NOT NULL,
    held_until BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (directory_id, name_key)
) /*clustered*/;

-- When a sign-in showed that the password is known from breaches; empty again with the next password.
ALTER TABLE users ADD COLUMN password_breached_at BIGINT;
ALTER TABLE administrators ADD COLUMN password_breached_at BIGINT;
