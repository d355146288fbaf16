"""`/v1/audit-log`: read what was done, take it all away, and note its end."""

from datetime import datetime

from litestar import get
from litestar.params import FromQuery
from litestar.response import Stream
from litestar.types import ControllerRouterHandler

from control_plane.audit import service
from control_plane.audit.schemas import AuditEntry, AuditHead, Filters
from control_plane.core import inject
from control_plane.core.auth import requires
from control_plane.core.openapi import ANSWERS_IN
from control_plane.core.pagination import LIMIT_DEFAULT, After, Limit, Page, cursor

_READ = [requires("audit-log:read")]


@get("/audit-log", guards=_READ)
async def list_audit_log(
    db: inject.Database,
    action: FromQuery[str | None] = None,
    actor: FromQuery[str | None] = None,
    target: FromQuery[str | None] = None,
    since: FromQuery[datetime | None] = None,
    until: FromQuery[datetime | None] = None,
    limit: Limit = LIMIT_DEFAULT,
    after: After = None,
) -> Page[AuditEntry]:
    """List what was done, newest first; `action` is one as in `mailboxes.create`, or all of a feature: `mailboxes`."""
    filters = Filters(action=action, actor=actor, target=target, since=since, until=until)
    return await service.listing(db, filters, cursor(service.PREFIX, after), limit)


@get("/audit-log/head", guards=_READ)
async def get_audit_log_head(db: inject.Database) -> AuditHead:
    """Give the number and the hash of the last entry: keep them elsewhere, and the log cannot be rewritten unseen."""
    return await service.head(db)


@get("/audit-log/export", guards=_READ, opt={ANSWERS_IN: [*service.MEDIA_TYPES.values()]})
async def export_audit_log(db: inject.Database, format: FromQuery[service.ExportFormat] = "ndjson") -> Stream:  # noqa: A002 the parameter's own name
    """Give the whole log, oldest first, as NDJSON or CSV."""
    headers = {"Content-Disposition": f'attachment; filename="audit-log.{format}"'}
    lines = service.lines(service.everything(db), format)
    return Stream(lines, media_type=service.MEDIA_TYPES[format], headers=headers)


HANDLERS: list[ControllerRouterHandler] = [list_audit_log, get_audit_log_head, export_audit_log]
