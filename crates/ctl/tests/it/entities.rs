//! Groups, resources, mailboxes and permissions: what is sent, what is shown, what is refused.

use serde_json::{Value, json};

use crate::run::reeve;
use crate::server::{Server, ok, problem, status};

const GROUP: &str = r#"{"group_id":"g-1","organization_id":"m-1","directory_id":"d-1","name":"engineers","email":"engineers@acme.test","state":"enabled","hidden_from_global_address_list":false,"enabled_at":"2026-11-01T00:00:00Z","disabled_at":null,"created_at":"2026-11-01T00:00:00Z","updated_at":"2026-11-01T00:00:00Z","version":4}"#;

const ROOM: &str = r#"{"resource_id":"r-1","organization_id":"m-1","directory_id":"d-1","name":"blue","kind":"room","description":"eight seats","booking":{"auto_accept":true,"auto_decline_recurring":true,"auto_decline_conflicting":true},"email":"blue@acme.test","state":"enabled","hidden_from_global_address_list":false,"version":2}"#;

const ADA: &str = r#"{"entity_id":"u-1","kind":"user","name":"ada","email":"ada@acme.test","state":"enabled","added_at":"2026-11-01T00:00:00Z"}"#;

const GRANT: &str = r#"{"entity_id":"u-2","kind":"user","name":"bob","email":null,"state":"disabled","permissions":["full_access","send_as"],"granted_at":"2026-11-01T00:00:00Z","updated_at":"2026-11-02T00:00:00Z"}"#;

const ACME: &str = "/api/v1/organizations/acme";

fn page(item: &str) -> String {
    format!(r#"{{"items":[{item}],"next_cursor":null,"total":1}}"#)
}

/// A command, the request that it must send, and the words that it must say.
async fn sends(line: &str, reply: &str, expected: (&str, &str), says: &str) {
    let reply = if reply.is_empty() { status(204, "", "") } else { ok(reply) };
    let server = Server::start(vec![reply]).await;
    let ran = reeve(&server.data(), &format!("{line} --org acme")).run().await;
    assert_eq!(ran.code, 0, "{line}: {}", ran.err);
    let (method, path) = expected.0.split_once(' ').unwrap();
    assert_eq!(server.lines(), [format!("{method} {ACME}/{path}")], "{line}");
    assert_eq!(server.requests()[0].body, expected.1, "{line}");
    assert!(ran.out.contains(says), "{line}: {}", ran.out);
}

#[tokio::test]
async fn a_group_command_is_one_request() {
    let email = r#"{"email":"engineers@acme.test"}"#;
    for (line, expected, says) in [
        ("group show engineers", ("GET groups/engineers", ""), "engineers@acme.test"),
        ("group show Board~of~directors", ("GET groups/Board%20of%20directors", ""), "g-1"),
        (
            "group edit engineers --hidden",
            ("PATCH groups/engineers", r#"{"hidden_from_global_address_list":true}"#),
            "changed group engineers",
        ),
        (
            "group enable engineers --email engineers@acme.test",
            ("POST groups/engineers/enable", email),
            "enabled group engineers as engineers@acme.test",
        ),
        ("group disable engineers", ("POST groups/engineers/disable", ""), "disabled group engineers"),
        (
            "group default-address engineers engineers@acme.test",
            ("PUT groups/engineers/default-address", email),
            "engineers@acme.test is now the primary address of engineers",
        ),
    ] {
        sends(line, GROUP, expected, says).await;
    }
    let alias = r#"{"address":"builders@acme.test","created_at":"2026-11-01T00:00:00Z"}"#;
    let added = ("POST groups/engineers/aliases", r#"{"address":"builders@acme.test"}"#);
    sends("group alias add engineers builders@acme.test", alias, added, "also has the address builders@acme.test")
        .await;
    let removed = ("DELETE groups/engineers/aliases/builders@acme.test", "");
    sends("group alias remove engineers builders@acme.test", "", removed, "removed the address").await;
    let listed = ("GET groups/engineers/aliases", "");
    sends("group alias list engineers", &page(alias), listed, "builders@acme.test").await;
    sends("group delete engineers --yes", "", ("DELETE groups/engineers", ""), "deleted group engineers\n").await;
    let list = ("GET groups?state=enabled&search=eng&limit=5", "");
    sends("group list --state enabled --search eng --limit 5", &page(GROUP), list, "engineers  engineers@acme.test")
        .await;
}

#[tokio::test]
async fn groups_and_resources_are_created_once() {
    for (line, made, path, body, says) in [
        (
            "group create engineers --email engineers@acme.test --hidden",
            GROUP,
            "groups",
            json!({
                "name": "engineers", "email": "engineers@acme.test", "hidden_from_global_address_list": true
            }),
            "created group engineers and enabled it as engineers@acme.test\n",
        ),
        (
            "group create Board~of~directors",
            r#"{"name":"x"}"#,
            "groups",
            json!({"name": "Board of directors"}),
            "created group x\n",
        ),
        (
            "resource create blue --kind room --description eight~seats --email blue@acme.test --auto-accept=false",
            ROOM,
            "resources",
            json!({
                "name": "blue", "kind": "room", "description": "eight seats", "email": "blue@acme.test",
                "booking": {"auto_accept": false}
            }),
            "created room blue and enabled it as blue@acme.test\n",
        ),
        (
            "resource create projector --kind equipment",
            r#"{"name":"projector","kind":"equipment"}"#,
            "resources",
            json!({"name": "projector", "kind": "equipment"}),
            "created equipment projector\n",
        ),
    ] {
        let server = Server::start(vec![status(503, "retry-after: 0\r\n", ""), status(201, "", made)]).await;
        let ran = reeve(&server.data(), &format!("{line} --org acme")).run().await;
        assert_eq!(ran.code, 0, "{line}: {}", ran.err);
        let seen = server.requests();
        assert_eq!(seen[1].line, format!("POST {ACME}/{path}"));
        assert!(seen[0].header("idempotency-key").is_some(), "{line}");
        assert_eq!(seen[0].header("idempotency-key"), seen[1].header("idempotency-key"), "{line}");
        assert_eq!(serde_json::from_str::<Value>(&seen[1].body).unwrap(), body, "{line}");
        assert!(ran.out.starts_with(says), "{line}: {}", ran.out);
    }
}

#[tokio::test]
async fn a_resource_command_is_one_request() {
    let email = r#"{"email":"blue@acme.test"}"#;
    for (line, expected, says) in [
        (
            "resource show blue",
            ("GET resources/blue", ""),
            "accepted by itself, recurring and conflicting ones declined",
        ),
        ("resource edit blue --name red", ("PATCH resources/blue", r#"{"name":"red"}"#), "changed resource blue"),
        ("resource edit blue --description ", ("PATCH resources/blue", r#"{"description":""}"#), "changed"),
        ("resource edit blue --kind equipment", ("PATCH resources/blue", r#"{"kind":"equipment"}"#), "changed"),
        (
            "resource edit blue --auto-accept=false --auto-decline-recurring",
            ("PATCH resources/blue", r#"{"booking":{"auto_accept":false,"auto_decline_recurring":true}}"#),
            "changed",
        ),
        ("resource enable blue --email blue@acme.test", ("POST resources/blue/enable", email), "enabled resource blue"),
        ("resource disable blue", ("POST resources/blue/disable", ""), "disabled resource blue"),
        (
            "resource default-address blue blue@acme.test",
            ("PUT resources/blue/default-address", email),
            "blue@acme.test is now the primary address of blue",
        ),
    ] {
        sends(line, ROOM, expected, says).await;
    }
    let alias = r#"{"address":"azure@acme.test","created_at":null}"#;
    let added = ("POST resources/blue/aliases", r#"{"address":"azure@acme.test"}"#);
    sends("resource alias add blue azure@acme.test", alias, added, "azure@acme.test").await;
    sends("resource alias remove blue azure@acme.test", "", ("DELETE resources/blue/aliases/azure@acme.test", ""), "")
        .await;
    sends("resource alias list blue", &page(alias), ("GET resources/blue/aliases", ""), "azure@acme.test").await;
    sends("resource delete blue -y", "", ("DELETE resources/blue", ""), "deleted resource blue\n").await;
    let list = ("GET resources?state=enabled&kind=room&search=bl", "");
    sends("resource list --kind room --state enabled --search bl", &page(ROOM), list, "eight seats").await;
}

#[tokio::test]
async fn members_and_delegates_are_added_listed_and_removed() {
    for (noun, of, path, key) in [
        ("group member", "engineers", "groups/engineers/members", "member"),
        ("resource delegate", "blue", "resources/blue/delegates", "delegate"),
    ] {
        let body = format!(r#"{{"{key}":"ada"}}"#);
        let says = format!("ada is a {key} of {of}\n");
        sends(&format!("{noun} add {of} ada"), ADA, (&format!("POST {path}"), &body), &says).await;
        let removed = format!("DELETE {path}/ada");
        sends(&format!("{noun} remove {of} ada"), "", (&removed, ""), &format!("ada is no {key} of {of}\n")).await;
        let table = "ada   user  ada@acme.test  enabled  2026-11-01 00:00:00 UTC\n";
        sends(&format!("{noun} list {of}"), &page(ADA), (&format!("GET {path}"), ""), table).await;
    }
}

#[tokio::test]
async fn it_can_be_asked_whose_an_address_is_and_who_belongs_where() {
    sends("entity find ada@acme.test", ADA, ("GET entities/ada@acme.test", ""), "kind     user\n").await;
    let group = r#"{"group_id":"g-1","name":"engineers"}"#;
    let listed = ("GET entities/ada/groups?name_prefix=eng", "");
    sends("entity groups ada --name-prefix eng", &page(group), listed, "NAME       ID\nengineers  g-1\n").await;
}

#[tokio::test]
async fn a_mailbox_is_shown_and_narrowed() {
    let mailbox = r#"{"state":"active","quota_mb":10240,"size_bytes":2048,"provisioned_at":null,"purge_at":null}"#;
    let shown = "state     active\nholds     2,048 octets\nmay hold  10,240 MB\n";
    sends("user mailbox show ada", mailbox, ("GET users/ada/mailbox", ""), shown).await;
    let set = ("PATCH users/ada/mailbox", r#"{"quota_mb":10240}"#);
    sends("user mailbox set-quota ada 10240", mailbox, set, "the mailbox of ada may now hold 10,240 MB\n").await;
    let server = Server::start(vec![ok(mailbox)]).await;
    reeve(&server.data(), "user mailbox set-quota ada 10240 --org acme --if-version 4").run().await;
    assert_eq!(server.requests()[0].header("if-match").as_deref(), Some("\"4\""));
}

#[tokio::test]
async fn permissions_are_put_listed_and_deleted() {
    let path = "entities/ada/permissions";
    let put = (&*format!("PUT {path}/bob"), r#"{"permissions":["full_access","send_as"]}"#);
    let says = "bob now has full_access, send_as for ada\n";
    sends("permission put ada bob --allow full_access,send_as", GRANT, put, says).await;
    sends("permission put ada bob --allow full_access --allow send_as", GRANT, put, says).await;
    let table = "bob   user  -        full_access, send_as  2026-11-02 00:00:00 UTC\n";
    sends("permission list ada", &page(GRANT), (&format!("GET {path}"), ""), table).await;
    sends("permission delete ada bob", "", (&format!("DELETE {path}/bob"), ""), "bob has no permission for ada\n")
        .await;
}

#[tokio::test]
async fn programs_get_what_the_server_said() {
    for (line, text) in [
        ("group show engineers", GROUP),
        ("resource edit blue --name red", ROOM),
        ("group member add engineers ada", ADA),
        ("entity find ada@acme.test", ADA),
        ("permission put ada bob --allow send_as", GRANT),
    ] {
        let server = Server::start(vec![ok(text)]).await;
        let ran = reeve(&server.data(), &format!("{line} --org acme -o json")).run().await;
        assert_eq!((ran.code, ran.out.trim()), (0, text), "{line}");
    }
}

#[tokio::test]
async fn an_edit_of_nothing_is_a_usage_error() {
    let server = Server::start(vec![]).await;
    for line in ["group edit engineers", "resource edit blue"] {
        let ran = reeve(&server.data(), &format!("{line} --org acme")).run().await;
        assert_eq!(ran.code, 2, "{line}");
        assert!(ran.err.contains("there is nothing to change"), "{}", ran.err);
    }
    assert!(server.lines().is_empty());
}

#[tokio::test]
async fn deletions_ask_for_the_name_or_for_yes() {
    for (noun, name) in [("group", "engineers"), ("resource", "blue")] {
        let server = Server::start(vec![status(204, "", "")]).await;
        let line = format!("{noun} delete {name} --org acme");
        assert_eq!(reeve(&server.data(), &line).run().await.code, 2);
        assert_eq!(reeve(&server.data(), &line).person(&[]).input("y\n").run().await.code, 2);
        assert!(server.lines().is_empty());
        let right = reeve(&server.data(), &line).person(&[]).input(&format!("{name}\n")).run().await;
        assert_eq!((right.code, right.out), (0, format!("deleted {noun} {name}\n")));
    }
}

#[tokio::test]
async fn whoever_leaves_nobody_to_answer_is_told_to_add_a_delegate() {
    let server = Server::start(vec![problem(409, "conflict", "nobody would answer those who book blue")]).await;
    let ran = reeve(&server.data(), "resource edit blue --auto-accept=false --org acme").run().await;
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("hint: add a delegate first: reeve resource delegate add"), "{}", ran.err);
}
