//! Random bytes that a test can have again. Anyone who knows the seed knows them all: for tests only.

use std::sync::atomic::{AtomicU64, Ordering};

use reeve_base::random::Random;

/// Bytes from a seed (the SplitMix64 sequence); the same seed and the same calls give the same bytes.
#[derive(Debug)]
pub struct SeededRandom {
    state: AtomicU64,
}

/// 2^64 divided by the golden ratio, made odd: the step of SplitMix64.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

impl SeededRandom {
    /// The sequence of this seed, from its beginning.
    pub const fn new(seed: u64) -> Self {
        Self { state: AtomicU64::new(seed) }
    }

    /// The next number of the sequence, for choices that a test makes itself.
    pub fn next_u64(&self) -> u64 {
        let state = self.state.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

impl Random for SeededRandom {
    fn fill(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(8) {
            chunk.copy_from_slice(&self.next_u64().to_le_bytes()[..chunk.len()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_splitmix64() {
        // The first outputs for seed 1234567 of the published reference implementation.
        let random = SeededRandom::new(1_234_567);
        assert_eq!(random.next_u64(), 6_457_827_717_110_365_317);
        assert_eq!(random.next_u64(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn a_seed_repeats_itself_and_no_other() {
        let mut first = [0; 21];
        let mut second = [0; 21];
        SeededRandom::new(7).fill(&mut first);
        SeededRandom::new(7).fill(&mut second);
        assert_eq!(first, second);
        SeededRandom::new(8).fill(&mut second);
        assert_ne!(first, second);
    }
}
