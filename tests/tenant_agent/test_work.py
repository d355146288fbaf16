"""The whole mail path of a node on a real Postfix: from an offer to the last event."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from tenant_agent.settings import Settings
from tenant_agent.work import MailWork
from tests.tenant_agent.mail_fixtures import FakeControl, offer
from tests.tenant_agent.real_postfix import NODE, RealPostfix, eventually, real_postfix

pytestmark = pytest.mark.node


@asynccontextmanager
async def mail_work(postfix: RealPostfix, control: FakeControl, *, capacity: int = 500) -> AsyncIterator[MailWork]:
    settings = Settings(
        control_url="https://control.test",
        ca_file=None,
        enrolment_token_file=Path("/nonexistent"),
        tls_certificate=Path("/nonexistent"),
        tls_key=Path("/nonexistent"),
        layout=postfix.layout,
    )
    work = MailWork(settings, control, capacity=capacity)
    work.set_node(NODE, 17)
    task = asyncio.create_task(work.run())
    await control.connect(work)
    try:
        yield work
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_an_offer_becomes_mail_and_events() -> None:
    control = FakeControl()
    async with real_postfix() as (postfix, outside), mail_work(postfix, control):
        batch = offer(["bob@else.test", "bob@plain.test", "unknown@else.test", "grey@plain.test"])
        await control.offer(batch)
        delivered, plain, bounced, deferred = batch.deliveries
        await eventually(lambda: "message.deferred" in control.types_of(deferred))
        await eventually(lambda: "message.bounced" in control.types_of(bounced))
        await eventually(lambda: "message.delivered" in control.types_of(plain))
        assert control.types_of(delivered) == ["message.queued", "message.delivered"]
        event = next(e for e in control.events if e.type == "message.delivered" and e.recipient == "bob@else.test")
        print(event, outside.contents[0].decode())
