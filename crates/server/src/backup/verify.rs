//! Reads backups again: every file against its sum, and the database as a whole.

use std::collections::HashMap;
use std::io::Read;
use std::path::Path;

use reeve_ctl::{Format, Global};
use reeve_store::{BlobName, examine_sqlite};
use serde_json::json;

use super::folder::BackupFolder;
use super::generation::{self, DUMP_FILE, Generation, Manifest, SQLITE, SQLITE_FILE, Section};
use super::make::DUMP_MAGIC;
use crate::outcome::{self, Failure};

/// What was found in one backup.
struct Verified {
    name: String,
    problems: Vec<String>,
    rows: Option<u64>,
    tables: Option<usize>,
    blobs: u64,
}

/// The length and sum of each blob that was read, so that those of several backups are read once.
type Sums = HashMap<BlobName, Option<(u64, String)>>;

/// Verifies one or all backups of a folder and prints what was found; fails when something is wrong.
pub(super) fn run(dir: &Path, generation: Option<&str>, global: &Global) -> Result<(), Failure> {
    let folder = BackupFolder::open(dir)?;
    let generations = match generation {
        Some(_) => vec![folder.generation(generation)?],
        None => folder.generations()?,
    };
    if generations.is_empty() {
        return Err(Failure::refused(format!("there is no finished backup in {}", dir.display())));
    }
    let mut read = Sums::new();
    let verified: Vec<Verified> = generations.iter().map(|one| verify(&folder, one, &mut read)).collect();
    outcome::print(&show(&verified, global))?;
    match verified.iter().filter(|one| !one.problems.is_empty()).count() {
        0 => Ok(()),
        damaged => Err(Failure::refused(format!(
            "{damaged} of {} backups are damaged, see above; restore from another one, and make a new one",
            verified.len()
        ))),
    }
}

fn verify(folder: &BackupFolder, generation: &Generation, read: &mut Sums) -> Verified {
    let mut found =
        Verified { name: generation.name().to_owned(), problems: Vec::new(), rows: None, tables: None, blobs: 0 };
    match generation.manifest() {
        Err(why) => found.problems.push(why.to_string()),
        Ok(manifest) => {
            database(generation, &manifest, &mut found);
            blobs(folder, generation, &manifest, (&mut found, read));
        }
    }
    found
}

fn database(generation: &Generation, manifest: &Manifest, found: &mut Verified) {
    let path = generation.path().join(&manifest.database.file);
    let expected = if manifest.engine == SQLITE { SQLITE_FILE } else { DUMP_FILE };
    if manifest.database.file != expected {
        found.problems.push(format!("{} is not what a database on {} is called", path.display(), manifest.engine));
    }
    let sound = check_file(&path, &manifest.database, &mut found.problems);
    if manifest.engine == SQLITE {
        // Of a file that is not as it was written, what can still be read is worth knowing too.
        match examine_sqlite(&path) {
            Ok(examined) => {
                found.problems.extend(examined.problems.iter().map(|problem| format!("{}: {problem}", path.display())));
                found.rows = Some(examined.tables.iter().map(|(_, rows)| rows).sum());
                found.tables = Some(examined.tables.len());
            }
            Err(why) => found.problems.push(why.to_string()),
        }
    } else if sound {
        let mut magic = [0; DUMP_MAGIC.len()];
        let begins = std::fs::File::open(&path).and_then(|mut file| file.read_exact(&mut magic));
        if begins.is_err() || magic != DUMP_MAGIC {
            found.problems.push(format!("{} is no dump of PostgreSQL", path.display()));
        }
    }
}

fn blobs(
    folder: &BackupFolder,
    generation: &Generation,
    manifest: &Manifest,
    (found, read): (&mut Verified, &mut Sums),
) {
    if !check_file(&generation.path().join(&manifest.blobs.file), &manifest.blobs, &mut found.problems) {
        return;
    }
    let (mut count, mut bytes) = (0, 0);
    let listed = generation.each_blob(|blob| {
        count += 1;
        bytes += blob.bytes;
        let path = folder.blob(&blob.name);
        let sum = read.entry(blob.name).or_insert_with(|| generation::sum_of(&path).ok());
        let remedy = "delete it, and the next backup copies it again if it is still needed";
        match sum {
            None => found.problems.push(format!("the blob {} is missing or cannot be read", path.display())),
            Some((length, _)) if *length != blob.bytes => found.problems.push(format!(
                "the blob {} has {length} octets instead of {}; {remedy}",
                path.display(),
                blob.bytes
            )),
            Some((_, sum)) if *sum != blob.sha256 => {
                found.problems.push(format!("the blob {} is not as it was written; {remedy}", path.display()));
            }
            Some(_) => found.blobs += 1,
        }
        Ok(())
    });
    if let Err(why) = listed {
        found.problems.push(why.to_string());
    } else if (count, bytes) != (manifest.blob_count, manifest.blob_bytes) {
        found.problems.push(format!("the list of blobs in {} has another length than the manifest says", found.name));
    }
}

/// Whether a file is as the manifest says.
fn check_file(path: &Path, section: &Section, problems: &mut Vec<String>) -> bool {
    let shown = path.display();
    let problem = match generation::sum_of(path) {
        Err(why) => format!("could not read {shown}: {why}"),
        Ok((bytes, _)) if bytes != section.bytes => format!("{shown} has {bytes} octets instead of {}", section.bytes),
        Ok((_, sum)) if sum != section.sha256 => {
            format!("{shown} is not as it was written: its SHA-256 is another one")
        }
        Ok(_) => return true,
    };
    problems.push(problem);
    false
}

fn show(verified: &[Verified], global: &Global) -> String {
    if global.output == Format::Json {
        let list: Vec<_> = verified
            .iter()
            .map(|one| {
                json!({
                    "name": one.name,
                    "sound": one.problems.is_empty(),
                    "problems": one.problems,
                    "tables": one.tables,
                    "rows": one.rows,
                    "blobs": one.blobs,
                })
            })
            .collect();
        return serde_json::Value::Array(list).to_string();
    }
    let mut text = String::new();
    for one in verified {
        let word = if one.problems.is_empty() { "sound" } else { "damaged" };
        let rows = match (one.rows, one.tables) {
            (Some(rows), Some(tables)) => format!("{rows} rows in {tables} tables"),
            _ => "a dump, which pg_restore reads".to_owned(),
        };
        text.push_str(&format!("{word:<8} {}  {rows}, {} blobs\n", one.name, one.blobs));
        for problem in &one.problems {
            text.push_str(&format!("         {problem}\n"));
        }
    }
    text
}
