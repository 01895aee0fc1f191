//! Creating organizations: states, ids, aliases, domains, client tokens, and what is refused.

use std::time::Duration;

use reeve_base::limits::{CLIENT_TOKEN_TTL, DOMAINS_AT_CREATION_MAX};
use reeve_domain::Ctx;
use reeve_domain::mail_domains::{self, Ownership};
use reeve_domain::organizations::{
    NewOrganization, OrganizationFilter, State, list_organization_states, list_organizations, list_regions,
    show_organization,
};
use reeve_domain::users::{self, EnableRequest, ImportOptions, UserFilter, UserRole};
use reeve_store::tables::domains as domain_rows;
use reeve_store::tables::domains::OwnerRow;
use reeve_store::tables::organizations as rows;

use crate::harness::{
    REGION, World, ask_for, domain, email, first, invalid, new_organization, new_user, on_each_engine, org_ref,
    refused, run_due, user_ref,
};
use crate::org::Org;

async fn states(org: &Org<'_>) -> Vec<State> {
    let states = list_organization_states(&org.ctx, org.id()).await.unwrap();
    for state in &states {
        assert!(!state.reason.is_empty(), "{:?} says why", state.state);
    }
    states.into_iter().map(|state| state.state).collect()
}

// B1, B7
#[tokio::test]
async fn creation_goes_through_its_states_in_order_with_reason_and_time() {
    on_each_engine(async |world| {
        let acme = world.requested_org("Acme").await;
        assert_eq!(acme.made.state, State::Requested);
        let asked = world.now();
        for expected in [State::Creating, State::Validating, State::Active] {
            world.clock.advance(Duration::from_secs(1));
            reeve_domain::jobs::run_next(&world.deployment).await.unwrap();
            let shown = acme.show().await;
            assert_eq!((shown.state, shown.state_since), (expected, world.now()));
        }
        let all = [State::Requested, State::Creating, State::Validating, State::Active];
        assert_eq!(states(&acme).await, all);
        let times = list_organization_states(&acme.ctx, acme.id()).await.unwrap();
        assert_eq!(times.first().unwrap().at, asked);
        assert!(times.windows(2).all(|pair| pair[0].at < pair[1].at));
        let shown = acme.show().await;
        assert_eq!((shown.created_at, shown.completed_at), (asked, Some(world.now())));
    })
    .await;
}

// B1, B9
#[tokio::test]
async fn an_active_organization_has_its_ids_its_arn_and_its_test_domain() {
    on_each_engine(async |world| {
        let acme = world.active_org("Acme-2").await;
        let shown = acme.show().await;
        assert_eq!(shown.alias.as_str(), "Acme-2");
        let arn = format!("arn:aws:workmail:us-east-1:{}:organization/{}", world.account(), shown.id);
        assert_eq!(shown.arn(), arn);
        assert_eq!(
            (shown.test_domain.as_str(), shown.default_domain.as_str()),
            ("acme-2.mail.test", "acme-2.mail.test")
        );
        let domains = mail_domains::list_domains(&acme.ctx, acme.id(), first(10)).await.unwrap().items;
        assert_eq!(domains.len(), 1);
        assert!(domains[0].is_test && domains[0].is_default && domains[0].ownership == Ownership::Verified);
        let directory = reeve_domain::directories::show_directory(&acme.ctx, acme.id()).await.unwrap();
        assert_eq!((directory.id, directory.organization_id), (shown.directory_id, Some(shown.id)));
        assert_eq!(
            acme.names(UserFilter { role: Some(UserRole::SystemUser), ..Default::default() }).await,
            ["administrator", "guest"]
        );
    })
    .await;
}

#[tokio::test]
async fn an_account_has_many_organizations_found_by_id_and_by_alias_in_any_case() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let globex = world.active_org("globex").await;
        for name in ["globex", "GLOBEX", globex.made.id.as_str()] {
            let shown = show_organization(&world.admin, org_ref(name)).await.unwrap();
            assert_eq!(shown.id, globex.made.id, "{name}");
        }
        let listed = list_organizations(&world.admin, OrganizationFilter::default(), first(10)).await.unwrap();
        let ids: Vec<_> = listed.items.into_iter().map(|o| o.id).collect();
        assert_eq!((ids, listed.total), (vec![acme.made.id.clone(), globex.made.id.clone()], Some(2)));
    })
    .await;
}

// B3
#[tokio::test]
async fn an_alias_is_unique_in_the_deployment_whatever_its_case() {
    on_each_engine(async |world| {
        world.active_org("acme").await;
        for (ctx, alias) in [(&world.admin, "acme"), (&world.admin, "ACME"), (&world.other, "Acme")] {
            let error = refused(ask_for(ctx, new_organization(alias)).await, "name_taken");
            assert_eq!(error.field(), Some("alias"));
        }
        world.settle().await;
    })
    .await;
}

// B14
#[tokio::test]
async fn a_list_shows_one_region_and_the_served_one_when_none_is_named() {
    on_each_engine(async |world| {
        world.active_org("acme").await;
        let frankfurt = world.in_region("eu-central-1");
        let there = world.operator_on(&frankfurt, |_| ()).await;
        ask_for(&there, new_organization("globex")).await.unwrap();
        run_due(&frankfurt).await;
        let listed = async |ctx: &Ctx, region: Option<&str>| {
            let filter = OrganizationFilter { region: region.map(str::to_owned), ..Default::default() };
            let page = list_organizations(ctx, filter, first(10)).await.unwrap();
            page.items.into_iter().map(|o| o.alias.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(listed(&world.admin, None).await, ["acme"]);
        assert_eq!(listed(&there, None).await, ["globex"]);
        assert_eq!(listed(&world.admin, Some("eu-central-1")).await, ["globex"]);
        assert!(listed(&world.admin, Some("mars")).await.is_empty());
        let regions = list_regions(&world.admin).await.unwrap();
        let named: Vec<_> = regions.iter().map(|region| (region.name.as_str(), region.current)).collect();
        assert_eq!(named, [("eu-central-1", false), (REGION, true)]);
    })
    .await;
}

#[tokio::test]
async fn a_list_is_narrowed_by_state_and_by_the_beginning_of_the_alias() {
    on_each_engine(async |world| {
        world.active_org("acme").await;
        world.active_org("acorn").await;
        world.active_org("beta").await.deleted().await;
        let listed = async |state: Option<State>, search: &str| {
            let filter = OrganizationFilter { state, search: Some(search.to_owned()), region: None };
            let page = list_organizations(&world.admin, filter, first(10)).await.unwrap();
            page.items.into_iter().map(|o| o.alias.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(listed(None, "").await, ["acme", "acorn", "beta"]);
        assert_eq!(listed(None, "AC").await, ["acme", "acorn"]);
        assert_eq!(listed(Some(State::Active), "").await, ["acme", "acorn"]);
        assert_eq!(listed(Some(State::Deleted), "").await, ["beta"]);
        assert!(listed(None, "\u{10FFFF}").await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn up_to_five_domains_are_added_at_once_and_wait_for_their_proof() {
    on_each_engine(async |world| {
        let named = |count: usize| (0..count).map(|n| domain(&format!("d{n}.example"))).collect::<Vec<_>>();
        let new = |domains| NewOrganization { domains, ..new_organization("acme") };
        refused(ask_for(&world.admin, new(named(DOMAINS_AT_CREATION_MAX + 1))).await, "limit_reached");
        let twice = vec![domain("a.example"), domain("A.Example")];
        invalid(ask_for(&world.admin, new(twice)).await, "domains");
        invalid(ask_for(&world.admin, new(vec![domain("x.mail.test")])).await, "domain");
        let made = ask_for(&world.admin, new(named(DOMAINS_AT_CREATION_MAX))).await.unwrap();
        world.settle().await;
        let acme = Org::new(world, made);
        let domains = mail_domains::list_domains(&acme.ctx, acme.id(), first(10)).await.unwrap().items;
        assert_eq!(domains.iter().filter(|d| d.ownership == Ownership::Pending).count(), 5);
        assert_eq!(acme.show().await.default_domain.as_str(), "acme.mail.test");
        acme.disabled_user("ada").await;
        refused(acme.enable("ada", "ada@d0.example").await, "domain_unverified");
    })
    .await;
}

// A domain that another organization has proven is refused here as it is by `add_domain`.
#[tokio::test]
async fn nobody_claims_a_domain_that_another_organization_has_proven() {
    on_each_engine(async |world| {
        world.foreign_org("globex").await.verified_domain("globex.example").await;
        let new = NewOrganization { domains: vec![domain("globex.example")], ..new_organization("acme") };
        refused(ask_for(&world.admin, new).await, "domain_taken");
        let acme = world.active_org("acme").await;
        refused(mail_domains::add_domain(&acme.ctx, acme.id(), domain("globex.example")).await, "domain_taken");
    })
    .await;
}

#[tokio::test]
async fn a_retry_with_its_client_token_finds_what_the_first_try_made() {
    on_each_engine(async |world| {
        let create = async |token: &str, print: &str, alias: &str| {
            let ctx = world.with_token(token, print).await;
            reeve_domain::organizations::create_organization(&ctx, new_organization(alias)).await
        };
        let made = create("t-1", "acme", "acme").await.unwrap();
        world.settle().await;
        let again = create("t-1", "acme", "acme").await.unwrap();
        assert!(again.replayed && !made.replayed);
        let (again, made) = (again.organization, made.organization);
        assert_eq!((again.id, again.state), (made.id.clone(), State::Active));
        refused(create("t-1", "globex", "globex").await, "conflict");
        refused(create("t-2", "acme", "acme").await, "name_taken");
        // After its time a token is forgotten, with housekeeping and without it.
        world.clock.advance(CLIENT_TOKEN_TTL);
        assert_eq!(create("t-1", "acme", "acme").await.unwrap().organization.id, made.id);
        world.clock.advance(Duration::from_millis(1));
        refused(create("t-1", "acme", "acme").await, "name_taken");
        create("t-1", "globex", "globex").await.unwrap();
        world.settle().await;
    })
    .await;
}

// B7
#[tokio::test]
async fn a_creation_that_cannot_succeed_ends_in_failed_with_the_reason() {
    on_each_engine(async |world| {
        let theirs = world.foreign_org("globex").await;
        let owner = OwnerRow { organization_id: theirs.made.id.to_string(), directory_id: theirs.directory_id() };
        let noted = world.store().write(move |tx| domain_rows::set_owner(tx, "acme.mail.test", &owner));
        assert!(noted.await.unwrap());
        let acme = world.active_org("acme").await;
        let shown = acme.show().await;
        assert_eq!(shown.state, State::Failed);
        assert!(shown.state_reason.contains("acme.mail.test belongs to another"), "{}", shown.state_reason);
        assert_eq!(shown.completed_at, None);
        assert_eq!(states(&acme).await, [State::Requested, State::Creating, State::Failed]);
        refused(acme.create(new_user("ada")).await, "organization_state");
        // A failed one can be deleted, and takes nothing from the one in whose way it was.
        acme.deleted().await;
        assert_eq!(acme.state().await, State::Deleted);
        let owner = world.store().read(|tx| domain_rows::owner(tx, "acme.mail.test")).await.unwrap().unwrap();
        assert_eq!(owner.organization_id, theirs.made.id.as_str());
        assert_eq!(theirs.state().await, State::Active);
    })
    .await;
}

// B8
#[tokio::test]
async fn only_an_active_organization_takes_users() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.disabled_user("bob").await;
        for state in ["Requested", "Creating", "Validating", "Failed", "Impaired", "Inactive", "Deleting", "Deleted"] {
            put_state(&acme, state).await;
            refused(acme.create(new_user("ada")).await, "organization_state");
            refused(acme.enable("bob", &acme.at("bob")).await, "organization_state");
            let request = EnableRequest { user: user_ref("bob"), email: email(&acme.at("bob")) };
            refused(users::enable_users(&acme.ctx, acme.id(), vec![request]).await, "organization_state");
            refused(acme.import_with("username\nada\n", ImportOptions::default()).await, "organization_state");
        }
        put_state(&acme, "Active").await;
        acme.create(new_user("ada")).await.unwrap();
    })
    .await;
}

/// Puts an organization into a state that no operation of today brings about.
pub(crate) async fn put_state(org: &Org<'_>, state: &str) {
    let (id, state) = (org.made.id.to_string(), state.to_owned());
    let put = org.world.store().write(move |tx| {
        let mut row = rows::by_id(tx, &id)?.expect("the organization is there");
        row.state.clone_from(&state);
        rows::set_state(tx, &row)
    });
    put.await.unwrap();
}

#[tokio::test]
async fn members_can_be_looked_at_while_switched_off_and_changed_while_impaired() {
    on_each_engine(async |world: &World| {
        let acme = world.active_org("acme").await;
        acme.user("ada").await;
        put_state(&acme, "Impaired").await;
        acme.edit("ada", Default::default()).await.unwrap();
        put_state(&acme, "Inactive").await;
        acme.find("ada").await.unwrap();
        refused(acme.edit("ada", Default::default()).await, "organization_state");
        put_state(&acme, "Deleting").await;
        refused(acme.find("ada").await, "organization_state");
    })
    .await;
}
