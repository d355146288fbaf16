"""What pages offer to copy, run as it stands by the programs it is for; and our own client for asyncio."""

import asyncio
import email
import email.policy
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import httpx
import msgspec
import pytest

from e2e.browsing import Person
from e2e.conftest import Up
from e2e.lab.lab import Lab
from e2e.lab.outside.webhooks import Call
from e2e.lab.plan import OUTSIDE_HOOKS
from e2e.test_smtp_submission import Key, make_key
from fleetpost_client import AsyncClient, types
from tests.node import NODE, compile_client

SECONDS = 30.0
PLACE_OF_TEXT = "…"
"""What a message said stands in no code that is offered."""
WORDS = 'It\'s "odd": $HOME `id` ü 😀'


class Offered(msgspec.Struct, frozen=True):
    """What a message's page shows."""

    recipient: str
    code: dict[str, str]
    """By language."""


@pytest.fixture(scope="module")
def key(lab: Lab, up: Up) -> Key:
    with httpx.Client(base_url=up.api, headers={"Authorization": f"Bearer {up.tenant_key}"}, timeout=30) as api:
        return make_key(lab, up, api)


@pytest.fixture(scope="module")
def node_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory in which programs for Node find the TypeScript client."""
    directory = tmp_path_factory.mktemp("node")
    compile_client(directory)
    return directory


def code_at(person: Person, path: str) -> dict[str, str]:
    """Read what a page offers to copy, by language."""
    person.page.goto(path)
    labels = person.page.locator(".snippets > label").all_text_contents()
    texts = person.page.locator(".snippets > div > pre").all_text_contents()
    return dict(zip(labels, texts, strict=True))


@pytest.fixture
def offered(person: Person, up: Up, api: httpx.Client, unique: str) -> Offered:
    """Send a message, and open its page."""
    recipient = f"bob+{unique}@else.test"
    body = {"from": {"email": up.mailbox}, "to": [{"email": recipient}], "subject": WORDS, "text": f"{WORDS}\n"}
    sent = api.post("/v1/messages", json=body).raise_for_status().json()
    return Offered(recipient, code_at(person, f"/messages/{sent['id']}"))


def run(argv: list[str], **variables: str) -> str:
    """Run somebody's program; gives what it prints."""
    done = subprocess.run(argv, env=os.environ | variables, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


def subjects_and_texts(lab: Lab, recipient: str, count: int) -> set[tuple[str, str]]:
    """Wait for so many mails to somebody; gives what they say."""
    mails = lab.outside.wait_for_mail(recipient, count=count, seconds=SECONDS)
    read = [email.message_from_bytes(mail.raw, policy=email.policy.default) for mail in mails]
    assert all(mail.verdicts.dkim == "pass" for mail in mails)
    return {(each["Subject"], str(each.get_content()).strip()) for each in read}


Arguments = Callable[[str, Path], list[str]]


def _node_program(text: str, home: Path) -> list[str]:
    (home / "program.mjs").write_text(text)
    return [NODE, str(home / "program.mjs")]


LANGUAGES: dict[str, Arguments] = {
    "curl": lambda text, _: ["sh", "-c", text],
    "Python": lambda text, _: [sys.executable, "-c", text],
    "Node.js": _node_program,
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_code_of_a_message_sends_one_like_it(
    lab: Lab, up: Up, offered: Offered, node_home: Path, language: str
) -> None:
    run(LANGUAGES[language](offered.code[language], node_home), FLEETPOST_API_KEY=up.tenant_key)
    assert subjects_and_texts(lab, offered.recipient, 2) == {(WORDS, WORDS), (WORDS, PLACE_OF_TEXT)}


def test_code_for_smtp_sends_one_like_it_from_anywhere(lab: Lab, offered: Offered, key: Key) -> None:
    argv = lab.inside.host("outside", [sys.executable, "-c", offered.code["SMTP"]])
    secrets = {"FLEETPOST_KEY_ID": key.id, "FLEETPOST_API_KEY": key.secret}
    run(argv, SSL_CERT_FILE=str(lab.authority.bundle), **secrets)
    assert subjects_and_texts(lab, offered.recipient, 2) == {(WORDS, WORDS), (WORDS, PLACE_OF_TEXT)}


@pytest.fixture
def told(lab: Lab, up: Up, api: httpx.Client, unique: str) -> Iterator[tuple[str, str, Call]]:
    """Give a webhook's id, its secret and a call that came to it."""
    path = f"/clients-{unique}"
    body = {"url": f"https://{OUTSIDE_HOOKS}{path}", "events": ["message.delivered"]}
    webhook = api.post("/v1/webhooks", json=body).raise_for_status().json()
    mail = {"from": {"email": up.mailbox}, "to": [{"email": f"bob+{unique}@else.test"}], "subject": "Hi", "text": "Hi"}
    api.post("/v1/messages", json=mail).raise_for_status()
    yield webhook["id"], webhook["secrets"][0], lab.outside.wait_for_webhook(lambda call: call.path == path)
    api.delete(f"/v1/webhooks/{webhook['id']}").raise_for_status()


def test_code_of_a_webhook_believes_what_comes_and_nothing_else(
    person: Person, told: tuple[str, str, Call], node_home: Path
) -> None:
    webhook_id, secret, call = told
    code = code_at(person, f"/webhooks/{webhook_id}")
    event = msgspec.json.decode(call.body)["type"]
    as_python = f"\nprint(*(receive(body, {call.headers!r}) for body in ({call.body.encode()!r}, b'{{}}')))"
    printed = run([sys.executable, "-c", code["Python"] + as_python], FLEETPOST_WEBHOOK_SECRET=secret)
    assert event in printed.partition("\n")[0]
    asked = f"""
const headers = {msgspec.json.encode(call.headers).decode()};
const asked = (body) => receive(new Request("https://a.test", {{ method: "POST", body, headers }}));
const [its, not] = [{msgspec.json.encode(call.body).decode()}, "{{}}"];
console.log((await asked(its)).status, (await asked(not)).status);
"""
    printed = run(_node_program(code["Node.js"] + asked, node_home), FLEETPOST_WEBHOOK_SECRET=secret)
    assert printed.split()[-2:] == ["204", "400"]


def test_the_client_for_asyncio_sends_and_follows_what_happens(up: Up, unique: str) -> None:
    with ThreadPoolExecutor(1) as other:  # in this thread the browser's driver has its loop
        told = other.submit(asyncio.run, _sent_and_followed(up, unique)).result(timeout=60)
    assert told == ["message.accepted", "message.queued", "message.delivered"]


async def _sent_and_followed(up: Up, unique: str) -> list[str]:
    sender, recipient = (types.EmailAddress(email=each) for each in (up.mailbox, f"bob+{unique}@else.test"))
    begun, seen = datetime.now(UTC), list[str]()
    async with AsyncClient(up.api, up.tenant_key) as client:
        mail = types.NewMessage(sender=sender, to=[recipient], subject="Hi", text="Hi")
        sent = await client.send_message(mail)
        position = None
        while seen[-1:] != ["message.delivered"]:
            page = await client.list_events(after=position, since=None if position else begun, wait=10)
            seen += [event.type for event in page.data if event.data.get("message_id") == sent.id]
            position = page.next
    return seen
