//! What was acknowledged survives the death of the process, and nothing is half there.

use std::collections::HashSet;
use std::env;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;

use super::things::{held, insert};
use super::{Fixture, on_both_engines, things};
use crate::{Store, StoreOptions};

on_both_engines! {
    acknowledged_rows_survive_a_kill,
}

/// Tells the child which database to write to until it is killed.
const URL: &str = "REEVE_TEST_CRASH_URL";
const ROUND: &str = "REEVE_TEST_CRASH_ROUND";
const WRITERS: usize = 16;

async fn acknowledged_rows_survive_a_kill(fixture: Arc<Fixture>) {
    let mut acknowledged = HashSet::new();
    for (round, kill_after) in [1, 10, 100, 300, 301].into_iter().enumerate() {
        let (mut child, answers) = start_child(&fixture, round);
        let mut lines = answers.lines().map(Result::unwrap).filter(|line| is_row(line));
        let before = acknowledged.len();
        acknowledged.extend(lines.by_ref().take(kill_after));
        assert_eq!(acknowledged.len() - before, kill_after, "the child died by itself");
        child.kill().unwrap();
        acknowledged.extend(lines);
        child.wait().unwrap();
        check(&fixture.store(), &acknowledged).await;
    }
}

async fn check(store: &Store, acknowledged: &HashSet<String>) {
    let held: HashSet<String> = held(store).await.into_iter().collect();
    for row in acknowledged {
        assert!(held.contains(row), "{row} was acknowledged and is lost");
    }
    for row in held.iter().filter(|row| is_row(row)) {
        assert!(held.contains(&format!("half of {row}")), "{row} has no other half");
    }
    assert_eq!(held.len() % 2, 0, "a half has no row");
}

/// Tells a row from its other half, from what the test harness prints and from a line that the kill cut off.
fn is_row(line: &str) -> bool {
    line.starts_with("row ") && line.ends_with('.')
}

fn start_child(fixture: &Fixture, round: usize) -> (Child, BufReader<ChildStdout>) {
    let mut child = Command::new(env::current_exe().unwrap())
        .args(["suite::crash::write_until_killed", "--exact", "--nocapture"])
        .env(URL, &fixture.url)
        .env(ROUND, round.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let answers = BufReader::new(child.stdout.take().unwrap());
    (child, answers)
}

/// The child's part: in any other process it has nothing to do.
#[test]
#[expect(clippy::disallowed_methods, reason = "the parent tells the child by the environment what to do")]
fn write_until_killed() {
    let (Ok(url), Ok(round)) = (env::var(URL), env::var(ROUND)) else {
        return;
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let store = Store::open_with(StoreOptions::new(url.parse().unwrap()), things::MIGRATIONS).unwrap();
        let writers: Vec<_> =
            (0..WRITERS).map(|writer| tokio::spawn(write_rows(store.clone(), format!("{round} {writer}")))).collect();
        for writer in writers {
            writer.await.unwrap();
        }
    });
}

async fn write_rows(store: Store, name: String) {
    for i in 0.. {
        let row = format!("row {name} {i}.");
        let id = row.clone();
        store.write(move |tx| insert(tx, &id, 0).and_then(|()| insert(tx, &format!("half of {id}"), 0))).await.unwrap();
        writeln!(std::io::stdout(), "{row}").unwrap();
    }
}
