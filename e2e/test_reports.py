"""Reports that others mail: from their server over the node's MX to the API and the page; a bomb does no harm."""

import gzip
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from playwright.sync_api import expect

from e2e.browsing import Person
from e2e.conftest import Send, Up, wait_for_event
from e2e.lab.commands import wait_until
from e2e.lab.lab import Lab
from e2e.lab.outside.sender import Letter
from e2e.lab.plan import OUTSIDE_DOMAIN
from tests.control_plane.reports.letters import (
    complaint,
    feedback,
    gzip_mail,
    mail,
    record,
    tls_report,
    zip_mail,
    zipped,
)

SECONDS = 30.0
Post = Callable[[str, bytes], None]


@pytest.fixture
def domain(api: httpx.Client, up: Up) -> dict[str, Any]:
    """The tenant's domain as the API shows it."""
    listed = api.get("/v1/domains").raise_for_status().json()["data"]
    found: dict[str, Any] = next(each for each in listed if each["name"] == up.domain)
    return found


@pytest.fixture
def address(domain: dict[str, Any]) -> str:
    """Where the domain's DMARC record sends reports to."""
    [dmarc] = [each for each in domain["records"] if each["purpose"] == "dmarc"]
    return str(dmarc["value"].partition("rua=mailto:")[2])


@pytest.fixture
def post(lab: Lab) -> Post:
    """Mail something from the outside server."""

    def send(to: str, raw: bytes) -> None:
        handed = lab.outside.send(Letter(sender=f"dmarc@{OUTSIDE_DOMAIN}", to=to, raw=raw.decode()))
        assert handed.code == 250, handed.reply

    return send


def wait_for_report(api: httpx.Client, kind: str, report_id: str) -> dict[str, Any]:
    """Wait until the API has a report."""

    def find() -> dict[str, Any] | None:
        rows = api.get(f"/v1/{kind}").raise_for_status().json()["data"]
        return next((row for row in rows if row["report_id"] == report_id), None)

    return wait_until(find, f"{report_id} is among the {kind}", seconds=SECONDS)


def yesterday() -> datetime:
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)


@pytest.mark.parametrize("pack", [zip_mail, gzip_mail], ids=["zip", "gzip"])
def test_a_dmarc_report_is_shown(
    lab: Lab, up: Up, api: httpx.Client, address: str, post: Post, unique: str, pack: Callable[[bytes], bytes]
) -> None:
    ours = lab.node("n1").plan.ips[0].address
    sent_by_us = record(ours, 42, header_from=up.domain, signed=f"{up.domain}/fp1r")
    spoofed = record("192.0.2.66", 7, header_from=up.domain, dkim="fail", spf="fail", disposition="reject")
    post(address, pack(feedback(sent_by_us, spoofed, domain=up.domain, report_id=unique, begins_at=yesterday())))
    report = wait_for_report(api, "dmarc-reports", unique)
    assert (report["messages"], report["passed"]) == (49, 42)
    records = api.get(f"/v1/dmarc-reports/{report['id']}").raise_for_status().json()["records"]
    assert {(each["source_ip"], each["kind"]) for each in records} == {(ours, "ours"), ("192.0.2.66", "foreign")}


def test_a_tls_report_is_shown(up: Up, api: httpx.Client, address: str, post: Post, unique: str) -> None:
    content = gzip.compress(tls_report(up.domain, report_id=unique, begins_at=yesterday()))
    post(address, mail(content, "application/tlsrpt+gzip", "report.json.gz"))
    report = wait_for_report(api, "tls-reports", unique)
    assert (report["succeeded"], report["failed"]) == (95, 5)


def test_a_complaint_is_on_the_timeline_of_the_mail(
    lab: Lab, up: Up, api: httpx.Client, address: str, post: Post, send: Send, unique: str
) -> None:
    recipient = f"bob-{unique}@{OUTSIDE_DOMAIN}"
    message_id = send(recipient)
    [received] = lab.outside.wait_for_mail(recipient)
    wait_for_event(api, message_id, "message.delivered")
    raw = complaint(return_path=received.mail_from, header_from=up.mailbox)
    post(f"fbl@{address.rpartition('@')[2]}", raw)
    wait_for_event(api, message_id, "message.complained", seconds=SECONDS)
    assert api.get("/v1/complaints").raise_for_status().json()["data"][0]["message_id"] == message_id


def test_a_bomb_does_no_harm(up: Up, api: httpx.Client, address: str, post: Post, unique: str) -> None:
    post(address, mail(zipped(b"<feedback>" + b" " * 50_000_000)))
    post(address, zip_mail(feedback(domain=up.domain, report_id=unique, begins_at=yesterday())))
    wait_for_report(api, "dmarc-reports", unique)


def test_somebody_sees_the_reports_on_their_domain(
    person: Person, up: Up, api: httpx.Client, address: str, domain: dict[str, Any], post: Post, unique: str
) -> None:
    post(address, zip_mail(feedback(domain=up.domain, report_id=unique, begins_at=yesterday(), reporter=unique)))
    wait_for_report(api, "dmarc-reports", unique)
    person.page.goto(f"/domains/{domain['id']}/reports")
    expect(person.page.get_by_role("heading", name=f"Who sends as {up.domain}")).to_be_visible()
    expect(person.page.get_by_text(unique)).to_be_visible()
    person.page.goto("/reports")
    expect(person.page.get_by_role("link", name=up.domain)).to_be_visible()
    assert person.complaints == []
