"""Sessions of the portal, in Valkey: losing them costs a sign-in. A stolen copy of Valkey holds no usable token.

A session that waits for its second factor is kept apart and opens nothing but the page that asks for it.
"""

import hashlib
import secrets
from datetime import timedelta
from uuid import UUID

import msgspec

from control_plane.accounts.schemas import OwnSession, Session
from control_plane.core.clock import Clock, SystemClock
from control_plane.core.valkey import Client

IDLE_SECONDS = 12 * 3600
"""A session that is not used for so long ends."""
LONGEST = timedelta(days=30)
"""A session ends after that, however much it is used."""
PENDING_SECONDS = 600
"""So long there is to find the second factor."""

_FULL, _PENDING, _INDEX = "session:", "session-pending:", "sessions-of:"
_TOKEN_BYTES = 32
_CLOCK = SystemClock()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _index(user_id: UUID) -> str:
    return f"{_INDEX}{user_id}"


async def create(valkey: Client, session: Session) -> str:
    """Begin a session; gives the token for the cookie."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    digest, index = _digest(token), _index(session.user_id)
    async with valkey.pipeline(transaction=True) as pipeline:
        pipeline.set(_FULL + digest, msgspec.msgpack.encode(session), ex=IDLE_SECONDS)
        pipeline.zadd(index, {digest: session.begun_at.timestamp()})
        pipeline.expire(index, LONGEST)
        await pipeline.execute()
    return token


async def find(valkey: Client, token: str, *, used: bool = True, clock: Clock = _CLOCK) -> Session | None:
    """Give the session that a cookie's token stands for; None when it has ended. Used by a person, it lives on."""
    key = _FULL + _digest(token)
    stored: bytes | None = await (valkey.getex(key, ex=IDLE_SECONDS) if used else valkey.get(key))
    session = _read(stored)
    if session is None or session.begun_at + LONGEST <= clock.now():
        return None
    return session


async def exchange(valkey: Client, token: str, session: Session) -> str:
    """Go on under a new token, which nobody who knew the one before knows; the one before ends."""
    fresh = await create(valkey, session)
    await end(valkey, token)
    return fresh


async def update(valkey: Client, token: str, session: Session) -> None:
    """Change what the session says, without a step up in what it may do."""
    await valkey.set(_FULL + _digest(token), msgspec.msgpack.encode(session), ex=IDLE_SECONDS, xx=True)


async def end(valkey: Client, token: str) -> None:
    """End a session, or one that waits for its second factor."""
    digest = _digest(token)
    await valkey.delete(_FULL + digest, _PENDING + digest)


async def create_pending(valkey: Client, session: Session) -> str:
    """Keep a session that lacks its second factor; gives the token for the cookie."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    await valkey.set(_PENDING + _digest(token), msgspec.msgpack.encode(session), ex=PENDING_SECONDS)
    return token


async def find_pending(valkey: Client, token: str) -> Session | None:
    """Give the session that lacks its second factor; None when it waited too long."""
    return _read(await valkey.get(_PENDING + _digest(token)))


async def list_of(valkey: Client, user_id: UUID, token: str, clock: Clock = _CLOCK) -> list[OwnSession]:
    """List a person's sessions, the one of this token first, then the last used."""
    now, digests = clock.now(), await _digests(valkey, user_id)
    async with valkey.pipeline(transaction=False) as pipeline:
        for digest in digests:
            pipeline.get(_FULL + digest)
            pipeline.ttl(_FULL + digest)
        answers = await pipeline.execute()
    sessions = [
        OwnSession(
            id=digest,
            session=session,
            last_used_at=now - timedelta(seconds=IDLE_SECONDS - int(seconds_left)),
            is_this_one=digest == _digest(token),
        )
        for digest, stored, seconds_left in zip(digests, answers[::2], answers[1::2], strict=True)
        if (session := _read(stored)) is not None and session.begun_at + LONGEST > now
    ]
    await _forget(valkey, user_id, set(digests) - {listed.id for listed in sessions})
    return sorted(sessions, key=lambda listed: (listed.is_this_one, listed.last_used_at), reverse=True)


async def end_one(valkey: Client, user_id: UUID, session_id: str) -> None:
    """End one of a person's sessions by the id that `list_of` gave; another person's is not found among them."""
    if await valkey.zrem(_index(user_id), session_id):
        await valkey.delete(_FULL + session_id)


async def end_others(valkey: Client, user_id: UUID, but_token: str = "") -> None:
    """End all sessions of a person but this one: after a change of what they prove with who they are."""
    kept = _digest(but_token)
    for digest in await _digests(valkey, user_id):
        if digest != kept:
            await end_one(valkey, user_id, digest)


async def _digests(valkey: Client, user_id: UUID) -> list[str]:
    return [digest.decode() for digest in await valkey.zrange(_index(user_id), 0, -1)]


async def _forget(valkey: Client, user_id: UUID, ended: set[str]) -> None:
    if ended:
        await valkey.zrem(_index(user_id), *sorted(ended))


def _read(stored: bytes | None) -> Session | None:
    if stored is None:
        return None
    try:
        return msgspec.msgpack.decode(stored, type=Session)
    except msgspec.MsgspecError:  # written by another version: sign in again
        return None
