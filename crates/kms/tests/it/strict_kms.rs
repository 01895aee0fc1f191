//! A stand-in for AWS KMS that is as strict as Amazon's about what other emulators let through: whose access key it is,
//! what a wrapped key is bound to, and what a key may do while it is disabled, deleted or not ours.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reeve_base::Secret;
use reeve_base::key_services::CustomerKey;
use serde_json::{Value, json};

pub(crate) const ACCESS_KEY: &str = "AKIAIOSFODNN7EXAMPLE";
pub(crate) const ARN: &str = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

/// How the one key, or the service, is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    Well,
    Disabled,
    PendingDeletion,
    Gone,
    Denying,
    Throttling,
    Broken,
    Silent,
    Babbling,
    ForSigning,
}

pub(crate) struct StrictKms {
    pub(crate) address: SocketAddr,
    shared: Arc<Mutex<Shared>>,
}

struct Shared {
    mood: Mood,
    /// What was wrapped: under which context, and what it was.
    wrapped: HashMap<String, (Value, String)>,
    asked: usize,
}

impl StrictKms {
    pub(crate) async fn start() -> Self {
        let shared = Arc::new(Mutex::new(Shared { mood: Mood::Well, wrapped: HashMap::new(), asked: 0 }));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().route("/", post(answer)).with_state(Arc::clone(&shared));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, shared }
    }

    pub(crate) fn is(&self, mood: Mood) {
        self.shared.lock().unwrap().mood = mood;
    }

    /// How often it was asked since the last look.
    pub(crate) fn asked(&self) -> usize {
        std::mem::take(&mut self.shared.lock().unwrap().asked)
    }

    pub(crate) fn key(&self) -> CustomerKey {
        self.key_of(ARN, ACCESS_KEY)
    }

    pub(crate) fn key_of(&self, arn: &str, access_key_id: &str) -> CustomerKey {
        CustomerKey::AwsKms {
            arn: arn.to_owned(),
            endpoint: format!("http://{}", self.address),
            access_key_id: access_key_id.to_owned(),
            secret_access_key: Secret::from("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        }
    }
}

fn refuse(status: u16, code: &str) -> (StatusCode, String) {
    let body = json!({"__type": code, "message": "words of the other side that nobody may see"});
    (StatusCode::from_u16(status).unwrap(), body.to_string())
}

async fn answer(State(shared): State<Arc<Mutex<Shared>>>, headers: HeaderMap, body: String) -> (StatusCode, String) {
    let mood = {
        let mut shared = shared.lock().unwrap();
        shared.asked += 1;
        shared.mood
    };
    if mood == Mood::Silent {
        return std::future::pending().await;
    }
    answer_now(&mut shared.lock().unwrap(), &headers, &body)
}

fn answer_now(shared: &mut Shared, headers: &HeaderMap, body: &str) -> (StatusCode, String) {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let signed = text("authorization");
    let ours = format!("AWS4-HMAC-SHA256 Credential={ACCESS_KEY}/");
    if !signed.starts_with(&ours) || !signed.contains("/us-east-1/kms/aws4_request") {
        return refuse(400, "UnrecognizedClientException");
    }
    match shared.mood {
        Mood::Disabled => return refuse(400, "DisabledException"),
        Mood::PendingDeletion => return refuse(400, "KMSInvalidStateException"),
        Mood::Gone => return refuse(400, "NotFoundException"),
        Mood::Denying => return refuse(400, "AccessDeniedException"),
        Mood::Throttling => return refuse(400, "ThrottlingException"),
        Mood::Broken => return refuse(500, "KMSInternalException"),
        Mood::ForSigning => return refuse(400, "InvalidKeyUsageException"),
        Mood::Babbling => return (StatusCode::OK, "<html>".to_owned()),
        Mood::Well | Mood::Silent => {}
    }
    let body: Value = serde_json::from_str(body).unwrap();
    if body["KeyId"] != ARN {
        return refuse(400, "NotFoundException");
    }
    let context = body["EncryptionContext"].clone();
    assert!(context["aws:workmail:arn"].as_str().is_some_and(|arn| arn.starts_with("arn:aws:workmail:")), "{context}");
    match text("x-amz-target") {
        "TrentService.Encrypt" => {
            let wrapped = STANDARD.encode(format!("wrapped key number {:08}", shared.wrapped.len()));
            let plain = body["Plaintext"].as_str().unwrap().to_owned();
            shared.wrapped.insert(wrapped.clone(), (context, plain));
            (StatusCode::OK, json!({"CiphertextBlob": wrapped, "KeyId": ARN}).to_string())
        }
        "TrentService.Decrypt" => match shared.wrapped.get(body["CiphertextBlob"].as_str().unwrap()) {
            Some((bound_to, plain)) if *bound_to == context => {
                (StatusCode::OK, json!({"Plaintext": plain, "KeyId": ARN}).to_string())
            }
            _ => refuse(400, "InvalidCiphertextException"),
        },
        other => panic!("nobody asks for {other}"),
    }
}
