//! How a database follows the schema's history, and when it refuses to.

use std::sync::{Arc, Barrier};
use std::thread;

use super::things::{MIGRATIONS, held, put};
use super::{Fixture, on_both_engines};
use crate::migrations::{ALL, Migration, SchemaState};
use crate::tables::organizations::{self, OrganizationRow};
use crate::tables::users::{self, Filter};
use crate::tables::{accounts, organization_documents as documents};
use crate::{Store, StoreError};

on_both_engines! {
    new_migrations_are_applied_once_and_rows_stay,
    changed_migration_is_refused,
    newer_database_is_refused,
    failed_migration_leaves_no_trace,
    looking_says_how_the_schema_stands_and_changes_nothing,
    servers_that_start_at_once_take_turns,
    users_of_an_older_database_are_found_by_what_newer_lists_look_at,
    organizations_of_an_older_database_let_everybody_in_as_before,
}

const SECOND: Migration = Migration {
    version: 2,
    name: "more",
    sql: "ALTER TABLE things ADD COLUMN colour TEXT;\nCREATE INDEX things_by_colour ON things (colour);\n",
    fill: None,
};

const BOTH: &[Migration] = &[MIGRATIONS[0], SECOND];

const BROKEN: &[Migration] =
    &[MIGRATIONS[0], Migration { sql: "CREATE TABLE more (id TEXT);\nCREATE TABEL oops (id TEXT);\n", ..SECOND }];

const CHANGED: &[Migration] = &[Migration { sql: "CREATE TABLE things (id TEXT);\n", ..MIGRATIONS[0] }];

async fn new_migrations_are_applied_once_and_rows_stay(fixture: Arc<Fixture>) {
    let store = fixture.try_open(MIGRATIONS).unwrap();
    assert_eq!(store.schema_version(), 1);
    put(&store, "old").await.unwrap();
    store.close();
    for _ in 0..2 {
        let store = fixture.try_open(BOTH).unwrap();
        assert_eq!(store.schema_version(), 2);
        assert_eq!(held(&store).await, ["old"]);
        let colour: Result<_, StoreError> =
            store.read(|tx| tx.one("SELECT colour FROM things", &[], |row| row.opt_text(0))).await;
        assert_eq!(colour.unwrap(), None);
        let recorded: Result<_, StoreError> = store
            .read(|tx| {
                let sql =
                    "SELECT name, applied_at > 1700000000000 FROM schema_migrations WHERE version > 0 ORDER BY version";
                tx.all(sql, &[], |row| Ok((row.text(0)?, row.flag(1)?)))
            })
            .await;
        assert_eq!(recorded.unwrap(), [("things".to_owned(), true), ("more".to_owned(), true)]);
        store.close();
    }
}

async fn changed_migration_is_refused(fixture: Arc<Fixture>) {
    fixture.try_open(MIGRATIONS).unwrap().close();
    let sentence = fixture.try_open(CHANGED).unwrap_err().to_string();
    assert!(sentence.contains("a different migration 1 (things)"), "{sentence}");
}

async fn newer_database_is_refused(fixture: Arc<Fixture>) {
    fixture.try_open(BOTH).unwrap().close();
    let sentence = fixture.try_open(MIGRATIONS).unwrap_err().to_string();
    assert!(sentence.contains("schema version 2 (more), which this version of reeve does not know"), "{sentence}");
}

async fn failed_migration_leaves_no_trace(fixture: Arc<Fixture>) {
    let error = fixture.try_open(BROKEN).unwrap_err();
    assert!(error.to_string().contains("could not bring the database schema up to date"), "{error}");
    assert!(std::error::Error::source(&error).is_some());
    let store = fixture.try_open(MIGRATIONS).unwrap();
    assert_eq!(store.schema_version(), 1);
    let table: Result<_, StoreError> = store.read(|tx| tx.opt("SELECT id FROM more", &[], |row| row.text(0))).await;
    assert!(matches!(table, Err(StoreError::Failed(_))));
}

async fn servers_that_start_at_once_take_turns(fixture: Arc<Fixture>) {
    const SERVERS: usize = 4;
    let line = Barrier::new(SERVERS);
    let versions: Vec<i64> = thread::scope(|scope| {
        let open = || {
            line.wait();
            fixture.try_open(BOTH).unwrap().schema_version()
        };
        let servers: Vec<_> = (0..SERVERS).map(|_| scope.spawn(open)).collect();
        servers.into_iter().map(|server| server.join().unwrap()).collect()
    });
    assert_eq!(versions, [2; SERVERS]);
}

async fn looking_says_how_the_schema_stands_and_changes_nothing(fixture: Arc<Fixture>) {
    let look = |known| {
        let options = fixture.options();
        Store::inspect_with(&options, known).map_err(|error| error.to_string())
    };
    assert_eq!(look(MIGRATIONS), Ok(SchemaState::Empty));
    assert_eq!(look(MIGRATIONS), Ok(SchemaState::Empty));
    fixture.try_open(MIGRATIONS).unwrap().close();
    assert_eq!(look(MIGRATIONS), Ok(SchemaState::Current { is: 1 }));
    assert_eq!(look(BOTH), Ok(SchemaState::Older { is: 1, knows: 2 }));
    fixture.try_open(BOTH).unwrap().close();
    assert!(look(MIGRATIONS).is_err_and(|why| why.contains("does not know")));
}

/// The history as it was before lists of users could be narrowed by display names and ids at identity providers.
const BEFORE_PREFIXES: &[Migration] = ALL.split_at(2).0;

/// A user as version 2 wrote them.
const OLD_USER: &str = "INSERT INTO users (directory_id, user_id, name, name_key, display_name, first_name, last_name, \
    initials, telephone, street, job_title, city, company, zip_code, department, country, office, \
    identity_provider_user_id, hidden, role, state, failures, locked_until, created_at, updated_at, version) \
    VALUES ($1, $2, $2, $2, $3, '', '', '', '', '', '', '', '', '', '', '', '', $4, 0, 'user', 'disabled', 0, 0, 0, 0, 1)";

const OLD_TOKEN: &str = "INSERT INTO user_search (directory_id, token, user_id) VALUES ($1, $2, $3)";

async fn users_of_an_older_database_are_found_by_what_newer_lists_look_at(fixture: Arc<Fixture>) {
    let people = [
        ("d-1", "a", "\u{C9}mile Zola", "Okta|7", "emile zola"),
        ("d-1", "b", "Emil", "", "emil"),
        ("d-2", "a", "Emilia", "okta|7", "emilia"),
    ];
    let store = fixture.try_open(BEFORE_PREFIXES).unwrap();
    let written: Result<_, StoreError> = store
        .write(move |tx| {
            for (directory, user, display_name, provider, token) in people {
                tx.execute(OLD_USER, &[directory.into(), user.into(), display_name.into(), provider.into()])?;
                tx.execute(OLD_TOKEN, &[directory.into(), token.into(), user.into()])?;
            }
            Ok(())
        })
        .await;
    written.unwrap();
    store.close();
    let store = fixture.try_open(ALL).unwrap();
    let found = async |filter: Filter| -> Vec<String> {
        let listed: Result<_, StoreError> = store.read(move |tx| users::page(tx, &filter, "", 10)).await;
        listed.unwrap().into_iter().map(|listed| listed.user.user_id).collect()
    };
    let begins = |from: &str, to: &str| (from.to_owned(), to.to_owned());
    let named = Filter { display_name: begins("emil", "emim"), ..Filter::of("d-1") };
    assert_eq!(found(named).await, ["a", "b"]);
    let named = Filter { display_name: begins("emile", "emilf"), ..Filter::of("d-1") };
    assert_eq!(found(named).await, ["a"]);
    for (prefix, expected) in [("Okta|", vec!["a"]), ("okta|", vec![]), ("Okta|8", vec![])] {
        let provided = Filter { identity_provider_user_id: prefix.to_owned(), ..Filter::of("d-1") };
        assert_eq!(found(provided).await, expected, "{prefix}");
    }
    store.close();
}

/// An organization as version 2 wrote it.
fn old_organization(id: &str, state: &str) -> OrganizationRow {
    let text = || id.to_owned();
    OrganizationRow {
        organization_id: text(),
        account_id: "1".to_owned(),
        region: text(),
        alias: text(),
        alias_key: text(),
        directory_id: text(),
        state: state.to_owned(),
        state_reason: String::new(),
        state_at: 7,
        default_domain: text(),
        test_domain: text(),
        created_by: text(),
        created_at: 7,
        completed_at: None,
        deleted_at: None,
        version: 1,
    }
}

// Without a rule nobody would sign in any more. One that is still being made gets its rules by being made.
async fn organizations_of_an_older_database_let_everybody_in_as_before(fixture: Arc<Fixture>) {
    let states = [("active", "Active"), ("impaired", "Impaired"), ("new", "Creating"), ("gone", "Deleted")];
    let store = fixture.try_open(BEFORE_PREFIXES).unwrap();
    let written: Result<_, StoreError> = store
        .write(move |tx| {
            accounts::insert(tx, "1", "First", 7)?;
            states.iter().try_for_each(|(id, state)| organizations::insert(tx, &old_organization(id, state)))
        })
        .await;
    written.unwrap();
    store.close();
    let store = fixture.try_open(ALL).unwrap();
    for (id, rules) in [("active", 1), ("impaired", 1), ("new", 0), ("gone", 0)] {
        for (kind, made_at) in [("access_control_rule", 0), ("mobile_device_rule", 7)] {
            let found: Result<_, StoreError> = store.read(move |tx| documents::all(tx, (id, kind))).await;
            let found = found.unwrap();
            assert_eq!(found.len(), rules, "{id} {kind}");
            for rule in found {
                assert_eq!((rule.document_id.as_str(), rule.created_at), ("default", made_at));
                assert!(rule.body.contains(r#""effect":"allow""#), "{}", rule.body);
            }
        }
    }
    store.close();
}
