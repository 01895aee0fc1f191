//! What the filter knows, what it does not, and that it is the one that the documentation speaks of.

use std::time::Instant;

use super::*;

/// Its SHA-256, which `scripts/breached-passwords.sh --check` compares with what it builds anew.
const FINGERPRINT: &str = include_str!("../breached.filter.sha256");

/// The size that the documentation names.
const OCTETS: usize = 1_474_580;

fn known(text: &str) -> bool {
    is_breached(&Secret::from(text.to_owned()))
}

#[test]
fn the_filter_is_the_one_that_was_built() {
    let hex: String = digest(&SHA256, WRITTEN).as_ref().iter().map(|octet| format!("{octet:02x}")).collect();
    assert_eq!(FINGERPRINT.split_whitespace().next(), Some(hex.as_str()));
    assert_eq!(WRITTEN.len(), OCTETS);
}

#[test]
fn common_passwords_are_known_in_upper_and_lower_case_and_with_accents() {
    for text in ["password", "Password1", "PASSWORD123", "1q2w3e4r5t", "iloveyou", "football1", "Trustno1", "pässword"]
    {
        assert!(known(text), "{text}");
    }
}

#[test]
fn what_nobody_used_is_not_known() {
    for text in ["Copper-willow-41-thrush", "correct horse battery staple", "x7#kQ2!vLm", ""] {
        assert!(!known(text), "{text}");
    }
}

#[test]
fn what_is_too_short_for_any_policy_is_left_to_the_rule_about_lengths() {
    assert!(!known("123456"));
    assert!(build(["123456", "qwerty"].into_iter()).is_err());
    let (_, count) = build(["123456", "1234567"].into_iter()).unwrap();
    assert_eq!(count, 1);
}

#[test]
fn one_text_in_some_tens_of_thousands_is_taken_for_another() {
    let wrong = (0..1_000_000).filter(|n| known(&format!("never used {n} ~"))).count();
    // Expected 15 with a standard deviation of 4.
    assert!(wrong <= 40, "{wrong}");
}

#[test]
fn a_filter_knows_each_of_its_passwords_whatever_their_order() {
    let words: Vec<String> = (0..20_000).map(|n| format!("Password number {n}")).collect();
    let (forwards, count) = build(words.iter().map(String::as_str)).unwrap();
    assert_eq!(count, words.len());
    assert_eq!(build(words.iter().rev().map(String::as_str)).unwrap().0, forwards);
    let filter = read(&forwards);
    assert!(words.iter().all(|word| filter.contains(&key(&word.to_lowercase()))));
    let others = (0..20_000).filter(|n| filter.contains(&key(&format!("Another text {n}")))).count();
    assert!(others <= 5, "{others}");
}

#[test]
fn those_that_fold_to_one_count_once() {
    let (_, count) = build(["Passwort", "passwort", "PASSWORT", "pässwort"].into_iter()).unwrap();
    assert_eq!(count, 1);
}

#[test]
fn a_look_up_costs_nothing_beside_a_hash() {
    assert!(known("password"));
    let began = Instant::now();
    let found = (0..10_000).filter(|n| known(&format!("password{n}"))).count();
    assert!(found > 100, "{found}");
    // Some microseconds each without optimization; a hash takes some 20 milliseconds.
    assert!(began.elapsed().as_millis() < 2_000, "{:?}", began.elapsed());
}
