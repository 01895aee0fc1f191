//! AWS KMS, or what speaks like it: Encrypt and Decrypt under a symmetric key, bound by the encryption context.

use std::collections::HashMap;

use aws_credential_types::Credentials;
use aws_sdk_kms::config::retry::RetryConfig;
use aws_sdk_kms::config::timeout::TimeoutConfig;
use aws_sdk_kms::config::{BehaviorVersion, Region, SharedHttpClient, StalledStreamProtectionConfig};
use aws_sdk_kms::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::{Client, Config};
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::{Builder, tls};
use reeve_base::key_services::{CustomerKey, KeyContext, KeyFailure, WRAPPED_KEY_BYTES};
use reeve_base::limits::KEY_SERVICE_TIMEOUT;
use reeve_base::secret::ExposeSecret as _;
use zeroize::Zeroize as _;

use crate::http::{Gate, unreachable};
use crate::{ORGANIZATION, PURPOSE, Plain, plain};

/// Asks AWS KMS.
pub(crate) struct AwsKms {
    gate: Gate,
    /// Keeps connections, whoever's key is asked for.
    http: SharedHttpClient,
}

impl AwsKms {
    pub(crate) fn new(gate: Gate) -> Self {
        let http =
            Builder::new().tls_provider(tls::Provider::Rustls(CryptoMode::AwsLc)).build_with_resolver(gate.clone());
        Self { gate, http }
    }

    pub(crate) async fn wrap(
        &self,
        key: &CustomerKey,
        context: &KeyContext,
        plain: &[u8; WRAPPED_KEY_BYTES],
    ) -> Result<Vec<u8>, KeyFailure> {
        let (client, arn) = self.client(key)?;
        let answer = client
            .encrypt()
            .key_id(arn)
            .set_encryption_context(Some(encryption_context(context)))
            .plaintext(Blob::new(plain.to_vec()))
            .send()
            .await
            .map_err(|error| failure(&error))?;
        answer.ciphertext_blob.map(Blob::into_inner).ok_or(KeyFailure::Unintelligible)
    }

    pub(crate) async fn unwrap(
        &self,
        key: &CustomerKey,
        context: &KeyContext,
        wrapped: &[u8],
    ) -> Result<Plain, KeyFailure> {
        let (client, arn) = self.client(key)?;
        let answer = client
            .decrypt()
            // Without it, AWS KMS would take any key that the wrapped one names and that we may use.
            .key_id(arn)
            .set_encryption_context(Some(encryption_context(context)))
            .ciphertext_blob(Blob::new(wrapped))
            .send()
            .await
            .map_err(|error| failure(&error))?;
        let mut octets = answer.plaintext.map(Blob::into_inner).ok_or(KeyFailure::Unintelligible)?;
        let unwrapped = plain(&octets);
        octets.zeroize();
        unwrapped
    }

    fn client<'a>(&self, key: &'a CustomerKey) -> Result<(Client, &'a str), KeyFailure> {
        let CustomerKey::AwsKms { arn, endpoint, access_key_id, secret_access_key } = key else {
            return Err(KeyFailure::Malformed);
        };
        let region = arn.split(':').nth(3).filter(|region| !region.is_empty()).ok_or(KeyFailure::Malformed)?;
        let credentials = Credentials::new(access_key_id, secret_access_key.expose_secret(), None, None, "reeve");
        let mut config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(region.to_owned()))
            .credentials_provider(credentials)
            .http_client(self.http.clone())
            // Whoever asks waits; the next look comes by itself.
            .retry_config(RetryConfig::disabled())
            .timeout_config(TimeoutConfig::builder().operation_timeout(KEY_SERVICE_TIMEOUT).build())
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
        if !endpoint.is_empty() {
            self.gate.check(&endpoint.parse().map_err(|_| KeyFailure::Malformed)?)?;
            config = config.endpoint_url(endpoint);
        }
        Ok((Client::from_conf(config.build()), arn))
    }
}

/// What AWS KMS binds the wrapped key to, shows in CloudTrail, and lets key policies ask for.
fn encryption_context(context: &KeyContext) -> HashMap<String, String> {
    HashMap::from([
        (ORGANIZATION.to_owned(), context.organization.clone()),
        (PURPOSE.to_owned(), context.purpose.to_owned()),
    ])
}

fn failure<E>(error: &SdkError<E>) -> KeyFailure
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    match error {
        SdkError::TimeoutError(_) => KeyFailure::TimedOut,
        SdkError::DispatchFailure(failed) if failed.is_timeout() => KeyFailure::TimedOut,
        SdkError::DispatchFailure(_) => unreachable(error),
        SdkError::ServiceError(answer) => by_code(answer.err().code(), answer.raw().status().as_u16()),
        SdkError::ConstructionFailure(_) => KeyFailure::Malformed,
        _ => KeyFailure::Unintelligible,
    }
}

/// Source: the errors of Encrypt and Decrypt in the KMS API (2014-11-01), and those common to all of Amazon's.
fn by_code(code: Option<&str>, status: u16) -> KeyFailure {
    match code.unwrap_or_default() {
        "DisabledException" => KeyFailure::Disabled,
        // Waits for its deletion, or for its material.
        "NotFoundException" | "KMSInvalidStateException" | "InvalidArnException" => KeyFailure::Gone,
        "InvalidKeyUsageException" => KeyFailure::Unsuitable,
        "InvalidCiphertextException" | "IncorrectKeyException" => KeyFailure::Damaged,
        "ThrottlingException" | "LimitExceededException" | "RequestLimitExceeded" | "TooManyRequestsException" => {
            KeyFailure::Throttled
        }
        "AccessDeniedException"
        | "AccessDenied"
        | "UnrecognizedClientException"
        | "InvalidClientTokenId"
        | "InvalidSignatureException"
        | "SignatureDoesNotMatch"
        | "IncompleteSignature"
        | "MissingAuthenticationToken"
        | "OptInRequired"
        | "ExpiredTokenException" => KeyFailure::Denied,
        "KeyUnavailableException" | "DependencyTimeoutException" | "KMSInternalException" | "ServiceUnavailable" => {
            KeyFailure::Unreachable
        }
        _ => match status {
            401 | 403 => KeyFailure::Denied,
            429 => KeyFailure::Throttled,
            500.. => KeyFailure::Unreachable,
            _ => KeyFailure::Unintelligible,
        },
    }
}
