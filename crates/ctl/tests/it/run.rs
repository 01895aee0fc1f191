//! Runs one command line in surroundings that the test made up, and keeps what it wrote.

use std::future::Future;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use clap::{CommandFactory, Parser};
use reeve_base::random::OsRandom;
use reeve_base::{Clock, Secret, Timestamp};
use reeve_ctl::{Command, Credentials, Global, Pace, Surroundings, execute};

/// The command tree as the binary builds it.
#[derive(Debug, Parser)]
#[command(name = "reeve")]
struct Reeve {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// What a command left behind.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: u8,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// A command line before it runs.
pub(crate) struct Line {
    words: Vec<String>,
    surroundings: Surroundings,
    out: Sink,
    err: Sink,
}

#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl Sink {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Closed;

impl Write for Closed {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Noon;

impl Clock for Noon {
    fn now(&self) -> Timestamp {
        Timestamp::parse_rfc3339("now", "2026-11-21T12:00:00Z").unwrap()
    }

    fn steady(&self) -> Duration {
        Duration::ZERO
    }
}

/// The file of profiles of the commands on `data`; its folder is theirs to make.
pub(crate) fn profiles(data: &Path) -> PathBuf {
    data.join("config/reeve/profiles.toml")
}

/// A command on the socket of `data`, with nobody at the terminal.
pub(crate) fn reeve(data: &Path, line: &str) -> Line {
    let (out, err) = (Sink::default(), Sink::default());
    let mut words = vec!["reeve".to_owned(), "--data".to_owned(), data.display().to_string()];
    words.extend(line.split(' ').map(|word| word.replace('~', " ")));
    let surroundings = Surroundings {
        input: Box::new(io::empty()),
        input_is_terminal: false,
        output: Box::new(out.clone()),
        output_is_terminal: false,
        errors: Box::new(err.clone()),
        errors_is_terminal: false,
        width: None,
        ask_secret: Box::new(|_| Err(io::Error::other("nobody is there"))),
        credentials: Credentials::default(),
        profiles: Some(profiles(data)),
        plain: false,
        random: Arc::new(OsRandom),
        clock: Arc::new(Noon),
        pace: Pace {
            poll: Duration::from_millis(1),
            retry: Duration::from_millis(1),
            retry_max: Duration::from_secs(1),
        },
        interrupt: Box::pin(std::future::pending()),
    };
    Line { words, surroundings, out, err }
}

impl Line {
    /// Gives it this standard input.
    pub(crate) fn input(mut self, text: &str) -> Self {
        self.surroundings.input = Box::new(io::Cursor::new(text.to_owned()));
        self
    }

    /// Puts a person at the input, who types passwords as given, one a question.
    pub(crate) fn person(mut self, passwords: &[&str]) -> Self {
        let mut passwords: Vec<String> = passwords.iter().rev().map(|&text| text.to_owned()).collect();
        self.surroundings.input_is_terminal = true;
        self.surroundings.ask_secret = Box::new(move |_| passwords.pop().ok_or_else(|| io::Error::other("no more")));
        self
    }

    /// Makes standard output a terminal of so many columns.
    pub(crate) fn on_terminal(mut self, columns: u16) -> Self {
        self.surroundings.output_is_terminal = true;
        self.surroundings.width = Some(columns);
        self
    }

    /// Closes the pipe that standard output goes to.
    pub(crate) fn into_closed_pipe(mut self) -> Self {
        self.surroundings.output = Box::new(Closed);
        self
    }

    /// Puts the token of a session into the environment.
    pub(crate) fn token(mut self, token: &str) -> Self {
        self.surroundings.credentials.token = Some(Secret::from(token.to_owned()));
        self
    }

    /// Puts a name and an API password into the environment.
    pub(crate) fn api_password(mut self, name: &str, password: &str) -> Self {
        self.surroundings.credentials.username = Some(name.to_owned());
        self.surroundings.credentials.api_password = Some(Secret::from(password.to_owned()));
        self
    }

    /// Puts an access key into the environment.
    pub(crate) fn access_key(mut self, id: &str, secret: &str) -> Self {
        self.surroundings.credentials.access_key_id = Some(id.to_owned());
        self.surroundings.credentials.secret_access_key = Some(Secret::from(secret.to_owned()));
        self
    }

    /// Presses ^C as soon as standard output holds `text`.
    pub(crate) fn interrupt_at(mut self, text: &'static str) -> Self {
        let out = self.out.clone();
        let interrupt: Pin<Box<dyn Future<Output = ()> + Send>> = Box::pin(std::future::poll_fn(move |cx| {
            if out.text().contains(text) {
                return std::task::Poll::Ready(());
            }
            // Polled again whenever the command itself is; asking for it keeps the test free of any pause.
            cx.waker().wake_by_ref();
            std::task::Poll::Pending
        }));
        self.surroundings.interrupt = interrupt;
        self
    }

    /// Runs it to its end.
    pub(crate) async fn run(self) -> Ran {
        let parsed = Reeve::try_parse_from(&self.words).unwrap();
        let code = execute(parsed.command, parsed.global, Reeve::command(), self.surroundings).await;
        Ran { code, out: self.out.text(), err: self.err.text() }
    }
}
