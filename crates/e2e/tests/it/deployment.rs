//! A deployment to test: set up, running, with the command line at hand.

use std::path::PathBuf;

use reeve_testkit::{CommandResult, ServerOptions, ServerProcess, TestDatabase, run_reeve};
use serde_json::Value;
use tempfile::TempDir;

pub(crate) const ADMIN: &str = "root@example.com";
pub(crate) const PASSWORD: &str = "Quiet-lantern-58-harbour";

/// A server on a fresh data folder with its first administrator.
pub(crate) struct Deployment {
    pub(crate) server: ServerProcess,
    pub(crate) folder: TempDir,
    options: ServerOptions,
    _database: Option<TestDatabase>,
}

/// Environment variables of a server, besides those that make it cheap.
pub(crate) type Settings = [(&'static str, &'static str)];

/// Lifts the brake on sign-ins from one address, for tests that are about what stands behind it.
pub(crate) const UNBRAKED: (&str, &str) = ("REEVE_HTTP_SIGN_INS_PER_SECOND", "1000000");

impl Deployment {
    /// On SQLite in the data folder.
    pub(crate) fn start() -> Self {
        Self::start_with(None, &[])
    }

    /// On SQLite, with these settings.
    pub(crate) fn set(settings: &Settings) -> Self {
        Self::start_with(None, settings)
    }

    /// One on each engine that this run has.
    pub(crate) fn each() -> impl Iterator<Item = Self> {
        Self::each_set(&[])
    }

    /// One on each engine that this run has, with these settings.
    pub(crate) fn each_set(settings: &Settings) -> impl Iterator<Item = Self> {
        TestDatabase::each().map(|database| {
            let database = Some(database).filter(|database| database.engine_name() == "PostgreSQL");
            Self::start_with(database, settings)
        })
    }

    fn start_with(database: Option<TestDatabase>, settings: &Settings) -> Self {
        let url = database.as_ref().map(|database| database.url().to_owned());
        Self { _database: database, ..Self::start_at(url, settings) }
    }

    /// On the database of this URL, or on SQLite in the data folder.
    pub(crate) fn start_at(url: Option<String>, settings: &Settings) -> Self {
        let folder = TempDir::with_prefix("reeve-e2e-").unwrap();
        let mut options = cheap(ServerOptions::new(folder.path().join("data")));
        for (name, value) in settings {
            options = options.with(name, *value);
        }
        if let Some(url) = url {
            options = options.with("REEVE_DATABASE_URL", url);
        }
        let arguments = ["setup", "--admin", ADMIN, "--password-file", "-"];
        let _ = run_reeve(&options, &arguments, PASSWORD).done();
        Self { server: ServerProcess::start(options.clone()), folder, options, _database: None }
    }

    /// A server on a data folder that is there already, in the environment of this one.
    pub(crate) fn on(&self, data: PathBuf, settings: &[(&str, &str)]) -> Self {
        let options = ServerOptions { data, ..self.options.clone() };
        let options = settings.iter().fold(options, |options, (name, value)| options.with(name, *value));
        let folder = TempDir::with_prefix("reeve-e2e-").unwrap();
        Self { server: ServerProcess::start(options.clone()), folder, options, _database: None }
    }

    /// A command in an environment of its own, with something on standard input.
    pub(crate) fn reeve_in(&self, environment: &[(&str, &str)], arguments: &[&str], input: &str) -> CommandResult {
        let options =
            environment.iter().fold(self.options.clone(), |options, (name, value)| options.with(name, *value));
        run_reeve(&options, arguments, input)
    }

    /// A command that must succeed.
    pub(crate) fn reeve(&self, arguments: &[&str]) -> CommandResult {
        self.server.reeve(arguments).done()
    }

    /// A command that must succeed, and its answer.
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        self.reeve(&[arguments, &["--output", "json"]].concat()).json()
    }

    /// A file for a command to read.
    pub(crate) fn file(&self, name: &str, text: &str) -> String {
        let path: PathBuf = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// Every user of an organization, the system's own too.
    pub(crate) fn users(&self, organization: &str) -> Vec<Value> {
        let list = self.json(&["user", "list", "--org", organization, "--all"]);
        list.as_array().unwrap().clone()
    }
}

/// Hashing that costs little: these tests are not about its strength.
pub(crate) fn cheap(options: ServerOptions) -> ServerOptions {
    options.with("REEVE_PASSWORDS_HASH_MEMORY_KIB", "64").with("REEVE_PASSWORDS_HASH_PASSES", "1")
}

/// A text member of an object.
pub(crate) fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value[member].as_str().unwrap_or_else(|| panic!("{member} of {value}"))
}
