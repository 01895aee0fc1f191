//! What can be wrong before a server runs: each is a sentence that a person can act on, and the documented exit code.

use std::net::TcpListener;

use reeve_testkit::{ServerOptions, run_reeve};
use tempfile::TempDir;

use crate::deployment::{ADMIN, Deployment, PASSWORD, cheap};

/// Runs `reeve` where it must fail, and checks how.
fn check(options: &ServerOptions, arguments: &[&str], code: i32, says: &[&str]) {
    let result = run_reeve(options, arguments, PASSWORD);
    assert_eq!(result.code, Some(code), "{arguments:?}: {} {}", result.stdout, result.stderr);
    assert!(!result.stderr.contains("panicked"), "{}", result.stderr);
    for words in says {
        assert!(result.stderr.contains(words), "{words:?} is not in: {}", result.stderr);
    }
}

fn fresh() -> (TempDir, ServerOptions) {
    let folder = TempDir::with_prefix("reeve-faults-").unwrap();
    let options = cheap(ServerOptions::new(folder.path().join("data")));
    (folder, options)
}

#[test]
fn a_busy_port_is_named_with_the_setting_that_changes_it() {
    let (_folder, options) = fresh();
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = other.local_addr().unwrap().to_string();
    let options = options.with("REEVE_HTTP_LISTEN", &address);
    check(&options, &["serve"], 1, &[&address, "in use by another program", "REEVE_HTTP_LISTEN"]);
}

#[test]
fn a_wrong_configuration_names_the_key_and_the_rule() {
    let (folder, options) = fresh();
    let file = folder.path().join("reeve.toml");
    let file_text = file.to_str().unwrap();
    let serve = |text: &str, says: &[&str]| {
        std::fs::write(&file, text).unwrap();
        check(&options, &["serve", "--config", file_text], 2, says);
    };
    serve("[http]\nlisten_on = 1\n", &["unknown key http.listen_on", "http.listen"]);
    serve("[http\n", &["not valid TOML"]);
    serve("region = \"EU\"\n", &["region", "lower-case"]);
    check(&options, &["serve", "--config", "/nowhere/reeve.toml"], 2, &["could not read", "/nowhere/reeve.toml"]);
    check(&options.clone().with("REEVE_HTTP_LISTEN", "8080"), &["serve"], 2, &["http.listen", "REEVE_HTTP_LISTEN"]);
}

#[test]
fn a_data_folder_that_cannot_be_used_is_named_with_the_remedy() {
    let folder = TempDir::with_prefix("reeve-faults-").unwrap();
    // A file where the folder should be stops everybody, root too, whom permissions would not.
    let blocked = folder.path().join("file");
    std::fs::write(&blocked, "").unwrap();
    let options = cheap(ServerOptions::new(blocked.join("data")));
    check(&options, &["serve"], 1, &["could not make the data folder", "--data"]);
    // Nobody may make folders here, not even root.
    let options = cheap(ServerOptions::new("/proc/reeve-data"));
    check(&options, &["serve"], 1, &["could not make the data folder", "/proc/reeve-data"]);
}

#[test]
fn a_second_server_on_the_same_folder_is_refused() {
    let here = Deployment::start();
    let options = cheap(ServerOptions::new(here.server.data()));
    check(&options, &["serve"], 1, &["another reeve is using the data folder"]);
    check(&options, &["setup", "--admin", ADMIN], 1, &["another reeve is using the data folder"]);
}

#[test]
fn a_database_newer_than_the_binary_is_not_touched() {
    let (_folder, options) = fresh();
    let _ = run_reeve(&options, &["setup", "--admin", ADMIN], "").done();
    let database = options.data.join("reeve.db");
    let newer = "INSERT INTO schema_migrations (version, name, hash, applied_at) VALUES (9999, 'later', 'x', 0)";
    rusqlite::Connection::open(&database).unwrap().execute(newer, []).unwrap();
    check(&options, &["serve"], 1, &["newer", "9999"]);
    check(&options, &["doctor"], 1, &["1 thing is wrong"]);
}

#[test]
fn a_file_that_is_no_database_is_not_touched() {
    let (_folder, options) = fresh();
    std::fs::create_dir_all(&options.data).unwrap();
    let text = "this is a shopping list, long enough to be taken for a database header or not\n".repeat(100);
    std::fs::write(options.data.join("reeve.db"), &text).unwrap();
    check(&options, &["serve"], 1, &["reeve.db"]);
    assert_eq!(std::fs::read_to_string(options.data.join("reeve.db")).unwrap(), text);
}

#[test]
fn an_unreachable_postgres_is_named_without_its_password() {
    let (_folder, options) = fresh();
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let options = options.with("REEVE_DATABASE_URL", format!("postgres://reeve:sesame@{closed}/reeve"));
    check(&options, &["serve"], 1, &[&closed.port().to_string()]);
    let result = run_reeve(&options, &["serve"], "");
    assert!(!result.stderr.contains("sesame"), "{}", result.stderr);
}

#[test]
fn setup_happens_once_and_refuses_what_breaks_the_rules() {
    let (_folder, options) = fresh();
    check(&options, &["setup", "--admin", "nobody"], 2, &["admin", "ada@example.com"]);
    check(&options, &["setup", "--admin", ADMIN, "--password-file", "/nowhere"], 2, &["could not read the password"]);
    let weak = run_reeve(&options, &["setup", "--admin", ADMIN, "--password-file", "-"], "short\n");
    assert_eq!(weak.code, Some(1));
    assert!(weak.stderr.contains("use at least 8 characters"), "{}", weak.stderr);
    let first = run_reeve(&options, &["setup", "--admin", ADMIN, "--output", "json"], "").done().json();
    assert_eq!(first["admin"], ADMIN);
    assert!(first["password"].as_str().is_some_and(|made| made.len() >= 8));
    check(&options, &["setup", "--admin", "other@example.com"], 1, &["set up already"]);
}

#[test]
fn doctor_says_what_it_looked_at() {
    let here = Deployment::start();
    let result = here.reeve(&["doctor"]);
    for words in ["configuration", "data folder", "disk", "it says that it is ready", "database"] {
        assert!(result.stdout.contains(words), "{}", result.stdout);
    }
    let (_folder, options) = fresh();
    let empty = run_reeve(&options, &["doctor"], "").done();
    assert!(empty.stdout.contains("reeve setup"), "{}", empty.stdout);
    assert!(!options.data.exists(), "doctor changes nothing");
}
