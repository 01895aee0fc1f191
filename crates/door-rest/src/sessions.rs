//! Signing in, signing in again, signing out: one's own sessions and password.

use std::sync::Arc;

use http::header::SET_COOKIE;
use http::{HeaderMap, HeaderValue, StatusCode};
use reeve_base::Secret;
use reeve_base::ids::SessionId;
use reeve_base::secret::ExposeSecret;
use reeve_domain::administrators::{self, Challenge, Proof, SignedIn};
use reeve_domain::{Ctx, Error};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::{Answer, json, no_content, ok};
use crate::credentials::{came_by_cookie, no_cookie, session_cookie};
use crate::door::Door;
use crate::extract::{Caller, InBody, InPath, InQuery};
use crate::list::{List, page};
use crate::refusals::Refusal;
use crate::session::{Session, SessionSummary, Transport};
use crate::words::Method;

/// The routes of this resource.
pub(crate) fn routes() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::default()
        .routes(routes!(sign_in, list_sessions, end_other_sessions))
        .routes(routes!(complete_sign_in))
        .routes(routes!(end_session))
        .routes(routes!(sign_out))
        .routes(routes!(reauthenticate))
        .routes(routes!(change_password))
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
    /// A one-time code or a recovery code, for administrators with a second factor; without it, a challenge comes back.
    #[schema(max_length = 64, example = "492817")]
    code: Option<String>,
    /// How the session token travels; `bearer` when unsaid.
    #[serde(default)]
    transport: Transport,
}

/// What is wanted besides a password.
#[derive(Serialize, ToSchema)]
pub(crate) struct SecondFactorChallenge {
    /// What goes back with the proof; good for one sign-in and a few minutes.
    #[schema(example = "r1Wm8n0sXoV7bqKZ3tYpLd5uJfGhCe2iAaB4yTkQ6x9")]
    challenge: String,
    /// By what the second factor can be proven.
    methods: Vec<Method>,
    /// What a browser needs for a passkey (`PublicKeyCredentialRequestOptions`), if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Object, required = false)]
    passkey_options: Option<Value>,
    /// When it is over.
    #[schema(format = DateTime)]
    expires_at: String,
}

impl From<Challenge> for SecondFactorChallenge {
    fn from(challenge: Challenge) -> Self {
        Self {
            challenge: challenge.token.expose_secret().to_owned(),
            methods: challenge.methods.into_iter().map(Method::from).collect(),
            passkey_options: challenge.passkey_options,
            expires_at: challenge.expires_at.to_rfc3339(),
        }
    }
}

/// Sign in
///
/// Begins a session. The answer is the same for a wrong name, a wrong password, a wrong code, a locked name and an
/// inactive administrator. Ten wrong passwords in a row lock a name for 15 minutes. Where a second factor is needed
/// and no code was sent, the answer is a challenge, which `POST /sessions/second-factor` completes. The token is shown
/// this once.
#[utoipa::path(
    post, path = "/api/v1/sessions", tag = "Sessions", security(()),
    request_body = SignIn,
    responses(
        (status = 201, description = "The session began. Its token is shown once.", body = Session, headers(
            ("Set-Cookie" = String, description = "The session, when `transport` is `cookie`."),
        )),
        (status = 200, description = "A second factor is needed.", body = SecondFactorChallenge),
    ),
    extensions(("x-problem-codes" = json!(["sign_in_refused"]))),
)]
pub(crate) async fn sign_in(Caller(ctx): Caller, InBody(body): InBody<SignIn>) -> Answer {
    // No name holds one, and no database takes one.
    if body.username.chars().any(char::is_control) {
        return Err(Error::SignInRefused.into());
    }
    let (password, code) = (Secret::from(body.password), body.code.map(Secret::from));
    match administrators::sign_in(&ctx, &body.username, password, code).await? {
        administrators::SignIn::Done(signed_in) => begun(&ctx, StatusCode::CREATED, *signed_in, body.transport),
        administrators::SignIn::SecondFactor(challenge) => ok(&SecondFactorChallenge::from(challenge)),
    }
}

/// An answer that gives somebody a session, by the transport that they chose.
fn begun(ctx: &Ctx, status: StatusCode, signed_in: SignedIn, transport: Transport) -> Answer {
    let token = signed_in.token.clone();
    let mut answer = json(status, &Session::of(ctx, signed_in, transport))?;
    if transport == Transport::Cookie {
        answer.headers_mut().insert(SET_COOKIE, cookie(&session_cookie(token.expose_secret()))?);
    }
    Ok(answer)
}

fn cookie(text: &str) -> Result<HeaderValue, Refusal> {
    HeaderValue::from_str(text).map_err(|why| Refusal::internal(format!("a cookie is no header value: {why}")))
}

/// How a session goes on: as it came.
fn as_it_came(headers: &HeaderMap) -> Transport {
    if came_by_cookie(headers) { Transport::Cookie } else { Transport::Bearer }
}

/// The proof of a second factor; exactly one of `code` and `passkey` is given.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"challenge": "r1Wm8n0sXoV7bqKZ3tYpLd5uJfGhCe2iAaB4yTkQ6x9", "code": "492817"}))]
pub(crate) struct SecondFactorProof {
    /// The challenge.
    #[schema(max_length = 128, example = "r1Wm8n0sXoV7bqKZ3tYpLd5uJfGhCe2iAaB4yTkQ6x9")]
    challenge: String,
    /// A one-time code, or a recovery code.
    #[schema(max_length = 64, example = "492817")]
    code: Option<String>,
    /// What the browser made of the options of the challenge (`PublicKeyCredential` as JSON).
    #[schema(value_type = Option<Object>)]
    passkey: Option<Map<String, Value>>,
    /// How the session token travels; when unsaid as before, and `bearer` if there was no session.
    transport: Option<Transport>,
}

/// Complete a sign-in
///
/// Answers the challenge of a sign-in, or of a sign-in anew: the latter keeps its session and gets a new token. A
/// challenge ends after a few wrong answers. The token is shown this once.
#[utoipa::path(
    post, path = "/api/v1/sessions/second-factor", tag = "Sessions", security(()),
    request_body = SecondFactorProof,
    responses((status = 201, description = "The session began, or goes on. Its token is shown once.", body = Session,
        headers(("Set-Cookie" = String, description = "The session, when it travels as a cookie.")),
    )),
    extensions(("x-problem-codes" = json!(["sign_in_refused"]))),
)]
pub(crate) async fn complete_sign_in(
    headers: HeaderMap,
    Caller(ctx): Caller,
    InBody(body): InBody<SecondFactorProof>,
) -> Answer {
    let proof = match (body.code, body.passkey) {
        (Some(code), None) => Proof::Code(Secret::from(code)),
        (None, Some(passkey)) => Proof::Passkey(Value::Object(passkey)),
        _ => return Err(Refusal::invalid("code", "give either a code, or what a passkey made as passkey")),
    };
    let transport = body.transport.unwrap_or_else(|| as_it_came(&headers));
    let signed_in = administrators::complete_sign_in(&ctx, Secret::from(body.challenge), proof).await?;
    begun(&ctx, StatusCode::CREATED, signed_in, transport)
}

/// Which page is asked for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct SessionsQuery {
    /// Items of a page at most; 50 when unsaid.
    #[param(minimum = 1, maximum = 1000, example = 50)]
    limit: Option<usize>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List one's sessions
///
/// Where the caller is signed in, this session among them.
#[utoipa::path(
    get, path = "/api/v1/sessions", tag = "Sessions", params(SessionsQuery),
    responses((status = 200, description = "A page of sessions.", body = List<SessionSummary>)),
)]
pub(crate) async fn list_sessions(Caller(ctx): Caller, InQuery(query): InQuery<SessionsQuery>) -> Answer {
    let page = administrators::list_sessions(&ctx, page(query.limit, query.cursor)).await?;
    ok(&List::of(page, SessionSummary::from))
}

/// How many sessions ended.
#[derive(Serialize, ToSchema)]
pub(crate) struct EndedSessions {
    /// How many.
    #[schema(example = 2)]
    pub(crate) ended: u64,
}

/// End one's other sessions
///
/// All of them but the one that asks.
#[utoipa::path(
    delete, path = "/api/v1/sessions", tag = "Sessions",
    responses((status = 200, description = "How many ended.", body = EndedSessions)),
)]
pub(crate) async fn end_other_sessions(Caller(ctx): Caller) -> Answer {
    ok(&EndedSessions { ended: administrators::end_other_sessions(&ctx).await? })
}

/// A session.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct SessionPath {
    /// Id of the session.
    #[param(example = "019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a81")]
    session_id: String,
}

/// End one of one's sessions
///
/// It opens nothing any more.
#[utoipa::path(
    delete, path = "/api/v1/sessions/{session_id}", tag = "Sessions", params(SessionPath),
    responses((status = 204, description = "The session has ended.")),
)]
pub(crate) async fn end_session(Caller(ctx): Caller, InPath(path): InPath<SessionPath>) -> Answer {
    let id: SessionId = path.session_id.parse()?;
    administrators::end_session(&ctx, id).await?;
    no_content()
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

/// What somebody proves anew with that they are who they are.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"password": "correct horse battery staple"}))]
pub(crate) struct Reauthentication {
    /// The caller's password.
    #[schema(max_length = 1024, format = Password, example = "correct horse battery staple")]
    password: String,
    /// A one-time code or a recovery code, for administrators with a second factor; without it, a challenge comes back.
    #[schema(max_length = 64, example = "492817")]
    code: Option<String>,
}

/// A session that goes on, or what is wanted before it does.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, clippy::large_enum_variant, reason = "describes an answer, which is written from one of the two")]
pub(crate) enum Reauthenticated {
    /// The session, with a new token.
    Session(Session),
    /// What is wanted besides a password.
    SecondFactor(SecondFactorChallenge),
}

/// Sign in again to this session
///
/// What is dangerous needs a sign-in within the last five minutes; this is one. The session stays and its token
/// changes: the old one opens nothing any more, the new one is shown this once.
#[utoipa::path(
    post, path = "/api/v1/sessions/current/reauthentication", tag = "Sessions", request_body = Reauthentication,
    responses((status = 200, description = "The session with a new token, which is shown once, or a challenge.",
        body = Reauthenticated,
        headers(("Set-Cookie" = String, description = "The session, when it came by cookie.")),
    )),
    extensions(("x-problem-codes" = json!(["sign_in_refused"]))),
)]
pub(crate) async fn reauthenticate(
    headers: HeaderMap,
    Caller(ctx): Caller,
    InBody(body): InBody<Reauthentication>,
) -> Answer {
    let (password, code) = (Secret::from(body.password), body.code.map(Secret::from));
    match administrators::reauthenticate(&ctx, password, code).await? {
        administrators::SignIn::Done(signed_in) => begun(&ctx, StatusCode::OK, *signed_in, as_it_came(&headers)),
        administrators::SignIn::SecondFactor(challenge) => ok(&SecondFactorChallenge::from(challenge)),
    }
}

/// One's old password and a new one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "old_password": "correct horse battery staple", "new_password": "Lantern-Copper-Meadow-48"
}))]
pub(crate) struct OwnPasswordChange {
    /// The password until now.
    #[schema(max_length = 1024, format = Password, example = "correct horse battery staple")]
    old_password: String,
    /// The password from now on.
    #[schema(max_length = 1024, format = Password, example = "Lantern-Copper-Meadow-48")]
    new_password: String,
}

/// Change one's password
///
/// Every other session of the caller ends. This one stays and its token changes: the old one opens nothing any more, the
/// new one is shown this once.
#[utoipa::path(
    put, path = "/api/v1/sessions/current/password", tag = "Sessions", request_body = OwnPasswordChange,
    responses((status = 200, description = "The session with a new token, which is shown once.", body = Session,
        headers(("Set-Cookie" = String, description = "The session, when it came by cookie.")),
    )),
    extensions(("x-problem-codes" = json!(["sign_in_refused", "password_refused", "conflict"]))),
)]
pub(crate) async fn change_password(
    headers: HeaderMap,
    Caller(ctx): Caller,
    InBody(body): InBody<OwnPasswordChange>,
) -> Answer {
    let (old, new) = (Secret::from(body.old_password), Secret::from(body.new_password));
    let signed_in = administrators::change_password(&ctx, old, new).await?;
    begun(&ctx, StatusCode::OK, signed_in, as_it_came(&headers))
}
