"""Reports grow old (fleet role)."""

from datetime import date
from uuid import UUID

from control_plane.core.database import Connection

_ROLLED_UP = ("dmarc_rows", "dmarc_days", "tls_rows")
_ARRIVED = ("dmarc_reports", "tls_reports", "complaints")


async def forget(connection: Connection, before: date, before_id: UUID) -> None:
    """Delete what is about days before one, and what arrived before it."""
    for table in _ROLLED_UP:
        await connection.execute(f"delete from {table} where day < $1", before)  # noqa: S608  made of our own names
    for table in _ARRIVED:
        await connection.execute(f"delete from {table} where id < $1", before_id)  # noqa: S608  made of our own names
