//! What each format writes, to the character, and that Reeve's own comes back as it was.

use proptest::prelude::*;

use super::*;
use crate::roster::tests::{GOOGLE_HEADER, MICROSOFT_HEADER, NATIVE_HEADER, password, row};
use crate::roster::{Given, Profile, RosterRow, read};

fn export(format: Format, rows: &[ExportRow]) -> String {
    let mut exporter = Exporter::new(format, Vec::new()).unwrap();
    for row in rows {
        assert_eq!(exporter.write(row).unwrap(), Exported::Written);
    }
    String::from_utf8(exporter.finish().unwrap()).unwrap()
}

fn ann() -> ExportRow {
    ExportRow {
        username: "alee".into(),
        display_name: "Ann Lee".into(),
        email: Some("ann@example.com".into()),
        aliases: vec!["a@example.com".into(), "b@example.com".into()],
        role: "USER".into(),
        state: State::Disabled,
        hidden_from_global_address_list: true,
        profile: Profile {
            first_name: Some("Ann".into()),
            last_name: Some("Lee".into()),
            telephone: Some("+49 30 1234".into()),
            city: Some("=HYPERLINK(\"x\")".into()),
            zip_code: Some("01234".into()),
            ..Profile::default()
        },
    }
}

#[test]
fn written_lists_have_the_published_headers_and_no_password() {
    assert_eq!(
        export(Format::Native, &[ann()]),
        format!(
            "{NATIVE_HEADER}\nalee,Ann Lee,Ann,Lee,ann@example.com,a@example.com b@example.com,,,USER,\
             disabled,,'+49 30 1234,,,\"'=HYPERLINK(\"\"x\"\")\",,01234,,,,yes\n"
        )
    );
    assert_eq!(
        export(Format::Google, &[ann()]),
        format!(
            "{GOOGLE_HEADER}\nAnn,Lee,ann@example.com,****,,/,,Suspended,,,,,,'+49 30 1234{}Suspended,,,\n",
            ",".repeat(22)
        )
    );
    assert_eq!(
        export(Format::Microsoft, &[ann()]),
        format!(
            "{MICROSOFT_HEADER}\nann@example.com,Ann,Lee,Ann Lee,,,,'+49 30 1234,,,,,\
             \"'=HYPERLINK(\"\"x\"\")\",,01234,\n"
        )
    );
}

#[test]
fn lists_of_others_come_back_with_what_they_can_hold() {
    let google = row(&export(Format::Google, &[ann()]));
    assert_eq!(google.email, ann().email);
    assert_eq!(google.display_name.as_deref(), Some("Ann Lee"));
    assert_eq!((google.state, password(&google).0), (State::Disabled, "keep"));
    assert_eq!(google.profile.telephone, ann().profile.telephone);
    let microsoft = row(&export(Format::Microsoft, &[ann()]));
    assert_eq!(microsoft.profile, ann().profile);
}

#[test]
fn who_has_no_first_or_last_name_is_split_for_google() {
    for (display_name, first, last) in [("Ann van Lee", "Ann van", Some("Lee")), ("Desk", "Desk", None)] {
        let person = ExportRow { profile: Profile::default(), display_name: display_name.into(), ..ann() };
        let google = row(&export(Format::Google, &[person]));
        assert_eq!(google.profile.first_name.as_deref(), Some(first));
        assert_eq!(google.profile.last_name.as_deref(), last);
        assert_eq!(google.display_name.as_deref(), Some(display_name));
    }
}

#[test]
fn people_without_an_address_are_left_out_where_the_address_is_the_name() {
    let nobody = ExportRow { email: None, ..ann() };
    for (format, expected, lines) in [
        (Format::Native, Exported::Written, 2),
        (Format::Google, Exported::LeftOut, 1),
        (Format::Microsoft, Exported::LeftOut, 1),
    ] {
        let mut exporter = Exporter::new(format, Vec::new()).unwrap();
        assert_eq!(exporter.write(&nobody).unwrap(), expected);
        let file = String::from_utf8(exporter.finish().unwrap()).unwrap();
        assert_eq!(file.lines().count(), lines);
    }
}

#[test]
fn pieces_of_a_list_add_up_to_the_list() {
    let mut exporter = Exporter::new(Format::Native, Vec::new()).unwrap();
    let mut pieces = exporter.take().unwrap();
    assert_eq!(pieces, format!("{NATIVE_HEADER}\n").into_bytes());
    for _ in 0..2 {
        exporter.write(&ann()).unwrap();
        pieces.extend(exporter.take().unwrap());
    }
    pieces.extend(exporter.finish().unwrap());
    assert_eq!(pieces, export(Format::Native, &[ann(), ann()]).into_bytes());
}

/// Text that spreadsheets, quotes and line ends make hard.
fn hard_text() -> impl Strategy<Value = String> {
    prop_oneof!["[\"',;=+@\\r\\n\\t ’＝aÄ-]{0,12}", any::<String>(), Just(String::new())]
}

fn hard_profile() -> impl Strategy<Value = Profile> {
    prop::collection::vec(hard_text(), 12).prop_map(|texts| {
        let mut texts = texts.into_iter();
        Profile {
            first_name: texts.next(),
            last_name: texts.next(),
            initials: texts.next(),
            telephone: texts.next(),
            street: texts.next(),
            job_title: texts.next(),
            city: texts.next(),
            company: texts.next(),
            zip_code: texts.next(),
            department: texts.next(),
            country: texts.next(),
            office: texts.next(),
        }
    })
}

fn person() -> impl Strategy<Value = ExportRow> {
    let address = "[a-z+%-]{1,10}@[a-z]{1,5}\\.example";
    (
        ("[\\w.-]{1,20}", hard_text(), hard_profile()),
        prop::option::of(address),
        prop::collection::vec(address, 0..4),
        any::<bool>(),
    )
        .prop_map(|((username, display_name, profile), email, aliases, hidden)| ExportRow {
            username,
            display_name,
            email,
            aliases,
            role: "USER".into(),
            state: if hidden { State::Disabled } else { State::Enabled },
            hidden_from_global_address_list: hidden,
            profile,
        })
}

proptest! {
    #[test]
    fn our_own_format_comes_back_exactly(people in prop::collection::vec(person(), 1..6)) {
        let file = export(Format::Native, &people);
        let roster = read(file.as_bytes()).unwrap();
        prop_assert_eq!(roster.row_count(), people.len());
        let back: Vec<RosterRow> = roster.rows().map(Result::unwrap).collect();
        prop_assert_eq!(back.len(), people.len());
        prop_assert_eq!(back[0].line, 2);
        for (row, person) in back.iter().zip(&people) {
            let display_name = Some(&person.display_name).filter(|name| !name.trim().is_empty());
            prop_assert_eq!(row.username.as_ref(), Some(&person.username));
            prop_assert_eq!(row.display_name.as_ref(), display_name);
            prop_assert_eq!(&row.email, &person.email);
            prop_assert_eq!(row.aliases.as_ref(), Some(&person.aliases));
            prop_assert_eq!(row.role.as_ref(), Some(&person.role));
            prop_assert_eq!(&row.profile, &person.profile);
            prop_assert_eq!(row.state, person.state);
            prop_assert_eq!(
                row.hidden_from_global_address_list,
                Some(person.hidden_from_global_address_list)
            );
            prop_assert!(matches!(row.password, Given::Keep));
        }
    }
}
