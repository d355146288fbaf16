"""What an event looks like, wherever it is told: to a webhook or to who asks."""

from datetime import datetime

import msgspec


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened; a webhook's body is the same without `id`, which is in `data` too."""

    id: str
    type: str
    timestamp: datetime
    tenant_id: str
    data: dict[str, object]


class EventPage(msgspec.Struct, frozen=True, kw_only=True):
    """Events after a position, in the order in which they were stored."""

    data: tuple[Event, ...]
    next: str
    """The position to go on from; keep it, also when there was nothing."""
    more: bool
    """Whether there is more to read at once."""
