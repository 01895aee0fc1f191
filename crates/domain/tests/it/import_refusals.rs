//! Rows and files that an import refuses: each row for itself, by line and with the reason that its single call gives.

use reeve_base::limits::ALIASES_PER_ENTITY_MAX;
use reeve_domain::directories::{PasswordPolicyEdit, set_password_policy};
use reeve_domain::users::ImportOptions;

use crate::harness::{invalid, on_each_engine};
use crate::import::check;
use crate::org::{Org, dump};

/// Checks what becomes of each row below a header.
async fn check_rows(org: &Org<'_>, header: &str, rows: &[(&str, &str)]) {
    let file: String =
        std::iter::once(header).chain(rows.iter().map(|(row, _)| *row)).flat_map(|row| [row, "\n"]).collect();
    let said = check(org, &file).await;
    for ((row, expected), (line, word)) in rows.iter().zip(&said) {
        assert_eq!(word, expected, "line {line}: {row}");
    }
    let lines: Vec<_> = said.iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, (2..2 + rows.len() as u64).collect::<Vec<_>>());
}

#[tokio::test]
async fn each_row_is_refused_for_itself_with_the_reason_of_its_single_call() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user("eve").await;
        acme.user("gone").await;
        acme.disable("gone").await.unwrap();
        acme.delete_user("gone").await.unwrap();
        reeve_domain::mail_domains::add_domain(&acme.ctx, acme.id(), crate::harness::domain("pending.example"))
            .await
            .unwrap();
        let long = "x".repeat(300);
        let rows = [
            ("ada,Ada,ada@acme.mail.test,,", "create"),
            ("a b,Bad name,,,", "invalid username"),
            ("a\u{202E}b,Bidi,,,", "invalid username"),
            ("аda,Look-alike,,,", "invalid username"),
            ("b1,Con\u{7}trol,,,", "invalid display_name"),
            ("b2,Bi\u{202E}di,,,", "invalid display_name"),
            (&format!("b3,{long},,,"), "invalid display_name"),
            ("administrator,Root,,,", "reserved"),
            ("Krbtgt,Ticket,,,", "reserved"),
            ("b4,Journal,amazonjournaling@acme.mail.test,,", "reserved"),
            ("b5,Taken,EVE@acme.mail.test,,", "address_taken"),
            ("b6,Held,gone@acme.mail.test,,", "address_taken"),
            ("b7,Unknown,b7@unknown.example,,", "domain_not_found"),
            ("b8,Pending,b8@pending.example,,", "domain_unverified"),
            ("b9,No address,not-an-address,,", "invalid email"),
            ("c1,Resource,c1@acme.mail.test,resource,", "invalid role"),
            ("c2,Unknown role,c2@acme.mail.test,boss,", "invalid role"),
            ("c3,Enabled without,,,enabled", "invalid email"),
            ("c4,State,c4@acme.mail.test,,asleep", "invalid state"),
            ("bob,Bob,bob@acme.mail.test,,enabled", "create"),
        ];
        check_rows(&acme, "username,display_name,email,role,state", &rows).await;
        assert_eq!(acme.names(Default::default()).await, ["ada", "administrator", "bob", "eve", "guest"]);
    })
    .await;
}

#[tokio::test]
async fn an_import_gives_no_role_that_an_edit_does_not() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user("ada").await;
        let rows = [("ada,system_user", "invalid role"), ("guest,user", "reserved"), ("administrator,", "reserved")];
        check_rows(&acme, "username,role", &rows).await;
        assert_eq!(check(&acme, "username,role\nada,resource\n").await, [(2, "invalid role".to_owned())]);
        acme.edit("ada", Default::default()).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_row_that_names_anothers_address_takes_nothing_from_them() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user("eve").await;
        acme.user("mallory").await;
        acme.add_alias("eve", "eva@acme.mail.test").await.unwrap();
        let rows = [
            ("mallory,eve@acme.mail.test,", "address_taken"),
            ("ada,ada@acme.mail.test,EVA@acme.mail.test", "address_taken"),
        ];
        let before = dump(&acme).await;
        check_rows(&acme, "username,email,aliases", &rows).await;
        assert_eq!(dump(&acme).await, before);
        check_rows(&acme, "username,email,aliases", &[("mallory,,eva@acme.mail.test", "address_taken")]).await;
        assert_eq!(dump(&acme).await, before);
    })
    .await;
}

#[tokio::test]
async fn two_people_of_one_name_on_two_domains_do_not_become_one() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.verified_domain("acme.example").await;
        let header = "First Name [Required],Last Name [Required],Email Address [Required],Password [Required],Org Unit Path [Required]";
        let rows = [
            ("Ada,Smith,ada@acme.mail.test,****,/", "create"),
            ("Ada,Jones,ada@acme.example,****,/", "invalid username"),
        ];
        check_rows(&acme, header, &rows).await;
        check_rows(&acme, header, &[("Ada,Jones,ada@acme.example,****,/", "name_taken username")]).await;
        let smith = acme.find("ada").await.unwrap();
        assert_eq!((smith.email.as_deref(), smith.profile.last_name.as_str()), (Some("ada@acme.mail.test"), "Smith"));
        assert!(acme.aliases("ada").await.is_empty());
        // Whose address it is by alias is the person that is meant.
        acme.add_alias("ada", "a.smith@acme.example").await.unwrap();
        check_rows(&acme, header, &[("Ada,Smith,a.smith@acme.example,****,/", "update email")]).await;
    })
    .await;
}

#[tokio::test]
async fn rows_that_stand_twice_in_a_file_are_told_by_line() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let rows = [
            ("ada,ada@acme.mail.test,", "create"),
            ("ada,ada@acme.mail.test,", "invalid username"),
            ("ADA,other@acme.mail.test,", "invalid username"),
            ("bob,ADA@acme.mail.test,", "invalid email"),
            ("cid,cid@acme.mail.test,ada@acme.mail.test", "invalid aliases"),
            ("dan,dan@acme.mail.test,d@acme.mail.test D@acme.mail.test dan@acme.mail.test", "create"),
            ("other,other@acme.mail.test,", "create"),
        ];
        check_rows(&acme, "username,email,aliases", &rows).await;
        let again = acme.import("username\nada\nada\n").await;
        assert_eq!((again.plan.unchanged, again.plan.refused), (1, 1));
        let why = format!("{:?}", again.rows[1].outcome);
        assert!(why.contains("line 2"), "{why}");
        assert_eq!(acme.aliases("dan").await, ["d@acme.mail.test"]);
        assert_eq!(acme.find("dan").await.unwrap().version, 2);
    })
    .await;
}

#[tokio::test]
async fn a_row_does_not_exceed_the_limit_of_aliases() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let aliases = |from: usize, count: usize| {
            (from..from + count).map(|n| acme.at(&format!("a{n}"))).collect::<Vec<_>>().join(" ")
        };
        let max = ALIASES_PER_ENTITY_MAX;
        let header = "username,email,aliases";
        let row = |aliases: String| format!("ada,ada@acme.mail.test,{aliases}");
        check_rows(&acme, header, &[(&row(aliases(0, max + 1)), "limit_reached")]).await;
        check_rows(&acme, header, &[(&row(aliases(0, max)), "create")]).await;
        check_rows(&acme, header, &[(&row(aliases(max, 1)), "limit_reached")]).await;
        check_rows(&acme, header, &[("ada,new@acme.mail.test,", "limit_reached")]).await;
        check_rows(&acme, header, &[("ada,a7@acme.mail.test,", "update email")]).await;
        assert_eq!(acme.aliases("ada").await.len(), max);
    })
    .await;
}

#[tokio::test]
async fn passwords_of_rows_obey_the_policy_of_their_directory() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let edit = PasswordPolicyEdit { length_min: Some(12), ..PasswordPolicyEdit::default() };
        set_password_policy(&acme.ctx, acme.id(), edit).await.unwrap();
        let rows = [
            ("ada,Copper-41!,", "password_refused password"),
            ("bob,Lantern-bob-builder-7,", "create"),
            ("bartleby,Copper-bartleby-41,", "password_refused password"),
            ("cid,copperwillowthrush,", "password_refused password"),
            ("dan,,5f4dcc3b5aa765d61d8327deb882cf99", "invalid password_hash"),
            (
                "eve,Copper-willow-41-thrush,$2b$04$abcdefghijklmnopqrstuu56yLm40zKTrZnHX.tp6a5WeTet7ENwm",
                "invalid password_hash",
            ),
            ("fay,Copper-willow-41-thrush,", "create"),
        ];
        check_rows(&acme, "username,password,password_hash", &rows).await;
        let said = format!("{:?}", acme.import("username,password\ngil,Short-1-secret\u{7}\n").await.rows);
        assert!(!said.contains("Short-1"), "a refusal repeats no password: {said}");
    })
    .await;
}

#[tokio::test]
async fn a_disabled_row_asks_for_no_address() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user("eve").await;
        let rows = [
            ("ada,ada@unknown.example,a@unknown.example,disabled", "create"),
            ("bob,eve@acme.mail.test,,disabled", "create"),
        ];
        check_rows(&acme, "username,email,aliases,state", &rows).await;
        assert_eq!(acme.find("eve@acme.mail.test").await.unwrap().name, "eve");
    })
    .await;
}

#[tokio::test]
async fn a_file_that_is_no_list_of_people_is_refused_as_a_whole() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let before = dump(&acme).await;
        for file in [
            "",
            "\n\n",
            "ada,ada@acme.mail.test\n",
            "colour,taste\nred,sweet\n",
            "username,username\nada,bob\n",
            "display_name\nAda\n",
            "username,display_name\nada,\"never closed\n",
            "PK\u{3}\u{4}",
            "username\0display_name\n",
        ] {
            let imported = acme.import_with(file, ImportOptions::default()).await;
            invalid(imported.map(|imported| imported.rows), "file");
        }
        assert_eq!(dump(&acme).await, before);
    })
    .await;
}
