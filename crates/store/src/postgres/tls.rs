//! Encryption towards the server, as far as the operator asks for proof of who it is.
//!
//! Without `verify-full` any certificate is taken, as libpq does: that keeps out who only listens, not who
//! stands in between.

use std::path::Path;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::OpenError;
use crate::url::Trust;

/// Prepares TLS for connections to a server that is trusted that far.
pub(super) fn connector(trust: &Trust) -> Result<MakeRustlsConnect, OpenError> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let versions = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| OpenError::because("could not set up TLS for the database", error))?;
    let config = match trust {
        Trust::Anyone => versions
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(AnyCertificate { provider }))
            .with_no_client_auth(),
        Trust::SystemRoots => versions.with_root_certificates(system_roots()?).with_no_client_auth(),
        Trust::RootsIn(file) => versions.with_root_certificates(roots_in(file)?).with_no_client_auth(),
    };
    Ok(MakeRustlsConnect::new(config))
}

fn system_roots() -> Result<RootCertStore, OpenError> {
    let mut roots = RootCertStore::empty();
    let (taken, _) = roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if taken == 0 {
        return Err(OpenError::new(
            "the system has no certificate authorities to check the database server with: \
             install them or name a file with sslrootcert",
        ));
    }
    Ok(roots)
}

fn roots_in(file: &Path) -> Result<RootCertStore, OpenError> {
    let shown = file.display();
    let certificates =
        CertificateDer::pem_file_iter(file).and_then(|found| found.collect::<Result<Vec<_>, _>>()).map_err(
            |error| OpenError::because(format!("could not read the certificates in {shown} (sslrootcert)"), error),
        )?;
    let mut roots = RootCertStore::empty();
    let (taken, _) = roots.add_parsable_certificates(certificates);
    if taken == 0 {
        return Err(OpenError::new(format!("{shown} (sslrootcert) holds no certificate in PEM form")));
    }
    Ok(roots)
}

/// Takes any certificate, but lets nobody use one without its key.
#[derive(Debug)]
struct AnyCertificate {
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
