//! The texts of rules and roles: their names, what they are for, and what devices say of themselves.

use std::fmt;

use super::{length, readable, refuse};
use crate::Invalid;
use crate::text::{fold, forbidden};

/// Characters of a description; line ends count (WorkMail).
const DESCRIPTION_CHARS_MAX: usize = 256;

name!(
    /// The name of a rule that is told apart by its name alone; two that differ in case are two names.
    RuleName
);
name!(
    /// A short name for people to read.
    Label
);
name!(
    /// What something is for; may have several lines, and is never empty.
    Description
);
name!(
    /// What a device reports of itself, such as its model, or how that begins.
    DeviceText
);
name!(
    /// The id that a mobile device gives itself; case does not matter.
    DeviceId
);

impl RuleName {
    /// Checks a name: 1 to 64 letters, digits, `_` and `-`.
    ///
    /// Source: WorkMail shape `AccessControlRuleName`, `[a-zA-Z0-9_-]+`.
    pub fn parse(field: &'static str, text: &str) -> Result<Self, Invalid> {
        length(field, text, 1, 64)?;
        if !text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-') {
            return refuse(field, "may hold letters a-z, digits, \"_\" and \"-\"");
        }
        Ok(Self(text.to_owned()))
    }
}

impl Label {
    /// Checks a short name for people: 1 to 64 characters, nothing invisible or direction-changing.
    ///
    /// Source: WorkMail shapes `MobileDeviceAccessRuleName` and `ImpersonationRoleName`; the refusal of deceiving
    /// characters is ours.
    pub fn parse(field: &'static str, text: &str) -> Result<Self, Invalid> {
        readable(field, text, 1, 64).map(Self)
    }
}

impl Description {
    /// Checks a description: 1 to 256 characters, line ends among them, nothing invisible or direction-changing.
    ///
    /// Source: WorkMail shapes `ImpersonationRoleDescription` and `MobileDeviceAccessRuleDescription`; the refusal of
    /// deceiving characters is ours.
    pub fn parse(field: &'static str, text: &str) -> Result<Self, Invalid> {
        length(field, text, 1, DESCRIPTION_CHARS_MAX)?;
        // Configuration files end their texts with a line end, and indent them.
        let mut bare = text.chars().filter(|c| !matches!(c, '\n' | '\r' | '\t'));
        match bare.find_map(forbidden) {
            Some(why) => refuse(field, why),
            None => Ok(Self(text.to_owned())),
        }
    }
}

impl DeviceText {
    /// Checks what a device reports: 1 to 256 characters of Latin-1, none of them a control character.
    ///
    /// Source: WorkMail shapes `DeviceType`, `DeviceModel`, `DeviceOperatingSystem` and `DeviceUserAgent`,
    /// `[\u0020-\u00FF]+`.
    pub fn parse(field: &'static str, text: &str) -> Result<Self, Invalid> {
        length(field, text, 1, 256)?;
        if text.chars().any(|c| c.is_control() || c > '\u{FF}') {
            return refuse(field, "may hold spaces and the letters and signs of Latin-1 only");
        }
        Ok(Self(text.to_owned()))
    }
}

impl DeviceId {
    /// Checks the id of a device: 1 to 32 letters and digits.
    ///
    /// Source: WorkMail shape `DeviceId`, `[A-Za-z0-9]+`.
    pub fn parse(field: &'static str, text: &str) -> Result<Self, Invalid> {
        length(field, text, 1, 32)?;
        if !text.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return refuse(field, "may hold letters a-z and digits");
        }
        Ok(Self(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use super::*;

    #[test]
    fn rule_names_follow_the_model() {
        let long = "a".repeat(65);
        check(
            RuleName::parse,
            &["a", "office_only-2", "Default", &long[..64]],
            &["", "a b", "a.b", "ä", "a/b", "a\0", &long],
        );
    }

    #[test]
    fn labels_are_short_and_readable() {
        let long = "ä".repeat(65);
        check(Label::parse, &["Phones of guests", &"ä".repeat(64)], &["", " ", " a", "a\nb", "a\u{202E}b", &long]);
    }

    #[test]
    fn descriptions_may_have_lines() {
        let long = "a".repeat(257);
        check(
            Description::parse,
            &["for the office", "one\r\n\ttwo\n", " ", &long[..256]],
            &["", "a\0", "a\u{7F}", "a\u{200B}b", &long],
        );
    }

    #[test]
    fn what_devices_report_is_latin_1() {
        let long = "é".repeat(257);
        check(
            DeviceText::parse,
            &["iPhone", "$NONE", "é", " x ", &"é".repeat(256)],
            &["", "a\n", "王", "a\u{85}", &long],
        );
    }

    #[test]
    fn ids_of_devices_follow_the_model() {
        check(
            DeviceId::parse,
            &["ApplDNPK1234F18X", "0", &"a".repeat(32)],
            &["", "a-b", "a b", "ä", "a\0", &"a".repeat(33)],
        );
        assert_eq!(DeviceId::parse("device_id", "ApplX").unwrap().key(), "applx");
    }
}
