//! The master key of a real deployment: made once, private, missed when it is gone, refused when it is another.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use reeve_testkit::{CommandResult, ServerOptions, ServerProcess, TestDatabase, run_reeve};
use tempfile::TempDir;

use crate::deployment::{ADMIN, PASSWORD, cheap};

/// A data folder that was set up, without a server.
struct SetUp {
    folder: TempDir,
    options: ServerOptions,
    _database: TestDatabase,
}

impl SetUp {
    fn on(database: TestDatabase) -> Self {
        let folder = TempDir::with_prefix("reeve-e2e-").unwrap();
        let mut options = cheap(ServerOptions::new(folder.path().join("data")));
        if database.engine_name() == "PostgreSQL" {
            options = options.with("REEVE_DATABASE_URL", database.url());
        }
        let _ = run_reeve(&options, &["setup", "--admin", ADMIN, "--password-file", "-"], PASSWORD).done();
        Self { folder, options, _database: database }
    }

    fn key(&self) -> PathBuf {
        self.folder.path().join("data/master.key")
    }

    fn doctor(&self) -> String {
        let done = run_reeve(&self.options, &["doctor"], "");
        done.stdout.lines().find(|line| line.contains("master key")).unwrap_or_default().to_owned()
    }

    /// What a server says that does not start.
    fn refused(&self) -> String {
        let CommandResult { code, stderr, .. } = run_reeve(&self.options, &["serve"], "");
        assert_eq!(code, Some(1), "{stderr}");
        stderr
    }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn the_setup_makes_a_private_key_that_stays() {
    for database in TestDatabase::each() {
        let here = SetUp::on(database);
        assert_eq!(mode(&here.key()), 0o600);
        let made = fs::read_to_string(here.key()).unwrap();
        assert_eq!(made.trim().len(), 44);
        assert!(here.doctor().starts_with("ok"), "{}", here.doctor());
        let mut server = ServerProcess::start(here.options.clone());
        assert!(server.stop().success());
        assert_eq!(fs::read_to_string(here.key()).unwrap(), made);
        assert!(!server.log().contains(made.trim()));
    }
}

#[test]
fn a_server_without_its_key_refuses_to_start_until_it_is_back() {
    for database in TestDatabase::each() {
        let here = SetUp::on(database);
        let kept = here.folder.path().join("kept.key");
        fs::rename(here.key(), &kept).unwrap();
        let said = here.refused();
        assert!(said.contains("the master key is missing") && said.contains("REEVE_MASTER_KEY_FILE"), "{said}");
        assert!(!here.key().exists(), "no other key takes its place");
        assert!(here.doctor().starts_with("wrong"), "{}", here.doctor());
        let elsewhere = here.options.clone().with("REEVE_MASTER_KEY_FILE", kept.to_str().unwrap());
        let mut server = ServerProcess::start(elsewhere);
        assert!(server.stop().success());
        fs::rename(&kept, here.key()).unwrap();
        let mut server = ServerProcess::start(here.options.clone());
        assert!(server.stop().success());
    }
}

#[test]
fn another_key_and_one_that_others_can_read_are_refused() {
    for database in TestDatabase::each() {
        let here = SetUp::on(database);
        let right = fs::read_to_string(here.key()).unwrap();
        fs::write(here.key(), "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n").unwrap();
        assert!(here.refused().contains("is not the one under which this database keeps its secrets"));
        assert!(here.doctor().starts_with("wrong"), "{}", here.doctor());
        fs::write(here.key(), right).unwrap();
        fs::set_permissions(here.key(), Permissions::from_mode(0o644)).unwrap();
        assert!(here.refused().contains("chmod 600"));
        assert!(here.doctor().starts_with("wrong"), "{}", here.doctor());
        fs::set_permissions(here.key(), Permissions::from_mode(0o600)).unwrap();
        assert!(here.doctor().starts_with("ok"), "{}", here.doctor());
    }
}
