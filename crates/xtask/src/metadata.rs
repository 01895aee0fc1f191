//! What `cargo metadata` says about the workspace and everything it resolves to on Linux. Decides nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// What we ship for; packages that only other systems need are left out of the graph.
const PLATFORM: &str = "x86_64-unknown-linux-gnu";

/// Packages and who uses whom.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    /// By package id.
    pub(crate) packages: BTreeMap<String, Package>,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) version: String,
    /// An SPDX expression, if the manifest has one.
    pub(crate) licence: Option<String>,
    pub(crate) in_workspace: bool,
    pub(crate) uses: Vec<Use>,
}

/// One edge: package id of what is used, and what for.
#[derive(Debug, Clone)]
pub(crate) struct Use {
    pub(crate) id: String,
    /// Only tests, examples and benchmarks use it.
    pub(crate) for_tests_only: bool,
}

impl Graph {
    pub(crate) fn workspace(&self) -> impl Iterator<Item = &Package> {
        self.packages.values().filter(|package| package.in_workspace)
    }

    /// Names of the packages that `package` uses itself.
    pub(crate) fn used_names<'g>(
        &'g self,
        package: &'g Package,
        for_tests_only: bool,
    ) -> impl Iterator<Item = &'g str> {
        package
            .uses
            .iter()
            .filter(move |used| used.for_tests_only == for_tests_only)
            .filter_map(|used| self.packages.get(&used.id))
            .map(|used| used.name.as_str())
    }

    /// Names of everything that would be built for `package`, itself included; what only tests need is left out.
    pub(crate) fn names_below(&self, package: &Package) -> BTreeSet<&str> {
        let mut names = BTreeSet::new();
        let mut seen = BTreeSet::new();
        let mut waiting: Vec<&str> = shipped_uses(package).collect();
        while let Some(id) = waiting.pop() {
            if !seen.insert(id) {
                continue;
            }
            if let Some(found) = self.packages.get(id) {
                names.insert(found.name.as_str());
                waiting.extend(shipped_uses(found));
            }
        }
        names
    }
}

fn shipped_uses(package: &Package) -> impl Iterator<Item = &str> {
    package.uses.iter().filter(|used| !used.for_tests_only).map(|used| used.id.as_str())
}

/// Asks cargo about the workspace at `root`.
pub(crate) fn load(root: &Path) -> Result<Graph, String> {
    let metadata = ask(root, &["metadata", "--format-version", "1", "--locked", "--filter-platform", PLATFORM])?;
    let metadata = serde_json::from_str(&metadata).map_err(|error| format!("cargo metadata is not JSON: {error}"))?;
    let mut graph = parse(&metadata);
    // `cargo metadata` counts optional packages that a feature merely mentions; `cargo tree` has only what is built.
    let tree =
        ask(root, &["tree", "--workspace", "--locked", "--target", PLATFORM, "--prefix", "none", "--format", "{p}"])?;
    let built: BTreeSet<(&str, &str)> = tree.lines().filter_map(built_package).collect();
    graph.packages.retain(|_, package| built.contains(&(package.name.as_str(), package.version.as_str())));
    Ok(graph)
}

fn ask(root: &Path, arguments: &[&str]) -> Result<String, String> {
    let words = format!("cargo {}", arguments.first().unwrap_or(&""));
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(root)
        .output()
        .map_err(|error| format!("{words} could not be run: {error}"))?;
    if !output.status.success() {
        return Err(format!("{words} failed: {}", String::from_utf8_lossy(&output.stderr).trim()));
    }
    String::from_utf8(output.stdout).map_err(|_| format!("{words} did not print UTF-8"))
}

/// Name and version from a line such as `serde v1.0.228 (proc-macro)`.
fn built_package(line: &str) -> Option<(&str, &str)> {
    let mut words = line.split(' ');
    Some((words.next()?, words.next()?.strip_prefix('v')?))
}

/// Keeps what the checks need. Missing parts read as empty: cargo's format is stable, and the checks' tests use it.
fn parse(metadata: &Value) -> Graph {
    let members: BTreeSet<&str> = list(&metadata["workspace_members"]).iter().filter_map(Value::as_str).collect();
    let mut uses: BTreeMap<&str, Vec<Use>> =
        list(&metadata["resolve"]["nodes"]).iter().map(|node| (text(&node["id"]), node_uses(node))).collect();
    let packages = list(&metadata["packages"])
        .iter()
        .filter_map(|package| {
            let id = text(&package["id"]);
            let parsed = Package {
                name: text(&package["name"]).to_owned(),
                version: text(&package["version"]).to_owned(),
                licence: package["license"].as_str().map(str::to_owned),
                in_workspace: members.contains(id),
                // What the platform does not need has no node.
                uses: uses.remove(id)?,
            };
            Some((id.to_owned(), parsed))
        })
        .collect();
    Graph { packages }
}

fn node_uses(node: &Value) -> Vec<Use> {
    list(&node["deps"])
        .iter()
        .map(|dependency| {
            let kinds = list(&dependency["dep_kinds"]);
            let for_tests_only = kinds.iter().all(|kind| kind["kind"] == "dev");
            Use { id: text(&dependency["pkg"]).to_owned(), for_tests_only }
        })
        .collect()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Small graphs for the tests of the checks.
#[cfg(test)]
pub(crate) mod sample {
    use super::{Graph, Package, Use};

    /// A graph of workspace packages and the names that each uses; a name with a leading `~` is for tests only.
    /// Names that are used but not listed become packages from outside with a permissive licence.
    pub(crate) fn graph(packages: &[(&str, &[&str])]) -> Graph {
        let mut graph = Graph::default();
        for (name, uses) in packages {
            let uses = uses
                .iter()
                .map(|used| Use { id: used.trim_start_matches('~').to_owned(), for_tests_only: used.starts_with('~') });
            let package =
                Package { name: (*name).to_owned(), in_workspace: true, uses: uses.collect(), ..Package::default() };
            graph.packages.insert((*name).to_owned(), package);
        }
        for used in packages.iter().flat_map(|(_, uses)| uses.iter()).map(|used| used.trim_start_matches('~')) {
            graph.packages.entry(used.to_owned()).or_insert_with(|| outside(used, Some("MIT")));
        }
        graph
    }

    pub(crate) fn outside(name: &str, licence: Option<&str>) -> Package {
        Package {
            name: name.to_owned(),
            version: "1.0.0".to_owned(),
            licence: licence.map(str::to_owned),
            ..Package::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_workspace_is_read_with_its_edges() {
        let graph = load(&crate::root()).unwrap();
        let xtask = graph.workspace().find(|package| package.name == "reeve-xtask").unwrap();
        assert!(graph.used_names(xtask, false).any(|name| name == "serde_json"));
        assert!(graph.used_names(xtask, true).any(|name| name == "tempfile"));
        assert!(graph.names_below(xtask).contains("itoa"), "found through serde_json");
        assert!(!graph.packages.values().any(|package| package.name == "windows-sys"), "Linux only");
    }
}
