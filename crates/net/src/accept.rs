//! Accepts connections of any protocol, up to a limit, each in a task of its own; stops when told, and waits for the tasks.
//! Does not read a byte of a protocol, apart from TLS handshakes.
//! Invariants: a permit is held from before the accept until the connection's task ends; every task is joined or aborted
//! before `serve_connections` returns; running out of descriptors pauses accepting, it never spins and never ends the loop.

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::{JoinError, JoinSet};
use tokio::time::{Instant, sleep_until, timeout};

use crate::limits;
use crate::listener::{Accepted, Listener};
use crate::peer::Peer;
use crate::stream::Stream;

/// What the connections of one listener may hold together, and for how long.
#[derive(Debug, Clone, Copy)]
pub struct ConnectionLimits {
    /// Open connections; further ones wait in the kernel's queue.
    pub connections_max: usize,
    /// Time for a TLS handshake.
    pub handshake_timeout: Duration,
    /// Time that connections get to finish after the stop; then they are cut.
    pub drain_timeout: Duration,
}

impl Default for ConnectionLimits {
    fn default() -> Self {
        Self {
            connections_max: limits::CONNECTIONS_MAX,
            handshake_timeout: limits::TLS_HANDSHAKE_TIMEOUT,
            drain_timeout: limits::DRAIN_TIMEOUT,
        }
    }
}

/// How the last connections ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct Drained {
    /// Connections that were still busy at the deadline and were cut.
    pub cut: usize,
}

/// One accepted connection, handed to its protocol.
#[derive(Debug)]
pub struct Connection {
    /// Its bytes.
    pub stream: Stream,
    /// Its other end.
    pub peer: Peer,
    /// Tells when to finish.
    pub stopping: Stopping,
}

/// Tells a connection that the server is stopping: finish what was begun, begin nothing.
#[derive(Debug, Clone)]
pub struct Stopping(watch::Receiver<bool>);

impl Stopping {
    /// Returns once the server is stopping.
    pub async fn wait(&mut self) {
        // An error means that the accept loop is gone, which is a stop as well.
        let _gone = self.0.wait_for(|stopping| *stopping).await;
    }
}

/// Serves connections with `handle` until `stop` completes, then refuses new ones and waits for the others.
/// `name` labels metrics and logs.
pub async fn serve_connections<H, F>(
    name: &'static str,
    listener: Listener,
    limits: ConnectionLimits,
    stop: impl Future<Output = ()>,
    handle: H,
) -> Drained
where
    H: Fn(Connection) -> F + Clone + Send + 'static,
    F: Future<Output = ()> + Send + 'static,
{
    let (stopping_sender, stopping) = watch::channel(false);
    let permits = Arc::new(Semaphore::new(limits.connections_max));
    let mut tasks = JoinSet::new();
    let mut stop = std::pin::pin!(stop);
    let mut backoff = Backoff::default();
    loop {
        let (accepted, permit) = tokio::select! {
            biased;
            () = &mut stop => break,
            Some(ended) = tasks.join_next() => {
                report_panic(name, ended);
                continue;
            }
            next = next_connection(&listener, &permits, &mut backoff) => match next {
                Some(next) => next,
                None => continue,
            },
        };
        let task = Task { name, stopping: Stopping(stopping.clone()), handle: handle.clone(), _permit: permit };
        tasks.spawn(task.run(accepted, limits.handshake_timeout));
    }
    // Closed before the wait: the next client is refused at once instead of waiting for a server that is leaving.
    drop(listener);
    stopping_sender.send_replace(true);
    drain(name, tasks, limits.drain_timeout).await
}

/// A permit first, so that a connection over the limit stays in the kernel's queue and costs us nothing.
async fn next_connection(
    listener: &Listener,
    permits: &Arc<Semaphore>,
    backoff: &mut Backoff,
) -> Option<(Accepted, OwnedSemaphorePermit)> {
    let permit = Arc::clone(permits).acquire_owned().await.ok()?;
    backoff.wait().await;
    match listener.accept().await {
        Ok(accepted) => {
            backoff.clear();
            Some((accepted, permit))
        }
        Err(error) => {
            backoff.note(&error);
            None
        }
    }
}

/// The pause before the next accept after the process ran out of something.
#[derive(Debug, Default)]
struct Backoff {
    pause: Option<Duration>,
    until: Option<Instant>,
}

impl Backoff {
    /// Waits out the pause; the kernel does not tell when a descriptor becomes free.
    async fn wait(&self) {
        if let Some(until) = self.until {
            sleep_until(until).await;
        }
    }

    fn clear(&mut self) {
        *self = Self::default();
    }

    fn note(&mut self, error: &io::Error) {
        // The peer was gone before it was accepted: nothing is wrong with us.
        if matches!(
            error.kind(),
            io::ErrorKind::ConnectionAborted
                | io::ErrorKind::ConnectionReset
                | io::ErrorKind::Interrupted
                | io::ErrorKind::InvalidInput
                | io::ErrorKind::NotConnected
        ) {
            return;
        }
        if self.pause.is_none() {
            tracing::error!(%error, "could not accept connections: raise the limit of open files if it says so; trying again");
        }
        let doubled = self.pause.map_or(limits::ACCEPT_BACKOFF_MIN, |pause| pause * 2);
        let pause = doubled.min(limits::ACCEPT_BACKOFF_MAX);
        self.pause = Some(pause);
        self.until = Some(Instant::now() + pause);
    }
}

struct Task<H> {
    name: &'static str,
    stopping: Stopping,
    handle: H,
    _permit: OwnedSemaphorePermit,
}

impl<H, F> Task<H>
where
    H: Fn(Connection) -> F,
    F: Future<Output = ()>,
{
    async fn run(self, accepted: Accepted, handshake_timeout: Duration) {
        let _counted = OpenGauge::new(self.name);
        let (stream, peer) = match accepted {
            Accepted::Ready(stream, peer) => (stream, peer),
            Accepted::Handshake(acceptor, tcp, address) => {
                let peer = Peer::Tcp(address);
                match timeout(handshake_timeout, acceptor.accept(tcp)).await {
                    Ok(Ok(tls)) => (Stream::Tls(Box::new(tls)), peer),
                    // Scanners and plain HTTP on a TLS port do this all day: nobody has to act.
                    Ok(Err(error)) => {
                        return tracing::debug!(%error, %peer, "a TLS handshake failed");
                    }
                    Err(_late) => return tracing::debug!(%peer, "a TLS handshake took too long"),
                }
            }
        };
        (self.handle)(Connection { stream, peer, stopping: self.stopping }).await;
    }
}

/// Counts a connection as open for as long as it exists, also when its task panics or is cut.
struct OpenGauge(metrics::Gauge);

impl OpenGauge {
    fn new(name: &'static str) -> Self {
        metrics::counter!("reeve_connections_total", "listener" => name).increment(1);
        let gauge = metrics::gauge!("reeve_connections_open", "listener" => name);
        gauge.increment(1.0);
        Self(gauge)
    }
}

impl Drop for OpenGauge {
    fn drop(&mut self) {
        self.0.decrement(1.0);
    }
}

async fn drain(name: &'static str, mut tasks: JoinSet<()>, deadline: Duration) -> Drained {
    let finish = async {
        while let Some(ended) = tasks.join_next().await {
            report_panic(name, ended);
        }
    };
    if timeout(deadline, finish).await.is_ok() {
        return Drained { cut: 0 };
    }
    let cut = tasks.len();
    tracing::warn!(listener = name, connections = cut, "cut connections that did not finish in time");
    tasks.shutdown().await;
    Drained { cut }
}

fn report_panic(name: &'static str, ended: Result<(), JoinError>) {
    if let Err(error) = ended
        && error.is_panic()
    {
        tracing::error!(listener = name, %error, "a connection ended in a panic; the others go on");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_bound_while_descriptors_are_missing() {
        let mut backoff = Backoff::default();
        let too_many_files = io::Error::from_raw_os_error(24);
        backoff.note(&too_many_files);
        assert_eq!(backoff.pause, Some(limits::ACCEPT_BACKOFF_MIN));
        for _ in 0..20 {
            backoff.note(&too_many_files);
        }
        assert_eq!(backoff.pause, Some(limits::ACCEPT_BACKOFF_MAX));
        backoff.clear();
        assert_eq!(backoff.pause, None);
    }

    #[test]
    fn a_peer_that_left_early_does_not_slow_the_next_one() {
        let mut backoff = Backoff::default();
        backoff.note(&io::Error::from(io::ErrorKind::ConnectionAborted));
        assert_eq!(backoff.pause, None);
    }
}
