//! Rules about text that people type: what may be in it, and the folded key by which it is compared.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::limits::SEARCH_CHARS_MAX;

/// The key by which names are compared and searched: compatibility-decomposed, without accents, lower case.
///
/// `José`, `JOSE` and `ｊｏｓｅ` share one key, so none of them can pass for another.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.nfkd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .nfkd()
        .filter(|c| !is_combining_mark(*c))
        .collect()
}

/// The folded text as far as it is compared when things are sought by how they begin: folding can make twenty letters of
/// one, and an index holds no texts of any length.
pub fn search_key(text: &str) -> String {
    fold(text).chars().take(SEARCH_CHARS_MAX).collect()
}

/// The least key that is greater than every key that starts with `prefix`; `None` when there is none.
///
/// Lets a prefix search be a range, which both engines answer from an index in the same order.
pub fn prefix_end(prefix: &str) -> Option<String> {
    let mut chars: Vec<char> = prefix.chars().collect();
    while let Some(last) = chars.pop() {
        let next = match last {
            '\u{D7FF}' => Some('\u{E000}'),
            char::MAX => None,
            c => char::from_u32(u32::from(c) + 1),
        };
        if let Some(next) = next {
            chars.push(next);
            return Some(chars.into_iter().collect());
        }
    }
    None
}

/// Why `c` may not stand in a text shown to others, or `None` when it may.
///
/// Controls break logs and tables; bidirectional overrides and isolates, and invisible characters, make one
/// name look like another (Unicode TR 36 §3).
pub fn forbidden(c: char) -> Option<&'static str> {
    match c {
        c if c.is_control() => Some("control characters are not allowed"),
        '\u{2028}' | '\u{2029}' => Some("line and paragraph separators are not allowed"),
        '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => {
            Some("characters that change the direction of text are not allowed")
        }
        '\u{00AD}'
        | '\u{034F}'
        | '\u{180E}'
        | '\u{200B}'
        | '\u{2060}'..='\u{2064}'
        | '\u{FEFF}'
        | '\u{3164}'
        | '\u{115F}'
        | '\u{1160}'
        | '\u{FFA0}'
        | '\u{E0000}'..='\u{E007F}'
        | '\u{FFF9}'..='\u{FFFB}' => Some("invisible characters are not allowed"),
        c if is_noncharacter(c) => Some("it holds a code point that is not a character"),
        _ => None,
    }
}

fn is_noncharacter(c: char) -> bool {
    let code = u32::from(c);
    (0xFDD0..=0xFDEF).contains(&code) || code & 0xFFFE == 0xFFFE
}

/// An error and all its sources, joined by colons, for the one place that logs them.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fold_ignores_case_accents_and_width() {
        for spelling in ["José", "JOSE", "jose\u{301}", "ｊｏｓｅ"] {
            assert_eq!(fold(spelling), "jose", "{spelling}");
        }
        assert_eq!(fold("ẞ"), fold("ß"));
    }

    #[test]
    fn prefix_end_bounds_every_extension() {
        for prefix in ["a", "az", "\u{D7FF}", "z\u{10FFFF}"] {
            let end = prefix_end(prefix).unwrap();
            assert!(format!("{prefix}\u{10FFFF}\u{10FFFF}") < end, "{prefix:?} {end:?}");
            assert!(prefix < end.as_str());
        }
        assert_eq!(prefix_end("\u{10FFFF}"), None);
    }

    #[test]
    fn deceiving_characters_are_forbidden() {
        for c in ['\u{0}', '\n', '\u{7F}', '\u{85}', '\u{202E}', '\u{200B}', '\u{FEFF}', '\u{FFFE}', '\u{2028}'] {
            assert!(forbidden(c).is_some(), "{:?}", c);
        }
        for c in ['a', 'é', '漢', '😀', '\u{200D}', 'א'] {
            assert!(forbidden(c).is_none(), "{:?}", c);
        }
    }
}
