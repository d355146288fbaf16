"""One lab for all journeys: brought up by the very command that people use, taken down by its twin."""

import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from e2e.browsing import Person, chromium
from e2e.lab.commands import wait_until
from e2e.lab.lab import Lab
from e2e.lab.tenant import trust
from fleetpost_client import Client, types

REPOSITORY = Path(__file__).parents[1]
FINAL = {"delivered", "bounced", "failed"}
TIMELINE_SECONDS = 10.0


class Up(msgspec.Struct, frozen=True):
    """What `scripts/up --json` prints."""

    api: str
    portal: str
    operator_key: str
    tenant_key: str
    tenant_id: str
    domain: str
    mailbox: str
    mailbox_password: str
    portal_user: str
    portal_password: str
    outside: dict[str, str]
    nodes: list[dict[str, Any]]


def run_script(name: str, *arguments: str, home: Path) -> str:
    """Run one of the scripts on a state directory of its own and give its standard output."""
    argv = [str(REPOSITORY / "scripts" / name), *arguments]
    done = subprocess.run(
        argv, env={**os.environ, "FLEETPOST_HOME": str(home)}, stdout=subprocess.PIPE, text=True, check=False
    )
    assert done.returncode == 0, f"scripts/{name} ended with {done.returncode}; its own words are above"
    return done.stdout


@pytest.fixture(scope="session")
def home() -> Path:
    """The state directory of the journeys."""
    return Path(os.environ.get("FLEETPOST_E2E_HOME", REPOSITORY / "var" / "e2e"))


@pytest.fixture(scope="session")
def up(home: Path) -> Iterator[Up]:
    """A lab that is up; `FLEETPOST_E2E_KEEP` leaves it running for another look."""
    described = msgspec.json.decode(run_script("up", "--detach", "--json", home=home), type=Up)
    trust(Lab.load(home))
    yield described
    if not os.environ.get("FLEETPOST_E2E_KEEP"):
        run_script("down", home=home)


@pytest.fixture(scope="session")
def lab(up: Up, home: Path) -> Lab:
    """Handles on the lab's parts."""
    assert up.api
    return Lab.load(home)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """What drives browsers; there can be only one."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Debian's Chromium."""
    with chromium(playwright) as opened:
        yield opened


@pytest.fixture(scope="module")
def person(browser: Browser, up: Up) -> Person:
    """The first tenant's owner, signed in."""
    someone = Person(browser, up.portal)
    someone.sign_in(up.portal_user, up.portal_password)
    someone.page.wait_for_url(lambda url: "/sign-in" not in url)
    return someone


@pytest.fixture
def api(up: Up) -> Iterator[httpx.Client]:
    """The public API with the first tenant's key."""
    with httpx.Client(base_url=up.api, headers={"Authorization": f"Bearer {up.tenant_key}"}, timeout=30) as client:
        yield client


@pytest.fixture
def unique() -> str:
    """Letters that no other test uses."""
    return secrets.token_hex(5)


Send = Callable[..., str]


@pytest.fixture
def fleetpost(up: Up) -> Iterator[Client]:
    """The API as our own client shows it, with the tenant's key."""
    with Client(up.api, up.tenant_key) as client:
        yield client


@pytest.fixture
def send(fleetpost: Client, up: Up) -> Send:
    """Send one message to one recipient and give its id."""

    def send_one(to: str, **fields: Any) -> str:
        new = types.NewMessage(
            sender=types.EmailAddress(email=up.mailbox, name="Ann Otter"),
            to=[types.EmailAddress(email=to)],
            subject="Grüße aus der Post",
            text="Kommt es an?\n",
            **fields,
        )
        return fleetpost.send_message(new).id

    return send_one


def events_of(api: httpx.Client, message_id: str) -> list[dict[str, Any]]:
    """Read the timeline of a message's only recipient."""
    answer = api.get(f"/v1/messages/{message_id}").raise_for_status().json()
    events: list[dict[str, Any]] = answer["recipients"][0]["events"]
    return events


def wait_for_event(
    api: httpx.Client, message_id: str, *types: str, seconds: float = TIMELINE_SECONDS
) -> dict[str, Any]:
    """Wait until the timeline has one of these events."""

    def find() -> dict[str, Any] | None:
        return next((event for event in events_of(api, message_id) if event["type"] in types), None)

    return wait_until(find, f"{' or '.join(types)} is in the timeline of {message_id}", seconds=seconds)


if os.geteuid() != 0:
    sys.stderr.write("The journeys need root for network namespaces.\n")
