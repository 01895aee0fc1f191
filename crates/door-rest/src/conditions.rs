//! Conditional requests (RFC 9110 §13) and keys under which retries find what the first try made.

use aws_lc_rs::digest;
use http::header::{IF_MATCH, IF_NONE_MATCH};
use http::request::Parts;
use http::{HeaderMap, HeaderValue};
use reeve_base::limits::CLIENT_TOKEN_BYTES_MAX;
use reeve_domain::ctx::ClientToken;
use serde_json::Value;

use crate::refusals::Refusal;

/// The header that carries a client token.
pub(crate) const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// What a body's fingerprint leaves out: the token itself, and secrets. Fingerprints are kept for days under a fast
/// hash, and a password that could be guessed from one would not have been worth its slow hash.
const LEFT_OUT: [&str; 4] = ["client_token", "password", "password_hash", "secret"];

/// The entity tag of a version: strong, since a version names one content.
pub(crate) fn etag(version: i64) -> Result<HeaderValue, Refusal> {
    HeaderValue::try_from(format!("\"{version}\""))
        .map_err(|why| Refusal::internal(format!("a version is no header value: {why}")))
}

/// The version that the caller means to change; `None` when any will do.
///
/// RFC 9110 §13.1.1 but: one tag only, since a resource has one version; a list is refused, not searched.
pub(crate) fn expected_version(headers: &HeaderMap) -> Result<Option<i64>, Refusal> {
    let mut values = headers.get_all(IF_MATCH).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let wrong = || {
        let why = "must be one entity tag as the ETag of an answer gave it, such as \"3\", or *";
        Refusal::invalid("If-Match", why)
    };
    if values.next().is_some() {
        return Err(wrong());
    }
    let text = value.to_str().map_err(|_| wrong())?.trim();
    if text == "*" {
        return Ok(None);
    }
    let digits = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).ok_or_else(wrong)?;
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| plain).map(Some).ok_or_else(wrong)
}

/// Whether the caller has this version already.
///
/// RFC 9110 §13.1.2: weak comparison, lists and `*`; what cannot be read matches nothing.
pub(crate) fn none_match(headers: &HeaderMap, etag: &HeaderValue) -> bool {
    headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok()).any(|list| {
        list.split(',').map(str::trim).any(|tag| {
            let tag = tag.strip_prefix("W/").unwrap_or(tag);
            tag == "*" || tag.as_bytes() == etag.as_bytes()
        })
    })
}

/// The client token of a request, from its header or from a member of its body, with a fingerprint of what the
/// request asks for.
pub(crate) fn client_token(parts: &Parts, body: &[u8], in_body: Option<&str>) -> Result<Option<ClientToken>, Refusal> {
    let mut values = parts.headers.get_all(IDEMPOTENCY_KEY).iter();
    let wrong = |field: &'static str| {
        let why = format!("must be 1 to {CLIENT_TOKEN_BYTES_MAX} printable ASCII characters");
        Refusal::invalid(field, why)
    };
    let in_header = match values.next().map(|value| value.to_str()) {
        None => None,
        Some(Ok(text)) if is_token(text) && values.next().is_none() => Some(text),
        Some(_) => return Err(wrong("Idempotency-Key")),
    };
    if in_body.is_some_and(|text| !is_token(text)) {
        return Err(wrong("client_token"));
    }
    let token = match (in_header, in_body) {
        (None, None) => return Ok(None),
        (Some(one), Some(other)) if one != other => {
            let why = "differs from the Idempotency-Key header; send one of them";
            return Err(Refusal::invalid("client_token", why));
        }
        (Some(token), _) | (None, Some(token)) => token,
    };
    Ok(Some(ClientToken { token: token.to_owned(), fingerprint: fingerprint(parts, body) }))
}

fn is_token(text: &str) -> bool {
    (1..=CLIENT_TOKEN_BYTES_MAX).contains(&text.len()) && text.bytes().all(|b| (b' '..=b'~').contains(&b))
}

/// A digest of method, path and body, the same for the same request however its JSON is spaced or ordered.
fn fingerprint(parts: &Parts, body: &[u8]) -> String {
    let mut hash = digest::Context::new(&digest::SHA256);
    for part in [parts.method.as_str(), "\n", parts.uri.path(), "\n"] {
        hash.update(part.as_bytes());
    }
    match serde_json::from_slice::<Value>(body) {
        Ok(mut value) => {
            leave_out(&mut value);
            // Whether objects keep the order in which they were sent is a feature that any dependency may turn on.
            value.sort_all_objects();
            hash.update(value.to_string().as_bytes());
        }
        Err(_) => hash.update(body),
    }
    hash.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn leave_out(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for name in LEFT_OUT {
                members.remove(name);
            }
            members.values_mut().for_each(leave_out);
        }
        Value::Array(items) => items.iter_mut().for_each(leave_out),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn version(value: &str) -> Result<Option<i64>, ()> {
        let mut headers = HeaderMap::new();
        headers.insert(IF_MATCH, value.parse().unwrap());
        expected_version(&headers).map_err(drop)
    }

    #[test]
    fn only_one_strong_tag_of_ours_is_a_condition() {
        assert_eq!(version("\"3\""), Ok(Some(3)));
        assert_eq!(version("*"), Ok(None));
        for wrong in ["3", "W/\"3\"", "\"\"", "\"x\"", "\"3\", \"4\"", "\"-1\"", "\"+1\"", "\"99999999999999999999\""] {
            assert_eq!(version(wrong), Err(()), "{wrong}");
        }
    }

    #[test]
    fn a_caller_who_has_the_version_is_told_so() {
        let has = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(IF_NONE_MATCH, value.parse().unwrap());
            none_match(&headers, &HeaderValue::from_static("\"3\""))
        };
        for same in ["\"3\"", "W/\"3\"", "\"1\", \"3\"", "*"] {
            assert!(has(same), "{same}");
        }
        for other in ["\"4\"", "3", ""] {
            assert!(!has(other), "{other}");
        }
    }

    fn token(key: &str, path: &str, body: &str) -> Result<String, ()> {
        let request = Request::post(path).header(IDEMPOTENCY_KEY, key).body(()).unwrap();
        let (parts, ()) = request.into_parts();
        client_token(&parts, body.as_bytes(), None).map(|token| token.unwrap().fingerprint).map_err(drop)
    }

    #[test]
    fn a_fingerprint_tells_requests_apart_but_not_their_spelling() {
        let one = token("k", "/a", r#"{"a":1,"b":2}"#);
        assert_eq!(one, token("k", "/a", r#"{ "b": 2, "a": 1 }"#));
        assert_ne!(one, token("k", "/b", r#"{"a":1,"b":2}"#));
        assert_ne!(one, token("k", "/a", r#"{"a":1,"b":3}"#));
    }

    #[test]
    fn a_fingerprint_holds_no_password() {
        let with = |password: &str| token("k", "/a", &format!(r#"{{"a":{{"password":"{password}"}}}}"#));
        assert_eq!(with("one"), with("two"));
    }

    #[test]
    fn keys_are_short_and_printable() {
        assert!(token(&"k".repeat(128), "/", "").is_ok());
        for wrong in [String::new(), "k".repeat(129), "a\tb".to_owned(), "ä".to_owned()] {
            assert!(token(&wrong, "/", "").is_err(), "{wrong}");
        }
    }
}
