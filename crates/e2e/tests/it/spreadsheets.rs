//! A company's staff by spreadsheet, through the command line.

use std::fmt::Write as _;

use serde_json::Value;

use crate::deployment::{Deployment, text};

/// Rows of the large file.
const PEOPLE: usize = 10_000;

const GOOGLE_HEADER: &str = "First Name [Required],Last Name [Required],Email Address [Required],Password [Required],\
                             Password Hash Function [UPLOAD ONLY],Org Unit Path [Required],Employee Title,Department";

fn google_file() -> String {
    let mut file = format!("\u{FEFF}{GOOGLE_HEADER}\r\n");
    for n in 0..PEOPLE {
        writeln!(file, "Zoë{n},\"O'Neil, {n}\",zoe.{n}@northwind.example,****,,/,Engineer,R&D\r").unwrap();
    }
    file
}

#[test]
fn ten_thousand_people_in_the_format_of_google_go_in_and_come_out_again() {
    for here in Deployment::each() {
        here.reeve(&["org", "create", "northwind", "--wait"]);
        let file = here.file("google.csv", &google_file());
        let map = "northwind.example:northwind.reeve.test";
        let import = ["user", "import", &file, "--org", "northwind", "--map-domain", map, "--output", "json"];
        let plan = here.reeve(&[&import[..], &["--dry-run"]].concat());
        let plan: Value = serde_json::from_str(plan.stdout.lines().next().unwrap()).unwrap();
        assert_eq!((&plan["create"], text(&plan, "format")), (&Value::from(PEOPLE), "google"));
        assert_eq!(here.users("northwind").len(), 2, "a dry run changes nothing");

        let done = last_line(&here, &import);
        assert_eq!((&done["created"], &done["refused"]), (&Value::from(PEOPLE), &Value::from(0)));
        let again = last_line(&here, &import);
        assert_eq!(again["unchanged"], PEOPLE);
        let zoe = here.json(&["user", "show", "zoe.7@northwind.reeve.test", "--org", "northwind"]);
        assert_eq!((text(&zoe, "last_name"), text(&zoe, "job_title")), ("O'Neil, 7", "Engineer"));

        for format in ["google", "reeve"] {
            let out = here.folder.path().join(format);
            let out = out.to_str().unwrap();
            here.reeve(&["user", "export", "--org", "northwind", "--format", format, "--out", out]);
            let back = last_line(&here, &["user", "import", out, "--org", "northwind", "--output", "json"]);
            assert_eq!(back["unchanged"], PEOPLE, "{format}: {back}");
            let written = std::fs::read_to_string(out).unwrap();
            assert!(!written.contains("$argon2"));
        }
    }
}

fn last_line(here: &Deployment, arguments: &[&str]) -> Value {
    let result = here.reeve(arguments);
    serde_json::from_str(result.stdout.lines().last().unwrap()).unwrap()
}

#[test]
fn rows_that_are_refused_are_named_by_line_and_do_not_stop_the_others() {
    let here = Deployment::start();
    here.reeve(&["org", "create", "acme", "--wait"]);
    let file = here.file(
        "people.csv",
        "username;display_name;email;state\n\
         ada;Ada Lovelace;ada@acme.reeve.test;\n\
         b ob;Bob;bob@acme.reeve.test;\n\
         carol;Carol;carol@elsewhere.example;\n\
         ada2;Ada again;ADA@acme.reeve.test;\n\
         guest;Guest;guest@acme.reeve.test;\n\
         dan;Dan;;disabled\n",
    );
    let report = here.folder.path().join("report.csv");
    let report = report.to_str().unwrap();
    let result = here.server.reeve(&["user", "import", &file, "--org", "acme", "--report", report]);
    assert_eq!(result.code, Some(1), "{} {}", result.stdout, result.stderr);
    for words in ["line", "3", "username", "elsewhere.example"] {
        assert!(result.stdout.contains(words) || result.stderr.contains(words), "{words}: {}", result.stdout);
    }
    let names: Vec<_> = here.users("acme").iter().map(|user| text(user, "username").to_owned()).collect();
    assert_eq!(names, ["ada", "administrator", "dan", "guest"]);
    let report = std::fs::read_to_string(report).unwrap();
    assert!(
        report.contains("domain_not_found") && report.contains("names this address too") && report.contains("reserved"),
        "{report}"
    );
}

#[test]
fn hashed_passwords_from_elsewhere_work_and_are_never_shown() {
    let here = Deployment::start();
    here.reeve(&["org", "create", "acme", "--wait"]);
    // Made by crypt(3) of libxcrypt for the password Blue-kettle-42-orchard, salt abcdefgh, 5,000 rounds.
    let hash = "$6$abcdefgh$yC/H2faZQBDpyiWMBE6rF52YBBwHwuzwoDcfZOelwIgFVurOGRrhN151NM9lDnC8jIxmQQFkURIT4tbI8.GpZ.";
    let file = here.file("hashed.csv", &format!("username,email,password_hash\nada,ada@acme.reeve.test,{hash}\n"));
    let done = last_line(&here, &["user", "import", &file, "--org", "acme", "--output", "json"]);
    assert_eq!(done["created"], 1);
    let password = here.file("password", "Blue-kettle-42-orchard");
    let check = ["user", "check-sign-in", "ada", "--org", "acme", "--password-file", &password];
    for _ in 0..2 {
        assert_eq!(text(&here.json(&check), "outcome"), "accepted");
    }
    let shown = here.reeve(&["user", "show", "ada", "--org", "acme", "--output", "json"]);
    let audit = here.reeve(&["audit", "--org", "acme", "--limit", "100", "--output", "json"]);
    assert!(!shown.stdout.contains(hash) && !audit.stdout.contains(hash));
}
