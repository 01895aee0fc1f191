//! TLS: a handshake with a certificate made for the test, and the sentences for files that do not serve.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use reeve_net::{ConnectionLimits, HttpLimits, Listener, bind_tcp, http_tls_config};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tower::service_fn;

use crate::support::{Running, SETTING, read_to_end, start, text};

struct Files {
    _folder: tempfile::TempDir,
    certificate: PathBuf,
    key: PathBuf,
    der: CertificateDer<'static>,
}

fn self_signed() -> Files {
    let made = rcgen::generate_simple_self_signed(vec!["mail.reeve.test".to_owned()]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let certificate = folder.path().join("cert.pem");
    let key = folder.path().join("key.pem");
    fs::write(&certificate, made.cert.pem()).unwrap();
    fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    Files { _folder: folder, certificate, key, der: made.cert.der().clone() }
}

async fn start_tls(files: &Files, limits: HttpLimits) -> Running {
    let tcp = bind_tcp("127.0.0.1:0".parse().unwrap(), SETTING).await.unwrap();
    let config = http_tls_config(&files.certificate, &files.key).unwrap();
    let service = service_fn(|request: http::Request<hyper::body::Incoming>| async move {
        Ok(text(format!("{:?}", request.version())))
    });
    start(Listener::Tls(tcp, config), limits, service)
}

fn connector(files: &Files, alpn: &[&[u8]]) -> TlsConnector {
    let mut roots = RootCertStore::empty();
    roots.add(files.der.clone()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = alpn.iter().map(|name| name.to_vec()).collect();
    TlsConnector::from(Arc::new(config))
}

#[tokio::test]
async fn a_request_over_tls_is_answered() {
    let files = self_signed();
    let running = start_tls(&files, HttpLimits::default()).await;
    let tcp = TcpStream::connect(running.address.unwrap()).await.unwrap();
    let name = ServerName::try_from("mail.reeve.test").unwrap();
    let mut stream = connector(&files, &[b"http/1.1"]).connect(name, tcp).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nhost: t\r\nconnection: close\r\n\r\n").await.unwrap();
    let answer = read_to_end(&mut stream).await;
    assert!(answer.ends_with("HTTP/1.1"), "{answer}");
}

#[tokio::test]
async fn http2_is_offered_first() {
    let files = self_signed();
    let running = start_tls(&files, HttpLimits::default()).await;
    let tcp = TcpStream::connect(running.address.unwrap()).await.unwrap();
    let name = ServerName::try_from("mail.reeve.test").unwrap();
    let stream = connector(&files, &[b"http/1.1", b"h2"]).connect(name, tcp).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
}

#[tokio::test]
async fn a_handshake_that_does_not_come_is_cut_off() {
    let files = self_signed();
    let connections =
        ConnectionLimits { handshake_timeout: std::time::Duration::from_millis(50), ..Default::default() };
    let running = start_tls(&files, HttpLimits { connections, ..Default::default() }).await;
    let mut silent = TcpStream::connect(running.address.unwrap()).await.unwrap();
    assert_eq!(read_to_end(&mut silent).await, "");
}

#[test]
fn a_missing_file_is_named() {
    let files = self_signed();
    refused(Path::new("/nonexistent/cert.pem"), &files.key, "/nonexistent/cert.pem");
    refused(&files.certificate, Path::new("/nonexistent/key.pem"), "/nonexistent/key.pem");
}

#[test]
fn a_file_without_the_wanted_part_is_named() {
    let files = self_signed();
    refused(&files.key, &files.key, "could not find a certificate in");
    refused(&files.certificate, &files.certificate, "could not find a private key in");
}

#[test]
fn a_key_of_another_certificate_is_refused() {
    let (ours, theirs) = (self_signed(), self_signed());
    refused(&ours.certificate, &theirs.key, "does not belong to the first certificate");
}

#[test]
fn a_broken_key_is_refused_without_quoting_it() {
    let files = self_signed();
    let broken = "-----BEGIN PRIVATE KEY-----\nc2VjcmV0*\n-----END PRIVATE KEY-----\n";
    fs::write(&files.key, broken).unwrap();
    let refusal = refused(&files.certificate, &files.key, "is not valid PEM");
    assert!(!refusal.contains("c2VjcmV0"), "{refusal}");
}

fn refused(certificate: &Path, key: &Path, expected: &str) -> String {
    let refusal = http_tls_config(certificate, key).unwrap_err().to_string();
    assert!(refusal.contains(expected), "{refusal}");
    refusal
}
