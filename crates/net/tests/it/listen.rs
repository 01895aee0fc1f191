//! Binding: ports in use, the Unix socket's mode, stale and live sockets, who is at the other end.

use std::fs;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::path::Path;

use reeve_net::{HttpLimits, Listener, LocalListener, Peer, bind_tcp};
use tokio::io::AsyncWriteExt;
use tokio::net::UnixStream;
use tower::service_fn;

use crate::support::{SETTING, exchange, read_to_end, start, tcp_listener, text};

#[tokio::test]
async fn a_port_in_use_is_refused_with_the_setting_to_change() {
    let first = bind_tcp("127.0.0.1:0".parse().unwrap(), SETTING).await.unwrap();
    let address = first.local_addr().unwrap();
    let refusal = bind_tcp(address, SETTING).await.unwrap_err();
    assert_eq!(
        refusal.to_string(),
        format!(
            "could not listen on {address}: the port is in use by another program; set http.listen or REEVE_HTTP_LISTEN"
        )
    );
    assert!(std::error::Error::source(&refusal).is_some());
}

#[tokio::test]
async fn a_request_by_tcp_carries_its_peer() {
    let service = service_fn(|request: http::Request<hyper::body::Incoming>| async move {
        Ok(text(format!("peer={}", request.extensions().get::<Peer>().unwrap())))
    });
    let running = start(tcp_listener().await, HttpLimits::default(), service);
    let answer = exchange(running.address.unwrap(), "GET / HTTP/1.1\r\nhost: t\r\nconnection: close\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    assert!(answer.contains("peer=127.0.0.1:"), "{answer}");
    assert!(answer.contains("content-length: "), "a known length must stay known: {answer}");
}

#[tokio::test]
async fn a_request_by_the_local_socket_carries_the_uid_of_the_caller() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("reeve.sock");
    let own_uid = fs::metadata(folder.path()).unwrap().uid();
    let service = service_fn(|request: http::Request<hyper::body::Incoming>| async move {
        Ok(text(format!("peer={}", request.extensions().get::<Peer>().unwrap())))
    });
    let listener = Listener::Local(LocalListener::bind(&path).unwrap());
    let running = start(listener, HttpLimits::default(), service);
    let mut stream = UnixStream::connect(&path).await.unwrap();
    let request = b"GET / HTTP/1.1\r\nhost: t\r\nconnection: close\r\n\r\n";
    stream.write_all(request).await.unwrap();
    let answer = read_to_end(&mut stream).await;
    assert!(answer.ends_with(&format!("peer=local:{own_uid}")), "{answer}");
    running.stop.send(()).unwrap();
    assert_eq!(running.ended.await.unwrap().cut, 0);
    assert!(!path.exists(), "a stopped server leaves no socket behind");
}

#[tokio::test]
async fn the_local_socket_is_for_its_owner_only() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("reeve.sock");
    let listener = LocalListener::bind(&path).unwrap();
    assert_eq!(listener.path(), path);
    let found = fs::symlink_metadata(&path).unwrap();
    assert!(found.file_type().is_socket());
    assert_eq!(found.permissions().mode() & 0o777, 0o600);
    assert!(!folder.path().join("reeve.sock.new").exists(), "the private folder is gone");
}

#[tokio::test]
async fn a_live_servers_socket_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("reeve.sock");
    let _live = LocalListener::bind(&path).unwrap();
    refused(&path, "another server is using this data folder");
    UnixStream::connect(&path).await.unwrap();
}

#[tokio::test]
async fn a_dead_servers_socket_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("reeve.sock");
    // Dropping a plain listener leaves its file, as kill -9 does.
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    fs::create_dir(folder.path().join("reeve.sock.new")).unwrap();
    let _listener = LocalListener::bind(&path).unwrap();
    UnixStream::connect(&path).await.unwrap();
}

#[tokio::test]
async fn a_file_that_is_not_a_socket_is_never_removed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("reeve.sock");
    fs::write(&path, "a note").unwrap();
    refused(&path, "something that is not a socket is in the way");
    assert_eq!(fs::read_to_string(&path).unwrap(), "a note");
}

#[tokio::test]
async fn a_path_too_long_for_a_socket_is_refused_in_words() {
    let folder = tempfile::tempdir().unwrap();
    refused(&folder.path().join("x".repeat(120)), "choose a data folder with a shorter path");
}

#[tokio::test]
async fn a_folder_that_does_not_exist_is_refused_in_words() {
    let folder = tempfile::tempdir().unwrap();
    refused(&folder.path().join("missing/reeve.sock"), "check that the folder exists");
}

fn refused(path: &Path, expected: &str) {
    let refusal = LocalListener::bind(path).unwrap_err().to_string();
    assert!(refusal.contains(expected), "{refusal}");
    assert!(refusal.starts_with(&format!("could not listen on {}", path.display())), "{refusal}");
}
