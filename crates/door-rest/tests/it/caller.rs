//! A request that is about to be sent, and the answer to one.

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reeve_net::Peer;
use serde_json::Value;

/// A request in the making.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) peer: Peer,
}

impl Call {
    pub(crate) fn new(method: Method, path: &str) -> Self {
        let path = if path.starts_with("/api") { path.to_owned() } else { format!("/api/v1{path}") };
        let peer = Peer::Tcp("192.0.2.7:4711".parse().unwrap());
        Self { method, path, headers: HeaderMap::new(), body: Bytes::new(), peer }
    }

    pub(crate) fn get(path: &str) -> Self {
        Self::new(Method::GET, path)
    }

    pub(crate) fn post(path: &str, body: &Value) -> Self {
        Self::new(Method::POST, path).json(body)
    }

    pub(crate) fn put(path: &str, body: &Value) -> Self {
        Self::new(Method::PUT, path).json(body)
    }

    pub(crate) fn patch(path: &str, body: &Value) -> Self {
        Self::new(Method::PATCH, path).json(body)
    }

    pub(crate) fn delete(path: &str) -> Self {
        Self::new(Method::DELETE, path)
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.text("application/json", body.to_string())
    }

    pub(crate) fn text(mut self, kind: &str, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self.header("content-type", kind)
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        let name: HeaderName = name.parse().unwrap();
        self.headers.append(name, HeaderValue::from_str(value).unwrap());
        self
    }

    pub(crate) fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// With a name and a password, or a key and its secret.
    pub(crate) fn basic(self, name: &str, secret: &str) -> Self {
        self.header("authorization", &format!("Basic {}", STANDARD.encode(format!("{name}:{secret}"))))
    }

    pub(crate) fn cookie(self, token: &str) -> Self {
        self.header("cookie", &format!("__Host-reeve_session={token}"))
    }

    /// From the local socket, opened by this user.
    pub(crate) fn local(mut self, uid: u32) -> Self {
        self.peer = Peer::Local { uid };
        self
    }

    /// From this address.
    pub(crate) fn from(mut self, address: &str) -> Self {
        self.peer = Peer::Tcp(format!("{address}:4711").parse().unwrap());
        self
    }

    pub(crate) fn request(self) -> Request<Body> {
        let mut request = Request::new(Body::from(self.body));
        *request.method_mut() = self.method;
        *request.uri_mut() = self.path.parse().unwrap();
        *request.headers_mut() = self.headers;
        request.headers_mut().entry("host").or_insert(HeaderValue::from_static("reeve.example"));
        request.extensions_mut().insert(self.peer);
        request
    }
}

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|why| panic!("{why}: {} {}", self.status, self.text()))
    }

    /// The lines of an answer in JSON lines.
    pub(crate) fn lines(&self) -> Vec<Value> {
        self.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The JSON of an answer that must have this status.
    #[track_caller]
    pub(crate) fn is(&self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        if self.body.is_empty() { Value::Null } else { self.json() }
    }

    /// The lines of an answer in JSON lines that must have this status.
    #[track_caller]
    pub(crate) fn is_lines(&self, status: u16) -> Vec<Value> {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        self.lines()
    }

    /// The problem of an answer that must be this refusal.
    #[track_caller]
    pub(crate) fn refused(&self, status: u16, code: &str) -> Value {
        let problem = self.is(status);
        assert_eq!(problem["code"], code, "{problem}");
        problem
    }

    /// The same, for a refusal that must name this field.
    #[track_caller]
    pub(crate) fn invalid(&self, field: &str) -> Value {
        let problem = self.refused(400, "invalid");
        assert_eq!(problem["field"], field, "{problem}");
        problem
    }
}
