"""Mail domains: what is shown of them, what they need, and what holds them."""

from __future__ import annotations

from typing import Any

from ..context import demand, expect
from ..scene import Scene
from .kinds import Effects

EFFECTS = Effects()


def _of(scene: Scene, **members: Any) -> dict[str, Any]:
    return {"OrganizationId": scene.organization.id, **members}


@EFFECTS.of("RegisterMailDomain", "GetMailDomain", "ListMailDomains", "DeregisterMailDomain")
def life(scene: Scene) -> None:
    """A domain is registered, shown with its records at once, registered again, and deregistered."""
    domain = scene.domain_name()
    scene.client.call("RegisterMailDomain", **_of(scene, DomainName=domain))
    found = scene.client.call("GetMailDomain", **_of(scene, DomainName=domain))
    expect((found["IsTestDomain"], found["IsDefault"]), (False, False), "what the domain is")
    expect(found["OwnershipVerificationStatus"], "PENDING", "OwnershipVerificationStatus")
    expect(found["DkimVerificationStatus"], "PENDING", "DkimVerificationStatus")
    scene.client.call("RegisterMailDomain", **_of(scene, DomainName=domain.upper()))
    rows = scene.client.all("ListMailDomains", **_of(scene))
    expect([row["DefaultDomain"] for row in rows if row["DomainName"] == domain], [False], "the rows of the domain")
    scene.client.call("DeregisterMailDomain", **_of(scene, DomainName=domain))
    rows = scene.client.all("ListMailDomains", **_of(scene))
    demand(domain not in {row["DomainName"] for row in rows}, "it is still listed")
    code = scene.client.error("GetMailDomain", **_of(scene, DomainName=domain))
    expect(code, "MailDomainNotFoundException", "the answer for a domain that is gone")


@EFFECTS.of("GetMailDomain")
def records(scene: Scene) -> None:
    """The records come in the order on which scripts rely: ownership, then MX, autodiscover and the rest."""
    domain = scene.domain_name()
    scene.client.call("RegisterMailDomain", **_of(scene, DomainName=domain))
    found = scene.client.call("GetMailDomain", **_of(scene, DomainName=domain))["Records"]
    kinds = [record["Type"] for record in found]
    expect(kinds[:3], ["TXT", "MX", "CNAME"], "the first three types")
    ownership, mx, autodiscover = found[:3]
    demand(ownership["Hostname"].startswith("_") and ownership["Hostname"].endswith(domain), f"{ownership}")
    demand(len(ownership["Value"]) >= 32, f"the ownership token is short: {ownership}")
    expect(mx["Hostname"], domain, "the host name of the MX record")
    demand(mx["Value"].split(" ")[0].isdigit() and len(mx["Value"].split(" ")) == 2, f"the MX record is {mx}")
    expect(autodiscover["Hostname"], f"autodiscover.{domain}", "the first CNAME")
    demand(kinds.count("MX") == 1, "more than one MX record")
    spf = [record for record in found if "spf" in record["Value"]]
    expect([(record["Type"], record["Hostname"]) for record in spf], [("TXT", domain)], "the SPF record")
    dmarc = [record for record in found if record["Hostname"] == f"_dmarc.{domain}"]
    demand(len(dmarc) == 1 and dmarc[0]["Value"].startswith("v=DMARC1"), f"the DMARC record is {dmarc}")


@EFFECTS.of("GetMailDomain", "UpdateDefaultMailDomain", "ListMailDomains")
def test_domain(scene: Scene) -> None:
    """The test domain is verified, the default, and stays so."""
    domain = scene.organization.domain
    scene.client.call("UpdateDefaultMailDomain", **_of(scene, DomainName=domain))
    found = scene.client.call("GetMailDomain", **_of(scene, DomainName=domain))
    expect((found["IsTestDomain"], found["IsDefault"]), (True, True), "what the test domain is")
    expect(found["OwnershipVerificationStatus"], "VERIFIED", "OwnershipVerificationStatus")
    rows = scene.client.all("ListMailDomains", **_of(scene))
    expect([row["DomainName"] for row in rows if row["DefaultDomain"]], [domain], "the default domains")
    code = scene.client.error("DeregisterMailDomain", **_of(scene, DomainName=domain))
    expect(code, "MailDomainInUseException", "deregistering it")


@EFFECTS.of("RegisterMailDomain")
def names(scene: Scene) -> None:
    """What is no domain name is refused."""
    for name in ("-a.example.com", "a..example.com", ".example.com", "a-.example.com", "192.0.2.7", "localhost"):
        code = scene.client.error("RegisterMailDomain", **_of(scene, DomainName=name))
        expect(code, "InvalidParameterException", f"the answer to {name}")
