//! The net crate over real sockets: one file a subject, loopback and port 0 only.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it is")]

mod drain;
mod limits;
mod listen;
mod outbound;
mod support;
mod tls;
