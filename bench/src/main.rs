//! Prints how fast Reeve is on this machine: nothing here passes or fails.
//!
//! `make bench` runs all parts; `cargo run --release -p reeve-bench -- sign-in import` runs some. Each figure is the
//! median of several runs, and each ratio is taken within one run. The server under test is target/release/reeve, or
//! what `REEVE_BIN` names, in a process of its own on the same cores. With `REEVE_TEST_DATABASE_URL` the figures of
//! PostgreSQL stand beside those of SQLite.
#![expect(clippy::print_stdout, reason = "printing is what a benchmark is for")]
#![expect(clippy::expect_used, reason = "a benchmark that cannot run has nobody to report to")]

mod access;
mod aws;
mod backup;
mod deployment;
mod load;
mod rest;
mod sign_in;
mod start;

use std::time::{Duration, Instant};

/// Runs of each figure; the median is printed.
const RUNS: usize = 3;

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let parts: [(&str, fn()); 10] = [
        ("start", start::measure),
        ("sign-in", sign_in::measure),
        ("create", rest::measure_creations),
        ("show", rest::measure_look_ups),
        ("import", rest::measure_import),
        ("decide", access::measure_decisions),
        ("request", access::measure_requests),
        ("signature", aws::measure_signatures),
        ("aws", aws::measure_requests),
        ("backup", backup::measure),
    ];
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    println!("reeve-bench on {cores} cores, medians of {RUNS} runs\n");
    for (name, measure) in parts {
        if wanted.is_empty() || wanted.iter().any(|one| one == name) {
            println!("{name}");
            measure();
            println!();
        }
    }
}

/// Prints one figure.
fn say(what: &str, figure: &str) {
    println!("  {what:<58} {figure}");
}

/// The median of several measurements of the same thing.
fn median(mut measure: impl FnMut() -> f64) -> f64 {
    let mut figures: Vec<f64> = (0..RUNS).map(|_| measure()).collect();
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or_default()
}

/// How many of `count` things were done in a second.
fn rate(count: usize, took: Duration) -> f64 {
    count as f64 / took.as_secs_f64()
}

/// How long `work` takes.
fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let began = Instant::now();
    let done = work();
    (done, began.elapsed())
}
