//! What every request passes: limits, authentication, deadlines, and the making of the answer.
//!
//! The only place that knows the request id, so the only one that writes problems; one line in the log for each
//! request, under the path that was matched, never the one that was sent.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use http::header::{
    CACHE_CONTROL, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, REFERRER_POLICY, RETRY_AFTER,
    WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use reeve_base::ids::RequestId;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::timeout;

use crate::conditions::none_match;
use crate::credentials::{SEC_FETCH_SITE, actor_kind, authenticate, source, stranger};
use crate::door::{Door, Entry, Route};
use crate::problem::{Code, Problem};
use crate::refusals::Refusal;

/// The header that names a request in logs and events.
const REQUEST_ID: HeaderName = HeaderName::from_static("reeve-request-id");

/// Headers of every answer. An answer of this door is data: nothing may run, frame, sniff or keep it.
const ALWAYS: [(HeaderName, HeaderValue); 4] = [
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'")),
    (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
];

/// A place among the requests in progress, for answers that go on after their beginning.
#[derive(Clone)]
pub(crate) struct Hold {
    _permit: Arc<OwnedSemaphorePermit>,
}

/// What the log says of a request besides its answer.
struct Visit<'d> {
    method: Method,
    path: Option<MatchedPath>,
    route: Option<&'d Route>,
    actor: &'static str,
    conditions: Option<HeaderMap>,
    /// Whether a page asks: browsers send this header, and pages cannot.
    by_page: bool,
}

/// Passes a request through.
pub(crate) async fn pass(State(door): State<Arc<Door>>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let id = door.deployment.new_request_id();
    let mut visit = Visit {
        method: request.method().clone(),
        path: request.extensions().get().cloned(),
        route: door.route(&request),
        actor: "nobody",
        conditions: conditions(&request),
        by_page: request.headers().contains_key(SEC_FETCH_SITE),
    };
    let admitted = admit(&door, &mut visit, (request, next), id.clone()).await;
    let response = admitted.unwrap_or_else(IntoResponse::into_response);
    let (response, refusal) = finish(response, &visit, &id);
    report(&visit, &id, response.status(), (began.elapsed(), refusal));
    response
}

/// Answers what no route matches.
pub(crate) async fn unknown_route() -> Refusal {
    Refusal::new(Code::NotFound, "there is no such path here; /api/v1/openapi.json lists those that are")
}

fn conditions(request: &Request) -> Option<HeaderMap> {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let asks = reads && request.headers().contains_key(http::header::IF_NONE_MATCH);
    asks.then(|| request.headers().clone())
}

async fn admit(
    door: &Door,
    visit: &mut Visit<'_>,
    (request, next): (Request, Next),
    id: RequestId,
) -> Result<Response, Refusal> {
    let permit = Arc::clone(&door.permits)
        .try_acquire_owned()
        .map_err(|_| Refusal::new(Code::Unavailable, "too many requests are in progress; try again in a moment"))?;
    refuse_controls(request.uri())?;
    let Some(route) = visit.route else { return run(next, request).await };
    let (mut parts, body) = request.into_parts();
    let ctx = match route.entry {
        Entry::Open => None,
        Entry::SignIn => {
            door.count_sign_in(source(&parts))?;
            Some(stranger(door, &parts, id)?)
        }
        Entry::SignedIn => {
            let ctx = authenticate(door, &parts, id).await?;
            door.count_request(&ctx)?;
            Some(ctx)
        }
    };
    if let Some(ctx) = ctx {
        visit.actor = actor_kind(&ctx);
        parts.extensions.insert(ctx);
    }
    if route.streams {
        parts.extensions.insert(Hold { _permit: Arc::new(permit) });
        return run(next, Request::from_parts(parts, body)).await;
    }
    let running = run(next, Request::from_parts(parts, body));
    timeout(door.options.request_timeout, running).await.unwrap_or_else(|_| {
        let why = "this took too long and was given up; a change may still have been made: look \
                   before you try again";
        Err(Refusal::new(Code::Unavailable, why))
    })
}

/// A panic is a fault of ours in this request, and of no other.
async fn run(next: Next, request: Request) -> Result<Response, Refusal> {
    AssertUnwindSafe(next.run(request)).catch_unwind().await.map_err(|panic| {
        let said = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
        Refusal::internal(format!("a handler panicked: {}", said.unwrap_or("nothing was said")))
    })
}

/// Refuses control characters in path and query, which no name holds and no database takes.
fn refuse_controls(uri: &Uri) -> Result<(), Refusal> {
    let text = uri.path_and_query().map_or("", |text| text.as_str()).as_bytes();
    let is_control = |code: &[u8]| match code {
        [b'%', b'0' | b'1', _] => true,
        [b'%', b'7', last] => last.eq_ignore_ascii_case(&b'f'),
        _ => false,
    };
    if text.windows(3).any(is_control) {
        return Err(Refusal::invalid("path", "must not hold control characters"));
    }
    Ok(())
}

/// Gives an answer its headers, a refusal its body, and a caller who has the content already none.
fn finish(mut response: Response, visit: &Visit<'_>, id: &RequestId) -> (Response, Option<Refusal>) {
    let mut refusal = response.extensions_mut().remove::<Refusal>();
    if refusal.is_none() && response.status() == StatusCode::METHOD_NOT_ALLOWED {
        let why = "this path does not know this method; the Allow header lists those that it knows";
        refusal = Some(Refusal::new(Code::MethodNotAllowed, why));
    }
    if let Some(refusal) = &refusal {
        write_problem(&mut response, refusal, id, visit);
    }
    let known = |headers: &HeaderMap| response.headers().get(ETAG).is_some_and(|etag| none_match(headers, etag));
    if response.status() == StatusCode::OK && visit.conditions.as_ref().is_some_and(known) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        *response.body_mut() = Body::empty();
        response.headers_mut().remove(CONTENT_TYPE);
        response.headers_mut().remove(CONTENT_LENGTH);
    }
    let headers = response.headers_mut();
    headers.extend(ALWAYS);
    if let Ok(id) = HeaderValue::from_str(id.as_str()) {
        headers.insert(REQUEST_ID, id);
    }
    (response, refusal)
}

fn write_problem(response: &mut Response, refusal: &Refusal, id: &RequestId, visit: &Visit<'_>) {
    let code = refusal.code;
    let problem = Problem {
        urn: code.urn(),
        title: code.title(),
        status: code.status().as_u16(),
        detail: &refusal.detail,
        code: code.word(),
        field: refusal.field.as_deref(),
        rule: refusal.rule,
        line: refusal.place.line,
        column: refusal.place.column,
        request_id: id.as_str(),
    };
    // A struct of texts and one number can always be written.
    let text = serde_json::to_vec(&problem).unwrap_or_default();
    *response.status_mut() = code.status();
    *response.body_mut() = Body::from(text);
    let headers = response.headers_mut();
    headers.remove(CONTENT_LENGTH);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    // RFC 9110 §11.6.1: an answer of status 401 says how to authenticate.
    if code.status() == StatusCode::UNAUTHORIZED {
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge(code, visit)));
    }
    if let Some(after) = refusal.retry_after {
        headers.insert(RETRY_AFTER, HeaderValue::from(after.as_secs().max(1)));
    }
}

/// How to authenticate, after a refusal of this kind.
fn challenge(code: Code, visit: &Visit<'_>) -> &'static str {
    match code {
        // RFC 9470 §3: the token is good, but its owner must prove anew, within so many seconds, who they are.
        Code::ReauthenticationRequired => "Bearer error=\"insufficient_user_authentication\", max_age=300",
        // A browser that is told of Basic asks for a password of its own accord, over the page's sign-in.
        _ if visit.by_page => "Bearer",
        // RFC 7617 §2.1: names and passwords are UTF-8.
        _ => "Bearer, Basic realm=\"reeve\", charset=\"UTF-8\"",
    }
}

fn report(visit: &Visit<'_>, id: &RequestId, status: StatusCode, (took, refusal): (Duration, Option<Refusal>)) {
    if let Some(route) = visit.route {
        route.meters.count(status, took);
    }
    let path = visit.path.as_ref().map_or("(no route)", MatchedPath::as_str);
    let duration_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    let (method, actor) = (visit.method.as_str(), visit.actor);
    let operation = visit.route.map_or("", |route| route.operation);
    let status = status.as_u16();
    let code = refusal.as_ref().map_or("", |refusal| refusal.code.word());
    match refusal.as_ref().and_then(|refusal| refusal.internal.as_deref()) {
        Some(error) => tracing::error!(
            request.id = %id, http.method = method, http.path = path, http.status = status, operation, duration_us, actor,
            error, "a request failed"
        ),
        None if status >= 500 => tracing::warn!(
            request.id = %id, http.method = method, http.path = path, http.status = status, operation, duration_us, actor,
            code, "a request could not be served"
        ),
        None => tracing::debug!(
            request.id = %id, http.method = method, http.path = path, http.status = status, operation, duration_us, actor,
            code, "a request was answered"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(uri: &str) -> bool {
        refuse_controls(&uri.parse().unwrap()).is_err()
    }

    #[test]
    fn control_characters_are_refused_wherever_they_stand() {
        for uri in ["/a%00", "/a?b=%0a", "/%1F", "/%7f", "/%7F", "/a%0D%0Ab"] {
            assert!(refused(uri), "{uri}");
        }
        for uri in ["/a", "/a%20b", "/%2500", "/a%C3%A4?x=%70"] {
            assert!(!refused(uri), "{uri}");
        }
    }
}
