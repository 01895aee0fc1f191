//! Writing people as a spreadsheet that an import reads back.

use reeve_domain::roster::Format;
use reeve_domain::users::{ImportPlan, NewUser, UserRole};

use crate::harness::{PASSWORD, email, new_user, on_each_engine, text};
use crate::org::{Org, dump};

/// An organization with people of every kind.
async fn peopled(org: &Org<'_>) {
    org.user_with_password("ada", PASSWORD).await;
    org.add_alias("ada", &org.at("countess")).await.unwrap();
    org.user("gone").await;
    org.disable("gone").await.unwrap();
    org.disabled_user("never").await;
    let mut odd =
        NewUser { role: UserRole::RemoteUser, hidden: true, email: Some(email(&org.at("odd"))), ..new_user("odd") };
    odd.profile.display_name = Some(text("Odd, \"quoted\" 王"));
    odd.profile.telephone = Some(text("+44 20 7946 0000"));
    odd.profile.city = Some(text("=HYPERLINK(\"http://x.example\")"));
    odd.profile.street = Some(text("'tis here"));
    org.create(odd).await.unwrap();
}

#[tokio::test]
async fn what_is_exported_and_imported_changes_nothing() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        peopled(&acme).await;
        let before = dump(&acme).await;
        let files = [(Format::Native, 4), (Format::Google, 2), (Format::Microsoft, 2)];
        for (format, people) in files {
            let file = acme.export(format).await;
            assert_eq!(dump(&acme).await, before, "to look is no change");
            assert_eq!(file.lines().count(), people + 1, "{file}");
            if format == Format::Native {
                let again = acme.import(&file).await;
                assert_eq!(again.plan, ImportPlan { unchanged: 4, ..ImportPlan::default() }, "{:?}", again.rows);
                assert_eq!(dump(&acme).await, before);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn what_one_organization_exports_another_imports() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        peopled(&acme).await;
        let file = acme.export(Format::Native).await;
        let globex = world.active_org("globex").await;
        let moved = file.replace("acme.mail.test", "globex.mail.test");
        let imported = globex.import(&moved).await;
        assert_eq!(imported.plan, ImportPlan { create: 4, ..ImportPlan::default() }, "{:?}", imported.rows);
        assert_eq!(globex.export(Format::Native).await, moved);
        let odd = globex.find("odd").await.unwrap();
        assert_eq!((odd.role, odd.hidden), (UserRole::RemoteUser, true));
        assert_eq!(odd.profile.city.as_str(), "=HYPERLINK(\"http://x.example\")");
        assert_eq!(odd.profile.street.as_str(), "'tis here");
    })
    .await;
}

#[tokio::test]
async fn no_export_holds_a_password_a_hash_or_a_formula() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        peopled(&acme).await;
        for format in [Format::Native, Format::Google, Format::Microsoft] {
            let file = acme.export(format).await;
            assert!(!file.contains(PASSWORD) && !file.contains("$argon2id$"), "{file}");
            assert!(!file.contains(",=") && !file.contains(",\"=") && !file.contains(",+"), "{file}");
            assert!(!file.contains("administrator") && !file.contains("guest"), "{file}");
        }
    })
    .await;
}
