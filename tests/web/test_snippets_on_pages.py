"""Where pages offer code to copy, and that the languages can be gone through without a mouse."""

import html
import re
from collections.abc import AsyncGenerator

import pytest
from playwright.async_api import Browser, expect

from tests.conftest import Tenant
from tests.web.browser import chromium, sight_of
from tests.web.conftest import MakePerson, Person, SendMessage
from web.language import COOKIE

_SECRET = re.compile(r"fp_[0-9a-v]{56}")


@pytest.fixture(scope="module")
async def browser() -> AsyncGenerator[Browser]:
    async with chromium() as opened:
        yield opened


async def test_the_composer_shows_how_a_program_writes_from_the_same_domain(ann: Person, domain: str) -> None:
    page = await ann.see("/messages/new")
    for told in ("curl -X POST", "client.send_message(", "client.sendMessage(", "smtplib.SMTP_SSL", f"hello@{domain}"):
        assert told in page
    assert not _SECRET.search(page)


async def test_a_message_shows_how_one_like_it_is_sent(ann: Person, domain: str, send_message: SendMessage) -> None:
    message_id = await send_message(ann.tenant, domain, to="eve@else.test", subject="It's <b>here</b>")
    page = await ann.see(f"/messages/{message_id}")
    assert 'subject="It\'s <b>here</b>"' in page
    assert 'to=[types.EmailAddress(email="eve@else.test")]' in page
    assert "<b>here</b>" not in (await ann.client.get(f"/messages/{message_id}")).text


async def test_who_may_not_send_is_not_told_how(
    make_person: MakePerson, tenant: Tenant, domain: str, send_message: SendMessage
) -> None:
    support = await make_person(tenant, role="support")
    await support.sign_in()
    assert "FLEETPOST_API_KEY" not in await support.see(f"/messages/{await send_message(tenant, domain)}")


@pytest.mark.parametrize(("preset", "call"), [("send", "client.send_message("), ("read", "client.get_me()")])
async def test_a_new_key_comes_with_what_it_may_do(ann: Person, domain: str, preset: str, call: str) -> None:
    new = "/settings/api-keys/new"
    made = await ann.submit(new, page=new, name="Shop", preset=preset, days="30")
    page = html.unescape(made.text)
    [secret] = set(_SECRET.findall(page))
    assert f"export FLEETPOST_API_KEY={secret}" in page
    assert call in page
    assert "client.send_message(" in await ann.see("/settings/api-keys")


async def test_a_template_is_shown_with_its_sample_data(ann: Person, domain: str) -> None:
    made = await ann.submit("/templates/new?begin=empty", page="/templates")
    path = made.headers["location"].partition("?")[0]
    page = await ann.see(path)
    assert f'id="{path.rpartition("/")[2]}"' in page
    assert "template=types.TemplateUse(" in page
    assert "smtplib" not in page


async def test_a_webhook_shows_how_its_messages_are_checked(ann: Person) -> None:
    made = html.unescape((await ann.submit("/webhooks", page="/webhooks", url="http://127.0.0.1:1/")).text)
    [webhook_id] = set(re.findall(r"/webhooks/(whk_[0-9a-v]{26})", made))
    for page in (made, await ann.see(f"/webhooks/{webhook_id}")):
        assert "webhook.verify(body, headers)" in page
        assert "await webhook.verify(await request.text(), request.headers)" in page


async def test_languages_are_gone_through_by_keyboard_and_the_shown_one_is_copied(
    browser: Browser, ann: Person, domain: str
) -> None:
    async with sight_of(browser, ann) as sight:
        await sight.open("/messages/new")
        await sight.page.get_by_text("Or from a program").click()
        code = sight.page.get_by_role("group", name="Or from a program").locator("pre:visible")
        await expect(code).to_contain_text("curl")
        await sight.page.get_by_role("radio", name="curl").focus()
        for language, told in (("Python", "import os"), ("Node.js", "import { Client }"), ("SMTP", "smtplib")):
            await sight.page.keyboard.press("ArrowRight")
            await expect(sight.page.get_by_role("radio", name=language)).to_be_checked()
            await expect(code).to_have_count(1)
            await expect(code).to_contain_text(told)
        assert await sight.faults() == []
        await sight.page.get_by_role("button", name="Copy SMTP").click()
        await expect(sight.page.locator("#announcer")).to_contain_text("Copied")
        assert sight.complaints == []


async def test_who_copies_is_told_so_in_their_language(browser: Browser, ann: Person) -> None:
    ann.client.cookies.set(COOKIE, "de")
    async with sight_of(browser, ann) as sight:
        await sight.page.add_init_script("navigator.clipboard.writeText = async () => {}")
        await sight.open("/messages")
        await sight.page.locator("main [data-copy]").first.click()
        await expect(sight.page.locator("#announcer")).to_contain_text("Kopiert: curl")
