"""Lists in pages: `{"data": […], "next": cursor | null}`, where the cursor is the id that the page ended with."""

from typing import Annotated, Generic, TypeVar
from uuid import UUID

import msgspec
from litestar.params import QueryParameter

from control_plane.core.errors import FieldError, Invalid
from control_plane.core.ids import MalformedId, decode

Row = TypeVar("Row")

LIMIT_DEFAULT = 50
LIMIT_MAX = 200

Limit = Annotated[int, QueryParameter(ge=1, le=LIMIT_MAX, description="Rows per page.")]
After = Annotated[str | None, QueryParameter(description="`next` of the page before.")]


class Page(msgspec.Struct, Generic[Row], frozen=True):
    """One page; `next` asks for the one after it and is null on the last."""

    data: tuple[Row, ...]
    next: str | None


def cursor(prefix: str, after: str | None) -> UUID | None:
    """Read a cursor; None asks for the first page. Raises `Invalid` at `after`."""
    if not after:
        return None
    try:
        return decode(prefix, after)
    except MalformedId as error:
        message = "This is not the `next` of a page of this list."
        raise Invalid(errors=(FieldError("after", message),)) from error
