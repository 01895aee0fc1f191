//! Second factors of administrators: one-time codes, passkeys, recovery codes. Global and few.

use crate::{StoreError, Tx};

row! {
    /// The one-time codes of an administrator; the secret is sealed.
    OneTimeCodesRow { secret: bytes, confirmed_at: int, last_step: int, }
}

row! {
    /// One passkey; `credential` is the JSON text of the WebAuthn library.
    PasskeyRow {
        passkey_id: text, administrator_id: text, credential_id: bytes, name: text, credential: text,
        created_at: int, used_at: opt_int,
    }
}

statements! {
    CODES = "SELECT secret, confirmed_at, last_step FROM one_time_codes WHERE administrator_id = $1";
    PUT_CODES = "INSERT INTO one_time_codes (administrator_id, secret, confirmed_at, last_step) \
                 VALUES ($1, $2, $3, $4) ON CONFLICT (administrator_id) DO UPDATE SET secret = excluded.secret, \
                 confirmed_at = excluded.confirmed_at, last_step = excluded.last_step";
    USE_STEP = "UPDATE one_time_codes SET last_step = $2 WHERE administrator_id = $1 AND last_step < $2";
    DELETE_CODES = "DELETE FROM one_time_codes WHERE administrator_id = $1";
    INSERT_PASSKEY = "INSERT INTO passkeys (passkey_id, administrator_id, credential_id, name, credential, \
                      created_at, used_at) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
    PASSKEYS = "SELECT passkey_id, administrator_id, credential_id, name, credential, created_at, used_at \
                FROM passkeys WHERE administrator_id = $1 ORDER BY passkey_id";
    USED_PASSKEY = "UPDATE passkeys SET credential = $3, used_at = $4 WHERE administrator_id = $1 AND passkey_id = $2";
    DELETE_PASSKEY = "DELETE FROM passkeys WHERE administrator_id = $1 AND passkey_id = $2";
    DELETE_PASSKEYS = "DELETE FROM passkeys WHERE administrator_id = $1";
    ADD_RECOVERY = "INSERT INTO recovery_codes (administrator_id, code_hash) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    USE_RECOVERY = "DELETE FROM recovery_codes WHERE administrator_id = $1 AND code_hash = $2";
    COUNT_RECOVERY = "SELECT COUNT(*) FROM recovery_codes WHERE administrator_id = $1";
    DELETE_RECOVERY = "DELETE FROM recovery_codes WHERE administrator_id = $1";
}

/// The one-time codes of an administrator.
pub fn one_time_codes(tx: &mut Tx<'_>, administrator_id: &str) -> Result<Option<OneTimeCodesRow>, StoreError> {
    tx.opt(CODES, params![administrator_id], OneTimeCodesRow::read)
}

/// Gives an administrator one-time codes.
pub fn put_one_time_codes(tx: &mut Tx<'_>, administrator_id: &str, row: &OneTimeCodesRow) -> Result<(), StoreError> {
    let values = params![administrator_id, row.secret.as_slice(), row.confirmed_at, row.last_step];
    tx.execute(PUT_CODES, values).map(drop)
}

/// Uses up the code of a time step; false when it, or a later one, was used already.
pub fn use_step(tx: &mut Tx<'_>, administrator_id: &str, step: i64) -> Result<bool, StoreError> {
    Ok(tx.execute(USE_STEP, params![administrator_id, step])? > 0)
}

/// Removes the one-time codes; false when there were none.
pub fn delete_one_time_codes(tx: &mut Tx<'_>, administrator_id: &str) -> Result<bool, StoreError> {
    Ok(tx.execute(DELETE_CODES, params![administrator_id])? > 0)
}

/// Adds a passkey; false when the credential belongs to somebody.
pub fn insert_passkey(tx: &mut Tx<'_>, row: &PasskeyRow) -> Result<bool, StoreError> {
    let added = tx.execute(
        INSERT_PASSKEY,
        params![
            &row.passkey_id,
            &row.administrator_id,
            row.credential_id.as_slice(),
            &row.name,
            &row.credential,
            row.created_at,
            row.used_at,
        ],
    )?;
    Ok(added == 1)
}

/// The passkeys of an administrator, oldest first.
pub fn passkeys(tx: &mut Tx<'_>, administrator_id: &str) -> Result<Vec<PasskeyRow>, StoreError> {
    tx.all(PASSKEYS, params![administrator_id], PasskeyRow::read)
}

/// Notes that a passkey was used, with its counter as it is now.
pub fn used_passkey(
    tx: &mut Tx<'_>,
    (administrator_id, passkey_id): (&str, &str),
    credential: &str,
    now: i64,
) -> Result<(), StoreError> {
    tx.execute(USED_PASSKEY, params![administrator_id, passkey_id, credential, now]).map(drop)
}

/// Removes a passkey; false when there was none.
pub fn delete_passkey(tx: &mut Tx<'_>, administrator_id: &str, passkey_id: &str) -> Result<bool, StoreError> {
    Ok(tx.execute(DELETE_PASSKEY, params![administrator_id, passkey_id])? > 0)
}

/// Replaces the recovery codes by those with these hashes.
pub fn set_recovery_codes(tx: &mut Tx<'_>, administrator_id: &str, hashes: &[Vec<u8>]) -> Result<(), StoreError> {
    tx.execute(DELETE_RECOVERY, params![administrator_id])?;
    for hash in hashes {
        tx.execute(ADD_RECOVERY, params![administrator_id, hash.as_slice()])?;
    }
    Ok(())
}

/// Uses up a recovery code; false when it is none.
pub fn use_recovery_code(tx: &mut Tx<'_>, administrator_id: &str, hash: &[u8]) -> Result<bool, StoreError> {
    Ok(tx.execute(USE_RECOVERY, params![administrator_id, hash])? > 0)
}

/// How many recovery codes are left.
pub fn count_recovery_codes(tx: &mut Tx<'_>, administrator_id: &str) -> Result<i64, StoreError> {
    tx.one(COUNT_RECOVERY, params![administrator_id], |row| row.int(0))
}

/// Removes every second factor of an administrator.
pub fn delete_all(tx: &mut Tx<'_>, administrator_id: &str) -> Result<(), StoreError> {
    tx.execute(DELETE_CODES, params![administrator_id])?;
    tx.execute(DELETE_PASSKEYS, params![administrator_id])?;
    tx.execute(DELETE_RECOVERY, params![administrator_id]).map(drop)
}
