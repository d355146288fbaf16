"""A whole list as CSV, which the import takes as well."""

from collections.abc import AsyncGenerator
from datetime import datetime

from control_plane.core.csv_lines import csv_line
from control_plane.core.database import Database
from control_plane.suppressions.schemas import Filters, Suppression
from control_plane.suppressions.service.lists import listing

MEDIA_TYPE = "text/csv; charset=utf-8"
COLUMNS = ("email", "reason", "stream", "note", "created_at", "expires_at", "source", "id")
_AT_ONCE = 1000


async def export(db: Database, filters: Filters) -> AsyncGenerator[bytes]:
    """Write the bound tenant's list as lines of CSV, newest first."""
    yield csv_line(COLUMNS)
    async for cells in rows(db, filters):
        yield csv_line(cells)


async def rows(db: Database, filters: Filters) -> AsyncGenerator[list[object]]:
    """Give the cells of each line; a slow reader holds no connection between two batches."""
    after: str | None = None
    while True:
        page = await listing(db, filters, _AT_ONCE, after)
        for each in page.data:
            yield _cells(each)
        after = page.next
        if after is None:
            return


def _cells(each: Suppression) -> list[object]:
    return [_text(getattr(each, name)) for name in COLUMNS]


def _text(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return "" if value is None else value
