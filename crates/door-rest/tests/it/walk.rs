//! One walk through every operation, each with a request that succeeds where the ones before it have been done.
//!
//! Each family of operations has its part in a file of its own: `there` makes what it is about, `back` takes it away.

mod administration;
mod groups;
mod keys;
mod mailboxes;
mod organizations;
mod resources;
mod rules;
mod settings;
mod users;
mod zones;

use axum::http::Method;
use serde_json::Value;

use crate::caller::{Call, Reply};
use crate::factors::{self, code};
use crate::world::{Who, World};

/// A request that an operation should grant. Names in braces stand for what the walk learns on its way.
pub(crate) struct Step {
    pub(crate) operation: &'static str,
    pub(crate) who: Who,
    pub(crate) status: u16,
    pub(crate) call: Call,
    /// Names, and the places in the answer (JSON pointers) where later steps find what they stand for.
    learns: &'static [(&'static str, &'static str)],
}

impl Step {
    fn learns(self, learns: &'static [(&'static str, &'static str)]) -> Self {
        Self { learns, ..self }
    }
}

fn step(operation: &'static str, status: u16, call: Call) -> Step {
    Step { operation, who: Who::Admin, status, call, learns: &[] }
}

fn own(operation: &'static str, status: u16, call: Call) -> Step {
    Step { who: Who::Deputy, ..step(operation, status, call) }
}

fn bare(path: &str) -> Call {
    Call::new(Method::POST, path)
}

/// A password of ada's that must never be seen again.
pub(crate) const TYPED: &str = "Marble-anchor-73-heron";

/// A password of grace's that must never be seen again.
pub(crate) const TYPED_TOO: &str = "Velvet-harbor-58-osprey";

/// The operation at which the walk turns: everything was made, and nothing is gone yet.
pub(crate) const TURN: &str = "disable_user";

/// The walk; `acme`, a policy and `grace` are made on it, and what can be is gone at its end.
pub(crate) fn steps() -> Vec<Step> {
    let there = [
        administration::of_the_deployment(),
        organizations::there(),
        zones::there(),
        users::there(),
        groups::there(),
        resources::there(),
        mailboxes::there(),
        rules::there(),
        settings::there(),
        keys::there(),
        administration::there(),
    ];
    let back = [
        users::back(),
        settings::back(),
        keys::back(),
        rules::back(),
        mailboxes::back(),
        resources::back(),
        groups::back(),
        administration::back(),
        zones::back(),
        organizations::back(),
        administration::out(),
    ];
    there.into_iter().chain(back).flatten().collect()
}

/// A call with what the walk learned in the place of names in braces.
pub(crate) fn filled(world: &World, mut call: Call) -> Call {
    let mut body = std::str::from_utf8(&call.body).unwrap().to_owned();
    for (name, value) in &*world.notes.lock().unwrap() {
        let place = format!("{{{name}}}");
        call.path = call.path.replace(&place, value);
        // What is an object itself stands where the text of its name stood.
        body = match value.starts_with('{') {
            true => body.replace(&format!("\"{place}\""), value),
            false => body.replace(&place, value),
        };
    }
    Call { body: body.into(), ..call }
}

/// Takes a step of the walk; does beside it what no operation does.
pub(crate) async fn take(world: &World, step: &Step) -> Reply {
    prepare(world, step.operation).await;
    let reply = world.by(step.who, filled(world, step.call.clone())).await;
    assert_eq!(reply.status.as_u16(), step.status, "{}: {}", step.operation, reply.text());
    learn(world, step, &reply);
    world.settle().await;
    reply
}

fn note(world: &World, name: &'static str, value: &Value) {
    let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    world.notes.lock().unwrap().insert(name, value);
}

fn noted(world: &World, name: &str) -> String {
    world.notes.lock().unwrap()[name].clone()
}

async fn prepare(world: &World, operation: &str) {
    match operation {
        "set_default_domain" => {
            let acme = world.admin(Call::get("/organizations/acme")).await.is(200);
            world.verify(&acme, "acme.example").await;
        }
        "show_job" => {
            let jobs = world.admin(Call::get("/jobs")).await.is(200);
            note(world, "job", &jobs["items"][0]["job_id"]);
        }
        "unlock_administrator" => {
            world.sign_in("grace@first.example", "bearer").await.refused(401, "sign_in_refused");
        }
        "end_session" => {
            let session = world.sign_in("deputy@first.example", "bearer").await.is(201);
            note(world, "session", &session["session_id"]);
        }
        "confirm_totp" => note(world, "code", &code(world, &noted(world, "secret")).into()),
        "complete_sign_in" => {
            // RFC 6238 §5.2: the code that confirmed the generator opens nothing else.
            world.clock.advance(std::time::Duration::from_secs(30));
            note(world, "challenge", &factors::challenge(world, "deputy@first.example").await["challenge"]);
            note(world, "code", &code(world, &noted(world, "secret")).into());
        }
        _ => {}
    }
}

fn learn(world: &World, step: &Step, reply: &Reply) {
    for (name, place) in step.learns {
        let answer = reply.json();
        note(world, name, answer.pointer(place).unwrap());
    }
    match step.operation {
        "begin_passkey" => {
            let made = world.key.register(&reply.json()["options"], "https://reeve.example");
            note(world, "credential", &made);
        }
        "reauthenticate" | "change_password" => {
            reply.json()["token"].as_str().unwrap().clone_into(&mut world.deputy.lock().unwrap());
        }
        _ => {}
    }
}

/// Walks up to the first step of an operation, which is not taken.
pub(crate) async fn walk_to(world: &World, operation: &str) {
    for step in steps().iter().take_while(|step| step.operation != operation) {
        take(world, step).await;
    }
}
