//! The house of ARCHITECTURE.md as a table: which crate may use which, and what must never be in it.
//! A crate that is not in the table is refused: a new one is a decision, and this is where it is written down.

use crate::finding::Finding;
use crate::metadata::{Graph, Package};

/// One crate's place.
struct Crate {
    /// Its folder under `crates/`; the package is `reeve-NAME`.
    name: &'static str,
    /// Arrows point down only; `None` is for development, and nothing that ships may use it.
    floor: Option<u8>,
    /// The crates of the workspace that it may use.
    uses: &'static [&'static str],
    /// What its manifest must not name.
    forbids: &'static [&'static str],
    /// What nothing below it may bring in either.
    forbids_below: &'static [&'static str],
}

const HOUSE: &[Crate] = &[
    Crate {
        name: "base",
        floor: Some(0),
        uses: &[],
        // Below, serde cannot be helped: one feature of uuid that anybody wants is on for all.
        forbids: &["serde"],
        forbids_below: &[
            "tokio",
            "serde_json",
            "http",
            "hyper",
            "axum",
            "reqwest",
            "rusqlite",
            "postgres",
            "tokio-postgres",
        ],
    },
    Crate {
        name: "store",
        floor: Some(1),
        uses: &["base"],
        forbids: &["axum", "http", "hyper", "tower", "reqwest", "utoipa", "clap", "serde"],
        forbids_below: &["axum"],
    },
    Crate {
        name: "net",
        floor: Some(1),
        uses: &["base"],
        forbids: &["serde", "serde_json", "utoipa", "clap"],
        forbids_below: &["axum", "rusqlite", "postgres", "tokio-postgres"],
    },
    Crate {
        name: "dns",
        floor: Some(1),
        uses: &["base"],
        forbids: &["axum", "utoipa", "clap"],
        forbids_below: &["axum", "rusqlite", "postgres", "tokio-postgres"],
    },
    Crate {
        name: "kms",
        floor: Some(1),
        uses: &["base"],
        forbids: &["axum", "utoipa", "clap"],
        forbids_below: &["axum", "rusqlite", "postgres", "tokio-postgres"],
    },
    Crate {
        name: "domain",
        floor: Some(2),
        uses: &["base", "store"],
        // Without serde, nothing here can be put on a wire by accident.
        forbids: &[
            "axum",
            "http",
            "hyper",
            "tower",
            "tower-http",
            "reqwest",
            "utoipa",
            "clap",
            "serde",
            "rusqlite",
            "postgres",
            "tokio-postgres",
        ],
        forbids_below: &["axum", "reqwest", "utoipa"],
    },
    Crate {
        name: "door-rest",
        floor: Some(3),
        uses: &["base", "net", "domain"],
        forbids: &["rusqlite", "postgres", "tokio-postgres", "argon2", "reqwest", "clap"],
        forbids_below: &[],
    },
    Crate {
        name: "door-aws",
        floor: Some(3),
        uses: &["base", "net", "domain"],
        forbids: &["rusqlite", "postgres", "tokio-postgres", "argon2", "reqwest", "clap"],
        forbids_below: &[],
    },
    Crate {
        name: "worker",
        floor: Some(3),
        uses: &["base", "domain"],
        forbids: &["axum", "http", "hyper", "tower", "rusqlite", "postgres", "tokio-postgres", "clap"],
        forbids_below: &[],
    },
    Crate {
        name: "ctl",
        floor: Some(3),
        uses: &["base"],
        forbids: &["argon2"],
        forbids_below: &["axum", "rusqlite", "postgres", "tokio-postgres"],
    },
    Crate {
        name: "server",
        floor: Some(4),
        uses: &["base", "store", "net", "dns", "kms", "domain", "door-rest", "door-aws", "worker", "ctl"],
        forbids: &["rusqlite", "postgres", "tokio-postgres", "argon2"],
        forbids_below: &[],
    },
    Crate { name: "testkit", floor: None, uses: &["base", "store", "domain"], forbids: &[], forbids_below: &[] },
    Crate { name: "e2e", floor: None, uses: &["base", "testkit"], forbids: &[], forbids_below: &[] },
    Crate { name: "xtask", floor: None, uses: &[], forbids: &[], forbids_below: &[] },
    Crate {
        name: "bench",
        floor: None,
        uses: &["base", "store", "domain", "door-aws", "testkit"],
        forbids: &[],
        forbids_below: &[],
    },
];

/// Findings for every edge that the table does not allow.
pub(crate) fn check(graph: &Graph) -> Vec<Finding> {
    let mut findings = Vec::new();
    for package in graph.workspace() {
        match place(&package.name) {
            Some(place) => findings.extend(check_crate(graph, package, place)),
            None => findings.push(Finding::new(
                &package.name,
                "is not in the table of crates/xtask/src/floors.rs; decide its floor and what it may use, and add it there",
            )),
        }
    }
    findings
}

fn check_crate(graph: &Graph, package: &Package, place: &Crate) -> Vec<Finding> {
    let mut findings = Vec::new();
    for used in graph.used_names(package, false) {
        if place.forbids.contains(&used) {
            findings.push(forbidden(package, used));
        }
        if own_crate(used).is_some_and(|used| !place.uses.contains(&used)) {
            findings.push(bad_edge(package, used, place));
        }
    }
    for used in graph.used_names(package, true) {
        if own_crate(used).is_some() && !tests_may_use(place, used) {
            findings.push(Finding::new(
                &package.name,
                format!("its tests may not use {used}: only testkit and lower floors"),
            ));
        }
    }
    for used in graph.names_below(package) {
        if place.forbids_below.contains(&used) && !place.forbids.contains(&used) {
            findings.push(forbidden(package, used));
        }
    }
    findings
}

/// Tests may reach below their crate's own edges, to prepare what they test, but never sideways or up.
fn tests_may_use(user: &Crate, used: &str) -> bool {
    let Some(used) = place(used) else {
        return false;
    };
    match (user.floor, used.floor) {
        (_, None) => used.name == "testkit",
        (None, Some(_)) => true,
        (Some(user), Some(used)) => used < user,
    }
}

fn place(package: &str) -> Option<&'static Crate> {
    let name = own_crate(package)?;
    HOUSE.iter().find(|place| place.name == name)
}

fn own_crate(package: &str) -> Option<&str> {
    package.strip_prefix("reeve-")
}

fn bad_edge(package: &Package, used: &str, place: &Crate) -> Finding {
    let allowed = if place.uses.is_empty() { "none of ours".to_owned() } else { place.uses.join(", ") };
    Finding::new(
        &package.name,
        format!("may not use {used} (ARCHITECTURE.md allows {allowed}); move the code to the floor that may"),
    )
}

fn forbidden(package: &Package, used: &str) -> Finding {
    Finding::new(
        &package.name,
        format!(
            "must not contain {used} (ARCHITECTURE.md); `cargo tree -p {} -i {used}` shows who brings it in",
            package.name
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metadata::sample::graph;

    fn check_graph(packages: &[(&str, &[&str])], expected: &str) {
        let findings = check(&graph(packages));
        assert_eq!(findings.len(), 1, "{findings:?}");
        assert!(findings[0].to_string().contains(expected), "{findings:?}");
    }

    #[test]
    fn the_house_as_drawn_is_allowed() {
        let house: &[(&str, &[&str])] = &[
            ("reeve-base", &["uuid"]),
            ("reeve-store", &["reeve-base", "rusqlite", "postgres"]),
            ("reeve-domain", &["reeve-base", "reeve-store", "~reeve-testkit"]),
            ("reeve-door-rest", &["reeve-base", "reeve-domain", "axum", "~reeve-store"]),
            ("reeve-testkit", &["reeve-base", "reeve-store"]),
        ];
        assert_eq!(check(&graph(house)), []);
    }

    #[test]
    fn an_edge_that_the_table_does_not_have_is_refused() {
        check_graph(
            &[("reeve-door-rest", &["reeve-store"]), ("reeve-store", &[])],
            "reeve-door-rest: may not use reeve-store",
        );
        check_graph(&[("reeve-base", &["reeve-store"]), ("reeve-store", &[])], "none of ours");
        check_graph(&[("reeve-ctl", &["reeve-domain"]), ("reeve-domain", &[])], "reeve-ctl: may not use reeve-domain");
    }

    #[test]
    fn what_is_for_development_does_not_ship() {
        check_graph(&[("reeve-domain", &["reeve-testkit"]), ("reeve-testkit", &[])], "may not use reeve-testkit");
    }

    #[test]
    fn tests_reach_down_and_to_the_testkit_only() {
        check_graph(&[("reeve-worker", &["~reeve-ctl"]), ("reeve-ctl", &[])], "its tests may not use reeve-ctl");
        check_graph(
            &[("reeve-store", &["~reeve-domain"]), ("reeve-domain", &[])],
            "its tests may not use reeve-domain",
        );
        check_graph(&[("reeve-base", &["~reeve-e2e"]), ("reeve-e2e", &[])], "its tests may not use reeve-e2e");
    }

    #[test]
    fn a_forbidden_library_is_refused_wherever_it_comes_from() {
        check_graph(&[("reeve-domain", &["rusqlite"])], "must not contain rusqlite");
        let mut through_another = graph(&[("reeve-base", &["uuid"]), ("reeve-xtask", &["tokio"])]);
        let tokio = crate::metadata::Use { id: "tokio".to_owned(), for_tests_only: false };
        through_another.packages.get_mut("uuid").unwrap().uses.push(tokio);
        let findings = check(&through_another);
        assert_eq!(findings.len(), 1, "{findings:?}");
        assert!(findings[0].to_string().contains("reeve-base: must not contain tokio"), "{findings:?}");
    }

    #[test]
    fn a_crate_without_a_place_is_refused() {
        check_graph(&[("reeve-common", &[])], "is not in the table");
    }

    #[test]
    fn the_table_itself_points_down_only() {
        for place in HOUSE {
            for used in place.uses {
                let below = HOUSE.iter().find(|other| other.name == *used).unwrap();
                if let Some(floor) = place.floor {
                    assert!(below.floor.unwrap() < floor, "{} uses {used}", place.name);
                }
            }
        }
    }
}
