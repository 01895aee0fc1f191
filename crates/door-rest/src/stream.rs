//! Answers that are made as they go: the body drives the operation, and dropping it stops the operation.
//!
//! Nothing is spawned, so nothing outlives the connection; a channel of a few items between the operation and the
//! body keeps a slow reader from filling memory.

use std::pin::Pin;

use axum::body::Body;
use bytes::Bytes;
use futures_util::stream;
use http::HeaderValue;
use reeve_domain::Error;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use crate::refusals::Refusal;

/// An operation that is under way.
pub(crate) struct Running<T> {
    operation: Pin<Box<dyn Future<Output = Result<(), Error>> + Send>>,
    ended: Option<Result<(), Error>>,
    output: Receiver<T>,
}

impl<T: Send + 'static> Running<T> {
    /// Starts an operation and waits for the first that it says; if it is refused before, that is the answer.
    /// So many items may wait for the reader.
    pub(crate) async fn start<F>(
        waiting_max: usize,
        begin: impl FnOnce(Sender<T>) -> F,
    ) -> Result<(Self, Vec<T>), Refusal>
    where
        F: Future<Output = Result<(), Error>> + Send + 'static,
    {
        let (sender, output) = channel(waiting_max);
        let mut running = Self { operation: Box::pin(begin(sender)), ended: None, output };
        let mut first = Vec::new();
        running.next(&mut first).await?;
        Ok((running, first))
    }

    /// Adds to `items` what was said since; adds nothing when the operation is done.
    pub(crate) async fn next(&mut self, items: &mut Vec<T>) -> Result<(), Error> {
        loop {
            tokio::select! {
                biased;
                received = self.output.recv_many(items, self.output.max_capacity()) => {
                    if received > 0 {
                        return Ok(());
                    }
                    // The operation let go of its sender; what it returns is all that is missing.
                    let ended = match self.ended.take() {
                        Some(ended) => ended,
                        None => self.operation.as_mut().await,
                    };
                    self.ended = Some(Ok(()));
                    return ended;
                }
                ended = self.operation.as_mut(), if self.ended.is_none() => self.ended = Some(ended),
            }
        }
    }
}

/// A body out of pieces that `step` makes until it makes none; an error cuts the connection, so that nobody takes
/// half an answer for a whole one.
pub(crate) fn body<S, F>(state: S, step: impl FnMut(S) -> F + Send + 'static) -> Body
where
    S: Send + 'static,
    F: Future<Output = Result<Option<(Bytes, S)>, Error>> + Send + 'static,
{
    Body::from_stream(stream::try_unfold(state, step))
}

/// A name for a file that is safe in a header and on every system: what is in it, and of what.
pub(crate) fn disposition(what: &str, of: &str, kind: &str) -> Result<HeaderValue, Refusal> {
    let plain: String = of.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(64).collect();
    HeaderValue::try_from(format!("attachment; filename=\"{what}-{plain}.{kind}\""))
        .map_err(|why| Refusal::internal(format!("a file name is no header value: {why}")))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[tokio::test]
    async fn everything_that_is_said_arrives_before_the_end() {
        let (mut running, mut all) = Running::start(8, |sender| async move {
            for n in 0..1_000_u32 {
                sender.send(n).await.map_err(|_| Error::Unavailable)?;
            }
            Ok(())
        })
        .await
        .unwrap();
        loop {
            let before = all.len();
            running.next(&mut all).await.unwrap();
            if all.len() == before {
                break;
            }
        }
        assert_eq!(all, (0..1_000).collect::<Vec<_>>());
    }

    #[tokio::test]
    async fn a_refusal_before_the_first_word_is_the_answer() {
        let started = Running::<u32>::start(8, |_sender| async { Err(Error::Unavailable) }).await;
        assert!(started.is_err());
    }

    #[tokio::test]
    async fn a_failure_after_the_first_word_comes_after_it() {
        let (mut running, first) = Running::start(8, |sender| async move {
            let _ = sender.send(1).await;
            Err(Error::Internal(Arc::from("broke")))
        })
        .await
        .unwrap();
        assert_eq!(first, [1]);
        assert!(running.next(&mut Vec::new()).await.is_err());
        assert!(running.next(&mut Vec::new()).await.is_ok());
    }
}
