//! A user as every answer shows one, and how paths name one.

use reeve_base::Timestamp;
use reeve_domain::organizations::OrganizationRef;
use reeve_domain::users::{self, UserRef};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::answer::{Answer, ok, tagged};
use crate::organizations::reference;
use crate::refusals::Refusal;
use crate::words::{EntityState, MailboxState, UserRole};

/// A user of an organization.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct UserPath {
    /// Id or alias of the organization.
    #[param(example = "acme")]
    organization: String,
    /// Id, username or address of the user.
    #[param(example = "ada")]
    user: String,
}

impl UserPath {
    /// The organization and the user that the path names.
    pub(crate) fn references(&self) -> Result<(OrganizationRef, UserRef), Refusal> {
        Ok((reference(&self.organization)?, self.user.parse()?))
    }
}

/// A user.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct User {
    /// Id; names the user for ever.
    #[schema(example = "019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a80")]
    user_id: String,
    /// Id of the organization.
    #[schema(example = "m-0f1e2d3c4b5a69788796a5b4c3d2e1f0")]
    organization_id: String,
    /// Id of the directory in which the user lives.
    #[schema(example = "d-0123456789")]
    directory_id: String,
    /// Name in the directory; never changes.
    #[schema(example = "ada")]
    username: String,
    /// The name that others see.
    #[schema(example = "Ada Lovelace")]
    display_name: String,
    /// First name; empty when nothing is said, as with all fields of a profile.
    #[schema(example = "Ada")]
    first_name: String,
    /// Last name.
    #[schema(example = "Lovelace")]
    last_name: String,
    /// Initials.
    #[schema(example = "AL")]
    initials: String,
    /// Primary address, while the user is enabled.
    #[schema(required = true, example = "ada@acme.test.example")]
    email: Option<String>,
    /// Whether the user is registered for mail.
    state: EntityState,
    /// What the user is.
    role: UserRole,
    /// Whether address books leave the user out.
    hidden_from_global_address_list: bool,
    /// Telephone number.
    #[schema(example = "+44 20 7946 0000")]
    telephone: String,
    /// Street and number.
    #[schema(example = "12 St James's Square")]
    street: String,
    /// Job title.
    #[schema(example = "Analyst")]
    job_title: String,
    /// City.
    #[schema(example = "London")]
    city: String,
    /// Company.
    #[schema(example = "Acme")]
    company: String,
    /// Postal code.
    #[schema(example = "SW1Y 4JH")]
    zip_code: String,
    /// Department.
    #[schema(example = "Engines")]
    department: String,
    /// Country.
    #[schema(example = "United Kingdom")]
    country: String,
    /// Office.
    #[schema(example = "2.17")]
    office: String,
    /// Id of the user at an outside identity provider.
    #[schema(example = "")]
    identity_provider_user_id: String,
    /// Whether there is a password to sign in with.
    has_password: bool,
    /// When the password was last set.
    #[schema(required = true, format = DateTime)]
    password_changed_at: Option<String>,
    /// Since when the password is known to be known from breaches, as a sign-in showed; give the user another.
    #[schema(required = true, format = DateTime)]
    password_breached_at: Option<String>,
    /// Until when wrong passwords keep the user out.
    #[schema(required = true, format = DateTime)]
    locked_until: Option<String>,
    /// When the user was last enabled.
    #[schema(required = true, format = DateTime)]
    enabled_at: Option<String>,
    /// When the user was last disabled.
    #[schema(required = true, format = DateTime)]
    disabled_at: Option<String>,
    /// Where the mail lives, if there is a place.
    #[schema(required = true)]
    mailbox: Option<Mailbox>,
    /// When the user was made.
    #[schema(format = DateTime)]
    created_at: String,
    /// When the user was last changed.
    #[schema(format = DateTime)]
    updated_at: String,
    /// Goes up with every change; the ETag.
    #[schema(example = 3)]
    pub(crate) version: i64,
}

/// Where a user's mail lives.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Mailbox {
    /// Whether it is in use, or kept for a user who was disabled.
    state: MailboxState,
    /// When it was made.
    #[schema(format = DateTime)]
    provisioned_at: String,
    /// When it will be removed, if it is retained.
    #[schema(required = true, format = DateTime)]
    purge_at: Option<String>,
    /// What it may hold, in MB.
    #[schema(example = 51200)]
    quota_mb: i64,
}

impl From<users::User> for User {
    fn from(user: users::User) -> Self {
        let profile = &user.profile;
        Self {
            user_id: user.id.to_string(),
            organization_id: user.organization_id.to_string(),
            directory_id: user.directory_id.to_string(),
            display_name: profile.display_name.to_string(),
            first_name: profile.first_name.to_string(),
            last_name: profile.last_name.to_string(),
            initials: profile.initials.to_string(),
            telephone: profile.telephone.to_string(),
            street: profile.street.to_string(),
            job_title: profile.job_title.to_string(),
            city: profile.city.to_string(),
            company: profile.company.to_string(),
            zip_code: profile.zip_code.to_string(),
            department: profile.department.to_string(),
            country: profile.country.to_string(),
            office: profile.office.to_string(),
            identity_provider_user_id: profile.identity_provider_user_id.to_string(),
            username: user.name,
            email: user.email,
            state: user.state.into(),
            role: user.role.into(),
            hidden_from_global_address_list: user.hidden,
            has_password: user.has_password,
            password_changed_at: moment(user.password_changed_at),
            password_breached_at: moment(user.password_breached_at),
            locked_until: moment(user.locked_until),
            enabled_at: moment(user.enabled_at),
            disabled_at: moment(user.disabled_at),
            mailbox: user.mailbox.map(Mailbox::from),
            created_at: user.created_at.to_rfc3339(),
            updated_at: user.updated_at.to_rfc3339(),
            version: user.version,
        }
    }
}

impl From<users::Mailbox> for Mailbox {
    fn from(mailbox: users::Mailbox) -> Self {
        Self {
            state: mailbox.state.into(),
            provisioned_at: mailbox.provisioned_at.to_rfc3339(),
            purge_at: moment(mailbox.purge_at),
            quota_mb: mailbox.quota_mb,
        }
    }
}

/// An answer that shows one user.
pub(crate) fn shown(user: users::User) -> Answer {
    let user = User::from(user);
    tagged(ok(&user)?, user.version)
}

/// A moment as it is written, if there is one.
pub(crate) fn moment(at: Option<Timestamp>) -> Option<String> {
    at.map(Timestamp::to_rfc3339)
}
