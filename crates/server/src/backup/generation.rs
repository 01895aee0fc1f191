//! One backup: a folder with a database, the list of its blobs, and a manifest that says what they must be.
//!
//! The manifest names its format and what the backup is of, so that later ones can be of one organization. `sha256sum -c
//! manifest.sha256` checks it without Reeve.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use aws_lc_rs::digest;
use reeve_store::BlobName;
use serde_json::{Value, json};

use crate::outcome::Failure;

/// The format that this version writes, and the only one that it reads.
const FORMAT: u64 = 1;

/// Octets of a manifest that are read: it grows with nothing.
const MANIFEST_BYTES_MAX: u64 = 64 << 10;

pub(super) const MANIFEST: &str = "manifest.json";
pub(super) const MANIFEST_SUM: &str = "manifest.sha256";
pub(super) const BLOB_LIST: &str = "blobs.list";
pub(super) const SQLITE_FILE: &str = "database.sqlite";
pub(super) const DUMP_FILE: &str = "database.pgdump";

/// What an engine is called in manifests.
pub(super) const SQLITE: &str = "SQLite";
pub(super) const POSTGRES: &str = "PostgreSQL";

/// A file of a backup and what it must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Section {
    pub(super) file: String,
    pub(super) bytes: u64,
    pub(super) sha256: String,
}

/// What a backup says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Manifest {
    pub(super) name: String,
    pub(super) started_at: String,
    pub(super) finished_at: String,
    pub(super) version: String,
    pub(super) engine: String,
    pub(super) database: Section,
    pub(super) blobs: Section,
    pub(super) blob_count: u64,
    pub(super) blob_bytes: u64,
}

impl Manifest {
    pub(super) fn to_json(&self) -> Value {
        let section = |kind: &str, section: &Section| json!({ "kind": kind, "file": section.file, "bytes": section.bytes, "sha256": section.sha256 });
        let mut blobs = section("blobs", &self.blobs);
        blobs["blobs"] = json!(self.blob_count);
        blobs["blob_bytes"] = json!(self.blob_bytes);
        json!({
            "format": FORMAT,
            "scope": "deployment",
            "name": self.name,
            "started_at": self.started_at,
            "finished_at": self.finished_at,
            "reeve": self.version,
            "engine": self.engine,
            "sections": [section("database", &self.database), blobs],
        })
    }

    fn of_json(value: &Value) -> Result<Self, String> {
        if value["format"] != json!(FORMAT) || value["scope"] != "deployment" {
            return Err(format!(
                "its format is {} of a {}, which this version cannot read",
                value["format"], value["scope"]
            ));
        }
        let text = |value: &Value, member: &str| {
            value[member].as_str().map(ToOwned::to_owned).ok_or_else(|| format!("its {member} is missing"))
        };
        let number =
            |value: &Value, member: &str| value[member].as_u64().ok_or_else(|| format!("its {member} is missing"));
        let section = |kind: &str| {
            let list = value["sections"].as_array().into_iter().flatten();
            let found = list.into_iter().find(|section| section["kind"] == kind);
            let found = found.ok_or_else(|| format!("it has no section {kind}"))?;
            let file = text(found, "file")?;
            // A manifest is read from a folder that others may have written to; it names files beside itself.
            if file.contains('/') || file.starts_with('.') {
                return Err(format!("its section {kind} names a file elsewhere"));
            }
            let section = Section { file, bytes: number(found, "bytes")?, sha256: text(found, "sha256")? };
            Ok((section, found.clone()))
        };
        let (database, _) = section("database")?;
        let (blobs, counted) = section("blobs")?;
        Ok(Self {
            name: text(value, "name")?,
            started_at: text(value, "started_at")?,
            finished_at: text(value, "finished_at")?,
            version: text(value, "reeve")?,
            engine: text(value, "engine")?,
            database,
            blobs,
            blob_count: number(&counted, "blobs")?,
            blob_bytes: number(&counted, "blob_bytes")?,
        })
    }
}

/// A blob as a backup lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ListedBlob {
    pub(super) name: BlobName,
    pub(super) bytes: u64,
    pub(super) sha256: String,
}

impl ListedBlob {
    /// Its line, which ends the list of nothing else.
    pub(super) fn line(&self) -> String {
        format!("{} {} {}\n", self.sha256, self.bytes, self.name)
    }

    fn of_line(line: &str) -> Option<Self> {
        let mut parts = line.splitn(3, ' ');
        let sha256 = parts.next().filter(|text| text.len() == 64)?.to_owned();
        let bytes = parts.next()?.parse().ok()?;
        Some(Self { name: BlobName::parse(parts.next()?).ok()?, bytes, sha256 })
    }
}

/// A backup in its folder.
#[derive(Debug, Clone)]
pub(super) struct Generation {
    path: PathBuf,
    name: String,
}

impl Generation {
    pub(super) fn new(path: PathBuf, name: String) -> Self {
        Self { path, name }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Reads and checks the manifest.
    pub(super) fn manifest(&self) -> Result<Manifest, Failure> {
        let path = self.path.join(MANIFEST);
        let wrong = |why: &str| Failure::refused(format!("{} {why}", path.display()));
        let read = |name: &str| {
            let path = self.path.join(name);
            let mut text = String::new();
            File::open(&path)
                .and_then(|file| file.take(MANIFEST_BYTES_MAX).read_to_string(&mut text))
                .map(|_| text)
                .map_err(|why| Failure::refused(format!("could not read {}: {why}", path.display())))
        };
        let text = read(MANIFEST)?;
        let sum = read(MANIFEST_SUM)?;
        if sum.split(' ').next() != Some(&sha256(text.as_bytes())) {
            return Err(wrong("is not as it was written: its SHA-256 is another one"));
        }
        let value: Value = serde_json::from_str(&text).map_err(|_| wrong("is no JSON"))?;
        let manifest = Manifest::of_json(&value).map_err(|why| wrong(&format!("cannot be used: {why}")))?;
        if manifest.name == self.name { Ok(manifest) } else { Err(wrong("belongs to another backup")) }
    }

    /// Writes the manifest with its sum, and flushes both.
    pub(super) fn write_manifest(&self, manifest: &Manifest) -> std::io::Result<()> {
        let text = format!("{:#}\n", manifest.to_json());
        write_flushed(&self.path.join(MANIFEST_SUM), format!("{}  {MANIFEST}\n", sha256(text.as_bytes())).as_bytes())?;
        write_flushed(&self.path.join(MANIFEST), text.as_bytes())
    }

    /// Hands over each blob of the list, in the order of their names; a line that is none is an error.
    pub(super) fn each_blob(&self, mut each: impl FnMut(ListedBlob) -> Result<(), Failure>) -> Result<(), Failure> {
        let path = self.path.join(BLOB_LIST);
        let failed = |why: std::io::Error| Failure::refused(format!("could not read {}: {why}", path.display()));
        for line in BufReader::new(File::open(&path).map_err(failed)?).lines() {
            let line = line.map_err(failed)?;
            let blob = ListedBlob::of_line(&line);
            each(blob.ok_or_else(|| Failure::refused(format!("{} has a line that names no blob", path.display())))?)?;
        }
        Ok(())
    }
}

/// The SHA-256 of some octets, in hexadecimal.
pub(super) fn sha256(bytes: &[u8]) -> String {
    hex(digest::digest(&digest::SHA256, bytes).as_ref())
}

/// The length and the SHA-256 of a file.
pub(super) fn sum_of(path: &Path) -> std::io::Result<(u64, String)> {
    let mut file = File::open(path)?;
    let mut context = digest::Context::new(&digest::SHA256);
    let mut buffer = vec![0; 1 << 20];
    let mut length = 0;
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok((length, hex(context.finish().as_ref())));
        }
        context.update(buffer.get(..read).unwrap_or_default());
        length += read as u64;
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Writes a file that is not there yet, readable by its owner alone, to the disk.
pub(super) fn write_flushed(path: &Path, content: &[u8]) -> std::io::Result<()> {
    let mut file = create(path)?;
    file.write_all(content)?;
    file.sync_all()
}

/// Makes a file that is not there yet, readable by its owner alone.
pub(super) fn create(path: &Path) -> std::io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    File::options().write(true).create_new(true).mode(0o600).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest() -> Manifest {
        let section = |file: &str| Section { file: file.to_owned(), bytes: 7, sha256: "0".repeat(64) };
        Manifest {
            name: "g".to_owned(),
            started_at: "a".to_owned(),
            finished_at: "b".to_owned(),
            version: "0".to_owned(),
            engine: SQLITE.to_owned(),
            database: section(SQLITE_FILE),
            blobs: section(BLOB_LIST),
            blob_count: 2,
            blob_bytes: 9,
        }
    }

    #[test]
    fn a_manifest_is_read_as_it_was_written_and_not_when_it_was_altered() {
        let folder = tempfile::tempdir().unwrap();
        let generation = Generation::new(folder.path().to_owned(), "g".to_owned());
        generation.write_manifest(&manifest()).unwrap();
        assert_eq!(generation.manifest().unwrap(), manifest());
        let path = folder.path().join(MANIFEST);
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replace("\"bytes\": 7", "\"bytes\": 8")).unwrap();
        assert!(generation.manifest().unwrap_err().to_string().contains("SHA-256"));
        std::fs::write(&path, &text[..text.len() / 2]).unwrap();
        assert!(generation.manifest().is_err());
    }

    #[test]
    fn another_format_and_files_elsewhere_are_refused() {
        for (member, value) in [("format", json!(2)), ("scope", json!("organization")), ("sections", json!([]))] {
            let mut object = manifest().to_json();
            object[member] = value;
            assert!(Manifest::of_json(&object).is_err(), "{object}");
        }
        let mut object = manifest().to_json();
        object["sections"][0]["file"] = json!("../../etc/passwd");
        assert!(Manifest::of_json(&object).unwrap_err().contains("elsewhere"));
    }

    #[test]
    fn a_blob_is_listed_in_one_line() {
        let blob = ListedBlob { name: BlobName::parse("m/ab/1").unwrap(), bytes: 12, sha256: "a".repeat(64) };
        assert_eq!(ListedBlob::of_line(blob.line().trim_end()), Some(blob));
        for line in ["", "x 1 a", &format!("{} x a", "a".repeat(64)), &format!("{} 1 ../a", "a".repeat(64))] {
            assert_eq!(ListedBlob::of_line(line), None, "{line}");
        }
    }
}
