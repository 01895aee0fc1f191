//! What an import has done so far, row by row, as the server reports it.
//!
//! Knows no streams and no screen; counts what was told, so that a broken or stopped import can say how far it came.

use serde::Deserialize;

use crate::client::not_understood;
use crate::failure::Failure;
use crate::render::count;

/// One line of the server's report.
#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Line {
    /// What the file holds and what would be done, before anything is.
    Plan(Plan),
    /// What became of one row.
    Row(Row),
    /// The last line of an import that went through.
    Done,
    /// The last line of one that the server gave up.
    Stopped(Stopped),
    /// A kind that a later server may know.
    #[serde(other)]
    Unknown,
}

/// What the file holds.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(super) struct Plan {
    pub(super) format: String,
    pub(super) rows: u64,
    create: u64,
    update: u64,
    unchanged: u64,
    refused: u64,
}

/// What became of one row of the file.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(super) struct Row {
    pub(super) line: u64,
    pub(super) username: Option<String>,
    pub(super) email: Option<String>,
    pub(super) outcome: String,
    pub(super) problem: Option<Reason>,
}

/// Why a row was refused.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(super) struct Reason {
    pub(super) code: String,
    pub(super) field: Option<String>,
    pub(super) detail: String,
    pub(super) rule: Option<String>,
}

/// Why the server gave up.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(super) struct Stopped {
    reason: String,
}

/// The counts so far.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) plan: Option<Plan>,
    pub(super) created: u64,
    pub(super) updated: u64,
    pub(super) unchanged: u64,
    pub(super) refused: u64,
    pub(super) done: bool,
    pub(super) stopped: Option<String>,
}

impl Plan {
    /// The plan in a sentence.
    pub(super) fn sentence(&self, file: &str) -> String {
        format!(
            "plan for {file} ({} format, {} rows): create {}, update {}, leave {} unchanged, refuse {}",
            self.format,
            count(self.rows),
            count(self.create),
            count(self.update),
            count(self.unchanged),
            count(self.refused)
        )
    }
}

impl Row {
    /// Whether nothing was done about the row.
    pub(super) fn is_refused(&self) -> bool {
        self.outcome == "refused"
    }
}

/// Reads one line of the report.
pub(super) fn read(text: &str) -> Result<Line, Failure> {
    serde_json::from_str(text).map_err(|why| not_understood(&why.to_string()))
}

impl Tally {
    /// Counts what one line says.
    pub(super) fn add(&mut self, line: &Line) {
        match line {
            Line::Plan(plan) => self.plan = Some(plan.clone()),
            Line::Row(row) => match row.outcome.as_str() {
                "create" | "created" => self.created += 1,
                "update" | "updated" => self.updated += 1,
                "unchanged" => self.unchanged += 1,
                _ => self.refused += 1,
            },
            Line::Done => self.done = true,
            Line::Stopped(stopped) => self.stopped = Some(stopped.reason.clone()),
            Line::Unknown => {}
        }
    }

    /// Rows of which the outcome is known.
    pub(super) fn rows(&self) -> u64 {
        self.created + self.updated + self.unchanged + self.refused
    }

    /// How far the import came, in words.
    pub(super) fn progress(&self) -> String {
        match &self.plan {
            Some(plan) => format!("{} of {} rows", count(self.rows()), count(plan.rows)),
            None => "the first row".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(lines: &[&str]) -> Tally {
        let mut tally = Tally::default();
        for line in lines {
            tally.add(&read(line).unwrap());
        }
        tally
    }

    #[test]
    fn outcomes_of_a_dry_run_and_of_a_real_one_are_counted_alike() {
        let tally = tally(&[
            r#"{"kind":"plan","format":"google","rows":1000,"create":3,"update":1,"unchanged":0,"refused":1}"#,
            r#"{"kind":"row","line":2,"username":"a","outcome":"create"}"#,
            r#"{"kind":"row","line":3,"username":"b","outcome":"created","problem":null}"#,
            r#"{"kind":"row","line":4,"username":"c","outcome":"updated"}"#,
            r#"{"kind":"row","line":5,"username":null,"outcome":"refused","problem":{"code":"invalid","detail":"x"}}"#,
        ]);
        assert_eq!((tally.created, tally.updated, tally.unchanged, tally.refused), (2, 1, 0, 1));
        assert_eq!(tally.progress(), "4 of 1,000 rows");
        assert!(!tally.done && tally.stopped.is_none());
    }

    #[test]
    fn the_end_says_how_it_ended() {
        assert!(tally(&[r#"{"kind":"done","created":0}"#]).done);
        assert_eq!(tally(&[r#"{"kind":"stopped","reason":"going down"}"#]).stopped.as_deref(), Some("going down"));
        assert_eq!(tally(&[r#"{"kind":"weather"}"#]).rows(), 0);
        assert!(read("{\"kind\":\"row\",\"li").is_err());
    }

    #[test]
    fn the_plan_reads_as_a_sentence() {
        let plan =
            Plan { format: "google".to_owned(), rows: 10_000, create: 9_990, update: 7, unchanged: 0, refused: 3 };
        assert_eq!(
            plan.sentence("staff.csv"),
            "plan for staff.csv (google format, 10,000 rows): create 9,990, update 7, leave 0 unchanged, refuse 3"
        );
    }
}
