//! Which licences may be linked into a program under Apache-2.0, and which libraries must not come in at all.

use crate::finding::Finding;
use crate::metadata::{Graph, Package};

/// Permissive licences, and MPL-2.0, whose copyleft ends at the files that it covers.
const ALLOWED: [&str; 14] = [
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    // The Boost licence; not to be taken for the Business Source License, whose name is BUSL-1.1.
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MPL-2.0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// A second crypto or TLS library means two sets of faults to follow and two stores of trusted roots.
const BANNED: [&str; 3] = ["native-tls", "openssl-sys", "ring"];

/// Findings for every package of the graph that we may not ship.
pub(crate) fn check(graph: &Graph) -> Vec<Finding> {
    let packages = graph.packages.values();
    packages.filter_map(|package| banned(package).or_else(|| unlicensed(package))).collect()
}

fn banned(package: &Package) -> Option<Finding> {
    if !BANNED.contains(&package.name.as_str()) {
        return None;
    }
    let sentence = format!(
        "must not be linked, aws-lc-rs and rustls do its work; `cargo tree --workspace -i {}` shows which feature brings it in",
        package.name
    );
    Some(finding(package, sentence))
}

fn unlicensed(package: &Package) -> Option<Finding> {
    // Ours say nothing yet, in small graphs of tests, or Apache-2.0.
    let Some(licence) = &package.licence else {
        return (!package.in_workspace).then(|| finding(package, "has no licence expression; use another library"));
    };
    match spdx::Expression::parse_mode(licence, spdx::ParseMode::LAX) {
        Err(_) => {
            Some(finding(package, format!("has a licence that cannot be read: {licence:?}; use another library")))
        }
        Ok(expression) if expression.evaluate(|licence| ALLOWED.contains(&licence.to_string().as_str())) => None,
        Ok(_) => Some(finding(
            package,
            format!("is under {licence}, which crates/xtask/src/licences.rs does not allow; use another library"),
        )),
    }
}

fn finding(package: &Package, sentence: impl Into<String>) -> Finding {
    Finding::new(format!("{} {}", package.name, package.version), sentence)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metadata::sample::outside;

    fn check_licence(licence: Option<&str>, expected: &str) {
        let found = sentence(&outside("library", licence));
        assert!(!found.is_empty() && found.contains(expected), "{licence:?}: {found:?}");
    }

    fn allowed(licence: &str) {
        assert_eq!(sentence(&outside("library", Some(licence))), "", "{licence}");
    }

    fn sentence(package: &Package) -> String {
        let mut graph = Graph::default();
        graph.packages.insert("id".to_owned(), package.clone());
        check(&graph).first().map(ToString::to_string).unwrap_or_default()
    }

    #[test]
    fn permissive_licences_are_allowed_in_all_their_spellings() {
        allowed("MIT");
        allowed("MIT/Apache-2.0");
        allowed("Apache-2.0 / MIT");
        allowed("(MIT OR Apache-2.0) AND Unicode-3.0");
        allowed("GPL-3.0-only OR MIT");
        allowed("Apache-2.0 WITH LLVM-exception");
        allowed("BSL-1.0");
    }

    #[test]
    fn other_licences_are_refused() {
        check_licence(Some("AGPL-3.0-only"), "does not allow");
        check_licence(Some("MIT AND GPL-3.0-or-later"), "does not allow");
        check_licence(Some("BUSL-1.1"), "does not allow");
        check_licence(Some("Apache-2.0 WITH Classpath-exception-2.0"), "does not allow");
        check_licence(Some("ask us"), "cannot be read");
        check_licence(None, "no licence expression");
    }

    #[test]
    fn a_second_crypto_library_is_refused_whatever_its_licence() {
        let found = sentence(&outside("ring", Some("MIT")));
        assert!(found.contains("must not be linked"), "{found}");
    }
}
