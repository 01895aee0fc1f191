//! The door behind a real socket, in both versions of HTTP that clients speak.

use axum::body::Bytes;
use axum::http::{Request, Response, Version};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use reeve_base::clock::Clock;
use reeve_net::{HttpLimits, Listener, serve_http};
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use crate::world::{Sending, World};

/// What a client sends to this address: signed for it, with the address in the line of the request.
fn request(world: &World, address: &str, body: &'static str) -> Request<Full<Bytes>> {
    let mut sending = Sending::new("CreateOrganization", body).with("host", address);
    world.admin.sign(&mut sending.headers, &sending.body, world.clock.now());
    let mut request = Request::post(format!("http://{address}/")).body(Full::new(sending.body)).unwrap();
    *request.headers_mut() = sending.headers;
    request
}

async fn check_answer(answer: Response<Incoming>, version: Version) {
    assert_eq!((answer.status().as_u16(), answer.version()), (200, version));
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    let body: Value = serde_json::from_slice(&body).unwrap();
    assert!(body["OrganizationId"].as_str().unwrap().starts_with("m-"), "{body}");
}

#[tokio::test]
async fn both_versions_of_http_carry_signed_requests() {
    let world = World::new().await;
    let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = tcp.local_addr().unwrap().to_string();
    let (stop, stopped) = oneshot::channel::<()>();
    let stopped = async move {
        let _ = stopped.await;
    };
    let door = world.door.clone();
    let served = tokio::spawn(serve_http("test", Listener::Tcp(tcp), HttpLimits::default(), stopped, door));

    let stream = TokioIo::new(TcpStream::connect(&address).await.unwrap());
    let (mut client, connection) = http1::handshake(stream).await.unwrap();
    tokio::spawn(connection);
    let mut old = request(&world, &address, r#"{"Alias":"one"}"#);
    *old.uri_mut() = "/".parse().unwrap();
    check_answer(client.send_request(old).await.unwrap(), Version::HTTP_11).await;

    let stream = TokioIo::new(TcpStream::connect(&address).await.unwrap());
    let (mut modern, connection) = http2::handshake(TokioExecutor::new(), stream).await.unwrap();
    tokio::spawn(connection);
    let mut new = request(&world, &address, r#"{"Alias":"two"}"#);
    // The address stands in `:authority`, and nowhere else.
    new.headers_mut().remove("host");
    check_answer(modern.send_request(new).await.unwrap(), Version::HTTP_2).await;

    drop((client, modern));
    stop.send(()).unwrap();
    let _drained = served.await.unwrap();
}
