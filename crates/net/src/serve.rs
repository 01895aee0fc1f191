//! HTTP/1 and HTTP/2 over accepted connections, for any tower service: the service needs to know nothing of sockets.
//! Does not route, log requests, limit bodies or time handlers: doors do.
//! Invariants: every request carries its `Peer` as an extension; a peer that sends its head too slowly, leaves its answer
//! unread or stays silent loses its connection; a stop lets requests in progress finish.

use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{Either, Full};
use hyper::body::{Body, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::time::timeout;
use tower::ServiceExt;

use crate::accept::{Connection, ConnectionLimits, Drained, serve_connections};
use crate::activity::{Activity, Overdue, WatchedBody, WatchedStream};
use crate::limits;
use crate::listener::Listener;
use crate::peer::Peer;

/// What one HTTP connection may take, besides what all connections may hold together.
#[derive(Debug, Clone, Copy)]
pub struct HttpLimits {
    /// Limits of the connections themselves.
    pub connections: ConnectionLimits,
    /// Time to send the head of a request.
    pub head_timeout: Duration,
    /// Silence after which a connection without a request is closed.
    pub idle_timeout: Duration,
    /// Time for which an answer may stay unread.
    pub stall_timeout: Duration,
}

impl Default for HttpLimits {
    fn default() -> Self {
        Self {
            connections: ConnectionLimits::default(),
            head_timeout: limits::HTTP_HEAD_TIMEOUT,
            idle_timeout: limits::HTTP_IDLE_TIMEOUT,
            stall_timeout: limits::HTTP_STALL_TIMEOUT,
        }
    }
}

/// Serves HTTP with `service` until `stop` completes, then finishes the requests in progress.
pub async fn serve_http<S, B>(
    name: &'static str,
    listener: Listener,
    limits: HttpLimits,
    stop: impl Future<Output = ()>,
    service: S,
) -> Drained
where
    S: tower::Service<Request<Incoming>, Response = Response<B>, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
    B: Body<Data = Bytes> + Send + Unpin + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let http = Arc::new(builder(&limits));
    serve_connections(name, listener, limits.connections, stop, move |connection| {
        serve_one(Arc::clone(&http), limits, service.clone(), connection)
    })
    .await
}

fn builder(limits: &HttpLimits) -> Builder<TokioExecutor> {
    let mut http = Builder::new(TokioExecutor::new());
    http.http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head_timeout)
        .max_headers(limits::HTTP_HEADERS_MAX)
        .max_buf_size(limits::HTTP_HEAD_BYTES_MAX);
    http.http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits::HTTP2_STREAMS_MAX)
        .max_header_list_size(u32::try_from(limits::HTTP_HEAD_BYTES_MAX).unwrap_or(u32::MAX));
    http
}

async fn serve_one<S, B>(http: Arc<Builder<TokioExecutor>>, limits: HttpLimits, service: S, connection: Connection)
where
    S: tower::Service<Request<Incoming>, Response = Response<B>, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
    B: Body<Data = Bytes> + Send + Unpin + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let Connection { stream, peer, mut stopping } = connection;
    let activity = Activity::new();
    let io = TokioIo::new(WatchedStream::new(stream, Arc::clone(&activity)));
    let requests = Arc::clone(&activity);
    let answer = service_fn(move |request| answer(service.clone(), Arc::clone(&requests), peer, request));
    let mut serving = std::pin::pin!(http.serve_connection(io, answer));
    let mut goodbye = false;
    loop {
        tokio::select! {
            ended = serving.as_mut() => {
                // Peers hang up in the middle of things all day: nobody has to act.
                return ended.unwrap_or_else(|error| tracing::debug!(error, %peer, "a connection ended early"));
            }
            () = stopping.wait(), if !goodbye => {
                goodbye = true;
                serving.as_mut().graceful_shutdown();
            }
            overdue = activity.overdue(limits.idle_timeout, limits.stall_timeout) => {
                tracing::debug!(%peer, ?overdue, "closing a connection");
                if overdue == Overdue::Idle {
                    serving.as_mut().graceful_shutdown();
                    let _late = timeout(limits::HTTP_CLOSE_TIMEOUT, serving.as_mut()).await;
                }
                return;
            }
        }
    }
}

async fn answer<S, B>(
    service: S,
    activity: Arc<Activity>,
    peer: Peer,
    mut request: Request<Incoming>,
) -> Result<Response<WatchedBody<Either<B, Full<Bytes>>>>, Infallible>
where
    S: tower::Service<Request<Incoming>, Response = Response<B>, Error = Infallible>,
    B: Body<Data = Bytes>,
{
    let guard = activity.begin_request();
    let response = if uri_bytes(request.uri()) > limits::HTTP_URI_BYTES_MAX {
        uri_too_long().map(Either::Right)
    } else {
        request.extensions_mut().insert(peer);
        service.oneshot(request).await?.map(Either::Left)
    };
    Ok(response.map(|body| WatchedBody::new(body, guard)))
}

fn uri_bytes(uri: &http::Uri) -> usize {
    uri.path_and_query().map_or(0, |path| path.as_str().len())
}

// RFC 9110 §15.5.15: the answer to a target longer than the server is willing to interpret.
fn uri_too_long() -> Response<Full<Bytes>> {
    let sentence = Bytes::from_static(b"the path and query of this request are longer than 8192 bytes\n");
    let mut response = Response::new(Full::new(sentence));
    *response.status_mut() = StatusCode::URI_TOO_LONG;
    let plain = http::HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(http::header::CONTENT_TYPE, plain);
    response
}
