//! From what was asked for to what is stored of an encryption key, and from there to what is asked.

use reeve_base::key_services::CustomerKey;
use reeve_base::limits::KEY_TEXT_CHARS_MAX;
use reeve_base::names::Title;
use reeve_base::secret::ExposeSecret;
use reeve_base::{Invalid, Secret};
use reeve_store::tables::encryption_keys::EncryptionKeyRow;

use super::KeyKind;
use super::reference::Reference;
use crate::ctx::{Ctx, stored};
use crate::documents::Body;
use crate::error::Error;
use crate::sealing;

/// An encryption key that is to be known.
#[derive(Debug, Clone)]
pub struct NewEncryptionKey {
    /// Its name, unique in the account, case aside.
    pub name: Title,
    /// In what kind of system it is kept.
    pub kind: KeyKind,
    /// What it is called there: an ARN, a URI of PKCS#11, or `vault:` with mount and name.
    pub reference: String,
    /// Where that system is: needed for Vault, for AWS KMS only where it is not Amazon's.
    pub address: Option<String>,
    /// The access key by which AWS KMS is asked.
    pub access_key_id: Option<String>,
    /// The secret of the access key, the PIN of the token, or the token of Vault.
    pub secret: Secret,
}

/// What is kept of a key beside its secret.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Kept {
    pub(super) address: Option<String>,
    pub(super) access_key_id: Option<String>,
}

impl Kept {
    pub(super) fn read(row: &EncryptionKeyRow) -> Result<Self, Error> {
        let body = Body::read(&row.settings)?;
        Ok(Self { address: body.optional_text("address"), access_key_id: body.optional_text("access_key_id") })
    }

    pub(super) fn body(&self) -> Body {
        Body::new([
            ("address", self.address.as_deref().into()),
            ("access_key_id", self.access_key_id.as_deref().into()),
        ])
    }

    /// Refuses what a kind of key does not have, and the lack of what it needs.
    pub(super) fn check(&self, kind: KeyKind) -> Result<(), Invalid> {
        match (kind, &self.address) {
            (KeyKind::VaultTransit, None) => {
                return Err(Invalid::new("address", "must say where Vault is, such as https://vault.example.com:8200"));
            }
            (KeyKind::Pkcs11, Some(_)) => {
                return Err(Invalid::new("address", "must be left out: the reference names the library"));
            }
            (_, Some(address)) => check_address(address)?,
            (_, None) => {}
        }
        match (kind, &self.access_key_id) {
            (KeyKind::AwsKms, None) => Err(Invalid::new("access_key_id", "must be given for a key of AWS KMS")),
            (KeyKind::AwsKms, Some(id)) => {
                let fits = (16..=128).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
                if fits { Ok(()) } else { Err(Invalid::new("access_key_id", "must have 16 to 128 letters and digits")) }
            }
            (_, Some(_)) => Err(Invalid::new("access_key_id", "must be left out: only AWS KMS has one")),
            (_, None) => Ok(()),
        }
    }
}

/// A secret that can stand in a header, and that a library takes.
pub(super) fn check_secret(secret: &Secret) -> Result<(), Invalid> {
    let text = secret.expose_secret();
    if text.is_empty() || text.chars().count() > KEY_TEXT_CHARS_MAX {
        return Err(Invalid::new("secret", format!("must have 1 to {KEY_TEXT_CHARS_MAX} characters")));
    }
    if !text.bytes().all(|b| b.is_ascii_graphic() || b == b' ') {
        return Err(Invalid::new("secret", "must hold signs of ASCII alone, and none that cannot be seen"));
    }
    Ok(())
}

/// An address such as `https://vault.example.com:8200`: a scheme, a host, perhaps a port, and nothing else.
fn check_address(text: &str) -> Result<(), Invalid> {
    let refuse = |why: &str| Err(Invalid::new("address", why));
    if text.chars().count() > KEY_TEXT_CHARS_MAX {
        return refuse("must have at most 1024 characters");
    }
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let Some(authority) = rest else { return refuse("must begin with https:// or http://") };
    let (host, port) = match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, port)) if host.parse::<std::net::Ipv6Addr>().is_ok() => ("v6", port),
        Some(_) => return refuse("must name a host and perhaps a port, and nothing after them"),
        None => authority.find(':').map_or((authority, ""), |at| authority.split_at(at)),
    };
    let host_fits = !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'-');
    let port_fits = port.is_empty()
        || port.strip_prefix(':').is_some_and(|digits| {
            digits.bytes().all(|b| b.is_ascii_digit()) && digits.parse::<u16>().is_ok_and(|port| port > 0)
        });
    if !host_fits || !port_fits {
        return refuse("must name a host and perhaps a port, and nothing after them");
    }
    Ok(())
}

impl NewEncryptionKey {
    /// Checks everything; gives what the key is called and what is kept of it.
    pub(super) fn check(&self) -> Result<(Reference, Kept), Invalid> {
        let reference = Reference::parse(self.kind, &self.reference)?;
        let kept = Kept { address: self.address.clone(), access_key_id: self.access_key_id.clone() };
        kept.check(self.kind)?;
        check_secret(&self.secret)?;
        Ok((reference, kept))
    }
}

/// Seals the secret of a key under its id.
pub(super) fn seal(ctx: &Ctx, key_id: &str, secret: &Secret) -> Result<Vec<u8>, Error> {
    let (key, plain) = (&ctx.deployment().settings().master_key, secret.expose_secret().as_bytes());
    sealing::seal(key, sealing::ENCRYPTION_KEY, key_id, plain, ctx.random())
}

/// Where the key of a row is, with its secret opened.
pub(super) fn open(ctx: &Ctx, row: &EncryptionKeyRow) -> Result<CustomerKey, Error> {
    let kind: KeyKind = stored(row.kind.parse())?;
    let reference = stored(Reference::parse(kind, &row.reference))?;
    let Kept { address, access_key_id } = Kept::read(row)?;
    let master = &ctx.deployment().settings().master_key;
    let opened = sealing::unseal(master, sealing::ENCRYPTION_KEY, &row.key_id, &row.secret)?;
    let secret = Secret::from(stored(std::str::from_utf8(&opened))?);
    Ok(match reference {
        Reference::AwsKms { arn } => CustomerKey::AwsKms {
            arn,
            endpoint: address.unwrap_or_default(),
            access_key_id: access_key_id.unwrap_or_default(),
            secret_access_key: secret,
        },
        Reference::Pkcs11 { module, token, label } => CustomerKey::Pkcs11 { module, token, label, pin: secret },
        Reference::VaultTransit { mount, name } => {
            CustomerKey::VaultTransit { address: address.unwrap_or_default(), mount, name, token: secret }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kind: KeyKind, address: &str, access_key_id: &str) -> Result<(), &'static str> {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let kept = Kept { address: some(address), access_key_id: some(access_key_id) };
        kept.check(kind).map_err(|invalid| invalid.field)
    }

    #[test]
    fn each_kind_has_what_it_needs_and_nothing_else() {
        const ID: &str = "AKIAIOSFODNN7EXAMPLE";
        assert_eq!(check(KeyKind::AwsKms, "", ID), Ok(()));
        assert_eq!(check(KeyKind::AwsKms, "http://127.0.0.1:4566", ID), Ok(()));
        assert_eq!(check(KeyKind::AwsKms, "", ""), Err("access_key_id"));
        assert_eq!(check(KeyKind::AwsKms, "", "short"), Err("access_key_id"));
        assert_eq!(check(KeyKind::Pkcs11, "", ""), Ok(()));
        assert_eq!(check(KeyKind::Pkcs11, "https://hsm", ""), Err("address"));
        assert_eq!(check(KeyKind::Pkcs11, "", ID), Err("access_key_id"));
        assert_eq!(check(KeyKind::VaultTransit, "https://vault:8200", ""), Ok(()));
        assert_eq!(check(KeyKind::VaultTransit, "", ""), Err("address"));
        assert_eq!(check(KeyKind::VaultTransit, "https://vault:8200", ID), Err("access_key_id"));
    }

    #[test]
    fn an_address_is_a_scheme_a_host_and_a_port() {
        for good in ["https://vault.example.com", "http://vault:1", "https://[2001:db8::1]:8200", "https://192.0.2.1"] {
            assert_eq!(check_address(good), Ok(()), "{good}");
        }
        for bad in [
            "",
            "vault.example.com",
            "ftp://vault",
            "https://",
            "https://vault/",
            "https://vault/v1",
            "https://user@vault",
            "https://vault:",
            "https://vault:0",
            "https://vault:65536",
            "https://vault:+1",
            "https://vault?x",
            "https://vault\r\nHost: b",
            "https://[::1",
            "https://[vault]:8200",
            "https://[2001:db8::1]x",
        ] {
            assert!(check_address(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_secret_can_stand_in_a_header() {
        assert_eq!(check_secret(&Secret::from("hvs.CAES x+/=")), Ok(()));
        for bad in ["", "a\nb", "a\u{7f}", "ü", &"x".repeat(KEY_TEXT_CHARS_MAX + 1)] {
            assert!(check_secret(&Secret::from(bad)).is_err(), "{bad:?}");
        }
    }
}
