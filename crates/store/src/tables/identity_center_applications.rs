//! Identity Center applications of accounts: names for what people of other systems sign in through. Global and few.

use crate::{StoreError, Tx};

macro_rules! columns {
    () => {
        "application_arn, account_id, name, instance_arn, created_at"
    };
}

row! {
    /// One application.
    ApplicationRow { application_arn: text, account_id: text, name: text, instance_arn: text, created_at: int, }
}

statements! {
    INSERT = concat!("INSERT INTO identity_center_applications (", columns!(), ") VALUES ($1, $2, $3, $4, $5)");
    BY_ARN = concat!("SELECT ", columns!(), " FROM identity_center_applications WHERE application_arn = $1");
    PAGE = concat!("SELECT ", columns!(), " FROM identity_center_applications \
            WHERE account_id = $1 AND application_arn > $2 ORDER BY application_arn LIMIT $3");
    COUNT = "SELECT COUNT(*) FROM identity_center_applications WHERE account_id = $1";
    DELETE = "DELETE FROM identity_center_applications WHERE application_arn = $1";
}

/// Adds an application.
pub fn insert(tx: &mut Tx<'_>, row: &ApplicationRow) -> Result<(), StoreError> {
    let values = params![&row.application_arn, &row.account_id, &row.name, &row.instance_arn, row.created_at];
    tx.execute(INSERT, values).map(drop)
}

/// The application with this name of Amazon's.
pub fn by_arn(tx: &mut Tx<'_>, application_arn: &str) -> Result<Option<ApplicationRow>, StoreError> {
    tx.opt(BY_ARN, params![application_arn], ApplicationRow::read)
}

/// The applications of an account after one.
pub fn page(tx: &mut Tx<'_>, account_id: &str, after: &str, limit: i64) -> Result<Vec<ApplicationRow>, StoreError> {
    tx.all(PAGE, params![account_id, after, limit], ApplicationRow::read)
}

/// How many applications an account has.
pub fn count(tx: &mut Tx<'_>, account_id: &str) -> Result<i64, StoreError> {
    tx.one(COUNT, params![account_id], |row| row.int(0))
}

/// Removes an application.
pub fn delete(tx: &mut Tx<'_>, application_arn: &str) -> Result<(), StoreError> {
    tx.execute(DELETE, params![application_arn]).map(drop)
}
