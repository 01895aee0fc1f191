//! Exporting people to a spreadsheet, in pieces as they are read.

use std::sync::Arc;

use axum::response::Response;
use bytes::Bytes;
use http::HeaderValue;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use reeve_domain::Error;
use reeve_domain::users;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::Answer;
use crate::door::Door;
use crate::extract::{Caller, InPath, InQuery};
use crate::gate::Hold;
use crate::organizations::OrganizationPath;
use crate::stream::{Running, body, disposition};
use crate::words::Format;

/// The routes of this resource.
pub(crate) fn routes() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::default().routes(routes!(export_users))
}

/// Pieces that wait for their reader: each holds some 100 kB.
const PIECES_WAITING_MAX: usize = 4;

/// How a list of people is written.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ExportQuery {
    /// Whose columns to write; `reeve` when unsaid.
    #[param(inline)]
    format: Option<Format>,
}

/// Export users
///
/// Every user but the system's own as CSV, by username, in a form that an import reads. Passwords and their hashes are
/// never written.
#[utoipa::path(
    get, path = "/api/v1/organizations/{organization}/users/export", tag = "Import and export",
    params(OrganizationPath, ExportQuery),
    responses((
        status = 200, description = "The file.", body = String, content_type = "text/csv",
        headers(("Content-Disposition" = String, description = "A name for the file.")),
        example = json!("username,display_name,email\r\nada,Ada Lovelace,ada@acme.mail.test\r\n"),
    )),
    extensions(("x-problem-codes" = json!(["organization_state"]))),
)]
pub(crate) async fn export_users(
    Caller(ctx): Caller,
    InPath(path): InPath<OrganizationPath>,
    InQuery(query): InQuery<ExportQuery>,
    hold: Hold,
) -> Answer {
    let organization = path.reference()?;
    let format = query.format.unwrap_or(Format::Native).into();
    let (running, first) = Running::start(PIECES_WAITING_MAX, |pieces| async move {
        users::export_users(&ctx, organization, format, pieces).await
    })
    .await?;
    let state = Exporting { running, waiting: first, _hold: hold };
    let mut response = Response::new(body(state, Exporting::step));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    headers.insert(CONTENT_DISPOSITION, disposition("users", path.name(), "csv")?);
    Ok(response)
}

/// An export whose pieces are being sent.
struct Exporting {
    running: Running<Vec<u8>>,
    waiting: Vec<Vec<u8>>,
    _hold: Hold,
}

impl Exporting {
    /// The next pieces; an export that fails breaks off, so that half a file is not taken for a whole one.
    async fn step(mut self) -> Result<Option<(Bytes, Self)>, Error> {
        if self.waiting.is_empty() {
            let went = self.running.next(&mut self.waiting).await;
            went.inspect_err(|error| match error {
                Error::Internal(why) => tracing::error!(error = &**why, "an export failed"),
                other => tracing::warn!(error = %other, "an export was broken off"),
            })?;
        }
        let piece = self.waiting.drain(..).reduce(|mut all, piece| {
            all.extend_from_slice(&piece);
            all
        });
        Ok(piece.map(|piece| (Bytes::from(piece), self)))
    }
}
