//! Tells when the clock was set by hand or by accident: nothing may be removed for good on the word of such a clock.
//!
//! The wall's clock is compared with one that nobody can set, with the last time that was recorded, and with the clock
//! of the database server where there is one.

use std::time::Duration;

use reeve_base::Timestamp;

use super::Finding;

/// A difference that is no jump: slow answers, leap seconds, a clock that is being drawn to the right time.
const TOLERANCE: Duration = Duration::from_secs(60);

/// How long a clock must run evenly after a jump to be believed again.
const SETTLE: Duration = Duration::from_secs(10 * 60);

/// A jump forward from which on more could be removed than an administrator would notice at once.
const FAR: Duration = Duration::from_secs(3600);

/// How long nothing is removed for good after such a jump: time enough to see it and to set the clock right.
const PURGE_PAUSE: Duration = Duration::from_secs(24 * 3600);

/// A gap in the records that a holiday does not explain: the server was off for long, or the clock is wrong.
const LONG_ABSENCE: Duration = Duration::from_secs(30 * 24 * 3600);

/// What was seen at one moment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sight {
    /// What the clock shows.
    pub(super) wall: Timestamp,
    /// How much time has passed, whatever the clock shows.
    pub(super) steady: Duration,
    /// The latest time that any server of this deployment recorded.
    pub(super) recorded: Option<Timestamp>,
    /// What the clock of the database server shows.
    pub(super) database: Option<Timestamp>,
}

/// What follows from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) finding: Finding,
    /// Whether the time shown may be recorded.
    pub(super) believed: bool,
    /// Whether what is past its time may be removed for good.
    pub(super) purging_is_safe: bool,
}

/// Remembers what was seen.
#[derive(Debug, Default)]
pub(super) struct ClockWatch {
    last: Option<(Timestamp, Duration)>,
    /// When, on the steady clock, the last jump was, and what is said of it.
    jump: Option<(Duration, String)>,
    /// When, on the steady clock, purging was last put off.
    put_off: Option<Duration>,
}

impl ClockWatch {
    /// Looks at the clock.
    pub(super) fn look(&mut self, sight: Sight) -> Verdict {
        let expected = match self.last {
            Some((wall, steady)) => Some(wall.plus(sight.steady.saturating_sub(steady))),
            // While no server ran, time went on; it cannot have gone back.
            None => sight.recorded.filter(|recorded| sight.wall < *recorded),
        };
        if self.last.is_none() && sight.recorded.is_some_and(|at| sight.wall.since(at) > LONG_ABSENCE) {
            self.put_off = Some(sight.steady);
        }
        self.last = Some((sight.wall, sight.steady));
        if let Some(expected) = expected {
            self.compare(sight, expected);
        }
        if self.jump.as_ref().is_some_and(|(at, _)| sight.steady.saturating_sub(*at) >= SETTLE) {
            self.jump = None;
        }
        if self.put_off.is_some_and(|at| sight.steady.saturating_sub(at) >= PURGE_PAUSE) {
            self.put_off = None;
        }
        let finding = self.finding(sight);
        let believed = finding == Finding::Well;
        Verdict { finding, believed, purging_is_safe: believed && self.put_off.is_none() }
    }

    fn compare(&mut self, sight: Sight, expected: Timestamp) {
        let (ahead, behind) = (sight.wall.since(expected), expected.since(sight.wall));
        if ahead > TOLERANCE {
            self.jump = Some((sight.steady, format!("the clock jumped forward by {}", told(ahead))));
        } else if behind > TOLERANCE {
            self.jump = Some((sight.steady, format!("the clock went back by {}", told(behind))));
        }
        if ahead > FAR {
            self.put_off = Some(sight.steady);
        }
    }

    fn finding(&self, sight: Sight) -> Finding {
        if let Some(database) = sight.database {
            let apart = sight.wall.since(database).max(database.since(sight.wall));
            if apart > TOLERANCE {
                return Finding::amiss(
                    format!("the clocks of this server and of the database server are {} apart", told(apart)),
                    "let both keep time by NTP; Reeve believes the clock again once they agree",
                );
            }
        }
        match &self.jump {
            None => Finding::Well,
            Some((_, said)) => Finding::amiss(
                said.clone(),
                "make sure that the clock of the server is right and kept so by NTP; Reeve believes it again once it \
                 has run evenly for ten minutes",
            ),
        }
    }
}

/// A length of time in the largest unit that tells it.
fn told(length: Duration) -> String {
    let seconds = length.as_secs();
    match seconds {
        0..=119 => format!("{seconds} seconds"),
        120..=7_199 => format!("{} minutes", seconds / 60),
        7_200..=172_799 => format!("{} hours", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::from_millis(1_767_225_600_000);
    const DAY: Duration = Duration::from_secs(86_400);

    /// A clock, seen every few seconds.
    struct Seen {
        watch: ClockWatch,
        sight: Sight,
    }

    impl Seen {
        fn new(recorded: Option<Timestamp>) -> (Self, Verdict) {
            let mut watch = ClockWatch::default();
            let sight = Sight { wall: START, steady: Duration::from_secs(500), recorded, database: None };
            let verdict = watch.look(sight);
            (Self { watch, sight }, verdict)
        }

        /// Lets time pass and the clock run on.
        fn pass(&mut self, time: Duration) -> Verdict {
            self.sight.steady += time;
            self.sight.wall = self.sight.wall.plus(time);
            self.watch.look(self.sight)
        }

        fn set(&mut self, wall: Timestamp) -> Verdict {
            self.sight.wall = wall;
            self.watch.look(self.sight)
        }
    }

    fn reason(verdict: &Verdict) -> &str {
        match &verdict.finding {
            Finding::Well => "well",
            Finding::Amiss { reason, .. } => reason,
        }
    }

    #[test]
    fn a_clock_that_runs_evenly_is_believed() {
        let (mut seen, first) = Seen::new(Some(START.minus(DAY)));
        assert_eq!((reason(&first), first.purging_is_safe), ("well", true));
        for _ in 0..100 {
            let verdict = seen.pass(Duration::from_secs(15));
            assert!(verdict.believed && verdict.purging_is_safe);
        }
        assert!(seen.pass(DAY * 40).purging_is_safe, "a machine that was held up for long has not jumped");
    }

    #[test]
    fn a_jump_forward_stops_purging_for_a_day_and_is_amiss_for_ten_minutes() {
        let (mut seen, _) = Seen::new(None);
        let jumped = seen.set(START.plus(DAY * 400));
        assert_eq!((reason(&jumped), jumped.purging_is_safe), ("the clock jumped forward by 400 days", false));
        assert!(!jumped.believed);
        let settled = seen.pass(SETTLE);
        assert_eq!((reason(&settled), settled.believed, settled.purging_is_safe), ("well", true, false));
        assert!(seen.pass(PURGE_PAUSE).purging_is_safe);
    }

    #[test]
    fn a_jump_back_is_amiss_until_the_clock_has_run_evenly() {
        let (mut seen, _) = Seen::new(None);
        assert_eq!(reason(&seen.set(START.minus(Duration::from_secs(61)))), "the clock went back by 61 seconds");
        assert_eq!(reason(&seen.pass(SETTLE / 2)), "the clock went back by 61 seconds");
        assert_eq!(reason(&seen.set(seen.sight.wall.minus(DAY))), "the clock went back by 24 hours");
        assert_eq!(reason(&seen.pass(SETTLE / 2)), "the clock went back by 24 hours", "each jump counts anew");
        assert_eq!(reason(&seen.pass(SETTLE / 2)), "well");
    }

    #[test]
    fn a_start_before_the_last_record_is_a_jump_back() {
        let (mut seen, first) = Seen::new(Some(START.plus(DAY * 3)));
        assert_eq!(reason(&first), "the clock went back by 3 days");
        assert!(seen.pass(SETTLE).believed, "a wrong record does not stand for ever");
    }

    #[test]
    fn a_start_long_after_the_last_record_waits_before_it_purges() {
        let (mut seen, first) = Seen::new(Some(START.minus(DAY * 31)));
        assert_eq!((reason(&first), first.believed, first.purging_is_safe), ("well", true, false));
        assert!(seen.pass(PURGE_PAUSE).purging_is_safe);
    }

    #[test]
    fn small_differences_are_no_jumps() {
        let (mut seen, _) = Seen::new(None);
        for step in [59, -59, 30, -30] {
            let wall = Timestamp::from_millis(seen.sight.wall.millis() + step * 1_000);
            assert_eq!(reason(&seen.set(wall)), "well", "{step}");
        }
    }

    #[test]
    fn two_clocks_that_differ_are_amiss_for_as_long_as_they_do() {
        let (mut seen, _) = Seen::new(None);
        seen.sight.database = Some(START.plus(DAY));
        let apart = seen.pass(Duration::ZERO);
        assert_eq!(reason(&apart), "the clocks of this server and of the database server are 24 hours apart");
        assert!(!apart.purging_is_safe);
        seen.sight.database = Some(START.plus(Duration::from_secs(60)));
        assert_eq!(reason(&seen.pass(Duration::ZERO)), "well");
    }
}
