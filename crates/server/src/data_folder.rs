//! The data folder: made private, held by one server at a time, and where it says what listens.

use std::fs::{self, DirBuilder, File, TryLockError};
use std::net::SocketAddr;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use crate::outcome::Failure;

/// The file that is in a data folder while a deployment is being restored there.
pub(crate) const RESTORING: &str = "restoring";

/// The data folder of this process, held until it is dropped.
#[derive(Debug)]
pub(crate) struct DataFolder {
    listen_file: PathBuf,
    _lock: File,
}

impl DataFolder {
    /// Makes the folder if it is not there and takes hold of it.
    pub(crate) fn hold(path: &Path) -> Result<Self, Failure> {
        if path.join(RESTORING).exists() {
            return Err(Failure::refused(format!(
                "a restore into the data folder {} was cut off; run the same `reeve restore` again, or empty the folder",
                path.display()
            )));
        }
        Self::hold_to_restore(path)
    }

    /// The same where a restore may have been cut off: for the one that goes on.
    pub(crate) fn hold_to_restore(path: &Path) -> Result<Self, Failure> {
        let failed = |what: &str, why: &std::io::Error| {
            Failure::refused(format!(
                "could not {what} the data folder {}: {why}; name another with --data or REEVE_DATA, or change who owns it",
                path.display()
            ))
        };
        DirBuilder::new().recursive(true).mode(0o700).create(path.join("run")).map_err(|why| failed("make", &why))?;
        let lock = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path.join("reeve.lock"))
            .map_err(|why| failed("write to", &why))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(Failure::refused(format!(
                    "another reeve is using the data folder {}; stop it first, or name another folder with --data",
                    path.display()
                )));
            }
            Err(TryLockError::Error(why)) => return Err(failed("lock", &why)),
        }
        let folder = Self { listen_file: path.join("run/listen.json"), _lock: lock };
        folder.forget_listening();
        Ok(folder)
    }

    /// Writes where the doors listen, whole or not at all.
    pub(crate) fn say_listening(&self, http: SocketAddr) -> Result<(), Failure> {
        let text = serde_json::json!({ "http": http.to_string() }).to_string();
        let draft = self.listen_file.with_extension("json.new");
        fs::write(&draft, text)
            .and_then(|()| fs::rename(&draft, &self.listen_file))
            .map_err(|why| Failure::refused(format!("could not write {}: {why}", self.listen_file.display())))
    }

    fn forget_listening(&self) {
        // It may not be there; a stale one is written over in any case.
        let _ = fs::remove_file(&self.listen_file);
    }
}

impl Drop for DataFolder {
    fn drop(&mut self) {
        self.forget_listening();
    }
}
