//! What the rows of one import have named so far: two rows of a file never speak of one person or one address.
//!
//! Without this a plan would promise what its import cannot keep, since each row is planned by itself.

use std::collections::HashMap;

use super::import_row::Wanted;
use crate::error::Error;

/// The line on which each name and each address stood first.
#[derive(Debug, Default)]
pub(super) struct Seen {
    names: HashMap<String, u64>,
    addresses: HashMap<String, u64>,
}

impl Seen {
    /// Notes a row, or refuses it for what an earlier one has named; a refused row leaves no trace.
    pub(super) fn note(&mut self, line: u64, wanted: &Wanted) -> Result<(), Error> {
        let name = wanted.name_key();
        if let Some(first) = self.names.get(&name) {
            return Err(Error::invalid(
                "username",
                format!("is the user name of line {first} too; leave one of them out"),
            ));
        }
        let addresses = wanted.address_keys();
        for (field, key) in &addresses {
            if let Some(first) = self.addresses.get(key) {
                return Err(Error::invalid(
                    field,
                    format!("line {first} names this address too; leave one of them out"),
                ));
            }
        }
        self.names.insert(name, line);
        self.addresses.extend(addresses.into_iter().map(|(_, key)| (key, line)));
        Ok(())
    }
}
