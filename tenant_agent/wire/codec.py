"""Frames and items as bytes. A frame of a kind that is not known yet is passed over, so that versions can differ."""

from collections.abc import Hashable
from functools import lru_cache
from typing import TypeVar, cast

import msgspec

from tenant_agent.wire.frames import FromAgent, FromControl

_T = TypeVar("_T")


class Unreadable(msgspec.DecodeError):
    """The bytes are no text, or nested without end: msgspec has errors of Python's own for that."""


class _Tagged(msgspec.Struct, frozen=True):
    type: str


_encoder = msgspec.msgpack.Encoder()
_from_agent: msgspec.msgpack.Decoder[FromAgent] = msgspec.msgpack.Decoder(FromAgent)
_from_control: msgspec.msgpack.Decoder[FromControl] = msgspec.msgpack.Decoder(FromControl)
_tagged = msgspec.msgpack.Decoder(_Tagged)


def encode(value: object) -> bytes:
    """Write a frame, an item or a piece of mail."""
    return _encoder.encode(value)


def decode_as(data: bytes, kind: type[_T]) -> _T:
    """Read an item or a piece of mail; raises `msgspec.MsgspecError`, whatever the bytes are."""
    return _read(cast("msgspec.msgpack.Decoder[_T]", _decoder_of(cast("Hashable", kind))), data)


@lru_cache(maxsize=64)
def _decoder_of(kind: Hashable) -> msgspec.msgpack.Decoder[object]:
    return msgspec.msgpack.Decoder(cast("type[object]", kind))


def decode_from_agent(data: bytes) -> FromAgent | None:
    """Read a frame of an agent's, None if its kind is a later version's; raises `msgspec.MsgspecError`."""
    try:
        return _read(_from_agent, data)
    except msgspec.ValidationError:
        if _is_unknown(data, FromAgent):
            return None
        raise


def decode_from_control(data: bytes) -> FromControl | None:
    """Read a frame of the control plane's, None if its kind is a later version's; raises `msgspec.MsgspecError`."""
    try:
        return _read(_from_control, data)
    except msgspec.ValidationError:
        if _is_unknown(data, FromControl):
            return None
        raise


def _read(decoder: msgspec.msgpack.Decoder[_T], data: bytes) -> _T:
    try:
        return decoder.decode(data)
    except (UnicodeDecodeError, RecursionError) as error:
        raise Unreadable(str(error)[:200]) from error


def _is_unknown(data: bytes, union: object) -> bool:
    known = {kind.__name__ for kind in union.__args__}  # type: ignore[attr-defined]
    return _read(_tagged, data).type not in known
