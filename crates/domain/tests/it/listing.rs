//! Lists of users: filters, search, pages that miss and repeat nothing, and cursors that serve only their own list.

use reeve_base::limits::{PAGE_MAX, SEARCH_CHARS_MAX};
use reeve_domain::organizations::{OrganizationFilter, list_organizations};
use reeve_domain::page::PageRequest;
use reeve_domain::users::{self, EntityState, NewUser, ProfileEdit, UserEdit, UserFilter, UserRole};

use crate::harness::{email, first, invalid, new_user, on_each_engine, text};
use crate::org::Org;
use crate::visible::give;

fn search(prefix: &str) -> UserFilter {
    UserFilter { search: Some(prefix.to_owned()), ..UserFilter::default() }
}

async fn named(org: &Org<'_>, name: &str, display_name: &str) {
    let profile = ProfileEdit { display_name: Some(text(display_name)), ..ProfileEdit::default() };
    org.create(NewUser { profile, ..new_user(name) }).await.unwrap();
}

// C1
#[tokio::test]
async fn a_list_shows_enabled_disabled_and_system_users_by_name() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user("Bob").await;
        acme.disabled_user("ada").await;
        let remote = NewUser { role: UserRole::RemoteUser, ..new_user("cid") };
        acme.create(remote).await.unwrap();
        assert_eq!(acme.names(UserFilter::default()).await, ["ada", "administrator", "Bob", "cid", "guest"]);
        let state = |state| UserFilter { state: Some(state), ..UserFilter::default() };
        assert_eq!(acme.names(state(EntityState::Enabled)).await, ["Bob"]);
        assert_eq!(acme.names(state(EntityState::Disabled)).await, ["ada", "administrator", "cid", "guest"]);
        let role = |role| UserFilter { role: Some(role), ..UserFilter::default() };
        assert_eq!(acme.names(role(UserRole::User)).await, ["ada", "Bob"]);
        assert_eq!(acme.names(role(UserRole::RemoteUser)).await, ["cid"]);
        assert!(acme.names(role(UserRole::Resource)).await.is_empty());
        let both = UserFilter { role: Some(UserRole::SystemUser), ..state(EntityState::Disabled) };
        assert_eq!(acme.names(UserFilter { search: Some("g".to_owned()), ..both }).await, ["guest"]);
    })
    .await;
}

// C1
#[tokio::test]
async fn users_are_found_by_the_beginning_of_name_display_name_its_words_and_address() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        named(&acme, "jose", "José Ångström-Müller").await;
        named(&acme, "wang", "王 小明").await;
        named(&acme, "eve", "Eve O'Neil").await;
        acme.enable("eve", "Liaison@acme.mail.test").await.unwrap();
        acme.add_alias("eve", "hidden@acme.mail.test").await.unwrap();
        let check = async |prefix: &str, expected: &[&str]| {
            let found = users::list_users(&acme.ctx, acme.id(), search(prefix), first(10)).await.unwrap();
            let names: Vec<_> = found.items.iter().map(|user| user.name.as_str()).collect();
            assert_eq!(names, expected, "{prefix:?}");
            assert_eq!(found.total, Some(expected.len() as u64), "{prefix:?}");
        };
        for prefix in ["jos", "JOSÉ", "josé å", "Angstrom", "ångström-m", " ang", "jose\u{301}"] {
            check(prefix, &["jose"]).await;
        }
        check("王", &["wang"]).await;
        check("小", &["wang"]).await;
        check("o'n", &["eve"]).await;
        check("liaison@ACME", &["eve"]).await;
        for prefix in ["ose", "hidden", "muller", "%", "_", "*", "jose%", "'; --", "\u{10FFFF}"] {
            check(prefix, &[]).await;
        }
    })
    .await;
}

#[tokio::test]
async fn users_are_narrowed_by_how_one_field_begins_or_several() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        named(&acme, "jose", "José Ångström").await;
        named(&acme, "joseph", "Ang Lee").await;
        named(&acme, "ang", "Zoe Jose").await;
        acme.enable("jose", "zoe@acme.mail.test").await.unwrap();
        acme.enable("ang", "joe@acme.mail.test").await.unwrap();
        acme.add_alias("ang", "zoe.alias@acme.mail.test").await.unwrap();
        for (name, id) in [("jose", "okta|A1"), ("ang", "okta|a2"), ("joseph", "entra|1")] {
            let profile = ProfileEdit { identity_provider_user_id: Some(text(id)), ..ProfileEdit::default() };
            acme.edit(name, UserEdit { profile, ..UserEdit::default() }).await.unwrap();
        }
        let some = |text: &str| Some(text.to_owned());
        let name = |prefix: &str| UserFilter { name_prefix: some(prefix), ..UserFilter::default() };
        let display = |prefix: &str| UserFilter { display_name_prefix: some(prefix), ..UserFilter::default() };
        let email = |prefix: &str| UserFilter { email_prefix: some(prefix), ..UserFilter::default() };
        let provider =
            |prefix: &str| UserFilter { identity_provider_user_id_prefix: some(prefix), ..UserFilter::default() };
        let check = async |filter: UserFilter, expected: &[&str]| {
            let found = users::list_users(&acme.ctx, acme.id(), filter.clone(), first(10)).await.unwrap();
            let names: Vec<_> = found.items.iter().map(|user| user.name.as_str()).collect();
            assert_eq!((names, found.total), (expected.to_vec(), Some(expected.len() as u64)), "{filter:?}");
            let none = users::list_users(&acme.ctx, acme.id(), filter, PageRequest::uncounted(Some(10), None));
            assert_eq!(none.await.unwrap().total, None);
        };
        check(name("JOSÉ"), &["jose", "joseph"]).await;
        check(name("joseph"), &["joseph"]).await;
        check(name("zoe"), &[]).await;
        check(name("\u{10FFFF}"), &[]).await;
        check(display("JOSE å"), &["jose"]).await;
        check(display("ang"), &["joseph"]).await;
        check(display("angstrom"), &[]).await;
        check(email("ZOE"), &["jose"]).await;
        check(email("zoe.alias"), &[]).await;
        check(email("jo"), &["ang"]).await;
        check(provider("okta|"), &["ang", "jose"]).await;
        check(provider("okta|a"), &["ang"]).await;
        check(provider("OKTA"), &[]).await;
        check(provider("kta"), &[]).await;
        check(search("okta"), &[]).await;
        check(UserFilter { search: some("zoe"), ..name("jos") }, &["jose"]).await;
        check(UserFilter { search: some("zoe"), ..name("") }, &["ang", "jose"]).await;
        check(UserFilter { display_name_prefix: some("zoe"), ..email("joe@") }, &["ang"]).await;
        check(UserFilter { display_name_prefix: some("ang"), ..email("joe@") }, &[]).await;
        check(UserFilter { email_prefix: some("z"), ..provider("okta") }, &["jose"]).await;
        check(UserFilter { state: Some(EntityState::Disabled), ..name("jos") }, &["joseph"]).await;
        let all =
            UserFilter { search: some("j"), name_prefix: some("a"), display_name_prefix: some("z"), ..email("j") };
        check(UserFilter { identity_provider_user_id_prefix: some("okta|a2"), ..all.clone() }, &["ang"]).await;
        check(UserFilter { identity_provider_user_id_prefix: some("okta|A"), ..all }, &[]).await;
    })
    .await;
}

#[tokio::test]
async fn prefixes_follow_every_change_and_pages_of_them_go_on() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        for n in 0..7 {
            named(&acme, &format!("u{n}"), &format!("Zed {n}")).await;
        }
        named(&acme, "t9", "Zed 9").await;
        named(&acme, "v0", "Abe").await;
        let zed = UserFilter {
            name_prefix: Some("U".to_owned()),
            display_name_prefix: Some("ZED".to_owned()),
            ..UserFilter::default()
        };
        let (mut seen, mut cursor) = (Vec::new(), None);
        loop {
            let page = PageRequest { cursor, ..first(3) };
            let got = users::list_users(&acme.ctx, acme.id(), zed.clone(), page).await.unwrap();
            assert_eq!(got.total, Some(7));
            seen.extend(got.items.into_iter().map(|user| user.name));
            cursor = got.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(seen, (0..7).map(|n| format!("u{n}")).collect::<Vec<_>>());
        let renamed = ProfileEdit {
            display_name: Some(text("Yan")),
            identity_provider_user_id: Some(text("okta|7")),
            ..ProfileEdit::default()
        };
        acme.edit("u3", UserEdit { profile: renamed, ..UserEdit::default() }).await.unwrap();
        assert!(!acme.names(zed).await.contains(&"u3".to_owned()));
        let provided = UserFilter { identity_provider_user_id_prefix: Some("okta".to_owned()), ..Default::default() };
        assert_eq!(acme.names(provided.clone()).await, ["u3"]);
        let cleared = ProfileEdit { identity_provider_user_id: Some(text("")), ..ProfileEdit::default() };
        acme.edit("u3", UserEdit { profile: cleared, ..UserEdit::default() }).await.unwrap();
        assert_eq!(acme.names(provided).await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn a_narrowed_list_shows_no_more_than_may_be_seen() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let ada = acme.user("ada").await;
        acme.user("adam").await;
        let cedar = format!("permit (principal, action == Action::\"show_user\", resource == User::\"{}\");", ada.id);
        give(world, &cedar).await;
        let some = || Some("ad".to_owned());
        for filter in [
            UserFilter::default(),
            search("ad"),
            UserFilter { name_prefix: some(), ..UserFilter::default() },
            UserFilter { display_name_prefix: some(), ..UserFilter::default() },
            UserFilter { email_prefix: some(), ..UserFilter::default() },
        ] {
            let seen = users::list_users(&world.general, acme.id(), filter.clone(), first(10)).await.unwrap();
            assert_eq!((seen.items.len(), seen.total), (1, Some(1)), "{filter:?}");
            assert_eq!((&seen.items[0].name, &seen.items[0].mailbox), (&ada.name, &ada.mailbox));
        }
    })
    .await;
}

#[tokio::test]
async fn a_search_follows_every_change_of_a_user() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        named(&acme, "ada", "Ada Byron").await;
        acme.enable("ada", "analyst@acme.mail.test").await.unwrap();
        let rename = ProfileEdit { display_name: Some(text("Ada King")), ..ProfileEdit::default() };
        acme.edit("ada", UserEdit { profile: rename, ..UserEdit::default() }).await.unwrap();
        acme.set_default("ada", "engine@acme.mail.test").await.unwrap();
        let found = async |prefix: &str| !acme.names(search(prefix)).await.is_empty();
        assert!(!found("byron").await && found("king").await && found("ada k").await);
        assert!(!found("analyst@").await && found("engine@").await);
        acme.disable("ada").await.unwrap();
        assert!(!found("engine@").await && found("king").await);
        acme.delete_user("ada").await.unwrap();
        assert!(!found("king").await && !found("ada").await);
    })
    .await;
}

// One letter may fold to eighteen, and an index holds no texts of any length.
#[tokio::test]
async fn names_that_grow_when_folded_are_taken_and_found() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let squares: String = (0x3300..0x3400).filter_map(char::from_u32).collect();
        for (n, display) in [squares, "\u{FDFA}".repeat(256)].iter().enumerate() {
            named(&acme, &format!("u{n}"), display).await;
            assert_eq!(acme.names(search(display)).await, [format!("u{n}")]);
        }
    })
    .await;
}

#[tokio::test]
async fn pages_are_complete_and_repeat_nothing_while_rows_come_and_go() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let rows: String = (0..60).map(|n| format!("u{n:02}\n")).collect();
        acme.import(&format!("username\n{rows}")).await;
        let mut page = first(7);
        let mut seen = Vec::new();
        for turn in 0.. {
            let got = users::list_users(&acme.ctx, acme.id(), UserFilter::default(), page.clone()).await.unwrap();
            assert_eq!(got.total, Some(62), "it was counted for the first page");
            seen.extend(got.items.into_iter().map(|user| user.name));
            page.cursor = got.next_cursor;
            if page.cursor.is_none() {
                break;
            }
            // Behind the cursor and before it, and the very row on which it stands.
            acme.disabled_user(&format!("a{turn}")).await;
            acme.disabled_user(&format!("v{turn}")).await;
            acme.delete_user(&seen.last().unwrap().clone()).await.ok();
        }
        let stayed: Vec<_> = seen.iter().filter(|name| name.starts_with('u')).cloned().collect();
        assert_eq!(stayed, (0..60).map(|n| format!("u{n:02}")).collect::<Vec<_>>());
        let mut sorted = seen.clone();
        sorted.sort();
        sorted.dedup();
        assert_eq!(sorted, seen, "in order, and nobody twice");
        assert!(seen.iter().any(|name| name == "v0") && !seen.iter().any(|name| name == "a0"));
    })
    .await;
}

#[tokio::test]
async fn pages_of_a_search_go_on_too() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        for n in 0..9 {
            named(&acme, &format!("u{n}"), &format!("Zed {n}")).await;
        }
        let mut page = first(4);
        let mut seen = Vec::new();
        loop {
            let got = users::list_users(&acme.ctx, acme.id(), search("zed"), page.clone()).await.unwrap();
            seen.push(got.items.len());
            page.cursor = got.next_cursor;
            if page.cursor.is_none() {
                break;
            }
        }
        assert_eq!(seen, [4, 4, 1]);
    })
    .await;
}

#[tokio::test]
async fn cursors_serve_only_the_list_that_gave_them() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let globex = world.active_org("globex").await;
        let page = users::list_users(&acme.ctx, acme.id(), UserFilter::default(), first(1)).await.unwrap();
        let next = PageRequest { limit: Some(1), cursor: page.next_cursor, ..PageRequest::default() };
        let list = async |org: &Org<'_>, filter, page: PageRequest| {
            users::list_users(&org.ctx, org.id(), filter, page).await.map(|page| page.items.len())
        };
        assert_eq!(list(&acme, UserFilter::default(), next.clone()).await.unwrap(), 1);
        invalid(list(&globex, UserFilter::default(), next.clone()).await, "cursor");
        invalid(list(&acme, search("a"), next.clone()).await, "cursor");
        invalid(list_organizations(&acme.ctx, OrganizationFilter::default(), next).await, "cursor");
        for cursor in ["", "!", "eHh4", "\0", "dXNlcnM"] {
            let page = PageRequest { cursor: Some(cursor.to_owned()), ..PageRequest::default() };
            invalid(list(&acme, UserFilter::default(), page).await, "cursor");
        }
    })
    .await;
}

// A cursor is the caller's to forge: what a database refuses to be asked for must not reach it.
#[tokio::test]
async fn a_forged_cursor_with_control_characters_is_refused() {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    on_each_engine(async |world| {
        let forged = PageRequest::uncounted(None, Some(URL_SAFE_NO_PAD.encode("directories\u{1F}1\u{1F}\0\u{1F}")));
        invalid(reeve_domain::directories::list_directories(&world.admin, forged).await, "cursor");
    })
    .await;
}

#[tokio::test]
async fn limits_and_searches_out_of_bounds_are_refused() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        for limit in [0, PAGE_MAX + 1, usize::MAX] {
            let page = users::list_users(&acme.ctx, acme.id(), UserFilter::default(), first(limit)).await;
            invalid(page, "limit");
        }
        for wrong in ["x".repeat(SEARCH_CHARS_MAX + 1), "a\0".to_owned(), "a\u{1B}[2J".to_owned()] {
            let some = || Some(wrong.clone());
            for (filter, field) in [
                (UserFilter { name_prefix: some(), ..Default::default() }, "name_prefix"),
                (UserFilter { display_name_prefix: some(), ..Default::default() }, "display_name_prefix"),
                (UserFilter { email_prefix: some(), ..Default::default() }, "email_prefix"),
                (
                    UserFilter { identity_provider_user_id_prefix: some(), ..Default::default() },
                    "identity_provider_user_id_prefix",
                ),
            ] {
                invalid(users::list_users(&acme.ctx, acme.id(), filter, first(1)).await, field);
            }
            invalid(users::list_users(&acme.ctx, acme.id(), search(&wrong), first(1)).await, "search");
            let filter = OrganizationFilter { search: Some(wrong.clone()), ..Default::default() };
            invalid(list_organizations(&acme.ctx, filter, first(1)).await, "search");
            let filter = OrganizationFilter { region: Some(wrong), ..Default::default() };
            invalid(list_organizations(&acme.ctx, filter, first(1)).await, "region");
        }
        let edge = users::list_users(&acme.ctx, acme.id(), search(&"é".repeat(SEARCH_CHARS_MAX)), first(PAGE_MAX));
        assert_eq!(edge.await.unwrap().total, Some(0));
        assert_eq!(acme.disabled_user("x").await.email.map(|e| email(&e)), None);
    })
    .await;
}
