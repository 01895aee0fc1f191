//! A system that hosts the zone of `acme.example`, and keeps what it is told.

use std::collections::BTreeMap;
use std::sync::Mutex;

use reeve_base::dns::RecordKind;
use reeve_base::zone_hosts::{AskingZoneHost, HostedZone, RecordSet, RecordSetChange, ZoneHost, ZoneHosts};

#[derive(Debug, Default)]
pub(crate) struct FakeZones(Mutex<BTreeMap<(String, RecordKind), RecordSet>>);

impl ZoneHosts for FakeZones {
    fn zones<'a>(&'a self, _: &'a ZoneHost) -> AskingZoneHost<'a, Vec<HostedZone>> {
        let zone = HostedZone { id: "Z0123456789ABC".to_owned(), name: "acme.example".to_owned() };
        Box::pin(std::future::ready(Ok(vec![zone])))
    }

    fn read<'a>(
        &'a self,
        _: &'a ZoneHost,
        _: &'a HostedZone,
        wanted: &'a [(String, RecordKind)],
    ) -> AskingZoneHost<'a, Vec<RecordSet>> {
        let sets = self.0.lock().unwrap();
        let found = wanted.iter().filter_map(|place| sets.get(place).cloned()).collect();
        Box::pin(std::future::ready(Ok(found)))
    }

    fn change<'a>(
        &'a self,
        _: &'a ZoneHost,
        _: &'a HostedZone,
        changes: &'a [RecordSetChange],
    ) -> AskingZoneHost<'a, ()> {
        let mut sets = self.0.lock().unwrap();
        for RecordSetChange { before, after } in changes {
            let set = before.as_ref().or(after.as_ref()).unwrap();
            let place = (set.name.clone(), set.kind);
            match after {
                Some(after) => sets.insert(place, after.clone()),
                None => sets.remove(&place),
            };
        }
        Box::pin(std::future::ready(Ok(())))
    }
}
