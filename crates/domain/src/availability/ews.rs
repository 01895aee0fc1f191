//! What a server that speaks Exchange Web Services is asked to learn whether it takes a username and a password, and
//! what its answer is taken for. The answer itself is looked at and never shown.

use reeve_base::Secret;
use reeve_base::limits::AVAILABILITY_TEST_TIMEOUT;
use reeve_base::outbound::{Answer, Question, Unanswered};

use crate::error::Error;

/// What every client asks first: the folder that holds all others, and of it no more than its id. A server that takes the
/// sign-in answers with a SOAP envelope, even where the user has no mailbox.
const GET_ROOT: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages" xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types">
<soap:Header><t:RequestServerVersion Version="Exchange2010_SP2"/></soap:Header>
<soap:Body><m:GetFolder>
<m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape>
<m:FolderIds><t:DistinguishedFolderId Id="msgfolderroot"/></m:FolderIds>
</m:GetFolder></soap:Body>
</soap:Envelope>
"#;

/// What stands in every SOAP envelope and in no page for people.
const ENVELOPE: &[u8] = b"http://schemas.xmlsoap.org/soap/envelope/";

/// The question to an endpoint.
pub(super) fn question(endpoint: &str, username: &str, password: &Secret) -> Question {
    Question {
        url: endpoint.to_owned(),
        username: username.to_owned(),
        password: password.clone(),
        content_type: "text/xml; charset=utf-8",
        body: GET_ROOT.to_owned(),
    }
}

/// Why the endpoint does not serve; `None` when it does.
///
/// Errors: `Unavailable` when it was not asked, because too many others are being asked.
pub(super) fn failure(answered: Result<Answer, Unanswered>) -> Result<Option<String>, Error> {
    let said = match answered {
        Ok(answer) => return Ok(judge(&answer).map(str::to_owned)),
        Err(Unanswered::Busy) => return Err(Error::Unavailable),
        Err(Unanswered::Malformed) => "the endpoint cannot be read as an address",
        Err(Unanswered::NameUnknown) => "the name of the endpoint's host is not known",
        Err(Unanswered::Forbidden) => {
            "the endpoint is at an address that this deployment does not connect to; its operator can allow it with \
             outbound.allowed_networks"
        }
        Err(Unanswered::Unreachable) => "nothing accepts connections at the endpoint",
        Err(Unanswered::Insecure) => {
            "the endpoint does not speak TLS, or shows a certificate that is not valid for its name"
        }
        Err(Unanswered::TimedOut) => {
            let seconds = AVAILABILITY_TEST_TIMEOUT.as_secs();
            return Ok(Some(format!("the endpoint did not answer within {seconds} seconds")));
        }
        Err(Unanswered::Unintelligible) => "what answers at the endpoint does not speak HTTP, or hung up",
        Err(Unanswered::TooLong) => "the endpoint answers with more than an EWS server would",
    };
    Ok(Some(said.to_owned()))
}

fn judge(answer: &Answer) -> Option<&'static str> {
    match answer.status {
        200 if answer.body.windows(ENVELOPE.len()).any(|part| part == ENVELOPE) => None,
        200 => Some("what answers at the endpoint is not EWS"),
        401 => Some("the endpoint refuses the username or the password"),
        403 => Some("the endpoint does not let this user in"),
        404 | 410 => Some("there is nothing at the path of the endpoint"),
        300..=399 => Some("the endpoint points elsewhere, which is not followed; give the address that it points to"),
        400..=499 => Some("the endpoint does not take the request"),
        500..=599 => Some("the endpoint answers with a failure of its own"),
        _ => Some("the endpoint answers with something that is not known here"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Characters of a reason (shape `String` of the model).
    const REASON_CHARS_MAX: usize = 256;

    fn check(answered: Result<(u16, &str), Unanswered>, expected: Option<&str>) {
        let answered = answered.map(|(status, body)| Answer { status, body: body.as_bytes().to_vec() });
        let said = failure(answered.clone()).unwrap();
        match expected {
            None => assert_eq!(said, None, "{answered:?}"),
            Some(words) => {
                let said = said.unwrap();
                assert!(said.contains(words) && said.chars().count() <= REASON_CHARS_MAX, "{answered:?}: {said}");
                assert!(!said.contains("hunter2"), "{said}");
            }
        }
    }

    #[test]
    fn only_an_envelope_that_came_with_success_passes() {
        let envelope = r#"<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"/>"#;
        check(Ok((200, envelope)), None);
        check(Ok((200, "<html>hunter2</html>")), Some("is not EWS"));
        check(Ok((200, "")), Some("is not EWS"));
        for (status, words) in [
            (201, "not known here"),
            (302, "points elsewhere"),
            (400, "does not take"),
            (401, "refuses the username or the password"),
            (403, "does not let this user in"),
            (404, "nothing at the path"),
            (500, "a failure of its own"),
            (999, "not known here"),
        ] {
            check(Ok((status, envelope)), Some(words));
        }
    }

    #[test]
    fn every_way_to_get_no_answer_has_its_sentence() {
        for (why, words) in [
            (Unanswered::Malformed, "cannot be read"),
            (Unanswered::NameUnknown, "is not known"),
            (Unanswered::Forbidden, "outbound.allowed_networks"),
            (Unanswered::Unreachable, "nothing accepts"),
            (Unanswered::Insecure, "certificate"),
            (Unanswered::TimedOut, "within 10 seconds"),
            (Unanswered::Unintelligible, "does not speak HTTP"),
            (Unanswered::TooLong, "more than"),
        ] {
            check(Err(why), Some(words));
        }
        assert!(matches!(failure(Err(Unanswered::Busy)), Err(Error::Unavailable)));
    }

    #[test]
    fn a_question_shows_its_password_to_nobody_who_prints_it() {
        let question = question("https://ews.example.com/", "ada", &Secret::from("hunter2"));
        assert!(!format!("{question:?}").contains("hunter2"));
        assert!(!question.body.contains("hunter2"));
    }
}
