//! A mail domain from beginning to end: BIND serves its zone, the real binary looks at it, as an administrator would.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use reeve_testkit::wait_until;
use serde_json::Value;
use tempfile::TempDir;

use crate::deployment::{Deployment, text};

const PATIENCE: Duration = Duration::from_secs(60);

fn until(what: &str, mut holds: impl FnMut() -> bool) {
    wait_until(what, PATIENCE, || holds().then_some(()));
}

/// What a zone has before anything of ours is in it.
const BARE: &str = "$TTL 60\n@ IN SOA ns hostmaster 1 3600 600 86400 60\n@ IN NS ns\nns IN A 192.0.2.53\n";

/// BIND with the zone acme.example, whose file tests write anew.
struct Bind {
    child: Child,
    port: u16,
    folder: TempDir,
}

impl Bind {
    fn start() -> Self {
        let folder = TempDir::with_prefix("reeve-bind-").unwrap();
        let place = folder.path().display();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let config = format!(
            "options {{ directory \"{place}\"; pid-file \"{place}/pid\"; session-keyfile \"{place}/session.key\";\n\
             managed-keys-directory \"{place}\"; listen-on port {port} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }};\n\
             recursion no; notify no; dnssec-validation no; empty-zones-enable no; }};\n\
             controls {{ }};\n\
             zone \"acme.example\" {{ type master; file \"{place}/zone\"; }};\n"
        );
        fs::write(folder.path().join("named.conf"), config).unwrap();
        fs::write(folder.path().join("zone"), BARE).unwrap();
        let log = fs::File::create(folder.path().join("log")).unwrap();
        let child = Command::new("/usr/sbin/named")
            .arg("-f")
            .arg("-c")
            .arg(folder.path().join("named.conf"))
            .arg("-L")
            .arg(folder.path().join("named.log"))
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap_or_else(|why| panic!("named, of scripts/install-test-tools.sh: {why}"));
        let bind = Self { child, port, folder };
        until("BIND answers", || TcpStream::connect(SocketAddr::from(([127, 0, 0, 1], port))).is_ok());
        bind
    }

    fn zone(&self) -> PathBuf {
        self.folder.path().join("zone")
    }

    /// Serves the bare zone and these records from now on.
    fn serve(&self, serial: u32, records: &str) {
        let zone = BARE.replace("hostmaster 1 ", &format!("hostmaster {serial} "));
        fs::write(self.zone(), format!("{zone}{records}")).unwrap();
        checked(&self.zone());
        let told = Command::new("kill").arg("-HUP").arg(self.child.id().to_string()).status().unwrap();
        assert!(told.success());
    }
}

impl Drop for Bind {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// BIND's own checker takes the zone.
fn checked(zone: &Path) {
    let check =
        ["/usr/bin/named-checkzone", "/usr/sbin/named-checkzone"].into_iter().find(|path| Path::new(path).exists());
    let check = check.unwrap_or_else(|| panic!("named-checkzone is missing: run scripts/install-test-tools.sh"));
    let said = Command::new(check).arg("acme.example").arg(zone).output().unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stdout));
}

/// What a mail server is told that asks for the policy of a domain.
fn policy(here: &Deployment, host: &str) -> String {
    let mut stream = TcpStream::connect(here.server.address("http")).unwrap();
    let request = format!("GET /.well-known/mta-sts.txt HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// How the records of a domain stand, each with its purpose.
fn states(domain: &Value) -> Vec<(String, String)> {
    let records = domain["records"].as_array().unwrap().iter();
    records.map(|record| (text(record, "purpose").to_owned(), text(record, "state").to_owned())).collect()
}

#[test]
fn a_domain_is_added_proven_lost_and_mended_by_its_zone() {
    let bind = Bind::start();
    let resolver: &'static str = format!("127.0.0.1:{}", bind.port).leak();
    let settings = [("REEVE_DNS_RESOLVERS", resolver), ("REEVE_PUBLIC_URL", "https://mail.reeve.example")];
    for here in Deployment::each_set(&settings) {
        bind.serve(2, "");
        let domain = |verb: &'static str| here.json(&["domain", verb, "acme.example", "--org", "acme"]);
        let state = || text(&here.json(&["org", "show", "acme"]), "state").to_owned();
        here.reeve(&["org", "create", "acme", "--wait"]);
        assert_eq!(text(&domain("add"), "ownership"), "pending");
        until("the bare zone is served", || states(&domain("check")).iter().all(|(_, state)| state == "missing"));

        // The zone file as it comes, put at the end of the zone.
        let file = here.folder.path().join("acme.zone");
        let wanted = ["domain", "zone-file", "acme.example", "--org", "acme", "--out", file.to_str().unwrap()];
        here.reeve(&wanted);
        bind.serve(3, &fs::read_to_string(&file).unwrap());
        until("every record is found", || states(&domain("check")).iter().all(|(_, state)| state == "found"));
        let proven = domain("show");
        assert_eq!((text(&proven, "ownership"), text(&proven, "dkim")), ("verified", "verified"));
        assert_eq!(states(&proven).len(), 13);
        here.reeve(&["domain", "set-default", "acme.example", "--org", "acme"]);
        here.reeve(&["user", "create", "ada", "--display-name", "Ada", "--email", "ada@acme.example", "--org", "acme"]);
        here.reeve(&["domain", "rotate-dkim-key", "acme.example", "--org", "acme"]);
        let told = policy(&here, "mta-sts.acme.example");
        assert!(told.starts_with("HTTP/1.1 200") && told.contains("mx: mail.reeve.example\r\n"), "{told}");
        assert!(policy(&here, "mta-sts.other.example").starts_with("HTTP/1.1 404"));

        // The proof goes by mistake, and something else of the zone with it.
        let mut broken = fs::read_to_string(&file).unwrap();
        broken = broken.lines().filter(|line| !line.starts_with("_reeve.")).collect::<Vec<_>>().join("\n");
        broken = broken.replace("10 mail.reeve.example.", "10 mx.elsewhere.example.");
        bind.serve(4, &format!("{broken}\n"));
        until("the proof is missed", || !domain("check")["lapsed_since"].is_null());
        let lapsed = domain("show");
        let shown = here.reeve(&["domain", "show", "acme.example", "--org", "acme"]).stdout;
        assert!(shown.contains("(missing)") && shown.contains("mx.elsewhere.example"), "{shown}");
        assert_eq!((text(&lapsed, "ownership"), state().as_str()), ("verified", "Impaired"));
        let health = here.reeve(&["org", "health", "acme"]).stdout;
        assert!(health.contains("domain acme.example") && health.contains("put the TXT record back"), "{health}");
        let refused = here.server.reeve(&["user", "alias", "add", "ada", "a@acme.example", "--org", "acme"]);
        assert!(refused.stderr.contains("is no longer proven"), "{}", refused.stderr);

        bind.serve(5, &fs::read_to_string(&file).unwrap());
        until("the proof is back", || domain("check")["lapsed_since"].is_null());
        assert_eq!(state(), "Active");
        here.reeve(&["user", "alias", "add", "ada", "a@acme.example", "--org", "acme"]);
    }
}

#[test]
fn a_domain_whose_resolver_is_dead_says_so_and_loses_nothing() {
    let here = Deployment::set(&[("REEVE_DNS_TIMEOUT_MS", "300")]);
    here.reeve(&["org", "create", "acme", "--wait"]);
    here.reeve(&["domain", "add", "acme.example", "--org", "acme"]);
    let looked = here.json(&["domain", "check", "acme.example", "--org", "acme"]);
    assert_eq!(text(&looked, "ownership"), "pending");
    assert!(states(&looked).iter().all(|(_, state)| state == "unknown"), "{looked}");
}
