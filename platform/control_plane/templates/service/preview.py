"""What would be sent: of a stored version, or of one that is still being written."""

from uuid import UUID

from control_plane.core.database import Database
from control_plane.core.errors import FieldError, Invalid
from control_plane.core.threads import in_thread
from control_plane.templates.assembly import Assembled, Content, Rendered
from control_plane.templates.fault import Fault
from control_plane.templates.schemas import Data, NewTemplate, Preview, PreviewRequest
from control_plane.templates.service.checking import Draft, assemble, layout_uuid
from control_plane.templates.service.manage import draft_of, latest, numbered
from control_plane.templates.warnings import warnings


async def preview(db: Database, template_id: UUID, wanted: PreviewRequest) -> Preview:
    """Preview a stored version; raises `NotFound`, `Invalid`."""
    return shown(await fill_in(db, template_id, wanted.version, wanted.data))


async def preview_unsaved(db: Database, new: NewTemplate) -> Preview:
    """Preview what is not stored, with its sample data; raises `Invalid`."""
    draft = Draft(
        kind=new.kind,
        content=Content(subject=new.subject, html=new.html, text=new.text, mjml=new.mjml),
        layout_id=layout_uuid(new.layout_id),
        sample_data=new.sample_data,
    )
    async with db.tenant_tx() as tx:
        assembled = await assemble(tx, draft)
    return shown(await _rendered(assembled, draft.sample_data))


async def fill_in(db: Database, template_id: UUID, number: int | None, data: Data | None) -> Rendered:
    """Render a stored version, the latest if none is named, with its sample data if there is no other."""
    async with db.tenant_tx() as tx:
        row, version = await latest(tx, template_id)
        if number is not None:
            version = await numbered(tx, template_id, number)
        draft = draft_of(row.kind, version)
        assembled = await assemble(tx, draft)
    return await _rendered(assembled, draft.sample_data if data is None else data)


async def _rendered(assembled: Assembled, data: Data) -> Rendered:
    try:
        return await in_thread(assembled.render, data)
    except Fault as fault:
        raise Invalid(errors=(FieldError(fault.field, fault.message),)) from fault


def shown(rendered: Rendered) -> Preview:
    """Show what was rendered, with what is to be said of it."""
    return Preview(
        subject=rendered.subject,
        html=rendered.html,
        text=rendered.text,
        undefined=rendered.undefined,
        warnings=tuple(warnings(rendered)),
    )
