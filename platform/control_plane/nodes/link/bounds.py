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
_MOST_BEAT_BYTES = 2 * 1024 * 1024
_MOST_ENTRIES = 20_000
_LONGEST_TEXT = 2_000
_LONGEST_DIFF = 64 * 1024
_LONGEST_NONCE = 64
_LARGEST_NUMBER = 2**63 - 1

_Frame = TypeVar("_Frame", bound=wire.FromAgent)


class OutOfBounds(Exception):
    """No agent of ours says that."""


def within(frame: wire.FromAgent, size: int) -> wire.FromAgent:
    """Cut a frame of so many bytes; raises `OutOfBounds` where cutting would make something else of it."""
    match frame:
        case wire.Hello():
            if len(frame.nonce) > _LONGEST_NONCE:
                raise OutOfBounds("the nonce is too long")
            return _cut(frame)
        case wire.Heartbeat():
            if size > _MOST_BEAT_BYTES:
                raise OutOfBounds("the heartbeat is too large")
            return _cut(frame)
        case wire.Applied() | wire.Drifted() | wire.Configured() | wire.Credit() | wire.Return():
            return _cut(frame)
        case wire.Take() | wire.Report() | wire.Digests():  # whoever reads them looks at every part
            return frame


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
