"""When a used address may be somebody else's: what they get must not be burnt by what others sent."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

COOL_DOWN = timedelta(days=30)


class Use(msgspec.Struct, frozen=True, kw_only=True):
    """How an address was used by the one who has it or had it last."""

    owner: UUID | None
    """The tenant whose dedicated pool it is or was in; None: it is shared."""
    sent: int
    burnt: bool
    """It was listed or quarantined for what was sent from it."""


def cools_until(use: Use, now: datetime, before: datetime | None = None) -> datetime | None:
    """Say until when a released address cools down; one that never sent need not, but for what was left of before."""
    if use.sent or use.burnt:
        return now + COOL_DOWN
    return before if before is not None and before > now else None


def may_have(use: Use, new_owner: UUID | None, cool_until: datetime | None, now: datetime) -> bool:
    """Say whether a released address may be this owner's now; who had it last takes it back as it is."""
    return use.owner == new_owner or cool_until is None or cool_until <= now


def may_move(use: Use, new_owner: UUID | None) -> bool:
    """Say whether a drained address may go to another pool without being released."""
    return use.owner == new_owner or not (use.sent or use.burnt)
