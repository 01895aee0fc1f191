//! The regions in which an account has organizations.

use std::sync::Arc;

use reeve_domain::organizations;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::{Answer, ok};
use crate::door::Door;
use crate::extract::Caller;
use crate::list::Items;

/// The routes of this resource.
pub(crate) fn routes() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::default().routes(routes!(list_regions))
}

/// A region.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Region {
    /// Name, as in ARNs.
    #[schema(example = "us-east-1")]
    region: String,
    /// Whether it is the one that is served and that new organizations belong to.
    #[schema(example = true)]
    current: bool,
}

/// List regions
///
/// The regions in which the account has organizations, and the one that is served.
#[utoipa::path(
    get, path = "/api/v1/regions", tag = "Organizations",
    responses((status = 200, description = "The regions.", body = Items<Region>)),
)]
pub(crate) async fn list_regions(Caller(ctx): Caller) -> Answer {
    let regions = organizations::list_regions(&ctx).await?;
    let items = regions.into_iter().map(|r| Region { region: r.name, current: r.current }).collect();
    ok(&Items { items })
}
