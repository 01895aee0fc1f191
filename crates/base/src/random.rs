//! Randomness is passed in, so that tests can repeat what they saw.

/// A source of random bytes, good enough for keys and passwords.
pub trait Random: Send + Sync {
    /// Fills `buffer`; a source that cannot do so ends the process, since nothing safe can go on without it.
    fn fill(&self, buffer: &mut [u8]);
}

/// The operating system's generator.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsRandom;

impl Random for OsRandom {
    #[expect(clippy::panic, reason = "no secret can be made without the system's generator")]
    #[expect(clippy::disallowed_methods, reason = "this is the one place that asks the system")]
    fn fill(&self, buffer: &mut [u8]) {
        if let Err(why) = getrandom::fill(buffer) {
            panic!("the operating system gives no random bytes: {why}");
        }
    }
}

/// `N` random bytes.
pub fn bytes<const N: usize>(random: &dyn Random) -> [u8; N] {
    let mut buffer = [0; N];
    random.fill(&mut buffer);
    buffer
}

/// `N` random bytes as `2 * N` lower-case hexadecimal digits.
pub fn hex<const N: usize>(random: &dyn Random) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes::<N>(random)
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|nibble| char::from(DIGITS[usize::from(nibble)]))
        .collect()
}
