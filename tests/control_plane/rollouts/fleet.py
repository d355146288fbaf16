"""A simulated fleet: nodes that take what they are given, or do not, each by its own connection to the application."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

import msgspec
from litestar import Litestar

from control_plane.core.clock import FixedClock
from control_plane.core.database import Database
from control_plane.core.ids import decode
from control_plane.nodes import service as nodes
from control_plane.rollouts import service
from control_plane.rollouts.schemas import DaemonParameters, NewRollout, Rollout, RolloutNode
from tenant_agent import wire
from tests.control_plane.conftest import FleetNode
from tests.control_plane.link_client import LinkClient, linked

PROBE = "probe@else.test"


def slower(timeout: str = "60s") -> DaemonParameters:
    """Give Postfix another timeout."""
    return DaemonParameters(postfix={"smtp_helo_timeout": timeout})


class Fleet:
    """The nodes of a test, by their names' ends: `a` comes first."""

    def __init__(self, db: Database, clock: FixedClock, members: dict[str, FleetNode]) -> None:
        self.db = db
        self.clock = clock
        self.members = members
        self.links: dict[str, LinkClient] = {}
        self.items: dict[str, wire.DaemonsItem | None] = {}

    async def start(self, **asked: object) -> Rollout:
        """Begin a roll-out of another timeout, unless something else is asked for; `a` tries it first."""
        wanted: dict[str, object] = {
            "kind": "daemons",
            "daemons": slower(),
            "canary": [self.members["a"].name],
            "waves": [100],
            "soak_seconds": 60,
        }
        new = msgspec.convert(msgspec.to_builtins(wanted | asked), NewRollout)
        async with self.db.fleet_tx() as tx:
            return await service.start(tx, self.clock, new)

    async def look(self, rollout: Rollout, *, seconds: float = 0) -> Rollout:
        """Let time pass, then the job run once; gives how it stands."""
        self.clock.move(timedelta(seconds=seconds))
        await service.advance(self.db, self.clock)
        async with self.db.fleet_tx() as tx:
            return await service.get(tx, decode(service.PREFIX, rollout.id))

    async def item(self, name: str) -> wire.DaemonsItem | None:
        """Give what a node is to have."""
        async with self.db.fleet_tx() as tx:
            found: bytes | None = await tx.connection.fetchval(
                "select payload from node_items where node_id = $1 and kind = 'daemons'", self.members[name].id
            )
        return None if found is None else msgspec.msgpack.decode(found, type=wire.DaemonsItem)

    async def take(self, *names: str) -> None:
        """Let nodes put in force what they are to have."""
        for name in names:
            node_id = self.members[name].id
            await nodes.applied(self.db, node_id, await nodes.desired_generation(self.db, node_id), ())

    async def refuse(self, name: str, problem: str) -> None:
        """Let a node go back to its former files."""
        node_id, item = self.members[name].id, await self.item(name)
        generation = await nodes.desired_generation(self.db, node_id)
        frame = wire.Configured(
            generation=generation,
            release=item.release if item else "default",
            service="postfix",
            diff="-a\n+b\n",
            problem=problem,
        )
        await service.configured(self.db, node_id, frame, self.clock)

    async def probed(self, name: str, *, delivered: bool, reply: str = "250 2.0.0 Ok") -> None:
        """Let a node say how its mail fared."""
        item = await self.item(name)
        assert item is not None
        assert item.probe is not None
        frame = wire.Probed(release=item.release, number=item.probe.number, delivered=delivered, reply=reply)
        await service.probed(self.db, self.members[name].id, frame)

    async def attempts(self, name: str, **counts: int) -> None:
        """Let attempts from a node have fared so, just now."""
        types = [f"message.{outcome}" for outcome, count in counts.items() for _ in range(count)]
        async with self.db.fleet_tx() as tx:
            await service.count(tx, self.members[name].id, types, [self.clock.now()] * len(types))

    async def quarantine(self, name: str, kind: str, reason: str) -> None:
        """Let a node refuse an item of its own."""
        node_id = self.members[name].id
        refused = wire.Quarantined(kind=kind, key="self", tenant_id=None, reason=reason)
        await nodes.applied(self.db, node_id, await nodes.desired_generation(self.db, node_id), (refused,))

    async def lose(self, name: str) -> None:
        """Let a node be silent."""
        await self._turn(name, "lost")

    async def find(self, name: str) -> None:
        """Let it be back."""
        await self._turn(name, "ready")

    async def retire(self, name: str) -> None:
        """Take it out of service."""
        await self._turn(name, "retired")

    async def _turn(self, name: str, status: str) -> None:
        async with self.db.fleet_tx() as tx:
            await tx.connection.execute("update nodes set status = $2 where id = $1", self.members[name].id, status)

    def part(self, rollout: Rollout, name: str) -> RolloutNode:
        """Give a node's part."""
        return next(each for each in rollout.nodes if each.name == self.members[name].name)

    def states(self, rollout: Rollout) -> dict[str, str]:
        """Give each node's state."""
        return {name: self.part(rollout, name).state for name in self.members}


Change = Callable[[], Awaitable[None]]


@asynccontextmanager
async def all_linked(app: Litestar, fleet: Fleet, renderers: tuple[int, ...] = ()) -> AsyncGenerator[Fleet]:
    """Connect every node of the fleet."""
    async with AsyncExitStack() as stack:
        for name, member in fleet.members.items():
            link = await stack.enter_async_context(linked(app, member.credential))
            hello = wire.Hello(wire_version=wire.WIRE_VERSION, agent_version="test", generation=0, renderers=renderers)
            await link.send(hello)
            await link.next(wire.Welcome)
            fleet.links[name] = link
        yield fleet
