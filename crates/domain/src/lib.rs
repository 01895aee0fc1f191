//! Every rule and every operation of Reeve, whatever door a request comes through.
//!
//! An operation is one function in one file, named by its verb: it does slow work first, then hands the store one
//! synchronous closure in which it asks [`access::decide`], applies rules, writes rows and the event, and
//! returns domain values. It knows no protocol and no SQL. What the actor may not see is not found.

pub mod access;
pub mod accounts;
pub mod administrators;
mod attempts;
pub mod audit;
pub mod auth;
mod cedar;
mod client_tokens;
pub mod credentials;
pub mod ctx;
pub mod deployment;
pub mod directories;
pub mod error;
pub mod housekeeping;
pub mod jobs;
pub mod mail_domains;
pub mod operations;
pub mod organizations;
pub mod page;
pub mod passwords;
pub mod policies;
pub mod roster;
pub mod sealing;
pub mod second_factors;
pub mod users;

pub use ctx::Ctx;
pub use deployment::{Deployment, PasskeySettings, Settings};
pub use error::Error;
