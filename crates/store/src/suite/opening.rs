//! A database that cannot be opened is explained in one sentence, without a panic and without the password.

use std::fs::{self, Permissions};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use tempfile::TempDir;

use super::Fixture;
use super::server::{Manner, Server};
use crate::{Store, StoreOptions};

fn check_refused(url: &str, expected: &str) {
    let error = url.parse().and_then(|url| Store::open(StoreOptions::new(url))).unwrap_err();
    let sentence = error.to_string();
    assert!(sentence.contains(expected), "{sentence:?} does not say {expected:?}");
    assert!(!format!("{sentence} {error:?}").contains("hunter2"), "the password is shown: {error:?}");
}

fn check_file_refused(path: &Path, expected: &str) {
    check_refused(path.to_str().unwrap(), expected);
}

#[test]
fn folder_that_is_missing() {
    let folder = TempDir::new().unwrap();
    check_file_refused(&folder.path().join("nowhere/reeve.db"), "its folder does not exist");
}

#[test]
fn folder_that_is_read_only() {
    let folder = TempDir::new().unwrap();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o500)).unwrap();
    let root_may_all = fs::write(folder.path().join("probe"), "").is_ok();
    // Not even root may create files in the process table.
    let place = if root_may_all { Path::new("/proc/self/task") } else { folder.path() };
    let expected = if root_may_all { "could not create the database" } else { "may not write the database" };
    check_file_refused(&place.join("reeve.db"), expected);
}

#[test]
fn folder_in_the_place_of_the_file() {
    let folder = TempDir::new().unwrap();
    check_file_refused(folder.path(), "it is a folder");
}

#[test]
fn file_that_is_no_database() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("letter.txt");
    fs::write(&path, "Dear Reeve, ".repeat(1000)).unwrap();
    check_file_refused(&path, "is not a SQLite database");
    assert_eq!(fs::read(&path).unwrap(), "Dear Reeve, ".repeat(1000).as_bytes());
}

#[test]
fn server_that_is_not_there() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("postgres://reeve:hunter2@127.0.0.1:{port}/estate");
    check_refused(&url, &format!("could not connect to postgres://reeve@127.0.0.1:{port}/estate"));
}

#[test]
fn host_without_an_address() {
    check_refused(
        "postgres://reeve:hunter2@nowhere.invalid/estate",
        "could not connect to postgres://reeve@nowhere.invalid",
    );
}

#[test]
fn server_that_says_nothing() {
    let server = Server::start(Manner::Silent);
    check_refused(&server.url(), "said nothing");
    server.stop();
}

#[test]
fn server_that_refuses_the_password() {
    let server = Server::start(Manner::Refuses("28P01", "password authentication failed for user \"reeve\""));
    check_refused(&server.url(), "refused the user or the password");
    server.stop();
}

#[test]
fn server_that_is_too_old() {
    let server = Server::start(Manner::Version("PostgreSQL 14.9 on x86_64-pc-linux-gnu"));
    check_refused(&server.url(), "PostgreSQL 14.9, which is too old: reeve needs 15 or newer");
    server.stop();
}

#[test]
fn server_that_offers_no_encryption() {
    let server = Server::start(Manner::Version("PostgreSQL 15.1"));
    check_refused(&format!("{}&sslmode=require", server.url()), "server does not support TLS");
    server.stop();
}

#[test]
fn certificates_that_are_missing() {
    check_refused("postgres://u@127.0.0.1:1/d?sslmode=verify-full&sslrootcert=/nowhere/ca.pem", "/nowhere/ca.pem");
    let folder = TempDir::new().unwrap();
    let empty = folder.path().join("ca.pem");
    fs::write(&empty, "no certificate").unwrap();
    let url = format!("postgres://u@127.0.0.1:1/d?sslmode=verify-full&sslrootcert={}", empty.display());
    check_refused(&url, "holds no certificate");
}

#[test]
fn database_that_is_unknown() {
    let Some(fixture) = Fixture::postgres() else {
        return;
    };
    let (before, after) = fixture.url.split_once('?').unwrap();
    let (server, _) = before.rsplit_once('/').unwrap();
    check_refused(&format!("{server}/no_such_database?{after}"), "has no database \"no_such_database\"");
}

#[test]
fn encryption_is_used_where_the_server_has_it() {
    let Some(fixture) = Fixture::postgres() else {
        return;
    };
    let asked = if fixture.url.contains("sslmode=") { "" } else { "&sslmode=require" };
    match Store::open(StoreOptions::new(format!("{}{asked}", fixture.url).parse().unwrap())) {
        Ok(store) => store.close(),
        Err(error) => assert!(error.to_string().contains("server does not support TLS"), "{error}"),
    }
}
