//! Rules for every text file: nothing unfinished, no leftovers of a merge, no white space that only makes differences.

use super::{File, Tree};
use crate::finding::Finding;

/// Put together, so that this file does not find itself.
const MARKS: [&str; 4] =
    [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("to", "do!("), concat!("unimple", "mented!(")];
const MERGE_MARKERS: [&str; 2] = [concat!("<<<", "<<<< "), concat!(">>>", ">>>> ")];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    tree.files.iter().flat_map(check_file).collect()
}

fn check_file(file: &File) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (number, line) in file.lines() {
        if MERGE_MARKERS.iter().any(|marker| line.starts_with(marker)) {
            findings.push(Finding::at(&file.path, number, "a marker of an unfinished merge; finish it"));
        }
        if line.ends_with([' ', '\t', '\r']) {
            findings.push(Finding::at(&file.path, number, "trailing white space; remove it"));
        }
        if is_ours(&file.path) && MARKS.iter().any(|mark| has_word(line, mark)) {
            findings.push(Finding::at(
                &file.path,
                number,
                "a mark of unfinished work; finish it, or open an issue and remove it",
            ));
        }
    }
    if !file.text.is_empty() && !file.text.ends_with('\n') {
        findings.push(Finding::at(
            &file.path,
            file.text.lines().count().saturating_sub(1),
            "the last line does not end; add a line break",
        ));
    }
    findings
}

/// Documents may speak of such marks; lock files hold other people's names.
fn is_ours(path: &str) -> bool {
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    matches!(extension, "rs" | "sh" | "sql" | "toml" | "py" | "ts" | "tsx" | "yml" | "yaml") || path == "Makefile"
}

/// Whether `word` stands in `line` by itself, not as a part of a longer word.
fn has_word(line: &str, word: &str) -> bool {
    let is_part = |found: Option<char>| found.is_some_and(|c| c.is_alphanumeric() || c == '_');
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        !is_part(before) && (word.ends_with('(') || !is_part(after))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::sample::{one, tree};

    fn check_line(path: &str, line: &str, expected: &str) {
        one(&check(&tree(&[(path, &format!("first\n{line}\n"))])), expected);
    }

    #[test]
    fn unfinished_work_is_found_in_code_only() {
        for mark in MARKS {
            check_line("src/a.rs", &format!("    // {mark} later"), "src/a.rs:2: a mark of unfinished work");
        }
        assert_eq!(check(&tree(&[("docs/a.md", &format!("no {} here\n", MARKS[0]))])), []);
        assert_eq!(check(&tree(&[("src/a.rs", &format!("let {}S = 1;\n", MARKS[0]))])), [], "another word");
    }

    #[test]
    fn leftovers_of_merges_and_editors_are_found() {
        check_line("a.md", &format!("{}ours", MERGE_MARKERS[0]), "a.md:2: a marker of an unfinished merge");
        check_line("a.md", "words ", "a.md:2: trailing white space");
        check_line("a.md", "words\r", "a.md:2: trailing white space");
        one(&check(&tree(&[("a.md", "no end")])), "a.md:1: the last line does not end");
    }
}
