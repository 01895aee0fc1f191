//! Where the master key is: a file, made once and read by its owner alone; a systemd credential; or the environment.
//!
//! A key is made only where the database has no secrets yet. One that is missing later is missed: a new one could open
//! nothing that is stored, and would hide that the old one must be found. A file is replaced by `rotate` alone, which
//! keeps the new key beside it until the database has it: whatever moment a crash comes at, one of the two opens it.

use std::ffi::OsString;
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use reeve_base::Random;
use reeve_base::secret::{ExposeSecret, Secret};
use reeve_domain::sealing::MasterKey;

use crate::outcome::Failure;

/// Octets of a key file that are read: 32 octets in base64 are 44 characters and a line end.
const FILE_BYTES_MAX: u64 = 128;

/// Where a master key may be.
#[derive(Debug, Clone)]
pub(crate) struct MasterKeySources {
    /// The file, which may not be there.
    pub(crate) file: PathBuf,
    /// What `REEVE_MASTER_KEY` holds.
    pub(crate) environment: Option<Secret>,
    /// Where the systemd credential would be.
    pub(crate) credential: Option<PathBuf>,
}

/// Where a master key was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    File(PathBuf),
    Environment,
    Credential(PathBuf),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Environment => f.write_str("the environment variable REEVE_MASTER_KEY"),
            Self::Credential(path) => write!(f, "the credential {}", path.display()),
        }
    }
}

impl MasterKeySources {
    /// The key and the place from which it is taken; `None` when it is in none. A credential comes before the
    /// environment, which comes before the file; but a key in another of these places must be the same.
    pub(crate) fn find(&self) -> Result<Option<(MasterKey, Place)>, Failure> {
        let mut found: Vec<(MasterKey, Place)> = Vec::new();
        if let Some(path) = &self.credential
            && let Some(key) = read_as(path, Readers::AsGiven)?
        {
            found.push((key, Place::Credential(path.clone())));
        }
        if let Some(text) = &self.environment {
            let key = MasterKey::parse(text).ok_or_else(|| {
                Failure::usage("REEVE_MASTER_KEY must hold 32 octets in base64 and nothing else; it is not shown here")
            })?;
            found.push((key, Place::Environment));
        }
        if let Some(key) = read(&self.file)? {
            found.push((key, Place::File(self.file.clone())));
        }
        let mut found = found.into_iter();
        let Some((key, place)) = found.next() else { return Ok(None) };
        match found.find(|(other, _)| !key.is_same(other)) {
            None => Ok(Some((key, place))),
            Some((_, other)) => Err(Failure::refused(format!(
                "there are two master keys: {place} holds another one than {other}; take away the one that does not \
                 belong to this database"
            ))),
        }
    }

    /// Where a new key waits until the database has it.
    pub(crate) fn next_file(&self) -> PathBuf {
        beside(&self.file, "next")
    }
}

/// A file whose name says more.
pub(crate) fn beside(path: &Path, what: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(format!(".{what}"));
    PathBuf::from(name)
}

/// Who may be able to read a file with a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Readers {
    /// Its owner alone.
    Owner,
    /// Whom the service manager lets: it guards the folder.
    AsGiven,
}

/// Reads the key; nothing when the file is not there.
///
/// Errors: when others than its owner may read or write it, and when it holds no key.
pub(crate) fn read(path: &Path) -> Result<Option<MasterKey>, Failure> {
    read_as(path, Readers::Owner)
}

fn read_as(path: &Path, readers: Readers) -> Result<Option<MasterKey>, Failure> {
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
    if readers == Readers::Owner && found.permissions().mode() & 0o077 != 0 {
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
    sync_folder(folder).map_err(|why| not_made(path, &why))?;
    Ok(key)
}

/// Makes a key and its file in the place of whatever an earlier change left there.
pub(crate) fn create_anew(path: &Path, random: &dyn Random) -> Result<MasterKey, Failure> {
    match std::fs::remove_file(path) {
        Err(why) if why.kind() != ErrorKind::NotFound => Err(not_made(path, &why)),
        _ => create(path, random),
    }
}

/// Puts the file of the next key in the place of the present one, for good. The former one stays under the name `former`.
pub(crate) fn replace(next: &Path, file: &Path, former: Option<&Path>) -> Result<(), Failure> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let kept = match former.map(|former| std::fs::hard_link(file, former)) {
        Some(Err(why)) if why.kind() != ErrorKind::AlreadyExists => Err(why),
        _ => Ok(()),
    };
    kept.and_then(|()| std::fs::rename(next, file)).and_then(|()| sync_folder(folder)).map_err(|why| {
        Failure::refused(format!(
            "could not put the new master key {} in the place of {}: {why}; the next start tries again",
            next.display(),
            file.display()
        ))
    })
}

fn sync_folder(folder: &Path) -> std::io::Result<()> {
    File::open(folder)?.sync_all()
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

    fn sources(folder: &Path) -> MasterKeySources {
        MasterKeySources { file: folder.join("master.key"), environment: None, credential: None }
    }

    #[test]
    fn one_key_in_several_places_is_fine_and_two_keys_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let mut places = sources(folder.path());
        assert!(places.find().unwrap().is_none());
        let key = create(&places.file, &OsRandom).unwrap();
        assert_eq!(places.find().unwrap().unwrap().1, Place::File(places.file.clone()));
        places.environment = Some(key.to_text());
        assert_eq!(places.find().unwrap().unwrap().1, Place::Environment);
        // Service managers let the group of the service read it.
        let credential = folder.path().join("reeve-master-key");
        fs::write(&credential, key.to_text().expose_secret()).unwrap();
        fs::set_permissions(&credential, Permissions::from_mode(0o440)).unwrap();
        places.credential = Some(credential.clone());
        assert_eq!(places.find().unwrap().unwrap().1, Place::Credential(credential));
        places.environment = Some(MasterKey::generate(&OsRandom).to_text());
        let said = places.find().unwrap_err().to_string();
        assert!(said.contains("two master keys") && said.contains("REEVE_MASTER_KEY"), "{said}");
        places.environment = Some(Secret::from("hunter2".to_owned()));
        let said = places.find().unwrap_err().to_string();
        assert!(said.contains("32 octets") && !said.contains("hunter2"), "{said}");
    }

    #[test]
    fn a_credential_that_is_not_there_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let places = MasterKeySources { credential: Some(folder.path().join("no")), ..sources(folder.path()) };
        assert!(places.find().unwrap().is_none());
    }

    #[test]
    fn a_key_that_takes_the_place_of_another_leaves_the_former_one() {
        let folder = tempfile::tempdir().unwrap();
        let places = sources(folder.path());
        let old = create(&places.file, &OsRandom).unwrap();
        let stale = create_anew(&places.next_file(), &OsRandom).unwrap();
        let new = create_anew(&places.next_file(), &OsRandom).unwrap();
        assert!(!stale.is_same(&new));
        let former = beside(&places.file, "former");
        replace(&places.next_file(), &places.file, Some(&former)).unwrap();
        assert!(read(&places.file).unwrap().unwrap().is_same(&new));
        assert!(read(&former).unwrap().unwrap().is_same(&old));
        assert!(!places.next_file().exists());
    }

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
