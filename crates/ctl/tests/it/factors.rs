//! Second factors: set up, shown once, removed.

use crate::run::reeve;
use crate::server::{Server, ok, problem, status};

const BEGUN: &str = r#"{"challenge":"c-1","secret":"JBSWY3DP","otpauth_url":"otpauth://totp/Reeve:root?secret=JBSWY3DP","expires_at":"2026-11-21T12:10:00Z"}"#;
const CODES: &str = r#"{"recovery_codes":["aaaa-1111","bbbb-2222"]}"#;
const PATH: &str = "/api/v1/sessions/current/second-factors";

#[tokio::test]
async fn a_code_generator_is_set_up_and_recovery_codes_are_printed_alone() {
    let server = Server::start(vec![ok(BEGUN), problem(400, "invalid", "the code is wrong"), ok(CODES)]).await;
    let ran = reeve(&server.data(), "second-factor totp").person(&["000000", " 123456 "]).run().await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(ran.out, "the code generator is set up\naaaa-1111\nbbbb-2222\n");
    assert!(ran.err.contains("JBSWY3DP\n") && ran.err.contains("otpauth://totp/Reeve:root"), "{}", ran.err);
    assert!(ran.err.contains("the code is wrong; try the next code\n"), "{}", ran.err);
    assert!(!ran.err.contains("123456") && !ran.err.contains("aaaa-1111"), "{}", ran.err);
    let begin = format!("POST {PATH}/totp");
    let confirm = format!("POST {PATH}/totp/confirmation");
    assert_eq!(server.lines(), [begin, confirm.clone(), confirm]);
    assert_eq!(server.requests()[2].body, r#"{"challenge":"c-1","code":"123456"}"#);
}

#[tokio::test]
async fn a_program_reads_the_secret_before_it_gives_the_code() {
    let server = Server::start(vec![ok(BEGUN), ok(CODES)]).await;
    let ran = reeve(&server.data(), "second-factor totp --code-file - -o json").input("123456\n").run().await;
    assert_eq!((ran.code, ran.out), (0, format!("{BEGUN}\n{CODES}\n")));
}

#[tokio::test]
async fn nothing_is_begun_that_no_code_can_end() {
    let server = Server::start(vec![]).await;
    let ran = reeve(&server.data(), "second-factor totp").run().await;
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("hint: give --code-file FILE"), "{}", ran.err);
    assert!(server.lines().is_empty());
}

#[tokio::test]
async fn a_wrong_code_is_refused_in_the_end() {
    let wrong = || problem(400, "invalid", "the code is wrong");
    let server = Server::start(vec![ok(BEGUN), wrong(), wrong(), wrong(), ok(CODES)]).await;
    let ran = reeve(&server.data(), "second-factor totp").person(&["1", "2", "3", "4"]).run().await;
    assert_eq!((ran.code, server.lines().len()), (1, 4));
}

#[tokio::test]
async fn second_factors_are_listed_and_removed() {
    let factors = r#"{"totp":{"confirmed_at":"2026-11-01T00:00:00Z"},"passkeys":[{"passkey_id":"k-1","name":"laptop","last_used_at":"2026-11-20T00:00:00Z"}],"recovery_codes_left":9,"required":true}"#;
    let none = r#"{"totp":null,"passkeys":[],"recovery_codes_left":0,"required":false}"#;
    let server =
        Server::start(vec![ok(factors), ok(none), status(204, "", ""), status(204, "", ""), ok(CODES), ok(CODES)])
            .await;
    let ran = reeve(&server.data(), "second-factor list").run().await;
    assert_eq!(
        ran.out,
        "code generator           since 2026-11-01 00:00:00 UTC\n\
         passkey                  k-1 laptop, last used 2026-11-20 00:00:00 UTC\n\
         recovery codes left      9\n\
         demanded by the account  yes\n"
    );
    let ran = reeve(&server.data(), "second-factor list").run().await;
    assert!(ran.out.starts_with("code generator           no\n"), "{}", ran.out);
    reeve(&server.data(), "second-factor remove-totp").run().await;
    reeve(&server.data(), "second-factor remove-passkey k-1").run().await;
    let ran = reeve(&server.data(), "second-factor recovery-codes").run().await;
    assert_eq!(ran.out, "aaaa-1111\nbbbb-2222\n");
    let ran = reeve(&server.data(), "second-factor recovery-codes -o json").run().await;
    assert_eq!(ran.out.trim(), CODES);
    assert_eq!(
        server.lines()[2..5],
        [format!("DELETE {PATH}/totp"), format!("DELETE {PATH}/passkeys/k-1"), format!("POST {PATH}/recovery-codes")]
    );
}

#[tokio::test]
async fn who_must_enrol_is_told_how() {
    let server =
        Server::start(vec![problem(403, "second_factor_enrolment_required", "a second factor is demanded")]).await;
    let ran = reeve(&server.data(), "org list").run().await;
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("hint: the account demands a second factor: reeve second-factor totp\n"), "{}", ran.err);
}
