//! Backups of a serving deployment and what comes back from them: everything that was answered, and nothing that ended.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use reeve_testkit::{CommandResult, wait_until};
use reqwest::Client;
use serde_json::{Value, json};

use crate::caller::{Caller, Pass};
use crate::crash::PATIENCE;
use crate::deployment::{ADMIN, Deployment, PASSWORD, UNBRAKED, text};

/// Clients that write while a backup is made.
const CLIENTS: usize = 16;

/// A place beside the data folder of a test.
pub(crate) fn beside(here: &Deployment, name: &str) -> PathBuf {
    here.folder.path().join(name)
}

/// Puts blobs where the server keeps them, as it would: whole files under their names.
pub(crate) fn put_blobs(here: &Deployment, count: usize) {
    for n in 0..count {
        let path = here.server.data().join(format!("blobs/m/{:02x}/{n}", n % 16));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, format!("message {n}\n").repeat(200)).unwrap();
    }
}

/// `reeve COMMAND… DIR` of a deployment, for people.
pub(crate) fn about(here: &Deployment, command: &[&str], dir: &Path) -> CommandResult {
    here.server.reeve(&[command, &[dir.to_str().unwrap()]].concat())
}

/// Makes a backup that must succeed; what it says.
pub(crate) fn back_up(here: &Deployment, dir: &Path) -> Value {
    here.json(&["backup", dir.to_str().unwrap()])
}

/// Restores the newest backup into a new data folder with the master key of the first; the folder.
pub(crate) fn restore(here: &Deployment, dir: &Path, name: &str) -> PathBuf {
    let data = beside(here, name);
    let done = here.reeve(&["restore", dir.to_str().unwrap(), "--data", data.to_str().unwrap()]);
    assert!(done.stdout.contains("Put the master key at"), "{}", done.stdout);
    fs::copy(here.server.data().join("master.key"), data.join("master.key")).unwrap();
    data
}

/// Creates users until told to stop, each noted once it is answered.
async fn write(
    (url, token): (String, String),
    number: usize,
    (stop, made): (Arc<AtomicBool>, Arc<Mutex<BTreeSet<String>>>),
) {
    let client = Client::new();
    for n in 0.. {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        let name = format!("w{number}-{n}");
        let body = json!({ "username": name, "display_name": name });
        let request = client.post(format!("{url}/api/v1/organizations/acme/users")).bearer_auth(&token).json(&body);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 201, "{}", answer.text().await.unwrap());
        made.lock().unwrap().insert(name);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_was_answered_before_a_backup_is_in_it_whoever_writes_meanwhile() {
    let here = Deployment::set(&[UNBRAKED]);
    here.reeve(&["org", "create", "acme", "--wait"]);
    let root = Caller::root(&here).await;
    let Pass::Bearer(token) = root.pass.clone() else { panic!("signed in by a token") };
    let (stop, made) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(BTreeSet::new())));
    let writers: Vec<_> = (0..CLIENTS)
        .map(|number| {
            let shared = (Arc::clone(&stop), Arc::clone(&made));
            tokio::spawn(write((here.server.url(), token.clone()), number, shared))
        })
        .collect();
    let dir = beside(&here, "backup");
    let before = tokio::task::block_in_place(|| {
        let count = || made.lock().unwrap().len();
        wait_until("the writers to be at work", PATIENCE, || (count() > 20 * CLIENTS).then_some(()));
        let mut before = BTreeSet::new();
        for _ in 0..3 {
            before = made.lock().unwrap().clone();
            back_up(&here, &dir);
        }
        let during = count();
        wait_until("the writers to go on", PATIENCE, || (count() > during).then_some(()));
        before
    });
    stop.store(true, Ordering::Relaxed);
    for writer in writers {
        writer.await.unwrap();
    }
    tokio::task::block_in_place(|| {
        let verified = here.json(&["backup", "verify", dir.to_str().unwrap()]);
        assert_eq!(verified.as_array().unwrap().len(), 3);
        assert!(verified.as_array().unwrap().iter().all(|one| one["sound"] == true), "{verified}");
        let there = here.on(restore(&here, &dir, "restored"), &[]);
        let names: BTreeSet<String> =
            there.users("acme").iter().map(|user| text(user, "username").to_owned()).collect();
        let lost: Vec<_> = before.difference(&names).collect();
        assert!(lost.is_empty(), "{} of {} are lost: {lost:?}", lost.len(), before.len());
        for user in there.users("acme") {
            assert!(user["state"] == "enabled" || user["state"] == "disabled" || user["state"] == "system", "{user}");
        }
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_deployment_serves_signs_in_and_opens_its_secrets_but_no_session_lives_on() {
    let here = Deployment::start();
    here.reeve(&["org", "create", "acme", "--wait"]);
    put_blobs(&here, 20);
    let root = Caller::root(&here).await;
    root.put(&format!("/administrators/{ADMIN}/api-access"), json!({ "enabled": true })).await.done();
    let (key, secret) = root.make_key(ADMIN).await;
    let dir = beside(&here, "backup");
    let there = tokio::task::block_in_place(|| {
        let made = back_up(&here, &dir);
        assert_eq!((&made["blobs_copied"], &made["engine"]), (&json!(20), &json!("SQLite")), "{made}");
        let data = restore(&here, &dir, "restored");
        for n in 0..20 {
            let name = format!("blobs/m/{:02x}/{n}", n % 16);
            assert_eq!(fs::read(data.join(&name)).unwrap(), fs::read(here.server.data().join(&name)).unwrap());
        }
        let there = here.on(data, &[]);
        let doctor = there.reeve(&["doctor"]);
        assert!(doctor.stdout.contains("ok       master key"), "{}", doctor.stdout);
        assert_eq!(there.json(&["org", "show", "acme"])["state"], "Active");
        there
    });
    assert_eq!(root.get("/sessions/current").await.status, 200, "the first deployment goes on");
    let gone = Caller::nobody(&there).with(root.pass.clone()).get("/sessions/current").await;
    assert_eq!(gone.status, 401, "a session from before the backup does not live on: {}", gone.text);
    let again = Caller::nobody(&there).sign_in(ADMIN, PASSWORD).await;
    assert_eq!(again.get("/sessions/current").await.status, 200);
    let by_key = Caller::nobody(&there).basic(&key, &secret).get("/regions").await;
    assert_eq!(by_key.status, 200, "what was sealed opens: {}", by_key.text);
}

#[test]
fn a_backup_holds_no_master_key_and_is_private() {
    use std::os::unix::fs::PermissionsExt;
    let here = Deployment::start();
    put_blobs(&here, 3);
    let dir = beside(&here, "backup");
    let said = about(&here, &["backup"], &dir).done().stdout;
    assert!(said.contains("master key") && said.contains("not in it"), "{said}");
    let key = fs::read_to_string(here.server.data().join("master.key")).unwrap();
    let mut folders = vec![dir];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o077, 0, "{}", folder.display());
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            files += 1;
            let content = fs::read(&path).unwrap();
            let holds = content.windows(key.trim().len()).any(|part| part == key.trim().as_bytes());
            assert!(!holds, "{} holds the master key", path.display());
        }
    }
    assert!(files >= 7, "{files} files");
}

#[test]
fn later_backups_copy_new_blobs_only_and_old_ones_can_go() {
    let here = Deployment::start();
    let dir = beside(&here, "backup");
    put_blobs(&here, 10);
    assert_eq!(back_up(&here, &dir)["blobs_copied"], 10);
    put_blobs(&here, 14);
    let second = back_up(&here, &dir);
    assert_eq!((&second["blobs_copied"], &second["sections"][1]["blobs"]), (&json!(4), &json!(14)), "{second}");
    fs::remove_dir_all(here.server.data().join("blobs/m/00")).unwrap();
    let third = back_up(&here, &dir);
    assert_eq!((&third["blobs_copied"], &third["sections"][1]["blobs"]), (&json!(0), &json!(13)), "{third}");
    let list = here.json(&["backup", "list", dir.to_str().unwrap()]);
    assert_eq!(list.as_array().unwrap().len(), 3);
    assert!(about(&here, &["backup", "verify"], &dir).done().stdout.contains("14 blobs"));
    assert!(dir.join("blobs/m/00/0").exists(), "an older backup has it");
    let pruned = here.json(&["backup", "prune", dir.to_str().unwrap(), "--keep", "1"]);
    assert_eq!(pruned, json!({ "backups_deleted": 2, "blobs_deleted": 1 }));
    assert!(!dir.join("blobs/m/00/0").exists(), "no backup has it any more");
    let _ = about(&here, &["backup", "verify"], &dir).done();
}

#[test]
fn a_backup_goes_where_it_can_and_says_why_where_it_cannot() {
    let here = Deployment::start();
    let check = |arguments: &[&str], code: i32, words: &[&str]| {
        let said = here.server.reeve(arguments);
        assert_eq!(said.code, Some(code), "{arguments:?}: {} {}", said.stdout, said.stderr);
        for word in words {
            assert!(said.stderr.contains(word), "{arguments:?} does not say {word:?}: {}", said.stderr);
        }
    };
    let data = here.server.data().to_str().unwrap().to_owned();
    check(&["backup", &data], 2, &["is the data folder"]);
    check(&["backup", "/proc/backup"], 1, &["could not make", "/proc/backup"]);
    check(&["backup", "verify", &data], 1, &["there are no backups"]);
    let dir = beside(&here, "backup");
    let dir_text = dir.to_str().unwrap();
    check(&["backup", dir_text, "--database-dump", "x"], 2, &["is on SQLite"]);
    let nothing = beside(&here, "nothing");
    check(&["backup", dir_text, "--data", nothing.to_str().unwrap()], 1, &["nothing to back up"]);
    back_up(&here, &dir);
    check(&["restore", dir_text, "--data", &data], 1, &["not empty"]);
    check(&["restore", dir_text, "--data", nothing.to_str().unwrap(), "--generation", "x"], 1, &["backup list"]);
    assert!(!nothing.join("reeve.db").exists());
    let lock = fs::File::options().write(true).open(dir.join("backup.lock")).unwrap();
    lock.lock().unwrap();
    check(&["backup", dir_text], 1, &["another backup is being made"]);
}

#[test]
fn a_restore_that_was_cut_off_is_no_deployment_until_it_is_done() {
    let here = Deployment::start();
    put_blobs(&here, 40);
    let dir = beside(&here, "backup");
    back_up(&here, &dir);
    let (blob, data) = (dir.join("blobs/m/0f/15"), beside(&here, "restored"));
    let good = fs::read(&blob).unwrap();
    fs::write(&blob, "altered").unwrap();
    let arguments = ["restore", dir.to_str().unwrap(), "--data", data.to_str().unwrap()];
    let refused = here.server.reeve(&arguments);
    assert_eq!(refused.code, Some(1));
    assert!(refused.stderr.contains("blobs/m/0f/15") && refused.stderr.contains("--generation"), "{}", refused.stderr);
    for command in ["serve", "doctor"] {
        let said = here.server.reeve(&[command, "--data", data.to_str().unwrap()]);
        assert_eq!(said.code, Some(1), "{command}: {}", said.stdout);
        assert!(format!("{}{}", said.stdout, said.stderr).contains("reeve restore"), "{} {}", said.stdout, said.stderr);
    }
    fs::write(&blob, good).unwrap();
    here.reeve(&arguments);
    fs::copy(here.server.data().join("master.key"), data.join("master.key")).unwrap();
    here.on(data, &[]).reeve(&["doctor"]);
}

#[test]
fn a_backup_that_is_killed_leaves_the_earlier_one_and_the_next_goes_on() {
    let here = Deployment::start();
    let dir = beside(&here, "backup");
    put_blobs(&here, 2);
    back_up(&here, &dir);
    put_blobs(&here, 600);
    let copied = |dir: &Path| {
        let folders = fs::read_dir(dir.join("blobs/m")).unwrap();
        folders.map(|folder| fs::read_dir(folder.unwrap().path()).unwrap().count()).sum::<usize>()
    };
    let killed = AtomicUsize::new(0);
    // From the copying of the database on, later and later.
    for until in [0, 10, 60, 150, 300, 450] {
        let mut command = here.server.command();
        let mut child = command.arg("backup").arg(&dir).spawn().unwrap();
        wait_until("the backup to be in the middle", PATIENCE, || {
            (copied(&dir) >= until || child.try_wait().unwrap().is_some()).then_some(())
        });
        child.kill().unwrap();
        killed.fetch_add(usize::from(!child.wait().unwrap().success()), Ordering::Relaxed);
        let verified = here.json(&["backup", "verify", dir.to_str().unwrap()]);
        assert!(verified.as_array().unwrap().iter().all(|one| one["sound"] == true), "{verified}");
    }
    assert!(killed.load(Ordering::Relaxed) >= 3, "the kills came too late to show anything");
    let last = back_up(&here, &dir);
    assert_eq!(last["sections"][1]["blobs"], 600);
    let partial = fs::read_dir(dir.join("generations")).unwrap();
    let partial = partial.filter(|one| one.as_ref().unwrap().file_name().to_string_lossy().ends_with(".partial"));
    assert_eq!(partial.count(), 0, "what was cut off is gone");
    let _ = about(&here, &["backup", "verify"], &dir).done();
}
