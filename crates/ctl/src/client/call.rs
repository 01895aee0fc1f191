//! One request before it is sent: method, path, query, headers, body.

use reeve_base::Secret;
use reqwest::{Method, Url};
use serde::Serialize;

use crate::failure::Failure;

/// A request to the REST door; its path is given in segments, so that a name can never become a part of the path.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    method: Method,
    segments: Vec<String>,
    query: Vec<(&'static str, String)>,
    headers: Vec<(&'static str, String)>,
    body: Option<String>,
    keyed: bool,
    token: Option<Secret>,
}

impl Call {
    fn new(method: Method, segments: &[&str]) -> Self {
        Self {
            method,
            segments: segments.iter().map(|&segment| segment.to_owned()).collect(),
            query: Vec::new(),
            headers: Vec::new(),
            body: None,
            keyed: false,
            token: None,
        }
    }

    pub(crate) fn get(segments: &[&str]) -> Self {
        Self::new(Method::GET, segments)
    }

    pub(crate) fn post(segments: &[&str]) -> Self {
        Self::new(Method::POST, segments)
    }

    pub(crate) fn put(segments: &[&str]) -> Self {
        Self::new(Method::PUT, segments)
    }

    pub(crate) fn patch(segments: &[&str]) -> Self {
        Self::new(Method::PATCH, segments)
    }

    pub(crate) fn delete(segments: &[&str]) -> Self {
        Self::new(Method::DELETE, segments)
    }

    /// Adds a parameter to the query.
    pub(crate) fn query(mut self, name: &'static str, value: &(impl ToString + ?Sized)) -> Self {
        self.query.push((name, value.to_string()));
        self
    }

    /// Adds a parameter to the query when there is a value for it.
    pub(crate) fn query_maybe(self, name: &'static str, value: Option<impl ToString>) -> Self {
        match value {
            Some(value) => self.query(name, &value),
            None => self,
        }
    }

    /// Gives the request a JSON body.
    pub(crate) fn json(mut self, body: &impl Serialize) -> Result<Self, Failure> {
        let text = serde_json::to_string(body)
            .map_err(|why| Failure::usage(format!("could not write the request: {why}"), "correct the values"))?;
        self.body = Some(text);
        Ok(self)
    }

    /// Lets the request be repeated: the server makes of all with this key one.
    pub(crate) fn keyed(mut self, key: String) -> Self {
        self.headers.push(("idempotency-key", key));
        self.keyed = true;
        self
    }

    /// Lets the request take effect only on the version that the person has seen.
    pub(crate) fn if_version(mut self, version: Option<u64>) -> Self {
        if let Some(version) = version {
            self.headers.push(("if-match", format!("\"{version}\"")));
        }
        self
    }

    /// Sends it with this token instead of the client's.
    pub(crate) fn with_token(mut self, token: Secret) -> Self {
        self.token = Some(token);
        self
    }

    pub(super) fn token(&self) -> Option<&Secret> {
        self.token.as_ref()
    }

    pub(super) fn method(&self) -> &Method {
        &self.method
    }

    pub(super) fn headers(&self) -> &[(&'static str, String)] {
        &self.headers
    }

    pub(super) fn body(&self) -> Option<&str> {
        self.body.as_deref()
    }

    /// Whether sending it twice does no more than sending it once (RFC 9110 §9.2.2, narrower: only what reads).
    pub(super) fn is_repeatable(&self) -> bool {
        self.method == Method::GET || self.keyed
    }

    /// The address of the request below the server's.
    pub(super) fn url(&self, base: &Url) -> Result<Url, Failure> {
        let mut url = base.clone();
        if let Some(unusable) = self.segments.iter().find(|segment| matches!(segment.as_str(), "" | "." | "..")) {
            // RFC 3986 §5.2.4: these would vanish and the request would be about something else.
            return Err(Failure::usage(format!("{unusable:?} is not a name"), "give the id, name or address"));
        }
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(["api", "v1"]).extend(&self.segments);
        }
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        Ok(url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(call: &Call) -> Result<String, u8> {
        let base = Url::parse("http://localhost/").unwrap();
        call.url(&base).map(|url| url.to_string()).map_err(|failure| failure.exit_code())
    }

    #[test]
    fn names_stay_within_their_segment() {
        let call = Call::get(&["organizations", "a/../b?c#d", "users", "ada@example.com"]);
        let expected = "http://localhost/api/v1/organizations/a%2F..%2Fb%3Fc%23d/users/ada@example.com";
        assert_eq!(url(&call), Ok(expected.to_owned()));
        for name in ["", ".", ".."] {
            assert_eq!(url(&Call::get(&["users", name])), Err(2), "{name:?}");
        }
    }

    #[test]
    fn percent_signs_and_query_values_are_encoded() {
        let call = Call::get(&["users", "%2e%2e"]).query("search", "a&b=ä").query_maybe("state", None::<&str>);
        assert_eq!(url(&call), Ok("http://localhost/api/v1/users/%252e%252e?search=a%26b%3D%C3%A4".to_owned()));
    }

    #[test]
    fn a_server_may_live_below_a_path() {
        let base = Url::parse("https://example.com/reeve/").unwrap();
        let url = Call::get(&["users"]).url(&base).unwrap();
        assert_eq!(url.as_str(), "https://example.com/reeve/api/v1/users");
    }

    #[test]
    fn only_what_does_no_harm_twice_is_repeated() {
        assert!(Call::get(&["x"]).is_repeatable());
        assert!(Call::post(&["x"]).keyed("k".to_owned()).is_repeatable());
        for call in [Call::post(&["x"]), Call::put(&["x"]), Call::patch(&["x"]), Call::delete(&["x"])] {
            assert!(!call.is_repeatable());
        }
    }
}
