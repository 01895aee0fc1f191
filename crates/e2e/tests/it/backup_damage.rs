//! Backups that were damaged where they lie, and disks that fill up: what is wrong is named, and nothing else is lost.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use reeve_testkit::SmallDisk;
use serde_json::Value;

use crate::backup::{about, back_up, beside, put_blobs};
use crate::deployment::Deployment;

/// The folder of the newest backup.
fn newest(dir: &Path) -> PathBuf {
    let all = fs::read_dir(dir.join("generations")).unwrap().map(|one| one.unwrap().path());
    all.max().unwrap()
}

/// Damages a backup, sees that it is named, and puts it right again.
fn check(here: &Deployment, dir: &Path, path: &Path, damage: impl Fn(&Path)) {
    let good = fs::read(path).unwrap();
    damage(path);
    let verified = about(here, &["backup", "verify"], dir);
    let shown = path.file_name().unwrap().to_str().unwrap();
    assert_eq!(verified.code, Some(1), "{shown}: {}", verified.stdout);
    assert!(verified.stdout.contains("damaged") && verified.stdout.contains(shown), "{shown}: {}", verified.stdout);
    let target = beside(here, "target");
    let restored = here.server.reeve(&["restore", dir.to_str().unwrap(), "--data", target.to_str().unwrap()]);
    assert_eq!(restored.code, Some(1), "{shown} is not restored");
    assert!(restored.stderr.contains(shown), "{shown}: {}", restored.stderr);
    let _ = fs::remove_dir_all(&target);
    fs::write(path, good).unwrap();
    let _ = about(here, &["backup", "verify"], dir).done();
}

fn truncate(path: &Path) {
    let length = fs::metadata(path).unwrap().len();
    fs::File::options().write(true).open(path).unwrap().set_len(length / 2).unwrap();
}

fn alter(path: &Path) {
    let mut content = fs::read(path).unwrap();
    let middle = content.len() / 2;
    content[middle] ^= 1;
    fs::write(path, content).unwrap();
}

#[test]
fn damage_is_named_wherever_it_is() {
    let here = Deployment::start();
    put_blobs(&here, 5);
    let dir = beside(&here, "backup");
    back_up(&here, &dir);
    let generation = newest(&dir);
    for file in ["database.sqlite", "blobs.list", "manifest.json"] {
        check(&here, &dir, &generation.join(file), truncate);
        check(&here, &dir, &generation.join(file), alter);
        check(&here, &dir, &generation.join(file), |path| fs::remove_file(path).unwrap());
    }
    let blob = dir.join("blobs/m/03/3");
    check(&here, &dir, &blob, truncate);
    check(&here, &dir, &blob, alter);
    check(&here, &dir, &blob, |path| fs::remove_file(path).unwrap());
}

#[test]
fn a_blob_that_was_lost_in_the_backup_is_copied_again() {
    let here = Deployment::start();
    put_blobs(&here, 5);
    let dir = beside(&here, "backup");
    back_up(&here, &dir);
    fs::remove_file(dir.join("blobs/m/03/3")).unwrap();
    truncate(&dir.join("blobs/m/04/4"));
    assert_eq!(about(&here, &["backup", "verify"], &dir).code, Some(1));
    assert_eq!(back_up(&here, &dir)["blobs_copied"], 2);
    let _ = about(&here, &["backup", "verify"], &dir).done();
}

/// Runs a backup that cannot have room; what it says.
fn without_room(mut command: Command, words: &[&str]) {
    let done = command.stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8(done.stderr).unwrap();
    assert_eq!(done.status.code(), Some(1), "{said}");
    for word in words {
        assert!(said.contains(word), "{word:?} is not in: {said}");
    }
}

/// That the folder has so many backups, all sound, and nothing half-done.
fn sound(here: &Deployment, dir: &Path, count: usize) {
    let verified: Value = here.json(&["backup", "verify", dir.to_str().unwrap()]);
    assert_eq!(verified.as_array().unwrap().len(), count, "{verified}");
    assert_eq!(fs::read_dir(dir.join("generations")).unwrap().count(), count);
}

#[test]
fn files_that_may_not_grow_end_a_backup_with_a_reason_and_leave_the_earlier_one() {
    let here = Deployment::start();
    put_blobs(&here, 3);
    let dir = beside(&here, "backup");
    back_up(&here, &dir);
    // A limit on the size of files stops the database, as a quota would; its signal is ignored, as daemons do.
    let mut command = Command::new("sh");
    let reeve = here.server.command();
    command.args(["-c", "trap '' XFSZ; ulimit -f 64; exec \"$0\" \"$@\""]).arg(reeve.get_program());
    command.arg("backup").arg(&dir).arg("--data").arg(here.server.data());
    without_room(command, &["could not write", "earlier ones are as they were"]);
    sound(&here, &dir, 1);
    back_up(&here, &dir);
    sound(&here, &dir, 2);
}

#[test]
fn a_full_disk_ends_a_backup_with_a_reason_and_the_next_one_goes_on() {
    let Some(disk) = SmallDisk::mount(4) else { return };
    let here = Deployment::start();
    put_blobs(&here, 3);
    let dir = disk.path().join("backup");
    back_up(&here, &dir);
    let run = |words: &[&str]| {
        let mut command = here.server.command();
        command.arg("backup").arg(&dir);
        without_room(command, words);
    };
    // No room for the database.
    disk.fill(64 << 10);
    run(&["could not write", "make room", "earlier ones are as they were"]);
    sound(&here, &dir, 1);
    disk.free();
    // Room for the database, and not for all blobs.
    put_blobs(&here, 2_000);
    run(&["could not write", "No space left", "make room", "earlier backups there are as they were"]);
    sound(&here, &dir, 1);
    fs::remove_dir_all(here.server.data().join("blobs")).unwrap();
    put_blobs(&here, 10);
    let made = back_up(&here, &dir);
    assert_eq!(made["sections"][1]["blobs"], 10, "{made}");
    sound(&here, &dir, 2);
}
