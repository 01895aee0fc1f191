//! Where blobs are, read from what the operator wrote: a folder, or a bucket with its keys, which are shown nowhere.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use object_store::aws::{AmazonS3, AmazonS3Builder, AmazonS3ConfigKey};
use object_store::{ClientOptions, RetryConfig};
use reeve_base::limits::BLOB_REQUEST_TIMEOUT;

use crate::OpenError;

/// How long a connection to a bucket may take.
const CONNECT_TIME_MAX: Duration = Duration::from_secs(5);

/// Tries of one request to a bucket; the time they may take together is limited too.
const RETRIES_MAX: usize = 3;

/// The address of blobs, checked.
#[derive(Clone)]
pub struct BlobUrl {
    place: Place,
}

#[derive(Clone)]
pub(super) enum Place {
    Folder(PathBuf),
    Bucket { name: String, prefix: String, settings: Vec<(AmazonS3ConfigKey, String)> },
}

impl BlobUrl {
    /// A folder of this machine.
    pub fn folder(path: impl Into<PathBuf>) -> Self {
        Self { place: Place::Folder(path.into()) }
    }

    /// Reads `file:///folder`, a plain path, or `s3://bucket/prefix`. The settings are named as the variables of Amazon's
    /// tools, such as `AWS_ENDPOINT_URL` and `AWS_SECRET_ACCESS_KEY`; a folder has no use for them.
    pub fn parse(text: &str, settings: &[(String, String)]) -> Result<Self, OpenError> {
        let wrong = |why: &str| Err(OpenError::new(format!("{why}: use file:///folder or s3://bucket/prefix")));
        let Some((scheme, rest)) = text.split_once("://") else {
            return if text.is_empty() { wrong("the URL of blobs is empty") } else { Ok(Self::folder(text)) };
        };
        match scheme {
            "file" if rest.starts_with('/') => Ok(Self::folder(rest)),
            "file" => wrong("the URL of blobs names no absolute folder"),
            "s3" => {
                let (name, prefix) = rest.split_once('/').unwrap_or((rest, ""));
                let prefix = prefix.trim_end_matches('/');
                let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
                if name.is_empty() || !name.bytes().all(plain) {
                    return wrong("the URL of blobs names no bucket");
                }
                let parts_ok = |part: &str| !part.is_empty() && !part.starts_with('.') && part.bytes().all(plain);
                if !prefix.is_empty() && !prefix.split('/').all(parts_ok) {
                    return wrong("the prefix of blobs may hold letters, digits, - _ and . in its parts");
                }
                let settings = settings.iter().map(setting).collect::<Result<_, _>>()?;
                Ok(Self { place: Place::Bucket { name: name.to_owned(), prefix: prefix.to_owned(), settings } })
            }
            other => wrong(&format!("the URL of blobs begins with {other}://, which is not supported")),
        }
    }

    /// The folder; none for a bucket.
    pub fn path(&self) -> Option<&std::path::Path> {
        match &self.place {
            Place::Folder(path) => Some(path),
            Place::Bucket { .. } => None,
        }
    }

    pub(super) fn place(&self) -> &Place {
        &self.place
    }

    /// The client of the bucket; asks nobody yet.
    pub(super) fn bucket(&self) -> Result<AmazonS3, OpenError> {
        let Place::Bucket { name, settings, .. } = &self.place else {
            return Err(OpenError::new("a folder is no bucket"));
        };
        let plain_http =
            settings.iter().any(|(key, value)| *key == AmazonS3ConfigKey::Endpoint && value.starts_with("http://"));
        let client = ClientOptions::new()
            .with_timeout(BLOB_REQUEST_TIMEOUT)
            .with_connect_timeout(CONNECT_TIME_MAX)
            .with_allow_http(plain_http);
        let retry =
            RetryConfig { max_retries: RETRIES_MAX, retry_timeout: BLOB_REQUEST_TIMEOUT, ..RetryConfig::default() };
        let builder = AmazonS3Builder::new().with_bucket_name(name).with_client_options(client).with_retry(retry);
        let builder = settings.iter().fold(builder, |builder, (key, value)| builder.with_config(*key, value));
        builder.build().map_err(|why| {
            OpenError::because(
                format!(
                    "the bucket {name} for blobs cannot be used; look at AWS_ENDPOINT_URL, AWS_REGION and the keys"
                ),
                why,
            )
        })
    }
}

fn setting((name, value): &(String, String)) -> Result<(AmazonS3ConfigKey, String), OpenError> {
    let key = AmazonS3ConfigKey::from_str(&name.to_ascii_lowercase());
    let key = key.map_err(|_| OpenError::new(format!("{name} is no setting of a bucket for blobs")))?;
    Ok((key, value.clone()))
}

impl fmt::Display for BlobUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::Folder(path) => write!(f, "{}", path.display()),
            Place::Bucket { name, prefix, .. } if prefix.is_empty() => write!(f, "s3://{name}"),
            Place::Bucket { name, prefix, .. } => write!(f, "s3://{name}/{prefix}"),
        }
    }
}

impl fmt::Debug for BlobUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BlobUrl({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> Vec<(String, String)> {
        let pairs = [
            ("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE"),
            ("AWS_SECRET_ACCESS_KEY", "hunter2"),
            ("AWS_ENDPOINT_URL", "http://127.0.0.1:9"),
            ("AWS_REGION", "eu-west-1"),
        ];
        pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
    }

    #[test]
    fn folders_and_buckets_are_read() {
        for (text, shown) in [
            ("/srv/blobs", "/srv/blobs"),
            ("file:///srv/blobs", "/srv/blobs"),
            ("s3://mail", "s3://mail"),
            ("s3://mail/reeve/blobs/", "s3://mail/reeve/blobs"),
        ] {
            assert_eq!(BlobUrl::parse(text, &keys()).unwrap().to_string(), shown);
        }
        assert!(BlobUrl::parse("s3://mail", &keys()).unwrap().bucket().is_ok());
    }

    #[test]
    fn keys_are_never_shown() {
        let url = BlobUrl::parse("s3://mail", &keys()).unwrap();
        assert_eq!(format!("{url:?}"), "BlobUrl(s3://mail)");
        let blobs = crate::Blobs::open(&url).unwrap();
        assert!(!format!("{blobs:?}").contains("hunter2"));
    }

    #[test]
    fn refusals_say_what_to_write() {
        for text in ["", "file://srv", "ftp://x", "s3://", "s3://a b", "s3://b/../c", "s3://b/a//c"] {
            let said = BlobUrl::parse(text, &[]).unwrap_err().to_string();
            assert!(said.contains("file:///folder or s3://bucket/prefix"), "{text}: {said}");
        }
        let unknown = [("AWS_COLOUR".to_owned(), "blue".to_owned())];
        assert!(BlobUrl::parse("s3://b", &unknown).unwrap_err().to_string().contains("AWS_COLOUR"));
    }
}
