"""Addresses of ours that are suspended, and a relay for that: through a real Postfix, with its login."""

import asyncio
from collections.abc import AsyncIterator

import msgspec
import pytest

from tenant_agent import wire
from tenant_agent.relays.lines import relay_lines
from tenant_agent.relays.walls import Walls
from tenant_agent.sending import Sending
from tests.tenant_agent.mail_fixtures import FakeControl, mail_work, offer
from tests.tenant_agent.real_postfix import NODE, Outside, RealPostfix, eventually, real_postfix
from tests.tenant_agent.relays.provider import HOST, Provider, serving
from tests.tenant_agent.relays.relay_samples import relay

pytestmark = pytest.mark.node

ONE = msgspec.structs.replace(NODE, ips=NODE.ips[:1])
RULE = wire.ReplyRule(name="grey", pattern="Greylisted", action="suspend", threshold=1, for_seconds=600)
SHAPING = wire.ShapingItem(release="r", classes=(wire.ProviderClass(name=wire.GENERIC),), rules=(RULE,))


@pytest.fixture
async def running() -> AsyncIterator[tuple[RealPostfix, Outside, Provider]]:
    """Postfix that finds a provider's server, as it would by DNS."""
    provider = Provider(ann="ann's")
    async with real_postfix() as (postfix, outside):
        authority = postfix.root / "ca.pem"
        async with serving(provider, authority):
            lines = "\n".join(relay_lines(postfix.layout, Walls((), authority))) + "\n"
            with (postfix.layout.postfix_config / "master.cf").open("a") as master:
                master.write(lines.replace("smtp_host_lookup = dns", "smtp_host_lookup = native"))
            with (postfix.root / "hosts").open("a") as hosts:
                hosts.write(f"127.0.0.5 {HOST}\n")
            await asyncio.to_thread(postfix.run, "postfix", "reload")
            yield postfix, outside, provider


async def test_what_waits_and_what_comes_leaves_by_the_relay_once_under_its_login(
    running: tuple[RealPostfix, Outside, Provider],
) -> None:
    postfix, outside, provider = running
    fallback = relay(host=HOST, port=provider.port, username="ann", password="ann's", mode="fallback")
    control = FakeControl()
    first, later = offer(["grey@plain.test"]), offer(["bob@plain.test"])
    async with mail_work(postfix.layout, control, node=ONE) as work:
        work.set_sending(Sending(shaping=SHAPING, relays=(fallback,)))
        await control.offer(first)
        await eventually(lambda: "message.deferred" in control.types_of(first.deliveries[0]))
        await control.offer(later)
        await eventually(lambda: len(provider.sent) == 2, seconds=40)
        await eventually(lambda: all("message.delivered" in control.types_of(b.deliveries[0]) for b in (first, later)))
    return_tokens = {batch.deliveries[0].return_token for batch in (first, later)}
    assert set(provider.sent) == {("ann", each) for each in return_tokens}
    assert outside.received.total() == 0
    event = next(event for event in control.events if event.type == "message.delivered")
    assert event.route is not None
    assert event.route.relay_id == "rly_1"
