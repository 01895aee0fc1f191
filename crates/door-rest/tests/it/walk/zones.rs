//! The part of the walk that is about DNS providers and the zone of a domain.

use serde_json::json;

use super::{Step, TYPED, bare, step};
use crate::caller::Call;

const PROVIDERS: &str = "/dns-providers";
const PROVIDER: &str = "/dns-providers/powerdns";
const ZONE: &str = "/organizations/acme/domains/acme.example/hosted-zone";

pub(super) fn there() -> Vec<Step> {
    let new = json!({"name": "powerdns", "kind": "powerdns", "url": "https://dns.example.com:8081", "secret": TYPED});
    let edit = json!({"url": "https://dns.example.com:8082", "secret": TYPED});
    vec![
        step("create_dns_provider", 201, Call::post(PROVIDERS, &new)).learns(&[("dns_provider", "/dns_provider_id")]),
        step("list_dns_providers", 200, Call::get(PROVIDERS)),
        step("show_dns_provider", 200, Call::get(PROVIDER)),
        step("edit_dns_provider", 200, Call::patch(PROVIDER, &edit)),
        step("test_dns_provider", 200, bare("/dns-providers/powerdns/test")),
        step("set_hosted_zone", 200, Call::put(ZONE, &json!({"dns_provider": "powerdns"}))),
        step("show_hosted_zone", 200, Call::get(ZONE)),
        step("plan_zone_records", 200, Call::get(&format!("{ZONE}/plan"))).learns(&[("plan", "/plan")]),
        step("write_zone_records", 200, Call::post(&format!("{ZONE}/write"), &json!({"plan": "{plan}"}))),
    ]
}

pub(super) fn back() -> Vec<Step> {
    vec![
        step("remove_hosted_zone", 204, Call::delete(&format!("{ZONE}?keep_records=true"))),
        step("delete_dns_provider", 204, Call::delete("/dns-providers/{dns_provider}")),
    ]
}
