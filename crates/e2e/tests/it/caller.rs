//! Somebody who asks a server over TCP, with what they show to prove who they are. Connections are kept, as programs do.

use reqwest::header::HeaderMap;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};

use crate::deployment::{ADMIN, Deployment, PASSWORD, text};

/// What somebody shows.
#[derive(Debug, Clone)]
pub(crate) enum Pass {
    Nobody,
    Bearer(String),
    Cookie(String),
    Basic(String, String),
}

/// Somebody who asks.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    http: Client,
    base: String,
    pub(crate) pass: Pass,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    pub(crate) body: Value,
}

impl Caller {
    pub(crate) fn nobody(here: &Deployment) -> Self {
        Self { http: Client::new(), base: here.server.url(), pass: Pass::Nobody }
    }

    /// Nobody, from another address of this machine: all of 127.0.0.0/8 is.
    pub(crate) fn nobody_at(here: &Deployment, address: [u8; 4]) -> Self {
        Self::nobody(here).moved(address)
    }

    /// The same pass, from another address of this machine.
    pub(crate) fn moved(&self, address: [u8; 4]) -> Self {
        let http = Client::builder().local_address(std::net::IpAddr::from(address)).build().unwrap();
        Self { http, ..self.clone() }
    }

    /// The operator, over the local socket.
    pub(crate) fn operator(here: &Deployment) -> Self {
        let http = Client::builder().unix_socket(here.server.data().join("reeve.sock")).build().unwrap();
        Self { http, base: "http://localhost".to_owned(), pass: Pass::Nobody }
    }

    /// The first administrator.
    pub(crate) async fn root(here: &Deployment) -> Self {
        Self::nobody(here).sign_in(ADMIN, PASSWORD).await
    }

    /// The same connection, another pass.
    pub(crate) fn with(&self, pass: Pass) -> Self {
        Self { pass, ..self.clone() }
    }

    pub(crate) fn basic(&self, name: &str, secret: &str) -> Self {
        self.with(Pass::Basic(name.to_owned(), secret.to_owned()))
    }

    /// Signs in, which must succeed.
    pub(crate) async fn sign_in(&self, username: &str, password: &str) -> Self {
        let answer = self.try_sign_in(username, password).await;
        assert_eq!(answer.status, 201, "{username}: {}", answer.text);
        self.with(Pass::Bearer(text(&answer.body, "token").to_owned()))
    }

    pub(crate) async fn try_sign_in(&self, username: &str, password: &str) -> Answer {
        let body = json!({ "username": username, "password": password });
        self.with(Pass::Nobody).post("/sessions", body).await
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}/api/v1{path}", self.base));
        match &self.pass {
            Pass::Nobody => request,
            Pass::Bearer(token) => request.bearer_auth(token),
            Pass::Cookie(token) => request.header("cookie", format!("__Host-reeve_session={token}")),
            Pass::Basic(name, secret) => request.basic_auth(name, Some(secret)),
        }
    }

    /// Asks; a null body is none.
    pub(crate) async fn ask(&self, method: Method, path: &str, body: Value) -> Answer {
        let request = self.request(method, path);
        Answer::of(if body.is_null() { request } else { request.json(&body) }).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, Value::Null).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.ask(Method::POST, path, body).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Answer {
        self.ask(Method::PUT, path, body).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Answer {
        self.ask(Method::PATCH, path, body).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.ask(Method::DELETE, path, Value::Null).await
    }

    /// Adds an administrator with the password that all of these tests use, and signs them in.
    pub(crate) async fn add(&self, username: &str, role: &str, policies: Value) -> Self {
        let body = json!({
            "username": username, "first_name": "Grace", "last_name": "Hopper", "password": PASSWORD, "role": role,
            "policies": policies,
        });
        self.post("/administrators", body).await.done();
        self.sign_in(username, PASSWORD).await
    }

    /// Gives an administrator API access and an API password, which is the answer.
    pub(crate) async fn open_api(&self, username: &str) -> String {
        self.put(&format!("/administrators/{username}/api-access"), json!({ "enabled": true })).await.done();
        let path = format!("/administrators/{username}/api-password");
        text(&self.put(&path, json!({ "generate_password": true })).await.done(), "password").to_owned()
    }

    /// Makes an access key of somebody: its id and its secret.
    pub(crate) async fn make_key(&self, username: &str) -> (String, String) {
        let made = self.post(&format!("/administrators/{username}/access-keys"), json!({ "name": "one" })).await.done();
        (text(&made, "access_key_id").to_owned(), text(&made, "secret_access_key").to_owned())
    }
}

impl Answer {
    pub(crate) async fn of(request: RequestBuilder) -> Self {
        let answer = request.send().await.unwrap();
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let text = answer.text().await.unwrap();
        let body = serde_json::from_str(&text).unwrap_or_default();
        Self { status, headers, text, body }
    }

    /// The body of what was done.
    #[track_caller]
    pub(crate) fn done(self) -> Value {
        assert!((200..300).contains(&self.status), "{}: {}", self.status, self.text);
        self.body
    }

    /// Asserts a refusal with this status and code.
    #[track_caller]
    pub(crate) fn refused(&self, status: u16, code: &str) {
        assert_eq!((self.status, self.body["code"].as_str()), (status, Some(code)), "{}", self.text);
    }
}
