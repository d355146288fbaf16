"""`/v1/templates`."""

from typing import Annotated

from litestar import delete, get, patch, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from control_plane.core import inject
from control_plane.core.auth import requires
from control_plane.core.etag import IfMatch
from control_plane.core.ids import decode
from control_plane.core.pagination import LIMIT_DEFAULT, After, Limit, Page, cursor
from control_plane.core.rate_limit import SEND
from control_plane.messages.schemas import AcceptedMessage
from control_plane.templates import service
from control_plane.templates.schemas import (
    CloneRequest,
    Kind,
    NewTemplate,
    Preview,
    PreviewRequest,
    Template,
    TemplateChange,
    TemplateSummary,
    TemplateVersion,
    TestSend,
    UnsavedPreview,
    VersionChoice,
)

_WRITE = [requires("templates:write")]
_READ = [requires("templates:read")]

VersionNumber = Annotated[int | None, QueryParameter(name="version", ge=1, le=2**31 - 1, description="Its number.")]


@get("/templates", guards=_READ)
async def list_templates(
    db: inject.Database, kind: FromQuery[Kind | None] = None, limit: Limit = LIMIT_DEFAULT, after: After = None
) -> Page[TemplateSummary]:
    """List templates and layouts, newest first."""
    return await service.listing(db, kind, cursor(service.PREFIX, after), limit)


@post("/templates", guards=_WRITE)
async def create_template(db: inject.Database, clock: inject.Clock, data: JSONBody[NewTemplate]) -> Template:
    """Make a template; its first version is live at once."""
    return await service.create(db, clock, data)


@post("/templates/preview", status_code=200, guards=_READ)
async def preview_unsaved_template(db: inject.Database, data: JSONBody[UnsavedPreview]) -> Preview:
    """Show what would be sent of a template that is not stored."""
    return await service.preview_unsaved(db, data)


@get("/templates/{template_id:str}", guards=_READ)
async def get_template(db: inject.Database, template_id: FromPath[str], number: VersionNumber = None) -> Template:
    """Give a template with its latest version, or with the one that is named."""
    return await service.get(db, decode(service.PREFIX, template_id), number)


@patch("/templates/{template_id:str}", guards=_WRITE)
async def change_template(
    db: inject.Database,
    clock: inject.Clock,
    template_id: FromPath[str],
    data: JSONBody[TemplateChange],
    if_match: IfMatch = None,
) -> Template:
    """Change a template; other content makes a new version, which is sent when it is published."""
    return await service.change(db, clock, decode(service.PREFIX, template_id), data, if_match)


@delete("/templates/{template_id:str}", guards=_WRITE)
async def delete_template(db: inject.Database, template_id: FromPath[str], if_match: IfMatch = None) -> None:
    """Delete a template with all its versions; a layout only when no template stands in it."""
    await service.delete(db, decode(service.PREFIX, template_id), if_match)


@get("/templates/{template_id:str}/versions", guards=_READ)
async def list_template_versions(db: inject.Database, template_id: FromPath[str]) -> Page[TemplateVersion]:
    """List a template's versions, newest first; the 30 newest are kept, and the one that is live."""
    return await service.list_versions(db, decode(service.PREFIX, template_id))


@post("/templates/{template_id:str}/publish", status_code=200, guards=_WRITE)
async def publish_template(
    db: inject.Database,
    clock: inject.Clock,
    template_id: FromPath[str],
    data: JSONBody[VersionChoice],
    if_match: IfMatch = None,
) -> Template:
    """Send a version from now on."""
    return await service.publish(db, clock, decode(service.PREFIX, template_id), data.version, if_match)


@post("/templates/{template_id:str}/restore", status_code=200, guards=_WRITE)
async def restore_template(
    db: inject.Database, clock: inject.Clock, template_id: FromPath[str], data: JSONBody[VersionChoice]
) -> Template:
    """Make a new version of an older one's content; it is sent when it is published."""
    return await service.restore(db, clock, decode(service.PREFIX, template_id), data.version)


@post("/templates/{template_id:str}/clone", guards=_WRITE)
async def clone_template(
    db: inject.Database, clock: inject.Clock, template_id: FromPath[str], data: JSONBody[CloneRequest]
) -> Template:
    """Make a copy of a template's latest version."""
    return await service.clone(db, clock, decode(service.PREFIX, template_id), data.name)


@post("/templates/{template_id:str}/preview", status_code=200, guards=_READ)
async def preview_template(db: inject.Database, template_id: FromPath[str], data: JSONBody[PreviewRequest]) -> Preview:
    """Show what would be sent, with the given data or the sample data."""
    return await service.preview(db, decode(service.PREFIX, template_id), data)


@post("/templates/{template_id:str}/test-send", status_code=202, guards=[requires("messages:write")], opt=SEND)
async def test_send_template(
    db: inject.Database, clock: inject.Clock, template_id: FromPath[str], data: JSONBody[TestSend]
) -> AcceptedMessage:
    """Send a template to members of the account or to addresses at its proven domains."""
    return await service.test_send(db, clock, decode(service.PREFIX, template_id), data)


HANDLERS = [
    list_templates,
    create_template,
    preview_unsaved_template,
    get_template,
    change_template,
    delete_template,
    list_template_versions,
    publish_template,
    restore_template,
    clone_template,
    preview_template,
    test_send_template,
]
