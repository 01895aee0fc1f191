//! Something that opens doors is taken away while sixteen clients use it: no request that starts after the answer to the
//! revocation is let in (issue 3; field.md §5 nos. 16 and 17).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering};

use serde_json::{Value, json};

use crate::caller::{Caller, Pass};
use crate::deployment::{Deployment, PASSWORD, UNBRAKED, text};

const CLIENTS: usize = 16;

/// Requests that each client starts after the revocation.
const AFTER: usize = 4;

/// What goes on between the clients and whoever revokes.
#[derive(Default)]
struct Watch {
    let_in: AtomicUsize,
    revoked: AtomicBool,
}

/// Asks again and again; once the revocation was answered, a few times more, and every time in vain.
async fn use_it(caller: Caller, path: &'static str, watch: Arc<Watch>) {
    let mut left = AFTER;
    while left > 0 {
        // Looked at before the request begins: what is revoked by then must be refused.
        let revoked = watch.revoked.load(Ordering::SeqCst);
        let status = caller.get(path).await.status;
        if revoked {
            // An address from which too many wrong passwords came is turned away (429).
            assert!([401, 403, 404, 429].contains(&status), "{status} after the revocation was answered");
            left -= 1;
        } else if status == 200 {
            watch.let_in.fetch_add(1, Ordering::SeqCst);
        }
    }
}

/// Lets sixteen clients use what `caller` shows, revokes it in the middle, and waits for all of them to be refused.
async fn check<F: Future<Output = ()>>(caller: &Caller, path: &'static str, revoke: F) {
    let watch = Arc::new(Watch::default());
    caller.get(path).await.done();
    let clients: Vec<_> =
        (0..CLIENTS).map(|_| tokio::spawn(use_it(caller.clone(), path, Arc::clone(&watch)))).collect();
    while watch.let_in.load(Ordering::SeqCst) < 2 * CLIENTS {
        tokio::task::yield_now().await;
    }
    revoke.await;
    watch.revoked.store(true, Ordering::SeqCst);
    for client in clients {
        client.await.unwrap();
    }
}

/// An admin with a session, an API password and an access key, at an address of their own: those who go on with a wrong
/// password shut theirs.
struct Person {
    path: String,
    username: String,
    session: Caller,
    program: Caller,
    key: Caller,
    key_path: String,
}

impl Person {
    async fn add(root: &Caller, name: &str, role: &str, policies: Value) -> Self {
        static NEXT: AtomicU8 = AtomicU8::new(1);
        let username = format!("{name}@example.com");
        let session = root.add(&username, role, policies).await;
        let there = session.moved([127, 0, 3, NEXT.fetch_add(1, Ordering::SeqCst)]);
        let program = there.basic(&username, &root.open_api(&username).await);
        let (id, secret) = root.make_key(&username).await;
        let path = format!("/administrators/{username}");
        let key_path = format!("{path}/access-keys/{id}");
        Self { key: there.basic(&id, &secret), path, username, session: there, program, key_path }
    }

    async fn admin(root: &Caller, name: &str) -> Self {
        Self::add(root, name, "admin", json!([])).await
    }
}

const ADMINISTRATORS: &str = "/administrators?limit=5";
const OWN: &str = "/sessions/current";

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_at_once_however_it_ends() {
    for here in Deployment::each_set(&[UNBRAKED]) {
        let root = &Caller::root(&here).await;
        let one = Person::admin(root, "signs-out").await;
        check(&one.session, OWN, async { assert_eq!(one.session.delete("/sessions/current").await.status, 204) }).await;

        let two = Person::admin(root, "ends-another").await;
        let other = two.session.sign_in(&two.username, PASSWORD).await;
        let id = text(&two.session.get(OWN).await.done()["session"], "session_id").to_owned();
        check(&two.session, OWN, async { assert_eq!(other.delete(&format!("/sessions/{id}")).await.status, 204) })
            .await;

        let three = Person::admin(root, "ends-others").await;
        let other = three.session.sign_in(&three.username, PASSWORD).await;
        check(&three.session, OWN, async { drop(other.delete("/sessions").await.done()) }).await;

        let four = Person::admin(root, "is-ended").await;
        let end = format!("{}/end-sessions", four.path);
        check(&four.session, OWN, async { drop(root.post(&end, Value::Null).await.done()) }).await;

        let five = Person::admin(root, "reset").await;
        let reset = format!("{}/reset-password", five.path);
        let body = json!({ "generate_password": true });
        check(&five.session, OWN, async { drop(root.post(&reset, body).await.done()) }).await;

        let six = Person::admin(root, "changes-password").await;
        let other = six.session.sign_in(&six.username, PASSWORD).await;
        let body = json!({ "old_password": PASSWORD, "new_password": "Copper-meadow-19-lantern" });
        check(&six.session, OWN, async { drop(other.put("/sessions/current/password", body).await.done()) }).await;

        let seven = Person::admin(root, "proves-anew").await;
        let token = async {
            let renewed =
                seven.session.post("/sessions/current/reauthentication", json!({ "password": PASSWORD })).await;
            let renewed = seven.session.with(Pass::Bearer(text(&renewed.done(), "token").to_owned()));
            renewed.get(OWN).await.done();
        };
        check(&seven.session, OWN, token).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn deactivation_ends_every_credential_at_once() {
    for here in Deployment::each_set(&[UNBRAKED]) {
        let root = &Caller::root(&here).await;
        for way in ["by-session", "by-password", "by-key"] {
            let person = Person::admin(root, way).await;
            let caller = match way {
                "by-session" => &person.session,
                "by-password" => &person.program,
                _ => &person.key,
            };
            let off = async { drop(root.post(&format!("{}/deactivate", person.path), Value::Null).await.done()) };
            check(caller, ADMINISTRATORS, off).await;
            for caller in [&person.session, &person.program, &person.key] {
                assert_eq!(caller.get(ADMINISTRATORS).await.status, 401);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_credential_ends_at_once_however_it_ends() {
    for here in Deployment::each_set(&[UNBRAKED]) {
        let root = &Caller::root(&here).await;
        let one = Person::admin(root, "key-deleted").await;
        check(&one.key, ADMINISTRATORS, async { assert_eq!(root.delete(&one.key_path).await.status, 204) }).await;

        let two = Person::admin(root, "key-inactive").await;
        let body = json!({ "status": "inactive" });
        check(&two.key, ADMINISTRATORS, async { drop(root.patch(&two.key_path, body).await.done()) }).await;

        let three = Person::admin(root, "password-reset").await;
        let own = format!("{}/api-password", three.path);
        let body = json!({ "generate_password": true });
        check(&three.program, ADMINISTRATORS, async { drop(root.put(&own, body).await.done()) }).await;

        let four = Person::admin(root, "password-removed").await;
        let own = format!("{}/api-password", four.path);
        check(&four.program, ADMINISTRATORS, async { assert_eq!(root.delete(&own).await.status, 204) }).await;

        let five = Person::admin(root, "access-off").await;
        let access = format!("{}/api-access", five.path);
        let off = async { drop(root.put(&access, json!({ "enabled": false })).await.done()) };
        check(&five.program, ADMINISTRATORS, off).await;
        five.key.get(ADMINISTRATORS).await.refused(401, "unauthenticated");

        // A narrower limit is a revocation of what lies beyond it.
        let six = Person::admin(root, "key-limited").await;
        let body = json!({ "limit_policy": "read-only" });
        check(&six.key, ADMINISTRATORS, async { drop(root.patch(&six.key_path, body).await.done()) }).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_or_a_policy_ends_at_once() {
    for here in Deployment::each_set(&[UNBRAKED]) {
        here.json(&["org", "create", "acme", "--wait"]);
        let root = &Caller::root(&here).await;
        for way in ["session", "password", "key"] {
            let demoted = Person::admin(root, &format!("demoted-{way}")).await;
            let holds = json!([{ "policy": "read-only" }]);
            let detached = Person::add(root, &format!("detached-{way}"), "general", holds).await;
            let of = |person: &Person| match way {
                "session" => person.session.clone(),
                "password" => person.program.clone(),
                _ => person.key.clone(),
            };
            let demote = async { drop(root.patch(&demoted.path, json!({ "role": "general" })).await.done()) };
            check(&of(&demoted), ADMINISTRATORS, demote).await;
            let path = format!("/policies/read-only/administrators/{}", detached.username);
            let detach = async { drop(root.delete(&path).await.done()) };
            check(&of(&detached), "/organizations/acme", detach).await;
        }
        // A policy that is rewritten while it is held.
        let cedar =
            |what: &str| json!({ "cedar": format!("permit (principal, action == Action::\"{what}\", resource);") });
        let mut made = cedar("show_organization");
        made["name"] = json!("Shows");
        root.post("/policies", made).await.done();
        let reader = Person::add(root, "reader", "general", json!([{ "policy": "Shows" }])).await;
        let rewrite = async { drop(root.patch("/policies/Shows", cedar("show_user")).await.done()) };
        check(&reader.session, "/organizations/acme", rewrite).await;
    }
}
