//! The audit trail: every change writes its event and no look does; before and after are right; no secret is in it.

use std::collections::HashSet;
use std::time::Duration;

use reeve_base::{Clock, Timestamp};
use reeve_domain::audit::{Event, EventFilter, list_events};
use reeve_domain::directories::{PasswordPolicyEdit, set_password_policy};
use reeve_domain::operations::{self, Operation, Reach, Resource};
use reeve_domain::page::PageRequest;
use reeve_domain::users::{self, NewPassword, ProfileEdit, UserEdit, UserRole};
use reeve_domain::{Ctx, accounts};

use crate::calls::{call, scene};
use crate::harness::{
    OTHER_PASSWORD, PASSWORD, World, first, invalid, new_user, on_each_engine, request, shown, text, try_sign_in,
    user_ref,
};
use crate::org::{Org, dump};

/// The events of every account.
async fn all_events(world: &World) -> Vec<Event> {
    let mut all = Vec::new();
    for account in accounts::list_accounts(&world.operator, first(1_000)).await.unwrap().items {
        let operator =
            reeve_domain::auth::operator(&world.deployment, 0, Some(account.id), request(&world.clock)).await;
        let mut page = first(1_000);
        loop {
            let got =
                list_events(operator.as_ref().map_err(Clone::clone).unwrap(), EventFilter::default(), page.clone());
            let got = got.await.unwrap();
            all.extend(got.items);
            page.cursor = got.next_cursor;
            if page.cursor.is_none() {
                break;
            }
        }
    }
    all
}

/// The newest events of every account: more than one operation writes.
async fn newest_events(world: &World) -> Vec<Event> {
    let mut newest = Vec::new();
    for account in accounts::list_accounts(&world.operator, first(1_000)).await.unwrap().items {
        let operator =
            reeve_domain::auth::operator(&world.deployment, 0, Some(account.id), request(&world.clock)).await.unwrap();
        newest.extend(list_events(&operator, EventFilter::default(), first(20)).await.unwrap().items);
    }
    newest
}

/// The kind of thing that the event of an operation is about: what was made, where something was.
fn about(operation: &Operation) -> &'static str {
    match operation.name {
        "create_account" => "account",
        "create_organization" => "organization",
        "attach_policy" | "detach_policy" => "administrator",
        _ => operation.resource.word(),
    }
}

/// Operations that change nothing about what the calls are about.
const NOTHING_TO_DO: [&str; 5] = [
    "activate_administrator",
    "set_api_access",
    "unlock_administrator",
    "remove_api_password",
    "enable_organization_key",
];

/// Operations that need a second factor, a half-done sign-in or another session to succeed; their own tests look at
/// their events.
const NEED_MORE: [&str; 7] = [
    "complete_sign_in",
    "end_session",
    "confirm_totp",
    "remove_totp",
    "confirm_passkey",
    "remove_passkey",
    "make_recovery_codes",
];

#[tokio::test]
async fn every_change_writes_its_event_and_no_look_writes_any() {
    on_each_engine(async |world| {
        let mut called = HashSet::new();
        let mut operations = operations::ALL.to_vec();
        // What ends the caller's own session comes last.
        operations.sort_by_key(|operation| operation.name == "sign_out");
        for operation in operations {
            let (org, target) = scene(world, &operation.name.replace('_', "-")).await;
            // What is written from here on is the newest.
            world.clock.advance(Duration::from_millis(1));
            let seen = dump(&org).await;
            let who: &Ctx = match operation.resource {
                Resource::Deployment => &world.operator,
                _ => &world.admin,
            };
            let Some(result) = call(operation, who, &target).await else { continue };
            if NEED_MORE.contains(&operation.name) {
                result.expect_err(operation.name);
                continue;
            }
            result.unwrap_or_else(|error| panic!("{}: {error:?}", operation.name));
            let now = world.clock.now();
            let new: Vec<_> = newest_events(world).await.into_iter().filter(|event| event.at >= now).collect();
            let written: Vec<_> = new.iter().map(|event| event.operation.as_str()).collect();
            if NOTHING_TO_DO.contains(&operation.name) {
                assert!(written.is_empty(), "{} wrote {written:?}", operation.name);
            } else if operation.writes_event() {
                assert_eq!(written, [operation.name]);
                assert_eq!(new[0].resource_kind, about(operation), "{}", operation.name);
                assert!(!new[0].resource_id.is_empty() && !new[0].changes.is_empty(), "{:?}", new[0]);
                assert_eq!(new[0].request_id, who.request_id().to_string());
            } else {
                assert!(written.is_empty(), "{} wrote {written:?}", operation.name);
                assert_eq!(dump(&org).await, seen, "{}", operation.name);
            }
            called.insert(operation.name);
            world.settle().await;
        }
        let by_others = operations::ALL.iter().filter(|operation| operation.reach != Reach::System).count();
        assert_eq!(called.len() + NEED_MORE.len(), by_others, "all but Reeve's own");
        assert!(all_events(world).await.iter().any(|event| event.operation == "advance_organization"));
    })
    .await;
}

/// The changes that the newest event of an operation tells of, as `field: before > after`.
pub(crate) async fn told(org: &Org<'_>, operation: &str) -> Vec<String> {
    let filter = EventFilter { operation: Some(operation.to_owned()), ..EventFilter::default() };
    let event = list_events(&org.world.operator, filter, first(1)).await.unwrap().items.remove(0);
    let said = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    event.changes.into_iter().map(|c| format!("{}: {} > {}", c.field, said(c.before), said(c.after))).collect()
}

#[tokio::test]
async fn an_event_tells_before_and_after() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let tick = || world.clock.advance(Duration::from_millis(1));
        acme.disabled_user("ada").await;
        assert_eq!(told(&acme, "create_user").await, ["username: - > ada", "role: - > user", "display_name: - > ada"]);
        tick();
        acme.enable("ada", "ada@acme.mail.test").await.unwrap();
        assert_eq!(told(&acme, "enable_user").await, ["state: disabled > enabled", "email: - > ada@acme.mail.test"]);
        let profile = ProfileEdit { display_name: Some(text("Ada")), city: Some(text("Bath")), ..Default::default() };
        let edit = UserEdit { profile, hidden: Some(true), role: Some(UserRole::RemoteUser) };
        acme.edit("ada", edit).await.unwrap();
        assert_eq!(
            told(&acme, "edit_user").await,
            [
                "display_name: ada > Ada",
                "city:  > Bath",
                "hidden_from_global_address_list: false > true",
                "role: user > remote_user",
            ]
        );
        acme.add_alias("ada", "Countess@acme.mail.test").await.unwrap();
        assert_eq!(told(&acme, "add_alias").await, ["alias: - > Countess@acme.mail.test"]);
        acme.set_default("ada", "main@acme.mail.test").await.unwrap();
        assert_eq!(told(&acme, "set_default_address").await, ["email: ada@acme.mail.test > main@acme.mail.test"]);
        acme.remove_alias("ada", "countess@acme.mail.test").await.unwrap();
        assert_eq!(told(&acme, "remove_alias").await, ["alias: Countess@acme.mail.test > -"]);
        acme.reset_password("ada", PASSWORD).await.unwrap();
        assert_eq!(told(&acme, "reset_password").await, ["password: - > (set)"]);
        assert!(!acme.gets_in("main@acme.mail.test", OTHER_PASSWORD).await);
        users::unlock_user(&acme.ctx, acme.id(), user_ref("ada")).await.unwrap();
        assert_eq!(told(&acme, "unlock_user").await, ["wrong_passwords: 1 > -"]);
        acme.disable("ada").await.unwrap();
        assert_eq!(told(&acme, "disable_user").await, ["state: enabled > disabled", "email: main@acme.mail.test > -"]);
        tick();
        acme.enable("ada", "main@acme.mail.test").await.unwrap();
        let back = told(&acme, "enable_user").await;
        assert_eq!(back.last().map(String::as_str), Some("alias: - > ada@acme.mail.test"));
        acme.disable("ada").await.unwrap();
        acme.delete_user("ada").await.unwrap();
        assert_eq!(told(&acme, "delete_user").await, ["username: ada > -", "display_name: Ada > -"]);
        let edit = PasswordPolicyEdit { history: Some(5), strength_min: Some(3), ..Default::default() };
        set_password_policy(&acme.ctx, acme.id(), edit).await.unwrap();
        assert_eq!(told(&acme, "set_password_policy").await, ["history: 0 > 5", "strength_min: 2 > 3"]);
        tick();
        acme.deleted().await;
        assert_eq!(
            told(&acme, "delete_organization").await,
            ["state: Active > Deleting", "delete_directory: - > true", "force: - > true"]
        );
    })
    .await;
}

#[tokio::test]
async fn an_event_tells_who_did_it_from_where_and_when() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        world.clock.advance(Duration::from_secs(1));
        acme.by(&world.admin).disabled_user("ada").await;
        acme.by(&world.operator).disabled_user("bob").await;
        let events = world.events().await;
        let by = |name: &str| events.iter().find(|event| event.resource_name == name).unwrap();
        let ada = by("ada");
        assert_eq!((ada.actor.kind.as_str(), ada.actor.name.as_str()), ("administrator", "root@first.example"));
        assert_eq!((ada.source_address.as_deref(), ada.at), (Some("192.0.2.7"), world.now()));
        assert_eq!((&ada.account_id, ada.organization_id.as_ref()), (&world.account(), Some(&acme.made.id)));
        assert_eq!((by("bob").actor.kind.as_str(), by("bob").actor.id.as_deref()), ("operator", Some("1000")));
        let step = events.iter().find(|event| event.operation == "advance_organization").unwrap();
        assert_eq!((step.actor.kind.as_str(), &step.source_address), ("system", &None));
    })
    .await;
}

#[tokio::test]
async fn no_secret_is_in_any_event() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let imported = "$6$rounds=1000$saltstring$ycAjtg2gVmiG9sIvpAVNdt6LSogdF6oA5k6EU/HZUWcFAdwBQe3FR0q/OqYyrz.8kE\
                        EtsFmgM/87NbdwDmOkm/";
        let ada = acme.user_with_password("ada", PASSWORD).await;
        acme.check_sign_in("ada", "Guessed-password-1").await;
        acme.reset_password("ada", OTHER_PASSWORD).await.unwrap();
        let generated = users::reset_password(&acme.ctx, acme.id(), user_ref("ada"), NewPassword::Generated).await;
        let generated = generated.unwrap().unwrap();
        let bob =
            reeve_domain::users::NewUser { password: NewPassword::Hashed(imported.to_owned()), ..new_user("bob") };
        acme.create(bob).await.unwrap();
        acme.import(&format!("username,password,password_hash\ncid,Velvet-compass-28-otter,\ndan,,{imported}\n")).await;
        let wrong = try_sign_in(&world.anonymous, "root@first.example", "Typed-by-mistake-5").await;
        assert!(wrong.is_err());
        let session = try_sign_in(&world.anonymous, "root@first.example", PASSWORD).await.unwrap();
        let stored = acme.row(&ada.id).await.password_hash.unwrap();
        let all = format!("{:?}", all_events(world).await);
        for needle in [
            PASSWORD,
            OTHER_PASSWORD,
            "Guessed-password-1",
            "Velvet-compass",
            "Typed-by-mistake",
            shown(&generated),
            shown(&session.token),
            imported,
            &stored,
            "$argon2id$",
            "saltstring",
        ] {
            assert!(!all.contains(needle), "{needle} is in an event");
        }
        for row in acme.list(Default::default()).await {
            assert!(!format!("{row:?}").contains("$argon2id$"), "a hash is shown");
        }
    })
    .await;
}

// A2
#[tokio::test]
async fn refused_sign_ins_of_known_names_are_told() {
    on_each_engine(async |world| {
        for password in ["wrong", PASSWORD] {
            try_sign_in(&world.anonymous, "root@first.example", password).await.ok();
        }
        try_sign_in(&world.anonymous, "nobody@first.example", "wrong").await.unwrap_err();
        let filter = EventFilter { operation: Some("sign_in".to_owned()), ..EventFilter::default() };
        let events = list_events(&world.operator, filter, first(100)).await.unwrap().items;
        let outcomes: Vec<_> = events.iter().filter_map(|e| e.changes[0].after.as_deref()).collect();
        assert_eq!(outcomes.iter().filter(|outcome| **outcome == "refused").count(), 1, "{outcomes:?}");
        // Who was refused is not known; who got in is.
        for event in &events {
            let known = event.changes[0].after.as_deref() == Some("signed in");
            assert_eq!(event.actor.kind, if known { "administrator" } else { "anonymous" }, "{event:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn events_are_narrowed_paged_and_newest_first() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let globex = world.active_org("globex").await;
        let mut ids = Vec::new();
        for n in 0..5 {
            world.clock.advance(Duration::from_secs(1));
            ids.push(acme.disabled_user(&format!("u{n}")).await.id);
            globex.disabled_user(&format!("u{n}")).await;
        }
        let filter = || EventFilter {
            organization: Some(acme.id()),
            operation: Some("create_user".to_owned()),
            ..Default::default()
        };
        let list = async |filter: EventFilter, page| list_events(&world.admin, filter, page).await.unwrap();
        let mut page = first(2);
        let mut names = Vec::new();
        loop {
            let got = list(filter(), page.clone()).await;
            assert_eq!(got.total, None);
            names.extend(got.items.into_iter().map(|event| event.resource_name));
            page.cursor = got.next_cursor;
            if page.cursor.is_none() {
                break;
            }
        }
        assert_eq!(names, ["u4", "u3", "u2", "u1", "u0"]);
        let about = EventFilter { resource_id: Some(ids[2].to_string()), ..EventFilter::default() };
        assert_eq!(list(about, first(9)).await.items.len(), 1);
        let now = world.now().millis();
        let between = EventFilter {
            since: Some(Timestamp::from_millis(now - 2_000)),
            until: Some(Timestamp::from_millis(now)),
            ..filter()
        };
        assert_eq!(list(between, first(9)).await.items.len(), 2);
        for wrong in ["a\0b".to_owned(), "x".repeat(300)] {
            let by_operation = EventFilter { operation: Some(wrong.clone()), ..Default::default() };
            invalid(list_events(&world.admin, by_operation, PageRequest::default()).await, "operation");
            let by_resource = EventFilter { resource_id: Some(wrong), ..Default::default() };
            invalid(list_events(&world.admin, by_resource, PageRequest::default()).await, "resource_id");
        }
    })
    .await;
}
