"""`/v1/suppressions/import`: a file of addresses, and how far it is."""

from collections.abc import AsyncGenerator

from litestar import Request, get, post
from litestar.datastructures import State
from litestar.params import FromPath, FromQuery
from litestar.types import ControllerRouterHandler

from control_plane.core import inject
from control_plane.core.auth import Subject, requires
from control_plane.core.idempotency import HEADER
from control_plane.core.pagination import LIMIT_DEFAULT, After, Limit, Page
from control_plane.ip_pools.schemas import Stream
from control_plane.suppressions import service
from control_plane.suppressions.import_lines import Defaults
from control_plane.suppressions.schemas import Reason, SuppressionImport

MOST_BYTES = 128 * 1024 * 1024
"""More than a million lines."""

_READ, _WRITE = [requires("suppressions:read")], [requires("suppressions:write")]


@post("/suppressions/import", guards=_WRITE, status_code=202, request_max_body_size=MOST_BYTES)
async def import_suppressions(
    request: Request[Subject | None, None, State],
    db: inject.Database,
    clock: inject.Clock,
    subject: inject.Subject,
    reason: FromQuery[Reason] = "manual",
    stream: FromQuery[Stream | None] = None,
    for_clients: FromQuery[bool] = False,  # noqa: FBT002 a parameter of an address has a name
) -> SuppressionImport:
    """Import a file: the body is CSV (`text/csv`) with a column email, or JSON lines (`application/x-ndjson`).

    Columns reason, stream and note are read too; `reason` and `stream` hold for lines that name none.
    """
    defaults = Defaults(reason, stream, for_clients)
    form = service.form_of(request.headers.get("content-type", ""))
    return await service.take_upload(db, clock, subject, _body(request), form, defaults)


@get("/suppressions/imports/{import_id:str}", guards=_READ)
async def get_suppression_import(db: inject.Database, import_id: FromPath[str]) -> SuppressionImport:
    """Show how far an import is, and which lines were left out."""
    return await service.find_import(db, import_id)


@get("/suppressions/imports", guards=_READ)
async def list_suppression_imports(
    db: inject.Database, limit: Limit = LIMIT_DEFAULT, after: After = None
) -> Page[SuppressionImport]:
    """List imports, newest first."""
    return await service.list_imports(db, limit, after)


async def _body(request: Request[Subject | None, None, State]) -> AsyncGenerator[bytes]:
    """Give the body as it comes; with an idempotency key it was read already."""
    if HEADER in request.headers:
        yield await request.body()
    else:
        async for chunk in request.stream():
            yield chunk


HANDLERS: list[ControllerRouterHandler] = [
    import_suppressions,
    get_suppression_import,
    list_suppression_imports,
]
