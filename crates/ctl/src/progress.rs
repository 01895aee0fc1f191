//! Moving progress on the error stream, for the person who waits; nothing at all when nobody looks.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use crate::render::{clean, count};

/// How often a spinner turns.
const TICK: Duration = Duration::from_millis(120);

/// A spinner or a bar; disappears when it is dropped.
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// A spinner beside a text, when `shown`.
    pub(crate) fn spinner(shown: bool, text: &str) -> Self {
        let bar = if shown {
            ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr())
        } else {
            ProgressBar::hidden()
        };
        bar.set_style(ProgressStyle::default_spinner());
        bar.set_message(clean(text));
        if shown {
            bar.enable_steady_tick(TICK);
        }
        Self(bar)
    }

    /// Turns into a bar over so many rows, with their rate and the time that is left.
    pub(crate) fn count_to(&self, rows: u64) {
        self.0.disable_steady_tick();
        self.0.reset();
        self.0.set_length(rows);
        let template = "{bar:30} {human_pos}/{human_len}  {rate}  {eta} left";
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.0.set_style(style.progress_chars("=> ").with_key("rate", write_rate));
        }
    }

    /// One row further.
    pub(crate) fn step(&self) {
        self.0.inc(1);
    }

    /// Changes the text beside the spinner.
    pub(crate) fn say(&self, text: &str) {
        self.0.set_message(clean(text));
    }

    /// Runs `write` while the spinner is out of the way.
    pub(crate) fn pause_for<T>(&self, write: impl FnOnce() -> T) -> T {
        self.0.suspend(write)
    }
}

fn write_rate(state: &ProgressState, out: &mut dyn std::fmt::Write) {
    // Whole rows a second say enough; a rate that is not a number yet is none.
    let rate = state.per_sec().max(0.0) as u64;
    let _ = write!(out, "{}/s", count(rate));
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
