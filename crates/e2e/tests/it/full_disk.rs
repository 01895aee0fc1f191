//! A disk that fills up under a server: what cannot be kept is refused, what is there is served, and room heals all.

use std::fs;

use reeve_testkit::{SmallDisk, wait_until, wait_until_async};
use serde_json::{Value, json};

use crate::backup::beside;
use crate::caller::Caller;
use crate::crash::PATIENCE;
use crate::deployment::{Deployment, PASSWORD, text};

#[tokio::test(flavor = "multi_thread")]
async fn a_server_whose_disk_is_full_refuses_writes_serves_reads_and_recovers() {
    // Room enough for health to find nothing amiss before it is filled.
    let Some(disk) = SmallDisk::mount(400) else { return };
    let first = Deployment::start();
    let there = tokio::task::block_in_place(|| {
        first.reeve(&["org", "create", "acme", "--wait"]);
        let dir = beside(&first, "backup");
        first.reeve(&["backup", dir.to_str().unwrap()]);
        let data = disk.path().join("data");
        first.reeve(&["restore", dir.to_str().unwrap(), "--data", data.to_str().unwrap()]);
        fs::copy(first.server.data().join("master.key"), data.join("master.key")).unwrap();
        first.on(data, &[])
    });
    let operator = Caller::operator(&there);
    // Something that does not depend on the state of an organization, which a full disk impairs.
    let create = async |n: usize| {
        let body = json!({
            "username": format!("a{n}@example.com"), "first_name": "x".repeat(200), "last_name": "Hopper",
            "password": PASSWORD, "role": "general", "policies": [],
        });
        operator.post("/administrators", body).await
    };
    let mut made = 0;
    create(made).await.done();
    disk.fill(0);
    // The log may have room left in it from before.
    let refused = loop {
        made += 1;
        let answer = create(made).await;
        if answer.status != 201 {
            break answer;
        }
        assert!(made < 10_000, "the disk never fills up");
    };
    refused.refused(503, "unavailable");
    let shown = operator.get("/administrators/a0@example.com").await;
    assert_eq!(shown.status, 200, "what is there is served: {}", shown.text);
    let absent = operator.get(&format!("/administrators/a{made}@example.com")).await;
    absent.refused(404, "not_found");
    let probe = format!("{}/readyz", there.server.url());
    wait_until_async("health to see it", PATIENCE, async || {
        let answer: Value = reqwest::get(&probe).await.ok()?.json().await.ok()?;
        answer["checks"]["database"].as_str().is_some_and(|says| says != "ok").then_some(())
    })
    .await;
    disk.free();
    tokio::task::block_in_place(|| {
        let handle = tokio::runtime::Handle::current();
        wait_until("writes to be taken again", PATIENCE, || {
            handle.block_on(async { (create(made).await.status == 201).then_some(()) })
        });
        // What could not be written while it lasted is written down afterwards.
        wait_until("the organization to have been impaired and to be active again", PATIENCE, || {
            let states = there.json(&["org", "states", "acme"]);
            let words: Vec<_> = states["items"].as_array().unwrap().iter().map(|state| text(state, "state")).collect();
            (words.contains(&"Impaired") && words.last() == Some(&"Active")).then_some(())
        });
        there.reeve(&["user", "create", "ada", "--display-name", "Ada", "--org", "acme"]);
    });
    for n in 0..=made {
        assert_eq!(operator.get(&format!("/administrators/a{n}@example.com")).await.status, 200, "{n} was answered");
    }
}
