"""Take files of addresses in, and show how far they are."""

from collections.abc import AsyncIterable
from uuid import UUID

import msgspec

from control_plane.audit import service as audit
from control_plane.core import ids
from control_plane.core.auth import Subject
from control_plane.core.clock import Clock
from control_plane.core.database import Database
from control_plane.core.errors import Invalid, NotFound
from control_plane.core.pagination import Page, cursor
from control_plane.core.tenancy import bound_tenant, require_all_domains
from control_plane.suppressions.errors import TooManyImports
from control_plane.suppressions.import_lines import Defaults, Form
from control_plane.suppressions.parts import LineTooLong, parts
from control_plane.suppressions.queries import imports as queries
from control_plane.suppressions.queries.imports import ImportRow
from control_plane.suppressions.schemas import ImportFault, SuppressionImport
from control_plane.suppressions.service.add import who
from control_plane.suppressions.service.importing import IMPORT_JOB
from control_plane.suppressions.service.reach import require_reach

IMPORT_PREFIX = "imp"
_MOST_OPEN = 3
_faults = msgspec.json.Decoder(tuple[ImportFault, ...])


async def take_upload(
    db: Database, clock: Clock, subject: Subject, chunks: AsyncIterable[bytes], form: Form, defaults: Defaults
) -> SuppressionImport:
    """Store a file as it comes in, and have it imported; raises `TooManyImports`, `Invalid`, `Forbidden`."""
    require_all_domains()
    require_reach(subject, for_clients=defaults.for_clients)
    import_id = await _begin(db, clock, form, defaults)
    try:
        await _store(db, import_id, chunks)
    except BaseException:
        async with db.tenant_tx() as tx:
            await queries.drop(tx.connection, bound_tenant(), import_id)
        raise
    async with db.tenant_tx() as tx:
        await queries.set_waiting(tx.connection, bound_tenant(), import_id, clock.now())
        tx.outbox.trigger(IMPORT_JOB, str(bound_tenant()), str(import_id))
        told = {"reason": defaults.reason, "stream": defaults.stream, "for_clients": defaults.for_clients}
        audit.record(tx, "suppressions.import", ids.encode(IMPORT_PREFIX, import_id), after=told)
    return await find_import(db, ids.encode(IMPORT_PREFIX, import_id))


def form_of(name: str) -> Form:
    """Say what a file or its media type is, by its name."""
    return "jsonl" if "json" in name.lower() else "csv"


async def find_import(db: Database, import_id: str) -> SuppressionImport:
    """Show an import of the bound tenant; raises `NotFound`."""
    async with db.tenant_tx() as tx:
        row = await queries.find(tx.connection, bound_tenant(), ids.decode(IMPORT_PREFIX, import_id))
    if row is None:
        raise NotFound
    return _view(row)


async def list_imports(db: Database, limit: int, after: str | None) -> Page[SuppressionImport]:
    """Give a page of the bound tenant's imports, newest first."""
    last = cursor(IMPORT_PREFIX, after)
    async with db.tenant_tx() as tx:
        rows = await queries.page(tx.connection, bound_tenant(), limit + 1, last)
    data = tuple(map(_view, rows[:limit]))
    return Page(data, data[-1].id if len(rows) > limit else None)


async def _begin(db: Database, clock: Clock, form: Form, defaults: Defaults) -> UUID:
    import_id = ids.new_uuid()
    async with db.tenant_tx() as tx:
        if not await queries.insert(
            tx.connection, bound_tenant(), import_id, form, defaults, who(), clock.now(), _MOST_OPEN
        ):
            raise TooManyImports
    return import_id


async def _store(db: Database, import_id: UUID, chunks: AsyncIterable[bytes]) -> None:
    """Store each part by itself: a slow upload holds no connection."""
    place = 0
    try:
        async for part in parts(chunks):
            async with db.tenant_tx() as tx:
                await queries.add_part(tx.connection, bound_tenant(), import_id, place, part)
            place += 1
    except LineTooLong as error:
        raise Invalid("Send one address in each line: there is one of more than half a megabyte.") from error


def _view(row: ImportRow) -> SuppressionImport:
    done = 1.0 if row.status == "finished" else row.bytes_read / row.bytes if row.bytes else 0.0
    names = ("status", "for_clients", "lines", "added", "known", "failed", "created_by", "created_at", "finished_at")
    fields = {name: getattr(row, name) for name in names}
    fields |= {
        "id": ids.encode(IMPORT_PREFIX, row.id),
        "progress": round(done, 3),
        "faults": _faults.decode(row.faults),
    }
    return msgspec.convert(fields, SuppressionImport)
