"""A message's way through the house, out to another server, and back as an event: the walk of docs/tour.md."""

import email
import email.policy
import time

import httpx
import msgspec
import pytest
from playwright.sync_api import Browser, expect
from standardwebhooks.webhooks import Webhook

from e2e.browsing import Person
from e2e.conftest import Send, Up, events_of, wait_for_event
from e2e.lab.lab import Lab
from fleetpost_client import Client, Refused, types


def test_a_message_is_delivered_within_two_seconds_and_its_timeline_says_how(
    api: httpx.Client, send: Send, unique: str
) -> None:
    started = time.monotonic()
    message_id = send(f"bob+{unique}@else.test")
    delivered = wait_for_event(api, message_id, "message.delivered")
    assert time.monotonic() - started <= 2.0
    assert delivered["queue_id"]
    assert delivered["relay"].startswith("mx.else.test[10.77.9.2]")
    assert delivered["dsn"].startswith("2.")
    assert delivered["reply"].startswith("250")
    assert delivered["tls"].startswith("TLSv1.")
    assert delivered["source_ip"].startswith("10.77.")
    assert delivered["route"]["pool_id"].startswith("pool_")
    types = [event["type"] for event in events_of(api, message_id)]
    assert types == ["message.accepted", "message.queued", "message.delivered"]


def test_the_outside_server_finds_dkim_spf_and_dmarc_in_order(lab: Lab, send: Send, unique: str) -> None:
    recipient = f"bob+{unique}@else.test"
    message_id = send(recipient, html="<p>Kommt es an?</p>", headers={"X-Order": "1"})
    (mail,) = lab.outside.wait_for_mail(recipient)
    assert (mail.verdicts.dkim, mail.verdicts.spf, mail.verdicts.dmarc) == ("pass", "pass", "pass")
    assert {(signature.domain, signature.result) for signature in mail.verdicts.signatures} == {("acme.test", "pass")}
    assert {signature.algorithm for signature in mail.verdicts.signatures} == {"rsa-sha256", "ed25519-sha256"}
    assert mail.tls is not None
    parsed = email.message_from_bytes(mail.raw, policy=email.policy.default)
    assert parsed["Subject"] == "Grüße aus der Post"
    assert parsed["X-Order"] == "1"
    assert parsed["Message-ID"] == f"<{message_id}@acme.test>"
    assert "Bcc" not in parsed
    assert mail.mail_from.endswith("@bounce.acme.test")


def test_everybody_gets_one_copy_and_nobody_sees_bcc(lab: Lab, fleetpost: Client, up: Up, unique: str) -> None:
    people = {kind: f"{kind}+{unique}@else.test" for kind in ("to", "cc", "bcc")}
    to, cc, bcc = ([types.EmailAddress(email=address)] for address in people.values())
    ann = types.EmailAddress(email=up.mailbox)
    fleetpost.send_message(types.NewMessage(sender=ann, to=to, cc=cc, bcc=bcc, subject="Three", text="three"))
    for address in people.values():
        (mail,) = lab.outside.wait_for_mail(address)
        others = (line for line in mail.headers if line[0] != "Received")  # which names whom this very copy is for
        assert not any(people["bcc"] in value for _, value in others)


@pytest.mark.parametrize(
    ("mood", "event_type", "dsn"),
    [
        ("unknown", "message.bounced", "5.1.1"),
        ("full", "message.bounced", "5.2.2"),
        ("ratelimit", "message.deferred", "4.7.28"),
        ("greylist", "message.deferred", "4.7.1"),
    ],
)
def test_other_servers_refusals_are_told_in_their_own_words(
    api: httpx.Client, send: Send, unique: str, mood: str, event_type: str, dsn: str
) -> None:
    message_id = send(f"{mood}+{unique}@else.test")
    event = wait_for_event(api, message_id, "message.bounced", "message.deferred", "message.delivered")
    assert (event["type"], event["dsn"]) == (event_type, dsn)
    assert event["relay"].startswith("mx.else.test")


def test_a_server_that_wants_tls_gets_it(api: httpx.Client, send: Send, unique: str) -> None:
    assert wait_for_event(api, send(f"tls+{unique}@else.test"), "message.delivered", "message.bounced")["tls"]


def test_a_webhook_comes_with_a_signature_that_verifies(
    lab: Lab, fleetpost: Client, up: Up, send: Send, unique: str
) -> None:
    url = f"{up.outside['webhook_url']}/{unique}"
    made = fleetpost.create_webhook(types.NewWebhook(url=url, events=["message.delivered"]))
    message_id = send(f"bob+{unique}@else.test", tags=["order"], metadata={"order": "1"})
    call = lab.outside.wait_for_webhook(lambda call: call.path.endswith(unique))
    headers = {name.lower(): value for name, value in call.headers.items()}
    payload = Webhook(made.secrets[0]).verify(call.body, headers)
    assert payload["type"] == "message.delivered"
    assert payload["tenant_id"] == up.tenant_id
    assert payload["data"]["message_id"] == message_id
    assert payload["data"]["tags"] == ["order"]
    assert payload["data"]["metadata"] == {"order": "1"}
    fleetpost.delete_webhook(made.id)


def test_the_same_idempotency_key_sends_once_and_refuses_another_body(
    lab: Lab, api: httpx.Client, fleetpost: Client, up: Up, unique: str
) -> None:
    ann, bob = types.EmailAddress(email=up.mailbox), types.EmailAddress(email=f"bob+{unique}@else.test")
    new = types.NewMessage(sender=ann, to=[bob], subject="Once", text="once")
    first = fleetpost.send_message(new, idempotency_key=unique)
    assert fleetpost.send_message(new, idempotency_key=unique) == first
    with pytest.raises(Refused) as refused:
        fleetpost.send_message(msgspec.structs.replace(new, subject="Twice"), idempotency_key=unique)
    assert refused.value.problem.status == 409
    wait_for_event(api, first.id, "message.delivered")
    assert len(lab.outside.mails(f"bob+{unique}@else.test")) == 1


def test_a_person_signs_in_writes_a_message_and_watches_it_go(browser: Browser, up: Up, unique: str) -> None:
    person = Person(browser, up.portal)
    person.sign_in(up.portal_user, up.portal_password)
    page = person.page
    page.goto("/messages/new")
    page.get_by_label("To", exact=True).fill(f"slow+{unique}@else.test")
    page.get_by_label("Subject").fill("Seen in a browser")
    page.get_by_label("Text").fill("Watch it go.")
    page.get_by_role("button", name="Send").click()
    # The outside server is slow: the page must turn to delivered by itself.
    expect(page.get_by_role("heading", name="Seen in a browser")).to_be_visible()
    expect(page.get_by_text("mx.else.test").first).to_be_visible(timeout=15_000)
    expect(page.get_by_text("Delivered").first).to_be_visible()
    assert person.complaints == []
