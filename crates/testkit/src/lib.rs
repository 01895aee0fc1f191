//! What tests need and nothing that ships may use: a clock to move, randomness to repeat, empty databases on both engines,
//! the real server as a process. Holds no rule of the product and no stand-in for one of its parts.
//! Everything here panics when it cannot do its work: a test has nobody to report an error to.
#![expect(clippy::panic, clippy::expect_used, reason = "only tests call this")]
#![expect(clippy::print_stderr, reason = "what a failed test needs to show")]

mod clock;
mod database;
mod moto;
mod postgres_cluster;
mod random;
mod server;
mod small_disk;
mod store;
mod wait;

pub use clock::FakeClock;
pub use database::TestDatabase;
pub use moto::Moto;
pub use postgres_cluster::{PostgresCluster, Stop};
pub use random::SeededRandom;
pub use server::{CommandResult, ServerOptions, ServerProcess, run_reeve};
pub use small_disk::SmallDisk;
pub use store::{TestStore, engines};
pub use wait::{wait_until, wait_until_async};
