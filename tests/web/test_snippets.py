"""Code that pages offer to copy does what it says: each is run, by the program it is for."""

import ast
import base64
import hashlib
import hmac
import os
import shlex
import sys
from collections.abc import Awaitable, Callable
from email.message import EmailMessage
from pathlib import Path

import httpx
import msgspec
import pytest

from control_plane.messages.schemas import EmailAddress, NewMessage, TemplateUse
from control_plane.webhooks.signing import new_secret
from tests.conftest import Tenant
from tests.node import NODE
from tests.served import run
from web.snippets import VERIFYING, Place, Snippet, asking, sending

Run = Callable[[Snippet], Awaitable[str]]

ODD = "It's \"odd\" $HOME `id` \\n {x} %s ü 😀\n'; echo"
PLACE = Place("https://mail.example.com", "smtp.example.com")


@pytest.fixture
def run_snippet(tenant: Tenant, node_home: Path, tmp_path: Path) -> Run:
    """Run lines as who copies them would."""

    async def go(snippet: Snippet) -> str:
        script = node_home / f"{tmp_path.name}.mjs"
        script.write_text(snippet.text)
        command = {
            "curl": ("sh", "-c", snippet.text),
            "Python": (sys.executable, "-c", snippet.text),
            "Node.js": (NODE, str(script)),
        }[snippet.language]
        return await run(*command, env=os.environ | {"FLEETPOST_API_KEY": tenant.key})

    return go


def mail(domain: str, words: str) -> NewMessage:
    return NewMessage(
        sender=EmailAddress(email=f"ann@{domain}", name="Ann"),
        to=(EmailAddress(email="bob@else.test", name=words.replace("\n", " ")),),
        cc=(EmailAddress(email="eve@else.test"),),
        subject=words.replace("\n", " "),
        text=words,
        tags=("first", "it's"),
        metadata={"order": "'1'"},
        stream="broadcast",
    )


@pytest.mark.parametrize("language", ["curl", "Python", "Node.js"])
async def test_a_message_is_sent_with_every_word_as_it_was(
    run_snippet: Run, api_url: str, tenant: Tenant, domain: str, language: str
) -> None:
    wanted = mail(domain, ODD)
    [snippet] = [each for each in sending(Place(api_url), wanted) if each.language == language]
    await run_snippet(snippet)
    async with httpx.AsyncClient(base_url=api_url, headers=tenant.headers) as api:
        [sent] = (await api.get("/v1/messages")).json()["data"]
    assert sent["subject"] == wanted.subject
    assert (sent["tags"], sent["metadata"], sent["stream"]) == (["first", "it's"], {"order": "'1'"}, "broadcast")
    assert [each["email"] for each in sent["recipients"]] == ["bob@else.test", "eve@else.test"]


@pytest.mark.parametrize("language", ["curl", "Python", "Node.js"])
async def test_it_is_asked_whose_key_it_is(run_snippet: Run, api_url: str, language: str) -> None:
    [snippet] = [each for each in asking(Place(api_url)) if each.language == language]
    assert "T-" in await run_snippet(snippet)


def test_all_say_the_same() -> None:
    """What curl sends as JSON is what the programs build."""
    curl, python, node, _ = sending(PLACE, mail("acme.test", ODD))
    words = shlex.split(curl.text.replace("\\\n", " "))
    body = msgspec.json.decode(words[-1], type=NewMessage)
    assert body == mail("acme.test", ODD)
    assert "sender=types.EmailAddress(" in python.text
    assert 'from: { email: "ann@acme.test", name: "Ann" }' in node.text


def test_what_nobody_sees_is_spelled_out() -> None:
    hidden = "pay\u202e\u200b\x9b\u2028\x1b"
    for snippet in sending(PLACE, mail("acme.test", hidden)):
        assert "\\u202e" in snippet.text
        assert all(character.isprintable() or character == "\n" for character in snippet.text)
    words = shlex.split(sending(PLACE, mail("acme.test", hidden))[0].text.replace("\\\n", " "))
    assert msgspec.json.decode(words[-1], type=NewMessage).text == hidden


def test_a_template_is_sent_with_its_data_and_not_by_smtp() -> None:
    data: dict[str, object] = {
        "name": "",
        "items": [{"price": 1.5, "is_new": True, "note": None}],
        "class": "x",
        "a b": {},
    }
    use = TemplateUse(id="tpl_1", data=data)
    snippets = sending(PLACE, NewMessage(sender=EmailAddress(email="ann@acme.test"), template=use))
    assert [each.language for each in snippets] == ["curl", "Python", "Node.js"]
    curl, python, node = snippets
    assert msgspec.json.decode(shlex.split(curl.text.replace("\\\n", " "))[-1])["template"]["data"] == data
    [call] = [node for node in ast.walk(ast.parse(python.text)) if isinstance(node, ast.keyword) and node.arg == "data"]
    assert ast.literal_eval(call.value) == data
    assert '"a b": {}' in node.text


def test_by_smtp_the_same_mail_is_made() -> None:
    snippet = sending(PLACE, mail("acme.test", ODD))[-1]
    assert snippet.language == "SMTP"
    made: dict[str, object] = {}
    before_connecting = snippet.text.partition("\nwith ")[0]
    exec(compile(before_connecting, "snippet", "exec"), made)
    written = made["mail"]
    assert isinstance(written, EmailMessage)
    assert written["From"] == "Ann <ann@acme.test>"
    assert [address.addr_spec for address in written["To"].addresses] == ["bob@else.test"]
    assert written["Subject"] == " ".join(ODD.split())
    assert written.get_all("X-Fleetpost-Tag") == ["first", "it's"]
    assert written["X-Fleetpost-Stream"] == "broadcast"
    assert written.get_content().rstrip("\n") == ODD
    compile(snippet.text, "snippet", "exec")
    assert 'smtplib.SMTP_SSL("smtp.example.com", 465, context=ssl.create_default_context())' in snippet.text


def test_no_header_is_smuggled_into_a_mail() -> None:
    evil = "Hi\r\nBcc: all@else.test"
    wanted = msgspec.structs.replace(
        mail("acme.test", "x"), subject=evil, tags=(evil,), sender=EmailAddress(email="ann@acme.test", name=evil)
    )
    made: dict[str, object] = {}
    exec(compile(sending(PLACE, wanted)[-1].text.partition("\nwith ")[0], "snippet", "exec"), made)
    assert isinstance(made["mail"], EmailMessage)
    assert made["mail"]["Bcc"] is None


BODY = '{"type":"message.delivered","timestamp":"2026-11-22T12:00:00Z","tenant_id":"ten_1","data":{}}'


def signature(secret: str, message_id: str, timestamp: str) -> str:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{message_id}.{timestamp}.{BODY}".encode()
    return base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


def verifying(language: str) -> str:
    return next(each.text for each in VERIFYING if each.language == language)


@pytest.mark.parametrize("language", ["Python", "Node.js"])
async def test_receivers_believe_what_is_ours_alone(language: str, node_home: Path) -> None:
    """Each is asked once with a message of now and once with another body."""
    secret = new_secret()
    env = os.environ | {"FLEETPOST_WEBHOOK_SECRET": secret}
    if language == "Python":
        ask = f"""
import time
from fleetpost_client import Webhook as Check
from control_plane.webhooks import signing
from datetime import UTC, datetime
body = {BODY.encode()!r}
headers = signing.headers("evt_1", datetime.now(UTC), body, [{secret!r}])
print(receive(body, headers), receive(body + b" ", headers))
"""
        printed = await run(sys.executable, "-c", verifying(language) + ask, env=env)
    else:
        ask = f"""
import {{ createHmac }} from "node:crypto";
const body = {BODY!r};
const stamp = String(Math.floor(Date.now() / 1000));
const key = Buffer.from({secret.removeprefix("whsec_")!r}, "base64");
const signed = createHmac("sha256", key).update(`evt_1.${{stamp}}.${{body}}`).digest("base64");
const headers = {{ "webhook-id": "evt_1", "webhook-timestamp": stamp, "webhook-signature": `v1,${{signed}}` }};
const asked = (text) => receive(new Request("http://a.test", {{ method: "POST", body: text, headers }}));
console.log((await asked(body)).status, (await asked(body + " ")).status);
"""
        script = node_home / "receive.mjs"
        script.write_text(verifying(language) + ask)
        printed = await run(NODE, str(script), env=env)
    assert printed == "evt_1 message.delivered\n204 400\n"


async def test_a_shell_finds_the_same_signature(tmp_path: Path) -> None:
    secret = new_secret()
    (tmp_path / "body.json").write_text(BODY)
    told = {"FLEETPOST_WEBHOOK_SECRET": secret, "webhook_id": "evt_1", "webhook_timestamp": "1795305600"}
    printed = await run("sh", "-c", f"cd {shlex.quote(str(tmp_path))}\n{verifying('Shell')}", env=os.environ | told)
    assert printed.strip() == signature(secret, "evt_1", "1795305600")


def test_the_standards_library_is_called_as_it_is() -> None:
    compile(verifying("Others"), "snippet", "exec")
    from standardwebhooks.webhooks import Webhook

    assert callable(Webhook(new_secret()).verify)
