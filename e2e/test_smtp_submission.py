"""A program submits mail with an API key: by swaks and smtplib, on both ports, to a message with one timeline."""

import smtplib
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

import httpx
import msgspec
import pytest

from control_plane.core import ids
from e2e.conftest import Up, wait_for_event
from e2e.lab.asking import ask
from e2e.lab.commands import wait_until
from e2e.lab.lab import Lab
from e2e.lab.tenant import wait_for_nodes

_TOLD = "select message_bytes from quota_leases where tenant_id = $1"


class Key(msgspec.Struct, frozen=True):
    """What a program logs in with."""

    id: str
    secret: str


def port(up: Up, name: str) -> int:
    """Find the forwarded port of a node where programs log in."""
    node = next(node for node in up.nodes if "mailbox" in node["roles"])
    return int(str(node["ports"][name]).rpartition(":")[2])


def trust(lab: Lab) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(lab.authority.certificate))
    context.check_hostname = False  # we come through the forwarder on 127.0.0.1
    return context


@contextmanager
def logged_in(lab: Lab, up: Up, user: str, secret: str) -> Iterator[smtplib.SMTP]:
    with smtplib.SMTP_SSL("127.0.0.1", port(up, "smtps"), context=trust(lab), timeout=30) as client:
        client.login(user, secret)
        yield client


def make_key(lab: Lab, up: Up, api: httpx.Client, **wanted: object) -> Key:
    """Make a key, and wait until the node lets it in."""
    body = {"name": "shop", "scopes": ["messages:write"], "smtp": True} | wanted
    answer = api.post("/v1/api-keys", json=body)
    assert answer.status_code == 201, answer.text
    key = Key(answer.json()["id"], answer.json()["secret"])

    def admits() -> bool:
        try:
            with logged_in(lab, up, key.id, key.secret):
                return True
        except smtplib.SMTPAuthenticationError:
            return False

    wait_until(admits, "the new key logs in", seconds=10)
    return key


@pytest.fixture(scope="module")
def key(lab: Lab, up: Up) -> Key:
    with httpx.Client(base_url=up.api, headers={"Authorization": f"Bearer {up.tenant_key}"}, timeout=30) as api:
        return make_key(lab, up, api)


def written(up: Up, recipient: str, **headers: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"Ann <{up.mailbox}>", recipient, "Grüße"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content("It works.")
    return mail


def message_to(api: httpx.Client, recipient: str) -> dict[str, Any]:
    """Wait for the one message to somebody."""

    def find() -> dict[str, Any] | None:
        found = api.get("/v1/messages", params={"recipient": recipient}).json()["data"]
        assert len(found) <= 1
        return found[0] if found else None

    return wait_until(find, f"there is a message to {recipient}", seconds=20)


@pytest.mark.parametrize("way", ["starttls", "tls"])
def test_swaks_submits_a_mail_that_is_delivered_signed_and_told_of(
    lab: Lab, up: Up, api: httpx.Client, key: Key, unique: str, way: str
) -> None:
    recipient = f"bob+{unique}@else.test"
    server = f"127.0.0.1:{port(up, 'submission' if way == 'starttls' else 'smtps')}"
    login = ["--auth", "PLAIN", "--auth-user", key.id, "--auth-password", key.secret]
    said = ["--from", up.mailbox, "--to", recipient, "--header", "X-Fleetpost-Tag: order", "--body", "It works."]
    tls = "--tls" if way == "starttls" else "--tls-on-connect"
    done = subprocess.run(
        ["swaks", "--server", server, tls, *login, *said], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    assert "250 2.0.0 Ok: queued as" in done.stdout
    message = message_to(api, recipient)
    assert (message["tags"], message["stream"]) == (["order"], "transactional")
    assert wait_for_event(api, message["id"], "message.delivered")["dsn"].startswith("2.")
    (mail,) = lab.outside.wait_for_mail(recipient)
    assert (mail.verdicts.dkim, mail.verdicts.spf, mail.verdicts.dmarc) == ("pass", "pass", "pass")
    assert not any(name.lower().startswith("x-fleetpost") for name, _ in mail.headers)
    assert mail.mail_from.endswith(f"@bounce.{up.domain}")


def test_stream_tags_metadata_and_key_come_as_headers(
    lab: Lab, up: Up, api: httpx.Client, key: Key, unique: str
) -> None:
    recipient = f"bob+{unique}@else.test"
    headers = {
        "X_Fleetpost_Tag": "order",
        "X_Fleetpost_Metadata_Order": "17",
        "Idempotency_Key": f"order-{unique}",
        "Bcc": "hidden@else.test",
    }
    mail = written(up, recipient, **headers)
    with logged_in(lab, up, f"{key.id}+broadcast", key.secret) as client:
        for _ in range(2):
            client.sendmail("www@shop.test", [recipient], mail.as_bytes())
    message = message_to(api, recipient)
    assert (message["stream"], message["tags"], message["metadata"]) == ("broadcast", ["order"], {"Order": "17"})
    (received,) = lab.outside.wait_for_mail(recipient)
    assert not {name.lower() for name, _ in received.headers} & {"bcc", "idempotency-key"}


def test_everybody_in_one_transaction_is_of_one_message(
    lab: Lab, up: Up, api: httpx.Client, key: Key, unique: str
) -> None:
    recipients = [f"r{number}+{unique}@else.test" for number in range(20)]
    with logged_in(lab, up, key.id, key.secret) as client:
        client.sendmail("www@shop.test", recipients, written(up, recipients[0]).as_bytes())
    for recipient in (recipients[0], recipients[-1]):
        lab.outside.wait_for_mail(recipient, seconds=90)
    message = message_to(api, recipients[0])
    assert sorted(each["email"] for each in message["recipients"]) == sorted(recipients)


def test_nobody_writes_as_a_domain_that_is_not_theirs(lab: Lab, up: Up, key: Key) -> None:
    mail = written(up, "bob@else.test")
    mail.replace_header("From", "boss@bank.test")
    with logged_in(lab, up, key.id, key.secret) as client, pytest.raises(smtplib.SMTPDataError) as refused:
        client.sendmail("www@shop.test", ["bob@else.test"], mail.as_bytes())
    assert refused.value.smtp_code == 550
    assert b"You may not write as bank.test" in _bytes(refused.value.smtp_error)


def test_a_revoked_key_sends_nothing_within_a_second(lab: Lab, up: Up, api: httpx.Client) -> None:
    key = make_key(lab, up, api)
    with logged_in(lab, up, key.id, key.secret) as client:
        assert client.mail("www@shop.test")[0] == 250
        client.rset()
        assert api.delete(f"/v1/api-keys/{key.id}").status_code == 204
        revoked = time.monotonic()

        def is_refused() -> bool:
            code, reply = client.mail("www@shop.test")
            client.rset()
            return code == 550 and b"revoked" in reply

        wait_until(is_refused, "the key is refused", seconds=5)
        assert time.monotonic() - revoked <= 1.0


def test_what_is_larger_than_the_plan_allows_is_refused_at_once(lab: Lab, up: Up, key: Key, unique: str) -> None:
    recipient = f"bob+{unique}@else.test"
    large = written(up, recipient)
    large.add_attachment(b"x" * 300_000, maintype="application", subtype="octet-stream")

    def put_on(plan: str | None, most: int | None) -> None:
        operator.patch(f"/v1/clients/{up.tenant_id}", json={"plan_id": plan}).raise_for_status()
        tenant_id = ids.decode("ten", up.tenant_id)
        wait_until(
            lambda: {row["message_bytes"] for row in ask(lab, _TOLD, tenant_id)} == {most},
            "the plan is told to the nodes",
            seconds=60,
        )
        wait_for_nodes(lab)

    headers = {"Authorization": f"Bearer {up.operator_key}"}
    with (
        httpx.Client(base_url=up.api, headers=headers, timeout=30) as operator,
        logged_in(lab, up, key.id, key.secret) as client,
    ):
        small = {"name": f"Small {unique}", "limits": {"message_bytes": 300 * 1024}}
        put_on(operator.post("/v1/plans", json=small).raise_for_status().json()["id"], 300 * 1024)
        try:
            with pytest.raises(smtplib.SMTPDataError) as refused:
                client.sendmail(up.mailbox, [recipient], large.as_bytes())
        finally:
            put_on(None, None)
        client.sendmail(up.mailbox, [recipient], large.as_bytes())
    assert refused.value.smtp_code == 552
    assert _bytes(refused.value.smtp_error).startswith(b"5.3.4 Your plan allows messages of at most 300 KiB, ")
    assert len(lab.outside.wait_for_mail(recipient)) == 1


def test_mail_is_taken_while_the_control_plane_is_away_and_comes_later(
    lab: Lab, up: Up, api: httpx.Client, key: Key, unique: str
) -> None:
    recipient = f"bob+{unique}@else.test"
    lab.stop_control()
    try:
        with logged_in(lab, up, key.id, key.secret) as client:
            client.sendmail("www@shop.test", [recipient], written(up, recipient).as_bytes())
    finally:
        lab.start_control()
    wait_until(lambda: _answers(api), "the control plane is back", seconds=60)
    message_to(api, recipient)
    assert len(lab.outside.wait_for_mail(recipient, seconds=90)) == 1


def _answers(api: httpx.Client) -> bool:
    try:
        return api.get("/healthz").is_success
    except httpx.TransportError:
        return False


def _bytes(text: bytes | str) -> bytes:
    return text if isinstance(text, bytes) else text.encode()
