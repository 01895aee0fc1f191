//! Encryption keys: keys of the account that are kept in systems of its own, for organizations to choose among.

use std::sync::Arc;

use http::StatusCode;
use reeve_base::Secret;
use reeve_base::names::Title;
use reeve_domain::encryption_keys::{
    self, EncryptionKeyEdit as DomainEdit, EncryptionKeyRef, NewEncryptionKey as NewDomainKey,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::{Answer, json, located, no_content, ok, replayed, tagged};
use crate::document::{IdempotencyKey, IfMatch, IfNoneMatch};
use crate::door::Door;
use crate::extract::{Caller, ClientTokenInBody, InBody, InPath, InQuery, Keyed};
use crate::list::{List, page};
use crate::profile::given;
use crate::refusals::Refusal;
use crate::words::KeyKind;

/// The routes of this resource.
pub(crate) fn routes() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::default()
        .routes(routes!(list_encryption_keys, create_encryption_key))
        .routes(routes!(show_encryption_key, edit_encryption_key, delete_encryption_key))
        .routes(routes!(test_encryption_key))
}

/// An encryption key of the account.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct EncryptionKeyPath {
    /// Id, name, ARN or reference of the key.
    #[param(example = "mail-hsm")]
    key: String,
}

impl EncryptionKeyPath {
    fn reference(&self) -> Result<EncryptionKeyRef, Refusal> {
        Ok(self.key.parse()?)
    }
}

/// A key that is kept in a system of its own, without the secret by which it is used.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EncryptionKey {
    /// Id.
    #[schema(example = "key-0f1e2d3c4b5a69788796a5b4c3d2e1f0")]
    encryption_key_id: String,
    /// The name by which the AWS interface finds it, whatever kind it is.
    #[schema(example = "arn:aws:kms:us-east-1:123456789012:key/key-0f1e2d3c4b5a69788796a5b4c3d2e1f0")]
    arn: String,
    /// Name; unique in the account, case aside.
    #[schema(example = "mail-hsm")]
    name: String,
    /// In what kind of system it is kept.
    kind: KeyKind,
    /// What it is called there.
    #[schema(example = "pkcs11:token=hsm;object=mail;type=secret-key?module-path=/usr/lib/softhsm/libsofthsm2.so")]
    reference: String,
    /// Where that system is; null for Amazon's own, and for a library.
    #[schema(required = true, example = "https://vault.example.com:8200")]
    address: Option<String>,
    /// The access key by which AWS KMS is asked.
    #[schema(required = true, example = "AKIAIOSFODNN7EXAMPLE")]
    access_key_id: Option<String>,
    /// When it was made known.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it was last changed.
    #[schema(format = DateTime)]
    updated_at: String,
    /// Goes up with every change; the ETag.
    #[schema(example = 1)]
    version: i64,
}

impl From<encryption_keys::EncryptionKey> for EncryptionKey {
    fn from(key: encryption_keys::EncryptionKey) -> Self {
        Self {
            arn: key.arn(),
            encryption_key_id: key.id.to_string(),
            name: key.name.to_string(),
            kind: key.kind.into(),
            reference: key.reference,
            address: key.address,
            access_key_id: key.access_key_id,
            created_at: key.created_at.to_rfc3339(),
            updated_at: key.updated_at.to_rfc3339(),
            version: key.version,
        }
    }
}

fn shown(key: encryption_keys::EncryptionKey) -> Answer {
    let version = key.version;
    tagged(ok(&EncryptionKey::from(key))?, version)
}

/// Which page is asked for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct EncryptionKeysQuery {
    /// Items of a page at most; 50 when unsaid.
    #[param(minimum = 1, maximum = 1000, example = 50)]
    limit: Option<usize>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List encryption keys
///
/// Those of the account by name, without secrets.
#[utoipa::path(
    get, path = "/api/v1/encryption-keys", tag = "Encryption keys", params(EncryptionKeysQuery),
    responses((status = 200, description = "A page of encryption keys.", body = List<EncryptionKey>)),
)]
pub(crate) async fn list_encryption_keys(Caller(ctx): Caller, InQuery(query): InQuery<EncryptionKeysQuery>) -> Answer {
    let page = encryption_keys::list_encryption_keys(&ctx, page(query.limit, query.cursor)).await?;
    ok(&List::of(page, EncryptionKey::from))
}

/// An encryption key that is to be known.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "mail-vault", "kind": "vault_transit", "reference": "vault:transit/mail",
    "address": "https://vault.example.com:8200", "secret": "hvs.CAESIJx4mPlE"
}))]
pub(crate) struct NewEncryptionKey {
    /// Name; unique in the account, case aside.
    #[schema(min_length = 1, max_length = 256, example = "mail-vault")]
    name: String,
    /// In what kind of system it is kept.
    kind: KeyKind,
    /// What it is called there: for `aws_kms` its ARN, for `pkcs11` a URI (RFC 7512) with token, object and module-path,
    /// for `vault_transit` `vault:` with the mount of the engine and the name of the key.
    #[schema(min_length = 1, max_length = 2048, example = "vault:transit/mail")]
    reference: String,
    /// Where the system is: needed for `vault_transit`; for `aws_kms` only where it is not Amazon's own.
    #[schema(max_length = 1024, example = "https://vault.example.com:8200")]
    address: Option<String>,
    /// The access key by which AWS KMS is asked; for `aws_kms` alone, which needs it.
    #[schema(min_length = 16, max_length = 128)]
    access_key_id: Option<String>,
    /// The secret of the access key, the PIN of the token, or the token of Vault; never shown again.
    #[schema(min_length = 1, max_length = 1024, example = "hvs.CAESIJx4mPlE")]
    secret: String,
}

impl ClientTokenInBody for NewEncryptionKey {}

impl NewEncryptionKey {
    fn parse(self) -> Result<NewDomainKey, Refusal> {
        Ok(NewDomainKey {
            name: Title::parse("name", &self.name)?,
            kind: self.kind.into(),
            reference: self.reference,
            address: self.address,
            access_key_id: self.access_key_id,
            secret: Secret::from(self.secret),
        })
    }
}

/// Create an encryption key
///
/// Makes known a key that is kept elsewhere; nothing is made there. Whether it can be used, a test says.
#[utoipa::path(
    post, path = "/api/v1/encryption-keys", tag = "Encryption keys", params(IdempotencyKey),
    request_body = NewEncryptionKey,
    responses((status = 201, description = "The key is known.", body = EncryptionKey, headers(
        ("Location" = String, description = "Where the key is found."),
        ("ETag" = String, description = "Its version."),
    ))),
    extensions(("x-problem-codes" = json!(["name_taken", "limit_reached"]))),
)]
pub(crate) async fn create_encryption_key(Keyed(ctx, body): Keyed<NewEncryptionKey>) -> Answer {
    let created = encryption_keys::create_encryption_key(&ctx, body.parse()?).await?;
    let key = EncryptionKey::from(created.key);
    let place = format!("/api/v1/encryption-keys/{}", key.encryption_key_id);
    let answer = located(json(StatusCode::CREATED, &key)?, &place)?;
    tagged(replayed(answer, created.replayed), key.version)
}

/// Show an encryption key
///
/// Without its secret, which nobody sees again.
#[utoipa::path(
    get, path = "/api/v1/encryption-keys/{key}", tag = "Encryption keys", params(EncryptionKeyPath, IfNoneMatch),
    responses((status = 200, description = "The key.", body = EncryptionKey, headers(
        ("ETag" = String, description = "Its version."),
    ))),
)]
pub(crate) async fn show_encryption_key(Caller(ctx): Caller, InPath(path): InPath<EncryptionKeyPath>) -> Answer {
    shown(encryption_keys::show_encryption_key(&ctx, path.reference()?).await?)
}

/// A change of an encryption key. What is left out stays; null is refused. What key it is does not change.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"secret": "hvs.CAESIK7rTqAz"}))]
pub(crate) struct EncryptionKeyEdit {
    /// Name; unique in the account, case aside.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 256, example = "mail-vault")]
    name: Option<String>,
    /// Where the system is; the secret must be given with it.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false, max_length = 1024, example = "https://vault.example.com:8200")]
    address: Option<String>,
    /// The access key by which AWS KMS is asked; its secret must be given with it.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false, min_length = 16, max_length = 128)]
    access_key_id: Option<String>,
    /// The secret of the access key, the PIN of the token, or the token of Vault; never shown again.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 1024, example = "hvs.CAESIK7rTqAz")]
    secret: Option<String>,
}

/// Edit an encryption key
///
/// What is wrapped under it is asked for with the new credentials from then on.
#[utoipa::path(
    patch, path = "/api/v1/encryption-keys/{key}", tag = "Encryption keys", params(EncryptionKeyPath, IfMatch),
    request_body = EncryptionKeyEdit,
    responses((status = 200, description = "The key as it is now.", body = EncryptionKey, headers(
        ("ETag" = String, description = "Its version."),
    ))),
    extensions(("x-problem-codes" = json!(["name_taken"]))),
)]
pub(crate) async fn edit_encryption_key(
    Caller(ctx): Caller,
    InPath(path): InPath<EncryptionKeyPath>,
    InBody(body): InBody<EncryptionKeyEdit>,
) -> Answer {
    let edit = DomainEdit {
        name: body.name.map(|name| Title::parse("name", &name)).transpose()?,
        address: body.address,
        access_key_id: body.access_key_id,
        secret: body.secret.map(Secret::from),
    };
    shown(encryption_keys::edit_encryption_key(&ctx, path.reference()?, edit).await?)
}

/// Delete an encryption key
///
/// Forgets a key under which nothing is wrapped. What is kept elsewhere is not touched.
#[utoipa::path(
    delete, path = "/api/v1/encryption-keys/{key}", tag = "Encryption keys", params(EncryptionKeyPath, IfMatch),
    responses((status = 204, description = "The key is forgotten.")),
    extensions(("x-problem-codes" = json!(["conflict"]))),
)]
pub(crate) async fn delete_encryption_key(Caller(ctx): Caller, InPath(path): InPath<EncryptionKeyPath>) -> Answer {
    encryption_keys::delete_encryption_key(&ctx, path.reference()?).await?;
    no_content()
}

/// How a test of an encryption key went.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EncryptionKeyTest {
    /// Whether the key wraps and unwraps.
    passed: bool,
    /// Why it does not, in one word for programs.
    #[schema(required = true, example = "denied")]
    failure: Option<&'static str>,
    /// Why it does not.
    #[schema(required = true, example = "the system that keeps the encryption key does not let us use it")]
    reason: Option<&'static str>,
    /// What helps.
    #[schema(required = true, example = "let our credentials encrypt and decrypt with the key")]
    remedy: Option<&'static str>,
}

/// Test an encryption key
///
/// Has a random key wrapped under it and unwrapped again.
#[utoipa::path(
    post, path = "/api/v1/encryption-keys/{key}/test", tag = "Encryption keys", params(EncryptionKeyPath),
    responses((status = 200, description = "How it went.", body = EncryptionKeyTest)),
)]
pub(crate) async fn test_encryption_key(Caller(ctx): Caller, InPath(path): InPath<EncryptionKeyPath>) -> Answer {
    let probe = encryption_keys::test_encryption_key(&ctx, path.reference()?).await?;
    ok(&EncryptionKeyTest {
        passed: probe.failure.is_none(),
        failure: probe.failure.map(|failure| failure.word()),
        reason: probe.reason(),
        remedy: probe.remedy(),
    })
}
