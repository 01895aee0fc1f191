//! `reeve setup`: the first account and its administrator, once, without a server.

use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;

use reeve_base::Secret;
use reeve_base::clock::SystemClock;
use reeve_base::names::{EmailAddress, ProfileText, Title};
use reeve_base::random::OsRandom;
use reeve_base::secret::ExposeSecret;
use reeve_ctl::{Format, Global};
use reeve_domain::accounts::{self, CreatedAccount, NewAccount};
use reeve_domain::sealing;
use reeve_domain::{Ctx, Deployment, Error, Outside, Settings};
use reeve_store::{Store, StoreOptions};
use serde_json::json;

use crate::config::Config;
use crate::data_folder::DataFolder;
use crate::key_change;
use crate::outcome::{self, Failure};

/// Octets of a password file that are read: more is no password.
const PASSWORD_FILE_BYTES_MAX: u64 = 4_096;

#[derive(Debug, clap::Args)]
pub(crate) struct SetupArguments {
    /// Username of the first administrator: an e-mail address, which never changes
    #[arg(long, value_name = "EMAIL")]
    admin: String,
    /// File whose first line is the administrator's password (- for standard input); without it one is made up
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// Name of the account
    #[arg(long, value_name = "NAME", default_value = "Main account")]
    account_name: String,
    /// Configuration file; without it, reeve.toml in the data folder if there is one
    #[arg(long, env = "REEVE_CONFIG", value_name = "FILE", hide_env_values = true)]
    config: Option<PathBuf>,
}

/// Opens what every operation needs, from the configuration; `port` is the one that browsers find.
pub(crate) async fn open(config: &Config, port: u16, outside: Outside) -> Result<Arc<Deployment>, Failure> {
    let mut options = StoreOptions::new(config.database.clone());
    options.server_connections = config.database_connections;
    options.blobs = Some(config.blobs.clone());
    // Opening blocks, which the runtime allows on its blocking threads only.
    let store = tokio::task::spawn_blocking(move || Store::open(options))
        .await
        .map_err(|why| Failure::refused(format!("opening the database ended badly: {why}")))?
        .map_err(Failure::refused)?;
    let (master, place) = key_change::of_database(&config.master_key, &store).await?;
    let root = sealing::open_root_key(&store, &master, &OsRandom).await;
    let root = root.map_err(|error| key_change::refused(error, &place))?;
    let settings = Settings {
        hasher: config.hasher.clone(),
        hashing_parallelism: std::thread::available_parallelism().map_or(1, usize::from),
        passkeys: config.passkeys(port),
        mail_host: config.mail_host(),
        ..Settings::new(&config.region, &config.test_domain_suffix, root)
    };
    Ok(Deployment::new(store, Arc::new(SystemClock), Arc::new(OsRandom), outside, settings))
}

/// Makes the account and prints it.
pub(crate) fn run(arguments: &SetupArguments, global: &Global) -> Result<(), Failure> {
    let config = Config::load(arguments.config.as_deref(), &global.data)?;
    let new = NewAccount {
        name: Title::parse("account name", &arguments.account_name).map_err(Failure::usage)?,
        username: EmailAddress::parse("admin", &arguments.admin).map_err(Failure::usage)?,
        first_name: ProfileText::parse("first name", "").map_err(Failure::usage)?,
        last_name: ProfileText::parse("last name", "").map_err(Failure::usage)?,
        password: arguments.password_file.as_ref().map(read_password).transpose()?,
    };
    let _folder = DataFolder::hold(&config.data)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|why| Failure::refused(format!("could not start: {why}")))?;
    let deployment = runtime.block_on(open(&config, config.http_listen.port(), Outside::default()))?;
    let made = runtime.block_on(async { accounts::set_up(&Ctx::system(&deployment, "setup"), new).await }).map_err(
        |error| match error {
            Error::PasswordRefused(rule) => Failure::refused(format!("the password was refused: {rule}")),
            other => Failure::refused(other),
        },
    )?;
    outcome::print(&show(&made, global))
}

fn read_password(path: &PathBuf) -> Result<Secret, Failure> {
    let failed =
        |why: std::io::Error| Failure::usage(format!("could not read the password from {}: {why}", path.display()));
    let mut text = String::new();
    if path.as_os_str() == "-" {
        std::io::stdin().take(PASSWORD_FILE_BYTES_MAX).read_to_string(&mut text).map_err(failed)?;
    } else {
        let file = std::fs::File::open(path).map_err(failed)?;
        file.take(PASSWORD_FILE_BYTES_MAX).read_to_string(&mut text).map_err(failed)?;
    }
    Ok(Secret::from(text.lines().next().unwrap_or_default().to_owned()))
}

fn show(made: &CreatedAccount, global: &Global) -> String {
    let password = made.password.as_ref().map(ExposeSecret::expose_secret);
    let (account, username) = (&made.account, &made.administrator.username);
    if global.output == Format::Json {
        let mut object = json!({ "account_id": account.id.as_str(), "admin": username });
        if let Some(password) = password {
            object["password"] = json!(password);
        }
        return object.to_string();
    }
    let shown = match password {
        Some(password) => format!("password       {password}   (shown this once)"),
        None => "password       as in the file".to_owned(),
    };
    format!(
        "account        {} ({})\nadministrator  {username}\n{shown}\n\nNext: reeve serve --data {}",
        account.id,
        account.name,
        global.data.display()
    )
}
