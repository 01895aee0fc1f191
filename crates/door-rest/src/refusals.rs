//! A refusal on its way to the wire, and the one translation of the domain's errors.
//!
//! A handler returns a [`Refusal`]; the gate, which knows the request id, writes the body.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use axum::response::{IntoResponse, Response};
use reeve_base::Invalid;
use reeve_domain::Error;

use crate::problem::{Code, Reason};

/// When to come back after the service was busy: by then a burst is over.
const BUSY_RETRY_AFTER: Duration = Duration::from_secs(1);

/// Characters of a field's name that are repeated to the caller who made it up.
const FIELD_CHARS_MAX: usize = 64;

/// Why a request is not done.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    pub(crate) code: Code,
    pub(crate) detail: Cow<'static, str>,
    pub(crate) field: Option<Cow<'static, str>>,
    pub(crate) rule: Option<&'static str>,
    pub(crate) place: Place,
    pub(crate) retry_after: Option<Duration>,
    /// What the log says of a failure of ours; never shown.
    pub(crate) internal: Option<Arc<str>>,
}

/// Where a text is wrong, from 1, as far as that is known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) line: Option<u32>,
    pub(crate) column: Option<u32>,
}

impl Place {
    fn of(line: Option<usize>, column: Option<usize>) -> Self {
        // No text that we take comes near four thousand million lines.
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Self { line: line.map(count), column: column.map(count) }
    }
}

impl Refusal {
    /// A refusal of this kind, for a stated reason.
    pub(crate) fn new(code: Code, detail: impl Into<Cow<'static, str>>) -> Self {
        let retry_after = matches!(code, Code::Unavailable).then_some(BUSY_RETRY_AFTER);
        let detail = detail.into();
        Self { code, detail, field: None, rule: None, place: Place::default(), retry_after, internal: None }
    }

    /// Too many attempts; `after` is whole seconds.
    pub(crate) fn throttled(after: Duration) -> Self {
        let detail = format!("too many attempts; try again in {} seconds", after.as_secs());
        Self { retry_after: Some(after), ..Self::new(Code::Throttled, detail) }
    }

    /// A value that is wrong by its shape; `field` is a field, a parameter or a header.
    pub(crate) fn invalid(field: impl Into<Cow<'static, str>>, why: impl AsRef<str>) -> Self {
        let mut field = field.into();
        if field.chars().count() > FIELD_CHARS_MAX {
            field = field.chars().take(FIELD_CHARS_MAX).chain(['…']).collect::<String>().into();
        }
        let detail = format!("{field}: {}", why.as_ref());
        Self { field: Some(field), ..Self::new(Code::Invalid, detail) }
    }

    /// A failure of ours that this door noticed.
    pub(crate) fn internal(why: impl Into<Arc<str>>) -> Self {
        Error::Internal(why.into()).into()
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = self.code.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<Invalid> for Refusal {
    fn from(invalid: Invalid) -> Self {
        Error::Invalid(invalid).into()
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        let mut refusal = Self::new(code_of(&error), error.to_string());
        refusal.field = error.field().map(Cow::Borrowed);
        match error {
            Error::PasswordRefused(rule) => refusal.rule = Some(rule.code()),
            Error::PolicyRefused { line, column, .. } => refusal.place = Place::of(line, column),
            Error::Throttled { retry_after } => refusal.retry_after = Some(retry_after),
            Error::Internal(why) => refusal.internal = Some(why),
            _ => {}
        }
        refusal
    }
}

/// The only translation of the domain's errors to this wire.
fn code_of(error: &Error) -> Code {
    match error {
        Error::Unauthenticated => Code::Unauthenticated,
        Error::SignInRefused => Code::SignInRefused,
        Error::ReauthenticationRequired => Code::ReauthenticationRequired,
        Error::SecondFactorEnrolmentRequired => Code::SecondFactorEnrolmentRequired,
        Error::PolicyRefused { .. } => Code::PolicyRefused,
        Error::Denied { .. } => Code::Denied,
        Error::NotFound { .. } => Code::NotFound,
        Error::NameTaken { .. } => Code::NameTaken,
        Error::AddressTaken { .. } => Code::AddressTaken,
        Error::DomainTaken { .. } => Code::DomainTaken,
        Error::Invalid(_) => Code::Invalid,
        Error::PasswordRefused(_) => Code::PasswordRefused,
        Error::WrongState { .. } => Code::WrongState,
        Error::OrganizationState { .. } => Code::OrganizationState,
        Error::DirectoryInUse => Code::DirectoryInUse,
        Error::DirectoryUnavailable { .. } => Code::DirectoryUnavailable,
        Error::DomainNotFound { .. } => Code::DomainNotFound,
        Error::DomainUnverified { .. } => Code::DomainUnverified,
        Error::ReadOnlyDirectory { .. } => Code::ReadOnlyDirectory,
        Error::Reserved { .. } => Code::Reserved,
        Error::LimitReached { .. } => Code::LimitReached,
        Error::SelfForbidden => Code::SelfForbidden,
        Error::LastAdmin => Code::LastAdmin,
        Error::Conflict { .. } => Code::Conflict,
        Error::VersionMismatch { .. } => Code::VersionMismatch,
        Error::Throttled { .. } => Code::Throttled,
        Error::KeyUnavailable { .. } => Code::KeyUnavailable,
        Error::Unavailable => Code::Unavailable,
        Error::Internal(_) => Code::Internal,
    }
}

impl From<Error> for Reason {
    fn from(error: Error) -> Self {
        let rule = match &error {
            Error::PasswordRefused(rule) => Some(rule.code()),
            _ => None,
        };
        Self { code: code_of(&error).word(), field: error.field(), detail: error.to_string(), rule }
    }
}

#[cfg(test)]
mod tests {
    use reeve_domain::passwords::Rule;

    use super::*;

    fn check(error: Error, status: u16) {
        let word = error.code();
        let refusal = Refusal::from(error);
        assert_eq!((refusal.code.word(), refusal.code.status().as_u16()), (word, status));
    }

    #[test]
    fn every_error_has_the_status_of_the_contract() {
        let text = String::new;
        check(Error::Unauthenticated, 401);
        check(Error::SignInRefused, 401);
        check(Error::ReauthenticationRequired, 401);
        check(Error::SecondFactorEnrolmentRequired, 403);
        check(Error::PolicyRefused { line: Some(1), column: None, why: text() }, 400);
        check(Error::Denied { why: "" }, 403);
        check(Error::SelfForbidden, 403);
        check(Error::NotFound { what: "user", name: text() }, 404);
        check(Error::NameTaken { field: "alias", why: text() }, 409);
        check(Error::AddressTaken { address: text(), why: text() }, 409);
        check(Error::DomainTaken { domain: text(), why: text() }, 409);
        check(Error::WrongState { is: text(), needs: text() }, 409);
        check(Error::OrganizationState { is: text(), needs: "" }, 409);
        check(Error::DirectoryInUse, 409);
        check(Error::LastAdmin, 409);
        check(Error::Reserved { name: text() }, 409);
        check(Error::Conflict { why: text() }, 409);
        check(Error::ReadOnlyDirectory { pointer: "" }, 409);
        check(Error::LimitReached { what: "users", limit: 1 }, 409);
        check(Error::VersionMismatch { is: 2 }, 412);
        check(Error::Invalid(Invalid::new("alias", "is odd")), 400);
        check(Error::PasswordRefused(Rule::Characters), 422);
        check(Error::DomainNotFound { domain: text() }, 422);
        check(Error::DomainUnverified { domain: text(), why: "is not verified yet" }, 422);
        check(Error::Throttled { retry_after: Duration::from_secs(9) }, 429);
        check(Error::KeyUnavailable { why: text() }, 503);
        check(Error::Unavailable, 503);
        check(Error::DirectoryUnavailable { why: text() }, 409);
        check(Error::Internal(Arc::from("secret detail")), 500);
    }

    #[test]
    fn what_went_wrong_inside_is_not_shown() {
        let refusal = Refusal::from(Error::Internal(Arc::from("secret detail")));
        assert!(!refusal.detail.contains("secret"));
        assert_eq!(refusal.internal.as_deref(), Some("secret detail"));
    }

    #[test]
    fn a_policy_is_refused_by_line_and_column() {
        let refusal = Refusal::from(Error::PolicyRefused { line: Some(3), column: Some(7), why: String::new() });
        assert_eq!(refusal.place, Place { line: Some(3), column: Some(7) });
    }

    #[test]
    fn a_field_that_the_caller_made_up_is_cut_short() {
        let refusal = Refusal::invalid("x".repeat(10_000), "is not known");
        assert!(refusal.detail.len() < 200);
    }
}
