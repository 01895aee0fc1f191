//! What rules say, allow or deny, and the conditions under which they say it. Knows no kind of rule.

use std::fmt;
use std::str::FromStr;

use reeve_base::Invalid;

/// What a rule says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It lets through.
    Allow,
    /// It keeps out, whatever other rules say.
    Deny,
}

impl Effect {
    /// The word for it on every wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
        }
    }
}

impl FromStr for Effect {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text {
            "allow" => Ok(Self::Allow),
            "deny" => Ok(Self::Deny),
            _ => Err(Invalid::new("effect", "must be allow or deny")),
        }
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// What rules come to together, and those of them that brought it about: one that denies is stronger than all that
/// allow, and where none speaks it is denied.
pub(crate) fn outcome<R>(speaking: Vec<(Effect, R)>) -> (Effect, Vec<R>) {
    let denied = speaking.iter().any(|(effect, _)| *effect == Effect::Deny);
    let decisive = if denied { Effect::Deny } else { Effect::Allow };
    let because: Vec<R> =
        speaking.into_iter().filter(|(effect, _)| *effect == decisive).map(|(_, rule)| rule).collect();
    (if because.is_empty() { Effect::Deny } else { decisive }, because)
}

/// What one property must be, and what it must not be, for a rule to speak.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition<T> {
    /// It must be one of these; anything when there are none.
    pub any_of: Vec<T>,
    /// It must be none of these.
    pub none_of: Vec<T>,
}

// Derived, it would ask for a default of what is listed.
impl<T> Default for Condition<T> {
    fn default() -> Self {
        Self { any_of: Vec::new(), none_of: Vec::new() }
    }
}

impl<T> Condition<T> {
    /// Whether it holds for a property that the values are compared with.
    pub(crate) fn holds(&self, is: impl Fn(&T) -> bool) -> bool {
        (self.any_of.is_empty() || self.any_of.iter().any(&is)) && !self.none_of.iter().any(&is)
    }

    /// Refuses more values than a condition may have; the fields are those of `any_of` and `none_of`.
    pub(crate) fn need_few(&self, [any_of, none_of]: [&'static str; 2], max: usize) -> Result<(), Invalid> {
        for (field, values) in [(any_of, &self.any_of), (none_of, &self.none_of)] {
            if values.len() > max {
                return Err(Invalid::new(field, format!("must hold at most {max} values, holds {}", values.len())));
            }
        }
        Ok(())
    }

    /// The same condition on what its values stand for, each of them once.
    pub(crate) fn try_map<U: PartialEq, E>(
        &self,
        mut value: impl FnMut(&T) -> Result<U, E>,
    ) -> Result<Condition<U>, E> {
        let mut each_once = |values: &[T]| {
            let mut once = Vec::new();
            for given in values {
                let found = value(given)?;
                if !once.contains(&found) {
                    once.push(found);
                }
            }
            Ok(once)
        };
        Ok(Condition { any_of: each_once(&self.any_of)?, none_of: each_once(&self.none_of)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_rule_that_denies_is_stronger_than_all_that_allow() {
        use Effect::{Allow, Deny};
        for (speaking, expected) in [
            (vec![], (Deny, vec![])),
            (vec![(Allow, 1)], (Allow, vec![1])),
            (vec![(Deny, 1)], (Deny, vec![1])),
            (vec![(Allow, 1), (Allow, 2)], (Allow, vec![1, 2])),
            (vec![(Allow, 1), (Deny, 2), (Allow, 3), (Deny, 4)], (Deny, vec![2, 4])),
        ] {
            assert_eq!(outcome(speaking.clone()), expected, "{speaking:?}");
        }
    }

    #[test]
    fn a_condition_holds_for_one_of_its_values_and_none_of_the_others() {
        for (any_of, none_of, holds) in [
            (vec![], vec![], true),
            (vec![7], vec![], true),
            (vec![1, 7], vec![], true),
            (vec![1], vec![], false),
            (vec![], vec![7], false),
            (vec![], vec![1, 2], true),
            (vec![7], vec![7], false),
            (vec![7], vec![1], true),
            (vec![1], vec![2], false),
        ] {
            let condition = Condition { any_of, none_of };
            assert_eq!(condition.holds(|value| *value == 7), holds, "{condition:?}");
        }
    }

    #[test]
    fn values_are_kept_once_and_in_order() {
        let condition = Condition { any_of: vec!["b", "a", "b"], none_of: vec!["c", "c"] };
        let kept = condition.try_map(|text| Ok::<_, Invalid>((*text).to_owned())).unwrap();
        assert_eq!((kept.any_of, kept.none_of), (vec!["b".to_owned(), "a".to_owned()], vec!["c".to_owned()]));
        assert_eq!(condition.need_few(["users", "not_users"], 2).unwrap_err().field, "users");
        assert!(condition.need_few(["users", "not_users"], 3).is_ok());
    }
}
