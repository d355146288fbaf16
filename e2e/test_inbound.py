"""Mail from outside takes the tenant's routes: to webhooks, mailboxes and other people, held, dropped, or refused."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.message import Message
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook

from e2e.conftest import Up
from e2e.lab.commands import wait_until
from e2e.lab.lab import Lab
from e2e.lab.outside.mail import ReceivedMail
from e2e.lab.outside.sender import Handover, Letter
from e2e.lab.outside.webhooks import Call
from e2e.lab.plan import OUTSIDE_HOOKS, OUTSIDE_MX, PLATFORM_DOMAIN
from e2e.lab.zone import Record
from e2e.test_mailbox_journey import imap

SECONDS = 30.0
HELD_BACK_SECONDS = 120.0
"""Five failures in a row have an endpoint held back for half a minute, and then asked with one call at a time."""
BOB = "bob@else.test"
Row = dict[str, Any]
MakeRoute = Callable[..., Row]

_ARC = "import dkim, sys; print(dkim.arc_verify(sys.stdin.buffer.read())[0].decode())"


@pytest.fixture
def make_route(api: httpx.Client, unique: str) -> Iterator[MakeRoute]:
    """Make routes that are gone after the test: `make_route({"type": "hold"}, type="domain", domain="acme.test")`."""
    made: list[str] = []

    def make(action: Row, priority: int = 10, **match: str) -> Row:
        body = {"name": f"Route {unique}", "match": match, "action": action, "priority": priority}
        answer = api.post("/v1/inbound-routes", json=body)
        assert answer.status_code == 201, answer.text
        route: Row = answer.json()
        made.append(route["id"])
        return route

    yield make
    for route_id in made:
        api.delete(f"/v1/inbound-routes/{route_id}")


@pytest.fixture
def webhook(api: httpx.Client, unique: str) -> Iterator[Row]:
    """A webhook that wants nothing but what a route sends it, with its path outside and its secret."""
    path = f"/inbound-{unique}"
    body = {"url": f"https://{OUTSIDE_HOOKS}{path}", "events": ["domain.failed"]}
    made = api.post("/v1/webhooks", json=body)
    assert made.status_code == 201, made.text
    yield {**made.json(), "path": path}
    api.delete(f"/v1/webhooks/{made.json()['id']}")


def hand_in(lab: Lab, to: str, **more: Any) -> Handover:
    return lab.outside.send(Letter(sender=BOB, to=to, text="It has not come.\n", **{"subject": "Hello", **more}))


def came(api: httpx.Client, route: Row, count: int = 1) -> list[Row]:
    """Wait until a route has won so many mails; newest first."""

    def find() -> list[Row] | None:
        answer = api.get("/v1/inbound-messages", params={"route_id": route["id"]})
        rows: list[Row] = answer.raise_for_status().json()["data"]
        return rows if len(rows) >= count else None

    return wait_until(find, f"{count} mails came by {route['name']}", seconds=SECONDS)


def call_at(lab: Lab, path: str, count: int = 1, *, answered: int = 204, seconds: float = SECONDS) -> list[Call]:
    def find() -> list[Call] | None:
        calls = [call for call in lab.outside.webhooks(path) if call.answered == answered]
        return calls if len(calls) >= count else None

    return wait_until(find, f"{count} calls at {path} are answered with {answered}", seconds=seconds)


def in_mailbox(lab: Lab, up: Up, subject: str) -> Message:
    """Wait for a mail in the tenant's mailbox, and read it by IMAP."""

    def find() -> bytes | None:
        with imap(lab, up, up.mailbox, up.mailbox_password) as client:
            client.select("INBOX")
            numbers = client.search(None, "SUBJECT", f'"{subject}"')[1][0].split()
            if not numbers:
                return None
            part = client.fetch(numbers[-1].decode(), "(RFC822)")[1][0]
            assert isinstance(part, tuple)
            return part[1]

    return message_from_bytes(wait_until(find, f"{subject} is in the mailbox", seconds=SECONDS))


def arc(lab: Lab, mail: ReceivedMail) -> str:
    """Say what dkimpy, outside, makes of the mail's ARC chain."""
    argv = lab.inside.host("outside", [sys.executable, "-c", _ARC])
    done = subprocess.run(argv, input=mail.raw, capture_output=True, check=True)
    return done.stdout.decode().strip()


def confirm(lab: Lab, up: Up, to: str) -> None:
    """Open the link that the owner of an address was mailed, and agree."""
    (question,) = lab.outside.wait_for_mail(to)
    text = message_from_bytes(question.raw)
    body = next(part for part in text.walk() if part.get_content_type() == "text/plain").get_payload(decode=True)
    assert isinstance(body, bytes)
    path = next(word for word in body.decode().split() if "/forwarding/" in word)
    path = path[path.index("/forwarding/") :]
    with httpx.Client(base_url=up.portal, follow_redirects=True, timeout=30) as person:
        page = person.get(path).raise_for_status().text
        token = page.partition('name="_csrf_token" value="')[2].partition('"')[0]
        person.post(path, data={"_csrf_token": token, "answer": "yes"}).raise_for_status()


# --- Webhooks ---------------------------------------------------------------------------------------------------------


def test_everybody_at_a_domain_reaches_the_webhook_signed_and_parsed(
    lab: Lab, up: Up, api: httpx.Client, unique: str, webhook: Row, make_route: MakeRoute
) -> None:
    route = make_route({"type": "webhook", "webhook_id": webhook["id"]}, type="domain", domain=up.domain)
    handed = hand_in(lab, f"any-{unique}@{up.domain}", html="<p>It has <b>not</b> come.</p><script>x()</script>")
    assert handed.code == 250, handed.reply
    [call] = call_at(lab, webhook["path"])
    Webhook(webhook["secrets"][0]).verify(call.body, call.headers)
    event = json.loads(call.body)
    data = event["data"]
    assert (event["type"], data["route_id"]) == ("message.received", route["id"])
    content = data["content"]
    assert content["text"].startswith("It has not come.")
    assert ("<script>" in content["html"], "<script>" in content["safe_html"]) == (True, False)
    assert content["authentication"]["spf"] == "pass"
    assert content["spam"]["symbols"]
    assert (data["envelope"]["from"], data["envelope"]["recipient"]) == (BOB, f"any-{unique}@{up.domain}")
    raw = httpx.get(data["raw"].replace(f"https://control.{PLATFORM_DOMAIN}", up.portal), timeout=30)
    assert b"It has not come." in raw.content


def test_everybody_below_a_domain_and_a_header_choose(
    lab: Lab, up: Up, api: httpx.Client, unique: str, make_route: MakeRoute
) -> None:
    below = f"shop-{unique}.{up.domain}"
    lab.publish([Record(below, "MX", f"10 mx.{PLATFORM_DOMAIN}")])
    everybody = make_route({"type": "hold"}, type="subdomains", domain=up.domain)
    bills = make_route({"type": "drop"}, 1, type="header", name="Subject", pattern=f"*bill {unique}*")
    assert hand_in(lab, f"any@{below}").code == 250
    assert hand_in(lab, f"any@{below}", subject=f"Your bill {unique} is here").code == 250
    assert came(api, everybody)[0]["status"] == "held"
    assert came(api, bills)[0]["status"] == "dropped"
    assert hand_in(lab, f"any@{up.domain}").code == 550


def test_nothing_is_lost_while_the_endpoint_is_down(
    lab: Lab, up: Up, api: httpx.Client, unique: str, webhook: Row, make_route: MakeRoute
) -> None:
    make_route({"type": "webhook", "webhook_id": webhook["id"]}, type="domain", domain=up.domain)
    lab.outside.answer_webhooks(503, webhook["path"])
    subjects = {f"{unique} {number}" for number in range(5)}
    for subject in subjects:
        assert hand_in(lab, f"any-{unique}@{up.domain}", subject=subject).code == 250
    call_at(lab, webhook["path"], answered=503)
    lab.outside.answer_webhooks(204, webhook["path"])
    calls = call_at(lab, webhook["path"], 5, seconds=HELD_BACK_SECONDS)
    assert {json.loads(call.body)["data"]["subject"] for call in calls} == subjects


# --- Mailbox, hold, drop ----------------------------------------------------------------------------------------------


def test_a_mail_is_put_into_the_mailbox_once(
    lab: Lab, up: Up, api: httpx.Client, unique: str, make_route: MakeRoute
) -> None:
    address = f"desk-{unique}@{up.domain}"
    route = make_route({"type": "mailbox", "mailbox": up.mailbox}, type="address", address=address)
    assert hand_in(lab, address, subject=f"Desk {unique}").code == 250
    found = in_mailbox(lab, up, f"Desk {unique}")
    assert (found["From"], found["Delivered-To"] is not None) == (BOB, True)
    assert not [name for name in found if name.lower().startswith("x-fleetpost-passed")]
    assert came(api, route)[0]["status"] == "delivered"


def test_a_held_mail_goes_on_when_it_is_released(
    lab: Lab, up: Up, api: httpx.Client, unique: str, webhook: Row, make_route: MakeRoute
) -> None:
    address = f"held-{unique}@{up.domain}"
    route = make_route({"type": "hold"}, type="address", address=address)
    assert hand_in(lab, address).code == 250
    [mail] = came(api, route)
    assert lab.outside.webhooks(webhook["path"]) == []
    path = f"/v1/inbound-messages/{mail['id']}/release"
    assert api.post(path, json={"webhook_id": webhook["id"]}).status_code == 204
    call_at(lab, webhook["path"])


# --- Forwarding -------------------------------------------------------------------------------------------------------


@pytest.fixture
def forwarding(lab: Lab, up: Up, unique: str, make_route: MakeRoute) -> Callable[[str], Row]:
    """Forward `help-<unique>` to somebody outside who agrees."""

    def forward(local: str) -> Row:
        to = f"{local}@else.test"
        address = f"help-{unique}@{up.domain}"
        route = make_route({"type": "forward", "to": to}, type="address", address=address)
        confirm(lab, up, to)
        return route

    return forward


def test_a_mail_is_forwarded_sealed_and_under_a_return_path_of_ours(
    lab: Lab, up: Up, unique: str, forwarding: Callable[[str], Row]
) -> None:
    forwarding(f"home+{unique}")
    assert hand_in(lab, f"help-{unique}@{up.domain}", subject=f"Forwarded {unique}").code == 250
    (*_, mail) = lab.outside.wait_for_mail(f"home+{unique}@else.test", count=2)
    assert mail.verdicts.spf == "pass"
    assert mail.mail_from.endswith(f"@bounce.{up.domain}")
    headers = {name.lower(): value for name, value in mail.headers}
    assert headers["from"] == BOB
    assert headers["delivered-to"] == f"help-{unique}@{up.domain}"
    assert not any(name.startswith("x-fleetpost") for name in headers)
    assert f"d={up.domain}" in headers["arc-seal"]
    assert arc(lab, mail) == "pass"
    assert not any(signature.domain == up.domain for signature in mail.verdicts.signatures)


def test_a_forwarded_mail_that_comes_back_is_told_to_who_wrote(
    lab: Lab, up: Up, unique: str, forwarding: Callable[[str], Row]
) -> None:
    forwarding(f"later+{unique}")  # they take it, and send a bounce afterwards
    writer = f"bob+{unique}@else.test"
    letter = Letter(sender=writer, to=f"help-{unique}@{up.domain}", subject="Hello", text="Are you there?")
    assert lab.outside.send(letter).code == 250
    (report,) = lab.outside.wait_for_mail(writer, seconds=120)
    text = report.raw.decode(errors="replace")
    assert "multipart/report" in text
    assert f"help-{unique}@{up.domain}" in text
    assert f"later+{unique}" not in text
    assert report.verdicts.dmarc == "pass"


def test_nothing_is_forwarded_before_its_owner_agrees(
    lab: Lab, up: Up, api: httpx.Client, unique: str, make_route: MakeRoute
) -> None:
    to, address = f"silent+{unique}@else.test", f"help-{unique}@{up.domain}"
    route = make_route({"type": "forward", "to": to}, type="address", address=address)
    assert hand_in(lab, address).code == 250
    [mail] = came(api, route)
    assert (mail["status"], "has not agreed" in mail["note"]) == ("held", True)
    assert len(lab.outside.wait_for_mail(to)) == 1  # the question


def test_mail_that_goes_in_a_circle_is_refused_at_the_door(
    lab: Lab, up: Up, unique: str, make_route: MakeRoute
) -> None:
    address = f"round-{unique}@{up.domain}"
    make_route({"type": "hold"}, type="address", address=address)
    handed = hand_in(lab, address, headers={"Delivered-To": address})
    assert (handed.code, "circle" in handed.reply) == (554, True)


# --- Bounds -----------------------------------------------------------------------------------------------------------


def test_many_at_once_all_come(lab: Lab, up: Up, api: httpx.Client, unique: str, make_route: MakeRoute) -> None:
    address = f"many-{unique}@{up.domain}"
    route = make_route({"type": "hold"}, type="address", address=address)
    source = ["smtp-source", "-s", "5", "-m", "50", "-l", "2000", "-f", BOB, "-t", address, "-M", OUTSIDE_MX]
    argv = lab.inside.host("outside", [*source, f"mx.{PLATFORM_DOMAIN}:25"])
    subprocess.run(argv, check=True, capture_output=True)
    assert len(came(api, route, 50)) == 50


def test_what_is_too_large_is_refused_while_the_sender_is_there(
    lab: Lab, up: Up, unique: str, make_route: MakeRoute
) -> None:
    address = f"large-{unique}@{up.domain}"
    make_route({"type": "hold"}, type="address", address=address)
    letter = ["--from", BOB, "--to", address, "--ehlo", OUTSIDE_MX, "--data", "-", "--suppress-data"]
    argv = lab.inside.host("outside", ["swaks", "--server", f"mx.{PLATFORM_DOMAIN}", *letter])
    mail = b"From: bob@else.test\nSubject: Large\n\n" + (b"x" * 76 + b"\n") * 500_000
    done = subprocess.run(argv, input=mail, capture_output=True, check=False)
    assert done.returncode != 0
    assert b" 552 5.3.4" in done.stdout
