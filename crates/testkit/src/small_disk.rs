//! A disk that can be filled, for tests of what happens then. Gone when its value is dropped. Mounting needs root; for
//! others there is none, and that is said.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// A file system of a few MiB.
#[derive(Debug)]
pub struct SmallDisk {
    folder: TempDir,
}

impl SmallDisk {
    /// Mounts one; `None`, and a word about it, for users who may not mount.
    pub fn mount(mib: usize) -> Option<Self> {
        let folder = TempDir::with_prefix("reeve-disk-").expect("the small disk can be used");
        let size = format!("size={mib}m,mode=700");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(folder.path()).output();
        match mounted {
            Ok(done) if done.status.success() => Some(Self { folder }),
            _ => {
                eprintln!("mounting needs root: the test of a full disk is left out");
                None
            }
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Takes all room but so many octets.
    pub fn fill(&self, but: u64) {
        let mut file = fs::File::create(self.ballast()).expect("the small disk can be used");
        let block = vec![0; 4_096];
        while file.write_all(&block).is_ok() {}
        drop(file);
        let file = fs::File::options().write(true).open(self.ballast()).expect("the small disk can be used");
        let length = file.metadata().expect("the small disk can be used").len();
        file.set_len(length.saturating_sub(but)).expect("the small disk can be used");
    }

    /// Gives the room back.
    pub fn free(&self) {
        fs::remove_file(self.ballast()).expect("the small disk can be used");
    }

    fn ballast(&self) -> PathBuf {
        self.path().join("ballast")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: a server that is being killed may still have files open.
        let _ = Command::new("umount").arg("--lazy").arg(self.folder.path()).status();
    }
}
