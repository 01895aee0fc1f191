//! What is amiss with organizations. Global and few: one that is well has no row.

use crate::{StoreError, Tx};

row! {
    /// One thing that is amiss with one organization.
    ConditionRow { organization_id: text, kind: text, subject: text, reason: text, remedy: text, since: int, }
}

row! {
    /// How many things of a kind are amiss.
    KindRow { kind: text, count: int, }
}

statements! {
    PUT = "INSERT INTO organization_conditions (organization_id, kind, subject, reason, remedy, since) \
           VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (organization_id, kind, subject) \
           DO UPDATE SET reason = excluded.reason, remedy = excluded.remedy";
    GET = "SELECT organization_id, kind, subject, reason, remedy, since FROM organization_conditions \
           WHERE organization_id = $1 AND kind = $2 AND subject = $3";
    ALL = "SELECT organization_id, kind, subject, reason, remedy, since FROM organization_conditions \
           WHERE organization_id = $1 ORDER BY since, kind, subject";
    DELETE = "DELETE FROM organization_conditions WHERE organization_id = $1 AND kind = $2 AND subject = $3";
    DELETE_ALL = "DELETE FROM organization_conditions WHERE organization_id = $1";
    KINDS = "SELECT kind, COUNT(*) FROM organization_conditions GROUP BY kind ORDER BY kind";
    EVERYWHERE = "SELECT organization_id, kind, subject, reason, remedy, since FROM organization_conditions \
                  ORDER BY since, organization_id, kind, subject LIMIT $1";
    OF_KIND = "SELECT organization_id, kind, subject, reason, remedy, since FROM organization_conditions \
               WHERE kind = $1 AND subject = ''";
}

/// Notes what is amiss, over what was noted of the same kind and subject; since when stays.
pub fn put(tx: &mut Tx<'_>, row: &ConditionRow) -> Result<(), StoreError> {
    let values = params![&row.organization_id, &row.kind, &row.subject, &row.reason, &row.remedy, row.since];
    tx.execute(PUT, values).map(drop)
}

/// What is amiss of a kind with a subject.
pub fn get(
    tx: &mut Tx<'_>,
    organization_id: &str,
    kind: &str,
    subject: &str,
) -> Result<Option<ConditionRow>, StoreError> {
    tx.opt(GET, params![organization_id, kind, subject], ConditionRow::read)
}

/// What is amiss with an organization, the oldest first.
pub fn all(tx: &mut Tx<'_>, organization_id: &str) -> Result<Vec<ConditionRow>, StoreError> {
    tx.all(ALL, params![organization_id], ConditionRow::read)
}

/// Forgets what was amiss.
pub fn delete(tx: &mut Tx<'_>, organization_id: &str, kind: &str, subject: &str) -> Result<(), StoreError> {
    tx.execute(DELETE, params![organization_id, kind, subject]).map(drop)
}

/// Forgets everything that was amiss with an organization.
pub fn delete_of_organization(tx: &mut Tx<'_>, organization_id: &str) -> Result<(), StoreError> {
    tx.execute(DELETE_ALL, params![organization_id]).map(drop)
}

/// How many things of each kind are amiss in the deployment.
pub fn kinds(tx: &mut Tx<'_>) -> Result<Vec<KindRow>, StoreError> {
    tx.all(KINDS, &[], KindRow::read)
}

/// What is amiss in the deployment, the oldest first.
pub fn everywhere(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<ConditionRow>, StoreError> {
    tx.all(EVERYWHERE, params![limit], ConditionRow::read)
}

/// What is amiss of a kind of which an organization has but one thing.
pub fn of_kind(tx: &mut Tx<'_>, kind: &str) -> Result<Vec<ConditionRow>, StoreError> {
    tx.all(OF_KIND, params![kind], ConditionRow::read)
}
