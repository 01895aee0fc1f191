//! The file of the master key: made once, read by its owner alone, never replaced.
//!
//! A key is made only where the database has no secrets yet. One that is missing later is missed: a new one could open
//! nothing that is stored, and would hide that the old one must be found.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use reeve_base::Random;
use reeve_base::secret::{ExposeSecret, Secret};
use reeve_domain::sealing::MasterKey;

use crate::outcome::Failure;

/// Octets of a key file that are read: 32 octets in base64 are 44 characters and a line end.
const FILE_BYTES_MAX: u64 = 128;

/// Reads the key; nothing when the file is not there.
///
/// Errors: when others than its owner may read or write it, and when it holds no key.
pub(crate) fn read(path: &Path) -> Result<Option<MasterKey>, Failure> {
    let shown = path.display();
    let failed =
        |why: std::io::Error| Failure::refused(format!("could not read the file of the master key {shown}: {why}"));
    let file = match File::open(path) {
        Ok(file) => file,
        Err(why) if why.kind() == ErrorKind::NotFound => return Ok(None),
        Err(why) => return Err(failed(why)),
    };
    let found = file.metadata().map_err(failed)?;
    if !found.is_file() {
        return Err(Failure::refused(format!("{shown} must be a file with the master key; it is something else")));
    }
    if found.permissions().mode() & 0o077 != 0 {
        return Err(Failure::refused(format!(
            "the file of the master key can be read or written by other users; run `chmod 600 {shown}`, and think of \
             who may have read it"
        )));
    }
    let mut text = String::new();
    file.take(FILE_BYTES_MAX).read_to_string(&mut text).map_err(failed)?;
    MasterKey::parse(&Secret::from(text)).map(Some).ok_or_else(|| {
        Failure::refused(format!("{shown} must hold 32 octets in base64 and nothing else; put back the file as it was"))
    })
}

/// Makes a key and its file, whole or not at all; when another process is faster, its key is the one.
pub(crate) fn create(path: &Path, random: &dyn Random) -> Result<MasterKey, Failure> {
    let key = MasterKey::generate(random);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let draft = path.with_added_extension(format!("new-{}", reeve_base::random::hex::<8>(random)));
    let written = write_new(&draft, &key)
        // A link never replaces a file that is there, as renaming would.
        .and_then(|()| std::fs::hard_link(&draft, path));
    // The draft may not be there; it must not stay in any case.
    let _ = std::fs::remove_file(&draft);
    match written {
        Ok(()) => {}
        Err(why) if why.kind() == ErrorKind::AlreadyExists => {
            let gone = || Failure::refused(format!("the file of the master key {} came and went", path.display()));
            return read(path)?.ok_or_else(gone);
        }
        Err(why) => return Err(not_made(path, &why)),
    }
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(|why| not_made(path, &why))?;
    Ok(key)
}

fn write_new(path: &Path, key: &MasterKey) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(key.to_text().expose_secret().as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()
}

fn not_made(path: &Path, why: &std::io::Error) -> Failure {
    Failure::refused(format!(
        "could not make the file of the master key {}: {why}; name another with master_key_file or \
         REEVE_MASTER_KEY_FILE, or change who owns its folder",
        path.display()
    ))
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};

    use reeve_base::random::OsRandom;

    use super::*;

    fn refused(path: &Path) -> String {
        read(path).unwrap_err().to_string()
    }

    #[test]
    fn a_key_is_made_once_private_and_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        assert!(read(&path).unwrap().is_none());
        let made = create(&path, &OsRandom).unwrap().to_text();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let again = create(&path, &OsRandom).unwrap().to_text();
        let seen = read(&path).unwrap().unwrap().to_text();
        assert_eq!(made.expose_secret(), seen.expose_secret());
        assert_eq!(made.expose_secret(), again.expose_secret(), "a key that is there is never replaced");
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text.trim_end(), seen.expose_secret());
        assert_eq!((text.len(), fs::read_dir(folder.path()).unwrap().count()), (45, 1));
    }

    #[test]
    fn a_key_that_others_can_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        create(&path, &OsRandom).unwrap();
        for mode in [0o640, 0o604, 0o620, 0o666] {
            fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            assert!(refused(&path).contains("chmod 600"), "{mode:o}");
        }
        fs::set_permissions(&path, Permissions::from_mode(0o400)).unwrap();
        assert!(read(&path).unwrap().is_some());
    }

    #[test]
    fn what_is_no_key_is_refused_and_not_shown() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        for text in ["", "\n", "c2VjcmV0", "hunter2 hunter2 hunter2 hunter2", &"A".repeat(44), &"A".repeat(1_000)] {
            let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path).unwrap();
            file.write_all(text.as_bytes()).unwrap();
            let said = refused(&path);
            assert!(said.contains("32 octets") && (text.len() < 2 || !said.contains(text)), "{said}");
        }
        assert!(refused(folder.path()).contains("master"));
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("missing/master.key");
        let said = create(&path, &OsRandom).unwrap_err().to_string();
        assert!(said.contains("missing/master.key") && said.contains("REEVE_MASTER_KEY_FILE"), "{said}");
    }
}
