//! The door behind a real socket: what only a connection can show.

use std::time::Duration;

use axum::body::Bytes;
use axum::http::Request;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use reeve_net::{HttpLimits, Listener, LocalListener, serve_http};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::world::{Who, World};

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(30);

struct Server {
    stop: oneshot::Sender<()>,
    done: JoinHandle<reeve_net::Drained>,
}

impl Server {
    fn start(world: &World, listener: Listener) -> Self {
        let (stop, stopped) = oneshot::channel::<()>();
        let stopped = async move {
            let _ = stopped.await;
        };
        let done = tokio::spawn(serve_http("test", listener, HttpLimits::default(), stopped, world.door.clone()));
        Self { stop, done }
    }

    async fn end(self) {
        self.stop.send(()).unwrap();
        let _drained = timeout(PATIENCE, self.done).await.unwrap().unwrap();
    }
}

async fn client<S>(stream: S) -> SendRequest<Full<Bytes>>
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
{
    let (client, connection) = handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    client
}

fn request(method: &str, path: &str, body: impl Into<Bytes>) -> Request<Full<Bytes>> {
    let request = Request::builder().method(method).uri(format!("/api/v1{path}")).header("host", "127.0.0.1");
    request.body(Full::new(body.into())).unwrap()
}

async fn json_of(response: axum::http::Response<hyper::body::Incoming>) -> Value {
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    serde_json::from_slice(&bytes).unwrap()
}

#[tokio::test]
async fn a_peer_of_the_network_signs_in_and_one_of_the_local_socket_need_not() {
    let world = World::new().await;
    let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = tcp.local_addr().unwrap();
    let server = Server::start(&world, Listener::Tcp(tcp));
    let mut remote = client(TcpStream::connect(address).await.unwrap()).await;
    let refused = remote.send_request(request("GET", "/accounts", "")).await.unwrap();
    assert_eq!(refused.status(), 401);
    json_of(refused).await;
    let mut made = request("POST", "/organizations", r#"{"alias":"acme"}"#);
    let bearer = format!("Bearer {}", world.token(Who::Admin));
    made.headers_mut().insert("authorization", bearer.parse().unwrap());
    made.headers_mut().insert("content-type", "application/json".parse().unwrap());
    let made = remote.send_request(made).await.unwrap();
    assert_eq!(made.status(), 202);
    assert_eq!(json_of(made).await["alias"], "acme");
    world.settle().await;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("reeve.sock");
    let local = Server::start(&world, Listener::Local(LocalListener::bind(&path).unwrap()));
    let mut operator = client(UnixStream::connect(&path).await.unwrap()).await;
    let accounts = operator.send_request(request("GET", "/accounts", "")).await.unwrap();
    assert_eq!(json_of(accounts).await["total"], 2);
    drop((remote, operator));
    server.end().await;
    local.end().await;
}

#[tokio::test]
async fn an_import_says_what_it_does_while_it_does_it_and_stops_when_nobody_listens() {
    let world = World::new().await;
    world.organization("acme").await;
    let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = tcp.local_addr().unwrap();
    let server = Server::start(&world, Listener::Tcp(tcp));
    let mut csv = "username,display_name\r\n".to_owned();
    for n in 0..50_000 {
        csv.push_str(&format!("user{n:05},Somebody With A Long Name {n}\r\n"));
    }
    let mut import = request("POST", "/organizations/acme/users/import", csv);
    let bearer = format!("Bearer {}", world.token(Who::Admin));
    import.headers_mut().insert("authorization", bearer.parse().unwrap());
    import.headers_mut().insert("content-type", "text/csv".parse().unwrap());
    let mut remote = client(TcpStream::connect(address).await.unwrap()).await;
    let mut answer = remote.send_request(import).await.unwrap();
    assert_eq!(answer.status(), 200);
    let mut heard = Vec::new();
    while heard.iter().filter(|byte| **byte == b'\n').count() < 300 {
        let frame = answer.frame().await.unwrap().unwrap();
        heard.extend_from_slice(&frame.into_data().unwrap());
    }
    drop((answer, remote));
    server.end().await;
    let said = heard.split(|byte| *byte == b'\n').filter(|line| line.ends_with(b"}")).skip(1);
    let users = "/organizations/acme/users?role=user&limit=1";
    let there = world.admin(crate::caller::Call::get(users)).await.is(200)["total"].as_u64().unwrap();
    assert!(there >= said.clone().count() as u64 - 1, "what was said to be done is done");
    assert!(there < 50_000, "the import went on by itself");
    for line in said.take(5) {
        let line: Value = serde_json::from_slice(line).unwrap();
        assert_eq!(line["outcome"], json!("created"));
    }
}
