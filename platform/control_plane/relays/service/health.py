"""How nodes fare with relays, and what became of mail that left by them."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import msgspec

from control_plane.core.clock import Clock
from control_plane.core.database import Database
from control_plane.core.ids import encode, lower_bound
from control_plane.relays.queries import fleet
from control_plane.relays.queries import relays as queries
from control_plane.relays.queries.relays import RelayRow
from control_plane.relays.schemas import RelayCounts, RelayHealth, RelayTest
from control_plane.relays.service.view import PREFIX

_COUNTED = timedelta(hours=24)
_FIELDS = {
    "message.delivered": "delivered",
    "message.deferred": "deferred",
    "message.bounced": "bounced",
    "message.complained": "complained",
}


async def health_of(db: Database, rows: Sequence[RelayRow]) -> dict[UUID, RelayHealth]:
    """Give what the nodes' last words say of relays; the caller has found that they are the bound tenant's."""
    if not rows:
        return {}
    ids = {encode(PREFIX, row.id): row for row in rows}
    async with db.fleet_tx() as tx:
        said = await fleet.said_of(tx.connection, list(ids))
    found: dict[UUID, RelayHealth] = {}
    for node_id, relay_id, error, probe in said:
        row = ids[relay_id]
        known, test = found.get(row.id, RelayHealth()), _test(row, node_id, probe)
        found[row.id] = _with(known, encode("nod", node_id), error, test)
    return found


async def counts_of(db: Database, clock: Clock, relay_id: UUID) -> RelayCounts:
    """Count what became of the bound tenant's mail that left by a relay in the last 24 hours."""
    since_id = lower_bound(clock.now() - _COUNTED)
    async with db.tenant_tx() as tx:
        counted = await queries.counts(tx.connection, encode(PREFIX, relay_id), since_id)
    return RelayCounts(**{field: counted.get(kind, 0) for kind, field in _FIELDS.items()})


def _with(health: RelayHealth, node_id: str, error: str | None, test: RelayTest | None) -> RelayHealth:
    return RelayHealth(
        failing_on=health.failing_on if error is None else (*health.failing_on, node_id),
        last_error=error or health.last_error,
        tests=health.tests if test is None else (*health.tests, test),
    )


def _test(row: RelayRow, node_id: UUID, probe: str | None) -> RelayTest | None:
    """Read the answer to the last test; one to an earlier test is none."""
    if probe is None or row.probed_at is None:
        return None
    asked, problem = msgspec.json.decode(probe, type=tuple[str, str])
    if asked != row.probe:
        return None
    return RelayTest(node_id=encode("nod", node_id), asked_at=row.probed_at, problem=problem)
