//! A PostgreSQL cluster for one test alone: one that may be stopped, killed and started again.
//! It is durable against the end of its processes, though not of the machine.

use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use crate::wait::wait_until;

/// A start on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A cluster of its own.
#[derive(Debug)]
pub struct PostgresCluster {
    folder: TempDir,
    programs: PathBuf,
    port: u16,
}

/// How a server is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// As an administrator does: connections are ended, what is committed is written out.
    Fast,
    /// As a crash does: nothing is written out, the next start repairs.
    Crash,
}

impl PostgresCluster {
    /// Makes a cluster and starts it. `None` where tests are run without PostgreSQL.
    #[expect(clippy::disallowed_methods, reason = "tests have no configuration but the environment")]
    pub fn start() -> Option<Self> {
        std::env::var_os("REEVE_TEST_DATABASE_URL")?;
        let folder = TempDir::with_prefix("reeve-cluster-").expect("a folder can be made");
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/postgres-bin.sh");
        let found = Command::new(script).output().expect("the script that finds PostgreSQL runs");
        let programs = PathBuf::from(String::from_utf8_lossy(&found.stdout).trim());
        if is_root() {
            let owner = std::fs::metadata("/var/lib/postgresql").expect("PostgreSQL has an account of its own");
            chown(folder.path(), Some(owner.uid()), Some(owner.gid())).expect("root gives folders away");
        }
        std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o700)).expect("the folder is ours");
        let cluster = Self { folder, programs, port: free_port() };
        let mut initdb = cluster.command("initdb");
        initdb.arg("--pgdata").arg(cluster.data()).args(["--username=postgres", "--auth=trust", "--no-sync"]);
        let made = initdb.args(["--encoding=UTF8", "--locale=C.UTF-8"]).output().expect("initdb runs");
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        cluster.resume();
        Some(cluster)
    }

    /// The URL of its database.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// Stops the server, and waits until it is gone.
    pub fn stop(&self, how: Stop) {
        let Some(pid) = self.postmaster() else { return };
        let signal = if how == Stop::Fast { "-INT" } else { "-QUIT" };
        let told = Command::new("kill").args([signal, &pid]).status().expect("kill runs");
        assert!(told.success(), "the server is there to be told");
        let there = Path::new("/proc").join(&pid);
        wait_until("the end of PostgreSQL", PATIENCE, || (!there.exists()).then_some(()));
    }

    /// Starts the server again, on the same port, and waits until it takes connections.
    pub fn resume(&self) {
        let log = std::fs::File::options().create(true).append(true).open(self.folder.path().join("server.log"));
        let log = log.expect("the log can be written");
        let mut server = self.command("postgres");
        server.arg("-D").arg(self.data()).arg("-c").arg(format!("port={}", self.port));
        server.args(["-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", "max_connections=100"]);
        server.arg("-c").arg(format!("unix_socket_directories={}", self.folder.path().display()));
        server.stdin(Stdio::null()).stdout(log.try_clone().expect("a log has more handles")).stderr(log);
        let mut child = server.spawn().expect("postgres runs");
        // Reaped when it ends, so that its id is gone then.
        std::thread::spawn(move || child.wait());
        wait_until("PostgreSQL to be ready", PATIENCE, || {
            let state = std::fs::read_to_string(self.data().join("postmaster.pid")).ok()?;
            state.lines().nth(7).is_some_and(|line| line.starts_with("ready")).then_some(())
        });
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("cluster")
    }

    fn postmaster(&self) -> Option<String> {
        let file = std::fs::read_to_string(self.data().join("postmaster.pid")).ok()?;
        file.lines().next().map(str::to_owned)
    }

    /// PostgreSQL refuses to run as root.
    fn command(&self, program: &str) -> Command {
        let program = self.programs.join(program);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.current_dir("/");
        command
    }
}

impl Drop for PostgresCluster {
    fn drop(&mut self) {
        self.stop(Stop::Crash);
    }
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

/// A port that was free a moment ago: PostgreSQL cannot choose one by itself.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    listener.local_addr().expect("a listener has an address").port()
}
