"""A domain that a customer can trust, in the browser: added, green record by record, certified, reported on."""

import re
from collections.abc import Iterable

import httpx
import msgspec
from playwright.sync_api import Locator, Page, expect

from e2e.browsing import Person
from e2e.conftest import Up
from e2e.lab.commands import wait_until
from e2e.lab.lab import Lab
from e2e.lab.outside.sender import Letter
from e2e.lab.plan import OUTSIDE_DOMAIN
from e2e.lab.tenant import Domain
from e2e.lab.zone import Record
from tests.control_plane.reports.letters import feedback, zip_mail

CHECK_SECONDS = 100.0
CERTIFICATE_SECONDS = 120.0
REPORT_SECONDS = 60.0
_PROGRESS = re.compile(r"(\d+) of (\d+) in place")


def test_a_domain_turns_green_gets_its_certificates_and_is_reported_on(
    person: Person, lab: Lab, api: httpx.Client, unique: str
) -> None:
    name = f"otter-{unique}.test"
    page = person.page
    domain = add(page, api, name)
    page.evaluate("window.neverReloaded = true")
    begun = progress(page)

    lab.publish(of_purposes(domain.publishable, {"ownership", "dkim"}))
    half = wait_until(lambda: further(page, begun), f"the page of {name} shows its proof", seconds=CHECK_SECONDS)
    expect(page.get_by_text("In place").first).to_be_visible()

    lab.publish(read(api, domain.id).publishable)
    page.get_by_role("button", name="Check now").click()
    wait_until(lambda: further(page, half), f"the page of {name} shows all records", seconds=CHECK_SECONDS)
    expect(page.get_by_text("Verified", exact=True).first).to_be_visible(timeout=CHECK_SECONDS * 1000)
    assert page.evaluate("window.neverReloaded") is True, "the page was loaded again"

    wait_for_certificate(api, f"autoconfig.{name}")
    page.get_by_role("link", name="Certificates", exact=True).last.click()
    expect(page.get_by_role("link", name=f"autoconfig.{name}")).to_be_visible()

    mail_report(lab, read(api, domain.id), unique)
    page.get_by_role("link", name="Reports", exact=True).last.click()
    shows(page, page.get_by_text(f"reporter-{unique}"), REPORT_SECONDS)
    expect(page.get_by_role("heading", name=f"Who sends as {name}")).to_be_visible()
    page.get_by_role("link", name="History").click()
    expect(page.get_by_text("In place").first).to_be_visible()
    assert person.complaints == []


def test_mail_goes_out_only_from_a_proven_domain(lab: Lab, api: httpx.Client, up: Up, unique: str) -> None:
    name = f"heron-{unique}.test"
    domain = msgspec.json.decode(api.post("/v1/domains", json={"name": name}).content, type=Domain)
    message = {
        "from": {"email": f"ann@{name}"},
        "to": [{"email": f"bob@{OUTSIDE_DOMAIN}"}],
        "subject": "Hello",
        "text": "Good morning!",
    }
    assert api.post("/v1/messages", json=message).json()["code"] == "domain_not_usable"
    lab.publish(domain.publishable)
    wait_until(lambda: is_verified(api, domain.id), f"{name} is verified", seconds=CHECK_SECONDS)
    wait_until(
        lambda: api.post("/v1/messages", json=message).status_code == httpx.codes.ACCEPTED,
        f"mail from {name} is accepted",
        seconds=CHECK_SECONDS,
    )


def test_names_that_cannot_be_anybodys_are_refused_with_a_sentence(api: httpx.Client) -> None:
    for name in ("*.acme.test", "test", "a..b.test", "x" * 64 + ".test", ("a." * 127) + "test", "co.uk", "ac\0me.test"):
        refused = api.post("/v1/domains", json={"name": name})
        assert refused.status_code == httpx.codes.UNPROCESSABLE_ENTITY, (name, refused.text)
        assert refused.json()["errors"][0]["path"] == "name"


def test_a_name_in_any_script_is_one_domain(api: httpx.Client, unique: str) -> None:
    added = api.post("/v1/domains", json={"name": f"Bücher-{unique}.Test."}).raise_for_status().json()
    assert added["name"].startswith("xn--")
    assert added["display_name"] == f"bücher-{unique}.test"
    again = api.post("/v1/domains", json={"name": added["name"].upper()})
    assert again.json()["code"] == "domain_exists"


def add(page: Page, api: httpx.Client, name: str) -> Domain:
    """Add a domain on its page."""
    page.goto("/domains")
    page.get_by_label("Add a domain").fill(name)
    page.get_by_role("button", name="Add domain").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    return read(api, page.url.partition("/domains/")[2].partition("?")[0])


def read(api: httpx.Client, domain_id: str) -> Domain:
    """Read a domain through the API."""
    return msgspec.json.decode(api.get(f"/v1/domains/{domain_id}").raise_for_status().content, type=Domain)


def is_verified(api: httpx.Client, domain_id: str) -> bool:
    """Have a domain checked, and say how that ended."""
    api.post(f"/v1/domains/{domain_id}/verify")
    return read(api, domain_id).status == "verified"


def of_purposes(records: Iterable[Record], purposes: set[str]) -> list[Record]:
    """Choose records by what they are for."""
    return [record for record in records if _purpose(record) in purposes]


def _purpose(record: Record) -> str:
    label = record.host.partition(".")[0]
    return "ownership" if label == "_fleetpost" else "dkim" if "._domainkey." in record.host else label


def progress(page: Page) -> int:
    """Read how many records are in place."""
    found = _PROGRESS.search(page.locator("#domain").inner_text())
    assert found
    return int(found[1])


def further(page: Page, before: int) -> int | None:
    """Say how far it is, once it is further than before."""
    now = progress(page)
    return now if now > before else None


def wait_for_certificate(api: httpx.Client, name: str) -> None:
    """Wait until a name has its certificate."""

    def is_issued() -> bool:
        listed = api.get("/v1/certificates?limit=100").raise_for_status().json()["data"]
        return any(name in each["names"] and each["status"] == "issued" for each in listed)

    wait_until(is_issued, f"{name} has a certificate", seconds=CERTIFICATE_SECONDS)


def mail_report(lab: Lab, domain: Domain, unique: str) -> None:
    """Mail a DMARC report to where the domain's record says."""
    [value] = [record.value for record in domain.records if record.host.startswith("_dmarc.")]
    raw = zip_mail(feedback(domain=domain.name, report_id=unique, reporter=f"reporter-{unique}"))
    to = value.partition("rua=mailto:")[2].partition(";")[0]
    handed = lab.outside.send(Letter(sender=f"dmarc@{OUTSIDE_DOMAIN}", to=to, raw=raw.decode()))
    assert handed.code == 250, handed.reply


def shows(page: Page, what: Locator, seconds: float) -> None:
    """Load the page again until it shows something."""

    def is_there() -> bool:
        page.reload()
        return what.is_visible()

    wait_until(is_there, f"{page.url} shows it", seconds=seconds)
