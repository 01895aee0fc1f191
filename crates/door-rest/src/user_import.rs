//! Importing people from a spreadsheet: the file goes in whole, what becomes of it comes out line by line.

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Query, Request, State};
use axum::response::Response;
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue};
use http_body_util::BodyExt;
use reeve_base::names::DomainName;
use reeve_domain::Error;
use reeve_domain::users::{self, ImportLine, ImportOptions, ImportOutcome, ImportPlan};
use serde::Serialize;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::timeout;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::Answer;
use crate::door::Door;
use crate::extract::{Caller, InPath, need_media_type, refuse_announced, too_large};
use crate::gate::Hold;
use crate::organizations::OrganizationPath;
use crate::problem::{Code, Reason};
use crate::refusals::Refusal;
use crate::stream::{Running, body};
use crate::words::Format;

/// The routes of this resource.
pub(crate) fn routes() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::default().routes(routes!(import_users))
}

/// Lines that wait for their reader: about as many as share a transaction.
const LINES_WAITING_MAX: usize = 256;

/// Domains that one import may map: as many as an organization may have.
const MAPPED_DOMAINS_MAX: usize = reeve_base::limits::DOMAINS_PER_ORGANIZATION_MAX;

/// How an import goes about it.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the query, which is read as pairs, since one of them may come often")]
pub(crate) struct ImportQuery {
    /// Only say what would happen; false when unsaid.
    #[param(example = true)]
    dry_run: Option<bool>,
    /// `old.example:new.example`: addresses of the file at the first go to the second. May be given several times.
    #[param(example = json!(["old.example:acme.mail.test"]))]
    map_domain: Option<Vec<String>>,
}

/// A line of the answer: an object with a `kind`.
#[derive(Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schema(example = json!({
    "kind": "row", "line": 2, "username": "ada", "email": "ada@acme.mail.test", "outcome": "created",
    "user_id": "019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a80", "changes": [], "problem": null
}))]
pub(crate) enum Line {
    /// What the file comes to, before anything is done.
    Plan(PlanLine),
    /// What became of a row, or in a dry run would.
    Row(RowLine),
    /// What was done, when all is done.
    Done(Counts),
    /// The import stopped early; rows that were answered before are done, a rerun does the rest.
    Stopped {
        /// Why it stopped.
        reason: String,
    },
}

/// What the file comes to.
#[derive(Serialize, ToSchema)]
pub(crate) struct PlanLine {
    /// How the file is laid out.
    format: Format,
    /// Rows in it.
    rows: u64,
    /// Users to make.
    create: u64,
    /// Users to change.
    update: u64,
    /// Users who are as the file says.
    unchanged: u64,
    /// Rows that cannot be used.
    refused: u64,
}

/// What became of a row.
#[derive(Serialize, ToSchema)]
pub(crate) struct RowLine {
    /// Its line in the file, from 1.
    line: u64,
    /// The name in it.
    username: Option<String>,
    /// The address in it, after domains were mapped.
    email: Option<String>,
    /// What became of it.
    outcome: RowOutcome,
    /// The user's id, where there is one.
    user_id: Option<String>,
    /// The fields that change.
    changes: Vec<String>,
    /// Why it was refused.
    problem: Option<Reason>,
}

/// What becomes of a row; the first two in a dry run only.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RowOutcome {
    /// A user would be made.
    Create,
    /// A user would be changed.
    Update,
    /// A user was made.
    Created,
    /// A user was changed.
    Updated,
    /// The user is as the row says.
    Unchanged,
    /// The row cannot be used.
    Refused,
}

/// What was done.
#[derive(Serialize, ToSchema)]
pub(crate) struct Counts {
    /// Users made.
    created: u64,
    /// Users changed.
    updated: u64,
    /// Users who are as the file says.
    unchanged: u64,
    /// Rows that cannot be used.
    refused: u64,
}

const EXAMPLE: &str = r#"{"kind":"plan","format":"reeve","rows":1,"create":1,"update":0,"unchanged":0,"refused":0}
{"kind":"row","line":2,"username":"ada","email":"ada@acme.mail.test","outcome":"created","user_id":"019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a80","changes":[],"problem":null}
{"kind":"done","created":1,"updated":0,"unchanged":0,"refused":0}
"#;

/// Import users
///
/// Takes a CSV file with Reeve's own header, that of a Google Workspace bulk-user file or that of a Microsoft 365
/// one. Answers with a plan, a line for each row and a sum, as JSON lines, while it goes. Rows that are there already
/// are updated or left alone, so that a second run changes nothing. Hanging up stops the import after the rows that
/// share a transaction; a rerun does the rest.
#[utoipa::path(
    post, path = "/api/v1/organizations/{organization}/users/import", tag = "Import and export",
    params(OrganizationPath, ImportQuery),
    request_body(
        content = String, content_type = "text/csv", description = "The file in UTF-8, 64 MiB at most.",
        example = json!("username,display_name,email\r\nada,Ada Lovelace,ada@acme.mail.test\r\n"),
    ),
    responses((
        status = 200, description = "One JSON object on each line: a plan, the rows, and what was done.",
        body = Line, content_type = "application/x-ndjson", example = json!(EXAMPLE),
    )),
    extensions(("x-problem-codes" = json!(["organization_state"]))),
)]
pub(crate) async fn import_users(
    State(door): State<Arc<Door>>,
    Caller(ctx): Caller,
    InPath(path): InPath<OrganizationPath>,
    hold: Hold,
    request: Request,
) -> Answer {
    let organization = path.reference()?;
    let options = options(&request)?;
    let dry_run = options.dry_run;
    let permit = Arc::clone(&door.imports)
        .try_acquire_owned()
        .map_err(|_| Refusal::new(Code::Unavailable, "too many imports are in progress; try again when one is done"))?;
    let (parts, upload) = request.into_parts();
    let file = receive(&door, &parts.headers, upload).await?;
    let (running, first) = Running::start(LINES_WAITING_MAX, |lines| async move {
        users::import_users(&ctx, organization, file, options, lines).await
    })
    .await?;
    let state = Importing { running, waiting: first, dry_run, _hold: (hold, permit) };
    let mut response = Response::new(body(state, Importing::step));
    let kind = HeaderValue::from_static("application/x-ndjson");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    Ok(response)
}

fn options(request: &Request) -> Result<ImportOptions, Refusal> {
    let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(request.uri())
        .map_err(|_| Refusal::invalid("query", "cannot be read"))?;
    let mut options = ImportOptions { dry_run: false, map_domains: HashMap::new() };
    let mut dry_run = None;
    for (name, value) in pairs {
        match (name.as_str(), value.as_str()) {
            ("dry_run", "true" | "false") if dry_run.is_none() => dry_run = Some(value == "true"),
            ("dry_run", _) => {
                return Err(Refusal::invalid("dry_run", "must be given once, as true or false"));
            }
            ("map_domain", pair) => {
                let (from, to) = pair.split_once(':').ok_or_else(|| {
                    Refusal::invalid("map_domain", "must be two domains as in old.example:new.example")
                })?;
                let domain = |name: &str| DomainName::parse("map_domain", name);
                if options.map_domains.insert(domain(from)?, domain(to)?).is_some() {
                    return Err(Refusal::invalid("map_domain", "must not map one domain twice"));
                }
            }
            _ => {
                return Err(Refusal::invalid(name, "is not known here; check its spelling, or leave it out"));
            }
        }
    }
    if options.map_domains.len() > MAPPED_DOMAINS_MAX {
        let why = format!("must be given at most {MAPPED_DOMAINS_MAX} times");
        return Err(Refusal::invalid("map_domain", why));
    }
    options.dry_run = dry_run.unwrap_or(false);
    Ok(options)
}

/// Takes the file in, as long as something keeps coming.
async fn receive(door: &Door, headers: &HeaderMap, mut upload: Body) -> Result<Vec<u8>, Refusal> {
    let bytes_max = door.options.roster_bytes_max;
    need_media_type(headers, &["text/csv", "application/csv"])?;
    refuse_announced(headers, bytes_max)?;
    let announced = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    let mut file = Vec::with_capacity(announced.unwrap_or(0).min(bytes_max));
    loop {
        let frame = timeout(door.options.upload_idle_timeout, upload.frame()).await;
        let frame = frame.map_err(|_| Refusal::invalid("body", "stopped coming; send the file again"))?;
        let Some(frame) = frame else { return Ok(file) };
        let frame = frame.map_err(|_| Refusal::invalid("body", "broke off before its end; send it again"))?;
        let Ok(bytes) = frame.into_data() else { continue };
        if file.len().saturating_add(bytes.len()) > bytes_max {
            return Err(too_large(bytes_max));
        }
        file.extend_from_slice(&bytes);
    }
}

/// An import whose lines are being sent.
struct Importing {
    running: Running<ImportLine>,
    waiting: Vec<ImportLine>,
    dry_run: bool,
    _hold: (Hold, OwnedSemaphorePermit),
}

impl Importing {
    /// The next lines; an import that fails says so in a line of its own, since its answer has begun.
    async fn step(mut self) -> Result<Option<(Bytes, Self)>, Error> {
        let mut said = None;
        if self.waiting.is_empty()
            && let Err(error) = self.running.next(&mut self.waiting).await
        {
            if let Error::Internal(why) = &error {
                tracing::error!(error = &**why, "an import failed");
            }
            said = Some(Line::Stopped { reason: error.to_string() });
        }
        let mut text = Vec::new();
        let lines: Vec<_> = self.waiting.drain(..).map(|line| self::line(line, self.dry_run)).collect();
        for line in lines.iter().chain(&said) {
            serde_json::to_writer(&mut text, line)
                .map_err(|why| Error::Internal(Arc::from(format!("could not write a line: {why}"))))?;
            text.push(b'\n');
        }
        Ok((!text.is_empty()).then(|| (Bytes::from(text), self)))
    }
}

fn line(line: ImportLine, dry_run: bool) -> Line {
    match line {
        ImportLine::Plan { format, plan } => {
            let ImportPlan { create, update, unchanged, refused } = plan;
            let rows = create + update + unchanged + refused;
            Line::Plan(PlanLine { format: format.into(), rows, create, update, unchanged, refused })
        }
        ImportLine::Row(row) => {
            let (outcome, user_id, changes, problem) = outcome(row.outcome, dry_run);
            let (line, username, email) = (row.line, row.username, row.email);
            Line::Row(RowLine { line, username, email, outcome, user_id, changes, problem })
        }
        ImportLine::Done(plan) => Line::Done(Counts {
            created: plan.create,
            updated: plan.update,
            unchanged: plan.unchanged,
            refused: plan.refused,
        }),
    }
}

type Outcome = (RowOutcome, Option<String>, Vec<String>, Option<Reason>);

fn outcome(outcome: ImportOutcome, dry_run: bool) -> Outcome {
    match (outcome, dry_run) {
        (ImportOutcome::Create { user_id }, true) => (RowOutcome::Create, user_id, Vec::new(), None),
        (ImportOutcome::Create { user_id }, false) => (RowOutcome::Created, user_id, Vec::new(), None),
        (ImportOutcome::Update { user_id, changes }, true) => (RowOutcome::Update, Some(user_id), changes, None),
        (ImportOutcome::Update { user_id, changes }, false) => (RowOutcome::Updated, Some(user_id), changes, None),
        (ImportOutcome::Unchanged { user_id }, _) => (RowOutcome::Unchanged, Some(user_id), Vec::new(), None),
        (ImportOutcome::Refused(error), _) => (RowOutcome::Refused, None, Vec::new(), Some(error.into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(query: &str) -> Result<(bool, usize), Option<String>> {
        let request = Request::post(format!("/x?{query}")).body(Body::empty()).unwrap();
        options(&request)
            .map(|options| (options.dry_run, options.map_domains.len()))
            .map_err(|refusal| refusal.field.map(std::borrow::Cow::into_owned))
    }

    #[test]
    fn the_query_of_an_import_is_read_strictly() {
        assert_eq!(parse(""), Ok((false, 0)));
        assert_eq!(parse("dry_run=true&map_domain=a.example:b.example&map_domain=c.example:b.example"), Ok((true, 2)));
        for (query, field) in [
            ("dry_run=yes", "dry_run"),
            ("dry_run=true&dry_run=true", "dry_run"),
            ("map_domain=a.example", "map_domain"),
            ("map_domain=a.example:", "map_domain"),
            ("map_domain=a.example:b.example&map_domain=A.example:c.example", "map_domain"),
            ("dryrun=true", "dryrun"),
        ] {
            assert_eq!(parse(query), Err(Some(field.to_owned())), "{query}");
        }
    }
}
