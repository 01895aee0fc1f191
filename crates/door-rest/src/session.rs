//! A session as answers show one: to whom it was just given, in a list, and to whoever asks who they are.

use std::sync::Arc;

use reeve_base::secret::ExposeSecret;
use reeve_domain::Ctx;
use reeve_domain::administrators::{self, SessionView, SignedIn};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::administrator::Administrator;
use crate::answer::{Answer, ok};
use crate::door::Door;
use crate::extract::Caller;
use crate::user::moment;

/// The routes of this resource.
pub(crate) fn routes() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::default().routes(routes!(show_session))
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

/// A session that began, or that goes on with a new token.
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
    /// When its owner last proved who they are.
    #[schema(format = DateTime)]
    authenticated_at: String,
    /// When it ends unless it is used.
    #[schema(format = DateTime)]
    idle_expires_at: String,
    /// When it ends in any case.
    #[schema(format = DateTime)]
    expires_at: String,
    /// Whether a second factor was proven.
    second_factor: bool,
    /// Whether the account demands a second factor that is not there yet: until then, only one's own session, password
    /// and second factors can be reached.
    #[schema(example = false)]
    enrolment_required: bool,
    /// What opens the session, for `bearer` only; shown this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, example = "pYbH1nOtMyqVvZ3xXQd5cJ8sT0rKfLwUeGiAaBkC4D6")]
    token: Option<String>,
}

impl Session {
    pub(crate) fn of(ctx: &Ctx, signed_in: SignedIn, transport: Transport) -> Self {
        let SignedIn { session, administrator, account_name, token, enrolment_required } = signed_in;
        Self {
            session_id: session.id.to_string(),
            account_id: administrator.account_id.to_string(),
            administrator: administrator.into(),
            account_name,
            region: ctx.deployment().settings().region.clone(),
            created_at: session.created_at.to_rfc3339(),
            authenticated_at: session.authenticated_at.to_rfc3339(),
            idle_expires_at: session.idle_expires_at.to_rfc3339(),
            expires_at: session.expires_at.to_rfc3339(),
            second_factor: session.second_factor,
            enrolment_required,
            token: (transport == Transport::Bearer).then(|| token.expose_secret().to_owned()),
        }
    }
}

/// One of the caller's sessions.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SessionSummary {
    /// Names the session; opens nothing.
    #[schema(example = "019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a81")]
    session_id: String,
    /// Whether it is the one that asks.
    current: bool,
    /// From where its owner signed in; empty for the local socket.
    #[schema(example = "192.0.2.7")]
    source_address: String,
    /// When it began.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it was last used, to the minute.
    #[schema(format = DateTime)]
    last_seen_at: String,
    /// When it ends unless it is used.
    #[schema(format = DateTime)]
    idle_expires_at: String,
    /// When it ends in any case.
    #[schema(format = DateTime)]
    expires_at: String,
    /// When its owner last proved who they are.
    #[schema(format = DateTime)]
    authenticated_at: String,
    /// Whether a second factor was proven.
    second_factor: bool,
}

impl From<administrators::Session> for SessionSummary {
    fn from(session: administrators::Session) -> Self {
        Self {
            session_id: session.id.to_string(),
            current: session.current,
            source_address: session.source_address,
            created_at: session.created_at.to_rfc3339(),
            last_seen_at: session.last_seen_at.to_rfc3339(),
            idle_expires_at: session.idle_expires_at.to_rfc3339(),
            expires_at: session.expires_at.to_rfc3339(),
            authenticated_at: session.authenticated_at.to_rfc3339(),
            second_factor: session.second_factor,
        }
    }
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
    /// What speaks for whoever asks.
    credential: CredentialUsed,
    /// The session, when that is it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = SessionTimes, required = false)]
    session: Option<SessionTimes>,
    /// When the administrator last proved who they are, in a session.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, format = DateTime)]
    authenticated_at: Option<String>,
    /// Whether what is dangerous can be done without signing in again.
    fresh: bool,
    /// Whether a second factor was proven.
    second_factor: bool,
    /// Whether the account demands a second factor that is not there yet.
    #[schema(example = false)]
    enrolment_required: bool,
}

/// What speaks for whoever asks.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CredentialUsed {
    /// `session`, `api_password`, `access_key`, or `local` for the local socket.
    #[schema(example = "session")]
    pub(crate) kind: String,
    /// Its id, where there can be several of a kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, example = "019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a81")]
    pub(crate) id: Option<String>,
}

/// A session by name, and how long it lasts.
#[derive(Serialize, ToSchema)]
pub(crate) struct SessionTimes {
    /// Names the session in lists; opens nothing.
    #[schema(example = "019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a81")]
    session_id: String,
    /// When it ends unless it is used.
    #[schema(format = DateTime)]
    idle_expires_at: String,
    /// When it ends in any case.
    #[schema(format = DateTime)]
    expires_at: String,
}

/// Show the current session
///
/// Says who is asking, by what, and about which account.
#[utoipa::path(
    get, path = "/api/v1/sessions/current", tag = "Sessions",
    responses((status = 200, description = "Who is asking.", body = CurrentSession)),
)]
pub(crate) async fn show_session(Caller(ctx): Caller) -> Answer {
    ok(&CurrentSession::from(administrators::show_session(&ctx).await?))
}

impl From<SessionView> for CurrentSession {
    fn from(view: SessionView) -> Self {
        let (account_id, account_name) = view.account.map(|(id, name)| (id.to_string(), name)).unzip();
        let (kind, id) = view.credential.unwrap_or(("local", None));
        let session = view.session.as_ref();
        Self {
            actor: view.actor,
            administrator: view.administrator.map(Administrator::from),
            account_id,
            account_name,
            region: view.region,
            credential: CredentialUsed { kind: kind.to_owned(), id },
            authenticated_at: moment(session.map(|session| session.authenticated_at)),
            fresh: view.fresh,
            second_factor: session.is_some_and(|session| session.second_factor),
            enrolment_required: view.enrolment_required,
            session: session.map(|session| SessionTimes {
                session_id: session.id.to_string(),
                idle_expires_at: session.idle_expires_at.to_rfc3339(),
                expires_at: session.expires_at.to_rfc3339(),
            }),
        }
    }
}
