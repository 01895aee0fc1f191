//! The one difference in parameters between the engines.
//!
//! SQLite takes `$1` for a name and numbers names by their first appearance, so that `$2, $1` would be bound in
//! the wrong order; `?1` is a number to it.

/// Rewrites `$n` to `?n` outside quoted text.
pub(super) fn numbered(sql: &str) -> String {
    let mut quote = None;
    sql.chars()
        .map(|c| match (quote, c) {
            (None, '\'' | '"') => {
                quote = Some(c);
                c
            }
            (Some(open), c) if open == c => {
                quote = None;
                c
            }
            (None, '$') => '?',
            (_, c) => c,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_become_numbers_and_quoted_text_stays() {
        assert_eq!(numbered("SELECT $2, $10"), "SELECT ?2, ?10");
        assert_eq!(numbered(r#"SELECT '$1 it''s', "$2", $3"#), r#"SELECT '$1 it''s', "$2", ?3"#);
    }
}
