//! Other systems, as far as operations ask them: a port that notes every question and gives the answers that a test set.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use reeve_base::outbound::{Answer, Asking, Outbound, Question, Unanswered};

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
