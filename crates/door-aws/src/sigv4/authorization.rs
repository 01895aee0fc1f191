//! The `Authorization` header: which key, for which day, region and service, which headers, which signature.
//!
//! Read strictly: each of the three parts once, nothing else, and nothing longer than it can be.

use super::Refused;

/// Octets of the header at most: a signature is 64 of them, and all headers that a client signs have names of some
/// hundreds together.
const BYTES_MAX: usize = 4_096;

/// Headers that one signature may cover.
const HEADERS_MAX: usize = 64;

/// Octets of a key's id, as AWS makes them.
const KEY_ID_BYTES: std::ops::RangeInclusive<usize> = 16..=128;

/// Octets of a name of a region or a service.
const NAME_BYTES_MAX: usize = 64;

/// The one way of signing.
const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// What ends every scope.
const TERMINATOR: &str = "aws4_request";

/// Octets of a signature.
pub(super) const SIGNATURE_BYTES: usize = 32;

/// What the header says. Nothing of it is proven.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authorization {
    /// The id of the key.
    pub access_key_id: String,
    /// The day of the signature, as eight digits.
    pub day: String,
    /// The region that it is for.
    pub region: String,
    /// The service that it is for.
    pub service: String,
    /// The names of the headers that it covers: lower case, each greater than the one before.
    pub signed_headers: Vec<String>,
    pub(super) signature: [u8; SIGNATURE_BYTES],
}

impl Authorization {
    /// Reads the value of the header.
    pub fn parse(value: &[u8]) -> Result<Self, Refused> {
        let text = std::str::from_utf8(value).ok().filter(|text| text.is_ascii() && text.len() <= BYTES_MAX);
        let text = text.ok_or_else(|| Refused::incomplete("the Authorization header cannot be read"))?;
        let (algorithm, rest) = text.split_once(' ').unwrap_or((text, ""));
        if algorithm != ALGORITHM {
            return Err(Refused::incomplete(format!("requests are signed with {ALGORITHM} and with nothing else")));
        }
        let [credential, headers, signature] = parts(rest)?;
        let [access_key_id, day, region, service] = scope(credential)?;
        Ok(Self {
            access_key_id: access_key_id.to_owned(),
            day: day.to_owned(),
            region: region.to_owned(),
            service: service.to_owned(),
            signed_headers: signed_headers(headers)?,
            signature: decode(signature)
                .ok_or_else(|| Refused::incomplete("'Signature' must be 64 lower-case hexadecimal digits"))?,
        })
    }

    /// The scope as it is signed.
    pub(super) fn scope(&self) -> String {
        format!("{}/{}/{}/{TERMINATOR}", self.day, self.region, self.service)
    }
}

/// The values of the three parts, which stand in any order.
fn parts(text: &str) -> Result<[&str; 3], Refused> {
    const NAMES: [&str; 3] = ["Credential", "SignedHeaders", "Signature"];
    let mut values: [Option<&str>; 3] = [None; 3];
    for part in text.split(',') {
        let part = part.trim_matches(' ');
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let Some((name, slot)) = NAMES.iter().zip(&mut values).find(|(known, _)| **known == name) else {
            return Err(Refused::incomplete("Authorization header has a part that is not known"));
        };
        if slot.replace(value).is_some() {
            return Err(Refused::incomplete(format!("Authorization header has '{name}' more than once")));
        }
    }
    let mut found = [""; 3];
    for ((name, value), place) in NAMES.iter().zip(values).zip(&mut found) {
        let absent = || Refused::incomplete(format!("Authorization header requires '{name}' parameter"));
        *place = value.filter(|value| !value.is_empty()).ok_or_else(absent)?;
    }
    Ok(found)
}

/// Key id, day, region and service.
fn scope(credential: &str) -> Result<[&str; 4], Refused> {
    let form = || {
        Refused::incomplete(format!(
            "'Credential' must have the form <access key id>/YYYYMMDD/<region>/<service>/{TERMINATOR}"
        ))
    };
    let fields: Vec<&str> = credential.split('/').collect();
    let [access_key_id, day, region, service, terminator] = fields[..] else { return Err(form()) };
    let is_name = |text: &str| {
        (1..=NAME_BYTES_MAX).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-._".contains(&b))
    };
    let is_key_id =
        KEY_ID_BYTES.contains(&access_key_id.len()) && access_key_id.bytes().all(|b| b.is_ascii_alphanumeric());
    let is_day = day.len() == 8 && day.bytes().all(|b| b.is_ascii_digit());
    if terminator == TERMINATOR && is_key_id && is_day && is_name(region) && is_name(service) {
        Ok([access_key_id, day, region, service])
    } else {
        Err(form())
    }
}

fn signed_headers(text: &str) -> Result<Vec<String>, Refused> {
    let names: Vec<&str> = text.split(';').collect();
    // RFC 9110 §5.1: the characters of a header's name; in lower case, so that each has one spelling.
    let is_name = |name: &&str| {
        let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"!#$%&'*+-.^_`|~".contains(&b);
        !name.is_empty() && name.bytes().all(allowed)
    };
    let rise = names.windows(2).all(|pair| matches!(pair, [first, second] if first < second));
    if names.len() > HEADERS_MAX || !rise || !names.iter().all(is_name) {
        return Err(Refused::incomplete("'SignedHeaders' must be lower-case names in order, with semicolons between"));
    }
    Ok(names.into_iter().map(str::to_owned).collect())
}

/// Octets from lower-case hexadecimal digits: one signature has one spelling.
fn decode(text: &str) -> Option<[u8; SIGNATURE_BYTES]> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    let octets: Option<Vec<u8>> = pairs.iter().map(|&[high, low]| Some(digit(high)? << 4 | digit(low)?)).collect();
    octets?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIGNATURE: &str = "fe5f80f77d5fa3beca038a248ff027d0445342fe2855ddc963176630326f1024";
    const CREDENTIAL: &str = "AKIDEXAMPLE234567ABC/20150830/us-east-1/workmail/aws4_request";

    fn good() -> String {
        format!("{ALGORITHM} Credential={CREDENTIAL}, SignedHeaders=host;x-amz-date, Signature={SIGNATURE}")
    }

    fn check_refused(text: &str, says: &str) {
        match Authorization::parse(text.as_bytes()) {
            Err(Refused::Incomplete(why)) => assert!(why.contains(says), "{text}: {why}"),
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn a_header_is_read_in_any_order_and_spacing_that_clients_use() {
        let read = Authorization::parse(good().as_bytes()).unwrap();
        assert_eq!(read.access_key_id, "AKIDEXAMPLE234567ABC");
        assert_eq!([&read.day, &read.region, &read.service], ["20150830", "us-east-1", "workmail"]);
        assert_eq!(read.signed_headers, ["host", "x-amz-date"]);
        assert_eq!((read.signature[0], read.signature[31]), (0xfe, 0x24));
        assert_eq!(read.scope(), "20150830/us-east-1/workmail/aws4_request");
        for text in [
            format!("{ALGORITHM} Credential={CREDENTIAL},SignedHeaders=host;x-amz-date,Signature={SIGNATURE}"),
            format!("{ALGORITHM}  Signature={SIGNATURE} , SignedHeaders=host;x-amz-date,  Credential={CREDENTIAL}"),
        ] {
            assert_eq!(Authorization::parse(text.as_bytes()).as_ref(), Ok(&read), "{text}");
        }
    }

    #[test]
    fn other_schemes_are_refused() {
        for text in ["", "Bearer abc", "Basic YTpi", "AWS4-ECDSA-P256-SHA256 Credential=a", "AWS AKID:sig", ALGORITHM] {
            check_refused(text, if text == ALGORITHM { "part" } else { ALGORITHM });
        }
    }

    #[test]
    fn each_part_is_there_once_and_nothing_else() {
        let without = |part: &str| good().replace(part, "");
        check_refused(&without(&format!("Credential={CREDENTIAL}, ")), "requires 'Credential'");
        check_refused(&without("SignedHeaders=host;x-amz-date, "), "requires 'SignedHeaders'");
        check_refused(&without(&format!(", Signature={SIGNATURE}")), "requires 'Signature'");
        check_refused(&good().replace("host;x-amz-date", ""), "requires 'SignedHeaders'");
        check_refused(&format!("{}, Signature={SIGNATURE}", good()), "'Signature' more than once");
        check_refused(&format!("{}, Expires=5", good()), "not known");
        check_refused(&format!("{},", good()), "not known");
    }

    #[test]
    fn a_credential_names_key_day_region_and_service() {
        for wrong in [
            "AKIDEXAMPLE234567ABC",
            "AKIDEXAMPLE234567ABC/20150830/us-east-1/workmail",
            "AKIDEXAMPLE234567ABC/20150830/us-east-1/workmail/aws4_request/x",
            "AKIDEXAMPLE234567ABC/20150830/us-east-1/workmail/aws3_request",
            "AKIDEXAMPLE234567ABC/2015083/us-east-1/workmail/aws4_request",
            "AKIDEXAMPLE234567ABC/2015083x/us-east-1/workmail/aws4_request",
            "AKIDEXAMPLE234567ABC/20150830//workmail/aws4_request",
            "AKIDEXAMPLE234567ABC/20150830/US-EAST-1/workmail/aws4_request",
            "AKID/20150830/us-east-1/workmail/aws4_request",
            "AKIDEXAMPLE 234567AB/20150830/us-east-1/workmail/aws4_request",
        ] {
            check_refused(&good().replace(CREDENTIAL, wrong), "'Credential' must have the form");
        }
    }

    #[test]
    fn signed_headers_have_one_spelling() {
        for wrong in ["host;", "host;host", "x-amz-date;host", "Host", "ho st", ";"] {
            check_refused(&good().replace("host;x-amz-date", wrong), "'SignedHeaders' must be");
        }
        let many: Vec<String> = (100..165).map(|n| format!("x{n}")).collect();
        check_refused(&good().replace("host;x-amz-date", &many.join(";")), "'SignedHeaders' must be");
    }

    #[test]
    fn signatures_have_one_spelling() {
        for wrong in [&SIGNATURE[1..], &SIGNATURE.to_ascii_uppercase(), &format!("{SIGNATURE}00"), "zz"] {
            check_refused(&good().replace(SIGNATURE, wrong), "'Signature' must be");
        }
    }

    #[test]
    fn what_is_too_long_or_no_text_is_refused() {
        check_refused(&format!("{}{}", good(), " ".repeat(BYTES_MAX)), "cannot be read");
        assert!(matches!(Authorization::parse(b"\xff"), Err(Refused::Incomplete(_))));
        check_refused(&good().replace("us-east-1", "ü"), "cannot be read");
    }
}
