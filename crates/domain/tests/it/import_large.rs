//! A file of ten thousand people: in, out again, and in once more without a change.

use std::fmt::Write as _;

use reeve_domain::roster::Format;
use reeve_domain::users::ImportPlan;

use crate::harness::on_each_engine;

const PEOPLE: u64 = 10_000;

const HEADER: &str = "First Name [Required],Last Name [Required],Email Address [Required],Password [Required],\
                      Password Hash Function [UPLOAD ONLY],Org Unit Path [Required],Work Phone,Department,Status [READ ONLY]\n";

fn people() -> String {
    let mut file = HEADER.to_owned();
    for n in 0..PEOPLE {
        writeln!(file, "Given{n},Family{n},person.{n:05}@acme.mail.test,****,,/Staff,'+44 20 {n},Maths,Active")
            .unwrap();
    }
    file
}

// C2
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_people_in_googles_format_go_in_and_come_out_again() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let first = acme.import(&people()).await;
        let created = ImportPlan { create: PEOPLE, ..ImportPlan::default() };
        assert_eq!((first.plan, first.done, first.rows.len() as u64), (created, Some(created), PEOPLE));
        let written = acme.export(Format::Google).await;
        assert_eq!(written.lines().count() as u64, PEOPLE + 1);
        let events = reeve_domain::audit::EventFilter { organization: Some(acme.id()), ..Default::default() };
        let newest = async || {
            let page = crate::harness::first(1);
            reeve_domain::audit::list_events(&world.admin, events.clone(), page).await.unwrap().items.remove(0).id
        };
        let before = newest().await;
        let again = acme.import(&written).await;
        let unchanged = ImportPlan { unchanged: PEOPLE, ..ImportPlan::default() };
        assert_eq!((again.plan, again.done), (unchanged, Some(unchanged)));
        assert_eq!(newest().await, before, "a second run writes no event");
        let last = acme.find("person.09999").await.unwrap();
        assert_eq!((last.profile.telephone.as_str(), last.version), ("+44 20 9999", 1));
    })
    .await;
}
