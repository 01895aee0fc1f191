//! Contents too large for rows, such as messages: kept under names that never change their contents.
//!
//! In a folder of this machine, or in a bucket that speaks S3's protocol. It knows nothing of what it keeps: who may read
//! it is decided above, and what is secret is sealed before it comes here.
//!
//! Invariants: a name has one content for ever, so that copies never go stale; what `put` answered is durable; a blob is
//! put before the row that refers to it is committed, and deleted no sooner than `BLOB_DELETE_GRACE` after that row went.

mod error;
mod name;
mod url;

use std::fmt;
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream::{Stream, StreamExt};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{ObjectStore, ObjectStoreExt, PutMode};
use reeve_base::limits::BLOB_BYTES_MAX;

pub use self::error::BlobError;
pub use self::name::BlobName;
pub use self::url::BlobUrl;
use self::url::Place;
use crate::OpenError;

/// What a probe puts, reads and deletes; no blob is called so, since names do not begin with a dot.
const PROBE_NAME: &str = ".probe";
const PROBE_CONTENT: &[u8] = b"reeve looks whether blobs can be kept here\n";

/// Tries of a probe: another server that probes at the same moment may delete what this one put.
const PROBE_TRIES_MAX: usize = 3;

/// The blobs of a deployment; clones share the connection.
#[derive(Clone)]
pub struct Blobs {
    store: Arc<dyn ObjectStore>,
    folder: Option<PathBuf>,
    url: BlobUrl,
}

/// A blob that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlobEntry {
    /// Its name.
    pub name: BlobName,
    /// How many octets it has.
    pub bytes: u64,
}

impl Blobs {
    /// Opens the place; a folder is made if it is not there, a bucket is not asked yet.
    pub fn open(url: &BlobUrl) -> Result<Self, OpenError> {
        match url.place() {
            Place::Folder(path) => {
                let failed = |why: &dyn fmt::Display| {
                    let shown = path.display();
                    OpenError::new(format!(
                        "could not use the folder for blobs {shown}: {why}; name another with blob_url or REEVE_BLOB_URL, \
                         or change who owns it"
                    ))
                };
                std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(|why| failed(&why))?;
                let store = LocalFileSystem::new_with_prefix(path).map_err(|why| failed(&why))?;
                // What is answered is durable, names of files and folders too.
                let store = store.with_fsync(true);
                Ok(Self { store: Arc::new(store), folder: Some(path.clone()), url: url.clone() })
            }
            Place::Bucket { prefix, .. } => {
                let bucket = url.bucket()?;
                let store: Arc<dyn ObjectStore> = if prefix.is_empty() {
                    Arc::new(bucket)
                } else {
                    Arc::new(PrefixStore::new(bucket, prefix.as_str()))
                };
                Ok(Self { store, folder: None, url: url.clone() })
            }
        }
    }

    /// Keeps a content under a name. The same again is fine.
    ///
    /// Errors: `Taken` where the name has another content, `TooLarge`, `Full`, `Unavailable`.
    pub async fn put(&self, name: &BlobName, content: Bytes) -> Result<(), BlobError> {
        if content.len() > BLOB_BYTES_MAX {
            return Err(BlobError::TooLarge);
        }
        match self.store.put_opts(&path(name), content.clone().into(), PutMode::Create.into()).await {
            Ok(_) => Ok(()),
            Err(object_store::Error::AlreadyExists { .. } | object_store::Error::Precondition { .. }) => {
                match self.get(name).await? {
                    Some(there) if there == content => Ok(()),
                    // It went in between, which only a deletion does; the name is not to be used again.
                    Some(_) | None => Err(BlobError::Taken),
                }
            }
            Err(why) => Err(BlobError::of("put", why)),
        }
    }

    /// The content under a name; `None` where there is none.
    pub async fn get(&self, name: &BlobName) -> Result<Option<Bytes>, BlobError> {
        match self.store.get(&path(name)).await {
            Ok(found) if found.meta.size > BLOB_BYTES_MAX as u64 => Err(BlobError::TooLarge),
            Ok(found) => found.bytes().await.map(Some).map_err(|why| BlobError::of("get", why)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(why) => Err(BlobError::of("get", why)),
        }
    }

    /// Deletes what is under a name, at once; nothing being there is fine.
    pub async fn delete(&self, name: &BlobName) -> Result<(), BlobError> {
        self.delete_path(&path(name)).await
    }

    /// Every blob, in no order. What is there under names that no blob has is nobody's and is left out.
    pub fn list(&self) -> impl Stream<Item = Result<BlobEntry, BlobError>> + Send + 'static {
        self.store.list(None).filter_map(|found| async {
            match found {
                Ok(meta) => match BlobName::parse(meta.location.as_ref()) {
                    Ok(name) => Some(Ok(BlobEntry { name, bytes: meta.size })),
                    Err(_) => {
                        tracing::debug!(name = %meta.location, "not a blob of this deployment");
                        None
                    }
                },
                Err(why) => Some(Err(BlobError::of("list", why))),
            }
        })
    }

    /// Puts, reads and deletes a small object, to learn whether blobs can be kept.
    pub async fn probe(&self) -> Result<(), BlobError> {
        let path = Path::from(PROBE_NAME);
        for _ in 0..PROBE_TRIES_MAX {
            let content = Bytes::from_static(PROBE_CONTENT);
            self.store.put(&path, content.into()).await.map_err(|why| BlobError::of("put", why))?;
            let read = match self.store.get(&path).await {
                Ok(found) => found.bytes().await,
                Err(why) => Err(why),
            };
            match read {
                Ok(read) if read == PROBE_CONTENT => return self.delete_path(&path).await,
                Ok(_) => return Err(BlobError::unavailable("what is put there comes back as something else")),
                Err(object_store::Error::NotFound { .. }) => {}
                Err(why) => return Err(BlobError::of("get", why)),
            }
        }
        Err(BlobError::unavailable("what is put there is gone at once"))
    }

    /// The room that is left; `None` for a bucket, which does not say.
    pub fn free_bytes(&self) -> Option<u64> {
        let found = rustix::fs::statvfs(self.folder.as_deref()?).ok()?;
        Some(found.f_bavail.saturating_mul(found.f_frsize))
    }

    /// Where they are, for people.
    pub fn url(&self) -> &BlobUrl {
        &self.url
    }

    async fn delete_path(&self, path: &Path) -> Result<(), BlobError> {
        match self.store.delete(path).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(why) => Err(BlobError::of("delete", why)),
        }
    }
}

impl fmt::Debug for Blobs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Blobs({})", self.url)
    }
}

fn path(name: &BlobName) -> Path {
    // Its characters are those that are written as they are.
    Path::from(name.as_str())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn name(text: &str) -> BlobName {
        BlobName::parse(text).unwrap()
    }

    fn fresh() -> (tempfile::TempDir, Blobs) {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(&BlobUrl::folder(folder.path().join("blobs"))).unwrap();
        (folder, blobs)
    }

    async fn listed(blobs: &Blobs) -> BTreeMap<String, u64> {
        blobs.list().map(Result::unwrap).map(|entry| (entry.name.as_str().to_owned(), entry.bytes)).collect().await
    }

    #[tokio::test]
    async fn what_is_put_is_got_listed_and_gone_once_deleted() {
        let (folder, blobs) = fresh();
        assert_eq!(blobs.get(&name("m/ab/one")).await.unwrap(), None);
        blobs.put(&name("m/ab/one"), Bytes::from_static(b"first")).await.unwrap();
        blobs.put(&name("m/cd/two"), Bytes::new()).await.unwrap();
        assert_eq!(blobs.get(&name("m/ab/one")).await.unwrap().as_deref(), Some(&b"first"[..]));
        assert_eq!(blobs.get(&name("m/cd/two")).await.unwrap().as_deref(), Some(&b""[..]));
        let expected = BTreeMap::from([("m/ab/one".to_owned(), 5), ("m/cd/two".to_owned(), 0)]);
        assert_eq!(listed(&blobs).await, expected);
        for _ in 0..2 {
            blobs.delete(&name("m/ab/one")).await.unwrap();
        }
        assert_eq!(blobs.get(&name("m/ab/one")).await.unwrap(), None);
        assert_eq!(listed(&blobs).await.len(), 1);
        let mode = std::fs::metadata(folder.path().join("blobs")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700, "nobody else may read blobs");
    }

    #[tokio::test]
    async fn a_name_has_one_content_for_ever() {
        let (_folder, blobs) = fresh();
        for _ in 0..2 {
            blobs.put(&name("a"), Bytes::from_static(b"first")).await.unwrap();
        }
        let refused = blobs.put(&name("a"), Bytes::from_static(b"other")).await.unwrap_err();
        assert!(matches!(refused, BlobError::Taken), "{refused}");
        assert_eq!(blobs.get(&name("a")).await.unwrap().as_deref(), Some(&b"first"[..]));
    }

    #[tokio::test]
    async fn what_is_too_large_is_refused() {
        let (_folder, blobs) = fresh();
        let refused = blobs.put(&name("a"), Bytes::from(vec![0; BLOB_BYTES_MAX + 1])).await.unwrap_err();
        assert!(matches!(refused, BlobError::TooLarge), "{refused}");
        assert!(listed(&blobs).await.is_empty());
    }

    #[tokio::test]
    async fn a_probe_leaves_nothing_and_sees_a_folder_that_is_gone() {
        let (folder, blobs) = fresh();
        blobs.probe().await.unwrap();
        assert!(blobs.free_bytes().is_some_and(|free| free > 0));
        assert_eq!(std::fs::read_dir(folder.path().join("blobs")).unwrap().count(), 0);
        std::fs::remove_dir(folder.path().join("blobs")).unwrap();
        // A file in its place: nothing can be kept in it, whoever asks.
        std::fs::write(folder.path().join("blobs"), "").unwrap();
        let refused = blobs.probe().await.unwrap_err();
        assert!(matches!(refused, BlobError::Unavailable(_)), "{refused}");
        let refused = Blobs::open(blobs.url()).unwrap_err().to_string();
        assert!(refused.contains("REEVE_BLOB_URL"), "{refused}");
    }

    #[tokio::test]
    async fn what_others_put_there_is_no_blob() {
        let (folder, blobs) = fresh();
        std::fs::write(folder.path().join("blobs/README.txt"), "hello").unwrap();
        std::fs::write(folder.path().join("blobs/.hidden"), "hello").unwrap();
        blobs.put(&name("a"), Bytes::from_static(b"first")).await.unwrap();
        assert_eq!(listed(&blobs).await.into_keys().collect::<Vec<_>>(), ["a"]);
    }
}
