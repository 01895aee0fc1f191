//! The second step of a sign-in: what is asked of somebody whose password was right, and what must be remembered.
//!
//! The challenge holds a digest of the stored password: with another one it is over, whoever set it.

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use reeve_base::{Secret, Timestamp};
use reeve_store::Tx;
use reeve_store::tables::administrators::AdministratorRow;
use reeve_store::tables::second_factors as rows;
use serde_json::{Value, json};

use crate::ctx::{Ctx, stored};
use crate::error::Error;
use crate::second_factors::challenge::{self, Bound, Draft, Kind, Open};
use crate::second_factors::{Method, methods, passkeys};

/// What is asked of somebody whose password was right.
#[derive(Debug, Clone)]
pub struct Challenge {
    /// What continues the sign-in.
    pub token: Secret,
    /// The ways that are open.
    pub methods: Vec<Method>,
    /// `PublicKeyCredentialRequestOptions` in the JSON form of WebAuthn, where there are passkeys.
    pub passkey_options: Option<Value>,
    /// When it must have been answered.
    pub expires_at: Timestamp,
}

/// The answer.
#[derive(Debug, Clone)]
pub enum Proof {
    /// A one-time code or a recovery code.
    Code(Secret),
    /// What the browser answered, as JSON.
    Passkey(Value),
}

/// A challenge as it is made ready before the transaction that opens it.
#[derive(Debug, Clone)]
pub(super) struct Offer {
    draft: Draft,
    /// What the browser is asked, and what must be remembered of it.
    passkey: Option<(Value, Value)>,
}

/// Makes a challenge ready for somebody, or an empty one for nobody.
pub(super) async fn prepare(ctx: &Ctx, row: Option<&AdministratorRow>) -> Result<Offer, Error> {
    let draft = Draft::new(ctx);
    let Some(id) = row.map(|row| row.administrator_id.clone()) else {
        return Ok(Offer { draft, passkey: None });
    };
    let existing = ctx.read(move |tx, _| Ok(rows::passkeys(tx, &id)?)).await?;
    Ok(Offer { draft, passkey: passkeys::ask(ctx, &existing)? })
}

/// Opens a challenge.
pub(super) fn ask(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    row: &AdministratorRow,
    session_id: &str,
    offer: &Offer,
) -> Result<Challenge, Error> {
    let (passkey_options, state) = offer.passkey.clone().unzip();
    let state = json!({ "password": password_digest(row), "passkey": state }).to_string();
    let bound = Bound { kind: Kind::SecondStep, administrator_id: &row.administrator_id, session_id };
    let expires_at = challenge::open(tx, ctx, bound, &offer.draft, state.as_bytes())?;
    Ok(Challenge { token: offer.draft.token.clone(), methods: methods(tx, ctx, row)?, passkey_options, expires_at })
}

/// A second step that waits for its answer.
pub(super) struct Step {
    pub(super) open: Open,
    password: String,
    /// What must be remembered of what the browser was asked; null where it was asked nothing.
    pub(super) passkey: Value,
}

impl Step {
    /// The step with this token, if it still waits.
    pub(super) fn find(tx: &mut Tx<'_>, ctx: &Ctx, token: &Secret) -> Result<Option<Self>, Error> {
        let found = challenge::find(tx, ctx, token)?;
        let Some(open) = found.filter(|open| open.is_a(Kind::SecondStep)) else { return Ok(None) };
        let mut state: Value = stored(serde_json::from_slice(&open.state))?;
        let password = state["password"].as_str().unwrap_or_default().to_owned();
        let passkey = state["passkey"].take();
        Ok(Some(Self { open, password, passkey }))
    }

    /// Whether the password that was shown is still the one of this administrator.
    pub(super) fn holds_for(&self, row: &AdministratorRow) -> bool {
        self.password == password_digest(row)
    }
}

/// Tells one stored password from another.
fn password_digest(row: &AdministratorRow) -> String {
    let stored = row.password_hash.as_deref().unwrap_or_default();
    STANDARD_NO_PAD.encode(digest::digest(&digest::SHA256, stored.as_bytes()))
}
