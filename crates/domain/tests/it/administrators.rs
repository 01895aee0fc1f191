//! Administrators: adding, listing, editing, passwords, locks and second factors (rows A1 to A5, A8).

use std::time::Duration;

use reeve_base::limits::{ADMINISTRATOR_LOCKOUT_FAILURES, ADMINISTRATORS_PER_ACCOUNT_MAX};
use reeve_domain::accounts;
use reeve_domain::administrators::{
    self, AdministratorEdit, AdministratorFilter, AdministratorStatus, NewAdministrator, PasswordChange,
    activate_administrator, add_administrator, deactivate_administrator, edit_administrator, end_sessions,
    list_administrators, reset_administrator_password, reset_second_factors, show_administrator, show_session,
    unlock_administrator,
};
use reeve_domain::ctx::AdministratorRole::{Admin, General};
use reeve_domain::page::PageRequest;
use reeve_domain::{Ctx, Error};
use reeve_store::tables::second_factors::OneTimeCodesRow;
use reeve_store::tables::{administrators as rows, second_factors};

use crate::harness::{
    OTHER_PASSWORD, PASSWORD, World, account_of, first, invalid, on_each_engine, refused, secret, shown, text,
    try_sign_in,
};
use crate::org::at_once;
use crate::people::{API_PASSWORD, GENERAL, ROOT, STRANGER, attachment, new_administrator, new_key, role, status, who};

const ADA: &str = "ada@first.example";

/// Whether a password opens the console.
async fn opens(world: &World, username: &str, password: &str) -> bool {
    match try_sign_in(&world.anonymous, username, password).await {
        Ok(_) => true,
        Err(error) => {
            assert_eq!(error.code(), "sign_in_refused");
            false
        }
    }
}

/// Whether a context still speaks for anybody.
async fn speaks(ctx: &Ctx) -> bool {
    match show_session(ctx).await {
        Ok(_) => true,
        Err(error) => {
            assert_eq!(error.code(), "unauthenticated");
            false
        }
    }
}

// A2
#[tokio::test]
async fn an_admin_adds_an_administrator_who_signs_in_at_once() {
    on_each_engine(async |world| {
        world.tick();
        let added = add_administrator(&world.admin, new_administrator("Ada@First.Example", General)).await.unwrap();
        let ada = &added.administrator;
        assert!(added.password.is_none() && !added.replayed);
        assert_eq!(
            (ada.username.as_str(), ada.role, ada.status),
            ("Ada@First.Example", General, AdministratorStatus::Active)
        );
        assert_eq!((ada.first_name.as_str(), ada.last_name.as_str(), ada.version), ("Mary", "Somerville", 1));
        assert_eq!((ada.api_access, &ada.api_password, ada.policies.len()), (false, &None, 0));
        assert_eq!((ada.has_totp, ada.passkeys, ada.last_sign_in_at, ada.locked_until), (false, 0, None, None));
        assert_eq!(ada.account_id, world.account());
        assert_eq!(
            world.told("add_administrator").await,
            [
                "username: - > Ada@First.Example",
                "first_name: - > Mary",
                "last_name: - > Somerville",
                "role: - > general",
                "status: - > active",
                "password: - > (set)",
            ]
        );
        assert!(opens(world, ADA, PASSWORD).await);
        for name in ["ADA@first.example", ada.id.as_str()] {
            assert_eq!(show_administrator(&world.admin, who(name)).await.unwrap().id, ada.id);
        }
    })
    .await;
}

// A2
#[tokio::test]
async fn a_password_that_is_made_up_is_shown_once_and_not_to_a_retry() {
    on_each_engine(async |world| {
        let new = NewAdministrator { password: None, ..new_administrator(ADA, General) };
        let ctx = world.with_token("t-1", "ada").await;
        let added = add_administrator(&ctx, new.clone()).await.unwrap();
        let password = added.password.expect("it is shown");
        assert!(opens(world, ADA, shown(&password)).await);
        let again = add_administrator(&ctx, new.clone()).await.unwrap();
        assert!(again.replayed && again.password.is_none());
        assert_eq!(again.administrator.id, added.administrator.id);
        assert!(opens(world, ADA, shown(&password)).await, "the retry changed nothing");
        assert_eq!(world.count_events("add_administrator").await, 1 + 1, "the harness adds one");
        let other = world.with_token("t-1", "another request").await;
        refused(add_administrator(&other, new).await, "conflict");
    })
    .await;
}

// A2
#[tokio::test]
async fn who_is_added_inactive_signs_in_once_they_are_active() {
    on_each_engine(async |world| {
        let new = NewAdministrator { status: AdministratorStatus::Inactive, ..new_administrator(ADA, Admin) };
        add_administrator(&world.admin, new).await.unwrap();
        assert!(!opens(world, ADA, PASSWORD).await);
        let ada = activate_administrator(&world.admin, who(ADA)).await.unwrap();
        assert_eq!((ada.status, ada.version), (AdministratorStatus::Active, 2));
        assert_eq!(world.told("activate_administrator").await, ["status: inactive > active"]);
        assert!(opens(world, ADA, PASSWORD).await);
        activate_administrator(&world.admin, who(ADA)).await.unwrap();
        assert_eq!(world.count_events("activate_administrator").await, 1, "nothing changed the second time");
    })
    .await;
}

// A3
#[tokio::test]
async fn a_username_is_nobody_elses_ever_in_the_whole_deployment() {
    on_each_engine(async |world| {
        world.add(ADA, General).await;
        deactivate_administrator(&world.admin, who(ADA)).await.unwrap();
        for username in [ADA, "ADA@first.example", ROOT, GENERAL, STRANGER] {
            for ctx in [&world.admin, &world.other, &world.operator] {
                let error = refused(add_administrator(ctx, new_administrator(username, General)).await, "name_taken");
                assert_eq!(error.field(), Some("username"));
                assert!(error.to_string().contains("never used again"), "{error}");
            }
            refused(accounts::create_account(&world.operator, account_of("Third", username)).await, "name_taken");
        }
    })
    .await;
}

// A2
#[tokio::test]
async fn every_password_obeys_the_default_policy_and_holds_no_name() {
    on_each_engine(async |world| {
        world.add(ADA, General).await;
        let forbidden = ["short", "copperwillowthrush", "Somerville-41-xq", "Password1!", &"Aa1-".repeat(16)];
        for (at, password) in forbidden.into_iter().enumerate() {
            let typed = || Some(secret(password));
            let new =
                NewAdministrator { password: typed(), ..new_administrator(&format!("b{at}@first.example"), General) };
            refused(add_administrator(&world.admin, new).await, "password_refused");
            let reset = reset_administrator_password(&world.admin, who(ADA), typed()).await;
            assert_eq!(refused(reset, "password_refused").field(), Some("password"));
            let edit = AdministratorEdit { password: PasswordChange::Set(secret(password)), ..Default::default() };
            refused(edit_administrator(&world.admin, who(ADA), edit).await, "password_refused");
        }
        let edit = AdministratorEdit {
            last_name: Some(text("Thrush")),
            password: PasswordChange::Set(secret(PASSWORD)),
            ..Default::default()
        };
        refused(edit_administrator(&world.admin, who(ADA), edit).await, "password_refused");
        assert_eq!(world.person(ADA).await.version, 1);
    })
    .await;
}

// A8
#[tokio::test]
async fn an_account_admin_has_no_policies() {
    on_each_engine(async |world| {
        let new = NewAdministrator { policies: vec![attachment("read-only")], ..new_administrator(ADA, Admin) };
        invalid(add_administrator(&world.admin, new.clone()).await, "policies");
        world.tick();
        let ada = add_administrator(&world.admin, NewAdministrator { role: General, ..new }).await.unwrap();
        assert_eq!(ada.administrator.policies.len(), 1);
        assert_eq!(world.told("add_administrator").await.last().unwrap(), "policies:  > Read only");

        let both = AdministratorEdit { policies: Some(vec![attachment("auditor")]), ..role(Admin) };
        invalid(edit_administrator(&world.admin, who(ADA), both).await, "policies");
        let (ada, _) = edit_administrator(&world.admin, who(ADA), role(Admin)).await.unwrap();
        assert_eq!((ada.role, ada.policies.len()), (Admin, 0));
        assert_eq!(world.told("edit_administrator").await, ["role: general > admin", "policies: Read only > "]);
        let policies = AdministratorEdit { policies: Some(vec![attachment("auditor")]), ..Default::default() };
        invalid(edit_administrator(&world.admin, who(ADA), policies.clone()).await, "policies");
        let (ada, _) = edit_administrator(&world.admin, who(ADA), role(General)).await.unwrap();
        assert_eq!(ada.policies.len(), 0, "none wakes up again");
        let both = AdministratorEdit { ..policies };
        assert_eq!(edit_administrator(&world.admin, who(ADA), both).await.unwrap().0.policies.len(), 1);
        let none = AdministratorEdit { policies: Some(Vec::new()), ..Default::default() };
        assert_eq!(edit_administrator(&world.admin, who(ADA), none).await.unwrap().0.policies.len(), 0);
        let absent = AdministratorEdit { policies: Some(vec![attachment("no such policy")]), ..Default::default() };
        refused(edit_administrator(&world.admin, who(ADA), absent).await, "not_found");
    })
    .await;
}

// A5
#[tokio::test]
async fn one_edit_changes_everything_together_and_tells_before_and_after() {
    on_each_engine(async |world| {
        let theirs = world.add(ADA, General).await;
        let edit = AdministratorEdit {
            first_name: Some(text("Ada")),
            last_name: Some(text("Lovelace")),
            status: Some(AdministratorStatus::Inactive),
            role: Some(Admin),
            policies: None,
            password: PasswordChange::Generate,
        };
        let (ada, password) = edit_administrator(&world.admin, who(ADA), edit).await.unwrap();
        assert_eq!((ada.first_name.as_str(), ada.last_name.as_str()), ("Ada", "Lovelace"));
        assert_eq!((ada.role, ada.status, ada.version), (Admin, AdministratorStatus::Inactive, 2));
        assert_eq!(
            world.told("edit_administrator").await,
            [
                "first_name: Mary > Ada",
                "last_name: Somerville > Lovelace",
                "role: general > admin",
                "status: active > inactive",
                "sessions: 1 > -",
                "password: - > (set)",
            ]
        );
        assert!(!speaks(&theirs).await);
        edit_administrator(&world.admin, who(ADA), status(AdministratorStatus::Active)).await.unwrap();
        assert!(!opens(world, ADA, PASSWORD).await);
        assert!(opens(world, ADA, shown(&password.expect("it is shown"))).await);
    })
    .await;
}

// A5
#[tokio::test]
async fn an_edit_that_breaks_one_rule_changes_nothing() {
    on_each_engine(async |world| {
        let theirs = world.add(ADA, General).await;
        let edit = AdministratorEdit {
            first_name: Some(text("Ada")),
            status: Some(AdministratorStatus::Inactive),
            policies: Some(vec![attachment("no such policy")]),
            password: PasswordChange::Set(secret(OTHER_PASSWORD)),
            ..Default::default()
        };
        let before = world.person(ADA).await;
        refused(edit_administrator(&world.admin, who(ADA), edit).await, "not_found");
        assert_eq!(world.person(ADA).await, before);
        assert!(speaks(&theirs).await && opens(world, ADA, PASSWORD).await);
        assert_eq!(world.count_events("edit_administrator").await, 0);
    })
    .await;
}

#[tokio::test]
async fn an_edit_of_another_version_is_refused_and_one_of_nothing_leaves_no_trace() {
    on_each_engine(async |world| {
        world.add(ADA, General).await;
        let name = AdministratorEdit { first_name: Some(text("Ada")), ..Default::default() };
        edit_administrator(&world.expecting(1).await, who(ADA), name.clone()).await.unwrap();
        let late = world.expecting(1).await;
        refused(edit_administrator(&late, who(ADA), name.clone()).await, "version_mismatch");
        refused(deactivate_administrator(&late, who(ADA)).await, "version_mismatch");
        refused(reset_administrator_password(&late, who(ADA), None).await, "version_mismatch");
        refused(reset_second_factors(&late, who(ADA)).await, "version_mismatch");
        refused(end_sessions(&late, who(ADA)).await, "version_mismatch");
        refused(unlock_administrator(&late, who(ADA)).await, "version_mismatch");
        let same = AdministratorEdit { role: Some(General), status: Some(AdministratorStatus::Active), ..name };
        assert_eq!(edit_administrator(&world.admin, who(ADA), same).await.unwrap().0.version, 2);
        assert_eq!(world.count_events("edit_administrator").await, 1);
    })
    .await;
}

#[tokio::test]
async fn names_are_edited_without_a_fresh_sign_in_and_nothing_else_is() {
    on_each_engine(async |world| {
        world.add(ADA, General).await;
        world.clock.advance(Duration::from_secs(5 * 60));
        let name = AdministratorEdit { first_name: Some(text("Ada")), ..Default::default() };
        edit_administrator(&world.admin, who(ADA), name.clone()).await.unwrap();
        edit_administrator(&world.admin, who("me"), name).await.unwrap();
        let password = AdministratorEdit { password: PasswordChange::Generate, ..Default::default() };
        let policies = AdministratorEdit { policies: Some(Vec::new()), ..Default::default() };
        for edit in [password, policies, role(Admin), role(General), status(AdministratorStatus::Inactive)] {
            refused(edit_administrator(&world.admin, who(ADA), edit).await, "reauthentication_required");
        }
        let new = new_administrator("b@first.example", General);
        refused(add_administrator(&world.admin, new).await, "reauthentication_required");
        refused(deactivate_administrator(&world.admin, who(ADA)).await, "reauthentication_required");
        refused(reset_administrator_password(&world.admin, who(ADA), None).await, "reauthentication_required");
        refused(reset_second_factors(&world.admin, who(ADA)).await, "reauthentication_required");
        end_sessions(&world.admin, who(ADA)).await.unwrap();
        unlock_administrator(&world.admin, who(ADA)).await.unwrap();
    })
    .await;
}

// A4
#[tokio::test]
async fn deactivation_ends_session_key_and_api_password_at_once_and_activation_brings_nothing_back() {
    on_each_engine(async |world| {
        let session = world.add(ADA, General).await;
        world.give_api_password(ADA).await;
        let key = world.give_key(ADA).await;
        let by_password = world.by_api_password(ADA, API_PASSWORD).await.unwrap();
        let by_key = world.by_key(&key.key.id, &key.secret).await.unwrap();
        for ctx in [&session, &by_password, &by_key] {
            assert!(speaks(ctx).await);
        }
        deactivate_administrator(&world.admin, who(ADA)).await.unwrap();
        assert_eq!(
            world.told("deactivate_administrator").await,
            ["status: active > inactive", "sessions: 1 > -", "active_access_keys: 1 > -", "api_password: (set) > -"]
        );
        let all_over = async || {
            for ctx in [&session, &by_password, &by_key] {
                assert!(!speaks(ctx).await);
                refused(show_administrator(ctx, who("me")).await, "unauthenticated");
            }
            refused(world.by_api_password(ADA, API_PASSWORD).await.map(drop), "unauthenticated");
            refused(world.by_key(&key.key.id, &key.secret).await.map(drop), "unauthenticated");
        };
        all_over().await;
        assert!(!opens(world, ADA, PASSWORD).await);
        let ada = activate_administrator(&world.admin, who(ADA)).await.unwrap();
        assert_eq!((ada.api_access, ada.api_password), (true, None));
        let keys = administrators::list_access_keys(&world.admin, who(ADA), first(10)).await.unwrap().items;
        assert!(keys.iter().all(|key| !key.active));
        all_over().await;
        assert!(opens(world, ADA, PASSWORD).await);
    })
    .await;
}

// A5
#[tokio::test]
async fn a_reset_password_ends_sessions_and_forgives_wrong_ones() {
    on_each_engine(async |world| {
        let theirs = world.add(ADA, General).await;
        for _ in 0..ADMINISTRATOR_LOCKOUT_FAILURES {
            assert!(!opens(world, ADA, "wrong").await);
        }
        assert!(world.person(ADA).await.locked_until.is_some());
        assert!(!opens(world, ADA, PASSWORD).await);
        let typed = Some(secret(OTHER_PASSWORD));
        assert!(reset_administrator_password(&world.admin, who(ADA), typed).await.unwrap().is_none());
        assert_eq!(world.told("reset_administrator_password").await, ["password: - > (set)", "sessions: 1 > -"]);
        assert!(!speaks(&theirs).await);
        assert!(opens(world, ADA, OTHER_PASSWORD).await && !opens(world, ADA, PASSWORD).await);
        let made = reset_administrator_password(&world.admin, who(ADA), None).await.unwrap().expect("it is shown");
        assert!(opens(world, ADA, shown(&made)).await && !opens(world, ADA, OTHER_PASSWORD).await);
        world.give_api_password(ADA).await;
        let same = reset_administrator_password(&world.admin, who(ADA), Some(secret(API_PASSWORD))).await;
        invalid(same, "password");
    })
    .await;
}

#[tokio::test]
async fn an_unlocked_administrator_signs_in_again() {
    on_each_engine(async |world| {
        world.add(ADA, General).await;
        for _ in 0..ADMINISTRATOR_LOCKOUT_FAILURES {
            assert!(!opens(world, ADA, "wrong").await);
        }
        let ada = unlock_administrator(&world.admin, who(ADA)).await.unwrap();
        assert_eq!((ada.locked_until, ada.version), (None, 1));
        assert!(world.told("unlock_administrator").await[0].starts_with("locked_until: 2026-01-01T00:15:00Z"));
        assert!(opens(world, ADA, PASSWORD).await);
        assert!(!opens(world, ADA, "wrong").await);
        unlock_administrator(&world.admin, who(ADA)).await.unwrap();
        assert_eq!(world.told("unlock_administrator").await, ["wrong_passwords: 1 > -"]);
        unlock_administrator(&world.admin, who(ADA)).await.unwrap();
        assert_eq!(world.count_events("unlock_administrator").await, 2);
    })
    .await;
}

#[tokio::test]
async fn sessions_that_an_admin_ends_are_over_at_once() {
    on_each_engine(async |world| {
        let (one, two) = (world.add(ADA, General).await, world.sign_in(ADA).await);
        assert_eq!(end_sessions(&world.admin, who(ADA)).await.unwrap(), 2);
        assert!(!speaks(&one).await && !speaks(&two).await && speaks(&world.admin).await);
        assert_eq!(world.told("end_sessions").await, ["sessions: 2 > -"]);
        assert_eq!(end_sessions(&world.admin, who(ADA)).await.unwrap(), 0);
        assert_eq!(end_sessions(&world.admin, who("me")).await.unwrap(), 1);
        assert!(!speaks(&world.admin).await, "one's own too");
    })
    .await;
}

#[tokio::test]
async fn second_factors_that_an_admin_resets_are_gone_with_the_sessions() {
    on_each_engine(async |world| {
        let theirs = world.add(ADA, General).await;
        let id = world.person(ADA).await.id.to_string();
        let given = world.store().write(move |tx| {
            let codes = OneTimeCodesRow { secret: b"sealed".to_vec(), confirmed_at: 0, last_step: 0 };
            second_factors::put_one_time_codes(tx, &id, &codes)?;
            second_factors::set_recovery_codes(tx, &id, &[b"hash".to_vec()])?;
            let mut row = rows::by_id(tx, &id)?.expect("they are there");
            row.second_factors = 1;
            rows::update(tx, &row)
        });
        given.await.unwrap();
        assert!(world.person(ADA).await.has_totp);
        refused(reset_second_factors(&world.admin, who("me")).await, "self_forbidden");
        let ada = reset_second_factors(&world.admin, who(ADA)).await.unwrap();
        assert_eq!((ada.has_totp, ada.passkeys, ada.version), (false, 0, 2));
        assert_eq!(world.told("reset_second_factors").await, ["second_factors: 1 > 0", "sessions: 1 > -"]);
        assert!(!speaks(&theirs).await);
        assert!(opens(world, ADA, PASSWORD).await);
        let id = ada.id.to_string();
        let left = world.store().read(move |tx| second_factors::count_recovery_codes(tx, &id)).await.unwrap();
        assert_eq!(left, 0);
    })
    .await;
}

// A3
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_who_add_one_username_one_wins_and_retries_at_once_add_one() {
    on_each_engine(async |world| {
        let calls = (0..20).map(|n| {
            let ctx = if n % 2 == 0 { world.admin.clone() } else { world.other.clone() };
            async move { add_administrator(&ctx, new_administrator(ADA, General)).await.map(drop) }
        });
        let results = at_once(calls).await;
        let told: Vec<_> = results.iter().filter_map(|result| result.as_ref().err()).map(Error::code).collect();
        assert_eq!(told, ["name_taken"; 19]);

        let ctx = world.with_token("t-1", "bob").await;
        let calls = (0..20).map(|_| {
            let ctx = ctx.clone();
            async move { add_administrator(&ctx, new_administrator("bob@first.example", General)).await.unwrap() }
        });
        let added = at_once(calls).await;
        assert_eq!(added.iter().filter(|one| !one.replayed).count(), 1);
        assert!(added.windows(2).all(|pair| pair[0].administrator.id == pair[1].administrator.id));
    })
    .await;
}

/// Adds many general administrators at once, past every rule.
async fn add_many(world: &World, count: usize) {
    let id = world.person(GENERAL).await.id;
    let made = world.store().write(move |tx| {
        let like = rows::by_id(tx, id.as_str())?.expect("they are there");
        for n in 0..count {
            let mut row = like.clone();
            row.administrator_id = format!("00000000-0000-7000-8000-{n:012}");
            row.username = format!("many{n:04}@first.example");
            row.username_key.clone_from(&row.username);
            assert!(rows::insert(tx, &row)?);
        }
        Ok::<_, reeve_store::StoreError>(())
    });
    made.await.unwrap();
}

// A2
#[tokio::test]
async fn an_account_has_ten_thousand_administrators_at_most() {
    on_each_engine(async |world| {
        add_many(world, ADMINISTRATORS_PER_ACCOUNT_MAX - 3).await;
        world.add(ADA, General).await;
        let one_more = new_administrator("bob@first.example", General);
        refused(add_administrator(&world.admin, one_more.clone()).await, "limit_reached");
        add_administrator(&world.other, one_more).await.unwrap();
    })
    .await;
}

async fn usernames(ctx: &Ctx, filter: AdministratorFilter) -> Vec<String> {
    let page = list_administrators(ctx, filter, first(100)).await.unwrap();
    assert_eq!(page.total, Some(page.items.len() as u64));
    page.items.into_iter().map(|one| one.username).collect()
}

// A1
#[tokio::test]
async fn a_list_holds_the_accounts_own_and_narrows_by_name_role_and_status() {
    on_each_engine(async |world| {
        let new = NewAdministrator {
            first_name: text("Émilie"),
            last_name: text("du Châtelet"),
            status: AdministratorStatus::Inactive,
            ..new_administrator(ADA, General)
        };
        add_administrator(&world.admin, new).await.unwrap();
        let any = AdministratorFilter::default;
        assert_eq!(usernames(&world.admin, any()).await, [ADA, GENERAL, ROOT]);
        assert_eq!(usernames(&world.operator, any()).await, [ADA, GENERAL, ROOT]);
        assert_eq!(usernames(&world.other, any()).await, [STRANGER]);
        for (search, found) in [
            ("EMIL", &[ADA][..]),
            ("Du CHA", &[ADA]),
            ("gene", &[GENERAL]),
            ("ROOT@", &[ROOT]),
            ("admin", &[ROOT]),
            ("châtelet", &[]),
            ("", &[ADA, GENERAL, ROOT]),
            ("%", &[]),
            ("\u{10FFFF}", &[]),
        ] {
            let filter = AdministratorFilter { search: Some(search.to_owned()), ..any() };
            assert_eq!(usernames(&world.admin, filter).await, found, "{search}");
        }
        let role = |role| AdministratorFilter { role: Some(role), ..any() };
        assert_eq!(usernames(&world.admin, role(Admin)).await, [ROOT]);
        assert_eq!(usernames(&world.admin, role(General)).await, [ADA, GENERAL]);
        let inactive = AdministratorFilter { status: Some(AdministratorStatus::Inactive), ..role(General) };
        assert_eq!(usernames(&world.admin, inactive).await, [ADA]);
        let long = AdministratorFilter { search: Some("x".repeat(257)), ..any() };
        invalid(list_administrators(&world.admin, long, first(1)).await, "search");
        let nul = AdministratorFilter { search: Some("a\0".to_owned()), ..any() };
        invalid(list_administrators(&world.admin, nul, first(1)).await, "search");
    })
    .await;
}

// A1
#[tokio::test]
async fn a_thousand_administrators_are_listed_in_pages_without_gaps() {
    on_each_engine(async |world| {
        add_many(world, 1_000).await;
        let filter = AdministratorFilter { search: Some("many".to_owned()), ..AdministratorFilter::default() };
        let (mut seen, mut cursor, mut pages) = (Vec::new(), None, 0);
        loop {
            let page = PageRequest { limit: Some(64), cursor, ..PageRequest::default() };
            let page = list_administrators(&world.admin, filter.clone(), page).await.unwrap();
            assert_eq!(page.total, Some(1_000));
            seen.extend(page.items.into_iter().map(|one| one.username));
            pages += 1;
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!((seen.len(), pages), (1_000, 16));
        assert!(seen.is_sorted());
        let all = list_administrators(&world.admin, AdministratorFilter::default(), first(1_000)).await.unwrap();
        assert_eq!((all.items.len(), all.total), (1_000, Some(1_002)));
        let foreign = PageRequest { limit: Some(64), cursor: all.next_cursor, ..PageRequest::default() };
        invalid(list_administrators(&world.other, AdministratorFilter::default(), foreign).await, "cursor");
    })
    .await;
}

/// Everything that is done to an administrator, with whatever it gives left out.
async fn everything(ctx: &Ctx, name: &str) -> Vec<Result<(), Error>> {
    let name = || who(name);
    let key = || "AKAAAAAAAAAAAAAAAAAA".parse().unwrap();
    vec![
        edit_administrator(ctx, name(), role(General)).await.map(drop),
        edit_administrator(ctx, name(), AdministratorEdit::default()).await.map(drop),
        activate_administrator(ctx, name()).await.map(drop),
        deactivate_administrator(ctx, name()).await.map(drop),
        reset_administrator_password(ctx, name(), Some(secret(OTHER_PASSWORD))).await.map(drop),
        reset_second_factors(ctx, name()).await.map(drop),
        unlock_administrator(ctx, name()).await.map(drop),
        end_sessions(ctx, name()).await.map(drop),
        administrators::set_api_access(ctx, name(), administrators::ApiAccess::Enabled).await.map(drop),
        show_administrator(ctx, name()).await.map(drop),
        administrators::set_api_password(ctx, name(), Default::default()).await.map(drop),
        administrators::remove_api_password(ctx, name()).await,
        administrators::create_access_key(ctx, name(), new_key("k")).await.map(drop),
        administrators::list_access_keys(ctx, name(), first(1)).await.map(drop),
        administrators::edit_access_key(ctx, name(), key(), Default::default()).await.map(drop),
        administrators::delete_access_key(ctx, name(), key()).await,
    ]
}

// A1
#[tokio::test]
async fn administrators_of_another_account_are_not_there() {
    on_each_engine(async |world| {
        let stranger = show_administrator(&world.other, who("me")).await.unwrap();
        let absent = "00000000-0000-7000-8000-000000000000";
        for name in [stranger.id.as_str(), STRANGER, absent, "nobody@first.example"] {
            for ctx in [&world.admin, &world.operator] {
                for result in everything(ctx, name).await {
                    let told = refused(result, "not_found").to_string();
                    assert_eq!(told, format!("there is no administrator \"{name}\""));
                }
            }
        }
        assert_eq!(show_administrator(&world.other, who("me")).await.unwrap(), stranger);
        assert!(speaks(&world.other).await);
    })
    .await;
}

// A1
#[tokio::test]
async fn a_general_administrator_administers_nobody_and_sees_themselves_alone() {
    on_each_engine(async |world| {
        let before = world.deployment.hashing_runs();
        for name in [ROOT, STRANGER, "nobody@first.example"] {
            for result in everything(&world.general, name).await {
                refused(result, "denied");
            }
        }
        for result in everything(&world.general, GENERAL).await.into_iter().take(9) {
            refused(result, "denied");
        }
        let new = new_administrator(ADA, Admin);
        refused(add_administrator(&world.general, new.clone()).await, "denied");
        refused(list_administrators(&world.general, AdministratorFilter::default(), first(1)).await, "denied");
        refused(add_administrator(&world.anonymous, new).await, "unauthenticated");
        for result in everything(&world.anonymous, ROOT).await {
            refused(result, "unauthenticated");
        }
        assert_eq!(world.deployment.hashing_runs(), before, "nobody who may not do it makes us hash");
        assert_eq!(show_administrator(&world.general, who("me")).await.unwrap().username, GENERAL);
        assert_eq!(show_administrator(&world.general, who(GENERAL)).await.unwrap().username, GENERAL);
    })
    .await;
}

#[tokio::test]
async fn me_is_whoever_signed_in_and_not_the_operator() {
    on_each_engine(async |world| {
        assert_eq!(show_administrator(&world.admin, who("me")).await.unwrap().username, ROOT);
        for result in everything(&world.operator, "me").await {
            invalid(result, "administrator");
        }
        for result in everything(&world.anonymous, "me").await {
            refused(result, "unauthenticated");
        }
        for text in ["", "ME", "you", "root", "\0", "a b@first.example"] {
            assert_eq!(text.parse::<administrators::AdministratorRef>().unwrap_err().field, "administrator");
        }
    })
    .await;
}
