//! What decisions cost: with a hundred policies on one administrator, against bare Cedar with the same policies; and
//! requests that come with an API password.

use std::collections::HashSet;
use std::hint::black_box;
use std::sync::Arc;

use cedar_policy::{Authorizer, Context, Entities, Entity, EntityUid, PolicySet, Request as CedarRequest};
use reeve_base::Secret;
use reeve_base::names::{EmailAddress, ProfileText, Title};
use reeve_domain::administrators::{AdministratorStatus, NewAdministrator, SignIn, add_administrator, sign_in};
use reeve_domain::ctx::{AdministratorRole, Ctx};
use reeve_domain::organizations::{OrganizationRef, show_organization};
use reeve_domain::policies::{NewPolicy, Rights, attach_policy, create_policy};
use reeve_domain::{Deployment, auth};
use reeve_testkit::TestDatabase;

use crate::deployment::{self, block_on};
use crate::sign_in::{PASSWORD, prepare, request};
use crate::{load, median, rate, say, timed};

/// Policies of the administrator.
const POLICIES: usize = 100;

/// Decisions of one run.
const DECISIONS: usize = 20_000;

/// Requests of one run.
const REQUESTS: usize = 40_000;

/// Looking at an organization as an account admin, whom no policy binds, and as somebody with a hundred policies of which
/// the last allows it: the difference is the decision.
pub(crate) fn measure_decisions() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let database = TestDatabase::sqlite();
    let deployment = runtime.block_on(prepare(&database, 1, 0));
    let (admin, general, organization) = runtime.block_on(people(&deployment));
    let look = |ctx: &Ctx| {
        let ((), took) = timed(|| {
            runtime.block_on(async {
                for _ in 0..DECISIONS {
                    show_organization(ctx, organization.clone()).await.expect("it may be seen");
                }
            });
        });
        took.as_secs_f64() * 1e6 / DECISIONS as f64
    };
    look(&general);
    let (mut by_role, mut by_policy) = (Vec::new(), Vec::new());
    let ours = median(|| {
        let (role, policy) = (look(&admin), look(&general));
        by_role.push(role);
        by_policy.push(policy);
        policy - role
    });
    let bare = median(|| bare_cedar(&organization.to_string()));
    let middle = |figures: &mut Vec<f64>| {
        figures.sort_by(f64::total_cmp);
        figures.get(figures.len() / 2).copied().unwrap_or_default()
    };
    say("GetOrganization by an account admin", &format!("{:>9.1} µs", middle(&mut by_role)));
    say("the same with 100 policies", &format!("{:>9.1} µs", middle(&mut by_policy)));
    say("so a decision with 100 policies", &format!("{ours:>9.1} µs   {:.2} x bare Cedar", ours / bare));
    say("bare Cedar, the same 100 policies", &format!("{bare:>9.1} µs"));
}

/// The text of one policy: most are about other organizations.
fn policy(number: usize, organization: &str) -> String {
    let about = if number + 1 == POLICIES { organization.to_owned() } else { format!("m-{number:032x}") };
    format!(
        "permit (principal, action in [Action::\"organization:read\", Action::\"user:read\"], \
         resource in Organization::\"{about}\");"
    )
}

async fn people(deployment: &Arc<Deployment>) -> (Ctx, Ctx, OrganizationRef) {
    let operator = auth::operator(deployment, 0, None, request(deployment)).await.expect("an operator");
    let text = |text: &str| ProfileText::parse("name", text).expect("a text");
    let username = "general@bench.example";
    let new = NewAdministrator {
        username: EmailAddress::parse("username", username).expect("an address"),
        first_name: text("Gene"),
        last_name: text("Ral"),
        password: Some(Secret::from(PASSWORD)),
        status: AdministratorStatus::Active,
        role: AdministratorRole::General,
        policies: Vec::new(),
    };
    add_administrator(&operator, new).await.expect("they are added");
    let organization: OrganizationRef = "bench0".parse().expect("an alias");
    let id = show_organization(&operator, organization).await.expect("it is there").id.to_string();
    for number in 0..POLICIES {
        let new = NewPolicy {
            name: Title::parse("name", &format!("Policy {number}")).expect("a name"),
            description: text(""),
            rights: Rights::Cedar(policy(number, &id)),
        };
        let made = create_policy(&operator, new).await.expect("a policy").policy;
        let (named, who) = (made.id.as_str().parse().expect("a name"), username.parse().expect("a name"));
        attach_policy(&operator, named, who, Vec::new()).await.expect("they have it");
    }
    let admin = session(deployment, "root@example.com").await;
    let general = session(deployment, username).await;
    (admin, general, id.parse().expect("an id"))
}

async fn session(deployment: &Arc<Deployment>, username: &str) -> Ctx {
    let anonymous = auth::anonymous(deployment, request(deployment));
    match sign_in(&anonymous, username, Secret::from(PASSWORD), None).await.expect("they sign in") {
        SignIn::Done(done) => auth::session(deployment, &done.token, request(deployment)).await.expect("a session"),
        SignIn::SecondFactor(_) => unreachable!("nobody here has a second factor"),
    }
}

/// Microseconds that Cedar alone takes for such a decision, the entities made for each as Reeve must.
fn bare_cedar(organization: &str) -> f64 {
    let text: String = (0..POLICIES).map(|number| policy(number, organization)).collect();
    let set: PolicySet = text.parse().expect("policies");
    let uid = |text: String| -> EntityUid { text.parse().expect("a name") };
    let (principal, action) = (uid("Administrator::\"a\"".into()), uid("Action::\"show_organization\"".into()));
    let resource = uid(format!("Organization::\"{organization}\""));
    let group = uid("Action::\"organization:read\"".into());
    let authorizer = Authorizer::new();
    let ((), took) = timed(|| {
        for _ in 0..DECISIONS {
            let entities = [
                Entity::new_no_attrs(principal.clone(), HashSet::new()),
                Entity::new_no_attrs(action.clone(), HashSet::from([group.clone()])),
                Entity::new_no_attrs(resource.clone(), HashSet::new()),
            ];
            let entities = Entities::from_entities(entities, None).expect("entities");
            let asked = CedarRequest::new(principal.clone(), action.clone(), resource.clone(), Context::empty(), None);
            black_box(authorizer.is_authorized(&asked.expect("a request"), &set, &entities));
        }
    });
    took.as_secs_f64() * 1e6 / DECISIONS as f64
}

/// A cheap `GET` over connections that are kept open, by session token, API password and access key.
pub(crate) fn measure_requests() {
    for (engine, database) in deployment::engines() {
        let here = deployment::Deployment::start(database);
        let _ = here.server.reeve(&["admin", "api-access", "root@example.com", "--enable"]).done();
        let set = ["admin", "api-password", "set", "root@example.com", "--generate-password", "--output", "json"];
        let made = here.server.reeve(&set).done().json();
        let password = made["password"].as_str().expect("a password").to_owned();
        let made =
            here.server.reeve(&["key", "create", "--admin", "root@example.com", "--output", "json"]).done().json();
        let text = |member: &str| made[member].as_str().expect("a text").to_owned();
        let credentials = [
            ("session token", format!("Bearer {}", here.token)),
            ("API password", basic("root@example.com", &password)),
            ("access key", basic(&text("access_key_id"), &text("secret_access_key"))),
        ];
        for (name, credential) in credentials {
            let request = format!("GET /api/v1/regions HTTP/1.1\r\nHost: bench\r\nAuthorization: {credential}\r\n\r\n");
            let run = |count: usize| {
                let bytes = request.clone().into_bytes();
                let make = move |_: usize| bytes.clone();
                let address = here.server.address("http");
                let ((), took) = timed(|| block_on(load::run(address, 16, count, 200, make)));
                rate(count, took)
            };
            run(REQUESTS / 10);
            say(
                &format!("{engine}, GET /regions by {name}, 16 clients"),
                &format!("{:>9.0}/s", median(|| run(REQUESTS))),
            );
        }
    }
}

/// RFC 7617 §2: the credential of HTTP Basic.
fn basic(user: &str, password: &str) -> String {
    use base64::Engine as _;
    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}")))
}
