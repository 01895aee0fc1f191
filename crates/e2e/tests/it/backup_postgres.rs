//! Backups of a deployment on PostgreSQL, with its own tools for the database part, typed as the documentation has it.

use std::fs;
use std::process::Command;

use reeve_testkit::PostgresCluster;
use serde_json::json;

use crate::backup::{beside, put_blobs};
use crate::caller::Caller;
use crate::deployment::{ADMIN, Deployment, PASSWORD};

/// Runs one of PostgreSQL's tools, which must succeed.
fn tool(name: &str, arguments: &[&str]) {
    let done = Command::new(name).args(arguments).output().unwrap_or_else(|why| panic!("{name}: {why}"));
    assert!(done.status.success(), "{name} {arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dump_and_the_blobs_come_back_together() {
    let Some(cluster) = PostgresCluster::start() else { return };
    let url = cluster.url();
    let here = Deployment::start_at(Some(url.clone()), &[]);
    let root = Caller::root(&here).await;
    let there = tokio::task::block_in_place(|| {
        here.reeve(&["org", "create", "acme", "--wait"]);
        put_blobs(&here, 12);
        let (dir, dump) = (beside(&here, "backup"), beside(&here, "reeve.pgdump"));
        let (dir, dump) = (dir.to_str().unwrap(), dump.to_str().unwrap());

        let refused = here.server.reeve(&["backup", dir]);
        assert_eq!(refused.code, Some(2), "{}", refused.stderr);
        assert!(refused.stderr.contains("pg_dump --format=custom"), "{}", refused.stderr);
        fs::write(dump, "a shopping list").unwrap();
        let refused = here.server.reeve(&["backup", dir, "--database-dump", dump]);
        assert!(refused.stderr.contains("is no dump in the custom format"), "{}", refused.stderr);

        tool("pg_dump", &["--format=custom", &format!("--file={dump}"), &url]);
        let made = here.json(&["backup", dir, "--database-dump", dump]);
        assert_eq!((&made["engine"], &made["blobs_copied"]), (&json!("PostgreSQL"), &json!(12)), "{made}");
        let verified = here.reeve(&["backup", "verify", dir]);
        assert!(verified.stdout.contains("sound") && verified.stdout.contains("12 blobs"), "{}", verified.stdout);

        let base = url.rsplit_once('/').unwrap().0;
        let restored = format!("{base}/restored");
        tool("psql", &[&url, "--quiet", "--command=CREATE DATABASE restored"]);
        let data = beside(&here, "restored");
        let arguments = ["restore", dir, "--data", data.to_str().unwrap()];
        let refused = here.reeve_in(&[("REEVE_DATABASE_URL", "")], &arguments, "");
        assert!(refused.stderr.contains("is of a deployment on PostgreSQL"), "{}", refused.stderr);
        let refused = here.reeve_in(&[("REEVE_DATABASE_URL", &restored)], &arguments, "");
        assert_eq!(refused.code, Some(1), "{}", refused.stderr);
        let command = refused.stderr.lines().find(|line| line.contains("pg_restore")).unwrap().trim().to_owned();
        let shell = Command::new("sh").arg("-c").arg(&command).env("REEVE_DATABASE_URL", &restored).output().unwrap();
        assert!(shell.status.success(), "{command}: {}", String::from_utf8_lossy(&shell.stderr));

        let done = here.reeve_in(&[("REEVE_DATABASE_URL", &restored)], &arguments, "").done();
        assert!(done.stdout.contains("1 sessions"), "{}", done.stdout);
        fs::copy(here.server.data().join("master.key"), data.join("master.key")).unwrap();
        assert_eq!(fs::read_dir(data.join("blobs/m")).unwrap().count(), 12);
        let there = here.on(data, &[("REEVE_DATABASE_URL", &restored)]);
        assert_eq!(there.json(&["org", "show", "acme"])["state"], "Active");
        there.reeve(&["doctor"]);
        there
    });
    assert_eq!(root.get("/sessions/current").await.status, 200, "the first deployment goes on");
    let gone = Caller::nobody(&there).with(root.pass.clone()).get("/sessions/current").await;
    assert_eq!(gone.status, 401, "{}", gone.text);
    Caller::nobody(&there).sign_in(ADMIN, PASSWORD).await;
}
