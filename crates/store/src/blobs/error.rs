//! What can go wrong with blobs, in the few kinds that a caller can act on.

use std::error::Error;
use std::fmt;
use std::io;

/// Why a blob could not be put, got, listed or deleted.
#[derive(Debug)]
pub enum BlobError {
    /// It is no name of a blob.
    Name,
    /// The name has another content already.
    Taken,
    /// It has more octets than a blob may have.
    TooLarge,
    /// There is no room left.
    Full,
    /// Not now: it is out of reach, or refuses. Trying again later may succeed.
    Unavailable(Box<dyn Error + Send + Sync>),
}

impl BlobError {
    pub(crate) fn unavailable(why: &'static str) -> Self {
        Self::Unavailable(why.into())
    }

    /// Sorts what the library says; the whole of it goes to the log, since it may name things that are nobody's business.
    pub(super) fn of(what: &'static str, error: object_store::Error) -> Self {
        tracing::debug!(what, error = %reeve_base::text::chain(&error), "the store of blobs failed");
        if io_kind(&error) == Some(io::ErrorKind::StorageFull) { Self::Full } else { Self::Unavailable(error.into()) }
    }

    /// What the other side or the system says, in a few words that are safe to show to an operator.
    pub fn reason(&self) -> String {
        let Self::Unavailable(source) = self else { return self.to_string() };
        let kind = io_kind(source.as_ref());
        if let Some(kind) = kind {
            return kind.to_string();
        }
        match source.downcast_ref::<object_store::Error>() {
            Some(object_store::Error::PermissionDenied { .. }) => "it refuses: permission denied".to_owned(),
            Some(object_store::Error::Unauthenticated { .. }) => "it refuses the credentials".to_owned(),
            Some(object_store::Error::NotFound { .. }) => "the bucket is not there".to_owned(),
            Some(_) => "it is out of reach or does not understand the request".to_owned(),
            None => source.to_string(),
        }
    }
}

fn io_kind(error: &(dyn Error + 'static)) -> Option<io::ErrorKind> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(io) = error.downcast_ref::<io::Error>() {
            return Some(io.kind());
        }
        cause = error.source();
    }
    None
}

impl fmt::Display for BlobError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Name => "that is no name of a blob",
            Self::Taken => "the name of the blob has another content already",
            Self::TooLarge => "the blob is larger than blobs may be",
            Self::Full => "there is no room left for blobs",
            Self::Unavailable(_) => "blobs cannot be reached at the moment; try again",
        })
    }
}

impl Error for BlobError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Unavailable(source) => Some(&**source),
            _ => None,
        }
    }
}
