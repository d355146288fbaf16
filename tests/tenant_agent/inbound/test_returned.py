"""Bounces through the real Postfix: taken at return paths and nowhere beside them, and cut to what they say."""

import asyncio
import smtplib
from collections.abc import Iterator

import pytest

from tenant_agent import wire
from tests.tenant_agent.daemons.postfix import HERE, RunningPostfix, running_postfix
from tests.tenant_agent.inbound.control import intake
from tests.tenant_agent.inbound.test_journey import agent, send
from tests.tenant_agent.real_postfix import eventually
from tests.tenant_agent.samples import domain
from tests.tenant_agent.test_project import projected

pytestmark = pytest.mark.node
LOCAL = "06g0000abcdefghijklmnopqrstuv0123456"
RETURN_PATH = f"{LOCAL}@bounce.acme.test"
REPORTS = "reports.fleetpost.test"


@pytest.fixture(scope="module")
def postfix() -> Iterator[RunningPostfix]:
    """Postfix takes mail for a domain, and for the reports' domain."""
    with running_postfix(projected(wire.IntakeItem(domain=REPORTS), domain()).rows) as running:
        yield running


async def test_a_bounce_is_handed_up(postfix: RunningPostfix) -> None:
    shouted = f"{LOCAL.upper()}@BOUNCE.ACME.TEST"
    async with intake() as control, agent(postfix, control) as shelf:
        await asyncio.to_thread(send, postfix, RETURN_PATH, sender="")
        await asyncio.to_thread(send, postfix, shouted, f"a@{REPORTS}")
        await eventually(lambda: len(control.mails) == 3 and len(shelf) == 0)
    assert [each.lower() for each in sorted(control.recipients)].count(RETURN_PATH) == 2
    assert sorted(headers["fleetpost-sender"] for headers, _ in control.mails) == ["", *["bob@else.test"] * 2]


@pytest.mark.parametrize(
    "recipient",
    [
        "ann@bounce.acme.test",
        f"{LOCAL[:26]}@bounce.acme.test",
        f"{LOCAL}0@bounce.acme.test",
        f"{LOCAL[:-1]}w@bounce.acme.test",
        f"{LOCAL}@bounce.other.test",
        f"{LOCAL}@bounces.acme.test",
        f"{LOCAL}@sub.bounce.acme.test",
        f"{LOCAL}@acme.test",
        "@bounce.acme.test",
    ],
)
async def test_what_is_no_return_path_of_ours_is_refused(postfix: RunningPostfix, recipient: str) -> None:
    def ask() -> tuple[int, bytes]:
        with smtplib.SMTP(HERE, postfix.layout.ports.smtp, "mx.else.test", timeout=20) as client:
            client.ehlo()
            client.mail("")
            return client.rcpt(recipient)

    code, text = await asyncio.to_thread(ask)
    assert 500 <= code < 600, text


async def test_of_a_large_bounce_the_beginning_is_kept(postfix: RunningPostfix) -> None:
    mail = b"Subject: Undelivered\r\n\r\n" + (b"x" * 76 + b"\r\n") * 10_000

    def bounce() -> None:
        with smtplib.SMTP(HERE, postfix.layout.ports.smtp, "mx.else.test", timeout=20) as client:
            client.sendmail("", [RETURN_PATH], mail)

    async with intake() as control, agent(postfix, control) as shelf:
        await asyncio.to_thread(bounce)
        await eventually(lambda: len(control.mails) == 1 and len(shelf) == 0)
    raw = control.mails[0][1]
    assert len(raw) == 256 * 1024
    assert b"Subject: Undelivered" in raw


async def test_nobody_is_told_of_what_becomes_of_a_bounce(postfix: RunningPostfix) -> None:
    def ask() -> None:
        with smtplib.SMTP(HERE, postfix.layout.ports.smtp, "mx.else.test", timeout=20) as client:
            client.ehlo()
            client.mail("victim@else.test")
            assert client.rcpt(RETURN_PATH, ["NOTIFY=SUCCESS,FAILURE", "ORCPT=rfc822;quiet@x.test"])[0] == 250
            code, text = client.data(b"Subject: x\r\n\r\nx\r\n")
            assert code == 250, text

    async with intake() as control, agent(postfix, control) as shelf:
        await asyncio.to_thread(ask)
        await eventually(lambda: len(control.mails) == 1 and len(shelf) == 0)
    assert "notification" not in postfix.log_text()
