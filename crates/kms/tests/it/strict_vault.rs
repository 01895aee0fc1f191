//! A stand-in for the transit engine of Vault that is strict about paths, tokens and associated data, and answers in the
//! words that Vault uses.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reeve_base::Secret;
use reeve_base::key_services::CustomerKey;
use serde_json::{Value, json};

const TOKEN: &str = "hvs.CAESIexample";

/// How the engine is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    Well,
    Sealed,
    Throttling,
    Silent,
    Redirecting,
    Endless,
    TooOld,
    NoData,
}

pub(crate) struct StrictVault {
    pub(crate) address: SocketAddr,
    shared: Arc<Mutex<Shared>>,
}

struct Shared {
    mood: Mood,
    keys: Vec<String>,
    wrapped: HashMap<String, (String, String, String)>,
}

impl StrictVault {
    pub(crate) async fn start() -> Self {
        let shared = Shared { mood: Mood::Well, keys: vec!["mail".to_owned()], wrapped: HashMap::new() };
        let shared = Arc::new(Mutex::new(shared));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router =
            Router::new().route("/v1/team/transit/{verb}/{name}", post(answer)).with_state(Arc::clone(&shared));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, shared }
    }

    pub(crate) fn is(&self, mood: Mood) {
        self.shared.lock().unwrap().mood = mood;
    }

    pub(crate) fn delete_keys(&self) {
        self.shared.lock().unwrap().keys.clear();
    }

    pub(crate) fn key(&self) -> CustomerKey {
        self.key_of(("team/transit", "mail"), TOKEN)
    }

    pub(crate) fn key_of(&self, (mount, name): (&str, &str), token: &str) -> CustomerKey {
        CustomerKey::VaultTransit {
            address: format!("http://{}", self.address),
            mount: mount.to_owned(),
            name: name.to_owned(),
            token: Secret::from(token),
        }
    }
}

fn refuse(status: u16, why: &str) -> (StatusCode, HeaderMap, String) {
    (StatusCode::from_u16(status).unwrap(), HeaderMap::new(), json!({"errors": [why]}).to_string())
}

type Answer = (StatusCode, HeaderMap, String);

async fn answer(
    State(shared): State<Arc<Mutex<Shared>>>,
    Path((verb, name)): Path<(String, String)>,
    headers: HeaderMap,
    body: String,
) -> Answer {
    let mood = shared.lock().unwrap().mood;
    if mood == Mood::Silent {
        return std::future::pending().await;
    }
    answer_now(&mut shared.lock().unwrap(), (&verb, &name), &headers, &body)
}

fn answer_now(shared: &mut Shared, (verb, name): (&str, &str), headers: &HeaderMap, body: &str) -> Answer {
    match shared.mood {
        Mood::Sealed => return refuse(503, "Vault is sealed"),
        Mood::Throttling => return refuse(429, "request path \"transit\": rate limit quota exceeded"),
        Mood::Endless => return (StatusCode::OK, HeaderMap::new(), "x".repeat(1 << 20)),
        Mood::Redirecting => {
            let elsewhere =
                HeaderMap::from_iter([("location".parse().unwrap(), "http://127.0.0.1:1/".parse().unwrap())]);
            return (StatusCode::TEMPORARY_REDIRECT, elsewhere, String::new());
        }
        Mood::TooOld if verb == "decrypt" => {
            return refuse(400, "ciphertext or signature version is disallowed by policy (too old)");
        }
        Mood::NoData => return (StatusCode::OK, HeaderMap::new(), json!({"data": {}}).to_string()),
        _ => {}
    }
    let token = headers.get("x-vault-token").and_then(|value| value.to_str().ok());
    if token != Some(TOKEN) || headers.get("x-vault-request").is_none() {
        return refuse(403, "permission denied");
    }
    let body: Value = serde_json::from_str(body).unwrap();
    let bound_to = body["associated_data"].as_str().unwrap().to_owned();
    assert!(STANDARD.decode(&bound_to).unwrap().starts_with(b"aws:workmail:arn\0arn:aws:workmail:"));
    if !shared.keys.iter().any(|key| key == name) {
        // The token may not make keys, so nothing is made in the place of what is not there.
        return refuse(if verb == "encrypt" { 403 } else { 400 }, "encryption key not found");
    }
    match verb {
        "encrypt" => {
            let number = format!("wrapped key number {:09}", shared.wrapped.len());
            let wrapped = format!("vault:v1:{}", STANDARD.encode(number));
            let plain = body["plaintext"].as_str().unwrap().to_owned();
            shared.wrapped.insert(wrapped.clone(), (name.to_owned(), bound_to, plain));
            let said = json!({"data": {"ciphertext": wrapped, "key_version": 1}});
            (StatusCode::OK, HeaderMap::new(), said.to_string())
        }
        "decrypt" => match shared.wrapped.get(body["ciphertext"].as_str().unwrap()) {
            Some((of, context, plain)) if of == name && *context == bound_to => {
                (StatusCode::OK, HeaderMap::new(), json!({"data": {"plaintext": plain}}).to_string())
            }
            _ => refuse(400, "cipher: message authentication failed"),
        },
        other => panic!("nobody asks for {other}"),
    }
}
