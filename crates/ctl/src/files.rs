//! Files that commands write: for the owner's eyes only, and whole or not there at all.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::failure::Failure;

/// A file under a temporary name beside its place; dropped without [`PrivateFile::keep`] it leaves no trace.
pub(crate) struct PrivateFile {
    path: PathBuf,
    file: BufWriter<NamedTempFile>,
}

impl PrivateFile {
    /// Starts a file that will stand at `path`, readable and writable by its owner only.
    pub(crate) fn create(path: &Path) -> Result<Self, Failure> {
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        if path.is_dir() {
            return Err(Failure::usage(
                format!("{} is a folder", path.display()),
                "give the name of a file to write to",
            ));
        }
        // Made with mode 0600 and never opened up: exports hold people's addresses and telephone numbers.
        let file = tempfile::Builder::new().prefix(".reeve-").suffix(".part").tempfile_in(folder).map_err(|why| {
            Failure::usage(
                format!("could not create a file in {}: {why}", folder.display()),
                "name a folder that exists and that you may write to",
            )
        })?;
        Ok(Self { path: path.to_owned(), file: BufWriter::new(file) })
    }

    /// Adds bytes to the file.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.file.write_all(bytes).map_err(|why| unwritten(&self.path, &why))
    }

    /// Puts the file in its place, over whatever stood there.
    pub(crate) fn keep(self) -> Result<(), Failure> {
        let Self { path, file } = self;
        let file = file.into_inner().map_err(|why| unwritten(&path, why.error()))?;
        file.as_file().sync_all().map_err(|why| unwritten(&path, &why))?;
        file.persist(&path).map_err(|why| unwritten(&path, &why.error))?;
        Ok(())
    }
}

fn unwritten(path: &Path, why: &std::io::Error) -> Failure {
    Failure::not_done(format!("could not write {}: {why}", path.display()), "see that there is room on the disk")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_whole_or_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.csv");
        let mut dropped = PrivateFile::create(&path).unwrap();
        dropped.write(b"half").unwrap();
        drop(dropped);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);

        let mut kept = PrivateFile::create(&path).unwrap();
        kept.write(b"whole").unwrap();
        kept.keep().unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"whole");
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_may_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.csv");
        PrivateFile::create(&path).unwrap().keep().unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_place_that_cannot_be_is_a_usage_error() {
        let folder = tempfile::tempdir().unwrap();
        for path in [folder.path().join("missing/out.csv"), folder.path().to_owned()] {
            assert_eq!(PrivateFile::create(&path).err().map(|failure| failure.exit_code()), Some(2));
        }
    }
}
