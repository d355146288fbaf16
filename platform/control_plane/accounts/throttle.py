"""Slows down guessing of passwords and mailing of links; nobody is locked out for ever.

A browser that the person has signed in from before has a window of its own, so that nobody else's tries count against
them. All others are counted by address and origin together, by origin, and, with more patience, by address.
"""

import hashlib
from ipaddress import IPv6Network, ip_address

import structlog
from redis.exceptions import RedisError

from control_plane.core.errors import TooMany, Unavailable
from control_plane.core.valkey import Client

WINDOW_SECONDS = 300
TRIES_PER_PAIR = 10
"""Of one address from one origin, and of one known browser."""
TRIES_PER_EMAIL = 100
"""Of one address from anywhere: many machines that guess together. A mailed link still lets its owner in."""
TRIES_PER_ORIGIN = 50

LINK_WINDOW_SECONDS = 900
LINKS_PER_EMAIL = 5
LINKS_PER_ORIGIN = 30
DAY_SECONDS = 24 * 3600
LINKS_PER_DAY = 12
"""To one address, whoever asks; but a browser that the person has signed in from has a window of its own here too."""

_IPV6_HOME = 64
"""One household or server has that many bits of an IPv6 address for itself."""

_log = structlog.get_logger()


class TooManySignIns(TooMany):
    """Too many attempts to sign in: wait five minutes and try again, or have a link mailed to you."""

    code = "too_many_sign_ins"


class TooManyLinks(TooMany):
    """Too many links were asked for from where you are: wait some minutes and try again."""

    code = "too_many_links"


class SignInAway(Unavailable):
    """Sign-in is not possible just now: try again in a moment. Mail keeps flowing meanwhile."""

    code = "sign_in_unavailable"


async def count_try(valkey: Client, email: str, origin: str, device: str = "") -> None:
    """Count an attempt; raises `TooManySignIns`, or `SignInAway` without Valkey, which holds the sessions too."""
    for what, limit in _limits(email, _place(origin), device).items():
        count, seconds_left = await _count(valkey, what, WINDOW_SECONDS)
        if count > limit:
            raise TooManySignIns(retry_after_seconds=max(seconds_left, 1))


async def may_mail_link(valkey: Client, email: str, origin: str, device: str = "") -> bool:
    """Count a link that is to be mailed; False when the address has had enough. Raises `TooManyLinks`, `SignInAway`."""
    count, seconds_left = await _count(valkey, f"links-origin:{_place(origin)}", LINK_WINDOW_SECONDS)
    if count > LINKS_PER_ORIGIN:
        raise TooManyLinks(retry_after_seconds=max(seconds_left, 1))
    whom = f"links-device:{email} {device}" if device else f"links-email:{email}"
    count, _ = await _count(valkey, whom, LINK_WINDOW_SECONDS)
    if device or count > LINKS_PER_EMAIL:
        return count <= LINKS_PER_EMAIL
    count, _ = await _count(valkey, f"links-day:{email}", DAY_SECONDS)
    return count <= LINKS_PER_DAY


async def forget(valkey: Client, email: str, origin: str, device: str = "") -> None:
    """Begin the windows of this address from here anew, after its password was right."""
    try:
        await valkey.delete(_key(_pair(email, _place(origin))), _key(_device(email, device)))
    except RedisError as error:
        _log.warning("a sign-in window was not reset", action="accounts.throttle", error=str(error))


def _limits(email: str, place: str, device: str) -> dict[str, int]:
    if device:
        return {_device(email, device): TRIES_PER_PAIR}
    # The narrowest first: what it refuses does not count for the wider ones, or one machine alone could fill them.
    return {_pair(email, place): TRIES_PER_PAIR, f"origin:{place}": TRIES_PER_ORIGIN, f"email:{email}": TRIES_PER_EMAIL}


def _pair(email: str, place: str) -> str:
    return f"pair:{email} {place}"


def _device(email: str, device: str) -> str:
    return f"device:{email} {device}"


def _place(origin: str) -> str:
    """Give the network that one machine may have all addresses of."""
    try:
        address = ip_address(origin)
    except ValueError:
        return origin
    return origin if address.version == 4 else str(IPv6Network((address, _IPV6_HOME), strict=False))


def _key(what: str) -> str:
    return "sign-in:" + hashlib.sha256(what.encode()).hexdigest()


async def _count(valkey: Client, what: str, window_seconds: int) -> tuple[int, int]:
    """Count one more; gives the number in this window and how many seconds it has left."""
    try:
        async with valkey.pipeline(transaction=True) as pipeline:
            pipeline.set(_key(what), 0, ex=window_seconds, nx=True)
            pipeline.incr(_key(what))
            pipeline.ttl(_key(what))
            _, count, seconds_left = await pipeline.execute()
    except (RedisError, OSError) as error:
        raise SignInAway from error
    return int(count), int(seconds_left)
