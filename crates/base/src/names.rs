//! Checked names, addresses and texts: one fallible constructor each, the limits of WorkMail's model (API 2017-10-01).
//!
//! Each keeps the spelling it was given and knows its `key`, the folded form by which it is compared.

use std::fmt;

use crate::Invalid;
use crate::limits::{GROUP_KEY_BYTES_MAX, PROFILE_TEXT_CHARS_MAX, RESOURCE_DESCRIPTION_CHARS_MAX};
use crate::text::{fold, forbidden};

pub use crate::network::Network;

macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub struct $name(String);

        impl $name {
            /// The text as it was given.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The folded form by which it is compared and found.
            pub fn key(&self) -> String {
                fold(&self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

mod rules;

pub use rules::{Description, DeviceId, DeviceText, Label, RuleName};

name!(
    /// The alias of an organization: a host name label, unique in the deployment, never changed.
    OrganizationAlias
);
name!(
    /// The name of a user in a directory; may look like an address.
    UserName
);
name!(
    /// The name of a group; may hold spaces and letters of Latin-1.
    GroupName
);
name!(
    /// The name of a room or a piece of equipment.
    ResourceName
);
name!(
    /// A mail domain in ASCII.
    DomainName
);
name!(
    /// An e-mail address.
    EmailAddress
);
name!(
    /// One field of a person's profile; may be empty.
    ProfileText
);
name!(
    /// What is said of a room or a piece of equipment; may be empty.
    ResourceDescription
);
name!(
    /// A name for people to read, such as a display name or an account's name; not empty.
    Title
);

fn refuse<T>(field: &'static str, why: impl Into<String>) -> Result<T, Invalid> {
    Err(Invalid::new(field, why))
}

fn length(field: &'static str, text: &str, min: usize, max: usize) -> Result<(), Invalid> {
    let chars = text.chars().count();
    match chars {
        0 if min > 0 => refuse(field, "must not be empty"),
        n if n < min => refuse(field, format!("must have at least {min} characters, has {n}")),
        n if n > max => refuse(field, format!("must have at most {max} characters, has {n}")),
        _ => Ok(()),
    }
}

impl OrganizationAlias {
    /// Checks an alias: 1 to 62 letters and digits with single inner hyphens, not starting with `d-`.
    ///
    /// Source: WorkMail shape `OrganizationName`, `^(?!d-)([\da-zA-Z]+)([-][\da-zA-Z]+)*`.
    pub fn parse(field: &'static str, text: &str) -> Result<Self, Invalid> {
        length(field, text, 1, 62)?;
        if text.to_ascii_lowercase().starts_with("d-") {
            return refuse(field, "must not start with \"d-\", which marks directory ids");
        }
        let words = text.split('-').all(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric()));
        if !words {
            return refuse(field, "may hold letters a-z, digits, and single hyphens between them");
        }
        Ok(Self(text.to_owned()))
    }
}

impl UserName {
    /// Checks a user name: 1 to 64 of letters, digits, `_`, `-`, `.`, optionally followed by `@` and a domain.
    ///
    /// Source: WorkMail shape `UserName`, `[\w\-.]+(@[a-zA-Z0-9.\-]+\.[a-zA-Z0-9-]{2,})?`; ASCII only, so that
    /// look-alike letters of other scripts cannot pass for another's name.
    pub fn parse(field: &'static str, text: &str) -> Result<Self, Invalid> {
        length(field, text, 1, 64)?;
        let (local, domain) = match text.split_once('@') {
            Some((local, domain)) => (local, Some(domain)),
            None => (text, None),
        };
        let local_ok = !local.is_empty() && local.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b));
        if !local_ok {
            return refuse(field, "may hold letters a-z, digits, \"_\", \"-\" and \".\"");
        }
        match domain {
            Some(domain) if !is_dotted_host(domain, |tld| tld.len() >= 2) => {
                refuse(field, "what follows the \"@\" must be a domain such as example.com")
            }
            _ => Ok(Self(text.to_owned())),
        }
    }
}

impl GroupName {
    /// Checks a group name: 1 to 256 characters of Latin-1 that can be seen, and spaces between them.
    ///
    /// Source: WorkMail shape `GroupName`, `[\u0020-\u00FF]+`; that none is invisible, and that none begins or ends with
    /// a space, is ours.
    pub fn parse(field: &'static str, text: &str) -> Result<Self, Invalid> {
        let name = readable(field, text, 1, 256)?;
        if name.chars().any(|c| c > '\u{FF}') {
            return refuse(field, "may hold spaces and the letters and signs of Latin-1 only");
        }
        if fold(&name).len() > GROUP_KEY_BYTES_MAX {
            return refuse(field, "is too long; its signs are written out when names are compared");
        }
        Ok(Self(name))
    }
}

impl ResourceName {
    /// Checks a resource name: 1 to 20 of what a user name may hold.
    ///
    /// Source: WorkMail shape `ResourceName`, the pattern of `UserName`.
    pub fn parse(field: &'static str, text: &str) -> Result<Self, Invalid> {
        length(field, text, 1, 20)?;
        UserName::parse(field, text).map(|UserName(name)| Self(name))
    }
}

/// Host characters throughout, at least one dot, no empty label, and a last label that `tld` accepts.
fn is_dotted_host(text: &str, tld: impl Fn(&str) -> bool) -> bool {
    let labels_ok = text.split('.').all(|label| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    });
    labels_ok && text.rsplit_once('.').is_some_and(|(_, last)| tld(last))
}

impl DomainName {
    /// Checks a mail domain: 3 to 209 characters, labels of RFC 1035 §2.3.1 joined by dots; kept in lower case.
    ///
    /// Source: WorkMail shape `WorkMailDomainName`. A trailing dot is refused rather than dropped: two spellings
    /// of one domain must not both exist.
    pub fn parse(field: &'static str, text: &str) -> Result<Self, Invalid> {
        length(field, text, 3, 209)?;
        if !text.is_ascii() {
            return refuse(field, "must be ASCII; write an international domain in its xn-- form");
        }
        if !is_dotted_host(text, |tld| tld.len() >= 2 && !tld.bytes().all(|b| b.is_ascii_digit())) {
            return refuse(field, "must be a domain such as example.com");
        }
        Ok(Self(text.to_ascii_lowercase()))
    }
}

impl EmailAddress {
    /// Checks an address: local part of 1 to 64 of letters, digits and `._%+-`, then a domain; 254 in all.
    ///
    /// Source: WorkMail shape `EmailAddress`; RFC 5321 §4.5.3.1.1 (64 octets) and RFC 5321 §4.1.2 (no leading,
    /// trailing or doubled dot in a dot-string).
    pub fn parse(field: &'static str, text: &str) -> Result<Self, Invalid> {
        length(field, text, 1, 254)?;
        let Some((local, domain)) = text.split_once('@') else {
            return refuse(field, "must be an address such as ada@example.com");
        };
        if local.is_empty() || local.len() > 64 {
            return refuse(field, "what stands before the \"@\" must have 1 to 64 characters");
        }
        if !local.bytes().all(|b| b.is_ascii_alphanumeric() || b"._%+-".contains(&b)) {
            return refuse(field, "what stands before the \"@\" may hold letters a-z, digits and . _ % + -");
        }
        if local.starts_with('.') || local.ends_with('.') || local.contains("..") {
            return refuse(
                field,
                "what stands before the \"@\" must not begin or end with a dot, nor hold two together",
            );
        }
        if !is_dotted_host(domain, |tld| tld.len() >= 2 && tld.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-')) {
            return refuse(field, "what follows the \"@\" must be a domain such as example.com");
        }
        Ok(Self(text.to_owned()))
    }

    /// What stands before the `@`.
    pub fn local_part(&self) -> &str {
        self.0.split_once('@').map_or("", |(local, _)| local)
    }

    /// What follows the `@`, in lower case.
    pub fn domain(&self) -> String {
        self.0.split_once('@').map_or_else(String::new, |(_, domain)| domain.to_ascii_lowercase())
    }
}

fn readable(field: &'static str, text: &str, min: usize, max: usize) -> Result<String, Invalid> {
    length(field, text, min, max)?;
    if let Some(why) = text.chars().find_map(forbidden) {
        return refuse(field, why);
    }
    if text.trim() != text {
        return refuse(field, "must not begin or end with a space");
    }
    Ok(text.to_owned())
}

impl ProfileText {
    /// Checks a profile field: 0 to 256 characters, nothing invisible or direction-changing.
    ///
    /// Source: WorkMail shape `UserAttribute` (no pattern); the refusal of deceiving characters is ours.
    pub fn parse(field: &'static str, text: &str) -> Result<Self, Invalid> {
        readable(field, text, 0, PROFILE_TEXT_CHARS_MAX).map(Self)
    }

    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl ResourceDescription {
    /// Checks a description: 0 to 64 characters, nothing invisible or direction-changing.
    ///
    /// Source: WorkMail shape `NewResourceDescription` (no pattern); the refusal of deceiving characters is ours.
    pub fn parse(field: &'static str, text: &str) -> Result<Self, Invalid> {
        readable(field, text, 0, RESOURCE_DESCRIPTION_CHARS_MAX).map(Self)
    }
}

impl Title {
    /// Checks a name for people: 1 to 256 characters, nothing invisible or direction-changing.
    pub fn parse(field: &'static str, text: &str) -> Result<Self, Invalid> {
        readable(field, text, 1, PROFILE_TEXT_CHARS_MAX).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn check<T>(parse: fn(&'static str, &str) -> Result<T, Invalid>, good: &[&str], bad: &[&str]) {
        for text in good {
            assert!(parse("name", text).is_ok(), "{text:?} should pass");
        }
        for text in bad {
            assert!(parse("name", text).is_err(), "{text:?} should be refused");
        }
    }

    #[test]
    fn aliases_follow_the_model() {
        let long = "a".repeat(63);
        check(
            OrganizationAlias::parse,
            &["a", "acme", "Acme-2", "a-b-c", &long[..62]],
            &["", "-a", "a-", "a--b", "a_b", "d-1", "D-1", "a.b", "ä", &long, "a b"],
        );
    }

    #[test]
    fn user_names_follow_the_model() {
        let long = "a".repeat(65);
        check(
            UserName::parse,
            &["ada", "ada.lovelace", "a_b-c", "ada@example.com", &long[..64]],
            &["", "a b", "аda", "ada@", "@x.de", "ada@x", "a\u{202E}b", "a@b@c.de", "ada+x", &long, "a\0"],
        );
    }

    #[test]
    fn addresses_follow_the_model() {
        let local = "a".repeat(65);
        let over = format!("{local}@example.com");
        let fits = format!("{}@example.com", &local[..64]);
        check(
            EmailAddress::parse,
            &["ada@example.com", "a+tag@x.example.com", "A.B_c%d-e@example.co", &fits],
            &[
                "",
                "ada",
                "@example.com",
                "ada@",
                "ada@example",
                "a b@example.com",
                "a@b@example.com",
                ".a@example.com",
                "a..b@example.com",
                "a.@example.com",
                "a'b@example.com",
                "ada@exa mple.com",
                "ada@-x.com",
                "ada@x.com.",
                "ada@example.1",
                "ä@example.com",
                "a@exämple.com",
                "a\r\nb@example.com",
                &over,
            ],
        );
    }

    #[test]
    fn domains_are_kept_in_lower_case() {
        assert_eq!(DomainName::parse("domain", "Example.COM").unwrap().as_str(), "example.com");
        check(
            DomainName::parse,
            &["example.com", "xn--bcher-kva.example", "a.b.c.example"],
            &[
                "",
                "com",
                "example.com.",
                ".example.com",
                "a..example",
                "-a.example",
                "exämple.com",
                "1.2.3.4",
                "a_b.example",
            ],
        );
    }

    #[test]
    fn texts_refuse_what_deceives() {
        let long = "x".repeat(257);
        check(
            ProfileText::parse,
            &["", "Ada Lovelace", "מיכל", "王"],
            &["a\nb", "a\u{202E}b", " a", "a ", "\u{200B}", &long],
        );
        check(Title::parse, &["Ada"], &["", " "]);
        check(ResourceDescription::parse, &["", "Ground floor, 12 seats", &long[..64]], &["a\nb", " a", &long[..65]]);
    }

    #[test]
    fn keys_ignore_case() {
        assert_eq!(EmailAddress::parse("a", "ADA@Example.com").unwrap().key(), "ada@example.com");
    }
}
