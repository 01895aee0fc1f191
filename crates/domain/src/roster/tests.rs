//! Whole files through the reader: headers as Google and Microsoft publish them, and a table of wrong files and
//! rows with their exact messages. `write::tests` has the way out and back.

use proptest::prelude::*;
use reeve_base::secret::ExposeSecret;

use super::*;

pub(super) const GOOGLE_HEADER: &str = "First Name [Required],Last Name [Required],Email Address [Required],\
Password [Required],Password Hash Function [UPLOAD ONLY],Org Unit Path [Required],New Primary Email [UPLOAD ONLY],\
Status [READ ONLY],Last Sign In [READ ONLY],Recovery Email,Home Secondary Email,Work Secondary Email,Recovery Phone \
[MUST BE IN THE E.164 FORMAT],Work Phone,Home Phone,Mobile Phone,Work Address,Home Address,Employee ID,Employee \
Type,Employee Title,Manager Email,Department,Cost Center,2sv Enrolled [READ ONLY],2sv Enforced [READ ONLY],Building \
ID,Floor Name,Floor Section,Email Usage [READ ONLY],Drive Usage [READ ONLY],Photos Usage [READ ONLY],Storage limit \
[READ ONLY],Storage Used [READ ONLY],Change Password at Next Sign-In,New Status [UPLOAD ONLY],Licenses [READ ONLY],\
New Licenses [UPLOAD ONLY],Advanced Protection Program enrollment";

pub(super) const MICROSOFT_HEADER: &str = "Username,First name,Last name,Display name,Job title,Department,Office \
number,Office phone,Mobile phone,Fax,Alternate email address,Address,City,State or province,ZIP or postal code,\
Country or region";

const MICROSOFT_OLD_HEADER: &str = "User Name,First Name,Last Name,Display Name,Job Title,Department,Office Number,\
Office Phone,Mobile Phone,Fax,Address,City,State or Province,ZIP or Postal Code,Country or Region";

pub(super) const NATIVE_HEADER: &str = "username,display_name,first_name,last_name,email,aliases,password,\
password_hash,role,state,initials,telephone,street,job_title,city,company,zip_code,department,country,office,\
hidden_from_global_address_list";

const SHA512_CRYPT: &str = "$6$rounds=1000$saltstring$ycAjtg2gVmiG9sIvpAVNdt6LSogdF6oA5k6EU/HZUWcFAdwBQe3FR0q/OqYyrz\
.8kEEtsFmgM/87NbdwDmOkm/";

fn rows(file: &str) -> Vec<Result<RosterRow, RowError>> {
    read(file.as_bytes()).unwrap().rows().collect()
}

pub(super) fn row(file: &str) -> RosterRow {
    let mut rows = rows(file);
    assert_eq!(rows.len(), 1, "{file}");
    rows.remove(0).unwrap()
}

fn error(file: &str) -> String {
    rows(file).into_iter().find_map(Result::err).unwrap().to_string()
}

pub(super) fn password(row: &RosterRow) -> (&'static str, &str) {
    match &row.password {
        Given::Keep => ("keep", ""),
        Given::Plain(secret) => ("plain", secret.expose_secret()),
        Given::Hashed(secret) => ("hashed", secret.expose_secret()),
    }
}

#[test]
fn published_headers_are_recognized() {
    let table = [
        (NATIVE_HEADER, Format::Native),
        (GOOGLE_HEADER, Format::Google),
        ("email address,LAST NAME,first name,Password", Format::Google),
        (MICROSOFT_HEADER, Format::Microsoft),
        (MICROSOFT_OLD_HEADER, Format::Microsoft),
        ("email", Format::Native),
        ("Username,Department", Format::Native),
        ("Username,Display name,Department", Format::Microsoft),
    ];
    for (header, format) in table {
        for separator in [",", ";", "\t"] {
            let header = header.replace(',', separator);
            for file in [header.clone(), format!("\u{FEFF}{header}\r\n"), format!("\n{separator}\n{header}")] {
                assert_eq!(read(file.as_bytes()).unwrap().format(), format, "{file}");
            }
        }
    }
}

#[test]
fn our_own_format_holds_every_field() {
    let file = format!(
        "{NATIVE_HEADER}\nalee,Ann Lee,Ann,Lee,ann@example.com,a@example.com; b@example.com,Quiet-41-Owl,,USER,\
         Enabled,AL,'+49 30 1234,\"Main St 1\nRear\",Clerk,Köln,Acme,01234,Sales,DE,4.2,yes\n"
    );
    let row = row(&file);
    let text = |value: &str| Some(String::from(value));
    assert_eq!(row.line, 2);
    assert_eq!((row.username.clone(), row.display_name.clone()), (text("alee"), text("Ann Lee")));
    assert_eq!(row.email, text("ann@example.com"));
    assert_eq!(row.aliases, Some(vec!["a@example.com".into(), "b@example.com".into()]));
    assert_eq!(password(&row), ("plain", "Quiet-41-Owl"));
    assert_eq!((row.role.clone(), row.state), (text("USER"), State::Enabled));
    assert_eq!(row.hidden_from_global_address_list, Some(true));
    assert_eq!(
        row.profile,
        Profile {
            first_name: text("Ann"),
            last_name: text("Lee"),
            initials: text("AL"),
            telephone: text("+49 30 1234"),
            street: text("Main St 1\nRear"),
            job_title: text("Clerk"),
            city: text("Köln"),
            company: text("Acme"),
            zip_code: text("01234"),
            department: text("Sales"),
            country: text("DE"),
            office: text("4.2"),
        }
    );
}

#[test]
fn a_column_that_is_left_out_says_nothing_and_a_blank_profile_cell_empties() {
    let row =
        row("username,city,role,aliases,display_name,state,hidden_from_global_address_list,password\nalee,,,,,,,\n");
    assert_eq!(row.profile, Profile { city: Some(String::new()), ..Profile::default() });
    assert_eq!((row.email, row.role, row.display_name), (None, None, None));
    assert_eq!((row.state, row.hidden_from_global_address_list), (State::Unspecified, None));
    assert_eq!(row.aliases, Some(Vec::new()));
    assert_eq!(self::row("username\nalee").aliases, None);
}

#[test]
fn google_lists_are_understood() {
    let file = format!(
        "{GOOGLE_HEADER}\n\
         Ann,Lee,ann.lee@example.com,****,,/,,Active,2026/01/02 03:04:05,rec@x.example,,,+4930999,+49 30 1234,,,\
         \"Main St 1, Köln\",,E1,,Clerk,boss@example.com,Sales,CC1,True,False,HQ,2,B,1.0GB,2.0GB,0.0GB,15GB,3GB,,,,,\n\
         Bob,Ray,bob@example.com,Quiet-41-Owl,,/Staff,,Suspended,,,,,,,,+49 170 1\n\
         Cy,Moe,cy@example.com,{SHA512_CRYPT},crypt,/,,Active,,,,,,,,,,,,,,,,,,,,,,,,,,,,Suspended\n\
         Di,,di@example.com,,crypt,/\n"
    );
    let roster = read(file.as_bytes()).unwrap();
    assert_eq!((roster.format(), roster.row_count()), (Format::Google, 4));
    assert!(roster.ignored_columns().iter().any(|name| name == "Recovery Email"));
    let rows: Vec<RosterRow> = roster.rows().map(Result::unwrap).collect();
    assert_eq!(rows.iter().map(|row| row.line).collect::<Vec<_>>(), [2, 3, 4, 5]);
    assert_eq!(
        rows.iter().map(|row| row.state).collect::<Vec<_>>(),
        [State::Enabled, State::Disabled, State::Disabled, State::Unspecified]
    );
    assert_eq!(
        rows.iter().map(password).collect::<Vec<_>>(),
        [("keep", ""), ("plain", "Quiet-41-Owl"), ("hashed", SHA512_CRYPT), ("keep", "")]
    );
    let ann = &rows[0];
    assert_eq!(ann.username.as_deref(), Some("ann.lee"));
    assert_eq!(ann.email.as_deref(), Some("ann.lee@example.com"));
    assert_eq!(ann.display_name.as_deref(), Some("Ann Lee"));
    assert_eq!(ann.profile.telephone.as_deref(), Some("+49 30 1234"));
    assert_eq!(ann.profile.street.as_deref(), Some("Main St 1, Köln"));
    assert_eq!(ann.profile.job_title.as_deref(), Some("Clerk"));
    assert_eq!(ann.profile.department.as_deref(), Some("Sales"));
    assert_eq!(ann.profile.office.as_deref(), Some("HQ"));
    assert_eq!(rows[1].profile.telephone.as_deref(), Some("+49 170 1"));
    assert_eq!(rows[1].profile.department, None);
    assert_eq!(rows[3].display_name.as_deref(), Some("Di"));
}

#[test]
fn microsoft_lists_are_understood() {
    let row = row(&format!(
        "{MICROSOFT_HEADER}\r\nann.lee@example.com,Ann,Lee,Ann Lee,Clerk,Sales,4.2,123-555-1211,123-555-6641,\
         123-555-9821,ann@home.example,1 Microsoft way,Redmond,Wa,98052,United States\r\n"
    ));
    assert_eq!(row.username.as_deref(), Some("ann.lee"));
    assert_eq!(row.email.as_deref(), Some("ann.lee@example.com"));
    assert_eq!(row.display_name.as_deref(), Some("Ann Lee"));
    assert_eq!(row.profile.telephone.as_deref(), Some("123-555-1211"));
    assert_eq!(row.profile.zip_code.as_deref(), Some("98052"));
    assert_eq!(row.profile.country.as_deref(), Some("United States"));
    assert_eq!(row.profile.office.as_deref(), Some("4.2"));
    assert_eq!((password(&row).0, row.state), ("keep", State::Unspecified));
    let old = self::row(&format!("{MICROSOFT_OLD_HEADER}\nann@example.com,Ann,Lee,Ann Lee,,,,,,,Main St 1,Bonn,,,\n"));
    assert_eq!(old.profile.street.as_deref(), Some("Main St 1"));
    assert_eq!(old.profile.city.as_deref(), Some("Bonn"));
}

#[test]
fn excel_in_german_and_as_unicode_text_is_understood() {
    let german = row("\u{FEFF}username;city;company\r\nalee;Köln;\"Lee; Partner\"\r\n");
    assert_eq!(german.profile.company.as_deref(), Some("Lee; Partner"));
    let text = "username\tcity\r\nalee\tKöln\r\n";
    let utf16: Vec<u8> = [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let row = read(&utf16).unwrap().rows().next().unwrap().unwrap();
    assert_eq!(row.profile.city.as_deref(), Some("Köln"));
}

#[test]
fn every_row_knows_its_line_and_blank_lines_are_skipped() {
    for end in ["\n", "\r\n", "\r"] {
        let file = "\nusername,city\n\na,\"one\ntwo\"\n,\n\"\",\" \"\nb,\n,nowhere\n\n\nc,x\n".replace('\n', end);
        let roster = read(file.as_bytes()).unwrap();
        let lines: Vec<u64> = roster
            .rows()
            .map(|row| match row {
                Ok(row) => row.line,
                Err(error) => error.line,
            })
            .collect();
        assert_eq!(lines, [4, 8, 9, 12], "{end:?}");
        assert_eq!(roster.row_count(), 4);
    }
}

#[test]
fn wrong_files_are_refused_with_the_line_and_the_remedy() {
    let many = vec!["x"; 101].join(",").replacen('x', "email", 1);
    let table = [
        (
            "ann@example.com,Quiet-41-Owl\n",
            format!(
                "line 1: the first line does not name any known column; begin with a header such as {NATIVE_HEADER}"
            ),
        ),
        (
            "\nusername,nickname\n",
            format!("line 2: the column \"nickname\" is not known; rename or delete it; known are {NATIVE_HEADER}"),
        ),
        ("username,city,City \na,b,c\n", "line 1: the column \"City\" appears twice; keep one of them".into()),
        (
            "Username,User name,Display name,First name\n",
            "line 1: the column \"User name\" appears twice; keep one of them".into(),
        ),
        (
            "city,role\nBonn,USER\n",
            "line 1: the header has no column username or email, without which nobody can be told apart; add it".into(),
        ),
        (
            "First Name,Last Name,Password\n",
            "line 1: the header has no column Email Address, without which nobody can be told apart; add it".into(),
        ),
        (
            "First name,Last name,Display name,City\n",
            "line 1: the header has no column Username, without which nobody can be told apart; add it".into(),
        ),
        (&many, "line 1: the header has more than 100 columns; delete those that are not needed".into()),
        (
            "username,city\na,\"Bonn\nb,Köln\n",
            "line 2: a quote opens here and is never closed; close it, or double the quotes that belong to the text"
                .into(),
        ),
    ];
    for (file, why) in table {
        assert_eq!(read(file.as_bytes()).unwrap_err().to_string(), format!("file: {why}"), "{file}");
    }
}

#[test]
fn wrong_rows_are_refused_one_by_one() {
    let table = [
        ("username,email,city\n, ,Bonn\n", "line 2, username: give a user name or an e-mail address"),
        ("username,state\na,gone\n", "line 2, state: it must be enabled, disabled or blank"),
        (
            "username,hidden_from_global_address_list\na,WAHR\n",
            "line 2, hidden_from_global_address_list: it must be yes, no or blank",
        ),
        (
            "username,password,password_hash\na,Quiet-41-Owl,$6$x\n",
            "line 2, password_hash: give a password or a password_hash, not both",
        ),
        (
            "username,password_hash\na,$2b$12$abc\n",
            "line 2, password_hash: this bcrypt hash is damaged; copy it whole, from its first to its last character",
        ),
        (
            "username,city\na,Bonn,Quiet-41-Owl\n",
            "line 2, row: cell 3 has no column name above it; put quotes around values that contain the separator, or \
             name the column",
        ),
        ("First Name,Last Name,Email Address\nAnn,Lee,\n", "line 2, Email Address: give the person's e-mail address"),
        (
            "First Name,Last Name,Email Address\nAnn,Lee,ann\n",
            "line 2, Email Address: it must be an e-mail address, with a name before and a domain after the @",
        ),
        (
            "First Name,Last Name,Email Address,New Primary Email\nAnn,Lee,a@b.example,c@b.example\n",
            "line 2, New Primary Email: an import does not change addresses; write the wanted address into Email \
             Address and leave this cell blank",
        ),
        (
            "First Name,Last Name,Email Address,Status\nAnn,Lee,a@b.example,Quiet-41-Owl\n",
            "line 2, Status: it must be Active, Suspended, Archived or blank",
        ),
        (
            "First Name,Last Name,Email Address,Password,Password Hash Function\nAnn,Lee,a@b.example,x,bcrypt\n",
            "line 2, Password Hash Function: this hash function is not known; it must be crypt, or blank for a \
             password that is not hashed",
        ),
        (
            "Username,Display name,First name\nann,Ann Lee,Ann\n",
            "line 2, Username: it must be an e-mail address, with a name before and a domain after the @",
        ),
    ];
    for (file, expected) in table {
        assert_eq!(error(file), expected, "{file}");
    }
    for (function, scheme) in [("MD5", "MD5"), ("SHA-1", "SHA-1"), ("sha1", "SHA-1")] {
        let file = format!(
            "First Name,Last Name,Email Address,Password,Password Hash Function\nA,B,a@b.example,5f4dcc,{function}\n"
        );
        let expected = format!("line 2, Password Hash Function: {scheme} is too weak to take over; give this person");
        assert!(error(&file).starts_with(&expected), "{}", error(&file));
    }
}

#[test]
fn a_wrong_row_does_not_end_the_file_and_errors_repeat_no_cell() {
    let rows = rows("username,state,password\na,Quiet-41-Owl,x\nb,enabled,\nc,d,e,Quiet-41-Owl\nf,,\n");
    assert_eq!(rows.iter().map(Result::is_ok).collect::<Vec<_>>(), [false, true, false, true]);
    let shown = format!("{rows:?}");
    assert!(!shown.contains("Quiet-41-Owl"), "{shown}");
}

#[test]
fn passwords_stand_for_themselves() {
    for (cell, expected) in [("'=abc", "'=abc"), ("=abc", "=abc"), (" x ", " x "), ("****", "****")] {
        assert_eq!(password(&row(&format!("username,password\nalee,{cell}\n"))), ("plain", expected));
    }
    let hashed = row(&format!("username,password_hash\nalee, {SHA512_CRYPT} \n"));
    assert_eq!(password(&hashed), ("hashed", SHA512_CRYPT));
    assert!(!format!("{hashed:?}").contains("saltstring"));
}

proptest! {
    #[test]
    fn no_file_makes_the_reader_fail(
        header in prop_oneof![Just(NATIVE_HEADER), Just(GOOGLE_HEADER), Just("username;city"), Just("")],
        body in "[a-z@.,;\"'=\\r\\n\\t$*é-]{0,200}",
    ) {
        if let Ok(roster) = read(format!("{header}\n{body}").as_bytes()) {
            prop_assert_eq!(roster.rows().count(), roster.row_count());
        }
    }

    #[test]
    fn no_octets_make_the_reader_fail(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        if let Ok(roster) = read(&bytes) {
            prop_assert_eq!(roster.rows().count(), roster.row_count());
        }
    }
}
