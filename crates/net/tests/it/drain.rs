//! Stopping: what was begun is finished, nothing new is begun, and a deadline ends it.

use std::sync::Arc;
use std::time::Duration;

use reeve_net::{ConnectionLimits, HttpLimits};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::{Notify, Semaphore};
use tower::service_fn;

use crate::support::{Running, TEST_TIMEOUT, read_to_end, start, tcp_listener, text};

/// A server whose requests say that they began and wait until they are let go.
struct Gate {
    began: Semaphore,
    finish: Notify,
}

async fn start_gated(limits: HttpLimits) -> (Running, Arc<Gate>) {
    let gate = Arc::new(Gate { began: Semaphore::new(0), finish: Notify::new() });
    let inside = Arc::clone(&gate);
    let service = service_fn(move |_request: http::Request<hyper::body::Incoming>| {
        let gate = Arc::clone(&inside);
        async move {
            gate.began.add_permits(1);
            gate.finish.notified().await;
            Ok(text("finished"))
        }
    });
    (start(tcp_listener().await, limits, service), gate)
}

async fn begin_request(running: &Running, gate: &Gate) -> TcpStream {
    let mut stream = TcpStream::connect(running.address.unwrap()).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nhost: t\r\n\r\n").await.unwrap();
    gate.began.acquire().await.unwrap().forget();
    stream
}

#[tokio::test]
async fn a_request_in_progress_is_finished_and_new_connections_are_refused() {
    let (running, gate) = start_gated(HttpLimits::default()).await;
    let mut stream = begin_request(&running, &gate).await;
    let address = running.address.unwrap();
    running.stop.send(()).unwrap();
    // The listener is closed once connecting fails; until then the loop has not seen the stop.
    let refused = async {
        while TcpStream::connect(address).await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(TEST_TIMEOUT, refused).await.unwrap();
    gate.finish.notify_one();
    let answer = read_to_end(&mut stream).await;
    assert!(answer.ends_with("finished"), "{answer}");
    assert!(answer.contains("connection: close"), "{answer}");
    assert_eq!(running.ended.await.unwrap().cut, 0);
}

#[tokio::test]
async fn an_idle_connection_does_not_delay_the_stop() {
    let (running, gate) = start_gated(HttpLimits::default()).await;
    let mut stream = begin_request(&running, &gate).await;
    gate.finish.notify_one();
    running.stop.send(()).unwrap();
    assert_eq!(tokio::time::timeout(TEST_TIMEOUT, running.ended).await.unwrap().unwrap().cut, 0);
    read_to_end(&mut stream).await;
}

#[tokio::test]
async fn a_request_that_does_not_end_is_cut_at_the_deadline() {
    let limits = HttpLimits {
        connections: ConnectionLimits { drain_timeout: Duration::from_millis(50), ..Default::default() },
        ..Default::default()
    };
    let (running, gate) = start_gated(limits).await;
    let mut stream = begin_request(&running, &gate).await;
    running.stop.send(()).unwrap();
    assert_eq!(running.ended.await.unwrap().cut, 1);
    assert_eq!(read_to_end(&mut stream).await, "", "cut without an answer");
}

#[tokio::test]
async fn a_panic_in_one_request_leaves_the_server_serving() {
    let service = service_fn(|request: http::Request<hyper::body::Incoming>| async move {
        assert!(request.uri().path() != "/panic", "planted");
        Ok(text("alive"))
    });
    let running = start(tcp_listener().await, HttpLimits::default(), service);
    let address = running.address.unwrap();
    let broken = crate::support::exchange(address, "GET /panic HTTP/1.1\r\nhost: t\r\n\r\n").await;
    assert_eq!(broken, "");
    let request = "GET / HTTP/1.1\r\nhost: t\r\nconnection: close\r\n\r\n";
    assert!(crate::support::exchange(address, request).await.ends_with("alive"));
}
