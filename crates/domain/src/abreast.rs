//! Doing the same with many things, some at a time: what reconcilers do with what they took upon themselves.

use futures_util::StreamExt as _;
use futures_util::stream;

use crate::error::Error;

/// Does all of it, so many at a time, whatever fails on the way; then says what failed first.
pub(crate) async fn abreast<T, F>(items: Vec<T>, places: usize, work: impl Fn(T) -> F) -> Result<(), Error>
where
    F: Future<Output = Result<(), Error>>,
{
    let mut results = stream::iter(items.into_iter().map(work)).buffer_unordered(places);
    let mut outcome = Ok(());
    while let Some(result) = results.next().await {
        outcome = outcome.and(result);
    }
    outcome
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[tokio::test]
    async fn everything_is_done_whatever_fails_and_the_first_failure_is_told() {
        let done = Cell::new(0);
        let outcome = abreast(vec![1, 2, 3, 4], 2, async |number| {
            done.set(done.get() + 1);
            if number % 2 == 0 { Err(Error::internal(format!("number {number}"))) } else { Ok(()) }
        })
        .await;
        assert_eq!(done.get(), 4);
        assert!(matches!(outcome, Err(Error::Internal(why)) if why.to_string().contains("number 2")));
    }
}
