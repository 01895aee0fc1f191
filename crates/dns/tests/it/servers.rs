//! Servers to test against: each on loopback, on a free port, with a folder of its own, and gone when it is dropped.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use reeve_base::Secret;
use reeve_base::clock::SystemClock;
use reeve_base::names::Network;
use reeve_base::random::OsRandom;
use reeve_base::zone_hosts::{HostedZone, ZoneHost};
use reeve_dns::ZoneSystems;

pub(crate) const ZONE: &str = "acme.example";
pub(crate) const KEY_NAME: &str = "reeve-key";
/// 32 octets in base64.
pub(crate) const KEY: &str = "c2l4dGVlbi1vY3RldHMtdHdpY2UtaXMtdGhpcnR5MiE=";
pub(crate) const API_KEY: &str = "api-key-of-the-test";

/// Servers of a loaded machine take this long to come up.
const PATIENCE: Duration = Duration::from_secs(60);

/// Asks loopback as well.
pub(crate) fn systems() -> ZoneSystems {
    let loopback = Network::parse("allowed", "127.0.0.0/8").unwrap();
    ZoneSystems::new(vec![loopback], Arc::new(SystemClock), Arc::new(OsRandom))
}

/// A server that runs until this is dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) host: ZoneHost,
    pub(crate) zone: HostedZone,
    _folder: tempfile::TempDir,
}

impl Server {
    /// Ends the server at once, as a machine does that loses its power.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A port that nobody has, of both protocols.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

pub(crate) fn program(names: &[&str]) -> PathBuf {
    let found = names.iter().map(PathBuf::from).find(|path| path.exists());
    found.unwrap_or_else(|| panic!("{names:?} is missing: run scripts/install-test-tools.sh"))
}

/// Starts a program on a port that `configure` writes down; a port that somebody took meanwhile is tried no more.
#[expect(clippy::disallowed_methods, reason = "a server that is another process tells nobody that it is ready")]
#[expect(clippy::print_stderr, reason = "what a server that did not start said")]
pub(crate) fn start(configure: impl Fn(&Path, u16) -> Command) -> (Child, u16, tempfile::TempDir) {
    for _ in 0..5 {
        let folder = tempfile::tempdir().unwrap();
        let port = free_port();
        let log = fs::File::create(folder.path().join("log")).unwrap();
        let mut command = configure(folder.path(), port);
        command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
        let mut child = command.spawn().unwrap();
        let begun = Instant::now();
        loop {
            if child.try_wait().unwrap().is_some() {
                eprintln!("{}", fs::read_to_string(folder.path().join("log")).unwrap());
                break;
            }
            if TcpStream::connect(SocketAddr::from(([127, 0, 0, 1], port))).is_ok() {
                return (child, port, folder);
            }
            assert!(begun.elapsed() < PATIENCE, "no server came up");
            thread::sleep(Duration::from_millis(20));
        }
    }
    panic!("no server came up on five ports");
}

/// Waits until a server answers for a zone: it listens before it has read what it serves.
#[expect(clippy::disallowed_methods, reason = "a server that is another process tells nobody that it is ready")]
pub(crate) fn until_served(port: u16, zone: &str) {
    let begun = Instant::now();
    while serves(port, zone).is_none() {
        assert!(begun.elapsed() < PATIENCE, "{zone} is not served");
        thread::sleep(Duration::from_millis(20));
    }
}

/// Asks for the SOA of a zone (RFC 1035 §4): whether there is one.
fn serves(port: u16, zone: &str) -> Option<()> {
    let mut asked = vec![0x12, 0x34, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    for label in zone.split('.') {
        asked.push(u8::try_from(label.len()).ok()?);
        asked.extend(label.as_bytes());
    }
    asked.extend([0, 0, 6, 0, 1]);
    let mut stream = TcpStream::connect(SocketAddr::from(([127, 0, 0, 1], port))).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(1))).ok()?;
    let length = u16::try_from(asked.len()).ok()?.to_be_bytes();
    stream.write_all(&[length.as_slice(), &asked].concat()).ok()?;
    let mut head = [0; 14];
    stream.read_exact(&mut head).ok()?;
    // After the length: the code of the answer, and how many records there are.
    (head[5] & 15 == 0 && head[8..10] != [0, 0]).then_some(())
}

fn update_host(port: u16) -> ZoneHost {
    ZoneHost::Update {
        server: format!("127.0.0.1:{port}"),
        zones: vec![ZONE.to_owned()],
        key_name: KEY_NAME.to_owned(),
        algorithm: "hmac-sha256".to_owned(),
        key: Secret::from(KEY),
    }
}

fn named_zone() -> HostedZone {
    HostedZone { id: ZONE.to_owned(), name: ZONE.to_owned() }
}

/// BIND with the zone, some foreign records in it, and a key that may change it.
pub(crate) fn bind() -> Server {
    let named = program(&["/usr/sbin/named", "/usr/local/sbin/named"]);
    let (child, port, folder) = start(|folder, port| {
        let place = folder.display();
        let config = format!(
            "key \"{KEY_NAME}\" {{ algorithm hmac-sha256; secret \"{KEY}\"; }};\n\
             options {{ directory \"{place}\"; pid-file \"{place}/pid\"; session-keyfile \"{place}/session.key\";\n\
             managed-keys-directory \"{place}\"; listen-on port {port} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }};\n\
             recursion no; notify no; dnssec-validation no; empty-zones-enable no; }};\n\
             controls {{ }};\n\
             zone \"{ZONE}\" {{ type master; file \"{place}/zone\"; allow-update {{ key \"{KEY_NAME}\"; }}; }};\n"
        );
        fs::write(folder.join("named.conf"), config).unwrap();
        fs::write(
            folder.join("zone"),
            "$TTL 300\n@ IN SOA ns hostmaster 1 3600 600 86400 60\n@ IN NS ns\nns IN A 192.0.2.53\n\
             @ IN TXT \"v=foreign\" \" of two strings\"\nwww IN CNAME web.example.net.\n",
        )
        .unwrap();
        let mut command = Command::new(&named);
        command.arg("-f").arg("-c").arg(folder.join("named.conf")).arg("-L").arg(folder.join("named.log"));
        command
    });
    until_served(port, ZONE);
    Server { child, host: update_host(port), zone: named_zone(), _folder: folder }
}

/// PowerDNS with the zone: asked by its API, and by signed updates.
pub(crate) fn powerdns() -> (Server, ZoneHost) {
    let program_path = program(&["/usr/sbin/pdns_server"]);
    let tool = program(&["/usr/bin/pdnsutil"]);
    let sqlite = program(&["/usr/bin/sqlite3"]);
    let schema = program(&["/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql"]);
    let dns_port = free_port();
    let (child, port, folder) = start(|folder, port| {
        let place = folder.display();
        let config = format!(
            "launch=gsqlite3\ngsqlite3-database={place}/db\ngsqlite3-dnssec=yes\nlocal-address=127.0.0.1\n\
             local-port={dns_port}\nsocket-dir={place}\napi=yes\napi-key={API_KEY}\nwebserver=yes\n\
             webserver-address=127.0.0.1\nwebserver-port={port}\nwebserver-allow-from=127.0.0.0/8\ndnsupdate=yes\n\
             allow-dnsupdate-from=127.0.0.0/8\nsecurity-poll-suffix=\ndaemon=no\nguardian=no\n"
        );
        fs::write(folder.join("pdns.conf"), config).unwrap();
        let made =
            Command::new(&sqlite).arg(folder.join("db")).stdin(fs::File::open(&schema).unwrap()).status().unwrap();
        assert!(made.success());
        let run = |arguments: &[&str]| {
            let done = Command::new(&tool)
                .arg(format!("--config-dir={place}"))
                .args(arguments)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status();
            assert!(done.unwrap().success(), "pdnsutil {arguments:?}");
        };
        run(&["create-zone", ZONE, "ns.acme.example"]);
        run(&["add-record", ZONE, "@", "TXT", "300", "\"v=foreign\" \" of two strings\""]);
        run(&["add-record", ZONE, "www", "CNAME", "300", "web.example.net"]);
        run(&["import-tsig-key", KEY_NAME, "hmac-sha256", KEY]);
        run(&["set-meta", ZONE, "TSIG-ALLOW-DNSUPDATE", KEY_NAME]);
        let mut command = Command::new(&program_path);
        command.arg(format!("--config-dir={place}"));
        command
    });
    let host = ZoneHost::PowerDns {
        url: format!("http://127.0.0.1:{port}"),
        server_id: "localhost".to_owned(),
        api_key: Secret::from(API_KEY),
    };
    let zone = HostedZone { id: format!("{ZONE}."), name: ZONE.to_owned() };
    until_served(dns_port, ZONE);
    (Server { child, host, zone, _folder: folder }, update_host(dns_port))
}

/// moto in the place of Route 53, with the zone made by a client that is not ours.
pub(crate) fn route53() -> Server {
    let venv = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/venv-moto/bin");
    let moto = program(&[venv.join("moto_server").to_str().unwrap()]);
    let python = venv.join("python");
    let (child, port, folder) = start(|_, port| {
        let mut command = Command::new(&moto);
        command.args(["-H", "127.0.0.1", "-p", &port.to_string()]);
        command
    });
    let endpoint = format!("http://127.0.0.1:{port}");
    let script = format!(
        "import boto3\n\
         c = boto3.client('route53', endpoint_url='{endpoint}', region_name='us-east-1',\n\
         \x20   aws_access_key_id='AKIAIOSFODNN7EXAMPLE', aws_secret_access_key='x')\n\
         z = c.create_hosted_zone(Name='{ZONE}', CallerReference='1')['HostedZone']['Id']\n\
         p = c.create_hosted_zone(Name='private.example', CallerReference='2', HostedZoneConfig=dict(PrivateZone=True), VPC=dict(VPCRegion='us-east-1', VPCId='vpc-1'))\n\
         def rr(name, kind, *values):\n\
         \x20   return dict(Action='CREATE', ResourceRecordSet=dict(Name=name, Type=kind, TTL=300,\n\
         \x20       ResourceRecords=[dict(Value=v) for v in values]))\n\
         c.change_resource_record_sets(HostedZoneId=z, ChangeBatch=dict(Changes=[\n\
         \x20   rr('{ZONE}', 'TXT', '\"v=foreign\" \" of two strings\"'), rr('www.{ZONE}', 'CNAME', 'web.example.net')]))\n\
         print(z.split('/')[-1])\n"
    );
    let made = Command::new(python).arg("-c").arg(script).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let id = String::from_utf8(made.stdout).unwrap().trim().to_owned();
    let host = ZoneHost::Route53 {
        endpoint,
        access_key_id: "AKIAIOSFODNN7EXAMPLE".to_owned(),
        secret_access_key: Secret::from("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
    };
    Server { child, host, zone: HostedZone { id, name: ZONE.to_owned() }, _folder: folder }
}
