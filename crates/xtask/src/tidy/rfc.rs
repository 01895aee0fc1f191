//! `rfc/index.tsv` and the code agree: every RFC that is cited is in the index with what we do about it, and every
//! RFC of the index is cited where its rule is applied.

use std::collections::{BTreeMap, BTreeSet};

use super::{File, Tree};
use crate::finding::Finding;

const INDEX: &str = "rfc/index.tsv";
const HEADER: &str = "number\ttitle\tsupport\tuse";
/// How much of an RFC we do: all that concerns us, a part named under `use`, or a rule or two.
const SUPPORT: [&str; 3] = ["full", "part", "cited"];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let Some(index) = tree.file(INDEX) else {
        return vec![Finding::new(INDEX, format!("is missing; its first line is {HEADER:?}"))];
    };
    let cited = citations(tree);
    let (indexed, mut findings) = read_index(index);
    for (number, (path, line)) in &cited {
        if !indexed.contains_key(number) {
            let sentence = format!("RFC {number} is not in {INDEX}; add it with its title and what we use");
            findings.push(Finding::at(path, *line, sentence));
        }
    }
    for (number, line) in &indexed {
        if !cited.contains_key(number) {
            findings.push(Finding::at(
                INDEX,
                *line,
                format!("RFC {number} is cited nowhere; cite it where its rule is applied, or remove it"),
            ));
        }
    }
    findings
}

/// Each RFC's number with the first place that cites it.
fn citations(tree: &Tree) -> BTreeMap<u32, (&str, usize)> {
    let mut cited = BTreeMap::new();
    for file in tree.rust_files() {
        for (line, text) in file.lines() {
            for number in cited_in(text) {
                cited.entry(number).or_insert((file.path.as_str(), line));
            }
        }
    }
    cited
}

/// The numbers after `RFC ` or `RFC`.
fn cited_in(text: &str) -> impl Iterator<Item = u32> {
    text.split("RFC").skip(1).filter_map(|rest| {
        let digits = rest.strip_prefix(' ').unwrap_or(rest);
        let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        digits[..end].parse().ok()
    })
}

/// Numbers with their lines, and what is wrong with the index itself.
fn read_index(index: &File) -> (BTreeMap<u32, usize>, Vec<Finding>) {
    let mut numbers = BTreeMap::new();
    let mut findings = Vec::new();
    let mut before = BTreeSet::new();
    for (line, text) in index.lines() {
        if line == 0 {
            if text != HEADER {
                findings.push(Finding::at(INDEX, line, format!("the first line is {HEADER:?}")));
            }
            continue;
        }
        let columns: Vec<&str> = text.split('\t').collect();
        let number = columns.first().and_then(|number| number.parse().ok());
        match (number, columns.as_slice()) {
            (Some(number), [_, title, support, used])
                if !title.is_empty() && !used.is_empty() && SUPPORT.contains(support) =>
            {
                if before.last().is_some_and(|last| *last >= number) {
                    findings.push(Finding::at(INDEX, line, "the numbers do not rise; sort the lines"));
                }
                before.insert(number);
                numbers.insert(number, line);
            }
            _ => findings.push(Finding::at(
                INDEX,
                line,
                format!("is not number, title, support ({}) and use, with tabs between", SUPPORT.join(", ")),
            )),
        }
    }
    (numbers, findings)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::sample::{one, tree};

    fn findings(index: &str, code: &str) -> Vec<Finding> {
        // The numbers are put in here, so that this file cites nothing itself.
        let code = code.replace('#', "RFC ");
        check(&tree(&[(INDEX, &format!("{HEADER}\n{index}")), ("crates/x/src/a.rs", &code)]))
    }

    #[test]
    fn code_and_index_that_agree_are_fine() {
        assert_eq!(
            findings("5321\tMail\tpart\tlocal parts\n9457\tProblems\tfull\terrors\n", "// #5321 §4.5, #9457.\n"),
            []
        );
    }

    #[test]
    fn a_citation_without_an_entry_is_found() {
        one(&findings("", "//! A.\n// #5321 §4.5\n"), "crates/x/src/a.rs:2: RFC 5321 is not in rfc/index.tsv");
    }

    #[test]
    fn an_entry_that_nothing_cites_is_found() {
        one(&findings("5321\tMail\tpart\tlocal parts\n", "//! A.\n"), "rfc/index.tsv:2: RFC 5321 is cited nowhere");
    }

    #[test]
    fn a_broken_index_is_found() {
        one(&findings("5321\tMail\tsome\tx\n", ""), "rfc/index.tsv:2: is not number, title");
        one(&findings("5321 Mail part x\n", ""), "rfc/index.tsv:2: is not number, title");
        one(
            &findings("9457\tP\tfull\tx\n5321\tM\tpart\tx\n", "// #5321 #9457\n"),
            "rfc/index.tsv:3: the numbers do not rise",
        );
        one(&check(&tree(&[])), "rfc/index.tsv: is missing");
    }
}
