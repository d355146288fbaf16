"""Read a log: in pages, as a whole, and its end."""

from collections.abc import AsyncGenerator
from uuid import UUID

import msgspec

from control_plane.audit import queries
from control_plane.audit.chain import Entry
from control_plane.audit.schemas import AuditActor, AuditChange, AuditEntry, AuditHead, Filters
from control_plane.core.clock import in_utc
from control_plane.core.database import Database
from control_plane.core.ids import encode
from control_plane.core.pagination import Page
from control_plane.core.tenancy import bound_tenant

PREFIX = "aud"
_AT_ONCE = 500

_changes = msgspec.json.Decoder(dict[str, tuple[object, object]])


async def listing(db: Database, filters: Filters, after: UUID | None, limit: int) -> Page[AuditEntry]:
    """List the bound tenant's log, newest first."""
    wanted = msgspec.structs.replace(
        filters, since=filters.since and in_utc(filters.since), until=filters.until and in_utc(filters.until)
    )
    async with db.tenant_tx() as tx:
        rows = await queries.page(tx, wanted, after, limit + 1)
    shown = tuple([view(row) for row in rows[:limit]])
    return Page(shown, shown[-1].id if len(rows) > limit else None)


async def head(db: Database) -> AuditHead:
    """Give the end of the bound tenant's log."""
    async with db.tenant_tx() as tx:
        found = await queries.head(tx, bound_tenant())
    return AuditHead(found.seq, found.hash.hex())


async def everything(db: Database) -> AsyncGenerator[AuditEntry]:
    """Give the bound tenant's whole log, oldest first; a slow reader holds no connection between two batches."""
    last = 0
    while True:
        async with db.tenant_tx() as tx:
            rows = await queries.following(tx, last, _AT_ONCE)
        for row in rows:
            yield view(row)
        if len(rows) < _AT_ONCE:
            return
        last = rows[-1].seq


def view(row: Entry) -> AuditEntry:
    """Show a stored entry."""
    actor = AuditActor(
        kind=row.actor_kind, id=row.actor_id, name=row.actor_name, tenant_id=_tenant(row.actor_tenant_id)
    )
    changes = _changes.decode(row.changes)
    return AuditEntry(
        id=encode(PREFIX, row.id),
        seq=row.seq,
        at=row.at,
        actor=actor,
        on_behalf_of=_tenant(row.on_behalf_of),
        address=row.address,
        action=row.action,
        target=row.target,
        changes={name: AuditChange(before, after) for name, (before, after) in changes.items()},
        hash=row.hash.hex(),
    )


def _tenant(tenant_id: UUID | None) -> str | None:
    return None if tenant_id is None else encode("ten", tenant_id)
