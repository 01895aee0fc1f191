//! The app on somebody's telephone that makes one-time codes (RFC 6238). It never shows the same code twice.

use std::time::{Duration, SystemTime};

use reeve_testkit::wait_until_async;
use totp_rs::Totp;

/// Seconds for which a code stands.
const STEP_SECONDS: u64 = 30;

/// So near the end of a step the server may already be in the next one when it reads the code.
const EDGE_SECONDS: u64 = 5;

pub(crate) struct Generator {
    app: Totp,
    /// The last step of which a code was shown.
    shown: u64,
}

impl Generator {
    /// Set up by the address that the server gives.
    pub(crate) fn new(otpauth_url: &str) -> Self {
        Self { app: Totp::from_url(otpauth_url).unwrap(), shown: 0 }
    }

    /// A code that was not shown before and that the server takes: of the step before this one, of this one or of the
    /// next (RFC 6238 §5.2). When all three were shown, it waits for another.
    pub(crate) async fn code(&mut self) -> String {
        let step = wait_until_async("a code that was not shown", Duration::from_secs(2 * STEP_SECONDS), async || {
            let now = SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs();
            let (step, into) = (now / STEP_SECONDS, now % STEP_SECONDS);
            let oldest = if into < STEP_SECONDS - EDGE_SECONDS { step - 1 } else { step };
            let next = oldest.max(self.shown + 1);
            (next <= step + 1).then_some(next)
        });
        self.shown = step.await;
        self.app.generate(self.shown * STEP_SECONDS).to_string()
    }
}
