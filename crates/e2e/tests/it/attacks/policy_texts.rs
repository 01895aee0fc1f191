//! Policies that are written to hurt: too long, too deep, too many; and the worst that is taken, asked again and again.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::caller::Caller;
use crate::deployment::{Deployment, UNBRAKED, text};

/// How long the refusal of a text may take, in a debug build on a machine that does other things, too.
const PATIENCE: Duration = Duration::from_secs(1);

/// A statement about what can be changed, with this condition.
fn when(condition: &str) -> String {
    format!("permit (principal, action == Action::\"edit_user\", resource) when {{ {condition} }};")
}

fn nested(open: &str, inside: &str, close: &str, depth: usize) -> String {
    when(&format!("{}{inside}{}", open.repeat(depth), close.repeat(depth)))
}

/// Texts that must be refused.
fn pathological() -> Vec<(&'static str, String)> {
    let statement = "permit (principal, action, resource);";
    let stars = "*a".repeat(500_000);
    let after_comment = |condition: String| condition.replace("{ ", "{ //\r");
    vec![
        ("1 MB of blanks", " ".repeat(1_000_000)),
        ("1 MB in a comment", format!("//{}\n{statement}", "x".repeat(1_000_000))),
        ("a 1 MB pattern", when(&format!("resource.name like \"{stars}\""))),
        ("thousands of statements", statement.repeat(20_000)),
        ("more statements than may be", statement.repeat(101)),
        ("brackets", nested("(", "true", ")", 10_000)),
        ("a few brackets too many", nested("(", "true", ")", 30)),
        ("lists", nested("[", "1", "]", 5_000)),
        ("records", nested("{\"a\":", "1", "}", 3_000)),
        ("half of the brackets", when(&"(".repeat(15_000))),
        ("brackets that do not match", when(&"(]".repeat(7_000))),
        ("nots", when(&format!("{}true", "!".repeat(15_000)))),
        ("minuses", when(&format!("1 == {}1", "-".repeat(15_000)))),
        ("ands", when(&format!("true{}", "&&true".repeat(4_000)))),
        ("sums", when(&format!("1 == 1{}", "+1".repeat(10_000)))),
        ("products", when(&format!("1 == 1{}", "*1".repeat(10_000)))),
        ("attributes", when(&format!("context{}", ".x".repeat(10_000)))),
        ("indices", when(&format!("context{}", "[\"x\"]".repeat(5_000)))),
        ("some indices", when(&format!("context{}", "[\"x\"]".repeat(150)))),
        ("calls", when(&format!("[1]{}", ".contains(1)".repeat(2_000)))),
        ("conditions", when(&format!("{}true", "if true then true else ".repeat(1_000)))),
        ("brackets after a comment that ends with a carriage return", after_comment(nested("(", "true", ")", 5_000))),
        ("nots after such a comment", after_comment(when(&format!("{}true", "!".repeat(10_000))))),
        ("ands after such a comment", after_comment(when(&format!("true{}", "&&true".repeat(4_000))))),
        ("an endless text", "permit (principal, action, resource) when { \"".to_owned() + &"a".repeat(30_000)),
        ("nothing", String::new()),
        ("slots", "permit (principal == ?principal, action, resource);".to_owned()),
        ("null characters", "\0".repeat(1_000)),
    ]
}

// "a policy of 1 MB or with pathological conditions" (issue 3)
#[tokio::test]
async fn a_policy_that_would_hurt_is_refused_within_a_second_and_the_server_lives() {
    let here = Deployment::set(&[UNBRAKED]);
    let root = Caller::root(&here).await;
    root.post("/policies", json!({ "name": "There", "cedar": "permit (principal, action, resource);" })).await.done();
    let before = root.get("/policies").await.text;
    for (what, cedar) in pathological() {
        let timed = async |answer: &dyn Fn() -> (reqwest::Method, &'static str, Value)| {
            let (method, path, body) = answer();
            let began = Instant::now();
            let answer = root.ask(method, path, body).await;
            assert!(began.elapsed() < PATIENCE, "{what} took {:?} at {path}", began.elapsed());
            answer
        };
        let made = timed(&|| (reqwest::Method::POST, "/policies", json!({ "name": "Bad", "cedar": cedar }))).await;
        assert!((400..500).contains(&made.status), "{what}: {}", made.text);
        assert!(made.text.len() < 4_000, "{what} is echoed");
        let edited = timed(&|| (reqwest::Method::PATCH, "/policies/There", json!({ "cedar": cedar }))).await;
        assert!((400..500).contains(&edited.status), "{what}: {}", edited.text);
        let valid = timed(&|| (reqwest::Method::POST, "/policies/validate", json!({ "cedar": cedar }))).await;
        assert!(valid.status != 200 || valid.body["valid"] == false, "{what}: {}", valid.text);
    }
    assert_eq!(root.get("/policies").await.text, before);
}

// The simple form has its bounds, too.
#[tokio::test]
async fn permissions_that_would_hurt_are_refused() {
    let here = Deployment::set(&[UNBRAKED]);
    let root = Caller::root(&here).await;
    let one = json!({ "resource_type": "user", "actions": ["read"], "resources": ["*"] });
    let with = |member: &str, value: Value| {
        let mut one = one.clone();
        one[member] = value;
        json!([one])
    };
    let ids: Vec<String> = (0..20_000).map(|n| format!("id-{n}")).collect();
    for (what, permissions) in [
        ("thousands of permissions", Value::Array(vec![one.clone(); 10_000])),
        ("thousands of ids", with("resources", json!(ids))),
        ("thousands of actions", with("actions", json!(vec!["read"; 20_000]))),
        (
            "thousands of organizations",
            json!([{ "resource_type": "user", "actions": ["read"], "organizations": vec!["x"; 20_000] }]),
        ),
        ("Cedar in an id", with("resources", json!(["x\"); permit (principal, action, resource); //"]))),
        ("Cedar in a type", with("resource_type", json!("user\" || true"))),
        (
            "Cedar in an action",
            with("actions", json!(["read\"], resource); permit (principal, action, resource); //"])),
        ),
        ("none", json!([])),
    ] {
        let began = Instant::now();
        let answer = root.post("/policies", json!({ "name": "Bad", "permissions": permissions })).await;
        assert!(began.elapsed() < PATIENCE, "{what} took {:?}", began.elapsed());
        assert!((400..500).contains(&answer.status), "{what}: {}", answer.text);
    }
    assert_eq!(root.get("/policies").await.done()["total"], 5);
}

/// As many statements as may be, each as costly as the length of a policy allows.
fn filled(condition: &str) -> String {
    const OCTETS: usize = 32 * 1024;
    let one = when(condition);
    one.repeat((OCTETS / one.len()).min(100))
}

/// The worst policies that are taken: every decision about editing a user must look at all of it.
fn worst() -> Vec<(&'static str, String)> {
    let long_name = "a".repeat(60);
    vec![
        ("statements", filled("!(resource.name == \"x\") && resource.name == \"x\"")),
        ("stars", filled(&format!("resource.name like \"{}b\"", "*a".repeat(40)))),
        ("one pattern", when(&format!("resource.name like \"{}b\"", "*a".repeat(15_000)))),
        ("a list", when(&format!("[{}].contains(resource.name)", vec!["\"b\""; 7_000].join(",")))),
        ("ors", filled(&["resource.name == \"b\""; 10].join(" || "))),
        ("brackets", filled(&format!("{}resource.name == \"{long_name}b\"{}", "(".repeat(15), ")".repeat(15)))),
        (
            "networks",
            filled(
                &["context has source_address && context.source_address.isInRange(ip(\"203.0.113.0/24\"))"; 4]
                    .join(" || "),
            ),
        ),
    ]
}

/// Chains and towers of so many operators.
const CHAINS: [fn(usize) -> String; 6] = [
    |n| when(&format!("resource.name == \"b\"{}", "||resource.enabled".repeat(n / 3))),
    |n| when(&format!("true{}&&resource.name == \"b\"", "&&true".repeat(n / 2))),
    |n| when(&format!("2 == 1{}", "+0".repeat(n))),
    |n| when(&format!("{}2{} == 1", "(".repeat(19), "+0)".repeat(19) + &"+0".repeat(n.saturating_sub(19)))),
    |n| when(&format!("{}1{} == 1{}", "if resource.enabled then ".repeat(18), "+0".repeat(n), " else true".repeat(18))),
    |n| when(&format!("{}1{}].contains(2)", "[1].contains(1) && ".repeat(n / 3) + "[", "+0".repeat(n / 2))),
];

/// The longest of its kind that is taken.
async fn longest(root: &Caller, chain: fn(usize) -> String) -> String {
    for operators in (1..=30).rev().map(|tens| tens * 10) {
        let cedar = chain(operators);
        if root.post("/policies/validate", json!({ "cedar": cedar })).await.done()["valid"] == true {
            return cedar;
        }
    }
    panic!("{} is not taken", chain(10))
}

// "evaluation of the worst accepted policy stays quick"
#[tokio::test]
async fn the_worst_policy_that_is_taken_is_decided_quickly() {
    /// The median of a request that is decided by it, in a debug build; release builds take a twentieth.
    const BOUND: Duration = Duration::from_millis(100);
    const ASKED: usize = 15;
    for here in Deployment::each_set(&[UNBRAKED]) {
        here.json(&["org", "create", "acme", "--wait"]);
        let name = "a".repeat(60);
        here.json(&["user", "create", &name, "--org", "acme", "--display-name", "A", "--generate-password"]);
        let root = Caller::root(&here).await;
        let sees = "permit (principal, action in [Action::\"*:read\"], resource);";
        root.post("/policies", json!({ "name": "Sees", "cedar": sees })).await.done();
        let mut texts: Vec<(String, String)> =
            worst().into_iter().map(|(what, text)| (what.to_owned(), text)).collect();
        for (n, chain) in CHAINS.iter().enumerate() {
            texts.push((format!("chain {n}"), longest(&root, *chain).await));
        }
        for (n, (what, cedar)) in texts.into_iter().enumerate() {
            let made = root.post("/policies", json!({ "name": what, "cedar": cedar })).await;
            assert_eq!(made.status, 201, "{what}: {}", made.text);
            let policies = json!([{ "policy": "Sees" }, { "policy": text(&made.body, "policy_id") }]);
            let caller = root.add(&format!("holder-{n}@example.com"), "general", policies).await;
            let path = format!("/organizations/acme/users/{name}");
            let mut times = Vec::new();
            for _ in 0..ASKED {
                let began = Instant::now();
                let answer = caller.patch(&path, json!({ "job_title": "Analyst" })).await;
                times.push(began.elapsed());
                assert!([200, 403].contains(&answer.status), "{what}: {}", answer.text);
            }
            times.sort_unstable();
            assert!(times[ASKED / 2] < BOUND, "{what}: {times:?}");
        }
        root.get("/sessions/current").await.done();
    }
}
