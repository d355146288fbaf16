"""Challenges that a passkey signs: random, for one purpose and perhaps one person, good once and for five minutes."""

import hashlib
import secrets
from typing import Literal
from uuid import UUID

import msgspec

from control_plane.core.errors import Refused
from control_plane.core.valkey import Client

SECONDS = 300
_BYTES = 32

Purpose = Literal["sign-in", "second", "confirm", "register"]


class PasskeyRefused(Refused):
    """The passkey was not accepted, or it took too long: try once more, or choose another way."""

    code = "passkey_refused"


class _Challenge(msgspec.Struct, frozen=True):
    challenge: bytes
    user_id: UUID | None


class Offer(msgspec.Struct, frozen=True):
    """A new challenge; the handle goes into a cookie, so that only the same browser can answer."""

    handle: str
    challenge: bytes


async def offer(valkey: Client, purpose: Purpose, user_id: UUID | None = None) -> Offer:
    """Make a challenge for a person, or for whoever comes."""
    made = Offer(secrets.token_urlsafe(_BYTES), secrets.token_bytes(_BYTES))
    kept = msgspec.msgpack.encode(_Challenge(made.challenge, user_id))
    await valkey.set(_key(made.handle, purpose), kept, ex=SECONDS)
    return made


async def take(valkey: Client, purpose: Purpose, handle: str, user_id: UUID | None = None) -> bytes:
    """Give the challenge and forget it; raises `PasskeyRefused` when it was for something or somebody else."""
    stored: bytes | None = await valkey.getdel(_key(handle, purpose))
    kept = msgspec.msgpack.decode(stored, type=_Challenge) if stored is not None else None
    if kept is None or kept.user_id != user_id:
        raise PasskeyRefused
    return kept.challenge


def _key(handle: str, purpose: Purpose) -> str:
    return f"passkey-challenge:{purpose}:{hashlib.sha256(handle.encode()).hexdigest()}"
