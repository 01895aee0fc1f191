//! Reads an answer of many lines (`application/x-ndjson`) as they arrive, with a limit on the length of one.

use reqwest::Response;

use super::{Client, not_understood};
use crate::failure::Failure;

/// Octets of one line: a row of an import with every field full, many times over.
const LINE_BYTES_MAX: usize = 1 << 20;

/// The lines of an answer that is still arriving.
pub(crate) struct Lines<'c> {
    client: &'c Client,
    response: Response,
    buffer: Vec<u8>,
    read: usize,
    ended: bool,
}

impl<'c> Lines<'c> {
    pub(crate) fn new(client: &'c Client, response: Response) -> Self {
        Self { client, response, buffer: Vec::new(), read: 0, ended: false }
    }

    /// The next line that holds anything, or `None` at the end; dropping the future loses nothing.
    pub(crate) async fn next(&mut self) -> Result<Option<String>, Failure> {
        loop {
            while let Some(line) = self.take() {
                let line = String::from_utf8(line).map_err(|_| not_understood("a line is not UTF-8"))?;
                if !line.trim().is_empty() {
                    return Ok(Some(line));
                }
            }
            if self.ended {
                return Ok(None);
            }
            self.buffer.drain(..self.read);
            self.read = 0;
            if self.buffer.len() > LINE_BYTES_MAX {
                return Err(not_understood("a line is longer than any of ours"));
            }
            match self.response.chunk().await.map_err(|why| self.client.broken(&why))? {
                Some(chunk) => self.buffer.extend_from_slice(&chunk),
                None => self.ended = true,
            }
        }
    }

    /// Takes a line out of what has arrived; the last one may lack its end.
    fn take(&mut self) -> Option<Vec<u8>> {
        let rest = self.buffer.get(self.read..).unwrap_or_default();
        let (length, step) = match rest.iter().position(|byte| *byte == b'\n') {
            Some(end) => (end, end + 1),
            None if self.ended && !rest.is_empty() => (rest.len(), rest.len()),
            None => return None,
        };
        let line = rest.get(..length).map(<[u8]>::to_vec);
        self.read += step;
        line
    }
}
