//! What a policy allows, as it comes in: permissions from arguments or a file, or Cedar text from a file.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::permission::{Permission, permission};
use crate::commands::input::{shown, text};
use crate::context::Context;
use crate::failure::Failure;

/// What a policy allows; one of the three.
#[derive(Debug, Clone, clap::Args)]
#[group(id = "content", multiple = false)]
pub(super) struct Content {
    /// Permission, such as user:read,update@acme or *:read; may be given several times
    #[arg(long = "allow", value_name = "TYPE:ACTIONS[@ORGS|#IDS]", value_parser = permission)]
    allowed: Vec<Permission>,
    /// File of permissions as a JSON array; - reads standard input
    #[arg(long, value_name = "FILE")]
    permissions_file: Option<PathBuf>,
    /// File of policies in Cedar; - reads standard input
    #[arg(long, value_name = "FILE")]
    cedar_file: Option<PathBuf>,
}

impl Content {
    /// Puts it into the body of a request.
    pub(super) fn put_into(&self, ctx: &mut Context, body: &mut Map<String, Value>) -> Result<(), Failure> {
        if !self.allowed.is_empty() {
            body.insert("permissions".to_owned(), json!(self.allowed));
        } else if let Some(path) = &self.permissions_file {
            body.insert("permissions".to_owned(), permissions(path, &text(ctx, path)?)?);
        } else if let Some(path) = &self.cedar_file {
            body.insert("cedar".to_owned(), Value::from(text(ctx, path)?));
        }
        Ok(())
    }

    /// The failure, said of the file if the policy came from one.
    pub(super) fn place(&self, failure: Failure) -> Failure {
        match self.permissions_file.as_ref().or(self.cedar_file.as_ref()) {
            Some(path) => failure.in_file(&shown(path)),
            None => failure,
        }
    }
}

/// The array of permissions in a file, also when it stands within a policy as `show -o json` prints it.
fn permissions(path: &Path, text: &str) -> Result<Value, Failure> {
    let hint = "the file must hold an array of permissions, as policy show -o json prints it";
    let wrong = |place: String| Failure::usage(format!("{}{place}", shown(path)), hint);
    let value: Value =
        serde_json::from_str(text).map_err(|why| wrong(format!(":{}:{}: {why}", why.line(), why.column())))?;
    match value {
        Value::Array(_) => Ok(value),
        Value::Object(mut policy) => {
            let within = policy.remove("permissions").filter(Value::is_array);
            within.ok_or_else(|| wrong(" has no permissions".to_owned()))
        }
        _ => Err(wrong(" has no permissions".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permissions_stand_alone_or_within_a_policy() {
        let read = |text| permissions(Path::new("p.json"), text).map_err(|failure| failure.sentence());
        assert_eq!(read("[1]"), Ok(json!([1])));
        assert_eq!(read(r#"{"name":"x","permissions":[1]}"#), Ok(json!([1])));
        assert_eq!(read(r#"{"permissions":null}"#), Err("p.json has no permissions".to_owned()));
        let broken = read("[\n  1,,\n]").unwrap_err();
        assert!(broken.starts_with("p.json:2:5: "), "{broken}");
    }
}
