//! Who asks: reads the credential of a request and lets the domain say whose it is.
//!
//! One credential decides: the local socket, else what `Authorization` shows, else the session cookie. A credential
//! that is there and cannot be read is refused, never passed over. Headers that proxies add are not looked at.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, COOKIE, HOST, ORIGIN};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method};
use reeve_base::Secret;
use reeve_base::ids::{AccessKeyId, AccountId, RequestId};
use reeve_base::limits::PASSWORD_BYTES_MAX;
use reeve_domain::ctx::Request;
use reeve_domain::{Ctx, Error, auth};
use reeve_net::{Peer, Source};

use crate::conditions::expected_version;
use crate::door::Door;
use crate::problem::Code;
use crate::refusals::Refusal;

/// The session cookie. Browsers keep a cookie of this prefix only when it is `Secure`, has no `Domain` and the
/// path `/`, so that no neighbouring host can set it.
pub(crate) const SESSION_COOKIE: &str = "__Host-reeve_session";

/// The header by which an operator chooses among accounts.
pub(crate) const ACCOUNT_HEADER: &str = "reeve-account";

/// Characters of a token: ours have 43; anything else of a reasonable length may be looked up and is not found.
const TOKEN_CHARS: std::ops::RangeInclusive<usize> = 20..=128;

/// Characters of name and password as HTTP Basic writes them: the longest username and the longest password that
/// anything takes, and a third more for Base64.
const BASIC_CHARS_MAX: usize = (254 + 1 + PASSWORD_BYTES_MAX).div_ceil(3) * 4;

/// What a request shows to prove who it comes from.
enum Credential {
    None,
    Bearer(Secret),
    Cookie(Secret),
    ApiPassword { username: String, password: Secret },
    AccessKey { id: AccessKeyId, secret: Secret },
}

/// Makes the context of a request by whoever is signed in, or the operator.
pub(crate) async fn authenticate(door: &Door, parts: &Parts, id: RequestId) -> Result<Ctx, Refusal> {
    let deployment = &door.deployment;
    let request = domain_request(parts, id)?;
    let account = chosen_account(&parts.headers)?;
    if let Some(Peer::Local { uid }) = parts.extensions.get() {
        return Ok(auth::operator(deployment, *uid, account, request).await?);
    }
    let ctx = match credential(&parts.headers)? {
        Credential::None => return Err(Error::Unauthenticated.into()),
        Credential::Bearer(token) => auth::session(deployment, &token, request).await?,
        Credential::Cookie(token) => {
            refuse_other_sites(door, parts)?;
            auth::session(deployment, &token, request).await?
        }
        basic => by_basic(door, parts, basic, request).await?,
    };
    // A header must not lead anybody to an account that their session is not for.
    if account.is_some_and(|account| ctx.account() != Some(&account)) {
        let why = "the Reeve-Account header names another account than the session; leave it out";
        return Err(Refusal::new(Code::Denied, why));
    }
    Ok(ctx)
}

/// Makes the context of a request with a name and a password, or a key and its secret. Mistakes count against where
/// they come from, as those of a sign-in do; whoever was right a short while ago is not held up by them.
async fn by_basic(door: &Door, parts: &Parts, basic: Credential, request: Request) -> Result<Ctx, Refusal> {
    // A browser adds what somebody once typed by itself, whichever page asks.
    refuse_other_pages(door, parts)?;
    let source = source(parts);
    let shown = parts.headers.get(AUTHORIZATION).map(HeaderValue::as_bytes).unwrap_or_default();
    door.tries.admit(source, shown)?;
    let found = match basic {
        Credential::ApiPassword { username, password } => {
            auth::api_password(&door.deployment, &username, &password, request).await
        }
        Credential::AccessKey { id, secret } => auth::access_key(&door.deployment, &id, &secret, request).await,
        Credential::None | Credential::Bearer(_) | Credential::Cookie(_) => Err(Error::Unauthenticated),
    };
    match found {
        Ok(ctx) => {
            door.tries.was_right(shown);
            Ok(ctx)
        }
        Err(error @ (Error::Unauthenticated | Error::SignInRefused)) => {
            door.count_mistake(source)?;
            Err(error.into())
        }
        Err(error) => Err(error.into()),
    }
}

/// Where a request comes from, as far as rates care; nowhere for the local socket.
pub(crate) fn source(parts: &Parts) -> Option<Source> {
    parts.extensions.get().and_then(Peer::ip).map(Source::from)
}

/// Makes the context of a request that is about to sign in. What it carries from an earlier session does not
/// matter, unless a page of another site sent it.
pub(crate) fn stranger(door: &Door, parts: &Parts, id: RequestId) -> Result<Ctx, Refusal> {
    credential_conflict(&parts.headers)?;
    refuse_other_pages(door, parts)?;
    Ok(auth::anonymous(&door.deployment, domain_request(parts, id)?))
}

/// Whether the request came with a session cookie, so that its end must clear it.
pub(crate) fn came_by_cookie(headers: &HeaderMap) -> bool {
    cookies(headers).next().is_some()
}

/// The value of `Set-Cookie` that keeps a session.
pub(crate) fn session_cookie(token: &str) -> String {
    format!("{SESSION_COOKIE}={token}; Path=/; Secure; HttpOnly; SameSite=Strict")
}

/// The value of `Set-Cookie` that ends one.
pub(crate) fn no_cookie() -> String {
    format!("{SESSION_COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0")
}

fn domain_request(parts: &Parts, id: RequestId) -> Result<Request, Refusal> {
    Ok(Request {
        id,
        source_address: parts.extensions.get().and_then(Peer::ip).map(|address| address.to_string()),
        expected_version: expected_version(&parts.headers)?,
        client_token: None,
    })
}

fn chosen_account(headers: &HeaderMap) -> Result<Option<AccountId>, Refusal> {
    let mut values = headers.get_all(ACCOUNT_HEADER).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let account = value.to_str().ok().and_then(|text| text.parse().ok());
    match account.filter(|_| values.next().is_none()) {
        Some(account) => Ok(Some(account)),
        None => Err(Refusal::invalid("Reeve-Account", "must be the 12 digits of one account")),
    }
}

fn credential(headers: &HeaderMap) -> Result<Credential, Refusal> {
    credential_conflict(headers)?;
    let mut values = headers.get_all(AUTHORIZATION).iter();
    if let Some(value) = values.next() {
        let text = value.to_str().map_err(|_| malformed())?;
        let (scheme, shown) = text.split_once(' ').ok_or_else(malformed)?;
        if values.next().is_some() {
            return Err(malformed());
        }
        // RFC 9110 §11.1: the name of a scheme has no case.
        return match () {
            () if scheme.eq_ignore_ascii_case("bearer") => token_of(shown.trim().as_bytes()).map(Credential::Bearer),
            () if scheme.eq_ignore_ascii_case("basic") => basic(shown.trim()),
            () => Err(malformed()),
        };
    }
    let mut cookies = cookies(headers);
    match (cookies.next(), cookies.next()) {
        (None, _) => Ok(Credential::None),
        (Some(token), None) => token_of(token).map(Credential::Cookie),
        (Some(_), Some(_)) => Err(malformed()),
    }
}

fn credential_conflict(headers: &HeaderMap) -> Result<(), Refusal> {
    if headers.contains_key(AUTHORIZATION) && cookies(headers).next().is_some() {
        let why = "must not come together with a session cookie; send one of them";
        return Err(Refusal::invalid("Authorization", why));
    }
    Ok(())
}

fn cookies(headers: &HeaderMap) -> impl Iterator<Item = &[u8]> {
    headers.get_all(COOKIE).iter().flat_map(|value| value.as_bytes().split(|byte| *byte == b';')).filter_map(|pair| {
        let rest = pair.trim_ascii().strip_prefix(SESSION_COOKIE.as_bytes())?;
        rest.strip_prefix(b"=")
    })
}

fn token_of(bytes: &[u8]) -> Result<Secret, Refusal> {
    let text = std::str::from_utf8(bytes).map_err(|_| malformed())?;
    let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    if !plain || !TOKEN_CHARS.contains(&text.len()) {
        return Err(malformed());
    }
    Ok(Secret::from(text))
}

/// Reads a name and what proves it (RFC 7617 §2): whatever looks like an access key is one, the rest are usernames.
fn basic(shown: &str) -> Result<Credential, Refusal> {
    if shown.len() > BASIC_CHARS_MAX {
        return Err(malformed());
    }
    let pair = STANDARD.decode(shown).ok().and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(malformed)?;
    // RFC 7617 §2: the first colon ends the name; neither part holds control characters.
    let (name, secret) = pair.split_once(':').ok_or_else(malformed)?;
    if name.is_empty() || secret.is_empty() || pair.contains(char::is_control) {
        return Err(malformed());
    }
    let secret = Secret::from(secret);
    Ok(match name.parse() {
        Ok(id) => Credential::AccessKey { id, secret },
        Err(_) => Credential::ApiPassword { username: name.to_owned(), password: secret },
    })
}

fn malformed() -> Refusal {
    let why = "the credential cannot be read; send a session token as Authorization: Bearer, or a name and a password \
               as Authorization: Basic";
    Refusal::new(Code::Unauthenticated, why)
}

/// A header that browsers set and pages cannot.
pub(crate) const SEC_FETCH_SITE: &str = "sec-fetch-site";

/// Refuses a change that a page of another site sent, whatever it came with; programs say nothing of pages.
fn refuse_other_pages(door: &Door, parts: &Parts) -> Result<(), Refusal> {
    if parts.headers.contains_key(ORIGIN) || parts.headers.contains_key(SEC_FETCH_SITE) {
        return refuse_other_sites(door, parts);
    }
    Ok(())
}

/// Refuses a change that comes with a cookie but not from one of our own pages.
fn refuse_other_sites(door: &Door, parts: &Parts) -> Result<(), Refusal> {
    let safe = matches!(parts.method, Method::GET | Method::HEAD | Method::OPTIONS);
    let by_browser = parts.headers.get(SEC_FETCH_SITE).is_some_and(|site| site == "same-origin");
    if safe || by_browser || is_own_origin(&door.options.public_origins, parts) {
        return Ok(());
    }
    let why = "a change with a session cookie must come from a page of this server, shown by Origin or \
               Sec-Fetch-Site; other programs use Authorization: Bearer";
    Err(Refusal::new(Code::Denied, why))
}

fn is_own_origin(public_origins: &[String], parts: &Parts) -> bool {
    let Some(origin) = parts.headers.get(ORIGIN).and_then(|value| value.to_str().ok()) else {
        return false;
    };
    if public_origins.iter().any(|public| public.trim_end_matches('/').eq_ignore_ascii_case(origin)) {
        return true;
    }
    let Some((scheme, authority)) = origin.split_once("://") else { return false };
    // Where an origin is configured for this host, its scheme is known: the page of the other scheme is not ours.
    let is_configured = public_origins.iter().any(|public| {
        let rest = public.trim_end_matches('/').split_once("://");
        rest.is_some_and(|(_, known)| known.eq_ignore_ascii_case(authority))
    });
    let host = parts.uri.authority().map(|authority| authority.as_str());
    let host = host.or_else(|| parts.headers.get(HOST)?.to_str().ok());
    ["http", "https"].contains(&scheme)
        && !is_configured
        && host.is_some_and(|host| host.eq_ignore_ascii_case(authority))
}

/// The word for who asks, in the log.
pub(crate) fn actor_kind(ctx: &Ctx) -> &'static str {
    use reeve_domain::ctx::Actor;
    match ctx.actor() {
        Actor::Anonymous => "anonymous",
        Actor::Administrator { .. } => "administrator",
        Actor::Operator { .. } => "operator",
        Actor::System { .. } => "system",
    }
}

#[cfg(test)]
mod tests {
    use reeve_base::secret::ExposeSecret;

    use super::*;

    fn own(public: &[&str], host: &str, origin: &str) -> bool {
        let request = http::Request::post("/").header(HOST, host).header(ORIGIN, origin).body(());
        let (parts, ()) = request.unwrap().into_parts();
        let public: Vec<_> = public.iter().map(|text| (*text).to_owned()).collect();
        is_own_origin(&public, &parts)
    }

    #[test]
    fn an_origin_is_ours_when_it_is_the_host_or_configured() {
        assert!(own(&[], "reeve.example", "https://reeve.example"));
        assert!(own(&[], "127.0.0.1:8080", "http://127.0.0.1:8080"));
        assert!(own(&["https://mail.example/"], "10.0.0.1:80", "https://mail.example"));
    }

    #[test]
    fn other_origins_are_not_ours() {
        for origin in [
            "null",
            "https://evil.example",
            "https://reeve.example.evil.example",
            "https://evilreeve.example",
            "https://reeve.example:444",
            "https://reeve.example@evil.example",
            "ftp://reeve.example",
            "reeve.example",
            "",
        ] {
            assert!(!own(&[], "reeve.example", origin), "{origin}");
        }
        assert!(!own(&["https://reeve.example"], "reeve.example", "http://reeve.example"));
    }

    fn token(name: &http::HeaderName, values: &[&str]) -> Result<bool, Code> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(name, value.parse().unwrap());
        }
        credential(&headers).map(|found| !matches!(found, Credential::None)).map_err(|refusal| refusal.code)
    }

    fn read_basic(pair: &[u8]) -> Result<(&'static str, String, String), Code> {
        match basic(&STANDARD.encode(pair)).map_err(|refusal| refusal.code)? {
            Credential::AccessKey { id, secret } => Ok(("key", id.to_string(), secret.expose_secret().to_owned())),
            Credential::ApiPassword { username, password } => {
                Ok(("password", username, password.expose_secret().to_owned()))
            }
            _ => Err(Code::Internal),
        }
    }

    #[test]
    fn names_and_passwords_are_told_from_keys_and_secrets() {
        let is = |pair: &str, kind, name: &str, secret: &str| {
            assert_eq!(read_basic(pair.as_bytes()), Ok((kind, name.to_owned(), secret.to_owned())), "{pair}");
        };
        is("ada@acme.example:p:w", "password", "ada@acme.example", "p:w");
        is("ada@acme.example:pässword ", "password", "ada@acme.example", "pässword ");
        is("AKABCDEFGHIJKLMNOP23:s/e+c", "key", "AKABCDEFGHIJKLMNOP23", "s/e+c");
        is("akabcdefghijklmnop23:s", "password", "akabcdefghijklmnop23", "s");
        is("AKABCDEFGHIJKLMNOP2:s", "password", "AKABCDEFGHIJKLMNOP2", "s");
    }

    #[test]
    fn what_is_no_name_and_password_is_refused() {
        let long = format!("ada:{}", "x".repeat(PASSWORD_BYTES_MAX * 2));
        for wrong in ["", "ada", ":pw", "ada:", "a\0da:pw", "ada:p\nw", "ada:\u{7f}", &long] {
            assert_eq!(read_basic(wrong.as_bytes()), Err(Code::Unauthenticated), "{wrong:?}");
        }
        assert_eq!(read_basic(b"ada:\xff"), Err(Code::Unauthenticated));
        let fits = format!("ada:{}", "x".repeat(PASSWORD_BYTES_MAX));
        assert!(read_basic(fits.as_bytes()).is_ok());
        for wrong in ["YWRhOnB3=", "YWRh OnB3", "YWRhOnB3\u{e4}", "%%%%"] {
            assert_eq!(basic(wrong).map(drop).map_err(|refusal| refusal.code), Err(Code::Unauthenticated), "{wrong}");
        }
    }

    const TOKEN: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    #[test]
    fn what_cannot_be_read_is_never_nobody() {
        assert_eq!(token(&AUTHORIZATION, &[&format!("bearer {TOKEN}")]), Ok(true));
        assert_eq!(token(&COOKIE, &[&format!("a=b; {SESSION_COOKIE}={TOKEN}; c=d")]), Ok(true));
        assert_eq!(token(&COOKIE, &["a=b"]), Ok(false));
        let pair = format!("{SESSION_COOKIE}={TOKEN}");
        for (name, values) in [
            (AUTHORIZATION, vec!["Bearer"]),
            (AUTHORIZATION, vec!["Bearer "]),
            (AUTHORIZATION, vec!["Digest username=\"ada\""]),
            (AUTHORIZATION, vec!["Basic YWRhOnB3", "Basic YWRhOnB3"]),
            (AUTHORIZATION, vec!["Bearer short"]),
            (AUTHORIZATION, vec!["Bearer AAAAAAAAAAAAAAAAAAAAAAAAAAAA AAAAAAAAAAAA"]),
            (COOKIE, vec!["__Host-reeve_session="]),
            (COOKIE, vec!["__Host-reeve_session=\"quoted\""]),
            (COOKIE, vec![pair.as_str(), pair.as_str()]),
        ] {
            assert_eq!(token(&name, &values), Err(Code::Unauthenticated), "{values:?}");
        }
    }
}
