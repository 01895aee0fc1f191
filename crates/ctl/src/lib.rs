//! The `reeve` command line: parses commands, calls the REST door, shows what it said.
//!
//! A client like any other: it knows the wire (`/api/v1`) and no rule behind it, opens no database and never
//! decides what an administrator may do. Everything it takes from the process (streams, environment, clock,
//! randomness, ^C) comes in through [`Surroundings`], so that tests can hand it something else.

mod access;
mod client;
mod commands;
mod context;
mod download;
mod failure;
mod files;
mod global;
mod json;
mod listing;
mod profiles;
mod progress;
mod render;
mod screen;
mod secrets;
mod sign_in;
mod surroundings;
mod wire;

use std::process::ExitCode;

pub use commands::Command;
pub use global::{Colour, Format, Global};
pub use surroundings::{AskSecret, Credentials, Pace, Surroundings};

use context::Context;
use failure::Failure;
use screen::Screen;

/// Runs one client command to its end on a runtime of its own and answers the exit code of the process.
///
/// `program` is the whole command tree of the binary, from which shell completions are made.
pub fn run(command: Command, global: Global, program: clap::Command) -> ExitCode {
    let surroundings = Surroundings::of_process();
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(why) => return ExitCode::from(report_no_runtime(&global, surroundings, &why)),
    };
    let status = runtime.block_on(execute(command, global, program, surroundings));
    // A read of standard input cannot be cancelled; waiting for it would keep a stopped import alive.
    runtime.shutdown_background();
    ExitCode::from(status)
}

/// Does what [`run`] does within the caller's runtime and the given surroundings; answers the exit code:
/// 0 done, 1 refused, 2 usage, 3 unreachable, 130 and 141 as shells number an end by ^C or a closed pipe.
pub async fn execute(command: Command, global: Global, program: clap::Command, surroundings: Surroundings) -> u8 {
    let (screen, tools) = surroundings.split(&global);
    let mut ctx = Context::new(screen, global, tools);
    let mut outcome = commands::run(&mut ctx, command, program).await;
    if outcome.is_ok() {
        outcome = ctx.screen.flush();
    }
    match outcome {
        Ok(()) => 0,
        Err(failure) => {
            ctx.screen.fail(&failure);
            failure.exit_code()
        }
    }
}

fn report_no_runtime(global: &Global, surroundings: Surroundings, why: &std::io::Error) -> u8 {
    let (mut screen, _): (Screen, _) = surroundings.split(global);
    let failure =
        Failure::not_done(format!("could not start: {why}"), "free some memory or file handles and try again");
    screen.fail(&failure);
    failure.exit_code()
}
