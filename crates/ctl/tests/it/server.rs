//! A server that plays a script: it reads whole requests and gives the answers that the test wrote down.
//!
//! It knows HTTP/1.1 as far as the client speaks it, closes after every answer, and judges nothing; the test does.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, UnixListener};
use tokio::sync::oneshot;

/// What the server does about one request.
pub(crate) enum Reply {
    /// Answers in one piece.
    Whole { status: u16, headers: &'static str, body: String },
    /// Answers in chunks and ends as said.
    Chunks { status: u16, pieces: Vec<String>, end: End },
    /// Closes without a word.
    Nothing,
}

/// How an answer in chunks ends.
pub(crate) enum End {
    /// As it should.
    Proper,
    /// In the middle.
    Broken,
    /// Not at all: waits for the client to go away, and then says so.
    Open(oneshot::Sender<()>),
}

/// One request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) line: String,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Request {
    /// The value of a header, or nothing.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        })
    }
}

/// A running server; ends with the test.
pub(crate) struct Server {
    folder: tempfile::TempDir,
    address: String,
    seen: Arc<Mutex<Vec<Request>>>,
}

pub(crate) fn ok(body: &str) -> Reply {
    Reply::Whole { status: 200, headers: "", body: body.to_owned() }
}

pub(crate) fn status(status: u16, headers: &'static str, body: &str) -> Reply {
    Reply::Whole { status, headers, body: body.to_owned() }
}

pub(crate) fn problem(code: u16, name: &str, detail: &str) -> Reply {
    let body = format!(
        r#"{{"type":"urn:reeve:problem:{name}","title":"T","status":{code},"detail":"{detail}","code":"{name}","request_id":"req-7"}}"#
    );
    Reply::Whole { status: code, headers: "", body }
}

/// The refusal of a policy at a place in its text.
pub(crate) fn refused_policy(line: u64, column: u64) -> Reply {
    let body = format!(
        r#"{{"title":"T","status":400,"detail":"unexpected token","code":"policy_refused","field":"cedar","line":{line},"column":{column}}}"#
    );
    Reply::Whole { status: 400, headers: "", body }
}

pub(crate) fn chunks(pieces: &[&str], end: End) -> Reply {
    Reply::Chunks { status: 200, pieces: pieces.iter().map(|piece| (*piece).to_owned()).collect(), end }
}

impl Server {
    /// Listens on the socket of a data folder and on a port of the loopback address.
    pub(crate) async fn start(script: Vec<Reply>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let unix = UnixListener::bind(folder.path().join("reeve.sock")).unwrap();
        let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", tcp.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let record = Arc::clone(&seen);
        tokio::spawn(async move {
            for reply in script {
                tokio::select! {
                    Ok((stream, _)) = unix.accept() => serve(stream, reply, &record).await,
                    Ok((stream, _)) = tcp.accept() => serve(stream, reply, &record).await,
                };
            }
        });
        Self { folder, address, seen }
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.seen.lock().unwrap().clone()
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.requests().into_iter().map(|request| request.line).collect()
    }
}

async fn serve<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S, reply: Reply, record: &Mutex<Vec<Request>>) {
    let request = read(&mut stream).await;
    record.lock().unwrap().push(request);
    match reply {
        Reply::Nothing => {}
        Reply::Whole { status, headers, body } => {
            let head = format!(
                "HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n{headers}\r\n{body}",
                body.len()
            );
            stream.write_all(head.as_bytes()).await.unwrap();
        }
        Reply::Chunks { status, pieces, end } => {
            let head = format!("HTTP/1.1 {status} X\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n");
            stream.write_all(head.as_bytes()).await.unwrap();
            for piece in pieces {
                let chunk = format!("{:x}\r\n{piece}\r\n", piece.len());
                stream.write_all(chunk.as_bytes()).await.unwrap();
            }
            match end {
                End::Proper => stream.write_all(b"0\r\n\r\n").await.unwrap(),
                End::Broken => {}
                End::Open(gone) => {
                    let mut byte = [0];
                    while stream.read(&mut byte).await.is_ok_and(|read| read > 0) {}
                    gone.send(()).unwrap();
                }
            }
        }
    }
    let _ = stream.shutdown().await;
}

async fn read<S: AsyncRead + Unpin>(stream: &mut S) -> Request {
    let head = until(stream, b"\r\n\r\n").await;
    let mut request = Request { line: String::new(), head, body: String::new() };
    let line = request.head.lines().next().unwrap();
    request.line = line.trim_end_matches(" HTTP/1.1").to_owned();
    if let Some(length) = request.header("content-length") {
        let mut body = vec![0; length.parse().unwrap()];
        stream.read_exact(&mut body).await.unwrap();
        request.body = String::from_utf8(body).unwrap();
    } else if request.header("transfer-encoding").is_some() {
        loop {
            let size = until(stream, b"\r\n").await;
            let size = usize::from_str_radix(size.trim(), 16).unwrap();
            let mut piece = vec![0; size + 2];
            stream.read_exact(&mut piece).await.unwrap();
            if size == 0 {
                break;
            }
            piece.truncate(size);
            request.body.push_str(&String::from_utf8(piece).unwrap());
        }
    }
    request
}

async fn until<S: AsyncRead + Unpin>(stream: &mut S, end: &[u8]) -> String {
    let mut read = Vec::new();
    while !read.ends_with(end) {
        read.push(stream.read_u8().await.unwrap());
    }
    String::from_utf8(read).unwrap()
}
