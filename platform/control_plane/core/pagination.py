"""Lists in pages: `{"data": […], "next": cursor | null}`, where the cursor is the id that the page ended with."""

from typing import Annotated, Generic, TypeVar

import msgspec
from litestar.params import QueryParameter

Row = TypeVar("Row")

LIMIT_DEFAULT = 50
LIMIT_MAX = 200

Limit = Annotated[int, QueryParameter(ge=1, le=LIMIT_MAX, description="Rows per page.")]
After = Annotated[str | None, QueryParameter(description="`next` of the page before.")]


class Page(msgspec.Struct, Generic[Row], frozen=True):
    """One page; `next` asks for the one after it and is null on the last."""

    data: tuple[Row, ...]
    next: str | None
