"""When a domain is checked again without being asked: soon where something changes, else now and then."""

from datetime import datetime, timedelta

from control_plane.mail_domains.life import CLAIM_LASTS, Life

_FIRST = timedelta(minutes=1)
_MOST = timedelta(hours=6)
_LEAST_FLAWED = timedelta(minutes=5)
_AFTER_SILENCE = timedelta(minutes=20)
"""When DNS gave no answer: long enough for an outage to pass, and not a whole round."""
_LOST_AND_FORGOTTEN = timedelta(days=1)
_JITTER = 0.1


def next_check(life: Life, now: datetime, *, chance: float, silent: bool = False) -> datetime | None:
    """Give the time of the next check; None for a claim that has expired.

    `chance` in [0, 1) spreads checks that were made together; `silent`: something was not to be found out.
    """
    if life.has_expired:
        return None
    pause = min(_pause(life, now), _AFTER_SILENCE) if silent and life.proven_at else _pause(life, now)
    return now + pause * (1 + _JITTER * (2 * chance - 1))


def _pause(life: Life, now: datetime) -> timedelta:
    if life.status == "pending":
        doubled: timedelta = _FIRST * (1 << min(life.checks_failed, 10))
        return min(doubled, _MOST)
    if life.status == "failed" and life.proof_missing_since is not None:
        return _MOST if now - life.proof_missing_since < CLAIM_LASTS else _LOST_AND_FORGOTTEN
    if life.flawed_since is not None:
        return min(max((now - life.flawed_since) / 2, _LEAST_FLAWED), _MOST)
    return _MOST
