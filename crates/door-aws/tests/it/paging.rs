//! Pages: as many as asked for, each from where the one before ended, and by nobody else's token.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};

use crate::world::World;

/// All pages of a list of names, and its tokens.
async fn pages(
    world: &World,
    operation: &str,
    input: &Value,
    (list, name): (&str, &str),
) -> (Vec<Vec<String>>, Vec<String>) {
    let (mut pages, mut tokens) = (Vec::new(), Vec::<String>::new());
    loop {
        let mut input = input.clone();
        if let Some(token) = tokens.last() {
            input["NextToken"] = json!(token);
        }
        let page = world.call(operation, &input).await.ok();
        let names = page[list].as_array().unwrap().iter();
        pages.push(names.map(|item| item[name].as_str().unwrap().to_owned()).collect());
        match page.get("NextToken") {
            Some(token) => tokens.push(token.as_str().unwrap().to_owned()),
            None => return (pages, tokens),
        }
    }
}

#[tokio::test]
async fn a_list_comes_in_pages_and_whole() {
    let world = World::new().await;
    let organization = world.organization("acme").await;
    for n in 0..5 {
        world.user(&organization, &format!("user{n}")).await;
    }
    let input = json!({"OrganizationId": organization, "MaxResults": 3, "Filters": {"UsernamePrefix": "user"}});
    let (found, tokens) = pages(&world, "ListUsers", &input, ("Users", "Name")).await;
    assert_eq!(found, [vec!["user0", "user1", "user2"], vec!["user3", "user4"]]);
    assert!(tokens.iter().all(|token| token.len() <= 1_024 && !token.contains("user")));
    let exact = json!({"OrganizationId": organization, "MaxResults": 5, "Filters": {"UsernamePrefix": "user"}});
    assert_eq!(pages(&world, "ListUsers", &exact, ("Users", "Name")).await.1.len(), 0);
    let none = json!({"OrganizationId": organization, "MaxResults": 5, "Filters": {"UsernamePrefix": "x"}});
    assert_eq!(world.call("ListUsers", &none).await.ok(), json!({"Users": []}));
}

#[tokio::test]
async fn without_a_number_a_page_has_a_hundred() {
    let world = World::new().await;
    let organization = world.organization("acme").await;
    for n in 0..120 {
        let input = json!({"OrganizationId": organization, "DomainName": format!("d{n:03}.example")});
        world.call("RegisterMailDomain", &input).await.ok();
    }
    let input = json!({"OrganizationId": organization});
    let (found, _) = pages(&world, "ListMailDomains", &input, ("MailDomains", "DomainName")).await;
    assert_eq!(found.iter().map(Vec::len).collect::<Vec<_>>(), [100, 21]);
    let all: BTreeSet<_> = found.iter().flatten().collect();
    assert_eq!(all.len(), 121);
}

#[tokio::test]
async fn pages_stay_in_step_while_rows_come_and_go() {
    let world = World::new().await;
    let organization = world.organization("acme").await;
    for name in ["b", "d", "f", "h"] {
        world.user(&organization, name).await;
    }
    let input = json!({"OrganizationId": organization, "MaxResults": 2});
    let first = world.call("ListUsers", &input).await.ok();
    let names = |page: &Value| {
        let users = page["Users"].as_array().unwrap().iter();
        users.map(|user| user["Name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(&first), ["administrator", "b"]);
    for name in ["b", "d"] {
        world.call("DeleteUser", &json!({"OrganizationId": organization, "UserId": name})).await.ok();
    }
    world.user(&organization, "a").await;
    world.user(&organization, "e").await;
    let input = json!({"OrganizationId": organization, "MaxResults": 9, "NextToken": first["NextToken"]});
    assert_eq!(names(&world.call("ListUsers", &input).await.ok()), ["e", "f", "guest", "h"]);
}

#[tokio::test]
async fn a_token_serves_its_own_list_for_a_day() {
    let world = World::new().await;
    let (organization, other) = (world.organization("acme").await, world.organization("bcme").await);
    world.user(&organization, "ada").await;
    let input = |token: &Value| json!({"OrganizationId": organization, "MaxResults": 1, "NextToken": token});
    let token = world.call("ListUsers", &input(&Value::Null)).await.ok()["NextToken"].clone();
    world.call("ListUsers", &input(&token)).await.ok();

    let text = token.as_str().unwrap();
    let mut wrong: Vec<String> = (0..text.len())
        .step_by(7)
        .map(|place| {
            let letter = if text.as_bytes()[place] == b'A' { "B" } else { "A" };
            format!("{}{letter}{}", &text[..place], &text[place + 1..])
        })
        .collect();
    wrong.extend(["x".to_owned(), "AAAA".to_owned(), text[1..].to_owned(), format!("{text}AAAA"), "é".repeat(512)]);
    for wrong in wrong {
        let said = world.call("ListUsers", &input(&json!(wrong))).await.fault("InvalidParameterException");
        assert!(said.contains("next_token"), "{said}");
    }
    for (operation, input) in [
        ("ListUsers", json!({"OrganizationId": other, "NextToken": token})),
        ("ListUsers", json!({"OrganizationId": organization, "NextToken": token, "Filters": {"State": "ENABLED"}})),
        ("ListMailDomains", json!({"OrganizationId": organization, "NextToken": token})),
        ("ListGroups", json!({"OrganizationId": organization, "NextToken": token})),
        ("ListOrganizations", json!({"NextToken": token})),
    ] {
        world.call(operation, &input).await.fault("InvalidParameterException");
    }
    let more = json!({"OrganizationId": organization, "MaxResults": 100, "NextToken": token});
    world.call("ListUsers", &more).await.ok();

    world.clock.advance(Duration::from_secs(24 * 3600 - 1));
    world.call("ListUsers", &input(&token)).await.ok();
    world.clock.advance(Duration::from_secs(1));
    world.call("ListUsers", &input(&token)).await.fault("InvalidParameterException");
}

#[tokio::test]
async fn a_token_serves_its_own_account() {
    let world = World::new().await;
    for alias in ["a", "b"] {
        world.organization(alias).await;
        world.call_by(&world.other, "CreateOrganization", &json!({"Alias": format!("other-{alias}")})).await.ok();
    }
    let token = world.call("ListOrganizations", &json!({"MaxResults": 1})).await.ok()["NextToken"].clone();
    let input = json!({"MaxResults": 1, "NextToken": token});
    world.call_by(&world.other, "ListOrganizations", &input).await.fault("InvalidParameterException");
    world.call("ListOrganizations", &input).await.ok();
}
