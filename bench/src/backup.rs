//! How long it takes to copy a deployment while it serves, and to bring it back.

use std::fs;
use std::path::Path;

use crate::deployment::Deployment;
use crate::rest::import;
use crate::{median, say, timed};

/// Users in the database that is copied.
const USERS: usize = 100_000;

/// Blobs of the size of an ordinary message, and how many.
const BLOBS: usize = 2_000;
const BLOB_BYTES: usize = 64 << 10;

/// A backup of many users, one with blobs, the one after it that copies nothing, its verification, and the restore.
pub(crate) fn measure() {
    let here = Deployment::start(None);
    import(&here, USERS);
    let target = |name: &str| here.folder.path().join(name);
    let path = |path: &Path| path.to_str().expect("UTF-8").to_owned();

    let mut round = 0;
    let mut bytes = 0;
    let seconds = median(|| {
        round += 1;
        let dir = target(&format!("backup-{round}"));
        let (done, took) = timed(|| here.server.reeve(&["backup", &path(&dir), "--output", "json"]).done());
        bytes = done.json()["sections"][0]["bytes"].as_u64().unwrap_or_default();
        took.as_secs_f64()
    });
    let mib = bytes as f64 / f64::from(1 << 20);
    say("backup of 100,000 users, SQLite", &format!("{seconds:>9.2} s ({mib:.0} MiB, {:.0} MiB/s)", mib / seconds));

    for n in 0..BLOBS {
        let blob = here.server.data().join(format!("blobs/m/{:02x}/{n}", n % 256));
        fs::create_dir_all(blob.parent().expect("a folder")).expect("a folder can be made");
        fs::write(blob, vec![u8::try_from(n % 251).unwrap_or_default(); BLOB_BYTES]).expect("a blob can be written");
    }
    let dir = path(&target("backup-1"));
    let measured = |what: &str, arguments: &[&str]| {
        let (_, took) = timed(|| here.server.reeve(arguments).done());
        say(what, &format!("{:>9.2} s", took.as_secs_f64()));
    };
    measured("the same with 2,000 new blobs of 64 KiB", &["backup", &dir]);
    measured("the next one, with none new", &["backup", &dir]);
    measured("verification of the three", &["backup", "verify", &dir]);
    let data = path(&target("restored"));
    measured("restore", &["restore", &dir, "--data", &data]);
}
