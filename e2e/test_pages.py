"""Somebody does by the pages what developers do by the API: each ends where it should, in the world outside."""

import re
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from e2e.browsing import Person
from e2e.conftest import Up
from e2e.lab.commands import wait_until
from e2e.lab.lab import Lab
from e2e.lab.plan import OUTSIDE_HOOKS

SECONDS = 30.0


@pytest.fixture
def page(person: Person) -> Iterator[Page]:
    """The page of somebody who is signed in, at which nothing goes wrong."""
    before = len(person.complaints)
    yield person.page
    assert person.complaints[before:] == []


def send(api: httpx.Client, up: Up, recipient: str, subject: str) -> str:
    body = {"from": {"email": up.mailbox}, "to": [{"email": recipient}], "subject": subject, "text": "Ahoy\n"}
    return str(api.post("/v1/messages", json=body).raise_for_status().json()["id"])


def test_a_message_is_searched_for_opened_and_sent_once_more(
    page: Page, lab: Lab, up: Up, api: httpx.Client, unique: str
) -> None:
    recipient = f"bob+{unique}@else.test"
    send(api, up, recipient, f"Order {unique}")
    lab.outside.wait_for_mail(recipient)
    page.goto("/messages")
    page.get_by_role("searchbox").fill(recipient)
    page.keyboard.press("Enter")
    page.get_by_role("link", name=f"Order {unique}").click()
    expect(page.get_by_role("heading", name=f"Order {unique}")).to_be_visible()
    expect(page.get_by_text("mx.else.test").first).to_be_visible()
    with page.expect_download() as raw:
        page.get_by_role("link", name="As it was sent").click()
    assert f"Subject: Order {unique}" in raw.value.path().read_text()
    page.get_by_role("button", name="Send again").click()
    assert len(lab.outside.wait_for_mail(recipient, count=2)) == 2


def test_an_address_is_suppressed_looked_up_and_written_to_again(
    page: Page, up: Up, api: httpx.Client, unique: str
) -> None:
    recipient = f"bob+{unique}@else.test"
    page.goto("/suppressions")
    page.get_by_text("Suppress an address").click()
    page.get_by_label("Address", exact=True).last.fill(recipient)
    page.get_by_role("button", name="Suppress", exact=True).click()
    expect(page.get_by_role("heading", name=recipient)).to_be_visible()
    sent = send(api, up, recipient, "Not now")
    status = [each["status"] for each in api.get(f"/v1/messages/{sent}").json()["recipients"]]
    assert status == ["suppressed"]
    page.goto("/suppressions")
    page.get_by_label(f"Tick {recipient}").check()
    page.get_by_placeholder("Why mail may go there again").fill("They asked for it")
    page.get_by_role("button", name="Reactivate what is ticked").click()
    page.goto("/suppressions")
    page.get_by_role("textbox", name="Address").first.fill(recipient)
    page.get_by_role("button", name="Look it up").click()
    expect(page.get_by_text("Nothing holds back mail to")).to_be_visible()


def test_a_template_is_written_seen_published_and_tried_out(page: Page, lab: Lab, up: Up, unique: str) -> None:
    page.goto("/templates/new")
    page.get_by_role("button", name="Use it").first.click()
    page.get_by_label("Subject").fill(f"Welcome {unique}")
    page.get_by_label("Written in").select_option("html")
    page.get_by_label("Message").fill("<p>Ahoy {{ name }}, <b>" + unique + "</b></p>")
    preview = page.frame_locator("#preview iframe")
    expect(preview.get_by_text(unique)).to_be_visible(timeout=10_000)
    page.get_by_role("button", name="Save and publish").click()
    expect(page.get_by_text("Version 2 is live")).to_be_visible()
    page.get_by_text("Send a test").first.click()
    page.get_by_label("To", exact=True).fill(up.mailbox)
    page.get_by_role("button", name="Send a test").click()
    expect(page.get_by_role("heading", name=f"Welcome {unique}")).to_be_visible()
    expect(page.get_by_text("Delivered").first).to_be_visible(timeout=SECONDS * 1000)


def test_a_webhook_is_added_tried_out_and_watched(page: Page, lab: Lab, up: Up, api: httpx.Client, unique: str) -> None:
    path = f"/pages-{unique}"
    page.goto("/webhooks")
    page.get_by_label("Add an address").fill(f"https://{OUTSIDE_HOOKS}{path}")
    page.get_by_role("button", name="Add webhook").click()
    expect(page.get_by_role("heading", name="Webhook made")).to_be_visible()
    page.get_by_role("link", name="I have kept it").click()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("heading", name="Your program took it")).to_be_visible()
    assert lab.outside.wait_for_webhook(lambda call: call.path == path).answered == 204
    send(api, up, f"bob+{unique}@else.test", "Told of")
    page.go_back()
    delivered = page.get_by_role("link", name="message.delivered")
    _reload_until(page, delivered)
    delivered.first.click()
    expect(page.get_by_text("webhook-signature").first).to_be_visible()
    page.go_back()
    page.get_by_text("Delete this webhook").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_text(path)).to_have_count(0)


def test_a_route_is_added_and_sends_itself_a_test(page: Page, lab: Lab, up: Up, unique: str) -> None:
    page.goto("/inbound")
    page.get_by_text("Add a route").click()
    page.get_by_label("Name", exact=True).fill(f"Pages {unique}")
    page.get_by_label("Which mail").select_option("address")
    page.get_by_label("Address or domain").fill(f"pages-{unique}@{up.domain}")
    page.get_by_label("What becomes of it").select_option("hold")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_role("link", name=f"Pages {unique}").click()
    route = re.sub(r"\?.*", "", page.url)
    page.get_by_role("button", name="Send it a test").click()
    expect(page.get_by_text("Delivered").first).to_be_visible(timeout=SECONDS * 1000)
    page.goto(route)
    _reload_until(page, page.get_by_text("Held", exact=True))
    page.get_by_text("Delete this route").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_role("link", name=f"Pages {unique}")).to_have_count(0)


def test_statistics_count_what_was_sent_by_stream_and_provider(
    page: Page, lab: Lab, up: Up, api: httpx.Client, unique: str
) -> None:
    def sent() -> int:
        page.goto("/statistics")
        row = page.get_by_role("row").filter(has_text="Transactional").first
        return int(re.sub(r"\D", "", row.get_by_role("cell").nth(1).inner_text())) if row.count() else 0

    before = sent()
    recipient = f"bob+{unique}@else.test"
    send(api, up, recipient, "Counted")
    lab.outside.wait_for_mail(recipient)
    wait_until(lambda: sent() > before, "it is counted", seconds=SECONDS)
    expect(page.get_by_role("region", name="By provider")).to_be_visible()


def _reload_until(page: Page, wanted: Locator) -> None:
    """Look again until something has happened."""

    def shows() -> int:
        page.reload()
        return wanted.count()

    wait_until(shows, f"{page.url} shows {wanted}", seconds=SECONDS)
