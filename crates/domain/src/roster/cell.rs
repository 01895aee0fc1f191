//! Keeps spreadsheets from running cells as formulas (CSV injection), in a way that can be undone exactly.
//!
//! Rule: text that begins with any number of apostrophes and then a dangerous character gets one more apostrophe
//! when written and loses one when read. So `=1+1` travels as `'=1+1` and `+49 30 1234` as `'+49 30 1234` (which
//! also saves its plus sign from Excel), `'=x` travels as `''=x`, and `'tis` stays as it is.

use std::borrow::Cow;

/// Whether a spreadsheet may take text for a formula when it begins with this (OWASP, CSV injection).
fn dangerous(c: char) -> bool {
    matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠')
}

fn starts_dangerous(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(dangerous)
}

/// The cell that holds `text`.
pub(super) fn guard(text: &str) -> Cow<'_, str> {
    if starts_dangerous(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// The text that a cell holds.
pub(super) fn unguard(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(text) if starts_dangerous(text) => text,
        _ => cell,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn formulas_are_disarmed_and_plain_text_is_left_alone() {
        let table = [
            ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
            ("+49 30 1234", "'+49 30 1234"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\r=1", "'\r=1"),
            ("＝1", "'＝1"),
            ("'=1", "''=1"),
            ("''+1", "'''+1"),
            ("'tis", "'tis"),
            ("O'Brien", "O'Brien"),
            ("1-1", "1-1"),
            ("'", "'"),
            ("", ""),
        ];
        for (text, cell) in table {
            assert_eq!(guard(text), cell, "{text:?}");
            assert_eq!(unguard(cell), text, "{cell:?}");
        }
    }

    #[test]
    fn telephone_numbers_that_were_not_written_by_us_are_read_as_they_are() {
        assert_eq!(unguard("+49 30 1234"), "+49 30 1234");
    }

    proptest! {
        #[test]
        fn any_text_comes_back(text in "['=+@\\t\\r\\n＝a-]{0,6}\\PC{0,4}") {
            let cell = guard(&text);
            prop_assert!(!cell.starts_with(dangerous));
            prop_assert_eq!(unguard(&cell), text.as_str());
        }
    }
}
