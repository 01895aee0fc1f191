//! Which mobile devices may synchronize over ActiveSync: rules about what devices report of themselves, and overrides
//! for single devices of single users.
//!
//! Rules have no order: one that denies is stronger than all that allow, and where none allows, no device gets in. An
//! override takes the place of whatever the rules say.

mod create_mobile_device_rule;
mod delete_mobile_device_rule;
mod edit_mobile_device_rule;
mod list_mobile_device_rules;
mod mobile_device_overrides;
mod put_mobile_device_override;
mod test_mobile_device_access;

use reeve_base::ids::{MobileDeviceRuleId, UserId};
use reeve_base::limits::VALUES_PER_CONDITION_MAX;
use reeve_base::names::{Description, DeviceText, Label};
use reeve_base::{Invalid, Timestamp, text};
use reeve_store::Tx;
use reeve_store::tables::mobile_device_overrides::OverrideRow;
use reeve_store::tables::organization_documents::{self as rows, DocumentRow};

use crate::ctx::{Ctx, stored};
use crate::documents::{self, Body, texts};
use crate::effect::{Condition, Effect};
use crate::error::Error;

pub use create_mobile_device_rule::{CreatedMobileDeviceRule, create_mobile_device_rule};
pub use delete_mobile_device_rule::delete_mobile_device_rule;
pub use edit_mobile_device_rule::edit_mobile_device_rule;
pub use list_mobile_device_rules::list_mobile_device_rules;
pub use mobile_device_overrides::{
    OverrideFilter, delete_mobile_device_override, list_mobile_device_overrides, show_mobile_device_override,
};
pub use put_mobile_device_override::{NewMobileDeviceOverride, put_mobile_device_override};
pub use test_mobile_device_access::{Device, DeviceAnswer, test_mobile_device_access};

/// The kind of document that a rule is; its key is its id, so that names need not differ.
const KIND: &str = "mobile_device_rule";

/// The rule that every organization begins with: its id and its name.
const DEFAULT: &str = "default";

/// What a rule is called where none is found.
const RULE: &str = "mobile device access rule";

/// The same of an override.
const OVERRIDE: &str = "mobile device access override";

/// Stands in a rule for a property that the device does not report.
pub const NOT_REPORTED: &str = "$NONE";

const TYPES: [&str; 2] = ["device_types", "not_device_types"];
const MODELS: [&str; 2] = ["device_models", "not_device_models"];
const OPERATING_SYSTEMS: [&str; 2] = ["device_operating_systems", "not_device_operating_systems"];
const USER_AGENTS: [&str; 2] = ["device_user_agents", "not_device_user_agents"];

/// When a rule speaks: all of these must hold. Each value is how a property begins, case aside, or [`NOT_REPORTED`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeviceConditions {
    /// What kind of device it is.
    pub types: Condition<DeviceText>,
    /// Its model.
    pub models: Condition<DeviceText>,
    /// Its operating system.
    pub operating_systems: Condition<DeviceText>,
    /// The user agent of its mail program.
    pub user_agents: Condition<DeviceText>,
}

impl DeviceConditions {
    fn check(&self) -> Result<(), Invalid> {
        self.types.need_few(TYPES, VALUES_PER_CONDITION_MAX)?;
        self.models.need_few(MODELS, VALUES_PER_CONDITION_MAX)?;
        self.operating_systems.need_few(OPERATING_SYSTEMS, VALUES_PER_CONDITION_MAX)?;
        self.user_agents.need_few(USER_AGENTS, VALUES_PER_CONDITION_MAX)
    }
}

/// A rule about mobile devices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MobileDeviceRule {
    /// Its id.
    pub id: MobileDeviceRuleId,
    /// Its name; others may have the same.
    pub name: String,
    /// What it says.
    pub effect: Effect,
    /// What it is for.
    pub description: Option<String>,
    /// When it speaks.
    pub conditions: DeviceConditions,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Goes up with every change.
    pub version: i64,
}

/// What a rule about mobile devices is to be, as a whole.
#[derive(Debug, Clone)]
pub struct NewMobileDeviceRule {
    /// Its name.
    pub name: Label,
    /// What it says.
    pub effect: Effect,
    /// What it is for.
    pub description: Option<Description>,
    /// When it speaks.
    pub conditions: DeviceConditions,
}

impl NewMobileDeviceRule {
    fn body(&self) -> Body {
        let DeviceConditions { types, models, operating_systems, user_agents } = &self.conditions;
        Body::new([
            ("name", self.name.as_str().into()),
            ("effect", self.effect.word().into()),
            ("description", self.description.as_ref().map(Description::as_str).into()),
            (TYPES[0], texts(&types.any_of)),
            (TYPES[1], texts(&types.none_of)),
            (MODELS[0], texts(&models.any_of)),
            (MODELS[1], texts(&models.none_of)),
            (OPERATING_SYSTEMS[0], texts(&operating_systems.any_of)),
            (OPERATING_SYSTEMS[1], texts(&operating_systems.none_of)),
            (USER_AGENTS[0], texts(&user_agents.any_of)),
            (USER_AGENTS[1], texts(&user_agents.none_of)),
        ])
    }
}

impl MobileDeviceRule {
    fn from_row(row: &DocumentRow) -> Result<Self, Error> {
        let body = Body::read(&row.body)?;
        let condition = |fields: [&'static str; 2]| body.condition(fields, |text| DeviceText::parse(fields[0], text));
        Ok(Self {
            id: stored(row.document_id.parse())?,
            name: body.text("name")?.to_owned(),
            effect: stored(body.text("effect")?.parse())?,
            description: body.optional_text("description"),
            conditions: DeviceConditions {
                types: condition(TYPES)?,
                models: condition(MODELS)?,
                operating_systems: condition(OPERATING_SYSTEMS)?,
                user_agents: condition(USER_AGENTS)?,
            },
            created_at: Timestamp::from_millis(row.created_at),
            updated_at: Timestamp::from_millis(row.updated_at),
            version: row.version,
        })
    }
}

/// What one device of one user may do, whatever the rules say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MobileDeviceOverride {
    /// Whose device.
    pub user_id: UserId,
    /// Which, as it was last written; case does not matter.
    pub device_id: String,
    /// Whether it may synchronize.
    pub effect: Effect,
    /// Why.
    pub description: Option<String>,
    /// When the override was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl MobileDeviceOverride {
    fn from_row(row: OverrideRow) -> Result<Self, Error> {
        Ok(Self {
            user_id: stored(row.user_id.parse())?,
            effect: stored(row.effect.parse())?,
            description: Some(row.description).filter(|text| !text.is_empty()),
            created_at: Timestamp::from_millis(row.created_at),
            updated_at: Timestamp::from_millis(row.updated_at),
            device_id: row.device_id,
        })
    }
}

/// Every rule of an organization, by name; those of one name, by id.
fn all(tx: &mut Tx<'_>, organization_id: &str) -> Result<Vec<MobileDeviceRule>, Error> {
    let found = rows::all(tx, (organization_id, KIND))?;
    let mut rules = found.iter().map(MobileDeviceRule::from_row).collect::<Result<Vec<_>, Error>>()?;
    rules.sort_by_cached_key(|rule| (text::fold(&rule.name), rule.id.to_string()));
    Ok(rules)
}

/// The rule with this id. Errors: `NotFound`.
fn need(tx: &mut Tx<'_>, organization_id: &str, rule: &MobileDeviceRuleId) -> Result<DocumentRow, Error> {
    rows::get(tx, (organization_id, KIND), rule.as_str())?.ok_or_else(|| Error::not_found(RULE, rule))
}

/// Gives a new organization the rule that lets every device in.
pub(crate) fn add_default(tx: &mut Tx<'_>, ctx: &Ctx, organization_id: &str) -> Result<(), Error> {
    let body = Body::new([
        ("name", DEFAULT.into()),
        ("effect", Effect::Allow.word().into()),
        ("description", "Default WorkMail Rule".into()),
    ]);
    // A step that runs twice finds the rule there, or finds that somebody was faster to change it.
    rows::insert(tx, &documents::first((organization_id, KIND), (DEFAULT, DEFAULT), &body, ctx.now()))?;
    Ok(())
}
