//! Each rule of the policy with its exact message, and what passes.

use proptest::prelude::*;

use super::*;

fn check(password: &str, about: &[&str]) -> Result<(), String> {
    PasswordPolicy::default().check(&Secret::from(password), about).map_err(|rule| format!("{}: {rule}", rule.code()))
}

#[test]
fn the_default_is_the_policy_of_workmail() {
    let policy = PasswordPolicy::default();
    assert_eq!((policy.length_min, policy.length_max, policy.classes_min), (8, 63, 3));
    assert_eq!(policy.validate(), Ok(()));
}

#[test]
fn each_refusal_names_its_rule_and_the_remedy() {
    let about = ["jmiller", "Jörg Miller", "joerg@northwind.example"];
    let table = [
        ("", "too_short: use at least 8 characters"),
        ("xT4?kq9", "too_short: use at least 8 characters"),
        (
            "tr0ub4dor-Łódź",
            "characters: use only letters, digits, spaces and signs of Basic Latin and Latin-1 (such as A, 7, ~ \
             or é)",
        ),
        (
            "quiet\u{7}harbor 71",
            "characters: use only letters, digits, spaces and signs of Basic Latin and Latin-1 (such as A, 7, ~ \
             or é)",
        ),
        (
            "quietharbor71",
            "classes: mix at least 3 of these 5 kinds, not 2: upper-case letters, lower-case letters, digits, \
             special characters, accented letters",
        ),
        ("Copper-MILLER-41", "contains_name: leave out the person's own name, user name and address"),
        ("Jorg-Miller9", "contains_name: leave out the person's own name, user name and address"),
        ("North*NORTHWIND*7", "contains_name: leave out the person's own name, user name and address"),
        ("Password1!", "guessable: choose one that is harder to guess: it is close to a common password"),
        ("Qwertyuiop1!", "guessable: choose one that is harder to guess: it is close to a common password"),
        ("Ab1Ab1Ab1Ab1", "guessable: choose one that is harder to guess: repeating a part adds almost nothing"),
    ];
    for (password, expected) in table {
        assert_eq!(check(password, &about), Err(expected.into()), "{password:?}");
    }
    let long = "xT4?kq9z".repeat(8);
    assert_eq!(check(&long, &about), Err("too_long: use at most 63 characters".into()));
}

#[test]
fn good_passwords_pass_at_both_ends_of_the_length() {
    for password in ["xT4?kq9z", "Copper-willow-41", "grün und BLAU 7 Äpfel", "été~Hiver~Nuage"] {
        assert_eq!(check(password, &["jmiller", "Ann Lee"]), Ok(()), "{password:?}");
    }
    let longest: String = "xT4?kq9z".repeat(8).chars().take(63).collect();
    assert_eq!(check(&longest, &[]), Ok(()));
}

#[test]
fn each_class_counts_once() {
    let table = [("abc", 1), ("aB", 2), ("aB3", 3), ("aB3~", 4), ("aB3~é", 5), ("ÀÉ", 1), ("×÷ \u{A0}", 1), ("", 0)];
    for (text, expected) in table {
        assert_eq!(classes(text), expected, "{text:?}");
    }
}

#[test]
fn short_names_are_not_searched_for() {
    assert_eq!(names(&["Ann Lee", "a@b.c"]), ["annlee"]);
    assert_eq!(names(&["Ann-Marie O'Brien"]), ["annmarieobrien", "brien", "marie"]);
}

#[test]
fn a_password_of_any_length_is_answered_at_once() {
    let policy = PasswordPolicy { length_max: LENGTH_CEILING, ..PasswordPolicy::default() };
    let huge = Secret::from("aB3~".repeat(1_000_000));
    assert_eq!(policy.check(&huge, &[]), Err(Rule::TooLong { max: LENGTH_CEILING }));
}

#[test]
fn a_remembered_password_is_refused() {
    let hasher = Hasher::new(8, 1, 1).unwrap();
    let random = crate::passwords::generate::tests::Counting::new(1);
    let hash = |text: &str| hasher.hash(&Secret::from(text), &random).unwrap();
    let previous = [hash("third-7-Owl"), hash("second-7-Owl"), hash("first-7-Owl")];
    let policy = PasswordPolicy { history: 2, ..PasswordPolicy::default() };
    let check = |text: &str| policy.check_history(&hasher, &Secret::from(text), &previous);
    assert_eq!(check("third-7-Owl"), Err(Rule::Reused { history: 2 }));
    assert_eq!(check("second-7-Owl"), Err(Rule::Reused { history: 2 }));
    assert_eq!(check("first-7-Owl"), Ok(()));
    assert_eq!(check("fourth-7-Owl"), Ok(()));
    assert_eq!(Rule::Reused { history: 1 }.to_string(), "choose one that differs from the last password");
}

#[test]
fn a_policy_out_of_bounds_is_refused_by_name() {
    let refused = |change: fn(&mut PasswordPolicy), expected: &str| {
        let mut policy = PasswordPolicy::default();
        change(&mut policy);
        assert_eq!(policy.validate().unwrap_err().to_string(), expected);
    };
    refused(|p| p.length_min = 6, "length_min: length_min must be between 7 and 256");
    refused(|p| p.length_max = 257, "length_max: length_max must be between 7 and 256");
    refused(|p| (p.length_min, p.length_max) = (20, 12), "length_min: length_min (20) may not exceed length_max (12)");
    refused(|p| p.classes_min = 6, "classes_min: classes_min must be between 0 and 5");
    refused(|p| p.history = 25, "history: history must be between 0 and 24");
    refused(|p| p.age_max_days = 1000, "age_max_days: age_max_days must be between 0 and 999");
    refused(|p| p.lockout_failures = 1001, "lockout_failures: lockout_failures must be between 0 and 1000");
    refused(|p| p.lockout_minutes = 0, "lockout_minutes: lockout_minutes must be between 1 and 10080");
    refused(|p| p.strength_min = 5, "strength_min: strength_min must be between 0 and 4");
    refused(
        |p| (p.length_max, p.strength_min) = (8, 4),
        "strength_min: strength_min 4 cannot be reached with length_max 8; raise length_max to 12 or more",
    );
}

proptest! {
    #[test]
    fn any_text_gets_an_answer_that_does_not_repeat_it(text in "\\PC{8,80}", name in "\\PC{0,20}") {
        if let Err(rule) = PasswordPolicy::default().check(&Secret::from(text.as_str()), &[&name]) {
            let shown = format!("{rule} {rule:?}");
            prop_assert!(!shown.contains(&text));
        }
    }
}
