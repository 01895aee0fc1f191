//! The names of blobs: safe as paths of files and as keys of buckets, written alike in both.

use std::fmt;

use reeve_base::limits::BLOB_NAME_BYTES_MAX;

use super::BlobError;

/// A checked name: parts of lower-case letters, digits, `-`, `_` and `.` with `/` between them, none beginning with a
/// dot.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobName(String);

impl BlobName {
    /// Checks a name.
    pub fn parse(text: &str) -> Result<Self, BlobError> {
        let part_ok = |part: &str| {
            !part.is_empty()
                && !part.starts_with('.')
                && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_.".contains(&b))
        };
        if text.len() <= BLOB_NAME_BYTES_MAX && text.split('/').all(part_ok) {
            Ok(Self(text.to_owned()))
        } else {
            Err(BlobError::Name)
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BlobName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_leave_the_folder_or_be_written_in_two_ways() {
        for good in ["a", "m/0f/0f3a-9_x.eml", "1", &"a".repeat(BLOB_NAME_BYTES_MAX)] {
            assert_eq!(BlobName::parse(good).unwrap().as_str(), good);
        }
        let long = "a".repeat(BLOB_NAME_BYTES_MAX + 1);
        for bad in [
            "", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", ".a", "a/.b", "A", "ä", "a b", "a\\b", "a#1",
            "%2e", &long,
        ] {
            assert!(BlobName::parse(bad).is_err(), "{bad}");
        }
    }
}
