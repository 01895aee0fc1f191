//! A real server, and a client of the SDK for it.

use aws_sdk_workmail::Client;
use aws_sdk_workmail::config::retry::RetryConfig;
use aws_sdk_workmail::config::{BehaviorVersion, Credentials, Region};
use reeve_testkit::{ServerOptions, ServerProcess, run_reeve};
use tempfile::TempDir;

const ADMIN: &str = "root@example.com";

/// A server on a fresh data folder, and an access key of its first administrator.
pub(crate) struct Service {
    pub(crate) server: ServerProcess,
    pub(crate) key: (String, String),
    folder: TempDir,
}

impl Service {
    pub(crate) fn start(settings: &[(&str, &str)]) -> Self {
        let folder = TempDir::with_prefix("reeve-sdk-").unwrap();
        let mut options = ServerOptions::new(folder.path().join("data"))
            .with("REEVE_PASSWORDS_HASH_MEMORY_KIB", "64")
            .with("REEVE_PASSWORDS_HASH_PASSES", "1");
        for (name, value) in settings {
            options = options.with(name, *value);
        }
        let setup = ["setup", "--admin", ADMIN, "--password-file", "-"];
        let _ = run_reeve(&options, &setup, "Quiet-lantern-58-harbour").done();
        let server = ServerProcess::start(options);
        let _ = server.reeve(&["admin", "api-access", ADMIN, "--enable"]).done();
        let key = server.reeve(&["key", "create", "--admin", ADMIN, "--output", "json"]).done().json();
        let text = |member: &str| key[member].as_str().unwrap().to_owned();
        let key = (text("access_key_id"), text("secret_access_key"));
        Self { server, key, folder }
    }

    /// A file that holds a password, for a command to read.
    pub(crate) fn file(&self, password: &str) -> String {
        let path = self.folder.path().join(password);
        std::fs::write(&path, password).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// A client with the administrator's own key.
    pub(crate) fn client(&self) -> Client {
        self.client_with(&self.key.0, &self.key.1)
    }

    pub(crate) fn client_with(&self, id: &str, secret: &str) -> Client {
        let credentials = Credentials::new(id, secret, None, None, "test");
        let config = aws_sdk_workmail::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .endpoint_url(self.server.url())
            .credentials_provider(credentials)
            .retry_config(RetryConfig::standard().with_max_attempts(8))
            .build();
        Client::from_conf(config)
    }
}
