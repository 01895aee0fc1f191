//! A client that costs next to nothing, so that what is measured is the server: HTTP/1.1 over one connection that is
//! kept open, requests as bytes, of the answer only what it must read.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// One connection.
pub(crate) struct Wire {
    stream: TcpStream,
    buffer: Vec<u8>,
    head: usize,
}

/// A POST of JSON.
pub(crate) fn post(path: &str, token: Option<&str>, body: &str) -> Vec<u8> {
    let credential = token.map(|token| format!("Authorization: Bearer {token}\r\n")).unwrap_or_default();
    let length = body.len();
    format!(
        "POST {path} HTTP/1.1\r\nHost: bench\r\n{credential}Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// A GET.
pub(crate) fn get(path: &str, token: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n\r\n").into_bytes()
}

impl Wire {
    /// Connects.
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.expect("the server listens");
        stream.set_nodelay(true).expect("TCP_NODELAY");
        Self { stream, buffer: Vec::with_capacity(16 * 1024), head: 0 }
    }

    /// Sends a request and reads the whole answer; says its status.
    pub(crate) async fn call(&mut self, request: &[u8]) -> u16 {
        self.stream.write_all(request).await.expect("the server reads");
        self.buffer.clear();
        loop {
            let read = self.stream.read_buf(&mut self.buffer).await.expect("the server answers");
            assert!(read > 0, "the server closed the connection");
            if self.end().is_some_and(|end| self.buffer.len() >= end) {
                break;
            }
        }
        let status = self.buffer.get(9..12).and_then(|digits| std::str::from_utf8(digits).ok());
        status.and_then(|digits| digits.parse().ok()).expect("a status")
    }

    /// Where the answer ends, once its head is complete.
    fn end(&mut self) -> Option<usize> {
        let head = self.buffer.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
        let text = String::from_utf8_lossy(self.buffer.get(..head)?).to_ascii_lowercase();
        let length = text.lines().find_map(|line| line.strip_prefix("content-length:"));
        let length: usize = length.and_then(|digits| digits.trim().parse().ok()).unwrap_or(0);
        self.head = head;
        Some(head + length)
    }

    /// The body of the last answer.
    pub(crate) fn body(&self) -> String {
        String::from_utf8_lossy(self.buffer.get(self.head..).unwrap_or_default()).into_owned()
    }
}

/// Sends the requests that `make` gives for 0 to `count`, over `clients` connections; each must be answered by `expect`.
pub(crate) async fn run(
    address: SocketAddr,
    clients: usize,
    count: usize,
    expect: u16,
    make: impl Fn(usize) -> Vec<u8> + Clone + 'static,
) {
    let local = tokio::task::LocalSet::new();
    local
        .run_until(async move {
            let mut tasks = Vec::new();
            for client in 0..clients {
                let make = make.clone();
                tasks.push(tokio::task::spawn_local(async move {
                    let mut wire = Wire::connect(address).await;
                    for number in (client..count).step_by(clients) {
                        let status = wire.call(&make(number)).await;
                        assert_eq!(status, expect, "{}", wire.body());
                    }
                }));
            }
            for task in tasks {
                task.await.expect("the load runs");
            }
        })
        .await;
}
