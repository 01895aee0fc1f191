//! The password policy of a directory and the rules that a new password can break.
//!
//! Decides about passwords, never about people: counting failures and days is done where accounts are kept.
//! Every rule says what to do next and none repeats the password.

use std::fmt;

use reeve_base::Invalid;
use reeve_base::secret::{ExposeSecret, Secret};
use reeve_base::text::fold;
use zxcvbn::feedback::Warning;

use super::breached::is_breached;
use super::hash::{Hasher, Verdict};

/// The shortest minimum that may be set: what Active Directory starts with; anything shorter is guessed offline in minutes.
pub(super) const LENGTH_FLOOR: u32 = 7;

/// The longest password that a policy may allow: the maximum of WorkMail's `Password` shape.
const LENGTH_CEILING: u32 = 256;

/// Kinds of characters that exist: upper case, lower case, digits, specials, Latin-1 letters.
pub(super) const CLASSES_ALL: u32 = 5;

/// Remembered passwords at most, as in Active Directory: each costs one hash to compare.
const HISTORY_MAX: u32 = 24;

/// Longest age in days, as in Active Directory.
const AGE_DAYS_MAX: u32 = 999;

/// Failures before a lock at most: more would let a slow guesser try a whole list of common passwords.
const LOCKOUT_FAILURES_MAX: u32 = 1_000;

/// Longest lock: a week; a longer one is an administrator's decision to disable the person.
const LOCKOUT_MINUTES_MAX: u32 = 7 * 24 * 60;

/// Characters that are looked at when guessing is estimated: its cost grows with the square of the length.
const GUESSED_CHARS_MAX: usize = 100;

/// The shortest part of a name that a password may not contain; shorter ones turn up in words by chance.
const NAME_PART_CHARS_MIN: usize = 4;

/// Names of a person that are compared with a password; a person has fewer, and each one costs a search.
const ABOUT_MAX: usize = 32;

/// What a directory demands of passwords. The default is WorkMail's policy with a floor under guessable ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasswordPolicy {
    /// Fewest characters.
    pub length_min: u32,
    /// Most characters.
    pub length_max: u32,
    /// How many of the five kinds of characters must be present.
    pub classes_min: u32,
    /// How many earlier passwords may not come back; 0 remembers none.
    pub history: u32,
    /// Days after which a password must be changed; 0 never asks for it.
    pub age_max_days: u32,
    /// Wrong passwords in a row that lock a person out; 0 never locks.
    pub lockout_failures: u32,
    /// How long a lock lasts.
    pub lockout_minutes: u32,
    /// Least zxcvbn score, 0 (anything) to 4 (very hard to guess).
    pub strength_min: u8,
}

impl Default for PasswordPolicy {
    fn default() -> Self {
        Self {
            // WorkMail: "at least 8 and fewer than 64 characters", three of five kinds.
            length_min: 8,
            length_max: 63,
            classes_min: 3,
            history: 0,
            age_max_days: 0,
            lockout_failures: 10,
            lockout_minutes: 15,
            strength_min: 2,
        }
    }
}

impl PasswordPolicy {
    /// Refuses a policy that is out of bounds or that no password could satisfy.
    pub fn validate(&self) -> Result<(), Invalid> {
        bounded("length_min", self.length_min, LENGTH_FLOOR, LENGTH_CEILING)?;
        bounded("length_max", self.length_max, LENGTH_FLOOR, LENGTH_CEILING)?;
        bounded("classes_min", self.classes_min, 0, CLASSES_ALL)?;
        bounded("history", self.history, 0, HISTORY_MAX)?;
        bounded("age_max_days", self.age_max_days, 0, AGE_DAYS_MAX)?;
        bounded("lockout_failures", self.lockout_failures, 0, LOCKOUT_FAILURES_MAX)?;
        bounded("lockout_minutes", self.lockout_minutes, 1, LOCKOUT_MINUTES_MAX)?;
        bounded("strength_min", u32::from(self.strength_min), 0, 4)?;
        if self.length_min > self.length_max {
            return Err(Invalid::new(
                "length_min",
                format!("length_min ({}) may not exceed length_max ({})", self.length_min, self.length_max),
            ));
        }
        let needed = length_for_strength(self.strength_min);
        if self.length_max < needed {
            return Err(Invalid::new(
                "strength_min",
                format!(
                    "strength_min {} cannot be reached with length_max {}; raise length_max to {needed} or more",
                    self.strength_min, self.length_max
                ),
            ));
        }
        Ok(())
    }

    /// Checks a new password against every rule but the history, and against those that are known from breaches; `about` holds the person's own names and addresses.
    pub fn check(&self, password: &Secret, about: &[&str]) -> Result<(), Rule> {
        let text = password.expose_secret();
        let length = text.chars().take(LENGTH_CEILING as usize + 1).count();
        if length < self.length_min as usize {
            return Err(Rule::TooShort { min: self.length_min });
        }
        if length > self.length_max.min(LENGTH_CEILING) as usize {
            return Err(Rule::TooLong { max: self.length_max.min(LENGTH_CEILING) });
        }
        if !text.chars().all(allowed) {
            return Err(Rule::Characters);
        }
        let has = classes(text);
        if has < self.classes_min {
            return Err(Rule::Classes { min: self.classes_min, has });
        }
        let names = names(about);
        let folded = fold(text);
        if names.iter().any(|name| folded.contains(name.as_str())) {
            return Err(Rule::ContainsName);
        }
        self.check_strength(text, &names)?;
        // Last: what is easy to guess is told why, and what is left can only be known.
        if is_breached(password) { Err(Rule::Breached) } else { Ok(()) }
    }

    /// Refuses a password that is one of the `history` newest of `previous` (stored hashes, newest first).
    ///
    /// Costs one hash for each that is compared: call it on the blocking pool, after `check`.
    pub fn check_history<S: AsRef<str>>(&self, hasher: &Hasher, password: &Secret, previous: &[S]) -> Result<(), Rule> {
        let compared = previous.iter().take(self.history.min(HISTORY_MAX) as usize);
        for stored in compared {
            if matches!(hasher.verify(stored.as_ref(), password), Verdict::Right { .. }) {
                return Err(Rule::Reused { history: self.history });
            }
        }
        Ok(())
    }

    fn check_strength(&self, text: &str, names: &[String]) -> Result<(), Rule> {
        if self.strength_min == 0 {
            return Ok(());
        }
        let head: String = text.chars().take(GUESSED_CHARS_MAX).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let estimate = zxcvbn::zxcvbn(&head, &names);
        if u8::from(estimate.score()) >= self.strength_min {
            return Ok(());
        }
        let warning = estimate.feedback().and_then(|feedback| feedback.warning());
        Err(Rule::Guessable { why: explain(warning) })
    }
}

/// A rule that a password breaks. `Display` says what to do, `code` is for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// It has fewer characters than `min`.
    TooShort {
        /// Fewest characters allowed.
        min: u32,
    },
    /// It has more characters than `max`.
    TooLong {
        /// Most characters allowed.
        max: u32,
    },
    /// It holds a character outside Basic Latin and Latin-1 Supplement, or a control character.
    Characters,
    /// It mixes `has` kinds of characters where `min` are needed.
    Classes {
        /// Kinds needed.
        min: u32,
        /// Kinds present.
        has: u32,
    },
    /// It contains a part of the person's own name or address.
    ContainsName,
    /// It would be among the first that a guesser tries.
    Guessable {
        /// What makes it easy to guess.
        why: &'static str,
    },
    /// It is known from breaches.
    Breached,
    /// It is one of the person's earlier passwords.
    Reused {
        /// How many earlier passwords may not come back.
        history: u32,
    },
}

impl Rule {
    /// A short name that never changes.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooShort { .. } => "too_short",
            Self::TooLong { .. } => "too_long",
            Self::Characters => "characters",
            Self::Classes { .. } => "classes",
            Self::ContainsName => "contains_name",
            Self::Guessable { .. } => "guessable",
            Self::Breached => "breached",
            Self::Reused { .. } => "reused",
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooShort { min } => write!(f, "use at least {min} characters"),
            Self::TooLong { max } => write!(f, "use at most {max} characters"),
            Self::Characters => f.write_str(
                "use only letters, digits, spaces and signs of Basic Latin and Latin-1 (such as A, 7, ~ or é)",
            ),
            Self::Classes { min, has } => write!(
                f,
                "mix at least {min} of these 5 kinds, not {has}: upper-case letters, lower-case letters, digits, \
                 special characters, accented letters"
            ),
            Self::ContainsName => f.write_str("leave out the person's own name, user name and address"),
            Self::Guessable { why } => write!(f, "choose one that is harder to guess: {why}"),
            Self::Breached => f.write_str("choose another: this one is known from breaches, and guessers try it early"),
            Self::Reused { history: 1 } => f.write_str("choose one that differs from the last password"),
            Self::Reused { history } => write!(f, "choose one that is not among the last {history} passwords"),
        }
    }
}

impl std::error::Error for Rule {}

fn bounded(field: &'static str, value: u32, min: u32, max: u32) -> Result<(), Invalid> {
    if (min..=max).contains(&value) {
        return Ok(());
    }
    Err(Invalid::new(field, format!("{field} must be between {min} and {max}")))
}

/// The length from which random characters reach a zxcvbn score, which counts ten guesses for each of them.
fn length_for_strength(strength: u8) -> u32 {
    match strength {
        0..=2 => LENGTH_FLOOR,
        3 => 10,
        _ => 12,
    }
}

/// WorkMail: Basic Latin or Latin-1 Supplement, which leaves out the control characters of both.
fn allowed(c: char) -> bool {
    matches!(c, ' '..='~' | '\u{A0}'..='\u{FF}')
}

fn classes(text: &str) -> u32 {
    let kinds: [fn(char) -> bool; CLASSES_ALL as usize] = [
        |c| c.is_ascii_uppercase(),
        |c| c.is_ascii_lowercase(),
        |c| c.is_ascii_digit(),
        |c| !c.is_alphabetic() && !c.is_ascii_digit(),
        |c| !c.is_ascii() && c.is_alphabetic(),
    ];
    kinds.iter().map(|kind| u32::from(text.chars().any(kind))).sum()
}

/// What of a person's names a password may not contain: each whole without its separators, and each longer part.
fn names(about: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for text in about.iter().take(ABOUT_MAX) {
        let head: String = text.chars().take(LENGTH_CEILING as usize).collect();
        let folded = fold(&head);
        found.push(folded.chars().filter(|c| c.is_alphanumeric()).collect());
        found.extend(folded.split(|c: char| !c.is_alphanumeric()).map(String::from));
    }
    found.retain(|name: &String| name.chars().count() >= NAME_PART_CHARS_MIN);
    found.sort_unstable();
    found.dedup();
    found
}

fn explain(warning: Option<Warning>) -> &'static str {
    use Warning as W;
    match warning {
        Some(W::StraightRowsOfKeysAreEasyToGuess | W::ShortKeyboardPatternsAreEasyToGuess) => {
            "keys that lie side by side are tried early"
        }
        Some(W::RepeatsLikeAaaAreEasyToGuess | W::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess) => {
            "repeating a part adds almost nothing"
        }
        Some(W::SequencesLikeAbcAreEasyToGuess) => "sequences such as abc or 6543 are tried early",
        Some(W::ThisIsATop10Password | W::ThisIsATop100Password | W::ThisIsACommonPassword) => {
            "it is on every list of common passwords"
        }
        Some(W::ThisIsSimilarToACommonlyUsedPassword) => "it is close to a common password",
        Some(W::RecentYearsAreEasyToGuess | W::DatesAreOftenEasyToGuess) => "dates and years are tried early",
        Some(W::AWordByItselfIsEasyToGuess) => "one word is not enough, add two or three unrelated ones",
        Some(W::NamesAndSurnamesByThemselvesAreEasyToGuess | W::CommonNamesAndSurnamesAreEasyToGuess) => {
            "names are tried early"
        }
        None => "make it longer, or add two or three unrelated words",
    }
}

#[cfg(test)]
mod tests;
