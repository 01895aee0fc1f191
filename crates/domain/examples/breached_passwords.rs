//! Builds the filter of breached passwords from a list: `breached_passwords LIST FILTER`. Run by
//! `scripts/breached-passwords.sh`, which knows where the list comes from.

#![expect(clippy::print_stderr, reason = "a program for people says what it made")]

use std::error::Error;

use reeve_domain::passwords::breached;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(list), Some(filter)) = (arguments.next(), arguments.next()) else {
        return Err("say which list to read and which file to write".into());
    };
    let list = std::fs::read(list)?;
    let list = String::from_utf8_lossy(&list);
    let (written, count) = breached::build(list.lines())?;
    std::fs::write(filter, &written)?;
    eprintln!("{count} passwords in {} octets", written.len());
    Ok(())
}
