"""Read the next events after a position: none is skipped and none comes twice, whoever stores some meanwhile."""

from datetime import datetime, timedelta

import asyncpg
import msgspec

from control_plane.core import ids
from control_plane.core.clock import Clock, in_utc
from control_plane.core.database import Database, Transaction
from control_plane.core.errors import FieldError, Invalid
from control_plane.core.ids import TenantId
from control_plane.core.tenancy import bound_tenant
from control_plane.events import payloads
from control_plane.events.errors import PositionLost
from control_plane.events.kinds import EVENT_TYPES
from control_plane.events.position import START, Position
from control_plane.events.position import read as read_position
from control_plane.events.position import write as write_position
from control_plane.events.queries import reading
from control_plane.events.queries.reading import Horizon, Range
from control_plane.events.schemas import Event, EventPage

KEPT_DAYS = 30
"""Events can be read for so long after they happened."""
MOST_WAIT_SECONDS = 20

_MOST_SCANNED = 5000
"""So many events are looked through in one request for some of the types that are wanted."""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for."""

    after: str | None = None
    since: datetime | None = None
    """Only what happened from then on."""
    types: tuple[str, ...] = ()
    """Empty: all."""
    limit: int = 50


async def read(db: Database, clock: Clock, wanted: Wanted) -> EventPage:
    """Give the next events for the bound tenant; raises `Invalid` and `PositionLost`."""
    _check(wanted.types)
    given = read_position(wanted.after) if wanted.after else None
    async with db.tenant_tx() as tx:
        horizon = await reading.horizon(tx.connection)
        if given and (given[1] != horizon.era or given[0].transaction > horizon.below):
            raise PositionLost
        looked_at = Range(after=given[0] if given else START, below=horizon.below, floor=_floor(clock, wanted.since))
        return await _page(tx, wanted, looked_at, horizon)


async def _page(tx: Transaction, wanted: Wanted, looked_at: Range, horizon: Horizon) -> EventPage:
    tenant_id, types = bound_tenant(), wanted.types or None
    most = _MOST_SCANNED if types else wanted.limit
    rows = await reading.page(tx.connection, tenant_id, looked_at, types, wanted.limit, most)
    reached: Position | None = None
    if len(rows) == wanted.limit:
        reached = Position(int(rows[-1]["stored_in"]), rows[-1]["event_id"])
    elif types:
        reached = await reading.scanned(tx.connection, tenant_id, looked_at, most)
    position = reached or Position(horizon.below)
    events = tuple(_event(row, tenant_id) for row in rows)
    return EventPage(data=events, next=write_position(position, horizon.era), more=reached is not None)


def _floor(clock: Clock, since: datetime | None) -> datetime:
    oldest = clock.now() - timedelta(days=KEPT_DAYS)
    return max(oldest, in_utc(since)) if since else oldest


def _check(types: tuple[str, ...]) -> None:
    unknown = [name for name in types if name not in EVENT_TYPES]
    if unknown:
        raise Invalid(errors=tuple(FieldError("types", f"There is no event type {name[:64]!r}.") for name in unknown))


def _event(row: asyncpg.Record, tenant_id: TenantId) -> Event:
    return Event(
        id=ids.encode("evt", row["event_id"]),
        type=row["type"],
        timestamp=row["at"],
        tenant_id=ids.encode("ten", tenant_id),
        data=payloads.data_of(row),
    )
