//! Problems as they appear on the wire (RFC 9457): every code with its status and title, in one list.
//!
//! Nothing else in this door names a status of a refusal.

use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

macro_rules! codes {
    ($($name:ident: $word:literal, $status:ident, $title:literal;)*) => {
        /// What went wrong, in one word that never changes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum Code { $($name),* }

        impl Code {
            /// Every code.
            pub(crate) const ALL: &[Self] = &[$(Self::$name),*];

            /// The word for it on the wire.
            pub(crate) fn word(self) -> &'static str {
                match self { $(Self::$name => $word),* }
            }

            /// The status that goes with it.
            pub(crate) fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status),* }
            }

            /// The same few words for every problem of this code.
            pub(crate) fn title(self) -> &'static str {
                match self { $(Self::$name => $title),* }
            }
        }
    };
}

codes! {
    Invalid: "invalid", BAD_REQUEST, "A value is not valid";
    PolicyRefused: "policy_refused", BAD_REQUEST, "The policy cannot be kept";
    Unauthenticated: "unauthenticated", UNAUTHORIZED, "Nobody is signed in";
    SignInRefused: "sign_in_refused", UNAUTHORIZED, "The sign-in was refused";
    ReauthenticationRequired: "reauthentication_required", UNAUTHORIZED, "The sign-in is not fresh enough for this";
    Denied: "denied", FORBIDDEN, "This is not allowed";
    SecondFactorEnrolmentRequired: "second_factor_enrolment_required", FORBIDDEN, "A second factor is demanded";
    SelfForbidden: "self_forbidden", FORBIDDEN, "Nobody does this to themselves";
    NotFound: "not_found", NOT_FOUND, "There is no such thing";
    MethodNotAllowed: "method_not_allowed", METHOD_NOT_ALLOWED, "The resource does not know this method";
    NameTaken: "name_taken", CONFLICT, "The name is taken";
    AddressTaken: "address_taken", CONFLICT, "The address is taken";
    DomainTaken: "domain_taken", CONFLICT, "The domain is in use";
    WrongState: "wrong_state", CONFLICT, "The state does not allow this";
    OrganizationState: "organization_state", CONFLICT, "The state of the organization does not allow this";
    DirectoryInUse: "directory_in_use", CONFLICT, "The directory is in use";
    DirectoryUnavailable: "directory_unavailable", CONFLICT, "The directory cannot be used";
    LastAdmin: "last_admin", CONFLICT, "One administrator must remain";
    Reserved: "reserved", CONFLICT, "The name is reserved";
    Conflict: "conflict", CONFLICT, "Two requests contradict each other";
    ReadOnlyDirectory: "read_only_directory", CONFLICT, "The directory is managed elsewhere";
    LimitReached: "limit_reached", CONFLICT, "A limit is reached";
    VersionMismatch: "version_mismatch", PRECONDITION_FAILED, "It was changed meanwhile";
    PayloadTooLarge: "payload_too_large", PAYLOAD_TOO_LARGE, "The body is too large";
    UnsupportedMediaType: "unsupported_media_type", UNSUPPORTED_MEDIA_TYPE, "The body has another media type";
    PasswordRefused: "password_refused", UNPROCESSABLE_ENTITY, "The password breaks a rule";
    DomainNotFound: "domain_not_found", UNPROCESSABLE_ENTITY, "The organization has no such domain";
    DomainUnverified: "domain_unverified", UNPROCESSABLE_ENTITY, "The domain is not verified";
    Throttled: "throttled", TOO_MANY_REQUESTS, "Too many requests";
    Internal: "internal", INTERNAL_SERVER_ERROR, "Something went wrong on our side";
    KeyUnavailable: "key_unavailable", SERVICE_UNAVAILABLE, "The encryption key cannot be used";
    Unavailable: "unavailable", SERVICE_UNAVAILABLE, "The service is busy";
}

impl Code {
    /// The code that this word stands for.
    pub(crate) fn of_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.word() == word)
    }

    /// The URN that RFC 9457 calls the type of the problem.
    pub(crate) fn urn(self) -> String {
        format!("urn:reeve:problem:{}", self.word())
    }
}

/// A refusal or a failure, as RFC 9457 has it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Problem<'a> {
    /// The kind of problem, as a URN that ends in the code.
    #[serde(rename = "type")]
    #[schema(example = "urn:reeve:problem:not_found")]
    pub(crate) urn: String,
    /// The same few words for every problem of this kind.
    #[schema(example = "There is no such thing")]
    pub(crate) title: &'a str,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599, example = 404)]
    pub(crate) status: u16,
    /// What happened, and what to do about it.
    #[schema(example = "there is no user \"ada\"")]
    pub(crate) detail: &'a str,
    /// The kind of problem in one word, for programs.
    #[schema(example = "not_found")]
    pub(crate) code: &'a str,
    /// The field, parameter or header at fault, where one is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    pub(crate) field: Option<&'a str>,
    /// The rule that a password breaks.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    pub(crate) rule: Option<&'a str>,
    /// The line at which a policy in Cedar is wrong, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false, minimum = 1)]
    pub(crate) line: Option<u32>,
    /// The column at which it is wrong, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false, minimum = 1)]
    pub(crate) column: Option<u32>,
    /// Names this request in logs and events.
    #[schema(example = "019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a80")]
    pub(crate) request_id: &'a str,
}

/// Why one of several was refused.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Reason {
    /// The kind of problem in one word, for programs.
    #[schema(example = "address_taken")]
    pub(crate) code: &'static str,
    /// The field at fault, where one is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    pub(crate) field: Option<&'static str>,
    /// What happened, and what to do about it.
    pub(crate) detail: String,
    /// The rule that a password breaks.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    pub(crate) rule: Option<&'static str>,
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_code_is_one_word_and_an_error() {
        let words: HashSet<_> = Code::ALL.iter().map(|code| code.word()).collect();
        assert_eq!(words.len(), Code::ALL.len());
        for code in Code::ALL {
            assert!(code.status().is_client_error() || code.status().is_server_error());
            assert_eq!(Code::of_word(code.word()), Some(*code));
        }
    }
}
