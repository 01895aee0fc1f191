//! Looks things up in the domain name system, and changes zones at the systems that host them.
//!
//! Holds no rule: what is looked for, and what is to be written, the domain says.

mod resolver;
mod zone_hosts;

pub use resolver::{DnsResolver, NoResolvers};
pub use zone_hosts::ZoneSystems;
