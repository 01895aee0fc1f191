//! One request from its octets to its answer: limits, the target, the signature, the input, the operation.
//!
//! The only place that writes answers; one line in the log for each request, which names nobody and repeats nothing.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use bytes::Bytes;
use futures_util::FutureExt;
use http::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use reeve_base::ids::{AccessKeyId, RequestId};
use reeve_domain::ctx::Request as DomainRequest;
use reeve_domain::{Ctx, Error, auth};
use reeve_net::{Peer, Source};
use serde_json::json;
use tokio::time::timeout;

use crate::call::Call;
use crate::door::{Door, Route};
use crate::faults::{Fault, Kind};
use crate::json;
use crate::operations::Operation;
use crate::output::Output;
use crate::sigv4::{Claim, Expected, Refused};

/// The service, as credentials name it.
const SERVICE: &str = "workmail";

/// The header that names a request in logs and events.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");

/// The header that names an error, for clients that do not look into the body.
const ERROR_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");

/// What this door speaks.
const AMZ_JSON: &str = "application/x-amz-json-1.1";

/// Headers of every answer. An answer of this door is data: nothing may run, frame, sniff or keep it.
const ALWAYS: [(HeaderName, HeaderValue); 5] = [
    (CONTENT_TYPE, HeaderValue::from_static(AMZ_JSON)),
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'")),
    (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
];

/// Stands in for the secret of a key that is not there, so that looking for it costs as much.
const DECOY_SECRET: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

/// What the log says of a request besides its answer.
#[derive(Default)]
struct Visit<'d> {
    route: Option<&'d Route>,
    signed: bool,
}

/// Answers a request.
pub(crate) async fn pass(State(door): State<Arc<Door>>, request: Request) -> Response {
    let began = Instant::now();
    let id = door.deployment.new_request_id();
    let mut visit = Visit::default();
    let served = serve(&door, &mut visit, request, &id);
    let served = timeout(door.options.request_timeout, served).await.unwrap_or_else(|_| {
        let why = "this took too long and was given up; a change may still have been made: look before you try again";
        Err(Fault::new(Kind::ServiceUnavailable, why))
    });
    report(&door, &visit, &id, (began.elapsed(), served.as_ref().err()));
    answer(served, &id)
}

async fn serve<'d>(door: &'d Door, visit: &mut Visit<'d>, request: Request, id: &RequestId) -> Result<Output, Fault> {
    let _place = door.permits.try_acquire().map_err(|_| {
        Fault::new(Kind::ServiceUnavailable, "too many requests are in progress; try again in a moment")
    })?;
    let (mut parts, body) = request.into_parts();
    let address = parts.extensions.get().and_then(Peer::ip);
    if let Some(address) = address {
        let rate = door.throttle.check(&Source::from(address));
        rate.map_err(|_| Fault::new(Kind::Throttling, "Rate exceeded"))?;
    }
    let route = door.route(&parts.headers)?;
    visit.route = Some(route);
    check_head(&mut parts)?;
    let now = door.deployment.now();
    let region = &door.deployment.settings().region;
    let claim = Claim::read(&parts.headers, &Expected { region, service: SERVICE, now })?;
    let body = read_body(&parts.headers, body, door.options.body_bytes_max).await?;
    let source_address = address.map(|address| address.to_string());
    let request = DomainRequest { id: id.clone(), source_address, expected_version: None, client_token: None };
    let ctx = authenticate(door, &claim, &body, request).await?;
    visit.signed = true;
    let members = json::read(&body).map_err(|json::Unreadable(why)| Fault::new(Kind::Serialization, why))?;
    run(route.operation, Call::new(ctx, route.operation.name, members)).await
}

/// Refuses what is not said in the way that this door takes it.
fn check_head(parts: &mut Parts) -> Result<(), Fault> {
    if parts.uri.query().is_some() {
        let why = "a request has no query here; signatures stand in the Authorization header, not in the URL";
        return Err(Fault::new(Kind::IncompleteSignature, why));
    }
    let is_ours = |value: &HeaderValue| {
        let kind = value.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim();
        // Some clients say plainly what it is.
        [AMZ_JSON, "application/json"].iter().any(|ours| ours.eq_ignore_ascii_case(kind))
    };
    if !parts.headers.get(CONTENT_TYPE).is_some_and(is_ours) {
        let why = "the body must be sent as Content-Type: application/x-amz-json-1.1";
        return Err(Fault::new(Kind::UnsupportedMediaType, why));
    }
    if parts.headers.get_all(CONTENT_ENCODING).iter().any(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity"))
    {
        let why = "the body must not be compressed, nor signed in chunks; send it without Content-Encoding";
        return Err(Fault::new(Kind::UnsupportedMediaType, why));
    }
    // RFC 9113 §8.3.1: in HTTP/2 the authority takes the place of the header that was signed.
    if let (false, Some(authority)) = (parts.headers.contains_key(HOST), parts.uri.authority())
        && let Ok(host) = HeaderValue::from_str(authority.as_str())
    {
        parts.headers.insert(HOST, host);
    }
    Ok(())
}

async fn read_body(headers: &HeaderMap, body: Body, bytes_max: usize) -> Result<Bytes, Fault> {
    let too_large = || {
        let why = format!("the body may have at most {bytes_max} bytes");
        Fault::new(Kind::RequestEntityTooLarge, why)
    };
    let announced = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|bytes| usize::try_from(bytes).is_ok_and(|bytes| bytes > bytes_max)) {
        return Err(too_large());
    }
    let read = Limited::new(body, bytes_max).collect().await.map_err(|why| {
        if why.downcast_ref::<LengthLimitError>().is_some() {
            too_large()
        } else {
            Fault::new(Kind::Serialization, "the body broke off before its end; send it again")
        }
    });
    Ok(read?.to_bytes())
}

/// Finds the key, checks the signature, and lets the domain say whose it is.
///
/// Wrong signatures are not counted: a secret is 240 random bits, which nobody guesses, and a key that was locked after
/// some mistakes would let anybody who knows its id stop the programs that use it.
async fn authenticate(door: &Door, claim: &Claim, body: &[u8], request: DomainRequest) -> Result<Ctx, Fault> {
    use reeve_base::secret::ExposeSecret;

    let deployment = &door.deployment;
    let key = match claim.access_key_id().parse::<AccessKeyId>() {
        Ok(id) => auth::signing_key(deployment, &id, request).await,
        Err(_) => Err(Error::Unauthenticated),
    };
    let key = match key {
        Ok(key) => key,
        Err(Error::Unauthenticated) => {
            // The answer is known; only the time that it takes is wanted.
            let _ = claim.verify(DECOY_SECRET, body);
            return Err(Refused::UnknownKey.into());
        }
        Err(error) => return Err(error.into()),
    };
    claim.verify(key.secret().expose_secret(), body)?;
    Ok(key.accepted(deployment).await?)
}

/// A panic is a fault of ours in this request, and of no other.
async fn run(operation: &Operation, call: Call) -> Result<Output, Fault> {
    let denied = call.clone();
    let done = AssertUnwindSafe(operation.run(call)).catch_unwind().await;
    let mut fault = match done {
        Ok(Ok(output)) => return Ok(output),
        Ok(Err(fault)) => fault,
        Err(panic) => {
            let said = panic.downcast_ref::<String>().map(String::as_str);
            let said = said.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("nothing was said");
            Fault::internal(format!("an operation panicked: {said}"))
        }
    };
    if fault.kind == Kind::AccessDenied {
        fault.message = denied.denial(&fault.message).into();
    }
    Err(fault)
}

fn answer(served: Result<Output, Fault>, id: &RequestId) -> Response {
    let mut response = match served {
        Ok(output) => Response::new(Body::from(output.into_bytes())),
        Err(fault) => refusal(&fault),
    };
    let headers = response.headers_mut();
    headers.extend(ALWAYS);
    if let Ok(id) = HeaderValue::from_str(id.as_str()) {
        headers.insert(REQUEST_ID, id);
    }
    response
}

fn refusal(fault: &Fault) -> Response {
    // Clients read `__type`, and `Message` with a capital letter.
    let body = json!({ "__type": fault.kind.word(), "Message": fault.message });
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = fault.kind.status();
    response.headers_mut().insert(ERROR_TYPE, HeaderValue::from_static(fault.kind.word()));
    response
}

fn report(door: &Door, visit: &Visit<'_>, id: &RequestId, (took, fault): (Duration, Option<&Fault>)) {
    let kind = fault.map(|fault| fault.kind);
    visit.route.map_or(&door.unknown, |route| &route.meters).count(kind, took);
    let operation = visit.route.map_or("", |route| route.operation.name);
    let status = kind.map_or(StatusCode::OK, Kind::status).as_u16();
    let (code, signed) = (kind.map_or("", Kind::word), visit.signed);
    let duration_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    match fault.and_then(|fault| fault.internal.as_deref()) {
        Some(error) => tracing::error!(
            request.id = %id, http.status = status, operation, duration_us, signed, error, "a request failed"
        ),
        None if status >= 500 => tracing::warn!(
            request.id = %id, http.status = status, operation, duration_us, signed, code, "a request could not be served"
        ),
        None => tracing::debug!(
            request.id = %id, http.status = status, operation, duration_us, signed, code, "a request was answered"
        ),
    }
}
