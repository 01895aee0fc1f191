//! The shapes of what clients send: bounds and patterns of WorkMail's model (API 2017-10-01).
//!
//! Clients check only part of them. Lengths count characters; a pattern covers a whole text, and its `\w` is ASCII, as on
//! the side of AWS. What the domain is stricter about, it says itself.

use std::sync::OnceLock;

use regex::Regex;

/// A text of so many characters that matches a pattern.
pub(crate) struct Text {
    pub(crate) min: usize,
    pub(crate) max: usize,
    /// Nothing when any character is allowed.
    pub(crate) pattern: &'static str,
    /// Whether an error must not repeat the value.
    pub(crate) sensitive: bool,
    compiled: OnceLock<Option<Regex>>,
}

impl Text {
    const fn new((min, max): (usize, usize), pattern: &'static str, sensitive: bool) -> Self {
        Self { min, max, pattern, sensitive, compiled: OnceLock::new() }
    }

    /// Whether a text matches the pattern as a whole.
    pub(crate) fn matches(&self, text: &str) -> bool {
        if self.pattern.is_empty() {
            return true;
        }
        let compiled = self.compiled.get_or_init(|| Regex::new(&format!("^(?:{})$", self.pattern)).ok());
        // A pattern that cannot be read would match nothing; a test reads them all.
        compiled.as_ref().is_some_and(|pattern| pattern.is_match(text))
    }
}

/// A whole number in its bounds.
pub(crate) struct Number {
    pub(crate) min: i64,
    pub(crate) max: i64,
}

/// A list of so many members.
pub(crate) struct List {
    pub(crate) min: usize,
    pub(crate) max: usize,
}

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident: $min:literal, $max:literal, $pattern:expr $(, $sensitive:ident)?;)*) => {
        $($(#[$doc])* pub(crate) static $name: Text =
            Text::new(($min, $max), $pattern, texts!(@sensitive $($sensitive)?));)*

        #[cfg(test)]
        const ALL: &[&Text] = &[$(&$name),*];
    };
    (@sensitive sensitive) => { true };
    (@sensitive) => { false };
}

/// Printable ASCII and Latin-1.
const LATIN: &str = r"[\x{20}-\x{FF}]+";

/// Characters of most names that programs choose.
const WORD: &str = "[a-zA-Z0-9_-]+";

/// No control characters, and nothing that could pass for markup.
const NAME: &str = r"[^\x00-\x1F\x7F<>\\]+";

/// The same, with ends of lines.
const LINES: &str = r"[^\x00-\x09\x0B\x0C\x0E-\x1F\x7F<>\\]+";

/// Names of users and resources, which may look like addresses.
const USER_NAME_PATTERN: &str = r"[0-9A-Za-z_\-.]+(@[a-zA-Z0-9.\-]+\.[a-zA-Z0-9-]{2,})?";

texts! {
    // Ids.
    ORGANIZATION_ID: 34, 34, "m-[0-9a-f]{32}";
    DIRECTORY_ID: 12, 12, "d-[0-9a-f]{10}";
    /// An id, a name or an address.
    ENTITY_IDENTIFIER: 1, 256, "[a-zA-Z0-9._%+@-]+";
    WORKMAIL_IDENTIFIER: 12, 256, "";
    IMPERSONATION_ROLE_ID: 1, 64, WORD;
    IMPERSONATION_RULE_ID: 1, 64, WORD;
    MOBILE_DEVICE_RULE_ID: 1, 64, WORD;
    PERSONAL_ACCESS_TOKEN_ID: 1, 64, WORD;
    SHORT_STRING: 1, 64, WORD;
    DEVICE_ID: 1, 32, "[A-Za-z0-9]+";
    CLIENT_TOKEN: 1, 128, r"[\x21-\x7e]+";
    NEXT_TOKEN: 1, 1024, "";
    IDENTITY_PROVIDER_USER_ID: 1, 47,
        "([0-9a-f]{10}-|)[A-Fa-f0-9]{8}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{12}";
    /// An empty one clears it.
    IDENTITY_PROVIDER_USER_ID_FOR_UPDATE: 0, 47,
        "|([0-9a-f]{10}-|)[A-Fa-f0-9]{8}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{12}";
    IDENTITY_PROVIDER_USER_ID_PREFIX: 1, 47, "[A-Fa-f0-9-]+";

    // ARNs.
    ORGANIZATION_ARN: 1, 1011, "arn:aws:workmail:[a-z0-9-]*:[a-z0-9-]+:[A-Za-z0-9][A-Za-z0-9:_/+=,@.-]{0,1023}";
    KMS_KEY_ARN: 20, 2048, "arn:aws:kms:[a-z0-9-]*:[a-z0-9-]+:[A-Za-z0-9][A-Za-z0-9:_/+=,@.-]{0,1023}";
    ROLE_ARN: 20, 2048, "arn:aws:iam:[a-z0-9-]*:[a-z0-9-]+:[A-Za-z0-9][A-Za-z0-9:_/+=,@.-]{0,1023}";
    LOG_GROUP_ARN: 47, 562, r"arn:aws:logs:[a-z\-0-9]*:[0-9]{12}:log-group:([.\-_/#A-Za-z0-9]+):\*";
    LAMBDA_ARN: 49, 256,
        r"arn:aws:lambda:[a-z]{2}-[a-z]+-[0-9]:[0-9]{12}:function:[a-zA-Z0-9\-_.]+(:(\$LATEST|[a-zA-Z0-9\-_]+))?";
    INSTANCE_ARN: 10, 1124,
        "arn:(aws|aws-us-gov|aws-cn|aws-iso|aws-iso-b):sso:::instance/(sso)?ins-[a-zA-Z0-9.-]{16}";
    APPLICATION_ARN: 10, 1224,
        "arn:(aws|aws-us-gov|aws-cn|aws-iso|aws-iso-b):sso::[0-9]{12}:application/(sso)?ins-[a-zA-Z0-9.-]{16}/apl-[a-zA-Z0-9]{16}";

    // Names and addresses.
    /// Must not begin with `d-` either, which the domain says.
    ORGANIZATION_NAME: 1, 62, "[0-9a-zA-Z]+(-[0-9a-zA-Z]+)*";
    USER_NAME: 1, 64, USER_NAME_PATTERN;
    RESOURCE_NAME: 1, 20, USER_NAME_PATTERN;
    GROUP_NAME: 1, 256, LATIN;
    EMAIL_ADDRESS: 1, 254, r"[a-zA-Z0-9._%+-]{1,64}@[a-zA-Z0-9.-]+\.[a-zA-Z-]{2,}";
    WORKMAIL_DOMAIN_NAME: 3, 209, "[a-zA-Z0-9.-]+";
    DOMAIN_NAME: 3, 255, "[a-zA-Z0-9.-]+";
    HOSTED_ZONE_ID: 1, 32, r"[^/\\]*";
    ACCESS_RULE_NAME: 1, 64, WORD;
    MOBILE_DEVICE_RULE_NAME: 1, 64, "";
    IMPERSONATION_ROLE_NAME: 1, 64, NAME;
    IMPERSONATION_RULE_NAME: 1, 64, NAME;
    IDENTITY_CENTER_APPLICATION_NAME: 0, 255, "[0-9A-Za-z_+=,.@-]+";
    URL: 0, 256, "https?://[A-Za-z0-9.-]+(:[0-9]+)?/.*";
    EXTERNAL_USER_NAME: 0, 256, LATIN;
    TAG_KEY: 1, 128, "";
    TAG_VALUE: 0, 256, "";

    // What is said of things.
    USER_ATTRIBUTE: 0, 256, "", sensitive;
    PASSWORD: 0, 256, LATIN, sensitive;
    RESOURCE_DESCRIPTION: 1, 64, "", sensitive;
    /// An empty one clears it.
    NEW_RESOURCE_DESCRIPTION: 0, 64, "", sensitive;
    POLICY_DESCRIPTION: 0, 256, r"[\s\S]+", sensitive;
    ACCESS_RULE_DESCRIPTION: 0, 255, r"|[\x{20}-\x{FF}]+";
    MOBILE_DEVICE_RULE_DESCRIPTION: 1, 256, "";
    IMPERSONATION_DESCRIPTION: 1, 256, LINES;
    STRING: 0, 256, "";

    // Conditions.
    ACCESS_RULE_ACTION: 1, 64, "[a-zA-Z]+";
    IP_ADDRESS: 1, 15,
        r"(([0-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])\.){3}([0-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])";
    IP_RANGE: 1, 18,
        r"(([0-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])\.){3}([0-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])/([0-9]|[12][0-9]|3[0-2])";
    /// A type, a model, an operating system or a user agent.
    DEVICE_PROPERTY: 1, 256, LATIN;
}

/// Items of a page.
pub(crate) const MAX_RESULTS: Number = Number { min: 1, max: 100 };

/// MB; the domain knows the most.
pub(crate) const MAILBOX_QUOTA: Number = Number { min: 1, max: i64::MAX };

/// Days for which a folder keeps what is in it.
pub(crate) const RETENTION_PERIOD: Number = Number { min: 1, max: 730 };

/// Days for which a personal access token opens anything.
pub(crate) const TOKEN_LIFETIME_DAYS: Number = Number { min: 1, max: 3_653 };

/// Domains of an organization that is to be.
pub(crate) const DOMAINS: List = List { min: 0, max: 5 };

/// Tags, or keys of tags.
pub(crate) const TAGS: List = List { min: 0, max: 50 };

/// Blocks of addresses of an access control rule.
pub(crate) const IP_RANGES: List = List { min: 0, max: 1_024 };

/// Actions, users or roles of an access control rule, and rules of an impersonation role.
pub(crate) const UP_TO_TEN: List = List { min: 0, max: 10 };

/// Properties of devices, or targets of an impersonation rule.
pub(crate) const ONE_TO_TEN: List = List { min: 1, max: 10 };

/// Lists to which the model sets no bound: permissions and folders, of each of which there are a few kinds.
pub(crate) const SOME: List = List { min: 0, max: 100 };

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_can_be_read_and_has_bounds_that_can_be_met() {
        for text in ALL {
            assert!(text.min <= text.max, "{}", text.pattern);
            assert!(Regex::new(text.pattern).is_ok(), "{}", text.pattern);
        }
    }

    fn check(shape: &Text, good: &[&str], bad: &[&str]) {
        for text in good {
            assert!(shape.matches(text), "{text:?} {}", shape.pattern);
        }
        for text in bad {
            assert!(!shape.matches(text), "{text:?} {}", shape.pattern);
        }
    }

    #[test]
    fn patterns_cover_the_whole_text() {
        check(
            &ORGANIZATION_ID,
            &["m-0123456789abcdef0123456789abcdef"],
            &["m-0123456789ABCDEF0123456789abcdef", "m-0\n"],
        );
        check(&ENTITY_IDENTIFIER, &["ada@acme.example", "S-1-5-21"], &["", "a b", "a\n", "ä", "a/b"]);
        check(&USER_NAME, &["ada", "ada@acme.example"], &["ada@", "a b", "ädä", "ada\n"]);
        check(&GROUP_NAME, &["Früh stück"], &["", "a\nb", "漢"]);
        check(&ACCESS_RULE_DESCRIPTION, &["", "Default"], &["\n"]);
        check(&IMPERSONATION_ROLE_NAME, &["Ada's"], &["a<b", "a\\b", "a\nb", "a>b"]);
        check(&IMPERSONATION_DESCRIPTION, &["a\r\nb"], &["a\tb", "a<b"]);
        check(&IP_ADDRESS, &["0.0.0.0", "255.255.255.255"], &["256.0.0.1", "1.2.3", "01.2.3.4", "::1"]);
        check(&IP_RANGE, &["10.0.0.0/8", "0.0.0.0/0"], &["10.0.0.0/33", "10.0.0.0"]);
        check(&IDENTITY_PROVIDER_USER_ID_FOR_UPDATE, &["", "0123456789-01234567-89ab-cdef-0123-456789abcdef"], &["x"]);
        check(&URL, &["https://x.example/ews"], &["https://x.example", "ftp://x/"]);
        check(
            &LOG_GROUP_ARN,
            &["arn:aws:logs:us-east-1:123456789012:log-group:/aws/workmail/acme:*"],
            &["arn:aws:logs:us-east-1:123456789012:log-group:/aws/workmail/acme"],
        );
        check(
            &LAMBDA_ARN,
            &[
                "arn:aws:lambda:us-east-1:123456789012:function:cap",
                "arn:aws:lambda:eu-west-1:123456789012:function:a:$LATEST",
            ],
            &["arn:aws:lambda:us-gov-west-1:123456789012:function:cap"],
        );
    }
}
