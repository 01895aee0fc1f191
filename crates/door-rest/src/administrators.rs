//! Administrators: who may use the console and the APIs.

use std::sync::Arc;

use http::StatusCode;
use reeve_base::Secret;
use reeve_base::names::{EmailAddress, ProfileText};
use reeve_base::secret::ExposeSecret;
use reeve_domain::administrators::{
    self, AdministratorEdit as DomainEdit, AdministratorFilter, NewAdministrator as NewDomainAdministrator,
    PasswordChange,
};
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::administrator::{Administrator, AdministratorPath, NewPolicyAttachment, attachments, shown};
use crate::answer::{Answer, json, located, ok, replayed, tagged};
use crate::document::{IdempotencyKey, IfMatch, IfNoneMatch};
use crate::door::Door;
use crate::extract::{Caller, ClientTokenInBody, InBody, InPath, InQuery, Keyed};
use crate::list::{List, page};
use crate::profile::given;
use crate::refusals::Refusal;
use crate::words::{AdministratorRole, AdministratorStatus};

/// The routes of this resource.
pub(crate) fn routes() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::default()
        .routes(routes!(list_administrators, add_administrator))
        .routes(routes!(show_administrator, edit_administrator))
        .routes(routes!(activate_administrator))
        .routes(routes!(deactivate_administrator))
}

/// Which administrators are asked for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AdministratorsQuery {
    /// Only those whose username, first name or last name begins so, case and accents aside.
    #[param(max_length = 256, example = "grace")]
    search: Option<String>,
    /// Only those of this role.
    #[param(inline)]
    role: Option<AdministratorRole>,
    /// Only those who may sign in, or who may not.
    #[param(inline)]
    status: Option<AdministratorStatus>,
    /// Items of a page at most; 50 when unsaid.
    #[param(minimum = 1, maximum = 1000, example = 50)]
    limit: Option<usize>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List administrators
///
/// The administrators of the account, by username, inactive ones among them.
#[utoipa::path(
    get, path = "/api/v1/administrators", tag = "Administrators", params(AdministratorsQuery),
    responses((status = 200, description = "A page of administrators.", body = List<Administrator>)),
)]
pub(crate) async fn list_administrators(Caller(ctx): Caller, InQuery(query): InQuery<AdministratorsQuery>) -> Answer {
    let filter = AdministratorFilter {
        search: query.search,
        role: query.role.map(Into::into),
        status: query.status.map(Into::into),
    };
    let page = administrators::list_administrators(&ctx, filter, page(query.limit, query.cursor)).await?;
    ok(&List::of(page, Administrator::from))
}

/// An administrator who is to be. Of `password` and `generate_password` at most one is given; without either a
/// password is made up.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "username": "grace@example.com", "first_name": "Grace", "last_name": "Hopper", "generate_password": true,
    "role": "general", "policies": [{"policy": "help-desk"}]
}))]
pub(crate) struct AddedAdministrator {
    /// Username, an e-mail address; unique in the deployment, never changes and is never given to another.
    #[schema(min_length = 1, max_length = 254, example = "grace@example.com")]
    username: String,
    /// First name.
    #[schema(max_length = 256, example = "Grace")]
    first_name: String,
    /// Last name.
    #[schema(max_length = 256, example = "Hopper")]
    last_name: String,
    /// Password to sign in with.
    #[schema(max_length = 1024, format = Password, example = "Lantern-Copper-Meadow-48")]
    password: Option<String>,
    /// Asks for a password to be made up and shown once.
    generate_password: Option<bool>,
    /// Whether the administrator may sign in; `active` when unsaid.
    status: Option<AdministratorStatus>,
    /// What the administrator may do in principle.
    role: AdministratorRole,
    /// What a general administrator may do besides looking after what they created.
    #[schema(max_items = 100)]
    policies: Option<Vec<NewPolicyAttachment>>,
}

impl ClientTokenInBody for AddedAdministrator {}

impl AddedAdministrator {
    fn parse(self) -> Result<NewDomainAdministrator, Refusal> {
        if self.password.is_some() && self.generate_password == Some(true) {
            let why = "cannot be given when one is to be made up; leave one of the two out";
            return Err(Refusal::invalid("password", why));
        }
        Ok(NewDomainAdministrator {
            username: EmailAddress::parse("username", &self.username)?,
            first_name: ProfileText::parse("first_name", &self.first_name)?,
            last_name: ProfileText::parse("last_name", &self.last_name)?,
            password: self.password.map(Secret::from),
            status: self.status.unwrap_or(AdministratorStatus::Active).into(),
            role: self.role.into(),
            policies: attachments(self.policies.unwrap_or_default())?,
        })
    }
}

/// An administrator whose password may have been made up.
#[derive(Serialize, ToSchema)]
pub(crate) struct AdministratorWithPassword {
    /// The administrator.
    #[serde(flatten)]
    administrator: Administrator,
    /// The password, when it was made up; shown this once, and not to a retry.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, example = "Lantern-Copper-Meadow-48")]
    password: Option<String>,
}

impl AdministratorWithPassword {
    fn of(administrator: administrators::Administrator, password: Option<Secret>) -> Self {
        let password = password.map(|password| password.expose_secret().to_owned());
        Self { administrator: administrator.into(), password }
    }
}

/// Add an administrator
///
/// Somebody who may sign in to the console and use the APIs. A password that was made up is shown this once. An
/// administrator is never deleted, only deactivated. A retry with the same `Idempotency-Key` shows what the first try
/// made, without the password.
#[utoipa::path(
    post, path = "/api/v1/administrators", tag = "Administrators", params(IdempotencyKey),
    request_body = AddedAdministrator,
    responses((status = 201, description = "The administrator was added. A password that was made up is shown once.",
        body = AdministratorWithPassword, headers(
        ("Location" = String, description = "Where the administrator is found."),
        ("ETag" = String, description = "The version of the administrator."),
    ))),
    extensions(("x-problem-codes" = json!(["name_taken", "password_refused", "limit_reached"]))),
)]
pub(crate) async fn add_administrator(Keyed(ctx, body): Keyed<AddedAdministrator>) -> Answer {
    let added = administrators::add_administrator(&ctx, body.parse()?).await?;
    let place = format!("/api/v1/administrators/{}", added.administrator.id);
    let version = added.administrator.version;
    let answer = AdministratorWithPassword::of(added.administrator, added.password);
    let answer = located(json(StatusCode::CREATED, &answer)?, &place)?;
    tagged(replayed(answer, added.replayed), version)
}

/// Show an administrator
///
/// An account admin sees everybody; others see themselves, as `me`, by id or by username.
#[utoipa::path(
    get, path = "/api/v1/administrators/{administrator}", tag = "Administrators",
    params(AdministratorPath, IfNoneMatch),
    responses((status = 200, description = "The administrator.", body = Administrator, headers(
        ("ETag" = String, description = "The version of the administrator."),
    ))),
)]
pub(crate) async fn show_administrator(Caller(ctx): Caller, InPath(path): InPath<AdministratorPath>) -> Answer {
    shown(administrators::show_administrator(&ctx, path.reference()?).await?)
}

/// A change of an administrator. What is left out stays; null is refused. Of `password` and `generate_password` at
/// most one is given.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"last_name": "Murray", "role": "general", "policies": [{"policy": "read-only"}]}))]
pub(crate) struct AdministratorEdit {
    /// First name.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false, max_length = 256, example = "Grace")]
    first_name: Option<String>,
    /// Last name.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false, max_length = 256, example = "Murray")]
    last_name: Option<String>,
    /// Whether the administrator may sign in.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = AdministratorStatus, required = false)]
    status: Option<AdministratorStatus>,
    /// What the administrator may do in principle.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = AdministratorRole, required = false)]
    role: Option<AdministratorRole>,
    /// Every policy that the administrator is to have from now on.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<NewPolicyAttachment>, required = false, max_items = 100)]
    policies: Option<Vec<NewPolicyAttachment>>,
    /// A new password to sign in with.
    #[serde(default, deserialize_with = "given")]
    #[schema(
        value_type = String, required = false, max_length = 1024, format = Password,
        example = "Lantern-Copper-Meadow-48"
    )]
    password: Option<String>,
    /// Asks for a new password to be made up and shown once.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = bool, required = false)]
    generate_password: Option<bool>,
    /// Not a member of the body: named, so that who sends it learns why.
    #[serde(default, deserialize_with = "sent")]
    #[schema(ignore)]
    username: Option<IgnoredAny>,
}

/// Notes that a member was sent, whatever it holds.
fn sent<'de, D: Deserializer<'de>>(from: D) -> Result<Option<IgnoredAny>, D::Error> {
    IgnoredAny::deserialize(from).map(Some)
}

impl AdministratorEdit {
    fn parse(self) -> Result<DomainEdit, Refusal> {
        if self.username.is_some() {
            let why = "can never be changed; deactivate this administrator and add another";
            return Err(Refusal::invalid("username", why));
        }
        let text = |field, text: Option<String>| text.map(|text| ProfileText::parse(field, &text)).transpose();
        let password = match (self.password, self.generate_password == Some(true)) {
            (None, false) => PasswordChange::Keep,
            (Some(password), false) => PasswordChange::Set(Secret::from(password)),
            (None, true) => PasswordChange::Generate,
            (Some(_), true) => {
                let why = "cannot be given when one is to be made up; leave one of the two out";
                return Err(Refusal::invalid("password", why));
            }
        };
        Ok(DomainEdit {
            first_name: text("first_name", self.first_name)?,
            last_name: text("last_name", self.last_name)?,
            status: self.status.map(Into::into),
            role: self.role.map(Into::into),
            policies: self.policies.map(attachments).transpose()?,
            password,
        })
    }
}

/// Edit an administrator
///
/// All of it happens or none. A username can never be changed; one's own status, role, policies and password are not
/// changed here. A new status, role, password or list of policies needs a fresh sign-in. A password that was made up
/// is shown this once.
#[utoipa::path(
    patch, path = "/api/v1/administrators/{administrator}", tag = "Administrators",
    params(AdministratorPath, IfMatch), request_body = AdministratorEdit,
    responses((status = 200, description = "The administrator as they are now. A password that was made up is shown \
        once.", body = AdministratorWithPassword, headers(
        ("ETag" = String, description = "The version of the administrator."),
    ))),
    extensions(("x-problem-codes" = json!([
        "self_forbidden", "last_admin", "password_refused", "limit_reached", "conflict"
    ]))),
)]
pub(crate) async fn edit_administrator(
    Caller(ctx): Caller,
    InPath(path): InPath<AdministratorPath>,
    InBody(body): InBody<AdministratorEdit>,
) -> Answer {
    let (administrator, password) = administrators::edit_administrator(&ctx, path.reference()?, body.parse()?).await?;
    let version = administrator.version;
    tagged(ok(&AdministratorWithPassword::of(administrator, password))?, version)
}

/// Activate an administrator
///
/// They may sign in again. One who is active already stays so, and the call succeeds.
#[utoipa::path(
    post, path = "/api/v1/administrators/{administrator}/activate", tag = "Administrators",
    params(AdministratorPath, IfMatch),
    responses((status = 200, description = "The administrator is active.", body = Administrator, headers(
        ("ETag" = String, description = "The version of the administrator."),
    ))),
    extensions(("x-problem-codes" = json!(["self_forbidden"]))),
)]
pub(crate) async fn activate_administrator(Caller(ctx): Caller, InPath(path): InPath<AdministratorPath>) -> Answer {
    shown(administrators::activate_administrator(&ctx, path.reference()?).await?)
}

/// Deactivate an administrator
///
/// Every session, API password and access key of theirs opens nothing from the moment of the answer. One account
/// admin must remain.
#[utoipa::path(
    post, path = "/api/v1/administrators/{administrator}/deactivate", tag = "Administrators",
    params(AdministratorPath, IfMatch),
    responses((status = 200, description = "The administrator is inactive.", body = Administrator, headers(
        ("ETag" = String, description = "The version of the administrator."),
    ))),
    extensions(("x-problem-codes" = json!(["self_forbidden", "last_admin"]))),
)]
pub(crate) async fn deactivate_administrator(Caller(ctx): Caller, InPath(path): InPath<AdministratorPath>) -> Answer {
    shown(administrators::deactivate_administrator(&ctx, path.reference()?).await?)
}
