//! `reeve doctor`: looks at everything a server needs and says what to do about what is wrong. Changes nothing.

mod keeping;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use reeve_ctl::{Format, Global};
use reeve_domain::sealing::{self, MasterKey};
use reeve_store::{SchemaState, Store, StoreOptions};
use serde_json::json;

use crate::config::Config;
use crate::data_folder::RESTORING;
use crate::key_change;
use crate::outcome::{self, Failure};

/// How long a server may take to answer whether it is ready.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);

/// Free disk below which a warning is due: a day of a busy mail server's queue.
const FREE_BYTES_MIN: u64 = 1 << 30;

/// How a check went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Ok,
    Warning,
    Wrong,
}

impl Verdict {
    fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Wrong => "wrong",
        }
    }
}

/// One thing that was looked at.
struct Finding {
    verdict: Verdict,
    subject: &'static str,
    says: String,
}

#[derive(Default)]
struct Report(Vec<Finding>);

impl Report {
    fn ok(&mut self, subject: &'static str, says: impl Into<String>) {
        self.add(Verdict::Ok, subject, says);
    }

    fn add(&mut self, verdict: Verdict, subject: &'static str, says: impl Into<String>) {
        self.0.push(Finding { verdict, subject, says: says.into() });
    }
}

/// Looks, prints the findings, and fails when something is wrong.
pub(crate) fn run(config: Result<Config, Failure>, global: &Global) -> Result<(), Failure> {
    let mut report = Report::default();
    match config {
        Err(failure) => report.add(Verdict::Wrong, "configuration", failure.to_string()),
        Ok(config) => {
            report.ok("configuration", "every key is known and every value is valid");
            examine(&config, &mut report);
        }
    }
    outcome::print(&show(&report, global))?;
    let wrong = report.0.iter().filter(|finding| finding.verdict == Verdict::Wrong).count();
    match wrong {
        0 => Ok(()),
        1 => Err(Failure::refused("1 thing is wrong; see above")),
        many => Err(Failure::refused(format!("{many} things are wrong; see above"))),
    }
}

fn examine(config: &Config, report: &mut Report) {
    if !folder(&config.data, report) {
        return;
    }
    if config.data.join(RESTORING).exists() {
        let says = "a restore was cut off; run the same `reeve restore` again, or empty the data folder";
        return report.add(Verdict::Wrong, "restore", says);
    }
    disk(&config.data, report);
    let running = UnixStream::connect(config.socket()).is_ok();
    if running {
        report.ok("local socket", format!("a server answers at {}", config.socket().display()));
        server(config, report);
    } else {
        report.ok("server", "none is running on this data folder; start it with `reeve serve`");
        port(config.http_listen, report);
    }
    database(config, report);
}

fn folder(data: &Path, report: &mut Report) -> bool {
    let Ok(found) = std::fs::metadata(data) else {
        let says = format!("{} is not there yet; `reeve setup --admin EMAIL` makes it", data.display());
        report.add(Verdict::Warning, "data folder", says);
        return false;
    };
    let probe = data.join(".doctor");
    let written = std::fs::write(&probe, b"").and_then(|()| std::fs::remove_file(&probe));
    if let Err(why) = written {
        let says = format!("{} cannot be written to ({why}); change who owns it, or run as its owner", data.display());
        report.add(Verdict::Wrong, "data folder", says);
        return false;
    }
    if found.permissions().mode() & 0o077 == 0 {
        report.ok("data folder", format!("{} is writable and private", data.display()));
    } else {
        let says = format!("{0} can be read by other users; run `chmod 700 {0}`", data.display());
        report.add(Verdict::Warning, "data folder", says);
    }
    true
}

fn disk(data: &Path, report: &mut Report) {
    match rustix::fs::statvfs(data) {
        Err(why) => report.add(Verdict::Warning, "disk", format!("free space cannot be told: {why}")),
        Ok(found) => {
            let free = found.f_bavail.saturating_mul(found.f_frsize);
            let says = format!("{} MiB are free", free >> 20);
            if free < FREE_BYTES_MIN {
                report.add(Verdict::Warning, "disk", format!("{says}; make room before it fills up"));
            } else {
                report.ok("disk", says);
            }
        }
    }
}

/// Asks the running server whether it is ready, over the local socket.
fn server(config: &Config, report: &mut Report) {
    match ready(config) {
        Ok(answer) if answer.starts_with("HTTP/1.1 200") => report.ok("server", "it says that it is ready"),
        Ok(answer) => {
            let status = answer.lines().next().unwrap_or("nothing").to_owned();
            report.add(Verdict::Wrong, "server", format!("it is not ready ({status}); its log says why"));
        }
        Err(why) => {
            let says = format!("it does not answer ({why}); its log may say why, or restart it");
            report.add(Verdict::Wrong, "server", says);
        }
    }
}

fn ready(config: &Config) -> std::io::Result<String> {
    let mut stream = UnixStream::connect(config.socket())?;
    stream.set_read_timeout(Some(ANSWER_TIMEOUT))?;
    stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.take(4_096).read_to_string(&mut answer)?;
    Ok(answer)
}

fn port(address: SocketAddr, report: &mut Report) {
    match TcpListener::bind(address) {
        Ok(_) => report.ok("port", format!("{address} is free")),
        Err(why) => {
            let taken = TcpStream::connect_timeout(&address, ANSWER_TIMEOUT).is_ok();
            let by = if taken { "another program listens there" } else { "the system refuses it" };
            let says = format!("{address} cannot be used: {by} ({why}); set http.listen or REEVE_HTTP_LISTEN");
            report.add(Verdict::Wrong, "port", says);
        }
    }
}

fn database(config: &Config, report: &mut Report) {
    let mut options = StoreOptions::new(config.database.clone());
    options.server_connections = 1;
    match Store::inspect(&options) {
        Err(why) => report.add(Verdict::Wrong, "database", why.to_string()),
        Ok(SchemaState::Empty) => {
            let says = "it is empty; `reeve setup --admin EMAIL` makes the first account".to_owned();
            report.add(Verdict::Warning, "database", says);
        }
        Ok(SchemaState::Older { is, knows }) => {
            let says = format!("schema {is}; the next `reeve serve` brings it to {knows}. Back it up first");
            report.add(Verdict::Warning, "database", says);
        }
        Ok(SchemaState::Current { is }) => {
            report.ok("database", format!("it answers, at schema {is}"));
            keeping::of_database(options.clone(), report);
            master_key(config, options, report);
            keeping::blobs(config, report);
            keeping::last_backup(config, report);
        }
    }
}

/// Compares the master key with what the database says of it.
fn master_key(config: &Config, options: StoreOptions, report: &mut Report) {
    let subject = "master key";
    let found = match config.master_key.find() {
        Ok(found) => found,
        Err(failure) => return report.add(Verdict::Wrong, subject, failure.to_string()),
    };
    let known = match known(config, options, found.as_ref().map(|(key, _)| key)) {
        Ok(known) => known,
        Err(why) => return report.add(Verdict::Wrong, subject, why.to_string()),
    };
    match (known, found) {
        (Known::Nothing, None) => {
            report.ok(subject, "there is none yet; `reeve setup` or the first `reeve serve` makes it");
        }
        (Known::Nothing | Known::This, Some((_, place))) => {
            report.ok(subject, format!("{place} is private and belongs to this database; keep a copy elsewhere"));
        }
        (Known::Next, _) => {
            let says = "a change of the key was cut off; the next `reeve serve` finishes it".to_owned();
            report.add(Verdict::Warning, subject, says);
        }
        (Known::Another | Known::This, None) => {
            report.add(Verdict::Wrong, subject, key_change::missing_key(&config.master_key));
        }
        (Known::Another, Some((_, place))) => report.add(Verdict::Wrong, subject, key_change::wrong_key(&place)),
    }
}

/// What the database knows of master keys.
enum Known {
    Nothing,
    This,
    /// The one that waits beside the present one.
    Next,
    Another,
}

fn known(config: &Config, options: StoreOptions, key: Option<&MasterKey>) -> Result<Known, Failure> {
    let store = Store::open(options).map_err(Failure::refused)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .map_err(|why| Failure::refused(format!("could not start: {why}")))?;
    let known = runtime.block_on(async {
        let of_key = match key {
            Some(key) => sealing::is_master_key(&store, key).await,
            None => sealing::has_master_key(&store).await.map(|has| has.then_some(false)),
        };
        Ok(match of_key.map_err(Failure::refused)? {
            None => Known::Nothing,
            Some(true) => Known::This,
            Some(false) if key_change::next_key(&config.master_key, &store).await?.is_some() => Known::Next,
            Some(false) => Known::Another,
        })
    });
    store.close();
    known
}

fn show(report: &Report, global: &Global) -> String {
    if global.output == Format::Json {
        let list: Vec<_> = report
            .0
            .iter()
            .map(|f| json!({ "check": f.subject, "verdict": f.verdict.word(), "detail": f.says }))
            .collect();
        return serde_json::Value::Array(list).to_string();
    }
    let lines = report.0.iter().map(|f| format!("{:<8} {:<14} {}\n", f.verdict.word(), f.subject, f.says));
    lines.collect()
}
