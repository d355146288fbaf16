"""The life of a domain's DKIM keys: pending, active, retiring, retired. What happens next, and when to look: pure.

A key signs only once it was seen in DNS and the nodes have it. The one before it stops in the same moment, and its
record stays for longer than any queue keeps mail. Each algorithm goes its own way: an Ed25519 record that a customer
never published holds up no RSA key.
"""

import random
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal, TypeAlias
from uuid import UUID

import msgspec

from control_plane.mail_domains.dkim import SLOTS, Algorithm

KeyStatus: TypeAlias = Literal["pending", "active", "retiring", "retired"]
Sight: TypeAlias = Literal["shown", "absent", "unknown"]
"""What DNS says of a key's record; `unknown`: nothing, so nothing follows from it."""

KEPT = timedelta(days=7)
"""So long the record of a key stays that no longer signs: Postfix gives mail up after 5 days, receivers have 2 more."""
SETTLED = {"cname": timedelta(seconds=60), "txt": timedelta(hours=1)}
"""A record is believed when it is seen again so long after the first time: until then, caches may hold its absence."""
ROTATE_DAYS = 180

_SOONEST, _LATEST = timedelta(seconds=2), timedelta(hours=1)
_JITTER = 0.1


class KeyLife(msgspec.Struct, frozen=True, kw_only=True):
    """Where a key is in its life."""

    id: UUID
    selector: str
    algorithm: Algorithm
    status: KeyStatus
    created_at: datetime
    seen_at: datetime | None = None
    activated_at: datetime | None = None
    retiring_at: datetime | None = None
    retired_at: datetime | None = None
    compromised_at: datetime | None = None


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """What happens to which keys, by id."""

    seen: tuple[UUID, ...] = ()
    """Their records were seen for the first time."""
    unseen: tuple[UUID, ...] = ()
    """Their records were seen before, and are not there now."""
    activate: tuple[UUID, ...] = ()
    rest: tuple[UUID, ...] = ()
    """They stop signing."""
    retire: tuple[UUID, ...] = ()

    @property
    def changes_nodes(self) -> bool:
        """Say whether the nodes have to hear of it."""
        return bool(self.activate or self.rest or self.retire)


def advance(
    keys: Sequence[KeyLife], sights: Mapping[str, Sight], now: datetime, *, settle: timedelta, held: bool
) -> Step:
    """Say what happens now; `sights` by selector, `held`: the nodes have all pending keys."""
    waiting = [key for key in keys if key.status == "pending"]
    ready = [key for key in waiting if held and _is_ready(key, keys, sights, now, settle)]
    replaced = [key for key in keys if key.status == "active" and key.algorithm in {new.algorithm for new in ready}]
    due = [key for key in keys if key.retiring_at is not None and key.status == "retiring" and _is_over(key, now)]
    return Step(
        seen=_ids(key for key in waiting if key.seen_at is None and sights.get(key.selector) == "shown"),
        unseen=_ids(key for key in waiting if key.seen_at is not None and sights.get(key.selector) == "absent"),
        activate=_ids(ready),
        rest=_ids(key for key in replaced if key.compromised_at is None),
        retire=_ids([*(key for key in replaced if key.compromised_at is not None), *due]),
    )


def at_rest(keys: Sequence[KeyLife]) -> list[Algorithm]:
    """List the algorithms whose key can be replaced now: one signs, and the other slot is free."""
    return [algorithm for algorithm in SLOTS if _statuses(keys, algorithm) == ["active"]]


def free_slot(keys: Sequence[KeyLife], algorithm: Algorithm, avoid: str | None = None) -> str | None:
    """Give a selector that no living key stands under; rather not the one to be avoided."""
    taken = {key.selector for key in keys if key.status != "retired"}
    free = [selector for selector in SLOTS[algorithm] if selector not in taken]
    return next((selector for selector in free if selector != avoid), free[0] if free else None)


def next_look(keys: Sequence[KeyLife], now: datetime) -> datetime | None:
    """Say when to look again: soon for a young key, ever more rarely for one that nobody publishes."""
    times = [_retires_at(key) for key in keys if key.status == "retiring"]
    for key in keys:
        if key.status == "pending":
            pause: timedelta = (now - key.created_at) / 10
            times.append(now + min(max(pause, _SOONEST), _LATEST))
    return min(times, default=None)


def next_rotation(now: datetime, days: int | None) -> datetime | None:
    """Say when keys are replaced without being asked, some days sooner or later than others'."""
    if days is None:
        return None
    return now + timedelta(days=days) * random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311 no secret


def _is_ready(
    key: KeyLife, keys: Sequence[KeyLife], sights: Mapping[str, Sight], now: datetime, settle: timedelta
) -> bool:
    """Say whether a key may sign: seen now, and long enough ago, unless there is haste."""
    if sights.get(key.selector) != "shown":
        return False
    signing = [other for other in keys if other.status == "active" and other.algorithm == key.algorithm]
    in_haste = not signing or any(other.compromised_at is not None for other in signing)
    return in_haste or (key.seen_at is not None and now - key.seen_at >= settle)


def _retires_at(key: KeyLife) -> datetime:
    assert key.retiring_at is not None, "a retiring key knows since when"
    return key.retiring_at + KEPT


def _is_over(key: KeyLife, now: datetime) -> bool:
    return _retires_at(key) <= now


def _statuses(keys: Sequence[KeyLife], algorithm: Algorithm) -> list[KeyStatus]:
    return [key.status for key in keys if key.algorithm == algorithm and key.status != "retired"]


def _ids(keys: Iterable[KeyLife]) -> tuple[UUID, ...]:
    return tuple(key.id for key in keys)
