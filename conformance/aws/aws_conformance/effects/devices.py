"""Mobile device access rules decide by what a device says of itself; overrides decide for one device."""

from __future__ import annotations

from typing import Any

from ..context import demand, expect
from ..scene import Scene
from .kinds import Effects

EFFECTS = Effects()

PROPERTIES = ("DeviceType", "DeviceModel", "DeviceOperatingSystem", "DeviceUserAgent")


class _Rules:
    """The rules of the organization, emptied before and put back after."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._of = {"OrganizationId": scene.organization.id}

    def __enter__(self) -> _Rules:
        self._clear()
        return self

    def __exit__(self, *_: object) -> None:
        self._clear()
        self.add("default", "ALLOW")

    def _clear(self) -> None:
        for rule in self.all():
            self._scene.client.call(
                "DeleteMobileDeviceAccessRule",
                **self._of,
                MobileDeviceAccessRuleId=rule["MobileDeviceAccessRuleId"],
            )

    def all(self) -> list[dict[str, Any]]:
        rules: list[dict[str, Any]] = self._scene.client.call("ListMobileDeviceAccessRules", **self._of)["Rules"]
        return rules

    def add(self, name: str, effect: str, **conditions: Any) -> str:
        return self._scene.mobile_rule(Name=name, Effect=effect, **conditions)

    def effect(self, **device: str) -> tuple[str, list[str]]:
        found = self._scene.client.call("GetMobileDeviceAccessEffect", **self._of, **device)
        return found["Effect"], sorted(rule["Name"] for rule in found.get("MatchedRules", []))


@EFFECTS.of(
    "CreateMobileDeviceAccessRule",
    "UpdateMobileDeviceAccessRule",
    "ListMobileDeviceAccessRules",
    "DeleteMobileDeviceAccessRule",
)
def kept(scene: Scene) -> None:
    """A rule is kept with every condition, replaced as a whole by its id, and deleted once and again."""
    of = {"OrganizationId": scene.organization.id}
    conditions = {f"{prefix}{word}s": [f"{prefix}{word} 1"] for word in PROPERTIES for prefix in ("", "Not")}
    members = {"Name": "Kept \u00fcber alles", "Description": "d" * 256, "Effect": "DENY", **conditions}
    with _Rules(scene) as rules:
        rule = scene.mobile_rule(**members)
        found = rules.all()[0]
        expect(found["MobileDeviceAccessRuleId"], rule, "MobileDeviceAccessRuleId")
        for member, value in members.items():
            expect(found[member], value, member)
        update = {**of, "MobileDeviceAccessRuleId": rule, "Name": "n" * 64, "Effect": "ALLOW"}
        scene.client.call("UpdateMobileDeviceAccessRule", **update)
        found = rules.all()[0]
        expect((found["Name"], found["Effect"]), ("n" * 64, "ALLOW"), "name and effect")
        left = [member for member in (*conditions, "Description") if found.get(member)]
        expect(left, [], "what is left of the former rule")
        demand(found["DateModified"] >= found["DateCreated"] > 0, "the times are wrong")
        for _ in range(2):
            scene.client.call("DeleteMobileDeviceAccessRule", **of, MobileDeviceAccessRuleId=rule)
        expect(rules.all(), [], "the rules at the end")


@EFFECTS.of("GetMobileDeviceAccessEffect", "CreateMobileDeviceAccessRule")
def decides(scene: Scene) -> None:
    """No rule blocks every device; values match as prefixes, whatever the case; any DENY wins."""
    with _Rules(scene) as rules:
        expect(rules.effect(), ("DENY", []), "the effect of no rules")
        rules.add("phones", "ALLOW", DeviceTypes=["Android", "iPhone"])
        for kind, wanted in {"android 16": "ALLOW", "IPHONE": "ALLOW", "iPad": "DENY", "And": "DENY"}.items():
            expect(rules.effect(DeviceType=kind)[0], wanted, f"the effect on {kind}")
        expect(rules.effect()[0], "DENY", "the effect on a device that says nothing")
        rules.add("old", "DENY", DeviceOperatingSystems=["Android 4."])
        new, old = "Android 16", "Android 4.4"
        expect(rules.effect(DeviceType="Android", DeviceOperatingSystem=new), ("ALLOW", ["phones"]), "a new one")
        expect(rules.effect(DeviceType="Android", DeviceOperatingSystem=old), ("DENY", ["old"]), "an old one")
        rules.add("everything", "ALLOW")
        expect(rules.effect(), ("ALLOW", ["everything"]), "the effect of a rule without conditions")


@EFFECTS.of("GetMobileDeviceAccessEffect", "CreateMobileDeviceAccessRule")
def conditions(scene: Scene) -> None:
    """All conditions hold together; $NONE matches what is not said; Not- conditions never match what is not said."""
    with _Rules(scene) as rules:
        rules.add("both", "ALLOW", DeviceTypes=["Android"], DeviceModels=["Pixel", "Fairphone"])
        expect(rules.effect(DeviceType="Android", DeviceModel="Fairphone 6")[0], "ALLOW", "both conditions")
        expect(rules.effect(DeviceType="Android")[0], "DENY", "one of two conditions")
    with _Rules(scene) as rules:
        rules.add("shy", "ALLOW", DeviceUserAgents=["$NONE"])
        expect(rules.effect()[0], "ALLOW", "no user agent")
        expect(rules.effect(DeviceUserAgent="Agent")[0], "DENY", "some user agent")
    with _Rules(scene) as rules:
        rules.add("not-windows", "ALLOW", NotDeviceTypes=["Windows"])
        expect(rules.effect(DeviceType="Android")[0], "ALLOW", "what is not excluded")
        expect(rules.effect(DeviceType="WindowsPhone")[0], "DENY", "what is excluded")
        expect(rules.effect()[0], "DENY", "a device that does not say its type")


@EFFECTS.of(
    "PutMobileDeviceAccessOverride",
    "GetMobileDeviceAccessOverride",
    "ListMobileDeviceAccessOverrides",
    "DeleteMobileDeviceAccessOverride",
)
def overrides(scene: Scene) -> None:
    """An override is one per user and device, whatever the case; it is replaced, listed by either, and deleted."""
    of, user, other = {"OrganizationId": scene.organization.id}, scene.user(), scene.user()
    device = scene.name("Device")
    pair = {**of, "UserId": user.email, "DeviceId": device}
    scene.client.call("PutMobileDeviceAccessOverride", **pair, Effect="DENY", Description="lost")
    found = scene.client.call("GetMobileDeviceAccessOverride", **of, UserId=user.id, DeviceId=device.upper())
    expect((found["UserId"], found["Effect"], found["Description"]), (user.id, "DENY", "lost"), "the override")
    expect(found["DeviceId"].lower(), device.lower(), "DeviceId")
    scene.client.call("PutMobileDeviceAccessOverride", **pair, Effect="ALLOW")
    found = scene.client.call("GetMobileDeviceAccessOverride", **pair)
    expect((found["Effect"], "Description" in found), ("ALLOW", False), "the override afterwards")
    scene.client.call("PutMobileDeviceAccessOverride", **of, UserId=other.id, DeviceId=device, Effect="ALLOW")
    rows = scene.client.all("ListMobileDeviceAccessOverrides", **of, DeviceId=device.lower())
    expect({row["UserId"] for row in rows}, {user.id, other.id}, "the users of the device")
    rows = scene.client.all("ListMobileDeviceAccessOverrides", **of, UserId=user.name)
    expect([row["DeviceId"].lower() for row in rows], [device.lower()], "the devices of the user")
    for _ in range(2):
        scene.client.call("DeleteMobileDeviceAccessOverride", **of, UserId=user.id, DeviceId=device.lower())
    code = scene.client.error("GetMobileDeviceAccessOverride", **pair)
    expect(code, "ResourceNotFoundException", "an override that is gone")
