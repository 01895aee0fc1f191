//! Signing in, signing out, and who one is.

use std::sync::Arc;

use http::header::SET_COOKIE;
use http::{HeaderMap, HeaderValue, StatusCode};
use reeve_base::Secret;
use reeve_base::secret::ExposeSecret;
use reeve_domain::administrators::{self, SessionView};
use reeve_domain::ctx::Actor;
use reeve_domain::{Ctx, Error};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::{Answer, json, no_content, ok};
use crate::credentials::{came_by_cookie, no_cookie, session_cookie};
use crate::door::Door;
use crate::extract::{Caller, InBody};
use crate::refusals::Refusal;
use crate::words::AdministratorRole;

/// The routes of this resource.
pub(crate) fn routes() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::default().routes(routes!(sign_in)).routes(routes!(show_session, sign_out))
}

/// What an administrator signs in with.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "username": "root@example.com", "password": "correct horse battery staple", "transport": "bearer"
}))]
pub(crate) struct SignIn {
    /// The administrator's username, an e-mail address.
    #[schema(max_length = 1024, example = "root@example.com")]
    username: String,
    /// The administrator's password.
    #[schema(max_length = 1024, format = Password, example = "correct horse battery staple")]
    password: String,
    /// How the session token travels; `bearer` when unsaid.
    #[serde(default)]
    transport: Transport,
}

/// How a session token travels.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Transport {
    /// In the answer, to be sent as `Authorization: Bearer`.
    #[default]
    Bearer,
    /// As a cookie that scripts cannot read, for browsers.
    Cookie,
}

/// An administrator.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Administrator {
    /// Id.
    #[schema(example = "019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a80")]
    administrator_id: String,
    /// Username, an e-mail address; never changes.
    #[schema(example = "root@example.com")]
    username: String,
    /// First name.
    #[schema(example = "Grace")]
    first_name: String,
    /// Last name.
    #[schema(example = "Hopper")]
    last_name: String,
    /// What the administrator may do in principle.
    role: AdministratorRole,
    /// Whether the administrator may sign in.
    status: AdministratorStatus,
}

/// Whether an administrator may sign in.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AdministratorStatus {
    /// May sign in.
    Active,
    /// May not.
    Inactive,
}

impl From<administrators::Administrator> for Administrator {
    fn from(administrator: administrators::Administrator) -> Self {
        Self {
            administrator_id: administrator.id.to_string(),
            username: administrator.username,
            first_name: administrator.first_name,
            last_name: administrator.last_name,
            role: administrator.role.into(),
            status: if administrator.active { AdministratorStatus::Active } else { AdministratorStatus::Inactive },
        }
    }
}

/// A session that began.
#[derive(Serialize, ToSchema)]
pub(crate) struct Session {
    /// Names the session in lists; opens nothing.
    #[schema(example = "019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a81")]
    session_id: String,
    /// Who signed in.
    administrator: Administrator,
    /// Their account.
    #[schema(example = "123456789012")]
    account_id: String,
    /// Its name.
    #[schema(example = "Acme Ltd")]
    account_name: String,
    /// The region that is served.
    #[schema(example = "us-east-1")]
    region: String,
    /// When the session began.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it ends unless it is used.
    #[schema(format = DateTime)]
    idle_expires_at: String,
    /// When it ends in any case.
    #[schema(format = DateTime)]
    expires_at: String,
    /// What opens the session, for `bearer` only; shown this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, example = "pYbH1nOtMyqVvZ3xXQd5cJ8sT0rKfLwUeGiAaBkC4D6")]
    token: Option<String>,
}

/// Who is asking.
#[derive(Serialize, ToSchema)]
pub(crate) struct CurrentSession {
    /// `administrator`, or `operator` over the local socket.
    #[schema(example = "administrator")]
    actor: &'static str,
    /// The administrator, when it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Administrator, required = false)]
    administrator: Option<Administrator>,
    /// The account that is asked about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, example = "123456789012")]
    account_id: Option<String>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, example = "Acme Ltd")]
    account_name: Option<String>,
    /// The region that is served.
    #[schema(example = "us-east-1")]
    region: String,
    /// The session that speaks for the administrator.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = CurrentSessionName, required = false)]
    session: Option<CurrentSessionName>,
}

/// A session by name.
#[derive(Serialize, ToSchema)]
pub(crate) struct CurrentSessionName {
    /// Names the session in lists; opens nothing.
    #[schema(example = "019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a81")]
    session_id: String,
}

/// Sign in
///
/// Begins a session. The answer is the same for a wrong name, a wrong password, a locked name and an inactive
/// administrator. Ten wrong passwords in a row lock a name for 15 minutes.
#[utoipa::path(
    post, path = "/api/v1/sessions", tag = "Sessions", security(()),
    request_body = SignIn,
    responses((status = 201, description = "The session began.", body = Session, headers(
        ("Set-Cookie" = String, description = "The session, when `transport` is `cookie`."),
    ))),
    extensions(("x-problem-codes" = json!(["sign_in_refused"]))),
)]
pub(crate) async fn sign_in(Caller(ctx): Caller, InBody(body): InBody<SignIn>) -> Answer {
    // No name holds one, and no database takes one.
    if body.username.chars().any(char::is_control) {
        return Err(Error::SignInRefused.into());
    }
    let signed_in = administrators::sign_in(&ctx, &body.username, Secret::from(body.password)).await?;
    let token = signed_in.token.expose_secret();
    let session = Session {
        session_id: signed_in.session.id.to_string(),
        account_id: signed_in.administrator.account_id.to_string(),
        administrator: signed_in.administrator.into(),
        account_name: signed_in.account_name,
        region: ctx.deployment().settings().region.clone(),
        created_at: signed_in.session.created_at.to_rfc3339(),
        idle_expires_at: signed_in.session.idle_expires_at.to_rfc3339(),
        expires_at: signed_in.session.expires_at.to_rfc3339(),
        token: (body.transport == Transport::Bearer).then(|| token.to_owned()),
    };
    let mut answer = json(StatusCode::CREATED, &session)?;
    if body.transport == Transport::Cookie {
        answer.headers_mut().insert(SET_COOKIE, cookie(&session_cookie(token))?);
    }
    Ok(answer)
}

fn cookie(text: &str) -> Result<HeaderValue, Refusal> {
    HeaderValue::from_str(text).map_err(|why| Refusal::internal(format!("a cookie is no header value: {why}")))
}

/// Show the current session
///
/// Says who is asking, and about which account.
#[utoipa::path(
    get, path = "/api/v1/sessions/current", tag = "Sessions",
    responses((status = 200, description = "Who is asking.", body = CurrentSession)),
)]
pub(crate) async fn show_session(Caller(ctx): Caller) -> Answer {
    let view = administrators::show_session(&ctx).await?;
    ok(&current(&ctx, view))
}

fn current(ctx: &Ctx, view: SessionView) -> CurrentSession {
    let (account_id, account_name) = match view.account {
        Some((id, name)) => (Some(id.to_string()), Some(name)),
        None => (None, None),
    };
    let session = match ctx.actor() {
        Actor::Administrator { session, .. } => Some(CurrentSessionName { session_id: session.to_string() }),
        _ => None,
    };
    CurrentSession {
        actor: view.actor,
        administrator: view.administrator.map(Administrator::from),
        account_id,
        account_name,
        region: view.region,
        session,
    }
}

/// Sign out
///
/// Ends the session at once; its token opens nothing any more. The local operator has no session to end.
#[utoipa::path(
    delete, path = "/api/v1/sessions/current", tag = "Sessions",
    responses((status = 204, description = "The session has ended.", headers(
        ("Set-Cookie" = String, description = "Clears the cookie, when the session came by cookie."),
    ))),
)]
pub(crate) async fn sign_out(headers: HeaderMap, Caller(ctx): Caller) -> Answer {
    administrators::sign_out(&ctx).await?;
    let mut answer = no_content()?;
    if came_by_cookie(&headers) {
        answer.headers_mut().insert(SET_COOKIE, cookie(&no_cookie())?);
    }
    Ok(answer)
}
