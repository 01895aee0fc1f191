//! Amazon's services as moto plays them, for tests that need a store that speaks their protocols. It checks no signature.
//! `scripts/install-test-tools.sh` installs it; where it is not there, that is said.

use std::fs::File;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use crate::wait::wait_until;

/// How long it may take to come up on a busy machine.
const START_TIMEOUT: Duration = Duration::from_secs(60);

/// moto, running until this is dropped.
#[derive(Debug)]
pub struct Moto {
    child: Child,
    url: String,
    _folder: TempDir,
}

impl Moto {
    /// Starts it on a free port; `None`, and a word about it, where it is not installed. With `REEVE_TEST_REQUIRE_TOOLS=1`
    /// its absence is a failure.
    #[expect(clippy::disallowed_methods, reason = "tests have no configuration but the environment")]
    pub fn start() -> Option<Self> {
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/venv-moto/bin/moto_server");
        if !program.exists() {
            let required = std::env::var_os("REEVE_TEST_REQUIRE_TOOLS").is_some_and(|value| value == "1");
            assert!(!required, "moto is not there: run scripts/install-test-tools.sh");
            eprintln!("moto is not there: its test is left out; run scripts/install-test-tools.sh");
            return None;
        }
        let folder = TempDir::with_prefix("reeve-moto-").expect("a temporary folder can be made");
        let address = {
            let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
            listener.local_addr().expect("a listener has an address")
        };
        let log = File::create(folder.path().join("log")).expect("the log can be made");
        let child = Command::new(&program)
            .args(["-H", "127.0.0.1", "-p", &address.port().to_string()])
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a file handle can be cloned"))
            .stderr(log)
            .spawn()
            .unwrap_or_else(|error| panic!("could not start {}: {error}", program.display()));
        wait_until("moto to come up", START_TIMEOUT, || TcpStream::connect(address).ok());
        Some(Self { child, url: format!("http://{address}"), _folder: folder })
    }

    /// Where it listens.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        // Errors mean that it is gone already, which is what is wanted.
        let _gone = self.child.kill();
        let _reaped = self.child.wait();
    }
}
