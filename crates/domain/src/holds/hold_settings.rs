//! For how long an organization holds back what is left of who is gone.

use std::time::Duration;

use reeve_base::Invalid;
use reeve_base::limits::{ADDRESS_HOLD, ALIAS_HOLD, HOLD_DAYS_MAX, NAME_HOLD};
use reeve_store::Tx;
use reeve_store::tables::{directories, organization_documents as rows};
use serde_json::Value;

use crate::audit::{self, Subject};
use crate::ctx::{Ctx, stored};
use crate::documents::{self, Body};
use crate::error::Error;
use crate::operations::{SET_HOLD_SETTINGS, SHOW_HOLD_SETTINGS};
use crate::organizations::{Needs, OrganizationRef, find_in};

/// The kind of document, of which there is one.
const KIND: &str = "holds";

const DAY_SECONDS: u64 = 24 * 3600;

/// For how many days what is held back; 0 holds nothing back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HoldSettings {
    /// Addresses of people, groups and resources that are disabled or deleted.
    pub addresses_days: u32,
    /// Names of deleted users.
    pub names_days: u32,
    /// The alias of the organization and its test domain, once it is deleted.
    pub alias_days: u32,
}

impl Default for HoldSettings {
    fn default() -> Self {
        let days = |hold: Duration| u32::try_from(hold.as_secs() / DAY_SECONDS).unwrap_or(HOLD_DAYS_MAX);
        Self { addresses_days: days(ADDRESS_HOLD), names_days: days(NAME_HOLD), alias_days: days(ALIAS_HOLD) }
    }
}

/// What changes of the settings; `None` leaves it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HoldSettingsEdit {
    /// See [`HoldSettings::addresses_days`].
    pub addresses_days: Option<u32>,
    /// See [`HoldSettings::names_days`].
    pub names_days: Option<u32>,
    /// See [`HoldSettings::alias_days`].
    pub alias_days: Option<u32>,
}

impl HoldSettings {
    fn changed(self, edit: HoldSettingsEdit) -> Result<Self, Invalid> {
        Ok(Self {
            addresses_days: days("addresses_days", edit.addresses_days, self.addresses_days)?,
            names_days: days("names_days", edit.names_days, self.names_days)?,
            alias_days: days("alias_days", edit.alias_days, self.alias_days)?,
        })
    }

    fn body(self) -> Body {
        Body::new([
            ("addresses_days", self.addresses_days.into()),
            ("names_days", self.names_days.into()),
            ("alias_days", self.alias_days.into()),
        ])
    }

    fn read(text: &str) -> Result<Self, Error> {
        let body = Body::read(text)?;
        let days = |field: &str| {
            let days = body.get(field).and_then(Value::as_u64).and_then(|days| u32::try_from(days).ok());
            stored(days.ok_or_else(|| format!("the settings of holds lack {field}")))
        };
        Ok(Self {
            addresses_days: days("addresses_days")?,
            names_days: days("names_days")?,
            alias_days: days("alias_days")?,
        })
    }

    /// How long addresses are held back.
    pub(crate) fn addresses(self) -> Duration {
        length(self.addresses_days)
    }

    /// How long names are held back.
    pub(crate) fn names(self) -> Duration {
        length(self.names_days)
    }

    /// How long the alias is held back.
    pub(crate) fn alias(self) -> Duration {
        length(self.alias_days)
    }
}

fn length(days: u32) -> Duration {
    Duration::from_secs(DAY_SECONDS * u64::from(days))
}

fn days(field: &'static str, wanted: Option<u32>, is: u32) -> Result<u32, Invalid> {
    match wanted {
        Some(days) if days > HOLD_DAYS_MAX => {
            Err(Invalid::new(field, format!("must be between 0 and {HOLD_DAYS_MAX}; 0 holds nothing back")))
        }
        wanted => Ok(wanted.unwrap_or(is)),
    }
}

/// Shows for how long an organization holds back what is left of who is gone.
pub async fn show_hold_settings(ctx: &Ctx, organization: OrganizationRef) -> Result<HoldSettings, Error> {
    ctx.read(move |tx, ctx| {
        let row = find_in(tx, ctx, &SHOW_HOLD_SETTINGS, &organization, Needs::Present)?;
        settings_of(tx, &row.organization_id)
    })
    .await
}

/// Says for how long what is held back from now on. What is held back already keeps its time.
pub async fn set_hold_settings(
    ctx: &Ctx,
    organization: OrganizationRef,
    edit: HoldSettingsEdit,
) -> Result<HoldSettings, Error> {
    ctx.write(move |tx, ctx| {
        let organization = find_in(tx, ctx, &SET_HOLD_SETTINGS, &organization, Needs::Usable)?;
        let before = settings_of(tx, &organization.organization_id)?;
        let after = before.changed(edit)?;
        if before == after {
            return Ok(before);
        }
        let of = (organization.organization_id.as_str(), KIND);
        let body = after.body();
        match rows::get(tx, of, KIND)? {
            Some(row) => rows::update(tx, &documents::next(row, &body, ctx.now()))?,
            None => {
                rows::insert(tx, &documents::first(of, (KIND, KIND), &body, ctx.now()))?;
            }
        }
        let subject = Subject::within(&organization, &organization.organization_id, &organization.alias);
        audit::record(tx, ctx, &SET_HOLD_SETTINGS, subject, &body.changes_from(&before.body()))?;
        Ok(after)
    })
    .await
}

/// The settings of an organization.
pub(crate) fn settings_of(tx: &mut Tx<'_>, organization_id: &str) -> Result<HoldSettings, Error> {
    match rows::get(tx, (organization_id, KIND), KIND)? {
        Some(row) => HoldSettings::read(&row.body),
        None => Ok(HoldSettings::default()),
    }
}

/// The settings of the organization that a directory serves.
pub(crate) fn settings_of_directory(tx: &mut Tx<'_>, directory_id: &str) -> Result<HoldSettings, Error> {
    match directories::by_id(tx, directory_id)?.and_then(|directory| directory.organization_id) {
        Some(organization_id) => settings_of(tx, &organization_id),
        None => Ok(HoldSettings::default()),
    }
}
