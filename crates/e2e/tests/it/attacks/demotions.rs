//! Two admins who take the same from each other at the same moment, by REST (row A10).

use serde_json::{Value, json};

use crate::caller::Caller;
use crate::deployment::{ADMIN, Deployment, PASSWORD, UNBRAKED};

const GRACE: &str = "grace@example.com";

/// Times that they race; a rule asked outside of the transaction would fail in the first few.
const ROUNDS: usize = 12;

/// Takes admin access away, in one of several ways.
async fn take(from: &str, by: &Caller, round: usize) -> u16 {
    let path = format!("/administrators/{from}");
    let answer = match round % 4 {
        0 => by.patch(&path, json!({ "role": "general" })).await,
        1 => by.post(&format!("{path}/deactivate"), Value::Null).await,
        2 => by.patch(&path, json!({ "status": "inactive" })).await,
        _ => by.patch(&path, json!({ "role": "general", "status": "inactive" })).await,
    };
    // Who lost is nobody any more (401), no admin any more (403), or the last one is protected (409).
    assert!([200, 401, 403, 409].contains(&answer.status), "{}: {}", answer.status, answer.text);
    answer.status
}

// A10
#[tokio::test(flavor = "multi_thread")]
async fn two_admins_who_demote_each_other_at_once_leave_one() {
    for here in Deployment::each_set(&[UNBRAKED]) {
        let operator = Caller::operator(&here);
        Caller::root(&here).await.add(GRACE, "admin", json!([])).await;
        let mut wins = [0, 0];
        for round in 0..ROUNDS {
            let root = Caller::nobody(&here).sign_in(ADMIN, PASSWORD).await;
            let grace = Caller::nobody(&here).sign_in(GRACE, PASSWORD).await;
            // One way at once, or two different ones.
            let other = round + round / 4;
            let statuses = tokio::join!(take(GRACE, &root, round), take(ADMIN, &grace, other));
            let won = [statuses.0 == 200, statuses.1 == 200];
            assert!(won[0] != won[1], "round {round}: {statuses:?}");
            let remain = operator.get("/administrators?role=admin&status=active").await.done();
            assert_eq!(remain["total"], 1, "round {round}: {remain}");
            let (winner, loser) = if won[0] { (ADMIN, GRACE) } else { (GRACE, ADMIN) };
            wins[usize::from(won[1])] += 1;
            assert_eq!(remain["items"][0]["username"], winner);
            let back = json!({ "role": "admin", "status": "active" });
            operator.patch(&format!("/administrators/{loser}"), back).await.done();
        }
        assert_eq!(wins[0] + wins[1], ROUNDS);
    }
}

// A10: the same among many.
#[tokio::test(flavor = "multi_thread")]
async fn many_admins_who_demote_each_other_in_a_ring_leave_one() {
    for here in Deployment::each_set(&[UNBRAKED]) {
        let root = Caller::root(&here).await;
        let names: Vec<String> = (0..8).map(|n| format!("admin-{n}@example.com")).collect();
        let mut callers = vec![(root.clone(), names[0].clone())];
        for (n, name) in names.iter().enumerate() {
            let next = names.get(n + 1).map_or(ADMIN, String::as_str).to_owned();
            callers.push((root.add(name, "admin", json!([])).await, next));
        }
        let tasks: Vec<_> =
            callers.into_iter().map(|(by, from)| tokio::spawn(async move { take(&from, &by, 1).await })).collect();
        let mut gone = 0;
        for task in tasks {
            gone += usize::from(task.await.unwrap() == 200);
        }
        let remain = Caller::operator(&here).get("/administrators?role=admin&status=active").await.done();
        assert!(gone <= names.len(), "somebody remains");
        assert_eq!(remain["total"], names.len() + 1 - gone, "{remain}");
    }
}
