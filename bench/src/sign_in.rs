//! Sign-ins of users, against bare Argon2id with the same parameters on the same cores.

use std::net::Ipv4Addr;
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

use argon2::{Algorithm, Argon2, Params, Version};
use reeve_base::Secret;
use reeve_base::clock::SystemClock;
use reeve_base::names::{EmailAddress, ProfileText, Title, UserName};
use reeve_base::random::OsRandom;
use reeve_domain::access_control::{Arrival, Protocol};
use reeve_domain::accounts::{NewAccount, set_up};
use reeve_domain::ctx::{Ctx, Request};
use reeve_domain::jobs::{self, Ran};
use reeve_domain::organizations::{NewOrganization, OrganizationRef, create_organization};
use reeve_domain::passwords::Hasher;
use reeve_domain::users::{NewPassword, NewUser, ProfileEdit, UserRole, authenticate, create_user};
use reeve_domain::{Deployment, Settings, auth};
use reeve_store::Store;
use reeve_store::StoreOptions;
use reeve_testkit::TestDatabase;

use crate::{median, rate, say};

/// People who sign in once each in a run: about two seconds of hashing on two cores.
const PEOPLE: usize = 200;

/// Sign-ins with a remembered credential in one run.
const REMEMBERED: usize = 100_000;

pub(crate) const PASSWORD: &str = "Amber-quay-71-lantern";

/// Slices of a run: bare hashes and first sign-ins take turns, so that whatever else the machine does meets both.
const SLICES: usize = 10;

/// Bare hashes, first sign-ins and repeated sign-ins, each on every core.
pub(crate) fn measure() {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let database = TestDatabase::sqlite();
    let (mut bare, mut first, mut again) = (Vec::new(), Vec::new(), Vec::new());
    for run in 0..crate::RUNS {
        // A deployment of its own each time: nothing is remembered yet.
        let deployment = runtime.block_on(prepare(&database, cores, run));
        let (mut hashing, mut signing) = (Duration::ZERO, Duration::ZERO);
        for slice in 0..SLICES {
            let people = slice * PEOPLE / SLICES..(slice + 1) * PEOPLE / SLICES;
            hashing += runtime.block_on(bare_hashes(cores, people.len()));
            signing += runtime.block_on(sign_ins(&deployment, cores, people, run));
        }
        bare.push(rate(PEOPLE, hashing));
        first.push(rate(PEOPLE, signing));
        let took = runtime.block_on(sign_ins(&deployment, cores, 0..REMEMBERED, run));
        again.push(rate(REMEMBERED, took));
    }
    let middle = |figures: &[f64]| {
        let mut rest = figures.iter().copied();
        median(|| rest.next().unwrap_or_default())
    };
    let (bare, first, again) = (middle(&bare), middle(&first), middle(&again));
    say("bare Argon2id, 19 MiB, 2 passes", &format!("{bare:>9.1}/s"));
    say("first sign-ins", &format!("{first:>9.1}/s   {:.3} x bare", first / bare));
    say("sign-ins with a remembered credential", &format!("{again:>9.0}/s"));
}

/// How long `count` hashes take on every core, on threads of the same kind as those that check sign-ins.
async fn bare_hashes(cores: usize, count: usize) -> Duration {
    let began = Instant::now();
    let tasks: Vec<_> = (0..cores)
        .map(|core| {
            tokio::task::spawn_blocking(move || {
                let params = Params::new(19_456, 2, 1, Some(32)).expect("valid parameters");
                let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
                let mut key = [0; 32];
                for _ in (core..count).step_by(cores) {
                    argon.hash_password_into(PASSWORD.as_bytes(), b"0123456789abcdef", &mut key).expect("a hash");
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("it runs");
    }
    began.elapsed()
}

fn address(run: usize, number: usize) -> EmailAddress {
    EmailAddress::parse("email", &format!("p{number}@bench{run}.reeve.test")).expect("an address")
}

/// A deployment with an organization of people who have passwords.
pub(crate) async fn prepare(database: &TestDatabase, cores: usize, run: usize) -> Arc<Deployment> {
    let url = database.url().parse().expect("a database");
    let settings = Settings {
        hashing_parallelism: cores,
        ..Settings::new("us-east-1", "reeve.test", reeve_domain::sealing::MasterKey::generate(&OsRandom))
    };
    let store = Store::open(StoreOptions::new(url)).expect("a store");
    let deployment =
        Deployment::new(store, Arc::new(SystemClock), Arc::new(OsRandom), reeve_domain::Outside::default(), settings);
    let ctx = operator(&deployment).await;
    let alias = format!("bench{run}");
    let new = NewOrganization {
        alias: reeve_base::names::OrganizationAlias::parse("alias", &alias).expect("an alias"),
        domains: Vec::new(),
        hosted_zones: Vec::new(),
        directory_id: None,
        encryption_key: None,
    };
    create_organization(&ctx, new).await.expect("an organization");
    while jobs::run_next(&deployment).await.expect("a step") == Ran::Step {}
    // One hash serves all: what is measured is checking it.
    let hash = deployment_hash();
    for number in 0..PEOPLE {
        let organization: OrganizationRef = alias.parse().expect("a reference");
        create_user(&ctx, organization, person(run, number, &hash)).await.expect("a user");
    }
    deployment
}

fn deployment_hash() -> String {
    Hasher::default().hash(&Secret::from(PASSWORD), &OsRandom).expect("a hash")
}

fn person(run: usize, number: usize, hash: &str) -> NewUser {
    NewUser {
        name: UserName::parse("username", &format!("p{number}")).expect("a name"),
        profile: ProfileEdit {
            display_name: Some(ProfileText::parse("display_name", "Person").expect("a text")),
            ..ProfileEdit::default()
        },
        hidden: false,
        role: UserRole::User,
        email: Some(address(run, number)),
        password: NewPassword::Hashed(hash.to_owned()),
    }
}

async fn operator(deployment: &Arc<Deployment>) -> Ctx {
    let text = |text: &str| ProfileText::parse("name", text).expect("a text");
    let new = NewAccount {
        name: Title::parse("name", "Bench").expect("a title"),
        username: EmailAddress::parse("username", "root@example.com").expect("an address"),
        first_name: text(""),
        last_name: text(""),
        password: Some(Secret::from(PASSWORD)),
    };
    // The second run finds it made.
    let _ = set_up(&Ctx::system(deployment, "bench"), new).await;
    auth::operator(deployment, 0, None, request(deployment)).await.expect("an operator")
}

/// A request from nowhere.
pub(crate) fn request(deployment: &Deployment) -> Request {
    let id = deployment.new_request_id();
    Request { id, source_address: None, expected_version: None, client_token: None }
}

/// How long these sign-ins take, spread over the people, by as many tasks as keep every core busy.
async fn sign_ins(deployment: &Arc<Deployment>, cores: usize, people: Range<usize>, run: usize) -> Duration {
    let began = Instant::now();
    let tasks: Vec<_> = (0..cores * 4)
        .map(|task| {
            let (deployment, mine) = (Arc::clone(deployment), people.clone().skip(task).step_by(cores * 4));
            tokio::spawn(async move {
                let password = Secret::from(PASSWORD);
                for number in mine {
                    let address = address(run, number % PEOPLE);
                    let arrival = Arrival { protocol: Protocol::Imap, address: Ipv4Addr::LOCALHOST.into() };
                    authenticate(&deployment, &address, &password, arrival).await.expect("it is right");
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("it runs");
    }
    began.elapsed()
}
