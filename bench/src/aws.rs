//! What AWS clients see: looking up users and walking their list through the AWS door, each request signed anew, and what
//! the check of a signature costs by itself.

use std::hint::black_box;
use std::rc::Rc;
use std::time::Instant;

use aws_lc_rs::{digest, hmac};
use http::{HeaderMap, HeaderName, HeaderValue};
use reeve_base::clock::{Clock, SystemClock};
use reeve_door_aws::sigv4::{Claim, Expected, Moment};
use serde_json::{Value, json};

use crate::deployment::{Deployment, block_on, engines};
use crate::load::{self, Wire};
use crate::rest::import;
use crate::{median, rate, say, timed};

/// Users in the small and in the large organization.
const SIZES: [usize; 2] = [1_000, 100_000];

/// Users that are looked up in one run.
const LOOK_UPS: usize = 20_000;

/// Signatures that are checked in one run.
const SIGNATURES: usize = 50_000;

const REGION: &str = "us-east-1";
const HOST: &str = "bench";
const CONTENT_TYPE: &str = "application/x-amz-json-1.1";

/// An access key that signs.
struct Key {
    id: String,
    secret: String,
}

impl Key {
    /// A new key of the administrator of a server.
    fn create(here: &Deployment) -> Self {
        let _ = here.server.reeve(&["admin", "api-access", "root@example.com", "--enable"]).done();
        let made =
            here.server.reeve(&["key", "create", "--admin", "root@example.com", "--output", "json"]).done().json();
        let text = |member: &str| made[member].as_str().expect("a text").to_owned();
        Self { id: text("access_key_id"), secret: text("secret_access_key") }
    }

    /// The headers of a request for an operation, signed now.
    fn headers(&self, operation: &str, body: &str) -> Vec<(&'static str, String)> {
        let moment = Moment::from_timestamp(SystemClock.now()).expect("a moment that can be written");
        let mut headers = vec![
            ("content-type", CONTENT_TYPE.to_owned()),
            ("host", HOST.to_owned()),
            ("x-amz-date", moment.text().to_owned()),
            ("x-amz-target", format!("WorkMailService.{operation}")),
        ];
        let lines: String = headers.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
        let signed: Vec<&str> = headers.iter().map(|(name, _)| *name).collect();
        let signed = signed.join(";");
        let canonical = format!("POST\n/\n\n{lines}\n{signed}\n{}", sha256(body));
        let scope = format!("{}/{REGION}/workmail/aws4_request", moment.day());
        let text = format!("AWS4-HMAC-SHA256\n{}\n{scope}\n{}", moment.text(), sha256(&canonical));
        let mut key = format!("AWS4{}", self.secret).into_bytes();
        for part in scope.split('/') {
            key = sign(&key, part);
        }
        let signature = hex(&sign(&key, &text));
        let credential = format!("{}/{scope}", self.id);
        headers.push((
            "authorization",
            format!("AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={signed}, Signature={signature}"),
        ));
        headers
    }

    /// A whole request, as it goes over the wire.
    fn request(&self, operation: &str, input: &Value) -> Vec<u8> {
        let body = input.to_string();
        let headers: String =
            self.headers(operation, &body).iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        format!("POST / HTTP/1.1\r\n{headers}content-length: {}\r\n\r\n{body}", body.len()).into_bytes()
    }
}

fn sign(key: &[u8], text: &str) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text.as_bytes()).as_ref().to_vec()
}

fn sha256(text: &str) -> String {
    hex(digest::digest(&digest::SHA256, text.as_bytes()).as_ref())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// DescribeUser and ListUsers in a small and in a large organization.
pub(crate) fn measure_requests() {
    for (engine, database) in engines() {
        let here = Deployment::start(database);
        let key = Key::create(&here);
        let shown = here.server.reeve(&["org", "show", "acme", "--output", "json"]).done().json();
        let organization = shown["organization_id"].as_str().expect("an id").to_owned();
        for size in SIZES {
            import(&here, size);
            let look = |count: usize| {
                // Signed before the clock runs: what a client spends on its signatures is not ours.
                let input = |number: usize| {
                    let user = format!("p{}", number.wrapping_mul(7_919) % size);
                    json!({"OrganizationId": organization, "UserId": user})
                };
                let requests: Rc<Vec<_>> =
                    Rc::new((0..count).map(|number| key.request("DescribeUser", &input(number))).collect());
                let make = move |number: usize| requests.get(number).cloned().unwrap_or_default();
                let address = here.server.address("http");
                let ((), took) = timed(|| block_on(load::run(address, 16, count, 200, make)));
                rate(count, took)
            };
            look(LOOK_UPS / 10);
            let shown = median(|| look(LOOK_UPS));
            say(&format!("{engine}, DescribeUser among {size}, 16 clients"), &format!("{shown:>9.0}/s"));
            let [p50, p99] = block_on(walk(&here, &key, &organization));
            say(
                &format!("{engine}, ListUsers, pages of 100 among {size}"),
                &format!("{p50:>9.2} ms p50   {p99:.2} ms p99"),
            );
        }
    }
}

/// Walks the whole list three times; the middle and the slowest hundredth of its pages, in milliseconds.
async fn walk(here: &Deployment, key: &Key, organization: &str) -> [f64; 2] {
    let mut wire = Wire::connect(here.server.address("http")).await;
    let mut took = Vec::new();
    for _ in 0..crate::RUNS {
        let mut token = Value::Null;
        loop {
            let input = json!({"OrganizationId": organization, "MaxResults": 100, "NextToken": token});
            let request = key.request("ListUsers", &input);
            let began = Instant::now();
            let status = wire.call(&request).await;
            took.push(began.elapsed().as_secs_f64() * 1e3);
            assert_eq!(status, 200, "{}", wire.body());
            let page: Value = serde_json::from_str(&wire.body()).expect("the door answers in JSON");
            match page.get("NextToken") {
                Some(next) => token = next.clone(),
                None => break,
            }
        }
    }
    took.sort_by(f64::total_cmp);
    [took.len() / 2, took.len() * 99 / 100].map(|place| took.get(place).copied().unwrap_or_default())
}

/// Reading and checking the signature of a DescribeUser.
pub(crate) fn measure_signatures() {
    let key =
        Key { id: "AKIDEXAMPLE234567ABC".to_owned(), secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".to_owned() };
    let input = json!({"OrganizationId": "m-0123456789abcdef0123456789abcdef", "UserId": "p1"});
    let body = input.to_string();
    let headers: HeaderMap = key
        .headers("DescribeUser", &body)
        .into_iter()
        .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_str(&value).expect("a value")))
        .collect();
    let micros = median(|| {
        let ((), took) = timed(|| {
            for _ in 0..SIGNATURES {
                let expected = Expected { region: REGION, service: "workmail", now: SystemClock.now() };
                let claim = Claim::read(black_box(&headers), &expected).expect("a claim");
                claim.verify(black_box(&key.secret), body.as_bytes()).expect("a right signature");
            }
        });
        took.as_secs_f64() * 1e6 / SIGNATURES as f64
    });
    say("reading and checking one signature", &format!("{micros:>9.2} µs"));
}
