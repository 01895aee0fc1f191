"""Access control rules decide: who, from where, by which protocol."""

from __future__ import annotations

from typing import Any

from ..context import expect
from ..scene import Scene
from .kinds import Effects

EFFECTS = Effects()

INSIDE, OUTSIDE = "192.0.2.7", "203.0.113.9"
ACTIONS = ("ActiveSync", "AutoDiscover", "EWS", "IMAP", "SMTP", "WindowsOutlook", "WebMail")


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
        self.put("default", "ALLOW")

    def _clear(self) -> None:
        for name in self.names():
            self._scene.client.call("DeleteAccessControlRule", **self._of, Name=name)

    def names(self) -> list[str]:
        rules = self._scene.client.call("ListAccessControlRules", **self._of)["Rules"]
        return [rule["Name"] for rule in rules]

    def put(self, name: str, effect: str, **conditions: Any) -> None:
        self._scene.client.call(
            "PutAccessControlRule", **self._of, Name=name, Effect=effect, Description="", **conditions
        )

    def effect(self, user: str, address: str = INSIDE, action: str = "IMAP") -> tuple[str, list[str]]:
        found = self._scene.client.call(
            "GetAccessControlEffect", **self._of, IpAddress=address, Action=action, UserId=user
        )
        return found["Effect"], sorted(found.get("MatchedRules", []))

    def effect_on_role(self, role: str) -> tuple[str, list[str]]:
        found = self._scene.client.call(
            "GetAccessControlEffect", **self._of, IpAddress=INSIDE, Action="EWS", ImpersonationRoleId=role
        )
        return found["Effect"], sorted(found.get("MatchedRules", []))


@EFFECTS.of("PutAccessControlRule", "ListAccessControlRules", "DeleteAccessControlRule")
def kept(scene: Scene) -> None:
    """A rule is kept with every condition, replaced under its name, and deleted once and again."""
    of, user, role = {"OrganizationId": scene.organization.id}, scene.user(), scene.impersonation_role()
    rule = {
        "Name": "kept",
        "Effect": "DENY",
        "Description": "f\u00fcr alle",
        "IpRanges": ["192.0.2.0/24"],
        "NotIpRanges": ["192.0.2.7/32"],
        "Actions": ["IMAP", "EWS"],
        "NotActions": ["SMTP"],
        "UserIds": [user.id],
        "NotUserIds": [user.id],
        "ImpersonationRoleIds": [role],
        "NotImpersonationRoleIds": [role],
    }
    scene.client.call("PutAccessControlRule", **of, **rule)
    rows = {row["Name"]: row for row in scene.client.call("ListAccessControlRules", **of)["Rules"]}
    for member, value in rule.items():
        found = rows["kept"][member]
        expect(
            sorted(found) if isinstance(value, list) else found,
            sorted(value) if isinstance(value, list) else value,
            member,
        )
    expect(rows["kept"]["DateCreated"] > 0, True, "that it has a DateCreated")
    scene.client.call("PutAccessControlRule", **of, Name="kept", Effect="ALLOW", Description="x" * 255)
    rows = {row["Name"]: row for row in scene.client.call("ListAccessControlRules", **of)["Rules"]}
    expect((rows["kept"]["Effect"], rows["kept"]["Description"]), ("ALLOW", "x" * 255), "the new rule")
    expect(rows["kept"].get("IpRanges", []), [], "the former conditions")
    for _ in range(2):
        scene.client.call("DeleteAccessControlRule", **of, Name="kept")


@EFFECTS.of("GetAccessControlEffect", "PutAccessControlRule")
def decides(scene: Scene) -> None:
    """No rule blocks everybody; an ALLOW lets in; any DENY wins."""
    user = scene.user().id
    with _Rules(scene) as rules:
        expect(rules.effect(user), ("DENY", []), "the effect of no rules")
        rules.put("all", "ALLOW")
        expect(rules.effect(user), ("ALLOW", ["all"]), "the effect of a rule for all")
        rules.put("office", "ALLOW", IpRanges=["192.0.2.0/24"])
        expect(rules.effect(user), ("ALLOW", ["all", "office"]), "the effect of two rules")
        expect(rules.effect(user, OUTSIDE), ("ALLOW", ["all"]), "the effect outside")
        rules.put("no-imap", "DENY", Actions=["IMAP"])
        expect(rules.effect(user), ("DENY", ["no-imap"]), "the effect of a DENY")
        for action in ACTIONS:
            expected = "DENY" if action == "IMAP" else "ALLOW"
            expect(rules.effect(user, action=action)[0], expected, f"the effect on {action}")


@EFFECTS.of("GetAccessControlEffect", "PutAccessControlRule")
def conditions(scene: Scene) -> None:
    """All conditions of a rule hold together, values of one are alternatives, Not- conditions exclude."""
    one, other = scene.user().id, scene.user().id
    with _Rules(scene) as rules:
        rules.put("both", "ALLOW", Actions=["IMAP", "SMTP"], UserIds=[one])
        expect(rules.effect(one)[0], "ALLOW", "user and action")
        expect(rules.effect(one, action="SMTP")[0], "ALLOW", "the other action")
        expect(rules.effect(one, action="WebMail")[0], "DENY", "an action that is not named")
        expect(rules.effect(other)[0], "DENY", "a user who is not named")
        rules.put("both", "ALLOW", NotActions=["IMAP"], NotUserIds=[one], NotIpRanges=["203.0.113.0/24"])
        expect(rules.effect(other, action="SMTP")[0], "ALLOW", "nothing excluded")
        expect(rules.effect(other)[0], "DENY", "an excluded action")
        expect(rules.effect(one, action="SMTP")[0], "DENY", "an excluded user")
        expect(rules.effect(other, OUTSIDE, "SMTP")[0], "DENY", "an excluded address")


@EFFECTS.of("GetAccessControlEffect", "PutAccessControlRule")
def roles(scene: Scene) -> None:
    """Impersonation is asked for by role, and by EWS only; user and role exclude each other."""
    role, user = scene.impersonation_role(), scene.user().id
    of = {"OrganizationId": scene.organization.id, "IpAddress": INSIDE}
    with _Rules(scene) as rules:
        rules.put("role", "ALLOW", ImpersonationRoleIds=[role])
        expect(rules.effect_on_role(role), ("ALLOW", ["role"]), "the effect on the role")
        rules.put("role", "ALLOW", NotImpersonationRoleIds=[role])
        expect(rules.effect_on_role(role)[0], "DENY", "the effect on the role that is excluded")
        bad = {
            "a role by IMAP": {"Action": "IMAP", "ImpersonationRoleId": role},
            "a role and a user": {"Action": "EWS", "ImpersonationRoleId": role, "UserId": user},
            "nobody": {"Action": "EWS"},
            "an unknown action": {"Action": "POP", "UserId": user},
        }
        for what, members in bad.items():
            code = scene.client.error("GetAccessControlEffect", **of, **members)
            expect(code, "InvalidParameterException", f"the answer to {what}")


@EFFECTS.of("PutAccessControlRule")
def unknown_action(scene: Scene) -> None:
    """The pattern of an action admits any letters; the service does not."""
    code = scene.client.error(
        "PutAccessControlRule",
        OrganizationId=scene.organization.id,
        Name="unknown",
        Effect="ALLOW",
        Description="",
        Actions=["Telepathy"],
    )
    expect(code, "InvalidParameterException", "the answer to an unknown action")
