"""`/v1/suppressions`."""

from datetime import datetime

from litestar import delete, get, post
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.response import Stream as StreamedAnswer
from litestar.types import ControllerRouterHandler

from control_plane.core import inject
from control_plane.core.auth import requires
from control_plane.core.etag import IfMatch
from control_plane.core.openapi import ANSWERS_IN
from control_plane.core.pagination import LIMIT_DEFAULT, After, Limit, Page
from control_plane.ip_pools.schemas import Stream
from control_plane.suppressions import service
from control_plane.suppressions.schemas import (
    BulkDeleted,
    BulkDeletion,
    Filters,
    Reactivation,
    Reason,
    State,
    Suppression,
    SuppressionRequest,
)

_READ, _WRITE = [requires("suppressions:read")], [requires("suppressions:write")]


@get("/suppressions", guards=_READ)
async def list_suppressions(
    db: inject.Database,
    email: FromQuery[str | None] = None,
    domain: FromQuery[str | None] = None,
    reason: FromQuery[Reason | None] = None,
    stream: FromQuery[Stream | None] = None,
    status: FromQuery[State | None] = "active",
    since: FromQuery[datetime | None] = None,
    until: FromQuery[datetime | None] = None,
    limit: Limit = LIMIT_DEFAULT,
    after: After = None,
) -> Page[Suppression]:
    """List suppressions, newest first; with `status=ended` those that were, and why they ended."""
    filters = Filters(email=email, domain=domain, reason=reason, stream=stream, status=status, since=since, until=until)
    return await service.listing(db, filters, limit, after)


@post("/suppressions", guards=_WRITE)
async def create_suppression(
    db: inject.Database, clock: inject.Clock, subject: inject.Subject, data: JSONBody[SuppressionRequest]
) -> Suppression:
    """Suppress an address or, as `@else.test`, a whole domain; if it is already, give what there is."""
    return await service.create(db, clock, subject, data)


@get("/suppressions/export", guards=_READ, opt={ANSWERS_IN: [service.MEDIA_TYPE]})
async def export_suppressions(
    db: inject.Database,
    reason: FromQuery[Reason | None] = None,
    stream: FromQuery[Stream | None] = None,
    since: FromQuery[datetime | None] = None,
) -> StreamedAnswer:
    """Give all active suppressions as CSV, as the import takes them."""
    headers = {"Content-Disposition": 'attachment; filename="suppressions.csv"'}
    lines = service.export(db, Filters(reason=reason, stream=stream, since=since))
    return StreamedAnswer(lines, media_type=service.MEDIA_TYPE, headers=headers)


@get("/suppressions/{suppression_id:str}", guards=_READ)
async def get_suppression(db: inject.Database, suppression_id: FromPath[str]) -> Suppression:
    """Show a suppression, also one that has ended."""
    return await service.find(db, suppression_id)


@delete("/suppressions/{suppression_id:str}", guards=_WRITE)
async def delete_suppression(
    db: inject.Database,
    clock: inject.Clock,
    subject: inject.Subject,
    suppression_id: FromPath[str],
    if_match: IfMatch = None,
) -> None:
    """Let mail go to the address again; after a hard bounce or a complaint, reactivate it instead and say why."""
    await service.delete(db, clock, subject, suppression_id, if_match)


@post("/suppressions/{suppression_id:str}/reactivate", guards=_WRITE, status_code=200)
async def reactivate_suppression(
    db: inject.Database,
    clock: inject.Clock,
    subject: inject.Subject,
    suppression_id: FromPath[str],
    data: JSONBody[Reactivation],
) -> Suppression:
    """Let mail go to the address again and remember why; if it bounces again, it is suppressed again."""
    return await service.reactivate(db, clock, subject, suppression_id, data.reason)


@post("/suppressions/{suppression_id:str}/restore", guards=_WRITE, status_code=200)
async def restore_suppression(
    db: inject.Database, clock: inject.Clock, subject: inject.Subject, suppression_id: FromPath[str]
) -> Suppression:
    """Take back that a suppression was ended."""
    return await service.restore(db, clock, subject, suppression_id)


@post("/suppressions/delete", guards=_WRITE, status_code=200)
async def delete_suppressions(
    db: inject.Database, clock: inject.Clock, subject: inject.Subject, data: JSONBody[BulkDeletion]
) -> BulkDeleted:
    """End up to a thousand suppressions, named by addresses or ids, for one reason."""
    return await service.delete_many(db, clock, subject, data)


HANDLERS: list[ControllerRouterHandler] = [
    list_suppressions,
    create_suppression,
    export_suppressions,
    get_suppression,
    delete_suppression,
    reactivate_suppression,
    restore_suppression,
    delete_suppressions,
]
