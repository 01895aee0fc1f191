//! REST under `/api/v1`: parses, authenticates, calls exactly one operation, translates the answer.
//!
//! Holds no rule, no SQL and no check of role or tenant: those are the domain's. Wire types live here, one file for
//! each resource, and the OpenAPI document is generated from them. Every answer, also to what axum or this door
//! refuses, is JSON with a request id; every refusal is `application/problem+json` (RFC 9457).

mod access_control_rules;
mod access_keys;
mod account;
mod accounts;
mod administrator;
mod administrator_secrets;
mod administrators;
mod answer;
mod availability;
mod conditions;
mod credentials;
mod directories;
mod dns_providers;
mod document;
mod door;
mod encryption_keys;
mod entities;
mod entity;
mod event_export;
mod events;
mod examples;
mod extract;
mod gate;
mod group;
mod group_addresses;
mod group_members;
mod group_states;
mod groups;
mod holds;
mod hosted_zones;
mod identity_center_applications;
mod identity_provider;
mod impersonation_roles;
mod jobs;
mod list;
mod mail_domains;
mod mail_settings;
mod mailbox_permissions;
mod mailboxes;
mod meters;
mod mobile_device_overrides;
mod mobile_device_rules;
mod names;
mod options;
mod organization_conditions;
mod organization_key;
mod organization_tags;
mod organizations;
mod personal_access_tokens;
mod policies;
mod policy;
mod policy_checks;
mod policy_holders;
mod problem;
mod profile;
mod refusals;
mod regions;
mod resource;
mod resource_addresses;
mod resource_delegates;
mod resource_states;
mod resources;
mod retention_policy;
mod rules;
mod second_factors;
mod session;
mod sessions;
mod stream;
mod tries;
mod user;
mod user_addresses;
mod user_export;
mod user_import;
mod user_passwords;
mod user_states;
mod users;
mod words;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use reeve_domain::Deployment;

pub use options::{
    CONCURRENCY_MAX, IMPORTS_MAX, JSON_BYTES_MAX, REQUEST_TIMEOUT, REQUESTS_PER_SECOND, ROSTER_BYTES_MAX, RestOptions,
    SIGN_INS_PER_SECOND, UPLOAD_IDLE_TIMEOUT,
};

use door::Door;
use utoipa_axum::router::OpenApiRouter;

/// Everything under `/api/v1`; whatever else is asked for is answered with a problem of status 404.
pub fn router(deployment: Arc<Deployment>, options: RestOptions) -> Router {
    let (routes, document) = routes().split_for_parts();
    let door = Arc::new(Door::new(deployment, options, &document));
    routes.fallback(gate::unknown_route).layer(from_fn_with_state(Arc::clone(&door), gate::pass)).with_state(door)
}

/// The OpenAPI 3.1 document of this door, the same text for the same code.
pub fn openapi() -> String {
    document::text(routes().into_openapi())
}

fn routes() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::with_openapi(document::frame())
        .merge(document::routes())
        .merge(sessions::routes())
        .merge(session::routes())
        .merge(second_factors::routes())
        .merge(accounts::routes())
        .merge(account::routes())
        .merge(administrators::routes())
        .merge(administrator_secrets::routes())
        .merge(access_keys::routes())
        .merge(policies::routes())
        .merge(policy_holders::routes())
        .merge(policy_checks::routes())
        .merge(regions::routes())
        .merge(organizations::routes())
        .merge(organization_conditions::routes())
        .merge(mail_domains::routes())
        .merge(dns_providers::routes())
        .merge(hosted_zones::routes())
        .merge(directories::routes())
        .merge(users::routes())
        .merge(user_states::routes())
        .merge(user_passwords::routes())
        .merge(user_addresses::routes())
        .merge(user_import::routes())
        .merge(user_export::routes())
        .merge(groups::routes())
        .merge(group_states::routes())
        .merge(group_addresses::routes())
        .merge(group_members::routes())
        .merge(resources::routes())
        .merge(resource_states::routes())
        .merge(resource_addresses::routes())
        .merge(resource_delegates::routes())
        .merge(entities::routes())
        .merge(mailboxes::routes())
        .merge(mailbox_permissions::routes())
        .merge(access_control_rules::routes())
        .merge(mobile_device_rules::routes())
        .merge(mobile_device_overrides::routes())
        .merge(impersonation_roles::routes())
        .merge(organization_tags::routes())
        .merge(retention_policy::routes())
        .merge(mail_settings::routes())
        .merge(availability::routes())
        .merge(identity_provider::routes())
        .merge(identity_center_applications::routes())
        .merge(personal_access_tokens::routes())
        .merge(holds::routes())
        .merge(encryption_keys::routes())
        .merge(organization_key::routes())
        .merge(jobs::routes())
        .merge(events::routes())
        .merge(event_export::routes())
}
