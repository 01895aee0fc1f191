//! The world in which a test acts: a door over an empty store, two accounts, and everybody who may ask.
//!
//! Every answer is held against the OpenAPI document and the rules that all answers share, whatever the test is about.

use std::sync::{Arc, OnceLock};

use axum::Router;
use reeve_base::Random;
use reeve_base::clock::Clock;
use reeve_base::ids::{AccountId, AdministratorId};
use reeve_base::names::{EmailAddress, ProfileText, Title};
use reeve_base::{Secret, secret::ExposeSecret};
use reeve_domain::accounts::{self, NewAccount};
use reeve_domain::jobs::{self, Ran};
use reeve_domain::passwords::Hasher;
use reeve_domain::{Ctx, Deployment, Settings};
use reeve_door_rest::{RestOptions, router};
use reeve_store::tables::administrators::{self, AdministratorRow};
use reeve_store::tables::domains::{self, DomainRow, OwnerRow};
use reeve_testkit::{FakeClock, SeededRandom, TestStore};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::caller::{Call, Reply};

/// A password that every default policy takes.
pub(crate) const PASSWORD: &str = "Copper-willow-41-thrush";

/// Somebody who may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    /// Account admin of the account that tests are about.
    Admin,
    /// A general administrator of the same account, without a policy.
    General,
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
            region: "us-east-1".to_owned(),
            test_domain_suffix: "mail.test".to_owned(),
            hasher: hasher(),
            hashing_parallelism: 2,
        };
        let random = Arc::new(SeededRandom::new(7));
        let handle = store.store().clone();
        let deployment = Deployment::new(handle, Arc::new(clock.clone()), random, settings);
        let system = Ctx::system(&deployment, "test");
        let account = new_account(&system, "First", "root@first.example").await;
        let other_account = new_account(&system, "Second", "root@second.example").await;
        add_general(&store, &clock, &account).await;
        let door = router(Arc::clone(&deployment), options);
        let mut world = Self { door, clock, deployment, account, other_account, tokens: Default::default(), store };
        let names = ["root@first.example", "general@first.example", "root@second.example"];
        for (at, name) in names.into_iter().enumerate() {
            let signed_in = world.sign_in(name, "bearer").await.is(201);
            world.tokens[at] = signed_in["token"].as_str().unwrap().to_owned();
        }
        world
    }

    pub(crate) fn token(&self, who: Who) -> &str {
        match who {
            Who::Admin => &self.tokens[0],
            Who::General => &self.tokens[1],
            Who::Other => &self.tokens[2],
            Who::Operator | Who::Nobody => panic!("{who:?} has no token"),
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
            Who::Operator => call.local(1000).header("reeve-account", &self.account),
            signed_in => call.bearer(self.token(signed_in)),
        };
        self.send(call).await
    }

    /// Sends a request in the name of the account admin.
    pub(crate) async fn admin(&self, call: Call) -> Reply {
        self.by(Who::Admin, call).await
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
        let row = DomainRow {
            organization_id: organization_id.clone(),
            domain: domain.clone(),
            ownership: "verified".to_owned(),
            is_test: false,
            created_at: now,
        };
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

async fn add_general(store: &TestStore, clock: &FakeClock, account: &str) {
    let random: &dyn Random = &SeededRandom::new(8);
    let account: AccountId = account.parse().unwrap();
    let row = AdministratorRow {
        administrator_id: AdministratorId::generate(clock.now(), random).to_string(),
        account_id: account.to_string(),
        username: "general@first.example".to_owned(),
        username_key: "general@first.example".to_owned(),
        first_name: String::new(),
        last_name: String::new(),
        role: "general".to_owned(),
        status: "active".to_owned(),
        password_hash: Some(hasher().hash(&Secret::from(PASSWORD), random).unwrap()),
        created_at: clock.now().millis(),
        updated_at: clock.now().millis(),
        version: 1,
    };
    assert_eq!(Secret::from(PASSWORD).expose_secret(), PASSWORD);
    let added = store.write(move |tx| administrators::insert(tx, &row));
    let added: Result<bool, reeve_store::StoreError> = added.await;
    assert!(added.unwrap());
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
    assert_eq!(reply.status == 401, reply.header("www-authenticate") == "Bearer");
    let waits = matches!(reply.status.as_u16(), 429 | 503);
    assert_eq!(waits, reply.headers.contains_key("retry-after"), "{problem}");
}
