//! The master key of a real deployment: made once, private, missed when it is gone, refused when it is another.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use reeve_testkit::{CommandResult, ServerOptions, ServerProcess, TestDatabase, run_reeve, wait_until};
use tempfile::TempDir;

use crate::crash::PATIENCE;
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

    fn text(&self) -> String {
        fs::read_to_string(self.key()).unwrap().trim().to_owned()
    }

    /// The files beside the key that hold former ones, oldest first.
    fn former(&self) -> Vec<PathBuf> {
        let all = fs::read_dir(self.folder.path().join("data")).unwrap().map(|file| file.unwrap().path());
        let mut former: Vec<PathBuf> =
            all.filter(|path| path.to_string_lossy().contains("master.key.former-")).collect();
        former.sort();
        former
    }

    fn rotate(&self) -> CommandResult {
        run_reeve(&self.options, &["master-key", "rotate"], "")
    }

    /// A server that starts, answers that it is ready, and stops.
    fn starts(&self) {
        let mut server = ServerProcess::start(self.options.clone());
        let doctor = server.reeve(&["doctor"]).done();
        assert!(doctor.stdout.contains("it says that it is ready"), "{}", doctor.stdout);
        assert!(server.stop().success());
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

#[test]
fn a_changed_key_opens_the_deployment_and_the_former_one_does_not() {
    for database in TestDatabase::each() {
        let here = SetUp::on(database);
        let old = here.text();
        let said = here.rotate().done().stdout;
        assert!(said.contains("former key") && said.contains("Backups made until now"), "{said}");
        let new = here.text();
        assert_ne!(new, old);
        assert!(!said.contains(&new) && !said.contains(&old));
        assert_eq!(mode(&here.key()), 0o600);
        let former = here.former();
        assert_eq!(fs::read_to_string(&former[0]).unwrap().trim(), old);
        assert_eq!(mode(&former[0]), 0o600);
        here.starts();
        fs::copy(&former[0], here.key()).unwrap();
        assert!(here.refused().contains("is not the one under which"));
        fs::write(here.key(), new).unwrap();
        here.starts();
    }
}

#[test]
fn a_key_is_not_changed_under_a_running_server() {
    let here = SetUp::on(TestDatabase::sqlite());
    let mut server = ServerProcess::start(here.options.clone());
    let refused = here.rotate();
    assert_eq!(refused.code, Some(1));
    assert!(refused.stderr.contains("another reeve is using the data folder"), "{}", refused.stderr);
    assert!(server.stop().success());
}

#[test]
fn a_change_that_was_cut_off_is_finished_by_the_next_start_or_was_none() {
    for database in TestDatabase::each() {
        let here = SetUp::on(database);
        let old = here.text();
        let next = here.folder.path().join("data/master.key.next");
        // Before the database has the new key: the old one goes on.
        fs::write(&next, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n").unwrap();
        fs::set_permissions(&next, Permissions::from_mode(0o600)).unwrap();
        here.starts();
        assert_eq!(here.text(), old);
        // After it: the new one is taken, and the old one kept.
        let _ = here.rotate().done();
        let new = here.text();
        assert!(!next.exists());
        fs::rename(here.key(), &next).unwrap();
        fs::rename(&here.former()[0], here.key()).unwrap();
        assert!(here.doctor().contains("was cut off"), "{}", here.doctor());
        here.starts();
        assert_eq!((here.text(), next.exists()), (new, false));
        assert_eq!(fs::read_to_string(&here.former()[0]).unwrap().trim(), old);
    }
}

#[test]
fn a_change_that_is_killed_at_any_moment_leaves_a_deployment_that_starts() {
    let here = SetUp::on(TestDatabase::sqlite());
    let data = here.folder.path().join("data");
    let next = data.join("master.key.next");
    let mut done = 0;
    for round in 0..24_u32 {
        let before = here.text();
        let mut child = here.options.command().args(["master-key", "rotate"]).stdout(Stdio::null()).spawn().unwrap();
        // Once the new key is beside the old one, and then later and later, by work that takes no fixed time.
        wait_until("the change to begin", PATIENCE, || {
            (next.exists() || child.try_wait().unwrap().is_some() || here.text() != before).then_some(())
        });
        for _ in 0..round * 20 {
            let _ = fs::metadata(&next);
        }
        child.kill().unwrap();
        done += u32::from(child.wait().unwrap().success());
        here.starts();
    }
    assert!(done < 24, "every change was done before it was killed");
}

#[test]
fn a_key_from_the_environment_or_a_credential_needs_no_file() {
    for database in TestDatabase::each() {
        let mut here = SetUp::on(database);
        let key = here.text();
        let away = here.folder.path().join("away.key");
        fs::rename(here.key(), &away).unwrap();
        let plain = here.options.clone();
        here.options = plain.clone().with("REEVE_MASTER_KEY", &key);
        here.starts();
        assert!(here.doctor().contains("REEVE_MASTER_KEY"), "{}", here.doctor());
        assert!(!here.doctor().contains(&key));
        let refused = here.rotate();
        assert_eq!(refused.code, Some(2));
        assert!(refused.stderr.contains("--to"), "{}", refused.stderr);
        let credentials = here.folder.path().join("credentials");
        fs::create_dir(&credentials).unwrap();
        fs::write(credentials.join("reeve-master-key"), &key).unwrap();
        here.options = plain.clone().with("CREDENTIALS_DIRECTORY", credentials.to_str().unwrap());
        here.starts();
        assert!(!here.key().exists(), "no file is made beside them");
        let new = here.folder.path().join("new.key");
        let rotated = run_reeve(&here.options, &["master-key", "rotate", "--to", new.to_str().unwrap()], "").done();
        assert!(rotated.stdout.contains("put it in the place of the credential"), "{}", rotated.stdout);
        assert!(here.refused().contains("is not the one under which"));
        fs::copy(&new, credentials.join("reeve-master-key")).unwrap();
        here.starts();
        here.options = here.options.with("REEVE_MASTER_KEY", &key);
        assert!(here.refused().contains("there are two master keys"));
    }
}
