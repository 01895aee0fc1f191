//! A table of strings for each answer: accepted, weak, costly, damaged, unknown.

use proptest::prelude::*;

use super::*;
use crate::passwords::ACCEPTED;

fn check(stored: &str, expected: &str) {
    let found = match recognize(stored) {
        Ok(scheme) => scheme.to_string(),
        Err(refused) => refused.to_string().replace(ACCEPTED, "ACCEPTED"),
    };
    assert_eq!(found, expected, "{stored}");
}

const SALT: &str = "c2FsdHNhbHRzYWx0c2FsdA";
const KEY: &str = "ioVBA2PQYXoZ/Q2zZPTzF53PgbT68qy94sF7BmgH1gM";

#[test]
fn accepted_schemes_are_told_apart() {
    let b53 = "abcdefghijklmnopqrstuu56yLm40zKTrZnHX.tp6a5WeTet7ENwm";
    let k43 = "bI6rmoOpJt2fYnWfmC2hK9nRtMuKuXABirnpT1x67W5";
    let k86 = format!("{}1", "a".repeat(85));
    check(&format!("$argon2id$v=19$m=19456,t=2,p=1${SALT}${KEY}"), "argon2id");
    check(&format!("  $argon2id$v=19$m=19456,t=2,p=1${SALT}${KEY}\n"), "argon2id");
    check(&format!("$argon2i$m=64,t=2,p=2${SALT}${KEY}"), "argon2i");
    check(&format!("{{ARGON2}}$argon2d$v=16$m=64,t=2,p=2${SALT}${KEY}"), "argon2d");
    check(&format!("{{argon2id}}$argon2id$v=19$m=262144,t=4,p=4${SALT}${KEY}"), "argon2id");
    for version in ["2a", "2b", "2y"] {
        check(&format!("${version}$14${b53}"), "bcrypt");
        check(&format!("{{BCRYPT}}${version}$04${b53}"), "bcrypt");
        check(&format!("{{BLF-CRYPT}}${version}$04${b53}"), "bcrypt");
    }
    check(&format!("$6$saltstring${k86}"), "SHA-512-crypt");
    check(&format!("{{CRYPT}}$6$rounds=1000000$saltstring${k86}"), "SHA-512-crypt");
    check(&format!("{{crypt}}$5$rounds=1000$saltstring${k43}"), "SHA-256-crypt");
    check(&format!("{{SHA256-CRYPT}}$5$saltstring${k43}"), "SHA-256-crypt");
    check(&format!("$pbkdf2-sha256$i=2000000,l=32${SALT}${KEY}"), "PBKDF2-SHA-256");
    check(&format!("$pbkdf2-sha256$29000${SALT}${KEY}"), "PBKDF2-SHA-256");
    check(&format!("$pbkdf2-sha512$i=1000${SALT}${KEY}"), "PBKDF2-SHA-512");
    check(&format!("{{PBKDF2-SHA512}}10000${SALT}${KEY}"), "PBKDF2-SHA-512");
    check(&format!("pbkdf2_sha256$600000$seasalt${KEY}="), "PBKDF2-SHA-256");
    check(&format!("$scrypt$ln=18,r=8,p=2${SALT}${KEY}"), "scrypt");
    check(&format!("$scrypt$ln=17,r=16,p=1${SALT}${KEY}"), "scrypt");
}

#[test]
fn weak_schemes_are_refused_by_name() {
    let table = [
        ("5f4dcc3b5aa765d61d8327deb882cf99", "MD5"),
        ("5baa61e4c9b93f3f0682250b6cf8331b7ee68fd8", "SHA-1"),
        ("5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8", "a single SHA-2 round"),
        ("$1$saltsalt$qjXMvbEw8oaL.CzflDtaK/", "MD5-crypt"),
        ("$apr1$saltsalt$aTXMvbEw8oaL.CzflDtaK/", "MD5-crypt"),
        ("rEK1ecacw.7.c", "DES crypt"),
        ("{CRYPT}rEK1ecacw.7.c", "DES crypt"),
        ("{SSHA}DkMTwBl+a/3DQTxCYEApdUtNXGgdUac3", "SHA-1"),
        ("{sha}W6ph5Mm5Pz8GgiULbPgzG37mj9g=", "SHA-1"),
        ("{MD5}X03MO1qnZdYdgyfeuILPmQ==", "MD5"),
        ("{SSHA512}AAAA", "a single SHA-2 round"),
        ("{PBKDF2}10000$c2FsdA$a2V5", "PBKDF2 with SHA-1"),
        ("pbkdf2_sha1$10000$salt$a2V5", "PBKDF2 with SHA-1"),
        ("$pbkdf2$131000$c2FsdA$a2V5", "PBKDF2 with SHA-1"),
        ("$2x$04$abcdefghijklmnopqrstuu56yLm40zKTrZnHX.tp6a5WeTet7ENwm", "the faulty bcrypt version 2x"),
    ];
    for (stored, scheme) in table {
        check(
            stored,
            &format!(
                "{scheme} is too weak to take over; give this person a new password, or a hash by one of ACCEPTED"
            ),
        );
    }
}

#[test]
fn costly_parameters_are_refused() {
    let costly = |stored: &str, what: &str, scheme: &str, bounds: [u32; 2]| {
        let [min, max] = bounds;
        let remedy = "give this person a new password";
        check(stored, &format!("the {what} of this {scheme} hash must be between {min} and {max}; {remedy}"));
    };
    let b53 = "abcdefghijklmnopqrstuu56yLm40zKTrZnHX.tp6a5WeTet7ENwm";
    let k86 = format!("{}1", "a".repeat(85));
    let argon2 = |parameters: &str, what, bounds| {
        costly(&format!("$argon2id$v=19${parameters}${SALT}${KEY}"), what, "argon2id", bounds);
    };
    argon2("m=262145,t=1,p=1", "memory (m)", [8, 262_144]);
    argon2("m=15,t=1,p=2", "memory (m)", [16, 262_144]);
    argon2("m=0,t=1,p=1", "memory (m)", [8, 262_144]);
    argon2("m=64,t=11,p=1", "number of passes (t)", [1, 10]);
    argon2("m=262144,t=5,p=1", "number of passes (t)", [1, 4]);
    argon2("m=1024,t=1,p=17", "number of lanes (p)", [1, 16]);
    argon2("m=1024,t=1,p=4294967295", "number of lanes (p)", [1, 16]);
    costly(&format!("$2b$15${b53}"), "cost", "bcrypt", [4, 14]);
    costly(&format!("$2b$03${b53}"), "cost", "bcrypt", [4, 14]);
    let rounds = [1_000, 1_000_000];
    costly(&format!("$6$rounds=1000001$salt${k86}"), "number of rounds", "SHA-512-crypt", rounds);
    costly(&format!("$6$rounds=999$salt${k86}"), "number of rounds", "SHA-512-crypt", rounds);
    let (what, scheme, bounds) = ("number of iterations", "PBKDF2-SHA-256", [1_000, 2_000_000]);
    costly(&format!("$pbkdf2-sha256$i=2000001${SALT}${KEY}"), what, scheme, bounds);
    costly(&format!("pbkdf2_sha256$999$salt${KEY}"), what, scheme, bounds);
    let scrypt = |parameters: &str, what, bounds| {
        costly(&format!("$scrypt${parameters}${SALT}${KEY}"), what, "scrypt", bounds);
    };
    scrypt("ln=19,r=8,p=1", "cost (ln)", [1, 18]);
    scrypt("ln=18,r=16,p=1", "cost (ln)", [1, 17]);
    scrypt("ln=18,r=8,p=4", "cost (ln)", [1, 17]);
    scrypt("ln=17,r=16,p=4", "cost (ln)", [1, 16]);
    scrypt("ln=10,r=17,p=1", "block size (r)", [1, 16]);
    scrypt("ln=10,r=8,p=5", "parallelization (p)", [1, 4]);
}

#[test]
fn damaged_hashes_are_refused() {
    let damaged = |stored: &str, scheme: &str| {
        check(stored, &format!("this {scheme} hash is damaged; copy it whole, from its first to its last character"));
    };
    damaged(&format!("$argon2id$v=19$m=64,t=2,p=2${SALT}"), "argon2id");
    damaged(&format!("$argon2id$v=20$m=64,t=2,p=2${SALT}${KEY}"), "argon2id");
    damaged(&format!("$argon2id$v=19$m=64,t=2${SALT}${KEY}"), "argon2id");
    damaged(&format!("$argon2id$v=19$m=64,m=64,t=2${SALT}${KEY}"), "argon2id");
    damaged(&format!("$argon2id$v=19$m=+64,t=2,p=1${SALT}${KEY}"), "argon2id");
    damaged(&format!("$argon2id$v=19$m=64,t=2,p=1,keyid=AA${SALT}${KEY}"), "argon2id");
    damaged(&format!("$argon2id$v=19$m=99999999999,t=2,p=1${SALT}${KEY}"), "argon2id");
    damaged(&format!("$argon2id$v=19$m=64,t=2,p=1$c2FsdA${KEY}"), "argon2id");
    damaged(&format!("$argon2id$v=19$m=64,t=2,p=1${SALT}$a2V5"), "argon2id");
    damaged(&format!("$argon2id$v=19$m=64,t=2,p=1${SALT}${KEY}!"), "argon2id");
    damaged("$2b$12$abc", "bcrypt");
    damaged("$2b$12$abcdefghijklmnopqrstuu56yLm40zKTrZnHX.tp6a5WeTet7ENwn", "bcrypt");
    damaged(&format!("$6$salt${}", "a".repeat(86)), "SHA-512-crypt");
    damaged(&format!("$5$salt${}", "a".repeat(43)), "SHA-256-crypt");
    damaged("$6$salt$short", "SHA-512-crypt");
    damaged(&format!("$6$seventeencharslong${}", "a".repeat(86)), "SHA-512-crypt");
    damaged(&format!("$pbkdf2-sha256$i=1000,l=64${SALT}${KEY}"), "PBKDF2-SHA-256");
    damaged(&format!("pbkdf2_sha256$1000$${KEY}"), "PBKDF2-SHA-256");
    damaged(&format!("$scrypt$ln=10,r=8${SALT}${KEY}"), "scrypt");
}

#[test]
fn anything_else_is_unknown() {
    let unknown = "this is not a password hash that is understood; accepted are ACCEPTED";
    let long = "a".repeat(513);
    for stored in ["", "hunter2", "$y$j9T$abc$def", "{NTLM}x", "{", "$", "$$", "{CRYPT}", "größe", &long] {
        check(stored, unknown);
    }
    check(&format!("{{BCRYPT}}$argon2id$v=19$m=64,t=2,p=1${SALT}${KEY}"), unknown);
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_fail(
        start in "(\\{[A-Z0-9-]{0,12}\\})?(\\$(argon2id|2b|5|6|scrypt|pbkdf2-sha256)\\$)?",
        rest in "[a-z0-9=,$./+é-]{0,80}",
    ) {
        if let Err(refused) = recognize(&format!("{start}{rest}")) {
            prop_assert!(!refused.to_string().is_empty());
        }
    }
}
