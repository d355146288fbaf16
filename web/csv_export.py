"""A table as a file: rows are written while they are read, page by page, so that any number of them takes no memory."""

from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Callable, Iterable
from typing import TypeVar

from litestar.response import Stream

from control_plane.core.csv_lines import csv_line
from control_plane.core.pagination import LIMIT_MAX, Page

Row = TypeVar("Row")

PER_PAGE = LIMIT_MAX


async def every(fetch: Callable[[str | None], Awaitable[Page[Row]]]) -> AsyncGenerator[Row]:
    """Give all rows of a list; `fetch` gives the page after a cursor."""
    after: str | None = None
    while True:
        page = await fetch(after)
        for row in page.data:
            yield row
        after = page.next
        if after is None:
            return


def answer(name: str, header: Iterable[str], rows: AsyncIterable[Iterable[object]]) -> Stream:
    """Answer with a file of this name; nothing that somebody wrote becomes a formula in a spreadsheet."""

    async def lines() -> AsyncGenerator[bytes]:
        yield csv_line(header)
        async for row in rows:
            yield csv_line(row)

    headers = {
        "content-disposition": f'attachment; filename="{name}.csv"',
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
    }
    return Stream(lines(), media_type="text/csv", headers=headers)
