//! A way to the server on which the answer to a COMMIT is lost.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

/// What the driver sends to commit.
const COMMIT: &[u8] = b"COMMIT\0";

/// A proxy in front of a server.
pub(crate) struct Lossy {
    address: SocketAddr,
    armed: Arc<AtomicBool>,
}

impl Lossy {
    /// Passes everything on to `server` (`host:port`).
    pub(crate) fn start(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let armed = Arc::new(AtomicBool::new(false));
        let lose = Arc::clone(&armed);
        // Ends with the process: each test is short.
        thread::spawn(move || {
            for client in listener.incoming() {
                let (client, server) = (client.unwrap(), TcpStream::connect(&server).unwrap());
                let (lose, back) = (Arc::clone(&lose), (server.try_clone().unwrap(), client.try_clone().unwrap()));
                let deaf = Arc::new(AtomicBool::new(false));
                let deaf_too = Arc::clone(&deaf);
                thread::spawn(move || {
                    pass(client, server, |sent| {
                        if sent.ends_with(COMMIT) && lose.swap(false, Ordering::SeqCst) {
                            deaf.store(true, Ordering::SeqCst);
                        }
                        true
                    })
                });
                thread::spawn(move || pass(back.0, back.1, |_| !deaf_too.load(Ordering::SeqCst)));
            }
        });
        Self { address, armed }
    }

    /// Where the proxy listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Loses the answer to the next COMMIT, and with it the connection.
    pub(crate) fn lose_next(&self) {
        self.armed.store(true, Ordering::SeqCst);
    }
}

/// Passes on what comes for as long as `look` lets it.
fn pass(mut from: TcpStream, mut to: TcpStream, mut look: impl FnMut(&[u8]) -> bool) {
    let mut buffer = [0; 65_536];
    while let Ok(length @ 1..) = from.read(&mut buffer) {
        if !look(&buffer[..length]) || to.write_all(&buffer[..length]).is_err() {
            break;
        }
    }
    for end in [from, to] {
        // The other direction may have closed it already.
        let _ = end.shutdown(Shutdown::Both);
    }
}
