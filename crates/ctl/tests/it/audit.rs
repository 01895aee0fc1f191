//! The audit trail: who did it, by what right, and the whole of it as a file.

use crate::run::reeve;
use crate::server::{End, Server, chunks, ok};

const EVENTS: &str = r#"{"items":[
{"at":"2026-11-21T10:00:00Z","actor":{"kind":"administrator","name":"help@acme.test"},"credential":{"kind":"access_key","id":"AK123"},"policy":{"policy_id":"help-desk","name":"help-desk"},"operation":"reset_user_password","resource":{"kind":"user","name":"ada"},"changes":[]},
{"at":"2026-11-21T09:00:00Z","actor":{"kind":"administrator","name":"root@acme.test"},"credential":{"kind":"api_password","id":null},"policy":null,"operation":"x","resource":{"kind":"user","name":"ada"},"changes":[]},
{"at":"2026-11-21T08:00:00Z","actor":{"kind":"system"},"operation":"y","resource":{"kind":"user","name":"ada"},"changes":[]}],"next_cursor":null}"#;

#[tokio::test]
async fn the_table_says_how_somebody_was_let_in_and_which_policy_decided() {
    let server = Server::start(vec![ok(EVENTS), ok(EVENTS)]).await;
    let ran = reeve(&server.data(), "audit --actor help@acme.test").run().await;
    assert!(ran.out.contains("help@acme.test  key AK123, by help-desk  reset_user_password"), "{}", ran.out);
    assert!(ran.out.contains("root@acme.test  api password             x"), "{}", ran.out);
    assert!(ran.out.contains("system          -                        y"), "{}", ran.out);
    assert_eq!(server.lines(), ["GET /api/v1/events?actor=help%40acme.test"]);
    let narrow = reeve(&server.data(), "audit").on_terminal(100).run().await;
    assert!(!narrow.out.contains("HOW"), "{}", narrow.out);
}

#[tokio::test]
async fn an_export_takes_the_same_filters_before_and_behind() {
    let lines = ["{\"event_id\":\"1\"}\n", "{\"event_id\":\"2\"}\n"];
    let server = Server::start(vec![chunks(&lines, End::Proper), chunks(&lines, End::Proper)]).await;
    let wanted = "GET /api/v1/events/export?organization=acme&actor=root%40acme.test&operation=create_user&since=2026-11-21T10%3A00%3A00Z&until=2026-11-21T11%3A00%3A00Z";
    let ran = reeve(
        &server.data(),
        "audit export --org acme --since 2h --until 1h --actor root@acme.test --operation create_user",
    )
    .run()
    .await;
    assert_eq!((ran.code, ran.out), (0, lines.concat()));
    reeve(
        &server.data(),
        "audit --org acme --since 2h --actor root@acme.test export - --until 1h --operation create_user",
    )
    .run()
    .await;
    assert_eq!(server.lines(), [wanted, wanted]);
    let ran = reeve(&server.data(), "audit --limit 5 export").run().await;
    assert_eq!(ran.code, 2, "{}", ran.err);
}

#[tokio::test]
async fn an_exported_file_is_whole_or_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.jsonl");
    let lines = ["{\"event_id\":", "\"1\"}\n{\"event_id\":\"2\"}\n"];
    let server =
        Server::start(vec![chunks(&lines, End::Broken), chunks(&lines, End::Proper), chunks(&lines, End::Proper)])
            .await;
    let line = format!("audit export {}", path.display());
    let broken = reeve(&server.data(), &line).run().await;
    assert_eq!(broken.code, 3);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    let whole = reeve(&server.data(), &line).run().await;
    assert_eq!((whole.code, whole.out), (0, format!("wrote 2 events to {}\n", path.display())));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), lines.concat());
    let json = reeve(&server.data(), &format!("{line} -o json")).run().await;
    assert_eq!(json.out, format!("{{\"file\":\"{}\",\"events\":2}}\n", path.display()));
}
