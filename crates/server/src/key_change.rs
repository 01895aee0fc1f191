//! The master key and the database together: which key opens it, and `reeve master-key rotate`.
//!
//! A change goes: the new key is written beside the old one and flushed; the database seals its root key under the new one
//! in one transaction; the new file takes the place of the old one, which stays under another name. Whatever moment a
//! crash comes at, the key that the database has is in one of the two files, and the next start finds it.

use std::path::PathBuf;

use reeve_base::Timestamp;
use reeve_base::clock::{Clock, SystemClock};
use reeve_base::random::OsRandom;
use reeve_ctl::{Format, Global};
use reeve_domain::Error;
use reeve_domain::sealing::{self, MasterKey};
use reeve_store::{Engine, SchemaState, Store, StoreOptions};
use serde_json::json;

use crate::config::Config;
use crate::data_folder::DataFolder;
use crate::master_key::{self, MasterKeySources, Place};
use crate::outcome::{self, Failure};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum MasterKeyCommand {
    /// Make a new master key and seal the root key under it; the server must be stopped. Nothing else is sealed anew
    #[command(after_help = "Examples:\n  reeve master-key rotate --data /var/lib/reeve\n  \
                            reeve master-key rotate --to new.key   (where the key is a credential or a variable)")]
    Rotate(RotateArguments),
}

#[derive(Debug, clap::Args)]
pub(crate) struct RotateArguments {
    /// File with the new key, made if it is not there: for keys that come from a credential or from the environment
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
    /// Configuration file; without it, reeve.toml in the data folder if there is one
    #[arg(long, env = "REEVE_CONFIG", value_name = "FILE", hide_env_values = true)]
    config: Option<PathBuf>,
}

/// Runs a command about the master key.
pub(crate) fn run(command: &MasterKeyCommand, global: &Global) -> Result<(), Failure> {
    let MasterKeyCommand::Rotate(arguments) = command;
    let config = Config::load(arguments.config.as_deref(), &global.data)?;
    let _folder = DataFolder::hold(&config.data)?;
    let options = StoreOptions::new(config.database.clone());
    if Store::inspect(&options).map_err(Failure::refused)? == SchemaState::Empty {
        return Err(Failure::refused("there is nothing to change yet: the database is empty; `reeve setup` begins"));
    }
    let store = Store::open(options).map_err(Failure::refused)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .map_err(|why| Failure::refused(format!("could not start: {why}")))?;
    let engine = store.engine();
    let changed = runtime.block_on(rotate(&config, &store, arguments.to.as_ref()));
    store.close();
    outcome::print(&show(&changed?, engine, global))
}

/// What a change did: where the new key is, and where the former one.
struct Changed {
    key: PathBuf,
    former: Option<PathBuf>,
    was: Place,
}

async fn rotate(config: &Config, store: &Store, to: Option<&PathBuf>) -> Result<Changed, Failure> {
    let sources = &config.master_key;
    let (from, was) = of_database(sources, store).await?;
    sealing::open_root_key(store, &from, &OsRandom).await.map_err(|error| refused(error, &was))?;
    match (&was, to) {
        (Place::File(file), None) => {
            let next = sources.next_file();
            let new = master_key::create_anew(&next, &OsRandom)?;
            change(store, (&from, &new), &was).await?;
            let former = master_key::beside(file, &format!("former-{}", stamp()));
            master_key::replace(&next, file, Some(&former))?;
            Ok(Changed { key: file.clone(), former: Some(former), was })
        }
        (Place::File(file), Some(_)) => Err(Failure::usage(format!(
            "the master key is in the file {}, which is replaced; leave out --to",
            file.display()
        ))),
        (_, None) => Err(Failure::usage(format!(
            "the master key comes from {was}, which this command cannot change; name a file for the new key with --to, \
             and put it in that place before the next start"
        ))),
        (_, Some(file)) => {
            let new = match master_key::read(file)? {
                Some(new) if new.is_same(&from) => {
                    return Err(Failure::usage(format!("{} holds the present master key", file.display())));
                }
                Some(new) => new,
                None => master_key::create(file, &OsRandom)?,
            };
            change(store, (&from, &new), &was).await?;
            Ok(Changed { key: file.clone(), former: None, was })
        }
    }
}

async fn change(store: &Store, (from, to): (&MasterKey, &MasterKey), was: &Place) -> Result<(), Failure> {
    sealing::change_master_key(store, from, to, &OsRandom).await.map_err(|error| refused(error, was))?;
    // The proof that the new one opens what the former one did.
    sealing::open_root_key(store, to, &OsRandom).await.map(drop).map_err(|error| refused(error, was))
}

/// The master key that opens a database, and where it is; one is made where nothing was sealed yet. A change of the key
/// that was cut off is finished.
pub(crate) async fn of_database(sources: &MasterKeySources, store: &Store) -> Result<(MasterKey, Place), Failure> {
    let found = sources.find()?;
    let opens = match &found {
        Some((key, _)) => sealing::is_master_key(store, key).await.map_err(Failure::refused)?,
        None if sealing::has_master_key(store).await.map_err(Failure::refused)? => Some(false),
        None => None,
    };
    match (found, opens) {
        (Some(found), Some(true) | None) => Ok(found),
        (None, None | Some(true)) => {
            Ok((master_key::create(&sources.file, &OsRandom)?, Place::File(sources.file.clone())))
        }
        (found, Some(false)) => {
            if let Some(next) = next_key(sources, store).await? {
                let former = master_key::beside(&sources.file, &format!("former-{}", stamp()));
                let former = sources.file.exists().then_some(former);
                master_key::replace(&sources.next_file(), &sources.file, former.as_deref())?;
                tracing::warn!(file = %sources.file.display(), "a change of the master key had been cut off; it is finished");
                return Ok((next, Place::File(sources.file.clone())));
            }
            Err(Failure::refused(match found {
                Some((_, place)) => wrong_key(&place),
                None => missing_key(sources),
            }))
        }
    }
}

/// The key that waits beside the present one, if the database has it already.
pub(crate) async fn next_key(sources: &MasterKeySources, store: &Store) -> Result<Option<MasterKey>, Failure> {
    let Some(next) = master_key::read(&sources.next_file())? else { return Ok(None) };
    let known = sealing::is_master_key(store, &next).await.map_err(Failure::refused)?;
    Ok(Some(next).filter(|_| known == Some(true)))
}

/// What is said of what opening the root key was refused for.
pub(crate) fn refused(error: Error, place: &Place) -> Failure {
    match error {
        Error::Conflict { .. } => Failure::refused(wrong_key(place)),
        other => Failure::refused(other),
    }
}

/// What is said of a key that is not there although the database has secrets.
pub(crate) fn missing_key(sources: &MasterKeySources) -> String {
    format!(
        "the master key is missing: {} is not there, and this database keeps secrets under it; put the file back from \
         your copy, or say where it is with master_key_file or REEVE_MASTER_KEY_FILE",
        sources.file.display()
    )
}

/// What is said of a key that is another one.
pub(crate) fn wrong_key(place: &Place) -> String {
    format!(
        "the master key in {place} is not the one under which this database keeps its secrets; put back the one that \
         belongs to this database, from your copy, or say where it is with master_key_file or REEVE_MASTER_KEY_FILE"
    )
}

/// The present moment as part of a file's name; such names sort by time.
pub(crate) fn stamp() -> String {
    stamp_of(SystemClock.now())
}

fn stamp_of(at: Timestamp) -> String {
    let millis = at.millis().rem_euclid(1_000);
    let second = Timestamp::from_millis(at.millis() - millis).to_rfc3339();
    format!("{}{millis:03}Z", second.replace(['-', ':', 'Z'], ""))
}

fn show(changed: &Changed, engine: Engine, global: &Global) -> String {
    let Changed { key, former, was } = changed;
    if global.output == Format::Json {
        let former = former.as_ref().map(|path| path.display().to_string());
        return json!({ "key": key.display().to_string(), "former": former }).to_string();
    }
    let mut text = format!("master key  changed; the new one is in {}\n", key.display());
    match former {
        Some(former) => text.push_str(&format!("former key  kept in {}\n", former.display())),
        None => text.push_str(&format!("             put it in the place of {was} before the next start\n")),
    }
    text.push_str(
        "\nCopy the new key to where you keep the old one. Backups made until now open with the former key only: \
                   keep it as long as you keep them, then delete it.\n",
    );
    if engine == Engine::Postgres {
        text.push_str(
            "Servers that share this database go on running; give each the new key before it starts again.\n",
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_sort_by_time() {
        let at = |millis: i64| stamp_of(Timestamp::from_millis(1_795_289_563_000 + millis));
        assert_eq!(at(120), "20261121T193243120Z");
        let stamps = [0, 1, 99, 100, 120, 123, 999, 1_000].map(at);
        assert!(stamps.is_sorted(), "{stamps:?}");
    }
}
