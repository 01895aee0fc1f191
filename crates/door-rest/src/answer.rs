//! The forms of an answer: JSON with what goes into its headers.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, ETAG, LOCATION};
use http::{HeaderName, HeaderValue, StatusCode};
use serde::Serialize;

use crate::conditions::etag;
use crate::refusals::Refusal;

/// Says that the answer is that of an earlier request with the same key.
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// Octets that most answers fit into, so that writing one takes one allocation.
const USUAL_BYTES: usize = 1_024;

/// An answer, or why there is none.
pub(crate) type Answer = Result<Response, Refusal>;

/// An answer of status 200.
pub(crate) fn ok(value: &impl Serialize) -> Answer {
    json(StatusCode::OK, value)
}

/// An answer in JSON.
pub(crate) fn json(status: StatusCode, value: &impl Serialize) -> Answer {
    let mut text = Vec::with_capacity(USUAL_BYTES);
    serde_json::to_writer(&mut text, value)
        .map_err(|why| Refusal::internal(format!("could not write an answer: {why}")))?;
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}

/// An answer without content.
pub(crate) fn no_content() -> Answer {
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Adds the entity tag of a version.
pub(crate) fn tagged(mut response: Response, version: i64) -> Answer {
    response.headers_mut().insert(ETAG, etag(version)?);
    Ok(response)
}

/// Says where the thing that was made is found.
pub(crate) fn located(mut response: Response, path: &str) -> Answer {
    let place = HeaderValue::try_from(path)
        .map_err(|why| Refusal::internal(format!("a location is no header value: {why}")))?;
    response.headers_mut().insert(LOCATION, place);
    Ok(response)
}

/// Says that an earlier request with the same key made it.
pub(crate) fn replayed(mut response: Response, replayed: bool) -> Response {
    if replayed {
        response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    }
    response
}
