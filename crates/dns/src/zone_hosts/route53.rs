//! Amazon Route 53, or what speaks like it. A batch deletes the set as it stands and makes the new one: it is refused as
//! a whole when the set is not as it was read.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ::http::Request;
use aws_credential_types::Credentials;
use aws_sdk_route53::Client;
use aws_sdk_route53::config::retry::RetryConfig;
use aws_sdk_route53::config::timeout::TimeoutConfig;
use aws_sdk_route53::config::{BehaviorVersion, Region, StalledStreamProtectionConfig};
use aws_sdk_route53::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_route53::types::{Change, ChangeAction, ChangeBatch, ResourceRecord, ResourceRecordSet, RrType};
use aws_smithy_async::time::TimeSource;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use reeve_base::dns::RecordKind;
use reeve_base::secret::ExposeSecret as _;
use reeve_base::zone_hosts::{HostedZone, RecordSet, RecordSetChange, ZoneFailure};
use reeve_base::{Clock, Secret};

use super::http::Http;
use super::limits::{RECORD_PAGES_MAX, ZONES_MAX};
use super::text::{Escapes, KeptSet, decode, encode, name};
use super::{place_of, refused, still_as_read};

/// The region in whose name requests are signed: Route 53 has one for all.
const REGION: &str = "us-east-1";

/// Route 53 in somebody's name.
pub(super) struct Route53 {
    client: Client,
}

impl Route53 {
    pub(super) fn new(
        endpoint: &str,
        (access_key_id, secret): (&str, &Secret),
        http: &Arc<Http>,
        clock: &Arc<dyn Clock>,
    ) -> Self {
        let credentials = Credentials::new(access_key_id, secret.expose_secret(), None, None, "reeve");
        let mut config = aws_sdk_route53::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(REGION))
            .credentials_provider(credentials)
            .http_client(Connecting { http: Arc::clone(http) })
            .time_source(ClockOf(Arc::clone(clock)))
            // Who asked decides when to ask again; time is limited from there too.
            .retry_config(RetryConfig::disabled())
            .timeout_config(TimeoutConfig::disabled())
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
        if !endpoint.is_empty() {
            config = config.endpoint_url(endpoint.trim_end_matches('/'));
        }
        Self { client: Client::from_conf(config.build()) }
    }

    pub(super) async fn zones(&self) -> Result<Vec<HostedZone>, ZoneFailure> {
        let mut zones = Vec::new();
        let mut marker = None;
        loop {
            let page = self.client.list_hosted_zones().set_marker(marker).send().await.map_err(|why| failure(&why))?;
            for zone in page.hosted_zones() {
                // Nobody outside of a private network sees its zones.
                if zone.config().is_some_and(aws_sdk_route53::types::HostedZoneConfig::private_zone) {
                    continue;
                }
                let id = zone.id().strip_prefix("/hostedzone/").unwrap_or(zone.id());
                zones.push(HostedZone { id: id.to_owned(), name: name(zone.name()) });
            }
            marker = page.next_marker().map(str::to_owned).filter(|_| page.is_truncated());
            if marker.is_none() || zones.len() >= ZONES_MAX {
                return Ok(zones);
            }
        }
    }

    pub(super) async fn read(
        &self,
        zone: &HostedZone,
        wanted: &[(String, RecordKind)],
    ) -> Result<Vec<KeptSet<String>>, ZoneFailure> {
        let top = common(wanted);
        let mut found: Vec<KeptSet<String>> = Vec::new();
        // Sets come in the order of their names read from the right: all below a name follow it.
        let mut from = (Some(top.to_owned()), None, None);
        for _ in 0..RECORD_PAGES_MAX {
            let (next_name, next_type, next_identifier) = from;
            let page = self.client.list_resource_record_sets().hosted_zone_id(&zone.id);
            let page = page.set_start_record_name(next_name).set_start_record_type(next_type);
            let page = page.set_start_record_identifier(next_identifier).send().await.map_err(|why| failure(&why))?;
            for set in page.resource_record_sets() {
                let own = plain_name(set.name());
                if !is_within(&own, top) {
                    return Ok(found);
                }
                if let Some(kept) =
                    kept_set(set, own).filter(|kept| wanted.contains(&(kept.set.name.clone(), kept.set.kind)))
                {
                    // Several sets of one name and type are told apart by rules that only Route 53 knows.
                    match found.iter_mut().find(|k| k.set.name == kept.set.name && k.set.kind == kept.set.kind) {
                        Some(known) => known.set.is_special = true,
                        None => found.push(kept),
                    }
                }
            }
            if !page.is_truncated() {
                return Ok(found);
            }
            let identifier = page.next_record_identifier().map(str::to_owned);
            from = (page.next_record_name().map(str::to_owned), page.next_record_type().cloned(), identifier);
        }
        Err(ZoneFailure::Unintelligible)
    }

    pub(super) async fn change(&self, zone: &HostedZone, changes: &[RecordSetChange]) -> Result<(), ZoneFailure> {
        let places = changes.iter().map(place_of).collect::<Result<Vec<_>, _>>()?;
        let now = self.read(zone, &places).await?;
        let mut batch = Vec::new();
        for (change, there) in still_as_read(changes, &now)? {
            if let Some(kept) = &there {
                batch.push(step(ChangeAction::Delete, &kept.set, kept.raw.clone())?);
            }
            if let Some(after) = &change.after {
                let raw = after.values.iter().map(|value| {
                    let stood = there.as_ref().and_then(|kept| kept.raw_of(value));
                    stood.unwrap_or_else(|| encode(after.kind, value, Escapes::Octal))
                });
                batch.push(step(ChangeAction::Create, after, raw.collect())?);
            }
        }
        let batch = ChangeBatch::builder().set_changes(Some(batch)).build().map_err(|_| ZoneFailure::Malformed)?;
        let asked = self.client.change_resource_record_sets().hosted_zone_id(&zone.id).change_batch(batch);
        match asked.send().await.map(drop).map_err(|why| failure(&why)) {
            // What became of it is not known.
            Err(ZoneFailure::Unintelligible) => Err(ZoneFailure::PartlyDone),
            done => done,
        }
    }
}

fn step(action: ChangeAction, set: &RecordSet, raw: Vec<String>) -> Result<Change, ZoneFailure> {
    let record = |value| ResourceRecord::builder().value(value).build().map_err(|_| ZoneFailure::Malformed);
    let records = raw.into_iter().map(record).collect::<Result<Vec<_>, _>>()?;
    let set = ResourceRecordSet::builder()
        .name(format!("{}.", set.name))
        .r#type(RrType::from(set.kind.word()))
        .ttl(i64::from(set.ttl))
        .set_resource_records(Some(records))
        .build()
        .map_err(|_| ZoneFailure::Malformed)?;
    Change::builder().action(action).resource_record_set(set).build().map_err(|_| ZoneFailure::Malformed)
}

/// A set of one of our types; `None` for others. Aliases and sets that are chosen by rules are special.
fn kept_set(set: &ResourceRecordSet, own: String) -> Option<KeptSet<String>> {
    let kind = RecordKind::of(set.r#type().as_str())?;
    let raw: Vec<_> = set.resource_records().iter().map(|record| record.value().to_owned()).collect();
    let values = raw.iter().map(|raw| decode(kind, raw, Escapes::Octal)).collect();
    let is_special = set.alias_target().is_some() || set.set_identifier().is_some() || set.ttl().is_none();
    let ttl = set.ttl().and_then(|ttl| ttl.try_into().ok()).unwrap_or(0);
    Some(KeptSet { set: RecordSet { name: own, kind, ttl, values, is_special }, raw })
}

/// A name as Route 53 tells it: signs that are neither letters, digits, `-` nor `_` stand as three octal digits.
fn plain_name(raw: &str) -> String {
    name(&decode(RecordKind::Txt, raw, Escapes::Octal))
}

/// The longest name at or below which all of these are.
fn common(wanted: &[(String, RecordKind)]) -> &str {
    let Some((first, _)) = wanted.first() else { return "" };
    let mut top = first.as_str();
    while !wanted.iter().all(|(name, _)| is_within(name, top)) {
        top = top.split_once('.').map_or("", |(_, rest)| rest);
    }
    top
}

fn is_within(name: &str, top: &str) -> bool {
    top.is_empty() || name.strip_suffix(top).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

fn failure<E: ProvideErrorMetadata>(why: &SdkError<E, HttpResponse>) -> ZoneFailure {
    match why {
        SdkError::DispatchFailure(failed) => {
            let source = failed.as_connector_error().and_then(std::error::Error::source);
            let known = source.and_then(|source| source.downcast_ref::<Failed>());
            known.map_or(ZoneFailure::Unreachable, |failed| failed.0.clone())
        }
        SdkError::TimeoutError(_) => ZoneFailure::TimedOut,
        SdkError::ServiceError(said) => {
            let status = said.raw().status().as_u16();
            let (code, message) = (said.err().code().unwrap_or_default(), said.err().message().unwrap_or_default());
            said_no(status, code, message)
        }
        SdkError::ConstructionFailure(_) => ZoneFailure::Malformed,
        _ => ZoneFailure::Unintelligible,
    }
}

fn said_no(status: u16, code: &str, message: &str) -> ZoneFailure {
    match code {
        "Throttling" | "ThrottlingException" | "PriorRequestNotComplete" | "TooManyRequestsException" => {
            ZoneFailure::Throttled
        }
        "AccessDenied"
        | "AccessDeniedException"
        | "InvalidClientTokenId"
        | "SignatureDoesNotMatch"
        | "UnrecognizedClientException"
        | "ExpiredToken"
        | "MissingAuthenticationToken"
        | "IncompleteSignature"
        | "NotAuthorizedException"
        | "OptInRequired" => ZoneFailure::Denied,
        "NoSuchHostedZone" => ZoneFailure::NoSuchZone,
        // The batch names sets as they were read: when one is another by now, it says one of these.
        "InvalidChangeBatch"
            if ["was not found", "already exists", "not match"].iter().any(|sign| message.contains(sign)) =>
        {
            ZoneFailure::Changed
        }
        _ => match status {
            401 | 403 => ZoneFailure::Denied,
            429 | 503 => ZoneFailure::Throttled,
            500.. => ZoneFailure::Unintelligible,
            _ if message.is_empty() => refused(&format!("HTTP status {status}")),
            _ => refused(message),
        },
    }
}

/// Tells the SDK what time it is.
struct ClockOf(Arc<dyn Clock>);

impl fmt::Debug for ClockOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClockOf")
    }
}

impl TimeSource for ClockOf {
    fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_millis(u64::try_from(self.0.now().millis()).unwrap_or(0))
    }
}

/// Sends what the SDK asks.
#[derive(Clone)]
struct Connecting {
    http: Arc<Http>,
}

impl fmt::Debug for Connecting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connecting")
    }
}

impl HttpClient for Connecting {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Connecting {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let http = Arc::clone(&self.http);
        HttpConnectorFuture::new(async move {
            exchange(&http, &request).await.map_err(|why| ConnectorError::other(Failed(why).into(), None))
        })
    }
}

async fn exchange(http: &Http, request: &HttpRequest) -> Result<HttpResponse, ZoneFailure> {
    let mut asked = Request::builder().method(request.method()).uri(request.uri());
    for (name, value) in request.headers() {
        asked = asked.header(name, value);
    }
    let body = request.body().bytes().map(<[u8]>::to_vec).unwrap_or_default();
    let answer = http.send(asked.body(body).map_err(|_| ZoneFailure::Malformed)?).await?;
    let status = answer.status.try_into().map_err(|_| ZoneFailure::Unintelligible)?;
    let mut response = HttpResponse::new(status, SdkBody::from(answer.body));
    for (name, value) in &answer.headers {
        if let Ok(value) = value.to_str() {
            response.headers_mut().append(name.as_str().to_owned(), value.to_owned());
        }
    }
    Ok(response)
}

/// Carries a failure through the SDK.
#[derive(Debug)]
struct Failed(ZoneFailure);

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the request failed")
    }
}

impl std::error::Error for Failed {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_common_name_is_the_longest_that_holds_all() {
        let wanted = |names: &[&str]| names.iter().map(|n| ((*n).to_owned(), RecordKind::Txt)).collect::<Vec<_>>();
        for (names, top) in [
            (&["_reeve.acme.example", "acme.example"][..], "acme.example"),
            (&["acme.example", "acme.example"], "acme.example"),
            (&["a.acme.example", "b.acme.example"], "acme.example"),
            (&["acme.example", "xacme.example"], "example"),
            (&["a.example", "b.test"], ""),
        ] {
            assert_eq!(common(&wanted(names)), top);
        }
    }
}
