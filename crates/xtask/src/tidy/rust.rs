//! Rules for Rust files that rustc and clippy do not have.

use super::{File, Tree};
use crate::finding::Finding;

/// Beyond this a file is more than one thing; aim for less.
const LINES_MAX: usize = 700;

/// Where SQL may be written outside `crates/store`, and why.
const SQL_ALLOWED: [(&str, &str); 4] = [
    ("crates/store/", "the one place with SQL"),
    ("crates/testkit/src/database.rs", "makes and drops the schema of a test"),
    ("crates/e2e/tests/it/faults.rs", "plants what no release would write"),
    ("crates/e2e/tests/it/encryption_keys.rs", "reads what no operation shows, to look for it afterwards"),
];

/// Statements as SQL writes them; the pieces of one entry must stand in one line. Put together, so that this file is clean.
const SQL_MARKS: [&[&str]; 7] = [
    &[concat!("SEL", "ECT "), " FROM "],
    &[concat!("INS", "ERT INTO ")],
    &[concat!("DEL", "ETE FROM ")],
    &[concat!("UPD", "ATE "), " SET "],
    &[concat!("CRE", "ATE TABLE ")],
    &[concat!("ALT", "ER TABLE ")],
    &[concat!("DR", "OP TABLE ")],
];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    tree.rust_files().flat_map(check_file).collect()
}

fn check_file(file: &File) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !file.text.starts_with("//!") {
        findings.push(Finding::at(&file.path, 0, "must open with `//!`: what it is for, what not, what always holds"));
    }
    let lines = file.text.lines().count();
    if lines > LINES_MAX {
        findings.push(Finding::new(
            &file.path,
            format!("has {lines} lines, at most {LINES_MAX} are allowed; cut it by meaning"),
        ));
    }
    if !SQL_ALLOWED.iter().any(|(path, _)| file.path.starts_with(path)) {
        findings.extend(sql(file));
    }
    if file.path.starts_with("crates/domain/") {
        findings.extend(wire_types(file));
    }
    findings.extend(skipped_tests(file));
    findings
}

fn sql(file: &File) -> impl Iterator<Item = Finding> {
    let lines =
        file.lines().filter(|(_, line)| SQL_MARKS.iter().any(|pieces| pieces.iter().all(|piece| line.contains(piece))));
    lines.map(|(number, _)| {
        Finding::at(&file.path, number, "SQL is written in crates/store only; move it to store/src/tables")
    })
}

/// A derive may run over several lines, so the whole text is searched.
fn wire_types(file: &File) -> impl Iterator<Item = Finding> {
    let derives = file.text.match_indices("derive(").filter_map(|(at, _)| {
        let list = file.text[at..].split(')').next()?;
        list.contains("Serialize").then_some(at)
    });
    derives.map(|at| {
        let number = file.text[..at].matches('\n').count();
        Finding::at(&file.path, number, "domain types have no wire form; each door converts them by hand")
    })
}

fn skipped_tests(file: &File) -> impl Iterator<Item = Finding> {
    let skipped = file.lines().filter(|(_, line)| line.trim_start().starts_with(concat!("#[ign", "ore")));
    skipped.map(|(number, _)| {
        Finding::at(&file.path, number, "a test that does not run proves nothing; mend or delete it")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::sample::{one, tree};

    fn check_text(path: &str, text: &str, expected: &str) {
        one(&check(&tree(&[(path, text)])), expected);
    }

    fn clean(path: &str, text: &str) {
        assert_eq!(check(&tree(&[(path, text)])), []);
    }

    #[test]
    fn a_file_says_what_it_is_for() {
        check_text("crates/x/src/a.rs", "fn a() {}\n", "crates/x/src/a.rs:1: must open with `//!`");
        clean("crates/x/src/a.rs", "//! A.\nfn a() {}\n");
    }

    #[test]
    fn a_file_is_one_thing() {
        let long = format!("//! A.\n{}", "\n".repeat(LINES_MAX));
        check_text("crates/x/src/a.rs", &long, "crates/x/src/a.rs: has 701 lines");
        clean("crates/x/src/a.rs", &long[..long.len() - 1]);
    }

    #[test]
    fn sql_stays_in_the_store() {
        for pieces in SQL_MARKS {
            let text = format!("//! A.\nconst A: &str = \"{}x\";\n", pieces.join("users"));
            check_text(
                "crates/domain/src/a.rs",
                &text,
                "crates/domain/src/a.rs:2: SQL is written in crates/store only",
            );
            clean("crates/store/src/tables/a.rs", &text);
        }
        clean("crates/door-imap/src/a.rs", &format!("//! A.\nconst A: &str = \"{}inbox\";\n", SQL_MARKS[0][0]));
    }

    #[test]
    fn domain_types_have_no_wire_form() {
        let text = "//! A.\n#[derive(\n    Debug,\n    serde::Serialize,\n)]\nstruct A;\n";
        check_text("crates/domain/src/a.rs", text, "crates/domain/src/a.rs:2: domain types have no wire form");
        clean("crates/door-rest/src/a.rs", text);
        clean("crates/domain/src/a.rs", "//! A.\n#[derive(Debug)]\nstruct A; // not Serialize\n");
    }

    #[test]
    fn tests_run() {
        let text = format!("//! A.\n    {}]\nfn a() {{}}\n", concat!("#[ign", "ore"));
        check_text("crates/x/tests/a.rs", &text, "crates/x/tests/a.rs:2: a test that does not run");
    }
}
