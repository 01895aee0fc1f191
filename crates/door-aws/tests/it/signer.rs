//! Signs requests as the SDKs do, with the implementation of AWS.

use std::time::{Duration, UNIX_EPOCH};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SignatureLocation, SigningSettings, sign};
use aws_sigv4::sign::v4;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use reeve_base::clock::Timestamp;

/// Names and values.
type Pairs = Vec<(String, String)>;

/// A key with its secret, and what it signs for.
#[derive(Debug, Clone)]
pub(crate) struct Signer {
    pub(crate) id: String,
    pub(crate) secret: String,
    pub(crate) session_token: Option<String>,
    pub(crate) region: &'static str,
    pub(crate) service: &'static str,
}

impl Signer {
    pub(crate) fn new(id: &str, secret: &str) -> Self {
        let (id, secret) = (id.to_owned(), secret.to_owned());
        Self { id, secret, session_token: None, region: "us-east-1", service: "workmail" }
    }

    /// Adds the headers of a signature made at `at`.
    pub(crate) fn sign(&self, headers: &mut HeaderMap, body: &[u8], at: Timestamp) {
        for (name, value) in self.signed(headers, body, (at, SigningSettings::default())).0 {
            headers.append(name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(&value).unwrap());
        }
    }

    /// The query of a presigned URL.
    pub(crate) fn presign(&self, headers: &HeaderMap, body: &[u8], at: Timestamp) -> String {
        let mut settings = SigningSettings::default();
        settings.signature_location = SignatureLocation::QueryParams;
        settings.expires_in = Some(Duration::from_secs(300));
        let pairs = self.signed(headers, body, (at, settings)).1;
        pairs.iter().map(|(name, value)| format!("{name}={}", value.replace('/', "%2F"))).collect::<Vec<_>>().join("&")
    }

    fn signed(&self, headers: &HeaderMap, body: &[u8], (at, settings): (Timestamp, SigningSettings)) -> (Pairs, Pairs) {
        let identity = Credentials::from_keys(&self.id, &self.secret, self.session_token.clone()).into();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(self.region)
            .name(self.service)
            .time(UNIX_EPOCH + Duration::from_millis(at.millis().try_into().unwrap()))
            .settings(settings)
            .build()
            .unwrap()
            .into();
        let host = headers.get("host").map_or("reeve.example", |host| host.to_str().unwrap());
        let pairs = headers.iter().filter(|(name, _)| *name != "host");
        let pairs: Vec<_> = pairs.map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect();
        let url = format!("https://{host}/");
        let request = SignableRequest::new("POST", url, pairs.into_iter(), SignableBody::Bytes(body)).unwrap();
        let (instructions, _) = sign(request, &parameters).unwrap().into_parts();
        let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        (
            instructions.headers().map(owned).collect(),
            instructions.params().iter().map(|(name, value)| owned((name, value))).collect(),
        )
    }
}
