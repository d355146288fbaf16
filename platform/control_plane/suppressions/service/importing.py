"""Read what was uploaded into the list, part by part: each in one transaction, so that a worker may die at any time."""

from datetime import timedelta
from typing import cast
from uuid import UUID

import msgspec

from control_plane.core import ids
from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction
from control_plane.core.tenancy import acting_for
from control_plane.core.threads import in_thread
from control_plane.suppressions.import_lines import Defaults, Fault, Form, ReadPart, read_part
from control_plane.suppressions.queries import add as adding
from control_plane.suppressions.queries import imports as queries
from control_plane.suppressions.queries.imports import ImportRow, Progress
from control_plane.suppressions.schemas import Reason
from control_plane.suppressions.service.add import store
from control_plane.webhooks import service as webhooks

IMPORT_JOB = "suppressions.import"
CHANNEL = "suppression-import"
_AT_ONCE = 5000
_FAULTS_KEPT = 100
_MOST_FOUND = 100
_UPLOAD_MAY_TAKE = timedelta(hours=2)
_FINISHED = "import.finished"

_faults = msgspec.json.Decoder(list[Fault])


class Importer:
    """Works on imports."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def run(self, tenant_id: UUID, import_id: UUID) -> None:
        """Read one import to its end, unless another worker is at it."""
        with acting_for(tenant_id):
            while await self._step(tenant_id, import_id):
                pass

    async def _step(self, tenant_id: UUID, import_id: UUID) -> bool:
        """Read one part; says whether there may be another."""
        async with self._db.tenant_tx() as tx:
            row = await queries.claim(tx.connection, tenant_id, import_id)
            if row is None:
                return False
            content = await queries.take_part(tx.connection, tenant_id, import_id)
            if content is None:
                await self._finish(tx, tenant_id, row)
            else:
                await self._read(tx, tenant_id, row, content)
            tx.outbox.signal(f"{CHANNEL}:{ids.encode('imp', import_id)}")
        return content is not None

    async def _read(self, tx: Transaction, tenant_id: UUID, row: ImportRow, content: bytes) -> None:
        defaults = Defaults(cast("Reason", row.reason), row.stream or None, row.for_clients)  # type: ignore[arg-type]
        part = await in_thread(read_part, content, cast("Form", row.form), defaults, row.columns, row.lines)
        added, now = 0, self._clock.now()
        for start in range(0, len(part.entries), _AT_ONCE):
            some = part.entries[start : start + _AT_ONCE]
            added += len(await store(tx, tenant_id, some, now, row.created_by))
        await queries.save_progress(tx.connection, tenant_id, row.id, _progress(row, part, added, len(content)))

    async def _finish(self, tx: Transaction, tenant_id: UUID, row: ImportRow) -> None:
        now, event_id = self._clock.now(), ids.new_uuid()
        await queries.finish(tx.connection, tenant_id, row.id, now)
        counts = {name: getattr(row, name) for name in ("lines", "added", "known", "failed")}
        data = {"import_id": ids.encode("imp", row.id), "kind": "suppressions", **counts}
        told = msgspec.json.encode(data).decode()
        await adding.store_events(tx.connection, tenant_id, _FINISHED, [event_id], [""], [told], now)
        await webhooks.fan_out(tx, [tenant_id], [event_id], [_FINISHED])


async def trigger_waiting(db: Database) -> None:
    """Find what no trigger came for, and what a lost worker left."""
    async with db.fleet_tx() as tx:
        for tenant_id, import_id in await queries.waiting(tx.connection, _MOST_FOUND):
            tx.outbox.trigger(IMPORT_JOB, str(tenant_id), str(import_id))


async def forget_uploads(db: Database, clock: Clock) -> None:
    """Forget uploads that were broken off."""
    async with db.fleet_tx() as tx:
        await queries.forget_uploads(tx.connection, clock.now() - _UPLOAD_MAY_TAKE)


def _progress(row: ImportRow, part: ReadPart, added: int, size: int) -> Progress:
    kept = (_faults.decode(row.faults) + list(part.faults))[:_FAULTS_KEPT]
    return Progress(
        columns=part.columns,
        lines=part.lines,
        added=added,
        known=len(part.entries) - added,
        failed=len(part.faults),
        faults=msgspec.json.encode(kept).decode(),
        bytes_read=size,
    )
