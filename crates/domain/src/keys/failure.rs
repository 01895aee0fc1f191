//! What a failure of a system that keeps keys means to the people of an organization, and what helps.

use reeve_base::key_services::KeyFailure;

use crate::error::Error;
use crate::health::Finding;

/// What is wrong, as a sentence without its full stop; nothing of it was written by the other side.
pub(crate) fn reason(failure: KeyFailure) -> &'static str {
    match failure {
        KeyFailure::Malformed => "the encryption key is described in a way that cannot be right",
        KeyFailure::Unreachable => "the system that keeps the encryption key cannot be reached",
        KeyFailure::Forbidden => "the system that keeps the encryption key is at a place that is not asked",
        KeyFailure::Insecure => "the system that keeps the encryption key does not prove to be itself",
        KeyFailure::TimedOut => "the system that keeps the encryption key does not answer in time",
        KeyFailure::Throttled => "the system that keeps the encryption key asks to be left alone for a while",
        KeyFailure::Denied => "the system that keeps the encryption key does not let us use it",
        KeyFailure::Disabled => "the encryption key was switched off by its owner",
        KeyFailure::Gone => "the encryption key is gone, or waits for its deletion",
        KeyFailure::Unsuitable => "the encryption key is no symmetric key of 256 bits that encrypts and decrypts",
        KeyFailure::Damaged => "what was wrapped under the encryption key does not open under it",
        KeyFailure::Unintelligible => "the system that keeps the encryption key answers what cannot be understood",
    }
}

/// What helps, likewise.
pub(crate) fn remedy(failure: KeyFailure) -> &'static str {
    match failure {
        KeyFailure::Malformed => "correct the reference, the address and the credentials of the encryption key",
        KeyFailure::Unreachable => "see that the system runs, is connected and can be reached from this server",
        KeyFailure::Forbidden => {
            "add its address to outbound.allowed_networks, or its library to keys.pkcs11_modules, if you trust it"
        }
        KeyFailure::Insecure => "give the system a certificate that this server trusts and that names its host",
        KeyFailure::TimedOut => "see that the system is well and not overloaded",
        KeyFailure::Throttled => "raise the limit of requests of the system, or wait; it is asked again by itself",
        KeyFailure::Denied => {
            "let our credentials encrypt and decrypt with the key, or give the encryption key new credentials"
        }
        KeyFailure::Disabled => "switch the key on again where it is kept",
        KeyFailure::Gone => {
            "cancel the deletion of the key, or restore it, where it is kept; without it what it \
                             protects stays unreadable"
        }
        KeyFailure::Unsuitable => "choose a key of AES with 256 bits that may encrypt and decrypt",
        KeyFailure::Damaged => {
            "put back the very key that was there before; a new one of the same name does not open \
                                what the former wrapped"
        }
        KeyFailure::Unintelligible => "see that the address is that of the system that keeps the key",
    }
}

/// Whether the key's owner, or whoever keeps it, says no: then what was unwrapped before is not used any longer. What
/// may be a passing fault leaves it in use until its time is over.
pub(super) fn is_refusal(failure: KeyFailure) -> bool {
    matches!(
        failure,
        KeyFailure::Denied | KeyFailure::Disabled | KeyFailure::Gone | KeyFailure::Unsuitable | KeyFailure::Damaged
    )
}

/// The failure that a stored word stands for.
pub(super) fn of_word(word: &str) -> Option<KeyFailure> {
    KeyFailure::ALL.into_iter().find(|failure| failure.word() == word)
}

pub(super) fn finding(failure: KeyFailure) -> Finding {
    Finding::amiss(reason(failure), remedy(failure))
}

/// The answer to who wants to read or write what is under the key.
pub(super) fn unavailable(failure: KeyFailure) -> Error {
    Error::KeyUnavailable { why: format!("{}; {}", reason(failure), remedy(failure)) }
}

/// The answer to who wants to choose the key.
pub(super) fn unfit(failure: KeyFailure) -> Error {
    Error::invalid("encryption_key", format!("cannot be used: {}; {}", reason(failure), remedy(failure)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_failure_has_a_word_a_reason_and_a_remedy_of_its_own() {
        let mut said = std::collections::HashSet::new();
        for failure in KeyFailure::ALL {
            assert_eq!(of_word(failure.word()), Some(failure));
            for sentence in [reason(failure), remedy(failure)] {
                assert!(said.insert(sentence), "said twice: {sentence}");
                assert!(!sentence.ends_with('.') && !sentence.contains('\n'), "{sentence}");
            }
        }
    }
}
