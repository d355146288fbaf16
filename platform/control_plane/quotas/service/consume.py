"""Count what a tenant uses, in the transaction in which it does: what is rolled back was not used.

Counting locks the tenant's rows, and those of everybody above it who is limited, until the transaction ends. So count
first when few ask at once (domains, mailboxes), and last when many do (messages).
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from control_plane.core.database import Transaction
from control_plane.quotas.errors import QuotaExceeded, exceeded
from control_plane.quotas.queries import counts as queries
from control_plane.quotas.resources import Resource, window_of
from control_plane.quotas.schemas import Count

TELL_JOB = "quotas.tell"
_USUAL_MAILBOX_BYTES = 1_000_000_000
_ANY_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)
"""For what has no window."""


async def count(tx: Transaction, amounts: Mapping[Resource, int], now: datetime | None = None) -> list[Count]:
    """Count all amounts for the bound tenant or, if one does not fit, none of them; windows need the moment."""
    counts = await queries.consume(tx, amounts, _moment(amounts, now))
    if any(each.news for each in counts):
        tx.outbox.trigger(TELL_JOB)
    return counts


async def take(tx: Transaction, amounts: Mapping[Resource, int], now: datetime | None = None) -> None:
    """Count all amounts; raises `QuotaExceeded`."""
    counts = await count(tx, amounts, now)
    if not all(each.fits for each in counts):
        raise exceeded([each for each in counts if _refused(each, amounts)], _moment(amounts, now))


async def hold(tx: Transaction, *resources: Resource, now: datetime | None = None) -> list[Count]:
    """Lock the counters of resources and give how they stand; to be counted later in this transaction."""
    return await count(tx, dict.fromkeys(resources, 0), now)


async def give_back(tx: Transaction, amounts: Mapping[Resource, int]) -> None:
    """Count what is not there any more; what was sent is not given back."""
    await count(tx, {resource: -amount for resource, amount in amounts.items()})


async def storage_for(tx: Transaction, wanted_bytes: int) -> int:
    """Give the size of a mailbox for the size that was asked for: where storage is limited, "no limit" is 1 GB."""
    [standing] = await hold(tx, "storage_bytes")
    return wanted_bytes or (0 if standing.room is None else _USUAL_MAILBOX_BYTES)


def refusal(counts: list[Count], now: datetime) -> QuotaExceeded:
    """Describe what stands in the way."""
    return exceeded(counts, now)


def _refused(count: Count, amounts: Mapping[Resource, int]) -> bool:
    return count.room is not None and amounts[count.resource] > count.room


def _moment(resources: Iterable[Resource], now: datetime | None) -> datetime:
    if now is not None:
        return now
    assert all(window_of(each) is None for each in resources), "what is counted in windows needs a moment"
    return _ANY_MOMENT
