//! Access control rules: who may reach mailboxes over which protocol and from where (PutAccessControlRule and others).
//!
//! They come on top of passwords and of permissions on mailboxes, and say nothing about administrators. Rules have no
//! order: one that denies is stronger than all that allow, and where none allows, nobody gets in.

mod delete_access_control_rule;
mod evaluate;
mod list_access_control_rules;
mod put_access_control_rule;
mod test_access_control;

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use reeve_base::ids::{ImpersonationRoleId, UserId};
use reeve_base::names::Network;
use reeve_base::{Invalid, Timestamp};
use reeve_store::Tx;
use reeve_store::tables::organization_documents::{self as rows, DocumentRow};

use crate::ctx::stored;
use crate::documents::{self, Body, texts};
use crate::effect::{Condition, Effect};
use crate::error::Error;

pub use delete_access_control_rule::delete_access_control_rule;
pub(crate) use evaluate::allows;
pub use list_access_control_rules::list_access_control_rules;
pub use put_access_control_rule::{NewAccessControlRule, put_access_control_rule};
pub use test_access_control::{AccessAnswer, AccessQuestion, Who, test_access_control};

/// The kind of document that a rule is; its id and its key are its name.
const KIND: &str = "access_control_rule";

/// The rule that every organization begins with.
const DEFAULT: &str = "default";

/// A protocol by which mailboxes are reached, or how it is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// Exchange ActiveSync: mobile devices.
    ActiveSync,
    /// How clients find where to connect to.
    AutoDiscover,
    /// Exchange Web Services.
    Ews,
    /// IMAP.
    Imap,
    /// Handing in mail over SMTP.
    Smtp,
    /// Outlook for Windows.
    WindowsOutlook,
    /// Web mail.
    WebMail,
}

impl Protocol {
    /// Every protocol.
    pub const ALL: [Self; 7] =
        [Self::ActiveSync, Self::AutoDiscover, Self::Ews, Self::Imap, Self::Smtp, Self::WindowsOutlook, Self::WebMail];

    /// The word for it on every wire: WorkMail's.
    pub fn word(self) -> &'static str {
        match self {
            Self::ActiveSync => "ActiveSync",
            Self::AutoDiscover => "AutoDiscover",
            Self::Ews => "EWS",
            Self::Imap => "IMAP",
            Self::Smtp => "SMTP",
            Self::WindowsOutlook => "WindowsOutlook",
            Self::WebMail => "WebMail",
        }
    }
}

impl FromStr for Protocol {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::ALL.into_iter().find(|protocol| protocol.word() == text).ok_or_else(|| {
            let words = Self::ALL.map(Self::word).join(", ");
            Invalid::new("protocol", format!("must be one of {words}"))
        })
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// How somebody comes to a mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    /// Over which protocol.
    pub protocol: Protocol,
    /// From which address.
    pub address: IpAddr,
}

/// When a rule speaks: all of these must hold. `User` is how users are named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessConditions<User = UserId> {
    /// From where.
    pub ip_ranges: Condition<Network>,
    /// Over which protocol.
    pub protocols: Condition<Protocol>,
    /// Which user; a program that acts as users is none.
    pub users: Condition<User>,
    /// Which program that acts as users; a user is none.
    pub impersonation_roles: Condition<ImpersonationRoleId>,
}

// Derived, it would ask for a default of what users are named by.
impl<User> Default for AccessConditions<User> {
    fn default() -> Self {
        Self {
            ip_ranges: Condition::default(),
            protocols: Condition::default(),
            users: Condition::default(),
            impersonation_roles: Condition::default(),
        }
    }
}

/// A rule about who may reach mailboxes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessControlRule {
    /// Its name, which tells it apart.
    pub name: String,
    /// What it says.
    pub effect: Effect,
    /// What it is for.
    pub description: Option<String>,
    /// When it speaks.
    pub conditions: AccessConditions,
    /// When it was made; never for the one that the organization began with.
    pub created_at: Option<Timestamp>,
    /// When it was last changed; never for that one while nobody has.
    pub updated_at: Option<Timestamp>,
    /// Goes up with every change.
    pub version: i64,
}

const IP_RANGES: [&str; 2] = ["ip_ranges", "not_ip_ranges"];
const PROTOCOLS: [&str; 2] = ["protocols", "not_protocols"];
const USERS: [&str; 2] = ["users", "not_users"];
const ROLES: [&str; 2] = ["impersonation_roles", "not_impersonation_roles"];

impl AccessControlRule {
    fn from_row(row: DocumentRow) -> Result<Self, Error> {
        let body = Body::read(&row.body)?;
        let moment = |millis: i64| Some(Timestamp::from_millis(millis)).filter(|_| millis > 0);
        Ok(Self {
            effect: stored(body.text("effect")?.parse())?,
            description: body.optional_text("description"),
            conditions: AccessConditions {
                ip_ranges: body.condition(IP_RANGES, |text| Network::parse("ip_ranges", text))?,
                protocols: body.condition(PROTOCOLS, str::parse)?,
                users: body.condition(USERS, str::parse)?,
                impersonation_roles: body.condition(ROLES, str::parse)?,
            },
            created_at: moment(row.created_at),
            updated_at: moment(row.updated_at),
            version: row.version,
            name: row.document_id,
        })
    }
}

fn body_of(effect: Effect, description: Option<&str>, conditions: &AccessConditions) -> Body {
    let AccessConditions { ip_ranges, protocols, users, impersonation_roles } = conditions;
    Body::new([
        ("effect", effect.word().into()),
        ("description", description.into()),
        (IP_RANGES[0], texts(&ip_ranges.any_of)),
        (IP_RANGES[1], texts(&ip_ranges.none_of)),
        (PROTOCOLS[0], texts(&protocols.any_of)),
        (PROTOCOLS[1], texts(&protocols.none_of)),
        (USERS[0], texts(&users.any_of)),
        (USERS[1], texts(&users.none_of)),
        (ROLES[0], texts(&impersonation_roles.any_of)),
        (ROLES[1], texts(&impersonation_roles.none_of)),
    ])
}

/// Every rule of an organization, by name.
fn all(tx: &mut Tx<'_>, organization_id: &str) -> Result<Vec<AccessControlRule>, Error> {
    rows::all(tx, (organization_id, KIND))?.into_iter().map(AccessControlRule::from_row).collect()
}

/// Gives a new organization the rule that lets everybody in. It bears no time, as WorkMail's does not.
pub(crate) fn add_default(tx: &mut Tx<'_>, organization_id: &str) -> Result<(), Error> {
    let body = body_of(Effect::Allow, Some("Default WorkMail Rule"), &AccessConditions::default());
    let row = documents::first((organization_id, KIND), (DEFAULT, DEFAULT), &body, Timestamp::from_millis(0));
    // A step that runs twice finds the rule there, or finds that somebody was faster to change it.
    rows::insert(tx, &row)?;
    Ok(())
}
