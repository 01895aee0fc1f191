//! Documents name what exists: paths in backticks and links are looked up, and the glossary is there.
//! Only paths that begin with one of the repository's own folders count; patterns and examples do not.

use std::path::{Component, Path, PathBuf};

use super::{File, Tree};
use crate::finding::Finding;

const GLOSSARY: &str = "docs/glossary.md";
const DOCUMENTS: [&str; 3] = ["ARCHITECTURE.md", "README.md", "CONTRIBUTING.md"];
/// A word in backticks that begins with one of these is meant as a path of the repository.
const FOLDERS: [&str; 7] = ["crates/", "docs/", "scripts/", "bench/", "web/", "rfc/", ".ci/"];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let documents = tree.files.iter().filter(|file| is_document(&file.path));
    let mut findings: Vec<Finding> = documents.flat_map(|file| missing_paths(tree, file)).collect();
    if tree.file(GLOSSARY).is_none() {
        findings.push(Finding::new(GLOSSARY, "is missing; it keeps the words of this project"));
    }
    findings
}

fn is_document(path: &str) -> bool {
    DOCUMENTS.contains(&path) || (path.starts_with("docs/") && path.ends_with(".md"))
}

fn missing_paths(tree: &Tree, file: &File) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (number, line) in file.lines() {
        let paths = quoted_paths(line).map(str::to_owned);
        let links = linked_files(line).filter_map(|link| resolve(&file.path, link));
        for path in paths.chain(links).filter(|path| !tree.has(path)) {
            findings.push(Finding::at(&file.path, number, format!("`{path}` does not exist; name what is there now")));
        }
    }
    findings
}

/// Paths in backticks; a line number after a colon is allowed.
fn quoted_paths(line: &str) -> impl Iterator<Item = &str> {
    let quoted = line.split('`').skip(1).step_by(2);
    let paths = quoted.map(|word| word.split(':').next().unwrap_or(word));
    paths.filter(|path| FOLDERS.iter().any(|folder| path.starts_with(folder)) && !is_pattern(path))
}

/// `NAME` and `<name>` stand for names, `*` and braces for several.
fn is_pattern(path: &str) -> bool {
    let is_placeholder = |part: &str| part.len() > 1 && part.chars().all(|c| c.is_ascii_uppercase());
    path.contains(['*', '<', '{', ' ', '…'])
        || path.split(['/', '.', '-', '_']).any(|part| is_placeholder(part) && part != "README")
}

/// Targets of links that stay in the repository.
fn linked_files(line: &str) -> impl Iterator<Item = &str> {
    let targets = line.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let targets = targets.map(|target| target.split('#').next().unwrap_or(target));
    targets.filter(|target| {
        !target.is_empty() && !target.contains("://") && !target.starts_with("mailto:") && !target.contains(' ')
    })
}

/// `target` as seen from the folder of `file`, from the root; `None` if it leaves the repository, as links to a forge may.
fn resolve(file: &str, target: &str) -> Option<String> {
    let folder = Path::new(file).parent()?;
    let mut path = PathBuf::new();
    for part in folder.join(target).components() {
        match part {
            Component::ParentDir => path.pop().then_some(())?,
            Component::Normal(part) => path.push(part),
            Component::CurDir => {}
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    path.to_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::sample::{one, tree};

    fn findings(document: &str, line: &str) -> Vec<Finding> {
        let text = format!("{line}\n");
        check(&tree(&[(GLOSSARY, ""), ("crates/net/src/lib.rs", ""), ("LICENSE", ""), (document, &text)]))
    }

    #[test]
    fn a_path_that_is_gone_is_found() {
        one(&findings("README.md", "see `crates/gone/src`"), "README.md:1: `crates/gone/src` does not exist");
        one(
            &findings("docs/adr/1.md", "see `scripts/gone.sh:12`"),
            "docs/adr/1.md:1: `scripts/gone.sh` does not exist",
        );
        one(&findings("docs/a.md", "see [it](gone.md#part)"), "docs/a.md:1: `docs/gone.md` does not exist");
    }

    #[test]
    fn what_exists_or_is_no_path_is_left_alone() {
        for line in [
            "`crates/net`, `crates/net/`, `crates/net/src/lib.rs:3`",
            "`crates/NAME/src`, `crates/*/src`, `crates/<name>`, `docs/adr/NNNN-title.md`, `crates/NNNN_name.sql`",
            "`cargo test`, `a/b`, `data/run/listen.json`",
            "[words](glossary.md) [licence](../LICENSE) [out](https://example.org/x) [up](../../x) [here](#part)",
        ] {
            assert_eq!(findings("docs/a.md", line), [], "{line}");
        }
        assert_eq!(findings("CHANGELOG.md", "`crates/gone`"), [], "history names what is gone");
    }

    #[test]
    fn the_glossary_is_there() {
        one(&check(&tree(&[])), "docs/glossary.md: is missing");
    }
}
