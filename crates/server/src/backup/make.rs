//! Makes one backup: the database first, then the blobs that are not in the folder yet, then the manifest.

use std::io::{BufWriter, Write};
use std::path::Path;

use futures_util::StreamExt;
use reeve_base::Timestamp;
use reeve_base::clock::{Clock, SystemClock};
use reeve_base::limits::BLOB_DELETE_GRACE;
use reeve_store::{BlobEntry, Blobs, SchemaState, Store, StoreOptions, copy_sqlite};
use serde_json::{Value, json};

use super::folder::BackupFolder;
use super::generation::{
    self, BLOB_LIST, DUMP_FILE, Generation, ListedBlob, Manifest, POSTGRES, SQLITE, SQLITE_FILE, Section,
};
use crate::config::Config;
use crate::key_change::stamp;
use crate::outcome::Failure;

/// What every file of `pg_dump --format=custom` begins with.
pub(super) const DUMP_MAGIC: &[u8] = b"PGDMP";

/// A backup that was made.
pub(super) struct Made {
    pub(super) manifest: Manifest,
    pub(super) blobs_copied: u64,
    pub(super) took_ms: u64,
}

/// When and where the last backup of a data folder was made.
pub(crate) struct LastBackup {
    pub(crate) at: Timestamp,
    pub(crate) folder: String,
}

/// Copies the deployment of a configuration into a folder.
pub(super) fn run(config: &Config, dir: &Path, dump: Option<&Path>) -> Result<Made, Failure> {
    let clock = SystemClock;
    let (started_at, began) = (clock.now(), clock.steady());
    check_database(config, dir, dump)?;
    let folder = BackupFolder::make(dir)?;
    let _hold = folder.hold()?;
    let generation = folder.begin(&stamp())?;
    let made = write(config, &folder, &generation, (started_at, dump));
    if made.is_err() {
        // Makes room at once where there was none; what cannot be removed the next backup removes.
        let _ = folder.remove_partial();
    }
    let (manifest, blobs_copied) = made?;
    note(config, &manifest, dir);
    let took = clock.steady().saturating_sub(began);
    Ok(Made { manifest, blobs_copied, took_ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX) })
}

/// Whether there is something to copy, and in which way.
fn check_database(config: &Config, dir: &Path, dump: Option<&Path>) -> Result<(), Failure> {
    match (config.database.path(), dump) {
        (Some(_), Some(_)) => Err(Failure::usage(
            "--database-dump is for PostgreSQL; this deployment is on SQLite, which is copied without it",
        )),
        (None, None) => Err(Failure::usage(format!(
            "this deployment is on PostgreSQL, whose own tool copies the database; run\n  \
             pg_dump --format=custom --file=reeve.pgdump \"$REEVE_DATABASE_URL\"\n  \
             reeve backup {} --database-dump reeve.pgdump",
            dir.display()
        ))),
        (Some(path), None) => match Store::inspect(&StoreOptions::new(config.database.clone())) {
            Err(why) => Err(Failure::refused(why)),
            Ok(SchemaState::Empty) => {
                Err(Failure::refused(format!("there is nothing to back up: {} has no database yet", path.display())))
            }
            Ok(_) => Ok(()),
        },
        (None, Some(dump)) => check_dump(dump),
    }
}

fn check_dump(dump: &Path) -> Result<(), Failure> {
    let shown = dump.display();
    let failed = |why: std::io::Error| Failure::usage(format!("could not read the dump {shown}: {why}"));
    let mut magic = [0; DUMP_MAGIC.len()];
    let mut file = std::fs::File::open(dump).map_err(failed)?;
    let age = file.metadata().and_then(|found| found.modified()).map_err(failed)?.elapsed().unwrap_or_default();
    let begins = std::io::Read::read_exact(&mut file, &mut magic);
    if begins.is_err() || magic != DUMP_MAGIC {
        return Err(Failure::usage(format!(
            "{shown} is no dump in the custom format; make it by pg_dump --format=custom"
        )));
    }
    if age > BLOB_DELETE_GRACE {
        return Err(Failure::usage(format!(
            "{shown} is older than {} days, and blobs that it names may be gone; make a new dump just before the backup",
            BLOB_DELETE_GRACE.as_secs() / 86_400
        )));
    }
    Ok(())
}

fn write(
    config: &Config,
    folder: &BackupFolder,
    generation: &Generation,
    (started_at, dump): (Timestamp, Option<&Path>),
) -> Result<(Manifest, u64), Failure> {
    let (engine, database) = match (config.database.path(), dump) {
        (Some(path), _) => (SQLITE, copy_database(folder, generation, path)?),
        (None, Some(dump)) => (POSTGRES, copy_dump(folder, generation, dump)?),
        (None, None) => return Err(Failure::refused("a backup on PostgreSQL needs a dump")),
    };
    let copied = copy_blobs(config, folder, generation)?;
    let finished_at = SystemClock.now();
    if finished_at.since(started_at) > BLOB_DELETE_GRACE {
        return Err(Failure::refused(format!(
            "the backup took longer than {} days, after which blobs that its database names may be gone; run the same \
             command again, which copies only what is missing",
            BLOB_DELETE_GRACE.as_secs() / 86_400
        )));
    }
    let manifest = Manifest {
        name: generation.name().to_owned(),
        started_at: started_at.to_rfc3339(),
        finished_at: finished_at.to_rfc3339(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        engine: engine.to_owned(),
        database,
        blobs: section(folder, generation, BLOB_LIST)?,
        blob_count: copied.count,
        blob_bytes: copied.bytes,
    };
    let written = generation.write_manifest(&manifest);
    written.map_err(|why| folder.failed("write the manifest in", generation.path(), &why))?;
    folder.finish(generation)?;
    Ok((manifest, copied.copied))
}

fn copy_database(folder: &BackupFolder, generation: &Generation, from: &Path) -> Result<Section, Failure> {
    let to = generation.path().join(SQLITE_FILE);
    copy_sqlite(from, &to).map_err(|why| {
        Failure::refused(format!("{why}; nothing was kept of this backup, and earlier ones are as they were"))
    })?;
    let flushed = std::fs::File::open(&to).and_then(|file| file.sync_all());
    flushed.map_err(|why| folder.failed("flush", &to, &why))?;
    section(folder, generation, SQLITE_FILE)
}

fn copy_dump(folder: &BackupFolder, generation: &Generation, from: &Path) -> Result<Section, Failure> {
    let to = generation.path().join(DUMP_FILE);
    let copied = generation::create(&to).and_then(|mut file| {
        std::io::copy(&mut std::fs::File::open(from)?, &mut file)?;
        file.sync_all()
    });
    copied.map_err(|why| folder.failed("write", &to, &why))?;
    section(folder, generation, DUMP_FILE)
}

fn section(folder: &BackupFolder, generation: &Generation, file: &str) -> Result<Section, Failure> {
    let path = generation.path().join(file);
    let (bytes, sha256) = generation::sum_of(&path).map_err(|why| folder.failed("read", &path, &why))?;
    Ok(Section { file: file.to_owned(), bytes, sha256 })
}

/// How many blobs a backup has, and how many of them were copied for it.
#[derive(Default)]
struct Copied {
    count: u64,
    bytes: u64,
    copied: u64,
}

/// Copies the blobs that the folder lacks and writes the list of all.
fn copy_blobs(config: &Config, folder: &BackupFolder, generation: &Generation) -> Result<Copied, Failure> {
    let blobs = Blobs::open(&config.blobs).map_err(Failure::refused)?;
    let known = folder.known_blobs()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .map_err(|why| Failure::refused(format!("could not start: {why}")))?;
    let mut entries = runtime.block_on(list(&blobs))?;
    entries.sort_by(|one, other| one.name.cmp(&other.name));
    let path = generation.path().join(BLOB_LIST);
    let failed = |why: std::io::Error| folder.failed("write", &path, &why);
    let mut file = BufWriter::new(generation::create(&path).map_err(failed)?);
    let (mut totals, mut kept) = (Copied::default(), Vec::new());
    for entry in entries {
        let there = folder.blob(&entry.name).metadata().is_ok_and(|found| found.len() == entry.bytes);
        let listed = match known.get(&entry.name).filter(|known| there && known.bytes == entry.bytes) {
            Some(known) => known.clone(),
            None => match runtime.block_on(copy_blob(&blobs, folder, &entry))? {
                Some(copied) => {
                    kept.push(entry.name);
                    totals.copied += 1;
                    copied
                }
                // Deleted since it was listed, and so named by nothing for longer than this backup lasts.
                None => continue,
            },
        };
        totals.count += 1;
        totals.bytes += listed.bytes;
        file.write_all(listed.line().as_bytes()).map_err(failed)?;
    }
    file.into_inner().map_err(|why| failed(why.into_error())).and_then(|file| file.sync_all().map_err(failed))?;
    folder.flush_blobs(&kept)?;
    Ok(totals)
}

async fn list(blobs: &Blobs) -> Result<Vec<BlobEntry>, Failure> {
    let mut entries = Vec::new();
    let mut listed = std::pin::pin!(blobs.list());
    while let Some(entry) = listed.next().await {
        entries.push(entry.map_err(|why| unreadable(blobs, &why))?);
    }
    Ok(entries)
}

async fn copy_blob(blobs: &Blobs, folder: &BackupFolder, entry: &BlobEntry) -> Result<Option<ListedBlob>, Failure> {
    let Some(content) = blobs.get(&entry.name).await.map_err(|why| unreadable(blobs, &why))? else { return Ok(None) };
    let sha256 = generation::sha256(&content);
    // An earlier backup that was cut off may have copied it already.
    let there =
        generation::sum_of(&folder.blob(&entry.name)).is_ok_and(|sum| sum == (content.len() as u64, sha256.clone()));
    if !there {
        folder.keep_blob(&entry.name, &content)?;
    }
    Ok(Some(ListedBlob { name: entry.name.clone(), bytes: content.len() as u64, sha256 }))
}

fn unreadable(blobs: &Blobs, why: &reeve_store::BlobError) -> Failure {
    Failure::refused(format!(
        "could not read the blobs in {}: {}; nothing was kept of this backup but blobs that the next one needs too",
        blobs.url(),
        why.reason()
    ))
}

/// Notes where doctor looks that a backup was made. A backup is none the worse when that cannot be noted.
fn note(config: &Config, manifest: &Manifest, dir: &Path) {
    let folder = std::path::absolute(dir).unwrap_or_else(|_| dir.to_owned());
    let text =
        json!({ "finished_at": manifest.finished_at, "name": manifest.name, "folder": folder.display().to_string() });
    let path = note_file(config);
    let draft = path.with_extension("json.new");
    let noted = std::fs::create_dir_all(config.data.join("run"))
        .and_then(|()| std::fs::write(&draft, text.to_string()))
        .and_then(|()| std::fs::rename(&draft, &path));
    if let Err(why) = noted {
        let _ = writeln!(
            std::io::stderr(),
            "reeve: the backup is made, but {} could not be written ({why}), where doctor looks for its time",
            path.display()
        );
    }
}

/// The last backup of a data folder that this machine knows of.
pub(crate) fn last_backup(config: &Config) -> Option<LastBackup> {
    let text = std::fs::read_to_string(note_file(config)).ok()?;
    let value: Value = serde_json::from_str(&text).ok()?;
    let at = Timestamp::parse_rfc3339("finished_at", value["finished_at"].as_str()?).ok()?;
    Some(LastBackup { at, folder: value["folder"].as_str()?.to_owned() })
}

fn note_file(config: &Config) -> std::path::PathBuf {
    config.data.join("run/last-backup.json")
}
