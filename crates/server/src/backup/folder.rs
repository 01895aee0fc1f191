//! A folder that keeps backups: `generations/NAME` for each, and `blobs/` that all of them share.
//!
//! What is not finished is called `.partial` and counts for nothing; the next backup removes it. One process at a time
//! changes the folder.

use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, TryLockError};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use reeve_store::BlobName;

use super::generation::{self, Generation, ListedBlob};
use crate::outcome::Failure;

const GENERATIONS: &str = "generations";
const BLOBS: &str = "blobs";

/// What is being written.
const PARTIAL: &str = ".partial";

/// The folder.
#[derive(Debug)]
pub(super) struct BackupFolder {
    path: PathBuf,
}

impl BackupFolder {
    /// A folder that has backups, or once had.
    pub(super) fn open(path: &Path) -> Result<Self, Failure> {
        if path.join(GENERATIONS).is_dir() {
            return Ok(Self { path: path.to_owned() });
        }
        Err(Failure::refused(format!("there are no backups in {}; `reeve backup {0}` makes one", path.display())))
    }

    /// Makes the folder if it is not there.
    pub(super) fn make(path: &Path) -> Result<Self, Failure> {
        if ["reeve.lock", "reeve.db"].iter().any(|file| path.join(file).exists()) {
            return Err(Failure::usage(format!(
                "{} is the data folder of a deployment; name another folder for its backups, on another disk if you can",
                path.display()
            )));
        }
        let folder = Self { path: path.to_owned() };
        for part in [GENERATIONS, BLOBS] {
            make_folder(&path.join(part)).map_err(|why| folder.failed("make", &path.join(part), &why))?;
        }
        Ok(folder)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Keeps others from changing it until the file is dropped.
    pub(super) fn hold(&self) -> Result<File, Failure> {
        let path = self.path.join("backup.lock");
        let lock = File::options().create(true).truncate(false).write(true).open(&path);
        let lock = lock.map_err(|why| self.failed("write", &path, &why))?;
        match lock.try_lock() {
            Ok(()) => Ok(lock),
            Err(TryLockError::WouldBlock) => {
                Err(Failure::refused(format!("another backup is being made in {}; wait for it", self.path.display())))
            }
            Err(TryLockError::Error(why)) => Err(self.failed("lock", &path, &why)),
        }
    }

    /// What is finished, oldest first: names sort by time.
    pub(super) fn generations(&self) -> Result<Vec<Generation>, Failure> {
        let mut names = self.names()?;
        names.retain(|name| !name.ends_with(PARTIAL));
        Ok(names.into_iter().map(|name| Generation::new(self.path.join(GENERATIONS).join(&name), name)).collect())
    }

    /// One by its name, or the newest.
    pub(super) fn generation(&self, name: Option<&str>) -> Result<Generation, Failure> {
        let found = self.generations()?.into_iter().rfind(|one| name.is_none_or(|name| name == one.name()));
        found.ok_or_else(|| {
            let what = name.map_or_else(|| "a finished backup".to_owned(), |name| format!("a backup {name}"));
            let shown = self.path.display();
            Failure::refused(format!("{shown} does not have {what}; `reeve backup list {shown}` shows those it has"))
        })
    }

    /// Begins a backup, and removes what earlier ones left that were cut off.
    pub(super) fn begin(&self, name: &str) -> Result<Generation, Failure> {
        self.remove_partial()?;
        let path = self.path.join(GENERATIONS).join(format!("{name}{PARTIAL}"));
        make_folder(&path).map_err(|why| self.failed("make", &path, &why))?;
        Ok(Generation::new(path, name.to_owned()))
    }

    /// From here on the backup counts.
    pub(super) fn finish(&self, generation: &Generation) -> Result<Generation, Failure> {
        let path = self.path.join(GENERATIONS).join(generation.name());
        sync_folder(generation.path())
            .and_then(|()| fs::rename(generation.path(), &path))
            .and_then(|()| sync_folder(&self.path.join(GENERATIONS)))
            .map_err(|why| self.failed("finish", &path, &why))?;
        Ok(Generation::new(path, generation.name().to_owned()))
    }

    /// Removes whatever is not finished: of backups and of blobs.
    pub(super) fn remove_partial(&self) -> Result<(), Failure> {
        for name in self.names()?.iter().filter(|name| name.ends_with(PARTIAL)) {
            let path = self.path.join(GENERATIONS).join(name);
            fs::remove_dir_all(&path).map_err(|why| self.failed("remove", &path, &why))?;
        }
        let path = self.blob_draft();
        match fs::remove_file(&path) {
            Err(why) if why.kind() != std::io::ErrorKind::NotFound => Err(self.failed("remove", &path, &why)),
            _ => Ok(()),
        }
    }

    pub(super) fn blob(&self, name: &BlobName) -> PathBuf {
        self.path.join(BLOBS).join(name.as_str())
    }

    /// Puts a blob where all backups find it, whole and flushed. The folder of its name is flushed by `flush_blobs`.
    pub(super) fn keep_blob(&self, name: &BlobName, content: &[u8]) -> Result<(), Failure> {
        let (draft, path) = (self.blob_draft(), self.blob(name));
        let folder = path.parent().unwrap_or(&self.path);
        make_folder(folder)
            .and_then(|()| generation::write_flushed(&draft, content))
            .and_then(|()| fs::rename(&draft, &path))
            .map_err(|why| {
                let _ = fs::remove_file(&draft);
                self.failed("write", &path, &why)
            })
    }

    /// Flushes the names of blobs that were kept.
    pub(super) fn flush_blobs(&self, kept: &[BlobName]) -> Result<(), Failure> {
        let mut folders = HashSet::from([self.path.join(BLOBS)]);
        for name in kept {
            let path = self.blob(name);
            folders.extend(path.ancestors().skip(1).take_while(|at| **at != self.path).map(Path::to_owned));
        }
        let flushed = folders.iter().try_for_each(|folder| sync_folder(folder));
        flushed.map_err(|why| self.failed("flush", &self.path.join(BLOBS), &why))
    }

    /// What the newest readable backup knows of blobs, by name.
    pub(super) fn known_blobs(&self) -> Result<HashMap<BlobName, ListedBlob>, Failure> {
        for generation in self.generations()?.into_iter().rev() {
            let mut known = HashMap::new();
            let sound = generation.manifest().is_ok_and(|manifest| {
                let sum = generation::sum_of(&generation.path().join(&manifest.blobs.file));
                sum.is_ok_and(|sum| sum == (manifest.blobs.bytes, manifest.blobs.sha256))
            });
            if sound {
                generation.each_blob(|blob| {
                    known.insert(blob.name.clone(), blob);
                    Ok(())
                })?;
                return Ok(known);
            }
        }
        Ok(HashMap::new())
    }

    /// Deletes all but the newest `keep` backups, and the blobs that no other has; says how many of each.
    pub(super) fn prune(&self, keep: usize) -> Result<(usize, usize), Failure> {
        let mut old = self.generations()?;
        let kept = old.split_off(old.len().saturating_sub(keep));
        let mut needed = HashSet::new();
        for generation in &kept {
            // A list that cannot be read may name anything: nothing is deleted then.
            generation.manifest()?;
            generation.each_blob(|blob| {
                needed.insert(blob.name);
                Ok(())
            })?;
        }
        for generation in &old {
            let away = self.path.join(GENERATIONS).join(format!("{}{PARTIAL}", generation.name()));
            // In one step it counts no more, whatever moment a crash comes at.
            fs::rename(generation.path(), &away)
                .and_then(|()| fs::remove_dir_all(&away))
                .map_err(|why| self.failed("remove", generation.path(), &why))?;
        }
        let mut deleted = 0;
        for name in self.blob_names()?.into_iter().filter(|name| !needed.contains(name)) {
            let path = self.blob(&name);
            fs::remove_file(&path).map_err(|why| self.failed("remove", &path, &why))?;
            deleted += 1;
        }
        Ok((old.len(), deleted))
    }

    fn blob_names(&self) -> Result<Vec<BlobName>, Failure> {
        let root = self.path.join(BLOBS);
        let mut folders = vec![root.clone()];
        let mut names = Vec::new();
        while let Some(folder) = folders.pop() {
            let entries = fs::read_dir(&folder).map_err(|why| self.failed("read", &folder, &why))?;
            for entry in entries {
                let path = entry.map_err(|why| self.failed("read", &folder, &why))?.path();
                if path.is_dir() {
                    folders.push(path);
                } else if let Ok(relative) = path.strip_prefix(&root)
                    && let Ok(name) = BlobName::parse(&relative.to_string_lossy())
                {
                    names.push(name);
                }
            }
        }
        Ok(names)
    }

    /// One at a time is written, outside of `blobs`, where only whole ones are.
    fn blob_draft(&self) -> PathBuf {
        self.path.join(format!("blob{PARTIAL}"))
    }

    fn names(&self) -> Result<Vec<String>, Failure> {
        let path = self.path.join(GENERATIONS);
        let read = fs::read_dir(&path).and_then(|entries| {
            entries.map(|entry| entry.map(|entry| entry.file_name())).collect::<Result<Vec<OsString>, _>>()
        });
        let read = read.map_err(|why| self.failed("read", &path, &why))?;
        let mut names: Vec<String> = read.into_iter().filter_map(|name| name.into_string().ok()).collect();
        names.sort();
        Ok(names)
    }

    /// What is said of something that the system refused.
    pub(super) fn failed(&self, what: &str, path: &Path, why: &std::io::Error) -> Failure {
        Failure::refused(format!("could not {what} {}: {why}{}", path.display(), remedy(why)))
    }
}

/// What to do about it, where that is known.
fn remedy(why: &std::io::Error) -> &'static str {
    match why.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::FileTooLarge | std::io::ErrorKind::QuotaExceeded => {
            "; make room and run the same command again: earlier backups there are as they were"
        }
        std::io::ErrorKind::PermissionDenied => "; run as the user of the server, or change who owns it",
        _ => "",
    }
}

fn make_folder(path: &Path) -> std::io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

fn sync_folder(path: &Path) -> std::io::Result<()> {
    File::open(path)?.sync_all()
}
