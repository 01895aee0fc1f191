//! Settings of how an organization handles mail: what becomes of mail that fails DMARC, and where events about mail are
//! reported to. They are kept here; whoever receives mail obeys them.

mod email_monitoring;
mod inbound_dmarc;

pub use email_monitoring::{EmailMonitoring, remove_email_monitoring, set_email_monitoring, show_email_monitoring};
pub use inbound_dmarc::{InboundDmarc, set_inbound_dmarc, show_inbound_dmarc};
