//! What the operations do, on every engine that a run has: SQLite always, PostgreSQL when
//! `REEVE_TEST_DATABASE_URL` names a cluster. One binary, one file for each subject; `harness` makes the world that a
//! test begins with and checks at its end that no work was left over.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test has nobody to report an error to")]

mod access;
mod addresses;
mod audit;
mod calls;
mod concurrency;
mod deletion;
mod directories;
mod enabling;
mod export;
mod harness;
mod import;
mod import_large;
mod import_refusals;
mod jobs;
mod listing;
mod mail_domains;
mod org;
mod organizations;
mod passwords;
mod policy;
mod retention;
mod sessions;
mod setup;
mod user_sign_in;
mod users;
mod wrong_inputs;
