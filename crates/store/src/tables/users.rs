//! Users of a directory and the texts by which they are found. Sharded by `directory_id`.

use reeve_base::text::{self, search_key};

use super::mailboxes::MailboxRow;
use super::{Begins, Within};
use crate::value::{Row, Value};
use crate::{StoreError, Tx};

macro_rules! columns {
    () => {
        "directory_id, user_id, name, name_key, display_name, first_name, last_name, initials, telephone, street, \
         job_title, city, company, zip_code, department, country, office, identity_provider_user_id, hidden, role, \
         state, email, password_hash, password_changed_at, failures, locked_until, enabled_at, disabled_at, \
         created_at, updated_at, version, password_breached_at"
    };
}

/// What stands before the id at an identity provider among the texts by which a user is found, so that no search finds
/// it: nobody can search for a control character.
pub const PROVIDER_MARK: char = '\u{1}';

// An empty state or role means any; names lie between two texts. All of it stands in the index by name.
macro_rules! filter {
    () => {
        "directory_id = $1 AND ($2 = '' OR state = $2) AND ($3 = '' OR role = $3) AND name_key >= $4 AND name_key < $5"
    };
}

// Those who have a search text in a range.
macro_rules! found {
    ($from:literal, $to:literal) => {
        concat!(
            "(SELECT user_id FROM user_search WHERE directory_id = $1 AND token >= ",
            $from,
            " AND token < ",
            $to,
            ")"
        )
    };
}

// What narrows further, empty for any: display names between two texts, the beginning of the id at an identity provider
// and of the primary address, search texts between two; and those that may be seen: all or those with the ids in the
// second of three, but not those in the third. The inner part on addresses is answered by its index alone; asked in one
// piece, SQLite would rather go through every address of the directory for each user.
macro_rules! narrowed {
    () => {
        concat!(
            filter!(),
            " AND ($6 = '' OR (display_key >= $6 AND display_key < $7)) \
             AND ($8 = '' OR substr(identity_provider_user_id, 1, length($8)) = $8) \
             AND ($9 = '' OR EXISTS (SELECT 1 FROM addresses WHERE directory_id = $1 AND kind = 'primary' \
                AND address_key IN (SELECT address_key FROM addresses WHERE directory_id = $1 AND entity_id = user_id \
                   AND substr(address_key, 1, length($9)) = $9))) \
             AND ($10 = '' OR user_id IN ",
            found!("$10", "$11"),
            ") AND (CAST($12 AS BIGINT) = 1 OR user_id IN ",
            texts!("$13", "256", "257"),
            ") AND ($14 = '' OR user_id NOT IN ",
            texts!("$14", "256", "257"),
            ")"
        )
    };
}

// Users of whom a few are known to come into question: the join is made in this order, since no engine can tell how few
// they are before it plans.
macro_rules! of_few_found {
    ($from:literal, $to:literal) => {
        concat!(
            "(SELECT DISTINCT user_id AS few_id FROM user_search WHERE directory_id = $1 AND token >= ",
            $from,
            " AND token < ",
            $to,
            ") AS few CROSS JOIN users"
        )
    };
}

macro_rules! of_few_reached {
    ($from:literal, $to:literal) => {
        concat!(
            "(SELECT DISTINCT entity_id AS few_id FROM addresses WHERE directory_id = $1 AND address_key >= ",
            $from,
            " AND address_key < ",
            $to,
            " AND kind = 'primary') AS few CROSS JOIN users"
        )
    };
}

// The condition of that join stands with the others: PostgreSQL takes none beside CROSS JOIN.
macro_rules! few {
    () => {
        concat!("user_id = few_id AND ", narrowed!())
    };
}

// The users of a page with their mailboxes. Which they are is found out first, by what an index says if it says enough;
// the columns of mailboxes have names of their own, so that no other needs a prefix.
macro_rules! page {
    ($from:expr, $which:expr, $after:literal, $limit:literal) => {
        concat!(
            "SELECT ",
            columns!(),
            ", mailbox_directory, mailbox_id, organization_id, mailbox_state, quota_mb, provisioned_at, purge_at \
             FROM (SELECT user_id AS page_id FROM ",
            $from,
            " WHERE ",
            $which,
            " AND name_key <> ",
            $after,
            " ORDER BY name_key LIMIT ",
            $limit,
            ") AS p CROSS JOIN users \
             LEFT JOIN (SELECT directory_id AS mailbox_directory, mailbox_id, organization_id, \
             state AS mailbox_state, quota_mb, provisioned_at, purge_at FROM mailboxes) AS m \
             ON mailbox_directory = $1 AND mailbox_id = page_id WHERE directory_id = $1 AND user_id = page_id \
             ORDER BY name_key"
        )
    };
}

macro_rules! count {
    ($from:expr, $which:expr) => {
        concat!("SELECT COUNT(*) FROM ", $from, " WHERE ", $which)
    };
}

row! {
    /// One user.
    UserRow {
        directory_id: text, user_id: text, name: text, name_key: text, display_name: text, first_name: text,
        last_name: text, initials: text, telephone: text, street: text, job_title: text, city: text, company: text,
        zip_code: text, department: text, country: text, office: text, identity_provider_user_id: text, hidden: flag,
        role: text, state: text, email: opt_text, password_hash: opt_text, password_changed_at: opt_int,
        failures: int, locked_until: int, enabled_at: opt_int, disabled_at: opt_int, created_at: int,
        updated_at: int, version: int, password_breached_at: opt_int,
    }
}

statements! {
    INSERT = concat!("INSERT INTO users (", columns!(), ", display_key) VALUES \
              ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, \
               $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33)");
    BY_ID = concat!("SELECT ", columns!(), " FROM users WHERE directory_id = $1 AND user_id = $2");
    UPDATE = "UPDATE users SET display_name = $3, first_name = $4, last_name = $5, initials = $6, telephone = $7, \
              street = $8, job_title = $9, city = $10, company = $11, zip_code = $12, department = $13, \
              country = $14, office = $15, identity_provider_user_id = $16, hidden = $17, role = $18, state = $19, \
              email = $20, password_hash = $21, password_changed_at = $22, failures = $23, locked_until = $24, \
              enabled_at = $25, disabled_at = $26, updated_at = $27, version = $28, display_key = $29, \
              password_breached_at = $30 \
              WHERE directory_id = $1 AND user_id = $2";
    SET_FAILURES = "UPDATE users SET failures = $3, locked_until = $4 WHERE directory_id = $1 AND user_id = $2";
    SET_BREACHED = "UPDATE users SET password_breached_at = $3 WHERE directory_id = $1 AND user_id = $2";
    REHASH = "UPDATE users SET password_hash = $3 WHERE directory_id = $1 AND user_id = $2 AND password_hash = $4";
    DELETE = "DELETE FROM users WHERE directory_id = $1 AND user_id = $2";
    PAGE = page!("users", filter!(), "$6", "$7");
    COUNT = count!("users", filter!());
    PAGE_FOUND = page!("users", concat!(filter!(), " AND user_id IN ", found!("$8", "$9")), "$6", "$7");
    COUNT_FOUND = count!("users", concat!(filter!(), " AND user_id IN ", found!("$6", "$7")));
    PAGE_NARROWED = page!("users", narrowed!(), "$15", "$16");
    COUNT_NARROWED = count!("users", narrowed!());
    PAGE_FEW_FOUND = page!(of_few_found!("$17", "$18"), few!(), "$15", "$16");
    COUNT_FEW_FOUND = count!(of_few_found!("$15", "$16"), few!());
    PAGE_FEW_REACHED = page!(of_few_reached!("$17", "$18"), few!(), "$15", "$16");
    COUNT_FEW_REACHED = count!(of_few_reached!("$15", "$16"), few!());
    HOW_MANY_FOUND = "SELECT COUNT(*) FROM (SELECT 1 FROM user_search \
                      WHERE directory_id = $1 AND token >= $2 AND token < $3 LIMIT $4) AS few";
    HOW_MANY_REACHED = "SELECT COUNT(*) FROM (SELECT 1 FROM addresses \
                        WHERE directory_id = $1 AND address_key >= $2 AND address_key < $3 LIMIT $4) AS few";
    TO_FILL = "SELECT directory_id, user_id, display_name, identity_provider_user_id FROM users \
               WHERE (directory_id, user_id) > ($1, $2) ORDER BY directory_id, user_id LIMIT $3";
    FILL = "UPDATE users SET display_key = $3 WHERE directory_id = $1 AND user_id = $2";
    ADD_TOKEN = "INSERT INTO user_search (directory_id, token, user_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    DELETE_TOKEN = "DELETE FROM user_search WHERE directory_id = $1 AND token = $2 AND user_id = $3";
}

/// Adds a user.
pub fn insert(tx: &mut Tx<'_>, row: &UserRow) -> Result<(), StoreError> {
    tx.execute(
        INSERT,
        params![
            &row.directory_id,
            &row.user_id,
            &row.name,
            &row.name_key,
            &row.display_name,
            &row.first_name,
            &row.last_name,
            &row.initials,
            &row.telephone,
            &row.street,
            &row.job_title,
            &row.city,
            &row.company,
            &row.zip_code,
            &row.department,
            &row.country,
            &row.office,
            &row.identity_provider_user_id,
            row.hidden,
            &row.role,
            &row.state,
            &row.email,
            &row.password_hash,
            row.password_changed_at,
            row.failures,
            row.locked_until,
            row.enabled_at,
            row.disabled_at,
            row.created_at,
            row.updated_at,
            row.version,
            row.password_breached_at,
            &search_key(&row.display_name),
        ],
    )
    .map(drop)
}

/// The user with this id.
pub fn by_id(tx: &mut Tx<'_>, directory_id: &str, user_id: &str) -> Result<Option<UserRow>, StoreError> {
    tx.opt(BY_ID, params![directory_id, user_id], UserRow::read)
}

/// Writes everything of a user that can change.
pub fn update(tx: &mut Tx<'_>, row: &UserRow) -> Result<(), StoreError> {
    tx.execute(
        UPDATE,
        params![
            &row.directory_id,
            &row.user_id,
            &row.display_name,
            &row.first_name,
            &row.last_name,
            &row.initials,
            &row.telephone,
            &row.street,
            &row.job_title,
            &row.city,
            &row.company,
            &row.zip_code,
            &row.department,
            &row.country,
            &row.office,
            &row.identity_provider_user_id,
            row.hidden,
            &row.role,
            &row.state,
            &row.email,
            &row.password_hash,
            row.password_changed_at,
            row.failures,
            row.locked_until,
            row.enabled_at,
            row.disabled_at,
            row.updated_at,
            row.version,
            &search_key(&row.display_name),
            row.password_breached_at,
        ],
    )
    .map(drop)
}

/// Notes wrong passwords in a row; not an edit, so the version stays.
pub fn set_failures(tx: &mut Tx<'_>, row: &UserRow) -> Result<(), StoreError> {
    tx.execute(SET_FAILURES, params![&row.directory_id, &row.user_id, row.failures, row.locked_until]).map(drop)
}

/// Notes since when a password is known to be breached; not an edit, so the version stays.
pub fn set_breached(tx: &mut Tx<'_>, row: &UserRow) -> Result<(), StoreError> {
    tx.execute(SET_BREACHED, params![&row.directory_id, &row.user_id, row.password_breached_at]).map(drop)
}

/// Replaces a hash by a better one of the same password, unless it was changed meanwhile.
pub fn rehash(tx: &mut Tx<'_>, row: &UserRow, new: &str) -> Result<(), StoreError> {
    tx.execute(REHASH, params![&row.directory_id, &row.user_id, new, &row.password_hash]).map(drop)
}

/// Removes a user.
pub fn delete(tx: &mut Tx<'_>, directory_id: &str, user_id: &str) -> Result<(), StoreError> {
    tx.execute(DELETE, params![directory_id, user_id]).map(drop)
}

/// Which users a list shows; an empty text means any, and so does a range of them.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "each names the column that it narrows")]
pub struct Filter {
    pub directory_id: String,
    pub state: String,
    pub role: String,
    /// Folded texts by which users are found.
    pub search: Begins,
    pub name: Begins,
    pub display_name: Begins,
    pub email: Begins,
    pub identity_provider_user_id: String,
    pub within: Within,
}

impl Filter {
    /// Every user of a directory.
    pub fn of(directory_id: &str) -> Self {
        Self {
            directory_id: directory_id.to_owned(),
            state: String::new(),
            role: String::new(),
            search: Begins::default(),
            name: Begins::default(),
            display_name: Begins::default(),
            email: Begins::default(),
            identity_provider_user_id: String::new(),
            within: Within::all(),
        }
    }

    /// What narrows the list further than an index alone can.
    fn looks_at_rows(&self) -> bool {
        let Self { display_name, email, identity_provider_user_id: provider, within, .. } = self;
        !(display_name.0.is_empty() && email.0.is_empty() && provider.is_empty() && within.is_all())
    }

    /// The quickest way to those that the filter lets through.
    fn way(&self, tx: &mut Tx<'_>) -> Result<Way, StoreError> {
        let provider = self.provider();
        // Whose display name begins so is found by it too, if perhaps not only they.
        for texts in [&self.search, &provider, &self.display_name] {
            if !texts.0.is_empty() && few(tx, HOW_MANY_FOUND, (&self.directory_id, texts))? {
                return Ok(Way::FewFound(texts.clone()));
            }
        }
        if !self.email.0.is_empty() && few(tx, HOW_MANY_REACHED, (&self.directory_id, &self.email))? {
            return Ok(Way::FewReached(self.email.clone()));
        }
        Ok(match (self.looks_at_rows(), self.search.0.is_empty()) {
            (true, _) => Way::Narrowed,
            (false, false) => Way::Found,
            (false, true) => Way::Plain,
        })
    }

    /// The search texts of those whose id at an identity provider begins as asked for.
    fn provider(&self) -> Begins {
        if self.identity_provider_user_id.is_empty() {
            return Begins::default();
        }
        let from = format!("{PROVIDER_MARK}{}", self.identity_provider_user_id);
        let to = text::prefix_end(&from).unwrap_or_else(|| from.clone());
        (from, to)
    }

    /// The range of names, from the last one of the page before.
    fn names<'a>(&'a self, after: &'a str) -> (&'a str, &'a str) {
        let (from, to) = &self.name;
        (from.as_str().max(after), if from.is_empty() { AFTER_EVERY_NAME } else { to })
    }

    fn plain<'a>(&'a self, (from, to): (&'a str, &'a str)) -> Vec<Value<'a>> {
        params![&self.directory_id, &self.state, &self.role, from, to].to_vec()
    }

    fn narrowed<'a>(&'a self, names: (&'a str, &'a str)) -> Vec<Value<'a>> {
        let Within { all, ids, except } = &self.within;
        let mut values = self.plain(names);
        values.extend_from_slice(params![
            &self.display_name.0,
            &self.display_name.1,
            &self.identity_provider_user_id,
            &self.email.0,
            &self.search.0,
            &self.search.1,
            *all,
            ids,
            except,
        ]);
        values
    }
}

/// So few that they are read and put in order sooner than they are met on the way through all names.
const FEW: i64 = 2_000;

/// Whether a range holds but a few.
fn few(
    tx: &mut Tx<'_>,
    statement: &'static str,
    (directory_id, (from, to)): (&str, &Begins),
) -> Result<bool, StoreError> {
    Ok(tx.one(statement, params![directory_id, from, to, FEW + 1], |row| row.int(0))? <= FEW)
}

/// By what the rows of a list are reached; each has its statements, since an engine plans a statement once for all that
/// may be asked of it.
enum Way {
    /// By name, looking at nothing but the index.
    Plain,
    /// The same, among those who are found by many texts.
    Found,
    /// By name, looking at each row.
    Narrowed,
    /// From the few who are found by a text.
    FewFound(Begins),
    /// From the few who have an address.
    FewReached(Begins),
}

/// Greater than every folded name: no name holds what is not a character.
const AFTER_EVERY_NAME: &str = "\u{10FFFF}";

/// A user of a list, with their mailbox.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "each names its table")]
pub struct ListedUser {
    pub user: UserRow,
    pub mailbox: Option<MailboxRow>,
}

impl ListedUser {
    fn read(row: &Row<'_>) -> Result<Self, StoreError> {
        let mut columns = 0..;
        let user = UserRow::read_columns(row, &mut columns)?;
        let has_mailbox = row.opt_str(columns.start)?.is_some();
        let mailbox = has_mailbox.then(|| MailboxRow::read_columns(row, &mut columns)).transpose()?;
        Ok(Self { user, mailbox })
    }
}

/// The users after a folded name.
pub fn page(tx: &mut Tx<'_>, filter: &Filter, after: &str, limit: i64) -> Result<Vec<ListedUser>, StoreError> {
    let names = filter.names(after);
    let place = params![after, limit];
    let (statement, values, way) = match filter.way(tx)? {
        Way::Plain => (PAGE, filter.plain(names), Begins::default()),
        Way::Found => (PAGE_FOUND, filter.plain(names), filter.search.clone()),
        Way::Narrowed => (PAGE_NARROWED, filter.narrowed(names), Begins::default()),
        Way::FewFound(texts) => (PAGE_FEW_FOUND, filter.narrowed(names), texts),
        Way::FewReached(addresses) => (PAGE_FEW_REACHED, filter.narrowed(names), addresses),
    };
    tx.all(statement, &[values.as_slice(), place, &range(&way)].concat(), ListedUser::read)
}

/// How many users the filter lets through.
pub fn count(tx: &mut Tx<'_>, filter: &Filter) -> Result<i64, StoreError> {
    let names = filter.names("");
    let (statement, values, way) = match filter.way(tx)? {
        Way::Plain => (COUNT, filter.plain(names), Begins::default()),
        Way::Found => (COUNT_FOUND, filter.plain(names), filter.search.clone()),
        Way::Narrowed => (COUNT_NARROWED, filter.narrowed(names), Begins::default()),
        Way::FewFound(texts) => (COUNT_FEW_FOUND, filter.narrowed(names), texts),
        Way::FewReached(addresses) => (COUNT_FEW_REACHED, filter.narrowed(names), addresses),
    };
    tx.one(statement, &[values, range(&way)].concat(), |row| row.int(0))
}

/// The parameters of a way that has a range.
fn range((from, to): &Begins) -> Vec<Value<'_>> {
    if from.is_empty() { Vec::new() } else { params![from, to].to_vec() }
}

/// Lets a user be found by a folded text.
pub fn add_token(tx: &mut Tx<'_>, directory_id: &str, user_id: &str, token: &str) -> Result<(), StoreError> {
    tx.execute(ADD_TOKEN, params![directory_id, token, user_id]).map(drop)
}

/// Lets a user no longer be found by a folded text.
pub fn delete_token(tx: &mut Tx<'_>, directory_id: &str, user_id: &str, token: &str) -> Result<(), StoreError> {
    tx.execute(DELETE_TOKEN, params![directory_id, token, user_id]).map(drop)
}

/// Users whose derived texts one statement reads when a database is brought up to date.
const FILLED_AT_ONCE: i64 = 1_000;

/// Gives the users of an older database the texts that the lists of migration 3 look at.
pub(crate) fn fill_search_texts(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    let (mut directory_id, mut user_id) = (String::new(), String::new());
    loop {
        let some = tx.all(TO_FILL, params![&directory_id, &user_id, FILLED_AT_ONCE], |row| {
            Ok((row.text(0)?, row.text(1)?, row.text(2)?, row.text(3)?))
        })?;
        for (directory, user, display_name, provider) in &some {
            tx.execute(FILL, params![directory, user, &search_key(display_name)])?;
            if !provider.is_empty() {
                add_token(tx, directory, user, &format!("{PROVIDER_MARK}{provider}"))?;
            }
        }
        match some.into_iter().next_back() {
            Some((directory, user, ..)) => (directory_id, user_id) = (directory, user),
            None => return Ok(()),
        }
    }
}
