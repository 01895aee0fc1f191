//! Setting a deployment up, once; accounts and their first administrators (rows A2, A3, A10 as far as they reach).

use reeve_domain::accounts::{self, NewAccount, list_accounts};
use reeve_domain::administrators::AdministratorStatus;
use reeve_domain::ctx::AdministratorRole;
use reeve_domain::{Error, auth};

use crate::harness::{
    OTHER_PASSWORD, PASSWORD, account_of, email, first, on_each_engine, refused, request, secret, shown, text,
    try_sign_in,
};

// A2, A10
#[tokio::test]
async fn setup_happens_once_and_leaves_an_active_admin() {
    on_each_engine(async |world| {
        let nobody = auth::operator(&world.deployment, 0, None, request(&world.clock)).await.unwrap();
        let before = list_accounts(&nobody, first(10)).await.unwrap().items;
        refused(accounts::set_up(&nobody, account_of("Third", "root@third.example")).await, "conflict");
        refused(accounts::set_up(&world.operator, account_of("Third", "root@third.example")).await, "conflict");
        assert_eq!(list_accounts(&nobody, first(10)).await.unwrap().items, before);
        assert_eq!(before.len(), 2);
        let root = try_sign_in(&world.anonymous, "root@first.example", PASSWORD).await.unwrap();
        assert_eq!(
            (root.administrator.role, root.administrator.status),
            (AdministratorRole::Admin, AdministratorStatus::Active)
        );
    })
    .await;
}

// A1
#[tokio::test]
async fn accounts_are_the_operators_alone() {
    on_each_engine(async |world| {
        for (ctx, code) in [
            (&world.anonymous, "unauthenticated"),
            (&world.admin, "denied"),
            (&world.general, "denied"),
            (&world.other, "denied"),
        ] {
            refused(accounts::create_account(ctx, account_of("Third", "root@third.example")).await, code);
            refused(accounts::set_up(ctx, account_of("Third", "root@third.example")).await, code);
            refused(list_accounts(ctx, first(10)).await, code);
        }
        accounts::create_account(&world.operator, account_of("Third", "root@third.example")).await.unwrap();
    })
    .await;
}

// A3
#[tokio::test]
async fn a_username_is_never_used_again_whatever_its_case() {
    on_each_engine(async |world| {
        for username in ["root@first.example", "Root@First.Example", "general@first.example"] {
            let error =
                refused(accounts::create_account(&world.operator, account_of("Third", username)).await, "name_taken");
            assert_eq!(error.field(), Some("username"));
        }
        assert_eq!(
            list_accounts(&world.operator, first(1_000)).await.unwrap().items.len(),
            2,
            "no account without its administrator"
        );
    })
    .await;
}

// A2
#[tokio::test]
async fn the_password_of_an_administrator_obeys_the_default_policy() {
    on_each_engine(async |world| {
        let with = |password: &str| NewAccount {
            password: Some(secret(password)),
            first_name: text("Grace"),
            last_name: text("Hopper"),
            ..account_of("Third", "grace@third.example")
        };
        for (password, rule) in [
            ("short", "too_short"),
            ("copperwillowthrush", "classes"),
            ("Copper-Hopper-41-x", "contains_name"),
            ("Password1!", "guessable"),
            ("Copper-willow-\u{202E}41", "characters"),
        ] {
            match accounts::create_account(&world.operator, with(password)).await {
                Err(Error::PasswordRefused(broken)) => assert_eq!(broken.code(), rule),
                other => panic!("{password}: {other:?}"),
            }
        }
        accounts::create_account(&world.operator, with(OTHER_PASSWORD)).await.unwrap();
    })
    .await;
}

// A2
#[tokio::test]
async fn a_password_that_is_made_up_is_shown_and_opens() {
    on_each_engine(async |world| {
        let new = NewAccount { password: None, ..account_of("Third", "root@third.example") };
        let made = accounts::create_account(&world.operator, new).await.unwrap();
        let password = made.password.expect("it is shown");
        assert_eq!((made.account.name.as_str(), &made.administrator.account_id), ("Third", &made.account.id));
        let username = email("root@third.example");
        try_sign_in(&world.anonymous, username.as_str(), shown(&password)).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn an_operator_of_several_accounts_names_one() {
    on_each_engine(async |world| {
        let nobody = auth::operator(&world.deployment, 0, None, request(&world.clock)).await.unwrap();
        assert_eq!(nobody.account(), None);
        let list = reeve_domain::organizations::list_organizations(&nobody, Default::default(), Default::default());
        assert_eq!(refused(list.await, "invalid").field(), Some("account"));
        let unknown = "000000000000".parse().unwrap();
        let named = auth::operator(&world.deployment, 0, Some(unknown), request(&world.clock)).await;
        refused(named.map(drop), "not_found");
    })
    .await;
}
