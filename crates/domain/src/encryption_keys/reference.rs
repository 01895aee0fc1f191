//! What an encryption key is called where it is kept: the ARN of AWS KMS, the URI of PKCS#11 (RFC 7512), and for Vault
//! the mount and the name. Checked for their form alone; whether there is such a key, the other side says.

use std::fmt;

use reeve_base::Invalid;
use reeve_base::limits::KEY_REFERENCE_CHARS_MAX;

use super::KeyKind;
use crate::arns;

/// A key where it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reference {
    AwsKms { arn: String },
    Pkcs11 { module: String, token: String, label: String },
    VaultTransit { mount: String, name: String },
}

impl Reference {
    pub(super) fn parse(kind: KeyKind, text: &str) -> Result<Self, Invalid> {
        if text.chars().count() > KEY_REFERENCE_CHARS_MAX {
            return Err(refuse(format!("must have at most {KEY_REFERENCE_CHARS_MAX} characters")));
        }
        match kind {
            KeyKind::AwsKms => arns::kms_key("reference", text).map(|()| Self::AwsKms { arn: text.to_owned() }),
            KeyKind::Pkcs11 => pkcs11(text),
            KeyKind::VaultTransit => vault(text),
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AwsKms { arn } => f.write_str(arn),
            Self::Pkcs11 { module, token, label } => {
                let (module, token, label) = (encoded(module), encoded(token), encoded(label));
                write!(f, "pkcs11:token={token};object={label};type=secret-key?module-path={module}")
            }
            Self::VaultTransit { mount, name } => write!(f, "vault:{mount}/{name}"),
        }
    }
}

fn refuse(why: impl Into<String>) -> Invalid {
    Invalid::new("reference", why)
}

const PKCS11_FORM: &str = "must be like pkcs11:token=hsm;object=mail?module-path=/usr/lib/softhsm/libsofthsm2.so";

/// RFC 7512 §2.3: the attributes that name a token, a secret key and a library; any other would be left unheeded, and
/// is refused.
fn pkcs11(text: &str) -> Result<Reference, Invalid> {
    let rest = text.strip_prefix("pkcs11:").ok_or_else(|| refuse(PKCS11_FORM))?;
    let (path, query) = rest.split_once('?').ok_or_else(|| refuse(PKCS11_FORM))?;
    let (mut token, mut label, mut module) = (None, None, None);
    for attribute in path.split(';').chain(query.split('&')) {
        let (name, value) = attribute.split_once('=').ok_or_else(|| refuse(PKCS11_FORM))?;
        let value = decoded(value).ok_or_else(|| refuse("must write other signs as % and two digits (RFC 7512)"))?;
        let place = match name {
            "token" => &mut token,
            "object" => &mut label,
            "module-path" => &mut module,
            "type" if value == "secret-key" => continue,
            "type" => return Err(refuse("must name a key of the type secret-key")),
            "pin-value" | "pin-source" => {
                return Err(refuse("must not hold the PIN; give it apart, as the secret, where it is sealed"));
            }
            _ => return Err(refuse("must name token, object, type and module-path alone")),
        };
        // RFC 7512 §2.3: no attribute stands twice.
        if place.replace(value).is_some() {
            return Err(refuse("must name each attribute once"));
        }
    }
    match (module, token, label) {
        (Some(module), Some(token), Some(label)) if module.starts_with('/') && !label.is_empty() => {
            // PKCS#11 §3.2: the label of a token has 32 octets, filled up with blanks.
            if token.is_empty() || token.len() > 32 || token.trim() != token {
                return Err(refuse("must name a token by its label of 1 to 32 octets"));
            }
            Ok(Reference::Pkcs11 { module, token, label })
        }
        _ => Err(refuse(PKCS11_FORM)),
    }
}

/// RFC 3986 §2.1; no control character comes out.
fn decoded(text: &str) -> Option<String> {
    let mut octets = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(octet) = rest.next() {
        octets.push(match octet {
            b'%' => {
                let digits = [rest.next()?, rest.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok().filter(|_| digits[0] != b'+')?, 16).ok()?
            }
            plain if plain.is_ascii_graphic() => plain,
            _ => return None,
        });
    }
    String::from_utf8(octets).ok().filter(|text| !text.contains(char::is_control))
}

/// RFC 7512 §2.3: what may stand in both parts stands as it is, and everything else as % and two digits.
fn encoded(text: &str) -> String {
    let plain = |octet: u8| octet.is_ascii_alphanumeric() || b"-._~/:".contains(&octet);
    text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

fn vault(text: &str) -> Result<Reference, Invalid> {
    let form = || refuse("must be like vault:transit/mail: where the engine is mounted, and the name of the key");
    let rest = text.strip_prefix("vault:").ok_or_else(form)?;
    let (mount, name) = rest.rsplit_once('/').ok_or_else(form)?;
    let fits = |part: &str| {
        !matches!(part, "" | "." | "..") && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
    };
    if !mount.split('/').all(fits) || !fits(name) {
        return Err(form());
    }
    Ok(Reference::VaultTransit { mount: mount.to_owned(), name: name.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

    #[test]
    fn references_are_read_and_written_in_one_form() {
        for (kind, text, written) in [
            (KeyKind::AwsKms, ARN, ARN),
            (
                KeyKind::Pkcs11,
                "pkcs11:object=mail%20key;token=hsm?module-path=/usr/lib/x.so",
                "pkcs11:token=hsm;object=mail%20key;type=secret-key?module-path=/usr/lib/x.so",
            ),
            (
                KeyKind::Pkcs11,
                "pkcs11:token=a%3Bb;object=%C3%BC;type=secret-key?module-path=%2Flib%2Fx.so",
                "pkcs11:token=a%3Bb;object=%C3%BC;type=secret-key?module-path=/lib/x.so",
            ),
            (KeyKind::VaultTransit, "vault:transit/mail", "vault:transit/mail"),
            (KeyKind::VaultTransit, "vault:teams/a/transit/mail-1", "vault:teams/a/transit/mail-1"),
        ] {
            let read = Reference::parse(kind, text).unwrap();
            assert_eq!(read.to_string(), written);
            assert_eq!(Reference::parse(kind, written).unwrap(), read);
        }
    }

    #[test]
    fn what_is_no_reference_is_refused() {
        let long = format!("vault:transit/{}", "a".repeat(KEY_REFERENCE_CHARS_MAX));
        for (kind, text) in [
            (KeyKind::AwsKms, ""),
            (KeyKind::AwsKms, "arn:aws:s3:us-east-1:111122223333:key/1"),
            (KeyKind::Pkcs11, ""),
            (KeyKind::Pkcs11, "pkcs11:token=hsm;object=mail"),
            (KeyKind::Pkcs11, "pkcs11:token=hsm?module-path=/x.so"),
            (KeyKind::Pkcs11, "pkcs11:token=hsm;object=?module-path=/x.so"),
            (KeyKind::Pkcs11, "pkcs11:token=hsm;object=mail?module-path=x.so"),
            (KeyKind::Pkcs11, "pkcs11:token=hsm;token=b;object=mail?module-path=/x.so"),
            (KeyKind::Pkcs11, "pkcs11:token=hsm;object=mail?module-path=/x.so&pin-value=1234"),
            (KeyKind::Pkcs11, "pkcs11:token=hsm;object=mail?module-path=/x.so&pin-source=/pin"),
            (KeyKind::Pkcs11, "pkcs11:token=hsm;object=mail;type=private?module-path=/x.so"),
            (KeyKind::Pkcs11, "pkcs11:token=hsm;object=mail;slot-id=1?module-path=/x.so"),
            (KeyKind::Pkcs11, "pkcs11:token=hsm;object=ma%0Ail?module-path=/x.so"),
            (KeyKind::Pkcs11, "pkcs11:token=hsm;object=ma%0?module-path=/x.so"),
            (KeyKind::Pkcs11, "pkcs11:token=hsm;object=ma%+1?module-path=/x.so"),
            (KeyKind::Pkcs11, "pkcs11:token=123456789012345678901234567890123;object=m?module-path=/x.so"),
            (KeyKind::VaultTransit, "vault:transit"),
            (KeyKind::VaultTransit, "vault:/mail"),
            (KeyKind::VaultTransit, "vault:transit/"),
            (KeyKind::VaultTransit, "vault:transit/../mail"),
            (KeyKind::VaultTransit, "vault:transit//mail"),
            (KeyKind::VaultTransit, "vault:transit/mail?x"),
            (KeyKind::VaultTransit, "transit/mail"),
            (KeyKind::VaultTransit, &long),
        ] {
            assert_eq!(Reference::parse(kind, text).unwrap_err().field, "reference", "{text}");
        }
    }
}
