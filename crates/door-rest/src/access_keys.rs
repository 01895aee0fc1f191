//! Access keys of administrators: an id to be seen and a secret that is shown once, for programs.

use std::sync::Arc;

use http::StatusCode;
use reeve_base::Timestamp;
use reeve_base::ids::AccessKeyId;
use reeve_base::names::{Network, Title};
use reeve_base::secret::ExposeSecret;
use reeve_domain::administrators::{
    self, AccessKeyEdit as DomainEdit, AdministratorRef, NewAccessKey as NewDomainAccessKey,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::administrator::{AdministratorPath, limit};
use crate::answer::{Answer, json, located, no_content, ok, tagged};
use crate::document::IfMatch;
use crate::door::Door;
use crate::extract::{Caller, InBody, InPath, InQuery};
use crate::list::{List, page};
use crate::names::{named, named_or_none};
use crate::profile::{given, nullable};
use crate::refusals::Refusal;
use crate::user::moment;
use crate::words::KeyStatus;

/// The routes of this resource.
pub(crate) fn routes() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::default()
        .routes(routes!(list_access_keys, create_access_key))
        .routes(routes!(edit_access_key, delete_access_key))
}

/// An access key of an administrator.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct AccessKeyPath {
    /// Id or username of the administrator, or `me` for oneself.
    #[param(example = "grace@example.com")]
    administrator: String,
    /// Id of the access key.
    #[param(example = "AKX3GQ5ZVJ2WB7NMPLRD")]
    access_key_id: String,
}

impl AccessKeyPath {
    /// The administrator and the key that the path names.
    fn references(&self) -> Result<(AdministratorRef, AccessKeyId), Refusal> {
        Ok((self.administrator.parse()?, self.access_key_id.parse()?))
    }
}

/// An access key, as everybody sees it but whoever made it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccessKey {
    /// Id: 20 characters, not secret.
    #[schema(example = "AKX3GQ5ZVJ2WB7NMPLRD")]
    access_key_id: String,
    /// Whose it is.
    #[schema(example = "019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a80")]
    administrator_id: String,
    /// What it is for.
    #[schema(example = "nightly export")]
    name: String,
    /// Whether it opens anything.
    status: KeyStatus,
    /// When it was made.
    #[schema(format = DateTime)]
    created_at: String,
    /// Username of whoever made it.
    #[schema(example = "grace@example.com")]
    created_by: String,
    /// When it was last used, to the minute, if ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, format = DateTime)]
    last_used_at: Option<String>,
    /// From where it was last used.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, example = "192.0.2.7")]
    last_used_address: Option<String>,
    /// From when on it opens nothing, if from some time.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, format = DateTime)]
    expires_at: Option<String>,
    /// Networks from which alone it may be used; when empty, it may be used from anywhere.
    #[schema(example = json!(["192.0.2.0/24"]))]
    source_networks: Vec<String>,
    /// Name of the policy beyond which it never reaches, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, example = "read-only")]
    limit_policy: Option<String>,
    /// Goes up with every change; the ETag.
    #[schema(example = 1)]
    version: i64,
}

impl From<administrators::AccessKey> for AccessKey {
    fn from(key: administrators::AccessKey) -> Self {
        Self {
            access_key_id: key.id.to_string(),
            administrator_id: key.administrator_id.to_string(),
            name: key.name.to_string(),
            status: if key.active { KeyStatus::Active } else { KeyStatus::Inactive },
            created_at: key.created_at.to_rfc3339(),
            created_by: key.created_by,
            last_used_at: moment(key.last_used_at),
            last_used_address: key.last_used_address,
            expires_at: moment(key.expires_at),
            source_networks: key.source_networks.iter().map(ToString::to_string).collect(),
            limit_policy: limit(key.limit_policy),
            version: key.version,
        }
    }
}

/// An access key that was made.
#[derive(Serialize, ToSchema)]
pub(crate) struct CreatedAccessKey {
    /// The key.
    #[serde(flatten)]
    key: AccessKey,
    /// Its secret: 40 characters, shown this once.
    #[schema(example = "q7Zt1mV0cXyW4rJ8sK2bN5dF9gH3jL6pQaSeRuTi")]
    secret_access_key: String,
}

/// An access key that is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "nightly export", "source_networks": ["192.0.2.0/24"], "limit_policy": "read-only"}))]
pub(crate) struct NewAccessKey {
    /// What it is for.
    #[schema(min_length = 1, max_length = 256, example = "nightly export")]
    name: String,
    /// From when on it is to open nothing.
    #[schema(format = DateTime)]
    expires_at: Option<String>,
    /// Networks from which alone it may be used, as `192.0.2.0/24` or `2001:db8::/32`.
    #[schema(max_items = 20, example = json!(["192.0.2.0/24"]))]
    source_networks: Option<Vec<String>>,
    /// Id or name of a policy beyond which it is never to reach.
    #[schema(max_length = 256, example = "read-only")]
    limit_policy: Option<String>,
}

impl NewAccessKey {
    fn parse(self) -> Result<NewDomainAccessKey, Refusal> {
        Ok(NewDomainAccessKey {
            name: Title::parse("name", &self.name)?,
            expires_at: self.expires_at.as_deref().map(end).transpose()?,
            source_networks: networks(&self.source_networks.unwrap_or_default())?,
            limit_policy: self.limit_policy.map(|policy| named("limit_policy", &policy)).transpose()?,
        })
    }
}

fn end(text: &str) -> Result<Timestamp, Refusal> {
    Ok(Timestamp::parse_rfc3339("expires_at", text)?)
}

fn networks(texts: &[String]) -> Result<Vec<Network>, Refusal> {
    Ok(texts.iter().map(|text| Network::parse("source_networks", text)).collect::<Result<_, _>>()?)
}

/// Which page is asked for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AccessKeysQuery {
    /// Items of a page at most; 50 when unsaid.
    #[param(minimum = 1, maximum = 1000, example = 50)]
    limit: Option<usize>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List the access keys of an administrator
///
/// By id, without their secrets.
#[utoipa::path(
    get, path = "/api/v1/administrators/{administrator}/access-keys", tag = "API credentials",
    params(AdministratorPath, AccessKeysQuery),
    responses((status = 200, description = "A page of access keys.", body = List<AccessKey>)),
)]
pub(crate) async fn list_access_keys(
    Caller(ctx): Caller,
    InPath(path): InPath<AdministratorPath>,
    InQuery(query): InQuery<AccessKeysQuery>,
) -> Answer {
    let page = page(query.limit, query.cursor);
    let page = administrators::list_access_keys(&ctx, path.reference()?, page).await?;
    ok(&List::of(page, AccessKey::from))
}

/// Create an access key
///
/// For programs: id and secret as HTTP Basic, or to sign requests with. The secret is shown this once, which is why no
/// `Idempotency-Key` is taken: after a lost answer, delete the key and make another. A key never reaches further than
/// its owner does.
#[utoipa::path(
    post, path = "/api/v1/administrators/{administrator}/access-keys", tag = "API credentials",
    params(AdministratorPath), request_body = NewAccessKey,
    responses((status = 201, description = "The key was made; its secret is shown once.", body = CreatedAccessKey,
        headers(
        ("Location" = String, description = "Where the key is changed and deleted."),
        ("ETag" = String, description = "The version of the key."),
    ))),
    extensions(("x-problem-codes" = json!(["limit_reached", "wrong_state"]))),
)]
pub(crate) async fn create_access_key(
    Caller(ctx): Caller,
    InPath(path): InPath<AdministratorPath>,
    InBody(body): InBody<NewAccessKey>,
) -> Answer {
    let created = administrators::create_access_key(&ctx, path.reference()?, body.parse()?).await?;
    let (key, secret) = (AccessKey::from(created.key), created.secret);
    let place = format!("/api/v1/administrators/{}/access-keys/{}", key.administrator_id, key.access_key_id);
    let version = key.version;
    let answer = CreatedAccessKey { key, secret_access_key: secret.expose_secret().to_owned() };
    tagged(located(json(StatusCode::CREATED, &answer)?, &place)?, version)
}

/// A change of an access key. What is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"status": "inactive", "expires_at": null}))]
pub(crate) struct AccessKeyEdit {
    /// What it is for.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 256, example = "nightly export")]
    name: Option<String>,
    /// Whether it opens anything.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = KeyStatus, required = false)]
    status: Option<KeyStatus>,
    /// From when on it is to open nothing; null for never.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, required = false, format = DateTime)]
    expires_at: Option<Option<String>>,
    /// Networks from which alone it may be used; an empty list for any.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<String>, required = false, max_items = 20, example = json!(["192.0.2.0/24"]))]
    source_networks: Option<Vec<String>>,
    /// Id or name of a policy beyond which it is never to reach; null for none.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, required = false, max_length = 256, example = "read-only")]
    limit_policy: Option<Option<String>>,
}

impl AccessKeyEdit {
    fn parse(self) -> Result<DomainEdit, Refusal> {
        Ok(DomainEdit {
            name: self.name.map(|name| Title::parse("name", &name)).transpose()?,
            status: self.status.map(Into::into),
            expires_at: self.expires_at.map(|at| at.as_deref().map(end).transpose()).transpose()?,
            source_networks: self.source_networks.as_deref().map(networks).transpose()?,
            limit_policy: named_or_none("limit_policy", self.limit_policy)?,
        })
    }
}

/// Edit an access key
///
/// Its secret stays; for another secret, make another key.
#[utoipa::path(
    patch, path = "/api/v1/administrators/{administrator}/access-keys/{access_key_id}", tag = "API credentials",
    params(AccessKeyPath, IfMatch), request_body = AccessKeyEdit,
    responses((status = 200, description = "The key as it is now.", body = AccessKey, headers(
        ("ETag" = String, description = "The version of the key."),
    ))),
)]
pub(crate) async fn edit_access_key(
    Caller(ctx): Caller,
    InPath(path): InPath<AccessKeyPath>,
    InBody(body): InBody<AccessKeyEdit>,
) -> Answer {
    let (administrator, id) = path.references()?;
    let key = administrators::edit_access_key(&ctx, administrator, id, body.parse()?).await?;
    let version = key.version;
    tagged(ok(&AccessKey::from(key))?, version)
}

/// Delete an access key
///
/// It opens nothing any more.
#[utoipa::path(
    delete, path = "/api/v1/administrators/{administrator}/access-keys/{access_key_id}", tag = "API credentials",
    params(AccessKeyPath, IfMatch),
    responses((status = 204, description = "The key is gone.")),
)]
pub(crate) async fn delete_access_key(Caller(ctx): Caller, InPath(path): InPath<AccessKeyPath>) -> Answer {
    let (administrator, id) = path.references()?;
    administrators::delete_access_key(&ctx, administrator, id).await?;
    no_content()
}
