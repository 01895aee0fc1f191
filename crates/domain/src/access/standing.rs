//! What an administrator is at this moment, read in the transaction that is about to act.
//!
//! Nothing of it is kept between transactions: who was deactivated, demoted or signed out a moment ago is refused,
//! also in a request that began before.

use reeve_base::ids::AdministratorId;
use reeve_base::limits::{REAUTHENTICATION_WINDOW, SESSION_IDLE};
use reeve_store::Tx;
use reeve_store::tables::accounts;
use reeve_store::tables::administrators::AdministratorRow;
use reeve_store::tables::standings::{self, StandingRow};

use crate::cedar::{Asker, Circumstances};
use crate::ctx::{AdministratorRole, Credential, Ctx};
use crate::error::Error;

/// What an administrator is, and what speaks for them.
#[derive(Debug)]
pub(crate) struct Standing {
    pub(crate) administrator_id: String,
    pub(crate) username: String,
    pub(crate) account_id: String,
    pub(crate) role: AdministratorRole,
    pub(crate) policies_version: i64,
    /// The policy beyond which the credential does not reach; empty for none.
    pub(crate) limit_policy: String,
    /// Whether only enrolling a second factor is open.
    pub(crate) enrolment_required: bool,
    /// How the request came, for conditions of policies.
    circumstances: Circumstances,
    /// Whether who speaks proved within the last minutes who they are; a credential that proves it each time always did.
    pub(crate) fresh: bool,
    pub(crate) by_session: bool,
}

impl Standing {
    /// Looks a credential up. Errors: `Unauthenticated` when it is over.
    pub(crate) fn look_up(
        tx: &mut Tx<'_>,
        ctx: &Ctx,
        id: &AdministratorId,
        credential: &Credential,
    ) -> Result<Self, Error> {
        let row = match credential {
            Credential::Session { id } => standings::of_session(tx, id.as_str())?,
            Credential::ApiPassword { .. } => standings::of_api_password(tx, id.as_str())?,
            Credential::AccessKey { id } => standings::of_access_key(tx, id.as_str())?,
        };
        row.filter(|row| row.administrator_id == id.as_str() && holds(ctx, row, credential))
            .map(|row| Self::of(ctx, row, credential))
            .ok_or(Error::Unauthenticated)
    }

    /// Who asks policies.
    pub(crate) fn asker(&self) -> Asker<'_> {
        Asker { administrator_id: &self.administrator_id, username: &self.username, circumstances: &self.circumstances }
    }

    /// What an administrator would be in a fresh session, from an address if one is named: for questions, not for
    /// decisions.
    pub(crate) fn supposed(
        tx: &mut Tx<'_>,
        row: &AdministratorRow,
        source_address: Option<String>,
    ) -> Result<Self, Error> {
        let account = accounts::by_id(tx, &row.account_id)?
            .ok_or_else(|| Error::internal("an administrator belongs to an account that never was"))?;
        Ok(Self {
            administrator_id: row.administrator_id.clone(),
            username: row.username.clone(),
            account_id: row.account_id.clone(),
            role: AdministratorRole::of(&row.role),
            policies_version: account.policies_version,
            limit_policy: String::new(),
            enrolment_required: false,
            circumstances: Circumstances {
                credential: "session".to_owned(),
                second_factor: row.second_factors > 0,
                source_address,
            },
            fresh: true,
            by_session: true,
        })
    }

    fn of(ctx: &Ctx, row: StandingRow, credential: &Credential) -> Self {
        let by_session = matches!(credential, Credential::Session { .. });
        let fresh_since = ctx.now().minus(REAUTHENTICATION_WINDOW).millis();
        Self {
            role: AdministratorRole::of(&row.role),
            policies_version: row.policies_version,
            enrolment_required: by_session && row.second_factor_required && row.second_factors == 0,
            circumstances: Circumstances {
                credential: credential.word().to_owned(),
                second_factor: row.second_factor,
                source_address: ctx.source_address().map(str::to_owned),
            },
            fresh: !by_session || row.authenticated_at > fresh_since,
            by_session,
            limit_policy: row.limit_policy,
            administrator_id: row.administrator_id,
            username: row.username,
            account_id: row.account_id,
        }
    }
}

/// Whether a credential is good now.
fn holds(ctx: &Ctx, row: &StandingRow, credential: &Credential) -> bool {
    let now = ctx.now();
    let by_api = || row.api_access && row.credential_status == "active";
    row.status == "active"
        && match credential {
            Credential::Session { .. } => {
                row.session_ends_at > now.millis() && row.seen_at > now.minus(SESSION_IDLE).millis()
            }
            Credential::ApiPassword { set_at } => by_api() && row.made_at == set_at.millis(),
            Credential::AccessKey { .. } => by_api() && row.expires_at.is_none_or(|at| at > now.millis()),
        }
}
