//! Where a database is, read from what the operator wrote.
//!
//! `postgres://user:password@host:port/name?sslmode=…` or `postgresql://…`; for SQLite `sqlite:///absolute/path`
//! or a plain path. The password is kept for connecting and shown nowhere: `Display` and `Debug` leave it out.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use tokio_postgres::config::{Host, SslMode};

use crate::OpenError;

/// How long a connection may take when the URL does not say; an unreachable host must not look like a hang.
const CONNECT_TIME_MAX: Duration = Duration::from_secs(10);

/// How long a silent peer is trusted before the system asks it for a sign of life, and gives it up.
const SILENCE_MAX: Duration = Duration::from_secs(30);

/// The address of a database, checked.
#[derive(Clone)]
pub struct DatabaseUrl {
    target: Target,
}

#[derive(Clone)]
pub(crate) enum Target {
    Sqlite(PathBuf),
    Postgres(Box<Server>),
}

/// A PostgreSQL server and how far to trust it.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) config: tokio_postgres::Config,
    pub(crate) trust: Trust,
}

/// What the server must prove, in libpq's terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Trust {
    /// `disable`, `prefer`, `require`: nothing; encryption at best.
    Anyone,
    /// `verify-full`: a certificate for its name from an authority that the system trusts.
    SystemRoots,
    /// `verify-full` with `sslrootcert`: from an authority in that file.
    RootsIn(PathBuf),
}

impl DatabaseUrl {
    /// A SQLite file.
    pub fn sqlite(path: impl Into<PathBuf>) -> Self {
        Self { target: Target::Sqlite(path.into()) }
    }

    /// The file of a SQLite database; none for a server.
    pub fn path(&self) -> Option<&Path> {
        match &self.target {
            Target::Sqlite(path) => Some(path),
            Target::Postgres(_) => None,
        }
    }

    pub(crate) fn target(&self) -> &Target {
        &self.target
    }
}

impl FromStr for DatabaseUrl {
    type Err = OpenError;

    fn from_str(text: &str) -> Result<Self, OpenError> {
        let Some((scheme, rest)) = text.split_once("://") else {
            return sqlite(text);
        };
        match scheme {
            "sqlite" => sqlite(rest),
            "postgres" | "postgresql" => {
                Server::parse(text).map(|server| Self { target: Target::Postgres(Box::new(server)) })
            }
            _ => Err(OpenError::new(format!(
                "the database URL begins with {scheme}://, which is not supported: \
                 use postgres://user@host/name, sqlite:///path or a plain path"
            ))),
        }
    }
}

fn sqlite(path: &str) -> Result<DatabaseUrl, OpenError> {
    // SQLite gives these names a meaning of its own: a database that is gone when it closes.
    if path.is_empty() || path.starts_with(':') {
        return Err(OpenError::new("the database URL names no file: use sqlite:///path or a plain path"));
    }
    Ok(DatabaseUrl::sqlite(path))
}

impl Server {
    fn parse(url: &str) -> Result<Self, OpenError> {
        let (address, query) = url.split_once('?').unwrap_or((url, ""));
        let mut ssl_mode = None;
        let mut root_file = None;
        let mut others = Vec::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            match pair.split_once('=') {
                Some(("sslmode", mode)) => ssl_mode = Some(mode),
                Some(("sslrootcert", file)) => root_file = Some(percent_decoded(file)?),
                _ => others.push(pair),
            }
        }
        let (mode, trust) = trust(ssl_mode, root_file.as_deref())?;
        let config = tokio_postgres::Config::from_str(&format!("{address}?{}", others.join("&")));
        let mut config = config.map_err(|error| OpenError::because(unreadable(&error), error))?;
        let host_has_at = |host: &Host| matches!(host, Host::Tcp(name) if name.contains('@'));
        if config.get_hosts().iter().any(host_has_at) {
            return Err(OpenError::new("the database URL holds an @ in its password: write it as %40"));
        }
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            return Err(OpenError::new("the database URL names no host: use postgres://user@host/name"));
        }
        config.ssl_mode(mode);
        set_defaults(&mut config);
        Ok(Self { config, trust })
    }
}

/// The parser's own words name the option that it did not understand, never a value.
fn unreadable(error: &tokio_postgres::Error) -> String {
    let cause = std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string);
    format!("the database URL cannot be read ({cause}): use postgres://user:password@host:port/name")
}

fn trust(mode: Option<&str>, root_file: Option<&str>) -> Result<(SslMode, Trust), OpenError> {
    let (mode, trust) = match mode {
        Some("disable") => (SslMode::Disable, Trust::Anyone),
        None | Some("prefer") => (SslMode::Prefer, Trust::Anyone),
        Some("require") => (SslMode::Require, Trust::Anyone),
        Some("verify-full") => {
            let trust = root_file.map_or(Trust::SystemRoots, |file| Trust::RootsIn(file.into()));
            (SslMode::Require, trust)
        }
        Some(other) => {
            return Err(OpenError::new(format!(
                "the database URL asks for sslmode={other}: use disable, prefer, require or verify-full"
            )));
        }
    };
    // libpq would check the certificate but not the name; half a check is no protection, so it is not offered.
    if root_file.is_some() && trust == Trust::Anyone {
        return Err(OpenError::new("the database URL gives sslrootcert without sslmode=verify-full: add it"));
    }
    Ok((mode, trust))
}

fn set_defaults(config: &mut tokio_postgres::Config) {
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(CONNECT_TIME_MAX);
    }
    if config.get_tcp_user_timeout().is_none() {
        config.tcp_user_timeout(SILENCE_MAX);
    }
    if config.get_application_name().is_none() {
        config.application_name("reeve");
    }
    config.keepalives_idle(SILENCE_MAX);
}

fn percent_decoded(text: &str) -> Result<String, OpenError> {
    let unreadable = || OpenError::new("the database URL has a sslrootcert that is not percent-encoded UTF-8");
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || rest.next().and_then(|byte| char::from(byte).to_digit(16));
        let (high, low) = digit().zip(digit()).ok_or_else(unreadable)?;
        bytes.push(u8::try_from(high * 16 + low).map_err(|_| unreadable())?);
    }
    String::from_utf8(bytes).map_err(|_| unreadable())
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.target {
            Target::Sqlite(path) => write!(f, "{}", path.display()),
            Target::Postgres(server) => server.fmt(f),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({self})")
    }
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let config = &self.config;
        f.write_str("postgres://")?;
        if let Some(user) = config.get_user() {
            write!(f, "{user}@")?;
        }
        let ports = config.get_ports();
        for (i, host) in config.get_hosts().iter().enumerate() {
            if i > 0 {
                f.write_str(",")?;
            }
            match host {
                Host::Tcp(name) if name.contains(':') => write!(f, "[{name}]")?,
                Host::Tcp(name) => f.write_str(name)?,
                Host::Unix(path) => write!(f, "{}", path.display())?,
            }
            // One port may stand for all hosts.
            write!(f, ":{}", ports.get(i).or(ports.first()).unwrap_or(&5432))?;
        }
        write!(f, "/{}", config.get_dbname().or(config.get_user()).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(url: &str) -> Server {
        match url.parse::<DatabaseUrl>().unwrap().target {
            Target::Postgres(server) => *server,
            Target::Sqlite(path) => panic!("{path:?} is no server"),
        }
    }

    fn check_refused(url: &str, expected: &str) {
        let sentence = url.parse::<DatabaseUrl>().unwrap_err().to_string();
        assert!(sentence.contains(expected), "{sentence:?} does not say {expected:?}");
    }

    #[test]
    fn paths_are_sqlite() {
        for (text, path) in [
            ("/var/lib/reeve.db", "/var/lib/reeve.db"),
            ("sqlite:///srv/r.db", "/srv/r.db"),
            ("data/r.db", "data/r.db"),
        ] {
            assert_eq!(text.parse::<DatabaseUrl>().unwrap().path(), Some(Path::new(path)));
        }
    }

    #[test]
    fn password_is_never_shown() {
        let url: DatabaseUrl = "postgres://reeve:hunter2@db.example:6000/estate".parse().unwrap();
        assert_eq!(url.to_string(), "postgres://reeve@db.example:6000/estate");
        assert_eq!(format!("{url:?}"), "DatabaseUrl(postgres://reeve@db.example:6000/estate)");
    }

    #[test]
    fn sslmode_decides_whom_to_trust() {
        let mode = |query: &str| {
            let server = server(&format!("postgresql://u@h/d?{query}"));
            (server.config.get_ssl_mode(), server.trust)
        };
        assert_eq!(mode("sslmode=disable"), (SslMode::Disable, Trust::Anyone));
        assert_eq!(mode("connect_timeout=3"), (SslMode::Prefer, Trust::Anyone));
        assert_eq!(mode("sslmode=require"), (SslMode::Require, Trust::Anyone));
        assert_eq!(mode("sslmode=verify-full"), (SslMode::Require, Trust::SystemRoots));
        assert_eq!(
            mode("sslrootcert=%2Fetc%2Fmy%20ca.pem&sslmode=verify-full"),
            (SslMode::Require, Trust::RootsIn("/etc/my ca.pem".into()))
        );
    }

    #[test]
    fn other_parameters_reach_the_driver() {
        let server = server("postgres://u@h/d?options=-csearch_path%3Dmine&sslmode=disable&connect_timeout=3");
        assert_eq!(server.config.get_options(), Some("-csearch_path=mine"));
        assert_eq!(server.config.get_connect_timeout(), Some(&Duration::from_secs(3)));
    }

    #[test]
    fn refusals_say_what_to_write() {
        check_refused("mysql://u@h/d", "use postgres://");
        check_refused("", "names no file");
        check_refused("sqlite://:memory:", "names no file");
        check_refused("postgres://u@h/d?sslmode=verify-ca", "verify-full");
        check_refused("postgres://u@h/d?sslrootcert=/ca.pem", "sslmode=verify-full");
        check_refused("postgres://u@h/d?sslrootcert=%zz&sslmode=verify-full", "percent-encoded");
        check_refused("postgres://u@h/d?colour=red", "colour");
        check_refused("postgres://u:p@ss@h/d", "%40");
        check_refused("postgres:///d", "names no host");
    }
}
