"""A mail's way in: a mailbox made by API, a mail from outside, a real IMAP client."""

import imaplib
import smtplib
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from e2e.conftest import Up
from e2e.lab.commands import wait_until
from e2e.lab.failures import LabError
from e2e.lab.lab import Lab
from e2e.lab.outside.sender import Letter

PASSWORD = "otter-lake-harbour-7"


def trust(lab: Lab) -> ssl.SSLContext:
    """Trust the lab's authority, and no name that is not in the certificate."""
    context = ssl.create_default_context(cafile=str(lab.authority.certificate))
    context.check_hostname = False  # we come through the forwarder on 127.0.0.1
    return context


def port(up: Up, name: str) -> int:
    """Find the forwarded port of the node that has mailboxes."""
    node = next(node for node in up.nodes if "mailbox" in node["roles"])
    return int(str(node["ports"][name]).rpartition(":")[2])


@contextmanager
def imap(lab: Lab, up: Up, address: str, password: str) -> Iterator[imaplib.IMAP4_SSL]:
    """Log in over IMAPS."""
    client = imaplib.IMAP4_SSL("127.0.0.1", port(up, "imaps"), ssl_context=trust(lab))
    try:
        client.login(address, password)
        yield client
    finally:
        client.logout()


def make_mailbox(api: httpx.Client, address: str) -> str:
    """Make a mailbox and give its id."""
    answer = api.post("/v1/mailboxes", json={"address": address, "password": PASSWORD, "quota_bytes": 10_000_000})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def reloads(lab: Lab) -> int:
    """Count how often Postfix and Dovecot were reloaded on the first node."""
    node = lab.node("n1")
    lines = [*node.log_lines("mail"), *node.log_lines("dovecot")]
    return sum("reload" in line or "SIGHUP" in line for line in lines)


def test_a_new_mailbox_can_log_in_within_a_second_without_any_reload(
    lab: Lab, up: Up, api: httpx.Client, unique: str
) -> None:
    before = reloads(lab)
    address = f"carla-{unique}@{up.domain}"
    make_mailbox(api, address)
    started = time.monotonic()

    def log_in() -> bool:
        try:
            with imap(lab, up, address, PASSWORD):
                return True
        except imaplib.IMAP4.error:
            return False

    wait_until(log_in, "the new mailbox logs in", seconds=5)
    assert time.monotonic() - started <= 1.0
    assert reloads(lab) == before


def test_a_mail_from_outside_is_in_the_mailbox(lab: Lab, up: Up, unique: str) -> None:
    handed = lab.outside.send(
        Letter(sender="bob@else.test", to=up.mailbox, subject=f"Hello {unique}", text="From outside")
    )
    assert handed.code == 250, handed.reply

    def find() -> bytes | None:
        with imap(lab, up, up.mailbox, up.mailbox_password) as client:
            client.select("INBOX")
            _, found = client.search(None, "SUBJECT", f'"Hello {unique}"')
            numbers = found[0].split()
            if not numbers:
                return None
            _, parts = client.fetch(numbers[-1].decode(), "(RFC822)")
            assert isinstance(parts[0], tuple)
            return parts[0][1]

    raw = wait_until(find, "the mail is in the inbox", seconds=10)
    assert b"From outside" in raw


def test_mail_for_nobody_is_refused_at_the_door(lab: Lab, up: Up, unique: str) -> None:
    handed = lab.outside.send(Letter(sender="bob@else.test", to=f"nobody-{unique}@{up.domain}", subject="?", text="?"))
    assert handed.code == 550


def test_the_node_relays_for_nobody(lab: Lab, up: Up) -> None:
    with smtplib.SMTP("127.0.0.1", port(up, "smtp")) as client:
        client.ehlo("else.test")
        client.mail("bob@else.test")
        assert client.rcpt("carol@third.test")[0] in {550, 554}


def test_a_person_may_not_send_as_somebody_else(lab: Lab, up: Up) -> None:
    with smtplib.SMTP_SSL("127.0.0.1", port(up, "smtps"), context=trust(lab)) as client:
        client.login(up.mailbox, up.mailbox_password)
        client.mail("boss@else.test")
        assert client.rcpt("bob@else.test")[0] in {550, 553}


def test_passwords_are_never_asked_for_in_clear(up: Up) -> None:
    with smtplib.SMTP("127.0.0.1", port(up, "submission")) as client:
        client.ehlo("laptop.test")
        assert not client.has_extn("auth")
        client.starttls(context=ssl._create_unverified_context())
        client.ehlo("laptop.test")
        assert client.has_extn("auth")


def test_a_mail_program_sends_through_submission_and_the_mail_is_signed(lab: Lab, up: Up, unique: str) -> None:
    recipient = f"bob+{unique}@else.test"
    with smtplib.SMTP_SSL("127.0.0.1", port(up, "smtps"), context=trust(lab)) as client:
        client.login(up.mailbox, up.mailbox_password)
        client.sendmail(up.mailbox, [recipient], f"From: {up.mailbox}\r\nTo: {recipient}\r\nSubject: Hi\r\n\r\nHi\r\n")
    (mail,) = lab.outside.wait_for_mail(recipient)
    assert (mail.verdicts.dkim, mail.verdicts.spf, mail.verdicts.dmarc) == ("pass", "pass", "pass")


def test_a_changed_password_is_the_only_one_that_fits(lab: Lab, up: Up, api: httpx.Client, unique: str) -> None:
    address = f"dora-{unique}@{up.domain}"
    mailbox_id = make_mailbox(api, address)

    def works(password: str) -> bool:
        try:
            lab.node("n1").run(["doveadm", "auth", "test", address, password])
        except LabError:
            return False
        return True

    wait_until(lambda: works(PASSWORD), "the first password fits", seconds=5)
    changed = api.patch(f"/v1/mailboxes/{mailbox_id}", json={"password": PASSWORD[::-1]})
    assert changed.status_code == 200, changed.text
    wait_until(lambda: works(PASSWORD[::-1]), "the new password fits", seconds=5)
    assert not works(PASSWORD)
    with imap(lab, up, address, PASSWORD[::-1]) as client:
        assert client.select("INBOX")[0] == "OK"


@pytest.fixture(autouse=True)
def _needs_the_lab(lab: Lab) -> None:
    """Every journey here needs it."""
