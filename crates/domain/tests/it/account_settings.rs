//! What holds for everybody in an account: who sees it, who sets it, and within what bounds.

use std::time::Duration;

use reeve_base::limits::{EVENT_RETENTION_DAYS_MAX, EVENT_RETENTION_DAYS_MIN};
use reeve_domain::accounts::{AccountEdit, edit_account, show_account};
use reeve_domain::administrators::show_administrator;

use crate::harness::{invalid, on_each_engine, refused};
use crate::people::who;

fn retention(days: u32) -> AccountEdit {
    AccountEdit { event_retention_days: Some(days), ..AccountEdit::default() }
}

#[tokio::test]
async fn everybody_of_an_account_sees_its_settings() {
    on_each_engine(async |world| {
        for ctx in [&world.admin, &world.general, &world.operator] {
            let account = show_account(ctx).await.unwrap();
            assert_eq!((account.id, account.name.as_str(), account.version), (world.account(), "First", 1));
            assert_eq!((account.second_factor_required, account.owners_manage_api_secrets), (false, true));
            assert_eq!(account.event_retention_days, 0);
        }
        assert_eq!(show_account(&world.other).await.unwrap().name, "Second");
        refused(show_account(&world.anonymous).await, "unauthenticated");
    })
    .await;
}

// A1
#[tokio::test]
async fn only_an_admin_and_the_operator_edit_an_account() {
    on_each_engine(async |world| {
        refused(edit_account(&world.general, retention(90)).await, "denied");
        refused(edit_account(&world.anonymous, retention(90)).await, "unauthenticated");
        edit_account(&world.other, retention(60)).await.unwrap();
        assert_eq!(show_account(&world.admin).await.unwrap().event_retention_days, 0);
        assert_eq!(edit_account(&world.operator, retention(90)).await.unwrap().event_retention_days, 90);
        assert_eq!(show_account(&world.other).await.unwrap().event_retention_days, 60);
        world.clock.advance(Duration::from_secs(5 * 60));
        refused(edit_account(&world.admin, retention(30)).await, "reauthentication_required");
    })
    .await;
}

#[tokio::test]
async fn an_edit_tells_before_and_after_and_minds_the_version() {
    on_each_engine(async |world| {
        let edit = AccountEdit {
            second_factor_required: Some(true),
            owners_manage_api_secrets: Some(false),
            event_retention_days: Some(365),
        };
        let account = edit_account(&world.operator, edit).await.unwrap();
        assert_eq!((account.second_factor_required, account.owners_manage_api_secrets), (true, false));
        assert_eq!((account.event_retention_days, account.version), (365, 2));
        assert_eq!(
            world.told("edit_account").await,
            [
                "second_factor_required: false > true",
                "owners_manage_api_secrets: true > false",
                "event_retention_days: 0 > 365",
            ]
        );
        assert_eq!(edit_account(&world.operator, edit).await.unwrap().version, 2);
        assert_eq!(world.count_events("edit_account").await, 1);
        refused(edit_account(&world.expecting(1).await, retention(0)).await, "version_mismatch");
        assert_eq!(edit_account(&world.expecting(2).await, retention(0)).await.unwrap().version, 3);
    })
    .await;
}

#[tokio::test]
async fn events_are_kept_for_ever_or_for_thirty_days_to_a_hundred_years() {
    on_each_engine(async |world| {
        for days in [1, EVENT_RETENTION_DAYS_MIN - 1, EVENT_RETENTION_DAYS_MAX + 1, u32::MAX] {
            invalid(edit_account(&world.admin, retention(days)).await, "event_retention_days");
        }
        for days in [EVENT_RETENTION_DAYS_MIN, EVENT_RETENTION_DAYS_MAX, 0] {
            assert_eq!(edit_account(&world.admin, retention(days)).await.unwrap().event_retention_days, days);
        }
    })
    .await;
}

#[tokio::test]
async fn where_a_second_factor_is_required_who_has_none_is_sent_to_enrol() {
    on_each_engine(async |world| {
        let edit = AccountEdit { second_factor_required: Some(true), ..AccountEdit::default() };
        edit_account(&world.admin, edit).await.unwrap();
        for ctx in [&world.admin, &world.general] {
            refused(show_administrator(ctx, who("me")).await, "second_factor_enrolment_required");
            refused(show_account(ctx).await, "second_factor_enrolment_required");
        }
        show_account(&world.other).await.unwrap();
    })
    .await;
}
