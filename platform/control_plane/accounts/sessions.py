"""Sessions of the portal, in Valkey: losing them costs a sign-in. A stolen copy of Valkey holds no usable token."""

import hashlib
import secrets

import msgspec

from control_plane.accounts.schemas import Session
from control_plane.core.valkey import Client

IDLE_SECONDS = 12 * 3600
"""A session that is not used for so long ends."""

_PREFIX = "session:"
_TOKEN_BYTES = 32


def _key(token: str) -> str:
    return _PREFIX + hashlib.sha256(token.encode()).hexdigest()


async def create(valkey: Client, session: Session) -> str:
    """Begin a session; gives the token for the cookie."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    await valkey.set(_key(token), msgspec.msgpack.encode(session), ex=IDLE_SECONDS)
    return token


async def find(valkey: Client, token: str, *, used: bool = True) -> Session | None:
    """Give the session that a cookie's token stands for; None when it has ended. Used by a person, it lives on."""
    key = _key(token)
    stored: bytes | None = await (valkey.getex(key, ex=IDLE_SECONDS) if used else valkey.get(key))
    if stored is None:
        return None
    try:
        return msgspec.msgpack.decode(stored, type=Session)
    except msgspec.DecodeError:  # written by another version: sign in again
        return None


async def end(valkey: Client, token: str) -> None:
    """End a session."""
    await valkey.delete(_key(token))
