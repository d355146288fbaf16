"""What an operator watches: how nodes are, what they refused, and how many of each state there are (fleet role)."""

from uuid import UUID

import msgspec

from control_plane.core.database import Transaction
from control_plane.core.ids import encode
from control_plane.nodes.queries import watch as queries
from control_plane.nodes.schemas import Condition, QuarantinedItem

_MOST = 100
_MOST_ERRORS, _LONGEST = 10, 500


class _Said(msgspec.Struct, frozen=True):
    """The parts of a heartbeat that say how a node is."""

    spool_events: int = 0
    inbound_waiting: int = 0
    disk_free_bytes: int | None = None
    disk_total_bytes: int | None = None
    rspamd: dict[str, int] = {}
    certificates: dict[str, int] = {}
    errors: tuple[str, ...] = ()
    clock_off_ms: int | None = None


async def conditions(tx: Transaction) -> dict[str, Condition]:
    """Give how each node is, by its id."""
    return {
        encode("nod", row["id"]): _condition(row["heartbeat"], row["quarantined"]) for row in await queries.all_of(tx)
    }


async def quarantined(tx: Transaction, node_id: UUID) -> list[QuarantinedItem]:
    """List what a node refused, with its reasons; the first hundred."""
    return [
        QuarantinedItem(
            kind=row["kind"],
            key=row["key"],
            tenant_id=None if row["tenant_id"] is None else encode("ten", row["tenant_id"]),
            tenant_name=row["tenant_name"],
            reason=row["quarantined"],
        )
        for row in await queries.quarantined(tx, node_id, _MOST)
    ]


def _condition(heartbeat: str, count: int) -> Condition:
    said = msgspec.json.decode(heartbeat, type=_Said)
    return Condition(
        waiting_events=said.spool_events,
        waiting_mails=said.inbound_waiting,
        disk_free_bytes=said.disk_free_bytes,
        disk_total_bytes=said.disk_total_bytes or None,
        quarantined=count,
        rspamd=said.rspamd,
        certificates=said.certificates,
        clock_off_seconds=None if said.clock_off_ms is None else round(said.clock_off_ms / 1000),
        errors=tuple(text[:_LONGEST] for text in said.errors[:_MOST_ERRORS]),
    )
