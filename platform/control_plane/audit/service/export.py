"""Write a whole log as lines, for keeping elsewhere: NDJSON for programs, CSV for spreadsheets."""

from collections.abc import AsyncGenerator, AsyncIterable
from typing import Literal, TypeAlias

import msgspec

from control_plane.audit.schemas import AuditEntry
from control_plane.core.csv_lines import csv_line

ExportFormat: TypeAlias = Literal["ndjson", "csv"]

MEDIA_TYPES: dict[ExportFormat, str] = {"ndjson": "application/x-ndjson", "csv": "text/csv; charset=utf-8"}

_COLUMNS = (
    "seq",
    "at",
    "actor",
    "actor_id",
    "actor_tenant",
    "on_behalf_of",
    "address",
    "action",
    "target",
    "changes",
    "hash",
)


async def lines(entries: AsyncIterable[AuditEntry], form: ExportFormat) -> AsyncGenerator[bytes]:
    """Write entries, each as one line."""
    if form == "csv":
        yield csv_line(_COLUMNS)
    async for entry in entries:
        yield _row(entry) if form == "csv" else msgspec.json.encode(entry) + b"\n"


def _row(entry: AuditEntry) -> bytes:
    values = (
        entry.seq,
        entry.at.isoformat(),
        entry.actor.name,
        entry.actor.id,
        entry.actor.tenant_id or "",
        entry.on_behalf_of or "",
        entry.address,
        entry.action,
        entry.target,
        msgspec.json.encode(entry.changes).decode(),
        entry.hash,
    )
    return csv_line(values)
