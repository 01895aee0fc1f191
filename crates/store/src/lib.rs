//! The only place with SQL: two engines behind one handle, one SQL text, migrations, and the tables. Beside it, blobs.
//!
//! The rest of the system hands [`Store::read`] and [`Store::write`] synchronous closures over a [`Tx`] and calls
//! the functions of [`tables`] in them. No rule lives here: nothing in this crate knows who may do what. SQL is
//! written in `tables` only; the functions of [`Tx`] that take SQL are private to this crate.
//!
//! Invariants: an answer of `write` means that the changes are durable; a closure sees one snapshot; an error
//! undoes the closure and nothing else; both engines behave alike, which one suite shows.

mod blobs;
mod call;
mod error;
mod migrations;
mod postgres;
mod queue;
mod sqlite;
mod statistics;
mod store;
#[cfg(test)]
mod suite;
pub mod tables;
mod tx;
mod url;
mod value;

pub use blobs::{BlobEntry, BlobError, BlobName, BlobUrl, Blobs};
pub use error::{OpenError, StoreError};
pub use migrations::SchemaState;
pub use sqlite::{CopyError, Examined, copy_sqlite, examine_sqlite};
pub use statistics::Statistics;
pub use store::{Engine, Store, StoreOptions};
pub use tx::Tx;
pub use url::DatabaseUrl;
