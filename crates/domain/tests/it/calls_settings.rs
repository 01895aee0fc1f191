//! One call of every operation on settings: tags, retention, mail, availability, identity providers, tokens. Also the
//! words that tests of these are written in.

use std::time::Duration;

use reeve_base::ids::PersonalAccessTokenId;
use reeve_domain::access_control::Protocol;
use reeve_domain::availability::{self, NewProvider, Tested};
use reeve_domain::identity_providers::{
    self, AuthenticationMode, IdentityCenterApplication, IdentityProvider, NewIdentityCenterApplication, TokenSettings,
    TokenStatus,
};
use reeve_domain::mail_settings::{self, EmailMonitoring, InboundDmarc};
use reeve_domain::organizations::{self, Tag};
use reeve_domain::personal_access_tokens::{self as tokens, CreatedPersonalAccessToken, NewToken};
use reeve_domain::retention::{self, Folder, FolderRule, NewRetentionPolicy, RetentionAction, RetentionPolicy, Which};
use reeve_domain::{Ctx, Error};

use crate::calls::Target;
use crate::calls_rules::{description, label, rule_name};
use crate::harness::{domain, first, secret, user_ref};
use crate::org::Org;

pub(crate) const INSTANCE: &str = "arn:aws:sso:::instance/ssoins-1234567890abcdef";

pub(crate) const LOG_GROUP: &str = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/workmail/emailevents/acme:*";

pub(crate) const EWS_PASSWORD: &str = "Lantern-orchard-19-magpie";

/// A domain whose calendars are elsewhere.
pub(crate) const ELSEWHERE: &str = "elsewhere.example";

pub(crate) fn tag(key: &str, value: &str) -> Tag {
    Tag { key: key.to_owned(), value: value.to_owned() }
}

/// What becomes of mail in a folder after so many days.
pub(crate) fn after(folder: Folder, action: RetentionAction, days: u32) -> FolderRule {
    FolderRule { folder, action, days: Some(days) }
}

/// A policy that empties the folder of deleted mail.
pub(crate) fn retention_policy(which: Which) -> NewRetentionPolicy {
    NewRetentionPolicy {
        which,
        name: rule_name("standard"),
        description: Some(description("for everybody")),
        folders: vec![after(Folder::DeletedItems, RetentionAction::PermanentlyDelete, 30)],
    }
}

pub(crate) fn ews() -> NewProvider {
    NewProvider::Ews {
        endpoint: "https://ews.elsewhere.example/EWS/Exchange.asmx".to_owned(),
        username: "reeve".to_owned(),
        password: secret(EWS_PASSWORD),
    }
}

pub(crate) fn lambda() -> NewProvider {
    NewProvider::Lambda { arn: "arn:aws:lambda:us-east-1:123456789012:function:free-busy".to_owned() }
}

/// A token for every protocol, without an end of its own.
pub(crate) fn new_token(name: &str) -> NewToken {
    NewToken { name: label(name), scopes: Vec::new(), expires_at: None }
}

pub(crate) fn new_application(name: &str) -> NewIdentityCenterApplication {
    NewIdentityCenterApplication { name: name.to_owned(), instance_arn: INSTANCE.to_owned() }
}

/// A provider besides which passwords go on to work, with tokens.
pub(crate) fn provider(application: &IdentityCenterApplication) -> IdentityProvider {
    IdentityProvider {
        mode: AuthenticationMode::ProviderAndDirectory,
        instance_arn: application.instance_arn.clone(),
        application_arn: application.arn.clone(),
        tokens: TokenSettings { status: TokenStatus::Active, lifetime_days: Some(365) },
    }
}

impl Org<'_> {
    pub(crate) async fn tags(&self) -> Vec<Tag> {
        organizations::list_organization_tags(&self.ctx, self.id()).await.unwrap()
    }

    /// Sets tags, a moment later: events of one moment have no order.
    pub(crate) async fn tag(&self, tags: Vec<Tag>) -> Result<Vec<Tag>, Error> {
        self.world.clock.advance(Duration::from_millis(1));
        organizations::tag_organization(&self.ctx, self.id(), tags).await
    }

    pub(crate) async fn put_retention(&self, new: NewRetentionPolicy) -> Result<RetentionPolicy, Error> {
        retention::put_retention_policy(&self.ctx, self.id(), new).await
    }

    /// Makes an application of the account.
    pub(crate) async fn application(&self, name: &str) -> IdentityCenterApplication {
        let made = identity_providers::create_identity_center_application(&self.ctx, new_application(name)).await;
        made.unwrap().application
    }

    /// Sets the provider, a moment later.
    pub(crate) async fn set_provider(&self, provider: IdentityProvider) -> Result<IdentityProvider, Error> {
        self.world.clock.advance(Duration::from_millis(1));
        identity_providers::set_identity_provider(&self.ctx, self.id(), provider).await
    }

    /// Gives it an identity provider besides passwords, with tokens. One application serves all of an account.
    pub(crate) async fn with_tokens(&self) -> IdentityProvider {
        let there = identity_providers::list_identity_center_applications(&self.ctx, first(1)).await.unwrap();
        let application = match there.items.into_iter().next() {
            Some(application) => application,
            None => self.application("mail").await,
        };
        self.set_provider(provider(&application)).await.unwrap()
    }

    pub(crate) async fn token(&self, user: &str, new: NewToken) -> Result<CreatedPersonalAccessToken, Error> {
        tokens::create_personal_access_token(&self.ctx, self.id(), user_ref(user), new).await
    }
}

/// What calls on settings need to be there.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) policy: RetentionPolicy,
    pub(crate) provider: IdentityProvider,
    pub(crate) token: PersonalAccessTokenId,
}

/// Gives an organization one of every setting, and `user` a token.
pub(crate) async fn settings_of(org: &Org<'_>, user: &str) -> Settings {
    org.tag(vec![tag("team", "mail")]).await.unwrap();
    let policy = org.put_retention(retention_policy(Which::New)).await.unwrap();
    let monitoring = EmailMonitoring { log_group_arn: LOG_GROUP.to_owned(), role_arn: None };
    mail_settings::set_email_monitoring(&org.ctx, org.id(), monitoring).await.unwrap();
    let made = availability::create_availability_configuration(&org.ctx, org.id(), domain(ELSEWHERE), ews());
    made.await.unwrap();
    let provider = org.with_tokens().await;
    let token = org.token(user, new_token("phone")).await.unwrap().token.id;
    Settings { policy, provider, token }
}

/// Calls an operation on settings.
pub(crate) async fn call_on_settings(name: &str, ctx: &Ctx, target: &Target) -> Option<Result<(), Error>> {
    let (org, settings) = (target.org.clone(), &target.settings);
    Some(match name {
        "list_organization_tags" => organizations::list_organization_tags(ctx, org).await.map(drop),
        "tag_organization" => organizations::tag_organization(ctx, org, vec![tag("fresh", "")]).await.map(drop),
        "untag_organization" => organizations::untag_organization(ctx, org, vec!["team".to_owned()]).await,
        "show_retention_policy" => retention::show_retention_policy(ctx, org).await.map(drop),
        "put_retention_policy" => {
            let new = NewRetentionPolicy { name: rule_name("edited"), ..retention_policy(Which::Only) };
            retention::put_retention_policy(ctx, org, new).await.map(drop)
        }
        "delete_retention_policy" => {
            retention::delete_retention_policy(ctx, org, Some(settings.policy.id.clone())).await
        }
        "show_inbound_dmarc" => mail_settings::show_inbound_dmarc(ctx, org).await.map(drop),
        "set_inbound_dmarc" => {
            mail_settings::set_inbound_dmarc(ctx, org, InboundDmarc { enforced: false }).await.map(drop)
        }
        "show_email_monitoring" => mail_settings::show_email_monitoring(ctx, org).await.map(drop),
        "set_email_monitoring" => {
            let role_arn = Some("arn:aws:iam::123456789012:role/events".to_owned());
            let monitoring = EmailMonitoring { log_group_arn: LOG_GROUP.to_owned(), role_arn };
            mail_settings::set_email_monitoring(ctx, org, monitoring).await.map(drop)
        }
        "remove_email_monitoring" => mail_settings::remove_email_monitoring(ctx, org).await,
        _ => return call_on_others(name, ctx, target).await,
    })
}

async fn call_on_others(name: &str, ctx: &Ctx, target: &Target) -> Option<Result<(), Error>> {
    let (org, settings) = (target.org.clone(), &target.settings);
    Some(match name {
        "list_availability_configurations" => {
            availability::list_availability_configurations(ctx, org, first(10)).await.map(drop)
        }
        "create_availability_configuration" => {
            let fresh = domain("fresh.example");
            availability::create_availability_configuration(ctx, org, fresh, lambda()).await.map(drop)
        }
        "edit_availability_configuration" => {
            availability::edit_availability_configuration(ctx, org, domain(ELSEWHERE), lambda()).await.map(drop)
        }
        "delete_availability_configuration" => {
            availability::delete_availability_configuration(ctx, org, domain(ELSEWHERE)).await
        }
        "test_availability_configuration" => {
            availability::test_availability_configuration(ctx, org, Tested::Given(lambda())).await.map(drop)
        }
        "list_personal_access_tokens" => {
            let user = Some(target.enabled.clone());
            tokens::list_personal_access_tokens(ctx, org, user, first(10)).await.map(drop)
        }
        "show_personal_access_token" => {
            tokens::show_personal_access_token(ctx, org, settings.token.clone()).await.map(drop)
        }
        "create_personal_access_token" => {
            let new = NewToken { scopes: vec![Protocol::Imap], ..new_token("fresh") };
            tokens::create_personal_access_token(ctx, org, target.enabled.clone(), new).await.map(drop)
        }
        "delete_personal_access_token" => tokens::delete_personal_access_token(ctx, org, settings.token.clone()).await,
        _ => return call_on_providers(name, ctx, target).await,
    })
}

async fn call_on_providers(name: &str, ctx: &Ctx, target: &Target) -> Option<Result<(), Error>> {
    let (org, provider) = (target.org.clone(), &target.settings.provider);
    Some(match name {
        "show_identity_provider" => identity_providers::show_identity_provider(ctx, org).await.map(drop),
        "set_identity_provider" => {
            let tokens = TokenSettings { status: TokenStatus::Inactive, lifetime_days: None };
            let provider = IdentityProvider { tokens, ..provider.clone() };
            identity_providers::set_identity_provider(ctx, org, provider).await.map(drop)
        }
        "remove_identity_provider" => identity_providers::remove_identity_provider(ctx, org).await,
        "list_identity_center_applications" => {
            identity_providers::list_identity_center_applications(ctx, first(10)).await.map(drop)
        }
        "create_identity_center_application" => {
            identity_providers::create_identity_center_application(ctx, new_application("fresh")).await.map(drop)
        }
        "delete_identity_center_application" => {
            identity_providers::delete_identity_center_application(ctx, provider.application_arn.clone()).await
        }
        _ => return None,
    })
}
