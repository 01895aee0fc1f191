//! Files that come from the code and are committed, so that a change of a contract is seen in review.
//! A new one is a line in `GENERATED`. The program that makes them is the debug binary, built first so that it is never stale.

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::finding::Finding;

/// A file and the `reeve` arguments whose standard output it is.
struct Generated {
    file: &'static str,
    arguments: &'static [&'static str],
}

const GENERATED: &[Generated] = &[
    Generated { file: "docs/openapi.json", arguments: &["openapi"] },
    Generated { file: "docs/reeve.cedarschema", arguments: &["policy-schema"] },
    Generated { file: "docs/reeve.toml.example", arguments: &["config", "--example"] },
];

/// Writes the files.
pub(crate) fn write(root: &Path) -> Result<(), String> {
    build(root)?;
    for generated in GENERATED {
        let path = root.join(generated.file);
        fs::write(&path, produce(root, generated)?)
            .map_err(|error| format!("could not write {}: {error}", path.display()))?;
    }
    Ok(())
}

/// Findings for the files that `write` would change.
pub(crate) fn check(root: &Path) -> Result<Vec<Finding>, String> {
    build(root)?;
    let mut findings = Vec::new();
    for generated in GENERATED {
        let committed = fs::read(root.join(generated.file)).unwrap_or_default();
        findings.extend(compare(generated.file, &committed, &produce(root, generated)?));
    }
    Ok(findings)
}

fn compare(file: &str, committed: &[u8], produced: &[u8]) -> Option<Finding> {
    if committed == produced {
        return None;
    }
    let line = committed.split(|byte| *byte == b'\n').zip(produced.split(|byte| *byte == b'\n'));
    let line = line.take_while(|(committed, produced)| committed == produced).count();
    let sentence = "is not what the code says now; run `cargo xtask generated`, read the difference and commit it";
    Some(Finding::at(file, line, sentence))
}

fn build(root: &Path) -> Result<(), String> {
    let status = Command::new(env!("CARGO"))
        // What the tests build: a smaller selection resolves to other features, and much would be built twice.
        .args(["build", "--quiet", "--workspace", "--all-targets"])
        .current_dir(root)
        .status()
        .map_err(|error| format!("cargo build could not be run: {error}"))?;
    if status.success() { Ok(()) } else { Err("the workspace does not build".to_owned()) }
}

fn produce(root: &Path, generated: &Generated) -> Result<Vec<u8>, String> {
    let words = format!("reeve {}", generated.arguments.join(" "));
    let mut command = Command::new(root.join("target/debug/reeve"));
    command.args(generated.arguments);
    for (name, _) in std::env::vars_os().filter(|(name, _)| is_ours(name)) {
        command.env_remove(name);
    }
    let output = command.output().map_err(|error| format!("{words} could not be run: {error}"))?;
    if !output.status.success() {
        return Err(format!("{words} failed: {}", String::from_utf8_lossy(&output.stderr).trim()));
    }
    if output.stdout.is_empty() {
        return Err(format!("{words} printed nothing"));
    }
    Ok(output.stdout)
}

/// The developer's own settings must not show in a file for everyone.
fn is_ours(name: &OsString) -> bool {
    name.to_string_lossy().starts_with("REEVE_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_the_code_no_longer_makes_is_found_with_its_line() {
        let finding = compare("docs/x.json", b"{\n  \"a\": 1\n}\n", b"{\n  \"a\": 2\n}\n").unwrap();
        assert!(finding.to_string().starts_with("docs/x.json:2: is not what the code says"), "{finding}");
        assert_eq!(compare("docs/x.json", b"same", b"same"), None);
        assert!(compare("docs/missing.json", b"", b"new").is_some());
    }
}
