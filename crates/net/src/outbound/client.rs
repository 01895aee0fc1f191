//! One request over one connection: TLS where the address asks for it, HTTP/1.1, and the answer up to a size.
//!
//! The task that moves the bytes belongs to the exchange and ends with it, however that ends.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONNECTION, CONTENT_TYPE, HOST, USER_AGENT};
use http::{HeaderValue, Request, StatusCode};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use reeve_base::outbound::{Answer, Question, Unanswered};
use reeve_base::secret::ExposeSecret as _;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;

use super::Place;
use crate::limits::{HTTP_HEAD_BYTES_MAX, HTTP_HEADERS_MAX};

/// Sends a question over an open connection and reads the answer.
pub(super) async fn exchange(
    stream: TcpStream,
    place: &Place,
    (tls, answer_bytes_max): (&Arc<ClientConfig>, usize),
    question: Question,
) -> Result<Answer, Unanswered> {
    let request = request(place, question)?;
    if !place.secure {
        return speak(stream, request, answer_bytes_max).await;
    }
    let name = ServerName::try_from(place.host.clone()).map_err(|_| Unanswered::Malformed)?;
    let stream = TlsConnector::from(Arc::clone(tls)).connect(name, stream).await.map_err(|_| Unanswered::Insecure)?;
    speak(stream, request, answer_bytes_max).await
}

fn request(place: &Place, question: Question) -> Result<Request<Full<Bytes>>, Unanswered> {
    let Question { username, password, content_type, body, .. } = question;
    // RFC 7617 §2.1: name and password are sent in UTF-8.
    let credentials = STANDARD.encode(format!("{username}:{}", password.expose_secret()));
    let mut authorization = HeaderValue::try_from(format!("Basic {credentials}")).map_err(|_| Unanswered::Malformed)?;
    authorization.set_sensitive(true);
    let authority = place.uri.authority().map(http::uri::Authority::as_str).unwrap_or_default();
    let path = place.uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    Request::post(path)
        .header(HOST, authority)
        .header(AUTHORIZATION, authorization)
        .header(CONTENT_TYPE, content_type)
        .header(ACCEPT, "text/xml")
        .header(USER_AGENT, "Reeve")
        .header(CONNECTION, "close")
        .body(Full::from(body))
        .map_err(|_| Unanswered::Malformed)
}

async fn speak<S>(stream: S, request: Request<Full<Bytes>>, answer_bytes_max: usize) -> Result<Answer, Unanswered>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = hyper::client::conn::http1::Builder::new()
        .max_buf_size(HTTP_HEAD_BYTES_MAX)
        .max_headers(HTTP_HEADERS_MAX)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(|_| Unanswered::Unintelligible)?;
    let mut moving = JoinSet::new();
    moving.spawn(connection);
    let answer = sender.send_request(request).await.map_err(|_| Unanswered::Unintelligible)?;
    let status = answer.status();
    let body = match status {
        // Who refuses or points elsewhere has said what matters, whatever comes with it.
        StatusCode::OK => read(answer.into_body(), answer_bytes_max).await?,
        _ => Vec::new(),
    };
    Ok(Answer { status: status.as_u16(), body })
}

async fn read(body: Incoming, bytes_max: usize) -> Result<Vec<u8>, Unanswered> {
    match Limited::new(body, bytes_max).collect().await {
        Ok(whole) => Ok(whole.to_bytes().to_vec()),
        Err(why) if why.is::<LengthLimitError>() => Err(Unanswered::TooLong),
        Err(_) => Err(Unanswered::Unintelligible),
    }
}
