"""A DKIM rotation under traffic: every mail is verified by another server the moment it comes in, none in vain."""

import os
import sys
import time
from collections import Counter
from collections.abc import Callable

import httpx
import msgspec
import pytest

from e2e.lab.commands import wait_until
from e2e.lab.lab import Lab
from e2e.lab.plan import BULK_DOMAIN
from e2e.lab.tenant import Tenant
from e2e.lab.verifier import Verified, verifier

# They take three minutes on two quiet cores; a quick look needs no more than FLEETPOST_E2E_MAILS=2000.
MAILS = int(os.environ.get("FLEETPOST_E2E_MAILS", "10000"))
BATCH = 100
ROTATION_SECONDS = 150.0
THROUGH_SECONDS = 900.0


class Rotating(msgspec.Struct, frozen=True):
    """A domain of this test's own: its keys are at rest."""

    name: str
    path: str


@pytest.fixture
def domain(lab: Lab, api: httpx.Client, unique: str) -> Rotating:
    """A proven domain with its records published, the keys' by CNAME."""
    name = f"rotating-{unique}.test"
    Tenant(lab, api).claim(name)
    # The world may have asked for the keys before they were published, and remembers for a second that they are not.
    wait_until(lambda: _are_seen(lab, name), f"the keys of {name} are seen", seconds=10.0)
    found = api.get("/v1/domains?limit=100").raise_for_status().json()["data"]
    (domain_id,) = [domain["id"] for domain in found if domain["name"] == name]
    return Rotating(name, f"/v1/domains/{domain_id}")


def _are_seen(lab: Lab, name: str) -> bool:
    answers = [lab.dns.look_up(f"{selector}._domainkey.{name}", "TXT") for selector in ("fp1r", "fp1e")]
    return all(any("v=DKIM1" in line for line in answer) for answer in answers)


def selectors(api: httpx.Client, domain: Rotating, status: str) -> set[str]:
    """Name the domain's keys that are at a point of their lives."""
    keys = api.get(f"{domain.path}/dkim-keys").raise_for_status().json()["keys"]
    return {key["selector"] for key in keys if key["status"] == status}


@pytest.mark.timeout(ROTATION_SECONDS + 2 * THROUGH_SECONDS)
def test_every_mail_across_a_rotation_is_verified(lab: Lab, api: httpx.Client, domain: Rotating, unique: str) -> None:
    before = selectors(api, domain, "active")
    started = time.monotonic()
    with verifier(lab) as receiver:
        post = _poster(api, f"ann@{domain.name}", unique)
        third = MAILS // BATCH // 3
        for number in range(third):
            post(number)
        api.post(f"{domain.path}/dkim/rotate", json={}).raise_for_status()
        after = _send_until_swapped(api, domain, before, post, range(third, 2 * third))
        for number in range(2 * third, MAILS // BATCH):
            post(number)
        wait_until(lambda: receiver.count(unique) >= MAILS, f"{MAILS} mails are through", seconds=THROUGH_SECONDS)
        found = receiver.found(unique)
    seconds = time.monotonic() - started
    _say(found, seconds)
    assert [mail for mail in found if not mail.is_sound] == []
    assert Counter(mail.recipient for mail in found) == Counter(_recipients(unique, range(MAILS)))
    assert {frozenset(mail.signatures) for mail in found} == {frozenset(before), frozenset(after)}
    assert selectors(api, domain, "retiring") == before  # mail that they signed may still be under way


def _send_until_swapped(
    api: httpx.Client, domain: Rotating, before: set[str], post: Callable[[int], None], numbers: range
) -> set[str]:
    """Send at an even pace while the keys are replaced, so that mail is in flight at each moment of it."""
    remaining, deadline = list(numbers), time.monotonic() + ROTATION_SECONDS
    pause = ROTATION_SECONDS / 2 / max(len(remaining), 1)
    while (active := selectors(api, domain, "active")) & before:
        assert time.monotonic() < deadline, f"{before} still sign after {ROTATION_SECONDS} s"
        if remaining:
            post(remaining.pop(0))
        time.sleep(pause)
    for number in remaining:
        post(number)
    return active


def _poster(api: httpx.Client, sender: str, unique: str) -> Callable[[int], None]:
    def post(number: int) -> None:
        people = _recipients(unique, range(number * BATCH, (number + 1) * BATCH))
        messages = [
            {"from": {"email": sender}, "to": [{"email": person}], "subject": "Hello", "text": "Good morning!\n"}
            for person in people
        ]
        results = api.post("/v1/messages/batch", json={"messages": messages}).raise_for_status().json()["results"]
        assert [result for result in results if "id" not in result] == []

    return post


def _recipients(unique: str, numbers: range) -> list[str]:
    return [f"{unique}.{number}@{BULK_DOMAIN}" for number in numbers]


def _say(found: list[Verified], seconds: float) -> None:
    by_selectors = Counter(" ".join(sorted(mail.signatures)) for mail in found)
    failed = sum(not mail.is_sound for mail in found)
    sys.stderr.write(
        f"{len(found)} mails in {seconds:.0f} s, {failed} not verified; signed with {dict(by_selectors)}\n"
    )
