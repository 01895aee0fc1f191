//! One call of every operation of the register, so that tests can say something about all of them. An operation
//! that is added and not called here fails those tests.

use reeve_base::ids::{ImpersonationRoleId, JobId};
use reeve_base::names::DomainName;
use reeve_domain::directories::PasswordPolicyEdit;
use reeve_domain::groups::GroupRef;
use reeve_domain::mail_domains::Unseen;
use reeve_domain::operations::{Operation, Reach};
use reeve_domain::organizations::{Deletion, OrganizationRef};
use reeve_domain::resources::ResourceRef;
use reeve_domain::roster::Format;
use reeve_domain::users::{
    EnableRequest, Enabled, ImportOptions, NewPassword, ProfileEdit, UserEdit, UserFilter, UserRef,
};
use reeve_domain::{
    Ctx, Error, accounts, administrators, audit, directories, health, jobs, mail_domains, organizations, users,
};
use tokio::sync::mpsc;

use crate::calls_administration::{Person, call_on_oneself, call_on_person, call_on_policy, person};
use crate::calls_groups::{call_on_entity, call_on_group, group_ref, groups_in};
use crate::calls_holds::{call_on_holds, gone_from};
use crate::calls_keys::{call_on_keys, key_of};
use crate::calls_resources::{call_on_mailbox, call_on_resource, resource_ref, resources_of};
use crate::calls_rules::{call_on_rules, rules_of};
use crate::calls_settings::{Settings, call_on_settings, settings_of};
use crate::calls_zones::{call_on_zones, zone_of};
use crate::harness::{
    OTHER_PASSWORD, PASSWORD, World, account_of, domain, email, first, new_organization, new_user, secret, text,
    user_ref,
};
use crate::org::Org;

/// What a call is about.
#[derive(Clone)]
pub(crate) struct Target {
    pub(crate) org: OrganizationRef,
    /// Somebody who is enabled, has an alias, and got their password wrong once.
    pub(crate) enabled: UserRef,
    /// Somebody who is not.
    pub(crate) disabled: UserRef,
    /// A domain that waits for its proof.
    pub(crate) pending: DomainName,
    /// A domain that is proven and not the default.
    pub(crate) proven: DomainName,
    pub(crate) job: JobId,
    /// Makes names that nobody has.
    pub(crate) fresh: String,
    /// An administrator of the same account.
    pub(crate) person: Person,
    /// A group that is enabled, has an alias and a member.
    pub(crate) team: GroupRef,
    /// One that is not.
    pub(crate) club: GroupRef,
    /// A room that is enabled, has an alias and a delegate.
    pub(crate) room: ResourceRef,
    /// One that is not.
    pub(crate) closet: ResourceRef,
    /// By which programs act as users.
    pub(crate) role: ImpersonationRoleId,
    pub(crate) settings: Settings,
    /// What would be written into the zone of the pending domain.
    pub(crate) plan: String,
}

/// An organization with everything that the calls need.
pub(crate) async fn scene<'w>(world: &'w World, alias: &str) -> (Org<'w>, Target) {
    let org = world.active_org(alias).await;
    let (pending, proven) = (format!("pending-{alias}.example"), format!("proven-{alias}.example"));
    mail_domains::add_domain(&org.ctx, org.id(), domain(&pending)).await.unwrap();
    org.verified_domain(&proven).await;
    let enabled = org.user_with_password("enabled", PASSWORD).await;
    org.add_alias("enabled", &org.at("spare")).await.unwrap();
    assert!(!org.gets_in(&org.at("enabled"), OTHER_PASSWORD).await);
    org.disabled_user("disabled").await;
    groups_in(&org).await;
    resources_of(&org).await;
    gone_from(&org).await;
    key_of(world, alias).await;
    zone_of(&org, alias).await;
    let job = jobs::list_jobs(&world.operator, Some(org.id()), first(1)).await.unwrap().items.remove(0).id;
    let target = Target {
        org: org.id(),
        enabled: user_ref("enabled"),
        disabled: user_ref("disabled"),
        pending: domain(&pending),
        proven: domain(&proven),
        job,
        fresh: alias.to_owned(),
        person: person(world, alias).await,
        team: group_ref("team"),
        club: group_ref("club"),
        room: resource_ref("room"),
        closet: resource_ref("closet"),
        role: rules_of(&org, &enabled.id).await,
        settings: settings_of(&org, "enabled").await,
        plan: org.plan(&pending).await.unwrap().id,
    };
    (org, target)
}

/// Calls an operation; `None` for those that only Reeve itself calls.
pub(crate) async fn call(operation: &Operation, ctx: &Ctx, target: &Target) -> Option<Result<(), Error>> {
    let name = operation.name;
    if operation.reach == Reach::System {
        return None;
    }
    let (person, fresh) = (&target.person, target.fresh.as_str());
    for called in [
        call_on_account(name, ctx, target).await,
        call_on_organization(name, ctx, target).await,
        call_on_user(name, ctx, target).await,
        call_on_group(name, ctx, target).await,
        call_on_entity(name, ctx, target).await,
        call_on_resource(name, ctx, target).await,
        call_on_mailbox(name, ctx, target).await,
        call_on_rules(name, ctx, target).await,
        call_on_settings(name, ctx, target).await,
        call_on_holds(name, ctx, target).await,
        call_on_keys(name, ctx, target).await,
        call_on_zones(name, ctx, target).await,
        call_on_oneself(name, ctx).await,
        call_on_person(name, ctx, person, fresh).await,
        call_on_policy(name, ctx, person, fresh).await,
    ] {
        if called.is_some() {
            return called;
        }
    }
    panic!("the operation {name} is called by no test: add it here")
}

async fn call_on_account(name: &str, ctx: &Ctx, target: &Target) -> Option<Result<(), Error>> {
    let fresh = format!("new-{}", target.fresh);
    let username = format!("root@{}.example", target.fresh);
    Some(match name {
        "create_account" => accounts::create_account(ctx, account_of("Another", &username)).await.map(drop),
        "list_accounts" => accounts::list_accounts(ctx, first(10)).await.map(drop),
        "sign_in" => administrators::sign_in(ctx, "root@first.example", secret(PASSWORD), None).await.map(drop),
        "show_session" => administrators::show_session(ctx).await.map(drop),
        "sign_out" => administrators::sign_out(ctx).await,
        "list_regions" => organizations::list_regions(ctx).await.map(drop),
        "create_organization" => organizations::create_organization(ctx, new_organization(&fresh)).await.map(drop),
        "list_organizations" => organizations::list_organizations(ctx, Default::default(), first(10)).await.map(drop),
        "list_directories" => directories::list_directories(ctx, first(10)).await.map(drop),
        "show_job" => jobs::show_job(ctx, target.job.clone()).await.map(drop),
        _ => return None,
    })
}

async fn call_on_organization(name: &str, ctx: &Ctx, target: &Target) -> Option<Result<(), Error>> {
    let org = target.org.clone();
    Some(match name {
        "show_organization" => organizations::show_organization(ctx, org).await.map(drop),
        "list_organization_states" => organizations::list_organization_states(ctx, org).await.map(drop),
        "list_organization_conditions" => health::list_organization_conditions(ctx, org).await.map(drop),
        "delete_organization" => {
            let deletion = Deletion { delete_directory: true, force: true, identity_center_application: false };
            organizations::delete_organization(ctx, org, deletion).await.map(drop)
        }
        "add_domain" => {
            mail_domains::add_domain(ctx, org, domain(&format!("{}.example", target.fresh))).await.map(drop)
        }
        "list_domains" => mail_domains::list_domains(ctx, org, first(10)).await.map(drop),
        "show_domain" => mail_domains::show_domain(ctx, org, target.pending.clone()).await.map(drop),
        "remove_domain" => mail_domains::remove_domain(ctx, org, target.pending.clone()).await,
        "set_default_domain" => mail_domains::set_default_domain(ctx, org, target.proven.clone()).await.map(drop),
        "check_domain" => mail_domains::check_domain(ctx, org, target.pending.clone()).await.map(drop),
        "show_zone_file" => mail_domains::show_zone_file(ctx, org, target.pending.clone()).await.map(drop),
        "rotate_dkim_key" => {
            mail_domains::rotate_dkim_key(ctx, org, target.pending.clone(), Unseen::Accept).await.map(drop)
        }
        "show_directory" => directories::show_directory(ctx, org).await.map(drop),
        "set_password_policy" => {
            let edit = PasswordPolicyEdit { history: Some(5), ..PasswordPolicyEdit::default() };
            directories::set_password_policy(ctx, org, edit).await.map(drop)
        }
        "list_jobs" => jobs::list_jobs(ctx, Some(org), first(10)).await.map(drop),
        "list_events" => {
            let filter = audit::EventFilter { organization: Some(org), ..Default::default() };
            audit::list_events(ctx, filter, first(10)).await.map(drop)
        }
        "export_events" => {
            let filter = audit::EventFilter { organization: Some(org), ..Default::default() };
            let (pieces, mut heard) = mpsc::channel(16);
            let writing = audit::export_events(ctx, filter, pieces);
            tokio::join!(writing, async { while heard.recv().await.is_some() {} }).0
        }
        _ => return None,
    })
}

async fn call_on_user(name: &str, ctx: &Ctx, target: &Target) -> Option<Result<(), Error>> {
    let (org, enabled, disabled) = (target.org.clone(), target.enabled.clone(), target.disabled.clone());
    let at = |local: &str| email(&format!("{local}@{}", target.proven));
    let spare = || email(&format!("spare@{}.mail.test", target.fresh));
    Some(match name {
        "create_user" => users::create_user(ctx, org, new_user("fresh")).await.map(drop),
        "list_users" => users::list_users(ctx, org, UserFilter::default(), first(10)).await.map(drop),
        "show_user" => users::show_user(ctx, org, enabled).await.map(drop),
        "edit_user" => {
            let profile = ProfileEdit { city: Some(text("Bath")), ..ProfileEdit::default() };
            users::edit_user(ctx, org, enabled, UserEdit { profile, ..UserEdit::default() }).await.map(drop)
        }
        "enable_user" => users::enable_user(ctx, org, disabled, at("disabled")).await.map(drop),
        "enable_users" => {
            let request = EnableRequest { user: disabled, email: at("disabled") };
            match users::enable_users(ctx, org, vec![request]).await {
                Ok(mut results) => match results.remove(0).outcome {
                    Enabled::Refused(error) => Err(error),
                    Enabled::Enabled(_) | Enabled::Unchanged(_) => Ok(()),
                },
                Err(error) => Err(error),
            }
        }
        "disable_user" => users::disable_user(ctx, org, enabled).await.map(drop),
        "delete_user" => users::delete_user(ctx, org, disabled).await,
        "reset_password" => {
            let password = NewPassword::Typed(secret(OTHER_PASSWORD));
            users::reset_password(ctx, org, enabled, password).await.map(drop)
        }
        "unlock_user" => users::unlock_user(ctx, org, enabled).await.map(drop),
        "check_sign_in" => users::check_sign_in(ctx, org, enabled, secret(PASSWORD), None).await.map(drop),
        "list_aliases" => users::list_aliases(ctx, org, enabled).await.map(drop),
        "add_alias" => users::add_alias(ctx, org, enabled, at("more")).await.map(drop),
        "remove_alias" => users::remove_alias(ctx, org, enabled, spare()).await,
        "set_default_address" => users::set_default_address(ctx, org, enabled, at("main")).await.map(drop),
        "import_users" => {
            let (lines, mut heard) = mpsc::channel(16);
            let file = b"username,display_name\nfresh,Fresh\n".to_vec();
            let importing = users::import_users(ctx, org, file, ImportOptions::default(), lines);
            tokio::join!(importing, async { while heard.recv().await.is_some() {} }).0
        }
        "export_users" => {
            let (pieces, mut written) = mpsc::channel(16);
            let writing = users::export_users(ctx, org, Format::Native, pieces);
            tokio::join!(writing, async { while written.recv().await.is_some() {} }).0
        }
        _ => return None,
    })
}
