//! Where a command goes, and as whom: what the flags and the environment say, in one place.
//!
//! A profile that is named speaks for itself; otherwise `--server` is needed, the environment is asked who we are, and
//! then a profile of the same server. The token of a profile goes to the profile's server and to no other.

use std::path::PathBuf;

use reeve_base::{Secret, Timestamp};
use reqwest::Url;

use crate::failure::Failure;
use crate::global::Global;
use crate::profiles::{DEFAULT, Profile, Profiles};
use crate::surroundings::Credentials;

/// Where the server is.
#[derive(Debug, Clone)]
pub(crate) enum Place {
    /// The socket in the data folder.
    Socket(PathBuf),
    /// An address.
    Server(Url),
}

/// What shows a server who asks.
#[derive(Debug, Clone)]
pub(crate) enum Credential {
    /// The token of a session.
    Token(Secret),
    /// The token of a profile's session.
    Profile { profile: String, username: String, token: Secret },
    /// A name and an API password, or an access key and its secret.
    Basic { name: String, secret: Secret },
}

/// A place, and who goes there.
#[derive(Debug, Clone)]
pub(crate) struct Access {
    pub(crate) place: Place,
    pub(crate) credential: Option<Credential>,
}

/// The profile that was named.
pub(crate) fn named(global: &Global) -> Option<&str> {
    global.profile.as_deref().filter(|name| !name.is_empty())
}

/// Where the flags say that the server is, whoever asks.
pub(crate) fn place(global: &Global, profiles: &Profiles) -> Result<Place, Failure> {
    match named(global) {
        Some(name) => chosen(global, profiles, name).map(|(url, _)| Place::Server(url)),
        None => match address(global) {
            Some(text) => url(text).map(Place::Server),
            None => Ok(Place::Socket(global.data.join("reeve.sock"))),
        },
    }
}

/// Where the flags say that the server is, and who asks there.
pub(crate) fn resolve(
    global: &Global,
    credentials: &Credentials,
    profiles: &Profiles,
    now: Timestamp,
) -> Result<Access, Failure> {
    if let Some(name) = named(global) {
        let (url, profile) = chosen(global, profiles, name)?;
        let credential = usable(name, profile, now)?
            .ok_or_else(|| Failure::not_done(format!("profile {name} is signed out"), sign_in_again(name)))?;
        return Ok(Access { place: Place::Server(url), credential: Some(credential) });
    }
    let place = place(global, profiles)?;
    let credential = match &place {
        // Whoever may open the socket is let in without; and a token could only be taken there by mistake.
        Place::Socket(_) => None,
        Place::Server(url) => match from_environment(credentials)? {
            Some(credential) => Some(credential),
            None => match of_server(profiles, url)? {
                Some((name, profile)) => usable(&name, profile, now)?,
                None => None,
            },
        },
    };
    Ok(Access { place, credential })
}

/// What to do when the session of a profile is over.
pub(crate) fn sign_in_again(profile: &str) -> String {
    format!("sign in again: reeve login --profile {profile}")
}

/// The name of the profile of a server: the default one if it is of that server, else the only one that is.
pub(crate) fn of_server(profiles: &Profiles, server: &Url) -> Result<Option<(String, Profile)>, Failure> {
    let is_same = |profile: &Profile| url(&profile.server).is_ok_and(|url| same(&url, server));
    let mut found: Vec<_> = profiles.all()?.into_iter().filter(|(_, profile)| is_same(profile)).collect();
    if let Some(place) = found.iter().position(|(name, _)| name == DEFAULT) {
        return Ok(Some(found.swap_remove(place)));
    }
    if found.len() > 1 {
        let names: Vec<_> = found.iter().map(|(name, _)| name.as_str()).collect();
        return Err(Failure::usage(
            format!("several profiles are of {server}: {}", names.join(", ")),
            "say which one with --profile",
        ));
    }
    Ok(found.pop())
}

/// The address of a server as people give it.
pub(crate) fn url(address: &str) -> Result<Url, Failure> {
    let wrong = || {
        Failure::usage(
            format!("{address:?} is not the address of a server"),
            "give --server an address such as https://mail.example.com or http://127.0.0.1:8080",
        )
    };
    let url = Url::parse(address).map_err(|_| wrong())?;
    let plain = matches!(url.scheme(), "http" | "https") && url.host_str().is_some() && url.query().is_none();
    // A password in an address would end up in process lists and logs.
    if !plain || !url.username().is_empty() || url.password().is_some() {
        return Err(wrong());
    }
    Ok(url)
}

/// The address of the server that the flags name.
pub(crate) fn address(global: &Global) -> Option<&str> {
    global.server.as_deref().filter(|address| !address.is_empty())
}

/// The profile of this name and its server, which must be the one that `--server` names, if it names one.
fn chosen(global: &Global, profiles: &Profiles, name: &str) -> Result<(Url, Profile), Failure> {
    let profile = profiles.find(name)?.ok_or_else(|| {
        Failure::usage(
            format!("there is no profile {name}"),
            format!("make it: reeve login --profile {name} --server URL"),
        )
    })?;
    let server = url(&profile.server)?;
    if let Some(address) = address(global)
        && !same(&server, &url(address)?)
    {
        return Err(Failure::usage(
            format!("profile {name} is of {server} and not of {address}"),
            "leave --server (REEVE_SERVER) or --profile (REEVE_PROFILE) out",
        ));
    }
    Ok((server, profile))
}

/// The session of a profile, as long as it may still be open.
fn usable(name: &str, profile: Profile, now: Timestamp) -> Result<Option<Credential>, Failure> {
    if profile.token.is_some() && profile.is_expired(now) {
        return Err(Failure::not_done(format!("the session of profile {name} is over"), sign_in_again(name)));
    }
    let Profile { username, token, .. } = profile;
    Ok(token.map(|token| Credential::Profile { profile: name.to_owned(), username, token }))
}

fn from_environment(credentials: &Credentials) -> Result<Option<Credential>, Failure> {
    let Credentials { token, username, api_password, access_key_id, secret_access_key } = credentials;
    if let Some(token) = token {
        return Ok(Some(Credential::Token(token.clone())));
    }
    let basic = |name: &String, secret: &Secret| {
        // RFC 7617 §2: the first colon ends the name.
        if name.contains(':') || name.chars().any(char::is_control) {
            return Err(Failure::usage(format!("{name:?} cannot be a name"), "correct the environment"));
        }
        Ok(Some(Credential::Basic { name: name.clone(), secret: secret.clone() }))
    };
    let half = |there: &str, missing: &str| {
        Err(Failure::usage(format!("{there} is set without {missing}"), "set both, or neither"))
    };
    match (username, api_password, access_key_id, secret_access_key) {
        (Some(name), Some(secret), ..) | (_, None, Some(name), Some(secret)) => basic(name, secret),
        (None, Some(_), ..) => half("REEVE_API_PASSWORD", "REEVE_USERNAME"),
        (_, None, Some(_), None) => half("REEVE_ACCESS_KEY_ID", "REEVE_SECRET_ACCESS_KEY"),
        (_, None, None, Some(_)) => half("REEVE_SECRET_ACCESS_KEY", "REEVE_ACCESS_KEY_ID"),
        (_, None, None, None) => Ok(None),
    }
}

/// Whether two addresses are of one server: the same scheme, host, port and path.
fn same(one: &Url, other: &Url) -> bool {
    let path = |url: &Url| url.path().trim_end_matches('/').to_owned();
    one.origin() == other.origin() && path(one) == path(other)
}

#[cfg(test)]
mod tests {
    use reeve_base::secret::ExposeSecret;

    use super::*;

    #[test]
    fn an_address_must_be_one() {
        for address in ["mail.example.com", "ftp://x", "http://", "http://ada:secret@x", "http://x/?a=1", "x y"] {
            assert_eq!(url(address).err().map(|failure| failure.exit_code()), Some(2), "{address}");
        }
    }

    #[test]
    fn servers_are_told_apart_by_scheme_host_port_and_path() {
        let same = |one, other| same(&url(one).unwrap(), &url(other).unwrap());
        assert!(same("https://mail.example.com", "https://MAIL.example.com:443/"));
        assert!(same("https://example.com/reeve", "https://example.com/reeve/"));
        for other in ["http://mail.example.com", "https://mail.example.com:8443", "https://mail.example.com.evil.test"]
        {
            assert!(!same("https://mail.example.com", other), "{other}");
        }
        assert!(!same("https://example.com/reeve", "https://example.com/"));
    }

    #[test]
    fn the_environment_is_asked_in_order_and_whole() {
        let text = |text: &str| Some(text.to_owned());
        let secret = |text: &str| Some(Secret::from(text.to_owned()));
        let api = Credentials { username: text("ada"), api_password: secret("p"), ..Credentials::default() };
        let key = Credentials { access_key_id: text("AK"), secret_access_key: secret("s"), ..Credentials::default() };
        let shown = |credentials: &Credentials| match from_environment(credentials) {
            Ok(Some(Credential::Basic { name, secret })) => format!("{name}:{}", secret.expose_secret()),
            Ok(Some(Credential::Token(token))) => token.expose_secret().to_owned(),
            Ok(_) => "nobody".to_owned(),
            Err(failure) => failure.sentence(),
        };
        assert_eq!(shown(&Credentials::default()), "nobody");
        assert_eq!(shown(&Credentials { token: secret("t"), ..api.clone() }), "t");
        assert_eq!(shown(&api), "ada:p");
        assert_eq!(shown(&key), "AK:s");
        assert_eq!(shown(&Credentials { username: text("ada"), ..key.clone() }), "AK:s");
        assert_eq!(shown(&Credentials { username: text("ada"), ..Credentials::default() }), "nobody");
        assert_eq!(shown(&Credentials { username: None, ..api }), "REEVE_API_PASSWORD is set without REEVE_USERNAME");
        assert_eq!(
            shown(&Credentials { access_key_id: None, ..key }),
            "REEVE_SECRET_ACCESS_KEY is set without REEVE_ACCESS_KEY_ID"
        );
    }
}
