"""A loop with daemons that are not there, and all that it did."""

import asyncio
from collections.abc import Iterable, Mapping
from pathlib import Path

from tenant_agent import wire
from tenant_agent.agent import prepare_directories
from tenant_agent.apply import Configurator
from tenant_agent.audit.watch import Watch
from tenant_agent.clock import ManualClock, SystemClock
from tenant_agent.drivers.fake import FakeDriver
from tenant_agent.layout import Layout
from tenant_agent.link import LinkDown
from tenant_agent.loop import Loop
from tenant_agent.moves.duties import Duty
from tenant_agent.project import Table
from tenant_agent.projections import ForgetfulRows, MemoryRows, Unavailable
from tenant_agent.projections.homes import Homes
from tenant_agent.projector import Projector
from tenant_agent.state import State
from tests.tenant_agent.samples import NODE_ID, change, domain, mailbox, node


class Fragile(MemoryRows):
    """Rows on a disk that may be full."""

    full = False

    def write(self, puts: Mapping[str, str], deletes: Iterable[str]) -> None:
        if self.full:
            raise Unavailable("no space left")
        super().write(puts, deletes)


class Bench:
    """A loop with everything around it, and what it did."""

    def __init__(self, root: Path) -> None:
        self.layout = Layout.under(root)
        prepare_directories(self.layout)
        self.state = State(self.layout.state_database)
        self.tables: dict[Table, Fragile] = {table: Fragile() for table in Table if table is not Table.SIGNING_KEYS}
        self.keys = ForgetfulRows()
        self.driver = FakeDriver("postfix", root / "etc/postfix")
        self.clock = ManualClock(now_ms=SystemClock().now_ms())
        self.sent: list[wire.FromAgent] = []
        self.acknowledged = asyncio.Event()
        self.online = True
        self.reloads = 0
        self.dovecot_reloads = 0
        self.forgotten: list[str] = []
        self.nodes: list[tuple[str, int]] = []
        self.probes: list[wire.DaemonsItem] = []
        self.duties: Mapping[str, Duty] = {}
        self.rerouted: set[str] = set()
        self.loop = self.new_loop()

    def new_loop(self) -> Loop:
        """A new life on the same disk."""
        projector = Projector(
            self.state,
            NODE_ID,
            stores=self.tables,
            signing_keys=self.keys,
            homes=Homes(self.layout.mail_store),
            clock=self.clock,
            renderers=(1, 2),
        )
        return Loop(
            self.state,
            projector,
            Configurator(self.layout, self.state, [self.driver], clock=self.clock, reload_seconds=0, start_seconds=0),
            send=self.send,
            reload_postfix=self.reload,
            reload_dovecot=self.reload_dovecot,
            follow_logins=self.follow,
            node_changed=lambda item, generation: self.nodes.append((item.hostname, generation)),
            duties_changed=self._set_duties,
            rerouted=self.rerouted.update,
            probe=self.probes.append,
            watch=Watch(self.layout, self.state, projector, self.tables, self.clock),
            clock=self.clock,
        )

    async def send(self, frame: wire.FromAgent) -> None:
        if not self.online:
            raise LinkDown
        self.sent.append(frame)
        self.acknowledged.set()

    async def reload(self) -> None:
        self.reloads += 1

    async def reload_dovecot(self) -> None:
        self.dovecot_reloads += 1

    async def follow(self, logins: Mapping[str, str | None], stale: Iterable[str]) -> None:
        assert logins.keys() >= set(stale)
        self.forgotten += stale

    def _set_duties(self, duties: Mapping[str, Duty]) -> None:
        self.duties = duties

    def restart(self) -> None:
        """Begin a new life on the same disk."""
        self.duties = {}
        self.loop = self.new_loop()

    async def take(self, generation: int, *changes: wire.Change, snapshot: bool = False) -> None:
        await self.loop.received(wire.Changes(generation=generation, changes=changes, snapshot=snapshot))
        await self.loop.tick()

    async def settle_in(self) -> None:
        """Take a first snapshot: the node and a domain with a mailbox."""
        await self.take(1, change(node()), change(domain()), change(mailbox()), snapshot=True)

    @property
    def applied(self) -> wire.Applied:
        assert isinstance(self.sent[-1], wire.Applied)
        return self.sent[-1]

    def rows_of(self, table: Table) -> dict[str, str]:
        return dict(self.tables[table].rows)

    def keys_of(self, table: Table) -> set[str]:
        return set(self.tables[table].rows)
