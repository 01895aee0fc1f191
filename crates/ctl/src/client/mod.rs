//! Speaks HTTP to one server: over the socket in its data folder, or to an address with a token or a password.
//!
//! Requests that may be repeated without harm are, a few times, when no answer came or the server asked to wait.
//! It follows no redirects, so that a token goes only where it was meant to.

mod call;
mod lines;
mod trouble;

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use reqwest::{Body, Response, StatusCode, Url};
use serde::de::DeserializeOwned;

use reeve_base::Secret;
use reeve_base::secret::ExposeSecret;

use crate::access::{Access, Credential, Place, sign_in_again};
use crate::failure::{Failure, Problem};
use crate::surroundings::Pace;

pub(crate) use call::Call;
pub(crate) use lines::Lines;

/// Repetitions of one request; with doubling waits enough for a restart of the server, and soon over for a person.
const RETRIES_MAX: u32 = 4;

/// How long a connection may take to come about: a server that needs longer is not usable anyway.
const CONNECT_MAX: Duration = Duration::from_secs(10);

/// How long the server may stay silent in the middle of an answer: planning an import of 100,000 rows is the longest.
const SILENCE_MAX: Duration = Duration::from_secs(300);

/// How long one ordinary request may take in all.
const REQUEST_MAX: Duration = Duration::from_secs(60);

/// Octets of one ordinary answer: more than a page of 1,000 users with every field full.
const ANSWER_BYTES_MAX: usize = 64 << 20;

/// A connection to one server, as one actor.
#[derive(Clone)]
pub(crate) struct Client {
    http: reqwest::Client,
    place: Place,
    credential: Option<Credential>,
    account: Option<String>,
    pace: Pace,
}

/// What the server said: a success and its body.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) text: String,
}

impl Answer {
    /// The body as a value; a body of another form means that something else than Reeve answered.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        serde_json::from_str(&self.text).map_err(|why| not_understood(&why.to_string()))
    }
}

/// A failure that says the answer was not one of ours.
pub(crate) fn not_understood(why: &str) -> Failure {
    Failure::unreachable(
        format!("the answer was not understood: {why}"),
        "see that the address is one of a Reeve server and that both are of one version",
    )
}

impl Client {
    /// A client for this place, as this actor; opens no connection yet.
    pub(crate) fn new(access: Access, account: Option<&str>, pace: Pace) -> Result<Self, Failure> {
        let Access { place, credential } = access;
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("reeve/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_MAX)
            .read_timeout(SILENCE_MAX);
        if let Place::Socket(path) = &place {
            builder = builder.unix_socket(path.clone());
        }
        if !matches!(&place, Place::Server(url) if url.scheme() == "https") {
            // No TLS, so no certificates are looked for: a machine without any can still be administered.
            builder = builder.tls_certs_only([]);
        }
        let http = builder.build().map_err(|why| {
            Failure::usage(
                format!("could not prepare a connection: {}", trouble::cause(&why)),
                "see that the system's certificates are installed",
            )
        })?;
        // The socket lets in whoever may open it; what they could show besides is not for it.
        let credential = credential.filter(|_| matches!(place, Place::Server(_)));
        let account = account.filter(|id| !id.is_empty()).map(str::to_owned);
        Ok(Self { http, credential, account, place, pace })
    }

    /// The same client with another credential.
    pub(crate) fn renewed(&self, credential: Option<Credential>) -> Self {
        Self { credential, ..self.clone() }
    }

    /// What it shows the server.
    pub(crate) fn credential(&self) -> Option<&Credential> {
        self.credential.as_ref()
    }

    /// The address of the server, when it is not the socket.
    pub(crate) fn server(&self) -> Option<&Url> {
        match &self.place {
            Place::Server(url) => Some(url),
            Place::Socket(_) => None,
        }
    }

    /// Whether what is sent crosses a network unencrypted, tokens and passwords with it.
    pub(crate) fn is_unencrypted(&self) -> bool {
        matches!(&self.place, Place::Server(url) if url.scheme() == "http" && !is_loopback(url))
    }

    /// How long to wait between tries.
    pub(crate) fn pace(&self) -> Pace {
        self.pace
    }

    /// Sends a request and reads the whole answer; what may be repeated is repeated when that can help.
    pub(crate) async fn send(&self, call: &Call) -> Result<Answer, Failure> {
        self.repeat(call, async || {
            let mut request = self.request(call)?.timeout(REQUEST_MAX);
            if let Some(body) = call.body() {
                request = request.header(CONTENT_TYPE, "application/json").body(body.to_owned());
            }
            let response = open(request).await?;
            Ok(Answer { text: whole(response).await.map_err(Attempt::Broken)? })
        })
        .await
    }

    /// Sends a request whose answer is read as it comes; repeated only as long as no answer has begun.
    pub(crate) async fn download(&self, call: &Call) -> Result<Response, Failure> {
        self.repeat(call, async || open(self.request(call)?).await).await
    }

    /// Sends a body that exists only once, so that it is sent only once; the answer is read as it comes.
    pub(crate) async fn upload(&self, call: &Call, kind: &'static str, body: Body) -> Result<Response, Failure> {
        let request = self.request(call).map(|request| request.header(CONTENT_TYPE, kind).body(body));
        match request {
            Ok(request) => open(request).await.map_err(|attempt| self.conclude(attempt)),
            Err(attempt) => Err(self.conclude(attempt)),
        }
    }

    /// What a connection that broke means for the person.
    pub(crate) fn broken(&self, why: &reqwest::Error) -> Failure {
        trouble::explain(&self.place, why)
    }

    async fn repeat<T>(&self, call: &Call, attempt: impl AsyncFn() -> Result<T, Attempt>) -> Result<T, Failure> {
        let mut tries = 0;
        loop {
            let failed = match attempt().await {
                Ok(answer) => return Ok(answer),
                Err(failed) => failed,
            };
            let may = call.is_repeatable() && tries < RETRIES_MAX;
            let Some(wait) = self.wait(&failed, tries).filter(|_| may) else {
                return Err(self.conclude(failed));
            };
            pause(wait).await;
            tries += 1;
        }
    }

    fn request(&self, call: &Call) -> Result<reqwest::RequestBuilder, Attempt> {
        let url = self.base().and_then(|base| call.url(&base)).map_err(Attempt::Impossible)?;
        let mut request = self.http.request(call.method().clone(), url);
        for (name, value) in call.headers() {
            request = request.header(*name, value);
        }
        if let Some(account) = &self.account {
            request = request.header("reeve-account", account);
        }
        Ok(match (call.token(), &self.credential) {
            (Some(token), _) | (None, Some(Credential::Token(token) | Credential::Profile { token, .. })) => {
                request.header(AUTHORIZATION, bearer(token)?)
            }
            (None, Some(Credential::Basic { name, secret })) => request.basic_auth(name, Some(secret.expose_secret())),
            (None, None) => request,
        })
    }

    fn base(&self) -> Result<Url, Failure> {
        match &self.place {
            Place::Server(url) => Ok(url.clone()),
            Place::Socket(_) => Url::parse("http://localhost/").map_err(|why| not_understood(&why.to_string())),
        }
    }

    /// How long to wait before the request is sent again; `None` when that would not help.
    fn wait(&self, failed: &Attempt, tries: u32) -> Option<Duration> {
        let backoff = self.pace.retry.saturating_mul(2_u32.saturating_pow(tries));
        match failed {
            Attempt::Refused { status, retry_after, .. } if matches!(status.as_u16(), 429 | 503) => {
                Some(retry_after.unwrap_or(backoff)).filter(|wait| *wait <= self.pace.retry_max)
            }
            Attempt::Broken(why) if trouble::is_reset(why) => Some(backoff),
            _ => None,
        }
    }

    fn conclude(&self, failed: Attempt) -> Failure {
        match failed {
            Attempt::Refused { status, retry_after, text } => {
                let failure = self.advise(refusal(status, text));
                match retry_after {
                    Some(wait) => failure.with_hint(format!("run the command again in {} s", wait.as_secs().max(1))),
                    None => failure,
                }
            }
            Attempt::Broken(why) => self.broken(&why),
            Attempt::Impossible(failure) => failure,
        }
    }

    /// Who is not let in learns what to do about the credential that was shown.
    fn advise(&self, failure: Failure) -> Failure {
        match &self.credential {
            Some(Credential::Profile { profile, .. }) if failure.is("unauthenticated") => {
                failure.with_hint(sign_in_again(profile))
            }
            Some(Credential::Basic { .. }) if failure.is("unauthenticated") => failure.with_hint(
                "see that the name and the secret are right, and that API access is enabled for their owner",
            ),
            _ => failure,
        }
    }
}

/// Why one try brought no answer.
enum Attempt {
    /// The server said no.
    Refused { status: StatusCode, retry_after: Option<Duration>, text: String },
    /// The connection failed.
    Broken(reqwest::Error),
    /// There was nothing to send.
    Impossible(Failure),
}

/// Sends a request and waits for the head of a success.
async fn open(request: reqwest::RequestBuilder) -> Result<Response, Attempt> {
    let response = request.send().await.map_err(Attempt::Broken)?;
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let retry_after = seconds(response.headers().get(RETRY_AFTER));
    let text = whole(response).await.map_err(Attempt::Broken)?;
    Err(Attempt::Refused { status, retry_after, text })
}

fn bearer(token: &Secret) -> Result<HeaderValue, Attempt> {
    let mut value = HeaderValue::try_from(format!("Bearer {}", token.expose_secret())).map_err(|_| {
        Attempt::Impossible(Failure::usage(
            "the token holds characters that a token cannot have",
            "copy it into REEVE_TOKEN again, or sign in again with reeve login",
        ))
    })?;
    value.set_sensitive(true);
    Ok(value)
}

#[expect(
    clippy::disallowed_methods,
    reason = "a back-off between two tries is meant; the server named its length, or it doubles"
)]
async fn pause(wait: Duration) {
    tokio::time::sleep(wait).await;
}

/// The body of an answer; a longer one than any of ours is cut, and then not understood.
async fn whole(mut response: Response) -> Result<String, reqwest::Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        body.extend_from_slice(&chunk);
        if body.len() > ANSWER_BYTES_MAX {
            break;
        }
    }
    Ok(String::from_utf8_lossy(&body).into_owned())
}

fn refusal(status: StatusCode, text: String) -> Failure {
    match serde_json::from_str::<Problem>(&text) {
        Ok(mut problem) if !problem.code.is_empty() => {
            problem.status = status.as_u16();
            Failure::refused(&problem, text)
        }
        _ => Failure::not_done(
            format!("the server answered {status} without a reason"),
            "see that the address is one of a Reeve server, without a path, and not of a proxy before it",
        ),
    }
}

/// RFC 9110 §10.2.3: a number of seconds, or a date, which our servers do not send.
fn seconds(value: Option<&HeaderValue>) -> Option<Duration> {
    value?.to_str().ok()?.trim().parse().ok().map(Duration::from_secs)
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(place: Place) -> Client {
        let credential = Some(Credential::Token(Secret::from("t0ken")));
        Client::new(Access { place, credential }, None, Pace::default()).unwrap()
    }

    #[test]
    fn an_unencrypted_network_is_noticed() {
        for (address, clear) in [
            ("http://mail.example.com", true),
            ("https://mail.example.com", false),
            ("http://127.0.0.1:8080", false),
            ("http://[::1]:8080", false),
            ("http://localhost", false),
        ] {
            let place = Place::Server(Url::parse(address).unwrap());
            assert_eq!(client(place).is_unencrypted(), clear, "{address}");
        }
    }

    #[test]
    fn the_socket_gets_no_token() {
        assert!(client(Place::Socket("somewhere".into())).credential().is_none());
    }
}
