//! Peers that are slow, silent, greedy or too many.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo};
use reeve_net::{ConnectionLimits, HttpLimits};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, mpsc};
use tower::service_fn;

use crate::support::{Pieces, Running, TEST_TIMEOUT, exchange, read_to_end, start, tcp_listener, text};

const SHORT: Duration = Duration::from_millis(100);

async fn hello(_request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    Ok(text("hello"))
}

#[tokio::test]
async fn a_head_that_trickles_in_is_cut_off() {
    let limits = HttpLimits { head_timeout: SHORT, ..Default::default() };
    let running = start(tcp_listener().await, limits, service_fn(hello));
    let mut stream = TcpStream::connect(running.address.unwrap()).await.unwrap();
    let began = Instant::now();
    stream.write_all(b"GET / HTTP/1.1\r\nhost: t\r\nx-slow: ").await.unwrap();
    read_to_end(&mut stream).await;
    assert!(began.elapsed() >= SHORT, "it had its time");
}

#[tokio::test]
async fn a_connection_that_never_says_anything_is_closed() {
    let limits = HttpLimits { idle_timeout: SHORT, ..Default::default() };
    let running = start(tcp_listener().await, limits, service_fn(hello));
    let mut silent = TcpStream::connect(running.address.unwrap()).await.unwrap();
    let began = Instant::now();
    assert_eq!(read_to_end(&mut silent).await, "");
    assert!(began.elapsed() >= SHORT, "it had its time");
}

#[tokio::test]
async fn an_idle_http2_connection_is_told_to_go() {
    let limits = HttpLimits { idle_timeout: SHORT, ..Default::default() };
    let running = start(tcp_listener().await, limits, service_fn(hello));
    let stream = TcpStream::connect(running.address.unwrap()).await.unwrap();
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    let connection = tokio::spawn(connection);
    let request = Request::get("http://t/").body(Full::<Bytes>::default()).unwrap();
    let answer = sender.send_request(request).await.unwrap();
    assert_eq!(answer.version(), http::Version::HTTP_2);
    drop(answer);
    // `sender` is kept: only the server's GOAWAY can end the connection.
    tokio::time::timeout(TEST_TIMEOUT, connection).await.unwrap().unwrap().unwrap();
    assert!(sender.is_closed());
}

#[tokio::test]
async fn a_request_may_take_longer_than_the_idle_timeout() {
    let limits = HttpLimits { idle_timeout: SHORT / 4, stall_timeout: SHORT / 4, ..Default::default() };
    let service = service_fn(|_request: Request<Incoming>| async {
        // Not a pause for something else: the length of this request is what is tested.
        let long = tokio::time::timeout(SHORT, std::future::pending::<()>()).await;
        assert!(long.is_err());
        Ok(text("took its time"))
    });
    let running = start(tcp_listener().await, limits, service);
    let request = "GET / HTTP/1.1\r\nhost: t\r\nconnection: close\r\n\r\n";
    let answer = exchange(running.address.unwrap(), request).await;
    assert!(answer.ends_with("took its time"), "{answer}");
}

#[tokio::test]
async fn a_peer_that_does_not_read_its_answer_is_cut_off() {
    const ANSWER_BYTES: usize = 64 * 1024 * 1024;
    let limits = HttpLimits { idle_timeout: SHORT, stall_timeout: SHORT, ..Default::default() };
    let service = service_fn(|_request: Request<Incoming>| async { Ok(text("x".repeat(ANSWER_BYTES))) });
    let running = start(tcp_listener().await, limits, service);
    let mut stream = TcpStream::connect(running.address.unwrap()).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nhost: t\r\n\r\n").await.unwrap();
    // The server's only connection ends although the client keeps its side open and reads nothing.
    running.stop.send(()).unwrap();
    let ended = tokio::time::timeout(TEST_TIMEOUT, running.ended).await.unwrap().unwrap();
    assert_eq!(ended.cut, 0, "cut by the stall limit, not by the end of the drain");
    let mut received = 0;
    let mut buffer = vec![0; 1 << 16];
    while let Ok(read @ 1..) = stream.read(&mut buffer).await {
        received += read;
    }
    assert!(received < ANSWER_BYTES, "{received}");
}

/// A server with one answer, whose pieces the returned sender gives.
async fn start_piecewise(limits: HttpLimits) -> (Running, mpsc::Sender<Bytes>) {
    let (sender, receiver) = mpsc::channel(1);
    let pieces = Arc::new(Mutex::new(Some(Pieces(receiver))));
    let service = service_fn(move |_request: Request<Incoming>| {
        let pieces = pieces.lock().unwrap().take().unwrap();
        async move { Ok(Response::new(pieces)) }
    });
    (start(tcp_listener().await, limits, service), sender)
}

#[tokio::test]
async fn a_peer_that_stops_reading_a_streamed_answer_is_cut_off() {
    let limits = HttpLimits { stall_timeout: SHORT, ..Default::default() };
    let (running, sender) = start_piecewise(limits).await;
    let mut stream = TcpStream::connect(running.address.unwrap()).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nhost: t\r\n\r\n").await.unwrap();
    until_cut(&sender).await;
}

#[tokio::test]
async fn a_peer_that_holds_back_one_http2_answer_is_cut_off() {
    let limits = HttpLimits { stall_timeout: SHORT, ..Default::default() };
    let (running, sender) = start_piecewise(limits).await;
    let stream = TcpStream::connect(running.address.unwrap()).await.unwrap();
    let (mut requests, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    let _connection = tokio::spawn(connection);
    let request = Request::get("http://t/").body(Full::<Bytes>::default()).unwrap();
    // The connection is read all the time; only this answer's window is never opened again.
    let _unread = requests.send_request(request).await.unwrap();
    until_cut(&sender).await;
}

/// Gives pieces until the server lets go of the answer; they are taken until the buffers on the way are full.
async fn until_cut(sender: &mpsc::Sender<Bytes>) {
    let piece = Bytes::from(vec![b'x'; 1 << 16]);
    let cut = async {
        while sender.send(piece.clone()).await.is_ok() {
            // Lets the server ask for the next piece before it is there.
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(TEST_TIMEOUT, cut).await.unwrap();
}

#[tokio::test]
async fn an_answer_may_have_long_pauses() {
    let limits = HttpLimits { idle_timeout: SHORT / 4, stall_timeout: SHORT / 4, ..Default::default() };
    let (running, sender) = start_piecewise(limits).await;
    let mut stream = TcpStream::connect(running.address.unwrap()).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nhost: t\r\nconnection: close\r\n\r\n").await.unwrap();
    let mut received = Vec::new();
    for piece in ["first", "second"] {
        sender.send(Bytes::from(piece)).await.unwrap();
        while !String::from_utf8_lossy(&received).contains(piece) {
            assert_ne!(stream.read_buf(&mut received).await.unwrap(), 0, "cut off");
        }
        let pause = tokio::time::timeout(SHORT, stream.read_buf(&mut received)).await;
        assert!(pause.is_err(), "nothing more, and no end either: {received:?}");
    }
    drop(sender);
    assert!(read_to_end(&mut stream).await.ends_with("0\r\n\r\n"), "a regular end");
}

#[tokio::test]
async fn a_head_of_too_many_bytes_or_lines_is_refused() {
    let running = start(tcp_listener().await, HttpLimits::default(), service_fn(hello));
    let address = running.address.unwrap();
    let long = format!("GET / HTTP/1.1\r\nhost: t\r\nx-long: {}\r\n\r\n", "x".repeat(33 * 1024));
    let answer = exchange(address, &long).await;
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
    let many = format!("GET / HTTP/1.1\r\nhost: t\r\n{}\r\n", "a: b\r\n".repeat(100));
    let answer = exchange(address, &many).await;
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
}

#[tokio::test]
async fn a_target_that_is_too_long_is_refused() {
    let running = start(tcp_listener().await, HttpLimits::default(), service_fn(hello));
    let path = "x".repeat(8 * 1024);
    let request = format!("GET /{path} HTTP/1.1\r\nhost: t\r\nconnection: close\r\n\r\n");
    let answer = exchange(running.address.unwrap(), &request).await;
    assert!(answer.starts_with("HTTP/1.1 414 "), "{answer}");
    assert!(answer.contains("longer than 8192 bytes"), "{answer}");
    let request = format!("GET /{} HTTP/1.1\r\nhost: t\r\nconnection: close\r\n\r\n", &path[1..]);
    let answer = exchange(running.address.unwrap(), &request).await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "one byte less is allowed: {answer}");
}

#[tokio::test]
async fn a_connection_over_the_limit_waits_until_another_ends() {
    let limits =
        HttpLimits { connections: ConnectionLimits { connections_max: 1, ..Default::default() }, ..Default::default() };
    let answered = Arc::new(Semaphore::new(0));
    let counter = Arc::clone(&answered);
    let service = service_fn(move |request: Request<Incoming>| {
        counter.add_permits(1);
        async move { Ok(text(request.uri().path())) }
    });
    let running = start(tcp_listener().await, limits, service);
    let address = running.address.unwrap();

    let mut first = TcpStream::connect(address).await.unwrap();
    first.write_all(b"GET /first HTTP/1.1\r\nhost: t\r\n\r\n").await.unwrap();
    answered.acquire().await.unwrap().forget();
    let second =
        tokio::spawn(
            async move { exchange(address, "GET /second HTTP/1.1\r\nhost: t\r\nconnection: close\r\n\r\n").await },
        );
    // The kernel has taken the second connection; the server must not have, while the first one is open.
    let early = tokio::time::timeout(SHORT, answered.acquire()).await;
    assert!(early.is_err(), "the second connection was served beside the first");
    drop(first);
    let answer = tokio::time::timeout(TEST_TIMEOUT, second).await.unwrap().unwrap();
    assert!(answer.ends_with("/second"), "{answer}");
}
