//! Administrators as tests speak of them: texts for values, and the contexts of everything that can speak for one.

use std::time::Duration;

use reeve_base::Secret;
use reeve_base::ids::AccessKeyId;
use reeve_base::names::{Network, Title};
use reeve_domain::administrators::{
    self, Administrator, AdministratorEdit, AdministratorRef, AdministratorStatus, ApiAccess, ApiPasswordChange,
    CreatedAccessKey, NewAccessKey, NewAdministrator,
};
use reeve_domain::audit::EventFilter;
use reeve_domain::ctx::AdministratorRole;
use reeve_domain::policies::{NewAttachment, NewPolicy, PolicyRef, Rights, attach_policy, create_policy};
use reeve_domain::{Ctx, Error, audit, auth};

use crate::harness::{PASSWORD, World, email, first, request, secret, sign_in, text, try_sign_in};

/// The administrator whom the setup of the first account makes.
pub(crate) const ROOT: &str = "root@first.example";

/// A general administrator of the first account.
pub(crate) const GENERAL: &str = "general@first.example";

/// The administrator of the other account.
pub(crate) const STRANGER: &str = "root@second.example";

/// What API passwords are set to; not the sign-in password.
pub(crate) const API_PASSWORD: &str = "Velvet-orchard-58-finch";

pub(crate) fn who(text: &str) -> AdministratorRef {
    text.parse().unwrap()
}

pub(crate) fn policy(name: &str) -> PolicyRef {
    name.parse().unwrap()
}

/// A policy that holds wherever it says.
pub(crate) fn attachment(name: &str) -> NewAttachment {
    NewAttachment { policy: policy(name), organizations: Vec::new() }
}

pub(crate) fn title(text: &str) -> Title {
    Title::parse("name", text).unwrap()
}

pub(crate) fn network(block: &str) -> Network {
    Network::parse("source_networks", block).unwrap()
}

/// Somebody with [`PASSWORD`].
pub(crate) fn new_administrator(username: &str, role: AdministratorRole) -> NewAdministrator {
    NewAdministrator {
        username: email(username),
        first_name: text("Mary"),
        last_name: text("Somerville"),
        password: Some(secret(PASSWORD)),
        status: AdministratorStatus::Active,
        role,
        policies: Vec::new(),
    }
}

pub(crate) fn role(role: AdministratorRole) -> AdministratorEdit {
    AdministratorEdit { role: Some(role), ..AdministratorEdit::default() }
}

pub(crate) fn status(status: AdministratorStatus) -> AdministratorEdit {
    AdministratorEdit { status: Some(status), ..AdministratorEdit::default() }
}

pub(crate) fn new_key(name: &str) -> NewAccessKey {
    NewAccessKey { name: title(name), expires_at: None, source_networks: Vec::new(), limit_policy: None }
}

impl World {
    /// Adds an administrator to the first account, and signs them in.
    pub(crate) async fn add(&self, username: &str, role: AdministratorRole) -> Ctx {
        administrators::add_administrator(&self.admin, new_administrator(username, role)).await.unwrap();
        self.sign_in(username).await
    }

    /// A session of somebody with [`PASSWORD`].
    pub(crate) async fn sign_in(&self, username: &str) -> Ctx {
        sign_in(&self.deployment, &self.clock, username).await
    }

    /// A session of somebody with another password.
    pub(crate) async fn sign_in_with(&self, username: &str, password: &str) -> Ctx {
        let signed_in = try_sign_in(&self.anonymous, username, password).await.unwrap();
        auth::session(&self.deployment, &signed_in.token, request(&self.clock)).await.unwrap()
    }

    /// An administrator as the operator sees them.
    pub(crate) async fn person(&self, username: &str) -> Administrator {
        administrators::show_administrator(&self.operator, who(username)).await.unwrap()
    }

    /// Gives somebody API access and [`API_PASSWORD`].
    pub(crate) async fn give_api_password(&self, username: &str) {
        self.give_api_access(username).await;
        let change = ApiPasswordChange { password: Some(secret(API_PASSWORD)), limit: None };
        assert!(administrators::set_api_password(&self.operator, who(username), change).await.unwrap().is_none());
    }

    pub(crate) async fn give_api_access(&self, username: &str) {
        administrators::set_api_access(&self.operator, who(username), ApiAccess::Enabled).await.unwrap();
    }

    /// Gives somebody API access and an access key.
    pub(crate) async fn give_key(&self, username: &str) -> CreatedAccessKey {
        self.give_api_access(username).await;
        administrators::create_access_key(&self.operator, who(username), new_key("laptop")).await.unwrap()
    }

    /// Whom an API password speaks for.
    pub(crate) async fn by_api_password(&self, username: &str, password: &str) -> Result<Ctx, Error> {
        auth::api_password(&self.deployment, username, &secret(password), request(&self.clock)).await
    }

    /// Whom an access key speaks for.
    pub(crate) async fn by_key(&self, id: &AccessKeyId, secret: &Secret) -> Result<Ctx, Error> {
        auth::access_key(&self.deployment, id, secret, request(&self.clock)).await
    }

    /// Moves the clock by the least there is: events of one moment come in no order.
    pub(crate) fn tick(&self) {
        self.clock.advance(Duration::from_millis(1));
    }

    /// The changes that the newest event of an operation tells of, as `field: before > after`. The clock moves.
    pub(crate) async fn told(&self, operation: &str) -> Vec<String> {
        let filter = EventFilter { operation: Some(operation.to_owned()), ..EventFilter::default() };
        let event = audit::list_events(&self.operator, filter, first(1)).await.unwrap().items.remove(0);
        self.tick();
        let said = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
        event.changes.into_iter().map(|c| format!("{}: {} > {}", c.field, said(c.before), said(c.after))).collect()
    }

    /// How many events of an operation the first account has.
    pub(crate) async fn count_events(&self, operation: &str) -> usize {
        self.events().await.iter().filter(|event| event.operation == operation).count()
    }
}

impl World {
    /// Gives the general administrator a policy in Cedar.
    pub(crate) async fn grant_general(&self, name: &str, cedar: &str) {
        let rights = Rights::Cedar(cedar.to_owned());
        let new = NewPolicy { name: title(name), description: text(""), rights };
        let made = create_policy(&self.admin, new).await.unwrap().policy;
        attach_policy(&self.admin, policy(made.id.as_str()), who(GENERAL), Vec::new()).await.unwrap();
    }
}
