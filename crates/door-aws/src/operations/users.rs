//! Users: CreateUser, DescribeUser, ListUsers, UpdateUser, DeleteUser, ResetPassword.

use std::time::Duration;

use reeve_base::limits::MAILBOX_RETENTION;
use reeve_base::names::{ProfileText, UserName};
use reeve_base::{Secret, Timestamp};
use reeve_domain::users::{
    self, MailboxState, NewPassword, NewUser, ProfileEdit, User, UserEdit, UserFilter, UserRef, UserRole,
};

use super::entities::entity;
use super::words::{ENTITY_STATES, StateFilter, USER_ROLES, one_filter, word};
use crate::call::{Call, Paging};
use crate::faults::Fault;
use crate::input::Members;
use crate::output::Output;
use crate::shapes::{self, Text};

/// Fields of a profile that an edit can change: the member, the field as the domain names it, and the place.
type Field = (&'static str, &'static str, fn(&mut ProfileEdit) -> &mut Option<ProfileText>);

const NAMES: [Field; 3] = [
    ("DisplayName", "display_name", |edit| &mut edit.display_name),
    ("FirstName", "first_name", |edit| &mut edit.first_name),
    ("LastName", "last_name", |edit| &mut edit.last_name),
];

const DETAILS: [Field; 10] = [
    ("Initials", "initials", |edit| &mut edit.initials),
    ("Telephone", "telephone", |edit| &mut edit.telephone),
    ("Street", "street", |edit| &mut edit.street),
    ("JobTitle", "job_title", |edit| &mut edit.job_title),
    ("City", "city", |edit| &mut edit.city),
    ("Company", "company", |edit| &mut edit.company),
    ("ZipCode", "zip_code", |edit| &mut edit.zip_code),
    ("Department", "department", |edit| &mut edit.department),
    ("Country", "country", |edit| &mut edit.country),
    ("Office", "office", |edit| &mut edit.office),
];

/// What a list can be narrowed by.
const FILTERS: [&str; 5] =
    ["UsernamePrefix", "DisplayNamePrefix", "PrimaryEmailPrefix", "State", "IdentityProviderUserIdPrefix"];

/// Reads the fields of a profile that are there.
fn read_profile(input: &Members<'_>, fields: &[Field], id_shape: &Text) -> Result<ProfileEdit, Fault> {
    let mut edit = ProfileEdit::default();
    for (member, field, place) in fields {
        if let Some(text) = input.optional_text(member, &shapes::USER_ATTRIBUTE)? {
            *place(&mut edit) = Some(ProfileText::parse(field, text)?);
        }
    }
    if let Some(text) = input.optional_text("IdentityProviderUserId", id_shape)? {
        edit.identity_provider_user_id = Some(ProfileText::parse("identity_provider_user_id", text)?);
    }
    Ok(edit)
}

fn user(input: &Members<'_>) -> Result<UserRef, Fault> {
    entity(input, "UserId")
}

pub(super) async fn create(call: Call) -> Result<Output, Fault> {
    let input = call.input();
    let organization = call.organization()?;
    let name = UserName::parse("name", input.text("Name", &shapes::USER_NAME)?)?;
    input.text("DisplayName", &shapes::USER_ATTRIBUTE)?;
    let password = input.optional_text("Password", &shapes::PASSWORD)?;
    let new = NewUser {
        name,
        profile: read_profile(&input, &NAMES, &shapes::IDENTITY_PROVIDER_USER_ID)?,
        hidden: input.optional_flag("HiddenFromGlobalAddressList")?.unwrap_or_default(),
        role: input.optional_word("Role", &USER_ROLES)?.unwrap_or(UserRole::User),
        email: None,
        password: password.map_or(NewPassword::None, |password| NewPassword::Typed(Secret::from(password))),
    };
    let created = users::create_user(&call.ctx, organization, new).await?;
    Ok(Output::empty().with("UserId", created.user.id.as_str()))
}

pub(super) async fn describe(call: Call) -> Result<Output, Fault> {
    let (organization, user) = (call.organization()?, user(&call.input())?);
    let user = users::show_user(&call.ctx, organization, user).await?;
    let mailbox = user.mailbox.as_ref();
    let output = Output::empty()
        .with("UserId", user.id.as_str())
        .with("Name", user.name.as_str())
        .with("Email", user.email.as_deref())
        .with("DisplayName", said(&user.profile.display_name))
        .with("State", state(&user))
        .with("UserRole", word(&USER_ROLES, user.role))
        .with("EnabledDate", user.enabled_at)
        .with("DisabledDate", user.disabled_at)
        .with("MailboxProvisionedDate", mailbox.map(|mailbox| mailbox.provisioned_at))
        .with("MailboxDeprovisionedDate", mailbox.and_then(deprovisioned_at))
        .with("HiddenFromGlobalAddressList", user.hidden);
    Ok(with_profile(output, &user))
}

/// When a mailbox that is kept for its time went out of use.
fn deprovisioned_at(mailbox: &users::Mailbox) -> Option<Timestamp> {
    let kept: Duration = MAILBOX_RETENTION;
    mailbox.purge_at.filter(|_| mailbox.state == MailboxState::Retained).map(|at| at.minus(kept))
}

fn with_profile(output: Output, user: &User) -> Output {
    let profile = &user.profile;
    output
        .with("FirstName", said(&profile.first_name))
        .with("LastName", said(&profile.last_name))
        .with("Initials", said(&profile.initials))
        .with("Telephone", said(&profile.telephone))
        .with("Street", said(&profile.street))
        .with("JobTitle", said(&profile.job_title))
        .with("City", said(&profile.city))
        .with("Company", said(&profile.company))
        .with("ZipCode", said(&profile.zip_code))
        .with("Department", said(&profile.department))
        .with("Country", said(&profile.country))
        .with("Office", said(&profile.office))
        .with("IdentityProviderUserId", said(&profile.identity_provider_user_id))
}

/// A text, where something is said.
fn said(text: &ProfileText) -> Option<&str> {
    Some(text.as_str()).filter(|text| !text.is_empty())
}

fn state(user: &User) -> &'static str {
    word(&ENTITY_STATES, Some(user.state))
}

pub(super) async fn list(call: Call) -> Result<Output, Fault> {
    let organization = call.organization()?;
    let (filter, wanted) = filter(&call.input())?;
    let Paging { request, list } = call.paging()?;
    one_filter(&call.input(), &FILTERS)?;
    let page = users::list_users(&call.ctx, organization, filter, request).await?;
    if wanted == StateFilter::Deleted {
        return Ok(Output::empty().with("Users", Vec::<Output>::new()));
    }
    let next = call.next_token(&list, page.next_cursor)?;
    let users: Vec<_> = page.items.iter().map(summary).collect();
    Ok(Output::empty().with("Users", users).with("NextToken", next))
}

fn summary(user: &User) -> Output {
    Output::empty()
        .with("Id", user.id.as_str())
        .with("Email", user.email.as_deref())
        .with("Name", user.name.as_str())
        .with("DisplayName", said(&user.profile.display_name))
        .with("State", state(user))
        .with("UserRole", word(&USER_ROLES, user.role))
        .with("EnabledDate", user.enabled_at)
        .with("DisabledDate", user.disabled_at)
        .with("IdentityProviderUserId", said(&user.profile.identity_provider_user_id))
}

fn filter(input: &Members<'_>) -> Result<(UserFilter, StateFilter), Fault> {
    let Some(filters) = input.optional_structure("Filters")? else {
        return Ok((UserFilter::default(), StateFilter::Any));
    };
    let text = |name: &str, shape: &Text| Ok::<_, Fault>(filters.optional_text(name, shape)?.map(str::to_owned));
    let wanted = StateFilter::read(&filters)?;
    let id = text("IdentityProviderUserIdPrefix", &shapes::IDENTITY_PROVIDER_USER_ID_PREFIX)?;
    let filter = UserFilter {
        state: wanted.state(),
        name_prefix: text("UsernamePrefix", &shapes::STRING)?,
        display_name_prefix: text("DisplayNamePrefix", &shapes::USER_ATTRIBUTE)?,
        email_prefix: text("PrimaryEmailPrefix", &shapes::STRING)?,
        identity_provider_user_id_prefix: id,
        ..UserFilter::default()
    };
    Ok((filter, wanted))
}

pub(super) async fn update(call: Call) -> Result<Output, Fault> {
    let input = call.input();
    let (organization, user) = (call.organization()?, user(&input)?);
    let fields = [NAMES.as_slice(), &DETAILS].concat();
    let edit = UserEdit {
        profile: read_profile(&input, &fields, &shapes::IDENTITY_PROVIDER_USER_ID_FOR_UPDATE)?,
        hidden: input.optional_flag("HiddenFromGlobalAddressList")?,
        role: input.optional_word("Role", &USER_ROLES)?,
    };
    users::edit_user(&call.ctx, organization, user, edit).await?;
    Ok(Output::empty())
}

pub(super) async fn delete(call: Call) -> Result<Output, Fault> {
    // By id or name: the documentation leaves addresses out where something goes for good.
    let user = UserRef::by_id_or_name(call.input().text("UserId", &shapes::ENTITY_IDENTIFIER)?);
    let organization = call.organization()?;
    users::delete_user(&call.ctx, organization, user).await?;
    Ok(Output::empty())
}

pub(super) async fn reset_password(call: Call) -> Result<Output, Fault> {
    let input = call.input();
    let organization = call.organization()?;
    let user = UserRef::by_id(input.text("UserId", &shapes::WORKMAIL_IDENTIFIER)?);
    let password = Secret::from(input.text("Password", &shapes::PASSWORD)?);
    users::reset_password(&call.ctx, organization, user, NewPassword::Typed(password)).await?;
    Ok(Output::empty())
}
