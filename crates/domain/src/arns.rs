//! Amazon resource names that customers hand in: looked at for their form, and never for whether Amazon knows them.
//!
//! They stand in settings of organizations, as other systems' names for things. Forms are those of WorkMail's model.

use reeve_base::Invalid;

/// Partitions that the model's forms of Identity Center names know.
const PARTITIONS: [&str; 5] = ["aws", "aws-us-gov", "aws-cn", "aws-iso", "aws-iso-b"];

/// Checks the name of a group of logs: `arn:aws:logs:REGION:ACCOUNT:log-group:NAME:*` (shape `LogGroupArn`).
pub(crate) fn log_group(field: &'static str, text: &str) -> Result<(), Invalid> {
    let name =
        |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b".-_/#".contains(&b));
    let fits = match text.split(':').collect::<Vec<_>>()[..] {
        ["arn", "aws", "logs", region, account, "log-group", group, "*"] => {
            is_region(region) && is_account(account) && name(group)
        }
        _ => false,
    };
    let form = "arn:aws:logs:REGION:ACCOUNT:log-group:NAME:*, of 47 to 562 characters";
    need(field, fits && (47..=562).contains(&text.len()), form)
}

/// Checks the name of a role: `arn:aws:iam::ACCOUNT:role/NAME` (shape `RoleArn`).
pub(crate) fn role(field: &'static str, text: &str) -> Result<(), Invalid> {
    let fits = match text.splitn(6, ':').collect::<Vec<_>>()[..] {
        ["arn", "aws", "iam", region, account, rest] => {
            let lower = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
            let account_fits = !account.is_empty() && account.bytes().all(lower);
            let mut letters = rest.bytes();
            is_region(region)
                && account_fits
                && rest.len() <= 1_024
                && letters.next().is_some_and(|b| b.is_ascii_alphanumeric())
                && letters.all(|b| b.is_ascii_alphanumeric() || b":_/+=,@.-".contains(&b))
        }
        _ => false,
    };
    need(field, fits && text.len() >= 20, "arn:aws:iam::ACCOUNT:role/NAME, of 20 to 2048 characters")
}

/// Checks the name of a function: `arn:aws:lambda:us-east-1:ACCOUNT:function:NAME[:ALIAS]` (shape `LambdaArn`).
pub(crate) fn function(field: &'static str, text: &str) -> Result<(), Invalid> {
    let name = |name: &str, also: &[u8]| {
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || also.contains(&b))
    };
    let fits = match text.split(':').collect::<Vec<_>>()[..] {
        ["arn", "aws", "lambda", region, account, "function", function, ref alias @ ..] => {
            let alias_fits = match alias {
                [] => true,
                [alias] => *alias == "$LATEST" || name(alias, b"-_"),
                _ => false,
            };
            is_three_part_region(region) && is_account(account) && name(function, b"-_.") && alias_fits
        }
        _ => false,
    };
    let form = "arn:aws:lambda:us-east-1:ACCOUNT:function:NAME, of 49 to 256 characters";
    need(field, fits && (49..=256).contains(&text.len()), form)
}

/// Checks the name of a key: `arn:aws:kms:REGION:ACCOUNT:key/ID` or `…:alias/NAME` (shape `KmsKeyArn`).
pub(crate) fn kms_key(field: &'static str, text: &str) -> Result<(), Invalid> {
    let name = |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_/".contains(&b));
    let fits = match text.split(':').collect::<Vec<_>>()[..] {
        ["arn", partition, "kms", region, account, rest] => {
            let named = rest.strip_prefix("key/").or_else(|| rest.strip_prefix("alias/"));
            PARTITIONS.contains(&partition)
                && !region.is_empty()
                && is_region(region)
                && is_account(account)
                && named.is_some_and(name)
        }
        _ => false,
    };
    need(field, fits && (20..=2_048).contains(&text.len()), "arn:aws:kms:REGION:ACCOUNT:key/ID")
}

/// Checks the name of an instance of Identity Center: `arn:aws:sso:::instance/ssoins-…` (shape `InstanceArn`).
pub(crate) fn identity_center_instance(field: &'static str, text: &str) -> Result<(), Invalid> {
    let fits = match text.split(':').collect::<Vec<_>>()[..] {
        ["arn", partition, "sso", "", "", rest] => {
            PARTITIONS.contains(&partition) && rest.strip_prefix("instance/").is_some_and(is_instance)
        }
        _ => false,
    };
    need(field, fits, "arn:aws:sso:::instance/ssoins- and 16 letters or digits")
}

/// Checks the name of an application: `arn:aws:sso::ACCOUNT:application/ssoins-…/apl-…` (shape `ApplicationArn`).
pub(crate) fn identity_center_application(field: &'static str, text: &str) -> Result<(), Invalid> {
    let fits = match text.split(':').collect::<Vec<_>>()[..] {
        ["arn", partition, "sso", "", account, rest] => {
            let names = rest.strip_prefix("application/").and_then(|rest| rest.split_once("/apl-"));
            let names_fit = names.is_some_and(|(instance, application)| {
                let letters = application.bytes().all(|b| b.is_ascii_alphanumeric());
                is_instance(instance) && letters && application.len() == 16
            });
            PARTITIONS.contains(&partition) && is_account(account) && names_fit
        }
        _ => false,
    };
    let form = "arn:aws:sso::ACCOUNT:application/ssoins- and 16 letters or digits, then /apl- and 16 more";
    need(field, fits, form)
}

/// The name of an application of an account under an instance whose name was checked.
pub(crate) fn application_of(instance_arn: &str, account_id: &str, id: &str) -> String {
    let partition = instance_arn.split(':').nth(1).unwrap_or("aws");
    let instance = instance_arn.rsplit('/').next().unwrap_or_default();
    format!("arn:{partition}:sso::{account_id}:application/{instance}/apl-{id}")
}

fn need(field: &'static str, fits: bool, form: &str) -> Result<(), Invalid> {
    if fits { Ok(()) } else { Err(Invalid::new(field, format!("must have the form {form}"))) }
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

/// Empty where a service has no regions.
fn is_region(text: &str) -> bool {
    text.len() <= 32 && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// Such as `us-east-1`: the only form that the model's `LambdaArn` takes.
fn is_three_part_region(text: &str) -> bool {
    let lower = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase());
    match text.split('-').collect::<Vec<_>>()[..] {
        [area, place, number] => {
            area.len() == 2
                && lower(area)
                && lower(place)
                && number.len() == 1
                && number.bytes().all(|b| b.is_ascii_digit())
        }
        _ => false,
    }
}

/// `ins-` or `ssoins-` and 16 of letters, digits, `-` and `.`.
fn is_instance(text: &str) -> bool {
    let id = text.strip_prefix("sso").unwrap_or(text).strip_prefix("ins-");
    id.is_some_and(|id| id.len() == 16 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    type Check = fn(&'static str, &str) -> Result<(), Invalid>;

    fn all(check: Check, right: &[&str], wrong: &[&str]) {
        for text in right {
            assert_eq!(check("arn", text), Ok(()), "{text}");
        }
        for text in wrong {
            assert!(check("arn", text).is_err(), "{text}");
        }
    }

    #[test]
    fn groups_of_logs() {
        let long = |name: usize| format!("arn:aws:logs:us-east-1:123456789012:log-group:{}:*", "g".repeat(name));
        all(
            log_group,
            &["arn:aws:logs:us-east-1:123456789012:log-group:/aws/workmail/emailevents/acme:*", &long(514)],
            &[
                "",
                &long(515),
                "arn:aws:logs:us-east-1:123456789012:log-group:/aws/workmail/emailevents/acme",
                "arn:aws:logs:us-east-1:123456789012:log-group:/aws/workmail/emailevents/acme:",
                "arn:aws:logs:us-east-1:123456789012:log-group:/aws/workmail/emailevents/acme:**",
                "arn:aws:logs:us-east-1:1234567890123:log-group:/aws/workmail/emailevents/acme:*",
                "arn:aws:logs:us-east-1:123456789012:log-group:with space, and much more of it:*",
                "arn:aws:logs:us-east-1:123456789012:log-group:/aws/workmail/emailevents/acme:*\n",
                "arn:aws-cn:logs:us-east-1:123456789012:log-group:/aws/workmail/emailevents/acme:*",
                "arn:aws:logs:l:123456789012:log-group:a:*",
            ],
        );
    }

    #[test]
    fn roles() {
        let long = |name: usize| format!("arn:aws:iam::123456789012:{}", "r".repeat(name));
        all(
            role,
            &[
                "arn:aws:iam::123456789012:role/events",
                "arn:aws:iam::123456789012:role/service-role/a+b=c,d@e.f_g",
                &long(1_024),
            ],
            &[
                "",
                "arn:aws:iam::1:r",
                "arn:aws:iam::123456789012:",
                "arn:aws:iam:::role/events-of-everybody",
                "arn:aws:iam::123456789012:/role/events",
                "arn:aws:iam::123456789012:role/with space",
                "arn:aws:sts::123456789012:role/events",
                &long(1_025),
            ],
        );
    }

    #[test]
    fn functions() {
        all(
            function,
            &[
                "arn:aws:lambda:us-east-1:123456789012:function:free-busy",
                "arn:aws:lambda:eu-west-1:123456789012:function:free_busy.v2:$LATEST",
                "arn:aws:lambda:eu-west-1:123456789012:function:free-busy:live",
            ],
            &[
                "",
                "arn:aws:lambda:us-gov-west-1:123456789012:function:free-busy",
                "arn:aws:lambda:us-east-1:123456789012:function:",
                "arn:aws:lambda:us-east-1:123456789012:function:f",
                "arn:aws:lambda:us-east-1:123456789012:function:free-busy:",
                "arn:aws:lambda:us-east-1:123456789012:function:free-busy:$OTHER",
                "arn:aws:lambda:us-east-1:123456789012:function:free-busy:live:now",
                "arn:aws:lambda:us-east-x:123456789012:function:free-busy",
                "arn:aws:lambda:us-east-1:12345678901:function:free-busy-of-x",
            ],
        );
    }

    #[test]
    fn instances_and_applications() {
        let instance = "arn:aws:sso:::instance/ssoins-1234567890abcdef";
        all(
            identity_center_instance,
            &[instance, "arn:aws-cn:sso:::instance/ins-ABCD.efgh-123456"],
            &[
                "",
                "arn:aws:sso:::instance/ssoins-1234567890abcde",
                "arn:aws:sso:::instance/ssoins-1234567890abcdef0",
                "arn:aws:sso:::instance/xins-1234567890abcdef",
                "arn:aws:sso::123456789012:instance/ssoins-1234567890abcdef",
                "arn:other:sso:::instance/ssoins-1234567890abcdef",
                "arn:aws:sso:::instance/ssoins-1234567890abcde/",
            ],
        );
        let made = application_of(instance, "123456789012", "0123456789abcdef");
        assert_eq!(made, "arn:aws:sso::123456789012:application/ssoins-1234567890abcdef/apl-0123456789abcdef");
        all(
            identity_center_application,
            &[&made],
            &[
                "",
                instance,
                "arn:aws:sso::123456789012:application/ssoins-1234567890abcdef/apl-0123456789abcde",
                "arn:aws:sso::123456789012:application/ssoins-1234567890abcdef/apl-0123456789abcde-",
                "arn:aws:sso::123456789012:application/ssoins-1234567890abcdef",
                "arn:aws:sso:::application/ssoins-1234567890abcdef/apl-0123456789abcdef",
            ],
        );
    }
}
