//! `reeve user import`: sends a file as it is read and follows the server's report as it comes.
//!
//! The server reads the format, makes the plan and applies it; here nothing of the file is understood. Running an
//! import again does what is left, so every early end says how far it came and asks for no more than that.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use reqwest::Body;

use super::InOrganization;
use super::report::Report;
use super::tally::{Line, Row, Tally, read};
use crate::client::{Call, Client, Lines};
use crate::context::Context;
use crate::failure::Failure;
use crate::json;
use crate::progress::Progress;
use crate::render::{Cell, count};
use crate::screen::Screen;

/// Refused rows shown at most; the rest fit no screen and are in the report.
const REFUSED_SHOWN_MAX: usize = 20;

/// Octets of the file that are read at once.
const PIECE_BYTES: usize = 64 * 1024;

/// Pieces that may wait for the connection: enough to keep it busy, little memory.
const PIECES_WAITING_MAX: usize = 4;

/// What to do after an early end.
const AGAIN: &str = "run the same command again: rows that are in already are left as they are, the rest is done";

/// Arguments of `user import`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve user import staff.csv --org acme --dry-run
  reeve user import staff.csv --org acme --report refused.csv
  reeve user import staff.csv --org acme --map-domain example.com:acme.reeve.test
  zcat staff.csv.gz | reeve user import - --org acme -o json > result.ndjson

The header line tells whether the file is our own (reeve user export writes one), Google Workspace's or
Microsoft 365's. Users that exist are updated; a second run of the same file changes nothing.")]
pub struct Import {
    /// CSV file; - reads standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    place: InOrganization,
    /// Only say what would be done
    #[arg(long)]
    dry_run: bool,
    /// Put addresses of one domain of the file on another, as OLD:NEW; may be given several times
    #[arg(long = "map-domain", value_name = "OLD:NEW")]
    map_domains: Vec<String>,
    /// CSV file to write all refused rows to
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

/// An import under way.
struct Run {
    file: String,
    progress: Progress,
    tally: Tally,
    shown: Vec<Row>,
    report: Option<Report>,
}

pub(super) async fn import(ctx: &mut Context, args: &Import) -> Result<(), Failure> {
    let source = open(ctx, &args.file)?;
    let report = args.report.as_deref().map(Report::create).transpose()?;
    let client = ctx.client()?;
    let mut call = Call::post(&["organizations", &args.place.org, "users", "import"]).query("dry_run", &args.dry_run);
    for pair in &args.map_domains {
        call = call.query("map_domain", pair);
    }
    let file = if args.file.as_os_str() == "-" { "standard input".into() } else { args.file.display().to_string() };
    let progress = Progress::spinner(ctx.screen.shows_progress(), &format!("sending {file}"));
    let mut run = Run { file, progress, tally: Tally::default(), shown: Vec::new(), report };
    let Context { screen, tools, .. } = ctx;
    let end = tokio::select! {
        end = run.follow(screen, &client, &call, body(source)) => end,
        () = &mut tools.interrupt => Err(Failure::interrupted("", "")),
    };
    run.finish(screen, args, end)
}

impl Run {
    /// Sends the file and takes in the report, line by line, until it ends.
    async fn follow(&mut self, screen: &mut Screen, client: &Client, call: &Call, body: Body) -> Result<(), Failure> {
        let response = client.upload(call, "text/csv", body).await?;
        let mut lines = Lines::new(client, response);
        while let Some(text) = lines.next().await? {
            let line = read(&text)?;
            self.take(screen, &line)?;
            if screen.is_json() {
                screen.line(&json::safe(&text))?;
            }
        }
        Ok(())
    }

    fn take(&mut self, screen: &mut Screen, line: &Line) -> Result<(), Failure> {
        self.tally.add(line);
        match line {
            Line::Plan(plan) => {
                let sentence = plan.sentence(&self.file);
                self.progress.pause_for(|| screen.done(&sentence).and_then(|()| screen.flush()))?;
                self.progress.count_to(plan.rows);
            }
            Line::Row(row) => {
                self.progress.step();
                if row.is_refused() {
                    self.refuse(row)?;
                }
            }
            Line::Done | Line::Stopped(_) | Line::Unknown => {}
        }
        Ok(())
    }

    fn refuse(&mut self, row: &Row) -> Result<(), Failure> {
        if let Some(report) = &mut self.report {
            report.add(row)?;
        }
        if self.shown.len() < REFUSED_SHOWN_MAX {
            self.shown.push(row.clone());
        }
        Ok(())
    }

    /// Shows how it ended.
    fn finish(self, screen: &mut Screen, args: &Import, end: Result<(), Failure>) -> Result<(), Failure> {
        let Self { progress, tally, shown, report, .. } = self;
        drop(progress);
        if end.as_ref().is_err_and(Failure::is_silent) {
            return end;
        }
        if tally.plan.is_some() {
            show_counts(screen, &tally, args.dry_run)?;
            show_refused(screen, &tally, &shown, args.report.is_some())?;
            if let (Some(report), Some(path)) = (report, &args.report) {
                report.keep()?;
                screen.note(&format!("{} holds every refused row", path.display()));
            }
        }
        conclude(&tally, args.dry_run, end)
    }
}

fn show_counts(screen: &mut Screen, tally: &Tally, dry_run: bool) -> Result<(), Failure> {
    if screen.is_json() || screen.is_quiet() {
        return Ok(());
    }
    let words = if dry_run { ["create", "update"] } else { ["created", "updated"] };
    let counts = [
        (words[0], tally.created),
        (words[1], tally.updated),
        ("unchanged", tally.unchanged),
        ("refused", tally.refused),
    ];
    let rows = counts.map(|(outcome, rows)| vec![Cell::from(outcome), Cell::from(count(rows))]);
    screen.table(&["outcome", "rows"], rows.into())
}

fn show_refused(screen: &mut Screen, tally: &Tally, shown: &[Row], reported: bool) -> Result<(), Failure> {
    if screen.is_json() || shown.is_empty() {
        return Ok(());
    }
    let rows = shown.iter().map(|row| {
        let problem = row.problem.as_ref();
        vec![
            Cell::from(row.line.to_string()),
            Cell::maybe(row.username.as_ref()),
            Cell::maybe(problem.and_then(|problem| problem.field.as_ref())),
            Cell::maybe(problem.map(|problem| &problem.detail)),
        ]
    });
    screen.line("")?;
    screen.table(&["line", "user", "field", "why it was refused"], rows.collect())?;
    let more = tally.refused.saturating_sub(shown.len() as u64);
    if more > 0 && !reported {
        screen.hint(&format!("{} more were refused; --report FILE.csv writes all of them", count(more)));
    }
    Ok(())
}

fn conclude(tally: &Tally, dry_run: bool, end: Result<(), Failure>) -> Result<(), Failure> {
    match end {
        Err(failure) if failure.is_interruption() => {
            let before = if tally.plan.is_some() { "after" } else { "before" };
            Err(Failure::interrupted(format!("stopped {before} {}", tally.progress()), AGAIN))
        }
        // A refusal of the whole file: the server said why, and nothing was begun.
        Err(failure) if tally.plan.is_none() => Err(failure),
        Err(failure) => {
            Err(Failure::unreachable(format!("stopped after {}: {}", tally.progress(), failure.sentence()), AGAIN))
        }
        Ok(()) => match (&tally.stopped, tally.done) {
            (Some(reason), _) => {
                Err(Failure::not_done(format!("the server stopped after {}: {reason}", tally.progress()), AGAIN))
            }
            (None, false) => Err(Failure::unreachable(
                format!(
                    "the server fell silent after {}",
                    if tally.plan.is_some() { tally.progress() } else { "no row".to_owned() }
                ),
                AGAIN,
            )),
            (None, true) if tally.refused > 0 => Err(Failure::not_done(
                format!(
                    "{} of {} rows {} refused",
                    count(tally.refused),
                    count(tally.rows()),
                    verb(tally.refused, dry_run)
                ),
                "correct these rows and run the import again: rows that are in already are left as they are",
            )),
            (None, true) => Ok(()),
        },
    }
}

fn verb(rows: u64, dry_run: bool) -> &'static str {
    match (dry_run, rows) {
        (true, _) => "would be",
        (false, 1) => "was",
        (false, _) => "were",
    }
}

/// The file, or standard input.
fn open(ctx: &mut Context, path: &Path) -> Result<Box<dyn Read + Send>, Failure> {
    if path.as_os_str() == "-" {
        return Ok(std::mem::replace(&mut ctx.tools.input, Box::new(std::io::empty())));
    }
    let unreadable = |why: &str| {
        Failure::usage(format!("could not read {}: {why}", path.display()), "name a CSV file, or - for standard input")
    };
    if path.is_dir() {
        return Err(unreadable("it is a folder"));
    }
    let file = File::open(path).map_err(|why| unreadable(&why.to_string()))?;
    Ok(Box::new(file))
}

/// A request body that is read while it is sent. Reading blocks, so a thread of the blocking pool does it; it ends
/// when the file does or when nobody waits for its pieces any more.
fn body(mut source: Box<dyn Read + Send>) -> Body {
    let (sender, receiver) = tokio::sync::mpsc::channel::<std::io::Result<Vec<u8>>>(PIECES_WAITING_MAX);
    tokio::task::spawn_blocking(move || {
        loop {
            let mut piece = Vec::with_capacity(PIECE_BYTES);
            let read = source.by_ref().take(PIECE_BYTES as u64).read_to_end(&mut piece);
            let (piece, last) = match read {
                Ok(0) => return,
                Ok(_) => (Ok(piece), false),
                Err(why) => (Err(why), true),
            };
            if sender.blocking_send(piece).is_err() || last {
                return;
            }
        }
    });
    let pieces = futures_util::stream::unfold(receiver, |mut receiver| async move {
        receiver.recv().await.map(|piece| (piece, receiver))
    });
    Body::wrap_stream(pieces)
}
