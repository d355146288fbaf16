"""What leaves after commit: job triggers and signals. Both are hints; the truth they point to is in the database.

A transaction that rolls back sends nothing. A hint that is lost (Valkey away, process killed between commit and send)
costs time only: each job's sweep finds the rows it was about, and each listener also looks by itself now and then.
"""

import asyncio
from typing import Protocol

import msgspec
import structlog

_PATIENCE_SECONDS = 2

_log = structlog.get_logger()


class JobTrigger(msgspec.Struct, frozen=True):
    """Run a job soon; its arguments are ids."""

    name: str
    args: tuple[str, ...] = ()
    after_seconds: float = 0
    """How long the job lets more come together that it is about."""


class Signal(msgspec.Struct, frozen=True):
    """Tell who listens on a channel that something is new."""

    channel: str
    body: str = ""


class Outbox:
    """What one transaction wants sent."""

    def __init__(self) -> None:
        self.jobs: dict[JobTrigger, None] = {}
        self.signals: dict[Signal, None] = {}

    def trigger(self, name: str, *args: str, after_seconds: float = 0) -> None:
        """Run a job after commit, or that much later; the same one asked for twice runs once."""
        self.jobs[JobTrigger(name, args, after_seconds)] = None

    def signal(self, channel: str, body: str = "") -> None:
        """Signal after commit; the same one asked for twice is sent once."""
        self.signals[Signal(channel, body)] = None


class OutboxSender(Protocol):
    """Sends what a committed transaction left."""

    async def send(self, outbox: Outbox) -> None: ...


class JobQueue(Protocol):
    """Where triggers go."""

    async def enqueue(self, trigger: JobTrigger) -> None: ...


class Signaller(Protocol):
    """Where signals go."""

    async def publish(self, signals: list[Signal]) -> None: ...


class Courier:
    """Sends to the queue and the signal channels; a neighbour that is away is logged and left to the sweeps."""

    def __init__(self, queue: JobQueue, signals: Signaller) -> None:
        self._queue = queue
        self._signals = signals

    async def send(self, outbox: Outbox) -> None:
        """Send signals first: a node that waits for work is quicker than a job."""
        if not outbox.signals and not outbox.jobs:
            return
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await self._send(outbox)
        except OSError as error:  # also ConnectionError and TimeoutError
            _log.warning("hints were not sent; sweeps will find the work", action="outbox.unsent", error=str(error))

    async def _send(self, outbox: Outbox) -> None:
        if outbox.signals:
            await self._signals.publish(list(outbox.signals))
        for trigger in outbox.jobs:
            await self._queue.enqueue(trigger)


class Dropped:
    """An outbox sender for where nobody listens: migrations and one-off commands."""

    async def send(self, outbox: Outbox) -> None:
        """Send nothing."""
