//! How values become text for people: cleaned, coloured, counted, laid out in tables.
//!
//! Everything that a server or a file supplied passes [`clean`] (a [`Cell`] does it by itself), so that no name can
//! move the cursor, change a colour or turn the direction of the line.

use comfy_table::{Attribute, Color, ContentArrangement, Row, Table, presets};
use reeve_base::text::forbidden;

/// What a word means, from which its colour follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Neither good nor bad.
    Plain,
    /// As it should be.
    Good,
    /// On its way, or to be looked at.
    Warn,
    /// Wrong.
    Bad,
    /// Less important than what stands around it.
    Faint,
    /// More important than what stands around it.
    Strong,
}

/// What the output can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Looks {
    pub(crate) colour: bool,
    /// Columns to fit into; `None` when nobody looks, and lines must stay whole for `grep`.
    pub(crate) width: Option<u16>,
}

/// One field of a table: clean text and its tone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cell {
    text: String,
    tone: Tone,
}

impl Cell {
    /// A field with a tone.
    pub(crate) fn toned(text: impl AsRef<str>, tone: Tone) -> Self {
        Self { text: clean(text.as_ref()), tone }
    }

    /// The state of something, or a decision.
    pub(crate) fn state(text: &str) -> Self {
        let tone = match text {
            "Active" | "active" | "enabled" | "done" | "verified" | "accepted" | "allow" => Tone::Good,
            "Failed" | "Impaired" | "failed" | "refused" | "deny" => Tone::Bad,
            "Deleted" | "disabled" | "inactive" | "unchanged" => Tone::Faint,
            _ => Tone::Warn,
        };
        Self::toned(text, tone)
    }

    /// A moment, or `-` when there is none.
    pub(crate) fn moment(text: Option<&String>) -> Self {
        text.map_or_else(Self::none, |text| Self::from(moment(text)))
    }

    /// A text that may be missing.
    pub(crate) fn maybe(text: Option<&String>) -> Self {
        text.filter(|text| !text.is_empty()).map_or_else(Self::none, Self::from)
    }

    /// `yes` or `no`.
    pub(crate) fn yes(fact: bool) -> Self {
        Self::from(if fact { "yes" } else { "no" })
    }

    /// Nothing to show.
    pub(crate) fn none() -> Self {
        Self { text: "-".to_owned(), tone: Tone::Faint }
    }
}

impl<T: AsRef<str>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self::toned(text, Tone::Plain)
    }
}

/// The text with every character that is not simply shown written as an escape, such as `\u{1b}`.
pub(crate) fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if forbidden(c).is_some() => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    out
}

/// The text in the colour of its tone.
pub(crate) fn paint(text: &str, tone: Tone, colour: bool) -> String {
    let code = match tone {
        Tone::Plain => return text.to_owned(),
        Tone::Good => "32",
        Tone::Warn => "33",
        Tone::Bad => "1;31",
        Tone::Faint => "2",
        Tone::Strong => "1",
    };
    if colour { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
}

/// `2026-11-21T19:32:43.120Z` as `2026-11-21 19:32:43 UTC`; anything else as it is.
pub(crate) fn moment(text: &str) -> String {
    match text.split_once('T') {
        Some((day, time)) if time.ends_with('Z') => {
            let second = time.trim_end_matches('Z').split('.').next().unwrap_or(time);
            clean(&format!("{day} {second} UTC"))
        }
        _ => clean(text),
    }
}

/// A number with a comma between thousands.
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 user`, `2 users`.
pub(crate) fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// Rows under their heading, without lines around them.
pub(crate) fn table(looks: Looks, heads: &[&str], rows: Vec<Vec<Cell>>) -> String {
    let mut table = bare(looks);
    let head = heads.iter().map(|head| cell(&Cell::toned(head.to_uppercase(), Tone::Faint), looks));
    table.set_header(Row::from(head.collect::<Vec<_>>()));
    for row in rows {
        table.add_row(Row::from(row.iter().map(|field| cell(field, looks)).collect::<Vec<_>>()));
    }
    finish(table)
}

/// Names and values, one pair a line; pairs whose value says nothing are left out.
pub(crate) fn record(looks: Looks, fields: Vec<(&'static str, Cell)>) -> String {
    let mut table = bare(looks);
    for (name, value) in fields {
        if !value.text.is_empty() && value != Cell::none() {
            let name = cell(&Cell::toned(name, Tone::Faint), looks);
            table.add_row(Row::from(vec![name, cell(&value, looks)]));
        }
    }
    finish(table)
}

fn bare(looks: Looks) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).force_no_tty();
    if looks.colour {
        table.enforce_styling();
        table.style_text_only();
    }
    if let Some(width) = looks.width {
        table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    }
    table
}

fn cell(field: &Cell, looks: Looks) -> comfy_table::Cell {
    let cell = comfy_table::Cell::new(&field.text);
    if !looks.colour {
        return cell;
    }
    match field.tone {
        Tone::Plain => cell,
        Tone::Good => cell.fg(Color::DarkGreen),
        Tone::Warn => cell.fg(Color::DarkYellow),
        Tone::Bad => cell.fg(Color::DarkRed),
        Tone::Faint => cell.add_attribute(Attribute::Dim),
        Tone::Strong => cell.add_attribute(Attribute::Bold),
    }
}

fn finish(mut table: Table) -> String {
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    table.trim_fmt()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Looks = Looks { colour: false, width: None };

    #[test]
    fn tables_have_a_heading_and_no_lines() {
        let rows =
            vec![vec![Cell::from("ada"), Cell::state("enabled")], vec![Cell::from("grace.hopper"), Cell::none()]];
        let text = table(PLAIN, &["name", "state"], rows);
        assert_eq!(text, "NAME          STATE\nada           enabled\ngrace.hopper  -");
    }

    #[test]
    fn records_leave_out_what_says_nothing() {
        let text = record(PLAIN, vec![("id", Cell::from("1")), ("city", Cell::from("")), ("e-mail", Cell::none())]);
        assert_eq!(text, "id  1");
    }

    #[test]
    fn tables_fit_the_terminal() {
        let rows = vec![vec![Cell::from("a".repeat(60)), Cell::from("b".repeat(60))]];
        let text = table(Looks { colour: false, width: Some(40) }, &["one", "two"], rows);
        assert!(text.lines().all(|line| line.chars().count() <= 40), "{text}");
    }

    #[test]
    fn what_a_server_says_cannot_drive_the_terminal() {
        let text = "a\u{1b}[31mb\r\nc\u{9b}d\u{202e}e\u{7}é";
        assert_eq!(clean(text), "a\\u{1b}[31mb\\r\\nc\\u{9b}d\\u{202e}e\\u{7}é");
        let shown = table(PLAIN, &["name"], vec![vec![Cell::from(text)]]);
        assert!(shown.chars().all(|c| c == '\n' || !c.is_control()), "{shown:?}");
    }

    #[test]
    fn colours_come_only_when_asked_for() {
        let rows = || vec![vec![Cell::state("Failed")]];
        assert!(!table(PLAIN, &["state"], rows()).contains('\u{1b}'));
        assert!(table(Looks { colour: true, width: None }, &["state"], rows()).contains("\u{1b}["));
        assert_eq!(paint("x", Tone::Bad, false), "x");
    }

    #[test]
    fn numbers_and_moments_read_well() {
        assert_eq!(count(7), "7");
        assert_eq!(count(100_000), "100,000");
        assert_eq!(counted(1, "row", "rows"), "1 row");
        assert_eq!(counted(1_000, "row", "rows"), "1,000 rows");
        assert_eq!(moment("2026-11-21T19:32:43.120Z"), "2026-11-21 19:32:43 UTC");
        assert_eq!(moment("soon"), "soon");
    }
}
