//! What a broken connection means: whether to try again, and what to tell the person.

use std::error::Error;
use std::io;

use crate::access::Place;
use crate::failure::Failure;

/// Whether the connection was there and then broke, so that the same request may well succeed the next time.
pub(super) fn is_reset(why: &reqwest::Error) -> bool {
    !why.is_connect() && !why.is_timeout() && !why.is_builder()
}

/// The innermost reason, which is the one that says something.
pub(super) fn cause(why: &reqwest::Error) -> String {
    let mut innermost: &dyn Error = why;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

/// What happened and what to do about it.
pub(super) fn explain(place: &Place, why: &reqwest::Error) -> Failure {
    let start = "start it with `reeve serve`, or name its folder with --data";
    match place {
        Place::Socket(path) => {
            let path = path.display();
            match (why.is_connect(), io_kind(why)) {
                (true, Some(io::ErrorKind::NotFound)) => {
                    Failure::unreachable(format!("no server runs on this data folder: there is no {path}"), start)
                }
                (true, Some(io::ErrorKind::ConnectionRefused)) => {
                    Failure::unreachable(format!("no server runs on this data folder: nobody answers at {path}"), start)
                }
                (true, Some(io::ErrorKind::PermissionDenied)) => Failure::unreachable(
                    format!("not allowed to open {path}"),
                    "run the command as the user that the server runs as, or use --server with a token in REEVE_TOKEN",
                ),
                _ => general(&path.to_string(), why),
            }
        }
        Place::Server(url) => general(url.as_str(), why),
    }
}

fn general(place: &str, why: &reqwest::Error) -> Failure {
    if why.is_connect() {
        return Failure::unreachable(
            format!("could not connect to {place}: {}", cause(why)),
            "see that the address is right and that the server runs",
        );
    }
    if why.is_timeout() {
        return Failure::unreachable(
            format!("{place} did not answer in time"),
            "see with show or list what was done, then run the command again",
        );
    }
    Failure::unreachable(
        format!("the connection to {place} broke: {}", cause(why)),
        "see with show or list what was done, then run the command again",
    )
}

fn io_kind(why: &reqwest::Error) -> Option<io::ErrorKind> {
    let mut source: Option<&dyn Error> = Some(why);
    while let Some(error) = source {
        if let Some(error) = error.downcast_ref::<io::Error>() {
            return Some(error.kind());
        }
        source = error.source();
    }
    None
}
