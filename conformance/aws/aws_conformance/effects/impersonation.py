"""Impersonation roles: kept as given, replaced as a whole, and evaluated."""

from __future__ import annotations

from typing import Any

from ..context import demand, expect
from ..scene import Scene
from .kinds import Effects

EFFECTS = Effects()


def _of(scene: Scene, **members: Any) -> dict[str, Any]:
    return {"OrganizationId": scene.organization.id, **members}


def _get(scene: Scene, role: str) -> dict[str, Any]:
    return scene.client.call("GetImpersonationRole", **_of(scene, ImpersonationRoleId=role))


@EFFECTS.of(
    "CreateImpersonationRole",
    "GetImpersonationRole",
    "UpdateImpersonationRole",
    "ListImpersonationRoles",
    "DeleteImpersonationRole",
)
def kept(scene: Scene) -> None:
    """A role is kept with its rules, replaced as a whole, listed without them, and deleted once and again."""
    one, other = scene.user(), scene.user()
    rules = [
        {"ImpersonationRuleId": "a_1", "Name": "One", "Description": "of\ntwo", "Effect": "ALLOW"},
        {"ImpersonationRuleId": "b-2", "Effect": "DENY", "TargetUsers": [one.id], "NotTargetUsers": [other.id]},
    ]
    name = scene.name("Kept ")
    role = scene.impersonation_role(Name=name, Type="READ_ONLY", Description="d" * 256, Rules=rules)
    found = _get(scene, role)
    expect((found["Name"], found["Type"], found["Description"]), (name, "READ_ONLY", "d" * 256), "the role")
    expect(found["Rules"], rules, "the rules")
    rows = {row["ImpersonationRoleId"]: row for row in scene.client.all("ListImpersonationRoles", **_of(scene))}
    expect((rows[role]["Name"], rows[role]["Type"]), (name, "READ_ONLY"), "the row")
    update = _of(scene, ImpersonationRoleId=role, Name=f"{name}2", Type="FULL_ACCESS", Rules=rules[:1])
    scene.client.call("UpdateImpersonationRole", **update)
    found = _get(scene, role)
    expect((found["Name"], found["Type"], found["Rules"]), (f"{name}2", "FULL_ACCESS", rules[:1]), "the new role")
    demand("Description" not in found, "the former description is still there")
    demand(found["DateModified"] >= found["DateCreated"] > 0, "the times are wrong")
    for _ in range(2):
        scene.client.call("DeleteImpersonationRole", **_of(scene, ImpersonationRoleId=role))
    code = scene.client.error("GetImpersonationRole", **_of(scene, ImpersonationRoleId=role))
    expect(code, "ResourceNotFoundException", "a role that is gone")


@EFFECTS.of("CreateImpersonationRole", "GetImpersonationRole")
def targets(scene: Scene) -> None:
    """Targets may be named by id, name or address."""
    users = [scene.user() for _ in range(3)]
    named = [users[0].id, users[1].name, users[2].email]
    rule = {"ImpersonationRuleId": "all-three", "Effect": "ALLOW", "TargetUsers": named}
    role = scene.impersonation_role(Rules=[rule])
    for user in users:
        effect = scene.client.call(
            "GetImpersonationRoleEffect", **_of(scene, ImpersonationRoleId=role, TargetUser=user.id)
        )
        expect(effect["Effect"], "ALLOW", f"the effect on {user.name}")
    scene.client.call("DeleteImpersonationRole", **_of(scene, ImpersonationRoleId=role))


@EFFECTS.of("GetImpersonationRoleEffect", "CreateImpersonationRole")
def decides(scene: Scene) -> None:
    """No rule allows nothing; an ALLOW without targets allows everybody; any DENY wins; Not- targets exclude."""
    one, other = scene.user(), scene.user()
    everybody = {"ImpersonationRuleId": "everybody", "Name": "Everybody", "Effect": "ALLOW"}
    not_one = {"ImpersonationRuleId": "not-one", "Effect": "DENY", "TargetUsers": [one.id]}
    all_but_one = {"ImpersonationRuleId": "all-but-one", "Effect": "ALLOW", "NotTargetUsers": [one.id]}
    cases: tuple[tuple[list[dict[str, Any]], Any, Any], ...] = (
        ([], ("DENY", []), ("DENY", [])),
        ([everybody], ("ALLOW", ["everybody"]), ("ALLOW", ["everybody"])),
        ([everybody, not_one], ("DENY", ["not-one"]), ("ALLOW", ["everybody"])),
        ([all_but_one], ("DENY", []), ("ALLOW", ["all-but-one"])),
    )
    for rules, on_one, on_other in cases:
        role = scene.impersonation_role(Type="READ_ONLY", Rules=rules)
        for user, wanted in ((one, on_one), (other, on_other)):
            found = scene.client.call(
                "GetImpersonationRoleEffect", **_of(scene, ImpersonationRoleId=role, TargetUser=user.email)
            )
            matched = [rule["ImpersonationRuleId"] for rule in found.get("MatchedRules", [])]
            expect((found["Effect"], matched), wanted, f"the effect of {len(rules)} rules on {user.name}")
            expect(found["Type"], "READ_ONLY", "Type")
        scene.client.call("DeleteImpersonationRole", **_of(scene, ImpersonationRoleId=role))


@EFFECTS.of("CreateImpersonationRole", "UpdateImpersonationRole")
def names(scene: Scene) -> None:
    """Names of roles, and ids of the rules of one, are unique."""
    role = scene.impersonation_role()
    name = _get(scene, role)["Name"]
    new = _of(scene, Name=name, Type="READ_ONLY", Rules=[])
    expect(scene.client.error("CreateImpersonationRole", **new), "InvalidParameterException", "a name that is taken")
    twice = [{"ImpersonationRuleId": "same", "Effect": "ALLOW"}] * 2
    update = _of(scene, ImpersonationRoleId=role, Name=name, Type="READ_ONLY", Rules=twice)
    expect(
        scene.client.error("UpdateImpersonationRole", **update), "InvalidParameterException", "an id that comes twice"
    )
    scene.client.call("DeleteImpersonationRole", **_of(scene, ImpersonationRoleId=role))
