//! When a request was signed, in the two spellings that clients send.

use reeve_base::Timestamp;
use time::format_description::well_known::Rfc2822;
use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time};

/// A moment of whole seconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    at: Timestamp,
    text: String,
}

impl Moment {
    /// Reads `20150830T123600Z`, the one form of `x-amz-date`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.get(..8).zip(text.get(9..15)).filter(|_| text.len() == 16 && text.is_ascii());
        let (day, time) = digits.filter(|_| text.get(8..9) == Some("T") && text.get(15..) == Some("Z"))?;
        let number = |text: &str, from: usize, to: usize| -> Option<u16> {
            let digits = text.get(from..to)?;
            digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok())?
        };
        let small = |text: &str, from: usize| u8::try_from(number(text, from, from + 2)?).ok();
        let month = Month::try_from(small(day, 4)?).ok()?;
        let date = Date::from_calendar_date(number(day, 0, 4)?.into(), month, small(day, 6)?).ok()?;
        let time = Time::from_hms(small(time, 0)?, small(time, 2)?, small(time, 4)?).ok()?;
        Some(Self::of(PrimitiveDateTime::new(date, time).assume_utc()))
    }

    /// Reads the form of the header `Date` (RFC 9110 §5.6.7).
    pub fn parse_http(text: &str) -> Option<Self> {
        let at = OffsetDateTime::parse(text, &Rfc2822).ok().filter(|at| at.offset().is_utc())?;
        Some(Self::of(at))
    }

    /// The same moment, the parts of a second dropped.
    pub fn from_timestamp(at: Timestamp) -> Option<Self> {
        OffsetDateTime::from_unix_timestamp(at.millis().div_euclid(1_000)).ok().map(Self::of)
    }

    fn of(at: OffsetDateTime) -> Self {
        let (year, month, day) = at.to_calendar_date();
        let (hour, minute, second) = at.to_hms();
        let text = format!("{year:04}{:02}{day:02}T{hour:02}{minute:02}{second:02}Z", u8::from(month));
        Self { at: Timestamp::from_millis(at.unix_timestamp().saturating_mul(1_000)), text }
    }

    /// The moment.
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// The form of `x-amz-date`, which is also what is signed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The day, as eight digits.
    pub fn day(&self) -> &str {
        self.text.get(..8).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_name_the_same_moment() {
        let basic = Moment::parse("20150830T123600Z").unwrap();
        assert_eq!(basic.at().to_rfc3339(), "2015-08-30T12:36:00Z");
        assert_eq!((basic.text(), basic.day()), ("20150830T123600Z", "20150830"));
        assert_eq!(Moment::parse_http("Sun, 30 Aug 2015 12:36:00 GMT").as_ref(), Some(&basic));
        assert_eq!(Moment::from_timestamp(basic.at().plus(std::time::Duration::from_millis(999))), Some(basic));
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for text in [
            "",
            "20150830",
            "20150830T123600",
            "20150830T123600z",
            "20150830 123600Z",
            "20150832T123600Z",
            "20151330T123600Z",
            "20150830T246000Z",
            "20150830T126000Z",
            "+0150830T123600Z",
            "20150830T1236+0Z",
            "2015083éT12360Z",
            "20150830T123600ZZ",
        ] {
            assert_eq!(Moment::parse(text), None, "{text}");
        }
        for text in ["", "20150830T123600Z", "Sun, 30 Aug 2015 12:36:00 +0100", "Sun, 99 Aug 2015 12:36:00 GMT"] {
            assert_eq!(Moment::parse_http(text), None, "{text}");
        }
    }
}
