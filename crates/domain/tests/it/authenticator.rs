//! A software authenticator and the browser around it, as WebAuthn describes them: enough for tests to make passkeys and
//! to make every part of an answer wrong. ES256, attestation "none".

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::harness::{ORIGIN, RP_ID};

const USER_PRESENT: u8 = 0x01;
const USER_VERIFIED: u8 = 0x04;
const CREDENTIAL_INCLUDED: u8 = 0x40;

/// One passkey on a device, and what the browser says around it. Every part can be made wrong.
pub(crate) struct Authenticator {
    key: EcdsaKeyPair,
    pub(crate) id: Vec<u8>,
    pub(crate) origin: String,
    pub(crate) rp_id: String,
    pub(crate) counter: u32,
    pub(crate) verifies_user: bool,
}

impl Authenticator {
    /// A device that counts from 1.
    pub(crate) fn new(id: &str) -> Self {
        Self {
            key: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap(),
            id: format!("credential of {id}").into_bytes(),
            origin: ORIGIN.to_owned(),
            rp_id: RP_ID.to_owned(),
            counter: 1,
            verifies_user: true,
        }
    }

    /// What `navigator.credentials.create` answers, in its JSON form.
    pub(crate) fn create(&self, options: &Value) -> Value {
        let client = self.client("webauthn.create", options);
        let public = self.key.public_key().as_ref();
        // CBOR: {1: 2 (EC2), 3: -7 (ES256), -1: 1 (P-256), -2: x, -3: y}; the key is 4, then x and y.
        let mut cose = vec![0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20];
        cose.extend(&public[1..33]);
        cose.extend([0x22, 0x58, 0x20]);
        cose.extend(&public[33..65]);
        let mut attested = vec![0; 16];
        attested.extend(u16::try_from(self.id.len()).unwrap().to_be_bytes());
        attested.extend(&self.id);
        attested.extend(cose);
        let data = self.data(CREDENTIAL_INCLUDED, &attested);
        // CBOR: {"fmt": "none", "attStmt": {}, "authData": data}.
        let mut object = vec![0xa3];
        object.extend(b"\x63fmt\x64none\x67attStmt\xa0\x68authData\x58");
        object.push(u8::try_from(data.len()).unwrap());
        object.extend(data);
        self.answer(&json!({ "attestationObject": text(&object), "clientDataJSON": text(client.as_bytes()) }))
    }

    /// What `navigator.credentials.get` answers, in its JSON form; the counter goes up before.
    pub(crate) fn get(&mut self, options: &Value) -> Value {
        self.counter += 1;
        self.get_without_counting(options)
    }

    pub(crate) fn get_without_counting(&self, options: &Value) -> Value {
        let client = self.client("webauthn.get", options);
        let data = self.data(0, &[]);
        let signed = [data.as_slice(), digest(&SHA256, client.as_bytes()).as_ref()].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).unwrap();
        self.answer(&json!({
            "authenticatorData": text(&data),
            "clientDataJSON": text(client.as_bytes()),
            "signature": text(signature.as_ref()),
            "userHandle": null,
        }))
    }

    fn client(&self, kind: &str, options: &Value) -> String {
        json!({ "type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": false })
            .to_string()
    }

    fn data(&self, flags: u8, rest: &[u8]) -> Vec<u8> {
        let verified = if self.verifies_user { USER_VERIFIED } else { 0 };
        let mut data = digest(&SHA256, self.rp_id.as_bytes()).as_ref().to_vec();
        data.push(flags | USER_PRESENT | verified);
        data.extend(self.counter.to_be_bytes());
        data.extend(rest);
        data
    }

    fn answer(&self, response: &Value) -> Value {
        let id = text(&self.id);
        json!({ "id": id, "rawId": id, "type": "public-key", "response": response, "clientExtensionResults": {} })
    }
}

fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
