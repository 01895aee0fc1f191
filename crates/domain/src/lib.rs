//! Every rule and every operation of Reeve, whatever door a request comes through.
//!
//! An operation is one function in one file, named by its verb: it does slow work first, then hands the store one
//! synchronous closure in which it asks [`access::decide`], applies rules, writes rows and the event, and
//! returns domain values. It knows no protocol and no SQL. What the actor may not see is not found.

mod abreast;
pub mod access;
pub mod access_control;
pub mod accounts;
pub mod administrators;
mod arns;
mod attempts;
pub mod audit;
pub mod auth;
pub mod availability;
mod cedar;
mod client_tokens;
pub mod credentials;
pub mod ctx;
pub mod deployment;
pub mod directories;
pub mod dns_providers;
mod documents;
pub mod effect;
pub mod encryption_keys;
pub mod entities;
pub mod error;
pub mod groups;
pub mod health;
pub mod holds;
pub mod hosted_zones;
pub mod housekeeping;
pub mod identity_providers;
pub mod impersonation;
pub mod jobs;
pub mod keys;
pub mod mail_domains;
pub mod mail_settings;
pub mod mailboxes;
pub mod mobile_devices;
pub mod operations;
pub mod organizations;
pub mod page;
pub mod passwords;
pub mod personal_access_tokens;
pub mod policies;
pub mod resources;
pub mod restored;
pub mod retention;
pub mod roster;
pub mod sealing;
pub mod second_factors;
pub mod users;

pub use ctx::Ctx;
pub use deployment::{Deployment, Outside, PasskeySettings, Settings};
pub use error::Error;
