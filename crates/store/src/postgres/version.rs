//! Which servers will do, by what they say of themselves.

/// The oldest PostgreSQL that the statements are tested on.
const MAJOR_MIN: u32 = 15;

/// Servers of another make that speak the dialect; their PostgreSQL number does not say what they can do.
const COMPATIBLE: [&str; 2] = ["CockroachDB", "-YB-"];

/// Takes the answer to `SELECT version()`; an error is a sentence for the operator.
pub(super) fn check(banner: &str) -> Result<(), String> {
    if COMPATIBLE.iter().any(|make| banner.contains(make)) {
        return Ok(());
    }
    let number = banner.strip_prefix("PostgreSQL ").unwrap_or_default();
    let digits = number.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
    match digits.parse::<u32>() {
        Ok(major) if major >= MAJOR_MIN => Ok(()),
        Ok(_) => {
            let version = number.split_whitespace().next().unwrap_or(digits);
            Err(format!("the server is PostgreSQL {version}, which is too old: reeve needs {MAJOR_MIN} or newer"))
        }
        Err(_) => Err(format!("the server is no PostgreSQL that reeve knows: it calls itself {banner:?}")),
    }
}

/// Whether the server numbers its transactions and tells later how one ended: what only borrows the dialect may not.
pub(super) fn remembers_outcomes(banner: &str) -> bool {
    !COMPATIBLE.iter().any(|make| banner.contains(make))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fifteen_and_newer_and_compatible_servers_will_do() {
        for banner in [
            "PostgreSQL 15.18 (Debian 15.18-0+deb12u1) on x86_64-pc-linux-gnu",
            "PostgreSQL 18beta1 on aarch64",
            "PostgreSQL 11.2-YB-2.18.0.0-b0 on x86_64-pc-linux-gnu",
            "CockroachDB CCL v24.1.0 (x86_64-pc-linux-gnu)",
        ] {
            assert_eq!(check(banner), Ok(()), "{banner}");
        }
    }

    #[test]
    fn others_will_not() {
        let too_old = check("PostgreSQL 14.9 (Ubuntu 14.9) on x86_64").unwrap_err();
        assert!(too_old.contains("PostgreSQL 14.9, which is too old"), "{too_old}");
        assert!(check("MariaDB 11").unwrap_err().contains("\"MariaDB 11\""));
        assert!(check("").is_err());
    }
}
