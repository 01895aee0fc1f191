//! PostgreSQL is restarted, crashes, and stays away for a while, under load: clients see answers that come a little
//! later, and what was acknowledged is there once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use reeve_testkit::{PostgresCluster, Stop, wait_until, wait_until_async};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

use crate::deployment::{ADMIN, Deployment, PASSWORD, text};

/// Clients that write at once.
const CLIENTS: usize = 8;

/// How long a client waits at most while the database is restarted.
const WAIT_MAX: Duration = Duration::from_secs(5);

struct Api {
    client: Client,
    token: String,
    users: String,
}

async fn api(here: &Deployment) -> Arc<Api> {
    let (client, url) = (Client::new(), here.server.url());
    let body = json!({ "username": ADMIN, "password": PASSWORD, "transport": "bearer" });
    let session = client.post(format!("{url}/api/v1/sessions")).json(&body).send().await.unwrap();
    let session: Value = session.json().await.unwrap();
    let token = text(&session, "token").to_owned();
    Arc::new(Api { client, token, users: format!("{url}/api/v1/organizations/acme/users") })
}

/// Creates users until told to stop; each must be created, in time.
async fn write(api: Arc<Api>, number: usize, stop: Arc<AtomicBool>) -> (Vec<String>, Duration) {
    let (mut made, mut longest) = (Vec::new(), Duration::ZERO);
    while !stop.load(Ordering::Relaxed) {
        let name = format!("w{number}-{}", made.len());
        let body = json!({ "username": name, "display_name": name });
        let began = Instant::now();
        let answer = api.client.post(&api.users).bearer_auth(&api.token).json(&body).send().await.unwrap();
        let (status, said) = (answer.status(), answer.text().await.unwrap());
        assert_eq!(status, StatusCode::CREATED, "{name}: {said}");
        longest = longest.max(began.elapsed());
        made.push(name);
    }
    (made, longest)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_under_load_costs_time_and_no_request() {
    let Some(cluster) = PostgresCluster::start() else { return };
    let here = Deployment::start_at(Some(cluster.url()), &[]);
    here.reeve(&["org", "create", "acme", "--wait"]);
    let api = api(&here).await;
    let stop = Arc::new(AtomicBool::new(false));
    let writers: Vec<_> =
        (0..CLIENTS).map(|number| tokio::spawn(write(Arc::clone(&api), number, Arc::clone(&stop)))).collect();
    let restarts = tokio::task::spawn_blocking(move || {
        for how in [Stop::Fast, Stop::Crash, Stop::Fast, Stop::Crash] {
            // Some requests in between, so that connections are in use when it goes.
            wait_until("some work", Duration::from_secs(1), {
                let began = Instant::now();
                move || (began.elapsed() > Duration::from_millis(500)).then_some(())
            });
            cluster.stop(how);
            cluster.resume();
        }
        cluster
    });
    let cluster = restarts.await.unwrap();
    stop.store(true, Ordering::Relaxed);
    let mut made = Vec::new();
    for writer in writers {
        let (names, longest) = writer.await.unwrap();
        assert!(longest < WAIT_MAX, "a client waited {longest:?}");
        made.extend(names);
    }
    let mut there: Vec<String> = here.users("acme").iter().map(|user| text(user, "username").to_owned()).collect();
    there.retain(|name| name.starts_with('w'));
    there.sort();
    made.sort();
    assert!(made.len() > CLIENTS * 4, "{} users were created", made.len());
    assert_eq!(there, made, "each once, and no other");
    drop(here);
    drop(cluster);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_is_told_while_it_lasts_and_written_down_after_it() {
    let Some(cluster) = PostgresCluster::start() else { return };
    let here = Deployment::start_at(Some(cluster.url()), &[]);
    here.reeve(&["org", "create", "acme", "--wait"]);
    let api = api(&here).await;
    cluster.stop(Stop::Fast);
    let ready = format!("{}/readyz", here.server.url());
    let look = async || api.client.get(&ready).send().await.unwrap();
    // The check comes every quarter of a minute, and then is patient for a while.
    let patience = Duration::from_secs(60);
    wait_until_async("the outage to be told", patience, async || {
        let answer = look().await;
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        let said: Value = answer.json().await.unwrap();
        (said["checks"]["database"] == "the database did not answer").then_some(())
    })
    .await;
    let began = Instant::now();
    let refused = api.client.get(&api.users).bearer_auth(&api.token).send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(refused.headers().contains_key("retry-after"), "{refused:?}");
    assert!(began.elapsed() < WAIT_MAX * 2, "a refusal took {:?}", began.elapsed());
    cluster.resume();
    let told = wait_until("the outage to be written down", patience, || {
        let states = here.json(&["org", "states", "acme"]);
        let told = states["items"].as_array().unwrap().iter().rev().take(2).cloned().collect::<Vec<_>>();
        (told[0]["state"] == "Active" && told[1]["state"] == "Impaired").then_some(told)
    });
    assert!(text(&told[1], "reason").starts_with("the database did not answer from 20"), "{told:?}");
    let health = here.json(&["org", "health", "acme"]);
    assert_eq!(health["items"], json!([]));
}
