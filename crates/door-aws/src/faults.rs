//! What this door says when it does not do what it was asked, and the one translation of the domain's errors.
//!
//! An operation may only answer the errors that AWS documents for it, and those that all operations share; where the
//! translation gives another, the table of operations says what it turns into.

use std::borrow::Cow;
use std::sync::Arc;

use http::StatusCode;
use reeve_base::Invalid;
use reeve_domain::Error;

use crate::sigv4::Refused;

macro_rules! kinds {
    ($($name:ident: $word:literal, $status:ident;)*) => {
        /// The errors of this API.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Kind {
            $($name,)*
        }

        impl Kind {
            /// The name by which clients know it.
            pub(crate) fn word(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)*
                }
            }

            /// The status of the answer: 400 for everything that the API models.
            pub(crate) fn status(self) -> StatusCode {
                match self {
                    $(Self::$name => StatusCode::$status,)*
                }
            }
        }
    };
}

kinds! {
    // What every service of AWS answers.
    AccessDenied: "AccessDeniedException", BAD_REQUEST;
    IncompleteSignature: "IncompleteSignatureException", BAD_REQUEST;
    InternalFailure: "InternalFailure", INTERNAL_SERVER_ERROR;
    InvalidSignature: "InvalidSignatureException", BAD_REQUEST;
    MissingAuthenticationToken: "MissingAuthenticationTokenException", BAD_REQUEST;
    RequestEntityTooLarge: "RequestEntityTooLargeException", PAYLOAD_TOO_LARGE;
    Serialization: "SerializationException", BAD_REQUEST;
    ServiceUnavailable: "ServiceUnavailable", SERVICE_UNAVAILABLE;
    Throttling: "ThrottlingException", BAD_REQUEST;
    UnknownOperation: "UnknownOperationException", BAD_REQUEST;
    UnrecognizedClient: "UnrecognizedClientException", BAD_REQUEST;
    UnsupportedMediaType: "UnsupportedMediaTypeException", UNSUPPORTED_MEDIA_TYPE;
    Validation: "ValidationException", BAD_REQUEST;
    // What WorkMail models. Two are never true here: nobody else keeps our directories' passwords
    // (DirectoryServiceAuthenticationFailedException), and there is no SES (InvalidCustomSesConfigurationException).
    DirectoryInUse: "DirectoryInUseException", BAD_REQUEST;
    DirectoryUnavailable: "DirectoryUnavailableException", BAD_REQUEST;
    EmailAddressInUse: "EmailAddressInUseException", BAD_REQUEST;
    EntityAlreadyRegistered: "EntityAlreadyRegisteredException", BAD_REQUEST;
    EntityNotFound: "EntityNotFoundException", BAD_REQUEST;
    EntityState: "EntityStateException", BAD_REQUEST;
    InvalidConfiguration: "InvalidConfigurationException", BAD_REQUEST;
    InvalidParameter: "InvalidParameterException", BAD_REQUEST;
    InvalidPassword: "InvalidPasswordException", BAD_REQUEST;
    LimitExceeded: "LimitExceededException", BAD_REQUEST;
    MailDomainInUse: "MailDomainInUseException", BAD_REQUEST;
    MailDomainNotFound: "MailDomainNotFoundException", BAD_REQUEST;
    MailDomainState: "MailDomainStateException", BAD_REQUEST;
    NameAvailability: "NameAvailabilityException", BAD_REQUEST;
    OrganizationNotFound: "OrganizationNotFoundException", BAD_REQUEST;
    OrganizationState: "OrganizationStateException", BAD_REQUEST;
    ReservedName: "ReservedNameException", BAD_REQUEST;
    ResourceNotFound: "ResourceNotFoundException", BAD_REQUEST;
    TooManyTags: "TooManyTagsException", BAD_REQUEST;
    UnsupportedOperation: "UnsupportedOperationException", BAD_REQUEST;
}

/// Why a request is not done.
#[derive(Debug, Clone)]
pub(crate) struct Fault {
    pub(crate) kind: Kind,
    pub(crate) message: Cow<'static, str>,
    /// What the log says of a failure of ours; never shown.
    pub(crate) internal: Option<Arc<str>>,
}

impl Fault {
    /// A fault of this kind, for a stated reason.
    pub(crate) fn new(kind: Kind, message: impl Into<Cow<'static, str>>) -> Self {
        Self { kind, message: message.into(), internal: None }
    }

    /// A value that an operation does not take.
    pub(crate) fn invalid(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::InvalidParameter, message)
    }

    /// A failure of ours that this door noticed.
    pub(crate) fn internal(why: impl Into<Arc<str>>) -> Self {
        Error::Internal(why.into()).into()
    }
}

impl From<Refused> for Fault {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Missing => Self::new(Kind::MissingAuthenticationToken, "Missing Authentication Token"),
            Refused::Incomplete(why) => Self::new(Kind::IncompleteSignature, why),
            Refused::Invalid(why) => Self::new(Kind::InvalidSignature, why),
            Refused::UnknownKey => {
                Self::new(Kind::UnrecognizedClient, "The security token included in the request is invalid.")
            }
        }
    }
}

impl From<Invalid> for Fault {
    fn from(invalid: Invalid) -> Self {
        Error::Invalid(invalid).into()
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        let fault = Self::new(kind_of(&error), error.to_string());
        match error {
            Error::Internal(why) => Self { internal: Some(why), ..fault },
            _ => fault,
        }
    }
}

/// The only translation of the domain's errors to this wire.
fn kind_of(error: &Error) -> Kind {
    match error {
        Error::Unauthenticated | Error::SignInRefused => Kind::UnrecognizedClient,
        Error::Denied { .. }
        | Error::ReauthenticationRequired
        | Error::SecondFactorEnrolmentRequired
        | Error::SelfForbidden
        | Error::LastAdmin => Kind::AccessDenied,
        Error::NotFound { what, .. } => kind_of_absence(what),
        Error::NameTaken { .. } => Kind::NameAvailability,
        Error::AddressTaken { .. } => Kind::EmailAddressInUse,
        Error::DomainTaken { .. } => Kind::MailDomainInUse,
        Error::Invalid(_) | Error::PolicyRefused { .. } | Error::Conflict { .. } | Error::VersionMismatch { .. } => {
            Kind::InvalidParameter
        }
        Error::PasswordRefused(_) => Kind::InvalidPassword,
        // A system user can be neither made nor changed; only where one is made is the name at fault.
        Error::WrongState { .. } | Error::Reserved { .. } => Kind::EntityState,
        // Mail that lies under a key which cannot be used is out of reach with the organization.
        Error::OrganizationState { .. } | Error::KeyUnavailable { .. } => Kind::OrganizationState,
        Error::DirectoryInUse => Kind::DirectoryInUse,
        Error::DirectoryUnavailable { .. } => Kind::DirectoryUnavailable,
        Error::DomainNotFound { .. } => Kind::MailDomainNotFound,
        Error::DomainUnverified { .. } => Kind::MailDomainState,
        Error::ReadOnlyDirectory { .. } => Kind::UnsupportedOperation,
        Error::LimitReached { .. } => Kind::LimitExceeded,
        Error::Throttled { .. } => Kind::Throttling,
        Error::Unavailable => Kind::ServiceUnavailable,
        Error::Internal(_) => Kind::InternalFailure,
    }
}

/// What is not there, as this API sorts things: organizations, entities (with them what is kept beside people), and
/// resources, which are all the rest.
fn kind_of_absence(what: &str) -> Kind {
    match what {
        "organization" => Kind::OrganizationNotFound,
        "directory" => Kind::DirectoryUnavailable,
        "impersonation role"
        | "mobile device access override"
        | "availability configuration"
        | "identity provider configuration"
        | "identity center application"
        | "personal access token"
        | "email monitoring configuration" => Kind::ResourceNotFound,
        _ => Kind::EntityNotFound,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use reeve_domain::passwords::Rule;

    use super::*;

    fn check(error: Error, word: &str) {
        let fault = Fault::from(error);
        assert_eq!(fault.kind.word(), word, "{}", fault.message);
    }

    #[test]
    fn every_error_of_the_domain_has_its_name_here() {
        let text = String::new;
        check(Error::Unauthenticated, "UnrecognizedClientException");
        check(Error::SignInRefused, "UnrecognizedClientException");
        check(Error::ReauthenticationRequired, "AccessDeniedException");
        check(Error::SecondFactorEnrolmentRequired, "AccessDeniedException");
        check(Error::Denied { why: "" }, "AccessDeniedException");
        check(Error::SelfForbidden, "AccessDeniedException");
        check(Error::LastAdmin, "AccessDeniedException");
        check(Error::PolicyRefused { line: None, column: None, why: text() }, "InvalidParameterException");
        check(Error::Invalid(Invalid::new("alias", "is odd")), "InvalidParameterException");
        check(Error::Conflict { why: text() }, "InvalidParameterException");
        check(Error::VersionMismatch { is: 2 }, "InvalidParameterException");
        check(Error::NameTaken { field: "alias", why: text() }, "NameAvailabilityException");
        check(Error::AddressTaken { address: text(), why: text() }, "EmailAddressInUseException");
        check(Error::DomainTaken { domain: text(), why: text() }, "MailDomainInUseException");
        check(Error::DomainNotFound { domain: text() }, "MailDomainNotFoundException");
        check(Error::DomainUnverified { domain: text(), why: "is not verified yet" }, "MailDomainStateException");
        check(Error::PasswordRefused(Rule::Characters), "InvalidPasswordException");
        check(Error::WrongState { is: text(), needs: text() }, "EntityStateException");
        check(Error::Reserved { name: text() }, "EntityStateException");
        check(Error::OrganizationState { is: text(), needs: "" }, "OrganizationStateException");
        check(Error::KeyUnavailable { why: text() }, "OrganizationStateException");
        check(Error::DirectoryInUse, "DirectoryInUseException");
        check(Error::DirectoryUnavailable { why: text() }, "DirectoryUnavailableException");
        check(Error::ReadOnlyDirectory { pointer: "" }, "UnsupportedOperationException");
        check(Error::LimitReached { what: "users", limit: 1 }, "LimitExceededException");
        check(Error::Throttled { retry_after: Duration::from_secs(9) }, "ThrottlingException");
        check(Error::Unavailable, "ServiceUnavailable");
        check(Error::Internal(Arc::from("x")), "InternalFailure");
    }

    #[test]
    fn what_is_not_there_is_an_organization_an_entity_or_a_resource() {
        let name = String::new;
        for (what, word) in [
            ("organization", "OrganizationNotFoundException"),
            ("directory", "DirectoryUnavailableException"),
            ("user", "EntityNotFoundException"),
            ("group", "EntityNotFoundException"),
            ("resource", "EntityNotFoundException"),
            ("entity", "EntityNotFoundException"),
            ("mailbox", "EntityNotFoundException"),
            ("mobile device access rule", "EntityNotFoundException"),
            ("retention policy", "EntityNotFoundException"),
            ("impersonation role", "ResourceNotFoundException"),
            ("mobile device access override", "ResourceNotFoundException"),
            ("availability configuration", "ResourceNotFoundException"),
            ("identity provider configuration", "ResourceNotFoundException"),
            ("identity center application", "ResourceNotFoundException"),
            ("personal access token", "ResourceNotFoundException"),
            ("email monitoring configuration", "ResourceNotFoundException"),
        ] {
            check(Error::NotFound { what, name: name() }, word);
        }
    }

    #[test]
    fn what_went_wrong_inside_is_not_shown() {
        let fault = Fault::internal("secret detail");
        assert!(!fault.message.contains("secret"));
        assert_eq!((fault.kind.status().as_u16(), fault.internal.as_deref()), (500, Some("secret detail")));
    }
}
