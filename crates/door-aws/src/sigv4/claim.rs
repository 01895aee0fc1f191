//! A signed request as it claims to be, and whether it is: the canonical request, the string to sign, the signature.
//!
//! The claim is read from the head before the body is, so that what cannot be right costs nothing more.

use std::time::Duration;

use aws_lc_rs::{digest, hmac};
use http::header::{AUTHORIZATION, CONTENT_TYPE, DATE, HOST};
use http::{HeaderMap, HeaderName};
use reeve_base::Timestamp;

use super::{Authorization, Moment, Refused};

/// How far the clock of a client may be off; what AWS allows.
const SKEW: Duration = Duration::from_secs(5 * 60);

/// The operation that is asked for.
const X_AMZ_TARGET: HeaderName = HeaderName::from_static("x-amz-target");

/// When the request was signed.
const X_AMZ_DATE: HeaderName = HeaderName::from_static("x-amz-date");

/// What the client says that the hash of the body is.
const X_AMZ_CONTENT_SHA256: HeaderName = HeaderName::from_static("x-amz-content-sha256");

/// Comes with keys of a short life, which we do not give.
const X_AMZ_SECURITY_TOKEN: HeaderName = HeaderName::from_static("x-amz-security-token");

/// The method, the path and the empty query of every request here.
const REQUEST_LINE: &str = "POST\n/\n\n";

/// The words of AWS for a signature that is wrong, whyever it is.
const MISMATCH: &str = "The request signature we calculated does not match the signature you provided. Check your \
                        AWS Secret Access Key and signing method. Consult the service documentation for details.";

/// What a signature must be for.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'e> {
    /// The region that is served.
    pub region: &'e str,
    /// The service, as credentials name it.
    pub service: &'e str,
    /// The present moment.
    pub now: Timestamp,
}

/// What a request claims. Nothing is proven before [`Claim::verify`].
#[derive(Debug, Clone)]
pub struct Claim {
    authorization: Authorization,
    signed_at: Moment,
    /// The canonical request without the hash of the body.
    canonical_head: Vec<u8>,
    body_sha256: Option<String>,
}

impl Claim {
    /// Reads the head of a `POST /` without a query.
    ///
    /// Refuses what need not be verified to be wrong: what is not signed, of another region, or too old.
    pub fn read(headers: &HeaderMap, expected: &Expected<'_>) -> Result<Self, Refused> {
        let mut values = headers.get_all(AUTHORIZATION).iter();
        let value = values.next().ok_or(Refused::Missing)?;
        if values.next().is_some() {
            return Err(Refused::incomplete("the Authorization header must be sent once"));
        }
        let authorization = Authorization::parse(value.as_bytes())?;
        if headers.contains_key(X_AMZ_SECURITY_TOKEN) {
            return Err(Refused::UnknownKey);
        }
        check_covered(headers, &authorization.signed_headers)?;
        let signed_at = signed_at(headers)?;
        check_scope(&authorization, &signed_at, expected)?;
        check_age(&signed_at, expected.now)?;
        let body_sha256 = headers.get(X_AMZ_CONTENT_SHA256).map(|value| value.to_str().unwrap_or_default().to_owned());
        if body_sha256.as_deref().is_some_and(|hash| hash.len() != 2 * digest::SHA256_OUTPUT_LEN) {
            let why = "'x-amz-content-sha256' must be the hash of the body; payloads that are unsigned, or signed in \
                       chunks, are not taken";
            return Err(Refused::invalid(why));
        }
        let canonical_head = canonical_head(headers, &authorization.signed_headers)?;
        Ok(Self { authorization, signed_at, canonical_head, body_sha256 })
    }

    /// The id of the key with which the request says that it was signed.
    pub fn access_key_id(&self) -> &str {
        &self.authorization.access_key_id
    }

    /// Refuses unless head and body were signed with this secret.
    pub fn verify(&self, secret: &str, body: &[u8]) -> Result<(), Refused> {
        let hash = hex(digest::digest(&digest::SHA256, body).as_ref());
        if self.body_sha256.as_ref().is_some_and(|said| *said != hash) {
            return Err(Refused::invalid("The body is not the one whose hash 'x-amz-content-sha256' says."));
        }
        let text = self.string_to_sign(&hash);
        // Compares in constant time.
        hmac::verify(&self.signing_key(secret), text.as_bytes(), &self.authorization.signature)
            .map_err(|_| Refused::invalid(MISMATCH))
    }

    fn string_to_sign(&self, body_hash: &str) -> String {
        let canonical = [self.canonical_head.as_slice(), body_hash.as_bytes()].concat();
        let canonical_hash = hex(digest::digest(&digest::SHA256, &canonical).as_ref());
        let (signed_at, scope) = (self.signed_at.text(), self.authorization.scope());
        format!("AWS4-HMAC-SHA256\n{signed_at}\n{scope}\n{canonical_hash}")
    }

    /// The key of one day, region and service. It is derived for each request: that costs less than finding it in a
    /// memory that must forget what is revoked.
    fn signing_key(&self, secret: &str) -> hmac::Key {
        let Authorization { day, region, service, .. } = &self.authorization;
        let mut key = hmac::Key::new(hmac::HMAC_SHA256, format!("AWS4{secret}").as_bytes());
        for part in [day.as_str(), region, service, "aws4_request"] {
            key = hmac::Key::new(hmac::HMAC_SHA256, hmac::sign(&key, part.as_bytes()).as_ref());
        }
        key
    }
}

/// Refuses a head in which something that matters is not signed, or is there twice.
fn check_covered(headers: &HeaderMap, signed: &[String]) -> Result<(), Refused> {
    let is_signed = |name: &HeaderName| signed.iter().any(|one| one == name.as_str());
    let unsigned = |name: &HeaderName| Refused::invalid(format!("'{name}' must be a 'SignedHeader'"));
    let time = if headers.contains_key(X_AMZ_DATE) { X_AMZ_DATE } else { DATE };
    for needed in [HOST, X_AMZ_TARGET, time] {
        if !is_signed(&needed) {
            return Err(unsigned(&needed));
        }
    }
    for name in headers.keys() {
        let matters = name.as_str().starts_with("x-amz-") || *name == CONTENT_TYPE;
        if matters && !is_signed(name) {
            return Err(unsigned(name));
        }
        let once = matters || *name == HOST || *name == DATE || is_signed(name);
        if once && headers.get_all(name).iter().nth(1).is_some() {
            return Err(Refused::invalid(format!("the header '{name}' must be sent once")));
        }
    }
    Ok(())
}

/// When the request was signed.
fn signed_at(headers: &HeaderMap) -> Result<Moment, Refused> {
    let text = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let read = match text(X_AMZ_DATE) {
        Some(basic) => Moment::parse(basic),
        // Clients of old sign this header, in the one form or in the other.
        None => text(DATE).and_then(|date| Moment::parse(date).or_else(|| Moment::parse_http(date))),
    };
    let why = "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header, in ISO-8601 \
               'basic format' such as 20150830T123600Z";
    read.ok_or_else(|| Refused::incomplete(why))
}

fn check_scope(claimed: &Authorization, signed_at: &Moment, expected: &Expected<'_>) -> Result<(), Refused> {
    if claimed.region != expected.region {
        return Err(Refused::invalid(format!("Credential should be scoped to a valid region: '{}'.", expected.region)));
    }
    if claimed.service != expected.service {
        let why = format!("Credential should be scoped to correct service: '{}'.", expected.service);
        return Err(Refused::invalid(why));
    }
    if claimed.day != signed_at.day() {
        let why = format!(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '{}' != '{}', \
             from '{}'.",
            claimed.day,
            signed_at.day(),
            signed_at.text()
        );
        return Err(Refused::invalid(why));
    }
    Ok(())
}

fn check_age(signed_at: &Moment, now: Timestamp) -> Result<(), Refused> {
    let (earliest, latest) = (now.minus(SKEW), now.plus(SKEW));
    let text = |at: Timestamp| Moment::from_timestamp(at).map(|moment| moment.text().to_owned()).unwrap_or_default();
    let signed = signed_at.text();
    if signed_at.at() < earliest {
        let (now, earliest) = (text(now), text(earliest));
        let why = format!("Signature expired: {signed} is now earlier than {earliest} ({now} - 5 min.)");
        return Err(Refused::invalid(why));
    }
    if signed_at.at() > latest {
        let (now, latest) = (text(now), text(latest));
        let why = format!("Signature not yet current: {signed} is still later than {latest} ({now} + 5 min.)");
        return Err(Refused::invalid(why));
    }
    Ok(())
}

/// The canonical request up to the hash of the body.
fn canonical_head(headers: &HeaderMap, signed: &[String]) -> Result<Vec<u8>, Refused> {
    let mut text = REQUEST_LINE.as_bytes().to_vec();
    for name in signed {
        let absent = || Refused::invalid(format!("'{name}' is a 'SignedHeader', but was not sent"));
        let value = headers.get(name).ok_or_else(absent)?;
        text.extend_from_slice(name.as_bytes());
        text.push(b':');
        push_trimmed(&mut text, value.as_bytes());
        text.push(b'\n');
    }
    text.push(b'\n');
    text.extend_from_slice(signed.join(";").as_bytes());
    text.push(b'\n');
    Ok(text)
}

/// Appends a value without spaces around it, and with single ones within.
fn push_trimmed(text: &mut Vec<u8>, value: &[u8]) {
    let words = value.split(|byte| *byte == b' ').filter(|word| !word.is_empty());
    for (number, word) in words.enumerate() {
        if number > 0 {
            text.push(b' ');
        }
        text.extend_from_slice(word);
    }
}

fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(nibble.into(), 16).unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 0xf)]).collect()
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use aws_credential_types::Credentials;
    use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
    use aws_sigv4::sign::v4;
    use proptest::prelude::*;

    use super::*;

    const ID: &str = "AKIDEXAMPLE234567ABC";
    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    const BODY: &[u8] = br#"{"OrganizationId":"m-1"}"#;

    fn now() -> Timestamp {
        Moment::parse("20150830T123600Z").unwrap().at()
    }

    fn expected() -> Expected<'static> {
        Expected { region: "us-east-1", service: "workmail", now: now() }
    }

    fn headers(list: &[(&str, &str)]) -> HeaderMap {
        let parsed = list.iter().map(|(name, value)| (name.parse::<HeaderName>().unwrap(), value.parse().unwrap()));
        let mut map = HeaderMap::new();
        for (name, value) in parsed {
            map.append(name, value);
        }
        map
    }

    fn plain() -> HeaderMap {
        headers(&[
            ("Host", "workmail.us-east-1.amazonaws.com"),
            ("Content-Type", "application/x-amz-json-1.1"),
            ("X-Amz-Target", "WorkMailService.DescribeOrganization"),
        ])
    }

    /// Signs with the implementation of AWS, which is not ours.
    fn signed_as((region, service, at): (&str, &str, Timestamp), mut map: HeaderMap, body: &[u8]) -> HeaderMap {
        let identity = Credentials::from_keys(ID, SECRET, None).into();
        let time = UNIX_EPOCH + Duration::from_millis(at.millis().try_into().unwrap());
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(region)
            .name(service)
            .time(time)
            .settings(SigningSettings::default())
            .build()
            .unwrap()
            .into();
        let host = map.get("host").map_or("", |host| host.to_str().unwrap());
        let url = format!("https://{host}/");
        let pairs = map.iter().filter(|(name, _)| *name != HOST);
        let pairs: Vec<_> = pairs.map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect();
        let request = SignableRequest::new("POST", url, pairs.into_iter(), SignableBody::Bytes(body)).unwrap();
        let (instructions, _) = sign(request, &parameters).unwrap().into_parts();
        for (name, value) in instructions.headers() {
            map.append(name.parse::<HeaderName>().unwrap(), value.parse().unwrap());
        }
        map
    }

    fn signed(map: HeaderMap) -> HeaderMap {
        signed_as(("us-east-1", "workmail", now()), map, BODY)
    }

    fn check(headers: &HeaderMap, body: &[u8]) -> Result<(), Refused> {
        Claim::read(headers, &expected())?.verify(SECRET, body)
    }

    fn check_invalid(headers: &HeaderMap, says: &str) {
        match check(headers, BODY) {
            Err(Refused::Invalid(why)) => assert!(why.contains(says), "{why}"),
            other => panic!("{other:?}, not {says}"),
        }
    }

    #[test]
    fn what_the_signer_of_aws_signs_is_accepted() {
        let map = signed(plain());
        assert_eq!(check(&map, BODY), Ok(()));
        assert_eq!(Claim::read(&map, &expected()).unwrap().access_key_id(), ID);
    }

    #[test]
    fn spaces_in_and_around_values_do_not_matter() {
        let mut map = plain();
        map.append("x-amz-meta", "  a   b  ".parse().unwrap());
        assert_eq!(check(&signed(map), BODY), Ok(()));
    }

    #[test]
    fn every_octet_counts() {
        let map = signed(plain());
        assert!(check(&map, b"").is_err());
        for place in 0..BODY.len() {
            let mut body = BODY.to_vec();
            body[place] ^= 1;
            assert!(matches!(check(&map, &body), Err(Refused::Invalid(_))), "octet {place}");
        }
        for (name, from, to) in [
            ("host", "east", "west"),
            ("content-type", "json", "jsom"),
            ("x-amz-target", "Describe", "Delete"),
            ("x-amz-date", "T1236", "T1235"),
        ] {
            let mut other = map.clone();
            let value = other[name].to_str().unwrap().replace(from, to);
            other.insert(name.parse::<HeaderName>().unwrap(), value.parse().unwrap());
            assert!(matches!(check(&other, BODY), Err(Refused::Invalid(_))), "{name}");
        }
        let other = Claim::read(&map, &expected()).unwrap().verify("another", BODY);
        assert_eq!(other, Err(Refused::Invalid(MISMATCH.into())));
        let mut other = map.clone();
        let value = other["authorization"].to_str().unwrap();
        let value = format!("{}{}", &value[..value.len() - 1], if value.ends_with('0') { '1' } else { '0' });
        other.insert("authorization", value.parse().unwrap());
        check_invalid(&other, "signature we calculated does not match");
    }

    #[test]
    fn what_matters_is_signed_or_refused() {
        for name in ["x-amz-user-agent", "x-amz-anything", "x-amz-security", "content-type"] {
            let mut map = plain();
            map.remove(name);
            let mut map = signed(map);
            map.insert(name.parse::<HeaderName>().unwrap(), "application/x-amz-json-1.1".parse().unwrap());
            check_invalid(&map, &format!("'{name}' must be a 'SignedHeader'"));
        }
        let mut map = plain();
        map.remove("x-amz-target");
        let mut map = signed(map);
        map.insert("x-amz-target", "WorkMailService.DeleteOrganization".parse().unwrap());
        check_invalid(&map, "'x-amz-target' must be a 'SignedHeader'");
        for name in ["host", "x-amz-date"] {
            let mut map = signed(plain());
            let value = map["authorization"].to_str().unwrap().replace(&format!("{name};"), "");
            map.insert("authorization", value.parse().unwrap());
            check_invalid(&map, &format!("'{name}' must be a 'SignedHeader'"));
        }
        let mut map = signed(plain());
        map.insert("x-amzn-trace-id", "Root=1".parse().unwrap());
        map.insert("user-agent", "aws-cli/2".parse().unwrap());
        assert_eq!(check(&map, BODY), Ok(()));
    }

    #[test]
    fn what_is_signed_is_there_once() {
        for name in ["host", "content-type", "x-amz-target", "x-amz-date", "date"] {
            let mut map = plain();
            map.insert("date", "Sun, 30 Aug 2015 12:36:00 GMT".parse().unwrap());
            let mut map = signed(map);
            let value = map[name].clone();
            map.append(name.parse::<HeaderName>().unwrap(), value);
            check_invalid(&map, &format!("the header '{name}' must be sent once"));
        }
        let mut map = signed(plain());
        let value = map["authorization"].clone();
        map.append("authorization", value);
        assert!(matches!(check(&map, BODY), Err(Refused::Incomplete(_))));
        map.remove("authorization");
        assert_eq!(check(&map, BODY), Err(Refused::Missing));
        let mut map = plain();
        map.insert("amz-sdk-request", "attempt=1".parse().unwrap());
        let mut map = signed(map);
        map.remove("amz-sdk-request");
        check_invalid(&map, "'amz-sdk-request' is a 'SignedHeader', but was not sent");
    }

    #[test]
    fn a_signature_is_for_one_region_one_service_and_one_day() {
        let at = |region, service| signed_as((region, service, now()), plain(), BODY);
        check_invalid(&at("eu-west-1", "workmail"), "valid region: 'us-east-1'");
        check_invalid(&at("us-east-1", "s3"), "correct service: 'workmail'");
        let mut map = signed(plain());
        map.insert("x-amz-date", "20150831T000000Z".parse().unwrap());
        check_invalid(&map, "'20150830' != '20150831', from '20150831T000000Z'");
    }

    #[test]
    fn a_signature_is_good_for_five_minutes_either_way() {
        let at = |offset: i64| {
            let at = Timestamp::from_millis(now().millis() + offset * 1_000);
            signed_as(("us-east-1", "workmail", at), plain(), BODY)
        };
        for offset in [-300, -1, 0, 1, 300] {
            assert_eq!(check(&at(offset), BODY), Ok(()), "{offset}");
        }
        check_invalid(
            &at(-301),
            "Signature expired: 20150830T123059Z is now earlier than 20150830T123100Z (20150830T123600Z - 5 min.)",
        );
        check_invalid(
            &at(301),
            "Signature not yet current: 20150830T124101Z is still later than 20150830T124100Z (20150830T123600Z + 5 min.)",
        );
    }

    #[test]
    fn clients_of_old_sign_the_date_header() {
        for date in ["Sun, 30 Aug 2015 12:36:00 GMT", "20150830T123600Z"] {
            let mut map = plain();
            map.insert("date", date.parse().unwrap());
            let authorization = |signature: &str| {
                let scope = format!("{ID}/20150830/us-east-1/workmail/aws4_request");
                format!(
                    "AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=content-type;date;host;x-amz-target, Signature={signature}"
                )
            };
            map.insert("authorization", authorization(&"0".repeat(64)).parse().unwrap());
            let claim = Claim::read(&map, &expected()).unwrap();
            let text = claim.string_to_sign(&hex(digest::digest(&digest::SHA256, BODY).as_ref()));
            assert!(text.starts_with("AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/workmail/"), "{text}");
            let signature = hex(hmac::sign(&claim.signing_key(SECRET), text.as_bytes()).as_ref());
            map.insert("authorization", authorization(&signature).parse().unwrap());
            assert_eq!(check(&map, BODY), Ok(()), "{date}");
            map.insert("authorization", authorization(&signature).replace("date;", "").parse().unwrap());
            check_invalid(&map, "'date' must be a 'SignedHeader'");
        }
    }

    #[test]
    fn a_request_without_a_time_cannot_be_judged() {
        let mut map = signed(plain());
        map.insert("x-amz-date", "yesterday".parse().unwrap());
        assert!(matches!(check(&map, BODY), Err(Refused::Incomplete(_))));
    }

    #[test]
    fn the_hash_that_a_client_states_is_the_hash_of_the_body() {
        let stated = |hash: &str| {
            let mut map = plain();
            map.insert("x-amz-content-sha256", hash.parse().unwrap());
            signed(map)
        };
        let right = hex(digest::digest(&digest::SHA256, BODY).as_ref());
        assert_eq!(check(&stated(&right), BODY), Ok(()));
        check_invalid(&stated(&"0".repeat(64)), "whose hash");
        check_invalid(&stated(&right.to_ascii_uppercase()), "whose hash");
        for other in ["UNSIGNED-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"] {
            check_invalid(&stated(other), "signed in chunks, are not taken");
        }
    }

    #[test]
    fn keys_of_a_short_life_are_not_known() {
        let mut map = plain();
        map.insert("x-amz-security-token", "token".parse().unwrap());
        assert_eq!(check(&signed(map), BODY), Err(Refused::UnknownKey));
    }

    proptest! {
        #[test]
        fn ours_and_that_of_aws_agree(
            values in prop::collection::btree_map("(amz-sdk|x-amz|accept)-[a-z]{1,8}", "[!-~][ -~]{0,30}", 0..6),
            body in prop::collection::vec(any::<u8>(), 0..300),
            seconds in -300_i64..=300,
        ) {
            let mut map = plain();
            for (name, value) in values {
                map.insert(name.parse::<HeaderName>().unwrap(), value.parse().unwrap());
            }
            let at = Timestamp::from_millis(now().millis() + seconds * 1_000);
            prop_assume!(!map.contains_key(X_AMZ_SECURITY_TOKEN) && !map.contains_key(X_AMZ_DATE));
            let map = signed_as(("us-east-1", "workmail", at), map, &body);
            prop_assert_eq!(check(&map, &body), Ok(()));
        }
    }
}
