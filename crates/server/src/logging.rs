//! Structured logs on standard error, for people or for programs.

use tracing_subscriber::EnvFilter;

use crate::config::Config;
use crate::outcome::Failure;

/// What the passkey library says of answers that it refuses is nothing that a person must act upon.
const QUIET: &str = "webauthn_rs=off,webauthn_rs_core=off,webauthn_rs_proto=off";

/// Starts logging as configured.
pub(crate) fn start(config: &Config) -> Result<(), Failure> {
    let filter = EnvFilter::try_new(format!("{QUIET},{}", config.log_level))
        .map_err(|why| Failure::usage(format!("log.level \"{}\" is no filter: {why}", config.log_level)))?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = if config.log_json {
        builder.json().flatten_event(true).try_init()
    } else {
        builder.with_target(false).with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).try_init()
    };
    started.map_err(|why| Failure::refused(format!("could not start logging: {why}")))
}
