//! TLS for our listeners, from a certificate and a key in PEM files. One crypto library: aws-lc-rs.
//! Does not fetch or renew certificates, and does not look at the files again after the start.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// Why TLS cannot be offered: one sentence that names the file and the remedy.
#[derive(Debug)]
pub struct TlsError {
    sentence: String,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl std::error::Error for TlsError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

/// TLS for an HTTP listener: offers HTTP/2, then HTTP/1.1.
pub fn http_tls_config(certificate: &Path, key: &Path) -> Result<Arc<ServerConfig>, TlsError> {
    tls_config(certificate, key, &[b"h2", b"http/1.1"])
}

/// TLS for a listener whose protocol goes by these ALPN names; none for protocols that have none.
pub fn tls_config(certificate: &Path, key: &Path, alpn: &[&[u8]]) -> Result<Arc<ServerConfig>, TlsError> {
    let chain = read_chain(certificate)?;
    let private_key = read_key(key)?;
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|source| unusable("TLS versions", source))?
        .with_no_client_auth()
        .with_single_cert(chain, private_key);
    let mut config = config.map_err(|source| mismatch(certificate, key, source))?;
    config.alpn_protocols = alpn.iter().map(|name| name.to_vec()).collect();
    Ok(Arc::new(config))
}

fn read_chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let chain: Vec<_> = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect)
        .map_err(|source| unreadable("certificate", path, source))?;
    if chain.is_empty() {
        return Err(unreadable("certificate", path, pem::Error::NoItemsFound));
    }
    Ok(chain)
}

fn read_key(path: &Path) -> Result<PrivateKeyDer<'static>, TlsError> {
    PrivateKeyDer::from_pem_file(path).map_err(|source| unreadable("private key", path, source))
}

fn unreadable(what: &str, path: &Path, source: pem::Error) -> TlsError {
    let path = path.display();
    let sentence = match &source {
        pem::Error::Io(error) => {
            format!("could not read the TLS {what} {path}: {error}; check the path and that this user may read it")
        }
        pem::Error::NoItemsFound => {
            format!("could not find a {what} in {path}: the file must hold one in PEM form (-----BEGIN ...)")
        }
        // The parser's own words could quote a line of a private key.
        _ => format!("could not read the TLS {what} {path}: it is not valid PEM; write the file anew"),
    };
    let source = match source {
        pem::Error::Io(error) => Some(error.into()),
        _ => None,
    };
    TlsError { sentence, source }
}

fn mismatch(certificate: &Path, key: &Path, source: rustls::Error) -> TlsError {
    let sentence = match source {
        rustls::Error::InconsistentKeys(_) => format!(
            "could not offer TLS: the private key {} does not belong to the first certificate in {}; \
             the server's own certificate comes first, then its issuers",
            key.display(),
            certificate.display()
        ),
        _ => format!(
            "could not offer TLS with {} and {}: {source}; use an RSA, ECDSA or Ed25519 key and the certificate made for it",
            certificate.display(),
            key.display()
        ),
    };
    TlsError { sentence, source: Some(source.into()) }
}

pub(crate) fn unusable(what: &str, source: rustls::Error) -> TlsError {
    TlsError {
        sentence: format!("could not prepare {what}: {source}; this is a fault of the build"),
        source: Some(source.into()),
    }
}
