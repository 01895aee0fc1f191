//! What is held back of who is gone, for how long, and what lets go of it.

use reeve_base::limits::HOLD_DAYS_MAX;
use reeve_domain::Error;
use reeve_domain::groups;
use reeve_domain::holds::{
    Hold, HoldKind, HoldSettings, HoldSettingsEdit, list_holds, release_hold, set_hold_settings, show_hold_settings,
};
use reeve_domain::users::{NewUser, ProfileEdit};

use crate::audit::told;
use crate::calls_groups::new_group;
use crate::calls_holds::{gone_from, release};
use crate::harness::{DAY, ask_for, first, invalid, new_organization, new_user, on_each_engine, refused, text};
use crate::org::Org;

async fn held(org: &Org<'_>) -> Vec<(HoldKind, String)> {
    list(org).await.into_iter().map(|hold| (hold.kind, hold.value)).collect()
}

async fn list(org: &Org<'_>) -> Vec<Hold> {
    let page = list_holds(&org.ctx, org.id(), first(100)).await.unwrap();
    assert_eq!(page.total, Some(page.items.len() as u64));
    page.items
}

async fn set(org: &Org<'_>, edit: HoldSettingsEdit) -> Result<HoldSettings, Error> {
    set_hold_settings(&org.ctx, org.id(), edit).await
}

/// A user with a name of their own to show.
fn called(name: &str, display_name: &str) -> NewUser {
    let profile = ProfileEdit { display_name: Some(text(display_name)), ..ProfileEdit::default() };
    NewUser { profile, ..new_user(name) }
}

#[tokio::test]
async fn the_name_of_a_deleted_user_is_held_back_from_others_and_not_from_themselves() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let gone = acme.create(called("ada", "Ada Lovelace")).await.unwrap();
        acme.delete_user("ada").await.unwrap();
        let why = refused(acme.create(called("Ada", "Ada Byron")).await, "name_taken").to_string();
        assert!(why.contains("held back") && why.contains("release"), "{why}");
        // Nor does anything else get it: no person comes back as a group.
        refused(groups::create_group(&acme.ctx, acme.id(), new_group("ada")).await, "name_taken");
        let back = acme.create(called("ada", "ADA LOVELACE")).await.unwrap();
        assert_ne!(back.id, gone.id);
        assert_eq!(list(&acme).await, [], "what was held back is in use");
        acme.delete_user("ada").await.unwrap();
        world.clock.advance(30 * DAY);
        acme.create(called("ada", "Ada Byron")).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn an_import_refuses_a_name_that_is_held_back_and_its_dry_run_says_so() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.create(called("ada", "Ada Lovelace")).await.unwrap();
        acme.delete_user("ada").await.unwrap();
        for (shown, refusals) in [("Ada Byron", 1), ("Ada Lovelace", 0)] {
            let file = format!("username,display_name\nada,{shown}\n");
            for imported in [acme.dry_run(&file).await, acme.import(&file).await] {
                let told: Vec<_> =
                    imported.rows.iter().filter(|row| format!("{row:?}").contains("NameTaken")).collect();
                assert_eq!(told.len(), refusals, "{shown}: {:?}", imported.rows);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_held_back_is_listed_with_whose_it_was_and_until_when() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let ada = acme.user("ada").await;
        let bob = acme.user("bob").await;
        acme.disable("ada").await.unwrap();
        acme.disable("bob").await.unwrap();
        acme.delete_user("ada").await.unwrap();
        let until = world.now().plus(30 * DAY);
        let hold = |kind, value: &str, held_for: &str| Hold {
            kind,
            value: value.to_owned(),
            held_for: held_for.to_owned(),
            until,
        };
        assert_eq!(
            list(&acme).await,
            [
                hold(HoldKind::Name, "ada", ada.id.as_str()),
                hold(HoldKind::Address, &acme.at("ada"), ada.id.as_str()),
                hold(HoldKind::Address, &acme.at("bob"), bob.id.as_str()),
            ]
        );
        let mut page = first(1);
        let mut paged = Vec::new();
        loop {
            let got = list_holds(&acme.ctx, acme.id(), page.clone()).await.unwrap();
            assert_eq!(got.total, Some(3));
            paged.extend(got.items);
            page.cursor = got.next_cursor;
            if page.cursor.is_none() {
                break;
            }
        }
        assert_eq!(paged, list(&acme).await);
        world.clock.advance(30 * DAY);
        assert_eq!(list(&acme).await, [], "what is over is not shown, housekeeping or not");
        world.tidy().await;
        assert_eq!(list(&acme).await, []);
    })
    .await;
}

#[tokio::test]
async fn what_is_released_is_free_at_once_and_the_reason_is_kept() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        gone_from(&acme).await;
        acme.disabled_user("bob").await;
        let address = acme.at("gone");
        refused(acme.enable("bob", &address).await, "address_taken");
        release_hold(&acme.ctx, acme.id(), release(HoldKind::Address, &address.to_uppercase())).await.unwrap();
        acme.enable("bob", &address).await.unwrap();
        let until = world.now().plus(30 * DAY);
        assert_eq!(
            told(&acme, "release_hold").await,
            [
                format!("address: {address} > -"),
                format!("held_until: {until} > -"),
                "reason: - > ticket 4711".to_owned()
            ]
        );
        assert_eq!(held(&acme).await, [(HoldKind::Name, "gone".to_owned())]);
        release_hold(&acme.ctx, acme.id(), release(HoldKind::Name, "GONE")).await.unwrap();
        acme.create(called("gone", "Somebody else")).await.unwrap();
        assert_eq!(held(&acme).await, []);
    })
    .await;
}

#[tokio::test]
async fn only_what_is_held_back_can_be_released() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let globex = world.active_org("globex").await;
        gone_from(&globex).await;
        acme.user("ada").await;
        let events = world.events().await.len();
        let ada = acme.at("ada");
        let theirs = globex.at("gone");
        for (kind, value) in [
            (HoldKind::Address, ada.as_str()),
            (HoldKind::Address, theirs.as_str()),
            (HoldKind::Address, "no address\0"),
            (HoldKind::Name, "ada"),
            (HoldKind::Name, "gone"),
            (HoldKind::Alias, "acme"),
            (HoldKind::Alias, "globex"),
        ] {
            refused(release_hold(&acme.ctx, acme.id(), release(kind, value)).await, "not_found");
        }
        assert_eq!(world.events().await.len(), events);
        assert_eq!(acme.find("ada").await.unwrap().email.as_deref(), Some(ada.as_str()));
    })
    .await;
}

#[tokio::test]
async fn a_disabled_user_does_not_get_an_address_back_that_was_released() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user("ada").await;
        acme.add_alias("ada", &acme.at("countess")).await.unwrap();
        acme.disable("ada").await.unwrap();
        release_hold(&acme.ctx, acme.id(), release(HoldKind::Address, &acme.at("countess"))).await.unwrap();
        acme.enable("ada", &acme.at("ada")).await.unwrap();
        assert_eq!(acme.aliases("ada").await, Vec::<String>::new());
        acme.user("countess").await;
    })
    .await;
}

#[tokio::test]
async fn an_organization_says_for_how_long_what_is_held_back() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let first_settings = HoldSettings { addresses_days: 30, names_days: 30, alias_days: 365 };
        assert_eq!(show_hold_settings(&acme.ctx, acme.id()).await.unwrap(), first_settings);
        let edit = HoldSettingsEdit { addresses_days: Some(0), names_days: Some(90), alias_days: None };
        let after = set(&acme, edit).await.unwrap();
        assert_eq!(after, HoldSettings { addresses_days: 0, names_days: 90, alias_days: 365 });
        assert_eq!(show_hold_settings(&acme.ctx, acme.id()).await.unwrap(), after);
        assert_eq!(told(&acme, "set_hold_settings").await, ["addresses_days: 30 > 0", "names_days: 30 > 90"]);
        let events = world.events().await.len();
        set(&acme, edit).await.unwrap();
        assert_eq!(world.events().await.len(), events, "nothing changed");
        gone_from(&acme).await;
        assert_eq!(held(&acme).await, [(HoldKind::Name, "gone".to_owned())], "addresses are free at once");
        assert_eq!(list(&acme).await[0].until, world.now().plus(90 * DAY));
        acme.disabled_user("bob").await;
        acme.enable("bob", &acme.at("gone")).await.unwrap();
        set(&acme, HoldSettingsEdit { names_days: Some(0), ..Default::default() }).await.unwrap();
        assert_eq!(held(&acme).await.len(), 1, "what is held back already keeps its time");
        acme.disable("bob").await.unwrap();
        acme.delete_user("bob").await.unwrap();
        acme.create(called("bob", "Another Bob")).await.unwrap();
        let globex = world.active_org("globex").await;
        assert_eq!(show_hold_settings(&globex.ctx, globex.id()).await.unwrap(), first_settings, "each has its own");
    })
    .await;
}

#[tokio::test]
async fn days_beyond_ten_years_are_refused_by_name() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let days = Some(HOLD_DAYS_MAX + 1);
        for (edit, field) in [
            (HoldSettingsEdit { addresses_days: days, ..Default::default() }, "addresses_days"),
            (HoldSettingsEdit { names_days: days, ..Default::default() }, "names_days"),
            (HoldSettingsEdit { alias_days: days, ..Default::default() }, "alias_days"),
        ] {
            invalid(set(&acme, edit).await, field);
        }
        set(&acme, HoldSettingsEdit { alias_days: Some(HOLD_DAYS_MAX), ..Default::default() }).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn the_alias_of_a_deleted_organization_is_listed_and_can_be_released_by_its_account() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        set(&acme, HoldSettingsEdit { alias_days: Some(100), ..Default::default() }).await.unwrap();
        gone_from(&acme).await;
        acme.deleted().await;
        let shown = list(&acme).await;
        assert_eq!(
            shown,
            [Hold {
                kind: HoldKind::Alias,
                value: "acme".to_owned(),
                held_for: acme.made.id.to_string(),
                until: world.now().plus(100 * DAY)
            }]
        );
        refused(ask_for(&world.operator, new_organization("acme")).await, "name_taken");
        refused(release_hold(&world.other, acme.id(), release(HoldKind::Alias, "acme")).await, "not_found");
        refused(release_hold(&acme.ctx, acme.id(), release(HoldKind::Alias, "other")).await, "not_found");
        refused(release_hold(&acme.ctx, acme.id(), release(HoldKind::Name, "gone")).await, "not_found");
        release_hold(&acme.ctx, acme.id(), release(HoldKind::Alias, "Acme")).await.unwrap();
        assert_eq!(told(&acme, "release_hold").await[0], "alias: acme > -");
        assert_eq!(list(&acme).await, []);
        let again = world.active_org("acme").await;
        assert_ne!(again.made.id, acme.made.id);
        refused(release_hold(&acme.ctx, acme.id(), release(HoldKind::Alias, "acme")).await, "not_found");
    })
    .await;
}

#[tokio::test]
async fn an_alias_that_is_held_for_no_time_is_free_at_once() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        set(&acme, HoldSettingsEdit { alias_days: Some(0), ..Default::default() }).await.unwrap();
        acme.deleted().await;
        assert_eq!(list(&acme).await, []);
        world.active_org("acme").await;
    })
    .await;
}
