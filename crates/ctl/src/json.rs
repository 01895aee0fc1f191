//! JSON texts of the server on their way to a person or a program, without reading and rewriting them.
//!
//! The members, their order and their numbers stay exactly as the server wrote them.

use std::fmt::Write as _;

use reeve_base::text::forbidden;

/// The same JSON with every character that could move a terminal's cursor, or deceive its reader, as an escape.
///
/// RFC 8259 §7 keeps the C0 controls out of strings; the others can stand in strings only, where `\u` means the same.
pub(crate) fn safe(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() && c != '\u{7F}' || forbidden(c).is_none() {
            safe.push(c);
        } else {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                let _ = write!(safe, "\\u{unit:04x}");
            }
        }
    }
    safe
}

/// The same JSON, a member a line.
pub(crate) fn indented(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut depth = 0_usize;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' => {
                out.push('"');
                copy_string(&mut chars, &mut out);
            }
            '{' | '[' => {
                out.push(c);
                while chars.next_if(|next| next.is_ascii_whitespace()).is_some() {}
                match chars.next_if(|next| matches!(next, '}' | ']')) {
                    Some(close) => out.push(close),
                    None => {
                        depth += 1;
                        new_line(&mut out, depth);
                    }
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                new_line(&mut out, depth);
                out.push(c);
            }
            ',' => {
                out.push(c);
                new_line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            c if c.is_ascii_whitespace() => {}
            c => out.push(c),
        }
    }
    out
}

fn new_line(out: &mut String, depth: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n("  ", depth));
}

/// Copies the rest of a string, its closing quote included.
fn copy_string(chars: &mut impl Iterator<Item = char>, out: &mut String) {
    while let Some(c) = chars.next() {
        out.push(c);
        match c {
            '"' => return,
            '\\' => out.extend(chars.next()),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn safe_json_means_the_same_and_holds_no_controls() {
        let text = "{\"name\":\"a\u{9b}31m\u{202e}\u{e0041}é\"}";
        let safe = safe(text);
        assert!(safe.contains("\\u009b31m\\u202e\\udb40\\udc41é"), "{safe}");
        let before: serde_json::Value = serde_json::from_str(text).unwrap();
        let after: serde_json::Value = serde_json::from_str(&safe).unwrap();
        assert_eq!(before, after);
    }

    #[test]
    fn indented_json_keeps_order_and_strings() {
        let text = r#"{"z":1,"a":[],"s":"x{\",:}","o":{ },"l":[1,{"k":null}]}"#;
        let expected = "{\n  \"z\": 1,\n  \"a\": [],\n  \"s\": \"x{\\\",:}\",\n  \"o\": {},\n  \"l\": [\n    1,\n    {\n      \"k\": null\n    }\n  ]\n}";
        assert_eq!(indented(text), expected);
    }
}
