//! The systems that host zones, asked for real: BIND, PowerDNS, and moto in the place of Route 53; and servers that
//! fail, lie and talk without end.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test has nobody to report an error to")]

mod faults;
mod resolver;
mod servers;
mod zones;
