//! Lists show what may be seen, found by query: directories, domains, jobs and events.

use reeve_domain::audit::{self, EventFilter};
use reeve_domain::policies::{self, NewPolicy, Rights};
use reeve_domain::{directories, jobs, mail_domains};

use crate::calls_administration::CEDAR;
use crate::harness::{domain, first, on_each_engine, org_ref, refused, text};
use crate::people::{GENERAL, policy, title, who};

pub(crate) async fn give(world: &crate::harness::World, cedar: &str) {
    let new = NewPolicy { name: title("P"), description: text(""), rights: Rights::Cedar(cedar.to_owned()) };
    policies::create_policy(&world.admin, new).await.unwrap();
    policies::attach_policy(&world.admin, policy("P"), who(GENERAL), Vec::new()).await.unwrap();
}

// A9
#[tokio::test]
async fn everything_under_one_organization_is_seen_and_nothing_else() {
    on_each_engine(async |world| {
        let (acme, globex) = (world.active_org("acme").await, world.active_org("globex").await);
        let id = &acme.made.id;
        give(
            world,
            &format!("permit (principal, action in [Action::\"*:read\"], resource in Organization::\"{id}\");"),
        )
        .await;
        let general = &world.general;
        let seen = directories::list_directories(general, first(10)).await.unwrap();
        assert_eq!((seen.total, seen.items[0].id.clone()), (Some(1), acme.made.directory_id.clone()));
        let theirs = jobs::list_jobs(general, None, first(10)).await.unwrap();
        assert!(theirs.items.iter().all(|job| job.organization_id.as_ref() == Some(id)) && !theirs.items.is_empty());
        assert_eq!(theirs.total, Some(theirs.items.len() as u64));
        let events = audit::list_events(general, EventFilter::default(), first(100)).await.unwrap();
        assert!(
            events.items.iter().all(|event| event.organization_id.as_ref() == Some(id)) && !events.items.is_empty()
        );
        refused(mail_domains::list_domains(general, globex.id(), first(10)).await, "not_found");
        refused(jobs::list_jobs(general, Some(globex.id()), first(10)).await, "not_found");
        let of_globex = EventFilter { organization: Some(org_ref("globex")), ..EventFilter::default() };
        refused(audit::list_events(general, of_globex, first(10)).await, "not_found");
        let job = jobs::list_jobs(&world.admin, Some(globex.id()), first(1)).await.unwrap().items.remove(0);
        refused(jobs::show_job(general, job.id).await, "not_found");
    })
    .await;
}

// A9
#[tokio::test]
async fn one_domain_of_several_is_seen() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.verified_domain("one.example").await;
        acme.verified_domain("two.example").await;
        give(world, "permit (principal, action == Action::\"show_domain\", resource == Domain::\"one.example\");")
            .await;
        let seen = mail_domains::list_domains(&world.general, acme.id(), first(10)).await.unwrap();
        assert_eq!((seen.total, seen.items.len(), seen.items[0].name.as_str()), (Some(1), 1, "one.example"));
        refused(mail_domains::show_domain(&world.general, acme.id(), domain("two.example")).await, "not_found");
    })
    .await;
}

#[tokio::test]
async fn events_are_exported_from_the_oldest_and_without_gaps() {
    on_each_engine(async |world| {
        world.active_org("acme").await;
        let (pieces, mut heard) = tokio::sync::mpsc::channel(4);
        let exporting = audit::export_events(&world.admin, EventFilter::default(), pieces);
        let listening = async {
            let mut all = Vec::new();
            while let Some(piece) = heard.recv().await {
                all.extend(piece);
            }
            all
        };
        let (done, exported) = tokio::join!(exporting, listening);
        done.unwrap();
        let mut listed = audit::list_events(&world.admin, EventFilter::default(), first(1000)).await.unwrap().items;
        listed.reverse();
        assert_eq!(exported, listed);
        let own = NewPolicy { name: title("P"), description: text(""), rights: Rights::Cedar(CEDAR.to_owned()) };
        policies::create_policy(&world.admin, own).await.unwrap();
        let by_root = EventFilter { actor: Some("ROOT@first.example".to_owned()), ..EventFilter::default() };
        let theirs = audit::list_events(&world.admin, by_root, first(100)).await.unwrap().items;
        assert!(!theirs.is_empty() && theirs.iter().all(|event| event.actor.name == "root@first.example"));
    })
    .await;
}
