"""Mail to addresses outside ASCII, by a real Postfix: where the other side can take it, and where it cannot."""

import asyncio
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import SMTPUTF8

import pytest

from tenant_agent.inject.outcomes import PutOff, Queued, Refused
from tenant_agent.inject.session import Gate, Session
from tests.tenant_agent.daemons.postfix import RunningPostfix, running_postfix
from tests.tenant_agent.mail_fixtures import FakeControl, mail_work, offer
from tests.tenant_agent.real_postfix import eventually, real_postfix

pytestmark = pytest.mark.node


async def test_it_arrives_where_it_can_and_comes_back_with_a_reason_where_not() -> None:
    control = FakeControl()
    batch = offer(["grüße@else.test", "grüße@plain.test", "bob@plain.test"])
    good, bad, usual = batch.deliveries
    async with real_postfix() as (postfix, outside), mail_work(postfix.layout, control):
        await control.offer(batch)
        await eventually(lambda: control.types_of(good) == ["message.queued", "message.delivered"])
        await eventually(lambda: control.types_of(bad) == ["message.queued", "message.bounced"])
        await eventually(lambda: control.types_of(usual) == ["message.queued", "message.delivered"])
    refused = next(event for event in control.events if event.type == "message.bounced")
    assert refused.dsn == "5.6.7"
    assert "SMTPUTF8 is required, but was not offered" in (refused.reply or "")
    recipients = {str(message_from_bytes(each, policy=SMTPUTF8)["To"]) for each in outside.contents}
    assert recipients == {"grüße@else.test", "bob@plain.test"}


@pytest.fixture(scope="module")
def rendered() -> Iterator[RunningPostfix]:
    with running_postfix({}, sends=True) as postfix:
        yield postfix


async def test_a_nodes_own_postfix_takes_it_from_the_agent(rendered: RunningPostfix) -> None:
    session = Session(Gate(port=rendered.layout.ports.inject))
    outcome = await session.hand_over("t@bounce.acme.test", "grüße@else.test", b"To: a@b.test\r\n\r\nHello\r\n")
    session.close()
    assert not isinstance(outcome, Refused), outcome
    assert isinstance(outcome, Queued | PutOff), outcome  # nobody chooses a way here


async def test_it_takes_it_from_nobody_else(rendered: RunningPostfix) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.2", rendered.layout.ports.smtp)
    writer.write(b"EHLO client.test\r\nQUIT\r\n")
    greeting = await reader.read(-1)
    writer.close()
    assert b"250-8BITMIME" in greeting
    assert b"SMTPUTF8" not in greeting
