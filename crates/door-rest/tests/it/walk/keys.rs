//! The part of the walk that is about encryption keys and the keys of organizations.

use serde_json::json;

use super::{Step, TYPED, bare, step};
use crate::caller::Call;

const KEYS: &str = "/encryption-keys";
const VAULT: &str = "/encryption-keys/mail-vault";
const KEY: &str = "/organizations/acme/key";

pub(super) fn there() -> Vec<Step> {
    let new = json!({
        "name": "mail-vault", "kind": "vault_transit", "reference": "vault:transit/mail",
        "address": "https://vault.example.com:8200", "secret": TYPED
    });
    let edit = json!({"address": "https://vault.example.com:8201", "secret": TYPED});
    vec![
        step("create_encryption_key", 201, Call::post(KEYS, &new)).learns(&[("encryption_key", "/encryption_key_id")]),
        step("list_encryption_keys", 200, Call::get(KEYS)),
        step("show_encryption_key", 200, Call::get(VAULT)),
        step("edit_encryption_key", 200, Call::patch(VAULT, &edit)),
        step("test_encryption_key", 200, bare("/encryption-keys/mail-vault/test")),
        step("show_organization_key", 200, Call::get(KEY)),
        step("rotate_organization_key", 200, bare("/organizations/acme/key/rotate")),
        step("disable_organization_key", 200, bare("/organizations/acme/key/disable")),
        step("enable_organization_key", 200, bare("/organizations/acme/key/enable")),
    ]
}

pub(super) fn back() -> Vec<Step> {
    vec![
        step("destroy_organization_key", 200, Call::post("/organizations/acme/key/destroy", &json!({"alias": "acme"}))),
        // The key that was destroyed can only be followed by another one.
        step("set_organization_key", 200, Call::put(KEY, &json!({"encryption_key": "managed"}))),
        step("delete_encryption_key", 204, Call::delete(VAULT)),
    ]
}
