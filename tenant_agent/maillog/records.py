"""What a line of Postfix's log can say about a delivery."""

import msgspec

from tenant_agent import wire


class LocalTime(msgspec.Struct, frozen=True, array_like=True):
    """A log line's time: in the machine's zone, to the second, without a year."""

    month: int
    day: int
    hour: int
    minute: int
    second: int


class Activated(msgspec.Struct, frozen=True):
    """The queue manager took a message in hand: for the first time, or for a retry."""

    queue_id: str
    sender: str


class Attempted(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery agent tried a recipient."""

    queue_id: str
    at: LocalTime
    domain: str = ""
    """The recipient's."""
    service: str
    """The transport, as in `out-10-77-1-11`; `lmtp`, `error` and so on for those without a name of their own."""
    relay: str | None
    dsn: str
    status: str
    reply: str
    delays: wire.Delays
    delay_s: float
    tls: str | None


class Expired(msgspec.Struct, frozen=True):
    """The queue manager gave a message up."""

    queue_id: str
    at: LocalTime


class Removed(msgspec.Struct, frozen=True):
    """A message left the queue."""

    queue_id: str
    at: LocalTime
    by_hand: bool
    """With postsuper(1), so without having been delivered."""


class Requeued(msgspec.Struct, frozen=True):
    """A message was taken out of the queue and in anew, under another queue id."""

    queue_id: str
    former_queue_id: str


class Marked(msgspec.Struct, frozen=True):
    """The agent itself wrote this, to know when it has read everything that came before."""

    mark: str


Record = Activated | Attempted | Expired | Removed | Requeued | Marked
