//! `reeve restore`: a deployment from one of its backups, in an empty data folder.
//!
//! Until it is done the data folder holds the file `restoring`, and no server starts there: half a deployment is worse
//! than none. The same command goes on where it was cut off. What must not come to life again goes: sessions, half-done
//! sign-ins, and leases of jobs whose server is gone.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use reeve_ctl::{Format, Global};
use reeve_domain::restored::{self, Settled};
use reeve_store::{Blobs, SchemaState, Store, StoreOptions};
use serde_json::json;

use super::folder::BackupFolder;
use super::generation::{self, Generation, Manifest, POSTGRES, SQLITE};
use crate::config::Config;
use crate::data_folder::{DataFolder, RESTORING};
use crate::outcome::{self, Failure};

/// What may be in a data folder before a restore: what the administrator puts there, and what the folder's holder makes.
const EXPECTED: [&str; 6] = ["reeve.toml", "master.key", "lost+found", "reeve.lock", "run", RESTORING];

#[derive(Debug, clap::Args)]
pub(crate) struct RestoreArguments {
    /// Folder that keeps backups
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// An older backup instead of the newest, by the name that `reeve backup list` shows
    #[arg(long, value_name = "NAME")]
    generation: Option<String>,
    /// Configuration file; without it, reeve.toml in the data folder if there is one
    #[arg(long, env = "REEVE_CONFIG", value_name = "FILE", hide_env_values = true)]
    config: Option<PathBuf>,
}

/// Restores into the data folder that `--data` names.
pub(crate) fn run(arguments: &RestoreArguments, global: &Global) -> Result<(), Failure> {
    let config = Config::load(arguments.config.as_deref(), &global.data)?;
    let folder = BackupFolder::open(&arguments.dir)?;
    let generation = folder.generation(arguments.generation.as_deref())?;
    let manifest = generation.manifest()?;
    let database = generation.path().join(&manifest.database.file);
    check_target(&config, &manifest, &database)?;
    let _hold = DataFolder::hold_to_restore(&config.data)?;
    mark(&config.data)?;
    if let Some(path) = config.database.path() {
        put_database(&database, &manifest, path)?;
    }
    let blobs = put_blobs(&config, &folder, &generation, &manifest)?;
    let settled = settle(&config)?;
    let marker = config.data.join(RESTORING);
    fs::remove_file(&marker)
        .and_then(|()| File::open(&config.data)?.sync_all())
        .map_err(|why| Failure::refused(format!("could not remove {}: {why}", marker.display())))?;
    outcome::print(&show(&manifest, blobs, &settled, (&config, global)))
}

/// Refuses to write over anything, and says what must come first.
fn check_target(config: &Config, manifest: &Manifest, database: &Path) -> Result<(), Failure> {
    let data = config.data.display();
    let resumes = config.data.join(RESTORING).exists();
    if let Ok(entries) = fs::read_dir(&config.data)
        && !resumes
    {
        let mut names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        if let Some(name) = names.find(|name| !EXPECTED.contains(&name.as_str())) {
            return Err(Failure::refused(format!(
                "the data folder {data} is not empty: it has {name}; name an empty or a new folder with --data"
            )));
        }
    }
    match (config.database.path(), manifest.engine.as_str()) {
        (Some(path), SQLITE) if path.exists() && !resumes => Err(Failure::refused(format!(
            "there is a database already at {}; nothing is written over it",
            path.display()
        ))),
        (Some(_), SQLITE) => Ok(()),
        (None, POSTGRES) => {
            let mut options = StoreOptions::new(config.database.clone());
            options.server_connections = 1;
            match Store::inspect(&options).map_err(Failure::refused)? {
                SchemaState::Empty => Err(Failure::refused(format!(
                    "the database is empty; put the dump into it first, and then run the same command again:\n  \
                     pg_restore --exit-on-error --no-owner --dbname=\"$REEVE_DATABASE_URL\" {}",
                    database.display()
                ))),
                _ => Ok(()),
            }
        }
        (Some(_), _) => Err(Failure::usage(format!(
            "the backup {} is of a deployment on {}; set database.url or REEVE_DATABASE_URL to a database there",
            manifest.name, manifest.engine
        ))),
        (None, _) => Err(Failure::usage(format!(
            "the backup {} is of a deployment on {}; leave database.url and REEVE_DATABASE_URL empty",
            manifest.name, manifest.engine
        ))),
    }
}

fn mark(data: &Path) -> Result<(), Failure> {
    let path = data.join(RESTORING);
    let text = "a restore is going on, or was cut off; run the same `reeve restore` again\n";
    let marked = File::create(&path)
        .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
        .and_then(|()| File::open(data)?.sync_all());
    marked.map_err(|why| Failure::refused(format!("could not write {}: {why}", path.display())))
}

/// Copies the database and compares what was copied with the manifest.
fn put_database(from: &Path, manifest: &Manifest, to: &Path) -> Result<(), Failure> {
    let failed = |why: std::io::Error| Failure::refused(format!("could not write {}: {why}", to.display()));
    // What a restore that was cut off has left, which the marker vouches for.
    for ending in ["", "-wal", "-shm"] {
        let mut left = to.as_os_str().to_owned();
        left.push(ending);
        match fs::remove_file(left) {
            Err(why) if why.kind() != std::io::ErrorKind::NotFound => return Err(failed(why)),
            _ => {}
        }
    }
    let mut source =
        File::open(from).map_err(|why| Failure::refused(format!("could not read {}: {why}", from.display())))?;
    let mut file = generation::create(to).map_err(failed)?;
    std::io::copy(&mut source, &mut file).and_then(|_| file.sync_all()).map_err(failed)?;
    let sum = generation::sum_of(to).map_err(failed)?;
    if sum == (manifest.database.bytes, manifest.database.sha256.clone()) {
        return Ok(());
    }
    Err(Failure::refused(format!(
        "{} is not as it was written: its SHA-256 is another one; restore an older backup with --generation",
        from.display()
    )))
}

/// Puts every blob of the list where the configuration says, and compares each with its sum; says how many.
fn put_blobs(config: &Config, folder: &BackupFolder, from: &Generation, manifest: &Manifest) -> Result<u64, Failure> {
    let list = from.path().join(&manifest.blobs.file);
    let sum = generation::sum_of(&list).map_err(|why| folder.failed("read", &list, &why))?;
    if sum != (manifest.blobs.bytes, manifest.blobs.sha256.clone()) {
        return Err(Failure::refused(format!(
            "{} is not as it was written: its SHA-256 is another one",
            list.display()
        )));
    }
    let blobs = Blobs::open(&config.blobs).map_err(Failure::refused)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .map_err(|why| Failure::refused(format!("could not start: {why}")))?;
    let mut count = 0;
    from.each_blob(|blob| {
        let path = folder.blob(&blob.name);
        let mut content = Vec::new();
        File::open(&path)
            .and_then(|file| file.take(blob.bytes.saturating_add(1)).read_to_end(&mut content))
            .map_err(|why| folder.failed("read", &path, &why))?;
        if generation::sha256(&content) != blob.sha256 {
            return Err(Failure::refused(format!(
                "the blob {} is not as it was written: its SHA-256 is another one; restore an older backup with \
                 --generation",
                path.display()
            )));
        }
        let put = runtime.block_on(blobs.put(&blob.name, content.into()));
        put.map_err(|why| {
            Failure::refused(format!("could not put the blob {} into {}: {}", blob.name, blobs.url(), why.reason()))
        })?;
        count += 1;
        Ok(())
    })?;
    Ok(count)
}

/// Opens the database, which brings it to this version's schema, and takes out what must not come to life again.
fn settle(config: &Config) -> Result<Settled, Failure> {
    let mut options = StoreOptions::new(config.database.clone());
    options.server_connections = 1;
    let store = Store::open(options).map_err(Failure::refused)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .map_err(|why| Failure::refused(format!("could not start: {why}")))?;
    let settled = runtime.block_on(restored::settle(&store));
    store.close();
    settled.map_err(Failure::refused)
}

fn show(manifest: &Manifest, blobs: u64, settled: &Settled, (config, global): (&Config, &Global)) -> String {
    let key = config.master_key.find().ok().flatten();
    if global.output == Format::Json {
        return json!({
            "backup": manifest.name,
            "data": config.data.display().to_string(),
            "blobs": blobs,
            "sessions_ended": settled.sessions,
            "master_key_found": key.is_some(),
        })
        .to_string();
    }
    let next = match key {
        Some((_, place)) => format!("The master key is taken from {place}."),
        None => {
            format!("Put the master key at {} (mode 0600): it is not in backups.", config.master_key.file.display())
        }
    };
    format!(
        "restored  {} of {}\nblobs     {blobs}\nended     {} sessions: everybody signs in again\n\n{next} Then: reeve \
         doctor --data {3}, reeve serve --data {3}",
        manifest.name,
        manifest.finished_at,
        settled.sessions,
        config.data.display(),
    )
}
