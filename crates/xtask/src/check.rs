//! All checks in the order of their speed; every one runs, so that one look shows everything there is to mend.

use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Instant;

use crate::finding::{self, Finding};
use crate::{floors, generated, licences, metadata, tidy};

struct Step {
    name: &'static str,
    /// What to do when it fails, besides what it printed itself.
    remedy: &'static str,
    run: fn(&Path) -> Result<Vec<Finding>, String>,
}

const STEPS: &[Step] = &[
    Step { name: "fmt", remedy: "run `make fmt`", run: fmt },
    Step { name: "tidy", remedy: "mend the lines named above", run: tidy::check },
    Step {
        name: "floors",
        remedy: "move the code to the crate that may; ARCHITECTURE.md says which",
        run: |root| Ok(floors::check(&metadata::load(root)?)),
    },
    Step {
        name: "licences",
        remedy: "choose another library, or discuss it",
        run: |root| Ok(licences::check(&metadata::load(root)?)),
    },
    Step {
        name: "clippy",
        remedy: "mend the warnings above; `#[expect(…, reason = \"…\")]` where the lint is wrong",
        run: clippy,
    },
    Step { name: "generated", remedy: "run `cargo xtask generated` and commit the difference", run: generated::check },
];

/// Runs every step; fails if one did.
pub(crate) fn run(root: &Path) -> ExitCode {
    let failed = STEPS.iter().filter(|step| !run_step(root, step)).count();
    println!("checks: {} passed, {failed} failed", STEPS.len() - failed);
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn run_step(root: &Path, step: &Step) -> bool {
    let began = Instant::now();
    let result = (step.run)(root);
    let seconds = began.elapsed().as_secs_f32();
    let passed = matches!(&result, Ok(findings) if findings.is_empty());
    match result {
        Ok(findings) => finding::print(&findings),
        Err(trouble) => println!("{trouble}"),
    }
    if passed {
        println!("check {:<10} passed in {seconds:.1} s", step.name);
    } else {
        println!("check {:<10} FAILED after {seconds:.1} s: {}", step.name, step.remedy);
    }
    passed
}

fn fmt(root: &Path) -> Result<Vec<Finding>, String> {
    cargo(root, &["fmt", "--all", "--check"])
}

fn clippy(root: &Path) -> Result<Vec<Finding>, String> {
    cargo(root, &["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"])
}

/// Runs cargo with its output going where ours goes.
fn cargo(root: &Path, arguments: &[&str]) -> Result<Vec<Finding>, String> {
    let words = format!("cargo {}", arguments.join(" "));
    let status = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(root)
        .status()
        .map_err(|error| format!("{words} could not be run: {error}"))?;
    if status.success() { Ok(Vec::new()) } else { Err(format!("{words} failed")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(run: fn(&Path) -> Result<Vec<Finding>, String>) -> Step {
        Step { name: "planted", remedy: "none", run }
    }

    #[test]
    fn a_step_fails_by_findings_and_by_trouble() {
        let root = Path::new(".");
        assert!(run_step(root, &step(|_| Ok(Vec::new()))));
        assert!(!run_step(root, &step(|_| Ok(vec![Finding::new("here", "is wrong")]))));
        assert!(!run_step(root, &step(|_| Err("could not look".to_owned()))));
    }

    #[test]
    fn a_failing_cargo_is_a_failing_step() {
        assert!(cargo(&crate::root(), &["--version"]).is_ok());
        assert!(cargo(&crate::root(), &["no-such-command"]).is_err());
    }
}
