//! The key of an organization: choosing it, rotating it, switching it off and on, destroying it.

use std::sync::Arc;

use reeve_domain::keys::{self, KeyChoice};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::{Answer, ok};
use crate::door::Door;
use crate::extract::{Caller, InBody, InPath};
use crate::list::Items;
use crate::organizations::OrganizationPath;
use crate::user::moment;
use crate::words::KeyState;

/// The routes of this resource.
pub(crate) fn routes() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::default()
        .routes(routes!(show_organization_key, set_organization_key))
        .routes(routes!(rotate_organization_key))
        .routes(routes!(disable_organization_key))
        .routes(routes!(enable_organization_key))
        .routes(routes!(destroy_organization_key))
}

/// One generation of the key of an organization.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct KeyGeneration {
    /// Its number; it goes up by each rotation.
    #[schema(example = 2)]
    generation: i64,
    /// Whether it may be used.
    state: KeyState,
    /// What it is wrapped under: `managed` for the key of the deployment, else the kind of the encryption key.
    #[schema(example = "managed")]
    kind: &'static str,
    /// Id of the encryption key that it is wrapped under; null for a managed one.
    #[schema(required = true, example = "key-0f1e2d3c4b5a69788796a5b4c3d2e1f0")]
    encryption_key_id: Option<String>,
    /// Name of that encryption key.
    #[schema(required = true, example = "mail-hsm")]
    encryption_key_name: Option<String>,
    /// What it is called where it is kept.
    #[schema(required = true, example = "vault:transit/mail")]
    reference: Option<String>,
    /// Mailboxes whose keys are wrapped under it.
    #[schema(example = 120)]
    mailboxes: i64,
    /// When it was made.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it was last looked at where it is kept; null for a managed one.
    #[schema(required = true, format = DateTime)]
    checked_at: Option<String>,
    /// Why it could not be used then, in one word for programs.
    #[schema(required = true, example = "disabled")]
    failure: Option<&'static str>,
    /// Why it could not be used then.
    #[schema(required = true, example = "the encryption key was switched off by its owner")]
    reason: Option<&'static str>,
    /// What helps.
    #[schema(required = true, example = "switch the key on again where it is kept")]
    remedy: Option<&'static str>,
}

impl From<keys::KeyGeneration> for KeyGeneration {
    fn from(generation: keys::KeyGeneration) -> Self {
        let (kind, reason, remedy) = (generation.kind(), generation.reason(), generation.remedy());
        let key = generation.encryption_key;
        Self {
            generation: generation.generation,
            state: generation.state.into(),
            kind,
            encryption_key_id: key.as_ref().map(|key| key.id.to_string()),
            encryption_key_name: key.as_ref().map(|key| key.name.to_string()),
            reference: key.map(|key| key.reference),
            mailboxes: generation.mailboxes,
            created_at: generation.created_at.to_rfc3339(),
            checked_at: moment(generation.checked_at),
            failure: generation.failure.map(|failure| failure.word()),
            reason,
            remedy,
        }
    }
}

fn shown(key: keys::OrganizationKey) -> Answer {
    ok(&Items { items: key.generations.into_iter().map(KeyGeneration::from).collect() })
}

/// Show the key of an organization
///
/// Its generations, the one in use first: what each is wrapped under, how it is, and how far a rotation has come. There
/// is none before the first use in an organization that is older than keys are.
#[utoipa::path(
    get, path = "/api/v1/organizations/{organization}/key", tag = "Encryption keys", params(OrganizationPath),
    responses((status = 200, description = "The key.", body = Items<KeyGeneration>)),
)]
pub(crate) async fn show_organization_key(Caller(ctx): Caller, InPath(path): InPath<OrganizationPath>) -> Answer {
    shown(keys::show_organization_key(&ctx, path.reference()?).await?)
}

/// Which key is to protect the mailboxes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"encryption_key": "managed"}))]
pub(crate) struct ChosenKey {
    /// `managed` for the key of the deployment, else id, name, ARN or reference of an encryption key of the account.
    #[schema(min_length = 1, max_length = 2048, example = "managed")]
    encryption_key: String,
}

/// Choose the key of an organization
///
/// Needs the right to administer the encryption key as well. The keys of mailboxes follow by themselves; no mail is
/// touched. To choose what is chosen already changes nothing.
#[utoipa::path(
    put, path = "/api/v1/organizations/{organization}/key", tag = "Encryption keys", params(OrganizationPath),
    request_body = ChosenKey,
    responses((status = 200, description = "The key as it is now.", body = Items<KeyGeneration>)),
    extensions(("x-problem-codes" = json!(["organization_state", "wrong_state", "conflict"]))),
)]
pub(crate) async fn set_organization_key(
    Caller(ctx): Caller,
    InPath(path): InPath<OrganizationPath>,
    InBody(body): InBody<ChosenKey>,
) -> Answer {
    let choice: KeyChoice = body.encryption_key.parse()?;
    shown(keys::set_organization_key(&ctx, path.reference()?, choice).await?)
}

/// Rotate the key of an organization
///
/// Makes a new generation under the same key. The keys of mailboxes follow by themselves; no mail is touched.
#[utoipa::path(
    post, path = "/api/v1/organizations/{organization}/key/rotate", tag = "Encryption keys",
    params(OrganizationPath),
    responses((status = 200, description = "The key as it is now.", body = Items<KeyGeneration>)),
    extensions(("x-problem-codes" = json!(["organization_state", "wrong_state", "conflict"]))),
)]
pub(crate) async fn rotate_organization_key(Caller(ctx): Caller, InPath(path): InPath<OrganizationPath>) -> Answer {
    shown(keys::rotate_organization_key(&ctx, path.reference()?).await?)
}

/// Switch off the key of an organization
///
/// From then on nothing in its mailboxes is read or written, and the organization is Impaired, until the key is switched
/// on again. Nothing is lost.
#[utoipa::path(
    post, path = "/api/v1/organizations/{organization}/key/disable", tag = "Encryption keys",
    params(OrganizationPath),
    responses((status = 200, description = "The key as it is now.", body = Items<KeyGeneration>)),
    extensions(("x-problem-codes" = json!(["organization_state", "wrong_state"]))),
)]
pub(crate) async fn disable_organization_key(Caller(ctx): Caller, InPath(path): InPath<OrganizationPath>) -> Answer {
    shown(keys::disable_organization_key(&ctx, path.reference()?).await?)
}

/// Switch on the key of an organization
///
/// What is in its mailboxes can be read and written again at once.
#[utoipa::path(
    post, path = "/api/v1/organizations/{organization}/key/enable", tag = "Encryption keys",
    params(OrganizationPath),
    responses((status = 200, description = "The key as it is now.", body = Items<KeyGeneration>)),
    extensions(("x-problem-codes" = json!(["organization_state", "wrong_state"]))),
)]
pub(crate) async fn enable_organization_key(Caller(ctx): Caller, InPath(path): InPath<OrganizationPath>) -> Answer {
    shown(keys::enable_organization_key(&ctx, path.reference()?).await?)
}

/// What is to be destroyed, typed out.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"alias": "acme"}))]
pub(crate) struct Destruction {
    /// Alias of the organization, so that nobody destroys another one's key by mistake.
    #[schema(min_length = 1, max_length = 62, example = "acme")]
    alias: String,
}

/// Destroy the key of an organization
///
/// Everything that is in its mailboxes is unreadable from then on, for ever. A new key can be chosen afterwards; it opens
/// nothing of what was there.
#[utoipa::path(
    post, path = "/api/v1/organizations/{organization}/key/destroy", tag = "Encryption keys",
    params(OrganizationPath), request_body = Destruction,
    responses((status = 200, description = "What remains of the key.", body = Items<KeyGeneration>)),
    extensions(("x-problem-codes" = json!(["organization_state"]))),
)]
pub(crate) async fn destroy_organization_key(
    Caller(ctx): Caller,
    InPath(path): InPath<OrganizationPath>,
    InBody(body): InBody<Destruction>,
) -> Answer {
    shown(keys::destroy_organization_key(&ctx, path.reference()?, body.alias).await?)
}
