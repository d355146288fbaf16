"""Everything that a tenant owns, as lines of JSON: `{"table": "mailboxes", "row": {…}}`, without secrets.

It is read page by page, each in a transaction of its own: a reader who is slow holds nothing up. So what changes
meanwhile may be in it or not. `messages.content` is base64 of MessagePack. Large files follow their table `blobs` in
pieces, as rows of `blob_contents`: in order, each in base64.
"""

import base64
from collections.abc import AsyncGenerator
from uuid import UUID

import msgspec

from control_plane.audit import service as audit
from control_plane.blobs import service as blobs_service
from control_plane.core.blobs import BlobGone, Blobs, StoredBlob
from control_plane.core.clock import Clock
from control_plane.core.database import Database
from control_plane.core.ids import TenantId, encode
from control_plane.core.tenancy import acting_for, bound_tenant
from control_plane.tenants.queries import export as queries
from control_plane.tenants.service.clients import PREFIX

_ROWS = 200
_FILES = "blobs"


async def export(db: Database, clock: Clock, blobs: Blobs) -> AsyncGenerator[bytes]:
    """Begin an export of the bound tenant, and give its lines; that it was asked for stands in the audit log."""
    tenant_id = bound_tenant()
    async with db.tenant_tx() as tx:
        audit.record(tx, "account.export", encode(PREFIX, tenant_id))
        tables, people = await queries.tables(tx.connection), await queries.people(tx.connection)
    head = f'{{"export": "{encode(PREFIX, tenant_id)}", "at": "{clock.now().isoformat()}", "version": 1}}\n'
    return _lines(db, blobs, tenant_id, head + _written("people", people), tables)


async def _lines(
    db: Database, blobs: Blobs, tenant_id: TenantId, head: str, tables: list[str]
) -> AsyncGenerator[bytes]:
    yield head.encode()
    for table in tables:
        async for part in _table(db, tenant_id, table):
            yield part
        if table == _FILES:
            async for part in _files(db, blobs, tenant_id):
                yield part


async def _files(db: Database, blobs: Blobs, tenant_id: TenantId) -> AsyncGenerator[bytes]:
    after, goes_on = UUID(int=0), True
    while goes_on:
        with acting_for(tenant_id):
            async with db.tenant_tx() as tx:
                found = await blobs_service.page(tx, after, _ROWS)
        for blob in found:
            async for part in _file(blobs, blob):
                yield part
        goes_on = len(found) == _ROWS
        after = found[-1].id if found else after


async def _file(blobs: Blobs, blob: StoredBlob) -> AsyncGenerator[bytes]:
    """Write a file's pieces; of one that is forgotten meanwhile, those that came by then."""
    try:
        async for piece in blobs.get(blob):
            row = {"blob_id": str(blob.id), "content": base64.b64encode(piece).decode()}
            yield _written("blob_contents", [msgspec.json.encode(row).decode()]).encode()
    except BlobGone:
        return


async def _table(db: Database, tenant_id: TenantId, table: str) -> AsyncGenerator[bytes]:
    after: dict[str, object] | None = None
    while True:
        with acting_for(tenant_id):
            async with db.tenant_tx() as tx:
                rows = await queries.page(tx.connection, table, after, _ROWS)
        if rows:
            yield _written(table, [row.row for row in rows]).encode()
        if len(rows) < _ROWS:
            return
        after = rows[-1].key


def _written(table: str, rows: list[str]) -> str:
    return "".join(f'{{"table": "{table}", "row": {row}}}\n' for row in rows)
