//! Moments as people give them: a time, a day, or a length of time before or after now.

use std::time::Duration;

use reeve_base::{Clock, Timestamp};

/// A moment as people give it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    /// This moment.
    At(Timestamp),
    /// So far from now.
    Away(Duration),
}

impl When {
    /// The moment, a length of time being one that has passed.
    pub(super) fn past(self, clock: &dyn Clock) -> String {
        match self {
            Self::At(moment) => moment.to_rfc3339(),
            Self::Away(before) => clock.now().minus(before).to_rfc3339(),
        }
    }

    /// The moment, a length of time being one that will pass.
    pub(super) fn future(self, clock: &dyn Clock) -> String {
        match self {
            Self::At(moment) => moment.to_rfc3339(),
            Self::Away(after) => clock.now().plus(after).to_rfc3339(),
        }
    }
}

/// Reads a moment.
pub(super) fn when(text: &str) -> Result<When, String> {
    if let Some(length) = length(text) {
        return Ok(When::Away(length));
    }
    let whole = if text.len() == "2026-11-21".len() { format!("{text}T00:00:00Z") } else { text.to_owned() };
    Timestamp::parse_rfc3339("when", &whole).map(When::At).map_err(|_| {
        "must be a time such as 2026-11-21T19:32:43Z, a day such as 2026-11-21, or 90m, 24h, 7d".to_owned()
    })
}

fn length(text: &str) -> Option<Duration> {
    let unit = match text.chars().next_back()? {
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return None,
    };
    let number: u32 = text.get(..text.len() - 1)?.parse().ok()?;
    Some(Duration::from_secs(u64::from(number) * unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_times_days_or_lengths() {
        for (text, seconds) in [("90m", 5_400), ("24h", 86_400), ("7d", 604_800)] {
            assert_eq!(when(text), Ok(When::Away(Duration::from_secs(seconds))), "{text}");
        }
        let day = Timestamp::parse_rfc3339("when", "2026-11-21T00:00:00Z").unwrap();
        assert_eq!(when("2026-11-21"), Ok(When::At(day)));
        for text in ["", "d", "-1d", "yesterday", "2026-13-01", "7w", "é"] {
            assert!(when(text).is_err(), "{text}");
        }
    }
}
