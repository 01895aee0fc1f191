//! The same operation through each of its doors leaves the same rows, writes the same events and refuses the same things.
//!
//! Three organizations are alike but for their names. Each step is done in the first by REST, in the second by the
//! command line and in the third by AWS; then everything that REST shows of them is compared, and so are their events.

mod doors;
mod refusals;
mod settings;
mod steps;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::service::Service;
use doors::{Doors, Rest};

/// The organizations: by REST, by the command line, by AWS.
const ALIASES: [&str; 3] = ["byrest", "byline", "bycloud"];

/// Members that cannot be the same, or whose values name things by ids: their number is compared, not their content.
const OWN: [&str; 4] = ["_id", "_at", "_by", "arn"];

/// What a look at the DNS says of a domain and of its records: Reeve looks in its own time.
const LOOKED_UP: [&str; 4] = ["checked_at", "state", "found", "advice"];

/// What Reeve does by itself, in its own time.
const BY_ITSELF: &str = "maintain_domain";

#[tokio::test]
async fn every_door_leaves_the_same_rows_and_events() {
    let service = Service::start(&[]);
    let doors = Doors::open(&service, ALIASES).await;
    for step in steps::all() {
        for (door, alias) in ALIASES.iter().enumerate() {
            doors.take(&step, (door, alias)).await;
        }
    }
    let [rest, line, cloud] = [0, 1, 2].map(|at| ALIASES[at]);
    let shown = everything(doors.rest(), rest).await;
    for other in [line, cloud] {
        let others = everything(doors.rest(), other).await;
        for (path, value) in &shown {
            assert_eq!(others.get(path), Some(value), "{path} of {other}");
        }
    }
    let noted = events(doors.rest(), rest).await;
    for other in [line, cloud] {
        let others = events(doors.rest(), other).await;
        for (theirs, ours) in others.iter().zip(&noted) {
            assert_eq!(theirs, ours, "events of {other}");
        }
        assert_eq!(others.len(), noted.len(), "events of {other}");
    }
}

#[tokio::test]
async fn every_door_refuses_the_same_things() {
    let service = Service::start(&[]);
    let doors = Doors::open(&service, ALIASES).await;
    for step in steps::all().into_iter().filter(|step| steps::NEEDED_FOR_REFUSALS.contains(&step.operation)) {
        for (door, alias) in ALIASES.iter().enumerate() {
            doors.take(&step, (door, alias)).await;
        }
    }
    for refusal in refusals::all() {
        doors.refuses(&refusal, ALIASES).await;
    }
}

/// Whatever the AWS door changes is changed through each door here.
#[test]
fn every_change_that_the_aws_door_serves_is_among_the_steps() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/aws-api.md")).unwrap();
    let rows = page.lines().filter_map(|line| line.strip_prefix("| ")?.split_once(" | "));
    let served: Vec<_> = rows
        .filter(|(_, rest)| ["works", "stored"].iter().any(|word| rest.starts_with(word)))
        .map(|row| row.0)
        .collect();
    assert!(served.len() > 80, "docs/aws-api.md names {} operations", served.len());
    let reads = ["Describe", "List", "Get", "Test"];
    let taken: Vec<_> = steps::all().iter().map(|step| step.aws.0).collect();
    for name in served.into_iter().filter(|name| !reads.iter().any(|read| name.starts_with(read))) {
        assert!(taken.contains(&name) || steps::ELSEWHERE.contains(&name), "{name} is in no step");
    }
}

/// Everything that REST shows of an organization, by path.
async fn everything(rest: &Rest, alias: &str) -> BTreeMap<String, Value> {
    let mut all = BTreeMap::new();
    for path in steps::LISTS {
        all.insert((*path).to_owned(), alike(rest.get(alias, path).await, alias));
    }
    for (kind, parts) in steps::PARTS {
        let list = rest.get(alias, kind).await;
        for item in list["items"].as_array().unwrap() {
            let name = ["username", "name"].iter().find_map(|member| item[*member].as_str()).unwrap();
            let id = ["user_id", "group_id", "resource_id"].iter().find_map(|member| item[*member].as_str()).unwrap();
            for part in *parts {
                let path = part.replace("{id}", id);
                let shown = rest.try_get(alias, &path).await;
                all.insert(part.replace("{id}", name), alike(shown, alias));
            }
        }
    }
    all
}

/// What was done, in any order: events of one millisecond have none.
async fn events(rest: &Rest, alias: &str) -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = rest.get_all(&format!("/events?organization={alias}&limit=1000{cursor}")).await;
        for event in page["items"].as_array().unwrap() {
            if event["operation"] == BY_ITSELF {
                continue;
            }
            let event = alike(event.clone(), alias);
            let [operation, resource, changes] = ["operation", "resource", "changes"].map(|member| &event[member]);
            texts.push(format!("{operation} {resource} {changes}"));
        }
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    texts.sort();
    texts
}

/// The same without what cannot be the same.
fn alike(value: Value, alias: &str) -> Value {
    match value {
        Value::Object(members) => {
            let is_watched = members.contains_key("necessity") || members.contains_key("records");
            let members = members.into_iter().filter(|(name, _)| !(is_watched && LOOKED_UP.contains(&name.as_str())));
            let kept = members.map(|(name, value)| match &value {
                Value::String(_) if OWN.iter().any(|end| name.ends_with(end)) => (name, Value::from("…")),
                _ => (name, alike(value, alias)),
            });
            Value::Object(kept.collect::<Map<_, _>>())
        }
        Value::Array(values) => Value::Array(values.into_iter().map(|value| alike(value, alias)).collect()),
        Value::String(text) => Value::from(plain(&text, alias)),
        other => other,
    }
}

/// A text without the organization's name, ids and tokens that were drawn.
fn plain(text: &str, alias: &str) -> String {
    let text = text.replace(alias, "acme");
    // What the owner of a domain shows in its DNS is drawn each time.
    if text.len() == 44 && text.ends_with('=') {
        return "…".to_owned();
    }
    // So are the keys by which its mail is signed.
    if let Some((head, _)) = text.split_once("; p=") {
        return format!("{head}; p=…");
    }
    let is_id = |word: &str| {
        let hex = word.bytes().filter(|b| b.is_ascii_hexdigit() || *b == b'-').count();
        (word.len() >= 32 && hex + 4 >= word.len()) || (word.len() == 12 && word.starts_with("d-") && hex == 12)
    };
    let words = text.split_inclusive([' ', '"', ',', '=', '/', ':']);
    words.map(|word| if is_id(word.trim_end_matches([' ', '"', ',', '=', '/', ':'])) { "…" } else { word }).collect()
}
