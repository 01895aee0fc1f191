//! The real server as a process of its own, and the command line beside it: for end-to-end tests and fault tests.
//! Every port is 0 and every path is the test's; a process that was started is killed by its id when its value is dropped.
//! The binary is `REEVE_BIN`, or `target/debug/reeve` of this workspace, which the tests do not build.

use std::fs::{self, File};
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::wait::wait_until;

/// Debug builds on a busy machine start slowly; a healthy start takes well under a second.
const START_TIMEOUT: Duration = Duration::from_secs(60);
/// Longer than the server's own deadline for a graceful stop.
const STOP_TIMEOUT: Duration = Duration::from_secs(30);
/// Lines of the server's log that a failed test shows.
const LOG_LINES_SHOWN: usize = 200;

/// The listeners that a configuration may name; port 0 lets the kernel choose.
const LISTEN_VARIABLES: [&str; 6] = [
    "REEVE_HTTP_LISTEN",
    "REEVE_SMTP_LISTEN",
    "REEVE_SUBMISSION_LISTEN",
    "REEVE_SUBMISSIONS_LISTEN",
    "REEVE_IMAP_LISTEN",
    "REEVE_IMAPS_LISTEN",
];

/// How to start a server.
#[derive(Debug, Clone)]
pub struct ServerOptions {
    /// The data folder; the log is written beside it, with `.log` added to its name.
    pub data: PathBuf,
    /// Environment variables besides the ports; nothing that begins with `REEVE_` is inherited from the test.
    pub environment: Vec<(String, String)>,
}

impl ServerOptions {
    /// A server on this data folder, with defaults for the rest.
    pub fn new(data: impl Into<PathBuf>) -> Self {
        Self { data: data.into(), environment: Vec::new() }
    }

    /// Adds an environment variable, such as `REEVE_DATABASE_URL`.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.environment.push((name.to_owned(), value.into()));
        self
    }

    /// A `reeve` command in the environment of this server, without arguments yet.
    pub fn command(&self) -> Command {
        let mut command = Command::new(binary());
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("REEVE_") {
                command.env_remove(name);
            }
        }
        command.env("REEVE_DATA", &self.data);
        for name in LISTEN_VARIABLES {
            command.env(name, "127.0.0.1:0");
        }
        // Nobody answers there: no test asks the world's DNS.
        command.env("REEVE_DNS_RESOLVERS", "127.0.0.1:1");
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    fn log_path(&self) -> PathBuf {
        self.data.with_added_extension("log")
    }

    fn listen_path(&self) -> PathBuf {
        self.data.join("run/listen.json")
    }
}

/// A running `reeve serve`.
#[derive(Debug)]
pub struct ServerProcess {
    options: ServerOptions,
    child: Child,
    listen: Value,
}

impl ServerProcess {
    /// Starts a server and waits until it says where it listens; panics with its log if it does not come up.
    pub fn start(options: ServerOptions) -> Self {
        let (child, listen) = spawn(&options);
        Self { options, child, listen }
    }

    /// The address of one of its listeners, such as `http`.
    pub fn address(&self, listener: &str) -> SocketAddr {
        let text = self.listen.get(listener).and_then(Value::as_str);
        let text = text.unwrap_or_else(|| panic!("listen.json names no {listener}: {}", self.listen));
        text.parse().unwrap_or_else(|_| panic!("listen.json has {text:?} for {listener}, which is no address"))
    }

    /// The URL of its HTTP port, without a closing slash.
    pub fn url(&self) -> String {
        format!("http://{}", self.address("http"))
    }

    /// Its data folder.
    pub fn data(&self) -> &Path {
        &self.options.data
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// A `reeve` command against this server's data folder, for tests that watch it run.
    pub fn command(&self) -> Command {
        self.options.command()
    }

    /// Runs a `reeve` command against this server's data folder, with nothing on standard input.
    pub fn reeve(&self, arguments: &[&str]) -> CommandResult {
        run_reeve(&self.options, arguments, "")
    }

    /// Everything that the server has logged since the first start on this data folder.
    pub fn log(&self) -> String {
        fs::read_to_string(self.options.log_path()).expect("the server's log can be read")
    }

    /// Kills the server as a power cut would: it gets no chance to clean up. It can be `restart`ed.
    pub fn kill9(&mut self) {
        self.child.kill().expect("the server can be killed");
        self.child.wait().expect("the killed server can be reaped");
    }

    /// Starts the server again on the same data folder; kills it first if it still runs. Ports change.
    pub fn restart(&mut self) {
        self.kill9();
        (self.child, self.listen) = spawn(&self.options);
    }

    /// Asks the server to stop, as `^C` and service managers do, and waits for it.
    pub fn stop(&mut self) -> ExitStatus {
        let pid = self.child.id();
        // The shell has `kill` built in; std cannot send this signal.
        let sent = Command::new("sh").arg("-c").arg(format!("kill -TERM {pid}")).status();
        assert!(sent.expect("a shell can be run").success(), "SIGTERM could not be sent to {pid}");
        wait_until("the server to stop after SIGTERM", STOP_TIMEOUT, || {
            self.child.try_wait().expect("the server can be waited for")
        })
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        // Errors mean that it is gone already, which is what is wanted.
        let _gone = self.child.kill();
        let _reaped = self.child.wait();
        if std::thread::panicking() {
            eprintln!("{}", log_tail(&self.options.log_path()));
        }
    }
}

fn spawn(options: &ServerOptions) -> (Child, Value) {
    // A server that was killed could not remove the file; reading its old ports would be a race.
    let listen_path = options.listen_path();
    if listen_path.exists() {
        fs::remove_file(&listen_path).expect("the old listen.json can be removed");
    }
    let log_path = options.log_path();
    let log = File::options().create(true).append(true).open(&log_path).expect("the log can be opened");
    let mut child = options
        .command()
        .arg("serve")
        .arg("--data")
        .arg(&options.data)
        .stdin(Stdio::null())
        .stdout(log.try_clone().expect("a file handle can be cloned"))
        .stderr(log)
        .spawn()
        .unwrap_or_else(|error| panic!("could not start {}: {error}", binary().display()));
    let listen = wait_until("the server to come up", START_TIMEOUT, || {
        if let Some(status) = child.try_wait().expect("the server can be waited for") {
            panic!("the server ended with {status} instead of coming up\n{}", log_tail(&log_path));
        }
        // Half a file is not JSON yet: look again.
        serde_json::from_slice(&fs::read(&listen_path).ok()?).ok()
    });
    (child, listen)
}

fn log_tail(path: &Path) -> String {
    let log = fs::read_to_string(path).unwrap_or_else(|error| format!("(no log: {error})"));
    let lines: Vec<_> = log.lines().collect();
    let shown = lines[lines.len().saturating_sub(LOG_LINES_SHOWN)..].join("\n");
    format!("---- log of the server ({}) ----\n{shown}\n---- end of the log ----", path.display())
}

/// What a `reeve` command did.
#[derive(Debug)]
pub struct CommandResult {
    /// Its exit code; `None` if a signal ended it.
    pub code: Option<i32>,
    /// What it wrote on standard output.
    pub stdout: String,
    /// What it wrote on standard error.
    pub stderr: String,
}

impl CommandResult {
    /// Panics unless the command said that it is done (exit code 0).
    #[must_use]
    pub fn done(self) -> Self {
        assert_eq!(self.code, Some(0), "stdout: {}\nstderr: {}", self.stdout, self.stderr);
        self
    }

    /// Standard output as JSON; panics if it is not.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("not JSON: {error}\nstdout: {}\nstderr: {}", self.stdout, self.stderr))
    }
}

/// Runs a `reeve` command with `input` on its standard input; the server need not run.
pub fn run_reeve(options: &ServerOptions, arguments: &[&str], input: &str) -> CommandResult {
    let mut child = options
        .command()
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("could not run {}: {error}", binary().display()));
    let mut stdin = child.stdin.take().expect("standard input is piped");
    std::thread::scope(|scope| {
        // A thread of its own: a command that answers before it has read everything must not block us.
        // It may also not read at all, and then the pipe breaks, which is no fault.
        scope.spawn(move || drop(stdin.write_all(input.as_bytes())));
        let output = child.wait_with_output().expect("the command can be waited for");
        CommandResult {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("standard output is UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("standard error is UTF-8"),
        }
    })
}

#[expect(clippy::disallowed_methods, reason = "the tests' own configuration")]
fn binary() -> PathBuf {
    std::env::var_os("REEVE_BIN")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/debug/reeve"), PathBuf::from)
}
