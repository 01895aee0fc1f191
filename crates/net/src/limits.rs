//! How much of a server one peer, or all of them together, may hold. Defaults of `ConnectionLimits` and `HttpLimits`.
//! Sizes of requests' bodies and the time of a request are not here: a door knows what its requests may cost.

use std::time::Duration;

/// Open connections per listener. A process is usually allowed 1,024 open files; a quarter stays for
/// the database, blobs and the other listeners. Further peers wait in the kernel's queue.
pub const CONNECTIONS_MAX: usize = 768;

/// Time for a TLS handshake: three round trips on the worst of links, with retransmissions.
pub const TLS_HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// Time to send the head of a request, and the longest silence between two requests of an HTTP/1 connection
/// (hyper measures both with one clock). Long enough for a proxy to reuse its connections.
pub const HTTP_HEAD_TIMEOUT: Duration = Duration::from_secs(30);

/// Silence after which a connection without a request in progress is closed, whatever its protocol.
pub const HTTP_IDLE_TIMEOUT: Duration = Duration::from_secs(60);

/// Time for which a peer may leave an answer unread before it is cut off.
pub const HTTP_STALL_TIMEOUT: Duration = Duration::from_secs(60);

/// Time that a connection gets to say goodbye after it was told to close for being idle.
pub const HTTP_CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// Time that requests in progress get to finish when the server stops. Below the 10 seconds that
/// container runtimes wait between SIGTERM and SIGKILL.
pub const DRAIN_TIMEOUT: Duration = Duration::from_secs(8);

/// Header lines in one request: browsers send about 20, proxies add about 10.
pub const HTTP_HEADERS_MAX: usize = 100;

/// Bytes of a request's head together with HTTP/1 read buffer: room for 8 KiB of address and some cookies and signatures.
pub const HTTP_HEAD_BYTES_MAX: usize = 32 * 1024;

/// Bytes of a request's path and query: what the usual proxies let through.
pub const HTTP_URI_BYTES_MAX: usize = 8 * 1024;

/// Requests at the same time on one HTTP/2 connection: what browsers expect as the least.
pub const HTTP2_STREAMS_MAX: u32 = 100;

/// First pause after the process ran out of file descriptors; doubled up to `ACCEPT_BACKOFF_MAX` while that lasts.
pub const ACCEPT_BACKOFF_MIN: Duration = Duration::from_millis(10);

/// Longest pause between two tries to accept: a second of deafness, then a freed descriptor is noticed.
pub const ACCEPT_BACKOFF_MAX: Duration = Duration::from_secs(1);

/// Bytes that a path of a Unix socket may have: `sun_path` of Linux is 108 with its closing zero.
pub const SOCKET_PATH_BYTES_MAX: usize = 107;

/// Questions to other systems at the same time: an administrator asks one and waits; more would be a way to keep this
/// server busy with somebody else's slowness.
pub const OUTBOUND_AT_ONCE_MAX: usize = 16;

/// Time for one TCP connection to another system: twice what the worst of links needs, and short enough that a second
/// address of the same host still gets its turn.
pub const OUTBOUND_CONNECT_TIMEOUT: Duration = Duration::from_secs(4);

/// Addresses of one host that are tried: one of each kind, and a spare.
pub const OUTBOUND_ADDRESSES_MAX: usize = 3;

/// Bytes of an answer's body that are read: many times what the answers that are waited for have.
pub const OUTBOUND_ANSWER_BYTES_MAX: usize = 64 * 1024;
