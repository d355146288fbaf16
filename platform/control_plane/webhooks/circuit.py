"""What becomes of a webhook that fails: held back, asked now and then, disabled in the end. Pure decisions."""

from datetime import datetime, timedelta

import msgspec

from control_plane.webhooks.schemas import DisabledReason

AT_ONCE = 8
"""Messages under way to one webhook, over all workers."""
HELD_BACK_AFTER = 5
"""Tries that failed one after the other; from then on there is one try at a time."""
DISABLED_AFTER = timedelta(days=5)

_FIRST_PAUSE = timedelta(seconds=30)
_LONGEST_PAUSE = timedelta(minutes=30)


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """How a webhook fares."""

    failures: int = 0
    """Tries that failed since one last went well."""
    failures_together: int = 0
    """Of them, those that ended beside others: they say no more than one, and make no pause longer."""
    failing_since: datetime | None = None
    probe_at: datetime | None = None
    """Held back: when the next try may be made."""

    @property
    def is_held_back(self) -> bool:
        """Say whether only single tries are made."""
        return self.probe_at is not None


WELL = Health()


class Round(msgspec.Struct, frozen=True, kw_only=True):
    """What came of some tries that ended together."""

    delivered: int
    failed: int
    gone: bool = False
    """The endpoint answered 410 Gone."""


def room(health: Health, under_way: int, now: datetime) -> int:
    """Say how many messages may be sent now."""
    if health.probe_at is None:
        return max(AT_ONCE - under_way, 0)
    return 1 if health.probe_at <= now and not under_way else 0


def after(health: Health, ended: Round, now: datetime) -> Health:
    """Say how a webhook fares after some tries; one that went well counts for more than those that did not."""
    if ended.delivered:
        return WELL
    if not ended.failed:
        return health
    failures = health.failures + ended.failed
    told = _told(health, ended, now)
    return Health(
        failures=failures,
        failures_together=failures - told,
        failing_since=health.failing_since or now,
        probe_at=health.probe_at if _is_late(health, now) else _probe_at(told, now),
    )


def verdict(health: Health, ended: Round, now: datetime) -> DisabledReason | None:
    """Say why a webhook is to be disabled, if it is."""
    if ended.gone:
        return "gone"
    if health.failing_since is None or not health.is_held_back:
        return None
    return "failing" if now - health.failing_since >= DISABLED_AFTER else None


def _told(health: Health, ended: Round, now: datetime) -> int:
    """Count the failures that say something new: up to the first pause each of them, then one for each single try."""
    before = health.failures - health.failures_together
    if _is_late(health, now):
        return before
    return before + 1 if before >= HELD_BACK_AFTER else min(before + ended.failed, HELD_BACK_AFTER)


def _is_late(health: Health, now: datetime) -> bool:
    """Say whether tries that end now began before their webhook was held back: no other may be under way yet."""
    return health.probe_at is not None and health.probe_at > now


def _probe_at(failures: int, now: datetime) -> datetime | None:
    """Give when the next try may be made: after pauses that double."""
    beyond = failures - HELD_BACK_AFTER
    return now + min(_FIRST_PAUSE * 2 ** min(beyond, 10), _LONGEST_PAUSE) if beyond >= 0 else None
