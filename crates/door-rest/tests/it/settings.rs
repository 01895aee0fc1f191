//! Settings of organizations: tags, retention, mail, availability, identity providers and tokens, as they look on the wire.

use http::Method;
use serde_json::{Value, json};

use crate::caller::Call;
use crate::walk::TYPED;
use crate::world::{Who, World};

const ACME: &str = "/organizations/acme";
const APPLICATIONS: &str = "/identity-center-applications";
const INSTANCE: &str = "arn:aws:sso:::instance/ssoins-1234567890abcdef";

fn of(rest: &str) -> String {
    format!("{ACME}/{rest}")
}

/// An organization with ada, who is enabled.
async fn world() -> World {
    let world = World::new().await;
    world.organization("acme").await;
    world.user("acme", "ada").await;
    world
}

fn ews(password: &str) -> Value {
    json!({"endpoint": "https://ews.elsewhere.example/EWS/Exchange.asmx", "username": "reeve", "password": password})
}

/// An application of the account, and a provider that uses it.
async fn provider(world: &World) -> Value {
    let new = json!({"name": "mail", "instance_arn": INSTANCE});
    let made = world.admin(Call::post(APPLICATIONS, &new)).await.is(201);
    json!({
        "mode": "provider_and_directory", "instance_arn": INSTANCE, "application_arn": made["application_arn"],
        "tokens": {"status": "active", "lifetime_days": 30}
    })
}

#[tokio::test]
async fn tags_are_set_listed_and_removed_by_keys_of_any_signs() {
    let world = world().await;
    let tags = json!([{"key": "a b/c:d=e+f-g@h._", "value": "ä"}, {"key": "team", "value": ""}]);
    let set = world.admin(Call::post(&of("tags"), &json!({ "tags": tags }))).await.is(200);
    assert_eq!(set, json!({ "items": tags }));
    assert_eq!(world.admin(Call::get(&of("tags"))).await.is(200), set);
    world.admin(Call::delete(&of("tags/a%20b%2Fc:d=e+f-g@h._"))).await.is(204);
    world.admin(Call::delete(&of("tags/a%20b%2Fc:d=e+f-g@h._"))).await.is(204);
    assert_eq!(world.admin(Call::get(&of("tags"))).await.is(200)["items"], json!([{"key": "team", "value": ""}]));
    let post = |tags: Value| Call::post(&of("tags"), &json!({ "tags": tags }));
    world.admin(post(json!([{"key": "aws:x", "value": ""}]))).await.invalid("key");
    world.admin(post(json!([{"key": "x", "value": "a;b"}]))).await.invalid("value");
    world.admin(post(json!([{"key": "x"}]))).await.invalid("tags[0].value");
    world.admin(post(json!([{"key": "x", "value": "", "more": 1}]))).await.invalid("tags[0].more");
    world.admin(post(json!({"x": "y"}))).await.invalid("tags");
    let many: Vec<Value> = (0..50).map(|n| json!({"key": format!("k{n}"), "value": ""})).collect();
    world.admin(post(json!(many))).await.refused(409, "limit_reached");
    world.admin(Call::delete(&format!("{ACME}?force=true"))).await.is(202);
    world.settle().await;
    world.admin(post(json!([{"key": "late", "value": ""}]))).await.refused(409, "organization_state");
    assert_eq!(world.admin(Call::get(&of("tags"))).await.is(200)["items"].as_array().unwrap().len(), 1);
    world.admin(Call::delete(&of("tags/team"))).await.is(204);
    assert_eq!(world.admin(Call::get(&of("tags"))).await.is(200), json!({"items": []}));
}

#[tokio::test]
async fn the_retention_policy_is_one_resource_with_a_version() {
    let world = world().await;
    let place = of("retention-policy");
    world.admin(Call::get(&place)).await.refused(404, "not_found");
    world.admin(Call::delete(&place)).await.is(204);
    let folders =
        json!([{"folder": "inbox", "action": "none"}, {"folder": "junk_email", "action": "delete", "days": 1}]);
    let policy = json!({"name": "standard", "description": "For\neverybody", "folders": folders});
    let made = world.admin(Call::put(&place, &policy)).await;
    assert_eq!(made.header("etag"), "\"1\"");
    let made = made.is(200);
    assert_eq!((&made["name"], &made["description"]), (&json!("standard"), &json!("For\neverybody")));
    let shown = json!([{"folder": "inbox", "action": "none", "days": null},
        {"folder": "junk_email", "action": "delete", "days": 1}]);
    assert_eq!(made["folders"], shown);
    let again = json!({"name": "standard", "description": "", "folders": []});
    world.admin(Call::put(&place, &again).header("if-match", "\"2\"")).await.refused(412, "version_mismatch");
    let changed = world.admin(Call::put(&place, &again).header("if-match", "\"1\"")).await;
    assert_eq!(changed.header("etag"), "\"2\"");
    let changed = changed.is(200);
    assert_eq!(
        (&changed["retention_policy_id"], &changed["description"]),
        (&made["retention_policy_id"], &json!(null))
    );
    assert_eq!(world.admin(Call::get(&place)).await.is(200), changed);
    let with = |folders: Value| Call::put(&place, &json!({"name": "x", "folders": folders}));
    world.admin(with(json!([{"folder": "inbox", "action": "delete"}]))).await.invalid("days");
    world.admin(with(json!([{"folder": "inbox", "action": "delete", "days": 731}]))).await.invalid("days");
    world.admin(with(json!([{"folder": "inbox", "action": "delete", "days": -1}]))).await.invalid("folders[0].days");
    world.admin(with(json!([{"folder": "outbox", "action": "none"}]))).await.invalid("folders[0].folder");
    world.admin(with(json!([{"folder": "inbox", "action": "burn"}]))).await.invalid("folders[0].action");
    let twice = json!({"folder": "inbox", "action": "none"});
    world.admin(with(json!([twice, twice]))).await.invalid("folders");
    world.admin(Call::put(&place, &json!({"name": "with space", "folders": []}))).await.invalid("name");
    world.admin(Call::delete(&place).header("if-match", "\"1\"")).await.refused(412, "version_mismatch");
    world.admin(Call::delete(&place).header("if-match", "\"2\"")).await.is(204);
    world.admin(Call::get(&place)).await.refused(404, "not_found");
}

#[tokio::test]
async fn mail_settings_are_what_was_put() {
    let world = world().await;
    let dmarc = of("inbound-dmarc");
    assert_eq!(world.admin(Call::get(&dmarc)).await.is(200), json!({"enforced": true}));
    let off = json!({"enforced": false});
    assert_eq!(world.admin(Call::put(&dmarc, &off)).await.is(200), off);
    assert_eq!(world.admin(Call::get(&dmarc)).await.is(200), off);
    world.admin(Call::put(&dmarc, &json!({"enforced": "no"}))).await.invalid("enforced");
    world.admin(Call::put(&dmarc, &json!({}))).await.invalid("enforced");
    let place = of("email-monitoring");
    world.admin(Call::get(&place)).await.refused(404, "not_found");
    let log_group = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/workmail/emailevents/acme:*";
    let monitoring = json!({"log_group_arn": log_group, "role_arn": "arn:aws:iam::123456789012:role/events"});
    assert_eq!(world.admin(Call::put(&place, &monitoring)).await.is(200), monitoring);
    let alone = json!({ "log_group_arn": log_group });
    let alone = world.admin(Call::put(&place, &alone)).await.is(200);
    assert_eq!(alone, json!({"log_group_arn": log_group, "role_arn": null}));
    assert_eq!(world.admin(Call::get(&place)).await.is(200), alone);
    world.admin(Call::put(&place, &json!({"log_group_arn": "x"}))).await.invalid("log_group_arn");
    world.admin(Call::put(&place, &json!({"log_group_arn": log_group, "role_arn": "x"}))).await.invalid("role_arn");
    world.admin(Call::delete(&place)).await.is(204);
    world.admin(Call::delete(&place)).await.is(204);
    world.admin(Call::get(&place)).await.refused(404, "not_found");
}

#[tokio::test]
async fn availability_configurations_show_no_password_and_need_one_provider() {
    let world = world().await;
    let place = of("availability-configurations");
    let new = json!({"domain": "Elsewhere.Example", "ews": ews(TYPED)});
    let made = world.admin(Call::post(&place, &new).header("idempotency-key", "once")).await;
    let location = "/api/v1/organizations/acme/availability-configurations/elsewhere.example";
    assert_eq!((made.header("location"), made.header("etag")), (location, "\"1\""));
    let made = made.is(201);
    let shown = json!({"endpoint": "https://ews.elsewhere.example/EWS/Exchange.asmx", "username": "reeve"});
    assert_eq!((&made["domain"], &made["ews"], made.get("lambda")), (&json!("elsewhere.example"), &shown, None));
    let again = world.admin(Call::post(&place, &new).header("idempotency-key", "once")).await;
    assert_eq!((again.header("idempotent-replayed"), again.is(201)), ("true", made.clone()));
    world.admin(Call::post(&place, &new)).await.refused(409, "name_taken");
    let listed = world.admin(Call::get(&format!("{place}?limit=1"))).await;
    assert!(!listed.text().contains(TYPED));
    assert_eq!(listed.is(200), json!({"items": [made], "next_cursor": null, "total": 1}));
    let function = json!({"function_arn": "arn:aws:lambda:us-east-1:123456789012:function:free-busy"});
    let edited = world.admin(Call::put(location, &json!({"lambda": function})).header("if-match", "\"1\"")).await;
    let edited = edited.is(200);
    assert_eq!((&edited["lambda"], edited.get("ews"), &edited["version"]), (&function, None, &json!(2)));
    world
        .admin(Call::put(location, &json!({"ews": ews(TYPED)})).header("if-match", "\"1\""))
        .await
        .refused(412, "version_mismatch");
    for wrong in [json!({}), json!({"ews": ews(TYPED), "lambda": function}), json!({"ews": null, "lambda": null})] {
        world.admin(Call::put(location, &wrong)).await.invalid("ews");
        let mut new = wrong.clone();
        new["domain"] = json!("another.example");
        world.admin(Call::post(&place, &new)).await.invalid("ews");
    }
    let mut wrong = ews(TYPED);
    wrong["endpoint"] = json!("file:///etc/passwd");
    world.admin(Call::put(location, &json!({ "ews": wrong }))).await.invalid("endpoint");
    let refusal = world.admin(Call::put(location, &json!({"ews": {"password": TYPED}}))).await;
    refusal.invalid("ews.endpoint");
    assert!(!refusal.text().contains(TYPED));
    world.admin(Call::post(&place, &json!({"domain": "nodot", "lambda": function}))).await.invalid("domain");
    let absent = of("availability-configurations/absent.example");
    world.admin(Call::put(&absent, &json!({"lambda": function}))).await.refused(404, "not_found");
    world.admin(Call::delete(&absent)).await.is(204);
    world.admin(Call::delete(location).header("if-match", "\"1\"")).await.refused(412, "version_mismatch");
    world.admin(Call::delete(location)).await.is(204);
    assert_eq!(world.admin(Call::get(&place)).await.is(200)["total"], 0);
}

#[tokio::test]
async fn a_test_that_does_not_pass_is_an_answer() {
    let world = world().await;
    let place = of("availability-tests");
    let test = |body: Value| Call::post(&place, &body);
    let told = world.admin(test(json!({"ews": ews(TYPED)}))).await.is(200);
    assert_eq!(told["passed"], false);
    assert!(told["failure"].as_str().unwrap().contains("outbound.allowed_networks"));
    let function = json!({"function_arn": "arn:aws:lambda:us-east-1:123456789012:function:free-busy"});
    let told = world.admin(test(json!({ "lambda": function }))).await.is(200);
    assert!(told["failure"].as_str().unwrap().contains("cannot invoke"));
    world.admin(test(json!({"domain": "elsewhere.example"}))).await.refused(404, "not_found");
    let both = json!({"domain": "elsewhere.example", "ews": ews(TYPED)});
    for wrong in [json!({}), both] {
        world.admin(test(wrong)).await.invalid("domain");
    }
    world.admin(test(json!({"ews": ews(TYPED), "lambda": function}))).await.invalid("ews");
    assert!(!world.admin(Call::get("/events?limit=1000")).await.text().contains(TYPED));
}

#[tokio::test]
async fn applications_belong_to_the_account_and_are_named_in_the_query() {
    let world = world().await;
    let new = json!({"name": "mail", "instance_arn": INSTANCE});
    let made = world.admin(Call::post(APPLICATIONS, &new).header("idempotency-key", "once")).await.is(201);
    let again = world.admin(Call::post(APPLICATIONS, &new).header("idempotency-key", "once")).await;
    assert_eq!((again.header("idempotent-replayed"), again.is(201)), ("true", made.clone()));
    let listed = world.admin(Call::get(APPLICATIONS)).await.is(200);
    assert_eq!(listed, json!({"items": [made], "next_cursor": null, "total": 1}));
    assert_eq!(world.by(Who::Other, Call::get(APPLICATIONS)).await.is(200)["total"], 0);
    world.by(Who::General, Call::get(APPLICATIONS)).await.refused(403, "denied");
    world.admin(Call::delete(APPLICATIONS)).await.invalid("application_arn");
    world.admin(Call::delete(&format!("{APPLICATIONS}?application_arn=x"))).await.invalid("application_arn");
    let arn = made["application_arn"].as_str().unwrap();
    for written in [arn.to_owned(), arn.replace(':', "%3A").replace('/', "%2F")] {
        world.admin(Call::delete(&format!("{APPLICATIONS}?application_arn={written}"))).await.is(204);
    }
    assert_eq!(world.admin(Call::get(APPLICATIONS)).await.is(200)["total"], 0);
    world.admin(Call::post(APPLICATIONS, &json!({"name": "a b", "instance_arn": INSTANCE}))).await.invalid("name");
    world.admin(Call::post(APPLICATIONS, &json!({"name": "a", "instance_arn": "x"}))).await.invalid("instance_arn");
}

#[tokio::test]
async fn an_identity_provider_is_put_as_a_whole() {
    let world = world().await;
    let place = of("identity-provider");
    world.admin(Call::get(&place)).await.refused(404, "not_found");
    world.admin(Call::delete(&place)).await.is(204);
    let mut provider = provider(&world).await;
    assert_eq!(world.admin(Call::put(&place, &provider)).await.is(200), provider);
    provider["mode"] = json!("provider_only");
    provider["tokens"] = json!({"status": "inactive", "lifetime_days": null});
    assert_eq!(world.admin(Call::put(&place, &provider)).await.is(200), provider);
    assert_eq!(world.admin(Call::get(&place)).await.is(200), provider);
    let with = |member: &str, value: Value| {
        let mut body = provider.clone();
        body[member] = value;
        Call::put(&place, &body)
    };
    world.admin(with("mode", json!("both"))).await.invalid("mode");
    world.admin(with("tokens", json!({"status": "active", "lifetime_days": 3_654}))).await.invalid("lifetime_days");
    world.admin(with("tokens", json!({}))).await.invalid("tokens.status");
    world
        .admin(with("instance_arn", json!("arn:aws:sso:::instance/ssoins-fedcba0987654321")))
        .await
        .invalid("instance_arn");
    let absent = provider["application_arn"].as_str().unwrap().rsplit_once('-').unwrap().0.to_owned();
    world.admin(with("application_arn", json!(format!("{absent}-0000000000000000")))).await.refused(404, "not_found");
    let check = json!({"password": "whatever it is"});
    let told = world.admin(Call::post(&of("users/ada/check-sign-in"), &check)).await.is(200);
    assert_eq!(told["outcome"], "password_sign_in_off");
    world.admin(Call::delete(&place)).await.is(204);
    world.admin(Call::get(&place)).await.refused(404, "not_found");
}

#[tokio::test]
async fn a_token_is_shown_once_and_then_only_described() {
    let world = world().await;
    let place = of("users/ada/personal-access-tokens");
    let new = json!({"name": "telephone", "scopes": ["SMTP", "IMAP"]});
    world.admin(Call::post(&place, &new)).await.refused(409, "wrong_state");
    let provider = provider(&world).await;
    world.admin(Call::put(&of("identity-provider"), &provider)).await.is(200);
    let made = world.admin(Call::post(&place, &new)).await;
    let (location, mut made) = (made.header("location").to_owned(), made.is(201));
    let secret = made.as_object_mut().unwrap().remove("secret").unwrap();
    assert!(secret.as_str().unwrap().starts_with("rpat_"));
    assert_eq!((&made["scopes"], &made["last_used_at"]), (&json!(["IMAP", "SMTP"]), &json!(null)));
    assert_eq!(world.admin(Call::get(&location)).await.is(200), made);
    let listed = world.admin(Call::get(&of("personal-access-tokens?user=ada&limit=5"))).await.is(200);
    assert_eq!(listed, json!({"items": [made], "next_cursor": null, "total": 1}));
    assert_eq!(world.admin(Call::get(&of("personal-access-tokens?user=guest"))).await.is(200)["total"], 0);
    world.admin(Call::get(&of("personal-access-tokens?user=nobody"))).await.refused(404, "not_found");
    let check = json!({ "password": secret });
    let told = world.admin(Call::post(&of("users/ada/check-sign-in"), &check)).await.is(200);
    assert_eq!(told["outcome"], "accepted");
    let far = world.clock_after(std::time::Duration::from_secs(31 * 24 * 3600));
    world.admin(Call::post(&place, &json!({"name": "x", "expires_at": far}))).await.invalid("expires_at");
    world.admin(Call::post(&place, &json!({"name": "x", "expires_at": "soon"}))).await.invalid("expires_at");
    world.admin(Call::post(&place, &json!({"name": "x", "scopes": ["POP3"]}))).await.invalid("scopes[0]");
    world.admin(Call::post(&place, &json!({"name": ""}))).await.invalid("name");
    world.admin(Call::post(&of("users/guest/personal-access-tokens"), &new)).await.refused(409, "reserved");
    world.admin(Call::post(&of("users/nobody/personal-access-tokens"), &new)).await.refused(404, "not_found");
    world.admin(Call::delete(&location)).await.is(204);
    world.admin(Call::delete(&location)).await.is(204);
    world.admin(Call::get(&location)).await.refused(404, "not_found");
    world.admin(Call::get(&of("personal-access-tokens/a.b"))).await.invalid("token_id");
}

#[tokio::test]
async fn a_domain_shows_what_goes_into_the_dns() {
    let world = world().await;
    let added = world.admin(Call::post(&of("domains"), &json!({"domain": "acme.example"}))).await.is(201);
    let kinds: Vec<_> = added["records"].as_array().unwrap().iter().map(|record| &record["type"]).collect();
    let expected = ["TXT", "MX", "CNAME", "TXT", "TXT", "TXT", "TXT", "CNAME", "TXT", "TXT", "SRV", "SRV", "SRV"];
    assert_eq!(kinds, expected);
    let mx = json!({
        "type": "MX", "host": "acme.example", "value": "10 reeve.example", "purpose": "mx", "necessity": "required",
        "ttl": 3600, "state": null, "found": [], "advice": "",
    });
    assert_eq!(added["records"][1], mx);
    assert_eq!((&added["dkim"], &added["lapsed_since"]), (&json!("pending"), &json!(null)));
    // This world has no resolver: nothing is known, and nothing follows.
    let looked = world.admin(Call::new(Method::POST, &of("domains/acme.example/check"))).await.is(200);
    assert_eq!((&looked["ownership"], &looked["records"][1]["state"]), (&json!("pending"), &json!("unknown")));
    assert!(looked["records"][1]["advice"].as_str().unwrap().contains("dns.resolvers"), "{looked}");
    let file = world.admin(Call::get(&of("domains/acme.example/zone-file"))).await;
    assert_eq!(file.header("content-type"), "text/dns");
    assert!(file.text().contains("\nacme.example. 3600 IN MX 10 reeve.example.\n"), "{}", file.text());
    let rotation = Call::post(&of("domains/acme.example/dkim-rotation"), &json!({}));
    world.admin(rotation).await.refused(409, "conflict");
    let rotation = Call::post(&of("domains/acme.example/dkim-rotation"), &json!({"force": true}));
    let rotated = world.admin(rotation).await.is(200);
    assert_eq!(rotated["records"].as_array().unwrap().len(), expected.len() + 1);
    assert_eq!(world.admin(Call::get(&of("domains/acme.example"))).await.is(200), rotated);
    assert_eq!(world.admin(Call::get(&of("domains/acme.mail.test"))).await.is(200)["records"], json!([]));
}
