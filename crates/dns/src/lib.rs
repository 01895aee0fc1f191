//! Looks things up in the domain name system, and changes zones at the systems that host them.
//!
//! Holds no rule: what is looked for, and what is to be written, the domain says.

use hickory_proto::rr::RecordType;
use reeve_base::dns::RecordKind;

mod resolver;
mod zone_hosts;

pub use resolver::{DnsResolver, NoResolvers};
pub use zone_hosts::ZoneSystems;

/// The type of a record in the library's words.
fn record_type(kind: RecordKind) -> RecordType {
    match kind {
        RecordKind::Txt => RecordType::TXT,
        RecordKind::Mx => RecordType::MX,
        RecordKind::Cname => RecordType::CNAME,
        RecordKind::Srv => RecordType::SRV,
        RecordKind::A => RecordType::A,
        RecordKind::Aaaa => RecordType::AAAA,
    }
}
