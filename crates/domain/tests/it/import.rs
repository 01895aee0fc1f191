//! Putting a spreadsheet of people into an organization: what a plan promises and a run does, and that a second run
//! changes nothing.

use std::collections::HashMap;

use reeve_domain::users::{
    self, EntityState, ImportLine, ImportOptions, ImportOutcome, ImportPlan, ImportRow, UserRole,
};
use tokio::sync::mpsc;

use crate::harness::{OTHER_PASSWORD, PASSWORD, domain, on_each_engine};
use crate::org::{Org, dump};

/// What became of a row, in a word.
pub(crate) fn word(row: &ImportRow) -> String {
    match &row.outcome {
        ImportOutcome::Create { .. } => "create".to_owned(),
        ImportOutcome::Update { changes, .. } => format!("update {}", changes.join(" ")),
        ImportOutcome::Unchanged { .. } => "unchanged".to_owned(),
        ImportOutcome::Refused(error) => match error.field() {
            Some(field) => format!("{} {field}", error.code()),
            None => error.code().to_owned(),
        },
    }
}

/// Imports a file after a dry run, and checks that plan, dry run and run say the same; gives line and outcome of rows.
pub(crate) async fn check(org: &Org<'_>, file: &str) -> Vec<(u64, String)> {
    let before = dump(org).await;
    let dry = org.dry_run(file).await;
    assert_eq!(dump(org).await, before, "a dry run changes nothing");
    let run = org.import(file).await;
    assert_eq!((dry.plan, dry.done), (run.plan, Some(dry.plan)), "{:?}", run.rows);
    assert_eq!(run.done, Some(run.plan), "what was done is what was planned: {:?}", run.rows);
    let words = |rows: &[ImportRow]| rows.iter().map(|row| (row.line, word(row))).collect::<Vec<_>>();
    assert_eq!(words(&dry.rows), words(&run.rows));
    words(&run.rows)
}

/// Imports a file again, and checks that this changes nothing, no version and no event.
async fn check_again(org: &Org<'_>, file: &str) {
    let before = dump(org).await;
    let again = org.import(file).await;
    assert_eq!((again.plan.create, again.plan.update), (0, 0), "{:?}", again.rows);
    assert_eq!(dump(org).await, before);
}

// C2
#[tokio::test]
async fn a_file_of_our_own_makes_and_changes_users() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user("eve").await;
        let file = "\u{FEFF}username,display_name,first_name,last_name,email,aliases,password,role,state,telephone,\
                    hidden_from_global_address_list\r\n\
                    ada,Ada Lovelace,Ada,Lovelace,ada@acme.mail.test,countess@acme.mail.test a.l@acme.mail.test,\
                    Copper-willow-41-thrush,user,enabled,'+44 20 7946,yes\r\n\
                    bob,\"Bob \"\"Bobby\"\" B, Jr\",,,,,,,,,\r\n\
                    cid,Cid,,,cid@acme.mail.test,,,,disabled,,\r\n\
                    dan,Dan,,,dan@acme.mail.test,,,remote_user,,,no\r\n\
                    EVE,Eve Polastri,Eve,,EVE@acme.mail.test,eva@acme.mail.test,,,,,\r\n";
        let rows = check(&acme, file).await;
        assert_eq!(
            rows,
            [
                (2, "create".to_owned()),
                (3, "create".to_owned()),
                (4, "create".to_owned()),
                (5, "create".to_owned()),
                (6, "update display_name first_name aliases".to_owned()),
            ]
        );
        let ada = acme.find("ada").await.unwrap();
        assert_eq!(
            (ada.state, ada.hidden, ada.profile.telephone.as_str()),
            (EntityState::Enabled, true, "+44 20 7946")
        );
        assert_eq!(acme.aliases("ada").await, ["a.l@acme.mail.test", "countess@acme.mail.test"]);
        assert!(acme.gets_in("countess@acme.mail.test", PASSWORD).await);
        let bob = acme.find("bob").await.unwrap();
        assert_eq!((bob.state, bob.profile.display_name.as_str()), (EntityState::Disabled, "Bob \"Bobby\" B, Jr"));
        assert_eq!(acme.find("cid").await.unwrap().state, EntityState::Disabled);
        let dan = acme.find("dan").await.unwrap();
        assert_eq!((dan.role, dan.state, dan.mailbox), (UserRole::RemoteUser, EntityState::Enabled, None));
        assert_eq!(acme.find("eve").await.unwrap().profile.display_name.as_str(), "Eve Polastri");
        check_again(&acme, file).await;
    })
    .await;
}

const GOOGLE: &str = "First Name [Required],Last Name [Required],Email Address [Required],Password [Required],\
                      Password Hash Function [UPLOAD ONLY],Org Unit Path [Required],Status [READ ONLY],Work Phone\n";

#[tokio::test]
async fn a_file_of_google_is_told_by_its_header() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let file = format!(
            "{GOOGLE}Ada,Lovelace,ada@acme.mail.test,Copper-willow-41-thrush,,/,Active,1\n\
             Bob,Builder,bob@acme.mail.test,****,,/,Suspended,\n\
             Cid,,cid@acme.mail.test,\"$6$rounds=1000$saltstring$ycAjtg2gVmiG9sIvpAVNdt6LSogdF6oA5k6EU/\
             HZUWcFAdwBQe3FR0q/OqYyrz.8kEEtsFmgM/87NbdwDmOkm/\",crypt,/,,\n"
        );
        let rows = check(&acme, &file).await;
        assert_eq!(rows.iter().map(|(_, word)| word.as_str()).collect::<Vec<_>>(), ["create"; 3]);
        let ada = acme.find("ada").await.unwrap();
        assert_eq!((ada.profile.display_name.as_str(), ada.profile.telephone.as_str()), ("Ada Lovelace", "1"));
        assert!(acme.gets_in("ada@acme.mail.test", PASSWORD).await);
        assert_eq!(acme.find("bob").await.unwrap().state, EntityState::Disabled);
        assert!(acme.gets_in("cid@acme.mail.test", "Grün-Tee 41").await);
        check_again(&acme, &file).await;
    })
    .await;
}

#[tokio::test]
async fn a_file_of_microsoft_is_told_by_its_header() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let file = "Username,First name,Last name,Display name,Job title,Department,Office number,Office phone,\
                    Mobile phone,Fax,Alternate email address,Address,City,State or province,ZIP or postal code,\
                    Country or region\n\
                    ada@acme.mail.test,Ada,Lovelace,Ada King,Analyst,Maths,3,,0170,,,12 St James,London,,SW1,UK\n";
        assert_eq!(check(&acme, file).await, [(2, "create".to_owned())]);
        let ada = acme.find("ada@acme.mail.test").await.unwrap().profile;
        assert_eq!(
            (ada.display_name.as_str(), ada.telephone.as_str(), ada.zip_code.as_str()),
            ("Ada King", "0170", "SW1")
        );
        check_again(&acme, file).await;
    })
    .await;
}

#[tokio::test]
async fn a_row_enables_disables_and_moves_the_default_address() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user("ada").await;
        acme.user("bob").await;
        acme.disabled_user("cid").await;
        acme.disabled_user("dan").await;
        let file = "username,email,aliases,state\n\
                    ada,lovelace@acme.mail.test,,\n\
                    bob,bob@acme.mail.test,,disabled\n\
                    cid,cid@acme.mail.test,c@acme.mail.test,enabled\n\
                    dan,dan@acme.mail.test,,\n";
        let words: Vec<_> = check(&acme, file).await.into_iter().map(|(_, word)| word).collect();
        assert_eq!(words, ["update email", "update state", "update state email aliases", "unchanged"]);
        assert_eq!(acme.aliases("ada").await, ["ada@acme.mail.test"]);
        assert_eq!(acme.find("bob").await.unwrap().state, EntityState::Disabled);
        assert_eq!(acme.find("c@acme.mail.test").await.unwrap().name, "cid");
        assert_eq!(acme.find("dan").await.unwrap().state, EntityState::Disabled, "nothing was said of their state");
        check_again(&acme, file).await;
    })
    .await;
}

#[tokio::test]
async fn blank_cells_empty_profile_fields_and_leave_the_rest_alone() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.import("username,display_name,city,email,role\nada,Ada,Bath,ada@acme.mail.test,remote_user\n").await;
        let file = "username,display_name,city,email,role,state,password\nada,,,,,,\n";
        assert_eq!(check(&acme, file).await, [(2, "update city".to_owned())]);
        let ada = acme.find("ada").await.unwrap();
        assert_eq!((ada.profile.display_name.as_str(), ada.role), ("Ada", UserRole::RemoteUser));
        assert_eq!(ada.email.as_deref(), Some("ada@acme.mail.test"));
    })
    .await;
}

#[tokio::test]
async fn a_password_is_set_only_for_those_whom_the_import_makes() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let file = format!("username,email,password\nada,ada@acme.mail.test,{PASSWORD}\n");
        acme.import(&file).await;
        acme.reset_password("ada", OTHER_PASSWORD).await.unwrap();
        check_again(&acme, &file).await;
        assert!(acme.gets_in("ada@acme.mail.test", OTHER_PASSWORD).await);
        assert!(!acme.gets_in("ada@acme.mail.test", PASSWORD).await);
    })
    .await;
}

#[tokio::test]
async fn domains_of_a_file_stand_for_others() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let map = [(domain("Acme.com"), domain("acme.mail.test"))];
        let options = ImportOptions { dry_run: false, map_domains: HashMap::from(map) };
        let file = "username,email,aliases\nada,Ada@ACME.com,l@acme.com\nbob,bob@other.example,\n";
        let imported = acme.import_with(file, options.clone()).await.unwrap();
        let rows: Vec<_> = imported.rows.iter().map(|row| (word(row), row.email.as_deref().unwrap())).collect();
        assert_eq!(
            rows,
            [("create".to_owned(), "Ada@acme.mail.test"), ("domain_not_found".to_owned(), "bob@other.example")]
        );
        assert_eq!(acme.aliases("ada").await, ["l@acme.mail.test"]);
        let again = acme.import_with(file, options).await.unwrap();
        assert_eq!((again.plan.unchanged, again.plan.refused), (1, 1));
    })
    .await;
}

#[tokio::test]
async fn an_import_that_nobody_listens_to_any_more_stops_and_a_rerun_does_the_rest() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let people: String = (0..900).map(|n| format!("u{n},u{n}@acme.mail.test\n")).collect();
        let file = format!("username,email\n{people}");
        let (lines, mut heard) = mpsc::channel(1);
        let importing =
            users::import_users(&acme.ctx, acme.id(), file.clone().into_bytes(), ImportOptions::default(), lines);
        let hanging_up = async {
            let mut rows = 0;
            while let Some(line) = heard.recv().await {
                rows += usize::from(matches!(line, ImportLine::Row(_)));
                if rows == 300 {
                    heard.close();
                    break;
                }
            }
        };
        let (outcome, ()) = tokio::join!(importing, hanging_up);
        outcome.unwrap();
        let made = acme.names(Default::default()).await.len() - 2;
        assert!((300..900).contains(&made), "{made} were made");
        let rest = acme.import(&file).await;
        let expected = ImportPlan { create: 900 - made as u64, unchanged: made as u64, ..ImportPlan::default() };
        assert_eq!((rest.plan, rest.done), (expected, Some(expected)));
        assert_eq!(acme.names(Default::default()).await.len(), 902);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_imports_of_one_file_at_once_make_everybody_once() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let people: String = (0..300).map(|n| format!("u{n},u{n}@acme.mail.test,{PASSWORD}\n")).collect();
        let file = format!("username,email,password\n{people}");
        let (one, other) = tokio::join!(acme.import(&file), acme.import(&file));
        let (one, other) = (one.done.unwrap(), other.done.unwrap());
        assert_eq!(one.create + other.create, 300, "{one:?} {other:?}");
        assert_eq!(one.refused + other.refused, 0, "{one:?} {other:?}");
        assert_eq!(acme.names(Default::default()).await.len(), 302);
    })
    .await;
}
