//! Rules about mobile devices and overrides for single ones: kept, replaced, removed, and what the rules come to.

use reeve_base::ids::MobileDeviceRuleId;
use reeve_base::limits::{MOBILE_DEVICE_OVERRIDES_PER_USER_MAX, MOBILE_DEVICE_RULES_MAX, VALUES_PER_CONDITION_MAX};
use reeve_base::names::DeviceText;
use reeve_domain::Error;
use reeve_domain::effect::Effect::{self, Allow, Deny};
use reeve_domain::mobile_devices::{
    self, Device, DeviceConditions, MobileDeviceOverride, MobileDeviceRule, NewMobileDeviceOverride,
    NewMobileDeviceRule, OverrideFilter,
};
use reeve_domain::page::PageRequest;

use crate::calls_rules::{PHONE, any_of, description, device_id, device_rule, device_texts, none_of, override_of};
use crate::harness::{DAY, first, invalid, on_each_engine, refused, user_ref};
use crate::org::Org;

impl Org<'_> {
    async fn device_rules(&self) -> Vec<MobileDeviceRule> {
        mobile_devices::list_mobile_device_rules(&self.ctx, self.id()).await.unwrap()
    }

    async fn make_device_rule(&self, new: NewMobileDeviceRule) -> Result<MobileDeviceRule, Error> {
        mobile_devices::create_mobile_device_rule(&self.ctx, self.id(), new).await.map(|created| created.rule)
    }

    async fn edit_device_rule(&self, id: &str, new: NewMobileDeviceRule) -> Result<MobileDeviceRule, Error> {
        mobile_devices::edit_mobile_device_rule(&self.ctx, self.id(), rule_id(id), new).await
    }

    async fn delete_device_rule(&self, id: &str) -> Result<(), Error> {
        mobile_devices::delete_mobile_device_rule(&self.ctx, self.id(), rule_id(id)).await
    }

    /// What the rules say of a device, and the names of those that bring it about.
    async fn says(&self, device: Device) -> (Effect, Vec<String>) {
        let answer = mobile_devices::test_mobile_device_access(&self.ctx, self.id(), device).await.unwrap();
        (answer.effect, answer.matched.into_iter().map(|(_, name)| name).collect())
    }

    async fn put_override(&self, user: &str, put: NewMobileDeviceOverride) -> Result<MobileDeviceOverride, Error> {
        mobile_devices::put_mobile_device_override(&self.ctx, self.id(), user_ref(user), put).await
    }

    async fn show_override(&self, user: &str, device: &str) -> Result<MobileDeviceOverride, Error> {
        mobile_devices::show_mobile_device_override(&self.ctx, self.id(), user_ref(user), device_id(device)).await
    }

    async fn delete_override(&self, user: &str, device: &str) -> Result<(), Error> {
        mobile_devices::delete_mobile_device_override(&self.ctx, self.id(), user_ref(user), device_id(device)).await
    }

    /// The device ids of overrides, two to a page.
    async fn overrides(&self, user: Option<&str>, device: Option<&str>) -> Vec<String> {
        let mut all = Vec::new();
        let mut page = first(2);
        loop {
            let filter = OverrideFilter { user: user.map(user_ref), device_id: device.map(device_id) };
            let got = mobile_devices::list_mobile_device_overrides(&self.ctx, self.id(), filter, page.clone());
            let got = got.await.unwrap();
            all.extend(got.items.into_iter().map(|found| found.device_id));
            page = PageRequest { cursor: got.next_cursor, ..page };
            if page.cursor.is_none() {
                assert_eq!(got.total, Some(all.len() as u64));
                return all;
            }
        }
    }
}

fn rule_id(id: &str) -> MobileDeviceRuleId {
    id.parse().unwrap()
}

fn rule(name: &str, effect: Effect, conditions: DeviceConditions) -> NewMobileDeviceRule {
    NewMobileDeviceRule { conditions, ..device_rule(name, effect) }
}

fn reports(text: &str) -> Option<DeviceText> {
    Some(DeviceText::parse("device", text).unwrap())
}

fn pixel() -> Device {
    Device {
        device_type: reports("Android"),
        model: reports("Pixel 9"),
        operating_system: reports("Android 16"),
        user_agent: reports("Android-Mail/2026"),
    }
}

#[tokio::test]
async fn a_new_organization_lets_every_device_in() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let rules = acme.device_rules().await;
        assert_eq!(rules.len(), 1);
        assert_eq!((rules[0].id.as_str(), rules[0].name.as_str(), rules[0].effect), ("default", "default", Allow));
        assert_eq!((rules[0].created_at, rules[0].version), (world.now(), 1));
        assert_eq!(acme.says(Device::default()).await, (Allow, vec!["default".to_owned()]));
        acme.delete_device_rule("default").await.unwrap();
        assert_eq!(acme.says(pixel()).await, (Deny, vec![]), "without rules no device gets in");
        acme.deleted().await;
        let id = acme.made.id.to_string();
        let left = world
            .store()
            .read(move |tx| reeve_store::tables::organization_documents::count(tx, (&id, "mobile_device_rule")));
        assert_eq!(left.await.unwrap(), 0);
    })
    .await;
}

// As WorkMail: case-insensitive prefixes, $NONE, all conditions of a rule, denial first.
#[tokio::test]
async fn rules_speak_of_devices_whose_properties_begin_so() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.delete_device_rule("default").await.unwrap();
        let types = |values: &[&str]| DeviceConditions { types: any_of(device_texts(values)), ..Default::default() };
        let not_types =
            |values: &[&str]| DeviceConditions { types: none_of(device_texts(values)), ..Default::default() };
        let old = DeviceConditions {
            operating_systems: any_of(device_texts(&["Android 1", "Android 2"])),
            user_agents: none_of(device_texts(&["Android-Mail"])),
            ..Default::default()
        };
        let models = DeviceConditions {
            models: any_of(device_texts(&["pixel", "$NONE"])),
            types: any_of(device_texts(&["android"])),
            ..Default::default()
        };
        let nothing = Device::default();
        let unnamed = Device { model: None, ..pixel() };
        let other_mail = Device { user_agent: reports("Other"), ..pixel() };
        let no_agent = Device { user_agent: None, ..pixel() };
        for (rules, device, expected, names) in [
            (vec![("a", Allow, types(&["ANDR"]))], pixel(), Allow, vec!["a"]),
            (vec![("a", Allow, types(&["droid"]))], pixel(), Deny, vec![]),
            (vec![("a", Allow, types(&["iPhone", "Android"]))], pixel(), Allow, vec!["a"]),
            (vec![("a", Allow, types(&["Android"]))], nothing.clone(), Deny, vec![]),
            (vec![("a", Allow, types(&["$NONE"]))], nothing.clone(), Allow, vec!["a"]),
            (vec![("a", Allow, types(&["$NONE"]))], pixel(), Deny, vec![]),
            (vec![("a", Allow, not_types(&["iPhone"]))], pixel(), Allow, vec!["a"]),
            (vec![("a", Allow, not_types(&["and"]))], pixel(), Deny, vec![]),
            (vec![("a", Allow, not_types(&["iPhone"]))], nothing.clone(), Deny, vec![]),
            (vec![("a", Allow, models.clone())], unnamed.clone(), Allow, vec!["a"]),
            (vec![("a", Allow, models.clone())], pixel(), Allow, vec!["a"]),
            (vec![("a", Allow, models)], nothing, Deny, vec![]),
            (vec![("z", Allow, types(&["A"])), ("b", Deny, old.clone())], pixel(), Allow, vec!["z"]),
            (vec![("z", Allow, types(&["A"])), ("b", Deny, old.clone())], other_mail, Deny, vec!["b"]),
            (vec![("z", Allow, types(&["A"])), ("b", Deny, old)], no_agent, Allow, vec!["z"]),
            (vec![("z", Allow, types(&["A"])), ("b", Allow, Default::default())], pixel(), Allow, vec!["b", "z"]),
            (vec![("z", Deny, types(&["A"])), ("b", Allow, Default::default())], pixel(), Deny, vec!["z"]),
        ] {
            let said = format!("{rules:?} {device:?}");
            let mut made = Vec::new();
            for (name, effect, when) in rules {
                made.push(acme.make_device_rule(rule(name, effect, when)).await.unwrap().id);
            }
            let names: Vec<_> = names.into_iter().map(str::to_owned).collect();
            assert_eq!(acme.says(device).await, (expected, names), "{said}");
            for id in made {
                acme.delete_device_rule(id.as_str()).await.unwrap();
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_rule_is_replaced_as_a_whole_by_its_id() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let when = DeviceConditions { models: none_of(device_texts(&["Pixel", "pixel"])), ..Default::default() };
        let mut new = rule("Phones", Deny, when.clone());
        new.description = Some(description("no Pixels\n"));
        let made = acme.make_device_rule(new).await.unwrap();
        assert_eq!((&made.conditions, made.description.as_deref()), (&when, Some("no Pixels\n")));
        let twin = acme.make_device_rule(device_rule("Phones", Allow)).await.unwrap();
        assert_ne!(made.id, twin.id, "names need not differ");
        world.clock.advance(DAY);
        let edited = acme.edit_device_rule(made.id.as_str(), device_rule("Telephones", Allow)).await.unwrap();
        assert_eq!((edited.name.as_str(), edited.effect, &edited.description), ("Telephones", Allow, &None));
        assert_eq!(edited.conditions, DeviceConditions::default());
        assert_eq!((edited.created_at, edited.updated_at, edited.version), (made.created_at, world.now(), 2));
        let names: Vec<_> = acme.device_rules().await.into_iter().map(|rule| rule.name).collect();
        assert_eq!(names, ["default", "Phones", "Telephones"]);
        let events = world.events().await.len();
        assert_eq!(acme.edit_device_rule(made.id.as_str(), device_rule("Telephones", Allow)).await.unwrap(), edited);
        acme.delete_device_rule("never").await.unwrap();
        assert_eq!(world.events().await.len(), events, "nothing changed");
        let told = refused(acme.edit_device_rule("never", device_rule("X", Allow)).await, "not_found");
        assert!(matches!(told, Error::NotFound { what: "mobile device access rule", .. }));
        let stale = acme.by(&world.expecting(1).await);
        refused(stale.edit_device_rule(made.id.as_str(), device_rule("X", Allow)).await, "version_mismatch");
        refused(stale.delete_device_rule(made.id.as_str()).await, "version_mismatch");
    })
    .await;
}

#[tokio::test]
async fn a_retry_finds_the_rule_that_the_first_try_made() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let by_token = acme.by(&world.with_token("t", "one").await);
        let create = async |org: &Org<'_>| {
            mobile_devices::create_mobile_device_rule(&org.ctx, org.id(), device_rule("Phones", Deny)).await
        };
        let made = create(&by_token).await.unwrap();
        let again = create(&by_token).await.unwrap();
        assert_eq!((again.rule, again.replayed, made.replayed), (made.rule, true, false));
        refused(create(&acme.by(&world.with_token("t", "other").await)).await, "conflict");
        assert_eq!(acme.device_rules().await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn there_is_a_most_of_rules_values_and_overrides() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        for n in 1..MOBILE_DEVICE_RULES_MAX {
            acme.make_device_rule(device_rule(&format!("rule {n}"), Allow)).await.unwrap();
        }
        refused(acme.make_device_rule(device_rule("more", Allow)).await, "limit_reached");
        let many = device_texts(&["x"; VALUES_PER_CONDITION_MAX + 1]);
        for (conditions, field) in [
            (DeviceConditions { types: any_of(many.clone()), ..Default::default() }, "device_types"),
            (DeviceConditions { models: none_of(many.clone()), ..Default::default() }, "not_device_models"),
            (
                DeviceConditions { operating_systems: any_of(many.clone()), ..Default::default() },
                "device_operating_systems",
            ),
            (DeviceConditions { user_agents: none_of(many), ..Default::default() }, "not_device_user_agents"),
        ] {
            invalid(acme.make_device_rule(rule("x", Allow, conditions.clone())).await, field);
            invalid(acme.edit_device_rule("default", rule("x", Allow, conditions)).await, field);
        }
        acme.user("ada").await;
        acme.user("bob").await;
        for n in 0..MOBILE_DEVICE_OVERRIDES_PER_USER_MAX {
            acme.put_override("ada", override_of(&format!("device{n}"), Deny)).await.unwrap();
        }
        refused(acme.put_override("ada", override_of("onemore", Deny)).await, "limit_reached");
        acme.put_override("ada", override_of("device0", Allow)).await.unwrap();
        acme.put_override("bob", override_of("onemore", Deny)).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn an_override_is_of_one_device_of_one_user_case_aside() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let ada = acme.user("ada").await;
        acme.user("bob").await;
        let lost = NewMobileDeviceOverride { description: Some(description("lost")), ..override_of(PHONE, Deny) };
        let made = acme.put_override("ada@acme.mail.test", lost).await.unwrap();
        assert_eq!((&made.user_id, made.device_id.as_str(), made.effect), (&ada.id, PHONE, Deny));
        assert_eq!((made.description.as_deref(), made.created_at), (Some("lost"), world.now()));
        assert_eq!(acme.show_override("ada", &PHONE.to_lowercase()).await.unwrap(), made);
        world.clock.advance(DAY);
        let found = acme.put_override("ada", override_of(&PHONE.to_uppercase(), Allow)).await.unwrap();
        assert_eq!((found.device_id, found.effect, found.description), (PHONE.to_uppercase(), Allow, None));
        assert_eq!((found.created_at, found.updated_at), (made.created_at, world.now()));
        let events = world.events().await.len();
        acme.put_override("ada", override_of(&PHONE.to_uppercase(), Allow)).await.unwrap();
        acme.delete_override("bob", PHONE).await.unwrap();
        assert_eq!(world.events().await.len(), events, "nothing changed");
        acme.delete_override("ada", PHONE).await.unwrap();
        acme.delete_override("ada", PHONE).await.unwrap();
        assert_eq!(world.events().await.len(), events + 1);
        let told = refused(acme.show_override("ada", PHONE).await, "not_found");
        assert!(matches!(told, Error::NotFound { what: "mobile device access override", .. }));
        assert_eq!(acme.says(pixel()).await.0, Allow, "rules know nothing of overrides");
    })
    .await;
}

#[tokio::test]
async fn overrides_need_a_user_who_is_enabled_and_go_with_them() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user("ada").await;
        acme.disabled_user("cid").await;
        for (org, device) in [(&acme, PHONE), (&world.active_org("globex").await, "globexphone")] {
            if device != PHONE {
                org.user("eve").await;
                org.put_override("eve", override_of(device, Deny)).await.unwrap();
            }
        }
        refused(acme.put_override("cid", override_of(PHONE, Deny)).await, "wrong_state");
        for nobody in ["nobody", "eve", "eve@globex.mail.test", "ada\0"] {
            let told = refused(acme.put_override(nobody, override_of(PHONE, Deny)).await, "not_found");
            assert!(matches!(told, Error::NotFound { what: "user", .. }));
            refused(acme.show_override(nobody, PHONE).await, "not_found");
            refused(acme.delete_override(nobody, PHONE).await, "not_found");
            let filter = OverrideFilter { user: Some(user_ref(nobody)), device_id: None };
            let listed = mobile_devices::list_mobile_device_overrides(&acme.ctx, acme.id(), filter, first(1)).await;
            refused(listed, "not_found");
        }
        acme.put_override("ada", override_of(PHONE, Deny)).await.unwrap();
        acme.disable("ada").await.unwrap();
        assert_eq!(acme.overrides(None, None).await, [PHONE], "who comes back finds it");
        acme.delete_user("ada").await.unwrap();
        assert!(acme.overrides(None, None).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn overrides_are_listed_by_user_and_by_device() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        for (user, devices) in [("ada", ["b1", "A1", "c1"]), ("bob", ["A1", "d1", "e1"])] {
            acme.user(user).await;
            for device in devices {
                acme.put_override(user, override_of(device, Deny)).await.unwrap();
            }
        }
        assert_eq!(acme.overrides(None, None).await.len(), 6);
        assert_eq!(acme.overrides(Some("ada"), None).await, ["A1", "b1", "c1"]);
        assert_eq!(acme.overrides(None, Some("a1")).await, ["A1", "A1"]);
        assert_eq!(acme.overrides(Some("bob"), Some("D1")).await, ["d1"]);
        assert!(acme.overrides(Some("ada"), Some("d1")).await.is_empty());
    })
    .await;
}

// A directory that outlives its organization keeps its people, and nothing that was said of their devices.
#[tokio::test]
async fn overrides_do_not_outlive_the_organization() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        acme.user("ada").await;
        acme.put_override("ada", override_of(PHONE, Deny)).await.unwrap();
        acme.delete(false, true).await.unwrap();
        world.settle().await;
        let new = reeve_domain::organizations::NewOrganization {
            directory_id: Some(acme.made.directory_id.clone()),
            ..crate::harness::new_organization("heir")
        };
        let heir = Org::new(world, crate::harness::ask_for(&world.operator, new).await.unwrap());
        world.settle().await;
        heir.find("ada").await.unwrap();
        assert!(heir.overrides(None, None).await.is_empty());
        assert_eq!(heir.device_rules().await.len(), 1);
    })
    .await;
}
