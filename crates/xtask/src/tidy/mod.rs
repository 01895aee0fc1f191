//! What the tree must look like: files that explain themselves, documents that name what exists, an RFC index that is true.
//! Reads the files that git knows or would add; each rule is a function from the tree to findings.

mod documents;
mod rfc;
mod rust;
mod text;

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::finding::Finding;

/// The repository's text files.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    files: Vec<File>,
    /// Paths of everything, text or not.
    paths: Vec<String>,
}

#[derive(Debug)]
pub(crate) struct File {
    /// From the repository's root, with `/`.
    path: String,
    text: String,
}

impl Tree {
    fn rust_files(&self) -> impl Iterator<Item = &File> {
        self.files.iter().filter(|file| file.path.ends_with(".rs"))
    }

    fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }

    /// Whether `path` is a file or a folder of the repository.
    fn has(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        self.paths
            .iter()
            .any(|known| known.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
    }
}

impl File {
    fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        // Not `lines`, which would hide carriage returns.
        self.text.split_terminator('\n').enumerate()
    }
}

/// Findings in the repository at `root`.
pub(crate) fn check(root: &Path) -> Result<Vec<Finding>, String> {
    Ok(check_tree(&load(root)?))
}

fn check_tree(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(text::check(tree));
    findings.extend(rust::check(tree));
    findings.extend(documents::check(tree));
    findings.extend(rfc::check(tree));
    findings
}

fn load(root: &Path) -> Result<Tree, String> {
    let output = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .output()
        .map_err(|error| format!("git ls-files could not be run: {error}"))?;
    if !output.status.success() {
        return Err(format!("git ls-files failed: {}", String::from_utf8_lossy(&output.stderr).trim()));
    }
    let listed = String::from_utf8_lossy(&output.stdout);
    let mut tree = Tree::default();
    for path in listed.split('\0').filter(|path| !path.is_empty()) {
        // Deleted but not yet committed.
        let Ok(bytes) = fs::read(root.join(path)) else {
            continue;
        };
        tree.paths.push(path.to_owned());
        if let Ok(text) = String::from_utf8(bytes) {
            tree.files.push(File { path: path.to_owned(), text });
        }
    }
    Ok(tree)
}

/// Small trees for the tests of the rules.
#[cfg(test)]
mod sample {
    use super::{File, Tree};
    use crate::finding::Finding;

    pub(super) fn tree(files: &[(&str, &str)]) -> Tree {
        let mut tree = Tree::default();
        for (path, text) in files {
            tree.paths.push((*path).to_owned());
            tree.files.push(File { path: (*path).to_owned(), text: (*text).to_owned() });
        }
        tree
    }

    /// Exactly one finding, which begins with `expected`.
    #[track_caller]
    pub(super) fn one(findings: &[Finding], expected: &str) {
        assert_eq!(findings.len(), 1, "{findings:?}");
        assert!(findings[0].to_string().starts_with(expected), "{findings:?}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_is_what_git_knows_or_would_add() {
        let tree = load(&crate::root()).unwrap();
        assert!(tree.file("crates/xtask/src/tidy/mod.rs").is_some());
        assert!(tree.has("crates/xtask") && tree.has("crates/xtask/"));
        assert!(!tree.has("target"), "ignored");
        assert!(!tree.has("crates/xtas"), "part of a name");
    }

    #[test]
    fn every_family_of_rules_is_asked() {
        let tree = sample::tree(&[
            ("crates/x/src/lib.rs", "fn bare() {}\n"),
            ("README.md", "trailing \nsee `docs/missing.md`\n"),
        ]);
        let found = check_tree(&tree).iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
        for expected in
            ["must open with", "trailing white space", "does not exist", "docs/glossary.md", "rfc/index.tsv"]
        {
            assert!(found.contains(expected), "{expected}: {found}");
        }
    }
}
