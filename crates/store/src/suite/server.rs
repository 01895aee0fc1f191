//! A server that speaks just enough of PostgreSQL's protocol to be disagreeable.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread::{self, JoinHandle};

/// What the server does with whoever connects.
#[derive(Clone, Copy)]
pub(crate) enum Manner {
    /// Lets anyone in and calls itself that.
    Version(&'static str),
    /// Refuses with that SQLSTATE and message.
    Refuses(&'static str, &'static str),
    /// Takes the connection and never answers.
    Silent,
}

/// A server for one connection.
pub(crate) struct Server {
    address: SocketAddr,
    thread: JoinHandle<()>,
}

impl Server {
    pub(crate) fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let thread = thread::spawn(move || {
            let (mut peer, _) = listener.accept().unwrap();
            // The peer may leave at any point.
            let _ = serve(&mut peer, manner);
        });
        Self { address, thread }
    }

    pub(crate) fn url(&self) -> String {
        format!("postgres://reeve:hunter2@{}/estate?connect_timeout=1", self.address)
    }

    pub(crate) fn stop(self) {
        self.thread.join().unwrap();
    }
}

fn serve(peer: &mut TcpStream, manner: Manner) -> std::io::Result<()> {
    let request = read_body(peer)?;
    // SSLRequest: 80877103; then comes the real start.
    if request == 80_877_103_u32.to_be_bytes() {
        if matches!(manner, Manner::Silent) {
            return peer.read_to_end(&mut Vec::new()).map(drop);
        }
        peer.write_all(b"N")?;
        read_body(peer)?;
    }
    match manner {
        Manner::Silent => peer.read_to_end(&mut Vec::new()).map(drop),
        Manner::Refuses(code, message) => {
            send(peer, b'E', format!("SFATAL\0VFATAL\0C{code}\0M{message}\0\0").as_bytes())
        }
        Manner::Version(banner) => {
            send(peer, b'R', &0_u32.to_be_bytes())?;
            send(peer, b'Z', b"I")?;
            loop {
                let mut kind = [0];
                peer.read_exact(&mut kind)?;
                let query = read_body(peer)?;
                if kind != *b"Q" {
                    return Ok(());
                }
                if query.starts_with(b"SELECT") {
                    let column = [&1_u16.to_be_bytes()[..], b"version\0", &[0; 6], &25_u32.to_be_bytes(), &[0; 8]];
                    send(peer, b'T', &column.concat())?;
                    let length = u32::try_from(banner.len()).unwrap().to_be_bytes();
                    send(peer, b'D', &[&1_u16.to_be_bytes()[..], &length, banner.as_bytes()].concat())?;
                }
                send(peer, b'C', b"DONE\0")?;
                send(peer, b'Z', b"I")?;
            }
        }
    }
}

/// Reads a length and as much as it says.
fn read_body(peer: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let mut length = [0; 4];
    peer.read_exact(&mut length)?;
    let mut body = vec![0; u32::from_be_bytes(length) as usize - 4];
    peer.read_exact(&mut body)?;
    Ok(body)
}

fn send(peer: &mut TcpStream, kind: u8, body: &[u8]) -> std::io::Result<()> {
    let length = u32::try_from(body.len() + 4).unwrap().to_be_bytes();
    peer.write_all(&[&[kind][..], &length, body].concat())
}
