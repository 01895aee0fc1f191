//! The refused rows of an import as a CSV file, for whoever has to correct them.

use std::path::Path;

use super::tally::Row;
use crate::failure::Failure;
use crate::files::PrivateFile;

/// The headings.
const HEAD: [&str; 7] = ["line", "username", "email", "code", "field", "rule", "reason"];

/// A report that is being written.
pub(super) struct Report(PrivateFile);

impl Report {
    /// Starts the report that will stand at `path`.
    pub(super) fn create(path: &Path) -> Result<Self, Failure> {
        let mut file = PrivateFile::create(path)?;
        file.write(&record(HEAD.map(str::to_owned))?)?;
        Ok(Self(file))
    }

    /// Adds one refused row.
    pub(super) fn add(&mut self, row: &Row) -> Result<(), Failure> {
        self.0.write(&line(row)?)
    }

    /// Puts the report in its place.
    pub(super) fn keep(self) -> Result<(), Failure> {
        self.0.keep()
    }
}

fn line(row: &Row) -> Result<Vec<u8>, Failure> {
    let reason = row.problem.clone().unwrap_or_default();
    record([
        row.line.to_string(),
        row.username.clone().unwrap_or_default(),
        row.email.clone().unwrap_or_default(),
        reason.code,
        reason.field.unwrap_or_default(),
        reason.rule.unwrap_or_default(),
        reason.detail,
    ])
}

fn record(fields: [String; 7]) -> Result<Vec<u8>, Failure> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let unwritable =
        |why: String| Failure::not_done(format!("could not write the report: {why}"), "leave --report out");
    writer.write_record(fields.map(harmless)).map_err(|why| unwritable(why.to_string()))?;
    writer.into_inner().map_err(|why| unwritable(why.error().to_string()))
}

/// The field so that no spreadsheet takes it for a formula: it may come from a file that a stranger wrote.
fn harmless(field: String) -> String {
    if field.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{field}") } else { field }
}

#[cfg(test)]
mod tests {
    use super::super::tally::Reason;
    use super::*;

    fn written(row: &Row) -> String {
        String::from_utf8(line(row).unwrap()).unwrap()
    }

    #[test]
    fn a_refused_row_is_one_record() {
        let row = Row {
            line: 7,
            username: Some("ada".to_owned()),
            email: None,
            problem: Some(Reason {
                code: "invalid".to_owned(),
                field: Some("display_name".to_owned()),
                detail: "must have at most 256 characters, has \"many\"\nreally".to_owned(),
                rule: None,
            }),
            ..Row::default()
        };
        let expected = "7,ada,,invalid,display_name,,\"must have at most 256 characters, has \"\"many\"\"\nreally\"\n";
        assert_eq!(written(&row), expected);
    }

    #[test]
    fn no_field_is_a_formula() {
        for name in ["=1+1", "+1", "-1", "@x", "\tx"] {
            let row = Row { username: Some(name.to_owned()), ..Row::default() };
            assert!(written(&row).contains(&format!("'{name}")), "{name:?}");
        }
    }

    #[test]
    fn the_file_begins_with_its_headings() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("refused.csv");
        Report::create(&path).unwrap().keep().unwrap();
        assert_eq!(std::fs::read_to_string(path).unwrap(), "line,username,email,code,field,rule,reason\n");
    }
}
