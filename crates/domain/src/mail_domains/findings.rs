//! What a look at the DNS of a domain found, record by record, and how it is kept.

use reeve_base::dns::RecordKind;
use reeve_base::limits::{DNS_VALUE_CHARS_SHOWN_MAX, DNS_VALUES_SHOWN_MAX};
use serde_json::{Value, json};

use super::records::DnsRecord;
use crate::ctx::stored;
use crate::error::Error;

/// How a record stands in the DNS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RecordState {
    /// It is there and does what it should.
    Found,
    /// There is none.
    Missing,
    /// There is another.
    Different,
    /// The DNS did not answer: nothing can be said.
    Unknown,
}

impl RecordState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Found, Self::Missing, Self::Different, Self::Unknown];

    /// The word for it on every wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Found => "found",
            Self::Missing => "missing",
            Self::Different => "different",
            Self::Unknown => "unknown",
        }
    }
}

/// What was found of one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordFinding {
    /// How it stands.
    pub state: RecordState,
    /// What stands there, as far as it is shown.
    pub found: Vec<String>,
    /// What to do, or what is to be known; empty where there is nothing.
    pub advice: String,
}

/// A record that a domain needs, and what the last look found of it; `None` before the first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchedRecord {
    /// The record.
    pub record: DnsRecord,
    /// What was found.
    pub finding: Option<RecordFinding>,
}

/// Values as they are shown: some of each, without what could do things to a terminal.
pub(super) fn shown(values: &[String]) -> Vec<String> {
    let plain = |c: char| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c };
    let shown = |value: &String| value.chars().take(DNS_VALUE_CHARS_SHOWN_MAX).map(plain).collect();
    values.iter().take(DNS_VALUES_SHOWN_MAX).map(shown).collect()
}

/// Findings as the column keeps them.
pub(super) fn write(watched: &[WatchedRecord]) -> String {
    let one = |WatchedRecord { record, finding }: &WatchedRecord| {
        let finding = finding.as_ref()?;
        let kept =
            json!([record.kind.word(), record.host, record.value, finding.state.word(), finding.found, finding.advice]);
        Some(kept)
    };
    Value::Array(watched.iter().filter_map(one).collect()).to_string()
}

/// Puts the findings of a column beside the records that are wanted now; what was found of others is left out.
pub(super) fn read(records: Vec<DnsRecord>, column: &str) -> Result<Vec<WatchedRecord>, Error> {
    type Kept = (String, String, String, String, Vec<String>, String);
    let kept: Vec<Kept> = if column.is_empty() { Vec::new() } else { stored(serde_json::from_str(column))? };
    let finding = |record: &DnsRecord| {
        let (_, _, _, state, found, advice) = kept.iter().find(|(kind, host, value, ..)| {
            RecordKind::of(kind) == Some(record.kind) && *host == record.host && *value == record.value
        })?;
        let state = RecordState::ALL.into_iter().find(|known| known.word() == state)?;
        Some(RecordFinding { state, found: found.clone(), advice: advice.clone() })
    };
    Ok(records.into_iter().map(|record| WatchedRecord { finding: finding(&record), record }).collect())
}
