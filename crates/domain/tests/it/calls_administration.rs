//! One call of every operation of administration, beside those on organizations and their people.

use reeve_base::ids::{AccessKeyId, PasskeyId, SessionId};
use reeve_domain::accounts::{self, AccountEdit};
use reeve_domain::administrators::{
    self, AccessKeyEdit, AdministratorEdit, AdministratorFilter, ApiAccess, ApiPasswordChange, Proof,
};
use reeve_domain::ctx::AdministratorRole;
use reeve_domain::policies::{self, NewPolicy, PolicyEdit, Question, Rights};
use reeve_domain::{Ctx, Error, second_factors};
use serde_json::json;

use crate::harness::{OTHER_PASSWORD, PASSWORD, World, first, secret, text};
use crate::people::{API_PASSWORD, new_administrator, new_key, policy, title, who};

/// An administrator to ask about, with everything one can have.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) username: String,
    pub(crate) key: AccessKeyId,
    /// A policy that nobody has.
    pub(crate) policy: String,
    /// An organization of the same account.
    pub(crate) organization: String,
}

/// Adds the administrator, a policy of their name, and an access key.
pub(crate) async fn person(world: &World, alias: &str) -> Person {
    let username = format!("target@{alias}.example");
    let new = new_administrator(&username, AdministratorRole::General);
    administrators::add_administrator(&world.operator, new).await.unwrap();
    let key = world.give_key(&username).await.key.id;
    let policy = format!("policy of {alias}");
    policies::create_policy(&world.operator, new_policy(&policy)).await.unwrap();
    policies::attach_policy(&world.operator, crate::people::policy("auditor"), who(&username), Vec::new())
        .await
        .unwrap();
    Person { username, key, policy, organization: alias.to_owned() }
}

pub(crate) const CEDAR: &str = "permit (principal, action in [Action::\"user:read\"], resource);";

pub(crate) fn new_policy(name: &str) -> NewPolicy {
    NewPolicy { name: title(name), description: text(""), rights: Rights::Cedar(CEDAR.to_owned()) }
}

/// Calls an operation on oneself: one's session, password and second factors.
pub(crate) async fn call_on_oneself(name: &str, ctx: &Ctx) -> Option<Result<(), Error>> {
    let password = || secret(PASSWORD);
    let challenge = || secret("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    Some(match name {
        "complete_sign_in" => {
            administrators::complete_sign_in(ctx, challenge(), Proof::Code(secret("123456"))).await.map(drop)
        }
        "list_sessions" => administrators::list_sessions(ctx, first(10)).await.map(drop),
        "reauthenticate" => administrators::reauthenticate(ctx, password(), None).await.map(drop),
        "change_password" => administrators::change_password(ctx, password(), secret(OTHER_PASSWORD)).await.map(drop),
        "end_session" => {
            let id: SessionId = "019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a80".parse().unwrap();
            administrators::end_session(ctx, id).await
        }
        "end_other_sessions" => administrators::end_other_sessions(ctx).await.map(drop),
        "list_second_factors" => second_factors::list_second_factors(ctx).await.map(drop),
        "begin_totp" => second_factors::begin_totp(ctx).await.map(drop),
        "confirm_totp" => second_factors::confirm_totp(ctx, challenge(), secret("123456")).await.map(drop),
        "remove_totp" => second_factors::remove_totp(ctx).await,
        "begin_passkey" => second_factors::begin_passkey(ctx).await.map(drop),
        "confirm_passkey" => {
            second_factors::confirm_passkey(ctx, challenge(), title("laptop"), json!({})).await.map(drop)
        }
        "remove_passkey" => {
            let id: PasskeyId = "019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a80".parse().unwrap();
            second_factors::remove_passkey(ctx, id).await
        }
        "make_recovery_codes" => second_factors::make_recovery_codes(ctx).await.map(drop),
        _ => return None,
    })
}

/// Calls an operation on the account or an administrator.
pub(crate) async fn call_on_person(name: &str, ctx: &Ctx, person: &Person, fresh: &str) -> Option<Result<(), Error>> {
    let target = || who(&person.username);
    Some(match name {
        "show_account" => accounts::show_account(ctx).await.map(drop),
        "edit_account" => {
            let edit = AccountEdit { event_retention_days: Some(400), ..AccountEdit::default() };
            accounts::edit_account(ctx, edit).await.map(drop)
        }
        "add_administrator" => {
            let new = new_administrator(&format!("new@{fresh}.example"), AdministratorRole::General);
            administrators::add_administrator(ctx, new).await.map(drop)
        }
        "list_administrators" => {
            administrators::list_administrators(ctx, AdministratorFilter::default(), first(10)).await.map(drop)
        }
        "show_administrator" => administrators::show_administrator(ctx, target()).await.map(drop),
        "edit_administrator" => {
            let edit = AdministratorEdit { first_name: Some(text("Maria")), ..AdministratorEdit::default() };
            administrators::edit_administrator(ctx, target(), edit).await.map(drop)
        }
        "activate_administrator" => administrators::activate_administrator(ctx, target()).await.map(drop),
        "deactivate_administrator" => administrators::deactivate_administrator(ctx, target()).await.map(drop),
        "reset_administrator_password" => {
            administrators::reset_administrator_password(ctx, target(), None).await.map(drop)
        }
        "unlock_administrator" => administrators::unlock_administrator(ctx, target()).await.map(drop),
        "reset_second_factors" => administrators::reset_second_factors(ctx, target()).await.map(drop),
        "end_sessions" => administrators::end_sessions(ctx, target()).await.map(drop),
        "set_api_access" => administrators::set_api_access(ctx, target(), ApiAccess::Enabled).await.map(drop),
        "set_api_password" => {
            let change = ApiPasswordChange { password: Some(secret(API_PASSWORD)), limit: None };
            administrators::set_api_password(ctx, target(), change).await.map(drop)
        }
        "remove_api_password" => administrators::remove_api_password(ctx, target()).await,
        "create_access_key" => administrators::create_access_key(ctx, target(), new_key("more")).await.map(drop),
        "list_access_keys" => administrators::list_access_keys(ctx, target(), first(10)).await.map(drop),
        "edit_access_key" => {
            let edit = AccessKeyEdit { name: Some(title("renamed")), ..AccessKeyEdit::default() };
            administrators::edit_access_key(ctx, target(), person.key.clone(), edit).await.map(drop)
        }
        "delete_access_key" => administrators::delete_access_key(ctx, target(), person.key.clone()).await,
        _ => return None,
    })
}

/// Calls an operation on policies.
pub(crate) async fn call_on_policy(name: &str, ctx: &Ctx, person: &Person, fresh: &str) -> Option<Result<(), Error>> {
    let named = || policy(&person.policy);
    let ready_made = || policy("read-only");
    Some(match name {
        "create_policy" => policies::create_policy(ctx, new_policy(&format!("new {fresh}"))).await.map(drop),
        "list_policies" => policies::list_policies(ctx, None, first(10)).await.map(drop),
        "show_policy" => policies::show_policy(ctx, named()).await.map(drop),
        "edit_policy" => {
            let edit = PolicyEdit { description: Some(text("For tests")), ..PolicyEdit::default() };
            policies::edit_policy(ctx, named(), edit).await.map(drop)
        }
        "delete_policy" => policies::delete_policy(ctx, named()).await,
        "list_policy_holders" => policies::list_policy_holders(ctx, named(), first(10)).await.map(drop),
        "attach_policy" => {
            policies::attach_policy(ctx, ready_made(), who(&person.username), Vec::new()).await.map(drop)
        }
        "detach_policy" => policies::detach_policy(ctx, policy("auditor"), who(&person.username)).await.map(drop),
        "validate_policy" => policies::validate_policy(ctx, Rights::Cedar(CEDAR.to_owned())).await.map(drop),
        "test_policy" => {
            let question = Question {
                administrator: who(&person.username),
                action: "show_organization".to_owned(),
                resource_type: "organization".to_owned(),
                resource: person.organization.clone(),
                organization: None,
                source_address: None,
            };
            policies::test_policy(ctx, question).await.map(drop)
        }
        "list_policy_actions" => policies::list_policy_actions(ctx).await.map(drop),
        _ => return None,
    })
}
