//! Lists: pages, all pages, what they look like, and what they cannot do to a terminal.

use crate::run::reeve;
use crate::server::{Server, ok};

fn page(names: &[&str], next: &str) -> String {
    let items: Vec<String> =
        names.iter().map(|name| format!(r#"{{"username":"{name}","state":"enabled","x":1}}"#)).collect();
    format!(r#"{{"items":[{}],"next_cursor":{next},"total":3}}"#, items.join(","))
}

#[tokio::test]
async fn all_pages_are_one_array_for_programs() {
    let server = Server::start(vec![ok(&page(&["ada", "bob"], "\"c1\"")), ok(&page(&["eve"], "null"))]).await;
    let ran = reeve(&server.data(), "user list --org acme --all -o json").run().await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    let users: Vec<serde_json::Value> = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(users.iter().map(|user| user["username"].as_str().unwrap()).collect::<Vec<_>>(), ["ada", "bob", "eve"]);
    assert!(users.iter().all(|user| user["x"] == 1));
    assert_eq!(
        server.lines(),
        [
            "GET /api/v1/organizations/acme/users?limit=1000",
            "GET /api/v1/organizations/acme/users?limit=1000&cursor=c1",
        ]
    );
}

#[tokio::test]
async fn all_of_nothing_is_an_empty_array() {
    let server = Server::start(vec![ok(&page(&[], "null"))]).await;
    let ran = reeve(&server.data(), "user list --org acme --all -o json").run().await;
    assert_eq!((ran.code, ran.out.as_str()), (0, "[]\n"));
}

#[tokio::test]
async fn one_page_is_exactly_what_the_server_said() {
    let text = page(&["ada"], "\"c1\"");
    let server = Server::start(vec![ok(&text)]).await;
    let ran = reeve(&server.data(), "user list --org acme --limit 1 --state enabled -o json").run().await;
    assert_eq!((ran.code, ran.out.trim()), (0, text.as_str()));
    assert_eq!(server.lines(), ["GET /api/v1/organizations/acme/users?state=enabled&limit=1"]);
}

#[tokio::test]
async fn people_see_a_table_and_how_to_see_more() {
    let server = Server::start(vec![ok(&page(&["ada", "bob"], "\"c1\""))]).await;
    let ran = reeve(&server.data(), "user list --org acme").run().await;
    assert_eq!(
        ran.out,
        "NAME  DISPLAY NAME  ADDRESS  STATE    ROLE\nada                 -        enabled\nbob                 -        enabled\n"
    );
    assert_eq!(ran.err, "2 of 3 users shown; --all shows all, --cursor c1 goes on\n");
}

#[tokio::test]
async fn an_empty_list_says_what_to_do() {
    let server = Server::start(vec![ok(r#"{"items":[],"next_cursor":null,"total":0}"#)]).await;
    let ran = reeve(&server.data(), "org list").run().await;
    assert_eq!((ran.code, ran.out.as_str()), (0, ""));
    assert_eq!(ran.err, "no organizations\nhint: create one: reeve org create ALIAS --wait\n");
}

#[tokio::test]
async fn a_list_without_end_is_given_up() {
    let server = Server::start(vec![ok(&page(&["a"], "\"c1\"")), ok(&page(&["a"], "\"c1\""))]).await;
    let ran = reeve(&server.data(), "user list --org acme --all").run().await;
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("the list does not end"), "{}", ran.err);
}

#[tokio::test]
async fn a_name_cannot_drive_the_terminal() {
    let text = "{\"items\":[{\"username\":\"a\\u001b[2J\u{9b}2Jb\",\"state\":\"enabled\"}],\"next_cursor\":null}";
    for format in ["human", "json"] {
        let server = Server::start(vec![ok(text)]).await;
        let ran = reeve(&server.data(), &format!("user list --org acme --color never -o {format}"))
            .on_terminal(80)
            .run()
            .await;
        assert_eq!(ran.code, 0);
        assert!(ran.out.chars().all(|c| c == '\n' || !c.is_control()), "{:?}", ran.out);
        assert!(ran.out.contains("[2J"), "{:?}", ran.out);
    }
}

#[tokio::test]
async fn colours_are_for_terminals() {
    for (flags, terminal, coloured) in
        [("", true, true), ("", false, false), ("--color never ", true, false), ("--color always ", false, true)]
    {
        let server = Server::start(vec![ok(&page(&["ada"], "null"))]).await;
        let line = reeve(&server.data(), &format!("{flags}user list --org acme"));
        let line = if terminal { line.on_terminal(80) } else { line };
        assert_eq!(line.run().await.out.contains('\u{1b}'), coloured, "{flags} {terminal}");
    }
}

#[tokio::test]
async fn json_is_laid_out_for_people_only() {
    let server = Server::start(vec![ok(r#"{"b":1,"a":2}"#), ok(r#"{"b":1,"a":2}"#)]).await;
    let piped = reeve(&server.data(), "org show acme -o json").run().await;
    assert_eq!(piped.out, "{\"b\":1,\"a\":2}\n");
    let seen = reeve(&server.data(), "org show acme -o json").on_terminal(80).run().await;
    assert_eq!(seen.out, "{\n  \"b\": 1,\n  \"a\": 2\n}\n");
}
