"""A control plane that a test plays by itself, and batches for it to offer."""

import asyncio
import itertools
import secrets
import sqlite3
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import msgspec

from tenant_agent import ledger, wire
from tenant_agent.assignment import Assignment
from tenant_agent.clock import Clock, ManualClock
from tenant_agent.fetched.download import Download
from tenant_agent.layout import Layout
from tenant_agent.link import LinkDown
from tenant_agent.relays.book import RelayBook
from tenant_agent.route import Providers, Router
from tenant_agent.route.providers import Hosts
from tenant_agent.sending import Sending
from tenant_agent.settings import Settings
from tenant_agent.state import State
from tenant_agent.transports import transport_of
from tenant_agent.work import MailWork
from tests.tenant_agent.real_postfix import NODE

MAC = "0123456789"
"""What a test's control plane signs with."""
_numbers = itertools.count()


def new_token() -> str:
    """Make what stands behind `dlv_`: 26 characters, ascending."""
    return f"06g{next(_numbers):07x}{secrets.token_hex(8)}"


def offer(
    recipients: Sequence[str],
    *,
    pool_id: str = "pool_t",
    stream: str = "transactional",
    text: str = "Hello",
    lease_id: str | None = None,
) -> wire.Offer:
    """Make a batch of one message to each recipient."""
    messages, deliveries = [], []
    for number, recipient in enumerate(recipients):
        envelope = wire.Envelope(
            tenant_id="ten_1",
            message_id=f"msg_{new_token()}",
            stream=stream,
            pool_id=pool_id,
            domain="acme.test",
            return_domain="bounce.acme.test",
        )
        content = wire.Content(
            sender=wire.Address("ann@acme.test", "Ann"),
            to=(wire.Address(recipient),),
            subject=f"Order {number}",
            text=text,
        )
        messages.append(
            wire.OfferedMessage(envelope=msgspec.Raw(wire.encode(envelope)), content=msgspec.Raw(wire.encode(content)))
        )
        token = new_token()
        deliveries.append(wire.OfferedDelivery(f"dlv_{token}", number, recipient, f"{token}{MAC}"))
    return wire.Offer(
        lease_id=lease_id or f"lease-{new_token()}",
        expires_in_seconds=60,
        messages=tuple(messages),
        deliveries=tuple(deliveries),
    )


def router(node: wire.NodeItem = NODE, generation: int = 17, *, sending: Sending | None = None) -> Router:
    """Make a router for a node of the tests; DNS knows no domain, and relays are forgotten with the directory."""
    clock = ManualClock()
    made = Router(node, generation, providers=providers_of(clock), relays=relays_of(clock), clock=clock)
    made.set_sending(sending or Sending())
    return made


def providers_of(clock: Clock) -> Providers:
    """Sort domains by their names alone."""
    return Providers(no_hosts, clock)


def relays_of(clock: Clock) -> RelayBook:
    """Know no relays yet; what is remembered of them goes nowhere."""
    return RelayBook(Path("/nonexistent/relays.json"), clock)


async def no_hosts(domain: str) -> Hosts:
    """Answer for DNS that a domain has no mail hosts."""
    return Hosts((), 300)


def way(node: wire.NodeItem = NODE, number: int = 0) -> Assignment:
    """Give a way out from one of a node's addresses."""
    ip = node.ips[number]
    return Assignment(f"{transport_of(ip.address)}:", wire.Route(pool_id=ip.pool_id, ip_id=ip.ip_id, generation=17))


def claim(
    db: sqlite3.Connection, *, now_ms: int = 0, generation: int = 17, most: int = 100, most_bytes: int = 10**9
) -> ledger.Claim:
    """Take what is due in hand, as the injector does."""
    due = ledger.due(db, now_ms=now_ms, most=most, most_bytes=most_bytes)
    return ledger.assign(db, [(delivery, way()) for delivery in due], generation)


class FakeControl:
    """The control plane's end of the link: remembers what it was sent, answers as the real one does."""

    def __init__(self, *, takes: Callable[[str], bool] = lambda _: True, takes_returns: bool = False) -> None:
        self.up = False
        self.answers = True
        self.work: MailWork | None = None
        self.frames: list[wire.FromAgent] = []
        self.events: list[wire.Event] = []
        self.returned: tuple[wire.Returned, ...] = ()
        self.takes_returns = takes_returns
        self._takes = takes
        self._tasks: set[asyncio.Task[None]] = set()

    async def send(self, frame: wire.FromAgent) -> None:
        """Take a frame; frames cross the wire as bytes here, too."""
        if not self.up:
            raise LinkDown
        crossed = wire.decode_from_agent(wire.encode(frame))
        assert crossed == frame
        self.frames.append(frame)
        if not self.answers or self.work is None:
            return
        if isinstance(frame, wire.Take):
            self._later(self.work.taken(wire.Taken(lease_id=frame.lease_id, yours=self._takes(frame.lease_id))))
        elif isinstance(frame, wire.Return):
            self.returned += frame.deliveries
            self._later(self.work.accepted(wire.Accepted(batch=frame.batch)))
        elif isinstance(frame, wire.Report):
            self.events += frame.events
            self._later(self.work.received(wire.Received(batch=frame.batch)))

    async def connect(self, work: MailWork) -> None:
        """Bring the link up."""
        self.up, self.work = True, work
        await work.connected(takes_returns=self.takes_returns)

    async def disconnect(self) -> None:
        """Break the link; answers that are under way are lost."""
        self.up = False
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self.work is not None:
            await self.work.disconnected()

    async def offer(self, batch: wire.Offer) -> None:
        """Offer a batch over the wire."""
        assert self.work is not None
        frame = wire.decode_from_control(wire.encode(batch))
        assert isinstance(frame, wire.Offer)
        await self.work.offered(frame)

    @property
    def credit(self) -> int:
        """Sum up what was asked for."""
        return sum(frame.deliveries for frame in self.frames if isinstance(frame, wire.Credit))

    def types_of(self, delivery: wire.OfferedDelivery) -> list[str]:
        """Give the types of a delivery's events in the order of their arrival."""
        return [event.type for event in self.events if event.delivery_id == delivery.delivery_id]

    def _later(self, answer: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(answer)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


@asynccontextmanager
async def mail_work(
    layout: Layout,
    control: FakeControl,
    *,
    node: wire.NodeItem = NODE,
    capacity: int = 500,
    download: Download | None = None,
) -> AsyncIterator[MailWork]:
    """Give a mail path at work, connected to `control`."""
    nowhere = Path("/nonexistent")
    settings = Settings(
        control_url="https://control.test",
        ca_file=None,
        enrolment_token_file=nowhere,
        tls_certificate=nowhere,
        tls_key=nowhere,
        layout=layout,
    )
    State(layout.state_database).close()
    work = MailWork(settings, control, capacity=capacity)
    work.set_node(node, 17)
    if download is not None:
        work.fetch_by(download)
    task = asyncio.create_task(work.run())
    await control.connect(work)
    try:
        yield work
    finally:
        await control.disconnect()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
