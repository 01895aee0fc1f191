//! The OpenAPI document: what the code cannot say of itself is added here, the same way for every operation.
//!
//! Each handler names, in `x-problem-codes`, what only it can answer; what follows from its parameters and its body
//! is added here, and each code becomes an answer of its status with an example. The document is the same text for
//! the same code, so that the committed copy can be compared.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, OnceLock};

use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::HeaderValue;
use http::header::CONTENT_TYPE;
use reeve_domain::operations::{self, Reach};
use serde_json::json;
use utoipa::openapi::example::{Example, ExampleBuilder};
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ArrayItems, ObjectBuilder, Schema, SchemaType, Type};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    Components, ContentBuilder, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, PathItem, Ref, RefOr, Required,
    Response as Described, ResponseBuilder,
};
use utoipa::{IntoParams, PartialSchema, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::credentials::SESSION_COOKIE;
use crate::door::Door;
use crate::examples;
use crate::problem::{Code, Problem};

/// The operation that gives this document; the only one that the domain does not know.
pub(crate) const DOCUMENT_OPERATION: &str = "openapi";

/// Where a handler names the codes that only it can answer.
const CODES: &str = "x-problem-codes";

/// The routes of the document itself.
pub(crate) fn routes() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::default().routes(routes!(openapi))
}

/// Makes a retry find what the first try made.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "describes a header, which is read where it is needed")]
pub(crate) struct IdempotencyKey {
    /// 1 to 128 printable ASCII characters of the caller's choice. A retry with the same key and the same request
    /// answers with what the first made, and `Idempotent-Replayed: true`; another request with the same key is
    /// refused. Keys are kept for a week.
    #[param(
        rename = "Idempotency-Key",
        min_length = 1,
        max_length = 128,
        pattern = "^[\\x20-\\x7e]+$",
        example = "5f7c1d0e-4d1b"
    )]
    idempotency_key: Option<String>,
}

/// Lets a change happen only to the version that the caller has seen.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "describes a header, which is read where it is needed")]
pub(crate) struct IfMatch {
    /// The `ETag` that the caller has seen: the request is refused when the version is another now.
    #[param(rename = "If-Match", pattern = "^(\\*|\"[0-9]{1,18}\")$", example = "\"3\"")]
    if_match: Option<String>,
}

/// Spares the answer to a caller who has it already.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "describes a header, which is read where it is needed")]
pub(crate) struct IfNoneMatch {
    /// The `ETag` that the caller has: the answer is 304 without content when the version is still the same.
    #[param(rename = "If-None-Match", example = "\"3\"")]
    if_none_match: Option<String>,
}

/// Show this document
///
/// The OpenAPI 3.1 description of this door, generated from its code.
#[utoipa::path(
    get, path = "/api/v1/openapi.json", tag = "Document", security(()),
    responses((status = 200, description = "The document.", body = Object)),
)]
pub(crate) async fn openapi() -> Response {
    static TEXT: OnceLock<Bytes> = OnceLock::new();
    let text = TEXT.get_or_init(|| Bytes::from(crate::openapi())).clone();
    ([(CONTENT_TYPE, HeaderValue::from_static("application/json"))], text).into_response()
}

/// The document before any route is in it.
pub(crate) fn frame() -> OpenApi {
    let cookie = ApiKeyValue::with_description(
        SESSION_COOKIE,
        "The session cookie of the console. A change needs a matching Origin, or Sec-Fetch-Site: same-origin.",
    );
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("The token of a session that was begun with transport `bearer`."))
        .build();
    let basic = HttpBuilder::new()
        .scheme(HttpAuthScheme::Basic)
        .description(Some(
            "A username and its API password, or the id of an access key and its secret, in UTF-8 (RFC 7617); for \
             administrators with API access.",
        ))
        .build();
    let mut components = Components::new();
    components.add_security_scheme("basicAuth", SecurityScheme::Http(basic));
    components.add_security_scheme("cookieAuth", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    components.add_security_scheme("bearerAuth", SecurityScheme::Http(bearer));
    components.schemas.insert(Problem::name().into_owned(), Problem::schema());
    for (name, description) in HEADERS {
        components.headers.insert(name.to_owned(), RefOr::T(header(description)));
    }
    for code in Code::ALL {
        components.examples.insert(code.word().to_owned(), RefOr::T(example(*code)));
    }
    let info = InfoBuilder::new()
        .title("Reeve")
        .version("1")
        .description(Some(include_str!("document.md")))
        .license(Some(LicenseBuilder::new().name("Apache-2.0").identifier(Some("Apache-2.0")).build()))
        .build();
    let either = ["cookieAuth", "bearerAuth", "basicAuth"]
        .map(|scheme| SecurityRequirement::new(scheme, std::iter::empty::<String>()));
    OpenApiBuilder::new()
        .info(info)
        .components(Some(components))
        .security(Some(either))
        .tags(Some(
            TAGS.iter().map(|tag| TagBuilder::new().name(tag.0).description(Some(tag.1)).build()).collect::<Vec<_>>(),
        ))
        .build()
}

const REQUEST_ID: &str = "Reeve-Request-Id";
const REPLAYED: &str = "Idempotent-Replayed";
const AUTHENTICATE: &str = "WWW-Authenticate";
const RETRY_AFTER: &str = "Retry-After";

const HEADERS: [(&str, &str); 4] = [
    (REQUEST_ID, "Names the request in logs and events."),
    (REPLAYED, "`true` when an earlier request with the same Idempotency-Key made it."),
    (AUTHENTICATE, "How to authenticate: `Bearer` or `Basic`, or how fresh a sign-in must be (RFC 9470)."),
    (RETRY_AFTER, "Seconds to wait before trying again."),
];

const TAGS: &[(&str, &str)] = &[
    ("Sessions", "Signing in, signing out, and who one is."),
    ("Second factors", "What one proves besides a password."),
    ("Accounts", "The customers of the deployment, for its operator, and the caller's own."),
    ("Administrators", "Who may use the console and the APIs."),
    ("API credentials", "API passwords and access keys of administrators, for programs."),
    ("Policies", "What general administrators may do, and how far a credential reaches."),
    ("Organizations", "Mail tenants: asking for one, watching its states, letting it go."),
    ("Domains", "Mail domains of an organization."),
    ("Directories", "Where users live, and what is demanded of their passwords."),
    ("Users", "People of an organization."),
    ("Passwords", "Passwords of users."),
    ("Groups", "Several users under one address, and groups of groups."),
    ("Resources", "Rooms and equipment, and who answers for them."),
    ("Addresses", "Primary addresses and aliases of users, groups and resources."),
    ("Mailboxes", "What mailboxes may hold, and who may act for whom."),
    ("Access control", "Who may reach mailboxes over which protocol and from where."),
    ("Mobile devices", "Which mobile devices may synchronize."),
    ("Impersonation", "By which programs act as users."),
    ("Mail settings", "How long mail is kept, and how it is handled."),
    ("Availability", "Where the free and busy times of other systems are asked for."),
    ("Identity providers", "By whom else users prove who they are."),
    ("Personal access tokens", "Passwords of users for one mail client each."),
    ("Holds", "What is held back of who is gone."),
    ("Import and export", "People as spreadsheets."),
    ("Jobs", "Background work."),
    ("Events", "The audit trail."),
    ("Document", "What you are reading."),
];

/// The finished document as text.
pub(crate) fn text(mut document: OpenApi) -> String {
    let components = document.components.clone().unwrap_or_default();
    for (path, item) in &mut document.paths.paths {
        for operation in operations(item) {
            finish(path, operation, &components);
        }
    }
    if let Some(components) = &mut document.components {
        refer_to_items(components);
    }
    // A value that was just put together from texts can always be written.
    let mut text = document.to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}

/// What each operation is called, by its id.
pub(crate) fn summaries() -> HashMap<String, String> {
    let mut document = crate::routes().into_openapi();
    let all = document.paths.paths.values_mut().flat_map(operations);
    all.filter_map(|operation| operation.operation_id.clone().zip(operation.summary.clone())).collect()
}

/// Lets lists refer to their items, which the generator repeats in each.
fn refer_to_items(components: &mut Components) {
    let known: BTreeSet<String> = components.schemas.keys().cloned().collect();
    for (name, schema) in &mut components.schemas {
        let item = name.split_once('_').map(|(_, item)| item).filter(|item| known.contains(*item));
        if let (Some(item), RefOr::T(Schema::Object(list))) = (item, schema)
            && let Some(RefOr::T(Schema::Array(items))) = list.properties.get_mut("items")
        {
            items.items = ArrayItems::RefOrSchema(Box::new(RefOr::Ref(Ref::from_schema_name(item))));
        }
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete]
        .into_iter()
        .filter_map(Option::as_mut)
}

fn finish(path: &str, operation: &mut Operation, components: &Components) {
    let codes = codes(path, operation);
    if codes.contains(&Code::Unauthenticated) {
        operation.parameters.get_or_insert_default().push(RefOr::T(account_header()));
    }
    let words: Vec<_> = codes.iter().map(|code| code.word()).collect();
    operation.extensions = Some(Extensions::from_iter([(CODES.to_owned(), json!(words))]));
    add_refusals(operation, &codes);
    if takes(operation, "If-None-Match") {
        let unchanged = ResponseBuilder::new().description("The caller has this version already.");
        operation.responses.responses.insert("304".to_owned(), RefOr::T(unchanged.build()));
    }
    for parameter in operation.parameters.iter_mut().flatten() {
        if let RefOr::T(Parameter { schema: Some(schema), .. }) = parameter {
            without_null(schema);
        }
    }
    let keyed = takes(operation, "Idempotency-Key");
    for (status, response) in &mut operation.responses.responses {
        let RefOr::T(response) = response else { continue };
        if keyed && status.starts_with('2') {
            add_header(response, REPLAYED);
        }
        add_header(response, REQUEST_ID);
        for (kind, content) in &mut response.content {
            let RefOr::T(content) = content else { continue };
            if content.example.is_none() && kind == "application/json" {
                content.example = content.schema.as_ref().map(|schema| examples::of(schema, components));
            }
        }
    }
    if let Some(RefOr::T(body)) = &mut operation.request_body {
        body.required = Some(Required::True);
        for content in body.content.values_mut() {
            let RefOr::T(content) = content else { continue };
            if content.example.is_none() {
                content.example = content.schema.as_ref().map(|schema| examples::of(schema, components));
            }
        }
    }
}

/// A parameter is there or not; unlike a member of an object it is never null.
fn without_null(schema: &mut RefOr<Schema>) {
    match schema {
        RefOr::T(Schema::Object(object)) => {
            if let SchemaType::Array(kinds) = &object.schema_type
                && let Some(kind) = kinds.iter().find(|kind| **kind != Type::Null)
            {
                object.schema_type = SchemaType::Type(kind.clone());
            }
        }
        RefOr::T(Schema::Array(array)) => {
            array.schema_type = SchemaType::Type(Type::Array);
        }
        RefOr::T(Schema::OneOf(one)) => {
            let is_null = |item: &RefOr<Schema>| matches!(item, RefOr::T(Schema::Object(object)) if object.schema_type == SchemaType::Type(Type::Null));
            if let Some(item) = one.items.iter().find(|item| !is_null(item)) {
                *schema = item.clone();
            }
        }
        _ => {}
    }
}

/// Every code that an operation can answer: what it names itself, and what follows from what it takes.
fn codes(path: &str, operation: &Operation) -> BTreeSet<Code> {
    let own = operation.extensions.as_ref().and_then(|extensions| extensions.get(CODES)?.as_array());
    let own = own.into_iter().flatten().filter_map(|word| Code::of_word(word.as_str()?));
    let mut codes: BTreeSet<Code> = own.collect();
    codes.extend([Code::Invalid, Code::Internal, Code::Unavailable]);
    if operation.operation_id.as_deref() == Some(DOCUMENT_OPERATION) {
        return codes;
    }
    codes.extend([Code::Denied, Code::Throttled]);
    codes.extend(by_reach(operation));
    if path.contains('{') {
        codes.insert(Code::NotFound);
    }
    if operation.request_body.is_some() {
        codes.extend([Code::PayloadTooLarge, Code::UnsupportedMediaType]);
    }
    if takes(operation, "If-Match") {
        codes.insert(Code::VersionMismatch);
    }
    if takes(operation, "Idempotency-Key") {
        codes.insert(Code::Conflict);
    }
    codes
}

/// The codes that follow from who can reach an operation at all.
fn by_reach(operation: &Operation) -> Vec<Code> {
    let name = operation.operation_id.as_deref().unwrap_or_default();
    let Some(operation) = operations::Operation::named(name) else { return Vec::new() };
    if operation.reach == Reach::Anyone {
        return Vec::new();
    }
    // Whoever may name an account may name one that is not there.
    let mut codes = vec![Code::Unauthenticated, Code::NotFound];
    if operation.fresh {
        codes.push(Code::ReauthenticationRequired);
    }
    if operation.reach != Reach::Own {
        codes.push(Code::SecondFactorEnrolmentRequired);
    }
    codes
}

fn takes(operation: &Operation, header: &str) -> bool {
    let mut parameters = operation.parameters.iter().flatten();
    parameters.any(|parameter| match parameter {
        RefOr::T(parameter) => parameter.parameter_in == ParameterIn::Header && parameter.name == header,
        RefOr::Ref(_) => false,
    })
}

fn account_header() -> Parameter {
    let digits = ObjectBuilder::new().schema_type(Type::String).pattern(Some("^[0-9]{12}$")).build();
    ParameterBuilder::new()
        .name("Reeve-Account")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(
            "The account that the operator asks about, over the local socket of a deployment that has several. A \
             session is for one account, and another is refused.",
        ))
        .schema(Some(digits))
        .build()
}

fn add_refusals(operation: &mut Operation, codes: &BTreeSet<Code>) {
    let mut by_status: BTreeMap<u16, Vec<Code>> = BTreeMap::new();
    for code in codes {
        by_status.entry(code.status().as_u16()).or_default().push(*code);
    }
    for (status, codes) in by_status {
        let titles: Vec<_> = codes.iter().map(|code| format!("`{}`: {}.", code.word(), code.title())).collect();
        let examples = codes.iter().map(|code| {
            let place = format!("#/components/examples/{}", code.word());
            (code.word(), RefOr::<Example>::Ref(Ref::new(place)))
        });
        let content = ContentBuilder::new()
            .schema(Some(RefOr::<Schema>::Ref(Ref::from_schema_name(Problem::name()))))
            .examples_from_iter(examples)
            .build();
        let mut response =
            ResponseBuilder::new().description(titles.join(" ")).content("application/problem+json", content).build();
        match status {
            401 => add_header(&mut response, AUTHENTICATE),
            429 | 503 => add_header(&mut response, RETRY_AFTER),
            _ => {}
        }
        operation.responses.responses.insert(status.to_string(), RefOr::T(response));
    }
}

fn example(code: Code) -> Example {
    let value = json!({
        "type": code.urn(),
        "title": code.title(),
        "status": code.status().as_u16(),
        "detail": "a sentence that says what happened, and what to do about it",
        "code": code.word(),
        "request_id": "019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a80",
    });
    ExampleBuilder::new().summary(code.title()).value(Some(value)).build()
}

fn header(description: &str) -> Header {
    let text = ObjectBuilder::new().schema_type(Type::String).build();
    HeaderBuilder::new().schema(Some(text)).description(Some(description)).build()
}

fn add_header(response: &mut Described, name: &str) {
    let place = Ref::new(format!("#/components/headers/{name}"));
    response.headers.insert(name.to_owned(), RefOr::Ref(place));
}
