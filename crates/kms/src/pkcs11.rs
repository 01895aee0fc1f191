//! Hardware security modules, and what speaks like one (PKCS#11 2.40): AES-256-GCM under a key that never leaves.
//!
//! A library is loaded into this process: only those that the operator named, each once, and each is spoken to by one
//! thread, since a login holds for the whole process. A library that hangs keeps its own thread, and no other.

mod module;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::sync::{Mutex, PoisonError};

use reeve_base::Secret;
use reeve_base::key_services::{CustomerKey, KeyContext, KeyFailure, WRAPPED_KEY_BYTES};
use reeve_base::limits::KEY_SERVICE_WAITING_MAX;
use tokio::sync::oneshot;
use zeroize::Zeroizing;

use crate::{Plain, bound_to, plain};

/// What is asked of a module.
struct Question {
    token: String,
    label: String,
    pin: Secret,
    bound_to: Vec<u8>,
    act: Act,
    answer: oneshot::Sender<Result<Zeroizing<Vec<u8>>, KeyFailure>>,
}

enum Act {
    Wrap(Plain),
    Unwrap(Vec<u8>),
}

/// The libraries that may be loaded, and those that are.
pub(crate) struct Modules {
    allowed: Vec<PathBuf>,
    running: Mutex<HashMap<PathBuf, SyncSender<Question>>>,
}

impl Modules {
    pub(crate) fn new(allowed: Vec<PathBuf>) -> Self {
        Self { allowed, running: Mutex::default() }
    }

    pub(crate) async fn wrap(
        &self,
        key: &CustomerKey,
        context: &KeyContext,
        plain: &[u8; WRAPPED_KEY_BYTES],
    ) -> Result<Vec<u8>, KeyFailure> {
        let act = Act::Wrap(Zeroizing::new(*plain));
        self.ask(key, context, act).await.map(|mut wrapped| std::mem::take(&mut *wrapped))
    }

    pub(crate) async fn unwrap(
        &self,
        key: &CustomerKey,
        context: &KeyContext,
        wrapped: &[u8],
    ) -> Result<Plain, KeyFailure> {
        plain(&self.ask(key, context, Act::Unwrap(wrapped.to_vec())).await?)
    }

    async fn ask(&self, key: &CustomerKey, context: &KeyContext, act: Act) -> Result<Zeroizing<Vec<u8>>, KeyFailure> {
        let CustomerKey::Pkcs11 { module, token, label, pin } = key else { return Err(KeyFailure::Malformed) };
        let (sender, answer) = oneshot::channel();
        let question = Question {
            token: token.clone(),
            label: label.clone(),
            pin: pin.clone(),
            bound_to: bound_to(context),
            act,
            answer: sender,
        };
        match self.module(Path::new(module))?.try_send(question) {
            Ok(()) => answer.await.unwrap_or(Err(KeyFailure::Unreachable)),
            Err(TrySendError::Full(_)) => Err(KeyFailure::TimedOut),
            Err(TrySendError::Disconnected(_)) => Err(KeyFailure::Unreachable),
        }
    }

    /// Where the thread of a library takes questions; it is started when it is first needed.
    fn module(&self, path: &Path) -> Result<SyncSender<Question>, KeyFailure> {
        if !self.allowed.iter().any(|allowed| allowed == path) {
            return Err(KeyFailure::Forbidden);
        }
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = running.get(path) {
            return Ok(sender.clone());
        }
        let (sender, questions) = sync_channel(KEY_SERVICE_WAITING_MAX);
        let library = path.to_owned();
        // Nobody joins it: it ends when its questions do, and a library that hangs must not hold up the end.
        std::thread::Builder::new()
            .name("pkcs11".to_owned())
            .spawn(move || module::serve(library, questions))
            .map_err(|_| KeyFailure::Unreachable)?;
        running.insert(path.to_owned(), sender.clone());
        Ok(sender)
    }
}
