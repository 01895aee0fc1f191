//! Groups within groups: never in a circle, and never deeper than a limit.
//!
//! Both are looked up in the transaction that adds the membership. Two that would close a circle between them read what
//! the other writes, so one of them is run again and sees it.

use std::collections::{HashMap, VecDeque};

use reeve_base::limits::GROUP_DEPTH_MAX;
use reeve_store::Tx;
use reeve_store::tables::group_members;
use reeve_store::tables::groups::{self, GroupRow};

use crate::entities::Holder;
use crate::error::Error;

/// Refuses to put `member`, a group, into `group` where it would close a circle or make too many levels.
pub(super) fn need_tree(tx: &mut Tx<'_>, group: &GroupRow, member: Holder<'_>) -> Result<(), Error> {
    let GroupRow { directory_id, group_id, name, .. } = group;
    if member.id == group_id {
        return Err(Error::invalid("member", format!("must be another group than \"{name}\" itself")));
    }
    let steps = i64::try_from(GROUP_DEPTH_MAX).unwrap_or(i64::MAX);
    if group_members::is_above(tx, (directory_id, group_id), member.id, steps)? {
        let way = way(tx, group, member.id)?;
        return Err(Error::invalid("member", format!("would hold itself: {way}")));
    }
    let above = group_members::depth_above(tx, (directory_id, group_id), steps)?;
    let below = group_members::depth_below(tx, (directory_id, member.id), steps)?;
    // The two groups themselves are levels too.
    if above + below + 2 > steps {
        return Err(Error::LimitReached { what: "levels of groups within groups", limit: GROUP_DEPTH_MAX });
    }
    Ok(())
}

/// In which groups `group` is, one in the other, up to the one that is to be put into it.
fn way(tx: &mut Tx<'_>, group: &GroupRow, top: &str) -> Result<String, Error> {
    // From where each group was reached: the shortest way, since those that are nearer are looked at first.
    let mut below: HashMap<String, String> = HashMap::new();
    let mut next = VecDeque::from([group.group_id.clone()]);
    while let Some(id) = next.pop_front().filter(|id| id != top) {
        for over in group_members::groups_of(tx, &group.directory_id, &id)? {
            if !below.contains_key(&over) {
                below.insert(over.clone(), id.clone());
                next.push_back(over);
            }
        }
    }
    let mut names = vec![name(tx, &group.directory_id, top)?];
    let mut at = top;
    while let Some(under) = below.get(at).filter(|_| at != group.group_id) {
        names.push(name(tx, &group.directory_id, under)?);
        at = under;
    }
    names.reverse();
    Ok(names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(" is in "))
}

fn name(tx: &mut Tx<'_>, directory_id: &str, group_id: &str) -> Result<String, Error> {
    let row = groups::by_id(tx, directory_id, group_id)?;
    Ok(row.map(|row| row.name).unwrap_or_default())
}
