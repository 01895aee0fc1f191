//! The three doors: REST with an access key, the command line over the local socket, and AWS with a signature.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use reqwest::{Client, Method};
use serde_json::{Value, json};

use super::refusals::Refusal;
use super::steps::Step;
use crate::service::Service;

/// Everything behind which an operation can be asked for.
pub(crate) struct Doors<'s> {
    service: &'s Service,
    rest: Rest,
    /// The ids of the organizations, by alias.
    ids: Vec<(String, String)>,
    account: String,
}

/// A client of the REST door.
pub(crate) struct Rest {
    http: Client,
    base: String,
    key: (String, String),
}

impl Rest {
    async fn send(&self, method: Method, path: &str, body: &Value) -> (u16, Value) {
        let request = self.http.request(method, format!("{}/api/v1{path}", self.base));
        let request = request.basic_auth(&self.key.0, Some(&self.key.1));
        let request = if body.is_null() { request } else { request.json(body) };
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    /// What a path shows.
    pub(crate) async fn get_all(&self, path: &str) -> Value {
        let (status, body) = self.send(Method::GET, path, &Value::Null).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    /// What a path within an organization shows.
    pub(crate) async fn get(&self, alias: &str, path: &str) -> Value {
        self.get_all(&format!("/organizations/{alias}{path}")).await
    }

    /// The same, where it may be that nothing is there.
    pub(crate) async fn try_get(&self, alias: &str, path: &str) -> Value {
        let (status, body) = self.send(Method::GET, &format!("/organizations/{alias}{path}"), &Value::Null).await;
        if status == 200 { body } else { json!({"status": status, "code": body["code"]}) }
    }
}

impl<'s> Doors<'s> {
    /// Makes the organizations, each through its own door.
    pub(crate) async fn open(service: &'s Service, aliases: [&str; 3]) -> Doors<'s> {
        let rest = Rest { http: Client::new(), base: service.server.url(), key: service.key.clone() };
        let account = rest.get_all("/account").await["account_id"].as_str().unwrap().to_owned();
        let mut doors = Doors { service, rest, ids: Vec::new(), account };
        let [rest, line, cloud] = aliases;
        let (status, body) = doors.rest.send(Method::POST, "/organizations", &json!({"alias": rest})).await;
        assert_eq!(status, 202, "{body}");
        let _ = service.server.reeve(&["org", "create", line]).done();
        doors.aws("CreateOrganization", &json!({"Alias": cloud})).await.unwrap();
        for alias in aliases {
            let made = service.server.reeve(&["org", "show", alias, "--output", "json"]).done().json();
            let mut look = tokio::time::interval(Duration::from_millis(20));
            while doors.rest.get(alias, "").await["state"] != "Active" {
                look.tick().await;
            }
            doors.ids.push((alias.to_owned(), made["organization_id"].as_str().unwrap().to_owned()));
        }
        doors
    }

    pub(crate) fn rest(&self) -> &Rest {
        &self.rest
    }

    /// Does a step in an organization through one door.
    pub(crate) async fn take(&self, step: &Step, (door, alias): (usize, &str)) {
        let done = self.ask(step, (door, alias)).await;
        assert!(done.is_ok(), "{} by {alias}: {done:?}", step.operation);
    }

    /// Asks for a step that each door refuses.
    pub(crate) async fn refuses(&self, refusal: &Refusal, aliases: [&str; 3]) {
        for (door, alias) in aliases.iter().enumerate() {
            let said = self.ask(&refusal.step, (door, alias)).await;
            let expected = if door == 2 { refusal.aws } else { refusal.code };
            assert_eq!(said, Err(expected.to_owned()), "{} by {alias}", refusal.why);
        }
    }

    /// Does a step; the refusal is the code of the door.
    async fn ask(&self, step: &Step, (door, alias): (usize, &str)) -> Result<(), String> {
        match door {
            0 => {
                let (method, path, body) = &step.rest;
                let path = self.filled(path, alias).await;
                let path = if step.of_account { path } else { format!("/organizations/{alias}{path}") };
                let body: Value = serde_json::from_str(&self.filled(&body.to_string(), alias).await).unwrap();
                let (status, body) = self.rest.send(method.clone(), &path, &body).await;
                let code = || body["code"].as_str().unwrap_or("no code").to_owned();
                if (200..300).contains(&status) { Ok(()) } else { Err(code()) }
            }
            1 => {
                let mut arguments = Vec::new();
                for argument in &step.line {
                    arguments.push(self.filled(argument, alias).await);
                }
                if !step.of_account && !arguments.iter().any(|argument| argument == alias) {
                    arguments.extend(["--org".to_owned(), alias.to_owned()]);
                }
                arguments.extend(["--output".to_owned(), "json".to_owned()]);
                let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
                let done = self.service.server.reeve(&arguments);
                let said: Value = serde_json::from_str(&done.stderr).unwrap_or(Value::Null);
                let code = said["code"].as_str().map_or_else(|| done.stderr.clone(), str::to_owned);
                if done.code == Some(0) { Ok(()) } else { Err(code) }
            }
            _ => {
                let (operation, input) = &step.aws;
                let mut input: Value = serde_json::from_str(&self.filled(&input.to_string(), alias).await).unwrap();
                if !step.of_account && input["ResourceARN"].is_null() {
                    input["OrganizationId"] = Value::from(self.id_of(alias));
                }
                self.aws(operation, &input).await.map(drop)
            }
        }
    }

    fn id_of(&self, alias: &str) -> &str {
        self.ids.iter().find(|(known, _)| known == alias).map(|(_, id)| id.as_str()).unwrap()
    }

    /// A text with `{alias}`, `{organization}`, files of passwords and `{id:/users/ada:/user_id}` filled in.
    async fn filled(&self, text: &str, alias: &str) -> String {
        let mut text = text.replace("{alias}", alias);
        for (place, password) in
            [("{password}", "Lantern-Copper-48"), ("{new-password}", "Meadow-Harbour-52"), ("{weak-password}", "short")]
        {
            if text.contains(place) {
                text = text.replace(place, &self.service.file(password));
            }
        }
        if text.contains("{organization}") {
            text = text.replace("{organization}", self.id_of(alias)).replace("{account}", &self.account);
        }
        while let Some(start) = text.find("{id:") {
            let end = start + text[start..].find('}').unwrap();
            let (path, member) = text[start + 4..end].rsplit_once(':').unwrap();
            let shown = match path.strip_prefix("/account") {
                Some(path) => self.rest.get_all(path).await,
                None => self.rest.get(alias, path).await,
            };
            let value = shown.pointer(member).and_then(Value::as_str);
            let value = value.unwrap_or_else(|| panic!("{member} of {shown}")).to_owned();
            text.replace_range(start..=end, &value);
        }
        text
    }

    /// Calls an operation of AWS; the refusal is its `__type`.
    #[expect(clippy::disallowed_methods, reason = "the server checks signatures by the clock of this machine")]
    async fn aws(&self, operation: &str, input: &Value) -> Result<Value, String> {
        let (url, body) = (format!("{}/", self.rest.base), input.to_string());
        let target = format!("WorkMailService.{operation}");
        let headers = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", target.as_str())];
        let identity = Credentials::from_keys(&self.rest.key.0, &self.rest.key.1, None).into();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region("us-east-1")
            .name("workmail")
            .time(SystemTime::now())
            .settings(SigningSettings::default())
            .build()
            .unwrap()
            .into();
        let signable =
            SignableRequest::new("POST", &url, headers.into_iter(), SignableBody::Bytes(body.as_bytes())).unwrap();
        let (signed, _) = sign(signable, &parameters).unwrap().into_parts();
        let mut request = self.rest.http.post(&url).body(body);
        for (name, value) in headers.into_iter().chain(signed.headers()) {
            request = request.header(name, value);
        }
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let body: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
        if status == 200 { Ok(body) } else { Err(body["__type"].as_str().unwrap_or("no type").to_owned()) }
    }
}
