//! What is told when a system that hosts zones did not do what was asked: a sentence, and what helps.

use reeve_base::zone_hosts::ZoneFailure;

/// The word for a failure on every wire.
pub fn word(failure: &ZoneFailure) -> &'static str {
    match failure {
        ZoneFailure::Malformed => "malformed",
        ZoneFailure::Unreachable => "unreachable",
        ZoneFailure::Forbidden => "forbidden",
        ZoneFailure::Insecure => "insecure",
        ZoneFailure::TimedOut => "timed_out",
        ZoneFailure::Throttled => "throttled",
        ZoneFailure::Denied => "denied",
        ZoneFailure::NoSuchZone => "no_such_zone",
        ZoneFailure::Changed => "changed",
        ZoneFailure::Refused(_) => "refused",
        ZoneFailure::Unintelligible => "unintelligible",
        ZoneFailure::PartlyDone => "partly_done",
    }
}

/// What went wrong, as a sentence without its full stop.
pub fn reason(failure: &ZoneFailure) -> String {
    let told = match failure {
        ZoneFailure::Malformed => "the settings of the DNS provider cannot be used",
        ZoneFailure::Unreachable => "the DNS provider cannot be reached",
        ZoneFailure::Forbidden => "the address of the DNS provider is one that is not asked",
        ZoneFailure::Insecure => "the DNS provider does not prove to be who it should be",
        ZoneFailure::TimedOut => "the DNS provider did not answer in time",
        ZoneFailure::Throttled => "the DNS provider asks to be left alone for a while",
        ZoneFailure::Denied => "the DNS provider does not take the credentials, or they do not allow this",
        ZoneFailure::NoSuchZone => "the DNS provider does not have this zone",
        ZoneFailure::Changed => "the zone changed meanwhile",
        ZoneFailure::Refused(said) => return format!("the DNS provider refused: {said}"),
        ZoneFailure::Unintelligible => "the DNS provider answered what cannot be read",
        ZoneFailure::PartlyDone => "the DNS provider failed while it wrote, so that only a part may be written",
    };
    told.to_owned()
}

/// What helps, likewise.
pub fn remedy(failure: &ZoneFailure) -> &'static str {
    match failure {
        ZoneFailure::Malformed => "check address, key name and secret of the DNS provider",
        ZoneFailure::Unreachable => "see that its address is right and that this server may connect to it",
        ZoneFailure::Forbidden => {
            "give a public address, or have the operator name its network in outbound.allowed_networks"
        }
        ZoneFailure::Insecure => "see that its certificate or the key is the right one",
        ZoneFailure::TimedOut | ZoneFailure::Throttled => "nothing: it is tried again later",
        ZoneFailure::Denied => "check the credentials, and that they may read and change the zone",
        ZoneFailure::NoSuchZone => "see that the zone is there, and that the credentials reach it",
        ZoneFailure::Changed => "plan again, and look at what is different",
        ZoneFailure::Refused(_) => "see what it says; the zone may hold something that stands in the way",
        ZoneFailure::Unintelligible => "see that the address is that of the API, and not of something before it",
        ZoneFailure::PartlyDone => "nothing: the zone is read again and the rest written later",
    }
}

/// Both in one line.
pub(crate) fn told(failure: &ZoneFailure) -> String {
    format!("{}; {}", reason(failure), remedy(failure))
}

/// Whether nothing was written for sure.
pub(crate) fn is_certain(failure: &ZoneFailure) -> bool {
    !matches!(failure, ZoneFailure::TimedOut | ZoneFailure::PartlyDone | ZoneFailure::Unintelligible)
}
