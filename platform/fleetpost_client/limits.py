"""How much of the key's rate is left, as each answer says."""

from collections.abc import Mapping

import msgspec


class RateLimit(msgspec.Struct, frozen=True):
    """What the last answer said."""

    limit: int
    """Requests that may come at once."""
    remaining: int
    reset_seconds: int
    """Until all of them may come again."""


def rate_limit_of(headers: Mapping[str, str]) -> RateLimit | None:
    """Read an answer's headers; None where it was not counted."""
    told = [headers.get(f"ratelimit-{name}", "") for name in ("limit", "remaining", "reset")]
    if not all(each.isascii() and each.isdecimal() for each in told):
        return None
    limit, remaining, reset_seconds = map(int, told)
    return RateLimit(limit, remaining, reset_seconds)
