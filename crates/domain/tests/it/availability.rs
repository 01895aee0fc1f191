//! Where free and busy times of another system are asked for: kept by domain, passwords sealed, tested before use. What
//! the outside answers is set by the tests; that it is asked rightly over a network is shown where it is asked.

use std::time::Duration;

use reeve_base::outbound::Unanswered;
use reeve_domain::Error;
use reeve_domain::availability::{
    AvailabilityConfiguration, NewProvider, Probe, Provider, Tested, create_availability_configuration,
    delete_availability_configuration, edit_availability_configuration, list_availability_configurations,
    test_availability_configuration,
};
use reeve_domain::page::PageRequest;
use reeve_store::tables::organization_documents as documents;

use crate::calls_settings::{ELSEWHERE, EWS_PASSWORD, ews, lambda};
use crate::harness::{OTHER_PASSWORD, World, domain, first, invalid, on_each_engine, refused, secret, shown};
use crate::org::Org;

/// What a server says that took the sign-in.
const ENVELOPE: &str = r#"<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body/></s:Envelope>"#;

/// A moment later: events of one moment have no order.
fn later(org: &Org<'_>) {
    org.world.clock.advance(Duration::from_millis(1));
}

async fn create(org: &Org<'_>, name: &str, provider: NewProvider) -> Result<AvailabilityConfiguration, Error> {
    later(org);
    let made = create_availability_configuration(&org.ctx, org.id(), domain(name), provider).await;
    made.map(|made| made.configuration)
}

async fn edit(org: &Org<'_>, name: &str, provider: NewProvider) -> Result<AvailabilityConfiguration, Error> {
    later(org);
    edit_availability_configuration(&org.ctx, org.id(), domain(name), provider).await
}

async fn test(org: &Org<'_>, tested: Tested) -> Result<Probe, Error> {
    later(org);
    test_availability_configuration(&org.ctx, org.id(), tested).await
}

async fn domains(org: &Org<'_>) -> Vec<String> {
    let page = list_availability_configurations(&org.ctx, org.id(), first(1_000)).await.unwrap();
    page.items.into_iter().map(|one| one.domain.to_string()).collect()
}

fn with_password(password: &str) -> NewProvider {
    let NewProvider::Ews { endpoint, username, .. } = ews() else { panic!("it is a server") };
    NewProvider::Ews { endpoint, username, password: secret(password) }
}

/// What the database keeps of a configuration.
async fn kept(world: &World, org: &Org<'_>, name: &'static str) -> String {
    let id = org.made.id.to_string();
    let row = world.store().read(move |tx| documents::get(tx, (&id, "availability"), name)).await.unwrap();
    row.unwrap().body
}

#[tokio::test]
async fn configurations_are_made_shown_changed_and_removed() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let made = create(&acme, "Elsewhere.Example", ews()).await.unwrap();
        assert_eq!((made.domain.as_str(), made.version, made.created_at), (ELSEWHERE, 1, world.now()));
        let endpoint = "https://ews.elsewhere.example/EWS/Exchange.asmx".to_owned();
        assert_eq!(made.provider, Provider::Ews { endpoint, username: "reeve".to_owned() });
        let error = refused(create(&acme, ELSEWHERE, lambda()).await, "name_taken");
        assert_eq!(error.field(), Some("domain"));
        create(&acme, "another.example", lambda()).await.unwrap();
        assert_eq!(domains(&acme).await, ["another.example", ELSEWHERE]);
        world.clock.advance(Duration::from_secs(60));
        let edited = edit(&acme, ELSEWHERE, lambda()).await.unwrap();
        assert!(matches!(&edited.provider, Provider::Lambda { arn } if arn.ends_with(":free-busy")));
        assert_eq!((edited.version, edited.created_at, edited.updated_at), (2, made.created_at, world.now()));
        assert!(matches!(edit(&acme, ELSEWHERE, ews()).await.unwrap().provider, Provider::Ews { .. }));
        refused(edit(&acme, "nobody.example", ews()).await, "not_found");
        let remove = async |name| delete_availability_configuration(&acme.ctx, acme.id(), domain(name)).await.unwrap();
        remove(ELSEWHERE).await;
        assert_eq!(domains(&acme).await, ["another.example"]);
        let events = world.events().await.len();
        remove(ELSEWHERE).await;
        assert_eq!(world.events().await.len(), events);
        let globex = world.foreign_org("globex").await;
        assert!(domains(&globex).await.is_empty());
        create(&globex, "another.example", lambda()).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_password_is_sealed_and_shown_to_nobody() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        create(&acme, ELSEWHERE, ews()).await.unwrap();
        let first_kept = kept(world, &acme, ELSEWHERE).await;
        assert!(!first_kept.contains(EWS_PASSWORD) && first_kept.contains("password"));
        let events = world.events().await.len();
        assert_eq!(edit(&acme, ELSEWHERE, ews()).await.unwrap().version, 1, "it is so already");
        assert_eq!((kept(world, &acme, ELSEWHERE).await, world.events().await.len()), (first_kept.clone(), events));
        assert_eq!(edit(&acme, ELSEWHERE, with_password(OTHER_PASSWORD)).await.unwrap().version, 2);
        assert_ne!(kept(world, &acme, ELSEWHERE).await, first_kept);
        edit(&acme, ELSEWHERE, lambda()).await.unwrap();
        assert!(!kept(world, &acme, ELSEWHERE).await.contains("password"));
        edit(&acme, ELSEWHERE, ews()).await.unwrap();
        later(&acme);
        delete_availability_configuration(&acme.ctx, acme.id(), domain(ELSEWHERE)).await.unwrap();
        let told: Vec<_> = world
            .events()
            .await
            .into_iter()
            .filter(|event| event.resource_id == ELSEWHERE)
            .flat_map(|event| event.changes)
            .filter(|change| change.field == "password")
            .map(|change| (change.before, change.after))
            .collect();
        let set = || Some("(set)".to_owned());
        assert_eq!(told, [(set(), None), (None, set()), (set(), None), (set(), set()), (None, set())]);
        let everything = format!("{:?}", world.events().await);
        assert!(!everything.contains(EWS_PASSWORD) && !everything.contains(OTHER_PASSWORD));
    })
    .await;
}

#[tokio::test]
async fn a_sealed_password_opens_only_where_it_was_set() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        create(&acme, ELSEWHERE, ews()).await.unwrap();
        create(&acme, "another.example", with_password(OTHER_PASSWORD)).await.unwrap();
        let (id, body) = (acme.made.id.to_string(), kept(world, &acme, ELSEWHERE).await);
        let moved = world.store().write(move |tx| {
            let row = documents::get(tx, (&id, "availability"), "another.example")?.unwrap();
            documents::update(tx, &documents::DocumentRow { body: body.clone(), ..row })
        });
        moved.await.unwrap();
        refused(test(&acme, Tested::Stored(domain("another.example"))).await, "internal");
        assert!(world.outbound.asked().is_empty());
        world.outbound.answers(200, ENVELOPE);
        assert!(test(&acme, Tested::Stored(domain(ELSEWHERE))).await.unwrap().passed);
    })
    .await;
}

#[tokio::test]
async fn a_test_asks_the_provider_that_is_kept_or_given() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        create(&acme, ELSEWHERE, ews()).await.unwrap();
        world.outbound.answers(200, ENVELOPE);
        let probe = test(&acme, Tested::Stored(domain(ELSEWHERE))).await.unwrap();
        assert_eq!(probe, Probe { passed: true, failure: None });
        let question = world.outbound.asked().remove(0);
        assert_eq!(question.url, "https://ews.elsewhere.example/EWS/Exchange.asmx");
        assert_eq!((question.username.as_str(), shown(&question.password)), ("reeve", EWS_PASSWORD));
        assert!(question.content_type.starts_with("text/xml") && question.body.contains("GetFolder"));
        world.outbound.answers(401, "secret of the other side");
        let probe = test(&acme, Tested::Given(with_password(OTHER_PASSWORD))).await.unwrap();
        assert!(!probe.passed && probe.failure.unwrap().contains("refuses the username or the password"));
        assert_eq!(shown(&world.outbound.asked().remove(0).password), OTHER_PASSWORD);
        world.outbound.is_silent(Unanswered::Forbidden);
        let probe = test(&acme, Tested::Given(ews())).await.unwrap();
        assert!(!probe.passed && probe.failure.unwrap().contains("outbound.allowed_networks"));
        world.outbound.asked();
        let probe = test(&acme, Tested::Given(lambda())).await.unwrap();
        assert!(!probe.passed && probe.failure.unwrap().contains("cannot invoke functions"));
        assert!(world.outbound.asked().is_empty());
        assert_eq!(domains(&acme).await, [ELSEWHERE], "what is given is not kept");
    })
    .await;
}

#[tokio::test]
async fn a_test_leaves_an_event_and_nothing_that_the_other_side_wrote() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        create(&acme, ELSEWHERE, ews()).await.unwrap();
        world.outbound.answers(500, "secret of the other side");
        test(&acme, Tested::Stored(domain(ELSEWHERE))).await.unwrap();
        let event = world.events().await.remove(0);
        assert_eq!(
            (event.operation.as_str(), event.resource_id.as_str()),
            ("test_availability_configuration", ELSEWHERE)
        );
        let changes: Vec<_> = event.changes.iter().map(|c| (c.field.as_str(), c.after.as_deref().unwrap())).collect();
        assert_eq!(
            changes,
            [
                ("endpoint", "https://ews.elsewhere.example/EWS/Exchange.asmx"),
                ("username", "reeve"),
                ("outcome", "the endpoint answers with a failure of its own"),
            ]
        );
        world.outbound.answers(200, ENVELOPE);
        test(&acme, Tested::Given(ews())).await.unwrap();
        let event = world.events().await.remove(0);
        assert_eq!(event.resource_id, acme.made.id.to_string());
        assert_eq!(event.changes.last().unwrap().after.as_deref(), Some("passed"));
        let everything = format!("{:?}", world.events().await);
        assert!(!everything.contains("secret of") && !everything.contains(EWS_PASSWORD));
    })
    .await;
}

#[tokio::test]
async fn nobody_is_asked_for_those_who_may_not_ask() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        create(&acme, ELSEWHERE, ews()).await.unwrap();
        for ctx in [&world.general, &world.other, &world.anonymous] {
            let stranger = acme.by(ctx);
            assert!(test(&stranger, Tested::Stored(domain(ELSEWHERE))).await.is_err());
            assert!(test(&stranger, Tested::Given(ews())).await.is_err());
        }
        refused(test(&acme, Tested::Stored(domain("nobody.example"))).await, "not_found");
        let requested = world.requested_org("globex").await;
        refused(test(&requested, Tested::Given(ews())).await, "organization_state");
        assert!(world.outbound.asked().is_empty());
        world.outbound.is_silent(Unanswered::Busy);
        let events = world.events().await.len();
        refused(test(&acme, Tested::Given(ews())).await, "unavailable");
        assert_eq!(world.events().await.len(), events, "nothing was asked");
        world.settle().await;
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_asked_is_refused_before_it_is_kept_or_asked() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let wrong = |endpoint: &str, username: &str, password: &str| NewProvider::Ews {
            endpoint: endpoint.to_owned(),
            username: username.to_owned(),
            password: secret(password),
        };
        let right = "https://ews.elsewhere.example/";
        for (provider, field) in [
            (wrong("file:///etc/passwd", "a", "b"), "endpoint"),
            (wrong("https://user@ews.elsewhere.example/", "a", "b"), "endpoint"),
            (wrong(right, "", "b"), "username"),
            (wrong(right, "a", ""), "password"),
            (NewProvider::Lambda { arn: "free-busy".to_owned() }, "function_arn"),
        ] {
            invalid(create(&acme, ELSEWHERE, provider.clone()).await, field);
            invalid(edit(&acme, ELSEWHERE, provider.clone()).await, field);
            invalid(test(&acme, Tested::Given(provider)).await, field);
        }
        assert!(domains(&acme).await.is_empty() && world.outbound.asked().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_retry_with_its_token_finds_what_the_first_try_made() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let ctx = world.with_token("once", "the same").await;
        let create = async |ctx, name| create_availability_configuration(ctx, acme.id(), domain(name), ews()).await;
        let made = create(&ctx, ELSEWHERE).await.unwrap();
        let again = create(&ctx, ELSEWHERE).await.unwrap();
        assert_eq!((made.replayed, again.replayed, &again.configuration), (false, true, &made.configuration));
        let other = world.with_token("once", "another").await;
        refused(create(&other, "another.example").await, "conflict");
        delete_availability_configuration(&acme.ctx, acme.id(), domain(ELSEWHERE)).await.unwrap();
        refused(create(&ctx, ELSEWHERE).await, "not_found");
    })
    .await;
}

#[tokio::test]
async fn configurations_come_page_by_page_while_some_come_and_go() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        for name in ["b.example", "d.example", "a.example", "c.example", "e.example"] {
            create(&acme, name, lambda()).await.unwrap();
        }
        let list = async |page| list_availability_configurations(&acme.ctx, acme.id(), page).await;
        let first_page = list(first(2)).await.unwrap();
        assert_eq!(first_page.total, Some(5));
        delete_availability_configuration(&acme.ctx, acme.id(), domain("b.example")).await.unwrap();
        create(&acme, "aa.example", lambda()).await.unwrap();
        let next = PageRequest { cursor: first_page.next_cursor.clone(), ..first(2) };
        let second = list(next).await.unwrap();
        let names: Vec<_> = second.items.iter().map(|one| one.domain.as_str()).collect();
        assert_eq!(names, ["c.example", "d.example"]);
        let uncounted = list(PageRequest::uncounted(Some(100), None)).await.unwrap();
        assert_eq!((uncounted.total, uncounted.items.len(), uncounted.next_cursor), (None, 5, None));
        let other = PageRequest { cursor: first_page.next_cursor, ..first(2) };
        let globex = world.foreign_org("globex").await;
        invalid(list_availability_configurations(&globex.ctx, globex.id(), other).await, "cursor");
    })
    .await;
}

#[tokio::test]
async fn whoever_saw_another_version_changes_nothing() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        create(&acme, ELSEWHERE, ews()).await.unwrap();
        let stale = acme.by(&world.expecting(7).await);
        refused(edit(&stale, ELSEWHERE, lambda()).await, "version_mismatch");
        refused(delete_availability_configuration(&stale.ctx, acme.id(), domain(ELSEWHERE)).await, "version_mismatch");
        let fresh = acme.by(&world.expecting(1).await);
        edit(&fresh, ELSEWHERE, lambda()).await.unwrap();
    })
    .await;
}
