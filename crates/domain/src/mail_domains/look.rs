//! Asking the DNS for everything that a domain's records are judged by. Never in a transaction.

use std::collections::HashMap;

use futures_util::future::join_all;
use reeve_base::dns::{Lookup, LookupFailure, RecordKind};

use super::records::{DnsRecord, Purpose};
use crate::ctx::Ctx;

/// A name and a type that are asked for.
pub(super) type Question = (String, RecordKind);

/// What the DNS said to each question.
#[derive(Debug, Default)]
pub(super) struct Answers(HashMap<Question, Result<Lookup, LookupFailure>>);

impl Answers {
    /// The values at a name: none where there is no such name; `None` when it was not asked for.
    pub(super) fn values(&self, host: &str, kind: RecordKind) -> Option<Result<&[String], LookupFailure>> {
        let answer = self.0.get(&(host.to_owned(), kind))?;
        Some(match answer {
            Ok(Lookup::Records(values)) => Ok(values.as_slice()),
            Ok(Lookup::NoSuchName | Lookup::NoRecords) => Ok(&[]),
            Err(why) => Err(*why),
        })
    }

    #[cfg(test)]
    pub(super) fn of(answers: impl IntoIterator<Item = (Question, Result<Lookup, LookupFailure>)>) -> Self {
        Self(answers.into_iter().collect())
    }
}

/// What must be asked to judge these records of a domain.
pub(super) fn questions(domain: &str, records: &[DnsRecord]) -> Vec<Question> {
    let mut all = Vec::new();
    for record in records {
        all.push((record.host.clone(), record.kind));
        if record.purpose == Purpose::Ownership {
            all.push((domain.to_owned(), RecordKind::Txt));
        }
        if record.kind == RecordKind::Cname {
            // Hosts of zones that turn such a record into addresses are told by the addresses.
            for kind in [RecordKind::A, RecordKind::Aaaa] {
                all.push((record.host.clone(), kind));
                all.push((record.value.clone(), kind));
            }
        }
    }
    all.sort();
    all.dedup();
    all
}

/// Asks all questions at once.
pub(super) async fn ask(ctx: &Ctx, questions: Vec<Question>) -> Answers {
    let resolver = &ctx.deployment().outside.resolver;
    let asked = questions.into_iter().map(async |(host, kind)| {
        let answer = resolver.look_up(&host, kind).await;
        ((host, kind), answer)
    });
    Answers(join_all(asked).await.into_iter().collect())
}
