//! Who is asked for free and busy times: as it is given, as it is kept, and as it is shown.
//!
//! A password is kept sealed and never shown; events say that it was set.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reeve_base::secret::ExposeSecret;
use reeve_base::{Invalid, Secret};
use zeroize::Zeroizing;

use crate::arns;
use crate::audit::Change;
use crate::ctx::{Ctx, stored};
use crate::documents::Body;
use crate::error::Error;
use crate::sealing;

/// Characters of an endpoint, a username and a password (shapes `Url`, `ExternalUserName`, `Password`).
const CHARS_MAX: usize = 256;

/// Who is asked for free and busy times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Provider {
    /// A server that speaks Exchange Web Services.
    Ews {
        /// Where it is.
        endpoint: String,
        /// In whose name it is asked.
        username: String,
    },
    /// A function of Amazon's.
    Lambda {
        /// Its Amazon resource name.
        arn: String,
    },
}

/// Who is to be asked.
#[derive(Debug, Clone)]
pub enum NewProvider {
    /// A server that speaks Exchange Web Services.
    Ews {
        /// Where it is: an `http` or `https` address with a path.
        endpoint: String,
        /// In whose name it is asked.
        username: String,
        /// The password of that name.
        password: Secret,
    },
    /// A function of Amazon's.
    Lambda {
        /// Its Amazon resource name.
        arn: String,
    },
}

/// Which configuration of which organization a password belongs to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Owner<'a> {
    pub(super) organization_id: &'a str,
    pub(super) domain: &'a str,
}

impl Owner<'_> {
    /// What a password is sealed for; no domain holds the sign between them.
    fn id(self) -> String {
        format!("{}|{}", self.organization_id, self.domain)
    }
}

impl Provider {
    pub(super) fn read(body: &Body) -> Result<Self, Error> {
        let text = |field: &str| body.text(field).map(str::to_owned);
        match body.text("provider")? {
            "ews" => Ok(Self::Ews { endpoint: text("endpoint")?, username: text("username")? }),
            "lambda" => Ok(Self::Lambda { arn: text("function_arn")? }),
            other => Err(Error::internal(format!("a stored value is malformed: no provider is called {other}"))),
        }
    }

    /// What events show of it.
    fn shown(&self) -> Body {
        match self {
            Self::Ews { endpoint, username } => Body::new([
                ("provider", "ews".into()),
                ("endpoint", endpoint.as_str().into()),
                ("username", username.as_str().into()),
            ]),
            Self::Lambda { arn } => Body::new([("provider", "lambda".into()), ("function_arn", arn.as_str().into())]),
        }
    }
}

impl NewProvider {
    /// Refuses what cannot be asked.
    pub(super) fn check(&self) -> Result<(), Invalid> {
        match self {
            Self::Ews { endpoint, username, password } => {
                check_endpoint(endpoint)?;
                check_text("username", username)?;
                // RFC 7617 §2: a colon ends the username.
                if username.contains(':') {
                    return Err(Invalid::new("username", "must not hold a colon"));
                }
                check_text("password", password.expose_secret())
            }
            Self::Lambda { arn } => arns::function("function_arn", arn),
        }
    }

    /// The same without its password.
    pub(super) fn provider(&self) -> Provider {
        match self {
            Self::Ews { endpoint, username, .. } => {
                Provider::Ews { endpoint: endpoint.clone(), username: username.clone() }
            }
            Self::Lambda { arn } => Provider::Lambda { arn: arn.clone() },
        }
    }

    /// What is kept of it.
    pub(super) fn body(&self, ctx: &Ctx, owner: Owner<'_>) -> Result<Body, Error> {
        let Self::Ews { endpoint, username, password } = self else { return Ok(self.provider().shown()) };
        let (key, plain) = (&ctx.deployment().settings().master_key, password.expose_secret().as_bytes());
        let sealed = sealing::seal(key, sealing::AVAILABILITY_PASSWORD, &owner.id(), plain, ctx.random())?;
        Ok(Body::new([
            ("provider", "ews".into()),
            ("endpoint", endpoint.as_str().into()),
            ("username", username.as_str().into()),
            ("password", STANDARD.encode(sealed).into()),
        ]))
    }

    /// What a change from what is kept to this one is, for people to read; nothing when all is as it was.
    pub(super) fn changes_from(&self, ctx: &Ctx, owner: Owner<'_>, before: &Body) -> Result<Vec<Change>, Error> {
        let mut changes = self.provider().shown().changes_from(&Provider::read(before)?.shown());
        let was = kept_password(ctx, owner, before)?;
        match (was, self) {
            (None, Self::Ews { .. }) => changes.push(Change::made("password", "(set)")),
            (Some(was), Self::Ews { password, .. }) if was.as_slice() != password.expose_secret().as_bytes() => {
                changes.push(Change::moved("password", "(set)", "(set)"));
            }
            (Some(_), Self::Lambda { .. }) => changes.push(Change::gone("password", "(set)")),
            _ => {}
        }
        Ok(changes)
    }

    /// What making this one is.
    pub(super) fn made(&self) -> Vec<Change> {
        let mut changes = self.provider().shown().changes_from(&Body::default());
        if matches!(self, Self::Ews { .. }) {
            changes.push(Change::made("password", "(set)"));
        }
        changes
    }

    /// What is kept, with its password opened.
    pub(super) fn open(ctx: &Ctx, owner: Owner<'_>, body: &Body) -> Result<Self, Error> {
        match Provider::read(body)? {
            Provider::Lambda { arn } => Ok(Self::Lambda { arn }),
            Provider::Ews { endpoint, username } => {
                let opened = kept_password(ctx, owner, body)?;
                let opened = opened.ok_or_else(|| Error::internal("an EWS provider is kept without a password"))?;
                let password = Secret::from(stored(std::str::from_utf8(&opened))?);
                Ok(Self::Ews { endpoint, username, password })
            }
        }
    }
}

/// What removing a provider is, for people to read.
pub(super) fn gone(body: &Body) -> Result<Vec<Change>, Error> {
    let mut changes = Body::default().changes_from(&Provider::read(body)?.shown());
    if body.get("password").is_some() {
        changes.push(Change::gone("password", "(set)"));
    }
    Ok(changes)
}

fn kept_password(ctx: &Ctx, owner: Owner<'_>, body: &Body) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
    let Some(text) = body.optional_text("password") else { return Ok(None) };
    let sealed = stored(STANDARD.decode(text))?;
    let key = &ctx.deployment().settings().master_key;
    sealing::unseal(key, sealing::AVAILABILITY_PASSWORD, &owner.id(), &sealed).map(Some)
}

/// Source: WorkMail shape `Url`, `https?://[A-Za-z0-9.-]+(:[0-9]+)?/.*`; that the path can stand in a request is ours.
fn check_endpoint(text: &str) -> Result<(), Invalid> {
    let refuse = |why: &str| Err(Invalid::new("endpoint", why));
    if text.chars().count() > CHARS_MAX {
        return refuse("must have at most 256 characters");
    }
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let Some((authority, path)) = rest.and_then(|rest| rest.split_once('/')) else {
        return refuse("must be like https://ews.example.com/EWS/Exchange.asmx");
    };
    let (host, port) = authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port)));
    let host_fits = !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'-');
    let port_fits = port
        .is_none_or(|port| port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|port| port > 0));
    if !host_fits || !port_fits {
        return refuse("must name a host, and if it names a port, a number from 1 to 65535 after a colon");
    }
    // RFC 3986 §3.5: what follows a # is for the one who asks, and is never sent.
    if !path.bytes().all(|b| b.is_ascii_graphic() && !b"\"<>\\^`{|}#".contains(&b)) {
        return refuse(
            "must write in its path what is not a letter, a digit or a sign of addresses as % and two digits",
        );
    }
    Ok(())
}

fn check_text(field: &'static str, text: &str) -> Result<(), Invalid> {
    if !(1..=CHARS_MAX).contains(&text.chars().count()) {
        return Err(Invalid::new(field, format!("must have 1 to {CHARS_MAX} characters")));
    }
    // RFC 7617 §2: neither holds a control character.
    if text.contains(char::is_control) {
        return Err(Invalid::new(field, "must not hold control characters"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ews(endpoint: &str, username: &str, password: &str) -> NewProvider {
        NewProvider::Ews {
            endpoint: endpoint.to_owned(),
            username: username.to_owned(),
            password: Secret::from(password),
        }
    }

    #[test]
    fn endpoints_have_the_form_of_the_model_and_can_be_sent() {
        let path = |chars: usize| format!("https://ews.example.com/{}", "a".repeat(chars));
        for endpoint in [
            "https://ews.example.com/EWS/Exchange.asmx",
            "http://ews:8080/",
            "https://192.0.2.1/a?b=c&d=%20",
            "https://xn--bcher-kva.example:65535/EWS",
            &path(256 - 24),
        ] {
            assert_eq!(ews(endpoint, "a", "b").check(), Ok(()), "{endpoint}");
        }
        for endpoint in [
            "",
            "ews.example.com",
            "ftp://ews.example.com/",
            "https://ews.example.com",
            "https:///EWS",
            "https://user@ews.example.com/",
            "https://user:password@ews.example.com/",
            "https://[::1]/",
            "https://ews.example.com:/",
            "https://ews.example.com:0/",
            "https://ews.example.com:65536/",
            "https://ews.example.com:+80/",
            "https://ews.example.com:80:80/",
            "https://ews_1.example.com/",
            "https://ews.example.com/a b",
            "https://ews.example.com/a#b",
            "https://ews.example.com/\r\nHost: other",
            "https://ews.example.com/\u{fc}",
            "HTTPS://ews.example.com/",
            &path(256 - 23),
        ] {
            assert_eq!(ews(endpoint, "a", "b").check().unwrap_err().field, "endpoint", "{endpoint}");
        }
    }

    #[test]
    fn names_and_passwords_can_stand_in_a_request() {
        let long = "x".repeat(257);
        for (username, password, field) in [
            ("", "b", "username"),
            (&*long, "b", "username"),
            ("a:b", "c", "username"),
            ("a\nb", "c", "username"),
            ("a", "", "password"),
            ("a", &*long, "password"),
            ("a", "b\0", "password"),
        ] {
            let refused = ews("https://ews.example.com/", username, password).check().unwrap_err();
            assert_eq!(refused.field, field, "{username:?} {password:?}");
        }
        assert_eq!(ews("https://ews.example.com/", "EXAMPLE\\svc üser", ":p:ä").check(), Ok(()));
    }
}
