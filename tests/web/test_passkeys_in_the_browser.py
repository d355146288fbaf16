"""Passkeys in a real browser with an authenticator of its own, and the pages that ask who is there."""

from collections.abc import AsyncGenerator
from datetime import timedelta

import pytest
from msgspec.structs import replace
from playwright.async_api import Browser

from control_plane.accounts import sessions
from control_plane.core.runtime import Runtime
from tests.web.browser import Sight, chromium, sight_of
from tests.web.conftest import PASSWORD, Person

SITE = "http://fleetpost.test"
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(scope="module")
async def browser() -> AsyncGenerator[Browser]:
    async with chromium(f"--unsafely-treat-insecure-origin-as-secure={SITE}") as opened:
        yield opened


@pytest.fixture
async def sight(browser: Browser, ann: Person) -> AsyncGenerator[Sight]:
    async with sight_of(browser, ann, origin=SITE) as opened:
        device = await opened.page.context.new_cdp_session(opened.page)
        await device.send("WebAuthn.enable")
        await device.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        yield opened


async def add_passkey(sight: Sight) -> None:
    await sight.open("/account/security")
    await sight.page.get_by_label("Name of the new passkey").fill("Laptop")
    await sight.page.get_by_role("button", name="Add a passkey").click()
    await sight.page.get_by_role("heading", name="Your recovery codes").wait_for()


async def test_the_pages_script_registers_and_uses_a_passkey(sight: Sight, ann: Person, runtime: Runtime) -> None:
    page = sight.page
    await add_passkey(sight)
    assert await sight.faults() == []
    await ann.submit("/sign-out")
    await sight.open("/sign-in?next=/domains")
    await page.get_by_role("button", name="Sign in with a passkey").click()
    await page.wait_for_url(f"{SITE}/domains")
    await ann.submit("/sign-out")
    await ann.sign_in()
    await sight.open("/sign-in/second?next=/mailboxes")
    assert await sight.faults() == []
    await page.get_by_role("button", name="Use a passkey").click()
    await page.wait_for_url(f"{SITE}/mailboxes")
    await grow_old(ann, runtime)
    await sight.open("/account/security/app")
    await page.get_by_role("heading", name="Is it still you?").wait_for()
    assert await sight.faults() == []
    await page.get_by_role("button", name="Use a passkey").click()
    await page.get_by_role("heading", name="Set up an authenticator app").wait_for()
    assert await sight.faults() == []
    assert sight.complaints == []


async def test_who_has_no_passkey_is_told_so_and_can_type_a_password(browser: Browser, visitor: Person) -> None:
    async with sight_of(browser, visitor, origin=SITE) as sight:
        device = await sight.page.context.new_cdp_session(sight.page)
        await device.send("WebAuthn.enable")
        await sight.open("/sign-in")
        await sight.page.evaluate("() => { navigator.credentials.get = () => Promise.reject(new Error('none')); }")
        await sight.page.get_by_role("button", name="Sign in with a passkey").click()
        await sight.page.get_by_text("Try once more, or choose another way").wait_for()
        await sight.page.get_by_label("Email").fill(visitor.email)
        await sight.page.get_by_label("Password").fill(PASSWORD)
        await sight.page.get_by_role("button", name="Sign in", exact=True).click()
        await sight.page.wait_for_url(f"{SITE}/")


async def grow_old(person: Person, runtime: Runtime) -> None:
    """Let the person's last proof be an hour ago."""
    token = person.client.cookies["fp_session"]
    session = await sessions.find(runtime.valkey, token)
    assert session is not None
    before = session.authenticated_at - timedelta(hours=1)
    await sessions.update(runtime.valkey, token, replace(session, authenticated_at=before))
