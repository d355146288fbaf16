"""Note bounces as they are stored, in the same transaction, of either role."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from control_plane.bounces import rules
from control_plane.bounces.queries import counts, strikes
from control_plane.bounces.schemas import Bounced
from control_plane.core.database import Transaction
from control_plane.suppressions import service as suppressions
from control_plane.suppressions.schemas import NewSuppression, Reason

_LONGEST_EXAMPLE = 500


async def note(tx: Transaction, bounces: Sequence[Bounced], now: datetime) -> None:
    """Count newly stored bounces, and suppress the addresses that they end mail to."""
    if not bounces:
        return
    await counts.count(
        tx.connection,
        [each.tenant_id for each in bounces],
        [each.delivery_id for each in bounces],
        [each.bounce_class for each in bounces],
        [each.reply[:_LONGEST_EXAMPLE] for each in bounces],
        now,
    )
    await follow(tx, bounces, now)


async def follow(tx: Transaction, bounces: Sequence[Bounced], now: datetime) -> None:
    """Suppress the addresses that bounces end mail to, and count nothing."""
    found = rules.consequences(bounces)
    await _suppress(tx, found.hard, "hard_bounce", now)
    await _suppress(tx, await _third_strikes(tx, found.soft, now), "soft_bounce", now)


async def _third_strikes(tx: Transaction, soft: Sequence[Bounced], now: datetime) -> list[Bounced]:
    if not soft:
        return []
    struck_out = await strikes.strike(
        tx.connection,
        [each.tenant_id for each in soft],
        [each.recipient for each in soft],
        [each.delivery_id for each in soft],
        [each.at for each in soft],
        [each.bounce_class for each in soft],
        now - rules.SOFT_WITHIN,
        rules.SOFT_STRIKES,
    )
    return [each for each in soft if (each.tenant_id, each.recipient.lower()) in struck_out]


async def _suppress(tx: Transaction, bounces: Sequence[Bounced], reason: Reason, now: datetime) -> None:
    by_tenant: dict[UUID, dict[str, NewSuppression]] = defaultdict(dict)
    for each in bounces:
        by_tenant[each.tenant_id][each.recipient.lower()] = NewSuppression(
            email=each.recipient,
            reason=reason,
            source="bounce",
            note=each.reply,
            message_id=each.message_id,
            delivery_id=each.delivery_id,
        )
    for tenant_id, entries in sorted(by_tenant.items()):
        await suppressions.add_for(tx, tenant_id, list(entries.values()), now)
