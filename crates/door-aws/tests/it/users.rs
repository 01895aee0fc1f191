//! Users, from their making to their end.

use serde_json::{Value, json};

use crate::people::People;
use crate::world::PASSWORD;

#[tokio::test]
async fn a_user_is_made_disabled_and_registered_then() {
    let people = People::new().await;
    let input = json!({"Name": "ada", "DisplayName": "Ada Lovelace", "Password": PASSWORD, "FirstName": "Ada"});
    let made = people.call("CreateUser", input).await.ok();
    let id = made["UserId"].as_str().unwrap();
    assert_eq!(made, json!({"UserId": id}));
    let shown = json!({
        "UserId": id, "Name": "ada", "DisplayName": "Ada Lovelace", "FirstName": "Ada", "State": "DISABLED",
        "UserRole": "USER", "HiddenFromGlobalAddressList": false,
    });
    assert_eq!(people.describe("ada").await, shown);

    let register = |email: &str| json!({"EntityId": id, "Email": email});
    people.call("RegisterToWorkMail", register("ada@x.example")).await.fault("MailDomainNotFoundException");
    assert_eq!(people.call("RegisterToWorkMail", register("ada@acme.mail.test")).await.ok(), json!({}));
    let enabled = people.describe("ada@acme.mail.test").await;
    assert_eq!((&enabled["State"], &enabled["Email"]), (&json!("ENABLED"), &json!("ada@acme.mail.test")));
    assert_eq!(
        (&enabled["EnabledDate"], &enabled["MailboxProvisionedDate"]),
        (&json!(1_767_225_600.0), &json!(1_767_225_600.0))
    );
    people.call("RegisterToWorkMail", register("ADA@acme.mail.test")).await.ok();
    let again = people.call("RegisterToWorkMail", register("other@acme.mail.test")).await;
    again.fault("EntityAlreadyRegisteredException");

    people.call("DeleteUser", json!({"UserId": id})).await.fault("EntityStateException");
    assert_eq!(people.call("DeregisterFromWorkMail", json!({"EntityId": "ada"})).await.ok(), json!({}));
    assert_eq!(people.call("DeregisterFromWorkMail", json!({"EntityId": "ada"})).await.ok(), json!({}));
    let disabled = people.describe(id).await;
    assert_eq!(disabled["State"], "DISABLED");
    assert_eq!(disabled.get("Email"), None);
    assert_eq!(disabled["DisabledDate"], disabled["MailboxDeprovisionedDate"]);
    assert_eq!(people.call("DeleteUser", json!({"UserId": "ada"})).await.ok(), json!({}));
    people.call("DescribeUser", json!({"UserId": id})).await.fault("EntityNotFoundException");
    assert_eq!(people.call("DeleteUser", json!({"UserId": "ada"})).await.ok(), json!({}), "what is gone is gone");
}

#[tokio::test]
async fn a_user_who_cannot_be_made_is_refused_by_the_right_name() {
    let people = People::new().await;
    people.call("CreateUser", json!({"Name": "ada", "DisplayName": "Ada"})).await.ok();
    for (input, fault) in [
        (json!({"Name": "ADA", "DisplayName": "Ada"}), "NameAvailabilityException"),
        (json!({"Name": "guest", "DisplayName": "Guest"}), "ReservedNameException"),
        (json!({"Name": "bob", "DisplayName": "Bob", "Password": "short"}), "InvalidPasswordException"),
        (json!({"Name": "bob", "DisplayName": "Bob", "Role": "SYSTEM_USER"}), "InvalidParameterException"),
        (json!({"Name": "bob", "DisplayName": "Bob", "Role": "RESOURCE"}), "InvalidParameterException"),
        (json!({"Name": "bob", "DisplayName": ""}), "InvalidParameterException"),
        (json!({"Name": "bob", "DisplayName": "\u{202e}"}), "InvalidParameterException"),
        (json!({"DisplayName": "Bob"}), "InvalidParameterException"),
        (json!({"Name": "bob"}), "InvalidParameterException"),
    ] {
        let reply = people.call("CreateUser", input).await;
        let said = reply.fault(fault);
        assert!(!said.contains("short"), "{said}");
    }
    people.call("CreateUser", json!({"Name": "bob", "DisplayName": "Bob", "Role": "REMOTE_USER"})).await.ok();
    assert_eq!(people.describe("bob").await["UserRole"], "REMOTE_USER");
}

#[tokio::test]
async fn an_update_changes_what_it_names_and_clears_what_is_empty() {
    let people = People::new().await;
    people.call("CreateUser", json!({"Name": "ada", "DisplayName": "Ada", "LastName": "L"})).await.ok();
    let provider = "01234567-89ab-cdef-0123-456789abcdef";
    let all = json!({
        "UserId": "ada", "DisplayName": "Countess", "FirstName": "Augusta", "Initials": "AL", "Telephone": "1",
        "Street": "S", "JobTitle": "Analyst", "City": "London", "Company": "C", "ZipCode": "Z", "Department": "D",
        "Country": "UK", "Office": "O", "HiddenFromGlobalAddressList": true, "IdentityProviderUserId": provider,
    });
    assert_eq!(people.call("UpdateUser", all.clone()).await.ok(), json!({}));
    let shown = people.describe("ada").await;
    for (name, value) in all.as_object().unwrap().iter().filter(|(name, _)| *name != "UserId") {
        assert_eq!(&shown[name], value, "{name}");
    }
    assert_eq!(shown["LastName"], "L");
    let clear =
        json!({"UserId": "ada", "City": "", "IdentityProviderUserId": "", "HiddenFromGlobalAddressList": false});
    people.call("UpdateUser", clear).await.ok();
    let shown = people.describe("ada").await;
    assert_eq!((shown.get("City"), shown.get("IdentityProviderUserId")), (None, None));
    assert_eq!((&shown["Country"], &shown["HiddenFromGlobalAddressList"]), (&json!("UK"), &json!(false)));
    people.call("UpdateUser", json!({"UserId": "ada", "DisplayName": ""})).await.fault("InvalidParameterException");
    people.call("UpdateUser", json!({"UserId": "guest", "City": "x"})).await.fault("EntityStateException");
    people.call("UpdateUser", json!({"UserId": "nobody", "City": "x"})).await.fault("EntityNotFoundException");
}

#[tokio::test]
async fn a_list_takes_one_filter() {
    let people = People::new().await;
    for (name, display) in [("ada", "Ada Lovelace"), ("adam", "First Man"), ("bob", "Ada's Brother")] {
        people.call("CreateUser", json!({"Name": name, "DisplayName": display})).await.ok();
    }
    let register = json!({"EntityId": "bob", "Email": "adjutant@acme.mail.test"});
    people.call("RegisterToWorkMail", register).await.ok();
    let provider = "01234567-89ab-cdef-0123-456789abcdef";
    people.call("UpdateUser", json!({"UserId": "adam", "IdentityProviderUserId": provider})).await.ok();
    let list = async |filters: Value| people.call("ListUsers", json!({"Filters": filters})).await;
    let names = async |filters: Value| {
        let users = list(filters).await.ok()["Users"].clone();
        users.as_array().unwrap().iter().map(|user| user["Name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(json!({"UsernamePrefix": "AD"})).await, ["ada", "adam", "administrator"]);
    assert_eq!(names(json!({"DisplayNamePrefix": "ada"})).await, ["ada", "bob"]);
    assert_eq!(names(json!({"PrimaryEmailPrefix": "adj"})).await, ["bob"]);
    assert_eq!(names(json!({"IdentityProviderUserIdPrefix": "0123"})).await, ["adam"]);
    assert_eq!(names(json!({"State": "ENABLED"})).await, ["bob"]);
    assert_eq!(names(json!({"State": "DISABLED"})).await, ["ada", "adam", "administrator", "guest"]);
    assert_eq!(list(json!({"State": "DELETED"})).await.ok(), json!({"Users": []}));
    assert_eq!(names(json!({})).await.len(), 5);
    list(json!({"State": "ENABLED", "UsernamePrefix": "a"})).await.fault("InvalidParameterException");
    let users = list(json!({"UsernamePrefix": "guest"})).await.ok()["Users"].clone();
    assert_eq!((&users[0]["UserRole"], &users[0]["State"]), (&json!("SYSTEM_USER"), &json!("DISABLED")));
}

#[tokio::test]
async fn a_password_is_reset_by_id() {
    let people = People::new().await;
    let made = people.call("CreateUser", json!({"Name": "ada.lovelace.of.london", "DisplayName": "Ada"})).await.ok();
    let reset = async |user: &Value, password: &str| {
        people.call("ResetPassword", json!({"UserId": user, "Password": password})).await
    };
    assert_eq!(reset(&made["UserId"], PASSWORD).await.ok(), json!({}));
    reset(&made["UserId"], "short").await.fault("InvalidPasswordException");
    reset(&json!("ada.lovelace.of.london"), PASSWORD).await.fault("EntityNotFoundException");
    reset(&json!("00000000-0000-7000-8000-000000000000"), PASSWORD).await.fault("EntityNotFoundException");
    let guest = people.describe("guest").await["UserId"].clone();
    reset(&guest, PASSWORD).await.fault("EntityStateException");
}
