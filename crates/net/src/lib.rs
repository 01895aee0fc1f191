//! Listeners, TLS, connection limits and graceful shutdown: how the world's connections reach a door; and how other
//! systems are asked.
//! Knows sockets and HTTP framing; knows no route, no rule and no store.
//! Invariants: every connection counts against a limit, has a deadline for each phase in which the peer could stall,
//! and belongs to a task that `serve_connections` joins before it returns.

mod accept;
mod activity;
mod forwarded;
pub mod limits;
mod listener;
mod local;
mod outbound;
mod peer;
mod serve;
mod stream;
mod throttle;
mod tls;

pub use accept::{Connection, ConnectionLimits, Drained, Stopping, serve_connections};
pub use forwarded::TrustedProxies;
pub use listener::{ListenError, Listener, Setting, bind_tcp};
pub use local::LocalListener;
pub use outbound::{HttpOutbound, OutboundLimits};
pub use peer::Peer;
pub use serve::{HttpLimits, serve_http};
pub use stream::Stream;
pub use throttle::{Source, Throttle};
pub use tls::{TlsError, http_tls_config, tls_config};
