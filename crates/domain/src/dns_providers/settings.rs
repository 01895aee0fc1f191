//! From what was asked for to what is stored of a DNS provider, and from there to how it is asked.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reeve_base::limits::{DNS_PROVIDER_TEXT_CHARS_MAX, DNS_PROVIDER_ZONES_MAX};
use reeve_base::names::{DomainName, Title};
use reeve_base::secret::ExposeSecret as _;
use reeve_base::zone_hosts::ZoneHost;
use reeve_base::{Invalid, Secret};
use reeve_store::tables::dns_providers::DnsProviderRow;

use super::ProviderKind;
use crate::ctx::{Ctx, stored};
use crate::documents::Body;
use crate::error::Error;
use crate::sealing;

/// The algorithms by which updates are signed (RFC 8945 §6), the strong ones.
const ALGORITHMS: [&str; 3] = ["hmac-sha256", "hmac-sha384", "hmac-sha512"];

/// Where servers of zones listen.
const DNS_PORT: u16 = 53;

/// A DNS provider that is to be known.
#[derive(Debug, Clone)]
pub struct NewDnsProvider {
    /// Its name, unique in the account, case aside.
    pub name: Title,
    /// How it is spoken to.
    pub kind: ProviderKind,
    /// Where it is, and in whose name it is asked.
    pub settings: ProviderSettings,
    /// The secret of the access key, the key of updates in base64, or the API key.
    pub secret: Secret,
}

/// Where a provider is, and in whose name it is asked; each kind has some of these.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProviderSettings {
    /// `https://dns.example.com:8081`: needed for PowerDNS; for Route 53 only where it is not Amazon's own.
    pub url: Option<String>,
    /// The access key for Route 53.
    pub access_key_id: Option<String>,
    /// What PowerDNS calls the server; `localhost` when unsaid.
    pub server_id: Option<String>,
    /// Host, and port where it is not 53, of the server that takes updates.
    pub server: Option<String>,
    /// The name of the key by which updates are signed.
    pub key_name: Option<String>,
    /// Its algorithm; `hmac-sha256` when unsaid.
    pub algorithm: Option<String>,
    /// The zones that the server hosts for us, since such a server does not list them.
    pub zones: Vec<DomainName>,
}

impl ProviderSettings {
    pub(super) fn read(row: &DnsProviderRow) -> Result<Self, Error> {
        let body = Body::read(&row.settings)?;
        Ok(Self {
            url: body.optional_text("url"),
            access_key_id: body.optional_text("access_key_id"),
            server_id: body.optional_text("server_id"),
            server: body.optional_text("server"),
            key_name: body.optional_text("key_name"),
            algorithm: body.optional_text("algorithm"),
            zones: body.list("zones", |zone| DomainName::parse("zones", zone))?,
        })
    }

    pub(super) fn body(&self) -> Body {
        let zones: Vec<_> = self.zones.iter().map(ToString::to_string).collect();
        Body::new([
            ("url", self.url.as_deref().into()),
            ("access_key_id", self.access_key_id.as_deref().into()),
            ("server_id", self.server_id.as_deref().into()),
            ("server", self.server.as_deref().into()),
            ("key_name", self.key_name.as_deref().into()),
            ("algorithm", self.algorithm.as_deref().into()),
            ("zones", zones.into()),
        ])
    }

    /// Refuses what a kind of provider does not have, and the lack of what it needs.
    pub(super) fn check(&self, kind: ProviderKind) -> Result<(), Invalid> {
        let (route53, update, powerdns) = match kind {
            ProviderKind::Route53 => (true, false, false),
            ProviderKind::Rfc2136 => (false, true, false),
            ProviderKind::PowerDns => (false, false, true),
        };
        let zones = (!self.zones.is_empty()).then_some("zones");
        let fields = [
            ("url", self.url.as_deref(), route53 || powerdns, powerdns),
            ("access_key_id", self.access_key_id.as_deref(), route53, route53),
            ("server_id", self.server_id.as_deref(), powerdns, false),
            ("server", self.server.as_deref(), update, update),
            ("key_name", self.key_name.as_deref(), update, update),
            ("algorithm", self.algorithm.as_deref(), update, false),
            ("zones", zones, update, update),
        ];
        for (field, value, has, needs) in fields {
            match value {
                None if needs => {
                    return Err(Invalid::new(field, format!("must be given for a provider of kind {}", kind.word())));
                }
                Some(_) if !has => {
                    return Err(Invalid::new(field, format!("must be left out: {} has none", kind.word())));
                }
                Some(value) => check_field(field, value)?,
                None => {}
            }
        }
        if self.zones.len() > DNS_PROVIDER_ZONES_MAX {
            return Err(Invalid::new("zones", format!("must be at most {DNS_PROVIDER_ZONES_MAX}")));
        }
        Ok(())
    }
}

impl NewDnsProvider {
    pub(super) fn check(&self) -> Result<(), Invalid> {
        self.settings.check(self.kind)?;
        check_secret(self.kind, &self.secret)
    }
}

fn check_field(field: &'static str, value: &str) -> Result<(), Invalid> {
    let plain = |signs: &[u8]| value.bytes().all(|b| b.is_ascii_alphanumeric() || signs.contains(&b));
    let refuse = |why: &str| Err(Invalid::new(field, why));
    if value.is_empty() || value.chars().count() > DNS_PROVIDER_TEXT_CHARS_MAX {
        return refuse("must have 1 to 1024 characters");
    }
    match field {
        "url" => {
            let rest = value.strip_prefix("https://").or_else(|| value.strip_prefix("http://"));
            if rest.is_some_and(is_authority) {
                return Ok(());
            }
            refuse("must be like https://dns.example.com:8081: http or https, a host, perhaps a port, nothing more")
        }
        "server" if !is_authority(value) => refuse("must be a host and perhaps a port, such as ns.example.com:53"),
        "access_key_id" if !(16..=128).contains(&value.len()) || !plain(b"_") => {
            refuse("must have 16 to 128 letters and digits")
        }
        "server_id" if !plain(b"-_.") || matches!(value, "." | "..") => {
            refuse("must have letters, digits and - _ . alone")
        }
        "key_name" if !plain(b"-_.") || value.split('.').any(|label| label.is_empty() || label.len() > 63) => {
            refuse("must be a name such as reeve-key, of letters, digits and - _ .")
        }
        "algorithm" if !ALGORITHMS.contains(&value) => refuse("must be hmac-sha256, hmac-sha384 or hmac-sha512"),
        _ => Ok(()),
    }
}

/// A secret that can stand in a header; a key of updates in base64.
pub(super) fn check_secret(kind: ProviderKind, secret: &Secret) -> Result<(), Invalid> {
    let text = secret.expose_secret();
    let fits =
        !text.is_empty() && text.len() <= DNS_PROVIDER_TEXT_CHARS_MAX && text.bytes().all(|b| b.is_ascii_graphic());
    if !fits {
        return Err(Invalid::new("secret", "must have 1 to 1024 signs of ASCII that can be seen"));
    }
    if kind == ProviderKind::Rfc2136 && STANDARD.decode(text).is_err() {
        return Err(Invalid::new("secret", "must be the key in base64, as tsig-keygen writes it"));
    }
    Ok(())
}

/// A host and perhaps a port.
fn is_authority(text: &str) -> bool {
    let (host_fits, port) = match text.strip_prefix('[').map(|rest| rest.split_once(']')) {
        Some(Some((host, port))) => (host.parse::<std::net::Ipv6Addr>().is_ok(), port),
        Some(None) => return false,
        None => {
            let (host, port) = text.find(':').map_or((text, ""), |at| text.split_at(at));
            (!host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'-'), port)
        }
    };
    let digits = port.strip_prefix(':');
    let port_fits = port.is_empty()
        || digits.is_some_and(|digits| {
            digits.bytes().all(|b| b.is_ascii_digit()) && digits.parse::<u16>().is_ok_and(|port| port > 0)
        });
    host_fits && port_fits
}

/// A host with its port.
fn with_port(server: String) -> String {
    let after_host = server.rsplit_once(']').map_or(server.as_str(), |(_, port)| port);
    if after_host.contains(':') { server } else { format!("{server}:{DNS_PORT}") }
}

/// Seals the secret of a provider under its id.
pub(super) fn seal(ctx: &Ctx, provider_id: &str, secret: &Secret) -> Result<Vec<u8>, Error> {
    let (key, plain) = (&ctx.deployment().settings().master_key, secret.expose_secret().as_bytes());
    sealing::seal(key, sealing::DNS_PROVIDER, provider_id, plain, ctx.random())
}

/// How the system of a row is asked, with its secret opened.
pub(super) fn open(ctx: &Ctx, row: &DnsProviderRow) -> Result<ZoneHost, Error> {
    let settings = ProviderSettings::read(row)?;
    let master = &ctx.deployment().settings().master_key;
    let opened = sealing::unseal(master, sealing::DNS_PROVIDER, &row.provider_id, &row.secret)?;
    let secret = Secret::from(stored(std::str::from_utf8(&opened))?);
    Ok(match stored(row.kind.parse())? {
        ProviderKind::Route53 => ZoneHost::Route53 {
            endpoint: settings.url.unwrap_or_default(),
            access_key_id: settings.access_key_id.unwrap_or_default(),
            secret_access_key: secret,
        },
        ProviderKind::Rfc2136 => ZoneHost::Update {
            server: with_port(settings.server.unwrap_or_default()),
            zones: settings.zones.iter().map(ToString::to_string).collect(),
            key_name: settings.key_name.unwrap_or_default(),
            algorithm: settings.algorithm.unwrap_or_else(|| ALGORITHMS[0].to_owned()),
            key: secret,
        },
        ProviderKind::PowerDns => ZoneHost::PowerDns {
            url: settings.url.unwrap_or_default(),
            server_id: settings.server_id.unwrap_or_else(|| "localhost".to_owned()),
            api_key: secret,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route53() -> ProviderSettings {
        ProviderSettings { access_key_id: Some("AKIAIOSFODNN7EXAMPLE".to_owned()), ..Default::default() }
    }

    fn update() -> ProviderSettings {
        ProviderSettings {
            server: Some("ns.example.com".to_owned()),
            key_name: Some("reeve-key".to_owned()),
            zones: vec![DomainName::parse("zones", "acme.example").unwrap()],
            ..Default::default()
        }
    }

    fn powerdns() -> ProviderSettings {
        ProviderSettings { url: Some("https://dns.example.com:8081".to_owned()), ..Default::default() }
    }

    fn check(settings: &ProviderSettings, kind: ProviderKind) -> Result<(), &'static str> {
        settings.check(kind).map_err(|invalid| invalid.field)
    }

    #[test]
    fn each_kind_has_what_it_needs_and_nothing_else() {
        let all = [
            (ProviderKind::Route53, route53()),
            (ProviderKind::Rfc2136, update()),
            (ProviderKind::PowerDns, powerdns()),
        ];
        for (kind, _) in &all {
            for (own, settings) in &all {
                assert_eq!(check(settings, *kind).is_ok(), own == kind, "{settings:?} as {kind:?}");
            }
            assert!(check(&ProviderSettings::default(), *kind).is_err(), "{kind:?}");
        }
        let some = |text: &str| Some(text.to_owned());
        for (settings, field) in [
            (ProviderSettings { url: some("dns.example.com"), ..powerdns() }, "url"),
            (ProviderSettings { url: some("https://dns.example.com/api"), ..powerdns() }, "url"),
            (ProviderSettings { url: some("https://a@dns.example.com"), ..powerdns() }, "url"),
            (ProviderSettings { server_id: some("../x"), ..powerdns() }, "server_id"),
            (ProviderSettings { server: some("ns.example.com:0"), ..update() }, "server"),
            (ProviderSettings { server: some("https://ns.example.com"), ..update() }, "server"),
            (ProviderSettings { key_name: some("a..b"), ..update() }, "key_name"),
            (ProviderSettings { algorithm: some("hmac-md5"), ..update() }, "algorithm"),
            (ProviderSettings { access_key_id: some("short"), ..route53() }, "access_key_id"),
        ] {
            let kind = all.iter().find(|(kind, _)| match kind {
                ProviderKind::Route53 => settings.access_key_id.is_some(),
                ProviderKind::Rfc2136 => settings.server.is_some(),
                ProviderKind::PowerDns => settings.url.is_some(),
            });
            assert_eq!(check(&settings, kind.unwrap().0), Err(field));
        }
    }

    #[test]
    fn a_server_has_port_53_where_nothing_else_is_said() {
        for (given, asked) in [
            ("ns.example.com", "ns.example.com:53"),
            ("ns.example.com:5353", "ns.example.com:5353"),
            ("[2001:db8::1]", "[2001:db8::1]:53"),
            ("[2001:db8::1]:5353", "[2001:db8::1]:5353"),
        ] {
            assert_eq!(with_port(given.to_owned()), asked);
        }
    }

    #[test]
    fn a_secret_can_stand_in_a_header_and_a_key_is_in_base64() {
        assert!(check_secret(ProviderKind::PowerDns, &Secret::from("not-base64!")).is_ok());
        assert!(check_secret(ProviderKind::Rfc2136, &Secret::from("c2VjcmV0")).is_ok());
        for (kind, bad) in [
            (ProviderKind::Rfc2136, "not-base64!"),
            (ProviderKind::PowerDns, ""),
            (ProviderKind::PowerDns, "a\nb"),
            (ProviderKind::Route53, "a b"),
        ] {
            assert!(check_secret(kind, &Secret::from(bad)).is_err(), "{bad:?}");
        }
    }
}
