//! The Unix socket by which people on this machine reach the server without a password.
//! Does not decide who owns the folder: the caller holds it, so that of two servers that start at once only one comes here.
//! Invariants: the socket is never reachable with a mode other than 0600; a socket that still answers is left alone; a peer
//! that is neither our user nor root is hung up on.

use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use tokio::net::{UnixListener, UnixStream};

use crate::limits::SOCKET_PATH_BYTES_MAX;
use crate::listener::ListenError;

/// A listening Unix socket; its file is removed when this is dropped.
#[derive(Debug)]
pub struct LocalListener {
    listener: UnixListener,
    path: PathBuf,
    owner_uid: u32,
}

impl LocalListener {
    /// Binds `path`, replacing the socket of a server that is gone; refuses when one is alive.
    /// Blocks for a few file operations: call it at start-up. Needs a tokio runtime.
    pub fn bind(path: &Path) -> Result<Self, ListenError> {
        check_length(path)?;
        remove_stale(path)?;
        let (listener, owner_uid) =
            bind_private(path).map_err(|source| failed(path, "the socket could not be made", source))?;
        Ok(Self { listener, path: path.to_owned(), owner_uid })
    }

    /// Where the socket is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The next peer that is our own user or root, with its user id.
    pub(crate) async fn accept(&self) -> io::Result<(UnixStream, u32)> {
        loop {
            let (stream, _) = self.listener.accept().await?;
            let uid = stream.peer_cred()?.uid();
            if is_welcome(uid, self.owner_uid) {
                return Ok((stream, uid));
            }
            // The mode of the file should have made this impossible, unless somebody changed it.
            tracing::warn!(peer.uid = uid, path = %self.path.display(), "hung up on a local peer of another user");
        }
    }
}

impl Drop for LocalListener {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_file(&self.path)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(%error, path = %self.path.display(), "could not remove the local socket");
        }
    }
}

fn is_welcome(uid: u32, owner_uid: u32) -> bool {
    uid == owner_uid || uid == 0
}

fn check_length(path: &Path) -> Result<(), ListenError> {
    let length = temporary_path(path).as_os_str().as_bytes().len().max(path.as_os_str().as_bytes().len());
    if length <= SOCKET_PATH_BYTES_MAX {
        return Ok(());
    }
    let sentence = format!(
        "could not listen on {}: the path of a socket may have about {SOCKET_PATH_BYTES_MAX} bytes; choose a data folder with a shorter path",
        path.display()
    );
    Err(ListenError::new(sentence, None))
}

fn in_use(path: &Path) -> ListenError {
    let sentence = format!(
        "could not listen on {}: another server is using this data folder; stop it, or choose another folder with --data or REEVE_DATA",
        path.display()
    );
    ListenError::new(sentence, None)
}

/// Removes what a killed server left; leaves anything that is not a socket, or that answers, alone.
fn remove_stale(path: &Path) -> Result<(), ListenError> {
    let found = match fs::symlink_metadata(path) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(source) => return Err(failed(path, "the path could not be examined", source)),
    };
    if !found.file_type().is_socket() {
        let sentence = format!(
            "could not listen on {}: something that is not a socket is in the way; move it elsewhere",
            path.display()
        );
        return Err(ListenError::new(sentence, None));
    }
    match std::os::unix::net::UnixStream::connect(path) {
        Ok(_) => Err(in_use(path)),
        Err(_) => {
            fs::remove_file(path).map_err(|source| failed(path, "a dead server's socket could not be removed", source))
        }
    }
}

/// Binds inside a folder that nobody else may enter, sets the mode there, then moves the socket into place:
/// between `bind` and `chmod` the socket has whatever mode the umask leaves, and nobody may reach it meanwhile.
fn bind_private(path: &Path) -> io::Result<(UnixListener, u32)> {
    let temporary = temporary_path(path);
    let folder = temporary.parent().unwrap_or(Path::new("."));
    // Left by a server that was killed between these lines; the folder is ours now.
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    DirBuilder::new().mode(0o700).create(folder)?;
    let bound = bind_and_move(&temporary, path);
    let removed = fs::remove_dir_all(folder);
    let bound = bound?;
    removed?;
    Ok(bound)
}

fn bind_and_move(temporary: &Path, path: &Path) -> io::Result<(UnixListener, u32)> {
    let listener = UnixListener::bind(temporary)?;
    fs::set_permissions(temporary, Permissions::from_mode(0o600))?;
    let owner_uid = fs::symlink_metadata(temporary)?.uid();
    fs::rename(temporary, path)?;
    Ok((listener, owner_uid))
}

fn temporary_path(path: &Path) -> PathBuf {
    path.with_added_extension("new").join("s")
}

fn failed(path: &Path, what: &str, source: io::Error) -> ListenError {
    let sentence = format!(
        "could not listen on {}: {what} ({source}); check that the folder exists and that this user may write there",
        path.display()
    );
    ListenError::new(sentence, Some(source))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_owner_and_root_are_welcome() {
        assert!(is_welcome(1000, 1000));
        assert!(is_welcome(0, 1000));
        assert!(!is_welcome(1001, 1000));
    }
}
