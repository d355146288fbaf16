"""When a certificate is tried for again, when it is renewed, and when its end is told.

Let's Encrypt allows five failed proofs per account, host name and hour, and fifty certificates per registered domain
and week (https://letsencrypt.org/docs/rate-limits/): a pause after a failed proof is never shorter than a quarter of
an hour, and some of the week's fifty are kept for renewals.
"""

from datetime import datetime, timedelta

from control_plane.certificates.problems import Kind

WEEKLY_BUDGET = 40
"""New certificates below one registered domain in seven days; what is left to fifty is for renewals."""
WEEK = timedelta(days=7)
PROOF_PAUSE = timedelta(minutes=15)
"""The shortest between two failed proofs of one name, whoever asks for it."""
WARNINGS = (14, 7, 3, 1)
"""Days before the end on which people are told, if nothing has renewed the certificate."""
FAILED_AFTER = 3
"""Attempts that fail in a row before `certificate.failed` is told."""

_FIRST: dict[Kind, timedelta] = {
    "name": timedelta(minutes=1),
    "authority": timedelta(minutes=1),
    "proof": PROOF_PAUSE,
    "limit": timedelta(hours=1),
    "forgotten": timedelta(seconds=5),
    "operator": timedelta(hours=1),
}
_MOST: dict[Kind, timedelta] = {
    "name": timedelta(hours=6),
    "authority": timedelta(hours=1),
    "proof": timedelta(days=1),
    "limit": timedelta(days=7),
    "forgotten": timedelta(hours=1),
    "operator": timedelta(hours=6),
}
SOONEST_RENEWAL = timedelta(hours=6)
"""After a certificate was issued, whatever the authority says: one whose windows are always open would be asked on."""
_WIDEST_JITTER = 0.2
_LOOK_AGAIN = timedelta(hours=6)


def next_attempt(
    kind: Kind, attempts: int, now: datetime, *, chance: float, retry_after_seconds: int | None = None
) -> datetime:
    """Give the time of the next attempt after so many in a row; `chance` in 0…1 spreads what failed together."""
    if retry_after_seconds is not None:
        pause = max(timedelta(seconds=retry_after_seconds), _FIRST["authority"])
    else:
        pause = min(_FIRST[kind] * (1 << min(max(attempts - 1, 0), 12)), _MOST[kind])
    return now + pause * (1 + _WIDEST_JITTER * chance)


def renewal(not_before: datetime, not_after: datetime, *, chance: float) -> datetime:
    """Give the time to renew where the authority does not say: at two thirds of the life, give or take a thirtieth."""
    life = not_after - not_before
    return not_before + life * (2 / 3 + (chance - 0.5) / 15)


def renewal_in(start: datetime, end: datetime, now: datetime, *, chance: float) -> datetime:
    """Pick a time in the window that the authority gave (RFC 9773 §4.2); one that is over means now."""
    return max(now, start + (end - start) * chance)


def latest_renewal(not_before: datetime, not_after: datetime) -> datetime:
    """Give the time to renew at the latest, whatever the authority says: what goes wrong then can still be mended."""
    return not_after - (not_after - not_before) / 10


def look_again(now: datetime, retry_after_seconds: int | None) -> datetime:
    """Give the time to ask for the window again, between a minute and a day from now (RFC 9773 §4.3.2)."""
    pause = _LOOK_AGAIN if retry_after_seconds is None else timedelta(seconds=retry_after_seconds)
    return now + min(max(pause, timedelta(minutes=1)), timedelta(days=1))


def wished(now: datetime, proof_failed_at: datetime | None) -> datetime:
    """Give the time of an attempt that somebody asks for: now, but never so soon that the authority shuts us out."""
    return now if proof_failed_at is None else max(now, proof_failed_at + PROOF_PAUSE)


def can_wait_for_order(created_at: datetime, now: datetime) -> bool:
    """Say whether an order that does not get on is still worth waiting for."""
    return now - created_at < timedelta(days=1)


def rest_after(probes: int) -> timedelta:
    """Give the pause while our own look at the answer does not find it."""
    return min(timedelta(seconds=20) * (1 << min(probes, 8)), timedelta(hours=1))


def warning(not_after: datetime, now: datetime, warned_days: int | None) -> int | None:
    """Give the number of days that are to be warned of now; None if nothing new is to be said."""
    left = not_after - now
    due = [days for days in WARNINGS if left <= timedelta(days=days)]
    if not due or left <= timedelta(0):
        return None
    nearest = min(due)
    return nearest if warned_days is None or nearest < warned_days else None
