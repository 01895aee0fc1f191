//! Encryption keys of an account: what is kept of them, who may change what, and that no secret is ever seen.

use reeve_base::key_services::KeyFailure;
use reeve_domain::Error;
use reeve_domain::encryption_keys::{
    self, EncryptionKeyEdit, KeyKind, NewEncryptionKey, create_encryption_key, delete_encryption_key,
    edit_encryption_key, list_encryption_keys, show_encryption_key, test_encryption_key,
};

use crate::calls_keys::{KMS_ARN, KMS_SECRET, key_ref, kms_key, vault_key};
use crate::harness::{first, invalid, on_each_engine, secret};
use crate::people::title;

#[tokio::test]
async fn a_key_is_found_by_id_name_arn_and_reference() {
    on_each_engine(async |world| {
        let made = world.encryption_key(kms_key("Mail key")).await;
        assert_eq!((made.kind, made.reference.as_str(), made.version), (KeyKind::AwsKms, KMS_ARN, 1));
        for name in [made.id.as_str(), "Mail key", "mail KEY", KMS_ARN, &made.arn()] {
            assert_eq!(show_encryption_key(&world.admin, key_ref(name)).await.unwrap(), made, "{name}");
            let unseen = show_encryption_key(&world.other, key_ref(name)).await;
            assert!(matches!(unseen, Err(Error::NotFound { what: "encryption key", .. })), "{name}");
        }
        for name in ["", "other", "mail\0key", "key-0"] {
            assert!(matches!(show_encryption_key(&world.admin, key_ref(name)).await, Err(Error::NotFound { .. })));
        }
        let page = list_encryption_keys(&world.admin, first(10)).await.unwrap();
        assert_eq!((page.items, page.total), (vec![made], Some(1)));
    })
    .await;
}

#[tokio::test]
async fn what_a_kind_of_key_does_not_have_is_refused() {
    on_each_engine(async |world| {
        let vault = |change: fn(&mut NewEncryptionKey)| {
            let mut new = vault_key("mail");
            change(&mut new);
            new
        };
        for (new, field) in [
            (vault(|new| new.reference = KMS_ARN.to_owned()), "reference"),
            (vault(|new| new.address = None), "address"),
            (vault(|new| new.address = Some("vault.example.com".to_owned())), "address"),
            (vault(|new| new.access_key_id = Some("AKIAIOSFODNN7EXAMPLE".to_owned())), "access_key_id"),
            (vault(|new| new.secret = secret("a\nb")), "secret"),
            (NewEncryptionKey { access_key_id: None, ..kms_key("mail") }, "access_key_id"),
        ] {
            invalid(create_encryption_key(&world.admin, new).await, field);
        }
        world.encryption_key(kms_key("mail")).await;
        let again = create_encryption_key(&world.admin, kms_key("MAIL")).await;
        assert!(matches!(again, Err(Error::NameTaken { field: "name", .. })));
    })
    .await;
}

// A secret must not be sent to a place that somebody chose who does not know it.
#[tokio::test]
async fn a_secret_is_sent_elsewhere_by_who_knows_it_only() {
    on_each_engine(async |world| {
        let made = world.encryption_key(vault_key("mail")).await;
        let edit = async |edit| edit_encryption_key(&world.admin, key_ref("mail"), edit).await;
        let elsewhere = || Some("https://evil.example".to_owned());
        let moved = EncryptionKeyEdit { address: elsewhere(), ..EncryptionKeyEdit::default() };
        invalid(edit(moved.clone()).await, "secret");
        assert_eq!(show_encryption_key(&world.admin, key_ref("mail")).await.unwrap(), made);
        let moved = edit(EncryptionKeyEdit { secret: Some(secret("hvs.new")), ..moved }).await.unwrap();
        assert_eq!((moved.address, moved.version), (elsewhere(), 2));
        let renamed = edit(EncryptionKeyEdit { name: Some(title("post")), ..EncryptionKeyEdit::default() }).await;
        assert_eq!((renamed.unwrap().version), 3);
        let same = edit_encryption_key(&world.admin, key_ref("post"), EncryptionKeyEdit::default()).await.unwrap();
        assert_eq!(same.version, 3, "what changes nothing is no change");
        let stale = world.expecting(1).await;
        let stale = edit_encryption_key(&stale, key_ref("post"), EncryptionKeyEdit::default()).await;
        assert!(matches!(stale, Err(Error::VersionMismatch { is: 3 })), "{stale:?}");
    })
    .await;
}

#[tokio::test]
async fn a_key_in_use_is_not_forgotten() {
    on_each_engine(async |world| {
        world.encryption_key(kms_key("mail")).await;
        let acme = world.active_org("acme").await;
        acme.set_key("mail").await.unwrap();
        let refused = delete_encryption_key(&world.admin, key_ref("mail")).await;
        assert!(matches!(refused, Err(Error::Conflict { .. })), "{refused:?}");
        acme.set_key("managed").await.unwrap();
        let refused = delete_encryption_key(&world.admin, key_ref("mail")).await;
        assert!(matches!(refused, Err(Error::Conflict { .. })), "mailboxes may still be under it: {refused:?}");
        world.look_at_keys().await;
        delete_encryption_key(&world.admin, key_ref("mail")).await.unwrap();
        assert!(matches!(show_encryption_key(&world.admin, key_ref("mail")).await, Err(Error::NotFound { .. })));
    })
    .await;
}

#[tokio::test]
async fn a_test_says_what_is_wrong_in_our_own_words() {
    on_each_engine(async |world| {
        world.encryption_key(kms_key("mail")).await;
        let probe = test_encryption_key(&world.admin, key_ref("mail")).await.unwrap();
        assert_eq!((probe.failure, probe.reason()), (None, None));
        for failure in KeyFailure::ALL {
            world.keepers.fail(failure);
            let probe = test_encryption_key(&world.admin, key_ref("mail")).await.unwrap();
            assert_eq!(probe.failure, Some(failure));
            assert!(probe.reason().is_some() && probe.remedy().is_some());
        }
        let context = &world.keepers.contexts()[0];
        assert_eq!(context.purpose, "trial", "what is tried out opens nothing of an organization");
    })
    .await;
}

#[tokio::test]
async fn no_secret_is_ever_shown() {
    on_each_engine(async |world| {
        let made = world.encryption_key(kms_key("mail")).await;
        let edit = EncryptionKeyEdit { secret: Some(secret("another-secret-value")), ..Default::default() };
        let edited = encryption_keys::edit_encryption_key(&world.admin, key_ref("mail"), edit).await.unwrap();
        test_encryption_key(&world.admin, key_ref("mail")).await.unwrap();
        let said = format!("{made:?} {edited:?} {:?}", world.events().await);
        for hidden in [KMS_SECRET, "another-secret-value"] {
            assert!(!said.contains(hidden), "{said}");
        }
    })
    .await;
}
