//! One call of an operation: who asks, and the input, with what several operations do with it.

use aws_lc_rs::digest;
use reeve_base::ids::OrganizationId;
use reeve_domain::ctx::{Actor, ClientToken};
use reeve_domain::organizations::OrganizationRef;
use reeve_domain::page::PageRequest;
use reeve_domain::{Ctx, sealing};
use serde_json::{Map, Value};

use crate::faults::Fault;
use crate::input::Members;
use crate::shapes;

/// Items of a page when the caller names no number: as many as may be asked for.
const PAGE_DEFAULT: usize = 100;

/// Members that say nothing of what is asked, or that must not leave a trace, not even a hash.
const NOT_IN_FINGERPRINTS: [&str; 3] = ["ClientToken", "Password", "EwsPassword"];

/// Members that differ from page to page of one list.
const OF_ONE_PAGE: [&str; 2] = ["NextToken", "MaxResults"];

/// A call of an operation by somebody whose signature is right.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) ctx: Ctx,
    operation: &'static str,
    members: Map<String, Value>,
}

/// Which page is asked for, and of which list.
pub(crate) struct Paging {
    pub(crate) request: PageRequest,
    /// The name of the list, for [`Call::next_token`].
    pub(crate) list: String,
}

impl Call {
    pub(crate) fn new(ctx: Ctx, operation: &'static str, members: Map<String, Value>) -> Self {
        Self { ctx, operation, members }
    }

    /// The members of the input.
    pub(crate) fn input(&self) -> Members<'_> {
        Members::of(&self.members)
    }

    /// The organization that the input names.
    pub(crate) fn organization(&self) -> Result<OrganizationRef, Fault> {
        let id = self.input().text("OrganizationId", &shapes::ORGANIZATION_ID)?;
        Ok(OrganizationRef::Id(id.parse::<OrganizationId>()?))
    }

    /// The context that knows the client token of the input, where there is one.
    pub(crate) fn keyed(&self) -> Result<Ctx, Fault> {
        let token = self.input().optional_text("ClientToken", &shapes::CLIENT_TOKEN)?;
        Ok(match token {
            Some(token) => {
                let fingerprint = self.fingerprint(&NOT_IN_FINGERPRINTS);
                self.ctx.clone().with_client_token(ClientToken { token: token.to_owned(), fingerprint })
            }
            None => self.ctx.clone(),
        })
    }

    /// Which page the input asks for. A token serves only the operation and the input that it came from.
    pub(crate) fn paging(&self) -> Result<Paging, Fault> {
        let input = self.input();
        let limit = input.optional_number("MaxResults", &shapes::MAX_RESULTS)?;
        let limit = limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(PAGE_DEFAULT);
        let list = self.fingerprint(&OF_ONE_PAGE);
        let token = input.optional_text("NextToken", &shapes::NEXT_TOKEN)?;
        let cursor = token.map(|token| sealing::open_page_token(&self.ctx, &list, token)).transpose()?;
        Ok(Paging { request: PageRequest::uncounted(Some(limit), cursor), list })
    }

    /// The token of the page that follows, where one does.
    pub(crate) fn next_token(&self, list: &str, cursor: Option<String>) -> Result<Option<String>, Fault> {
        Ok(cursor.map(|cursor| sealing::seal_page_token(&self.ctx, list, &cursor)).transpose()?)
    }

    /// A digest of the operation and its input without some members, wherever they stand.
    fn fingerprint(&self, without: &[&str]) -> String {
        let mut text = format!("{}\n", self.operation);
        write_sorted(&mut text, &self.members, without);
        let hash = digest::digest(&digest::SHA256, text.as_bytes());
        hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Why the caller may not do this, in the words of AWS.
    pub(crate) fn denial(&self, why: &str) -> String {
        let account = self.ctx.account().map(ToString::to_string).unwrap_or_default();
        let user = match self.ctx.actor() {
            Actor::Administrator { username, .. } => username.as_str(),
            _ => "",
        };
        let region = &self.ctx.deployment().settings().region;
        let named = |name: &str| self.members.get(name).and_then(Value::as_str);
        let resource = match (named("OrganizationId"), named("ResourceARN")) {
            (Some(id), _) => format!("arn:aws:workmail:{region}:{account}:organization/{id}"),
            (None, Some(arn)) => arn.to_owned(),
            (None, None) => "*".to_owned(),
        };
        let operation = self.operation;
        format!(
            "User: arn:aws:iam::{account}:user/{user} is not authorized to perform: workmail:{operation} on resource: \
             {resource} because {why}"
        )
    }
}

/// Writes an object with its members in order, so that two inputs that say the same have one text.
fn write_sorted(text: &mut String, members: &Map<String, Value>, without: &[&str]) {
    // A member that is null is not there.
    let said = members.iter().filter(|(name, value)| !value.is_null() && !without.contains(&name.as_str()));
    let mut said: Vec<_> = said.collect();
    said.sort_by_key(|(name, _)| *name);
    text.push('{');
    for (name, value) in said {
        text.push_str(&Value::from(name.as_str()).to_string());
        write_value(text, value, without);
    }
    text.push('}');
}

fn write_value(text: &mut String, value: &Value, without: &[&str]) {
    match value {
        Value::Object(members) => write_sorted(text, members, without),
        Value::Array(values) => {
            text.push('[');
            for value in values {
                write_value(text, value, without);
            }
            text.push(']');
        }
        plain => {
            text.push_str(&plain.to_string());
            text.push(',');
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn text(value: &Value) -> String {
        let mut text = String::new();
        write_sorted(&mut text, value.as_object().unwrap(), &NOT_IN_FINGERPRINTS);
        text
    }

    #[test]
    fn what_says_the_same_has_one_text() {
        let one = json!({"B": [{"x": 1, "y": 2}], "A": "a", "ClientToken": "t", "Password": "p", "C": null});
        let same = json!({"A": "a", "B": [{"y": 2, "x": 1}], "ClientToken": "u", "Password": "q"});
        assert_eq!(text(&one), text(&same));
        assert!(!text(&json!({"EwsProvider": {"EwsPassword": "secret"}})).contains("secret"));
    }

    #[test]
    fn what_says_something_else_has_another_text() {
        let all = [
            json!({}),
            json!({"A": "a"}),
            json!({"A": ["a"]}),
            json!({"A": ["a", "b"]}),
            json!({"A": ["a,b"]}),
            json!({"A": [["a"], "b"]}),
            json!({"A": "a", "B": "b"}),
            json!({"A": "aB"}),
            json!({"A": {"B": "b"}}),
            json!({"A": {}, "B": "b"}),
            json!({"A": 1}),
            json!({"A": "1"}),
            json!({"A": true}),
            json!({"A": [1, 2]}),
            json!({"A": [12]}),
        ];
        for (number, one) in all.iter().enumerate() {
            for other in &all[..number] {
                assert_ne!(text(one), text(other), "{one} {other}");
            }
        }
    }
}
