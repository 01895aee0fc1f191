//! What the operations do, on every engine that a run has: SQLite always, PostgreSQL when
//! `REEVE_TEST_DATABASE_URL` names a cluster. One binary, one file for each subject; `harness` makes the world that a
//! test begins with and checks at its end that no work was left over.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test has nobody to report an error to")]

mod access;
mod access_keys;
mod account_settings;
mod addresses;
mod administrators;
mod api_credentials;
mod audit;
mod authenticator;
mod calls;
mod calls_administration;
mod concurrency;
mod deletion;
mod directories;
mod enabling;
mod export;
mod factors;
mod harness;
mod housekeeping;
mod import;
mod import_large;
mod import_refusals;
mod jobs;
mod last_admin;
mod listing;
mod lockout;
mod mail_domains;
mod master_key;
mod org;
mod organizations;
mod own_sessions;
mod passkeys;
mod passwords;
mod people;
mod policies;
mod policy;
mod recovery_codes;
mod retention;
mod self_protection;
mod sessions;
mod setup;
mod sign_in_second_factor;
mod totp;
mod user_sign_in;
mod users;
mod visible;
mod wrong_inputs;
