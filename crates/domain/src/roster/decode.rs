//! From the octets of a file to its text: UTF-8 with or without a byte order mark, and UTF-16 with one.
//!
//! Nothing is guessed: a file in another encoding is refused with the line and the remedy, because a wrong guess
//! would quietly turn `Müller` into `MÃ¼ller` a hundred times.

use std::borrow::Cow;

use reeve_base::Invalid;

use super::limits::FILE_BYTES_MAX;

/// What to do in Excel, LibreOffice and their kind.
const REMEDY: &str = "save it as \"CSV UTF-8\" and import that file";

/// How far to look for the zero octets of UTF-16 without a mark: a header begins with letters.
const START_BYTES: usize = 64;

pub(super) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Invalid> {
    if bytes.len() > FILE_BYTES_MAX {
        let mebibytes = FILE_BYTES_MAX / (1024 * 1024);
        return Err(refused(format!("the file is larger than {mebibytes} MiB; split it into several")));
    }
    let text = match bytes {
        [0xFF, 0xFE, rest @ ..] => Cow::Owned(utf16(rest, u16::from_le_bytes)?),
        [0xFE, 0xFF, rest @ ..] => Cow::Owned(utf16(rest, u16::from_be_bytes)?),
        // The first octets of a zip archive (.xlsx, .ods) and of an old Office file (.xls).
        [b'P', b'K', 3, 4, ..] | [0xD0, 0xCF, 0x11, 0xE0, ..] => {
            return Err(refused(format!("this is a workbook, not a CSV file; {REMEDY}")));
        }
        [0xEF, 0xBB, 0xBF, rest @ ..] => Cow::Borrowed(utf8(rest)?),
        _ => Cow::Borrowed(utf8(bytes)?),
    };
    if text.bytes().take(START_BYTES).any(|b| b == 0) {
        return Err(refused(format!("the file is neither UTF-8 nor marked as UTF-16; {REMEDY}")));
    }
    if text.trim().is_empty() {
        return Err(refused("the file is empty; its first line must name the columns"));
    }
    Ok(text)
}

pub(super) fn refused(why: impl Into<String>) -> Invalid {
    Invalid::new("file", why)
}

fn utf8(bytes: &[u8]) -> Result<&str, Invalid> {
    std::str::from_utf8(bytes).map_err(|error| {
        let good = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let line = line_breaks(good) + 1;
        refused(format!("line {line}: a character is not UTF-8, so the file has another encoding; {REMEDY}"))
    })
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, Invalid> {
    let (pairs, odd) = bytes.as_chunks::<2>();
    let mut text = String::with_capacity(pairs.len());
    let broken = |text: &str| {
        let line = line_breaks(text.as_bytes()) + 1;
        refused(format!("line {line}: a character is not UTF-16, so the file is damaged; {REMEDY}"))
    };
    for decoded in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
        text.push(decoded.map_err(|_| broken(&text))?);
    }
    if odd.is_empty() { Ok(text) } else { Err(broken(&text)) }
}

/// Line ends of any kind: `\r\n` is one, as are `\n` and `\r` alone.
pub(super) fn line_breaks(bytes: &[u8]) -> u64 {
    let mut count = 0;
    let mut before = 0;
    for &byte in bytes {
        if byte == b'\r' || (byte == b'\n' && before != b'\r') {
            count += 1;
        }
        before = byte;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16_file(text: &str, mark: [u8; 2], octets: fn(u16) -> [u8; 2]) -> Vec<u8> {
        mark.into_iter().chain(text.encode_utf16().flat_map(octets)).collect()
    }

    #[test]
    fn marked_and_unmarked_text_is_the_same_text() {
        let text = "email\tcity\r\nann@example.com\tKöln 🏙\r\n";
        assert_eq!(decode(text.as_bytes()).unwrap(), text);
        assert_eq!(decode(format!("\u{FEFF}{text}").as_bytes()).unwrap(), text);
        assert_eq!(decode(&utf16_file(text, [0xFF, 0xFE], u16::to_le_bytes)).unwrap(), text);
        assert_eq!(decode(&utf16_file(text, [0xFE, 0xFF], u16::to_be_bytes)).unwrap(), text);
    }

    #[test]
    fn other_encodings_are_refused_with_the_line_and_the_remedy() {
        let remedy = "save it as \"CSV UTF-8\" and import that file";
        let mut odd = utf16_file("email\nann", [0xFF, 0xFE], u16::to_le_bytes);
        odd.push(0);
        let table: [(&[u8], String); 9] = [
            (
                b"email,city\r\na@b.example,Bonn\r\nc@b.example,K\xF6ln\r\n",
                format!("line 3: a character is not UTF-8, so the file has another encoding; {remedy}"),
            ),
            (
                b"email,city\ra@b.example,K\xF6ln\r",
                format!("line 2: a character is not UTF-8, so the file has another encoding; {remedy}"),
            ),
            (&odd, format!("line 2: a character is not UTF-16, so the file is damaged; {remedy}")),
            (
                &[0xFF, 0xFE, 0x61, 0, 0, 0xD8, 0x61, 0],
                format!("line 1: a character is not UTF-16, so the file is damaged; {remedy}"),
            ),
            (b"e\0m\0a\0i\0l\0", format!("the file is neither UTF-8 nor marked as UTF-16; {remedy}")),
            (b"PK\x03\x04\x14\0", format!("this is a workbook, not a CSV file; {remedy}")),
            (&[0xD0, 0xCF, 0x11, 0xE0, 0xA1], format!("this is a workbook, not a CSV file; {remedy}")),
            (b"", "the file is empty; its first line must name the columns".into()),
            (b"\xEF\xBB\xBF \r\n", "the file is empty; its first line must name the columns".into()),
        ];
        for (bytes, why) in table {
            assert_eq!(decode(bytes).unwrap_err(), refused(why), "{bytes:?}");
        }
    }

    #[test]
    fn a_file_beyond_the_limit_is_refused() {
        let huge = vec![b'a'; FILE_BYTES_MAX + 1];
        assert_eq!(decode(&huge).unwrap_err().why, "the file is larger than 64 MiB; split it into several");
        assert!(decode(&huge[1..]).is_ok());
    }

    #[test]
    fn every_kind_of_line_end_counts_once() {
        assert_eq!(line_breaks(b"a\r\nb\nc\rd\r\r\n\n"), 6);
    }
}
