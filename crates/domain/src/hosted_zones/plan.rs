//! What is to be done in a zone, from what stands there, what should stand there, and what Reeve wrote. Pure.

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reeve_base::dns::RecordKind;
use reeve_base::zone_hosts::{RecordSet, RecordSetChange};

use crate::mail_domains::{DnsRecord, Purpose};

/// What is done with a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// It is not there and is written.
    Add,
    /// One that Reeve wrote gives way to another.
    Change,
    /// One that Reeve wrote is no longer wanted.
    Remove,
    /// It is there.
    Keep,
    /// Something that Reeve did not write stands in the way, and is left alone.
    Conflict,
}

impl Act {
    /// Every act.
    pub const ALL: [Self; 5] = [Self::Add, Self::Change, Self::Remove, Self::Keep, Self::Conflict];

    /// The word for it on every wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Change => "change",
            Self::Remove => "remove",
            Self::Keep => "keep",
            Self::Conflict => "conflict",
        }
    }
}

/// One thing that is done, or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What is done.
    pub act: Act,
    /// Where.
    pub name: String,
    /// The type of the record.
    pub kind: RecordKind,
    /// What stands there, of what is touched or stands in the way.
    pub before: Option<String>,
    /// What should stand there.
    pub after: Option<String>,
    /// Why, as a sentence without its full stop.
    pub why: String,
}

/// A record by what tells it from others: name, type, value.
pub(super) type Written = (String, RecordKind, String);

/// What is to be done in a zone.
#[derive(Debug, Clone, Default)]
pub(super) struct Plan {
    /// In words.
    pub(super) steps: Vec<Step>,
    /// For the system that hosts the zone.
    pub(super) changes: Vec<RecordSetChange>,
    /// What it will have written.
    pub(super) claims: Vec<Written>,
    /// What it wrote and nobody finds there afterwards.
    pub(super) drops: Vec<Written>,
}

impl Plan {
    /// What should stand there and cannot.
    pub(super) fn conflicts(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(|step| step.act == Act::Conflict)
    }

    /// Names the plan and everything that it was made from: another zone, or another look of it, has another name.
    pub(super) fn id(&self, place: &str, sets: &[RecordSet]) -> String {
        let mut lines: Vec<String> = sets
            .iter()
            .map(|set| {
                let mut values = set.values.clone();
                values.sort_unstable();
                format!("{:?} {:?} {} {values:?}", set.name, set.kind, set.is_special)
            })
            .collect();
        lines.sort_unstable();
        lines.push(format!("{place:?} {:?} {:?} {:?}", self.steps, self.claims, self.drops));
        let hash = digest::digest(&digest::SHA256, lines.join("\n").as_bytes());
        URL_SAFE_NO_PAD.encode(hash.as_ref().get(..15).unwrap_or_default())
    }
}

/// What must be read before a plan can be made.
pub(super) fn to_read(wanted: &[DnsRecord], written: &[Written]) -> Vec<(String, RecordKind)> {
    let mut sought = Vec::new();
    let places = wanted.iter().map(|record| (&record.host, record.kind));
    for (name, kind) in places.chain(written.iter().map(|(name, kind, _)| (name, *kind))) {
        // A name with a CNAME has nothing else (RFC 1034 §3.6.2).
        let kinds = if kind == RecordKind::Cname { RecordKind::ALL.to_vec() } else { vec![kind, RecordKind::Cname] };
        sought.extend(kinds.into_iter().map(|kind| (name.clone(), kind)));
    }
    sought.sort_unstable();
    sought.dedup();
    sought
}

/// Plans what is to be done.
pub(super) fn plan(wanted: &[DnsRecord], written: &[Written], sets: &[RecordSet]) -> Plan {
    let mut places: Vec<_> = wanted.iter().map(|record| (record.host.clone(), record.kind)).collect();
    for (name, kind, _) in written {
        if !places.contains(&(name.clone(), *kind)) {
            places.push((name.clone(), *kind));
        }
    }
    let mut plan = Plan::default();
    let zone = Zone { wanted, written, sets };
    for (at, (name, kind)) in places.iter().enumerate() {
        if !places.iter().take(at).any(|earlier| earlier == &(name.clone(), *kind)) {
            zone.plan_place(&mut plan, name, *kind);
        }
    }
    // What makes room goes first.
    plan.changes.sort_by_key(|change| change.after.is_some());
    plan
}

struct Zone<'a> {
    wanted: &'a [DnsRecord],
    written: &'a [Written],
    sets: &'a [RecordSet],
}

impl Zone<'_> {
    fn set(&self, name: &str, kind: RecordKind) -> Option<&RecordSet> {
        self.sets.iter().find(|set| set.name == name && set.kind == kind)
    }

    fn is_written(&self, name: &str, kind: RecordKind, value: &str) -> bool {
        self.written.iter().any(|(n, k, v)| n == name && *k == kind && v == value)
    }

    fn is_wanted(&self, name: &str, kind: RecordKind, value: &str) -> bool {
        self.wanted.iter().any(|record| record.host == name && record.kind == kind && record.value == value)
    }

    /// Values at a place that stay whatever Reeve does: it did not write them, or they are wanted.
    fn staying(&self, name: &str, kind: RecordKind) -> impl Iterator<Item = &String> {
        let values = self.set(name, kind).into_iter().flat_map(|set| &set.values);
        values.filter(move |value| !self.is_written(name, kind, value) || self.is_wanted(name, kind, value))
    }

    fn plan_place(&self, plan: &mut Plan, name: &str, kind: RecordKind) {
        let set = self.set(name, kind);
        let there = |value: &str| set.is_some_and(|set| set.values.iter().any(|own| own == value));
        let wanted: Vec<_> = self.wanted.iter().filter(|r| r.host == name && r.kind == kind).collect();
        let mut added: Vec<&DnsRecord> = Vec::new();
        for record in &wanted {
            if there(&record.value) {
                let ours = self.is_written(name, kind, &record.value);
                let why =
                    if ours { "it stands as it should" } else { "it was there already, and stays when Reeve leaves" };
                plan.steps.push(step(Act::Keep, record, Some(&record.value), why));
            } else if let Some((before, why)) = self.in_the_way(record) {
                plan.steps.push(step(Act::Conflict, record, before.as_ref(), &why));
            } else {
                added.push(record);
            }
        }
        let mut removed: Vec<&String> = Vec::new();
        for (_, _, value) in
            self.written.iter().filter(|(n, k, v)| n == name && *k == kind && !self.is_wanted(n, *k, v))
        {
            plan.drops.push((name.to_owned(), kind, value.clone()));
            if there(value) {
                removed.push(value);
            }
        }
        if set.is_some_and(|set| set.is_special) && !removed.is_empty() {
            // What was ours is part of something else by now, which is not ours.
            removed.clear();
        }
        self.tell(plan, &added, &removed, (name, kind));
        self.change(plan, &added, &removed, (name, kind));
    }

    /// Puts what comes and what goes into words.
    fn tell(&self, plan: &mut Plan, added: &[&DnsRecord], removed: &[&String], (name, kind): (&str, RecordKind)) {
        if let ([record], [value]) = (added, removed) {
            plan.steps.push(step(Act::Change, record, Some(value), "Reeve wrote the former one"));
        } else {
            for record in added {
                let ours = self.is_written(name, kind, &record.value);
                let why = if ours { "Reeve wrote it, and it is gone" } else { "it is not there" };
                plan.steps.push(step(Act::Add, record, None, why));
            }
            for value in removed {
                plan.steps.push(Step {
                    act: Act::Remove,
                    name: name.to_owned(),
                    kind,
                    before: Some((*value).clone()),
                    after: None,
                    why: "Reeve wrote it, and it is no longer wanted".to_owned(),
                });
            }
        }
    }

    fn change(&self, plan: &mut Plan, added: &[&DnsRecord], removed: &[&String], (name, kind): (&str, RecordKind)) {
        if added.is_empty() && removed.is_empty() {
            return;
        }
        let set = self.set(name, kind);
        let stays = set.into_iter().flat_map(|set| &set.values).filter(|value| !removed.contains(value));
        let mut values: Vec<String> = stays.cloned().collect();
        // Others' records keep the time for which they may be kept.
        let ttl = match (set, added.first()) {
            (Some(set), _) if !values.is_empty() => set.ttl,
            (_, Some(record)) => record.ttl,
            (set, None) => set.map_or(0, |set| set.ttl),
        };
        for record in added {
            plan.claims.push((name.to_owned(), kind, record.value.clone()));
            values.push(record.value.clone());
        }
        let after = RecordSet { name: name.to_owned(), kind, ttl, values, is_special: false };
        let after = Some(after).filter(|after| !after.values.is_empty());
        plan.changes.push(RecordSetChange { before: set.cloned(), after });
    }

    /// What others put where a record should stand, if the two cannot stand together.
    fn in_the_way(&self, record: &DnsRecord) -> Option<(Option<String>, String)> {
        let (name, kind) = (record.host.as_str(), record.kind);
        if self.set(name, kind).is_some_and(|set| set.is_special) {
            let why = "a set of records of the provider's own kind (an alias, a choice among several, one that is \
                       switched off) is there; put the record there by hand";
            return Some((None, why.to_owned()));
        }
        if kind == RecordKind::Cname {
            let other = RecordKind::ALL.into_iter().filter(|other| *other != kind);
            let other = other.flat_map(|other| self.staying(name, other).map(move |value| (other, value))).next();
            if let Some((other, value)) = other {
                let why =
                    format!("a record of type {} is at this name, and a CNAME stands alone; remove it", other.word());
                return Some((Some(value.clone()), why));
            }
        } else if let Some(value) = self.staying(name, RecordKind::Cname).next() {
            let why = format!("a CNAME is at this name, and stands alone (it leads to {value}); remove it");
            return Some((Some(value.clone()), why));
        }
        let rival = self.staying(name, kind).find(|value| rivals(record, value))?;
        let why = match record.purpose {
            Purpose::Mx => "mail goes to another server by now; remove that record once this organization takes over",
            Purpose::Spf => "there is an SPF record, and two are an error; put what it lacks into that one",
            _ => "another record says something else for the same purpose, and only one can; remove it",
        };
        Some((Some(rival.clone()), why.to_owned()))
    }
}

/// Whether two records at the same place and of the same type contradict each other.
fn rivals(record: &DnsRecord, value: &str) -> bool {
    match record.kind {
        // `v=spf1`, `v=DMARC1`, `v=DKIM1`, `v=STSv1`, `v=TLSRPTv1`: only one of each is heeded.
        RecordKind::Txt => tag(&record.value).is_some_and(|own| tag(value).is_some_and(|other| other == own)),
        _ => true,
    }
}

/// The version by which a text says what it is for.
fn tag(value: &str) -> Option<String> {
    let tag = value.trim_start().split([';', ' ']).next()?;
    tag.to_ascii_lowercase().starts_with("v=").then(|| tag.to_ascii_lowercase())
}

fn step(act: Act, record: &DnsRecord, before: Option<&String>, why: &str) -> Step {
    Step {
        act,
        name: record.host.clone(),
        kind: record.kind,
        before: before.cloned(),
        after: Some(record.value.clone()),
        why: why.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail_domains::Necessity;

    const MX: (&str, RecordKind, &str, Purpose) = ("acme.example", RecordKind::Mx, "10 mx.example.com", Purpose::Mx);
    const SPF: (&str, RecordKind, &str, Purpose) =
        ("acme.example", RecordKind::Txt, "v=spf1 a:mx.example.com ~all", Purpose::Spf);
    const AUTO: (&str, RecordKind, &str, Purpose) =
        ("autodiscover.acme.example", RecordKind::Cname, "mx.example.com", Purpose::Autodiscover);

    fn wanted(records: &[(&str, RecordKind, &str, Purpose)]) -> Vec<DnsRecord> {
        let record = |(host, kind, value, purpose): &(&str, RecordKind, &str, Purpose)| DnsRecord {
            kind: *kind,
            host: (*host).to_owned(),
            value: (*value).to_owned(),
            purpose: *purpose,
            necessity: Necessity::Required,
            ttl: 300,
        };
        records.iter().map(record).collect()
    }

    fn set(name: &str, kind: RecordKind, values: &[&str]) -> RecordSet {
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        RecordSet { name: name.to_owned(), kind, ttl: 60, values, is_special: false }
    }

    fn ours(records: &[(&str, RecordKind, &str)]) -> Vec<Written> {
        records.iter().map(|(name, kind, value)| ((*name).to_owned(), *kind, (*value).to_owned())).collect()
    }

    /// Plans, and tells the acts in order and how each set that changes is to be.
    fn check(plan: &Plan, acts: &[Act], after: &[Option<&[&str]>]) {
        assert_eq!(plan.steps.iter().map(|step| step.act).collect::<Vec<_>>(), acts, "{plan:#?}");
        let sets: Vec<Option<Vec<&str>>> = plan
            .changes
            .iter()
            .map(|change| change.after.as_ref().map(|set| set.values.iter().map(String::as_str).collect()))
            .collect();
        assert_eq!(sets, after.iter().map(|set| set.map(<[&str]>::to_vec)).collect::<Vec<_>>(), "{plan:#?}");
    }

    #[test]
    fn what_is_not_there_is_added_and_what_is_there_kept() {
        let all = wanted(&[MX, SPF, AUTO]);
        check(&plan(&all, &[], &[]), &[Act::Add; 3], &[Some(&[MX.2]), Some(&[SPF.2]), Some(&[AUTO.2])]);
        let there = [set(MX.0, MX.1, &[MX.2]), set(SPF.0, SPF.1, &["x", SPF.2]), set(AUTO.0, AUTO.1, &[AUTO.2])];
        let found = plan(&all, &[], &there);
        check(&found, &[Act::Keep; 3], &[]);
        // What others wrote is never claimed, even where it says the same.
        assert!(found.claims.is_empty());
    }

    #[test]
    fn what_others_wrote_at_the_same_name_stays_with_its_time() {
        let there = [set(SPF.0, SPF.1, &["foreign"])];
        let added = plan(&wanted(&[SPF]), &[], &there);
        check(&added, &[Act::Add], &[Some(&["foreign", SPF.2])]);
        assert_eq!(added.changes[0].after.as_ref().unwrap().ttl, 60);
        let there = [set(SPF.0, SPF.1, &["foreign", SPF.2])];
        let left = plan(&[], &ours(&[(SPF.0, SPF.1, SPF.2)]), &there);
        check(&left, &[Act::Remove], &[Some(&["foreign"])]);
        assert_eq!(left.drops.len(), 1);
    }

    #[test]
    fn what_reeve_wrote_gives_way_to_what_is_wanted_now() {
        let written = ours(&[(MX.0, MX.1, "10 old.example.com"), (AUTO.0, AUTO.1, AUTO.2)]);
        let there = [set(MX.0, MX.1, &["10 old.example.com"]), set(AUTO.0, AUTO.1, &[AUTO.2])];
        let moved = plan(&wanted(&[MX, AUTO]), &written, &there);
        check(&moved, &[Act::Change, Act::Keep], &[Some(&[MX.2])]);
        assert_eq!(moved.changes[0].after.as_ref().unwrap().ttl, 300);
        check(&plan(&[], &written, &there), &[Act::Remove; 2], &[None, None]);
        // Gone already: nothing to do but to forget it.
        let gone = plan(&[], &written, &[]);
        check(&gone, &[], &[]);
        assert_eq!(gone.drops.len(), 2);
    }

    #[test]
    fn what_drifted_is_put_back() {
        let written = ours(&[(MX.0, MX.1, MX.2)]);
        check(&plan(&wanted(&[MX]), &written, &[]), &[Act::Add], &[Some(&[MX.2])]);
    }

    #[test]
    fn what_stands_in_the_way_is_told_and_left_alone() {
        for (record, there) in [
            (MX, set(MX.0, RecordKind::Mx, &["5 mail.other.example"])),
            (SPF, set(SPF.0, RecordKind::Txt, &["V=SPF1 -all"])),
            (AUTO, set(AUTO.0, RecordKind::Cname, &["other.example"])),
            (AUTO, set(AUTO.0, RecordKind::A, &["192.0.2.1"])),
            (AUTO, set(AUTO.0, RecordKind::Txt, &["note"])),
            (MX, set(MX.0, RecordKind::Cname, &["other.example"])),
            (SPF, RecordSet { is_special: true, ..set(SPF.0, RecordKind::Txt, &[]) }),
        ] {
            let planned = plan(&wanted(&[record]), &[], std::slice::from_ref(&there));
            check(&planned, &[Act::Conflict], &[]);
            assert!(planned.claims.is_empty());
            assert_eq!(planned.steps[0].before.as_deref(), there.values.first().map(String::as_str));
        }
        let dmarc = ("_dmarc.acme.example", RecordKind::Txt, "v=DMARC1;p=quarantine", Purpose::Dmarc);
        let there = [set(dmarc.0, dmarc.1, &["v=DMARC1; p=none"])];
        check(&plan(&wanted(&[dmarc]), &[], &there), &[Act::Conflict], &[]);
        let proof = ("_reeve.acme.example", RecordKind::Txt, "token", Purpose::Ownership);
        let there = [set(proof.0, proof.1, &["another token"])];
        check(&plan(&wanted(&[proof]), &[], &there), &[Act::Add], &[Some(&["another token", "token"])]);
    }

    #[test]
    fn what_reeve_wrote_itself_stands_in_nobodys_way() {
        let written = ours(&[(AUTO.0, RecordKind::A, "192.0.2.1")]);
        let there = [set(AUTO.0, RecordKind::A, &["192.0.2.1"])];
        let planned = plan(&wanted(&[AUTO]), &written, &there);
        check(&planned, &[Act::Add, Act::Remove], &[None, Some(&[AUTO.2])]);
    }

    #[test]
    fn what_is_read_is_all_that_can_stand_in_the_way() {
        assert_eq!(to_read(&wanted(&[AUTO]), &[]).len(), RecordKind::ALL.len());
        let names = to_read(&wanted(&[MX]), &ours(&[("x.acme.example", RecordKind::Txt, "v")]));
        assert_eq!(names.len(), 4);
        assert!(names.contains(&("x.acme.example".to_owned(), RecordKind::Cname)));
    }

    #[test]
    fn a_plan_is_named_by_all_that_it_was_made_from() {
        let all = wanted(&[MX]);
        let id = |sets: &[RecordSet]| plan(&all, &[], sets).id("z", sets);
        let there = [set(SPF.0, SPF.1, &["a", "b"])];
        assert_eq!(id(&there), id(&[set(SPF.0, SPF.1, &["b", "a"])]));
        assert_ne!(id(&there), id(&[set(SPF.0, SPF.1, &["a", "c"])]));
        assert_ne!(id(&there), id(&[]));
        assert_ne!(id(&[]), plan(&all, &[], &[]).id("y", &[]));
    }
}
