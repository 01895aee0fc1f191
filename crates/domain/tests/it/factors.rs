//! Second factors as tests use them: an authenticator app of the tests' own, and the words for signing in with one.

use std::time::Duration;

use aws_lc_rs::hmac;
use reeve_base::{Secret, Timestamp};
use reeve_domain::administrators::{self, Challenge, Proof, SignIn, SignedIn};
use reeve_domain::second_factors::{begin_totp, confirm_totp};
use reeve_domain::{Ctx, Error, auth};

use crate::harness::{PASSWORD, World, request, secret, shown};

/// How long a one-time code lasts.
pub(crate) const STEP: Duration = Duration::from_secs(30);

/// Long enough that a session is not fresh any more.
pub(crate) const STALE: Duration = Duration::from_secs(5 * 60);

/// The code of a secret at a moment, as an authenticator app computes it (RFC 6238 §4, RFC 4226 §5.3).
pub(crate) fn code_at(base32: &Secret, at: Timestamp) -> Secret {
    let step = u64::try_from(at.millis()).unwrap() / 30_000;
    Secret::from(format!("{:06}", truncated(&decoded(shown(base32)), step) % 1_000_000))
}

fn truncated(key: &[u8], counter: u64) -> u32 {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, key);
    let tag = hmac::sign(&key, &counter.to_be_bytes());
    let tag = tag.as_ref();
    let offset = usize::from(tag[19] & 15);
    u32::from_be_bytes(tag[offset..offset + 4].try_into().unwrap()) & 0x7fff_ffff
}

/// Base32 without padding (RFC 4648 §6).
pub(crate) fn decoded(text: &str) -> Vec<u8> {
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut bits = 0_u32;
    let mut held = 0;
    let mut bytes = Vec::new();
    for byte in text.bytes() {
        let value = letters.iter().position(|letter| *letter == byte).expect("a letter of base32");
        bits = bits << 5 | u32::try_from(value).unwrap();
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 255).unwrap());
        }
    }
    bytes
}

#[test]
fn the_tests_own_codes_are_those_of_the_standard() {
    // RFC 6238 appendix B: eight digits of the key "12345678901234567890", of which six are asked for here.
    for (seconds, expected) in [(59, 94_287_082), (1_111_111_109, 7_081_804), (20_000_000_000, 65_353_130)] {
        assert_eq!(truncated(b"12345678901234567890", seconds / 30) % 100_000_000, expected);
    }
    assert_eq!(decoded("GEZDGNBVGY3TQOJQ"), b"1234567890");
}

impl World {
    /// Gives the owner of a session one-time codes; answers with the secret and, for a first factor, recovery codes.
    pub(crate) async fn enrol(&self, ctx: &Ctx) -> (Secret, Vec<Secret>) {
        let enrolment = begin_totp(ctx).await.unwrap();
        let code = code_at(&enrolment.secret, self.now());
        let recovery = confirm_totp(ctx, enrolment.challenge, code).await.unwrap();
        (enrolment.secret, recovery.unwrap_or_default())
    }

    /// A code that was never shown: of the next step, to which the clock is moved.
    pub(crate) fn next_code(&self, base32: &Secret) -> Secret {
        self.clock.advance(STEP);
        code_at(base32, self.now())
    }

    /// Signs somebody in with [`PASSWORD`] and a code.
    pub(crate) async fn sign_in_by_code(&self, username: &str, code: &Secret) -> Result<SignedIn, Error> {
        match administrators::sign_in(&self.anonymous, username, secret(PASSWORD), Some(code.clone())).await? {
            SignIn::Done(signed_in) => Ok(*signed_in),
            SignIn::SecondFactor(_) => panic!("a code was given"),
        }
    }

    /// What is asked of somebody who gave [`PASSWORD`] and no code.
    pub(crate) async fn asked(&self, username: &str) -> Challenge {
        let asked = administrators::sign_in(&self.anonymous, username, secret(PASSWORD), None).await.unwrap();
        challenge_of(asked)
    }

    /// Answers a challenge by a code.
    pub(crate) async fn answer(&self, challenge: &Secret, code: &Secret) -> Result<SignedIn, Error> {
        administrators::complete_sign_in(&self.anonymous, challenge.clone(), Proof::Code(code.clone())).await
    }

    /// Whom a session speaks for.
    pub(crate) async fn by_token(&self, token: &Secret) -> Result<Ctx, Error> {
        auth::session(&self.deployment, token, request(&self.clock)).await
    }

    /// Somebody who is not signed in, from this address or the local socket.
    pub(crate) fn stranger_from(&self, address: Option<&str>) -> Ctx {
        let mut request = request(&self.clock);
        request.source_address = address.map(str::to_owned);
        auth::anonymous(&self.deployment, request)
    }
}

#[track_caller]
pub(crate) fn challenge_of(sign_in: SignIn) -> Challenge {
    match sign_in {
        SignIn::SecondFactor(challenge) => challenge,
        SignIn::Done(_) => panic!("no second factor was asked for"),
    }
}

/// A code that is wrong at this moment, whatever the secret: no code has a step so far away.
pub(crate) fn wrong_code(world: &World, base32: &Secret) -> Secret {
    let far = code_at(base32, world.now().plus(STEP * 10));
    let near: Vec<_> = [-1_i64, 0, 1]
        .map(|steps| Timestamp::from_millis(world.now().millis() + steps * 30_000))
        .map(|at| shown(&code_at(base32, at)).to_owned())
        .into();
    if near.iter().any(|code| code == shown(&far)) { secret("000000") } else { far }
}
