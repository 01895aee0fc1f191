//! What the tests share: a server on a port of its own, and a client that writes bytes as they stand.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::{Body, Frame, Incoming};
use reeve_net::{Drained, HttpLimits, Listener, Setting, bind_tcp, serve_http};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

pub(crate) const SETTING: Setting = Setting { key: "http.listen", variable: "REEVE_HTTP_LISTEN" };

/// No test here should take this long; one that does has failed.
pub(crate) const TEST_TIMEOUT: Duration = Duration::from_secs(20);

pub(crate) type Answer = Response<Full<Bytes>>;

pub(crate) struct Running {
    pub(crate) address: Option<SocketAddr>,
    pub(crate) stop: oneshot::Sender<()>,
    pub(crate) ended: JoinHandle<Drained>,
}

pub(crate) async fn tcp_listener() -> Listener {
    Listener::Tcp(bind_tcp("127.0.0.1:0".parse().unwrap(), SETTING).await.unwrap())
}

pub(crate) fn start<S, B>(listener: Listener, limits: HttpLimits, service: S) -> Running
where
    S: tower::Service<Request<Incoming>, Response = Response<B>, Error = Infallible> + Clone + Send + Sync + 'static,
    S::Future: Send,
    B: Body<Data = Bytes, Error = Infallible> + Send + Unpin + 'static,
{
    let address = listener.address();
    let (stop, stopped) = oneshot::channel();
    let stopped = async { drop(stopped.await) };
    let ended = tokio::spawn(serve_http("test", listener, limits, stopped, service));
    Running { address, stop, ended }
}

pub(crate) fn text(body: impl Into<String>) -> Answer {
    Response::new(Full::from(Bytes::from(body.into())))
}

/// Sends `request` as it stands and reads until the server hangs up.
pub(crate) async fn exchange(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    read_to_end(&mut stream).await
}

pub(crate) async fn read_to_end<S: tokio::io::AsyncRead + Unpin>(stream: &mut S) -> String {
    let mut bytes = Vec::new();
    tokio::time::timeout(TEST_TIMEOUT, stream.read_to_end(&mut bytes)).await.unwrap().unwrap();
    String::from_utf8(bytes).unwrap()
}

/// A body whose pieces the test sends when it wants to.
pub(crate) struct Pieces(pub(crate) mpsc::Receiver<Bytes>);

impl Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.0.poll_recv(cx).map(|piece| piece.map(|piece| Ok(Frame::data(piece))))
    }
}
