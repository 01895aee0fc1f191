//! Availability configurations: where the free and busy times of people are asked for whose calendars are in another
//! system, by mail domain. They are kept here, and can be tested; whoever looks for free times obeys them.

mod create_availability_configuration;
mod delete_availability_configuration;
mod edit_availability_configuration;
mod ews;
mod list_availability_configurations;
mod provider;
mod test_availability_configuration;

use reeve_base::Timestamp;
use reeve_base::names::DomainName;
use reeve_store::tables::organization_documents::DocumentRow;

use crate::ctx::stored;
use crate::documents::Body;
use crate::error::Error;

pub use create_availability_configuration::{CreatedAvailabilityConfiguration, create_availability_configuration};
pub use delete_availability_configuration::delete_availability_configuration;
pub use edit_availability_configuration::edit_availability_configuration;
pub use list_availability_configurations::list_availability_configurations;
pub use provider::{NewProvider, Provider};
pub use test_availability_configuration::{Probe, Tested, test_availability_configuration};

/// The kind of document that a configuration is; its id and its key are the domain.
const KIND: &str = "availability";

/// What refusals call it.
const WHAT: &str = "availability configuration";

/// Where the free and busy times of people of one domain are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AvailabilityConfiguration {
    /// The mail domain of these people.
    pub domain: DomainName,
    /// Who is asked.
    pub provider: Provider,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Goes up with every change.
    pub version: i64,
}

impl AvailabilityConfiguration {
    fn from_row(row: &DocumentRow) -> Result<Self, Error> {
        Ok(Self {
            domain: stored(DomainName::parse("domain", &row.document_id))?,
            provider: Provider::read(&Body::read(&row.body)?)?,
            created_at: Timestamp::from_millis(row.created_at),
            updated_at: Timestamp::from_millis(row.updated_at),
            version: row.version,
        })
    }
}
