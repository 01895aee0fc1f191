//! Passwords made up for people: easy to read aloud and type, hard to guess, and always within the policy.
//!
//! Five words and a number where the policy leaves room, groups of characters where it does not. Each choice is
//! uniform (rejection sampling). What breaks the policy is thrown away and made anew, never bent into shape.

use std::fmt;
use std::sync::LazyLock;

use reeve_base::Random;
use reeve_base::secret::Secret;

use super::policy::{CLASSES_ALL, PasswordPolicy};

/// Short plain words, one a line; the tests count them.
static WORDS: LazyLock<Vec<&'static str>> = LazyLock::new(|| include_str!("words.txt").lines().collect());

/// Words of a password: with the number and its place, more than 60 bits.
const WORDS_COUNT: usize = 5;

/// Letters of the longest word in the list.
const WORD_CHARS_MAX: usize = 7;

/// The longest password of words: five words, four hyphens, a hyphen with two digits and one accented letter.
const WORDS_CHARS_MAX: u32 = (WORDS_COUNT * WORD_CHARS_MAX + 4 + 4) as u32;

/// Length of a password of characters where the policy allows it: four groups of four, 92 bits.
const GROUPED_CHARS: u32 = 19;

/// From this length on hyphens can be spared: twelve characters beside them still make more than 60 bits.
const GROUPED_CHARS_MIN: u32 = 15;

/// Letters and digits that nobody takes for another when reading: no `l`, `o`, `I`, `O`, `0`, `1`.
const PLAIN: &str = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// What fills up a password of words to the least length.
const FILLING: &str = "abcdefghijkmnpqrstuvwxyz23456789";

/// Specials that stand on every keyboard and that spreadsheets do not take for a formula.
const SPECIAL: &str = "!?#%*~";

/// Letters of Latin-1 that a phone offers when its plain letter is held down.
const ACCENTED: &str = "äöüéèñçå";

/// Passwords made before giving up. The rarest shape (seven characters of all five kinds) passes one time in ten.
const ATTEMPTS_MAX: usize = 1_000;

/// Draws for one uniform choice; each is accepted with a chance above one half.
const DRAWS_MAX: usize = 128;

/// Makes a password that satisfies `policy` and does not contain the names in `about`.
pub fn generate(policy: &PasswordPolicy, about: &[&str], random: &dyn Random) -> Result<Secret, CannotGenerate> {
    if policy.length_min > policy.length_max {
        return Err(CannotGenerate);
    }
    for _ in 0..ATTEMPTS_MAX {
        let made =
            if policy.length_max >= WORDS_CHARS_MAX { words(policy, random)? } else { characters(policy, random)? };
        let password = Secret::from(made);
        if policy.check(&password, about).is_ok() {
            return Ok(password);
        }
    }
    Err(CannotGenerate)
}

/// No password satisfies the policy, or the source of randomness is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CannotGenerate;

impl fmt::Display for CannotGenerate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "no password could be made that satisfies the password policy; loosen its length, kinds or strength",
        )
    }
}

impl std::error::Error for CannotGenerate {}

/// For example `Copper-willow-41-maple-thrush-lantern`; the number stands after any of the words.
fn words(policy: &PasswordPolicy, random: &dyn Random) -> Result<String, CannotGenerate> {
    let number_after = below(random, WORDS_COUNT)?;
    let mut made = String::new();
    for place in 0..WORDS_COUNT {
        let word = pick(random, &WORDS)?;
        if place == 0 {
            made.extend(word.chars().take(1).map(|c| c.to_ascii_uppercase()));
            made.extend(word.chars().skip(1));
        } else {
            made.push('-');
            made.push_str(word);
        }
        if place == number_after {
            made.push_str(&format!("-{}", 10 + below(random, 90)?));
            if policy.classes_min == CLASSES_ALL {
                made.push(pick_char(random, ACCENTED)?);
            }
        }
    }
    let length = made.chars().count();
    for place in length..policy.length_min as usize {
        made.push(if place == length { '-' } else { pick_char(random, FILLING)? });
    }
    Ok(made)
}

/// For example `7kRm-Wq3t-Hn9x-Zd4p`, or without hyphens and with specials where there is no room for them.
fn characters(policy: &PasswordPolicy, random: &dyn Random) -> Result<String, CannotGenerate> {
    let length = GROUPED_CHARS.clamp(policy.length_min, policy.length_max);
    let grouped = length >= GROUPED_CHARS_MIN;
    let mut alphabet = String::from(PLAIN);
    if !grouped {
        alphabet.push_str(SPECIAL);
    }
    if policy.classes_min == CLASSES_ALL {
        alphabet.push_str(ACCENTED);
    }
    let hyphen_at = |place: u32| grouped && place % 5 == 4 && place + 1 < length;
    (0..length).map(|place| if hyphen_at(place) { Ok('-') } else { pick_char(random, &alphabet) }).collect()
}

fn pick<'a>(random: &dyn Random, from: &[&'a str]) -> Result<&'a str, CannotGenerate> {
    from.get(below(random, from.len())?).copied().ok_or(CannotGenerate)
}

fn pick_char(random: &dyn Random, from: &str) -> Result<char, CannotGenerate> {
    from.chars().nth(below(random, from.chars().count())?).ok_or(CannotGenerate)
}

/// A number below `count`, each equally likely: draws from the incomplete last stretch are thrown away.
fn below(random: &dyn Random, count: usize) -> Result<usize, CannotGenerate> {
    let count = u32::try_from(count).ok().filter(|count| *count > 0).ok_or(CannotGenerate)?;
    let whole_stretches = u32::MAX / count * count;
    for _ in 0..DRAWS_MAX {
        let mut bytes = [0; 4];
        random.fill(&mut bytes);
        let drawn = u32::from_le_bytes(bytes);
        if drawn < whole_stretches {
            return Ok((drawn % count) as usize);
        }
    }
    Err(CannotGenerate)
}

#[cfg(test)]
pub(super) mod tests {
    use std::collections::HashSet;
    use std::sync::atomic::{AtomicU64, Ordering};

    use proptest::prelude::*;
    use reeve_base::random::OsRandom;
    use reeve_base::secret::ExposeSecret;

    use super::*;

    /// Repeatable bytes: a counter whose values are scattered by SplitMix64.
    pub(in crate::passwords) struct Counting(AtomicU64);

    impl Counting {
        pub(in crate::passwords) fn new(seed: u64) -> Self {
            Self(AtomicU64::new(seed))
        }
    }

    impl Random for Counting {
        fn fill(&self, buffer: &mut [u8]) {
            for chunk in buffer.chunks_mut(8) {
                let mut z = self.0.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed);
                z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
                z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
                chunk.copy_from_slice(&(z ^ (z >> 31)).to_le_bytes()[..chunk.len()]);
            }
        }
    }

    struct Stuck;

    impl Random for Stuck {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(0xFF);
        }
    }

    fn made(policy: &PasswordPolicy, seed: u64) -> String {
        generate(policy, &[], &Counting::new(seed)).unwrap().expose_secret().to_owned()
    }

    #[test]
    fn words_are_short_plain_unique_and_many() {
        assert!(WORDS.len() >= 1_296, "{}", WORDS.len());
        assert_eq!(WORDS.iter().collect::<HashSet<_>>().len(), WORDS.len());
        for word in WORDS.iter() {
            assert!((3..=WORD_CHARS_MAX).contains(&word.len()), "{word}");
            assert!(word.bytes().all(|b| b.is_ascii_lowercase()), "{word}");
        }
    }

    #[test]
    fn every_construction_has_at_least_60_bits() {
        let words = (WORDS.len() as f64).log2() * WORDS_COUNT as f64 + 90f64.log2() + (WORDS_COUNT as f64).log2();
        assert!(words >= 60.0, "{words}");
        // Throwing away what breaks the policy costs at most the logarithm of the share that passes, which the
        // next test shows to be above one half.
        let plain = PLAIN.len() as f64;
        let grouped = plain.log2() * 12.0 - 1.0;
        assert!(grouped >= 60.0, "{grouped}");
        let ungrouped = (plain + SPECIAL.len() as f64).log2() * 11.0 - 1.0;
        assert!(ungrouped >= 60.0, "{ungrouped}");
    }

    #[test]
    fn few_are_thrown_away_under_the_default_policy_at_any_length() {
        let random = Counting::new(3);
        for length_max in 11..=WORDS_CHARS_MAX {
            let policy = PasswordPolicy { length_max, ..PasswordPolicy::default() };
            let make = if length_max == WORDS_CHARS_MAX { words } else { characters };
            let passed =
                (0..100).filter(|_| policy.check(&Secret::from(make(&policy, &random).unwrap()), &[]).is_ok()).count();
            assert!(passed > 50, "{length_max}: {passed}");
        }
    }

    #[test]
    fn it_reads_well() {
        let policy = PasswordPolicy::default();
        for seed in 0..200 {
            let password = made(&policy, seed);
            let parts: Vec<&str> = password.split('-').collect();
            assert_eq!(parts.len(), WORDS_COUNT + 1, "{password}");
            assert!(password.starts_with(|c: char| c.is_ascii_uppercase()), "{password}");
            let numbers = parts.iter().filter(|part| part.parse::<u8>().is_ok_and(|n| (10..100).contains(&n)));
            assert_eq!(numbers.count(), 1, "{password}");
        }
        let short = made(&PasswordPolicy { length_max: 20, ..policy }, 1);
        assert_eq!(short.split('-').map(str::len).collect::<Vec<_>>(), [4, 4, 4, 4], "{short}");
    }

    #[test]
    fn two_are_never_the_same() {
        let policy = PasswordPolicy::default();
        let many: HashSet<String> =
            (0..1_000).map(|_| generate(&policy, &[], &OsRandom).unwrap().expose_secret().to_owned()).collect();
        assert_eq!(many.len(), 1_000);
    }

    #[test]
    fn the_names_of_the_person_are_left_out() {
        let policy = PasswordPolicy::default();
        let about: Vec<&str> = WORDS.iter().filter(|word| word.len() >= 4).take(30).copied().collect();
        for seed in 0..300 {
            let password = generate(&policy, &about, &Counting::new(seed)).unwrap();
            assert_eq!(policy.check(&password, &about), Ok(()));
        }
    }

    #[test]
    fn choices_are_uniform() {
        let random = Counting::new(7);
        let mut seen = [0u32; 6];
        for _ in 0..60_000 {
            seen[below(&random, 6).unwrap()] += 1;
        }
        // Six standard deviations around 10,000: sqrt(60000 * 1/6 * 5/6) = 91.
        assert!(seen.iter().all(|count| (9_450..10_550).contains(count)), "{seen:?}");
    }

    #[test]
    fn the_incomplete_last_stretch_is_drawn_again() {
        struct Scripted(AtomicU64);
        impl Random for Scripted {
            fn fill(&self, buffer: &mut [u8]) {
                let drawn: u32 = if self.0.fetch_add(1, Ordering::Relaxed) == 0 { u32::MAX } else { 13 };
                buffer.copy_from_slice(&drawn.to_le_bytes());
            }
        }
        assert_eq!(below(&Scripted(AtomicU64::new(0)), 10), Ok(3));
        assert_eq!(below(&OsRandom, 0), Err(CannotGenerate));
    }

    #[test]
    fn impossible_wishes_end_with_an_error() {
        let policy = PasswordPolicy::default();
        assert_eq!(generate(&policy, &[], &Stuck).err(), Some(CannotGenerate));
        let backwards = PasswordPolicy { length_min: 20, length_max: 10, ..policy.clone() };
        assert_eq!(generate(&backwards, &[], &OsRandom).err(), Some(CannotGenerate));
        let hopeless = PasswordPolicy { length_max: 8, strength_min: 4, ..policy };
        assert_eq!(generate(&hopeless, &[], &OsRandom).err(), Some(CannotGenerate));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100))]
        #[test]
        fn every_valid_policy_is_satisfied(
            length_min in 7u32..=256,
            more in 0u32..=256,
            classes_min in 0u32..=5,
            strength_min in 0u8..=4,
            seed in any::<u64>(),
        ) {
            let length_max = (length_min + more).min(256);
            let policy = PasswordPolicy { length_min, length_max, classes_min, strength_min, ..Default::default() };
            prop_assume!(policy.validate().is_ok());
            let password = generate(&policy, &["Ann Lee", "alee@northwind.example"], &Counting::new(seed));
            prop_assert!(password.is_ok());
            prop_assert_eq!(policy.check(&password.unwrap(), &["Ann Lee", "alee@northwind.example"]), Ok(()));
        }

        #[test]
        fn short_policies_are_satisfied(
            length_max in 7u32..=45,
            classes_min in 0u32..=5,
            strength_min in 0u8..=4,
            seed in any::<u64>(),
        ) {
            let policy =
                PasswordPolicy { length_min: 7, length_max, classes_min, strength_min, ..Default::default() };
            prop_assume!(policy.validate().is_ok());
            prop_assert!(generate(&policy, &[], &Counting::new(seed)).is_ok());
        }
    }
}
