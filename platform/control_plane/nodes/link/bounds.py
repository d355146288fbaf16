"""What an agent may say, cut to what can be stored: it is a machine that may be broken or in foreign hands.

What many nodes say is written down together, so what one of them says must never be refused by the database.
"""

from itertools import islice
from math import isfinite
from typing import TypeVar

import msgspec

from tenant_agent import wire

MOST_BYTES = 16 * 1024 * 1024
"""Of one frame: a thousand events, or the digests of a hundred thousand tenants."""
_MOST_BYTES_OF: dict[type[object], int] = {
    wire.Heartbeat: 2 * 1024 * 1024,
    wire.Return: 2 * 1024 * 1024,  # 500 deliveries, and why
    wire.Take: 1024,
    wire.Credit: 1024,
}
"""Of frames that many are kept of while the database is slow, or that are kept themselves."""
_MOST_ENTRIES = 20_000
_LONGEST_TEXT = 2_000
_LONGEST_DIFF = 64 * 1024
_LONGEST_NONCE = 64
_LARGEST_NUMBER = 2**53 - 1
"""As large as JSON can be trusted with: six of them added up can still be stored and shown."""
_MOST_QUEUES, _LONGEST_QUEUE = 20, 10**8
_NEVER_BELOW_ZERO = ("spool_events", "inbound_waiting", "disk_free_bytes", "disk_total_bytes")

_Frame = TypeVar("_Frame", bound=wire.FromAgent)


class OutOfBounds(Exception):
    """No agent of ours says that."""


def within(frame: wire.FromAgent, size: int) -> wire.FromAgent:
    """Cut a frame of so many bytes; raises `OutOfBounds` where cutting would make something else of it."""
    if size > _MOST_BYTES_OF.get(type(frame), MOST_BYTES):
        raise OutOfBounds("the frame is too large")
    match frame:
        case wire.Hello():
            if len(frame.nonce) > _LONGEST_NONCE:
                raise OutOfBounds("the nonce is too long")
            return _cut(frame)
        case wire.Heartbeat():
            return _counted(_cut(frame))
        case (
            wire.Applied()
            | wire.Drifted()
            | wire.Configured()
            | wire.Credit()
            | wire.Return()
            | wire.Moved()
            | wire.Probed()
        ):
            return _cut(frame)
        case wire.Take() | wire.Report() | wire.Digests():  # whoever reads them looks at every part
            return frame


def _counted(beat: wire.Heartbeat) -> wire.Heartbeat:
    """Let there be as many mails in the queues as can be; they are added up."""
    queues = islice(beat.queue.items(), _MOST_QUEUES)
    queue = {name: max(0, min(mails, _LONGEST_QUEUE)) for name, mails in queues}
    numbers = {name: max(0, getattr(beat, name)) for name in _NEVER_BELOW_ZERO}
    return msgspec.structs.replace(beat, queue=queue, **numbers)


def _cut(frame: _Frame) -> _Frame:
    longest = _LONGEST_DIFF if isinstance(frame, wire.Configured) else _LONGEST_TEXT
    fields = {name: _bounded(getattr(frame, name), longest) for name in frame.__struct_fields__}
    return msgspec.structs.replace(frame, **fields)


def _bounded(value: object, longest: int) -> object:
    match value:
        case str():
            return value[:longest].replace("\0", "\N{REPLACEMENT CHARACTER}")
        case bool():
            return value
        case int():
            return max(-_LARGEST_NUMBER, min(value, _LARGEST_NUMBER))
        case float():
            return value if isfinite(value) else 0.0
        case dict():
            entries = islice(value.items(), _MOST_ENTRIES)
            return {_bounded(key, longest): _bounded(each, longest) for key, each in entries}
        case tuple():
            return tuple(_bounded(each, longest) for each in value[:_MOST_ENTRIES])
        case msgspec.Struct():
            fields = {name: _bounded(getattr(value, name), longest) for name in value.__struct_fields__}
            return msgspec.structs.replace(value, **fields)
        case _:
            return value
