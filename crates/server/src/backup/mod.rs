//! `reeve backup`, `reeve backup verify` and `reeve backup list`: copies of a whole deployment, made while it serves.
//!
//! The database is copied first and blobs after it: each blob that the copy of the database names was there before, and
//! stays for longer than a backup may take. The master key is never in a backup, so that a backup alone opens no secret.

mod folder;
mod generation;
mod make;
mod restore;
mod verify;

use std::fmt;
use std::path::PathBuf;

use reeve_ctl::{Format, Global};
use serde_json::{Value, json};

use self::folder::BackupFolder;
use self::generation::Manifest;
use crate::outcome::{self, Failure};

pub(crate) use self::make::last_backup;
pub(crate) use self::restore::{RestoreArguments, run as run_restore};

#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct BackupArguments {
    #[command(subcommand)]
    command: Option<BackupCommand>,
    /// Folder that keeps backups; made if it is not there
    #[arg(value_name = "DIR", required = true)]
    dir: Option<PathBuf>,
    /// With PostgreSQL: the file that `pg_dump --format=custom` made just before
    #[arg(long, value_name = "FILE")]
    database_dump: Option<PathBuf>,
    /// Configuration file; without it, reeve.toml in the data folder if there is one
    #[arg(long, env = "REEVE_CONFIG", value_name = "FILE", hide_env_values = true)]
    config: Option<PathBuf>,
}

#[derive(Debug, clap::Subcommand)]
enum BackupCommand {
    /// Read every backup in a folder again and say what is damaged or missing
    #[command(after_help = "Example:\n  reeve backup verify /srv/backup")]
    Verify {
        /// Folder that keeps backups
        #[arg(value_name = "DIR")]
        dir: PathBuf,
        /// One backup instead of all, by the name that `reeve backup list` shows
        #[arg(long, value_name = "NAME")]
        generation: Option<String>,
    },
    /// List the backups in a folder
    #[command(after_help = "Example:\n  reeve backup list /srv/backup")]
    List {
        /// Folder that keeps backups
        #[arg(value_name = "DIR")]
        dir: PathBuf,
    },
    /// Delete all backups in a folder but the newest, and the blobs that only they had
    #[command(after_help = "Example:\n  reeve backup prune /srv/backup --keep 14")]
    Prune {
        /// Folder that keeps backups
        #[arg(value_name = "DIR")]
        dir: PathBuf,
        /// How many are kept
        #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..))]
        keep: u32,
    },
}

/// Runs a command about backups.
pub(crate) fn run(arguments: &BackupArguments, global: &Global) -> Result<(), Failure> {
    match (&arguments.command, &arguments.dir) {
        (Some(BackupCommand::Verify { dir, generation }), _) => verify::run(dir, generation.as_deref(), global),
        (Some(BackupCommand::List { dir }), _) => list(&BackupFolder::open(dir)?, global),
        (Some(BackupCommand::Prune { dir, keep }), _) => prune(&BackupFolder::open(dir)?, *keep as usize, global),
        (None, Some(dir)) => {
            let config = crate::config::Config::load(arguments.config.as_deref(), &global.data)?;
            let made = make::run(&config, dir, arguments.database_dump.as_deref())?;
            outcome::print(&show_made(&made, dir, global))
        }
        (None, None) => Err(Failure::usage("name the folder that keeps backups")),
    }
}

fn list(folder: &BackupFolder, global: &Global) -> Result<(), Failure> {
    let mut rows = Vec::new();
    for generation in folder.generations()? {
        rows.push((generation.name().to_owned(), generation.manifest()));
    }
    if global.output == Format::Json {
        let list: Vec<Value> = rows
            .iter()
            .map(|(name, manifest)| match manifest {
                Ok(manifest) => manifest.to_json(),
                Err(why) => json!({ "name": name, "damaged": why.to_string() }),
            })
            .collect();
        return outcome::print(&Value::Array(list).to_string());
    }
    if rows.is_empty() {
        return outcome::print(&format!("no backups in {}", folder.path().display()));
    }
    let mut text =
        format!("{:<20} {:<25} {:<11} {:>12} {:>10} {:>12}\n", "name", "made at", "database", "size", "blobs", "size");
    for (name, manifest) in rows {
        text.push_str(&match manifest {
            Ok(m) => format!(
                "{name:<20} {:<25} {:<11} {:>12} {:>10} {:>12}\n",
                m.finished_at,
                m.engine,
                Bytes(m.database.bytes).to_string(),
                m.blob_count,
                Bytes(m.blob_bytes).to_string()
            ),
            Err(why) => format!("{name:<20} damaged: {why}\n"),
        });
    }
    outcome::print(&text)
}

fn prune(folder: &BackupFolder, keep: usize, global: &Global) -> Result<(), Failure> {
    let _hold = folder.hold()?;
    let pruned = folder.prune(keep)?;
    if global.output == Format::Json {
        return outcome::print(&json!({ "backups_deleted": pruned.0, "blobs_deleted": pruned.1 }).to_string());
    }
    outcome::print(&format!("deleted  {} backups, and {} blobs that only they had", pruned.0, pruned.1))
}

fn show_made(made: &make::Made, dir: &std::path::Path, global: &Global) -> String {
    let manifest: &Manifest = &made.manifest;
    if global.output == Format::Json {
        let mut object = manifest.to_json();
        object["blobs_copied"] = json!(made.blobs_copied);
        object["took_ms"] = json!(made.took_ms);
        return object.to_string();
    }
    format!(
        "backup    {} in {}\ndatabase  {} {}\nblobs     {} ({}), of which {} were copied now\ntook      {:.1} s\n\n\
         The master key and the configuration are not in it: keep copies of them elsewhere.\n\
         Check it with: reeve backup verify {}",
        manifest.name,
        dir.display(),
        manifest.engine,
        Bytes(manifest.database.bytes),
        manifest.blob_count,
        Bytes(manifest.blob_bytes),
        made.blobs_copied,
        made.took_ms as f64 / 1_000.0,
        dir.display()
    )
}

/// A number of octets, for people.
struct Bytes(u64);

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self.0 {
            0..10_240 => format!("{} B", self.0),
            10_240..10_485_760 => format!("{} KiB", self.0 >> 10),
            10_485_760..10_737_418_240 => format!("{} MiB", self.0 >> 20),
            _ => format!("{} GiB", self.0 >> 30),
        };
        f.pad(&text)
    }
}
