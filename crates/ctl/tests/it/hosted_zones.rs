//! DNS providers and hosted zones: what is sent and shown. No secret comes from an argument.

use serde_json::{Value, json};

use crate::run::reeve;
use crate::server::{Reply, Server, ok, status};

const PROVIDER: &str = r#"{"dns_provider_id":"dnsp-1","name":"bind","kind":"rfc2136","url":null,"server":"ns.example.com","key_name":"reeve-key","zones":["acme.example"],"domains":1,"version":2}"#;

const ZONE: &str = r#"{"dns_provider_id":"dnsp-1","dns_provider_name":"bind","zone_id":"acme.example","zone_name":"acme.example","state":"kept","written":3,"last_error":"the DNS provider cannot be reached","checked_at":null,"next_at":null}"#;

/// What a command sent, with its body as JSON, and what it wrote to standard output.
async fn run(line: &str, reply: Reply) -> (String, Value, String) {
    let server = Server::start(vec![reply]).await;
    let ran = reeve(&server.data(), line).input("c2VjcmV0\n").run().await;
    assert_eq!(ran.code, 0, "{line}: {}", ran.err);
    let request = server.requests().remove(0);
    let body = if request.body.is_empty() { Value::Null } else { serde_json::from_str(&request.body).unwrap() };
    (request.line.replace("/api/v1", ""), body, ran.out)
}

#[tokio::test]
async fn a_provider_is_made_known_changed_tested_and_forgotten() {
    let line = "dns-provider create bind --kind rfc2136 --name-server ns.example.com --key-name reeve-key \
                --zone acme.example --secret-file -";
    let (sent, body, out) = run(line, status(201, "", PROVIDER)).await;
    assert_eq!(sent, "POST /dns-providers");
    let expected = json!({
        "server": "ns.example.com", "key_name": "reeve-key", "name": "bind", "kind": "rfc2136",
        "zones": ["acme.example"], "secret": "c2VjcmV0"
    });
    assert_eq!(body, expected);
    assert!(out.starts_with("created DNS provider bind\n") && !out.contains("c2VjcmV0"), "{out}");
    // The secret goes with another place, and with nothing else.
    let (_, body, _) = run("dns-provider edit bind --zone b.example", ok(PROVIDER)).await;
    assert_eq!(body, json!({"zones": ["b.example"]}));
    let (_, body, _) = run("dns-provider edit bind --name-server b.example.com --secret-file -", ok(PROVIDER)).await;
    assert_eq!(body, json!({"server": "b.example.com", "secret": "c2VjcmV0"}));
    let failed = r#"{"passed":false,"zones":[],"failure":"denied","reason":"not let in","remedy":"check the key"}"#;
    let (sent, _, out) = run("dns-provider test bind", ok(failed)).await;
    assert_eq!(sent, "POST /dns-providers/bind/test");
    assert!(out.contains("not let in") && out.contains("check the key"), "{out}");
    let (sent, _, _) = run("dns-provider delete bind", status(204, "", "")).await;
    assert_eq!(sent, "DELETE /dns-providers/bind");
}

#[tokio::test]
async fn a_zone_is_set_planned_written_and_given_up() {
    const PLACE: &str = "/organizations/acme/domains/acme.example/hosted-zone";
    let set = "domain hosted-zone set acme.example --provider bind --zone acme.example --org acme";
    let (sent, body, _) = run(set, ok(ZONE)).await;
    assert_eq!((sent, body), (format!("PUT {PLACE}"), json!({"dns_provider": "bind", "zone": "acme.example"})));
    let plan = format!(
        r#"{{"plan":"p1","hosted_zone":{ZONE},"steps":[{{"action":"conflict","name":"acme.example","type":"MX","before":"5 a","after":"10 b","why":"remove it"}}]}}"#
    );
    let (sent, _, out) = run("domain hosted-zone plan acme.example --org acme", ok(&plan)).await;
    assert_eq!(sent, format!("GET {PLACE}/plan"));
    assert!(out.contains("p1") && out.contains("acme.example MX 5 a -> 10 b: remove it"), "{out}");
    let (sent, body, _) = run("domain hosted-zone apply acme.example --plan p1 --org acme", ok(ZONE)).await;
    assert_eq!((sent, body), (format!("POST {PLACE}/write"), json!({"plan": "p1"})));
    let (_, _, out) = run("domain hosted-zone show acme.example --org acme", ok(ZONE)).await;
    assert!(out.contains("kept") && out.contains("cannot be reached"), "{out}");
    let (sent, _, _) = run("domain hosted-zone remove acme.example --org acme", status(204, "", "")).await;
    assert_eq!(sent, format!("DELETE {PLACE}"));
    let keep = "domain hosted-zone remove acme.example --keep-records --org acme";
    let (sent, _, _) = run(keep, status(204, "", "")).await;
    assert_eq!(sent, format!("DELETE {PLACE}?keep_records=true"));
}
