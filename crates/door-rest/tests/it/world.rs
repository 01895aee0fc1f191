//! The world in which a test acts: a door over an empty store, two accounts, and everybody who may ask.
//!
//! Every answer is held against the OpenAPI document and the rules that all answers share, whatever the test is about.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock};

use axum::Router;
use reeve_base::Secret;
use reeve_base::clock::Clock;
use reeve_base::names::{EmailAddress, ProfileText, Title};
use reeve_domain::accounts::{self, NewAccount};
use reeve_domain::jobs::{self, Ran};
use reeve_domain::passwords::Hasher;
use reeve_domain::sealing::MasterKey;
use reeve_domain::{Ctx, Deployment, Outside, PasskeySettings, Settings};
use reeve_door_rest::{RestOptions, router};
use reeve_store::tables::domains::{self, DomainRow, OwnerRow};
use reeve_testkit::{FakeClock, SeededRandom, TestStore};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::caller::{Call, Reply};
use crate::factors::SoftKey;
use crate::zones::FakeZones;

/// A password that every default policy takes.
pub(crate) const PASSWORD: &str = "Copper-willow-41-thrush";

/// Somebody who may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    /// Account admin of the account that tests are about.
    Admin,
    /// A general administrator of the same account, without a policy.
    General,
    /// A second account admin of the same account, whose session is renewed and who has second factors for a while.
    Deputy,
    /// Account admin of another account.
    Other,
    /// The local operator, for the first account.
    Operator,
    /// Nobody.
    Nobody,
}

pub(crate) struct World {
    pub(crate) door: Router,
    pub(crate) clock: FakeClock,
    pub(crate) deployment: Arc<Deployment>,
    pub(crate) account: String,
    pub(crate) other_account: String,
    tokens: [String; 3],
    pub(crate) deputy: Mutex<String>,
    /// What a walk learned on its way.
    pub(crate) notes: Mutex<HashMap<&'static str, String>>,
    pub(crate) key: SoftKey,
    // Last, so that its database goes when nothing uses it any more.
    store: TestStore,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(RestOptions { sign_ins_per_second: 0, ..RestOptions::default() }).await
    }

    pub(crate) async fn with(options: RestOptions) -> Self {
        let store = TestStore::sqlite();
        let clock = FakeClock::new();
        let settings = Settings {
            hasher: hasher(),
            hashing_parallelism: 2,
            passkeys: Some(PasskeySettings {
                rp_id: "reeve.example".to_owned(),
                origins: vec!["https://reeve.example".to_owned()],
            }),
            mail_host: Some("reeve.example".to_owned()),
            ..Settings::new("us-east-1", "mail.test", MasterKey::from_bytes([7; 32]))
        };
        let random = Arc::new(SeededRandom::new(7));
        let handle = store.store().clone();
        let outside = Outside { zone_hosts: Arc::new(FakeZones::default()), ..Outside::default() };
        let deployment = Deployment::new(handle, Arc::new(clock.clone()), random, outside, settings);
        let system = Ctx::system(&deployment, "test");
        let account = new_account(&system, "First", "root@first.example").await;
        let other_account = new_account(&system, "Second", "root@second.example").await;
        // Made ready through a door of its own: what a test narrows is not narrow yet.
        let ready = RestOptions { sign_ins_per_second: 0, ..RestOptions::default() };
        let door = router(Arc::clone(&deployment), ready);
        let mut world = Self {
            door,
            clock,
            deployment,
            account,
            other_account,
            tokens: Default::default(),
            deputy: Mutex::default(),
            notes: Mutex::default(),
            key: SoftKey::new(),
            store,
        };
        world.tokens[0] = world.token_of("root@first.example").await;
        world.tokens[2] = world.token_of("root@second.example").await;
        world.administrator("general@first.example", "general").await;
        world.administrator("deputy@first.example", "admin").await;
        world.tokens[1] = world.token_of("general@first.example").await;
        *world.deputy.lock().unwrap() = world.token_of("deputy@first.example").await;
        world.door = router(Arc::clone(&world.deployment), options);
        world
    }

    /// Adds an administrator of the first account, who has the password of all tests.
    pub(crate) async fn administrator(&self, username: &str, role: &str) -> Value {
        let body = json!({
            "username": username, "first_name": "", "last_name": "", "password": PASSWORD, "role": role
        });
        self.admin(Call::post("/administrators", &body)).await.is(201)
    }

    /// A token of a new session.
    pub(crate) async fn token_of(&self, username: &str) -> String {
        self.sign_in(username, "bearer").await.is(201)["token"].as_str().unwrap().to_owned()
    }

    pub(crate) fn token(&self, who: Who) -> &str {
        match who {
            Who::Admin => &self.tokens[0],
            Who::General => &self.tokens[1],
            Who::Other => &self.tokens[2],
            Who::Deputy | Who::Operator | Who::Nobody => panic!("{who:?} has no token that stays"),
        }
    }

    pub(crate) async fn sign_in(&self, username: &str, transport: &str) -> Reply {
        let body = json!({"username": username, "password": PASSWORD, "transport": transport});
        self.send(Call::post("/sessions", &body)).await
    }

    /// Sends a request as it is.
    pub(crate) async fn send(&self, call: Call) -> Reply {
        let sent = (call.method.clone(), call.path.clone());
        let response = self.door.clone().oneshot(call.request()).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let reply = Reply { status: parts.status, headers: parts.headers, body };
        check_shape(&reply);
        crate::document::check_documented(document(), (sent.0.as_str(), &sent.1), &reply);
        reply
    }

    /// Sends a request in somebody's name.
    pub(crate) async fn by(&self, who: Who, call: Call) -> Reply {
        let call = match who {
            Who::Nobody => call,
            Who::Deputy => {
                let token = self.deputy.lock().unwrap().clone();
                call.bearer(&token)
            }
            Who::Operator => call.local(1000).header("reeve-account", &self.account),
            signed_in => call.bearer(self.token(signed_in)),
        };
        self.send(call).await
    }

    /// Sends a request in the name of the account admin.
    pub(crate) async fn admin(&self, call: Call) -> Reply {
        self.by(Who::Admin, call).await
    }

    /// The moment so long from now, as it is written.
    pub(crate) fn clock_after(&self, time: std::time::Duration) -> String {
        self.clock.now().plus(time).to_rfc3339()
    }

    /// Runs jobs until none is due.
    pub(crate) async fn settle(&self) {
        while jobs::run_next(&self.deployment).await.unwrap() == Ran::Step {}
    }

    /// An organization that is ready for use; its alias is its name in paths.
    pub(crate) async fn organization(&self, alias: &str) -> Value {
        self.admin(Call::post("/organizations", &json!({"alias": alias}))).await.is(202);
        self.settle().await;
        self.admin(Call::get(&format!("/organizations/{alias}"))).await.is(200)
    }

    /// A user of an organization, enabled on its test domain.
    pub(crate) async fn user(&self, organization: &str, name: &str) -> Value {
        let email = format!("{name}@{organization}.mail.test");
        let body = json!({"username": name, "display_name": name, "email": email});
        let path = format!("/organizations/{organization}/users");
        self.admin(Call::post(&path, &body)).await.is(201)["user"].clone()
    }

    /// Makes a domain of an organization verified; there is no operation for it yet.
    pub(crate) async fn verify(&self, organization: &Value, domain: &str) {
        let text = |field: &str| organization[field].as_str().unwrap().to_owned();
        let (organization_id, directory_id) = (text("organization_id"), text("directory_id"));
        let (domain, now) = (domain.to_owned(), self.clock.now().millis());
        let row = DomainRow::new(&organization_id, &domain, "verified", now);
        let owner = OwnerRow { organization_id, directory_id };
        let verified = self.store.write(move |tx| {
            domains::delete(tx, &row.organization_id, &domain)?;
            domains::insert(tx, &row)?;
            domains::set_owner(tx, &domain, &owner)
        });
        let verified: Result<bool, reeve_store::StoreError> = verified.await;
        assert!(verified.unwrap());
    }

    /// The events that a request wrote.
    pub(crate) async fn events_of(&self, reply: &Reply) -> Vec<Value> {
        let events = self.admin(Call::get("/events?limit=1000")).await.is(200);
        let id = reply.header("reeve-request-id").to_owned();
        let all = events["items"].as_array().unwrap().iter();
        all.filter(|event| event["request_id"] == id.as_str()).cloned().collect()
    }
}

/// The OpenAPI document as JSON.
pub(crate) fn document() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(|| serde_json::from_str(&reeve_door_rest::openapi()).unwrap())
}

/// Cheap: a test is not about how hard a password is to guess.
fn hasher() -> Hasher {
    Hasher::new(8, 1, 1).unwrap()
}

async fn new_account(system: &Ctx, name: &str, username: &str) -> String {
    let new = NewAccount {
        name: Title::parse("name", name).unwrap(),
        username: EmailAddress::parse("username", username).unwrap(),
        first_name: ProfileText::parse("first_name", "").unwrap(),
        last_name: ProfileText::parse("last_name", "").unwrap(),
        password: Some(Secret::from(PASSWORD)),
    };
    accounts::create_account(system, new).await.unwrap().account.id.to_string()
}

/// What holds for every answer.
fn check_shape(reply: &Reply) {
    assert_eq!(reply.header("reeve-request-id").len(), 36);
    assert_eq!(reply.header("x-content-type-options"), "nosniff");
    assert_eq!(reply.header("cache-control"), "no-store");
    assert_eq!(reply.header("referrer-policy"), "no-referrer");
    assert!(reply.header("content-security-policy").starts_with("default-src 'none'"));
    assert!(!reply.headers.contains_key("access-control-allow-origin"));
    if reply.status.as_u16() < 400 {
        return;
    }
    assert_eq!(reply.header("content-type"), "application/problem+json");
    let problem = reply.json();
    assert_eq!(problem["status"], reply.status.as_u16());
    assert_eq!(problem["request_id"], reply.header("reeve-request-id"));
    let code = problem["code"].as_str().unwrap();
    assert_eq!(problem["type"], format!("urn:reeve:problem:{code}"));
    assert!(!problem["title"].as_str().unwrap().is_empty());
    assert!(!problem["detail"].as_str().unwrap().is_empty());
    assert_ne!(code, "internal", "{problem}");
    let challenge = match (reply.status.as_u16(), code) {
        (401, "reauthentication_required") => "Bearer error=\"insufficient_user_authentication\", max_age=300",
        (401, _) => "Bearer, Basic realm=\"reeve\", charset=\"UTF-8\"",
        _ => "",
    };
    assert_eq!(reply.header("www-authenticate"), challenge);
    let waits = matches!(reply.status.as_u16(), 429 | 503);
    assert_eq!(waits, reply.headers.contains_key("retry-after"), "{problem}");
}
