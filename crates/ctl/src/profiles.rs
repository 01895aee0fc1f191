//! The profiles of `reeve login`: which server, who, and the token of the session, in one file of the person's own.
//!
//! The file is mode 0600 and is not used when others can read it; it is replaced whole or not at all. Messages never
//! quote it, since any line of it may be a token.

use std::fs::{DirBuilder, File};
use std::io::{ErrorKind, Read};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

use reeve_base::secret::ExposeSecret;
use reeve_base::{Secret, Timestamp};
use toml::{Table, Value};

use crate::failure::Failure;
use crate::files::PrivateFile;

/// The profile that is meant when none is named.
pub(crate) const DEFAULT: &str = "default";

/// Octets of the file: some thousand profiles.
const FILE_BYTES_MAX: u64 = 1 << 20;

/// One profile.
#[derive(Debug, Clone)]
pub(crate) struct Profile {
    /// The address of the server, the only one that the token goes to.
    pub(crate) server: String,
    /// Who signed in.
    pub(crate) username: String,
    /// What opens the session; none after `reeve logout`.
    pub(crate) token: Option<Secret>,
    /// When the session ends in any case.
    pub(crate) expires_at: Option<String>,
}

impl Profile {
    /// Whether its session is over for certain.
    pub(crate) fn is_expired(&self, now: Timestamp) -> bool {
        let moment = self.expires_at.as_deref().and_then(|at| Timestamp::parse_rfc3339("expires_at", at).ok());
        moment.is_some_and(|moment| moment <= now)
    }

    fn read(table: &Table) -> Option<Self> {
        let text = |member: &str| table.get(member).and_then(Value::as_str).map(str::to_owned);
        Some(Self {
            server: text("server")?,
            username: text("username").unwrap_or_default(),
            token: text("token").map(Secret::from),
            expires_at: text("expires_at"),
        })
    }

    fn write(&self) -> Table {
        let token = self.token.as_ref().map(ExposeSecret::expose_secret);
        let members = [
            ("server", Some(self.server.as_str())),
            ("username", Some(self.username.as_str())),
            ("token", token),
            ("expires_at", self.expires_at.as_deref()),
        ];
        members.into_iter().filter_map(|(name, text)| Some((name.to_owned(), Value::from(text?)))).collect()
    }
}

/// The file of profiles.
#[derive(Debug, Clone)]
pub(crate) struct Profiles {
    path: Option<PathBuf>,
}

impl Profiles {
    /// The profiles in the file at `path`, which need not exist.
    pub(crate) fn new(path: Option<PathBuf>) -> Self {
        Self { path }
    }

    /// One profile, if there is one of that name.
    pub(crate) fn find(&self, name: &str) -> Result<Option<Profile>, Failure> {
        let Some(path) = &self.path else { return Ok(None) };
        match read(path)?.get(name) {
            None => Ok(None),
            Some(entry) => entry.as_table().and_then(Profile::read).map(Some).ok_or_else(|| {
                Failure::usage(
                    format!("profile {name} in {} names no server", path.display()),
                    format!("make it anew: reeve login --profile {name} --server URL"),
                )
            }),
        }
    }

    /// All profiles that can be read, by name.
    pub(crate) fn all(&self) -> Result<Vec<(String, Profile)>, Failure> {
        let Some(path) = &self.path else { return Ok(Vec::new()) };
        let read = |(name, entry): (String, Value)| Some((name, Profile::read(entry.as_table()?)?));
        Ok(self::read(path)?.into_iter().filter_map(read).collect())
    }

    /// Puts a profile into the file, in the place of one of the same name; the others stay as they are.
    pub(crate) fn keep(&self, name: &str, profile: &Profile) -> Result<(), Failure> {
        let path = self.path.as_deref().ok_or_else(no_place)?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(|why| unusable(folder, &why))?;
        // Two commands that sign in at once must not undo each other; the lock goes when the handle does.
        let lock = File::open(folder).map_err(|why| unusable(folder, &why))?;
        lock.lock().map_err(|why| unusable(folder, &why))?;
        let mut table = read(path)?;
        table.insert(name.to_owned(), Value::Table(profile.write()));
        let text = toml::to_string(&table).map_err(|_| not_profiles(path, "it cannot be written again"))?;
        let mut file = PrivateFile::create(path)?;
        file.write(text.as_bytes())?;
        file.keep()
    }
}

/// The profiles as they stand in the file; none when there is no file.
fn read(path: &Path) -> Result<Table, Failure> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(why) if why.kind() == ErrorKind::NotFound => return Ok(Table::new()),
        Err(why) => return Err(unusable(path, &why)),
    };
    // Asked of the open file, so that it is this one that is judged.
    let mode = file.metadata().map_err(|why| unusable(path, &why))?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(Failure::usage(
            format!("{} holds tokens and is open to others (mode {:04o})", path.display(), mode & 0o7777),
            format!("chmod 600 {}, and sign in again if somebody may have read it", path.display()),
        ));
    }
    let mut text = String::new();
    file.take(FILE_BYTES_MAX).read_to_string(&mut text).map_err(|why| unusable(path, &why))?;
    // The whole message would quote the line.
    toml::from_str(&text).map_err(|why| not_profiles(path, why.message()))
}

fn no_place() -> Failure {
    Failure::usage("there is no place to keep a profile: HOME is not set", "name a file in REEVE_PROFILES")
}

fn unusable(path: &Path, why: &std::io::Error) -> Failure {
    Failure::usage(
        format!("could not use {}: {why}", path.display()),
        "see that it is yours, or name another file in REEVE_PROFILES",
    )
}

fn not_profiles(path: &Path, why: &str) -> Failure {
    Failure::usage(
        format!("{} does not hold profiles: {why}", path.display()),
        "correct it, or remove it and sign in again",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(token: &str) -> Profile {
        Profile {
            server: "https://mail.example.com/".to_owned(),
            username: "root@example.com".to_owned(),
            token: Some(Secret::from(token.to_owned())),
            expires_at: Some("2026-11-22T12:00:00Z".to_owned()),
        }
    }

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn the_file_and_its_folder_are_the_owners_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config/reeve/profiles.toml");
        let profiles = Profiles::new(Some(path.clone()));
        profiles.keep("default", &profile("one")).unwrap();
        profiles.keep("work", &profile("two")).unwrap();
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
        let names: Vec<_> = profiles.all().unwrap().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["default", "work"]);
        assert_eq!(profiles.find("work").unwrap().unwrap().token.unwrap().expose_secret(), "two");
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn nobody_who_signs_in_at_the_same_time_is_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let profiles = Profiles::new(Some(folder.path().join("profiles.toml")));
        std::thread::scope(|scope| {
            for n in 0..16 {
                let profiles = &profiles;
                scope.spawn(move || profiles.keep(&format!("p{n}"), &profile("x")).unwrap());
            }
        });
        assert_eq!(profiles.all().unwrap().len(), 16);
    }

    #[test]
    fn what_others_can_read_is_not_used_and_not_changed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("profiles.toml");
        let profiles = Profiles::new(Some(path.clone()));
        profiles.keep("default", &profile("one")).unwrap();
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o640)).unwrap();
        let before = std::fs::read(&path).unwrap();
        let refused = profiles.find("default").unwrap_err();
        assert!(refused.hint().contains("chmod 600 "), "{}", refused.hint());
        assert_eq!(profiles.keep("default", &profile("two")).unwrap_err().exit_code(), 2);
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }

    #[test]
    fn a_broken_file_is_told_without_its_contents() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("profiles.toml");
        let mut file = PrivateFile::create(&path).unwrap();
        file.write(b"[default]\ntoken = \"hunter2\n").unwrap();
        file.keep().unwrap();
        let refused = Profiles::new(Some(path)).find("default").unwrap_err();
        assert!(!refused.sentence().contains("hunter2"), "{}", refused.sentence());
    }

    #[test]
    fn a_token_is_not_shown_by_debug() {
        assert!(!format!("{:?}", profile("hunter2")).contains("hunter2"));
    }

    #[test]
    fn a_profile_ends_when_its_session_does() {
        let at = |text| Timestamp::parse_rfc3339("now", text).unwrap();
        assert!(!profile("x").is_expired(at("2026-11-22T11:59:59Z")));
        assert!(profile("x").is_expired(at("2026-11-22T12:00:00Z")));
        assert!(!Profile { expires_at: None, ..profile("x") }.is_expired(at("2026-11-22T12:00:00Z")));
    }
}
