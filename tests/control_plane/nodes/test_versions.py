"""Today's control plane with an agent of the first version, and with one that is a version ahead."""

import asyncio
from datetime import timedelta
from typing import TypeVar

import msgspec
import pytest
from litestar import Litestar

from control_plane.core import ids
from control_plane.core.database import Database
from control_plane.nodes import service
from control_plane.nodes.link import checkup
from control_plane.nodes.schemas import ItemChange
from tenant_agent import wire
from tests.conftest import Tenant
from tests.control_plane.conftest import MakeNode, SendMail
from tests.control_plane.link_client import LinkClient, greeted, linked
from tests.control_plane.nodes.test_link import states
from tests.tenant_agent.wire import version_1 as v1

Frame = TypeVar("Frame")
ITEMS_V1 = {
    "node": v1.NodeItem,
    "domain": v1.DomainItem,
    "dkim": v1.DkimItem,
    "mailbox": v1.MailboxItem,
    "home": v1.HomeItem,
    "certificate": v1.CertificateItem,
    "intake": v1.IntakeItem,
}


async def heard(agent: LinkClient, kind: type[Frame]) -> Frame:
    """Wait for a frame as the first version reads it: one that it does not know would end its connection."""
    while True:
        async with asyncio.timeout(10):
            message = await agent.from_app.get()
        data = message["bytes"]
        assert isinstance(data, bytes)
        frame = v1.decode_from_control(data)
        if isinstance(frame, kind):
            return frame


@pytest.fixture
def due_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Newer agents would be asked for their digests at once."""
    monkeypatch.setattr(checkup, "FIRST", timedelta())


@pytest.mark.usefixtures("due_at_once")
async def test_an_agent_of_the_first_version_is_served(
    app: Litestar, db: Database, make_node: MakeNode, send_mail: SendMail, tenant: Tenant, domain: str
) -> None:
    node = await make_node(tenant)
    async with db.fleet_tx() as tx:
        shaping = wire.ShapingItem(release="default", classes=(wire.ProviderClass(name="generic"),))
        await service.publish_own(tx, node.id, [ItemChange(kind="shaping", key="self", item=shaping)])
    async with linked(app, node.credential) as agent:
        await agent.send_bytes(v1.encode(v1.Hello(wire_version=1, agent_version="1.0", generation=0)))
        assert (await heard(agent, v1.Welcome)).wire_version == wire.WIRE_VERSION
        state = await heard(agent, v1.Changes)
        assert state.snapshot
        for change in state.changes:
            if change.kind in ITEMS_V1 and change.payload is not None:
                msgspec.msgpack.decode(change.payload, type=ITEMS_V1[change.kind])
        await agent.send_bytes(v1.encode(v1.Applied(generation=state.generation)))
        await agent.send_bytes(v1.encode(v1.Heartbeat(at_ms=0, generation=state.generation)))
        [delivery] = await send_mail(tenant, domain)
        await agent.send_bytes(v1.encode(v1.Credit(deliveries=10)))
        offer = await heard(agent, v1.Offer)
        await agent.send_bytes(v1.encode(v1.Take(lease_id=offer.lease_id)))
        assert (await heard(agent, v1.Taken)).yours
        envelope = msgspec.msgpack.decode(offer.messages[0].envelope, type=v1.Envelope)
        event_id = ids.new_uuid()
        event = v1.Event(
            id=ids.bare(event_id),
            type="message.delivered",
            at_ms=ids.time_ms_of(event_id),
            tenant_id=envelope.tenant_id,
            message_id=envelope.message_id,
            delivery_id=offer.deliveries[0].delivery_id,
            recipient=offer.deliveries[0].recipient,
            route=v1.Route(pool_id="pool_x", generation=3),
        )
        await agent.send_bytes(v1.encode(v1.Report(batch=1, events=(event,))))
        await heard(agent, v1.Received)
    assert await states(db, [delivery]) == ["delivered"]


async def test_an_agent_that_is_a_version_ahead_is_served(app: Litestar, make_node: MakeNode) -> None:
    node = await make_node()
    ahead = wire.WIRE_VERSION + 1
    hello = {"type": "Hello", "wire_version": ahead, "oldest_wire_version": 2, "agent_version": "9", "generation": 0}
    async with linked(app, node.credential) as agent:
        await agent.send_bytes(wire.encode(hello | {"kinds": ["node", "hologram"], "gravity": 9.81}))
        await agent.next(wire.Welcome)
        assert (await agent.whole_state())[0].snapshot
        await agent.send_bytes(wire.encode({"type": "Tomorrow", "what": {"x": 1}}))
        beat = {"type": "Heartbeat", "at_ms": 1, "generation": 1, "versions": {}, "mood": "good"}
        await agent.send_bytes(wire.encode(beat))
        event = {"id": "x", "type": "message.teleported", "at_ms": 1, "tenant_id": "t", "message_id": "m"}
        report = {"type": "Report", "batch": 5, "events": [event | {"delivery_id": "d", "recipient": "r", "warp": 9}]}
        await agent.send_bytes(wire.encode(report))
        assert (await agent.next(wire.Received)).batch == 5


async def test_frames_are_not_sent_to_a_side_that_cannot_read_them() -> None:
    for frame in (wire.AskDigests(), wire.Accepted(batch=1), wire.Drifted(found=())):
        assert not wire.is_known_to(frame, 1)
        assert wire.is_known_to(frame, 2)
    assert wire.is_known_to(wire.Take(lease_id="x"), 1)


async def test_a_greeting_without_keys_is_answered_unsigned(app: Litestar, make_node: MakeNode) -> None:
    node = await make_node()
    async with greeted(app, node.credential) as agent:
        assert await agent.whole_state()
        assert not any(isinstance(frame, wire.Bundle) for frame in agent.kept)
