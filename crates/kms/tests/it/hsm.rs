//! SoftHSM: a module that is loaded, a key that never leaves, and what happens when either goes away.
//!
//! Runs where `scripts/with-softhsm.sh` gives one. One test goes through all of it, since a library is initialized once
//! in a process and a login holds for all of it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use reeve_base::Secret;
use reeve_base::key_services::{CustomerKey, KeyFailure, KeyServices as _};
use reeve_kms::KeyKeepers;

use crate::keepers::{PLAIN, context, unwrap, works};

const PIN: &str = "1234";

/// The folder and the library of SoftHSM; nothing where there is none and nobody demands it.
#[expect(clippy::disallowed_methods, reason = "this is how a test learns what it may use")]
fn softhsm() -> Option<(PathBuf, PathBuf)> {
    let there = std::env::var_os("REEVE_TEST_SOFTHSM").zip(std::env::var_os("REEVE_TEST_PKCS11_MODULE"));
    if there.is_none() {
        assert!(std::env::var_os("REEVE_TEST_REQUIRE_SOFTHSM").is_none(), "SoftHSM is demanded and not there");
        println!("left out: no SoftHSM; run scripts/with-softhsm.sh cargo test");
    }
    there.map(|(folder, module)| (folder.into(), module.into()))
}

fn run(command: &mut Command) {
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{command:?}: {output:?}");
}

fn make_token(label: &str) {
    run(Command::new("softhsm2-util")
        .args(["--init-token", "--free", "--so-pin", "12345678"])
        .args(["--label", label, "--pin", PIN]));
}

fn tool(module: &Path, token: &str) -> Command {
    let mut tool = Command::new("pkcs11-tool");
    tool.arg("--module").arg(module).args(["--token-label", token, "--login", "--pin", PIN]);
    tool
}

fn make_key(module: &Path, (token, label, id): (&str, &str, &str), kind: &str) {
    run(tool(module, token).args(["--keygen", "--key-type", kind, "--label", label, "--id", id, "--sensitive"]));
}

fn key(module: &Path, token: &str, label: &str, pin: &str) -> CustomerKey {
    CustomerKey::Pkcs11 {
        module: module.to_str().unwrap().to_owned(),
        token: token.to_owned(),
        label: label.to_owned(),
        pin: Secret::from(pin),
    }
}

/// The folder in which SoftHSM keeps the token that was made last.
fn newest_token(folder: &Path) -> PathBuf {
    let tokens = std::fs::read_dir(folder.join("tokens")).unwrap().map(|entry| entry.unwrap());
    tokens.max_by_key(|entry| entry.metadata().unwrap().modified().unwrap()).unwrap().path()
}

#[tokio::test]
async fn a_hardware_module_wraps_is_removed_comes_back_and_loses_its_key() {
    let Some((folder, module)) = softhsm() else { return };
    let keepers = KeyKeepers::new(Vec::new(), vec![module.clone()]).unwrap();
    let good = key(&module, "absent-at-start", "mail", PIN);

    // Absent at the start: the token is not there yet.
    assert_eq!(keepers.wrap(&good, &context(1), &PLAIN).await, Err(KeyFailure::Unreachable));
    make_token("absent-at-start");
    assert_eq!(keepers.wrap(&good, &context(1), &PLAIN).await, Err(KeyFailure::Gone), "a token without the key");
    make_key(&module, ("absent-at-start", "mail", "01"), "AES:32");
    let wrapped = works(&keepers, &good).await;

    keys_that_do_not_fit(&keepers, &module).await;
    pins(&keepers, &module, &wrapped).await;

    // Removed while running, and put back.
    let token = newest_token(&folder);
    let away = folder.join("away");
    std::fs::rename(&token, &away).unwrap();
    assert_eq!(unwrap(&keepers, &good, &context(1), &wrapped).await, Err(KeyFailure::Unreachable));
    assert_eq!(unwrap(&keepers, &good, &context(1), &wrapped).await, Err(KeyFailure::Unreachable));
    std::fs::rename(&away, &token).unwrap();
    assert_eq!(unwrap(&keepers, &good, &context(1), &wrapped).await, Ok(PLAIN));

    // All tokens at once, as when the module itself is pulled out: sessions stay, and what they showed is gone.
    let tokens = folder.join("tokens");
    std::fs::rename(&tokens, &away).unwrap();
    std::fs::create_dir(&tokens).unwrap();
    assert_eq!(unwrap(&keepers, &good, &context(1), &wrapped).await, Err(KeyFailure::Unreachable));
    std::fs::remove_dir(&tokens).unwrap();
    std::fs::rename(&away, &tokens).unwrap();
    assert_eq!(unwrap(&keepers, &good, &context(1), &wrapped).await, Ok(PLAIN));

    // Gone for good: nothing opens what it wrapped, nor does a new key of the same name.
    run(tool(&module, "absent-at-start").args(["--delete-object", "--type", "secrkey", "--label", "mail"]));
    assert_eq!(unwrap(&keepers, &good, &context(1), &wrapped).await, Err(KeyFailure::Gone));
    make_key(&module, ("absent-at-start", "mail", "02"), "AES:32");
    assert_eq!(unwrap(&keepers, &good, &context(1), &wrapped).await, Err(KeyFailure::Damaged));
}

/// Keys that are too short, or of which there are two, are not used.
async fn keys_that_do_not_fit(keepers: &KeyKeepers, module: &Path) {
    make_key(module, ("absent-at-start", "short", "11"), "AES:16");
    make_key(module, ("absent-at-start", "twice", "12"), "AES:32");
    make_key(module, ("absent-at-start", "twice", "13"), "AES:32");
    make_key(module, ("absent-at-start", "other", "14"), "GENERIC:32");
    for label in ["short", "twice", "other"] {
        let unfit = key(module, "absent-at-start", label, PIN);
        assert_eq!(keepers.wrap(&unfit, &context(1), &PLAIN).await, Err(KeyFailure::Unsuitable), "{label}");
    }
    // A library that the operator does not name is not loaded, whoever asks.
    let foreign = key(Path::new("/usr/lib/other.so"), "absent-at-start", "mail", PIN);
    assert_eq!(keepers.wrap(&foreign, &context(1), &PLAIN).await, Err(KeyFailure::Forbidden));
    let missing = PathBuf::from("/nonexistent/pkcs11.so");
    let without = KeyKeepers::new(Vec::new(), vec![missing.clone()]).unwrap();
    let absent = key(&missing, "absent-at-start", "mail", PIN);
    assert_eq!(without.wrap(&absent, &context(1), &PLAIN).await, Err(KeyFailure::Unreachable));
}

/// Who does not know the PIN uses nothing, even while somebody else is logged in; a wrong PIN is shown once only.
async fn pins(keepers: &KeyKeepers, module: &Path, wrapped: &[u8]) {
    let wrong = key(module, "absent-at-start", "mail", "9999");
    let good = key(module, "absent-at-start", "mail", PIN);
    assert_eq!(unwrap(keepers, &good, &context(1), wrapped).await, Ok(PLAIN), "logged in");
    for _ in 0..20 {
        assert_eq!(unwrap(keepers, &wrong, &context(1), wrapped).await, Err(KeyFailure::Denied));
    }
    assert_eq!(unwrap(keepers, &good, &context(1), wrapped).await, Ok(PLAIN), "the token locked itself");
    let asked = (0..64).map(|number| {
        let (key, expected) = if number % 2 == 0 { (&good, Ok(PLAIN)) } else { (&wrong, Err(KeyFailure::Denied)) };
        async move { assert_eq!(unwrap(keepers, key, &context(1), wrapped).await, expected) }
    });
    for asking in asked {
        asking.await;
    }
}
