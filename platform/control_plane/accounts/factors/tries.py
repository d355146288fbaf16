"""How often somebody may guess at a second factor: some tries in five minutes, and nobody is locked out for ever."""

from uuid import UUID

from control_plane.core.errors import TooMany
from control_plane.core.valkey import Client

WINDOW_SECONDS = 300
MOST = 8


class TooManyCodes(TooMany):
    """Too many codes that were wrong: wait five minutes, then type the one that your app shows."""

    code = "too_many_codes"


async def count(valkey: Client, user_id: UUID) -> None:
    """Count a try before it is looked at; raises `TooManyCodes`."""
    key = _key(user_id)
    async with valkey.pipeline(transaction=True) as pipeline:
        pipeline.set(key, 0, ex=WINDOW_SECONDS, nx=True)
        pipeline.incr(key)
        pipeline.ttl(key)
        _, tries, seconds_left = await pipeline.execute()
    if int(tries) > MOST:
        raise TooManyCodes(retry_after_seconds=max(int(seconds_left), 1))


async def forget(valkey: Client, user_id: UUID) -> None:
    """Begin anew, after a code was right."""
    await valkey.delete(_key(user_id))


def _key(user_id: UUID) -> str:
    return f"second-factor-tries:{user_id}"
