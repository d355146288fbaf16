"""Today's agent with a control plane of the first version, and with one that is newer than itself."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
from websockets.asyncio.server import ServerConnection, serve

from tenant_agent import wire
from tenant_agent.agent import Switchboard
from tenant_agent.audit.watch import EVERY_SECONDS
from tenant_agent.heartbeat import Heart
from tenant_agent.identity import Identity
from tenant_agent.link import Link
from tenant_agent.project import Table
from tenant_agent.settings import Settings
from tenant_agent.work import MailWork
from tests.tenant_agent.loop_bench import Bench
from tests.tenant_agent.mail_fixtures import offer
from tests.tenant_agent.samples import change, domain, mailbox, node
from tests.tenant_agent.wire import version_1 as v1


class Control:
    """A control plane of another version: it reads and writes in its own way, and bad frames end the connection."""

    def __init__(self, read: Callable[[bytes], object], *frames: object) -> None:
        self._read = read
        self._frames = frames
        self.heard: list[object] = []
        self.changed = asyncio.Condition()
        self.connection: ServerConnection | None = None

    async def talk(self, connection: ServerConnection) -> None:
        self.connection = connection
        async for data in connection:
            assert isinstance(data, bytes)
            frame = self._read(data)
            if type(frame).__name__ == "Hello":
                for each in self._frames:
                    await connection.send(v1.encode(each))
            async with self.changed:
                self.heard.append(frame)
                self.changed.notify_all()

    async def say(self, frame: object) -> None:
        assert self.connection is not None
        await self.connection.send(v1.encode(frame))

    async def until_heard(self, name: str, count: int = 1) -> list[object]:
        def heard() -> list[object]:
            return [frame for frame in self.heard if type(frame).__name__ == name]

        async with asyncio.timeout(10), self.changed:
            await self.changed.wait_for(lambda: len(heard()) >= count)
        return heard()

    async def until_applied(self, generation: int) -> object:
        """Wait until the agent says that it has come so far."""

        def applied() -> list[object]:
            return [frame for frame in self.heard if getattr(frame, "quarantined", None) is not None]

        async with asyncio.timeout(10), self.changed:
            await self.changed.wait_for(lambda: applied() and applied()[-1].generation == generation)  # type: ignore[attr-defined]
        return applied()[-1]


class Linked(Bench):
    """A loop that speaks on a link."""

    link: Link

    async def send(self, frame: wire.FromAgent) -> None:
        await self.link.send(frame)


@asynccontextmanager
async def agent_of(root: Path, control: Control) -> AsyncIterator[Linked]:
    """Run today's link and switchboard with a loop and a mail path against a control plane."""
    bench = Linked(root)
    identity = Identity.begin(root / "credential", wire.EnrolReply(node_id="nod_1", credential="fpn_secret"), 1)
    async with serve(control.talk, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}"
        bench.link = Link(url, identity, sleep=lambda _: asyncio.sleep(0))
        settings = Settings(
            control_url=url,
            ca_file=None,
            enrolment_token_file=root,
            tls_certificate=root,
            tls_key=root,
            layout=bench.layout,
        )
        mail = MailWork(settings, bench.link)
        heart = Heart(
            bench.layout,
            agent_version="test",
            send=bench.link.send,
            generation=lambda: bench.loop.applied_generation,
            spooled=mail.spooled,
            inbound=lambda: 0,
            clock=bench.clock,
        )
        tasks = [
            asyncio.create_task(bench.link.run(Switchboard(bench.loop, mail, heart))),
            asyncio.create_task(bench.loop.run()),
        ]
        try:
            yield bench
            await control.until_heard("Heartbeat")  # its tools have ended by then
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)


def as_v1(changed: wire.Change) -> v1.Change:
    return v1.Change(kind=changed.kind, key=changed.key, tenant_id=changed.tenant_id, payload=changed.payload)


async def test_an_agent_serves_with_a_control_plane_of_the_first_version(tmp_path: Path) -> None:
    state = v1.Changes(
        generation=3, changes=tuple(as_v1(change(each)) for each in (node(), domain(), mailbox())), snapshot=True
    )
    control = Control(v1.decode_from_agent, v1.Welcome(wire_version=1, node_id="nod_1"), state)
    async with agent_of(tmp_path, control) as agent:
        assert await control.until_applied(3) == v1.Applied(generation=3)
        assert agent.keys_of(Table.MAILBOXES) == {"ann@acme.test"}
        await control.until_heard("Heartbeat")
        batch = offer(["bob@else.test"])
        await control.say(
            v1.Offer(
                lease_id=batch.lease_id,
                expires_in_seconds=30,
                messages=tuple(v1.OfferedMessage(envelope=m.envelope, content=m.content) for m in batch.messages),
                deliveries=tuple(v1.OfferedDelivery(d.delivery_id, d.message, d.recipient) for d in batch.deliveries),
            )
        )
        assert await control.until_heard("Take") == [v1.Take(lease_id=batch.lease_id)]
        await control.say(v1.Taken(lease_id=batch.lease_id, yours=False))
        await control.say(v1.Received(batch=1))
        agent.tables[Table.MAILBOXES].rows["eve@acme.test"] = "OK"  # what is found is not told: it could not be read
        agent.clock.move(EVERY_SECONDS)
        await control.say(v1.Changes(generation=4, changes=(as_v1(change(domain("two.test"))),)))
        await control.until_applied(4)
    assert [type(frame).__name__ for frame in control.heard].count("Hello") == 1, "one connection was enough"


class Tomorrow(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """A frame that there is not yet."""

    what: dict[str, int] = {}


class Welcome(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    wire_version: int
    node_id: str
    moon_phase: float


class Changes(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    generation: int
    changes: tuple[wire.Change, ...]
    snapshot: bool = False
    colour: str = "green"


def newer(changed: wire.Change, **fields: object) -> wire.Change:
    """Add fields to an item that today's agent does not know."""
    assert changed.payload is not None
    item: dict[str, object] = msgspec.msgpack.decode(changed.payload)
    return msgspec.structs.replace(changed, payload=wire.encode(item | fields))


async def test_an_agent_serves_with_a_control_plane_that_is_a_version_ahead(tmp_path: Path) -> None:
    ahead = wire.WIRE_VERSION + 1
    ips = [{"ip_id": "ip_1", "address": "10.77.1.11", "hostname": "a.test", "pool_id": "pool_t", "status": "resting"}]
    control = Control(
        msgspec.msgpack.Decoder(wire.FromAgent).decode,
        Welcome(wire_version=ahead, node_id="nod_1", moon_phase=0.5),
        Tomorrow(what={"x": 1}),
        Changes(
            generation=3,
            changes=(
                newer(change(node()), gravity=9.81),
                newer(change(domain()), colour="blue"),
                change(mailbox()),
                wire.Change(kind="hologram", key="h", tenant_id="ten_1", payload=b"\x80"),
            ),
            snapshot=True,
        ),
    )
    async with agent_of(tmp_path, control) as agent:
        assert await control.until_applied(3) == wire.Applied(generation=3)
        assert agent.keys_of(Table.DOMAINS) == {"acme.test"}
        await control.say(Tomorrow())
        await control.say(
            Changes(
                generation=4,
                changes=(
                    newer(change(node()), ips=ips),
                    wire.Change(
                        kind="dkim",
                        key="acme.test/fp9",
                        tenant_id="ten_1",
                        payload=wire.encode(
                            {
                                "domain": "acme.test",
                                "selector": "fp9",
                                "algorithm": "quantum",
                                "private_key": "",
                                "active": True,
                            }
                        ),
                    ),
                    change(mailbox("bob@acme.test")),
                ),
            )
        )
        second = await control.until_applied(4)
        assert isinstance(second, wire.Applied)
        assert {(each.kind, each.key) for each in second.quarantined} == {("node", "self"), ("dkim", "acme.test/fp9")}
        assert "bob@acme.test" in agent.keys_of(Table.MAILBOXES)
        assert agent.nodes[-1][0] == "n1.fleetpost.test"
    assert [type(frame).__name__ for frame in control.heard].count("Hello") == 1
