//! Enabling one user, or all that a file names, a hundred at a time.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::json;
use serde_json::value::RawValue;

use super::change::changed_user;
use super::{InOrganization, Named, name};
use crate::client::{Call, not_understood};
use crate::context::Context;
use crate::failure::Failure;
use crate::progress::Progress;
use crate::render::{Cell, counted};
use crate::wire::Enabled;

/// Users of one call, as many as the server takes.
const USERS_PER_CALL: usize = reeve_base::limits::BULK_MAX;

/// Refused users shown at most; the rest fit no screen, and `-o json` has all.
const REFUSED_SHOWN_MAX: usize = 20;

/// Arguments of `user enable`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve user enable ada --email ada@acme.example --org acme
  reeve user enable --from staff.csv --org acme
  printf 'ada,ada@acme.example\\ngrace,grace@acme.example\\n' | reeve user enable --from - --org acme

Each line of the file is USER,EMAIL; a first line \"user,email\" is passed over.")]
pub struct Enable {
    /// User, by name or id
    #[arg(value_name = "NAME", value_parser = name, required_unless_present = "from", requires = "email")]
    user: Option<String>,
    /// Address that becomes the user's primary one
    #[arg(long, value_name = "ADDRESS", requires = "user")]
    email: Option<String>,
    /// CSV file of users and addresses; - reads standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["user", "email"])]
    from: Option<PathBuf>,
    #[command(flatten)]
    place: InOrganization,
}

/// One user to enable.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Wish {
    user: String,
    email: String,
}

#[derive(Deserialize)]
struct Results {
    results: Vec<Box<RawValue>>,
}

/// The results of all calls, as if there had been one.
#[derive(Serialize)]
struct Merged<'a> {
    results: &'a [Box<RawValue>],
}

pub(super) async fn enable(ctx: &mut Context, args: &Enable) -> Result<(), Failure> {
    let (Some(user), Some(email)) = (&args.user, &args.email) else {
        return match &args.from {
            Some(path) => enable_many(ctx, args, path).await,
            None => Err(Failure::usage("nobody is named", "give NAME and --email, or --from FILE")),
        };
    };
    let named = Named { user: user.clone(), place: args.place.clone() };
    let call = Call::post(&named.below("enable")).json(&json!({ "email": email }))?;
    let answer = ctx.send(&call).await?;
    changed_user(ctx, &format!("enabled user {user} as {email}"), &answer)
}

async fn enable_many(ctx: &mut Context, args: &Enable, path: &Path) -> Result<(), Failure> {
    let wishes = if path.as_os_str() == "-" {
        read(&mut ctx.tools.input, path)?
    } else {
        let mut file = File::open(path).map_err(|why| unreadable(path, &why.to_string()))?;
        read(&mut file, path)?
    };
    let client = ctx.client()?;
    let progress = Progress::spinner(ctx.screen.shows_progress(), "enabling");
    progress.count_to(wishes.len() as u64);
    let mut results: Vec<Box<RawValue>> = Vec::with_capacity(wishes.len());
    let mut outcome = Ok(());
    for some in wishes.chunks(USERS_PER_CALL) {
        let call =
            Call::post(&["organizations", &args.place.org, "users", "enable"]).json(&json!({ "users": some }))?;
        match client.send(&call).await.and_then(|answer| answer.read::<Results>()) {
            Ok(more) => results.extend(more.results),
            Err(failure) => {
                outcome = Err(failure);
                break;
            }
        }
        some.iter().for_each(|_| progress.step());
    }
    drop(progress);
    let told = tell(ctx, &results, wishes.len());
    if outcome.is_err() {
        ctx.screen.note(&format!(
            "{} of {} were dealt with; running the command again does the rest",
            results.len(),
            counted(wishes.len() as u64, "user", "users")
        ));
    }
    outcome.and(told)
}

/// Shows what became of everybody; a failure when somebody was refused.
fn tell(ctx: &mut Context, results: &[Box<RawValue>], wished: usize) -> Result<(), Failure> {
    if ctx.screen.is_json() {
        let text = serde_json::to_string(&Merged { results }).map_err(|why| not_understood(&why.to_string()))?;
        ctx.screen.json(&text)?;
    }
    let typed: Vec<Enabled> = results
        .iter()
        .map(|result| serde_json::from_str(result.get()))
        .collect::<Result<_, _>>()
        .map_err(|why| not_understood(&why.to_string()))?;
    let number = |outcome: &str| typed.iter().filter(|result| result.outcome == outcome).count() as u64;
    let refused = typed.iter().filter(|result| result.outcome == "refused");
    if !ctx.screen.is_json() {
        let rows: Vec<_> = refused.take(REFUSED_SHOWN_MAX).map(row).collect();
        if !rows.is_empty() {
            ctx.screen.table(&["refused", "field", "reason"], rows)?;
        }
        let enabled = counted(number("enabled"), "user", "users");
        ctx.screen.done(&format!("enabled {enabled}, {} were enabled before", number("unchanged")))?;
    }
    match number("refused") {
        0 => Ok(()),
        some => Err(Failure::not_done(
            format!(
                "{some} of {} {} refused",
                counted(wished as u64, "user", "users"),
                if some == 1 { "was" } else { "were" }
            ),
            "correct these lines and run the command again: users that are enabled stay as they are",
        )),
    }
}

fn row(result: &Enabled) -> Vec<Cell> {
    let problem = result.problem.as_ref();
    vec![
        Cell::from(&result.user),
        Cell::maybe(problem.and_then(|problem| problem.field.as_ref())),
        Cell::maybe(problem.map(|problem| &problem.detail)),
    ]
}

fn read(input: &mut dyn Read, path: &Path) -> Result<Vec<Wish>, Failure> {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).trim(csv::Trim::All).from_reader(input);
    let mut wishes = Vec::new();
    for (place, record) in reader.records().enumerate() {
        let record = record.map_err(|why| unreadable(path, &why.to_string()))?;
        let line = record.position().map_or(0, csv::Position::line);
        let fields: Vec<&str> = record.iter().collect();
        let [user, email] = fields.as_slice() else {
            return Err(unreadable(path, &format!("line {line} has {} fields instead of 2", fields.len())));
        };
        let user = user.trim_start_matches('\u{FEFF}');
        if place == 0 && user.eq_ignore_ascii_case("user") && email.eq_ignore_ascii_case("email") {
            continue;
        }
        wishes.push(Wish { user: user.to_owned(), email: (*email).to_owned() });
    }
    if wishes.is_empty() {
        return Err(unreadable(path, "it names nobody"));
    }
    Ok(wishes)
}

fn unreadable(path: &Path, why: &str) -> Failure {
    Failure::usage(format!("could not read {}: {why}", path.display()), "each line must be USER,EMAIL")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn users(text: &str) -> Result<Vec<(String, String)>, String> {
        read(&mut text.as_bytes(), Path::new("f.csv"))
            .map(|wishes| wishes.into_iter().map(|wish| (wish.user, wish.email)).collect())
            .map_err(|failure| failure.sentence())
    }

    #[test]
    fn a_heading_a_mark_and_spaces_are_passed_over() {
        let expected = Ok(vec![("ada".to_owned(), "ada@x.y".to_owned())]);
        for text in ["ada,ada@x.y", "user,email\r\nada,ada@x.y\r\n", "\u{FEFF}User,Email\n\"ada\", ada@x.y\n"] {
            assert_eq!(users(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_line_that_is_not_a_pair_is_named() {
        let refused = users("ada,ada@x.y\ngrace\n").unwrap_err();
        assert!(refused.contains("line 2 has 1 fields"), "{refused}");
        assert!(users("").is_err());
        assert!(users("user,email\n").is_err());
    }
}
