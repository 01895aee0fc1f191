//! Asking another system for free and busy times, from the command line to a server on this machine and back: what passes,
//! what does not and in which words, and whom nobody gets asked.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use serde_json::Value;

use crate::deployment::{Deployment, text};

const EWS_PASSWORD: &str = "Lantern-orchard-19-magpie";

/// `printf 'reeve:Lantern-orchard-19-magpie' | base64`
const CREDENTIALS: &str = "cmVldmU6TGFudGVybi1vcmNoYXJkLTE5LW1hZ3BpZQ==";

/// A server that answers by path and remembers whom it heard.
struct Ews {
    address: SocketAddr,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Ews {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let notes = Arc::clone(&heard);
        // Ends with the test's process: who hangs must not be waited for.
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let notes = Arc::clone(&notes);
                std::thread::spawn(move || answer(stream.unwrap(), address, &notes));
            }
        });
        Self { address, heard }
    }

    fn heard(&self) -> Vec<String> {
        std::mem::take(&mut self.heard.lock().unwrap())
    }
}

fn answer(mut stream: TcpStream, address: SocketAddr, heard: &Mutex<Vec<String>>) {
    let mut request = Vec::new();
    let mut piece = [0; 4_096];
    // A handshake of TLS begins with this octet; who speaks it is answered in the clear.
    while request.first() != Some(&22) && !String::from_utf8_lossy(&request).contains("</soap:Envelope>") {
        match stream.read(&mut piece) {
            Ok(read) if read > 0 => request.extend_from_slice(&piece[..read]),
            _ => break,
        }
    }
    let request = String::from_utf8_lossy(&request).into_owned();
    let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
    let knows = request.contains(&format!("Basic {CREDENTIALS}"));
    heard.lock().unwrap().push(request);
    let envelope = "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\">hidden words</s:Envelope>";
    let plain = |status: &str, body: &str| format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    let said = match path.as_str() {
        "/EWS/Exchange.asmx" if knows => plain("200 OK", envelope),
        "/EWS/Exchange.asmx" => plain("401 Unauthorized", "hidden words"),
        "/page" => plain("200 OK", "<html>hidden words</html>"),
        "/failure" => plain("500 Internal Server Error", "hidden words"),
        "/huge" => plain("200 OK", &"hidden words".repeat(100_000)),
        "/elsewhere" => {
            format!("HTTP/1.1 302 Found\r\nlocation: http://{address}/EWS/Exchange.asmx\r\ncontent-length: 0\r\n\r\n")
        }
        "/silent" => {
            // Until the other side gives up.
            let _ = stream.read(&mut piece);
            return;
        }
        _ => plain("404 Not Found", "hidden words"),
    };
    // Who has heard enough hangs up.
    let _ = stream.write_all(said.as_bytes());
}

/// Asks an endpoint; whether it passes, and why not.
fn test(here: &Deployment, endpoint: &str) -> (bool, String) {
    let password = here.file("ews", EWS_PASSWORD);
    let words = ["availability", "test", "--org", "acme", "--endpoint", endpoint, "--username", "reeve"];
    let ran = here.server.reeve(&[&words[..], &["--password-file", &password, "--output", "json"]].concat());
    let probe: Value = serde_json::from_str(ran.stdout.lines().next().unwrap()).unwrap();
    let passed = probe["passed"] == true;
    assert_eq!(ran.code == Some(0), passed, "{}", ran.stderr);
    for hidden in ["hidden words", EWS_PASSWORD, CREDENTIALS] {
        assert!(!format!("{}{}", ran.stdout, ran.stderr).contains(hidden), "{endpoint} shows {hidden}");
    }
    (passed, probe["failure"].as_str().unwrap_or_default().to_owned())
}

#[test]
fn a_provider_is_tested_for_real_and_told_in_our_own_words() {
    let proxy = Ews::start();
    let proxy_url: &'static str = format!("http://{}", proxy.address).leak();
    let settings = [
        ("REEVE_OUTBOUND_ALLOWED_NETWORKS", "127.0.0.0/8"),
        // What most clients obey, and this one must not.
        ("HTTP_PROXY", proxy_url),
        ("http_proxy", proxy_url),
        ("HTTPS_PROXY", proxy_url),
        ("ALL_PROXY", proxy_url),
    ];
    for here in Deployment::each_set(&settings) {
        let ews = Ews::start();
        here.reeve(&["org", "create", "acme", "--wait"]);
        let url = |path: &str| format!("http://{}{path}", ews.address);
        let endpoint = url("/EWS/Exchange.asmx");
        let password = here.file("ews", EWS_PASSWORD);
        let create = ["availability", "create", "elsewhere.example", "--org", "acme", "--endpoint", &endpoint];
        here.json(&[&create[..], &["--username", "reeve", "--password-file", &password]].concat());
        here.reeve(&["availability", "test", "elsewhere.example", "--org", "acme"]);
        let heard = ews.heard();
        assert_eq!(heard.len(), 1, "it is asked once");
        assert!(heard[0].contains("GetFolder") && heard[0].contains(CREDENTIALS));
        assert_eq!(test(&here, &endpoint), (true, String::new()));
        let wrong = here.file("wrong", "Copper-willow-41-thrush");
        let words = ["availability", "test", "--org", "acme", "--endpoint", &endpoint, "--username", "reeve"];
        let ran = here.server.reeve(&[&words[..], &["--password-file", &wrong]].concat());
        assert!(ran.stderr.contains("refuses the username or the password"), "{}", ran.stderr);
        for (path, words) in [
            ("/page", "is not EWS"),
            ("/failure", "a failure of its own"),
            ("/huge", "more than an EWS server would"),
            ("/nothing", "nothing at the path"),
            ("/silent", "did not answer within 10 seconds"),
        ] {
            let (passed, failure) = test(&here, &url(path));
            assert!(!passed && failure.contains(words), "{path}: {failure}");
        }
        ews.heard();
        let (passed, failure) = test(&here, &url("/elsewhere"));
        assert!(!passed && failure.contains("points elsewhere"), "{failure}");
        assert_eq!(ews.heard().len(), 1, "it is not followed");
        let (passed, failure) = test(&here, &format!("https://{}/EWS/Exchange.asmx", ews.address));
        assert!(!passed && failure.contains("does not speak TLS"), "{failure}");
        let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let (passed, failure) = test(&here, &format!("http://{free}/"));
        assert!(!passed && failure.contains("nothing accepts connections"), "{failure}");
        assert!(proxy.heard().is_empty(), "no proxy of the environment is used");
        check_traces(&here);
    }
}

/// The events say who asked whom and what came of it; neither they nor the log say the password or the other's words.
fn check_traces(here: &Deployment) {
    let events = here.json(&["audit", "--operation", "test_availability_configuration", "--all"]);
    let events = events.as_array().unwrap();
    assert!(events.len() > 8);
    let outcome = |event: &Value| {
        let changes = event["changes"].as_array().unwrap();
        text(changes.iter().find(|change| change["field"] == "outcome").unwrap(), "after").to_owned()
    };
    assert_eq!(events.iter().filter(|event| outcome(event) == "passed").count(), 2);
    let all = format!("{events:?}{}", here.server.log());
    for hidden in ["hidden words", EWS_PASSWORD, CREDENTIALS] {
        assert!(!all.contains(hidden), "{hidden}");
    }
}

#[test]
fn nobody_has_this_machine_or_its_network_asked_unless_the_operator_allows_it() {
    let ews = Ews::start();
    let here = Deployment::start();
    here.reeve(&["org", "create", "acme", "--wait"]);
    let port = ews.address.port();
    for host in ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f.1", "0.0.0.0"] {
        let (passed, failure) = test(&here, &format!("http://{host}:{port}/EWS/Exchange.asmx"));
        assert!(!passed && failure.contains("outbound.allowed_networks"), "{host}: {failure}");
    }
    for endpoint in ["http://169.254.169.254/latest/meta-data/", "http://10.0.0.1/", "https://192.168.1.1/EWS"] {
        let (passed, failure) = test(&here, endpoint);
        assert!(!passed && failure.contains("outbound.allowed_networks"), "{endpoint}: {failure}");
    }
    assert!(ews.heard().is_empty(), "nothing reached it");
}
