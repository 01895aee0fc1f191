//! The world in which a test acts: the door over an empty store, two accounts, and administrators with access keys.
//!
//! Every answer is held against what all answers share, whatever the test is about.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode};
use reeve_base::Secret;
use reeve_base::clock::Clock;
use reeve_base::names::{EmailAddress, Network, ProfileText, Title};
use reeve_base::secret::ExposeSecret;
use reeve_domain::accounts::{self, NewAccount};
use reeve_domain::administrators::{
    self, AdministratorStatus, ApiAccess, NewAccessKey, NewAdministrator, create_access_key, set_api_access,
};
use reeve_domain::ctx::{AdministratorRole, Request as DomainRequest};
use reeve_domain::jobs::{self, Ran};
use reeve_domain::passwords::Hasher;
use reeve_domain::policies::{self, NewPolicy, Rights};
use reeve_domain::sealing::MasterKey;
use reeve_domain::{Ctx, Deployment, Outside, Settings, auth};
use reeve_door_aws::{AwsOptions, router};
use reeve_net::Peer;
use reeve_store::tables::domains::{self, DomainRow, OwnerRow};
use reeve_testkit::{FakeClock, SeededRandom, TestStore};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::signer::Signer;

/// A password that every default policy takes.
pub(crate) const PASSWORD: &str = "Copper-willow-41-thrush";

pub(crate) struct World {
    pub(crate) door: Router,
    pub(crate) clock: FakeClock,
    pub(crate) deployment: Arc<Deployment>,
    /// The account that tests are about, and another.
    pub(crate) accounts: [String; 2],
    /// The key of the account admin, and of that of the other account.
    pub(crate) admin: Signer,
    pub(crate) other: Signer,
    // Last, so that its database goes when nothing uses it any more.
    store: TestStore,
}

/// A request that is about to be sent.
#[derive(Debug, Clone)]
pub(crate) struct Sending {
    pub(crate) method: Method,
    pub(crate) uri: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) peer: Peer,
}

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Sending {
    /// What SDKs send for an operation, without a signature yet.
    pub(crate) fn new(operation: &str, body: impl Into<Bytes>) -> Self {
        let mut sending = Self {
            method: Method::POST,
            uri: "/".to_owned(),
            headers: HeaderMap::new(),
            body: body.into(),
            peer: Peer::Tcp("192.0.2.7:4711".parse().unwrap()),
        };
        sending.set("host", "reeve.example");
        sending.set("content-type", "application/x-amz-json-1.1");
        sending.set("x-amz-target", &format!("WorkMailService.{operation}"));
        sending
    }

    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.headers.insert(name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value).unwrap());
    }

    #[must_use]
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.set(name, value);
        self
    }

    #[must_use]
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.remove(name);
        self
    }

    fn request(self) -> Request<Body> {
        let mut request = Request::new(Body::from(self.body));
        *request.method_mut() = self.method;
        *request.uri_mut() = self.uri.parse().unwrap();
        *request.headers_mut() = self.headers;
        request.extensions_mut().insert(self.peer);
        request
    }
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> Value {
        let text = String::from_utf8_lossy(&self.body);
        serde_json::from_slice(&self.body).unwrap_or_else(|why| panic!("{why}: {} {text}", self.status))
    }

    /// The output of an answer that must be one.
    #[track_caller]
    pub(crate) fn ok(&self) -> Value {
        assert_eq!(self.status, StatusCode::OK, "{}", self.json());
        self.json()
    }

    /// The message of an answer that must be this error.
    #[track_caller]
    pub(crate) fn fault(&self, name: &str) -> String {
        let body = self.json();
        assert_eq!(body["__type"], name, "{} {body}", self.status);
        body["Message"].as_str().unwrap().to_owned()
    }
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::on(TestStore::sqlite(), AwsOptions::default()).await
    }

    pub(crate) async fn with(options: AwsOptions) -> Self {
        Self::on(TestStore::sqlite(), options).await
    }

    pub(crate) async fn on(store: TestStore, options: AwsOptions) -> Self {
        let clock = FakeClock::new();
        let settings = Settings {
            // Cheap: a test is not about how hard a password is to guess.
            hasher: Hasher::new(8, 1, 1).unwrap(),
            hashing_parallelism: 2,
            mail_host: Some("mail.reeve.example".to_owned()),
            ..Settings::new("us-east-1", "mail.test", MasterKey::from_bytes([7; 32]))
        };
        let random = Arc::new(SeededRandom::new(7));
        let handle = store.store().clone();
        let deployment = Deployment::new(handle, Arc::new(clock.clone()), random, Outside::default(), settings);
        let accounts = [
            new_account(&deployment, "First", "root@first.example").await,
            new_account(&deployment, "Second", "root@second.example").await,
        ];
        let unset = Signer::new("AKAAAAAAAAAAAAAAAAAA", "secret");
        let door = router(Arc::clone(&deployment), options);
        let mut world = Self { door, clock, deployment, accounts, admin: unset.clone(), other: unset, store };
        world.admin = world.key_of("root@first.example").await;
        world.other = world.key_in(1, "root@second.example", Vec::new()).await;
        world
    }

    /// A context of the local operator, for what has no operation here.
    pub(crate) async fn operator(&self, account: usize) -> Ctx {
        let account = self.accounts[account].parse().unwrap();
        auth::operator(&self.deployment, 0, Some(account), request(&self.deployment)).await.unwrap()
    }

    /// A key of an administrator of the first account, usable from anywhere.
    pub(crate) async fn key_of(&self, username: &str) -> Signer {
        self.key_in(0, username, Vec::new()).await
    }

    /// A key of an administrator, usable from these networks.
    pub(crate) async fn key_in(&self, account: usize, username: &str, networks: Vec<Network>) -> Signer {
        let operator = self.operator(account).await;
        set_api_access(&operator, username.parse().unwrap(), ApiAccess::Enabled).await.unwrap();
        let name = Title::parse("name", "test").unwrap();
        let new = NewAccessKey { name, expires_at: None, source_networks: networks, limit_policy: None };
        let made = create_access_key(&operator, username.parse().unwrap(), new).await.unwrap();
        Signer::new(made.key.id.as_str(), made.secret.expose_secret())
    }

    /// A key of a new general administrator of the first account, whose one policy is this Cedar text.
    pub(crate) async fn general(&self, username: &str, policy: Option<&str>) -> Signer {
        let operator = self.operator(0).await;
        let new = NewAdministrator {
            username: EmailAddress::parse("username", username).unwrap(),
            first_name: ProfileText::parse("first_name", "").unwrap(),
            last_name: ProfileText::parse("last_name", "").unwrap(),
            password: Some(Secret::from(PASSWORD)),
            status: AdministratorStatus::Active,
            role: AdministratorRole::General,
            policies: Vec::new(),
        };
        administrators::add_administrator(&operator, new).await.unwrap();
        if let Some(text) = policy {
            let new = NewPolicy {
                name: Title::parse("name", &format!("policy of {username}")).unwrap(),
                description: ProfileText::parse("description", "").unwrap(),
                rights: Rights::Cedar(text.to_owned()),
            };
            let made = policies::create_policy(&operator, new).await.unwrap().policy;
            let named = made.id.as_str().parse().unwrap();
            policies::attach_policy(&operator, named, username.parse().unwrap(), Vec::new()).await.unwrap();
        }
        self.key_of(username).await
    }

    /// Sends a request as it is.
    pub(crate) async fn send(&self, sending: Sending) -> Reply {
        let response = self.door.clone().oneshot(sending.request()).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let reply = Reply { status: parts.status, headers: parts.headers, body };
        check_shape(&reply);
        reply
    }

    /// Signs a request now and sends it.
    pub(crate) async fn send_signed(&self, signer: &Signer, mut sending: Sending) -> Reply {
        signer.sign(&mut sending.headers, &sending.body, self.clock.now());
        self.send(sending).await
    }

    /// Calls an operation in somebody's name.
    pub(crate) async fn call_by(&self, signer: &Signer, operation: &str, input: &Value) -> Reply {
        self.send_signed(signer, Sending::new(operation, input.to_string())).await
    }

    /// Calls an operation in the name of the account admin.
    pub(crate) async fn call(&self, operation: &str, input: &Value) -> Reply {
        self.call_by(&self.admin, operation, input).await
    }

    /// Runs jobs until none is due.
    pub(crate) async fn settle(&self) {
        while jobs::run_next(&self.deployment).await.unwrap() == Ran::Step {}
    }

    /// The id of a new organization that is ready for use.
    pub(crate) async fn organization(&self, alias: &str) -> String {
        let made = self.call("CreateOrganization", &json!({"Alias": alias})).await.ok();
        self.settle().await;
        made["OrganizationId"].as_str().unwrap().to_owned()
    }

    /// The id of a new user.
    pub(crate) async fn user(&self, organization: &str, name: &str) -> String {
        let input = json!({"OrganizationId": organization, "Name": name, "DisplayName": format!("The {name}")});
        self.call("CreateUser", &input).await.ok()["UserId"].as_str().unwrap().to_owned()
    }

    /// Adds a domain to an organization and makes it verified; there is no operation for that yet.
    pub(crate) async fn verify(&self, organization: &str, domain: &str) {
        let shown = self.call("DescribeOrganization", &json!({"OrganizationId": organization})).await.ok();
        let directory_id = shown["DirectoryId"].as_str().unwrap().to_owned();
        let (organization_id, domain) = (organization.to_owned(), domain.to_owned());
        let row = DomainRow::new(&organization_id, &domain, "verified", self.clock.now().millis());
        let owner = OwnerRow { organization_id, directory_id };
        let verified = self.store.write(move |tx| {
            domains::delete(tx, &row.organization_id, &domain)?;
            domains::insert(tx, &row)?;
            domains::set_owner(tx, &domain, &owner)
        });
        let verified: Result<bool, reeve_store::StoreError> = verified.await;
        assert!(verified.unwrap());
    }
}

fn request(deployment: &Deployment) -> DomainRequest {
    let id = deployment.new_request_id();
    DomainRequest { id, source_address: None, expected_version: None, client_token: None }
}

async fn new_account(deployment: &Arc<Deployment>, name: &str, username: &str) -> String {
    let new = NewAccount {
        name: Title::parse("name", name).unwrap(),
        username: EmailAddress::parse("username", username).unwrap(),
        first_name: ProfileText::parse("first_name", "").unwrap(),
        last_name: ProfileText::parse("last_name", "").unwrap(),
        password: Some(Secret::from(PASSWORD)),
    };
    accounts::create_account(&Ctx::system(deployment, "test"), new).await.unwrap().account.id.to_string()
}

/// What holds for every answer.
fn check_shape(reply: &Reply) {
    assert_eq!(reply.header("x-amzn-requestid").len(), 36);
    assert_eq!(reply.header("content-type"), "application/x-amz-json-1.1");
    assert_eq!(reply.header("x-content-type-options"), "nosniff");
    assert_eq!(reply.header("cache-control"), "no-store");
    assert_eq!(reply.header("referrer-policy"), "no-referrer");
    assert!(reply.header("content-security-policy").starts_with("default-src 'none'"));
    assert!(!reply.headers.contains_key("access-control-allow-origin"));
    let body = reply.json();
    assert!(body.is_object());
    if reply.status == StatusCode::OK {
        assert!(!reply.headers.contains_key("x-amzn-errortype"));
        check_unset(&body);
        return;
    }
    assert_eq!(body["__type"], reply.header("x-amzn-errortype"));
    assert!(!body["Message"].as_str().unwrap().is_empty());
    assert_ne!(body["__type"], "InternalFailure", "{body}");
}

/// What is not set is left out.
fn check_unset(value: &Value) {
    match value {
        Value::Null => panic!("null in an answer"),
        Value::Array(values) => values.iter().for_each(check_unset),
        Value::Object(members) => members.values().for_each(check_unset),
        _ => {}
    }
}
