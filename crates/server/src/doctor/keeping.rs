//! What a deployment keeps and what keeps it: blobs, backups, the clock of its database, and what its organizations
//! rely on.

use std::time::Duration;

use reeve_base::Timestamp;
use reeve_base::clock::{Clock, SystemClock};
use reeve_domain::Error;
use reeve_domain::health::{self, Condition};
use reeve_store::{Blobs, Store, StoreOptions};

use super::{FREE_BYTES_MIN, Report, Verdict};
use crate::backup;
use crate::config::Config;
use crate::outcome::Failure;

/// How old the last backup may be: a week's work is more than anybody likes to do again.
const BACKUP_AGE_MAX: Duration = Duration::from_secs(7 * 24 * 3600);

/// How far two clocks may differ before something that ends by the clock ends at the wrong time.
const CLOCKS_DIFFER_MAX: Duration = Duration::from_secs(60);

/// Puts, reads and deletes a small object where blobs are; a folder that is not there yet is not made.
pub(super) fn blobs(config: &Config, report: &mut Report) {
    let subject = "blobs";
    let place = &config.blobs;
    if place.path().is_some_and(|folder| !folder.exists()) {
        return report.ok(subject, format!("{place} is not there yet; the first `reeve serve` makes it"));
    }
    let opened = Blobs::open(place).map_err(Failure::refused);
    let probed = opened.and_then(|blobs| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|why| Failure::refused(format!("could not start: {why}")))?;
        let probed = runtime.block_on(blobs.probe());
        probed.map(|()| blobs).map_err(|why| {
            Failure::refused(format!("{place} cannot keep blobs: {}; see that blob_url is right", why.reason()))
        })
    });
    match probed.map(|blobs| blobs.free_bytes()) {
        Err(why) => report.add(Verdict::Wrong, subject, why.to_string()),
        Ok(Some(free)) if free < FREE_BYTES_MIN => {
            let says = format!("{place} has {} MiB free; make room before it fills up", free >> 20);
            report.add(Verdict::Warning, subject, says);
        }
        Ok(_) => report.ok(subject, format!("{place} takes and gives what is put there")),
    }
}

/// Says when the last backup of this data folder was made, as far as it knows.
pub(super) fn last_backup(config: &Config, report: &mut Report) {
    let subject = "backup";
    let Some(last) = backup::last_backup(config) else {
        let says = "none was made of this data folder; make one with `reeve backup DIR`, on another disk".to_owned();
        return report.add(Verdict::Warning, subject, says);
    };
    let age = SystemClock.now().since(last.at);
    let says = format!("the last one is of {}, in {}", last.at, last.folder);
    if age > BACKUP_AGE_MAX {
        let days = age.as_secs() / 86_400;
        report.add(Verdict::Warning, subject, format!("{says}: {days} days ago; make another with `reeve backup`"));
    } else {
        report.ok(subject, says);
    }
}

/// Opens the database once more and asks what only it knows.
pub(super) fn of_database(options: StoreOptions, report: &mut Report) {
    let looked = Store::open(options).map_err(Failure::refused).and_then(|store| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .map_err(|why| Failure::refused(format!("could not start: {why}")))?;
        let looked = runtime.block_on(look(&store));
        store.close();
        looked.map_err(Failure::refused)
    });
    let (clock, amiss) = match looked {
        Ok(looked) => looked,
        Err(why) => return report.add(Verdict::Wrong, "database", why.to_string()),
    };
    if let Some(theirs) = clock {
        let ours = SystemClock.now();
        let apart = ours.since(theirs).max(theirs.since(ours));
        if apart > CLOCKS_DIFFER_MAX {
            let says = format!(
                "the clock of the database differs by {} s from that of this machine; set the one that is wrong",
                apart.as_secs()
            );
            report.add(Verdict::Wrong, "clock", says);
        } else {
            report.ok("clock", "the database and this machine agree on the time");
        }
    }
    if amiss.is_empty() {
        report.ok("organizations", "nothing that they rely on is known to be amiss");
    }
    for (alias, condition) in amiss {
        let Condition { kind, subject, reason, remedy, since } = condition;
        let what = format!("{} {subject}", kind.word());
        let says = format!("{alias}: {} since {since}: {reason}; {remedy}", what.trim_end());
        report.add(Verdict::Warning, "organizations", says);
    }
}

async fn look(store: &Store) -> Result<(Option<Timestamp>, Vec<(String, Condition)>), Error> {
    let clock = store.clock().await?.map(Timestamp::from_millis);
    Ok((clock, health::conditions_of_deployment(store).await?))
}
