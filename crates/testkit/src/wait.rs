//! The one place where a test may wait, for what happens in another process and so cannot be awaited otherwise.
//! Within a process await the thing itself, and move `FakeClock` instead of waiting for time to pass.

use std::time::{Duration, Instant};

/// Between two looks: short beside a process's start, long beside a look.
const PAUSE: Duration = Duration::from_millis(10);

/// Looks again and again until `look` finds something; panics with `what` when that takes longer than `deadline`.
pub fn wait_until<T>(what: &str, deadline: Duration, mut look: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        give_up_after(deadline, began, what);
        #[expect(clippy::disallowed_methods, reason = "the one place where a test may wait")]
        std::thread::sleep(PAUSE);
    }
}

/// `wait_until` for looks that have to be awaited, such as a request to the server.
pub async fn wait_until_async<T>(what: &str, deadline: Duration, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        give_up_after(deadline, began, what);
        #[expect(clippy::disallowed_methods, reason = "the one place where a test may wait")]
        tokio::time::sleep(PAUSE).await;
    }
}

fn give_up_after(deadline: Duration, began: Instant, what: &str) {
    assert!(began.elapsed() < deadline, "waited {deadline:?} in vain for {what}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn returns_what_was_found() {
        let mut looks = 0;
        let found = wait_until("the third look", Duration::from_secs(10), || {
            looks += 1;
            (looks == 3).then_some(looks)
        });
        assert_eq!(found, 3);
    }

    #[test]
    #[should_panic(expected = "in vain for godot")]
    fn gives_up_with_a_sentence() {
        wait_until("godot", Duration::ZERO, || None::<()>);
    }
}
