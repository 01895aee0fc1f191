//! An organization under a customer's key, with a domain in a hosted zone, made by Amazon's SDK as it was made at Amazon
//! (rows B2 and B6): moto plays KMS and Route 53.

use std::time::Duration;

use aws_sdk_workmail::types::{DnsRecordVerificationStatus, Domain};
use reeve_testkit::{Moto, wait_until_async};
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};

use crate::day::wait_for;
use crate::service::Service;

/// A zone is looked after every few seconds.
const PATIENCE: Duration = Duration::from_secs(60);

/// Asks moto, which tells services apart by what signs the request, and checks no signature.
fn signed(request: RequestBuilder, service: &str) -> RequestBuilder {
    let signature =
        format!("AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/{service}/aws4_request");
    request.header("Authorization", signature)
}

async fn key_of_kms(moto: &Moto) -> String {
    let asking = Client::new().post(moto.url()).header("X-Amz-Target", "TrentService.CreateKey");
    let asking = asking.header("Content-Type", "application/x-amz-json-1.1").body("{}");
    let answer: Value = signed(asking, "kms").send().await.unwrap().json().await.unwrap();
    answer["KeyMetadata"]["Arn"].as_str().unwrap().to_owned()
}

async fn zone_of_route53(moto: &Moto, name: &str) -> String {
    let wanted = format!(
        "<CreateHostedZoneRequest xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\"><Name>{name}</Name>\
         <CallerReference>1</CallerReference></CreateHostedZoneRequest>"
    );
    let asking = Client::new().post(format!("{}/2013-04-01/hostedzone", moto.url())).body(wanted);
    let answer = signed(asking, "route53").send().await.unwrap().text().await.unwrap();
    let id = answer.split("<Id>").nth(1).unwrap().split("</Id>").next().unwrap();
    id.trim_start_matches("/hostedzone/").to_owned()
}

/// What stands in the zone, as Route 53 tells it.
async fn records(moto: &Moto, zone: &str) -> String {
    let asking = Client::new().get(format!("{}/2013-04-01/hostedzone/{zone}/rrset", moto.url()));
    signed(asking, "route53").send().await.unwrap().text().await.unwrap()
}

#[tokio::test]
async fn a_key_of_kms_and_a_zone_of_route_53_are_taken_as_they_were_at_amazon() {
    let Some(moto) = Moto::start() else { return };
    let (arn, zone) = (key_of_kms(&moto).await, zone_of_route53(&moto, "acme.example").await);
    let service = Service::start(&[("REEVE_OUTBOUND_ALLOWED_NETWORKS", "127.0.0.0/8")]);
    let secret = service.file("wJalrXUtnFEMI-K7MDENG-bPxRfiCYEXAMPLEKEY");
    let client = service.client();
    let unknown = client.create_organization().alias("acme").kms_key_arn(&arn).send().await.unwrap_err();
    assert!(unknown.into_service_error().is_invalid_parameter_exception(), "nobody made the key known");
    let ours = ["--access-key-id", "AKIAIOSFODNN7EXAMPLE", "--secret-file", &secret];
    let key = ["encryption-key", "create", "kms", "--kind", "aws_kms", "--reference", &arn, "--address", moto.url()];
    let _ = service.server.reeve(&[&key[..], &ours].concat()).done();
    let provider = ["dns-provider", "create", "amazon", "--kind", "route53", "--url", moto.url()];
    let _ = service.server.reeve(&[&provider[..], &ours].concat()).done();

    let domain = Domain::builder().domain_name("acme.example").hosted_zone_id(&zone).build().unwrap();
    let made = client.create_organization().alias("acme").kms_key_arn(&arn).domains(domain).send().await.unwrap();
    let organization = made.organization_id().unwrap();
    wait_for(&client, organization, "Active").await;
    let shown = service.server.reeve(&["org", "key", "show", "acme", "--output", "json"]).done().json();
    assert_eq!((&shown["items"][0]["kind"], &shown["items"][0]["state"]), (&json!("aws_kms"), &json!("active")));
    let domain =
        client.get_mail_domain().organization_id(organization).domain_name("acme.example").send().await.unwrap();
    assert_eq!(domain.ownership_verification_status(), Some(&DnsRecordVerificationStatus::Pending));
    let proof = domain.records().first().unwrap();
    assert_eq!((proof.r#type(), proof.hostname()), (Some("TXT"), Some("_reeve.acme.example")));
    wait_until_async("the proof in the zone", PATIENCE, async || {
        records(&moto, &zone).await.contains(proof.value().unwrap()).then_some(())
    })
    .await;
    client.deregister_mail_domain().organization_id(organization).domain_name("acme.example").send().await.unwrap();
    wait_until_async("the zone without what was written", PATIENCE, async || {
        (!records(&moto, &zone).await.contains("_reeve.acme.example")).then_some(())
    })
    .await;
}
