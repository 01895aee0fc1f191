//! The transit engine of HashiCorp Vault or OpenBao, over HTTP: encrypt and decrypt with associated data.
//!
//! Source: the API of the transit secrets engine, `POST /v1/MOUNT/encrypt/NAME` and `…/decrypt/NAME`. No redirection is
//! followed: the token goes to the address that was named.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reeve_base::key_services::{CustomerKey, KeyContext, KeyFailure, WRAPPED_KEY_BYTES};
use reeve_base::limits::{KEY_SERVICE_ANSWER_BYTES_MAX, KEY_SERVICE_TIMEOUT};
use reeve_base::secret::ExposeSecret as _;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode, Url};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::http::{Gate, unreachable};
use crate::{Plain, bound_to, plain};

/// What a wrapped key of Vault begins with; what follows names the version of the key.
const WRAPPED_PREFIX: &str = "vault:v";

/// Asks Vault.
pub(crate) struct Vault {
    gate: Gate,
    http: Client,
}

impl Vault {
    pub(crate) fn new(gate: Gate) -> Result<Self, String> {
        let http = Client::builder()
            .dns_resolver(gate.clone())
            .redirect(Policy::none())
            .timeout(KEY_SERVICE_TIMEOUT)
            // A proxy would look names up itself, where nobody judges what comes out.
            .no_proxy()
            .user_agent("Reeve")
            .build()
            .map_err(|why| format!("the systems that keep keys cannot be asked over HTTPS: {why}"))?;
        Ok(Self { gate, http })
    }

    pub(crate) async fn wrap(
        &self,
        key: &CustomerKey,
        context: &KeyContext,
        plain: &[u8; WRAPPED_KEY_BYTES],
    ) -> Result<Vec<u8>, KeyFailure> {
        let plaintext = Zeroizing::new(STANDARD.encode(plain));
        let question = json!({"plaintext": *plaintext, "associated_data": STANDARD.encode(bound_to(context))});
        let answer = self.ask(key, "encrypt", question).await?;
        let wrapped = answer.pointer("/data/ciphertext").and_then(Value::as_str);
        let wrapped = wrapped.filter(|text| text.starts_with(WRAPPED_PREFIX)).ok_or(KeyFailure::Unintelligible)?;
        Ok(wrapped.as_bytes().to_vec())
    }

    pub(crate) async fn unwrap(
        &self,
        key: &CustomerKey,
        context: &KeyContext,
        wrapped: &[u8],
    ) -> Result<Plain, KeyFailure> {
        let wrapped = std::str::from_utf8(wrapped).ok().filter(|text| text.starts_with(WRAPPED_PREFIX));
        let wrapped = wrapped.ok_or(KeyFailure::Damaged)?;
        let question = json!({"ciphertext": wrapped, "associated_data": STANDARD.encode(bound_to(context))});
        let mut answer = self.ask(key, "decrypt", question).await?;
        let text = answer.pointer_mut("/data/plaintext").map(Value::take);
        let Some(Value::String(text)) = text else { return Err(KeyFailure::Unintelligible) };
        let text = Zeroizing::new(text);
        let octets = Zeroizing::new(STANDARD.decode(text.as_bytes()).map_err(|_| KeyFailure::Unintelligible)?);
        plain(&octets)
    }

    async fn ask(&self, key: &CustomerKey, verb: &str, question: Value) -> Result<Value, KeyFailure> {
        let CustomerKey::VaultTransit { address, mount, name, token } = key else {
            return Err(KeyFailure::Malformed);
        };
        let url: Url = format!("{address}/v1/{mount}/{verb}/{name}").parse().map_err(|_| KeyFailure::Malformed)?;
        self.gate.check(&url)?;
        let mut token = HeaderValue::from_str(token.expose_secret()).map_err(|_| KeyFailure::Malformed)?;
        token.set_sensitive(true);
        let answer = self
            .http
            .post(url)
            .header("X-Vault-Token", token)
            // Vault refuses what a browser could be made to send.
            .header("X-Vault-Request", "true")
            .header(CONTENT_TYPE, "application/json")
            .body(question.to_string())
            .send()
            .await
            .map_err(|error| if error.is_timeout() { KeyFailure::TimedOut } else { unreachable(&error) })?;
        let status = answer.status();
        let said = read(answer).await?;
        if status == StatusCode::OK {
            serde_json::from_slice(&said).map_err(|_| KeyFailure::Unintelligible)
        } else {
            Err(failure(status, &said))
        }
    }
}

/// Reads an answer up to its limit.
async fn read(mut answer: Response) -> Result<Zeroizing<Vec<u8>>, KeyFailure> {
    let mut body = Zeroizing::new(Vec::new());
    loop {
        match answer.chunk().await {
            Ok(None) => return Ok(body),
            Ok(Some(chunk)) if body.len() + chunk.len() <= KEY_SERVICE_ANSWER_BYTES_MAX => {
                body.extend_from_slice(&chunk)
            }
            Ok(Some(_)) => return Err(KeyFailure::Unintelligible),
            Err(error) if error.is_timeout() => return Err(KeyFailure::TimedOut),
            Err(_) => return Err(KeyFailure::Unintelligible),
        }
    }
}

/// What a refusal means. Vault answers many things with 400, and tells them apart in words alone.
fn failure(status: StatusCode, said: &[u8]) -> KeyFailure {
    let errors = serde_json::from_slice::<Value>(said).ok();
    let errors = errors.as_ref().and_then(|body| body.get("errors")).and_then(Value::as_array);
    let words: String = errors.into_iter().flatten().filter_map(Value::as_str).collect::<Vec<_>>().join("; ");
    let says = |part: &str| words.contains(part);
    match status.as_u16() {
        401 | 403 => KeyFailure::Denied,
        404 => KeyFailure::Gone,
        429 => KeyFailure::Throttled,
        400 if says("key not found") || says("no existing key") => KeyFailure::Gone,
        400 if says("version is disallowed") || says("too old") || says("disabled") => KeyFailure::Disabled,
        400 if says("does not support") || says("associated_data") || says("derivation") || says("'context'") => {
            KeyFailure::Unsuitable
        }
        400 if says("authentication failed") || says("invalid ciphertext") || says("unable to decrypt") => {
            KeyFailure::Damaged
        }
        // Sealed, on stand-by, or without its storage.
        412 | 472 | 473 | 500.. => KeyFailure::Unreachable,
        _ => KeyFailure::Unintelligible,
    }
}
