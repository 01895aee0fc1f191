//! Walks through a file once before its first row is used: how many rows it has, and whether its structure holds.
//!
//! Follows the same grammar as the `csv` crate: a quote opens a quoted cell only at the very start of the cell, a
//! doubled quote stands for one, and `\n`, `\r` and `\r\n` each end a row outside of quotes.

use reeve_base::Invalid;

use super::decode::refused;
use super::limits::{LINES_MAX, RECORD_BYTES_MAX, ROWS_MAX};

/// Where in a row the walk stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    CellStart,
    Plain,
    Quoted,
    /// After a quote inside a quoted cell: its end, or the first half of a doubled one.
    MaybeClosed,
}

struct Walk {
    delimiter: u8,
    at: At,
    line: u64,
    row_line: u64,
    row_start: usize,
    quote_line: u64,
    blank: bool,
    records: usize,
}

/// Counts the rows below the header, or says which line breaks the file.
pub(super) fn survey(text: &str, delimiter: u8) -> Result<usize, Invalid> {
    let mut walk = Walk {
        delimiter,
        at: At::CellStart,
        line: 1,
        row_line: 1,
        row_start: 0,
        quote_line: 0,
        blank: true,
        records: 0,
    };
    let mut before = 0;
    for (place, &byte) in text.as_bytes().iter().enumerate() {
        walk.step(byte);
        let breaks = byte == b'\n' || byte == b'\r';
        if breaks && !(byte == b'\n' && before == b'\r') {
            walk.line += 1;
        }
        if breaks && walk.at != At::Quoted {
            walk.end_row(place + 1);
        }
        walk.check_limits(place)?;
        before = byte;
    }
    if walk.at == At::Quoted {
        return Err(refused(format!("line {}: a quote opens here and is never closed; {CLOSE}", walk.quote_line)));
    }
    walk.end_row(text.len());
    walk.check_limits(text.len())?;
    Ok(walk.records.saturating_sub(1))
}

const CLOSE: &str = "close it, or double the quotes that belong to the text";

impl Walk {
    fn step(&mut self, byte: u8) {
        self.blank = self.blank && is_blank(byte, self.delimiter);
        self.at = match (self.at, byte) {
            (At::CellStart, b'"') => {
                self.quote_line = self.line;
                At::Quoted
            }
            (At::Quoted, b'"') => At::MaybeClosed,
            (At::Quoted, _) | (At::MaybeClosed, b'"') => At::Quoted,
            (_, byte) if byte == self.delimiter => At::CellStart,
            _ => At::Plain,
        };
    }

    fn end_row(&mut self, next: usize) {
        self.records += usize::from(!self.blank);
        self.blank = true;
        self.at = At::CellStart;
        self.row_line = self.line;
        self.row_start = next;
    }

    fn check_limits(&self, place: usize) -> Result<(), Invalid> {
        if place - self.row_start.min(place) >= RECORD_BYTES_MAX {
            let kibibytes = RECORD_BYTES_MAX / 1024;
            return Err(refused(if self.at == At::Quoted {
                format!(
                    "line {}: a quote opens here and is not closed within {kibibytes} KiB; {CLOSE}",
                    self.quote_line
                )
            } else {
                format!("line {}: the row is longer than {kibibytes} KiB; shorten it", self.row_line)
            }));
        }
        if self.line > LINES_MAX + 1 {
            return Err(refused(format!("the file has more than {LINES_MAX} lines; split it into several")));
        }
        if self.records > ROWS_MAX + 1 {
            return Err(refused(format!("the file has more than {ROWS_MAX} rows; split it into several")));
        }
        Ok(())
    }
}

/// Whether a row of nothing but such octets is a blank line, as spreadsheets leave them.
pub(super) fn is_blank(byte: u8, delimiter: u8) -> bool {
    byte.is_ascii_whitespace() || byte == b'"' || byte == delimiter
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<usize, &str>) {
        let found = survey(text, b',').map_err(|invalid| invalid.why);
        assert_eq!(found, expected.map_err(String::from), "{:.80}", text);
    }

    #[test]
    fn rows_are_counted_whatever_ends_them() {
        check("email\na\nb", Ok(2));
        check("email\r\na\r\nb\r\n", Ok(2));
        check("email\ra\rb\r", Ok(2));
        check("\n\nemail\n\na\n , \n\"\",\nb\n\n", Ok(2));
        check("email,street\na,\"one\ntwo\r\nthree\"\nb,\n", Ok(2));
        check("email\n\"a \"\"quoted\"\" name\"\nb\"c\n\"d\"e\n", Ok(3));
        check("email", Ok(0));
    }

    #[test]
    fn a_quote_that_never_closes_is_found_where_it_opens() {
        let why = "a quote opens here and is never closed; close it, or double the quotes that belong to the text";
        check("email\na,\"b\nc,d\n", Err(&format!("line 2: {why}")));
        check("email\r\n\"a\r\nb\",\"c\r\nd", Err(&format!("line 3: {why}")));
        check("email\na,\"b\"\"", Err(&format!("line 2: {why}")));
        let long = format!("email\na,\"b{}", "\nx@y.example,z".repeat(10_000));
        check(
            &long,
            Err("line 2: a quote opens here and is not closed within 64 KiB; close it, or double the quotes that \
                 belong to the text"),
        );
    }

    #[test]
    fn limits_are_exact() {
        let cell = "a".repeat(RECORD_BYTES_MAX);
        check(&format!("email\n{cell}\n"), Ok(1));
        check(&format!("email\n{cell}a\n"), Err("line 2: the row is longer than 64 KiB; shorten it"));
        check(&format!("email\n{cell}a"), Err("line 2: the row is longer than 64 KiB; shorten it"));
        let rows = "a\n".repeat(ROWS_MAX);
        check(&format!("email\n{rows}"), Ok(ROWS_MAX));
        check(&format!("email\n{rows}a"), Err("the file has more than 100000 rows; split it into several"));
        let lines = "\n".repeat(usize::try_from(LINES_MAX).unwrap() - 2);
        check(&format!("email\n{lines}a\n"), Ok(1));
        check(&format!("email\n{lines}a\nb\n"), Err("the file has more than 200000 lines; split it into several"));
    }
}
