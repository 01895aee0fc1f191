//! Users of an organization: making, finding, editing and removing them.

use std::sync::Arc;

use http::StatusCode;
use reeve_base::names::{EmailAddress, UserName};
use reeve_base::secret::ExposeSecret;
use reeve_base::{Invalid, Secret};
use reeve_domain::users::{
    self, NewPassword, NewUser as NewDomainUser, ProfileEdit, UserEdit as DomainEdit, UserFilter,
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
use crate::organizations::OrganizationPath;
use crate::profile::{given, text, with_profile};
use crate::refusals::Refusal;
use crate::user::{User, UserPath, shown};
use crate::words::{EntityState, UserRole};

/// The routes of this resource.
pub(crate) fn routes() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::default().routes(routes!(list_users, create_user)).routes(routes!(show_user, edit_user, delete_user))
}

/// Which users are asked for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct UsersQuery {
    /// Only those in this state.
    #[param(inline)]
    state: Option<EntityState>,
    /// Only those of this role.
    #[param(inline)]
    role: Option<UserRole>,
    /// Only those whose name, display name (or a word of it) or primary address begins so, case and accents aside.
    #[param(max_length = 256, example = "ada")]
    search: Option<String>,
    /// Items of a page at most; 50 when unsaid.
    #[param(minimum = 1, maximum = 1000, example = 50)]
    limit: Option<usize>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List users
///
/// Enabled, disabled and system users, by username.
#[utoipa::path(
    get, path = "/api/v1/organizations/{organization}/users", tag = "Users",
    params(OrganizationPath, UsersQuery),
    responses((status = 200, description = "A page of users.", body = List<User>)),
    extensions(("x-problem-codes" = json!(["organization_state"]))),
)]
pub(crate) async fn list_users(
    Caller(ctx): Caller,
    InPath(path): InPath<OrganizationPath>,
    InQuery(query): InQuery<UsersQuery>,
) -> Answer {
    let filter = UserFilter {
        state: query.state.map(Into::into),
        role: query.role.map(Into::into),
        search: query.search,
        ..UserFilter::default()
    };
    let page = page(query.limit, query.cursor);
    let page = users::list_users(&ctx, path.reference()?, filter, page).await?;
    ok(&List::of(page, User::from))
}

with_profile! { new
    /// A user who is to be. Of `password`, `generate_password` and `password_hash` at most one is given; without any
    /// of them the user has no password.
    #[schema(example = json!({
        "username": "ada", "display_name": "Ada Lovelace", "first_name": "Ada", "last_name": "Lovelace",
        "generate_password": true, "job_title": "Analyst"
    }))]
    NewUser {
        /// Name: letters a-z, digits, `_`, `-` and `.`, optionally with `@` and a domain; never changes.
        #[schema(
            min_length = 1, max_length = 64, example = "ada",
            pattern = "^[0-9A-Za-z_.-]+(@[0-9A-Za-z.-]+\\.[0-9A-Za-z-]{2,})?$"
        )]
        username: String,
        /// The name that others see.
        #[schema(min_length = 1, max_length = 256, example = "Ada Lovelace")]
        display_name: String,
        /// What the user is, `user` or `remote_user`; `user` when unsaid.
        role: Option<UserRole>,
        /// Primary address, on a verified domain: with it the user is enabled at once.
        #[schema(min_length = 1, max_length = 254, example = "ada@acme.mail.test")]
        email: Option<String>,
        /// Password, under the policy of the directory.
        #[schema(max_length = 1024, format = Password, example = "Lantern-Copper-Meadow-48")]
        password: Option<String>,
        /// Asks for a password to be made up and shown once.
        generate_password: Option<bool>,
        /// A password hashed elsewhere (Argon2, bcrypt, SHA-512-crypt, PBKDF2, scrypt); hashed anew at the first
        /// sign-in.
        #[schema(max_length = 1024, example = "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW")]
        password_hash: Option<String>,
        /// Whether address books leave the user out.
        hidden_from_global_address_list: Option<bool>,
    }
    display_name: |body| Some(&body.display_name)
}

impl ClientTokenInBody for NewUser {}

impl NewUser {
    fn parse(self) -> Result<NewDomainUser, Refusal> {
        let profile = self.profile()?;
        let generate = self.generate_password == Some(true);
        let password = match (self.password, generate, self.password_hash) {
            (None, false, None) => NewPassword::None,
            (Some(password), false, None) => NewPassword::Typed(Secret::from(password)),
            (None, true, None) => NewPassword::Generated,
            (None, false, Some(hash)) => NewPassword::Hashed(hash),
            _ => {
                let why = "give only one of password, generate_password and password_hash";
                return Err(Refusal::invalid("password", why));
            }
        };
        Ok(NewDomainUser {
            name: UserName::parse("username", &self.username)?,
            profile,
            hidden: self.hidden_from_global_address_list.unwrap_or(false),
            role: self.role.unwrap_or(UserRole::User).into(),
            email: self.email.map(|email| EmailAddress::parse("email", &email)).transpose()?,
            password,
        })
    }
}

/// A user who was made.
#[derive(Serialize, ToSchema)]
pub(crate) struct CreatedUser {
    /// The user.
    user: User,
    /// The password, when it was made up; shown this once, and not to a retry.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, example = "Lantern-Copper-Meadow-48")]
    password: Option<String>,
}

/// Create a user
///
/// Makes a user, and enables the user in the same act when an address is given: all or nothing.
#[utoipa::path(
    post, path = "/api/v1/organizations/{organization}/users", tag = "Users",
    params(OrganizationPath, IdempotencyKey), request_body = NewUser,
    responses((status = 201, description = "The user was made.", body = CreatedUser, headers(
        ("Location" = String, description = "Where the user is found."),
        ("ETag" = String, description = "The version of the user."),
    ))),
    extensions(("x-problem-codes" = json!([
        "organization_state", "name_taken", "address_taken", "reserved", "password_refused", "domain_not_found",
        "domain_unverified"
    ]))),
)]
pub(crate) async fn create_user(InPath(path): InPath<OrganizationPath>, Keyed(ctx, body): Keyed<NewUser>) -> Answer {
    let created = users::create_user(&ctx, path.reference()?, body.parse()?).await?;
    let place = format!("/api/v1/organizations/{}/users/{}", created.user.organization_id, created.user.id);
    let version = created.user.version;
    let password = created.password.map(|password| password.expose_secret().to_owned());
    let answer = CreatedUser { user: created.user.into(), password };
    let answer = located(json(StatusCode::CREATED, &answer)?, &place)?;
    tagged(replayed(answer, created.replayed), version)
}

/// Show a user
///
/// The user is named by id, by address or by username. A user whose name is `enable`, `import` or `export` is
/// named by id or address, since those words are paths of their own.
#[utoipa::path(
    get, path = "/api/v1/organizations/{organization}/users/{user}", tag = "Users",
    params(UserPath, IfNoneMatch),
    responses((status = 200, description = "The user.", body = User, headers(
        ("ETag" = String, description = "The version of the user."),
    ))),
    extensions(("x-problem-codes" = json!(["organization_state"]))),
)]
pub(crate) async fn show_user(Caller(ctx): Caller, InPath(path): InPath<UserPath>) -> Answer {
    let (organization, user) = path.references()?;
    shown(users::show_user(&ctx, organization, user).await?)
}

with_profile! { edit
    /// A change of a user. What is left out stays; an empty text clears; null is refused.
    #[schema(example = json!({"job_title": "Director", "office": ""}))]
    UserEdit {
        /// The name that others see; cannot be cleared.
        #[serde(default, deserialize_with = "given")]
        #[schema(value_type = String, required = false, min_length = 1, max_length = 256, example = "Ada King")]
        display_name: Option<String>,
        /// What the user is, `user` or `remote_user`. An enabled user who becomes a user gets a mailbox; one who
        /// becomes remote has theirs kept for its time.
        #[serde(default, deserialize_with = "given")]
        #[schema(value_type = UserRole, required = false)]
        role: Option<UserRole>,
        /// Whether address books leave the user out.
        #[serde(default, deserialize_with = "given")]
        #[schema(value_type = bool, required = false)]
        hidden_from_global_address_list: Option<bool>,
    }
    display_name: |body| body.display_name.as_deref()
}

/// Edit a user
///
/// Changes what is said of a user, enabled or disabled. System users are not touched.
#[utoipa::path(
    patch, path = "/api/v1/organizations/{organization}/users/{user}", tag = "Users",
    params(UserPath, IfMatch), request_body = UserEdit,
    responses((status = 200, description = "The user as it is now.", body = User, headers(
        ("ETag" = String, description = "The version of the user."),
    ))),
    extensions(("x-problem-codes" = json!(["organization_state", "reserved"]))),
)]
pub(crate) async fn edit_user(
    Caller(ctx): Caller,
    InPath(path): InPath<UserPath>,
    InBody(body): InBody<UserEdit>,
) -> Answer {
    let (organization, user) = path.references()?;
    let edit = DomainEdit {
        profile: body.profile()?,
        hidden: body.hidden_from_global_address_list,
        role: body.role.map(Into::into),
    };
    shown(users::edit_user(&ctx, organization, user, edit).await?)
}

/// Delete a user
///
/// Only a disabled user is deleted. The name is free at once; the addresses are held back and the mailbox is kept
/// for 30 days.
#[utoipa::path(
    delete, path = "/api/v1/organizations/{organization}/users/{user}", tag = "Users",
    params(UserPath, IfMatch),
    responses((status = 204, description = "The user is gone.")),
    extensions(("x-problem-codes" = json!(["organization_state", "wrong_state", "reserved"]))),
)]
pub(crate) async fn delete_user(Caller(ctx): Caller, InPath(path): InPath<UserPath>) -> Answer {
    let (organization, user) = path.references()?;
    users::delete_user(&ctx, organization, user).await?;
    no_content()
}
