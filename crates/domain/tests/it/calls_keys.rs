//! One call of every operation on encryption keys and on the keys of organizations. Also the words that tests of these
//! are written in.

use reeve_base::key_services::KeyFailure;
use reeve_domain::encryption_keys::{
    self, EncryptionKey, EncryptionKeyEdit, EncryptionKeyRef, KeyKind, NewEncryptionKey,
};
use reeve_domain::keys::{self, Content, KeyChoice, OrganizationKey};
use reeve_domain::{Ctx, Error};

use crate::calls::Target;
use crate::harness::{World, first, secret};
use crate::org::Org;
use crate::people::title;

pub(crate) const KMS_ARN: &str = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

pub(crate) const KMS_SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

pub(crate) fn kms_key(name: &str) -> NewEncryptionKey {
    NewEncryptionKey {
        name: title(name),
        kind: KeyKind::AwsKms,
        reference: KMS_ARN.to_owned(),
        address: None,
        access_key_id: Some("AKIAIOSFODNN7EXAMPLE".to_owned()),
        secret: secret(KMS_SECRET),
    }
}

pub(crate) fn vault_key(name: &str) -> NewEncryptionKey {
    NewEncryptionKey {
        name: title(name),
        kind: KeyKind::VaultTransit,
        reference: "vault:transit/mail".to_owned(),
        address: Some("https://vault.example.com:8200".to_owned()),
        access_key_id: None,
        secret: secret("hvs.CAESIexample"),
    }
}

pub(crate) fn key_ref(text: &str) -> EncryptionKeyRef {
    text.parse().unwrap()
}

pub(crate) fn choice(text: &str) -> KeyChoice {
    text.parse().unwrap()
}

/// The encryption key that calls are about.
pub(crate) async fn key_of(world: &World, alias: &str) {
    encryption_keys::create_encryption_key(&world.operator, kms_key(&format!("key of {alias}"))).await.unwrap();
}

/// Calls an operation on keys.
pub(crate) async fn call_on_keys(name: &str, ctx: &Ctx, target: &Target) -> Option<Result<(), Error>> {
    let org = target.org.clone();
    let named = format!("key of {}", target.fresh);
    let key = || key_ref(&named);
    Some(match name {
        "create_encryption_key" => {
            encryption_keys::create_encryption_key(ctx, vault_key(&target.fresh)).await.map(drop)
        }
        "list_encryption_keys" => encryption_keys::list_encryption_keys(ctx, first(10)).await.map(drop),
        "show_encryption_key" => encryption_keys::show_encryption_key(ctx, key()).await.map(drop),
        "edit_encryption_key" => {
            let edit = EncryptionKeyEdit { secret: Some(secret("another")), ..EncryptionKeyEdit::default() };
            encryption_keys::edit_encryption_key(ctx, key(), edit).await.map(drop)
        }
        "delete_encryption_key" => encryption_keys::delete_encryption_key(ctx, key()).await,
        "test_encryption_key" => encryption_keys::test_encryption_key(ctx, key()).await.map(drop),
        "show_organization_key" => keys::show_organization_key(ctx, org).await.map(drop),
        "set_organization_key" => keys::set_organization_key(ctx, org, choice(&named)).await.map(drop),
        "rotate_organization_key" => keys::rotate_organization_key(ctx, org).await.map(drop),
        "disable_organization_key" => keys::disable_organization_key(ctx, org).await.map(drop),
        "enable_organization_key" => keys::enable_organization_key(ctx, org).await.map(drop),
        "destroy_organization_key" => keys::destroy_organization_key(ctx, org, target.fresh.clone()).await.map(drop),
        _ => return None,
    })
}

/// Why a key cannot be used, as readers and writers of mail are told.
pub(crate) fn unavailable<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    match result {
        Err(Error::KeyUnavailable { why }) => why,
        other => panic!("the key should not be usable: {other:?}"),
    }
}

impl World {
    /// Does what is due with keys.
    pub(crate) async fn look_at_keys(&self) {
        keys::reconcile(&self.deployment).await.unwrap();
    }

    pub(crate) async fn encryption_key(&self, new: NewEncryptionKey) -> EncryptionKey {
        encryption_keys::create_encryption_key(&self.operator, new).await.unwrap().key
    }
}

impl Org<'_> {
    /// A place in the mailbox of somebody who has one.
    pub(crate) async fn content(&self, user: &str, id: &str) -> Content {
        let user = self.find(user).await.unwrap();
        Content { directory_id: self.directory_id(), mailbox_id: user.id.to_string(), content_id: id.to_owned() }
    }

    pub(crate) async fn seal(&self, user: &str, id: &str, plain: &[u8]) -> Result<Vec<u8>, Error> {
        let content = self.content(user, id).await;
        keys::seal_content(&self.ctx, &content, plain).await
    }

    pub(crate) async fn open(&self, user: &str, id: &str, sealed: &[u8]) -> Result<Vec<u8>, Error> {
        let content = self.content(user, id).await;
        keys::open_content(&self.ctx, &content, sealed).await
    }

    pub(crate) async fn key(&self) -> OrganizationKey {
        keys::show_organization_key(&self.ctx, self.id()).await.unwrap()
    }

    pub(crate) async fn set_key(&self, to: &str) -> Result<OrganizationKey, Error> {
        keys::set_organization_key(&self.ctx, self.id(), choice(to)).await
    }

    pub(crate) async fn rotate_key(&self) -> Result<OrganizationKey, Error> {
        keys::rotate_organization_key(&self.ctx, self.id()).await
    }

    pub(crate) async fn destroy_key(&self, alias: &str) -> Result<OrganizationKey, Error> {
        keys::destroy_organization_key(&self.ctx, self.id(), alias.to_owned()).await
    }

    /// The generations with their states and how many mailboxes are under each.
    pub(crate) async fn generations(&self) -> Vec<(i64, &'static str, i64)> {
        let key = self.key().await;
        key.generations.iter().map(|one| (one.generation, one.state.word(), one.mailboxes)).collect()
    }

    pub(crate) async fn key_failure(&self) -> Option<KeyFailure> {
        self.key().await.present().unwrap().failure
    }
}
