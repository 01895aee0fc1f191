//! What one HTTP connection is waiting for, so that a peer cannot hold it for ever.
//! Watches only; `serve` closes. Three parties write here: the socket (bytes left), the service (a request began) and
//! the answer's body (who is awaited). Times are milliseconds since the connection began.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, sleep_until};

/// Why a connection should not go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Overdue {
    /// Nothing was asked for a while: close politely.
    Idle,
    /// Answers are ready and the peer takes none: cut.
    Stalled,
}

#[derive(Debug)]
pub(crate) struct Activity {
    began: Instant,
    requests: AtomicUsize,
    /// Of these, the ones whose next step is ours.
    ours: AtomicUsize,
    progress_ms: AtomicU64,
}

impl Activity {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            began: Instant::now(),
            requests: AtomicUsize::new(0),
            ours: AtomicUsize::new(0),
            progress_ms: AtomicU64::new(0),
        })
    }

    /// Marks a request as in progress until the guard is dropped.
    pub(crate) fn begin_request(self: &Arc<Self>) -> RequestGuard {
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.ours.fetch_add(1, Ordering::Relaxed);
        RequestGuard { activity: Arc::clone(self), ours: true }
    }

    /// Returns once the connection has waited for its peer longer than the given times.
    pub(crate) async fn overdue(&self, idle: Duration, stall: Duration) -> Overdue {
        loop {
            let now = Instant::now();
            // Who is awaited may change meanwhile without telling, so it looks again after the shorter time at most.
            let mut look_again = now + idle.min(stall);
            if let Some(overdue) = self.awaits_peer() {
                let limit = match overdue {
                    Overdue::Idle => idle,
                    Overdue::Stalled => stall,
                };
                let deadline = self.last_progress() + limit;
                if deadline <= now {
                    return overdue;
                }
                look_again = look_again.min(deadline);
            }
            sleep_until(look_again).await;
        }
    }

    fn awaits_peer(&self) -> Option<Overdue> {
        if self.requests.load(Ordering::Relaxed) == 0 {
            Some(Overdue::Idle)
        } else if self.ours.load(Ordering::Relaxed) == 0 {
            Some(Overdue::Stalled)
        } else {
            None
        }
    }

    fn note_progress(&self) {
        let now_ms = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.progress_ms.fetch_max(now_ms, Ordering::Relaxed);
    }

    fn last_progress(&self) -> Instant {
        self.began + Duration::from_millis(self.progress_ms.load(Ordering::Relaxed))
    }
}

/// One request in progress.
#[derive(Debug)]
pub(crate) struct RequestGuard {
    activity: Arc<Activity>,
    ours: bool,
}

impl RequestGuard {
    fn set_ours(&mut self, ours: bool) {
        if self.ours == ours {
            return;
        }
        self.ours = ours;
        if ours {
            self.activity.ours.fetch_add(1, Ordering::Relaxed);
        } else {
            // The peer's time starts now, not when we last wrote: making the answer may have taken long.
            self.activity.note_progress();
            self.activity.ours.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

impl Drop for RequestGuard {
    fn drop(&mut self) {
        if self.ours {
            self.activity.ours.fetch_sub(1, Ordering::Relaxed);
        }
        self.activity.note_progress();
        self.activity.requests.fetch_sub(1, Ordering::Relaxed);
    }
}

/// An answer's body that keeps its request in progress until it was sent, and knows who is awaited.
#[derive(Debug)]
pub(crate) struct WatchedBody<B> {
    inner: B,
    guard: RequestGuard,
}

impl<B> WatchedBody<B> {
    pub(crate) fn new(inner: B, guard: RequestGuard) -> Self {
        Self { inner, guard }
    }
}

impl<B: Body<Data = Bytes> + Unpin> Body for WatchedBody<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let this = self.get_mut();
        let polled = Pin::new(&mut this.inner).poll_frame(cx);
        // Pending: our side has nothing yet. Ready: hyper asks again only after the peer took some of it.
        this.guard.set_ours(polled.is_pending());
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// A connection whose writes count as progress. Reads do not: a peer that only sends is not taking its answers.
#[derive(Debug)]
pub(crate) struct WatchedStream<S> {
    inner: S,
    activity: Arc<Activity>,
}

impl<S> WatchedStream<S> {
    pub(crate) fn new(inner: S, activity: Arc<Activity>) -> Self {
        Self { inner, activity }
    }

    fn note(&self, polled: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if matches!(polled, Poll::Ready(Ok(1..))) {
            self.activity.note_progress();
        }
        polled
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for WatchedStream<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(cx, buf)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for WatchedStream<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.inner).poll_write(cx, buf);
        self.note(polled)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.inner).poll_write_vectored(cx, bufs);
        self.note(polled)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncWriteExt;
    use tokio::time::{advance, timeout};

    use super::*;

    const IDLE: Duration = Duration::from_secs(60);
    const STALL: Duration = Duration::from_secs(20);

    async fn check(activity: &Activity, expected: Overdue, after: Duration) {
        let began = Instant::now();
        assert_eq!(activity.overdue(IDLE, STALL).await, expected);
        assert_eq!(began.elapsed(), after);
    }

    #[tokio::test(start_paused = true)]
    async fn bytes_that_leave_give_the_peer_its_whole_time_again() {
        let activity = Activity::new();
        let mut guard = activity.begin_request();
        guard.set_ours(false);
        let (near, _far) = tokio::io::duplex(64);
        let mut stream = WatchedStream::new(near, Arc::clone(&activity));
        advance(STALL - Duration::from_secs(1)).await;
        stream.write_all(b"some").await.unwrap();
        check(&activity, Overdue::Stalled, STALL).await;
    }

    #[tokio::test(start_paused = true)]
    async fn the_end_of_a_request_gives_the_peer_its_whole_time_again() {
        let activity = Activity::new();
        let guard = activity.begin_request();
        advance(IDLE * 2).await;
        drop(guard);
        check(&activity, Overdue::Idle, IDLE).await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_waits_for_us_is_never_overdue() {
        let activity = Activity::new();
        let _ours = activity.begin_request();
        let mut theirs = activity.begin_request();
        theirs.set_ours(false);
        timeout(IDLE * 100, activity.overdue(IDLE, STALL)).await.unwrap_err();
    }
}
