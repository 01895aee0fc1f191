//! Sign-ins that failed: counted for each name, known or not, and for each address that they come from.
//!
//! Wrong answers in a row lock a name for a while, so that nobody guesses one person's password; many from one address
//! shut that address, so that nobody tries one password on every name. A right answer clears the name's count only.

use std::net::{IpAddr, Ipv6Addr};

use reeve_base::Timestamp;
use reeve_base::limits::{ADDRESS_LOCKOUT_FAILURES, ADMINISTRATOR_LOCKOUT, ADMINISTRATOR_LOCKOUT_FAILURES};
use reeve_store::Tx;
use reeve_store::tables::administrators::{self, FailuresRow};

use crate::error::Error;

/// What came of a refused try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// It was counted.
    Counted,
    /// It was the one too many: the name is locked now.
    LockedNow,
    /// The name was locked already.
    WasLocked,
}

impl Refused {
    /// How an event tells it.
    pub(crate) fn sentence(self) -> &'static str {
        match self {
            Self::Counted => "refused",
            Self::LockedNow => "refused, and locked now",
            Self::WasLocked => "refused: locked",
        }
    }
}

/// Under which key the API passwords of a name are counted: guessing those must not lock the person out of the console.
pub(crate) fn api_key(username_key: &str) -> String {
    format!("api:{username_key}")
}

/// Refuses an address from which too many sign-ins failed. Errors: `Throttled`, which says nothing of any name.
pub(crate) fn check_address(tx: &mut Tx<'_>, now: Timestamp, source: Option<&str>) -> Result<(), Error> {
    let Some(key) = address_key(source) else { return Ok(()) };
    match administrators::failures(tx, &key)? {
        Some(row) if shut(&row, now) => {
            Err(Error::Throttled { retry_after: Timestamp::from_millis(row.locked_until).since(now) })
        }
        _ => Ok(()),
    }
}

/// Whether a name is locked.
pub(crate) fn is_locked(tx: &mut Tx<'_>, now: Timestamp, key: &str) -> Result<bool, Error> {
    Ok(administrators::failures(tx, key)?.is_some_and(|row| row.locked_until > now.millis()))
}

/// Counts a refused try against a name and the address that it came from.
pub(crate) fn count(tx: &mut Tx<'_>, now: Timestamp, key: &str, source: Option<&str>) -> Result<Refused, Error> {
    count_address(tx, now, source)?;
    let before = administrators::failures(tx, key)?.unwrap_or(FailuresRow { failures: 0, locked_until: 0 });
    let was_locked = before.locked_until > now.millis();
    // Tries during a lock do not count, or the first mistake after it would lock again.
    let failures = if was_locked { before.failures } else { before.failures + 1 };
    let mut after = FailuresRow { failures, locked_until: before.locked_until };
    let locks = !was_locked && failures >= i64::from(ADMINISTRATOR_LOCKOUT_FAILURES);
    if locks {
        after = FailuresRow { failures: 0, locked_until: now.plus(ADMINISTRATOR_LOCKOUT).millis() };
    }
    administrators::put_failures(tx, key, &after, now.millis())?;
    Ok(match (was_locked, locks) {
        (true, _) => Refused::WasLocked,
        (false, true) => Refused::LockedNow,
        (false, false) => Refused::Counted,
    })
}

/// Forgives a name after a right answer.
pub(crate) fn forgive(tx: &mut Tx<'_>, key: &str) -> Result<(), Error> {
    Ok(administrators::clear_failures(tx, key)?)
}

/// Of an address `locked_until` is the end of the time in which failures add up; when there are too many by then, it
/// is the end of the time for which the address is shut.
fn count_address(tx: &mut Tx<'_>, now: Timestamp, source: Option<&str>) -> Result<(), Error> {
    let Some(key) = address_key(source) else { return Ok(()) };
    let ends = now.plus(ADMINISTRATOR_LOCKOUT).millis();
    let fresh = FailuresRow { failures: 0, locked_until: ends };
    let running = administrators::failures(tx, &key)?.filter(|row| row.locked_until > now.millis());
    let mut row = running.unwrap_or(fresh);
    if shut(&row, now) {
        return Ok(());
    }
    row.failures += 1;
    if row.failures >= i64::from(ADDRESS_LOCKOUT_FAILURES) {
        row.locked_until = ends;
    }
    Ok(administrators::put_failures(tx, &key, &row, now.millis())?)
}

fn shut(row: &FailuresRow, now: Timestamp) -> bool {
    row.failures >= i64::from(ADDRESS_LOCKOUT_FAILURES) && row.locked_until > now.millis()
}

/// The key of an address; none for the local socket, whose users could stop the server anyway.
fn address_key(source: Option<&str>) -> Option<String> {
    let source = source?;
    let caller = match source.parse::<IpAddr>().map(|address| address.to_canonical()) {
        // RFC 6177 §2: a site is given a /64 at least, so all of it is one caller.
        Ok(IpAddr::V6(address)) => {
            let network = Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64));
            format!("{network}/64")
        }
        Ok(IpAddr::V4(address)) => address.to_string(),
        Err(_) => source.to_owned(),
    };
    Some(format!("ip:{caller}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_of_ipv6_is_one_caller_and_so_is_an_ipv4_address_however_it_is_written() {
        let check = |source: &str, key: &str| assert_eq!(address_key(Some(source)).as_deref(), Some(key), "{source}");
        check("192.0.2.7", "ip:192.0.2.7");
        check("::ffff:192.0.2.7", "ip:192.0.2.7");
        check("2001:db8:1:2::1", "ip:2001:db8:1:2::/64");
        check("2001:db8:1:2:ffff:ffff:ffff:ffff", "ip:2001:db8:1:2::/64");
        check("2001:db8:1:3::1", "ip:2001:db8:1:3::/64");
        assert_eq!(address_key(None), None);
    }

    #[test]
    fn no_name_is_counted_under_the_key_of_an_address_or_of_an_api_password() {
        // A username is an e-mail address, and those hold no colon.
        assert!(reeve_base::names::EmailAddress::parse("username", &api_key("a@example.com")).is_err());
        assert!(reeve_base::names::EmailAddress::parse("username", "ip:192.0.2.7").is_err());
    }
}
