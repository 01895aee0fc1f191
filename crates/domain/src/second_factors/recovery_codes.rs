//! Recovery codes: ten texts on paper, each of which stands in for a second factor once.
//!
//! Only their hashes are stored; a fast hash is enough for eighty random bits.

use aws_lc_rs::digest;
use reeve_base::limits::RECOVERY_CODES;
use reeve_base::secret::ExposeSecret;
use reeve_base::{Random, Secret, random};
use reeve_store::Tx;
use reeve_store::tables::administrators::AdministratorRow;
use reeve_store::tables::second_factors as rows;

use crate::administrators::{own_session, save};
use crate::audit::Change;
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::MAKE_RECOVERY_CODES;

/// The letters of a code (RFC 4648 §6): none that is mistaken for another on paper, and each is five bits.
const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Characters of a code: 80 bits.
const CHARS: usize = 16;

/// Characters between two hyphens.
const GROUP: usize = 4;

/// Codes that are about to become somebody's.
#[derive(Debug, Clone)]
pub(crate) struct RecoveryCodes(Vec<Secret>);

impl RecoveryCodes {
    pub(crate) fn generate(random: &dyn Random) -> Self {
        Self((0..RECOVERY_CODES).map(|_| code(random)).collect())
    }

    /// Makes them somebody's, in the place of those that they had; gives what an event says of it.
    pub(super) fn set(&self, tx: &mut Tx<'_>, row: &AdministratorRow) -> Result<Change, Error> {
        let hashes: Vec<_> = self.0.iter().map(|code| hash(code.expose_secret())).collect();
        rows::set_recovery_codes(tx, &row.administrator_id, &hashes)?;
        Ok(Change::made("recovery_codes", hashes.len().to_string()))
    }

    /// The codes in groups of four, as they are shown once.
    pub(super) fn shown(&self) -> Vec<Secret> {
        let grouped = |code: &Secret| {
            let letters = code.expose_secret().as_bytes().chunks(GROUP);
            let groups: Vec<_> = letters.map(String::from_utf8_lossy).collect();
            Secret::from(groups.join("-"))
        };
        self.0.iter().map(grouped).collect()
    }
}

/// Makes new recovery codes for oneself; the old ones are void. They are shown this once.
///
/// Errors: `WrongState` without a second factor.
pub async fn make_recovery_codes(ctx: &Ctx) -> Result<Vec<Secret>, Error> {
    let codes = RecoveryCodes::generate(ctx.random());
    let made = codes.clone();
    ctx.write(move |tx, ctx| {
        let (mut row, _) = own_session(tx, ctx, &MAKE_RECOVERY_CODES)?;
        if row.second_factors == 0 {
            return Err(Error::WrongState {
                is: "a sign-in without a second factor".to_owned(),
                needs: "given one first; recovery codes come with it".to_owned(),
            });
        }
        let change = made.set(tx, &row)?;
        save(tx, ctx, &MAKE_RECOVERY_CODES, &mut row, &[change])
    })
    .await?;
    Ok(codes.shown())
}

/// Uses up a code; false when it is none, or was used.
pub(super) fn use_up(tx: &mut Tx<'_>, row: &AdministratorRow, code: &Secret) -> Result<bool, Error> {
    let code = code.expose_secret();
    if code.len() != CHARS || !code.is_ascii() {
        return Ok(false);
    }
    Ok(rows::use_recovery_code(tx, &row.administrator_id, &hash(code))?)
}

fn code(random: &dyn Random) -> Secret {
    let drawn = random::bytes::<CHARS>(random);
    let letter = |byte: &u8| char::from(LETTERS.get(usize::from(byte % 32)).copied().unwrap_or(b'A'));
    Secret::from(drawn.iter().map(letter).collect::<String>())
}

/// The hash by which a code is known, however its letters were typed.
fn hash(code: &str) -> Vec<u8> {
    digest::digest(&digest::SHA256, code.to_ascii_uppercase().as_bytes()).as_ref().to_vec()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use reeve_base::random::OsRandom;

    use super::*;

    #[test]
    fn ten_different_codes_are_shown_in_groups() {
        let shown = RecoveryCodes::generate(&OsRandom).shown();
        let texts: HashSet<_> = shown.iter().map(|code| code.expose_secret().to_owned()).collect();
        assert_eq!(texts.len(), 10);
        for text in texts {
            assert_eq!(text.len(), 19, "{text}");
            let is_group = |group: &str| group.len() == 4 && group.bytes().all(|byte| LETTERS.contains(&byte));
            assert!(text.split('-').all(is_group), "{text}");
        }
    }
}
