//! Asking other systems: what is sent, what comes back, and every way in which nothing does. The other systems are real
//! servers on this machine, which the tests allow to be asked.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reeve_base::Secret;
use reeve_base::names::Network;
use reeve_base::outbound::{Answer, Outbound as _, Question, Unanswered};
use reeve_net::{HttpOutbound, OutboundLimits};
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

/// Long enough for everything that answers, short enough to wait for what does not.
const PATIENCE: Duration = Duration::from_millis(600);

const LIMITS: OutboundLimits = OutboundLimits {
    at_once_max: 2,
    timeout: PATIENCE,
    connect_timeout: Duration::from_millis(200),
    answer_bytes_max: 1_000,
};

/// One that may ask this machine, and knows these authorities.
fn client(roots: RootCertStore) -> HttpOutbound {
    let allowed = ["127.0.0.0/8", "::1"].map(|block| Network::parse("allowed", block).unwrap());
    HttpOutbound::new(allowed.to_vec(), roots, LIMITS).unwrap()
}

fn question(url: &str) -> Question {
    Question {
        url: url.to_owned(),
        username: "EXAMPLE\\svc".to_owned(),
        password: Secret::from("pässword: one"),
        content_type: "text/xml; charset=utf-8",
        body: "<ask/>".to_owned(),
    }
}

async fn ask(client: &HttpOutbound, url: &str) -> Result<Answer, Unanswered> {
    client.ask(question(url)).await
}

/// A server that hears one request on each connection and answers with these bytes as they stand, then hangs up.
struct Server {
    address: SocketAddr,
    heard: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    async fn new(answer: &str) -> Self {
        Self::with(answer, None).await
    }

    async fn with(answer: &str, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let (answer, notes) = (answer.to_owned(), Arc::clone(&heard));
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                match &tls {
                    None => serve(stream, &answer, &notes).await,
                    Some(tls) => {
                        if let Ok(stream) = tls.accept(stream).await {
                            serve(stream, &answer, &notes).await;
                        }
                    }
                }
            }
        });
        Self { address, heard, task }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}

/// Reads a request with its body, notes it, answers.
async fn serve<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S, answer: &str, heard: &Mutex<Vec<String>>) {
    let mut request = Vec::new();
    let mut piece = [0; 1_024];
    while !request.ends_with(b"<ask/>") {
        match stream.read(&mut piece).await {
            Ok(read) if read > 0 => request.extend_from_slice(&piece[..read]),
            _ => return,
        }
    }
    heard.lock().unwrap().push(String::from_utf8(request).unwrap());
    // A client that has heard enough hangs up, which is its right.
    let _ = stream.write_all(answer.as_bytes()).await;
    let _ = stream.shutdown().await;
}

fn answer(status: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

#[tokio::test]
async fn a_question_carries_the_name_the_password_and_the_body() {
    let server = Server::new(&answer("200 OK", "<told/>")).await;
    let told = ask(&client(RootCertStore::empty()), &server.url("/EWS/Exchange.asmx?a=b%20c")).await.unwrap();
    assert_eq!((told.status, told.body.as_slice()), (200, &b"<told/>"[..]));
    let heard = server.heard().remove(0);
    let mut lines = heard.split("\r\n");
    assert_eq!(lines.next(), Some("POST /EWS/Exchange.asmx?a=b%20c HTTP/1.1"));
    let head: Vec<&str> = lines.take_while(|line| !line.is_empty()).collect();
    // RFC 7617 §2.1: in UTF-8; made by `printf 'EXAMPLE\\svc:pässword: one' | base64`.
    for expected in [
        format!("host: {}", server.address),
        "authorization: Basic RVhBTVBMRVxzdmM6cMOkc3N3b3JkOiBvbmU=".to_owned(),
        "content-type: text/xml; charset=utf-8".to_owned(),
        "content-length: 6".to_owned(),
    ] {
        assert!(head.contains(&expected.as_str()), "{expected} is not in {head:?}");
    }
    assert!(heard.ends_with("\r\n\r\n<ask/>"));
}

#[tokio::test]
async fn a_refusal_is_heard_and_what_comes_with_it_is_not_read() {
    for status in ["401 Unauthorized", "403 Forbidden", "404 Not Found", "500 Internal Server Error", "204 No Content"]
    {
        let server = Server::new(&answer(status, &"secret of the other side".repeat(1_000))).await;
        let told = ask(&client(RootCertStore::empty()), &server.url("/")).await.unwrap();
        assert_eq!(told, Answer { status: status[..3].parse().unwrap(), body: Vec::new() });
    }
}

#[tokio::test]
async fn a_redirection_is_not_followed() {
    let elsewhere = Server::new(&answer("200 OK", "<told/>")).await;
    for status in ["301 Moved Permanently", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"] {
        let head = format!("HTTP/1.1 {status}\r\nlocation: {}\r\ncontent-length: 0\r\n\r\n", elsewhere.url("/"));
        let server = Server::new(&head).await;
        let told = ask(&client(RootCertStore::empty()), &server.url("/")).await.unwrap();
        assert_eq!(told.status.to_string(), status[..3]);
    }
    assert!(elsewhere.heard().is_empty());
}

#[tokio::test]
async fn an_answer_is_read_up_to_its_limit_however_it_is_sent() {
    let chunked = |bytes: usize| {
        let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
        format!("{head}{bytes:x}\r\n{}\r\n0\r\n\r\n", "x".repeat(bytes))
    };
    let endless = |bytes: usize| format!("HTTP/1.1 200 OK\r\n\r\n{}", "x".repeat(bytes));
    let sized = |bytes: usize| answer("200 OK", &"x".repeat(bytes));
    let ways: [&dyn Fn(usize) -> String; 3] = [&chunked, &endless, &sized];
    for way in ways {
        let server = Server::new(&way(1_000)).await;
        let told = ask(&client(RootCertStore::empty()), &server.url("/")).await.unwrap();
        assert_eq!(told.body.len(), 1_000);
        let server = Server::new(&way(1_001)).await;
        assert_eq!(ask(&client(RootCertStore::empty()), &server.url("/")).await, Err(Unanswered::TooLong));
        let server = Server::new(&way(50_000_000)).await;
        assert_eq!(ask(&client(RootCertStore::empty()), &server.url("/")).await, Err(Unanswered::TooLong));
    }
}

#[tokio::test]
async fn what_is_no_answer_of_http_is_told_apart() {
    let many_lines = format!("HTTP/1.1 200 OK\r\n{}\r\n", "a: b\r\n".repeat(200));
    let long_line = format!("HTTP/1.1 200 OK\r\na: {}\r\n\r\n", "b".repeat(100_000));
    for said in [
        "",
        "220 mail.example.com ESMTP\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nshort",
        "HTTP/1.1 abc\r\n\r\n",
        &many_lines,
        &long_line,
    ] {
        let server = Server::new(said).await;
        let told = ask(&client(RootCertStore::empty()), &server.url("/")).await;
        assert_eq!(told, Err(Unanswered::Unintelligible), "{}", said.chars().take(40).collect::<String>());
    }
}

#[tokio::test]
async fn who_does_not_answer_in_time_is_left() {
    let client = client(RootCertStore::empty());
    // The kernel accepts, and nobody reads.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", silent.local_addr().unwrap());
    let began = tokio::time::Instant::now();
    assert_eq!(ask(&client, &url).await, Err(Unanswered::TimedOut));
    assert!(began.elapsed() >= PATIENCE && began.elapsed() < PATIENCE * 10);
    // The head comes, and the body does not.
    let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", server.local_addr().unwrap());
    let slow = tokio::spawn(async move {
        let (mut stream, _) = server.accept().await.unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nx").await.unwrap();
        // Until the other side has left.
        let _ = stream.read_to_end(&mut Vec::new()).await;
    });
    assert_eq!(ask(&client, &url).await, Err(Unanswered::TimedOut));
    // Whoever gave up has hung up as well: nothing of the question goes on.
    tokio::time::timeout(crate::support::TEST_TIMEOUT, slow).await.unwrap().unwrap();
}

#[tokio::test]
async fn nothing_listens_and_nobody_is_called_so() {
    let client = client(RootCertStore::empty());
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    assert_eq!(ask(&client, &format!("http://{free}/")).await, Err(Unanswered::Unreachable));
    // RFC 1035 §2.3.4: labels have 63 octets at most, so no resolver need be asked.
    let nobody = format!("http://{}.example.com/", "x".repeat(64));
    assert_eq!(ask(&client, &nobody).await, Err(Unanswered::NameUnknown));
    assert_eq!(ask(&client, "ftp://localhost/").await, Err(Unanswered::Malformed));
}

#[tokio::test]
async fn this_machine_and_its_networks_are_not_asked_unless_the_operator_says_so() {
    let server = Server::new(&answer("200 OK", "<told/>")).await;
    let port = server.address.port();
    let closed = HttpOutbound::new(Vec::new(), RootCertStore::empty(), LIMITS).unwrap();
    for host in
        ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0"]
    {
        let told = ask(&closed, &format!("http://{host}:{port}/")).await;
        assert_eq!(told, Err(Unanswered::Forbidden), "{host}");
    }
    for host in ["169.254.169.254", "10.0.0.1", "192.168.1.1", "[fd00:ec2::254]", "[fe80::1]", "224.0.0.1"] {
        assert_eq!(ask(&closed, &format!("http://{host}/")).await, Err(Unanswered::Forbidden), "{host}");
    }
    assert!(server.heard().is_empty(), "nothing reached it");
    // What is allowed is that block and no other.
    let elsewhere = vec![Network::parse("allowed", "10.0.0.0/8").unwrap()];
    let elsewhere = HttpOutbound::new(elsewhere, RootCertStore::empty(), LIMITS).unwrap();
    assert_eq!(ask(&elsewhere, &server.url("/")).await, Err(Unanswered::Forbidden));
    for host in ["127.0.0.1", "localhost", "127.1", "2130706433"] {
        let told = ask(&client(RootCertStore::empty()), &format!("http://{host}:{port}/")).await;
        assert_eq!(told.map(|told| told.status), Ok(200), "{host}");
    }
}

#[tokio::test]
async fn one_question_too_many_is_turned_away_and_turns_come_back() {
    let client = Arc::new(client(RootCertStore::empty()));
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", silent.local_addr().unwrap());
    let waiting: Vec<_> = (0..LIMITS.at_once_max)
        .map(|_| {
            let (client, url) = (Arc::clone(&client), url.clone());
            tokio::spawn(async move { ask(&client, &url).await })
        })
        .collect();
    // Both have their turn once both are connected.
    let mut held = Vec::new();
    for _ in &waiting {
        held.push(silent.accept().await.unwrap());
    }
    assert_eq!(ask(&client, &url).await, Err(Unanswered::Busy));
    for task in waiting {
        assert_eq!(task.await.unwrap(), Err(Unanswered::TimedOut));
    }
    let server = Server::new(&answer("200 OK", "")).await;
    assert!(ask(&client, &server.url("/")).await.is_ok());
}

/// A certificate that the client knows or does not, for a name.
struct Identity {
    acceptor: TlsAcceptor,
    der: CertificateDer<'static>,
}

fn identity(name: &str) -> Identity {
    let made = rcgen::generate_simple_self_signed(vec![name.to_owned()]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
    std::fs::write(&certificate, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let config = reeve_net::tls_config(&certificate, &key, &[b"http/1.1"]).unwrap();
    Identity { acceptor: TlsAcceptor::from(config), der: made.cert.der().clone() }
}

#[tokio::test]
async fn over_tls_only_who_proves_their_name_hears_the_password() {
    let [ours, stranger, other] = ["localhost", "localhost", "elsewhere.example"].map(identity);
    let mut roots = RootCertStore::empty();
    roots.add(ours.der.clone()).unwrap();
    roots.add(other.der.clone()).unwrap();
    let client = client(roots);
    let mut servers = Vec::new();
    for identity in [ours, stranger, other] {
        servers.push(Server::with(&answer("200 OK", "<told/>"), Some(identity.acceptor)).await);
    }
    let urls: Vec<String> = servers.iter().map(|s| format!("https://localhost:{}/", s.address.port())).collect();
    assert_eq!(ask(&client, &urls[0]).await.map(|told| told.status), Ok(200));
    assert_eq!(ask(&client, &urls[1]).await, Err(Unanswered::Insecure), "nobody vouches for it");
    assert_eq!(ask(&client, &urls[2]).await, Err(Unanswered::Insecure), "it is somebody else");
    assert!(servers[1].heard().is_empty() && servers[2].heard().is_empty());
    let allowed = vec![Network::parse("allowed", "127.0.0.0/8").unwrap()];
    let of_this_machine = HttpOutbound::with_system_roots(allowed).unwrap();
    assert_eq!(ask(&of_this_machine, &urls[0]).await, Err(Unanswered::Insecure), "this machine does not know it");
    let plain = Server::new(&answer("200 OK", "<told/>")).await;
    let url = format!("https://localhost:{}/", plain.address.port());
    assert!(matches!(ask(&client, &url).await, Err(Unanswered::Insecure | Unanswered::TimedOut)));
    assert!(plain.heard().is_empty());
}
