//! What a command takes from the process it runs in; the only place here that looks at the environment.

use std::io::{IsTerminal, Read, Write};
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use reeve_base::clock::SystemClock;
use reeve_base::random::OsRandom;
use reeve_base::{Clock, Random, Secret};

use crate::context::Tools;
use crate::global::Global;
use crate::profiles::Profiles;
use crate::screen::{Screen, Streams};

/// Puts a question to the person at the terminal and reads the answer without echo.
pub type AskSecret = Box<dyn FnMut(&str) -> std::io::Result<String> + Send>;

/// How long the client waits between tries; tests make it short.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Between two looks at something that is being waited for.
    pub poll: Duration,
    /// Before the first repetition of a request that got no answer; doubles each time.
    pub retry: Duration,
    /// The longest wait that a server may ask for (`Retry-After`) before the command gives up instead.
    pub retry_max: Duration,
}

impl Default for Pace {
    /// Two looks a second: a person sees each state, the server does not notice.
    fn default() -> Self {
        Self { poll: Duration::from_millis(500), retry: Duration::from_millis(250), retry_max: Duration::from_secs(15) }
    }
}

/// What the environment says about who asks, for `--server`.
#[derive(Debug, Clone, Default)]
pub struct Credentials {
    /// The token of a session (`REEVE_TOKEN`).
    pub token: Option<Secret>,
    /// An administrator's username (`REEVE_USERNAME`).
    pub username: Option<String>,
    /// Their API password (`REEVE_API_PASSWORD`).
    pub api_password: Option<Secret>,
    /// The id of an access key (`REEVE_ACCESS_KEY_ID`).
    pub access_key_id: Option<String>,
    /// Its secret (`REEVE_SECRET_ACCESS_KEY`).
    pub secret_access_key: Option<Secret>,
}

/// Streams, environment, time, randomness and ^C, as the process has them or as a test hands them in.
pub struct Surroundings {
    /// Standard input.
    pub input: Box<dyn Read + Send>,
    /// Whether a person sits at the input and can be asked.
    pub input_is_terminal: bool,
    /// Standard output: what was asked for.
    pub output: Box<dyn Write + Send>,
    /// Whether the output is looked at by a person.
    pub output_is_terminal: bool,
    /// Standard error: progress, questions, refusals.
    pub errors: Box<dyn Write + Send>,
    /// Whether the error stream is looked at by a person.
    pub errors_is_terminal: bool,
    /// Columns of the terminal, when there is one.
    pub width: Option<u16>,
    /// Asks for a secret without echo.
    pub ask_secret: AskSecret,
    /// Who the environment says we are.
    pub credentials: Credentials,
    /// The file of the profiles that `reeve login` keeps; `None` when there is no place for one.
    pub profiles: Option<PathBuf>,
    /// Whether the environment asks for no colours (`NO_COLOR`, `TERM=dumb`).
    pub plain: bool,
    /// Where keys of repeatable requests come from.
    pub random: Arc<dyn Random>,
    /// What `--since 2h` counts back from.
    pub clock: Arc<dyn Clock>,
    /// How long to wait between tries.
    pub pace: Pace,
    /// Completes when the person presses ^C; first polled by the commands that stop cleanly.
    pub interrupt: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl Surroundings {
    /// Those of this process.
    pub fn of_process() -> Self {
        let terminal = console::Term::stdout();
        Self {
            input: Box::new(std::io::stdin()),
            input_is_terminal: std::io::stdin().is_terminal(),
            output: Box::new(std::io::stdout()),
            output_is_terminal: std::io::stdout().is_terminal(),
            errors: Box::new(std::io::stderr()),
            errors_is_terminal: std::io::stderr().is_terminal(),
            width: terminal.size_checked().map(|(_, columns)| columns),
            ask_secret: Box::new(ask_at_terminal),
            credentials: Credentials {
                token: variable("REEVE_TOKEN").map(Secret::from),
                username: variable("REEVE_USERNAME"),
                api_password: variable("REEVE_API_PASSWORD").map(Secret::from),
                access_key_id: variable("REEVE_ACCESS_KEY_ID"),
                secret_access_key: variable("REEVE_SECRET_ACCESS_KEY").map(Secret::from),
            },
            profiles: profiles(variable),
            plain: variable("NO_COLOR").is_some() || variable("TERM").is_some_and(|term| term == "dumb"),
            random: Arc::new(OsRandom),
            clock: Arc::new(SystemClock),
            pace: Pace::default(),
            interrupt: Box::pin(pressed_interrupt()),
        }
    }

    /// Parts the screen from the rest.
    pub(crate) fn split(self, global: &Global) -> (Screen, Tools) {
        let screen = Screen::new(
            Streams {
                output: self.output,
                output_is_terminal: self.output_is_terminal,
                errors: self.errors,
                errors_is_terminal: self.errors_is_terminal,
                width: self.width,
                plain: self.plain,
            },
            global,
        );
        let tools = Tools {
            input: self.input,
            input_is_terminal: self.input_is_terminal,
            ask_secret: self.ask_secret,
            credentials: self.credentials,
            profiles: Profiles::new(self.profiles),
            random: self.random,
            clock: self.clock,
            pace: self.pace,
            interrupt: self.interrupt,
        };
        (screen, tools)
    }
}

/// A variable of the environment, when it says anything.
#[expect(
    clippy::disallowed_methods,
    reason = "the command line is where the environment is read, and this is the place"
)]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Where the profiles are kept. XDG Base Directory Specification: a relative XDG_CONFIG_HOME is passed over.
fn profiles(variable: impl Fn(&str) -> Option<String>) -> Option<PathBuf> {
    if let Some(path) = variable("REEVE_PROFILES") {
        return Some(PathBuf::from(path));
    }
    let configured = variable("XDG_CONFIG_HOME").map(PathBuf::from).filter(|folder| folder.is_absolute());
    let folder = configured.or_else(|| variable("HOME").map(|home| PathBuf::from(home).join(".config")))?;
    Some(folder.join("reeve").join("profiles.toml"))
}

async fn pressed_interrupt() {
    if tokio::signal::ctrl_c().await.is_err() {
        // Without a handler ^C ends the process by itself; there is nothing to wait for.
        std::future::pending::<()>().await;
    }
}

fn ask_at_terminal(question: &str) -> std::io::Result<String> {
    let terminal = console::Term::stderr();
    terminal.write_str(question)?;
    terminal.read_secure_line()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_are_kept_where_the_environment_says() {
        let place = |set: &[(&str, &str)]| {
            let find = |name: &str| set.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
            profiles(find).map(|path| path.display().to_string())
        };
        let home = ("HOME", "/home/ada");
        assert_eq!(place(&[]), None);
        assert_eq!(place(&[home]).as_deref(), Some("/home/ada/.config/reeve/profiles.toml"));
        assert_eq!(place(&[home, ("XDG_CONFIG_HOME", "/c")]).as_deref(), Some("/c/reeve/profiles.toml"));
        let relative = place(&[home, ("XDG_CONFIG_HOME", "c")]);
        assert_eq!(relative.as_deref(), Some("/home/ada/.config/reeve/profiles.toml"));
        assert_eq!(place(&[home, ("REEVE_PROFILES", "p.toml")]).as_deref(), Some("p.toml"));
    }
}
