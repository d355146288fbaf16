"""Slows down guessing of passwords: a window per address and one per place of origin, and nobody is locked for ever."""

import hashlib

import structlog
from redis.exceptions import RedisError

from control_plane.core.errors import TooMany
from control_plane.core.valkey import Client

WINDOW_SECONDS = 300
TRIES_PER_EMAIL = 10
TRIES_PER_ORIGIN = 50

_log = structlog.get_logger()


class TooManySignIns(TooMany):
    """Too many attempts to sign in: wait five minutes and try again, or set a new password."""

    code = "too_many_sign_ins"


async def count_try(valkey: Client, email: str, origin: str) -> None:
    """Count an attempt; raises `TooManySignIns`. Without Valkey nobody could sign in anyway: it holds the sessions."""
    limits = {f"email:{email}": TRIES_PER_EMAIL, f"origin:{origin}": TRIES_PER_ORIGIN}
    for what, limit in limits.items():
        count, seconds_left = await _count(valkey, _key(what))
        if count > limit:
            raise TooManySignIns(retry_after_seconds=max(seconds_left, 1))


async def forget(valkey: Client, email: str) -> None:
    """Begin the address's window anew, after its password was right."""
    try:
        await valkey.delete(_key(f"email:{email}"))
    except RedisError as error:
        _log.warning("a sign-in window was not reset", action="accounts.throttle", error=str(error))


def _key(what: str) -> str:
    return "sign-in:" + hashlib.sha256(what.encode()).hexdigest()


async def _count(valkey: Client, key: str) -> tuple[int, int]:
    """Count a try; gives the number of tries and how many seconds the window has left."""
    async with valkey.pipeline(transaction=True) as pipeline:
        pipeline.set(key, 0, ex=WINDOW_SECONDS, nx=True)
        pipeline.incr(key)
        pipeline.ttl(key)
        _, count, seconds_left = await pipeline.execute()
    return int(count), int(seconds_left)
