//! How long mail is kept: one policy for an organization, made, changed as a whole, removed.

use reeve_base::ids::RetentionPolicyId;
use reeve_domain::retention::{
    Folder, FolderRule, NewRetentionPolicy, RetentionAction, RetentionPolicy, Which, delete_retention_policy,
    put_retention_policy, show_retention_policy,
};

use crate::calls_rules::rule_name;
use crate::calls_settings::{after, retention_policy};
use crate::harness::{invalid, on_each_engine, refused};
use crate::org::{Org, at_once};

async fn shown(org: &Org<'_>) -> RetentionPolicy {
    show_retention_policy(&org.ctx, org.id()).await.unwrap()
}

fn named(id: &RetentionPolicyId) -> NewRetentionPolicy {
    retention_policy(Which::Named(id.clone()))
}

fn with(folders: Vec<FolderRule>) -> NewRetentionPolicy {
    NewRetentionPolicy { folders, ..retention_policy(Which::Only) }
}

#[tokio::test]
async fn an_organization_has_no_policy_until_one_is_made_and_then_one() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let error = refused(show_retention_policy(&acme.ctx, acme.id()).await, "not_found");
        assert_eq!(error.to_string(), "there is no retention policy \"acme\"");
        let made = acme.put_retention(retention_policy(Which::New)).await.unwrap();
        assert_eq!((made.name.as_str(), made.description.as_deref()), ("standard", Some("for everybody")));
        assert_eq!(made.folders, [after(Folder::DeletedItems, RetentionAction::PermanentlyDelete, 30)]);
        assert_eq!((made.version, made.created_at, made.updated_at), (1, world.now(), world.now()));
        assert_eq!(shown(&acme).await, made);
        refused(acme.put_retention(retention_policy(Which::New)).await, "limit_reached");
        let other = world.foreign_org("globex").await;
        refused(show_retention_policy(&other.ctx, other.id()).await, "not_found");
        other.put_retention(retention_policy(Which::New)).await.unwrap();
        refused(other.put_retention(named(&made.id)).await, "not_found");
        assert_eq!(shown(&acme).await, made);
    })
    .await;
}

#[tokio::test]
async fn a_policy_is_changed_as_a_whole_by_its_id_or_because_there_is_one() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        refused(acme.put_retention(named(&"nobody".parse().unwrap())).await, "not_found");
        let made = acme.put_retention(retention_policy(Which::Only)).await.unwrap();
        let events = world.events().await.len();
        for which in [Which::Only, Which::Named(made.id.clone())] {
            assert_eq!(acme.put_retention(retention_policy(which)).await.unwrap(), made, "it is so already");
        }
        assert_eq!(world.events().await.len(), events);
        world.clock.advance(std::time::Duration::from_secs(60));
        let new = NewRetentionPolicy {
            name: rule_name("strict"),
            description: None,
            folders: vec![
                after(Folder::JunkEmail, RetentionAction::Delete, 1),
                after(Folder::Inbox, RetentionAction::PermanentlyDelete, 730),
                FolderRule { folder: Folder::Drafts, action: RetentionAction::None, days: None },
                after(Folder::SentItems, RetentionAction::None, 7),
            ],
            ..named(&made.id)
        };
        let changed = acme.put_retention(new).await.unwrap();
        assert_eq!((&changed.id, changed.name.as_str(), changed.description.clone()), (&made.id, "strict", None));
        assert_eq!((changed.version, changed.created_at, changed.updated_at), (2, made.created_at, world.now()));
        let folders: Vec<Folder> = changed.folders.iter().map(|rule| rule.folder).collect();
        assert_eq!(folders, [Folder::Inbox, Folder::SentItems, Folder::Drafts, Folder::JunkEmail]);
        assert_eq!(changed.folders[1], after(Folder::SentItems, RetentionAction::None, 7));
        assert_eq!(shown(&acme).await, changed);
        let event = world.events().await.remove(0);
        let changes: Vec<_> =
            event.changes.iter().map(|c| (c.field.as_str(), c.before.as_deref(), c.after.as_deref())).collect();
        assert_eq!(
            changes,
            [
                ("name", Some("standard"), Some("strict")),
                ("inbox", None, Some("permanently_delete after 730 days")),
                ("sent_items", None, Some("none after 7 days")),
                ("drafts", None, Some("none")),
                ("junk_email", None, Some("delete after 1 days")),
                ("description", Some("for everybody"), None),
                ("deleted_items", Some("permanently_delete after 30 days"), None),
            ]
        );
        assert_eq!(acme.put_retention(with(Vec::new())).await.unwrap().folders, []);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_meant_is_refused() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let inbox = |action, days| vec![FolderRule { folder: Folder::Inbox, action, days }];
        for days in [0, 731, u32::MAX] {
            for action in RetentionAction::ALL {
                invalid(acme.put_retention(with(inbox(action, Some(days)))).await, "days");
            }
        }
        for action in [RetentionAction::Delete, RetentionAction::PermanentlyDelete] {
            invalid(acme.put_retention(with(inbox(action, None))).await, "days");
        }
        let twice = vec![after(Folder::Inbox, RetentionAction::Delete, 1); 2];
        invalid(acme.put_retention(with(twice)).await, "folders");
        refused(show_retention_policy(&acme.ctx, acme.id()).await, "not_found");
    })
    .await;
}

#[tokio::test]
async fn a_policy_is_removed_by_its_id_and_another_takes_its_place() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let made = acme.put_retention(retention_policy(Which::New)).await.unwrap();
        let remove = async |id: &str| delete_retention_policy(&acme.ctx, acme.id(), Some(id.parse().unwrap())).await;
        let events = world.events().await.len();
        remove("nobody").await.unwrap();
        assert_eq!((shown(&acme).await, world.events().await.len()), (made.clone(), events));
        remove(made.id.as_str()).await.unwrap();
        refused(show_retention_policy(&acme.ctx, acme.id()).await, "not_found");
        remove(made.id.as_str()).await.unwrap();
        assert_eq!(world.events().await.len(), events + 1);
        let next = acme.put_retention(retention_policy(Which::New)).await.unwrap();
        assert_ne!(next.id, made.id);
        delete_retention_policy(&acme.ctx, acme.id(), None).await.unwrap();
        refused(show_retention_policy(&acme.ctx, acme.id()).await, "not_found");
        delete_retention_policy(&acme.ctx, acme.id(), None).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn whoever_saw_another_version_changes_nothing() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let stale = acme.by(&world.expecting(7).await);
        refused(stale.put_retention(retention_policy(Which::Only)).await, "version_mismatch");
        let made = acme.put_retention(retention_policy(Which::New)).await.unwrap();
        refused(stale.put_retention(with(Vec::new())).await, "version_mismatch");
        refused(delete_retention_policy(&stale.ctx, acme.id(), Some(made.id.clone())).await, "version_mismatch");
        let fresh = acme.by(&world.expecting(1).await);
        assert_eq!(fresh.put_retention(with(Vec::new())).await.unwrap().version, 2);
        let fresh = acme.by(&world.expecting(2).await);
        delete_retention_policy(&fresh.ctx, acme.id(), Some(made.id)).await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_who_make_a_policy_at_once_one_does() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let calls = (0..20).map(|_| {
            let (ctx, id) = (acme.ctx.clone(), acme.id());
            async move { put_retention_policy(&ctx, id, retention_policy(Which::New)).await }
        });
        let results = at_once(calls).await;
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
        for refusal in results.into_iter().filter(Result::is_err) {
            refused(refusal, "limit_reached");
        }
    })
    .await;
}

#[tokio::test]
async fn settings_go_with_their_organization() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.put_retention(retention_policy(Which::New)).await.unwrap();
        acme.deleted().await;
        refused(show_retention_policy(&acme.ctx, acme.id()).await, "organization_state");
        let id = acme.made.id.to_string();
        let left = world
            .store()
            .read(move |tx| reeve_store::tables::organization_documents::count(tx, (&id, "retention_policy")));
        assert_eq!(left.await.unwrap(), 0);
    })
    .await;
}
