//! How much a server takes before it does anything.

use reeve_testkit::ServerProcess;

use crate::deployment::Deployment;
use crate::{median, say, timed};

/// Time from start to ready, memory when idle, size of the binary.
pub(crate) fn measure() {
    let mut here = Deployment::start(None);
    let ready = median(|| {
        here.server.stop();
        let ((), took) = timed(|| here.server.restart());
        took.as_secs_f64() * 1_000.0
    });
    say("start to ready", &format!("{ready:>9.0} ms"));
    say("idle memory", &format!("{:>9.1} MiB", here.memory_mib()));
    let bytes = std::fs::metadata(binary(&here.server)).map_or(0, |found| found.len());
    say("binary", &format!("{:>9.1} MiB", bytes as f64 / f64::from(1 << 20)));
}

fn binary(server: &ServerProcess) -> String {
    format!("/proc/{}/exe", server.pid())
}
