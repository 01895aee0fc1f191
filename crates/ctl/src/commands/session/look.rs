//! How sessions look.

use crate::commands::present::Fields;
use crate::listing::View;
use crate::render::Cell;
use crate::wire::{CredentialUsed, OwnSession, Session};

/// The session in use, and who is in it.
pub(super) fn fields(session: &Session) -> Fields {
    let administrator = session.administrator.as_ref();
    let times = session.session.as_ref();
    let fact = |fact: Option<bool>| fact.map_or_else(Cell::none, Cell::yes);
    vec![
        ("actor", Cell::from(&session.actor)),
        ("administrator", Cell::maybe(administrator.map(|who| &who.username))),
        ("role", Cell::maybe(administrator.map(|who| &who.role))),
        ("account", Cell::maybe(session.account_id.as_ref())),
        ("account name", Cell::maybe(session.account_name.as_ref())),
        ("region", Cell::from(&session.region)),
        ("let in by", session.credential.as_ref().map_or_else(Cell::none, credential)),
        ("session", Cell::maybe(times.map(|times| &times.session_id))),
        ("password given", Cell::moment(session.authenticated_at.as_ref())),
        ("fresh", fact(session.fresh)),
        ("second factor", fact(session.second_factor)),
        (
            "must enrol",
            if session.enrolment_required { Cell::from("yes: reeve second-factor totp") } else { Cell::none() },
        ),
        ("ends when idle", Cell::moment(times.and_then(|times| times.idle_expires_at.as_ref()))),
        ("ends", Cell::moment(times.and_then(|times| times.expires_at.as_ref()))),
    ]
}

fn credential(used: &CredentialUsed) -> Cell {
    let kind = used.kind.replace('_', " ");
    // The session's id stands in its own field.
    match used.id.as_ref().filter(|_| used.kind != "session") {
        Some(id) => Cell::from(format!("{kind} {id}")),
        None => Cell::from(kind),
    }
}

/// One's sessions.
pub(super) const SESSIONS: View<OwnSession> = View {
    heads: &["session", "current", "address", "program", "second factor", "last seen", "ends"],
    row: |session| {
        vec![
            Cell::from(&session.session_id),
            Cell::yes(session.current),
            Cell::maybe(session.source_address.as_ref()),
            Cell::maybe(session.user_agent.as_ref()),
            Cell::yes(session.second_factor),
            Cell::moment(session.last_seen_at.as_ref()),
            Cell::moment(session.expires_at.as_ref()),
        ]
    },
    names: ("session", "sessions"),
    when_empty: "sign in: reeve login --server URL",
};
