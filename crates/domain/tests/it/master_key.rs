//! The master key of a deployment: the first start chooses it, no other opens the database after that, and changing it
//! leaves everything that was sealed readable.

use reeve_base::random::OsRandom;
use reeve_base::secret::ExposeSecret;
use reeve_domain::sealing::{MasterKey, change_master_key, has_master_key, is_master_key, open_root_key};
use reeve_store::Store;

use crate::harness::{on_each_engine, refused};
use crate::org::at_once;

fn key(octet: u8) -> MasterKey {
    MasterKey::from_bytes([octet; 32])
}

/// The root key that a master key opens, as text.
async fn root(store: &Store, master: &MasterKey) -> String {
    open_root_key(store, master, &OsRandom).await.unwrap().to_text().expose_secret().to_owned()
}

#[tokio::test]
async fn the_first_start_chooses_the_key_and_another_one_is_refused() {
    on_each_engine(async |world| {
        let store = world.store();
        assert!(!has_master_key(store).await.unwrap());
        assert_eq!(is_master_key(store, &key(1)).await.unwrap(), None);
        let made = root(store, &key(1)).await;
        assert_ne!(made, key(1).to_text().expose_secret(), "the root key is a key of its own");
        let refusal = refused(open_root_key(store, &key(2), &OsRandom).await, "conflict").to_string();
        assert!(refusal.contains("put back the key file"), "{refusal}");
        assert_eq!(root(store, &key(1)).await, made);
        assert!(has_master_key(store).await.unwrap());
        assert_eq!(is_master_key(store, &key(1)).await.unwrap(), Some(true));
        assert_eq!(is_master_key(store, &key(2)).await.unwrap(), Some(false));
    })
    .await;
}

#[tokio::test]
async fn a_change_leaves_the_root_key_and_shuts_the_former_master_key_out() {
    on_each_engine(async |world| {
        let store = world.store();
        let made = root(store, &key(1)).await;
        change_master_key(store, &key(1), &key(2), &OsRandom).await.unwrap();
        assert_eq!(root(store, &key(2)).await, made);
        refused(open_root_key(store, &key(1), &OsRandom).await, "conflict");
        refused(change_master_key(store, &key(1), &key(3), &OsRandom).await, "conflict");
        assert_eq!(root(store, &key(2)).await, made);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_eight_servers_that_start_with_keys_of_their_own_one_starts() {
    on_each_engine(async |world| {
        let starts: Vec<_> = (1..=8)
            .map(|octet| {
                let store = world.store().clone();
                async move { open_root_key(&store, &key(octet), &OsRandom).await }
            })
            .collect();
        let results = at_once(starts).await;
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
        for result in results.into_iter().filter(Result::is_err) {
            refused(result, "conflict");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_servers_that_start_with_one_key_agree_on_one_root() {
    on_each_engine(async |world| {
        let starts: Vec<_> = (1..=8)
            .map(|_| {
                let store = world.store().clone();
                async move { open_root_key(&store, &key(1), &OsRandom).await }
            })
            .collect();
        let roots: Vec<String> =
            at_once(starts).await.into_iter().map(|root| root.unwrap().to_text().expose_secret().to_owned()).collect();
        assert!(roots.iter().all(|root| *root == roots[0]), "{} servers", roots.len());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_changes_at_once_one_happens() {
    on_each_engine(async |world| {
        let made = root(world.store(), &key(1)).await;
        let changes: Vec<_> = [2, 3]
            .into_iter()
            .map(|octet| {
                let store = world.store().clone();
                async move { change_master_key(&store, &key(1), &key(octet), &OsRandom).await.map(|()| octet) }
            })
            .collect();
        let done: Vec<u8> = at_once(changes).await.into_iter().filter_map(Result::ok).collect();
        assert_eq!(done.len(), 1);
        assert_eq!(root(world.store(), &key(done[0])).await, made);
    })
    .await;
}
