//! Other systems, as far as operations ask them: a port that notes every question and gives the answers that a test set.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use reeve_base::key_services::{AskingKeyService, CustomerKey, KeyContext, KeyFailure, KeyServices, WRAPPED_KEY_BYTES};
use reeve_base::outbound::{Answer, Asking, Outbound, Question, Unanswered};
use reeve_base::secret::ExposeSecret;
use zeroize::Zeroizing;

/// The outside of one world; clones share it. Who asks without an answer being set is told that nobody is there.
#[derive(Debug, Clone, Default)]
pub(crate) struct FakeOutbound {
    asked: Arc<Mutex<Vec<Question>>>,
    answers: Arc<Mutex<VecDeque<Result<Answer, Unanswered>>>>,
}

impl FakeOutbound {
    /// Sets the answer to the next question.
    pub(crate) fn answers(&self, status: u16, body: &str) {
        let answer = Answer { status, body: body.as_bytes().to_vec() };
        self.answers.lock().unwrap().push_back(Ok(answer));
    }

    /// Lets the next question go unanswered.
    pub(crate) fn is_silent(&self, why: Unanswered) {
        self.answers.lock().unwrap().push_back(Err(why));
    }

    /// The questions since the last look.
    pub(crate) fn asked(&self) -> Vec<Question> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }
}

impl Outbound for FakeOutbound {
    fn ask(&self, question: Question) -> Asking<'_> {
        self.asked.lock().unwrap().push(question);
        let answer = self.answers.lock().unwrap().pop_front().unwrap_or(Err(Unanswered::Unreachable));
        Box::pin(std::future::ready(answer))
    }
}

/// How the systems that keep keys are.
#[derive(Debug, Default)]
struct Keepers {
    failure: Option<KeyFailure>,
    /// What was wrapped: under which key, for what, and what it was.
    wrapped: Vec<(String, KeyContext, [u8; WRAPPED_KEY_BYTES])>,
    asked: usize,
}

/// Every system that keeps keys, in one that tests switch off and on; clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct FakeKeepers(Arc<Mutex<Keepers>>);

impl FakeKeepers {
    /// Lets every question fail from now on.
    pub(crate) fn fail(&self, failure: KeyFailure) {
        self.0.lock().unwrap().failure = Some(failure);
    }

    /// Answers again.
    pub(crate) fn recover(&self) {
        self.0.lock().unwrap().failure = None;
    }

    /// How often they were asked since the last look.
    pub(crate) fn asked(&self) -> usize {
        std::mem::take(&mut self.0.lock().unwrap().asked)
    }

    /// For what keys were wrapped so far.
    pub(crate) fn contexts(&self) -> Vec<KeyContext> {
        self.0.lock().unwrap().wrapped.iter().map(|(_, context, _)| context.clone()).collect()
    }

    fn ask<T>(&self, answer: impl FnOnce(&mut Keepers) -> Result<T, KeyFailure>) -> Result<T, KeyFailure> {
        let mut keepers = self.0.lock().unwrap();
        keepers.asked += 1;
        match keepers.failure {
            Some(failure) => Err(failure),
            None => answer(&mut keepers),
        }
    }
}

/// Which key is meant; the secret is part of it, so that a key with other credentials is another.
fn named(key: &CustomerKey) -> String {
    match key {
        CustomerKey::AwsKms { arn, access_key_id, secret_access_key, .. } => {
            format!("{arn} {access_key_id} {}", secret_access_key.expose_secret())
        }
        CustomerKey::Pkcs11 { token, label, pin, .. } => format!("{token} {label} {}", pin.expose_secret()),
        CustomerKey::VaultTransit { mount, name, token, .. } => format!("{mount} {name} {}", token.expose_secret()),
    }
}

impl KeyServices for FakeKeepers {
    fn wrap<'a>(
        &'a self,
        key: &'a CustomerKey,
        context: &'a KeyContext,
        plain: &'a [u8; WRAPPED_KEY_BYTES],
    ) -> AskingKeyService<'a, Vec<u8>> {
        let answer = self.ask(|keepers| {
            let wrapped = format!("wrapped key number {:09}", keepers.wrapped.len());
            keepers.wrapped.push((named(key), context.clone(), *plain));
            Ok(wrapped.into_bytes())
        });
        Box::pin(std::future::ready(answer))
    }

    fn unwrap<'a>(
        &'a self,
        key: &'a CustomerKey,
        context: &'a KeyContext,
        wrapped: &'a [u8],
    ) -> AskingKeyService<'a, Zeroizing<[u8; WRAPPED_KEY_BYTES]>> {
        let answer = self.ask(|keepers| {
            let number = std::str::from_utf8(wrapped).ok().and_then(|text| text.rsplit(' ').next()?.parse().ok());
            let (of, bound_to, plain) =
                number.and_then(|number: usize| keepers.wrapped.get(number)).ok_or(KeyFailure::Damaged)?;
            if *of != named(key) {
                return Err(KeyFailure::Denied);
            }
            if bound_to == context { Ok(Zeroizing::new(*plain)) } else { Err(KeyFailure::Damaged) }
        });
        Box::pin(std::future::ready(answer))
    }
}
