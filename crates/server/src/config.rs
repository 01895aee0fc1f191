//! The configuration: one table of keys, each with its environment variable, its default and its explanation.
//!
//! Read once, here; everything below gets values. The environment wins over the file. An unknown key is an error:
//! a typing mistake must not pass for a default.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use reeve_base::Secret;
use reeve_base::names::{DomainName, Network};
use reeve_domain::PasskeySettings;
use reeve_domain::passwords::Hasher;
use reeve_store::{BlobUrl, DatabaseUrl};

use crate::master_key::MasterKeySources;
use crate::outcome::Failure;

/// Where resolvers listen (RFC 1035 §4.2).
const DNS_PORT: u16 = 53;

/// One key of the configuration.
struct Key {
    /// `section.name` in the file.
    name: &'static str,
    /// The environment variable that wins over the file.
    variable: &'static str,
    /// The value when nothing is said.
    default: &'static str,
    /// What it is, in a sentence or two.
    help: &'static str,
}

const KEYS: &[Key] = &[
    Key {
        name: "http.listen",
        variable: "REEVE_HTTP_LISTEN",
        default: "127.0.0.1:8080",
        help: "Address and port for REST and AWS clients. Port 0 lets the system choose; DATA/run/listen.json says \
               which.",
    },
    Key {
        name: "http.public_url",
        variable: "REEVE_PUBLIC_URL",
        default: "",
        help: "The URL under which browsers reach this server, for example https://reeve.example.com. Empty: the \
               listen address. Requests with cookies from pages of other origins are refused. Passkeys are bound to \
               its host name: with another one, or an IP address, they do not work.",
    },
    Key {
        name: "http.tls_certificate",
        variable: "REEVE_HTTP_TLS_CERTIFICATE",
        default: "",
        help: "PEM file with the certificate chain. Together with http.tls_key the port speaks HTTPS only.",
    },
    Key {
        name: "http.tls_key",
        variable: "REEVE_HTTP_TLS_KEY",
        default: "",
        help: "PEM file with the private key of the certificate.",
    },
    Key {
        name: "http.trusted_proxies",
        variable: "REEVE_HTTP_TRUSTED_PROXIES",
        default: "",
        help: "Addresses or blocks, such as 127.0.0.1 or 10.0.0.0/8, with commas between, of the proxies in front of \
               this server whose X-Forwarded-For is believed. Without it, everybody behind a proxy has its address in \
               the audit log, in limits and for access keys.",
    },
    Key {
        name: "http.metrics_to_all",
        variable: "REEVE_HTTP_METRICS_TO_ALL",
        default: "false",
        help: "Whether /metrics answers everybody, not only this machine.",
    },
    Key {
        name: "http.requests_per_second",
        variable: "REEVE_HTTP_REQUESTS_PER_SECOND",
        default: "20000",
        help: "Requests that one signed-in administrator, or one address, may make in a second.",
    },
    Key {
        name: "http.sign_ins_per_second",
        variable: "REEVE_HTTP_SIGN_INS_PER_SECOND",
        default: "5",
        help: "Sign-ins that one address may try in a second, after a burst of four times as many.",
    },
    Key {
        name: "database.url",
        variable: "REEVE_DATABASE_URL",
        default: "",
        help: "Empty: SQLite in the data folder. postgres://user:password@host:5432/name uses PostgreSQL 15 or newer; \
               sslmode=verify-full demands a valid certificate.",
    },
    Key {
        name: "database.connections",
        variable: "REEVE_DATABASE_CONNECTIONS",
        default: "8",
        help: "Connections to PostgreSQL.",
    },
    Key {
        name: "outbound.allowed_networks",
        variable: "REEVE_OUTBOUND_ALLOWED_NETWORKS",
        default: "",
        help: "Addresses or blocks, such as 10.1.2.3 or 192.168.0.0/16, with commas between, of systems in your own \
               networks that organizations may have asked for free and busy times. Empty: only addresses that \
               everybody on the internet can reach. What is named here can be looked at by whoever may set up such \
               systems.",
    },
    Key {
        name: "keys.pkcs11_modules",
        variable: "REEVE_KEYS_PKCS11_MODULES",
        default: "",
        help: "Libraries of hardware security modules, such as /usr/lib/softhsm/libsofthsm2.so, with commas between, \
               that encryption keys may name. Each is loaded into this server when it is first needed: name only those \
               that you trust as you trust Reeve. Empty: none.",
    },
    Key {
        name: "dns.resolvers",
        variable: "REEVE_DNS_RESOLVERS",
        default: "",
        help: "Resolvers that are asked for the records of mail domains: addresses, with a port where it is not 53, such \
               as 9.9.9.9 or [2001:db8::1]:5353, with commas between. Empty: those of the system.",
    },
    Key {
        name: "dns.timeout_ms",
        variable: "REEVE_DNS_TIMEOUT_MS",
        default: "5000",
        help: "How many milliseconds a question to the DNS may take in all.",
    },
    Key {
        name: "region",
        variable: "REEVE_REGION",
        default: "us-east-1",
        help: "The region that this deployment serves, as it appears in ARNs. Organizations belong to the region \
               in which they were created.",
    },
    Key {
        name: "master_key_file",
        variable: "REEVE_MASTER_KEY_FILE",
        default: "",
        help: "File with the key that opens every secret that the database keeps. Empty: master.key in the data folder. \
               The first start makes it. Back it up apart from the database: without it they are lost. The key may \
               instead be the systemd credential reeve-master-key, or in the environment variable REEVE_MASTER_KEY; where \
               it is in several places, it must be the same.",
    },
    Key {
        name: "blob_url",
        variable: "REEVE_BLOB_URL",
        default: "",
        help: "Where contents too large for the database are kept. Empty: the folder blobs in the data folder. \
               file:///folder is another folder; s3://bucket/prefix is a bucket, with AWS_ENDPOINT_URL, AWS_REGION, \
               AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY from the environment.",
    },
    Key {
        name: "test_domain_suffix",
        variable: "REEVE_TEST_DOMAIN_SUFFIX",
        default: "reeve.test",
        help: "What follows the alias in the test domain of an organization. Choose it before the first one.",
    },
    Key {
        name: "passwords.hash_memory_kib",
        variable: "REEVE_PASSWORDS_HASH_MEMORY_KIB",
        default: "19456",
        help: "Memory of one Argon2id hash in KiB. Existing hashes are renewed at the next sign-in.",
    },
    Key {
        name: "passwords.hash_passes",
        variable: "REEVE_PASSWORDS_HASH_PASSES",
        default: "2",
        help: "Passes of one Argon2id hash.",
    },
    Key {
        name: "log.level",
        variable: "REEVE_LOG_LEVEL",
        default: "info",
        help: "error, warn, info, debug or trace; or a filter such as info,reeve_domain=debug.",
    },
    Key {
        name: "log.format",
        variable: "REEVE_LOG_FORMAT",
        default: "text",
        help: "text for people, json for programs (one object a line).",
    },
];

/// Everything that was chosen, checked.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    pub(crate) data: PathBuf,
    pub(crate) http_listen: SocketAddr,
    pub(crate) public_url: Option<String>,
    pub(crate) tls: Option<(PathBuf, PathBuf)>,
    pub(crate) trusted_proxies: Vec<Network>,
    pub(crate) metrics_to_all: bool,
    pub(crate) requests_per_second: u32,
    pub(crate) sign_ins_per_second: u32,
    pub(crate) database: DatabaseUrl,
    pub(crate) database_connections: usize,
    pub(crate) outbound_allowed: Vec<Network>,
    pub(crate) pkcs11_modules: Vec<PathBuf>,
    pub(crate) resolvers: Vec<SocketAddr>,
    pub(crate) dns_timeout: Duration,
    pub(crate) region: String,
    pub(crate) master_key: MasterKeySources,
    pub(crate) blobs: BlobUrl,
    pub(crate) test_domain_suffix: String,
    pub(crate) hasher: Hasher,
    pub(crate) log_level: String,
    pub(crate) log_json: bool,
    shown: String,
}

/// Variables of the environment that others name, and those that are no keys because they must not stand in a file.
#[derive(Default)]
struct Outer {
    master_key: Option<Secret>,
    credential: Option<PathBuf>,
    bucket: Vec<(String, String)>,
}

/// What Amazon's tools and libraries read, too.
const BUCKET_VARIABLES: [&str; 7] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_ENDPOINT_URL",
    "AWS_VIRTUAL_HOSTED_STYLE_REQUEST",
];

/// The name of the systemd credential.
const CREDENTIAL: &str = "reeve-master-key";

impl Outer {
    #[expect(clippy::disallowed_methods, reason = "this is where the environment is read")]
    fn read() -> Self {
        let set = |name: &str| std::env::var(name).ok().filter(|text| !text.is_empty());
        Self {
            master_key: set("REEVE_MASTER_KEY").map(Secret::from),
            credential: set("CREDENTIALS_DIRECTORY").map(|folder| Path::new(&folder).join(CREDENTIAL)),
            bucket: BUCKET_VARIABLES.iter().filter_map(|name| Some(((*name).to_owned(), set(name)?))).collect(),
        }
    }
}

/// A value and where it came from, for messages.
struct Value {
    text: String,
    source: String,
}

impl Value {
    fn wrong(&self, key: &Key, rule: &str) -> Failure {
        Failure::usage(format!("{} {rule}; it is \"{}\" {}", key.name, self.text, self.source))
    }
}

impl Config {
    /// Reads the file that is named, or `reeve.toml` in the data folder if there is one, and the environment.
    pub(crate) fn load(file: Option<&Path>, data: &Path) -> Result<Self, Failure> {
        let default_file = data.join("reeve.toml");
        let file = match file {
            Some(named) => Some(named),
            None => Some(default_file.as_path()).filter(|path| path.exists()),
        };
        let table = match file {
            Some(path) => read_file(path)?,
            None => toml::Table::new(),
        };
        #[expect(clippy::disallowed_methods, reason = "this is where the environment is read")]
        let values: Vec<Value> = KEYS
            .iter()
            .map(|key| value(key, &table, file, std::env::var(key.variable).ok()))
            .collect::<Result<_, _>>()?;
        Self::check(data, &values, &Outer::read())
    }

    fn check(data: &Path, values: &[Value], outer: &Outer) -> Result<Self, Failure> {
        let find = |name: &str| {
            let found = KEYS.iter().zip(values).find(|(key, _)| key.name == name);
            found.ok_or_else(|| Failure::refused(format!("the configuration has no key {name}")))
        };
        let number = |name: &str, max: u32| {
            let (key, value) = find(name)?;
            let parsed = value.text.parse().ok().filter(|n| (1..=max).contains(n));
            parsed.ok_or_else(|| value.wrong(key, &format!("must be a number from 1 to {max}")))
        };
        let text = |name: &str| find(name).map(|(_, value)| value.text.clone());
        let one_of = |name: &str, words: &[&str]| {
            let (key, value) = find(name)?;
            let known = words.contains(&value.text.as_str());
            if known {
                Ok(value.text.clone())
            } else {
                Err(value.wrong(key, &format!("must be {}", words.join(" or "))))
            }
        };
        let (key, value) = find("http.listen")?;
        let http_listen = value
            .text
            .parse()
            .map_err(|_| value.wrong(key, "must be an address and a port such as 127.0.0.1:8080 or [::1]:8080"))?;
        let (key, value) = find("region")?;
        let region_ok = (1..=32).contains(&value.text.len())
            && value.text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if !region_ok {
            return Err(value.wrong(key, "must hold lower-case letters, digits and hyphens, such as us-east-1"));
        }
        let (key, value) = find("test_domain_suffix")?;
        let suffix = DomainName::parse("test_domain_suffix", &value.text);
        let suffix = suffix.map_err(|why| value.wrong(key, &why.why))?;
        let memory = number("passwords.hash_memory_kib", u32::MAX)?;
        let passes = number("passwords.hash_passes", u32::MAX)?;
        let hasher = Hasher::new(memory, passes, 1)
            .map_err(|why| Failure::usage(format!("passwords.hash_memory_kib and passwords.hash_passes: {why}")))?;
        Ok(Self {
            data: data.to_owned(),
            http_listen,
            public_url: public_url(find("http.public_url")?)?,
            tls: tls(&text("http.tls_certificate")?, &text("http.tls_key")?)?,
            trusted_proxies: networks(find("http.trusted_proxies")?)?,
            outbound_allowed: networks(find("outbound.allowed_networks")?)?,
            pkcs11_modules: libraries(find("keys.pkcs11_modules")?)?,
            resolvers: resolvers(find("dns.resolvers")?)?,
            dns_timeout: Duration::from_millis(u64::from(number("dns.timeout_ms", 60_000)?)),
            metrics_to_all: one_of("http.metrics_to_all", &["true", "false"])? == "true",
            requests_per_second: number("http.requests_per_second", 1_000_000)?,
            sign_ins_per_second: number("http.sign_ins_per_second", 1_000_000)?,
            database: database(&text("database.url")?, data)?,
            database_connections: number("database.connections", 1_000)? as usize,
            region: text("region")?,
            master_key: MasterKeySources {
                file: master_key_file(&text("master_key_file")?, data),
                environment: outer.master_key.clone(),
                credential: outer.credential.clone(),
            },
            blobs: blobs(find("blob_url")?, data, &outer.bucket)?,
            test_domain_suffix: suffix.to_string(),
            hasher,
            log_level: text("log.level")?,
            log_json: one_of("log.format", &["text", "json"])? == "json",
            shown: shown(values),
        })
    }

    /// Every key with its value and where it came from; secrets left out.
    pub(crate) fn show(&self) -> String {
        self.shown.clone()
    }

    /// Where browsers find this server: the public URL, or without one what it listens on.
    pub(crate) fn origin(&self, listens: impl fmt::Display) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        self.public_url.clone().unwrap_or_else(|| format!("{scheme}://{listens}"))
    }

    /// Where passkeys can be used: at the host of the public URL, or on this machine without one. None at an IP address:
    /// browsers bind passkeys to names only (WebAuthn §5.1.2).
    pub(crate) fn passkeys(&self, port: u16) -> Option<PasskeySettings> {
        let origin = self.origin(format_args!("localhost:{port}"));
        let rp_id = host_name(&origin)?;
        Some(PasskeySettings { rp_id, origins: vec![origin] })
    }

    /// The name under which the world finds this server for mail: the host of the public URL. None without one, and none
    /// at an IP address: mail goes to names only (RFC 5321 §5.1).
    pub(crate) fn mail_host(&self) -> Option<String> {
        self.public_url.as_deref().and_then(host_name)
    }

    /// Where the control socket is.
    pub(crate) fn socket(&self) -> PathBuf {
        self.data.join("reeve.sock")
    }
}

/// The name of the host in a URL, in lower case; nothing where an address stands.
fn host_name(url: &str) -> Option<String> {
    let (_, authority) = url.split_once("://")?;
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    let named = !host.starts_with('[') && host.parse::<IpAddr>().is_err();
    named.then(|| host.to_ascii_lowercase())
}

fn public_url((key, value): (&Key, &Value)) -> Result<Option<String>, Failure> {
    let text = value.text.trim_end_matches('/');
    if text.is_empty() {
        return Ok(None);
    }
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let plain = host.is_some_and(|host| !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ']));
    if plain { Ok(Some(text.to_owned())) } else { Err(value.wrong(key, "must be like https://reeve.example.com")) }
}

fn networks((key, value): (&Key, &Value)) -> Result<Vec<Network>, Failure> {
    let blocks = value.text.split(',').map(str::trim).filter(|block| !block.is_empty());
    let parsed = blocks.map(|block| Network::parse("networks", block));
    parsed.collect::<Result<_, _>>().map_err(|why| value.wrong(key, &why.why))
}

fn libraries((key, value): (&Key, &Value)) -> Result<Vec<PathBuf>, Failure> {
    let each = value.text.split(',').map(str::trim).filter(|text| !text.is_empty());
    let whole = |text| if Path::new(text).is_absolute() { Ok(PathBuf::from(text)) } else { Err(text) };
    each.map(whole)
        .collect::<Result<_, _>>()
        .map_err(|text| value.wrong(key, &format!("has {text}, which is no path that begins with /")))
}

fn resolvers((key, value): (&Key, &Value)) -> Result<Vec<SocketAddr>, Failure> {
    let each = value.text.split(',').map(str::trim).filter(|text| !text.is_empty());
    let parsed = each.map(|text| resolver(text).ok_or(text));
    parsed.collect::<Result<_, _>>().map_err(|text| {
        value.wrong(key, &format!("has {text}, which is no address such as 9.9.9.9, 9.9.9.9:5353 or [2001:db8::1]:53"))
    })
}

/// The address of a resolver; port 53 where none is named.
fn resolver(text: &str) -> Option<SocketAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    text.parse().ok().or_else(|| Some(SocketAddr::new(bare.parse().ok()?, DNS_PORT)))
}

fn master_key_file(path: &str, data: &Path) -> PathBuf {
    if path.is_empty() { data.join("master.key") } else { PathBuf::from(path) }
}

fn blobs((_, value): (&Key, &Value), data: &Path, bucket: &[(String, String)]) -> Result<BlobUrl, Failure> {
    if value.text.is_empty() {
        return Ok(BlobUrl::folder(data.join("blobs")));
    }
    BlobUrl::parse(&value.text, bucket).map_err(|why| Failure::usage(format!("blob_url: {why}")))
}

fn tls(certificate: &str, key: &str) -> Result<Option<(PathBuf, PathBuf)>, Failure> {
    match (certificate.is_empty(), key.is_empty()) {
        (true, true) => Ok(None),
        (false, false) => Ok(Some((certificate.into(), key.into()))),
        _ => Err(Failure::usage("http.tls_certificate and http.tls_key must be set together")),
    }
}

fn database(url: &str, data: &Path) -> Result<DatabaseUrl, Failure> {
    if url.is_empty() {
        return Ok(DatabaseUrl::sqlite(data.join("reeve.db")));
    }
    url.parse().map_err(|why| Failure::usage(format!("database.url: {why}")))
}

fn read_file(path: &Path) -> Result<toml::Table, Failure> {
    let text = std::fs::read_to_string(path)
        .map_err(|why| Failure::usage(format!("could not read the configuration file {}: {why}", path.display())))?;
    let table: toml::Table =
        text.parse().map_err(|why| Failure::usage(format!("{} is not valid TOML: {why}", path.display())))?;
    for (section, inner) in &table {
        let names: Vec<String> = match inner {
            toml::Value::Table(inner) => inner.keys().map(|name| format!("{section}.{name}")).collect(),
            _ => vec![section.clone()],
        };
        if let Some(unknown) = names.iter().find(|name| KEYS.iter().all(|key| key.name != name.as_str())) {
            let known: Vec<_> = KEYS.iter().map(|key| key.name).collect();
            let file = path.display();
            return Err(Failure::usage(format!(
                "unknown key {unknown} in {file}; the keys are {}; `reeve config --example` explains them",
                known.join(", ")
            )));
        }
    }
    Ok(table)
}

fn value(key: &Key, table: &toml::Table, file: Option<&Path>, env: Option<String>) -> Result<Value, Failure> {
    if let Some(text) = env.filter(|text| !text.is_empty()) {
        return Ok(Value { text, source: format!("by the environment variable {}", key.variable) });
    }
    let found = match key.name.split_once('.') {
        Some((section, name)) => table.get(section).and_then(|inner| inner.get(name)),
        None => table.get(key.name),
    };
    let source = match file {
        Some(path) => format!("in {}", path.display()),
        None => String::new(),
    };
    match found {
        None => Ok(Value { text: key.default.to_owned(), source: "by default".to_owned() }),
        Some(toml::Value::String(text)) => Ok(Value { text: text.clone(), source }),
        Some(toml::Value::Integer(number)) => Ok(Value { text: number.to_string(), source }),
        Some(toml::Value::Boolean(flag)) => Ok(Value { text: flag.to_string(), source }),
        Some(other) => {
            Err(Failure::usage(format!("{} must be a single value, not a {} {source}", key.name, other.type_str())))
        }
    }
}

fn shown(values: &[Value]) -> String {
    let mut text = String::new();
    for (key, value) in KEYS.iter().zip(values) {
        let secret = key.name == "database.url" && !value.text.is_empty();
        let plain = if secret { "(not shown: it may hold a password)" } else { &value.text };
        text.push_str(&format!("{} = {plain:?}  # {}\n", key.name, value.source));
    }
    text
}

/// A configuration file with every key, its default, its environment variable and its explanation.
pub(crate) fn example() -> String {
    let mut text = String::from(
        "# Configuration of Reeve. Every key is optional and shown with its default. The environment variable named\n\
         # beside a key wins over this file. Read from DATA/reeve.toml, or from where --config points.\n",
    );
    let (plain, sectioned): (Vec<&Key>, Vec<&Key>) = KEYS.iter().partition(|key| !key.name.contains('.'));
    let mut section = "";
    for key in plain.into_iter().chain(sectioned) {
        let (head, name) = key.name.split_once('.').unwrap_or(("", key.name));
        if head != section {
            section = head;
            text.push_str(&format!("\n[{section}]\n"));
        }
        let bare =
            key.default == "false" || (!key.default.is_empty() && key.default.bytes().all(|b| b.is_ascii_digit()));
        let default = if bare { key.default.to_owned() } else { format!("{:?}", key.default) };
        text.push_str(&format!("\n{}# Environment: {}\n# {name} = {default}\n", wrapped(key.help), key.variable));
    }
    text
}

/// A sentence as comment lines of at most 100 columns.
fn wrapped(help: &str) -> String {
    let mut text = String::new();
    let mut line = String::from("#");
    for word in help.split_whitespace() {
        if line.len() + word.len() + 1 > 100 {
            text.push_str(&line);
            text.push('\n');
            line = String::from("#");
        }
        line.push(' ');
        line.push_str(word);
    }
    text + &line + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(toml: &str, expected: &str) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("reeve.toml");
        std::fs::write(&file, toml).unwrap();
        let said = match Config::load(Some(&file), folder.path()) {
            Ok(_) => "fine".to_owned(),
            Err(failure) => failure.to_string(),
        };
        assert!(said.contains(expected), "{toml}: {said}");
    }

    #[test]
    fn wrong_values_name_the_key_the_rule_and_the_place() {
        check("", "fine");
        check("[http]\nlisten = \"127.0.0.1:0\"\n", "fine");
        check("[http]\nlisten = \"here\"\n", "http.listen must be an address and a port");
        check("[http]\nlisen = \"127.0.0.1:0\"\n", "unknown key http.lisen");
        check("regions = \"x\"\n", "unknown key regions");
        check("region = \"US East\"\n", "region must hold lower-case letters");
        check("region = [1]\n", "region must be a single value");
        check("[http\n", "not valid TOML");
        check("test_domain_suffix = \"nodot\"\n", "must be a domain");
        check("[http]\ntls_key = \"k.pem\"\n", "must be set together");
        check("[http]\npublic_url = \"example.com\"\n", "must be like https://");
        check("[database]\nconnections = 0\n", "database.connections must be a number from 1");
        check("[database]\nurl = \"mysql://x\"\n", "database.url");
        check("[passwords]\nhash_memory_kib = 1\n", "passwords.hash_memory_kib");
        check("[log]\nformat = \"xml\"\n", "log.format must be text or json");
        check("[outbound]\nallowed_networks = \"10.0.0.0/8, 127.0.0.1\"\n", "fine");
        check("[keys]\npkcs11_modules = \"/usr/lib/a.so, /usr/lib/b.so\"\n", "fine");
        check(
            "[keys]\npkcs11_modules = \"libsofthsm2.so\"\n",
            "keys.pkcs11_modules has libsofthsm2.so, which is no path",
        );
        check("[dns]\nresolvers = \"9.9.9.9, 9.9.9.9:5353, ::1, [::1], [::1]:53\"\n", "fine");
        check("[dns]\nresolvers = \"dns.example.com\"\n", "dns.resolvers has dns.example.com, which is no address");
        check("[dns]\ntimeout_ms = 70000\n", "dns.timeout_ms must be a number from 1 to 60000");
        check("[outbound]\nallowed_networks = \"10.0.0.1/8\"\n", "outbound.allowed_networks 10.0.0.1 is not the first");
    }

    #[test]
    fn passkeys_belong_to_the_host_of_the_public_url() {
        let folder = tempfile::tempdir().unwrap();
        let check = |toml: &str, expected: Option<(&str, &str)>| {
            let file = folder.path().join("reeve.toml");
            std::fs::write(&file, toml).unwrap();
            let found = Config::load(Some(&file), folder.path()).unwrap().passkeys(8080);
            let found = found.as_ref().map(|found| (found.rp_id.as_str(), found.origins[0].as_str()));
            assert_eq!(found, expected, "{toml}");
        };
        let url = |url: &str| format!("[http]\npublic_url = \"{url}\"\n");
        check("", Some(("localhost", "http://localhost:8080")));
        let tls = "[http]\ntls_certificate = \"c.pem\"\ntls_key = \"k.pem\"\n";
        check(tls, Some(("localhost", "https://localhost:8080")));
        check(&url("https://Reeve.example.com/"), Some(("reeve.example.com", "https://Reeve.example.com")));
        check(&url("https://reeve.example.com:8443"), Some(("reeve.example.com", "https://reeve.example.com:8443")));
        check(&url("https://192.0.2.1"), None);
        check(&url("https://192.0.2.1:8443"), None);
        check(&url("https://[2001:db8::1]:8443"), None);
    }

    #[test]
    fn mail_comes_to_the_host_of_the_public_url_where_it_has_a_name() {
        let folder = tempfile::tempdir().unwrap();
        let check = |toml: &str, expected: Option<&str>| {
            let file = folder.path().join("reeve.toml");
            std::fs::write(&file, toml).unwrap();
            let found = Config::load(Some(&file), folder.path()).unwrap().mail_host();
            assert_eq!(found.as_deref(), expected, "{toml}");
        };
        let url = |url: &str| format!("[http]\npublic_url = \"{url}\"\n");
        check("", None);
        check(&url("https://Reeve.example.com:8443"), Some("reeve.example.com"));
        check(&url("http://reeve.example.com"), Some("reeve.example.com"));
        check(&url("https://192.0.2.1:8443"), None);
        check(&url("https://[2001:db8::1]"), None);
    }

    #[test]
    fn the_example_is_valid_and_says_the_defaults() {
        let uncommented: String = example()
            .lines()
            .map(|line| match line.strip_prefix("# ") {
                Some(rest) if rest.contains(" = ") => format!("{rest}\n"),
                _ => format!("{line}\n"),
            })
            .collect();
        check(&uncommented, "fine");
        for key in KEYS {
            assert!(uncommented.contains(key.variable), "{}", key.name);
        }
    }
}
