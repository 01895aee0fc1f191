//! Why a command did not do what was asked: one sentence, one hint, one exit code.

use serde::Deserialize;

use crate::render::clean;

/// What kind of end a command came to, from which its exit code follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// The server said no, or not everything could be done: 1.
    Refused,
    /// The command was called in a way that cannot work: 2.
    Usage,
    /// No server answered, or it fell silent: 3.
    Unreachable,
    /// ^C; 130 is what shells report for it.
    Interrupted,
    /// Nobody reads the output any more; 141 is what shells report for it.
    PipeClosed,
}

/// The end of a command that did not do what was asked.
#[derive(Debug)]
pub(crate) struct Failure(Box<Told>);

#[derive(Debug)]
struct Told {
    kind: Kind,
    detail: String,
    hint: String,
    problem: Option<(Problem, String)>,
}

/// A refusal as the server writes it (RFC 9457), as far as people are told.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(crate) struct Problem {
    pub(crate) status: u16,
    pub(crate) title: String,
    pub(crate) detail: String,
    pub(crate) code: String,
    pub(crate) field: Option<String>,
    pub(crate) request_id: Option<String>,
    /// Where in a text that was sent, from 1; for policies.
    pub(crate) line: Option<u64>,
    pub(crate) column: Option<u64>,
}

impl Failure {
    fn new(kind: Kind, detail: impl Into<String>, hint: impl Into<String>) -> Self {
        Self(Box::new(Told { kind, detail: detail.into(), hint: hint.into(), problem: None }))
    }

    /// Not everything that was asked for could be done.
    pub(crate) fn not_done(detail: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(Kind::Refused, detail, hint)
    }

    /// The command was called in a way that cannot work.
    pub(crate) fn usage(detail: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(Kind::Usage, detail, hint)
    }

    /// No server answered, or it fell silent before it was done.
    pub(crate) fn unreachable(detail: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(Kind::Unreachable, detail, hint)
    }

    /// The person pressed ^C.
    pub(crate) fn interrupted(detail: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(Kind::Interrupted, detail, hint)
    }

    /// Nobody reads standard output any more.
    pub(crate) fn pipe_closed() -> Self {
        Self::new(Kind::PipeClosed, "", "")
    }

    /// The server's refusal; `text` is the problem as it came.
    pub(crate) fn refused(problem: &Problem, text: String) -> Self {
        let mut detail = if problem.detail.is_empty() { problem.title.clone() } else { problem.detail.clone() };
        if let Some(field) = problem.field.as_deref().filter(|field| !mentions(&detail, field)) {
            detail = format!("{field}: {detail}");
        }
        if problem.status >= 500
            && let Some(id) = &problem.request_id
        {
            detail = format!("{} (request {id})", detail.trim_end_matches('.'));
        }
        let mut failure = Self::new(Kind::Refused, detail, hint(problem));
        failure.0.problem = Some((problem.clone(), text));
        failure
    }

    /// The same failure with a better hint than the general one.
    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = hint.into();
        self
    }

    /// Whether it is a refusal of the server with this code.
    pub(crate) fn is(&self, code: &str) -> bool {
        self.0.problem.as_ref().is_some_and(|(problem, _)| problem.code == code)
    }

    /// The same refusal, said of the place in the file that it is about; other failures stay as they are.
    pub(crate) fn in_file(mut self, file: &str) -> Self {
        if let Some((problem, _)) = &self.0.problem
            && let Some(line) = problem.line
        {
            self.0.detail = format!("{file}:{line}:{}: {}", problem.column.unwrap_or(1), problem.detail);
        }
        self
    }

    /// Whether nothing should be said about it.
    pub(crate) fn is_silent(&self) -> bool {
        self.0.kind == Kind::PipeClosed
    }

    /// Whether the person ended the command.
    pub(crate) fn is_interruption(&self) -> bool {
        self.0.kind == Kind::Interrupted
    }

    /// The exit code of the process.
    pub(crate) fn exit_code(&self) -> u8 {
        match self.0.kind {
            Kind::Refused => 1,
            Kind::Usage => 2,
            Kind::Unreachable => 3,
            Kind::Interrupted => 130,
            Kind::PipeClosed => 141,
        }
    }

    /// What was refused or went wrong.
    pub(crate) fn sentence(&self) -> String {
        clean(&self.0.detail)
    }

    /// What to do next.
    pub(crate) fn hint(&self) -> String {
        clean(&self.0.hint)
    }

    /// One line for programs: the server's problem as it came, or an object of the same form.
    pub(crate) fn to_json(&self) -> String {
        if let Some((_, text)) = &self.0.problem {
            return text.replace(['\n', '\r'], " ");
        }
        let code = match self.0.kind {
            Kind::Refused | Kind::PipeClosed => "not_done",
            Kind::Usage => "usage",
            Kind::Unreachable => "unreachable",
            Kind::Interrupted => "interrupted",
        };
        serde_json::json!({ "code": code, "detail": self.0.detail, "hint": self.0.hint }).to_string()
    }
}

fn mentions(detail: &str, field: &str) -> bool {
    detail.contains(field) || detail.contains(&field.replace('_', " "))
}

/// What to do about a refusal, when the command itself knows nothing better.
fn hint(problem: &Problem) -> &'static str {
    match problem.code.as_str() {
        "invalid" if problem.field.as_deref() == Some("account") => {
            "name one with --account or REEVE_ACCOUNT; reeve account list shows them"
        }
        "invalid" => "correct the value and run the command again; --help shows what each option takes",
        "unauthenticated" => "sign in with reeve login --server URL, or say who you are in REEVE_TOKEN",
        "reauthentication_required" => "this needs your password anew: reeve session reauthenticate",
        "second_factor_enrolment_required" => "the account demands a second factor: reeve second-factor totp",
        "sign_in_refused" => "check the name and the password; several wrong ones lock the name for a while",
        "denied" | "self_forbidden" => "ask an administrator who may do this; reeve session show says who you are",
        "not_found" => "list shows what is there, such as reeve org list, reeve user list or reeve admin list",
        "name_taken" => "choose another name, or look at the one that has it with show",
        "address_taken" => "choose another address; reeve entity find ADDRESS says whose it is",
        "domain_taken" => "reeve domain list shows which domain is the default and which is the test domain",
        "wrong_state" => "look at the state with show, bring it to the one that is needed, and try again",
        "organization_state" => "reeve org states ORG shows how far the organization has come",
        "directory_in_use" => "name another directory, or leave --directory-id out to get a new one",
        "last_admin" => "make somebody else an administrator first",
        "reserved" => "choose another name: the system keeps this one for itself",
        "conflict" => "look at what is there now, then run the command again",
        "read_only_directory" => "make the change where the directory is kept",
        "limit_reached" => "remove what is no longer needed and try again",
        "version_mismatch" => "somebody changed it in the meantime: look at it with show and give its version again",
        "policy_refused" => "correct the policy; reeve policy check FILE tries one without keeping it",
        "password_refused" => "reeve directory show shows the rules; --generate-password makes one that fits",
        "domain_not_found" | "domain_unverified" => "reeve domain list shows the domains that addresses can use",
        "payload_too_large" => "split the file and send the parts one after the other",
        "directory_unavailable" => "name another directory; reeve directory list shows those of the account",
        "throttled" | "unavailable" => "wait a moment and run the command again",
        "internal" => "the server's log says more under that request; run reeve doctor on its machine",
        _ if problem.status >= 500 => "wait a moment and run the command again",
        _ => "see that the address is one of a Reeve server and that both are of one version",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(status: u16, code: &str, detail: &str, field: Option<&str>) -> Failure {
        let problem = Problem {
            status,
            code: code.to_owned(),
            detail: detail.to_owned(),
            field: field.map(str::to_owned),
            request_id: Some("r-1".to_owned()),
            ..Problem::default()
        };
        Failure::refused(&problem, "{}".to_owned())
    }

    #[test]
    fn every_kind_has_its_exit_code() {
        let kinds = [
            (Failure::not_done("", ""), 1),
            (problem(409, "name_taken", "", None), 1),
            (Failure::usage("", ""), 2),
            (Failure::unreachable("", ""), 3),
            (Failure::interrupted("", ""), 130),
            (Failure::pipe_closed(), 141),
        ];
        for (failure, code) in kinds {
            assert_eq!(failure.exit_code(), code);
        }
    }

    #[test]
    fn the_field_is_named_once() {
        let named = problem(400, "invalid", "display_name must not be empty", Some("display_name"));
        assert_eq!(named.sentence(), "display_name must not be empty");
        let unnamed = problem(400, "invalid", "must not be empty", Some("display_name"));
        assert_eq!(unnamed.sentence(), "display_name: must not be empty");
    }

    #[test]
    fn the_request_is_named_when_the_server_is_at_fault() {
        assert_eq!(problem(500, "internal", "something broke.", None).sentence(), "something broke (request r-1)");
        assert_eq!(problem(404, "not_found", "no such user", None).sentence(), "no such user");
    }

    #[test]
    fn every_code_of_the_contract_has_a_hint() {
        let codes = "invalid unauthenticated sign_in_refused denied self_forbidden not_found name_taken address_taken \
            domain_taken wrong_state organization_state directory_in_use last_admin reserved conflict \
            read_only_directory limit_reached version_mismatch password_refused domain_not_found domain_unverified \
            payload_too_large throttled internal unavailable directory_unavailable reauthentication_required \
            second_factor_enrolment_required policy_refused";
        let general = problem(418, "teapot", "", None).hint();
        for code in codes.split_whitespace() {
            let hint = problem(400, code, "", None).hint();
            assert!(!hint.is_empty() && hint != general, "{code}");
        }
    }

    #[test]
    fn a_place_in_a_file_is_named_as_editors_read_it() {
        let refused = |line, column| {
            let problem = Problem {
                code: "policy_refused".to_owned(),
                detail: "no".to_owned(),
                line,
                column,
                ..Problem::default()
            };
            Failure::refused(&problem, "{}".to_owned()).in_file("p.cedar").sentence()
        };
        assert_eq!(refused(Some(3), Some(14)), "p.cedar:3:14: no");
        assert_eq!(refused(Some(3), None), "p.cedar:3:1: no");
        assert_eq!(refused(None, None), "no");
        assert_eq!(Failure::usage("x", "").in_file("p.cedar").sentence(), "x");
    }

    #[test]
    fn programs_get_the_problem_as_it_came() {
        assert_eq!(problem(400, "invalid", "", None).to_json(), "{}");
        assert_eq!(
            Failure::unreachable("gone", "start it").to_json(),
            r#"{"code":"unreachable","detail":"gone","hint":"start it"}"#
        );
    }

    #[test]
    fn a_detail_cannot_drive_the_terminal() {
        assert_eq!(problem(400, "invalid", "no \u{1b}[2J", None).sentence(), "no \\u{1b}[2J");
    }
}
