//! What handlers take from a request: who asks, the path, the query, the body. Every refusal is a problem that
//! names the field and never repeats its value, which may be a secret.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderMap, HeaderValue};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use reeve_domain::Ctx;
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use crate::conditions::client_token;
use crate::door::Door;
use crate::gate::Hold;
use crate::problem::Code;
use crate::refusals::Refusal;

/// The context of the request, made by the gate.
pub(crate) struct Caller(pub(crate) Ctx);

impl FromRequestParts<Arc<Door>> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Door>) -> Result<Self, Refusal> {
        let ctx = parts.extensions.remove();
        ctx.map(Self).ok_or_else(|| Refusal::internal("a request passed the gate without a context"))
    }
}

impl FromRequestParts<Arc<Door>> for Hold {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Door>) -> Result<Self, Refusal> {
        let hold = parts.extensions.remove();
        hold.ok_or_else(|| Refusal::internal("a long request passed the gate without its place"))
    }
}

/// The parts of the path.
pub(crate) struct InPath<T>(pub(crate) T);

impl<T: DeserializeOwned + Send> FromRequestParts<Arc<Door>> for InPath<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, door: &Arc<Door>) -> Result<Self, Refusal> {
        let path = Path::from_request_parts(parts, door).await;
        path.map(|Path(path)| Self(path)).map_err(|_| Refusal::invalid("path", "must be percent-encoded UTF-8"))
    }
}

/// The parameters of the query.
pub(crate) struct InQuery<T>(pub(crate) T);

impl<T: DeserializeOwned + Send> FromRequestParts<Arc<Door>> for InQuery<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Door>) -> Result<Self, Refusal> {
        let query = Query::try_from_uri(&parts.uri);
        query.map(|Query(query)| Self(query)).map_err(|rejection| {
            let text = rejection.body_text();
            let said = text.strip_prefix("Failed to deserialize query string: ").unwrap_or(&text);
            let (field, why) = said.split_once(": ").unwrap_or(("query", said));
            refused_value(field, why)
        })
    }
}

/// The JSON body.
pub(crate) struct InBody<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<Arc<Door>> for InBody<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, door: &Arc<Door>) -> Result<Self, Refusal> {
        let (parts, body) = request.into_parts();
        read_json(&parts, body, door.options.json_bytes_max).await.map(|(value, _)| Self(value))
    }
}

/// The JSON body of a request that may carry a client token, with the context that knows it.
pub(crate) struct Keyed<T>(pub(crate) Ctx, pub(crate) T);

/// A body that may name a client token itself.
pub(crate) trait ClientTokenInBody {
    /// The token, if it does.
    fn client_token(&self) -> Option<&str> {
        None
    }
}

impl<T: DeserializeOwned + ClientTokenInBody> FromRequest<Arc<Door>> for Keyed<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, door: &Arc<Door>) -> Result<Self, Refusal> {
        let (mut parts, body) = request.into_parts();
        let Caller(ctx) = Caller::from_request_parts(&mut parts, door).await?;
        let (value, bytes) = read_json::<T>(&parts, body, door.options.json_bytes_max).await?;
        let ctx = match client_token(&parts, &bytes, value.client_token())? {
            Some(token) => ctx.with_client_token(token),
            None => ctx,
        };
        Ok(Self(ctx, value))
    }
}

async fn read_json<T: DeserializeOwned>(parts: &Parts, body: Body, bytes_max: usize) -> Result<(T, Bytes), Refusal> {
    need_media_type(&parts.headers, &["application/json"])?;
    refuse_announced(&parts.headers, bytes_max)?;
    let bytes = Limited::new(body, bytes_max)
        .collect()
        .await
        .map_err(|why| {
            if why.downcast_ref::<LengthLimitError>().is_some() {
                too_large(bytes_max)
            } else {
                Refusal::invalid("body", "broke off before its end; send it again")
            }
        })?
        .to_bytes();
    Ok((parse_json(&bytes)?, bytes))
}

fn parse_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Refusal> {
    // Serde would also take the members of a struct as a list, in an order that nobody promised.
    if bytes.trim_ascii_start().first() == Some(&b'[') {
        return Err(Refusal::invalid("body", "must be a JSON object"));
    }
    serde_json::from_slice(bytes).map_err(|why| refused_json::<T>(bytes, &why))
}

/// Refuses a body whose announced length is over the limit, before any of it is read.
pub(crate) fn refuse_announced(headers: &HeaderMap, bytes_max: usize) -> Result<(), Refusal> {
    let announced = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    let fits = announced.is_none_or(|bytes| usize::try_from(bytes).is_ok_and(|n| n <= bytes_max));
    if fits { Ok(()) } else { Err(too_large(bytes_max)) }
}

/// The refusal of a body that is over the limit.
pub(crate) fn too_large(bytes_max: usize) -> Refusal {
    let why = format!("the body may have at most {bytes_max} bytes; send less at once");
    Refusal::new(Code::PayloadTooLarge, why)
}

/// Refuses a body of another media type, in another charset than UTF-8, or compressed.
pub(crate) fn need_media_type(headers: &HeaderMap, types: &[&str]) -> Result<(), Refusal> {
    let is_ours = |value: &HeaderValue| {
        let Ok(text) = value.to_str() else { return false };
        let mut parts = text.split(';').map(str::trim);
        let known = parts.next().is_some_and(|sent| types.iter().any(|t| t.eq_ignore_ascii_case(sent)));
        known && parts.all(|parameter| !is_other_charset(parameter))
    };
    // RFC 9110 §8.4: a coding that the server does not take is answered 415, too.
    if headers.get(CONTENT_TYPE).is_some_and(is_ours) && !headers.contains_key(CONTENT_ENCODING) {
        return Ok(());
    }
    let why = format!("the body must be sent as Content-Type: {} in UTF-8, not compressed", types.join(" or "));
    Err(Refusal::new(Code::UnsupportedMediaType, why))
}

fn is_other_charset(parameter: &str) -> bool {
    parameter.split_once('=').is_some_and(|(name, value)| {
        name.trim().eq_ignore_ascii_case("charset") && !value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
    })
}

/// Says what is wrong with a body. Only now is it read again with a memory of where in it the reader was.
fn refused_json<T: DeserializeOwned>(bytes: &[u8], why: &serde_json::Error) -> Refusal {
    let place = format!("line {} column {}", why.line(), why.column());
    // Serde calls it no JSON as well when a word is wanted and something else than a text is there.
    let is_json = || serde_json::from_slice::<serde_json::Value>(bytes).is_ok();
    if why.classify() != Category::Data && !is_json() {
        let text = why.to_string();
        let said = text.split(" at line ").next().unwrap_or_default();
        return Refusal::invalid("body", format!("is not JSON at {place}: {said}"));
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let path = serde_path_to_error::deserialize::<_, T>(&mut reader)
        .map_or_else(|why| why.path().to_string(), |_| String::new());
    let text = why.to_string();
    let said = text.rsplit_once(" at line ").map_or(text.as_str(), |(said, _)| said);
    let mut refusal = refused_value(if path == "." { "body" } else { &path }, said);
    refusal.detail = format!("{} ({place})", refusal.detail).into();
    refusal
}

/// Puts what serde says into a sentence about a field, without the value that it found.
fn refused_value(path: &str, said: &str) -> Refusal {
    let named = said.split('`').nth(1).unwrap_or_default();
    let inside = |name: &str| match path.rsplit_once('.') {
        Some((outer, last)) if last == name => format!("{outer}.{name}"),
        _ if path == name || ["", "?", "body", "query"].contains(&path) => name.to_owned(),
        _ => format!("{path}.{name}"),
    };
    if said.starts_with("unknown field") {
        return Refusal::invalid(inside(named), "is not known here; check its spelling, or leave it out");
    }
    if said.starts_with("missing field") {
        return Refusal::invalid(inside(named), "must be given");
    }
    if said.starts_with("duplicate field") {
        return Refusal::invalid(inside(named), "is given twice; give it once");
    }
    let field = if path.is_empty() { "body" } else { path }.to_owned();
    match said.rsplit_once("expected ") {
        Some((_, expected)) => Refusal::invalid(field, format!("must be {}", in_words(expected))),
        None if said.contains("digit") || said.contains("integer") || said.contains("number") => {
            Refusal::invalid(field, "must be a whole number in its bounds")
        }
        None if said.contains("`true` or `false`") => Refusal::invalid(field, "must be true or false"),
        None => Refusal::invalid(field, "has a value that cannot be read"),
    }
}

/// What serde calls a kind of value, in the words of JSON.
fn in_words(expected: &str) -> &str {
    match expected {
        "a sequence" => "a list",
        "value" => "a string, one of the words that it can hold",
        _ if expected.starts_with("struct ") => "a JSON object",
        _ if expected.len() <= 5 && expected.starts_with(['u', 'i']) => "a whole number in its bounds",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read from JSON")]
    struct Outer {
        name: String,
        inner: Option<Vec<Inner>>,
        flag: Option<bool>,
        words: Option<Vec<Word>>,
    }

    #[derive(Deserialize)]
    enum Word {
        One,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read from JSON")]
    struct Inner {
        count: u32,
    }

    fn check(body: &str, field: &str, says: &str) {
        let refusal = parse_json::<Outer>(body.as_bytes()).err().unwrap();
        assert_eq!(refusal.field.as_deref(), Some(field), "{}", refusal.detail);
        assert!(refusal.detail.contains(says), "{}", refusal.detail);
        assert!(!refusal.detail.contains("hunter2"), "{}", refusal.detail);
    }

    #[test]
    fn a_wrong_body_is_refused_by_field_place_and_remedy() {
        check(r#"{"name":"a","x":1}"#, "x", "is not known here");
        check(r#"{}"#, "name", "must be given (line 1 column 2)");
        check(r#"{"name":"a","name":"b"}"#, "name", "is given twice");
        check(r#"{"name":5}"#, "name", "must be a string");
        check(r#"{"name":"a","flag":"hunter2"}"#, "flag", "must be a boolean");
        check(r#"{"name":"a","inner":[{"count":1},{"count":-1}]}"#, "inner[1].count", "must be a whole number");
        check(r#"{"name":"a","inner":[{"count":1,"y":2}]}"#, "inner[0].y", "is not known here");
        check(r#"{"name":"a","inner":[{}]}"#, "inner[0].count", "must be given");
        check("{\"name\":\n\"a\"", "body", "is not JSON at line 2 column 3");
        check("", "body", "is not JSON");
        check("hunter2", "body", "is not JSON");
        check(r#"["a",null,null]"#, "body", "must be a JSON object");
        check(r#""hunter2""#, "body", "must be a JSON object");
        check(r#"{"name":"a","inner":"hunter2"}"#, "inner", "must be a list");
        check(r#"{"name":"a","words":["One","hunter2"]}"#, "words[1]", "must be `One`");
        for no_word in ["null", "5", "true", "[]"] {
            check(&format!(r#"{{"name":"a","words":[{no_word}]}}"#), "words[0]", "must be a string, one of the words");
        }
        check(r#"{"name":"a","words":[nul]}"#, "body", "is not JSON");
    }

    #[test]
    fn deep_nesting_ends_in_a_refusal() {
        let deep = format!("{{\"name\":{}", "[".repeat(100_000));
        check(&deep, "name", "must be a string");
    }

    #[test]
    fn media_types_are_told_apart() {
        let accepts = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, value.parse().unwrap());
            need_media_type(&headers, &["application/json"]).is_ok()
        };
        assert!(accepts("application/json"));
        assert!(accepts("Application/JSON; charset=\"UTF-8\""));
        for wrong in ["text/plain", "application/jsonx", "application/json; charset=latin1", ""] {
            assert!(!accepts(wrong), "{wrong}");
        }
        assert!(need_media_type(&HeaderMap::new(), &["application/json"]).is_err());
    }
}
