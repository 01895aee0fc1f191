//! A server under test with an organization in it, and a token to speak with.

use reeve_testkit::{ServerOptions, ServerProcess, TestDatabase, run_reeve};
use serde_json::Value;
use tempfile::TempDir;

use crate::load::{Wire, get, post};

const PASSWORD: &str = "Quiet-lantern-58-harbour";

/// A running server.
pub(crate) struct Deployment {
    pub(crate) server: ServerProcess,
    pub(crate) token: String,
    pub(crate) folder: TempDir,
    _database: Option<TestDatabase>,
}

/// The engines that can be measured here, with a database on each that is not SQLite.
pub(crate) fn engines() -> impl Iterator<Item = (&'static str, Option<TestDatabase>)> {
    TestDatabase::each().map(|database| {
        let name = database.engine_name();
        (name, Some(database).filter(|_| name == "PostgreSQL"))
    })
}

impl Deployment {
    /// Starts a server with the active organization `acme`.
    pub(crate) fn start(database: Option<TestDatabase>) -> Self {
        let folder = TempDir::with_prefix("reeve-bench-").expect("a temporary folder can be made");
        let mut options = ServerOptions::new(folder.path().join("data")).with("REEVE_LOG_LEVEL", "warn");
        // Nobody is held up here: the limit of one administrator is not what is measured.
        options = options.with("REEVE_HTTP_REQUESTS_PER_SECOND", "1000000");
        if let Some(database) = &database {
            options = options.with("REEVE_DATABASE_URL", database.url());
        }
        let _ = run_reeve(&options, &["setup", "--admin", "root@example.com", "--password-file", "-"], PASSWORD).done();
        let server = ServerProcess::start(options);
        let _ = server.reeve(&["org", "create", "acme", "--wait"]).done();
        let token = sign_in(&server);
        Self { server, token, folder, _database: database }
    }

    /// A request to look at something.
    pub(crate) fn get(&self, path: &str) -> Vec<u8> {
        get(path, &self.token)
    }

    /// A counter of `/metrics`.
    pub(crate) fn counter(&self, name: &str) -> f64 {
        let text = block_on(async {
            let mut wire = Wire::connect(self.server.address("http")).await;
            wire.call(&self.get("/metrics")).await;
            wire.body()
        });
        let line = text.lines().find(|line| line.split([' ', '{']).next() == Some(name));
        line.and_then(|line| line.rsplit(' ').next()).and_then(|n| n.parse().ok()).unwrap_or_default()
    }

    /// Resident memory of the server in MiB.
    pub(crate) fn memory_mib(&self) -> f64 {
        let path = format!("/proc/{}/status", self.server.pid());
        let status = std::fs::read_to_string(path).expect("the server runs");
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("Linux says it");
        let kib: f64 = line.split_whitespace().nth(1).and_then(|n| n.parse().ok()).expect("a number");
        kib / 1024.0
    }
}

fn sign_in(server: &ServerProcess) -> String {
    let body = format!(r#"{{"username":"root@example.com","password":"{PASSWORD}","transport":"bearer"}}"#);
    let answer = block_on(async {
        let mut wire = Wire::connect(server.address("http")).await;
        wire.call(&post("/api/v1/sessions", None, &body)).await;
        wire.body()
    });
    let answer: Value = serde_json::from_str(&answer).expect("sessions answer in JSON");
    answer["token"].as_str().expect("a bearer token").to_owned()
}

/// Runs on a runtime of one thread, so that the load takes as little as it can from the server.
pub(crate) fn block_on<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(work)
}
