//! The domain name system of one world, which tests fill, break and let lie.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use reeve_base::Resolver;
use reeve_base::dns::{LookingUp, Lookup, LookupFailure, RecordKind};
use reeve_domain::mail_domains::Domain;

#[derive(Debug)]
struct State {
    records: HashMap<(String, RecordKind), Vec<String>>,
    failure: Option<LookupFailure>,
    /// Every so many answers about a name, the name is not there.
    flapping: Option<(String, usize)>,
    asked: usize,
}

/// A resolver that knows what tests tell it; clones share it. Nobody is there until the first record is put.
#[derive(Debug, Clone)]
pub(crate) struct FakeDns(Arc<Mutex<State>>);

impl Default for FakeDns {
    fn default() -> Self {
        let failure = Some(LookupFailure::Unreachable);
        Self(Arc::new(Mutex::new(State { records: HashMap::new(), failure, flapping: None, asked: 0 })))
    }
}

impl FakeDns {
    /// Puts all records of one type at a name.
    pub(crate) fn put(&self, name: &str, kind: RecordKind, values: &[&str]) {
        let mut state = self.0.lock().unwrap();
        state.failure = None;
        state.records.insert((name.to_owned(), kind), values.iter().map(|value| (*value).to_owned()).collect());
    }

    /// Puts what a domain says that its owner should.
    pub(crate) fn publish(&self, domain: &Domain) {
        let mut sets: HashMap<(String, RecordKind), Vec<String>> = HashMap::new();
        for watched in &domain.records {
            let record = &watched.record;
            sets.entry((record.host.clone(), record.kind)).or_default().push(record.value.clone());
        }
        let mut state = self.0.lock().unwrap();
        state.failure = None;
        state.records.extend(sets);
    }

    /// Takes all records of one type from a name.
    pub(crate) fn take(&self, name: &str, kind: RecordKind) {
        let mut state = self.0.lock().unwrap();
        state.failure = None;
        state.records.remove(&(name.to_owned(), kind));
    }

    /// Lets every question fail from now on, or none.
    pub(crate) fn fail(&self, failure: Option<LookupFailure>) {
        self.0.lock().unwrap().failure = failure;
    }

    /// Lets a name be gone in every so many answers about it, as when one of its servers is out of step.
    pub(crate) fn flap(&self, name: &str, every: usize) {
        self.0.lock().unwrap().flapping = Some((name.to_owned(), every));
    }

    /// How many questions there were so far.
    pub(crate) fn asked(&self) -> usize {
        self.0.lock().unwrap().asked
    }
}

impl Resolver for FakeDns {
    fn look_up<'a>(&'a self, name: &'a str, kind: RecordKind) -> LookingUp<'a> {
        let mut state = self.0.lock().unwrap();
        state.asked += 1;
        let flapped = match &mut state.flapping {
            Some((flapping, every)) if flapping == name => {
                let every = *every;
                state.asked.is_multiple_of(every)
            }
            _ => false,
        };
        let there = state.records.keys().any(|(at, _)| at == name);
        let answer = match (state.failure, state.records.get(&(name.to_owned(), kind))) {
            (Some(why), _) => Err(why),
            (None, _) if flapped => Ok(Lookup::NoSuchName),
            (None, Some(values)) => Ok(Lookup::Records(values.clone())),
            (None, None) if there => Ok(Lookup::NoRecords),
            (None, None) => Ok(Lookup::NoSuchName),
        };
        Box::pin(std::future::ready(answer))
    }
}
