//! The master key of a deployment: the first start chooses it, and no other opens the database after that.

use std::sync::Arc;

use reeve_base::outbound::NoOutbound;
use reeve_domain::sealing::{MasterKey, check_master_key, has_master_key, is_master_key};
use reeve_domain::{Deployment, Settings};
use reeve_testkit::SeededRandom;

use crate::harness::{World, on_each_engine, refused};
use crate::org::at_once;

fn key(octet: u8) -> MasterKey {
    MasterKey::from_bytes([octet; 32])
}

fn with_key(world: &World, octet: u8) -> Arc<Deployment> {
    let settings = Settings { master_key: key(octet), ..world.deployment.settings().clone() };
    let random = Arc::new(SeededRandom::new(u64::from(octet)));
    Deployment::new(world.store().clone(), Arc::new(world.clock.clone()), random, Arc::new(NoOutbound), settings)
}

#[tokio::test]
async fn the_first_start_chooses_the_key_and_another_one_is_refused() {
    on_each_engine(async |world| {
        assert!(!has_master_key(world.store()).await.unwrap());
        assert_eq!(is_master_key(world.store(), &key(1)).await.unwrap(), None);
        for _ in 0..2 {
            check_master_key(&with_key(world, 1)).await.unwrap();
        }
        let refusal = refused(check_master_key(&with_key(world, 2)).await, "conflict").to_string();
        assert!(refusal.contains("put back the key file"), "{refusal}");
        check_master_key(&with_key(world, 1)).await.unwrap();
        assert!(has_master_key(world.store()).await.unwrap());
        assert_eq!(is_master_key(world.store(), &key(1)).await.unwrap(), Some(true));
        assert_eq!(is_master_key(world.store(), &key(2)).await.unwrap(), Some(false));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_eight_servers_that_start_with_keys_of_their_own_one_starts() {
    on_each_engine(async |world| {
        let starts: Vec<_> = (1..=8)
            .map(|octet| {
                let deployment = with_key(world, octet);
                async move { check_master_key(&deployment).await }
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
