//! The HTTP API of PowerDNS (API v1). It takes all changes of one request or none, but no conditions: what is there is
//! read and compared right before.

use ::http::{Method, Request};
use reeve_base::Secret;
use reeve_base::dns::RecordKind;
use reeve_base::secret::ExposeSecret as _;
use reeve_base::zone_hosts::{HostedZone, RecordSet, RecordSetChange, ZoneFailure};
use serde_json::{Map, Value, json};

use super::http::{Answer, Http};
use super::limits::ZONES_MAX;
use super::text::{Escapes, KeptSet, decode, encode, name};
use super::{place_of, refused, still_as_read};

/// A PowerDNS server.
pub(super) struct PowerDns<'a> {
    http: &'a Http,
    base: String,
    api_key: &'a Secret,
}

impl<'a> PowerDns<'a> {
    pub(super) fn new(http: &'a Http, url: &str, server_id: &str, api_key: &'a Secret) -> Result<Self, ZoneFailure> {
        let server_id = Some(server_id).filter(|id| is_segment(id)).ok_or(ZoneFailure::Malformed)?;
        let base = format!("{}/api/v1/servers/{server_id}", url.trim_end_matches('/'));
        Ok(Self { http, base, api_key })
    }

    pub(super) async fn zones(&self) -> Result<Vec<HostedZone>, ZoneFailure> {
        let answer = self.ask(Method::GET, "/zones", None).await?;
        let listed: Value = read(&answer)?;
        let listed = listed.as_array().ok_or(ZoneFailure::Unintelligible)?;
        listed
            .iter()
            .take(ZONES_MAX)
            .map(|zone| {
                let id = text(zone, "id").ok_or(ZoneFailure::Unintelligible)?;
                let own = text(zone, "name").ok_or(ZoneFailure::Unintelligible)?;
                Ok(HostedZone { id: id.to_owned(), name: name(own) })
            })
            .collect()
    }

    pub(super) async fn read(
        &self,
        zone: &HostedZone,
        wanted: &[(String, RecordKind)],
    ) -> Result<Vec<KeptSet<Value>>, ZoneFailure> {
        let path = zone_path(zone)?;
        let mut names: Vec<_> = wanted.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        let mut found = Vec::new();
        for own in names {
            // A server that knows no such filter tells the whole zone.
            let answer = self.ask(Method::GET, &format!("{path}?rrset_name={own}."), None).await?;
            let whole: Value = read(&answer)?;
            let told = text(&whole, "name").map(name);
            // Whoever answers about another zone is not to be written to.
            if told.as_deref() != Some(zone.name.as_str()) {
                return Err(ZoneFailure::Unintelligible);
            }
            let sets = whole.get("rrsets").and_then(Value::as_array).ok_or(ZoneFailure::Unintelligible)?;
            for set in sets {
                let kept = kept_set(set)?;
                found.extend(kept.filter(|kept| {
                    kept.set.name == own && wanted.iter().any(|(n, kind)| n == own && *kind == kept.set.kind)
                }));
            }
        }
        Ok(found)
    }

    pub(super) async fn change(&self, zone: &HostedZone, changes: &[RecordSetChange]) -> Result<(), ZoneFailure> {
        let places = changes.iter().map(place_of).collect::<Result<Vec<_>, _>>()?;
        let now = self.read(zone, &places).await?;
        let mut sets = Vec::new();
        for (change, there) in still_as_read(changes, &now)? {
            let (name, kind) = place_of(&change)?;
            let mut set = Map::new();
            set.insert("name".to_owned(), format!("{name}.").into());
            set.insert("type".to_owned(), kind.word().into());
            let Some(after) = change.after else {
                set.insert("changetype".to_owned(), "DELETE".into());
                sets.push(Value::Object(set));
                continue;
            };
            let records = after.values.iter().map(|value| {
                let stood = there.as_ref().and_then(|kept| kept.raw_of(value));
                stood.unwrap_or_else(|| json!({"content": encode(kind, value, Escapes::Decimal), "disabled": false}))
            });
            set.insert("changetype".to_owned(), "REPLACE".into());
            set.insert("ttl".to_owned(), after.ttl.into());
            set.insert("records".to_owned(), Value::Array(records.collect()));
            sets.push(Value::Object(set));
        }
        let body = json!({ "rrsets": sets });
        match self.ask(Method::PATCH, &zone_path(zone)?, Some(&body)).await {
            Ok(_) => Ok(()),
            // What became of it is not known.
            Err(ZoneFailure::Unintelligible) => Err(ZoneFailure::PartlyDone),
            Err(why) => Err(why),
        }
    }

    async fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Answer, ZoneFailure> {
        let writes = method != Method::GET;
        let mut key = ::http::HeaderValue::try_from(self.api_key.expose_secret()).map_err(|_| ZoneFailure::Denied)?;
        key.set_sensitive(true);
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base))
            .header("x-api-key", key)
            .header("content-type", "application/json")
            .header("accept", "application/json")
            .body(body.map(|body| body.to_string().into_bytes()).unwrap_or_default())
            .map_err(|_| ZoneFailure::Malformed)?;
        let answer = self.http.send(request).await?;
        match answer.status {
            200 | 204 => Ok(answer),
            401 | 403 => Err(ZoneFailure::Denied),
            404 => Err(ZoneFailure::NoSuchZone),
            429 => Err(ZoneFailure::Throttled),
            503 if !writes => Err(ZoneFailure::Throttled),
            500.. if writes => Err(ZoneFailure::PartlyDone),
            status => {
                let said: Option<Value> = serde_json::from_slice(&answer.body).ok();
                let said = said.as_ref().and_then(|said| text(said, "error")).unwrap_or_default();
                Err(if said.is_empty() { refused(&format!("HTTP status {status}")) } else { refused(said) })
            }
        }
    }
}

/// A set of one of our types; `None` for others.
fn kept_set(set: &Value) -> Result<Option<KeptSet<Value>>, ZoneFailure> {
    let unintelligible = || ZoneFailure::Unintelligible;
    let Some(kind) = RecordKind::of(text(set, "type").ok_or_else(unintelligible)?) else { return Ok(None) };
    let own = name(text(set, "name").ok_or_else(unintelligible)?);
    let ttl = set.get("ttl").and_then(Value::as_u64).and_then(|ttl| ttl.try_into().ok()).ok_or_else(unintelligible)?;
    let records = set.get("records").and_then(Value::as_array).ok_or_else(unintelligible)?;
    let mut values = Vec::with_capacity(records.len());
    let mut is_special = false;
    for record in records {
        is_special |= record.get("disabled").and_then(Value::as_bool).unwrap_or(false);
        values.push(decode(kind, text(record, "content").ok_or_else(unintelligible)?, Escapes::Decimal));
    }
    let set = RecordSet { name: own, kind, ttl, values, is_special };
    Ok(Some(KeptSet { set, raw: records.clone() }))
}

fn zone_path(zone: &HostedZone) -> Result<String, ZoneFailure> {
    if is_segment(&zone.id) { Ok(format!("/zones/{}", zone.id)) } else { Err(ZoneFailure::NoSuchZone) }
}

/// Whether this can stand in a path as it is. PowerDNS itself writes other signs of a name as `=` and two digits.
fn is_segment(text: &str) -> bool {
    !matches!(text, "" | "." | "..") && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.=".contains(&b))
}

fn read(answer: &Answer) -> Result<Value, ZoneFailure> {
    serde_json::from_slice(&answer.body).map_err(|_| ZoneFailure::Unintelligible)
}

fn text<'a>(value: &'a Value, member: &str) -> Option<&'a str> {
    value.get(member).and_then(Value::as_str)
}
