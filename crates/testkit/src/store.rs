//! An open store on an empty database, for each engine that this run has. One behaviour suite runs on all of them.

use std::ops::Deref;

use reeve_store::{Store, StoreOptions};

use crate::database::TestDatabase;

/// A store that nothing else uses; it is closed and its database removed when this is dropped.
pub struct TestStore {
    // Fields drop in this order: the store lets go of its files before they are removed.
    store: Store,
    database: TestDatabase,
}

impl TestStore {
    /// A migrated store on SQLite, for tests that are not about the engine.
    pub fn sqlite() -> Self {
        Self::open(TestDatabase::sqlite())
    }

    /// Opens a store on a database, and migrates it.
    pub fn open(database: TestDatabase) -> Self {
        Self { store: open(&database), database }
    }

    /// The handle that the domain takes; clones share the store.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The database below.
    pub fn database(&self) -> &TestDatabase {
        &self.database
    }

    /// Closes the store and opens it again on the same database, as a restart does.
    /// Clones of the store must be gone, or the old one stays open beside the new one.
    #[must_use]
    pub fn reopen(self) -> Self {
        self.store.close();
        Self { store: open(&self.database), database: self.database }
    }
}

impl Deref for TestStore {
    type Target = Store;

    fn deref(&self) -> &Store {
        &self.store
    }
}

/// A fresh store on each engine that this run has, opened when the iterator comes to it.
pub fn engines() -> impl Iterator<Item = TestStore> {
    TestDatabase::each().map(TestStore::open)
}

fn open(database: &TestDatabase) -> Store {
    let url = database.url().parse().unwrap_or_else(|error| panic!("the test's own database URL: {error}"));
    // Opening blocks, which a test's runtime does not allow on its own threads.
    let opened = std::thread::scope(|scope| {
        let work = scope.spawn(|| Store::open(StoreOptions::new(url)));
        work.join().expect("opening a store does not panic")
    });
    opened.unwrap_or_else(|error| panic!("could not open a store on {}: {error}", database.engine_name()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_engine_gives_a_migrated_store_that_can_be_reopened() {
        for store in engines() {
            assert!(store.schema_version() > 0);
            store.ping().await.unwrap();
            let store = store.reopen();
            store.ping().await.unwrap();
        }
    }
}
