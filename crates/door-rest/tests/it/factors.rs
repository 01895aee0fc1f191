//! Second factors as people have them: an app that shows codes, and a key that answers a browser's questions.

use aws_lc_rs::digest;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reeve_base::clock::Clock;
use serde_json::{Value, json};

use crate::caller::Call;
use crate::world::{PASSWORD, World};

/// The code that an app shows at a moment of the world.
pub(crate) fn code(world: &World, secret: &str) -> String {
    let seconds = u64::try_from(world.clock.now().millis() / 1_000).unwrap();
    let secret = totp_rs::Secret::try_from_base32(secret).unwrap();
    let app = totp_rs::Builder::new().with_secret(secret).with_account_name("x").build().unwrap();
    app.generate(seconds).to_string()
}

/// Gives whoever has this session a generator of codes; its secret, and the recovery codes.
pub(crate) async fn enrol(world: &World, token: &str) -> (String, Vec<String>) {
    let begun = Call::post("/sessions/current/second-factors/totp", &json!({})).bearer(token);
    let begun = world.send(begun).await.is(200);
    let secret = begun["secret"].as_str().unwrap().to_owned();
    let body = json!({"challenge": begun["challenge"], "code": code(world, &secret)});
    let confirm = Call::post("/sessions/current/second-factors/totp/confirmation", &body).bearer(token);
    let codes = world.send(confirm).await.is(200)["recovery_codes"].clone();
    let codes = codes.as_array().unwrap().iter().map(|code| code.as_str().unwrap().to_owned()).collect();
    (secret, codes)
}

/// Signs somebody in as far as their second factor.
pub(crate) async fn challenge(world: &World, username: &str) -> Value {
    let body = json!({"username": username, "password": PASSWORD});
    world.send(Call::post("/sessions", &body)).await.is(200)
}

/// A security key in software (WebAuthn Level 2), which somebody touches and unlocks whenever it is asked.
pub(crate) struct SoftKey {
    pair: EcdsaKeyPair,
    id: Vec<u8>,
}

/// What an authenticator says of its user: present, verified; and, when it is new, that its key follows.
const PRESENT_AND_VERIFIED: u8 = 0x05;
const WITH_KEY: u8 = 0x40;

impl SoftKey {
    pub(crate) fn new() -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        Self { id: pair.public_key().as_ref()[1..17].to_vec(), pair }
    }

    /// Answers what a browser is asked for a new passkey.
    pub(crate) fn register(&self, options: &Value, origin: &str) -> Value {
        let mut said = authenticator_data(options["rp"]["id"].as_str().unwrap(), PRESENT_AND_VERIFIED | WITH_KEY);
        said.extend([0; 16]);
        said.extend(u16::try_from(self.id.len()).unwrap().to_be_bytes());
        said.extend(&self.id);
        // COSE: an elliptic curve key (1: 2) for ES256 (3: -7) on P-256 (-1: 1) with x (-2) and y (-3).
        let point = self.pair.public_key().as_ref();
        said.extend([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]);
        said.extend(&point[1..33]);
        said.extend([0x22, 0x58, 0x20]);
        said.extend(&point[33..65]);
        // CBOR: {"fmt": "none", "attStmt": {}, "authData": bytes}.
        let mut attestation = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
        attestation.push(u8::try_from(said.len()).unwrap());
        attestation.extend(said);
        let client = client_data("webauthn.create", options, origin);
        self.answer(&json!({"attestationObject": encoded(&attestation), "clientDataJSON": encoded(&client)}))
    }

    /// Answers what a browser is asked at a sign-in.
    pub(crate) fn sign(&self, options: &Value, origin: &str) -> Value {
        let said = authenticator_data(options["rpId"].as_str().unwrap(), PRESENT_AND_VERIFIED);
        let client = client_data("webauthn.get", options, origin);
        let signed = [said.as_slice(), digest::digest(&digest::SHA256, &client).as_ref()].concat();
        let signature = self.pair.sign(&SystemRandom::new(), &signed).unwrap();
        self.answer(&json!({
            "authenticatorData": encoded(&said), "clientDataJSON": encoded(&client),
            "signature": encoded(signature.as_ref()), "userHandle": null
        }))
    }

    fn answer(&self, response: &Value) -> Value {
        let id = encoded(&self.id);
        json!({"id": id, "rawId": id, "type": "public-key", "response": response, "extensions": {}})
    }
}

fn encoded(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn authenticator_data(rp_id: &str, flags: u8) -> Vec<u8> {
    let mut said = digest::digest(&digest::SHA256, rp_id.as_bytes()).as_ref().to_vec();
    said.push(flags);
    said.extend([0; 4]);
    said
}

fn client_data(kind: &str, options: &Value, origin: &str) -> Vec<u8> {
    let said = json!({"type": kind, "challenge": options["challenge"], "origin": origin, "crossOrigin": false});
    said.to_string().into_bytes()
}
