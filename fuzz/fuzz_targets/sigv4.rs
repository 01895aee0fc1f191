//! Heads and bodies of signed requests: whatever they hold, reading them ends, and no signature is right by chance.
//! An input is lines of headers, an empty line, and the body.
#![no_main]

use http::{HeaderMap, HeaderName, HeaderValue};
use libfuzzer_sys::fuzz_target;
use reeve_base::Timestamp;

#[path = "../../crates/door-aws/src/sigv4/mod.rs"]
mod sigv4;

use sigv4::{Authorization, Claim, Expected, Moment};

/// 2015-08-30T12:36:00Z, the moment of AWS's own examples.
const NOW: Timestamp = Timestamp::from_millis(1_440_938_160_000);

fuzz_target!(|data: &[u8]| {
    let end = data.windows(2).position(|pair| pair == b"\n\n").unwrap_or(data.len());
    let (head, rest) = data.split_at(end);
    let body = rest.get(2..).unwrap_or_default();
    let mut headers = HeaderMap::new();
    for line in head.split(|byte| *byte == b'\n') {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        let (name, value) = line.split_at(colon);
        if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name), HeaderValue::from_bytes(value[1..].trim_ascii()))
        {
            if name == "authorization" {
                check_authorization(value.as_bytes());
            }
            headers.append(name, value);
        }
    }
    let expected = Expected { region: "us-east-1", service: "workmail", now: NOW };
    if let Ok(claim) = Claim::read(&headers, &expected) {
        assert!(claim.access_key_id().len() >= 16);
        assert!(claim.verify("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", body).is_err());
    }
});

/// What can be read has the form that it is said to have.
fn check_authorization(value: &[u8]) {
    if let Ok(read) = Authorization::parse(value) {
        assert!(read.signed_headers.is_sorted() && !read.signed_headers.is_empty());
        assert!(read.day.len() == 8 && !read.region.contains('/') && !read.service.contains('/'));
        if let Some(moment) = Moment::parse(&format!("{}T000000Z", read.day)) {
            assert_eq!(moment.day(), read.day);
        }
    }
}
