//! Accounts of the deployment; for its operator only.

use std::sync::Arc;

use http::StatusCode;
use reeve_base::Secret;
use reeve_base::names::{EmailAddress, ProfileText, Title};
use reeve_base::secret::ExposeSecret;
use reeve_domain::accounts::{self, NewAccount as NewDomainAccount};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::administrator::Administrator;
use crate::answer::{Answer, json, ok, replayed};
use crate::document::IdempotencyKey;
use crate::door::Door;
use crate::extract::{Caller, ClientTokenInBody, InQuery, Keyed};
use crate::list::{List, page};
use crate::refusals::Refusal;

/// The routes of this resource.
pub(crate) fn routes() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::default().routes(routes!(list_accounts, create_account))
}

/// A customer of the deployment.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Account {
    /// Id: 12 digits, as in ARNs.
    #[schema(example = "123456789012")]
    account_id: String,
    /// Name.
    #[schema(example = "Acme Ltd")]
    name: String,
    /// When it was made.
    #[schema(format = DateTime)]
    created_at: String,
}

impl From<accounts::Account> for Account {
    fn from(account: accounts::Account) -> Self {
        Self { account_id: account.id.to_string(), name: account.name, created_at: account.created_at.to_rfc3339() }
    }
}

/// Which accounts are asked for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AccountsQuery {
    /// Items of a page at most; 50 when unsaid.
    #[param(minimum = 1, maximum = 1000, example = 50)]
    limit: Option<usize>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List accounts
///
/// Every account of the deployment, by id.
#[utoipa::path(
    get, path = "/api/v1/accounts", tag = "Accounts", params(AccountsQuery),
    responses((status = 200, description = "A page of accounts.", body = List<Account>)),
)]
pub(crate) async fn list_accounts(Caller(ctx): Caller, InQuery(query): InQuery<AccountsQuery>) -> Answer {
    let page = accounts::list_accounts(&ctx, page(query.limit, query.cursor)).await?;
    ok(&List::of(page, Account::from))
}

/// An account that is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "Acme Ltd",
    "administrator": {"username": "root@acme.example", "generate_password": true, "first_name": "Grace"}
}))]
pub(crate) struct NewAccount {
    /// Name, for people to read.
    #[schema(min_length = 1, max_length = 256, example = "Acme Ltd")]
    name: String,
    /// Its first administrator, who may do everything in it.
    administrator: NewAdministrator,
}

/// The first administrator of an account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewAdministrator {
    /// Username, an e-mail address; unique in the deployment, never changes.
    #[schema(min_length = 1, max_length = 254, example = "root@acme.example")]
    username: String,
    /// Password; one is made up when it is not given.
    #[schema(max_length = 1024, format = Password, example = "correct horse battery staple")]
    password: Option<String>,
    /// Asks for a password to be made up; excludes `password`.
    generate_password: Option<bool>,
    /// First name.
    #[schema(max_length = 256, example = "Grace")]
    first_name: Option<String>,
    /// Last name.
    #[schema(max_length = 256, example = "Hopper")]
    last_name: Option<String>,
}

/// An account that was made.
#[derive(Serialize, ToSchema)]
pub(crate) struct CreatedAccount {
    /// Id: 12 digits, as in ARNs.
    #[schema(example = "123456789012")]
    account_id: String,
    /// Name.
    #[schema(example = "Acme Ltd")]
    name: String,
    /// When it was made.
    #[schema(format = DateTime)]
    created_at: String,
    /// Its first administrator.
    administrator: Administrator,
    /// Their password, when it was made up; shown this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, example = "Lantern-Copper-Meadow-48")]
    password: Option<String>,
}

/// Create an account
///
/// Makes an account and its first administrator. A password that was made up is shown this once. A retry with the same `Idempotency-Key` shows what the first try
/// made, without the password.
#[utoipa::path(
    post, path = "/api/v1/accounts", tag = "Accounts", params(IdempotencyKey),
    request_body = NewAccount,
    responses((status = 201, description = "The account was made.", body = CreatedAccount)),
    extensions(("x-problem-codes" = json!(["name_taken", "password_refused"]))),
)]
pub(crate) async fn create_account(Keyed(ctx, body): Keyed<NewAccount>) -> Answer {
    let created = accounts::create_account(&ctx, body.parse()?).await?;
    let account = Account::from(created.account);
    let answer = CreatedAccount {
        account_id: account.account_id,
        name: account.name,
        created_at: account.created_at,
        administrator: created.administrator.into(),
        password: created.password.map(|password| password.expose_secret().to_owned()),
    };
    Ok(replayed(json(StatusCode::CREATED, &answer)?, created.replayed))
}

impl ClientTokenInBody for NewAccount {}

impl NewAccount {
    fn parse(self) -> Result<NewDomainAccount, Refusal> {
        let administrator = self.administrator;
        if administrator.password.is_some() && administrator.generate_password == Some(true) {
            let why = "cannot be given when one is to be made up; leave one of the two out";
            return Err(Refusal::invalid("administrator.password", why));
        }
        let text = |field, text: Option<String>| ProfileText::parse(field, &text.unwrap_or_default());
        Ok(NewDomainAccount {
            name: Title::parse("name", &self.name)?,
            username: EmailAddress::parse("username", &administrator.username)?,
            first_name: text("first_name", administrator.first_name)?,
            last_name: text("last_name", administrator.last_name)?,
            password: administrator.password.map(Secret::from),
        })
    }
}
